"""Boxes as pure arithmetic: clip, pad, scale, overlap.

Knows nothing about pictures or models. Invariant: every function returns boxes that satisfy `Box` or says
`BoxError`; nothing is rounded, since boxes stay float pixels until a crop is cut.
"""

from __future__ import annotations

from collections.abc import Sequence

from imgsearch.errors import BoxError
from imgsearch.records import Box

MIN_SIDE_PX = 4.0  # a crop of fewer pixels shows nothing that could be recognised


def parse(values: Sequence[object]) -> Box:
    """Four numbers from outside (JSON, a flag, a form) as a Box.

    Raises:
        BoxError: not exactly four finite numbers, or no area.

    >>> parse(["1", 2, 3.5, 4]).xyxy
    (1.0, 2.0, 3.5, 4.0)
    """
    try:
        numbers = [float(str(v)) for v in values]
    except ValueError as error:
        raise BoxError(f"A box is four numbers x1,y1,x2,y2 in pixels; got {values!r}.") from error
    if len(numbers) != 4:
        raise BoxError(f"A box is four numbers x1,y1,x2,y2 in pixels; got {len(numbers)}.")
    return Box(*numbers)


def clip(box: Box, width_px: float, height_px: float) -> Box:
    """The part of a box that lies inside a picture.

    Raises:
        BoxError: less than 4 pixels of a side are left.

    >>> clip(Box(-10, 5, 50, 60), 40, 40).xyxy
    (0.0, 5, 40, 40)
    """
    x1, y1 = max(0.0, box.x1), max(0.0, box.y1)
    x2, y2 = min(width_px, box.x2), min(height_px, box.y2)
    if x2 - x1 < min(MIN_SIDE_PX, width_px) or y2 - y1 < min(MIN_SIDE_PX, height_px):
        raise BoxError(
            f"The box {tuple(round(v, 1) for v in box.xyxy)} leaves less than {MIN_SIDE_PX:.0f} px inside the "
            f"{width_px:.0f} x {height_px:.0f} px picture; draw a larger one on the picture."
        )
    return Box(x1, y1, x2, y2)


def pad(box: Box, share: float, width_px: float, height_px: float) -> Box:
    """A box grown by `share` of its sides on each side (negative shrinks), clipped to the picture.

    >>> pad(Box(10, 10, 20, 30), 0.1, 100, 100).xyxy
    (9.0, 8.0, 21.0, 32.0)
    """
    dx, dy = box.width * share, box.height * share
    return clip(Box(box.x1 - dx, box.y1 - dy, box.x2 + dx, box.y2 + dy), width_px, height_px)


def scale(box: Box, factor_x: float, factor_y: float) -> Box:
    """A box in the pixels of a picture resized by the two factors (> 0)."""
    return Box(box.x1 * factor_x, box.y1 * factor_y, box.x2 * factor_x, box.y2 * factor_y)


def iou(a: Box, b: Box) -> float:
    """Intersection over union, in [0, 1].

    >>> iou(Box(0, 0, 10, 10), Box(5, 0, 15, 10))
    0.3333333333333333
    """
    width = min(a.x2, b.x2) - max(a.x1, b.x1)
    height = min(a.y2, b.y2) - max(a.y1, b.y1)
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return float(shared / (a.area + b.area - shared))


def whole(width_px: float, height_px: float) -> Box:
    """The box of the whole picture."""
    return Box(0.0, 0.0, float(width_px), float(height_px))
