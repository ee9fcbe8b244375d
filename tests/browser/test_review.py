"""The Review tab as a judge uses it: keys, buttons, undo, figures, export, a save that fails, phone, dark."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import drawn_shop
from tests.browser.conftest import Server, Visit


@pytest.fixture
def reviewer(browser: Any, reviewed_server: Server, no_grades: None) -> Iterator[Visit]:
    """A judge on the Review tab, before the first grade."""
    visitor = _open(Visit(browser, reviewed_server.url))
    yield visitor
    visitor.context.close()
    assert visitor.console == []
    assert visitor.outside == []


def _open(visitor: Visit) -> Visit:
    visitor.open()
    visitor.page.get_by_role("tab", name="Review").click()
    visitor.page.wait_for_selector("[data-testid=review-match]")
    return visitor


def _grades(visitor: Visit) -> str:
    """The grades on screen in order, '-' where there is none."""
    return "".join(match.get_attribute("data-grade") or "-" for match in visitor.get("review-match").all())


def _expect_grades(visitor: Visit, grades: str) -> None:
    visitor.page.wait_for_function(
        "wanted => [...document.querySelectorAll('[data-testid=review-match]')]"
        ".map(match => match.dataset.grade || '-').join('') === wanted",
        arg=grades,
    )


def _expect_figure(visitor: Visit, name: str, text: str) -> None:
    visitor.page.wait_for_function(
        "([name, text]) => document.querySelector(`[data-figure=${name}] b`).textContent === text", arg=[name, text]
    )


def _expect_query(visitor: Visit, number: int) -> None:
    visitor.page.wait_for_function(
        "n => document.querySelector('[data-testid=review-position]').textContent === `Query ${n} of 3`"
        " && !document.querySelector('.matches.waiting')",
        arg=number,
    )


def _current(visitor: Visit) -> int:
    return int(visitor.page.locator("[data-testid=review-match][aria-current=true]").get_attribute("data-rank"))


def test_the_query_stands_beside_ten_matches(reviewer: Visit) -> None:
    """Its box is drawn on its photo, and nothing tells which product is right."""
    assert reviewer.get("review-match").count() == 10
    assert reviewer.get("review-query").is_visible()
    box = reviewer.page.locator(".query-photo .searched")
    drawn = [float(box.get_attribute(name)) / 1000 for name in ("x", "y", "width", "height")]
    assert drawn == pytest.approx([0.08, 0.12, 0.20, 0.58])
    assert reviewer.page.locator(".right-products li").count() == 0
    reviewer.get("review-reveal").click()
    assert reviewer.page.locator(".right-products li").inner_text() == "Mustard lamp 23"
    reviewer.get("review-next").click()
    _expect_query(reviewer, 2)
    assert reviewer.page.locator(".right-products li").count() == 0


def test_a_query_is_graded_by_keys_alone(reviewer: Visit) -> None:
    """1 to 4 grade and go on, arrows move, Z takes back, Enter goes to the next query; the figures follow."""
    keys = reviewer.page.keyboard
    for key in "1234":
        keys.press(key)
    _expect_grades(reviewer, "ESCI------")
    assert _current(reviewer) == 5
    _expect_figure(reviewer, "precision_at_1", "100%")
    keys.press("z")
    _expect_grades(reviewer, "ESC-------")
    assert _current(reviewer) == 4
    keys.press("ArrowLeft")
    keys.press("ArrowLeft")
    assert _current(reviewer) == 2
    keys.press("4")
    keys.press("ArrowRight")
    for key in "3333333":
        keys.press(key)
    _expect_grades(reviewer, "EICCCCCCCC")
    _expect_figure(reviewer, "precision_at_5", "20%")
    _expect_figure(reviewer, "complete", "1 of 3")
    keys.press("Enter")
    _expect_query(reviewer, 2)
    assert _grades(reviewer) == "-" * 10
    assert _current(reviewer) == 1
    keys.press("Z")
    _expect_query(reviewer, 1)
    _expect_grades(reviewer, "EICCCCCCC-")


def test_a_key_held_too_long_grades_one_match(reviewer: Visit) -> None:
    """Arrows go on while they are held."""
    keys = reviewer.page.keyboard
    for _ in range(3):
        keys.down("1")
    keys.up("1")
    assert _current(reviewer) == 2
    for _ in range(3):
        keys.down("ArrowRight")
    keys.up("ArrowRight")
    assert _current(reviewer) == 5
    _expect_grades(reviewer, "E---------")


def test_a_burst_of_keys_is_saved_in_order(reviewer: Visit) -> None:
    """Faster than the server answers; what is on screen is what is kept."""
    reviewer.page.evaluate(
        "for (const key of '1112224444z') document.dispatchEvent(new KeyboardEvent('keydown', {key, cancelable: true}))"
    )
    _expect_grades(reviewer, "EEESSSIII-")
    reviewer.reload()
    _open(reviewer)
    assert _grades(reviewer) == "EEESSSIII-"
    assert _current(reviewer) == 10, "the first match that has no grade"


def test_buttons_do_what_keys_do(reviewer: Visit) -> None:
    """A pressed button takes its grade away again; the first step has nothing to undo."""
    assert reviewer.get("review-undo").is_disabled()
    third = reviewer.get("review-match").nth(2)
    third.get_by_test_id("grade-S").click()
    _expect_grades(reviewer, "--S-------")
    assert third.get_by_test_id("grade-S").get_attribute("aria-pressed") == "true"
    assert _current(reviewer) == 4
    third.get_by_test_id("grade-S").click()
    _expect_grades(reviewer, "-" * 10)
    reviewer.get("review-undo").click()
    _expect_grades(reviewer, "--S-------")
    reviewer.get("review-next").click()
    _expect_query(reviewer, 2)
    reviewer.get("review-previous").click()
    _expect_query(reviewer, 1)
    assert _grades(reviewer) == "--S-------"


def test_keys_are_left_alone_while_typing_and_on_another_tab(reviewer: Visit) -> None:
    """A note with digits grades nothing, nor does a key on the Shop tab."""
    note = reviewer.get("review-note")
    note.fill("")
    note.press_sequentially("z 1234")
    assert note.input_value() == "z 1234"
    assert _grades(reviewer) == "-" * 10
    reviewer.page.get_by_role("tab", name="Shop").click()
    reviewer.page.keyboard.press("1")
    reviewer.page.get_by_role("tab", name="Review").click()
    assert _grades(reviewer) == "-" * 10
    reviewer.page.keyboard.press("2")
    _expect_grades(reviewer, "S---------")
    reviewer.reload()
    _open(reviewer)
    assert reviewer.get("review-note").input_value() == "z 1234"


def test_the_export_is_saved_as_a_file(reviewer: Visit) -> None:
    """At the first click, with the grades of now."""
    reviewer.page.keyboard.press("1")
    with reviewer.page.expect_download() as saved:
        reviewer.get("export").click()
    assert saved.value.suggested_filename == "review-shop.csv"
    text = Path(saved.value.path()).read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert [row["grade"] for row in rows] == ["E", *[""] * 9]
    assert rows[0]["photo"] == "room.jpg"
    with reviewer.page.expect_download() as saved:
        reviewer.get("export-json").click()
    assert json.loads(Path(saved.value.path()).read_text(encoding="utf-8"))["figures"]["grades"]["E"] == 1


def test_a_grade_that_is_not_saved_is_painted_back(reviewer: Visit) -> None:
    """And said, with the match's number; the next one that is saved clears the message."""
    pattern = re.compile("/component_server")
    reviewer.page.route(pattern, lambda route: route.abort())
    reviewer.page.keyboard.press("1")
    message = reviewer.page.locator(".board [data-testid=message]")
    message.wait_for()
    assert "match 1 was not saved" in message.inner_text()
    _expect_grades(reviewer, "-" * 10)
    reviewer.page.unroute(pattern)
    reviewer.console.clear()  # the request that was refused on purpose
    reviewer.get("review-match").first.focus()
    reviewer.page.keyboard.press("1")
    _expect_grades(reviewer, "E---------")
    message.wait_for(state="detached")


