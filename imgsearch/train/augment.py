"""From a cut-out to what a gallery and what a photo show of it: the studio-to-photo bridge of the embedder's training.

Pure picture arithmetic on uint8 arrays with an explicit random generator; knows nothing of networks, files or batches.
Invariant: every view is a crop as the application makes it (a tight box with a detector's error, any aspect), so the
one preprocessing of `imgsearch.images` still has to be applied to it.
Pasting cut-outs: Dwibedi, Misra, Hebert, "Cut, Paste and Learn", 2017.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
import numpy.typing as npt

from imgsearch.train.datasets import Pixels, shrink

Floats = npt.NDArray[np.float32]
Rng = np.random.Generator

BOX_JITTER = 0.12
"""Largest error of a box side as a share of the box, as a detector makes it."""
TURNED_SHARE = 0.25
"""Of the photo views: the phone was held askew, by up to `MOST_TURNED_RAD`; the others are nearly upright."""
MOST_TURNED_RAD = 0.6
THING_PX = (72, 168)
"""Longer side of the thing in a photo view, least and most: around the input of the network, 128 px."""
PILE_PX = 150
"""Side of the picture of a pile: above the input of the network, and as quick as can be."""
PILED_PX = (44, 148)
"""Longer side of each thing in it."""
SHADOW_STEP = 4
"""A soft shadow is blurred in pixels of so many, as nothing of it is finer."""


@dataclass(frozen=True, slots=True)
class Recolour:
    """A fixed change of colour that makes a product into another variant of itself."""

    hue: int  # OpenCV hue steps, 0..179
    saturation: float
    gain: float

    @staticmethod
    def draw(rng: Rng) -> Recolour:
        """At least 40 degrees of hue away, or clearly paler, or clearly darker."""
        saturation, gain = rng.choice([0.35, 1.0, 1.0]), rng.choice([0.55, 1.0, 1.0])
        return Recolour(int(rng.integers(20, 160)), float(saturation), float(gain))

    def apply(self, rgba: Pixels) -> Pixels:
        """The same premultiplied picture in the other colour."""
        hsv = cv2.cvtColor(np.ascontiguousarray(rgba[..., :3]), cv2.COLOR_RGB2HSV)
        hsv[..., 0] = ((hsv[..., 0].astype(np.int16) + self.hue) % 180).astype(np.uint8)
        hsv[..., 1] = (hsv[..., 1] * self.saturation).astype(np.uint8)
        hsv[..., 2] = (hsv[..., 2] * self.gain).astype(np.uint8)
        return np.dstack([cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB), rgba[..., 3]]).astype(np.uint8)


def studio_view(rng: Rng, rgba: Pixels) -> Pixels:
    """A gallery picture's crop: the thing on a plain, mostly white ground, RGB uint8."""
    height, width = rgba.shape[:2]
    margin = rng.uniform(0.0, 0.12, 4) * max(height, width)
    top, bottom, left, right = (int(side) for side in margin)
    canvas = _plain_ground(rng, height + top + bottom, width + left + right)
    layer = cv2.copyMakeBorder(rgba, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
    if rng.random() < 0.3:
        canvas = _cast_shadow(rng, canvas, np.asarray(layer[..., 3], np.uint8))
    canvas = _over(canvas, layer.astype(np.float32))
    return _camera(rng, canvas, strength=0.35)


def photo_view(rng: Rng, rgba: Pixels, background: Pixels, others: list[Pixels]) -> Pixels:
    """A query's crop: the thing turned, lit, partly hidden, on a photo, boxed with a detector's error; RGB uint8.

    `others` are cut-outs that may stand behind it and, the last one, in front of it.
    """
    longest = float(rng.uniform(*THING_PX))
    side = int(longest * 1.7)
    canvas = _background(rng, background, side)
    centre = np.array([side / 2, side / 2])
    askew = rng.random() < TURNED_SHARE
    angle = rng.uniform(-1, 1) * MOST_TURNED_RAD if askew else rng.normal(0, 0.1)
    thing = _warp(rng, rgba, side, longest, centre, float(angle))
    for other in others[:-1]:
        offset = _direction(rng) * longest * rng.uniform(0.4, 0.8)
        canvas = _over(canvas, _warp(rng, other, side, longest * rng.uniform(0.5, 1.2), centre + offset))
    canvas = _cast_shadow(rng, canvas, thing[..., 3].astype(np.uint8))
    thing[..., :3] *= _shading(rng, side)
    canvas = _over(canvas, thing)
    visible = thing[..., 3]
    if others:
        canvas, visible = _hide(rng, canvas, visible, others[-1], longest)
    crop = _jittered_crop(rng, canvas, visible)
    return _camera(rng, crop, strength=1.0)


def pile_view(rng: Rng, views: Sequence[Pixels], background: Pixels) -> Pixels:
    """Many of one thing filling the photo, as goods lie in a shop's bin or stand on its shelf; RGB uint8.

    `views` are cut-outs of one product from any side.
    """
    shelved = rng.random() < 0.5
    longest = float(rng.uniform(*PILED_PX))
    canvas = _background(rng, background, PILE_PX)
    side = int(longest * 1.6)
    # Beyond the canvas there is room for what stands half in the picture.
    wide = np.asarray(cv2.copyMakeBorder(canvas, side, side, side, side, cv2.BORDER_REPLICATE), np.float32)
    for x, y in _places(rng, views[0], longest, shelved=shelved):
        view = views[int(rng.integers(len(views)))]
        angle = rng.normal(0, 0.04) if shelved else rng.uniform(-np.pi, np.pi)
        middle = np.array([side / 2, side / 2])
        layer = _warp(rng, view, side, longest * rng.uniform(0.9, 1.1), middle, float(angle))
        part = wide[y + side // 2 : y + side // 2 + side, x + side // 2 : x + side // 2 + side]
        # A hard shadow: thirty soft ones would cost more than the network's step.
        alpha = cv2.extractChannel(layer, 3)
        below = np.roll(alpha, (side // 30 + 1, side // 45), (0, 1)) * np.float32(rng.uniform(0.1, 0.4))
        part *= _kept(np.maximum(alpha, below))
        cv2.scaleAdd(cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB), float(rng.uniform(0.75, 1.1)), part, part)
    canvas = wide[side:-side, side:-side]
    height, width = (int(PILE_PX * rng.uniform(0.6, 1.0)) for _ in range(2))
    top, left = int(rng.integers(0, PILE_PX - height + 1)), int(rng.integers(0, PILE_PX - width + 1))
    return _camera(rng, canvas[top : top + height, left : left + width], strength=1.0)


def _places(rng: Rng, view: Pixels, longest: float, *, shelved: bool) -> list[tuple[int, int]]:
    """Centres (x, y in px) of things that cover the canvas, those behind first."""
    height, width = np.array(view.shape[:2]) * longest / max(view.shape[:2])
    close = rng.uniform(0.8, 1.1) if shelved else rng.uniform(0.55, 0.9)
    across, down = max(20.0, width * close), max(20.0, height * close)
    spread = 0.03 if shelved else 0.25
    first = rng.uniform(-0.5, 0.5, 2) * (across, down)
    return [
        (
            int(np.clip(x + rng.normal(0, spread) * across, -longest / 2, PILE_PX + longest / 2)),
            int(np.clip(y + rng.normal(0, spread) * down, -longest / 2, PILE_PX + longest / 2)),
        )
        for y in np.arange(first[1], PILE_PX + down / 2, down)
        for x in np.arange(first[0], PILE_PX + across / 2, across)
    ]


def snap_view(rng: Rng, picture: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    """Another take of a real photo's crop: the box with a detector's error, in slightly other light; RGB uint8.

    `box` is x1, y1, x2, y2 inside the picture, which shows some margin around it.
    """
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = box
    if rng.random() < TURNED_SHARE:
        # Half as far as a cut-out: there is no more picture around the crop than its margin.
        degrees = float(np.degrees(rng.uniform(-0.5, 0.5) * MOST_TURNED_RAD))
        matrix = cv2.getRotationMatrix2D(((x1 + x2) / 2, (y1 + y2) / 2), degrees, 1.0)
        picture = np.asarray(cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REFLECT), np.uint8)
    moves = np.clip(rng.normal(0, BOX_JITTER / 2, 4), -BOX_JITTER, BOX_JITTER) * np.array([x2 - x1, y2 - y1] * 2)
    left, top = int(np.clip(x1 + moves[0], 0, width - 4)), int(np.clip(y1 + moves[1], 0, height - 4))
    right, bottom = int(np.clip(x2 + moves[2], left + 4, width)), int(np.clip(y2 + moves[3], top + 4, height))
    return _camera(rng, picture[top:bottom, left:right].astype(np.float32), strength=0.5)


def class_view(rng: Rng, picture: Pixels) -> Pixels:
    """A random part of a labelled picture (35..100 % of its area), maybe mirrored, in another light; RGB uint8."""
    height, width = picture.shape[:2]
    scale = np.sqrt(rng.uniform(0.35, 1.0))
    stretch = np.exp(rng.uniform(-0.14, 0.14))
    crop_h = max(8, int(height * min(1.0, scale * stretch)))
    crop_w = max(8, int(width * min(1.0, scale / stretch)))
    top = int(rng.integers(0, max(1, height - crop_h + 1)))
    left = int(rng.integers(0, max(1, width - crop_w + 1)))
    crop = picture[top : top + crop_h, left : left + crop_w]
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    return _camera(rng, crop.astype(np.float32), strength=0.7)


def _plain_ground(rng: Rng, height: int, width: int) -> Floats:
    kind = rng.random()
    if kind < 0.55:
        colour = np.full(3, rng.uniform(235, 255))
    elif kind < 0.9:
        colour = np.clip(rng.uniform(205, 250) + rng.uniform(-14, 14, 3), 0, 255)
    else:
        colour = rng.uniform(90, 235, 3)
    ground = np.broadcast_to(colour.astype(np.float32), (height, width, 3))
    fall_off = np.linspace(1.0, rng.uniform(0.88, 1.0), height, dtype=np.float32)[:, None, None]
    return np.asarray(ground * fall_off, np.float32)


def _background(rng: Rng, picture: Pixels, side: int) -> Floats:
    """A random square part of the picture, blurred as things behind a subject are."""
    if rng.random() < 0.15:
        return _plain_ground(rng, side, side)
    height, width = picture.shape[:2]
    span = int(min(height, width) * rng.uniform(0.3, 1.0))
    top, left = int(rng.integers(0, height - span + 1)), int(rng.integers(0, width - span + 1))
    part = cv2.resize(picture[top : top + span, left : left + span, :3], (side, side), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        part = cv2.GaussianBlur(part, (0, 0), float(rng.uniform(0.5, 3.0)))
    return part.astype(np.float32)


def _warp(
    rng: Rng, rgba: Pixels, side: int, longest: float, centre: npt.NDArray[np.float64], angle: float | None = None
) -> Floats:
    """The cut-out on an empty (side, side, 4) float layer: scaled, stretched, turned and seen from another side.

    `angle` is in radians; None draws a small one.
    """
    small = shrink(rgba, max(8, round(longest)))
    height, width = small.shape[:2]
    scale = longest / max(height, width)
    half = np.array([width, height]) / 2 * scale * np.exp(rng.uniform(-0.12, 0.12, 2))
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * half
    if rng.random() < 0.3:
        corners[:, 0] *= -1
    angle = rng.normal(0, 0.1) if angle is None else angle
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    target = corners @ turn.T + rng.uniform(-0.06, 0.06, (4, 2)) * longest + centre
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]])
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(cv2.warpPerspective(small, matrix, (side, side), flags=cv2.INTER_LINEAR), np.float32)


def _over(canvas: Floats, layer: Floats) -> Floats:
    """Premultiplied `layer` (RGBA, 0..255) over an opaque canvas."""
    behind = canvas * _kept(np.asarray(cv2.extractChannel(layer, 3), np.float32))
    return np.asarray(behind + cv2.cvtColor(layer, cv2.COLOR_RGBA2RGB), np.float32)


def _kept(alpha: Floats) -> Floats:
    """(H, W) of 0..255 in front -> (H, W, 3) share that is left of what is behind, each channel alike.

    OpenCV spreads a channel over three; numpy's broadcasting along a last axis of one takes three times as long.
    """
    return np.asarray(cv2.cvtColor(1 - alpha * np.float32(1 / 255), cv2.COLOR_GRAY2RGB), np.float32)


def _cast_shadow(rng: Rng, canvas: Floats, alpha: Pixels) -> Floats:
    """Darkens what lies beside and below the thing, softly."""
    reach = max(1.0, alpha.shape[0] * 0.05)
    shift = np.array([[1, 0, rng.uniform(-reach, reach)], [0, 1, rng.uniform(0, 1.5 * reach)]], np.float32)
    moved = cv2.warpAffine(alpha, shift, (alpha.shape[1], alpha.shape[0]))
    coarse = cv2.resize(moved, None, fx=1 / SHADOW_STEP, fy=1 / SHADOW_STEP, interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(coarse, (0, 0), max(0.3, float(rng.uniform(0.4, 1.2) * reach / SHADOW_STEP)))
    shadow = cv2.resize(soft, (alpha.shape[1], alpha.shape[0]), interpolation=cv2.INTER_LINEAR)
    return canvas * _kept(shadow * np.float32(rng.uniform(0.05, 0.45)))


def _shading(rng: Rng, side: int) -> Floats:
    """Light from one side: a (side, side, 1) ramp of gains around 1."""
    ys, xs = np.mgrid[-1 : 1 : side * 1j, -1 : 1 : side * 1j].astype(np.float32)
    direction = _direction(rng) * rng.uniform(0, 0.35)
    return np.asarray(1 + xs * direction[0] + ys * direction[1], np.float32)[..., None]


def _direction(rng: Rng) -> npt.NDArray[np.float64]:
    angle = rng.uniform(0, 2 * np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _hide(rng: Rng, canvas: Floats, visible: Floats, other: Pixels, longest: float) -> tuple[Floats, Floats]:
    """Puts `other` in front unless it would leave less than half of the thing visible."""
    side = canvas.shape[0]
    offset = _direction(rng) * longest * rng.uniform(0.3, 0.65)
    front = _warp(rng, other, side, longest * rng.uniform(0.35, 0.9), np.array([side / 2, side / 2]) + offset)
    left = np.asarray(visible * (1 - front[..., 3] / 255), np.float32)
    if left.sum() < 0.5 * visible.sum():
        return canvas, visible
    return _over(canvas, front), left


def _jittered_crop(rng: Rng, canvas: Floats, visible: Floats) -> Floats:
    """The box around what is visible, each side moved by up to `BOX_JITTER` of the box."""
    ys, xs = np.nonzero(visible > 127)
    if len(xs) == 0:
        return canvas
    width, height = xs.max() + 1 - xs.min(), ys.max() + 1 - ys.min()
    moves = np.clip(rng.normal(0, BOX_JITTER / 2, 4), -BOX_JITTER, BOX_JITTER)
    left = int(np.clip(xs.min() + moves[0] * width, 0, canvas.shape[1] - 8))
    top = int(np.clip(ys.min() + moves[1] * height, 0, canvas.shape[0] - 8))
    right = int(np.clip(xs.max() + 1 + moves[2] * width, left + 8, canvas.shape[1]))
    bottom = int(np.clip(ys.max() + 1 + moves[3] * height, top + 8, canvas.shape[0]))
    return canvas[top:bottom, left:right]


def _camera(rng: Rng, scene: Floats, *, strength: float) -> Pixels:
    """Exposure, white balance, contrast, saturation, blur, noise and JPEG; colours stay tellable (no hue shift)."""
    s = strength
    # Warm and cool light: red and blue move against each other, as along the black-body line.
    warmth = rng.normal(0, 0.08 * s)
    balance = np.array([1 + warmth, 1 + rng.normal(0, 0.02 * s), 1 - warmth])
    light = np.diag(balance / 255 * np.exp(rng.uniform(-0.45, 0.25) * s))
    saturation = 1 + rng.uniform(-0.25, 0.2) * s
    colours = saturation * np.eye(3) + (1 - saturation) / 3  # towards each pixel's grey, or away from it
    picture = np.clip(cv2.transform(scene, colours @ light), 0, 1)
    picture = cv2.pow(picture, float(np.exp(rng.uniform(-0.25, 0.25) * s)))
    if rng.random() < 0.35 * s:
        picture = cv2.GaussianBlur(picture, (0, 0), float(rng.uniform(0.3, 1.2)))
    grain = _grain()
    begin = int(rng.integers(len(grain) - picture.size))
    noise = grain[begin : begin + picture.size].reshape(picture.shape)
    picture = picture * np.float32(255) + noise * np.float32(rng.uniform(0, 6) * s)
    pixels = np.clip(picture, 0, 255).astype(np.uint8)
    return _through_jpeg(rng, pixels) if rng.random() < 0.5 * s else pixels


@cache
def _grain() -> Floats:
    """What noise is cut from, enough for 1,180 x 1,180 px: drawing it anew took as long as the rest of a camera."""
    return np.random.default_rng(0).standard_normal(1 << 22, np.float32)


def _through_jpeg(rng: Rng, pixels: Pixels) -> Pixels:
    done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(40, 95))])
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8) if done else pixels
