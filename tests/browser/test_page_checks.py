"""The page's check list: three widths, light and dark, no violation of WCAG A/AA, nothing wrong in the console."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import drawn_shop
from tests.browser.conftest import Server, StartServer, Visit
from tests.browser.test_review import BOXES

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
VIEWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "tablet": {"viewport": {"width": 768, "height": 1024}},
    "phone": PHONE,
}
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}


@pytest.fixture(scope="module")
def full_server(start_server: StartServer, imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The page of the drawn shop with queries, so that the Review tab has something to show."""
    data = Path(shutil.copytree(imported, tmp_path_factory.mktemp("checks") / "data"))
    folder = data / "shops" / "shop"
    drawn_shop.draw_room(folder / "room.jpg")
    rows = [f"room.jpg,{name},{','.join(map(str, box))}" for name, box in BOXES.items()]
    (folder / "queries.csv").write_text("image,relevant,x1,y1,x2,y2\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return start_server(data).wait()


@pytest.fixture(params=[(view, theme) for view in VIEWS for theme in ("light", "dark")], ids="-".join)
def visitor(request: pytest.FixtureRequest, browser: Any, full_server: Server) -> Iterator[Visit]:
    """A visitor in one width and theme; motion is off, since axe would see half faded colours."""
    view, theme = request.param
    made = Visit(browser, full_server.url, color_scheme=theme, reduced_motion="reduce", **VIEWS[view]).open()
    yield made
    made.context.close()
    assert made.console == []
    assert made.outside == []


def _check(visit: Visit, state: str) -> None:
    """No violation, nothing off the right side."""
    width = visit.page.viewport_size["width"]
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, state
    last = visit.page.locator(".brand-bar > :last-child").bounding_box()
    assert last["x"] + last["width"] <= width, state
    found = axe.Axe().run(visit.page, options=RULES)
    told = [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found.response["violations"] for n in v["nodes"]]
    assert told == [], state


def test_every_state_of_the_page_holds(visitor: Visit, room: Path) -> None:
    """Start, results, room, dialog, nothing left by the filters, review; each of them looked at by axe."""
    _check(visitor, "start")
    rev = visitor.send(room)
    visitor.page.wait_for_function("() => !document.querySelector('.chip.unnamed')")
    _check(visitor, "results")
    visitor.get("shop-room").click()
    rev = visitor.settled(rev)
    _check(visitor, "room")
    visitor.get("slot").first.locator(".open").click()
    visitor.get("product-dialog").get_by_text("for every day").wait_for()
    _check(visitor, "dialog")
    visitor.page.keyboard.press("Escape")
    visitor.get("price-min").fill("100000")
    visitor.settled(rev)
    _check(visitor, "nothing left")
    visitor.page.get_by_role("tab", name="Review").click()
    visitor.page.wait_for_selector("[data-testid=review-match]")
    _check(visitor, "review")
