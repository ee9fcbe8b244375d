"""The page's check list: three widths, light and dark, no violation of WCAG A/AA, nothing wrong in the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Server, Visit

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")

VIEWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "tablet": {"viewport": {"width": 768, "height": 1024}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
# A tablet's width lies between the two that every run looks at.
CASES = [pytest.param(name, marks=[pytest.mark.soak] * (name == "tablet"), id=name) for name in VIEWS]
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]},
    "resultTypes": ["violations"],
}
COLOURS = RULES | {"runOnly": ["color-contrast"]}
# The page follows the system; who asked for less motion gets none, so no colour is ever seen half faded.
IN_THEME = "dark => document.body.classList.contains('dark') === dark && document.getAnimations().length === 0"


@pytest.fixture(params=CASES)
def visitor(request: pytest.FixtureRequest, browser: Any, reviewed_server: Server, no_grades: None) -> Iterator[Visit]:
    """A visitor in one width who asked for less motion; axe would see half faded colours."""
    made = Visit(browser, reviewed_server.url, **VIEWS[request.param]).open()
    yield made
    made.context.close()
    assert made.console == []
    assert made.outside == []


def _check(visit: Visit, state: str) -> None:
    """No violation, nothing off the right side, in light and in dark, where only the colours are others."""
    width = visit.page.viewport_size["width"]
    for theme in ("light", "dark"):
        visit.page.emulate_media(color_scheme=theme)
        visit.page.wait_for_function(IN_THEME, arg=theme == "dark")
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width, (state, theme)
        last = visit.page.locator(".brand-bar > :last-child").bounding_box()
        assert last["x"] + last["width"] <= width, (state, theme)
        found = axe.Axe().run(visit.page, options=COLOURS if theme == "dark" else RULES).response["violations"]
        told = [f"{v['id']}: {n['target']} {n['failureSummary']}" for v in found for n in v["nodes"]]
        assert told == [], (state, theme)


def test_every_state_of_the_page_holds(visitor: Visit, room: Path, feed: Path) -> None:
    """Start, results, room, dialog, nothing left by the filters, review, a checked feed; each looked at by axe."""
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
    visitor.page.get_by_role("tab", name="Catalog").click()
    visitor.get("feed-path").fill(str(feed))
    visitor.get("dry-run").click()
    visitor.page.wait_for_selector("[data-testid=import-sample]")
    _check(visitor, "catalog")
