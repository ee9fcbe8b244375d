"""The Catalog tab as a merchandiser uses it: check, import, stop, and the shop is the new one without a restart."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import drawn_shop
from tests.browser.conftest import StartServer, Visit, uploaded

Rows = list[dict[str, str]]
ASK_ANYWAY = """async (path) => {
    const part = window.gradio_config.components.find((one) => one.props.elem_id === 'catalog');
    const data = { kind: 'import', path };
    const answer = await fetch('gradio_api/component_server', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ data, component_id: part.id, fn_name: 'catalog_start', session_hash: 'another' }),
    });
    return answer.json();
}"""
HOSTILE_FILE = "<img src=x onerror=window.hacked=4>.png"


def _rows(feed: Path) -> Rows:
    """Half of the drawn shop as another shop: ids of its own, and whole paths, as an uploaded feed needs them."""
    with feed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))[:20]
    folder = feed.parent
    return [{**row, "id": f"NEW-{i}", "image_link": str(folder / row["image_link"])} for i, row in enumerate(rows)]


def _write(path: Path, rows: Rows) -> Path:
    drawn_shop.write_feed(path, rows)
    return path


@pytest.fixture(scope="module")
def rows(feed: Path) -> Rows:
    return _rows(feed)


@pytest.fixture
def keeper(browser: Any, start_server: StartServer, own_copy: Path) -> Iterator[Visit]:
    """A merchandiser on the Catalog tab of a server of its own, which has the drawn shop."""
    server = start_server(own_copy).wait()
    visitor = _open(Visit(browser, server.url))
    yield visitor
    visitor.context.close()
    server.stop()
    assert visitor.console == []
    assert visitor.outside == []


def _open(visitor: Visit) -> Visit:
    visitor.open()
    visitor.page.get_by_role("tab", name="Catalog").click()
    visitor.page.wait_for_selector(".catalog [data-figure=images] b:not(:empty)")
    return visitor


def _run(visitor: Visit, kind: str) -> None:
    """Press a button and wait for its report."""
    visitor.get({"check": "dry-run", "import": "import-start"}[kind]).click()
    visitor.page.wait_for_selector(f"[data-testid=import-report][data-kind={kind}]")


def _feeds(data: Path) -> list[Path]:
    return [path for path in uploaded(data) if path.suffix == ".tsv"]


def _counts(visitor: Visit) -> dict[str, str]:
    found = visitor.page.locator("[data-testid=import-report] [data-count]").all()
    return {one.get_attribute("data-count"): one.locator("dd").inner_text() for one in found}


def _shop(visitor: Visit, name: str) -> str:
    return str(visitor.page.locator(f".catalog .tile[data-figure={name}] b").inner_text())


def test_a_feed_is_checked_imported_and_found_without_a_restart(
    keeper: Visit, rows: Rows, own_copy: Path, room: Path, tmp_path: Path
) -> None:
    """Sent from the browser; its rejects are told with their reasons; the feed is not kept; the Shop tab finds it.

    One that was edited after a check is asked for again: a browser does not send it.
    """
    keeper.page.get_by_role("tab", name="Shop").click()
    keeper.send(room)
    assert keeper.ids()
    assert not [name for name in keeper.ids() if name.startswith("NEW-")]
    keeper.page.get_by_role("tab", name="Catalog").click()

    damaged = [dict(row) for row in rows]
    damaged[4]["image_link"] = "pictures/4.png"
    damaged[5]["image_link"] = f"/nowhere/{HOSTILE_FILE}"
    damaged[6] |= {"id": "=1+1", "image_link": ""}
    feed = _write(tmp_path / "twenty.tsv", rows[:1])
    keeper.get("feed-input").set_input_files(feed)
    assert keeper.get("feed-input").input_value() == "", "the same file again is a change again"
    _run(keeper, "check")
    _write(feed, damaged)
    os.utime(feed, (feed.stat().st_atime, feed.stat().st_mtime + 10))
    keeper.get("dry-run").click()
    keeper.page.wait_for_selector(".catalog [data-code=feed_changed]")
    assert keeper.get("dry-run").is_disabled()
    keeper.console.clear()  # what the browser says of a file that it does not send
    keeper.get("feed-input").set_input_files(feed)
    assert keeper.get("import-start").is_disabled(), "not before it was checked"
    _run(keeper, "check")
    assert _counts(keeper) == {
        "products": "17", "images": "17", "added": "17", "updated": "0", "unchanged": "0", "removed": "40",
        "rejected": "3",
    }  # fmt: skip
    reasons = keeper.get("import-reject").all_inner_texts()
    assert [reason.split()[0] for reason in reasons] == ["6", "7", "8"]
    assert "a feed that was sent has no folder" in reasons[0]
    assert HOSTILE_FILE in reasons[1]
    assert drawn_shop.HOSTILE in keeper.get("import-sample").first.inner_text()
    assert _shop(keeper, "products") == "40", "a check writes nothing"
    assert _feeds(own_copy) == []

    with keeper.page.expect_download() as saved:
        keeper.get("import-report-save").click()
    assert saved.value.suggested_filename == "check-twenty.csv"
    report = csv.DictReader(io.StringIO(Path(saved.value.path()).read_text(encoding="utf-8-sig"), newline=""))
    assert [row["product_id"] for row in report if row["kind"] == "rejected"] == ["NEW-4", "NEW-5", "'=1+1"]

    _run(keeper, "import")
    keeper.page.wait_for_function(
        "document.querySelector('.catalog .tile[data-figure=products] b').textContent === '17'"
        " && document.querySelector('.brand-bar .pill').textContent === '17 products'"
    )
    assert keeper.get("catalog-origin").inner_text().startswith("Imported from twenty.tsv, ")
    assert _feeds(own_copy) == []
    assert keeper.page.evaluate("window.hacked") is None

    keeper.page.get_by_role("tab", name="Shop").click()
    keeper.page.wait_for_function(
        "[...document.querySelectorAll('[data-testid=card]')].length > 0 && "
        "[...document.querySelectorAll('[data-testid=card]')].every(card => card.dataset.productId.startsWith('NEW-'))"
    )  # the photo on screen was searched for again
    mugs = keeper.page.locator("[data-testid=facet-option][data-value='Kitchen > Mugs']")
    assert mugs.get_attribute("data-count") == "5"
    keeper.send(room)
    assert {name[:4] for name in keeper.ids()} == {"NEW-"}
    assert (
        keeper.get("card")
        .first.locator("img")
        .evaluate("async (img) => { await img.decode(); return img.naturalWidth }")
    )


def test_one_import_at_a_time_and_it_can_be_stopped(keeper: Visit, rows: Rows, browser: Any, tmp_path: Path) -> None:
    """A second visitor is told so in one sentence; a reload finds it going on; what was done is kept."""
    many = [{**row, "id": f"{row['id']}-{n}"} for n in range(50) for row in rows]
    keeper.get("feed-path").fill(str(_write(tmp_path / "many.tsv", many)))
    _run(keeper, "check")
    keeper.get("import-start").click()
    keeper.page.wait_for_selector(".catalog [data-testid=import-progress]")
    second = _open(Visit(browser, keeper.url))
    second.page.wait_for_selector(".catalog [data-testid=import-progress]")
    assert second.get("dry-run").is_disabled()
    told = second.page.evaluate(ASK_ANYWAY, str(tmp_path / "many.tsv"))
    assert told["error"] == "import_running"
    second.get("import-stop").click()
    message = keeper.page.locator(".catalog [data-code=import_stopped]")
    message.wait_for()
    assert "of 1000 products" in message.inner_text()
    assert keeper.page.locator(".catalog [data-testid=import-progress]").count() == 0
    second.context.close()
    keeper.page.wait_for_function("Number(document.querySelector('.brand-bar .pill').textContent.split(' ')[0]) >= 40")


def test_a_shop_without_products_opens_from_the_page(
    browser: Any, start_server: StartServer, own_copy: Path, rows: Rows, room: Path, tmp_path: Path
) -> None:
    """A page for a shop that was never imported says so and offers nothing but the import, after which it is open."""
    server = start_server(own_copy, IMGSEARCH_SHOP="second").wait("failed")
    visitor = Visit(browser, server.url)
    visitor.page.goto(server.url)
    visitor.get("catalog-closed").wait_for()
    assert visitor.get("message").get_attribute("data-code") == "collection_missing"
    tabs = visitor.page.get_by_role("tab")
    assert [tab.inner_text() for tab in tabs.all() if tab.is_visible()] == ["Catalog"]
    assert not visitor.get("catalog-shop").is_visible()
    visitor.get("feed-input").set_input_files(_write(tmp_path / "second.tsv", rows))
    _run(visitor, "check")
    assert _counts(visitor)["added"] == "20"
    _run(visitor, "import")
    visitor.page.wait_for_selector("body.shop-ready")
    assert _shop(visitor, "products") == "20"
    assert not visitor.get("catalog-closed").is_visible()
    assert visitor.get("message").count() == 0
    visitor.page.get_by_role("tab", name="Shop").click()
    visitor.send(room)
    assert all(name.startswith("NEW-") for name in visitor.ids())
    visitor.context.close()
    server.stop()
    assert visitor.console == []
    assert visitor.outside == []
