"""The Shop tab as a shopper uses it: photo, boxes, own box, filters, cards, dialog, keyboard, phone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pillow_heif
import pytest
from PIL import Image

from imgsearch.ranking import LIFT
from tests import drawn_shop
from tests.browser.conftest import STREAM, Server, Visit

COUNT_STREAMS = """
window.asked = 0;
window.streams = [];
const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => {
    window.asked += 1;
    window.streams.push(await open(wanted));
    return window.streams.at(-1);
};
"""


def _centre(box: dict[str, float]) -> tuple[float, float]:
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _drag(visit: Visit, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag by mouse over the photo, between shares of its sides."""
    area = visit.page.locator(".frame").bounding_box()
    points = [(area["x"] + x * area["width"], area["y"] + y * area["height"]) for x, y in (start, end)]
    visit.page.mouse.move(*points[0])
    visit.page.mouse.down()
    visit.page.mouse.move(*points[1], steps=6)
    visit.page.mouse.up()


@contextmanager
def _looking(browser: Any, server: Server, room: Path) -> Iterator[Visit]:
    visitor = Visit(browser, server.url).open()
    visitor.send(room)
    yield visitor
    visitor.context.close()
    assert (visitor.console, visitor.outside) == ([], [])


@pytest.fixture(scope="module")
def answered(browser: Any, server: Server, room: Path) -> Iterator[Visit]:
    """A visitor with first results, for tests that only look at them."""
    with _looking(browser, server, room) as visitor:
        yield visitor


@pytest.fixture(scope="module")
def all_cards(browser: Any, server: Server, room: Path) -> Iterator[Visit]:
    """A visitor who went on to all cards of the shop, for tests that only look at them."""
    with _looking(browser, server, room) as visitor:
        rev = visitor.rev()
        visitor.get("show-more").click()
        visitor.settled(rev)
        yield visitor


def test_a_photo_is_answered_at_once(answered: Visit) -> None:
    """Boxes on the picture, the best target searched, cards ranked by likeness and kind, verdict and receipt."""
    visit = answered
    boxes = visit.get("box")
    assert boxes.count() >= 2
    assert visit.page.locator("[data-testid=box][aria-pressed=true]").count() == 1
    assert visit.get("chip").count() == boxes.count()
    scores = [float(card.get_attribute("data-score")) for card in visit.get("card").all()]
    assert len(scores) == 24
    assert scores[0] == max(scores), "the nearest; behind it the order is of kind and nearness"
    assert all(later <= score + LIFT for place, score in enumerate(scores) for later in scores[place:])
    assert [card.get_attribute("data-rank") for card in visit.get("card").all()] == [str(i) for i in range(1, 25)]
    assert visit.get("verdict").get_attribute("data-verdict") in ("exact", "likely", "similar", "none")
    assert "ms" in visit.get("timings").inner_text()


def test_boxes_lie_inside_the_photo_and_say_what_they_are(answered: Visit) -> None:
    """`data-box` is in pixels of the visitor's own picture, `data-class` is the detector's word."""
    for box in answered.get("box").all():
        x1, y1, x2, y2 = (float(v) for v in box.get_attribute("data-box").split(","))
        assert 0 <= x1 < x2 <= 1200
        assert 0 <= y1 < y2 <= 900
        assert box.get_attribute("data-class")


def test_a_large_photo_is_sent_small_and_its_boxes_are_in_its_own_pixels(visit: Visit, tmp_path: Path) -> None:
    """The browser shrinks it; `data-box` still refers to what the visitor chose."""
    visit.send(drawn_shop.draw_room(tmp_path / "large.jpg", (3600, 2700)))
    assert visit.page.evaluate("document.querySelector('img.photo').naturalWidth") == 1600
    corners = [float(v) for box in visit.get("box").all() for v in box.get_attribute("data-box").split(",")]
    assert 1600 < max(corners) <= 3600


