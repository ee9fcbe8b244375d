"""The picture that a composite is made on: resize, light and paste cut-outs, draw floors and boards, develop.

Knows nothing of what belongs where (`scenes`), of files, splits or networks. Invariants: every pasted thing has a box;
a box is tight around the pixels of the thing that are visible; a paste that would leave less than `MIN_VISIBLE` of any
thing to be seen, itself included, is not made.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Xyxy = tuple[int, int, int, int]

MIN_VISIBLE = 0.35
MIN_SIDE_PX = 7


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
