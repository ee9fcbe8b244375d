"""The page's handlers on a real small shop, without a server: a dict in, a dict out."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymilvus
import pytest
from PIL import Image

from imgsearch import catalog, geometry, ingest
from imgsearch.config import Settings
from imgsearch.embed import load_embedder
from imgsearch.errors import StoreUnavailable
from imgsearch.records import Box, Detection
from imgsearch.search import ImageSearch, open_search
from imgsearch.store import MilvusStore
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.shop import FIRST_LOOKS, Shop
from imgsearch.ui.uploads import Uploads
from imgsearch.verdict import Thresholds
from imgsearch.weights import resolve
from tests import drawn_shop

MUG = [0.62, 0.50, 0.78, 0.72]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data directory with the drawn shop."""
    folder = tmp_path_factory.mktemp("shop")
    made = Settings.from_env({}, data_dir=str(folder), shop="drawn")
    embedder = load_embedder(resolve("bundled").embedder, "cpu")
    with MilvusStore(made.store_uri, shop="drawn", fingerprint=embedder.fingerprint) as store:
        ingest.run(catalog.read(drawn_shop.make_shop(folder / "feed")), store, None, embedder)
    return made


@pytest.fixture(scope="module")
def core(settings: Settings) -> Iterator[ImageSearch]:
    opened = open_search(settings)
    yield opened
    opened.close()


@pytest.fixture
def readiness(core: ImageSearch) -> Readiness:
    made = Readiness(lambda report: core)
    made.start()
    assert made.wait(60)
    return made


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    made = Uploads(tmp_path / "uploads", 20 * 2**20)
    made.clear()
    return made


@pytest.fixture
def shop(readiness: Readiness, uploads: Uploads) -> Shop:
    return Shop(readiness, uploads, ("one.jpg",))


@pytest.fixture
def room(tmp_path: Path, uploads: Uploads) -> str:
    return str(drawn_shop.draw_room(tmp_path / "uploads" / "room.jpg"))


def _ask(shop: Shop, room: str, **values: Any) -> dict[str, Any]:
    return shop.search({"target": {"photo": room, "box": MUG}, "top_k": 24, "sort": "best", "rev": 5} | values)


def test_the_status_holds_what_the_filter_bar_needs(shop: Shop) -> None:
    """Counts of cards, ranges per currency, and it is JSON."""
    status = json.loads(json.dumps(shop.status()))
    assert status["state"] == "ready"
    assert status["products"] == drawn_shop.PRODUCTS
    assert sum(option["count"] for option in status["categories"]) == drawn_shop.CARDS
    assert set(status["prices"]) == {"EUR", "JPY"}


def test_a_photo_is_answered_with_boxes_as_shares(shop: Shop, room: str) -> None:
    """Inside the photo, with the asked `rev`, and as JSON."""
    answer = json.loads(json.dumps(shop.photo({"path": room, "rev": 3})))
    assert (answer["rev"], answer["width"], answer["height"]) == (3, 1200, 900)
    for box in answer["boxes"]:
        x1, y1, x2, y2 = box["box"]
        assert 0 <= x1 < x2 <= 1
        assert 0 <= y1 < y2 <= 1


def test_a_photo_the_browser_cannot_show_comes_back_as_a_preview(shop: Shop, room: str) -> None:
    """Only when the browser says so."""
    assert shop.photo({"path": room, "unseen": True})["preview"].startswith("data:image/webp;base64,")
    assert "preview" not in shop.photo({"path": room})


def test_a_box_finds_what_is_in_it(shop: Shop, room: str) -> None:
    """The blue mug's box brings the blue mug; the receipt has every stage."""
    answer = _ask(shop, room)
    assert answer["rev"] == 5
    assert answer["matches"][0]["product_id"] == "SKU-000"
    assert answer["category"] == "Kitchen > Mugs"
    assert answer["timings"]["total_ms"] >= answer["timings"]["search_ms"] > 0


def test_filters_reach_the_store(shop: Shop, room: str) -> None:
    """Category, price in a currency, stock."""
    answer = _ask(shop, room, categories=["Living"], min_price=5, max_price="70", currency="EUR", in_stock=True)
    assert answer["matches"]
    for match in answer["matches"]:
        assert match["category"].startswith("Living > ")
        assert 5 <= match["price"] <= 70
        assert match["currency"] == "EUR"
        assert match["in_stock"]