def test_a_turned_photo_is_shown_and_searched_upright(visit: Visit, room: Path, tmp_path: Path) -> None:
    """EXIF orientation 6: the boxes lie in the upright frame, as wide as it is, not as the stored one."""
    with Image.open(room) as image:
        turned = image.transpose(Image.Transpose.ROTATE_90)
        exif = turned.getexif()
        exif[0x0112] = 6
        turned.save(tmp_path / "turned.jpg", exif=exif, quality=95)
    visit.send(tmp_path / "turned.jpg")
    shown = visit.page.locator("img.photo").bounding_box()
    assert shown["width"] > shown["height"]
    xs = [float(box.get_attribute("data-box").split(",")[2]) for box in visit.get("box").all()]
    assert max(xs) > 900


def test_a_heic_photo_is_shown_by_the_servers_preview(visit: Visit, room: Path, tmp_path: Path) -> None:
    """Chromium can't decode it; the server can."""
    pillow_heif.register_heif_opener()
    with Image.open(room) as image:
        image.save(tmp_path / "phone.heic", quality=90)
    visit.send(tmp_path / "phone.heic")
    assert visit.page.evaluate("document.querySelector('img.photo').naturalWidth") == 1200
    assert visit.get("card").count() == 24
    assert visit.page.locator(".crop").get_attribute("src").startswith("data:image/jpeg")


def test_clicking_another_box_gives_other_products(visit: Visit, room: Path) -> None:
    """The box on the picture and its chip are pressed together."""
    rev = visit.send(room)
    before = visit.ids()
    other = visit.page.locator("[data-testid=box][aria-pressed=false]").first
    number = other.get_attribute("data-id")
    other.click()
    visit.settled(rev)
    assert visit.ids() != before
    pressed = visit.page.locator(f"[data-testid=chip][data-id='{number}']")
    assert pressed.get_attribute("aria-pressed") == "true"


def test_a_box_is_chosen_by_keyboard(visit: Visit, room: Path) -> None:
    """Focus and Enter do what a click does."""
    rev = visit.send(room)
    number = visit.page.locator("[data-testid=box][aria-pressed=false]").first.get_attribute("data-id")
    box = visit.page.locator(f"[data-testid=box][data-id='{number}']")
    box.focus()
    visit.page.keyboard.press("Enter")
    visit.settled(rev)
    assert box.get_attribute("aria-pressed") == "true"


def test_pointing_at_a_chip_lights_its_box(answered: Visit) -> None:
    """And the other way round."""
    chip = answered.get("chip").last
    chip.hover()
    assert "hot" in answered.page.locator(f"g[data-id='{chip.get_attribute('data-id')}']").get_attribute("class")


def test_an_own_box_by_mouse_finds_what_is_in_it(visit: Visit, room: Path) -> None:
    """A box around the blue mug brings the blue mug; it can be moved afterwards, which searches again."""
    rev = visit.send(room)
    visit.get("draw-own").click()
    _drag(visit, (0.63, 0.51), (0.77, 0.71))
    rev = visit.settled(rev)
    assert visit.get("own-box").count() == 1
    assert visit.ids()[0] == "SKU-000"
    before = visit.get("own-box").bounding_box()
    x, y = _centre(before)
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x - 60, y - 40, steps=4)
    visit.page.mouse.up()
    visit.settled(rev)
    assert visit.get("own-box").bounding_box()["x"] == pytest.approx(before["x"] - 60, abs=3)


def test_an_own_box_by_keyboard(visit: Visit, room: Path) -> None:
    """The button puts a box in the middle; arrows move it, shift and arrows resize it, Enter searches."""
    rev = visit.send(room)
    visit.get("draw-own").focus()
    visit.page.keyboard.press("Enter")
    start = visit.get("own-box").bounding_box()
    visit.page.keyboard.press("ArrowRight")
    visit.page.keyboard.press("Shift+ArrowUp")
    end = visit.get("own-box").bounding_box()
    assert end["x"] > start["x"]
    assert end["height"] < start["height"]
    visit.page.keyboard.press("Enter")
    visit.settled(rev)
    assert visit.get("own-box").count() == 1


def test_a_corner_of_an_own_box_can_be_pulled(visit: Visit, room: Path) -> None:
    """Only the corner moves; the opposite one stays."""
    rev = visit.send(room)
    _drag(visit, (0.3, 0.3), (0.5, 0.6))
    rev = visit.settled(rev)
    before = visit.get("own-box").bounding_box()
    handle = visit.page.locator(".corner[data-corner='11']").bounding_box()
    x, y = _centre(handle)
    visit.page.mouse.move(x, y)
    visit.page.mouse.down()
    visit.page.mouse.move(x + 50, y + 30, steps=4)
    visit.page.mouse.up()
    visit.settled(rev)
    after = visit.get("own-box").bounding_box()
    assert after["x"] == pytest.approx(before["x"], abs=2)
    assert after["width"] == pytest.approx(before["width"] + 50, abs=3)


