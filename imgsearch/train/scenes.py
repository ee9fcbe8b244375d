"""Compose one training picture for the detector: cut-outs pasted into a room, on a table, on shelves, or anywhere.

Knows sizes in metres and where things of a family belong; `canvas` does the pasting and guarantees the boxes. Knows
nothing of files, splits or networks. Invariant: the same generator, the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np

from imgsearch.train.canvas import (
    Canvas,
    Cutout,
    Pixels,
    Xyxy,
    develop,
    draw_board,
    draw_floor,
    fitted,
    paste,
    resized,
    turned,
)

T = TypeVar("T")
# family -> where it belongs and its longer side in metres, from common products of that kind.
FLOOR, WALL, TOP, SEAT, RUG, SOFA, TABLE = "floor", "wall", "top", "seat", "rug", "sofa", "table"
HABITS: Mapping[str, tuple[str, float, float]] = {
    "sofa": (SOFA, 1.4, 2.3), "rug": (RUG, 1.4, 2.6), "table": (TABLE, 0.45, 1.1), "side_table": (TABLE, 0.45, 0.7),
    "chair": (FLOOR, 0.75, 1.0), "armchair": (FLOOR, 0.8, 1.0), "stool": (FLOOR, 0.4, 0.6),
    "basket": (FLOOR, 0.25, 0.5), "throw": (SEAT, 0.5, 0.9), "blanket": (SEAT, 0.5, 0.9),
    "bench": (FLOOR, 0.9, 1.3), "floor_lamp": (FLOOR, 1.2, 1.7), "mirror": (WALL, 0.4, 0.9),
    "planter": (FLOOR, 0.3, 1.0), "plant": (FLOOR, 0.3, 1.0), "tote": (FLOOR, 0.35, 0.5), "bag": (FLOOR, 0.3, 0.5),
    "picture": (WALL, 0.3, 0.9), "clock": (WALL, 0.25, 0.5), "cushion": (SEAT, 0.38, 0.6),
    "lamp": (TOP, 0.35, 0.65), "vase": (TOP, 0.15, 0.4), "bottle": (TOP, 0.18, 0.35), "kettle": (TOP, 0.2, 0.3),
    "candle": (TOP, 0.08, 0.2), "mug": (TOP, 0.09, 0.13), "bowl": (TOP, 0.14, 0.28), "plate": (TOP, 0.2, 0.3),
    "jar": (TOP, 0.1, 0.25), "glass": (TOP, 0.1, 0.22), "bookend": (TOP, 0.13, 0.22), "book": (TOP, 0.18, 0.3),
    "box": (TOP, 0.15, 0.35), "food": (TOP, 0.07, 0.12), "tray": (TOP, 0.3, 0.5), "teapot": (TOP, 0.18, 0.28),
    "watering_can": (TOP, 0.25, 0.4), "round_produce": (TOP, 0.05, 0.14), "long_produce": (TOP, 0.1, 0.25),
}  # fmt: skip
ANYTHING = (TOP, 0.12, 0.4)  # products of unknown size: clothes, shoes, parts


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The cut-outs to draw from, by where they belong. `rooms` were rendered to scale; `others` are any products."""

    rooms: Mapping[str, Sequence[Cutout]]
    others: Sequence[Cutout]

    def draw(self, rng: np.random.Generator, *places: str) -> Cutout | None:
        """A cut-out that belongs to one of the places: a family first, so that rare families are not rare here."""
        families = [f for f in self.rooms if HABITS.get(f, ANYTHING)[0] in places]
        if TOP in places and self.others and (not families or rng.random() < 0.15):
            return _one_of(self.others, rng)
        return _one_of(self.rooms[_one_of(families, rng)], rng) if families else None

    def draw_any(self, rng: np.random.Generator) -> Cutout:
        """Any cut-out, half of them rendered ones where there are any."""
        if self.rooms and (not self.others or rng.random() < 0.5):
            return _one_of(self.rooms[_one_of(list(self.rooms), rng)], rng)
        return _one_of(self.others, rng)


def _one_of(options: Sequence[T], rng: np.random.Generator) -> T:
    return options[int(rng.integers(len(options)))]