def test_nothing_found_names_the_filter(shop: Shop, room: str) -> None:
    """Without the price there would be matches; without the category there would be none either."""
    answer = _ask(shop, room, categories=["Kitchen"], min_price=1e6, currency="EUR")
    assert answer["matches"] == []
    assert answer["filtered"]
    assert answer["blame"] == ["price"]


def test_more_like_a_product_leaves_its_group_out(shop: Shop) -> None:
    """And needs no photo."""
    answer = shop.search({"target": {"product": "SKU-011", "title": "T"}, "rev": 1})
    assert answer["target"] == {"product": "SKU-011", "title": "T"}
    assert "G-1" not in {match["group_id"] for match in answer["matches"]}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"target": {"photo": "/etc/hostname", "box": MUG}}, "bad_image"),
        ({"target": {"product": "no such"}}, "bad_query"),
        ({"box": [0, 0, 1]}, "bad_box"),
        ({"box": [0.5, 0.5, 0.5, 0.5]}, "bad_box"),
        ({"box": "x"}, "bad_box"),
        ({"box": [2, 2, 3, 3]}, "bad_box"),
        ({"box": [0, 0, float("nan"), 1]}, "bad_box"),
        ({"top_k": 0}, "bad_query"),
        ({"top_k": "many"}, "bad_query"),
        ({"sort": "random"}, "bad_query"),
        ({"min_price": "cheap"}, "bad_query"),
        ({"max_price": float("inf")}, "bad_query"),
        ({"categories": "Mugs"}, "bad_query"),
    ],
)
def test_what_makes_no_sense_is_answered_in_one_sentence(
    shop: Shop, room: str, values: dict[str, Any], code: str
) -> None:
    """Never an exception, always the `rev`, so that the page stops waiting."""
    target = values.get("target") or {"photo": room, "box": values.get("box", MUG)}
    answer = shop.search({"target": target, "rev": 9} | {k: v for k, v in values.items() if k not in ("box", "target")})
    assert (answer["error"], answer["rev"]) == (code, 9)
    assert answer["message"].endswith((".", "!", "?"))
    assert "Traceback" not in answer["message"]


@pytest.mark.parametrize("request_", [None, "x", [], {}, {"target": None}, {"rev": 2, "target": "x"}])
def test_an_empty_request_is_an_empty_answer(shop: Shop, request_: object) -> None:
    """The page sends one when it is loaded."""
    assert "matches" not in shop.search(request_)


