"""Compose one training picture for the detector: cut-outs pasted into a room, on a table, on shelves, or anywhere.

Knows sizes in metres and where things of a family belong; knows nothing of files, splits or networks. Invariants:
every pasted thing has a box; a box is tight around the pixels of the thing that are visible; a paste that would leave
less than `MIN_VISIBLE` of any thing to be seen, itself included, is not made; the same generator, the same picture.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
Pixels = NDArray[np.uint8]
Xyxy = tuple[int, int, int, int]

MIN_VISIBLE = 0.35
MIN_SIDE_PX = 7

# family -> where it belongs and its longer side in metres, from common products of that kind.
FLOOR, WALL, TOP, SEAT, RUG, SOFA, TABLE = "floor", "wall", "top", "seat", "rug", "sofa", "table"
HABITS: Mapping[str, tuple[str, float, float]] = {
    "sofa": (SOFA, 1.4, 2.3), "rug": (RUG, 1.4, 2.6), "table": (TABLE, 0.45, 1.1), "side_table": (TABLE, 0.45, 0.7),
    "chair": (FLOOR, 0.75, 1.0), "armchair": (FLOOR, 0.8, 1.0), "stool": (FLOOR, 0.4, 0.6),
    "basket": (FLOOR, 0.25, 0.5), "throw": (SEAT, 0.5, 0.9),
    "planter": (FLOOR, 0.3, 1.0), "plant": (FLOOR, 0.3, 1.0), "tote": (FLOOR, 0.35, 0.5), "bag": (FLOOR, 0.3, 0.5),
    "picture": (WALL, 0.3, 0.9), "clock": (WALL, 0.25, 0.5), "cushion": (SEAT, 0.38, 0.6),
    "lamp": (TOP, 0.35, 0.65), "vase": (TOP, 0.15, 0.4), "bottle": (TOP, 0.18, 0.35), "kettle": (TOP, 0.2, 0.3),
    "candle": (TOP, 0.08, 0.2), "mug": (TOP, 0.09, 0.13), "bowl": (TOP, 0.14, 0.28), "plate": (TOP, 0.2, 0.3),
    "jar": (TOP, 0.1, 0.25), "glass": (TOP, 0.1, 0.22), "bookend": (TOP, 0.13, 0.22), "book": (TOP, 0.18, 0.3),
    "box": (TOP, 0.15, 0.35), "food": (TOP, 0.07, 0.12),
}  # fmt: skip
ANYTHING = (TOP, 0.12, 0.4)  # products of unknown size: clothes, shoes, parts


@dataclass(frozen=True, slots=True, eq=False)
class Cutout:
    """One view of one product: premultiplied RGBA uint8 `(h, w, 4)`, cropped to what is opaque."""

    rgba: Pixels
    family: str
    class_id: int


@dataclass(slots=True)
class Canvas:
    """A picture in the making: pixels float32 `(H, W, 3)` in [0, 255], and which paste each pixel shows (-1: none)."""

    pixels: NDArray[np.float32]
    owner: NDArray[np.int16]
    classes: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)  # opaque pixels of each paste, those outside the picture included

    @property
    def width(self) -> int:
        """Pixels."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """Pixels."""
        return int(self.pixels.shape[0])

    def visible_shares(self) -> NDArray[np.float64]:
        """For each paste, the share of its opaque pixels that is still seen."""
        counts = np.bincount(self.owner.ravel() + 1, minlength=len(self.sizes) + 1)[1:]
        return counts / np.maximum(self.sizes, 1)

    def boxes(self) -> list[tuple[int, Xyxy]]:
        """`(class_id, (x1, y1, x2, y2))` of each paste, half-open pixels around what is visible."""
        found = []
        for index, class_id in enumerate(self.classes):
            ys, xs = np.nonzero(self.owner == index)
            box = (int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1)
            found.append((class_id, box))
        return found


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
    layouts[rng.choice(len(layouts), p=(0.48, 0.22, 0.1, 0.12, 0.08))](canvas, pool, rng, plain)
    if not canvas.classes:  # nothing fitted: a picture without things is of use, too, but not often
        anywhere(canvas, pool, rng, plain)
    return develop(canvas.pixels, rng), canvas.boxes()


def room(canvas: Canvas, pool: Pool, rng: np.random.Generator, plain: bool) -> None:
    """Wall things, rug, sofa with cushions, tables with things on them, more on the floor; back to front."""
    floor = int(canvas.height * rng.uniform(0.55, 0.78))
    if plain:
        draw_floor(canvas, floor, rng)
    scale = canvas.width / rng.uniform(2.2, 4.6)  # px per metre
    for _ in range(rng.integers(0, 4)):
        _hang(canvas, pool, rng, scale, floor)
    if rng.random() < 0.5:
        _lay_rug(canvas, pool, rng, floor)
    if rng.random() < 0.55:
        _put_sofa(canvas, pool, rng, floor)
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
    """A surface near the camera with small things on it, back to front."""
    edge = int(canvas.height * rng.uniform(0.35, 0.7))
    draw_floor(canvas, edge, rng, strength=1.0 if plain else 0.85)
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
    """One thing, large, on a plain light ground: the shop's own pictures."""
    light = rng.uniform(215, 255, 3) if rng.random() < 0.4 else np.full(3, rng.uniform(238, 255))
    canvas.pixels[:] = light.astype(np.float32)
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


