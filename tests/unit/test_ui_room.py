"""Which product stands for which thing of a photo: beside a slow, plain reference, and on the cases that matter."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from imgsearch.records import Box, Match, SearchResult, Timings, Verdict
from imgsearch.ui.room import MAX_CHOICES, assign, furnish

WEAK = 0.3


def _match(group: str, score: float) -> Match:
    return Match(1, f"p-{group}", group, 1, score, group, "", 10.0, "EUR", True, "", "k", "")


def _result(*matches: Match, verdict: Verdict = "likely") -> SearchResult:
    return SearchResult(matches, None, "given", "", verdict, Timings(), "m")


def _proposals(choices: Sequence[Sequence[Match]]) -> list[int | None]:
    """The reference: each thing without a product asks for its next choice, which goes to whoever scores higher."""
    holder: dict[str, int] = {}
    asks = [0] * len(choices)
    free = [i for i, row in enumerate(choices) if row]
    while free:
        i = free.pop(0)
        if asks[i] == len(choices[i]):
            continue
        wanted = choices[i][asks[i]]
        rival = holder.get(wanted.group_id)
        if rival is None or wanted.score > choices[rival][asks[rival]].score:
            holder[wanted.group_id] = i
            loser = rival
        else:
            loser = i
        if loser is not None:
            asks[loser] += 1
            free.append(loser)
    return [next((asks[i] for thing in holder.values() if thing == i), None) for i in range(len(choices))]


@st.composite
def _rooms(draw: st.DrawFn) -> list[list[Match]]:
    """Up to 7 things that want up to 6 of 8 groups, no two pairs with the same score."""
    things = draw(st.integers(0, 7))
    scores = iter(draw(st.lists(st.integers(1, 10**6), min_size=things * 6, max_size=things * 6, unique=True)))
    rows = []
    for _ in range(things):
        groups = draw(st.lists(st.sampled_from("ABCDEFGH"), max_size=6, unique=True))
        rows.append(sorted((_match(g, next(scores) / 10**6) for g in groups), key=lambda m: -m.score))
    return rows


@given(_rooms())
def test_the_products_are_shared_out_as_by_proposals(choices: list[list[Match]]) -> None:
    """Everybody's best product that nobody has a better claim to; no group twice."""
    chosen = assign(choices)
    assert chosen == _proposals(choices)
    groups = [row[place].group_id for row, place in zip(choices, chosen, strict=True) if place is not None]
    assert len(groups) == len(set(groups))


def test_the_better_match_keeps_the_product_and_the_other_takes_its_next() -> None:
    """Two chairs of one kind: the second one becomes the second best, and is called similar only."""
    boxes = [Box(0, 0, 10, 10), Box(50, 0, 60, 10)]
    results = [_result(_match("oak", 0.8), _match("pine", 0.6)), _result(_match("oak", 0.9), _match("teak", 0.5))]
    room = furnish(boxes, results, WEAK)
    assert [(s.number, s.choices[s.chosen].group_id, s.verdict) for s in room.slots] == [
        (1, "oak", "likely"),
        (0, "pine", "similar"),
    ]
    assert room.rest == ()


def test_what_the_shop_has_nothing_like_fills_no_slot() -> None:
    """Neither a `none`, nor a thing whose only weak matches are left."""
    boxes = [Box(0, 0, 10, 10), Box(50, 0, 60, 10), Box(90, 0, 99, 10)]
    results = [_result(_match("mug", 0.5), verdict="none"), _result(_match("mug", 0.9)), _result(_match("mug", 0.2))]
    room = furnish(boxes, results, WEAK)
    assert [slot.number for slot in room.slots] == [1]
    assert room.rest == (0, 2)


def test_two_boxes_on_one_object_are_one_slot() -> None:
    """They cover each other, or one lies in the other and brings the same product; the better match stays."""
    sofa = [Box(0, 0, 100, 50), Box(2, 0, 100, 52), Box(0, 0, 60, 50)]
    results = [_result(_match("sofa", s), _match("x", 0.4)) for s in (0.7, 0.8, 0.6)]
    room = furnish(sofa, results, WEAK)
    assert [slot.number for slot in room.slots] == [1]
    assert room.rest == ()


def test_a_thing_on_another_keeps_its_slot_and_a_piece_of_it_does_not() -> None:
    """A cushion on a sofa is surely a cushion; the sofa's arm just resembles a vase."""
    boxes = [Box(0, 0, 100, 50), Box(10, 10, 30, 30), Box(80, 10, 100, 50)]
    results = [
        _result(_match("sofa", 0.75)),
        _result(_match("cushion", 0.7)),
        _result(_match("vase", 0.6), verdict="similar"),
    ]
    room = furnish(boxes, results, WEAK)
    assert [slot.number for slot in room.slots] == [0, 1]
    assert room.rest == (2,)


def test_a_slot_offers_a_few_alternatives() -> None:
    """The best ones, best first."""
    matches = [_match(str(i), 0.9 - i / 100) for i in range(MAX_CHOICES + 4)]
    slot = furnish([Box(0, 0, 9, 9)], [_result(*matches)], WEAK).slots[0]
    assert [m.group_id for m in slot.choices] == [str(i) for i in range(MAX_CHOICES)]


def test_sure_things_stand_before_higher_scores() -> None:
    """A patch of wall may look very much like a lampshade; what the shop is sure of is shown first."""
    boxes = [Box(0, 0, 10, 10), Box(50, 0, 60, 10)]
    results = [_result(_match("lamp", 0.9), verdict="similar"), _result(_match("jar", 0.7), verdict="likely")]
    assert [slot.number for slot in furnish(boxes, results, WEAK).slots] == [1, 0]


def test_what_is_only_similar_gets_a_product_where_the_neighbours_agree() -> None:
    """A box of books is a little like many things; none of them is bought for it."""
    boxes = [Box(100.0 * i, 0, 100.0 * i + 50, 50) for i in range(3)]
    sure = dataclasses.replace(_result(_match("A", 0.6), verdict="likely"), is_agreed=False)
    agreed = dataclasses.replace(_result(_match("B", 0.5), verdict="similar"), is_agreed=True)
    divided = dataclasses.replace(_result(_match("C", 0.5), verdict="similar"), is_agreed=False)
    room = furnish(boxes, [divided, agreed, sure], WEAK)
    assert [slot.number for slot in room.slots] == [2, 1]
    assert room.rest == (0,)