Layout = Callable[[Canvas, Pool, np.random.Generator, bool], None]


def compose(ground: Pixels, pool: Pool, rng: np.random.Generator, plain: bool) -> tuple[Pixels, list[tuple[int, Xyxy]]]:
    """One picture.

    Args:
        ground: RGB background `(H, W, 3)`.
        pool: what to paste.
        rng: the only source of chance.
        plain: the ground shows no room; layouts that need a floor draw one.

    Returns:
        RGB uint8 `(H, W, 3)` and `(class_id, xyxy)` of everything pasted.
    """
    pixels = ground.astype(np.float32)
    canvas = Canvas(pixels, np.full(ground.shape[:2], -1, np.int16))
    layouts: Sequence[Layout] = (room, table_top, shelves, anywhere, portrait)
    layouts[rng.choice(len(layouts), p=(0.4, 0.18, 0.08, 0.1, 0.24))](canvas, pool, rng, plain)
    if not canvas.classes:  # nothing fitted: a picture without things is of use, too, but not often
        anywhere(canvas, pool, rng, plain)
    return develop(canvas.pixels, rng), canvas.boxes()


def room(canvas: Canvas, pool: Pool, rng: np.random.Generator, plain: bool) -> None:
    """Wall things, a rug with things on it, sofa with cushions, tables with things on them, more on the floor."""
    floor = int(canvas.height * rng.uniform(0.55, 0.78))
    if plain:
        draw_floor(canvas, floor, rng)
    scale = canvas.width / rng.uniform(2.2, 4.6)  # px per metre
    for _ in range(rng.integers(0, 4)):
        _hang(canvas, pool, rng, scale, floor)
    rug = _lay_rug(canvas, pool, rng, floor) if rng.random() < 0.5 else None
    if rng.random() < 0.55:
        _put_sofa(canvas, pool, rng, floor)
    if rug is not None and rng.random() < 0.5:
        _put_on_rug(canvas, pool, rng, scale, rug)
    depths = np.sort(rng.uniform(0.0, 1.0, rng.integers(2, 7)))
    for depth in depths:
        near = 1 + 0.5 * depth
        bottom = floor + int((canvas.height * 1.02 - floor) * (0.08 + 0.85 * depth))
        if rng.random() < 0.35:
            _put_table(canvas, pool, rng, scale * near, bottom)
        else:
            place = (FLOOR,) if rng.random() < 0.75 else (FLOOR, TOP, SEAT)
            _stand(canvas, pool.draw(rng, *place), rng, scale * near, bottom)


def table_top(canvas: Canvas, pool: Pool, rng: np.random.Generator, plain: bool) -> None:
    """A surface near the camera, bare or with a rug spread over it, with small things on it, back to front."""
    edge = int(canvas.height * rng.uniform(0.35, 0.7))
    draw_floor(canvas, edge, rng, strength=1.0 if plain else 0.85)
    if rng.random() < 0.2:
        _spread_rug(canvas, pool, rng, edge)
    scale = canvas.width / rng.uniform(0.55, 1.5)
    for _ in range(rng.integers(0, 2)):
        _hang(canvas, pool, rng, scale * 0.6, edge)
    for depth in np.sort(rng.uniform(0.0, 1.0, rng.integers(3, 11))):
        bottom = edge + int((canvas.height - edge) * (0.05 + 0.9 * depth))
        _stand(canvas, pool.draw(rng, TOP), rng, scale * (1 + 0.5 * depth), bottom)


def shelves(canvas: Canvas, pool: Pool, rng: np.random.Generator, plain: bool) -> None:
    """Rows of small things on boards."""
    rows = int(rng.integers(1, 4))
    scale = canvas.width / rng.uniform(0.8, 1.8)
    for row in range(rows):
        y = int(canvas.height * (row + rng.uniform(0.75, 0.95)) / rows)
        draw_board(canvas, y, rng)
        for _ in range(rng.integers(2, 6)):
            _stand(canvas, pool.draw(rng, TOP), rng, scale, y)