def _lay_rug(canvas: Canvas, pool: Pool, rng: np.random.Generator, floor: int) -> None:
    cutout = pool.draw(rng, RUG)
    if cutout is None:
        return
    width = int(canvas.width * rng.uniform(0.35, 0.95))
    height = max(8, int(width * rng.uniform(0.16, 0.42)))  # seen from eye height a rug is flat and wide
    size = (width, min(height, int((canvas.height - floor) * 1.3)))
    rgba = np.asarray(cv2.resize(cutout.rgba, size, interpolation=cv2.INTER_AREA), np.uint8)
    x = int(rng.uniform(-0.2, 1.2) * (canvas.width - width)) if rng.random() < 0.8 else int(-0.25 * width)
    y = int(rng.uniform(floor + 0.1 * (canvas.height - floor), canvas.height - 0.6 * size[1]))
    paste(canvas, rgba, x, y, cutout.class_id, rng, shadow="none")


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


def resized(rgba: Pixels, longest_px: float, rng: np.random.Generator) -> Pixels:
    """The cut-out with this longer side, mirrored half of the time, its sides changed by up to a tenth, relit a bit."""
    factor = longest_px / max(rgba.shape[:2])
    stretch = math.exp(rng.uniform(-0.1, 0.1))
    size = (max(3, round(rgba.shape[1] * factor * stretch)), max(3, round(rgba.shape[0] * factor / stretch)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = cv2.resize(rgba, size, interpolation=method)
    if rng.random() < 0.5:
        small = small[:, ::-1]
    return relit(np.asarray(small, np.uint8), rng)


def fitted(rgba: Pixels, width_px: float, height_px: float) -> Pixels:
    """The cut-out as large as fits into this size."""
    factor = min(width_px / rgba.shape[1], height_px / rgba.shape[0])
    size = (max(3, round(rgba.shape[1] * factor)), max(3, round(rgba.shape[0] * factor)))
    method = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgba, size, interpolation=method), np.uint8)


def relit(rgba: Pixels, rng: np.random.Generator) -> Pixels:
    """Brightness, a slope of light across, and a tint, on the premultiplied colour."""
    slope = np.linspace(1 - rng.uniform(0, 0.25), 1 + rng.uniform(0, 0.1), rgba.shape[1], dtype=np.float32)
    if rng.random() < 0.5:
        slope = slope[::-1]
    gain = rng.uniform(0.65, 1.15) * np.exp(rng.normal(0, 0.05, 3)).astype(np.float32)
    colour = rgba[..., :3].astype(np.float32) * slope[None, :, None] * gain
    limited = np.minimum(colour, rgba[..., 3:].astype(np.float32))  # premultiplied: never above its own alpha
    return np.dstack([limited.astype(np.uint8), rgba[..., 3]])


def turned(rgba: Pixels, degrees: float) -> Pixels:
    """The cut-out rotated about its centre, on a canvas that holds all of it."""
    height, width = rgba.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    new_width, new_height = int(height * sin + width * cos) + 1, int(height * cos + width * sin) + 1
    matrix[:, 2] += (new_width / 2 - width / 2, new_height / 2 - height / 2)
    return np.asarray(cv2.warpAffine(rgba, matrix, (new_width, new_height)), np.uint8)


def paste(canvas: Canvas, rgba: Pixels, x: int, y: int, class_id: int, rng: np.random.Generator, shadow: str) -> bool:
    """Paste a cut-out with its top left corner at (x, y), unless it would hide too much; True if it was pasted."""
    height, width = rgba.shape[:2]
    left, top = max(0, x), max(0, y)
    right, bottom = min(canvas.width, x + width), min(canvas.height, y + height)
    if right - left < MIN_SIDE_PX or bottom - top < MIN_SIDE_PX:
        return False
    part = rgba[top - y : bottom - y, left - x : right - x]
    opaque = part[..., 3] > 127
    size = int((rgba[..., 3] > 127).sum())
    if opaque.sum() < max(MIN_VISIBLE * size, 30.0) or not _leaves_others_visible(canvas, opaque, left, top):
        return False
    if shadow != "none":
        cast_shadow(canvas, rgba, x, y, shadow, rng)
    window = (slice(top, bottom), slice(left, right))
    alpha = part[..., 3:].astype(np.float32) / 255
    canvas.pixels[window] = canvas.pixels[window] * (1 - alpha) + part[..., :3]
    canvas.owner[window][opaque] = len(canvas.classes)
    canvas.classes.append(class_id)
    canvas.sizes.append(size)
    return True


