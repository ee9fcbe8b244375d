"""The order of hits, folding pictures to cards, voting for a category: pure parts of the search."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch.ranking import CLASS_WORDS, LIFT, MAX_OPTIONS, WITHIN, by_kind, fold, is_agreed, shown_levels, vote
from imgsearch.records import Box, Detection, Match, Product
from imgsearch.search import most_prominent
from imgsearch.store import Entry, Hit
from imgsearch.train.classes import CLASS_NAMES


def hit(product_id: str, score: float, group_id: str = "", category: str = "Mugs", image: str = "") -> Hit:
    product = Product(product_id, f"Title {product_id}", ("a.webp",), group_id=group_id, category=category)
    entry = Entry(f"{product_id}#0", product, image or product_id, "0" * 64, "0" * 64, None)
    return Hit(entry, score)


def card(category: str, score: float) -> Match:
    return Match(1, "p", "p", 1, score, "t", "", None, "", True, category, "i", "")


def test_a_group_is_one_card_and_shows_its_best_variant() -> None:
    hits = [hit("a-red", 0.9, "a"), hit("a-blue", 0.8, "a"), hit("b", 0.7), hit("a-red", 0.6, "a")]
    cards = fold(hits, 10, {"a": 3, "b": 1})
    assert [(c.rank, c.product_id, c.group_id, c.variants) for c in cards] == [(1, "a-red", "a", 3), (2, "b", "b", 1)]


def test_a_products_many_pictures_do_not_take_the_places_of_others() -> None:
    hits = [hit("a", 0.9 - i / 100, image=f"a{i}") for i in range(4)] + [hit("b", 0.5), hit("c", 0.4)]
    assert [c.product_id for c in fold(hits, 3, {})] == ["a", "b", "c"]


rows_of_hits = st.tuples(st.sampled_from("abcdefgh"), st.sampled_from(["", "g", "h"]), st.floats(-1, 1))
hits_lists = st.lists(rows_of_hits, max_size=40)


@given(hits_lists, st.integers(1, 10))
def test_fold_equals_a_plain_reference(rows: list[tuple[str, str, float]], top_k: int) -> None:
    """Reference: the best score of each group, sorted."""
    hits = sorted((hit(p + g, s, g) for p, g, s in rows), key=lambda h: -h.score)
    best: dict[str, float] = {}
    for h in hits:
        best[h.entry.product.group] = max(best.get(h.entry.product.group, -2), h.score)
    cards = fold(hits, top_k, {})
    assert [c.score for c in cards] == pytest.approx(sorted(best.values(), reverse=True)[:top_k])
    assert len({c.group_id for c in cards}) == len(cards)
    assert [c.rank for c in cards] == list(range(1, len(cards) + 1))


def test_behind_the_nearest_its_kind_comes_first() -> None:
    """A candle of the sofa's colour is nearer than other sofas, and is shown behind them."""
    sofas = [hit("s1", 0.8, category="Sofas"), hit("s2", 0.55, category="Sofas"), hit("s3", 0.3, category="Sofas")]
    others = [hit("candle", 0.6, category="Candles"), hit("clock", 0.45, category="Clocks")]
    hits = sorted(sofas + others, key=lambda h: -h.score)
    assert [h.entry.product.product_id for h in by_kind(hits)] == ["s1", "s2", "candle", "s3", "clock"]


def test_where_the_neighbours_are_divided_or_have_no_category_nearness_alone_orders() -> None:
    for kinds in ([f"Kind {i}" for i in range(10)], [""] * 10):
        hits = [hit(f"p{i}", 0.8 - i / 100, category=kind) for i, kind in enumerate(kinds)]
        assert by_kind(hits) == hits
    assert by_kind([]) == []


def test_a_product_votes_once_and_by_its_nearest_picture() -> None:
    """The sofa's second picture is the last of all, and its kind is meant; nine pictures are one vote."""
    mugs = [hit("mug", 0.6 - i / 1000, category="Mugs", image=f"m{i}") for i in range(9)]
    others = [hit("cup", 0.55, category="Mugs"), hit("couch", 0.45, category="Sofas")]
    hits = [hit("sofa", 0.9, category="Sofas"), *mugs, *others, hit("sofa", 0.1, category="Sofas", image="s2")]
    shown = list(dict.fromkeys(h.entry.product.product_id for h in by_kind(hits)))
    assert shown == ["sofa", "couch", "mug", "cup"]