def test_the_whole_photo_is_always_a_target(visit: Visit, room: Path) -> None:
    """One click, and no box is pressed any more."""
    rev = visit.send(room)
    visit.get("whole-photo").click()
    visit.settled(rev)
    assert visit.page.locator("[data-testid=box][aria-pressed=true]").count() == 0
    assert visit.get("whole-photo").get_attribute("aria-pressed") == "true"


def _lose_the_next_answer(visit: Visit) -> list[str]:
    """Gradio's stream ends before the answer comes, as it does when it is closed just as a request is sent."""
    lost: list[str] = []

    def lose(route: Any) -> None:
        lost.append(route.request.url)
        route.fulfill(body='data: {"msg": "close_stream"}\n\n', content_type="text/event-stream")

    visit.page.route(f"**{STREAM}*", lose, times=1)
    return lost


def test_an_answer_that_is_lost_on_the_way_is_asked_for_again(visit: Visit, room: Path) -> None:
    """No dead spinner, and nothing to click: neither for a photo nor for a search."""
    lost = _lose_the_next_answer(visit)
    rev = visit.send(room)
    assert len(lost) == 1
    visit.page.wait_for_function("() => !document.querySelector('.chip.unnamed')")
    visit.quiet()
    lost = _lose_the_next_answer(visit)
    visit.get("whole-photo").click()
    assert visit.settled(rev) == rev + 2
    assert len(lost) == 1
    assert visit.get("card").count() == 24
    assert visit.get("message").count() == 0


def test_names_that_are_lost_on_the_way_are_asked_for_again(visit: Visit, room: Path) -> None:
    lost: list[list[str]] = []

    def spot(route: Any) -> None:
        sent = route.request.post_data or ""
        if '"path"' in sent and '"unseen"' not in sent and not lost:  # neither a photo nor a search: its names
            lost.append(_lose_the_next_answer(visit))
        route.continue_()

    visit.page.route("**/queue/join*", spot)
    visit.send(room)
    visit.page.wait_for_function(
        "() => document.querySelector('.chip[data-id]') && !document.querySelector('.unnamed')"
    )
    assert len(lost) == 1
    assert len(lost[0]) == 1


def test_an_answer_that_comes_late_counts_though_it_was_asked_for_again(visit: Visit, room: Path) -> None:
    """A server with too much to do is not made to do it twice before anything is seen."""
    rev = visit.send(room)
    visit.page.wait_for_function("() => !document.querySelector('.chip.unnamed')")
    visit.quiet()
    answers: list[Any] = []
    repeats: list[Any] = []
    visit.page.route(f"**{STREAM}*", lambda route: answers.append(route), times=1)
    visit.get("whole-photo").click()
    _until(visit, answers)
    visit.page.route("**/queue/join*", lambda route: repeats.append(route))
    _until(visit, repeats)
    answers[0].continue_()
    assert visit.settled(rev) == rev + 2
    assert visit.get("card").count() == 24
    assert visit.get("message").count() == 0


def test_a_photo_chosen_after_a_sample_was_tapped_stays(visit: Visit, room: Path) -> None:
    """However late the sample comes; until then it shows that it is coming."""
    held: list[Any] = []
    visit.page.route(re.compile(r"/samples/[^/]+$"), lambda route: held.append(route), times=1)
    sample = visit.get("sample").first
    sample.click()
    _until(visit, held)
    assert sample.get_attribute("aria-busy") == "true"
    rev = visit.send(room)
    photo = visit.page.locator("img.photo").get_attribute("src")
    held[0].continue_()
    visit.page.wait_for_selector("[data-testid=sample]:not([aria-busy])")
    assert visit.page.locator("img.photo").get_attribute("src") == photo
    assert visit.settled() == rev