def anywhere(canvas: Canvas, pool: Pool, rng: np.random.Generator, plain: bool) -> None:
    """Things of any size and turn, anywhere: what no room prepares for."""
    side = min(canvas.width, canvas.height)
    for _ in range(rng.integers(1, 6)):
        cutout = pool.draw_any(rng)
        rgba = resized(cutout.rgba, rng.uniform(0.12, 0.65) * side, rng)
        if rng.random() < 0.3:
            rgba = turned(rgba, rng.uniform(-25, 25))
        x = int(rng.integers(-rgba.shape[1] // 5, max(1, canvas.width - 4 * rgba.shape[1] // 5)))
        y = int(rng.integers(-rgba.shape[0] // 5, max(1, canvas.height - 4 * rgba.shape[0] // 5)))
        paste(canvas, rgba, x, y, cutout.class_id, rng, shadow="none")


def portrait(canvas: Canvas, pool: Pool, rng: np.random.Generator, plain: bool) -> None:
    """One thing, large, on a plain ground, evenly lit or not: the shop's own pictures, and a phone held close."""
    light = rng.uniform(190, 255, 3) if rng.random() < 0.5 else np.full(3, rng.uniform(238, 255))
    slopes = rng.normal(0, 14, (2, 2)).astype(np.float32) if rng.random() < 0.6 else np.zeros((2, 2), np.float32)
    falloff = cv2.resize(slopes, (canvas.width, canvas.height), interpolation=cv2.INTER_CUBIC)
    canvas.pixels[:] = np.clip(light + falloff[..., None], 0, 255)
    cutout = pool.draw_any(rng)
    rgba = fitted(cutout.rgba, canvas.width * rng.uniform(0.5, 0.95), canvas.height * rng.uniform(0.5, 0.95))
    x = int((canvas.width - rgba.shape[1]) * rng.uniform(0.3, 0.7))
    y = int((canvas.height - rgba.shape[0]) * rng.uniform(0.3, 0.7))
    paste(canvas, rgba, x, y, cutout.class_id, rng, shadow="contact")


def _longer_side_px(cutout: Cutout, scale: float, rng: np.random.Generator) -> float:
    _, low, high = HABITS.get(cutout.family, ANYTHING)
    return float(max(9.0, scale * rng.uniform(low, high) * math.exp(rng.normal(0, 0.12))))


def _stand(canvas: Canvas, cutout: Cutout | None, rng: np.random.Generator, scale: float, bottom: int) -> Xyxy | None:
    """Paste a thing that stands with its lowest point at `bottom`, anywhere across; its box if it was pasted."""
    if cutout is None:
        return None
    longest = min(_longer_side_px(cutout, scale, rng), 0.95 * max(canvas.width, canvas.height))
    rgba = resized(cutout.rgba, longest, rng)
    height, width = rgba.shape[:2]
    x = int(rng.uniform(-0.15 * width, canvas.width - 0.85 * width))
    y = bottom - height
    if not paste(canvas, rgba, x, y, cutout.class_id, rng, shadow="contact"):
        return None
    return (x, y, x + width, bottom)


def _hang(canvas: Canvas, pool: Pool, rng: np.random.Generator, scale: float, floor: int) -> None:
    cutout = pool.draw(rng, WALL)
    if cutout is None:
        return
    rgba = resized(cutout.rgba, _longer_side_px(cutout, scale, rng), rng)
    height, width = rgba.shape[:2]
    x = int(rng.uniform(-0.1 * width, canvas.width - 0.9 * width))
    y = int(rng.uniform(-0.1 * height, max(1.0, floor * 0.75 - height)))
    paste(canvas, rgba, x, y, cutout.class_id, rng, shadow="wall")


def _lay_rug(canvas: Canvas, pool: Pool, rng: np.random.Generator, floor: int) -> Xyxy | None:
    """A rug as it is seen from eye height, flat and wide; its box if it was pasted."""
    width = int(canvas.width * rng.uniform(0.35, 0.95))
    height = min(max(8, int(width * rng.uniform(0.16, 0.42))), int((canvas.height - floor) * 1.3))
    x = int(rng.uniform(-0.2, 1.2) * (canvas.width - width)) if rng.random() < 0.8 else int(-0.25 * width)
    y = int(rng.uniform(floor + 0.1 * (canvas.height - floor), canvas.height - 0.6 * height))
    return _paste_rug(canvas, pool, rng, (x, y, x + width, y + height))


def _spread_rug(canvas: Canvas, pool: Pool, rng: np.random.Generator, edge: int) -> None:
    """A rug as whoever sits on it sees it: as wide as the photo or wider, and most of what lies below the edge."""
    width = int(canvas.width * rng.uniform(0.7, 1.4))
    x = int(rng.uniform(-0.3, 1.3) * (canvas.width - width))
    y = edge + int((canvas.height - edge) * rng.uniform(0.05, 0.35))
    _paste_rug(canvas, pool, rng, (x, y, x + width, int(canvas.height * rng.uniform(0.92, 1.15))))


def _paste_rug(canvas: Canvas, pool: Pool, rng: np.random.Generator, box: Xyxy) -> Xyxy | None:
    cutout = pool.draw(rng, RUG)
    if cutout is None:
        return None
    x1, y1, x2, y2 = box
    rgba = np.asarray(cv2.resize(cutout.rgba, (x2 - x1, y2 - y1), interpolation=cv2.INTER_AREA), np.uint8)
    return box if paste(canvas, rgba, x1, y1, cutout.class_id, rng, shadow="none") else None


def _put_on_rug(canvas: Canvas, pool: Pool, rng: np.random.Generator, scale: float, rug: Xyxy) -> None:
    """Small things that somebody left there: weights that had never seen any missed a third of them on photos."""
    x1, y1, x2, y2 = rug
    for depth in np.sort(rng.uniform(0.25, 0.95, rng.integers(1, 5))):
        cutout = pool.draw(rng, TOP, SEAT)
        if cutout is None:
            return
        rgba = resized(cutout.rgba, _longer_side_px(cutout, scale * (1 + 0.5 * depth), rng), rng)
        left = int(x1 + rng.uniform(0.1, 0.9) * (x2 - x1) - rgba.shape[1] / 2)
        feet = int(y1 + depth * (y2 - y1))
        paste(canvas, rgba, left, feet - rgba.shape[0], cutout.class_id, rng, shadow="contact")


def _put_sofa(canvas: Canvas, pool: Pool, rng: np.random.Generator, floor: int) -> None:
    cutout = pool.draw(rng, SOFA)
    if cutout is None:
        return
    rgba = resized(cutout.rgba, canvas.width * rng.uniform(0.4, 0.85), rng)
    height, width = rgba.shape[:2]
    x = int(rng.uniform(-0.2 * width, canvas.width - 0.8 * width))
    bottom = floor + int((canvas.height - floor) * rng.uniform(0.1, 0.6))
    if not paste(canvas, rgba, x, bottom - height, cutout.class_id, rng, shadow="contact"):
        return
    for _ in range(rng.integers(0, 4)):
        cushion = pool.draw(rng, SEAT)
        if cushion is None:
            return
        small = resized(cushion.rgba, width * rng.uniform(0.16, 0.3), rng)
        left = x + int(rng.uniform(0.06, 0.94) * width - small.shape[1] / 2)
        top = bottom - int(height * rng.uniform(0.38, 0.55)) - small.shape[0] + int(0.06 * height)
        paste(canvas, small, left, top, cushion.class_id, rng, shadow="contact")


def _put_table(canvas: Canvas, pool: Pool, rng: np.random.Generator, scale: float, bottom: int) -> None:
    """A table and up to three things whose feet are on its top."""
    table = pool.draw(rng, TABLE)
    box = _stand(canvas, table, rng, scale, bottom)
    if box is None:
        return
    x1, y1, x2, y2 = box
    for _ in range(rng.integers(1, 5)):
        cutout = pool.draw(rng, TOP)
        if cutout is None:
            return
        rgba = resized(cutout.rgba, min(_longer_side_px(cutout, scale, rng), 1.4 * (x2 - x1)), rng)
        left = int(x1 + rng.uniform(0.12, 0.88) * (x2 - x1) - rgba.shape[1] / 2)
        feet = y1 + int((y2 - y1) * rng.uniform(0.06, 0.2))
        paste(canvas, rgba, left, feet - rgba.shape[0], cutout.class_id, rng, shadow="contact")
