"""The page in eight languages: chosen by the browser and by the switch, money and numbers, right to left."""

from __future__ import annotations

import json
import re
import unicodedata
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imgsearch.records import KIND_CONFIDENCE
from imgsearch.ui import strings
from tests.browser.conftest import Server, Visit

OTHERS = [tag for tag in strings.LANGUAGES if tag != strings.SOURCE]

# Every text on the page, shown or only read out: text nodes and the attributes that screen readers and tooltips use.
READ = """() => {
  const found = [];
  const walk = document.createTreeWalker(document.querySelector('.gradio-container'), NodeFilter.SHOW_ALL);
  const ours = '.shell, .picker, .filters, .results, .board, .catalog, [role=tablist]';
  for (let node = walk.currentNode; node; node = walk.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE && !node.parentElement.closest('style, script, [aria-hidden=true] button')) {
      found.push(node.data.trim());
    }
    if (node.nodeType === Node.ELEMENT_NODE && node.closest(ours)) {
      for (const name of ['aria-label', 'title', 'alt', 'placeholder']) found.push(node.getAttribute(name) ?? '');
    }
  }
  return [...new Set(found)].filter((text) => /[a-z]{2}/i.test(text));
}"""


def english_left(visit: Visit, tag: str) -> list[str]:
    """What stands on the page in English's words; texts that are the same in both languages don't count."""
    own = strings.load(tag)
    patterns = []
    for section, texts in strings.load(strings.SOURCE).items():
        for key, text in texts.items():
            if re.search(r"[A-Za-z]{2}", re.sub(r"\{\w+\}", "", text)) and own[section].get(key) != text:
                patterns.append(re.sub(r"\\\{\w+\\\}", ".+", re.escape(text)))
    english = re.compile("|".join(patterns))
    return [text for text in visit.page.evaluate(READ) if english.fullmatch(text)]


def plain(text: str) -> str:
    """Without invisible marks, with plain spaces."""
    kept = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return re.sub(r"\s", " ", kept)


def speak(visit: Visit, tag: str) -> None:
    """Choose a language by the switch."""
    visit.get("language").select_option(tag)
    visit.page.wait_for_function("tag => document.documentElement.lang === tag", arg=tag)


def type_price(visit: Visit, text: str) -> tuple[str, str]:
    """Type the highest price and leave the field: what it then holds, and what is wrong with it."""
    field = visit.get("price-max")
    before = visit.rev()
    field.fill(text)
    visit.settled(before)
    wrong = field.get_attribute("aria-invalid")
    visit.get("sort").focus()
    visit.get("in-stock").check()
    visit.get("in-stock").uncheck()
    visit.settled(before)
    return plain(field.input_value()), str(wrong)


@pytest.fixture
def arab(browser: Any, server: Server) -> Iterator[Visit]:
    """A visitor whose browser speaks Arabic."""
    visitor = Visit(browser, server.url, locale="ar-EG").open()
    yield visitor
    visitor.context.close()
    assert visitor.console == []
    assert visitor.outside == []


def test_what_the_shop_has_no_name_for_goes_by_its_kind(browser: Any, strict_server: Server, room: Path) -> None:
    """In the reader's language, numbered where there are several, on box and chip alike; what is unsure has none."""
    visit = Visit(browser, strict_server.url).open()
    visit.send(room)
    visit.page.wait_for_function("() => !document.querySelector('.chip.unnamed')")
    boxes = sorted(visit.get("box").all(), key=lambda box: int(box.get_attribute("data-id")))
    chips = [chip.inner_text() for chip in visit.get("chip").all()]
    sure = [int(re.findall(r"\d+", text)[-1]) >= 100 * KIND_CONFIDENCE for text in chips]
    kinds = [box.get_attribute("data-class") if one else "item" for box, one in zip(boxes, sure, strict=True)]
    assert any(sure)
    for tag in ("en", "de"):
        speak(visit, tag)
        words = [strings.load(tag)["picker"][f"kind_{kind}"] for kind in kinds]
        numbered = [
            f"{word} {words[: i + 1].count(word)}" if words.count(word) > 1 else word for i, word in enumerate(words)
        ]
        assert [chip.locator("span").inner_text() for chip in visit.get("chip").all()] == numbered
        assert [box.get_attribute("aria-label").split(",")[0] for box in boxes] == numbered
    visit.context.close()
    assert visit.console == []


@pytest.mark.parametrize(
    ("locale", "lang", "dir_"),
    [("de-CH", "de", "ltr"), ("zh-TW", "zh-Hans", "ltr"), ("ar-EG", "ar", "rtl"), ("nl-NL", "en", "ltr")],
)
def test_the_browser_chooses_the_language(browser: Any, server: Server, locale: str, lang: str, dir_: str) -> None:
    """By its own list; English for a language that the page does not speak. Title and tabs follow."""
    visit = Visit(browser, server.url, locale=locale).open()
    own = strings.load(lang)["shell"]
    visit.page.get_by_role("tab", name=own["tab_review"], exact=True).wait_for()
    root = visit.page.locator("html")
    assert (root.get_attribute("lang"), root.get_attribute("dir")) == (lang, dir_)
    tabs = [own[f"tab_{name}"] for name in ("shop", "review", "catalog")]
    assert visit.page.get_by_role("tab").all_inner_texts() == tabs
    assert visit.page.title() == own["name"]
    assert visit.page.locator("[data-testid=language]").input_value() == lang
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()


