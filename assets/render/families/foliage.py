"""Plants: five kinds of stems and leaves for planters and vases. Leaves share mesh data, one object each."""
from __future__ import annotations

import math
import random
from dataclasses import dataclass

import materials as M
import numpy as np
from mesh import Product, leaf_mesh, tube

from .base import SPREAD

KINDS = ("rubber", "snake", "fern", "eucalyptus", "pampas")


@dataclass(frozen=True)
class Bed:
    """Where a plant grows: its height, the radius of the opening, the seed and the height of the soil."""

    height: float
    radius: float
    seed: int
    z: float


def foliage(p: Product, kind: str, bed: Bed) -> None:
    """Add a plant to a product."""
    PLANTS[kind](p, bed, random.Random(bed.seed))


def _stem(bed: Bed, angle: float, start: float, lean: float, length: float, count: int) -> list[tuple]:
    """Points of a stem that leaves the soil upright and leans outwards with t^2."""
    return [((start + lean * length * t * t) * math.cos(angle), (start + lean * length * t * t) * math.sin(angle),
             bed.z + length * t) for t in np.linspace(0, 1, count)]


def _rubber(p: Product, bed: Bed, rng: random.Random) -> None:
    """Rubber tree: three stems with big glossy leaves that point up more towards the top."""
    green, bark = M.leaf("#2f5233", "#47713f", 0.25), M.leaf("#5a4a35", "#6b5a3f")
    shared = leaf_mesh(0.17, 0.085, 0.7, shape=0.85)
    for _ in range(3):
        angle, lean = rng.random() * 6.3, 0.12 + 0.15 * rng.random()
        stem = _stem(bed, angle, bed.radius * 0.3, lean, bed.height * (0.75 + 0.3 * rng.random()), 9)
        p.add(tube("stem", stem, lambda t: 0.006 - 0.003 * t, 8), bark)
        for i in range(9):
            t = 0.25 + 0.75 * i / 8
            yaw, up = i * SPREAD + rng.random() * 0.4, 0.15 + 0.75 * t + rng.uniform(-0.15, 0.15)
            size = (0.65 + 0.5 * rng.random()) * bed.height / 0.5 * (1.1 - 0.45 * t)
            p.share(shared, green, stem[int(t * 8)], (up, 0, yaw), size)


def _snake(p: Product, bed: Bed, rng: random.Random) -> None:
    """Snake plant: nine upright blades, each its own length."""
    green = M.leaf("#3c5a3a", "#6f8a55", 0.45)
    for i in range(9):
        blade = leaf_mesh(bed.height * (0.55 + 0.5 * rng.random()), 0.05, 0.25, 10, 0.55, 0.35)
        angle, r = i * SPREAD, bed.radius * 0.55 * math.sqrt(i / 9)
        up = math.pi / 2 - 0.08 - 0.2 * rng.random()
        p.share(blade, green, (r * math.cos(angle), r * math.sin(angle), bed.z), (up, 0, angle + 1.57))


def _fern(p: Product, bed: Bed, rng: random.Random) -> None:
    """Fern: sixteen arching fronds with paired leaflets."""
    green, leaflet = M.leaf("#4d7f3c", "#7aa453", 0.5), leaf_mesh(0.06, 0.017, 0.6, 5, 0.8)
    for i in range(16):
        angle = i * SPREAD + rng.random() * 0.3
        length, rise = bed.height * (0.75 + 0.5 * rng.random()), 0.55 + 0.8 * rng.random()
        flat, up = math.cos(rise), math.sin(rise)
        frond = []
        for t in np.linspace(0, 1, 12):
            out = flat * length * t * (1 + 0.1 * t)
            frond.append((math.cos(angle) * out, math.sin(angle) * out,
                          bed.z + up * length * t - 0.55 * length * t * t * flat))
        p.add(tube("frond", frond, lambda t: 0.0022 * (1 - 0.7 * t), 5), green)
        for j in range(2, 12):
            for side in (-1, 1):
                turn = (0.25 - 0.5 * j / 12, 0.3 * side, angle - 1.57 + side * (1.1 - 0.03 * j))
                p.share(leaflet, green, frond[j], turn, (1.15 - 0.07 * j) * bed.height / 0.3)


def _eucalyptus(p: Product, bed: Bed, rng: random.Random) -> None:
    """Six thin twigs with round grey-green leaves in crossed pairs."""
    green, bark, shared = M.leaf("#7d9585", "#9fb3a0", 0.6), M.leaf("#7a6a55", "#8b7a60"), leaf_mesh(
        0.045, 0.036, 0.3, 6, 0.8)
    for i in range(6):
        angle, length = i * 1.05 + rng.random() * 0.5, bed.height * (1.1 + 0.6 * rng.random())
        twig = _stem(bed, angle, bed.radius * 0.3, 0.22 + 0.3 * rng.random(), length, 12)
        p.add(tube("twig", twig, 0.0016, 5), bark)
        for j in range(5, 12):
            for half in (0, math.pi):
                turn = (0.3 + 0.3 * rng.random(), 0, j * 1.57 + half + rng.random() * 0.4)
                p.share(shared, green, twig[j], turn, 1.1 - 0.04 * j)


def _pampas(p: Product, bed: Bed, rng: random.Random) -> None:
    """Dried grass: seven stalks with feathery ends of seventy fine leaves."""
    dry, shared = M.leaf("#d9c4a0", "#e8dabd", 0.9), leaf_mesh(0.055, 0.008, 1.2, 4)
    for i in range(7):
        angle, length = i * 0.9 + rng.random() * 0.6, bed.height * (1.3 + 0.6 * rng.random())
        stalk = _stem(bed, angle, bed.radius * 0.2, 0.15 + 0.25 * rng.random(), length, 14)
        p.add(tube("stalk", stalk, 0.0013, 5), dry)
        for j in range(70):
            at = np.array(stalk[-1]) * (j / 70) + np.array(stalk[9]) * (1 - j / 70)
            turn = (0.9 + 0.3 * rng.random(), 0, rng.random() * 6.3)
            p.share(shared, dry, tuple(at), turn, 0.6 + 0.5 * math.sin(math.pi * j / 70))


PLANTS = {"rubber": _rubber, "snake": _snake, "fern": _fern, "eucalyptus": _eucalyptus, "pampas": _pampas}