def test_a_bug_is_told_in_general_words(shop: Shop, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The visitor learns what to do; the details go to the log."""

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(ImageSearch, "search_vectors", broken)
    answer = _ask(shop, room)
    assert answer["error"] == "unexpected"
    assert "secret" not in answer["message"]


def test_until_the_shop_is_open_the_page_is_told_how_far_it_is(core: ImageSearch, uploads: Uploads, room: str) -> None:
    """First the progress, then ready; a photo meanwhile is answered, not lost."""
    go, there = threading.Event(), threading.Event()

    def slow(report: Any) -> ImageSearch:
        report(3, 10)
        there.set()
        assert go.wait(60)
        return core

    readiness = Readiness(slow)
    shop = Shop(readiness, uploads)
    readiness.start()
    assert there.wait(60)
    assert shop.status() == {"state": "preparing", "done": 3, "total": 10}
    assert shop.photo({"path": room})["error"] == "preparing"
    go.set()
    assert readiness.wait(60)
    assert shop.status()["state"] == "ready"


def test_a_shop_that_cannot_be_opened_says_why(uploads: Uploads) -> None:
    """The core's own sentence, on the page and for every request."""

    error = StoreUnavailable("No store answers at x; start it.")

    def refused(report: Any) -> ImageSearch:
        raise error

    readiness = Readiness(refused)
    readiness.start()
    assert readiness.wait(60)
    shop = Shop(readiness, uploads)
    told = {"error": "store_unavailable", "message": str(error), "wants_import": False}
    assert shop.status() == {"state": "failed", **told}
    assert shop.search({"target": {"product": "x"}, "rev": 1})["error"] == "store_unavailable"


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many vectors each request to Milvus brought, in order; the requests go on to Milvus."""
    asked: list[int] = []
    search = pymilvus.MilvusClient.search

    def spy(self: pymilvus.MilvusClient, *args: Any, **kwargs: Any) -> Any:
        asked.append(len(kwargs["data"]))
        return search(self, *args, **kwargs)

    monkeypatch.setattr(pymilvus.MilvusClient, "search", spy)
    return asked


def test_the_first_results_wait_for_a_few_boxes_only(shop: Shop, room: str, counted: list[int]) -> None:
    """The boxes come without names; then one vector is searched, and the names are one request for all."""
    found = shop.photo({"path": room, "rev": 1})
    first = min(FIRST_LOOKS, len(found["boxes"]))
    assert counted == [first]
    assert len(found["boxes"]) >= 2
    target = {"photo": room, "box": found["boxes"][found["main"]]["box"]}
    assert shop.search({"target": target, "rev": 2})["matches"]
    assert counted == [first, 1]
    names = json.loads(json.dumps(shop.names({"path": room, "rev": 3})))
    assert counted == [first, 1, len(found["boxes"])]
    assert (names["rev"], len(names["labels"])) == (3, len(found["boxes"]))
    assert names["labels"][names["main"]]


def test_what_the_shop_surely_sells_is_searched_before_what_is_larger(
    shop: Shop, readiness: Readiness, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rug fills half of the photo and the shop has the mug; where it surely has neither, size decides."""
    core = readiness.shop().core
    mug = Detection(geometry.scale(geometry.parse(MUG), 1200, 900), 0.5, 1, "tableware")
    rug = Detection(Box(0, 600, 1200, 900), 0.9, 9, "rug")
    monkeypatch.setattr(core, "detect", lambda photo: [rug, mug])
    assert shop.photo({"path": room})["main"] == 1
    monkeypatch.setattr(core, "_thresholds", Thresholds(similar=0.2, likely=2.0, exact=2.0))
    assert shop.photo({"path": room})["main"] == 0


def test_boxes_are_shown_where_the_store_is_gone(
    shop: Shop, readiness: Readiness, room: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search that follows tells what is wrong; the most prominent thing is its target."""

    def refused(*args: object, **kwargs: object) -> None:
        raise StoreUnavailable("no answer")

    monkeypatch.setattr(readiness.shop().core.store, "search", refused)
    answer = shop.photo({"path": room})
    assert answer["boxes"]
    assert answer["main"] is not None
    assert _ask(shop, room)["error"] == "store_unavailable"


def test_a_room_is_one_request_and_no_group_comes_twice(shop: Shop, room: str, counted: list[int]) -> None:
    """Every box in one batch; slots with prices, alternatives and a place in the photo, the best match first."""
    boxes = shop.photo({"path": room})["boxes"]
    counted.clear()
    answer = json.loads(json.dumps(shop.search({"target": {"photo": room, "room": True}, "rev": 4})))
    assert counted == [len(boxes)]
    assert answer["rev"] == 4
    slots = answer["slots"]
    assert len(slots) >= 2
    groups = [slot["choices"][slot["chosen"]]["group_id"] for slot in slots]
    assert len(groups) == len(set(groups))
    scores = [slot["choices"][slot["chosen"]]["score"] for slot in slots]
    assert scores == sorted(scores, reverse=True)
    places = [slot["box"] for slot in slots] + answer["rest"]
    assert len(places) == len(set(places))
    assert set(places) <= set(range(len(boxes)))
    assert all("thumb" in choice for slot in slots for choice in slot["choices"])


def test_a_room_keeps_to_the_filters(shop: Shop, room: str, counted: list[int]) -> None:
    """Only what is in stock and within the price; still one request."""
    answer = shop.search(
        {"target": {"photo": room, "room": True}, "in_stock": True, "max_price": 60, "currency": "EUR"}
    )
    choices = [choice for slot in answer["slots"] for choice in slot["choices"]]
    assert choices
    assert all(choice["in_stock"] and choice["price"] <= 60 for choice in choices)
    assert answer["filtered"]
    assert len(counted) == 1


def test_a_room_without_things_is_empty(shop: Shop, tmp_path: Path) -> None:
    """A plain wall has no slots, and that is no error."""
    wall = tmp_path / "uploads" / "wall.png"
    Image.new("RGB", (300, 200), "gray").save(wall)
    answer = shop.search({"target": {"photo": str(wall), "room": True}, "rev": 1})
    assert (answer["slots"], answer["rest"], answer["verdict"]) == ([], [], "none")
    assert shop.names({"path": str(wall)})["labels"] == []


def test_details_of_a_product(shop: Shop) -> None:
    """The card and what it does not know, for a link to the product, too; nothing for a product that is gone."""
    product = json.loads(json.dumps(shop.product("SKU-009")))
    assert product["description"].endswith("for every day.")
    assert product["product_id"] == "SKU-009"
    assert product["thumb"].startswith("thumbs/card/")
    assert shop.product("SKU-011")["variants"] == 3
    assert shop.product("gone") == {}