def test_the_texts_of_a_language_are_kept_by_the_browser(server: Server) -> None:
    """Forever, since their address changes with them; a language that is not there is none, whatever its name."""
    with urllib.request.urlopen(server.url + strings.addresses()["de"]["address"]) as answer:
        assert "immutable" in answer.headers["Cache-Control"]
        assert json.load(answer) == strings.load("de")
    for tag in ("nl", "..%2Fstrings", "de.json%00"):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            urllib.request.urlopen(f"{server.url}locales/{tag}.json")


def test_the_switch_keeps_photo_and_results_and_is_remembered(visit: Visit, room: Path) -> None:
    """Nothing is searched again: the same photo, cards and answer, in other words."""
    rev = visit.send(room)
    photo, cards = visit.page.locator("img.photo").get_attribute("src"), visit.ids()
    cost = visit.get("card").first.locator(".cost").inner_text()
    verdict = visit.get("verdict").get_attribute("data-verdict")
    speak(visit, "de")
    german = strings.load("de")
    assert visit.get("verdict").inner_text() == german["results"][f"verdict_{verdict}"]
    assert visit.page.locator("img.photo").get_attribute("src") == photo
    assert (visit.ids(), visit.rev()) == (cards, rev)
    amount = re.sub(r"[^\d.]", "", cost)
    assert plain(visit.get("card").first.locator(".cost").inner_text()) == f"{amount.replace('.', ',')} €"
    visit.reload()
    visit.page.wait_for_selector("body.shop-ready")
    assert visit.page.locator("html").get_attribute("lang") == "de"
    speak(visit, "en")
    assert visit.page.get_by_role("tab").first.inner_text() == "Shop"


def test_no_language_leaves_english_on_the_page(visit: Visit, room: Path) -> None:
    """On the start page, over results, and in a product's dialog, after changing there and back."""
    for tag in OTHERS:
        speak(visit, tag)
        assert english_left(visit, tag) == [], tag
    speak(visit, "en")
    visit.send(room)
    visit.page.wait_for_function("document.querySelectorAll('.chip.unnamed').length === 0")
    visit.get("card").nth(3).locator(".open").click()
    visit.get("product-dialog").get_by_text("for every day").wait_for()
    assert english_left(visit, "de") != [], "the search finds English where there is some"
    for tag in OTHERS:
        # The dialog covers the switch: it is told directly, as the switch does it.
        visit.page.evaluate("tag => window.imgsearchLanguage.choose(tag)", tag)
        visit.page.wait_for_function("tag => document.documentElement.lang === tag", arg=tag)
        assert english_left(visit, tag) == [], tag


def test_an_arabic_page_has_no_english_in_any_state(arab: Visit, room: Path) -> None:
    """A file that is no picture, results, no match, an own box, a whole room, a review without queries."""
    picture = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"no picture"}
    arab.get("photo-input").set_input_files(picture)
    arab.get("message").wait_for()
    assert english_left(arab, "ar") == []
    rev = arab.send(room)
    arab.get("draw-own").focus()
    arab.page.keyboard.press("Enter")
    assert english_left(arab, "ar") == []
    arab.page.keyboard.press("Enter")
    rev = arab.settled(rev)
    arab.get("price-min").fill("100000")
    rev = arab.settled(rev)
    assert arab.get("message").get_attribute("data-code") == "no_match"
    assert english_left(arab, "ar") == []
    arab.get("price-min").fill("")
    rev = arab.settled(rev)
    arab.get("shop-room").click()
    arab.settled(rev)
    assert arab.get("slot").count() > 0
    assert english_left(arab, "ar") == []
    arab.page.get_by_role("tab").nth(1).click()
    arab.page.wait_for_selector(".board [data-testid=message]")
    assert english_left(arab, "ar") == []


def test_the_review_board_is_translated(browser: Any, reviewed_server: Server, no_grades: None) -> None:
    """Figures, grades, keys and the guide; the arrow keys go where the matches lie."""
    visit = Visit(browser, reviewed_server.url, locale="ar").open()
    visit.page.get_by_role("tab").nth(1).click()
    visit.page.wait_for_selector("[data-testid=review-match]")
    assert english_left(visit, "ar") == []
    visit.page.keyboard.press("ArrowLeft")
    marked = visit.page.locator("[data-testid=review-match][aria-current=true]")
    assert marked.get_attribute("data-rank") == "2"
    first = visit.get("review-match").first.bounding_box()
    assert first["x"] > marked.bounding_box()["x"], "the second match lies to the left of the first"
    visit.page.keyboard.press("1")
    visit.page.wait_for_selector("[data-testid=review-match][data-rank='2'][data-grade=E]")
    assert english_left(visit, "ar") == []
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()


