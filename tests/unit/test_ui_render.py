"""Records become what the page's scripts read."""

from __future__ import annotations

import dataclasses
import json
from io import BytesIO

import pytest
from PIL import Image

from imgsearch.images import load
from imgsearch.ranking import MAX_OPTIONS
from imgsearch.records import Box, Detection, Filters, Match, Product, SearchResult, Timings, Verdict
from imgsearch.ui import render
from imgsearch.ui.facets import FacetIndex


def _product(number: int, category: str, price: float | None = 10.0, **fields: object) -> Product:
    values: dict[str, object] = {"currency": "EUR", "in_stock": True} | fields
    return Product(product_id=f"p{number}", title=f"T{number}", images=(), category=category, price=price, **values)  # type: ignore[arg-type]


def _match(rank: int, score: float, price: float | None = 10.0, currency: str = "EUR", **fields: object) -> Match:
    values: dict[str, object] = {
        "title": f"T{rank}", "brand": "B", "in_stock": True, "category": "Home > Mugs", "image": "ab" * 32, "link": "",
    }  # fmt: skip
    return Match(
        rank=rank, product_id=f"p{rank}", group_id=f"g{rank}", variants=1, score=score, price=price, currency=currency,
        **(values | fields),  # type: ignore[arg-type]
    )  # fmt: skip


def _result(*matches: Match) -> SearchResult:
    return SearchResult(matches, Box(0, 0, 10, 10), "given", "Home > Mugs", "likely", Timings(), "0123456789ab")


FACETS = FacetIndex([_product(1, "Home > Mugs"), _product(2, "Home > Lamps")])


def test_boxes_become_shares_and_main_is_the_number_of_the_first_to_be_searched() -> None:
    """A box is a share of the photo's sides."""
    buffer = BytesIO()
    Image.new("RGB", (200, 100), "white").save(buffer, "PNG")
    small = Detection(Box(0, 0, 20, 10), 0.9, 0, "mug")
    large = Detection(Box(100, 0, 200, 100), 0.6, 1, "lamp")
    answer = render.photo_answer("x", load(buffer.getvalue()), [small, large], large, True)
    assert answer["boxes"][0]["box"] == [0.0, 0.0, 0.1, 0.1]
    assert [box["class"] for box in answer["boxes"]] == ["mug", "lamp"]
    unsure = render.photo_answer(
        "x", load(buffer.getvalue()), [small, dataclasses.replace(large, confidence=0.4)], None, True
    )
    assert [box["kind"] for box in unsure["boxes"]] == ["mug", ""]
    assert answer["main"] == 1


def test_names_point_to_the_most_prominent_thing_that_the_shop_sells() -> None:
    """However prominent the other thing is; to nothing where it sells none of them."""
    mug, bed = Detection(Box(0, 0, 20, 10), 0.4, 0, "mug"), Detection(Box(100, 0, 200, 100), 0.9, 1, "item")
    sold, unsold = _result(_match(1, 0.9)), dataclasses.replace(_result(_match(1, 0.2)), verdict="none")
    answer = render.names_answer([bed, mug], [unsold, sold], FACETS)
    assert answer == {"labels": ["", "Mugs"], "main": 1}
    assert render.names_answer([bed, mug], [unsold, unsold], FACETS) == {"labels": ["", ""], "main": None}


@pytest.mark.parametrize(
    ("verdict", "is_agreed", "label"),
    [("exact", False, "Mugs"), ("likely", False, "Mugs"), ("similar", True, "Mugs"), ("similar", False, ""),
     ("none", True, "")],
)  # fmt: skip
def test_what_is_only_similar_has_a_name_where_the_neighbours_agree(
    verdict: Verdict, is_agreed: bool, label: str
) -> None:
    """On its box as over its matches."""
    result = dataclasses.replace(_result(_match(1, 0.5)), verdict=verdict, is_agreed=is_agreed)
    assert render.label_of(result, FACETS) == label
    assert render.search_answer(result, Filters(), "best", 1, FACETS, 0.0)["category_label"] == label


def test_neighbours_of_an_unsure_thing_name_it_only_where_the_verdict_is_sure() -> None:
    alike = dataclasses.replace(_result(_match(1, 0.5)), verdict="similar")
    clear, unsure = (Detection(Box(0, 0, 20, 10), confidence, 0, "tableware") for confidence in (0.5, 0.49))
    assert [render.label_of(alike.of(thing), FACETS) for thing in (clear, unsure)] == ["Mugs", ""]
    assert render.label_of(_result(_match(1, 0.9)).of(unsure), FACETS) == "Mugs"


def test_a_thing_that_is_surely_sold_goes_before_a_more_prominent_look_alike() -> None:
    """A first look at what is only similar, beside what the shop has, would be wasted."""
    mug, bed = Detection(Box(0, 0, 20, 10), 0.4, 0, "mug"), Detection(Box(100, 0, 200, 100), 0.9, 1, "item")
    sure, similar = _result(_match(1, 0.9)), dataclasses.replace(_result(_match(1, 0.6)), verdict="similar")
    assert render.names_answer([bed, mug], [similar, sure], FACETS)["main"] == 1
    assert render.names_answer([bed, mug], [similar, similar], FACETS)["main"] == 0


def test_a_photo_without_detections_names_no_main_target() -> None:
    """The page then searches the whole photo."""
    buffer = BytesIO()
    Image.new("RGB", (20, 10), "white").save(buffer, "PNG")
    assert render.photo_answer("x", load(buffer.getvalue()), [], None, False)["main"] is None


