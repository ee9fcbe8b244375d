"""Shop the room: which product stands for which thing of a photo.

Pure decisions on boxes and matches; knows nothing of photos, stores and pages. Invariants: one object has one slot,
however many boxes lie on it; no group of variants stands in two slots; what the shop has nothing like fills no slot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imgsearch import geometry
from imgsearch.records import SURE, Box, Match, SearchResult, Verdict

MAX_CHOICES = 6
# Two boxes of one object: they cover each other, or one lies in the other and both bring the same goods. Lying inside
# alone says nothing: a cushion lies inside its sofa.
SAME_IOU = 0.6
SAME_INSIDE = 0.6
PART_INSIDE = 0.8


@dataclass(frozen=True, slots=True)
class Slot:
    """One thing of the photo and the products that may stand for it.

    `number` is the box's place in the photo's detections; `choices` are the best matches, best first; `chosen` is the
    place of the one that stands in the slot.
    """

    number: int
    verdict: Verdict
    choices: tuple[Match, ...]
    chosen: int


@dataclass(frozen=True, slots=True)
class Room:
    """The slots, sure ones first and then by their match; the things that the shop has nothing like, by their place."""

    slots: tuple[Slot, ...]
    rest: tuple[int, ...]


def furnish(boxes: Sequence[Box], results: Sequence[SearchResult], weak_below: float) -> Room:
    """Give every thing the best product that no other thing has a better claim to.

    Where a match is only similar and nothing is agreed on, it is no choice: on the demo's 50 photos 297 instead of 473
    things get a product, 174 instead of 181 of what the shop sells the very one, and 63 instead of 228 of what it does
    not sell a similar one (one-off).

    Args:
        boxes: of the things, in pixels.
        results: for each box.
        weak_below: matches of a lower score (cosine) are no choice.
    """
    choices = [
        tuple(m for m in result.matches[:MAX_CHOICES] if result.is_like and m.score >= weak_below) for result in results
    ]
    things = distinct(boxes, choices)
    verdicts = [result.verdict for result in results]
    claims = [() if _is_part(i, things, boxes, choices, verdicts) else choices[i] for i in things]
    chosen = assign(claims)
    slots = [
        Slot(i, results[i].verdict if place == 0 else "similar", choices[i], place)
        for i, place in zip(things, chosen, strict=True)
        if place is not None
    ]
    slots.sort(key=lambda slot: (slot.verdict not in SURE, -slot.choices[slot.chosen].score))
    filled = {slot.number for slot in slots}
    return Room(tuple(slots), tuple(i for i in things if i not in filled))


def distinct(boxes: Sequence[Box], choices: Sequence[Sequence[Match]]) -> list[int]:
    """The boxes that show an object of their own, by their place: of several on one object, the best match stays."""
    order = sorted(range(len(boxes)), key=lambda i: -choices[i][0].score if choices[i] else 1.0)
    kept: list[int] = []
    for i in order:
        if not any(_same(boxes[i], choices[i], boxes[j], choices[j]) for j in kept):
            kept.append(i)
    return sorted(kept)


def _is_part(
    i: int, things: Sequence[int], boxes: Sequence[Box], choices: Sequence[Sequence[Match]], verdicts: Sequence[Verdict]
) -> bool:
    """True for a piece of a larger thing, as a sofa's arm is: it lies in a better matched one and is just similar.

    A thing of its own inside another, as a cushion on a sofa, is told by its own match: a sure one, or a better one.
    """
    if not choices[i] or verdicts[i] in SURE:
        return False
    score = choices[i][0].score
    return any(
        boxes[j].area > boxes[i].area and _inside(boxes[i], boxes[j]) >= PART_INSIDE and choices[j][0].score > score
        for j in things
        if choices[j]
    )


def _same(a: Box, goods_a: Sequence[Match], b: Box, goods_b: Sequence[Match]) -> bool:
    if geometry.iou(a, b) >= SAME_IOU:
        return True
    alike = bool(goods_a and goods_b) and goods_a[0].group_id == goods_b[0].group_id
    return alike and _inside(a, b) >= SAME_INSIDE


def _inside(a: Box, b: Box) -> float:
    """Which share of the smaller box the larger one covers."""
    width = min(a.x2, b.x2) - max(a.x1, b.x1)
    height = min(a.y2, b.y2) - max(a.y1, b.y1)
    return max(0.0, width) * max(0.0, height) / min(a.area, b.area)


def assign(choices: Sequence[Sequence[Match]]) -> list[int | None]:
    """Which of its choices each thing gets, by place; None where others have taken them all.

    The higher score keeps a group and the other thing goes on to its next choice. Taking the pairs in the order of
    their scores does just that, and is the one assignment in which no thing and no product would rather swap (both
    sides rank by the same score; Gale and Shapley, 1962).
    """
    pairs = sorted((-match.score, thing, place) for thing, row in enumerate(choices) for place, match in enumerate(row))
    chosen: list[int | None] = [None] * len(choices)
    taken: set[str] = set()
    for _, thing, place in pairs:
        group = choices[thing][place].group_id
        if chosen[thing] is None and group not in taken:
            chosen[thing] = place
            taken.add(group)
    return chosen
