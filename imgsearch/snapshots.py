"""From a shop's own picture to crops as a phone's photo would give them, so that a catalog can be tried out on itself.

A product on a plain ground is cut out and put, turned and lit differently, before other things; any other picture is
only cropped and lit differently. Plain numpy and Pillow: an import runs where no torch and no OpenCV are. Knows
nothing about models, stores or verdicts. Invariants: the same pictures and seed give the same crops; every crop
passes through a camera's faults (exposure, white balance, blur, noise, JPEG) and a detector's inexact box.

The recipe is the one the embedder was trained to see through (cut, paste and learn: Dwibedi et al. 2017), in ranges a
little wider, because a catalog has no pictures of its goods from other sides.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Rng = np.random.Generator
Floats = NDArray[np.float64]

MAX_SIDE_PX = 160  # the embedder reads 80 px: more would only cost time
BOX_JITTER = 0.12  # largest error of a box side as a share of the box, as a detector makes it
GROUND_TOLERANCE = 18  # of 255, as `images.trim`
PLAIN_SHARE = 0.8  # of the border must look like the ground for it to be one
MIN_SHARE, MAX_SHARE = 0.04, 0.97  # of the picture that a cut-out may cover; else the cut is not to be trusted


@dataclass(frozen=True, slots=True, eq=False)
class CutOut:
    """A thing without its ground, RGBA, longer side <= `MAX_SIDE_PX`; `cut` is False where no ground was found."""

    image: Image.Image
    cut: bool


def cut_out(crop: Image.Image) -> CutOut:
    """The thing on a picture's plain ground; the whole picture, opaque, where the ground is not plain.

    Args:
        crop: RGB, the part of a shop's picture that is embedded.
    """
    small = crop.copy()
    small.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX), Image.Resampling.BICUBIC)
    pixels = np.asarray(small, dtype=np.int16)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    ground = np.median(border, axis=0)
    plain = (np.abs(border - ground).max(axis=1) <= GROUND_TOLERANCE).mean() >= PLAIN_SHARE
    mask = np.abs(pixels - ground).max(axis=2) > GROUND_TOLERANCE
    if not plain or not MIN_SHARE <= mask.mean() <= MAX_SHARE:
        return CutOut(_with_alpha(small, np.full(mask.shape, 255, dtype=np.uint8)), cut=False)
    alpha = Image.fromarray(mask.astype(np.uint8) * 255)
    # Closing fills highlights as bright as the ground; the blur makes an edge as soft as a lens does.
    closed = alpha.filter(ImageFilter.MaxFilter(5)).filter(ImageFilter.MinFilter(5))
    whole = _with_alpha(small, np.asarray(closed.filter(ImageFilter.GaussianBlur(0.7))))
    return CutOut(whole.crop(closed.getbbox()), cut=True)


def snapshot(rng: Rng, thing: CutOut, others: Sequence[CutOut]) -> Image.Image:
    """A crop of a photo that shows `thing`, RGB; `others` lend it their colours and stand beside and before it.

    Args:
        rng: all that is left to chance comes from here.
        thing: what was photographed.
        others: at least one other product's cut-out.
    """
    if not thing.cut:
        return _camera(rng, _inner_crop(rng, thing.image))
    longest = rng.uniform(48, 140)
    side = int(longest * 1.7)
    canvas = _ground(rng, _pick(rng, others), side)
    if rng.random() < 0.4:
        offset = _direction(rng) * longest * rng.uniform(0.45, 0.8)
        _paste(canvas, _turned(rng, _pick(rng, others).image, side, longest * rng.uniform(0.5, 1.2), offset))
    layer = _turned(rng, thing.image, side, longest, np.zeros(2))
    _shadow(rng, canvas, layer)
    _paste(canvas, _lit(rng, layer))
    visible = _visible_after_hiding(rng, canvas, layer, _pick(rng, others), longest)
    return _camera(rng, canvas.crop(_jittered_box(rng, visible)))


def _pick(rng: Rng, things: Sequence[CutOut]) -> CutOut:
    return things[int(rng.integers(len(things)))]


def _with_alpha(image: Image.Image, alpha: NDArray[np.uint8]) -> Image.Image:
    layer = image.convert("RGB")
    layer.putalpha(Image.fromarray(alpha))
    return layer


def _direction(rng: Rng) -> Floats:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _ground(rng: Rng, other: CutOut, side: int) -> Image.Image:
    """What lies behind: a wall above a table in plain colours, or another product's picture out of focus."""
    if rng.random() < 0.5:
        blurred = other.image.convert("RGB").resize((side, side), Image.Resampling.BILINEAR)
        return blurred.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.03, 0.12)) * side))
    tints = np.clip(rng.uniform(50, 235, (2, 1)) + rng.normal(0, 18, (2, 3)), 0, 255)
    rows = np.where(np.arange(side)[:, None] < rng.uniform(0.2, 0.9) * side, tints[0], tints[1])
    fall_off = np.linspace(rng.uniform(0.75, 1.1), rng.uniform(0.75, 1.1), side)
    grain = rng.normal(0, rng.uniform(0, 9), (side, side, 1))
    pixels = rows[:, None, :] * fall_off[None, :, None] + grain
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def _turned(rng: Rng, image: Image.Image, side: int, longest: float, offset: Floats) -> Image.Image:
    """The thing on an empty RGBA layer: scaled, stretched, turned and seen from a little aside."""
    size = np.array(image.size, dtype=np.float64)
    half = size / size.max() * longest / 2 * np.exp(rng.uniform(-0.15, 0.15, 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    angle = rng.normal(0, 0.12)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = corners @ turn.T + rng.uniform(-0.07, 0.07, (4, 2)) * longest + side / 2 + offset
    source = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]])
    # Pillow resamples only the pixels it meets: shrink first, or fine patterns turn to noise.
    factor = min(1.0, longest / size.max())
    small = image.resize((max(2, round(size[0] * factor)), max(2, round(size[1] * factor))), Image.Resampling.BICUBIC)
    coefficients = _perspective(target, source * np.array(small.size) / size)
    return small.transform((side, side), Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)