def test_an_answer_is_json_and_keeps_hostile_text_as_text() -> None:
    """Nothing is escaped on the way, since the scripts show it by textContent; and it survives JSON unchanged."""
    title = "<img src=x onerror=alert(1)> ${alert(2)} {{value}} \u202e"
    answer = render.search_answer(_result(_match(1, 0.9, title=title)), Filters(), "best", 24, FACETS, 0.3)
    assert json.loads(json.dumps(answer))["matches"][0]["title"] == title


def test_picture_addresses_hold_no_path_of_the_key() -> None:
    """A key with slashes stays one segment of the address."""
    assert render.card_url("../../etc/passwd") == "thumbs/card/..%2F..%2Fetc%2Fpasswd"


def test_the_line_to_the_less_alike_stands_before_the_first_weak_match() -> None:
    """`weak_from` is its place, only in the order of likeness, and never before the match that the verdict is about."""
    result = _result(_match(1, 0.8), _match(2, 0.5), _match(3, 0.2))
    assert render.search_answer(result, Filters(), "best", 24, FACETS, 0.4)["weak_from"] == 2
    assert render.search_answer(result, Filters(), "price_asc", 24, FACETS, 0.4)["weak_from"] is None
    assert render.search_answer(result, Filters(), "best", 24, FACETS, 0.99)["weak_from"] == 1


@pytest.mark.parametrize(("top_k", "more"), [(2, True), (24, False)])
def test_more_is_offered_only_if_the_list_is_full(top_k: int, more: bool) -> None:
    """A shorter list than asked for is all there is."""
    result = _result(_match(1, 0.8), _match(2, 0.5))
    assert render.search_answer(result, Filters(), "best", top_k, FACETS, 0.4)["more"] is more


def test_prices_are_sorted_within_a_currency_and_never_across() -> None:
    """15 USD and 1299 JPY are not compared: the commoner currency comes first as a whole; no price comes last."""
    matches = [
        _match(1, 0.9, 1299.0, "JPY"),
        _match(2, 0.8, 15.0, "USD"),
        _match(3, 0.7, None, ""),
        _match(4, 0.6, 9.0, "USD"),
    ]
    assert [m.rank for m in render.sort_matches(matches, "price_asc")] == [4, 2, 1, 3]
    assert [m.rank for m in render.sort_matches(matches, "price_desc")] == [2, 4, 1, 3]
    assert [m.rank for m in render.sort_matches(matches, "best")] == [1, 2, 3, 4]


def test_a_count_is_the_number_of_cards_not_of_variants() -> None:
    """Two variants of one group are one card."""
    facets = FacetIndex([_product(1, "Mugs", group_id="g"), _product(2, "Mugs", group_id="g"), _product(3, "Mugs")])
    assert facets.options() == [{"value": "Mugs", "label": "Mugs", "count": 2}]


def test_counts_follow_price_and_stock_like_a_plain_loop() -> None:
    """Compared with counting by hand over 400 products."""
    products = [
        _product(
            i, f"C{i % 3}", None if i % 11 == 0 else float(i % 50), group_id=f"g{i // 2}", in_stock=i % 4 > 0,
            currency="EUR" if i % 5 else "JPY",
        )
        for i in range(400)
    ]  # fmt: skip
    filters = Filters(min_price=5.0, max_price=30.0, currency="EUR", in_stock=True)
    expected: dict[str, set[str]] = {"C0": set(), "C1": set(), "C2": set()}
    for p in products:
        if p.in_stock and p.price is not None and 5 <= p.price <= 30 and p.currency == "EUR":
            expected[p.category].add(p.group)
    assert FacetIndex(products).counts(filters) == {name: len(groups) for name, groups in expected.items()}


def test_an_option_counts_what_lies_below_it() -> None:
    """Choosing "Chairs" also shows "Chairs > Stools", so its count says so."""
    facets = FacetIndex([_product(1, "Chairs"), _product(2, "Chairs > Stools"), _product(3, "Chairs & Co")])
    assert facets.counts(Filters()) == {"Chairs": 2, "Chairs & Co": 1, "Chairs > Stools": 1}


def test_a_deep_taxonomy_is_offered_at_a_level_that_fits() -> None:
    """With too many leaves, their parents are the options, and a leaf belongs to its parent."""
    products = [_product(i, f"Home > Room {i % 5} > Leaf {i}") for i in range(MAX_OPTIONS + 10)]
    facets = FacetIndex(products)
    assert {option["value"] for option in facets.options()} == {f"Home > Room {i}" for i in range(5)}
    assert facets.value_of("Home > Room 3 > Leaf 8") == "Home > Room 3"


def test_options_that_end_alike_are_told_apart_by_their_parent() -> None:
    """`Kids > Shoes` and `Women > Shoes` are not both called Shoes."""
    facets = FacetIndex([_product(1, "Kids > Shoes"), _product(2, "Women > Shoes"), _product(3, "Women > Hats")])
    assert sorted(option["label"] for option in facets.options()) == ["Hats", "Kids > Shoes", "Women > Shoes"]


def test_price_ranges_are_given_per_currency() -> None:
    """The commonest currency comes first; products without a price count nowhere."""
    facets = FacetIndex(
        [_product(1, "A", 5.0), _product(2, "A", 9.0), _product(3, "A", 800.0, currency="JPY"), _product(4, "A", None)]
    )
    assert list(facets.prices().items()) == [("EUR", (5.0, 9.0)), ("JPY", (800.0, 800.0))]


def test_an_empty_shop_has_no_facets() -> None:
    """And nothing fails."""
    facets = FacetIndex([])
    assert (facets.options(), facets.prices(), facets.counts(Filters(in_stock=True))) == ([], {}, {})