kinds_of_hits = st.lists(
    st.tuples(st.sampled_from("abcdefghijklmnop"), st.sampled_from(["", "Mugs", "Lamps", "Sofas"]), st.floats(-1, 1)),
    max_size=120,
)


@given(kinds_of_hits)
def test_the_order_keeps_all_hits_and_lifts_none_by_more_than_it_may(rows: list[tuple[str, str, float]]) -> None:
    """The nearest stays first; nobody passes one nearer by more than that; a longer list begins as a shorter one."""
    hits = sorted((hit(p, s, category=c) for p, c, s in rows), key=lambda h: -h.score)
    ordered = by_kind(hits)
    assert sorted(map(id, ordered)) == sorted(map(id, hits))
    assert ordered[:1] == hits[:1]
    inner = ordered[1:WITHIN]
    for place, one in enumerate(inner):
        for later in inner[place + 1 :]:
            assert later.score <= one.score + LIFT + 1e-9
    assert by_kind(hits[: WITHIN + 5]) == ordered[: WITHIN + 5]


def test_the_category_is_what_the_near_neighbours_say_not_the_many_far_ones() -> None:
    matches = [card("Mugs", 0.9), card("Mugs", 0.88)] + [card("Bowls", 0.6)] * 8
    assert vote(matches) == "Mugs"


def test_the_detectors_class_decides_a_close_vote() -> None:
    matches = [card("Home > Bowls", 0.80), card("Home > Lamps", 0.795)]
    assert vote(matches) == "Home > Bowls"
    assert vote(matches, "lamp") == "Home > Lamps"
    assert vote(matches, "item") == "Home > Bowls"
    assert vote([]) == ""


def test_a_category_is_a_name_only_where_most_neighbours_are_of_it() -> None:
    """Weighted as they vote: a near one counts more than several far ones."""
    assert is_agreed([card("Mugs", 0.8), card("Mugs", 0.78), card("Bowls", 0.74)], "Mugs")
    assert not is_agreed([card("Mugs", 0.8), card("Bowls", 0.79)], "Mugs")
    assert is_agreed([card("Mugs", 0.8)] + [card("Bowls", 0.6)] * 9, "Mugs")
    assert not is_agreed([card("Mugs", 0.8)] + [card("Bowls", 0.76)] * 9, "Mugs")


def test_levels_that_are_not_shown_need_not_agree() -> None:
    """A shop with a leaf for each size of mug calls them all by the level that its filters show."""
    mugs = [card(f"Home > Mugs > Size {i}", 0.8 - i / 1000) for i in range(6)]
    assert not is_agreed(mugs, mugs[0].category)
    assert is_agreed(mugs, mugs[0].category, levels=2)
    assert not is_agreed([*mugs[:2], card("Home > Bowls", 0.799)], mugs[0].category, levels=2)
    assert shown_levels(f"Home > Mugs > Size {i}" for i in range(MAX_OPTIONS + 1)) == 2


@pytest.mark.parametrize(
    ("category", "class_name", "agreed"),
    [
        ("Home > Mugs", "tableware", True),
        ("Home > Mugs", "food", False),
        ("Home > Mugs", "item", True),
        ("Home > Mugs", "", True),
        ("Home > Mugs", "cup", True),  # another detector's class
        ("Küche > Becher", "food", True),  # words that nobody knows contradict nothing
        ("Kitchen > Trays", "food", True),
        ("Lighting > Table Lamps", "lamp", True),
        ("Lighting > Table Lamps", "sofa", False),
    ],
)
def test_the_detectors_class_can_say_no(category: str, class_name: str, agreed: bool) -> None:
    assert is_agreed([card(category, 0.8)], category, class_name) == agreed


def test_every_class_but_item_has_words() -> None:
    assert set(CLASS_WORDS) == set(CLASS_NAMES) - {"item"}
    assert all(words for words in CLASS_WORDS.values())


def test_the_most_prominent_thing_is_confident_and_large() -> None:
    small = Detection(Box(0, 0, 10, 10), 0.9, 0, "item")
    large = Detection(Box(0, 0, 100, 100), 0.5, 0, "item")
    assert most_prominent([small, large]) == large and most_prominent([]) is None
