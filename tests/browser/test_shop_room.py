"""What goes beyond one search: shop the room, what the shop does not sell, earlier searches, links to products."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import Server, Visit


@pytest.fixture
def in_room(visit: Visit, room: Path) -> Visit:
    """A visitor who shops the drawn room."""
    rev = visit.send(room)
    visit.get("shop-room").click()
    visit.settled(rev)
    return visit


def _named(visit: Visit) -> None:
    """Wait until the things in the photo have their names."""
    visit.page.wait_for_function("() => !document.querySelector('.chip.unnamed')")


def _groups(visit: Visit) -> list[str]:
    return [slot.get_attribute("data-group-id") for slot in visit.get("slot").all()]


def test_names_come_after_the_results_and_move_nothing(visit: Visit, room: Path) -> None:
    """The chips are the same nodes before and after; what is chosen, focused and found stays."""
    visit.page.evaluate(
        "() => addEventListener('imgsearch:answered', () => { window.early ??= "
        "[...document.querySelectorAll('[data-testid=chip]')] })"
    )
    visit.send(room)
    visit.get("chip").last.focus()
    found = visit.ids()
    _named(visit)
    assert visit.page.evaluate("window.early.every((chip) => chip.isConnected)")
    assert visit.page.evaluate("document.activeElement === window.early.at(-1)")
    assert visit.ids() == found
    words = " ".join(visit.get("chip").all_inner_texts())
    assert re.search(r"Mugs|Lamps|Vases|Cushions", words), words
    pressed = visit.page.locator("[data-testid=box][aria-pressed=true]")
    assert pressed.get_attribute("aria-label").split(",")[0] in words


def test_every_thing_of_a_room_has_its_product_and_none_comes_twice(in_room: Visit) -> None:
    """A slot is a thing of the photo beside its product; the total is the sum of their prices."""
    slots = in_room.get("slot")
    assert slots.count() >= 2
    groups = _groups(in_room)
    assert len(groups) == len(set(groups))
    assert slots.first.locator(".slot-crop img").get_attribute("src").startswith("data:image/jpeg")
    assert in_room.get("card").count() == 0
    _check_total(in_room)


def _check_total(visit: Visit) -> None:
    costs = [s.locator(".cost").inner_text() for s in visit.get("slot").all() if s.locator(".stock.out").count() == 0]
    euros = sum(float(cost.strip("€")) for cost in costs if "€" in cost)
    shown = visit.page.locator("[data-testid=room-total] [data-currency=EUR]")
    assert float(shown.get_attribute("data-sum")) == pytest.approx(euros, abs=0.001)
    assert shown.inner_text() == f"€{euros:,.2f}"


def test_a_slot_goes_on_to_its_next_best_product(in_room: Visit) -> None:
    """To one that stands in no other slot; the total follows, and the way back leads to the first."""
    slot = in_room.page.locator("[data-testid=slot]:has([data-testid=slot-next]:enabled)").first
    number = slot.get_attribute("data-box-id")
    slot = in_room.page.locator(f"[data-testid=slot][data-box-id='{number}']")
    first = slot.get_attribute("data-product-id")
    slot.get_by_test_id("slot-next").click()
    assert slot.get_attribute("data-product-id") != first
    groups = _groups(in_room)
    assert len(groups) == len(set(groups))
    _check_total(in_room)
    slot.get_by_test_id("slot-previous").click()
    assert slot.get_attribute("data-product-id") == first


def test_a_slots_thing_can_be_searched_alone(in_room: Visit) -> None:
    """A click on its picture goes to the usual results of its box."""
    crop = in_room.get("slot-crop").last
    number = crop.get_attribute("data-box-id")
    rev = in_room.rev()
    crop.click()
    in_room.settled(rev)
    assert in_room.page.locator(f"[data-testid=box][data-id='{number}']").get_attribute("aria-pressed") == "true"
    assert in_room.get("slot").count() == 0
    assert in_room.get("card").count() == 24


def test_a_room_keeps_to_what_is_in_stock(in_room: Visit) -> None:
    """The filters above the slots hold for all of them."""
    rev = in_room.rev()
    in_room.get("in-stock").check()
    in_room.settled(rev)
    assert in_room.get("slot").count() >= 2
    assert in_room.page.locator(".stock.out").count() == 0


def test_the_dialog_walks_the_slots_beside_their_own_crops(in_room: Visit) -> None:
    """The next product comes with the picture of its thing."""
    in_room.get("slot").first.locator(".open").click()
    dialog = in_room.get("product-dialog")
    crop = dialog.locator("figure img").first.get_attribute("src")
    assert crop.startswith("data:image/jpeg")
    in_room.page.keyboard.press("ArrowRight")
    in_room.page.wait_for_function("src => document.querySelector('dialog figure img').src !== src", arg=crop)
    in_room.page.keyboard.press("Escape")


def test_what_the_shop_does_not_sell_is_said_before_anything_is_shown(
    browser: Any, strict_server: Server, room: Path
) -> None:
    """The look-alikes stay folded until the shopper asks for them; a room has no slots then, and says so."""
    visit = Visit(browser, strict_server.url).open()
    rev = visit.send(room)
    assert visit.get("verdict").get_attribute("data-verdict") == "none"
    assert visit.get("verdict").inner_text() == "Nothing in the shop looks like this"
    assert not visit.get("card").first.is_visible()
    assert not visit.get("show-more").is_visible()
    visit.get("show-anyway").click()
    assert visit.get("card").first.is_visible()
    assert visit.get("card").count() == 24
    assert visit.get("results").get_by_text("The closest there is, though not alike").is_visible()
    visit.get("shop-room").click()
    visit.settled(rev)
    assert visit.get("verdict").inner_text() == "The shop has nothing like the things in this photo"
    assert visit.get("slot").count() == 0
    assert visit.get("rest-crop").first.is_visible()
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()


def test_earlier_searches_are_kept_and_found_again(visit: Visit, room: Path) -> None:
    """In this browser only, by the crop's own picture: also in a new page, whose server has never seen it.

    What another tab forgets is forgotten in this one, too.
    """
    rev = visit.send(room)
    _named(visit)  # a question for names that the next click overtakes keeps its stream open, and a reload cuts it off
    visit.page.locator("[data-testid=box][aria-pressed=false]").first.click()
    visit.settled(rev)
    wanted = visit.ids()[0]
    assert visit.get("history-crop").count() == 2
    _named(visit)
    visit.reload()
    visit.page.wait_for_selector("body.shop-ready")
    assert visit.get("history-crop").count() == 2
    visit.get("history-crop").first.click()
    visit.settled(0)
    assert visit.get("whole-photo").get_attribute("aria-pressed") == "true"
    assert wanted in visit.ids()[:3]
    assert visit.get("history-crop").count() == 2, "the same crop is not kept twice"
    visit.get("history-crop").first.hover()
    visit.get("history-remove").first.click()
    assert visit.get("history-crop").count() == 1
    second = visit.context.new_page()
    second.goto(visit.url)
    second.get_by_test_id("history-clear").click()
    assert not second.get_by_test_id("history").is_visible()
    assert second.evaluate("localStorage.getItem('imgsearch-history')") is None
    visit.get("history").wait_for(state="hidden")
    second.close()


def test_a_link_leads_to_a_product_and_on_to_more_like_it(browser: Any, server: Server) -> None:
    """Nothing has to be uploaded; the address is the plain one again when the dialog is closed."""
    visit = Visit(browser, server.url)
    visit.page.goto(server.url + "?product=SKU-009")
    dialog = visit.get("product-dialog")
    dialog.get_by_text("for every day").wait_for()
    assert dialog.get_attribute("data-product-id") == "SKU-009"
    assert dialog.locator("figure").count() == 1
    dialog.get_by_test_id("similar").click()
    visit.settled(0)
    assert visit.get("card").count() == 24
    assert visit.page.url == server.url
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()


def test_a_link_to_a_product_that_is_gone_says_so(browser: Any, server: Server) -> None:
    """And the page can be used."""
    visit = Visit(browser, server.url)
    visit.page.goto(server.url + "?product=no-such")
    message = visit.get("message")
    message.wait_for()
    assert message.get_attribute("data-code") == "product_gone"
    assert visit.page.get_by_role("button", name="Choose a photo").is_visible()
    visit.context.close()


def test_a_products_link_is_copied(browser: Any, server: Server, room: Path) -> None:
    """It is this page's own address with the product's number."""
    visit = Visit(browser, server.url, permissions=["clipboard-read", "clipboard-write"]).open()
    visit.send(room)
    first = visit.ids()[0]
    visit.get("card").first.locator(".open").click()
    visit.get("share").click()
    visit.page.get_by_text("Link copied").wait_for()
    assert visit.page.evaluate("navigator.clipboard.readText()") == f"{server.url}?product={first}"
    visit.context.close()


def test_the_first_visit_is_told_what_boxes_are_for(visit: Visit, room: Path) -> None:
    """Once: the hint goes with its button, and does not come back."""
    visit.send(room)
    hint = visit.get("first-hint")
    assert hint.is_visible()
    hint.get_by_role("button").click()
    assert not hint.is_visible()
    _named(visit)
    visit.reload()
    visit.page.wait_for_selector("body.shop-ready")
    visit.send(room)
    assert not hint.is_visible()