def _until(visit: Visit, caught: list[Any]) -> None:
    """Wait for the page to send what a route catches."""
    for _ in range(600):
        if caught:
            return
        visit.page.wait_for_timeout(50)
    pytest.fail("nothing was sent within 30 s")


def test_the_same_photo_twice_is_answered_twice(visit: Visit, room: Path) -> None:
    """No dead spinner for a value that equals the one before."""
    first = visit.send(room)
    cards = visit.ids()
    assert visit.send(room) > first
    assert visit.ids() == cards


def test_a_burst_of_clicks_ends_with_the_last_ones_result(visit: Visit, room: Path) -> None:
    """Whatever order the answers come in."""
    rev = visit.send(room)
    chips = visit.get("chip")
    chips.nth(0).click()
    rev = visit.settled(rev)
    wanted = visit.ids()
    for number in (1, 0, 1, 0, 1, 0):
        chips.nth(number).click(no_wait_after=True)
    visit.settled(rev + 5)
    assert visit.ids() == wanted


def test_a_category_narrows_and_its_count_is_true(visit: Visit, room: Path) -> None:
    """Every card is of the category, and there are as many as the option says."""
    rev = visit.send(room)
    option = visit.page.locator("[data-testid=facet-option][data-value='Living > Lamps']")
    count = int(option.get_attribute("data-count"))
    option.click()
    visit.settled(rev)
    assert visit.get("card").count() == count
    assert all("lamp" in card.locator(".title").inner_text() for card in visit.get("card").all())


def test_the_category_with_the_keyboard_keeps_it(visit: Visit, room: Path) -> None:
    """Though what the target looks like is put first."""
    rev = visit.send(room)
    box = visit.get("facet-option").first.locator("input")
    box.focus()
    for chosen in (True, False):
        visit.page.keyboard.press("Space")
        rev = visit.settled(rev)
        assert box.is_checked() is chosen
        assert box.evaluate("node => node === document.activeElement")


def test_price_stock_and_sort(visit: Visit, room: Path) -> None:
    """A range in one currency, nothing sold out, cheapest first; "clear" undoes them all."""
    rev = visit.send(room)
    visit.get("price-max").fill("60")
    rev = visit.settled(rev)
    visit.get("in-stock").check()
    rev = visit.settled(rev)
    visit.get("sort").select_option("price_asc")
    rev = visit.settled(rev)
    costs = [c.locator(".cost").inner_text() for c in visit.get("card").all()]
    prices = [float(cost.replace("€", "").strip()) for cost in costs]
    assert prices
    assert prices == sorted(prices)
    assert max(prices) <= 60
    assert visit.page.locator(".stock.out").count() == 0
    visit.page.get_by_role("button", name="Clear").click()
    visit.settled(rev)
    assert visit.get("card").count() == 24
    assert visit.get("price-max").input_value() == ""


def test_a_price_range_holds_within_one_currency(visit: Visit, room: Path) -> None:
    """With yen chosen, no card is in euros."""
    rev = visit.send(room)
    visit.page.get_by_label("Currency").select_option("JPY")
    visit.get("price-min").fill("1")
    visit.settled(rev)
    costs = [card.locator(".cost").inner_text() for card in visit.get("card").all()]
    assert costs
    assert all("¥" in cost for cost in costs), costs


def test_nothing_found_says_which_filter_is_to_blame(visit: Visit, room: Path) -> None:
    """One click takes that filter away, and the matches are back."""
    rev = visit.send(room)
    visit.page.locator("[data-testid=facet-option][data-value='Kitchen > Mugs']").click()
    rev = visit.settled(rev)
    visit.get("price-min").fill("100000")
    rev = visit.settled(rev)
    message = visit.get("message")
    assert message.get_attribute("data-code") == "no_match"
    assert visit.get("card").count() == 0
    message.get_by_role("button", name="Any price").click()
    visit.settled(rev)
    assert visit.get("card").count() > 0
    assert visit.get("message").count() == 0


def test_show_more_adds_the_rest(all_cards: Visit) -> None:
    """All cards of the shop after two pages; then there is nothing more to show."""
    assert all_cards.get("card").count() == drawn_shop.CARDS
    assert not all_cards.get("show-more").is_visible()