def test_a_hostile_title_is_only_text(reviewer: Visit) -> None:
    """The mug's title would be markup and code if anything parsed it."""
    for _ in range(2):
        reviewer.get("review-next").click()
    _expect_query(reviewer, 3)
    hostile = reviewer.page.locator("[data-testid=review-match][data-product-id=SKU-000]")
    assert drawn_shop.HOSTILE in hostile.inner_text()
    assert reviewer.page.evaluate("window.hacked") is None
    assert reviewer.get("review-next").is_disabled()


def test_a_phone_shows_everything_in_its_width(browser: Any, reviewed_server: Server, no_grades: None) -> None:
    """No sideways scrolling; the steps stay in sight at the lower edge; a tap grades."""
    size = {"width": 390, "height": 844}
    visitor = _open(Visit(browser, reviewed_server.url, viewport=size, has_touch=True, is_mobile=True))
    assert visitor.page.evaluate("document.documentElement.scrollWidth") <= 390
    for position in (0, 900):
        visitor.page.evaluate(f"scrollTo(0, {position})")
        bar = visitor.get("review-next").bounding_box()
        assert bar["x"] >= 0
        assert bar["x"] + bar["width"] <= 390
        assert 700 < bar["y"] + bar["height"] <= 844
    visitor.get("review-match").first.get_by_test_id("grade-E").tap()
    _expect_grades(visitor, "E---------")
    assert visitor.get("grade-E").first.bounding_box()["height"] >= 44
    visitor.context.close()
    assert visitor.console == []