def _leaves_others_visible(canvas: Canvas, opaque: NDArray[np.bool_], left: int, top: int) -> bool:
    if not canvas.classes:
        return True
    height, width = opaque.shape
    hidden = canvas.owner[top : top + height, left : left + width][opaque]
    lost = np.bincount(hidden[hidden >= 0], minlength=len(canvas.sizes)) / np.maximum(canvas.sizes, 1)
    return bool(((canvas.visible_shares() - lost >= MIN_VISIBLE) | (lost == 0)).all())


def cast_shadow(canvas: Canvas, rgba: Pixels, x: int, y: int, kind: str, rng: np.random.Generator) -> None:
    """Darken the ground: an ellipse under the feet ('contact'), or the blurred outline a little lower ('wall')."""
    height, width = rgba.shape[:2]
    margin = max(4, width // 4)
    if kind == "contact":
        flat = max(1, int(min(width, height) * rng.uniform(0.04, 0.12)))
        shade = np.zeros((2 * flat + 2 * margin, width + 2 * margin), np.float32)
        centre = (margin + int(width * rng.uniform(0.4, 0.6)), flat + margin)
        cv2.ellipse(shade, centre, (max(2, int(width * rng.uniform(0.42, 0.6))), flat), 0, 0, 360, 1.0, -1)
        top, spread = y + height - flat - margin - height // 50, max(1.0, 0.05 * width)
    else:
        shade = np.pad(rgba[..., 3].astype(np.float32) / 255, margin)
        top = y - margin + int(height * rng.uniform(0.01, 0.06))
        spread = max(1.0, 0.03 * width)
    soft = cv2.GaussianBlur(shade, (0, 0), spread)
    left = x - margin + int(width * rng.uniform(-0.04, 0.04))
    rows = slice(max(0, top), max(0, min(canvas.height, top + soft.shape[0])))
    columns = slice(max(0, left), max(0, min(canvas.width, left + soft.shape[1])))
    part = soft[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    canvas.pixels[rows, columns] *= 1 - np.float32(rng.uniform(0.15, 0.55)) * part[..., None]


def draw_floor(canvas: Canvas, y: int, rng: np.random.Generator, strength: float = 1.0) -> None:
    """A floor or table top from row `y` down: one colour with grain, boards and a slope of light."""
    rows = canvas.height - y
    base = wood(rng) if rng.random() < 0.6 else rng.uniform(70, 240, 3)
    grain = cv2.resize(rng.normal(0, 5, (max(2, rows // 3), 6)).astype(np.float32), (canvas.width, rows))
    light = np.linspace(rng.uniform(0.8, 1.0), rng.uniform(0.9, 1.15), rows, dtype=np.float32)[:, None]
    surface = (np.asarray(base, np.float32) + grain[..., None]) * light[..., None]
    if rng.random() < 0.5:
        for row in (np.linspace(0, 1, int(rng.integers(3, 9))) ** 1.7 * rows).astype(int):
            surface[row : row + 1] *= 0.85
    below = canvas.pixels[y:]
    canvas.pixels[y:] = below * (1 - strength) + np.clip(surface, 0, 255) * strength
    if rng.random() < 0.5:  # skirting or the edge of the table
        thick = max(1, int(canvas.height * rng.uniform(0.005, 0.03)))
        canvas.pixels[max(0, y - thick) : y] = rng.uniform(120, 245, 3).astype(np.float32)


def draw_board(canvas: Canvas, y: int, rng: np.random.Generator) -> None:
    """A shelf board whose upper edge is at row `y`, with its shadow below."""
    thick = max(3, int(canvas.height * rng.uniform(0.012, 0.04)))
    left, right = (0, canvas.width) if rng.random() < 0.6 else sorted(rng.integers(0, canvas.width + 1, 2))
    colour = np.asarray(wood(rng) if rng.random() < 0.7 else rng.uniform(60, 245, 3), np.float32)
    canvas.pixels[y + thick : y + 3 * thick, left:right] *= np.float32(rng.uniform(0.7, 0.95))
    canvas.pixels[y : y + thick, left:right] = colour


def wood(rng: np.random.Generator) -> NDArray[np.float64]:
    """An RGB of pale to dark wood."""
    pale, dark = np.array([222, 190, 150.0]), np.array([85, 58, 40.0])
    return np.asarray(dark + (pale - dark) * rng.random() + rng.normal(0, 6, 3))


def develop(pixels: NDArray[np.float32], rng: np.random.Generator) -> Pixels:
    """The camera: colour temperature, exposure, contrast, a little blur, noise."""
    warmth, exposure, gamma = rng.normal(0, 0.06), rng.uniform(0.75, 1.2), rng.uniform(0.8, 1.25)
    tones = np.linspace(0, 1, 256)
    curves = [np.clip(tones * gain * exposure, 0, 1) ** gamma * 255 for gain in (1 + warmth, 1, 1 - warmth)]
    picture = cv2.LUT(np.clip(pixels, 0, 255).astype(np.uint8), np.stack(curves, axis=1)[None].astype(np.float32))
    if rng.random() < 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.1))
    noise = rng.standard_normal(picture.shape, dtype=np.float32)
    return np.asarray(np.clip(picture + noise * np.float32(rng.uniform(0, 6)), 0, 255), np.uint8)