def test_more_like_this_searches_by_the_product(visit: Visit, room: Path) -> None:
    """The product itself does not come back, the photo's box is no longer pressed; the heading is in sight and next."""
    rev = visit.send(room)
    wanted = visit.ids()[20]
    visit.get("card").nth(20).get_by_test_id("similar").click()
    visit.settled(rev)
    assert wanted not in visit.ids()
    visit.page.wait_for_function("document.activeElement === document.querySelector('.verdict-text h2')")
    visit.page.wait_for_function("document.querySelector('.results').getBoundingClientRect().top >= 0")
    assert visit.get("card").count() == 24
    assert visit.page.locator("[data-testid=box][aria-pressed=true]").count() == 0


def test_a_product_is_shown_beside_the_crop(visit: Visit, room: Path) -> None:
    """With its description, its link to the shop, arrows to the next match, and Escape to leave."""
    visit.send(room)
    card = visit.page.locator("[data-testid=card]:has(a.title)").first
    link = card.locator("a.title").get_attribute("href")
    card.locator(".open").click()
    dialog = visit.get("product-dialog")
    assert dialog.locator("figure").count() == 2
    dialog.get_by_text("for every day").wait_for()
    assert dialog.get_by_role("link").get_attribute("href") == link
    assert "noopener" in dialog.get_by_role("link").get_attribute("rel")
    title = dialog.locator("h3").inner_text()
    visit.page.keyboard.press("ArrowRight")
    visit.page.wait_for_function("title => document.querySelector('.sheet h3').innerText !== title", arg=title)
    visit.page.keyboard.press("Escape")
    assert not dialog.is_visible()


def test_variants_are_one_card(all_cards: Visit) -> None:
    """No group comes twice."""
    groups = [card.get_attribute("data-group-id") for card in all_cards.get("card").all()]
    assert len(groups) == len(set(groups))
    assert all_cards.get("results").get_by_text("3 variants").count() == 2


def test_hostile_catalog_text_stays_text(all_cards: Visit) -> None:
    """Markup and template code in a title are shown as they are; a javascript: link is no link; RTL keeps its side."""
    visit = all_cards
    hostile = visit.page.locator("[data-product-id='SKU-000']")
    assert hostile.locator(".title").inner_text() == drawn_shop.HOSTILE
    assert hostile.locator("img").count() == 1
    hostile.locator(".open").click()
    assert visit.get("product-dialog").locator("h3").inner_text() == drawn_shop.HOSTILE
    visit.page.keyboard.press("Escape")
    assert visit.page.locator("[data-product-id='SKU-002'] a").count() == 0
    assert visit.page.locator("[data-product-id='SKU-001'] .title").get_attribute("dir") == "auto"
    assert visit.page.evaluate("window.hacked") is None


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("text.jpg", b"this is no picture at all", "bad_image"),
        ("empty.jpg", b"", "bad_image"),
        ("cut.jpg", None, "bad_image"),
        ("huge.png", b"\x89PNG" + bytes(21 * 2**20), "image_too_large"),
    ],
)
def test_a_file_that_is_no_picture_gets_one_clear_sentence(
    visit: Visit, room: Path, tmp_path: Path, name: str, data: bytes | None, code: str
) -> None:
    """And the page stays usable."""
    (tmp_path / name).write_bytes(room.read_bytes()[:5000] if data is None else data)
    visit.get("photo-input").set_input_files(tmp_path / name)
    message = visit.get("message")
    message.wait_for()
    assert message.get_attribute("data-code") == code
    assert message.get_attribute("role") == "alert"
    assert visit.page.get_by_role("button", name="Choose a photo").is_visible()
    assert visit.send(room) > 0
    assert visit.get("message").count() == 0


def test_a_picture_of_too_many_pixels_is_refused_undecoded(visit: Visit, tmp_path: Path) -> None:
    """20,000 x 20,000 px in a small file: neither the browser nor the server opens it up."""
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    visit.get("photo-input").set_input_files(tmp_path / "bomb.png")
    visit.page.wait_for_selector("[data-testid=message][data-code=image_too_large]")
    assert "megapixels" in visit.get("message").inner_text()


