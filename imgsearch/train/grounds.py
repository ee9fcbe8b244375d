"""Grounds to paste cut-outs on, made of nothing: a shop that trains on its catalog has no photos of rooms at hand.

Walls with slopes of light (`composites.colour_field`), cloudy textures whose detail falls off as in photos, planks, and
a wall above a floor. Pure arithmetic with an explicit generator. Invariant: no picture of anybody is in them.
"""

from __future__ import annotations

import cv2
import numpy as np

from imgsearch.train.composites import colour_field
from imgsearch.train.datasets import Pixels

SIDE_PX = 256


def draw(rng: np.random.Generator) -> Pixels:
    """One ground, `(256, 256, 3)` uint8 RGB."""
    kind = rng.random()
    if kind < 0.3:
        return colour_field(SIDE_PX, SIDE_PX, rng)
    if kind < 0.6:
        return _clouds(rng)
    if kind < 0.8:
        return _planks(rng)
    ground = colour_field(SIDE_PX, SIDE_PX, rng).copy()
    horizon = int(rng.uniform(0.3, 0.8) * SIDE_PX)
    floor = _planks(rng) if rng.random() < 0.5 else _clouds(rng)
    ground[horizon:] = floor[horizon:]
    return ground


def encoded(count: int, seed: int) -> list[bytes]:
    """`count` grounds as JPEG, for `batches.Pools`."""
    rng = np.random.default_rng(seed)
    drawn = (cv2.cvtColor(draw(rng), cv2.COLOR_RGB2BGR) for _ in range(count))
    return [cv2.imencode(".jpg", ground)[1].tobytes() for ground in drawn]


def _clouds(rng: np.random.Generator) -> Pixels:
    """Sums of noise at doubling scales in two colours: power falls with frequency, as in pictures of the world."""
    field = np.zeros((SIDE_PX, SIDE_PX), np.float32)
    slope = rng.uniform(0.5, 0.85)
    for octave in range(1, 8):
        noise = rng.standard_normal((2**octave, 2**octave)).astype(np.float32)
        field += slope**octave * cv2.resize(noise, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_CUBIC)
    low, high = np.percentile(field, [2, 98])
    share = ((field - low) / (high - low)).clip(0, 1)[..., None]
    first, second = rng.uniform(20, 250, (2, 3)).astype(np.float32)
    return np.asarray(first * share + second * (1 - share), np.uint8)


def _planks(rng: np.random.Generator) -> Pixels:
    """Boards with grain along them, of one wood."""
    count = int(rng.integers(3, 10))
    base = np.array([1.0, rng.uniform(0.65, 0.85), rng.uniform(0.4, 0.65)]) * rng.uniform(70, 230)
    tones = np.repeat(rng.normal(1, 0.08, count), -(-SIDE_PX // count))[:SIDE_PX, None]
    grain = cv2.GaussianBlur(rng.standard_normal((SIDE_PX, SIDE_PX)).astype(np.float32), (0, 0), 12, sigmaY=0.8)
    field = base * (tones + grain / (grain.std() + 1e-6) * 0.05)[..., None]
    field[:: -(-SIDE_PX // count)] *= 0.6
    return np.asarray((field if rng.random() < 0.5 else field.swapaxes(0, 1)).clip(0, 255), np.uint8)
