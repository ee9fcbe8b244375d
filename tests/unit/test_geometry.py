"""Boxes: validated where they come in, never rounded, never outside the picture."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch import geometry
from imgsearch.errors import BoxError
from imgsearch.records import Box

side = st.floats(1, 5000)
offset = st.floats(-5000, 5000)
boxes = st.builds(lambda x, y, w, h: Box(x, y, x + w, y + h), offset, offset, side, side)


@pytest.mark.parametrize("values", [(1, 1, 1, 5), (5, 1, 1, 5), (0, 0, math.nan, 5), (0, 0, math.inf, 5)])
def test_a_box_without_area_or_with_a_strange_number_is_refused(values: tuple[float, ...]) -> None:
    with pytest.raises(BoxError):
        Box(*values)


@pytest.mark.parametrize("values", [["1", "2", "3"], ["a", 1, 2, 3], [1, 2, 3, 4, 5], [None, 1, 2, 3]])
def test_parse_says_what_a_box_is(values: list[object]) -> None:
    with pytest.raises(BoxError, match="four numbers"):
        geometry.parse(values)


@given(boxes, st.floats(50, 4000), st.floats(50, 4000))
def test_clip_stays_inside_or_refuses(box: Box, width_px: float, height_px: float) -> None:
    try:
        inside = geometry.clip(box, width_px, height_px)
    except BoxError:
        return
    assert 0 <= inside.x1 < inside.x2 <= width_px and 0 <= inside.y1 < inside.y2 <= height_px


@given(boxes, boxes)
def test_iou_is_symmetric_and_bounded(a: Box, b: Box) -> None:
    assert 0 <= geometry.iou(a, b) <= 1 + 1e-9
    assert geometry.iou(a, b) == pytest.approx(geometry.iou(b, a))
    assert geometry.iou(a, a) == pytest.approx(1)


def test_iou_equals_counting_pixels() -> None:
    a, b = Box(0, 0, 7, 9), Box(3, 4, 12, 11)
    inside = lambda box, x, y: box.x1 <= x < box.x2 and box.y1 <= y < box.y2  # noqa: E731
    cells = [(inside(a, x, y), inside(b, x, y)) for x in range(15) for y in range(15)]
    assert geometry.iou(a, b) == pytest.approx(sum(p and q for p, q in cells) / sum(p or q for p, q in cells))


def test_scale_and_back_is_the_same_box() -> None:
    box = Box(3.5, 8, 90, 77)
    assert geometry.scale(geometry.scale(box, 0.25, 0.5), 4, 2).xyxy == pytest.approx(box.xyxy)