def test_a_dropped_and_a_pasted_picture_are_taken(visit: Visit, room: Path) -> None:
    """Both ways lead to the same results as choosing the file."""
    visit.send(room)
    wanted = visit.ids()
    data = list(room.read_bytes())
    for event in ("drop", "paste"):
        visit.page.evaluate(
            """([kind, bytes]) => {
                const transfer = new DataTransfer();
                transfer.items.add(new File([new Uint8Array(bytes)], 'room.jpg', { type: 'image/jpeg' }));
                const event = kind === 'drop'
                    ? new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true })
                    : new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true });
                document.querySelector(kind === 'drop' ? '.drop-card' : 'body').dispatchEvent(event);
            }""",
            [event, data],
        )
        visit.settled(0)
        assert visit.ids() == wanted


def test_the_camera_takes_a_picture(browser: Any, server: Server) -> None:
    """On a desktop, by a live view (Chromium's own test camera), which is off when it is left."""
    visit = Visit(browser, server.url, permissions=["camera"])
    visit.context.add_init_script(COUNT_STREAMS)
    visit.open()
    start = visit.page.get_by_role("button", name="Take a photo")
    start.evaluate("button => { button.click(); button.click(); }")
    visit.page.get_by_role("button", name="Cancel").click()
    visit.page.wait_for_function("streams.length && streams.every((stream) => !stream.active)")
    assert visit.page.evaluate("asked") == 1
    start.click()
    visit.page.wait_for_function("() => document.querySelector('.camera video').videoWidth > 0")
    visit.page.get_by_role("button", name="Take the photo").click()
    visit.settled(0)
    assert visit.get("card").count() > 0
    visit.context.close()


def test_a_phone_shows_everything_without_sideways_scrolling(browser: Any, server: Server, room: Path) -> None:
    """At 390 x 844, nothing is cut off on the right, and an own box is drawn by touch."""
    visit = Visit(browser, server.url, viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open()
    rev = visit.send(room)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    last = visit.page.get_by_role("button", name="Light or dark").bounding_box()
    assert last["x"] + last["width"] <= 390
    visit.get("draw-own").tap()
    area = visit.page.locator(".frame").bounding_box()
    touch = visit.context.new_cdp_session(visit.page)
    points = [(0.60, 0.47), (0.70, 0.60), (0.80, 0.74)]
    for i, (x, y) in enumerate(points):
        at = [{"x": area["x"] + x * area["width"], "y": area["y"] + y * area["height"]}]
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove" if i else "touchStart", "touchPoints": at})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visit.settled(rev)
    assert visit.get("own-box").count() == 1
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()


def test_a_tall_photo_leaves_room_for_what_is_under_it(visit: Visit, tmp_path: Path) -> None:
    """A phone's screenshot on a phone, on a turned one and on a desktop: an own box lies where it was drawn."""
    rev = visit.send(drawn_shop.draw_room(tmp_path / "tall.jpg", (585, 1266)))
    for top, (width, height) in zip((0.1, 0.4, 0.7), ((390, 844), (844, 390), (1280, 900)), strict=True):
        visit.page.set_viewport_size({"width": width, "height": height})
        shown = visit.page.locator("img.photo").bounding_box()
        assert shown["height"] <= 0.62 * height + 1
        assert shown["width"] / shown["height"] == pytest.approx(585 / 1266, abs=0.01)
        for part in (".frame", ".boxes"):
            assert visit.page.locator(part).bounding_box() == pytest.approx(shown, abs=0.1)
        _drag(visit, (0.2, top), (0.6, top + 0.2))
        rev = visit.settled(rev)
        own = visit.get("own-box")
        sides = [float(own.get_attribute(side)) / 1000 for side in ("x", "y", "width", "height")]
        assert sides == pytest.approx([0.2, top, 0.4, 0.2], abs=0.01)


def test_dark_follows_the_system_and_the_button(browser: Any, server: Server) -> None:
    """The button's choice is kept for the next visit."""
    visit = Visit(browser, server.url, color_scheme="dark").open()
    ground = "() => getComputedStyle(document.body).backgroundColor"
    dark = visit.page.evaluate(ground)
    visit.page.get_by_role("button", name="Light or dark").click()
    visit.page.wait_for_function(f"before => ({ground})() !== before", arg=dark)
    light = visit.page.evaluate(ground)
    visit.reload()
    visit.page.wait_for_selector("body.shop-ready")
    assert visit.page.evaluate(ground) == light
    visit.context.close()