def test_a_price_is_written_in_its_currency_for_the_reader(visit: Visit, room: Path) -> None:
    """Euros with the reader's decimal sign, yen without decimals, whatever the language."""
    rev = visit.send(room)
    visit.get("show-more").click()
    visit.settled(rev)
    cards = {name: visit.page.locator(f"[data-product-id='{name}'] .cost") for name in ("SKU-014", "SKU-005")}
    euros, yen = (plain(cost.inner_text()) for cost in cards.values())
    assert re.fullmatch(r"€\d+\.\d\d", euros)
    assert re.fullmatch(r"¥\d{3,4}|¥\d,\d{3}", yen)
    speak(visit, "de")
    assert plain(cards["SKU-014"].inner_text()) == f"{euros[1:].replace('.', ',')} €"
    assert plain(cards["SKU-005"].inner_text()) == f"{yen[1:].replace(',', '.')} ¥"
    speak(visit, "ja")
    assert plain(cards["SKU-005"].inner_text()) in (yen, yen.replace("¥", "￥"))
    share = visit.get("card").first.locator(".likeness span").last
    speak(visit, "fr")
    assert re.search(r"\d %$", plain(share.inner_text()))


def test_a_price_is_read_as_the_reader_writes_it(visit: Visit, room: Path) -> None:
    """The field keeps it in the reader's writing; every price shown lies under the bound."""
    visit.send(room)
    for tag, typed, held, bound in (
        ("de", "40,5 €", {"40,5"}, 40.5),
        ("en", "1,299", {"1299"}, 1299),
        ("ar", "٤٠٫٥", {"40.5", "٤٠٫٥"}, 40.5),
    ):
        speak(visit, tag)
        shown, wrong = type_price(visit, typed)
        assert (wrong, shown in held) == ("false", True), (tag, typed, shown)
        speak(visit, "en")
        costs = [plain(card.locator(".cost").inner_text()) for card in visit.get("card").all()]
        assert costs
        assert all(float(re.sub(r"[^\d.]", "", cost)) <= bound for cost in costs), (tag, typed, costs)


def test_what_is_no_price_is_marked_and_ignored(visit: Visit, room: Path) -> None:
    """The field says so; nothing is filtered."""
    visit.send(room)
    assert type_price(visit, "cheap") == ("", "true")
    assert visit.get("card").count() == 24


def test_right_to_left_mirrors_the_page_but_not_the_photo(arab: Visit, visit: Visit, room: Path) -> None:
    """Photo on the right, cards from the right; the boxes lie where the things are."""
    arab.send(room)
    visit.send(room)
    photo, first = arab.page.locator(".frame").bounding_box(), arab.get("card").first.bounding_box()
    assert photo["x"] > first["x"]
    assert first["x"] > arab.get("card").nth(1).bounding_box()["x"]
    shares = []
    for page in (arab, visit):
        frame = page.page.locator(".frame").bounding_box()
        boxes = [box.locator("rect").bounding_box() for box in page.get("box").all()]
        shares.append([round((box["x"] - frame["x"]) / frame["width"], 2) for box in boxes])
    assert shares[0] == shares[1]


def test_arrow_keys_in_a_dialog_follow_the_reading_direction(arab: Visit, room: Path) -> None:
    """The left arrow leads on, as the button on the left does."""
    arab.send(room)
    titles = [card.locator(".title").inner_text() for card in arab.get("card").all()[:3]]
    arab.get("card").nth(1).locator(".open").click()
    heading = arab.get("product-dialog").locator("h3")
    assert heading.inner_text() == titles[1]
    arab.page.keyboard.press("ArrowLeft")
    arab.page.wait_for_function("title => document.querySelector('.sheet h3').innerText === title", arg=titles[2])
    arab.page.keyboard.press("ArrowRight")
    arab.page.wait_for_function("title => document.querySelector('.sheet h3').innerText === title", arg=titles[1])


@pytest.mark.parametrize("locale", ["ar", "de-DE"])
def test_a_phone_has_room_for_every_language(browser: Any, server: Server, room: Path, locale: str) -> None:
    """No sideways scrolling, nothing of the header cut off, with the longest words and from right to left."""
    size = {"width": 390, "height": 844}
    visit = Visit(browser, server.url, locale=locale, viewport=size, has_touch=True, is_mobile=True).open()
    visit.send(room)
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in visit.page.locator(".brand-bar > *:visible").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390.5
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()


def test_errors_are_told_in_the_readers_language_with_their_numbers(arab: Visit, tmp_path: Path) -> None:
    """By the answer's code; a sentence in English would be the last resort."""
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    arab.get("photo-input").set_input_files(tmp_path / "bomb.png")
    message = arab.page.wait_for_selector("[data-testid=message][data-code=image_too_large]")
    wanted = re.escape(strings.load("ar")["errors"]["image_too_large"])
    pattern = wanted.replace(r"\{mib\}", "(20|٢٠)").replace(r"\{megapixels\}", "(80|٨٠)")
    assert re.fullmatch(pattern, plain(message.inner_text()))