def _perspective(target: Floats, source: Floats) -> list[float]:
    """The eight numbers with which Pillow finds the source of each target pixel."""
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(number) for number in np.linalg.solve(np.array(rows), np.array(values))]


def _paste(canvas: Image.Image, layer: Image.Image) -> None:
    canvas.paste(layer, (0, 0), layer)


def _shadow(rng: Rng, canvas: Image.Image, layer: Image.Image) -> None:
    reach = max(1.0, canvas.width * 0.04)
    soft = layer.getchannel("A").filter(ImageFilter.GaussianBlur(float(rng.uniform(0.5, 1.5)) * reach))
    strength = float(rng.uniform(0.05, 0.45))
    faint = soft.point(lambda value: value * strength)
    shift = (int(rng.uniform(-reach, reach)), int(rng.uniform(0, 2 * reach)))
    canvas.paste((12, 12, 14), shift, faint)


def _lit(rng: Rng, layer: Image.Image) -> Image.Image:
    """Light from one side: a ramp of gains over the layer."""
    side = layer.width
    ramp = np.linspace(-1, 1, side)
    slope = _direction(rng) * rng.uniform(0, 0.35)
    gains = 1 + ramp[None, :, None] * slope[0] + ramp[:, None, None] * slope[1]
    pixels = np.asarray(layer, dtype=np.float64)
    colours = np.clip(pixels[..., :3] * gains, 0, 255).astype(np.uint8)
    return Image.fromarray(np.dstack([colours, pixels[..., 3].astype(np.uint8)]))


def _visible_after_hiding(
    rng: Rng, canvas: Image.Image, layer: Image.Image, other: CutOut, longest: float
) -> NDArray[np.bool_]:
    """Half of the time puts `other` before the thing, unless less than half of it would stay visible."""
    visible: NDArray[np.bool_] = np.asarray(layer.getchannel("A")) > 127
    if rng.random() < 0.5:
        offset = _direction(rng) * longest * rng.uniform(0.35, 0.65)
        front = _turned(rng, other.image, canvas.width, longest * rng.uniform(0.35, 0.9), offset)
        left = visible & (np.asarray(front.getchannel("A")) < 128)
        if left.sum() >= 0.5 * visible.sum():
            _paste(canvas, front)
            return left
    return visible


def _jittered_box(rng: Rng, visible: NDArray[np.bool_]) -> tuple[int, int, int, int]:
    rows, columns = np.flatnonzero(visible.any(axis=1)), np.flatnonzero(visible.any(axis=0))
    if rows.size < 4 or columns.size < 4:
        return (0, 0, visible.shape[1], visible.shape[0])
    width, height = columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
    moves = np.clip(rng.normal(0, BOX_JITTER / 2, 4), -BOX_JITTER, BOX_JITTER) * [width, height, width, height]
    left, top = max(0, int(columns[0] + moves[0])), max(0, int(rows[0] + moves[1]))
    right = min(visible.shape[1], int(columns[-1] + 1 + moves[2]))
    bottom = min(visible.shape[0], int(rows[-1] + 1 + moves[3]))
    return (left, top, max(right, left + 4), max(bottom, top + 4))


def _inner_crop(rng: Rng, image: Image.Image) -> Image.Image:
    """A picture without a ground: each side cut by up to a quarter, and shown smaller."""
    width, height = image.size
    cuts = rng.uniform(0, 0.25, 4) * [width, height, width, height]
    box = (int(cuts[0]), int(cuts[1]), int(width - cuts[2]), int(height - cuts[3]))
    inner = image.convert("RGB").crop(box)
    factor = rng.uniform(0.4, 1.0)
    return inner.resize((max(8, int(inner.width * factor)), max(8, int(inner.height * factor))))


def _camera(rng: Rng, crop: Image.Image) -> Image.Image:
    """Exposure, white balance, saturation, contrast, blur, noise, JPEG; no shift of hue: that is another product."""
    warmth = rng.normal(0, 0.08)  # red against blue, as along the black-body line
    balance = np.array([1 + warmth, 1 + rng.normal(0, 0.02), 1 - warmth])
    pixels = np.asarray(crop, dtype=np.float64) / 255 * balance * np.exp(rng.uniform(-0.45, 0.25))
    grey = pixels.mean(axis=2, keepdims=True)
    pixels = np.clip(grey + (pixels - grey) * (1 + rng.uniform(-0.25, 0.2)), 0, 1) ** np.exp(rng.uniform(-0.25, 0.25))
    image = Image.fromarray((pixels * 255).astype(np.uint8))
    if rng.random() < 0.4:
        image = image.filter(ImageFilter.GaussianBlur(float(rng.uniform(0.3, 1.4))))
    noise = rng.normal(0, rng.uniform(0, 6), (crop.height, crop.width, 3))
    image = Image.fromarray(np.clip(np.asarray(image) + noise, 0, 255).astype(np.uint8))
    coded = io.BytesIO()
    image.save(coded, "JPEG", quality=int(rng.integers(40, 95)))
    with Image.open(coded) as again:
        return again.convert("RGB")
