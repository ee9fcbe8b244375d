"""Wall mirrors."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
import surfaces
from finishes import Finish
from mesh import Product, circle, mesh, tube

from .base import Facts, Family, cm, grained

SHAPES = ("round", "pill", "arch", "square", "petal", "rays")
FRONT = 0.012           # of the glass before the wall
Line = list[tuple[float, float]]


@dataclass(frozen=True)
class Mirror(Family):
    """w x h outside; `bar` is half the frame's width. Rays stand round a small round glass."""

    family = "mirror"
    category = "Home & Garden > Decor > Mirrors"
    hangs = True
    shape: str = "round"
    w: float = 0.6
    h: float = 0.6
    bar: float = 0.012
    frame: Finish = F.metal("brass")

    def build(self, p: Product) -> None:
        line = self._outline(self.w - 2 * self.bar, self.h - 2 * self.bar)
        frame = grained(self.frame, 1)
        if self.shape == "rays":
            self._rays(p, frame)
        ring = [(x, -FRONT, z + self.h / 2) for x, z in line]
        p.add(tube("frame", ring, self.bar, 14, True), frame)
        # The glass is a fan round its middle: a face of many corners may be cut badly where the line is concave.
        middle = (0.0, -FRONT - .001, self.h / 2)
        verts = [middle] + [(x, -FRONT - .001, z + self.h / 2) for x, z in line]
        count = len(line)
        faces = [(0, 1 + k, 1 + (k + 1) % count) for k in range(count)]
        p.add(mesh("glass", verts, faces, smooth=False), surfaces.looking_glass())

    def _outline(self, w: float, h: float) -> Line:
        """Counter-clockwise from the right, seen from the front."""
        if self.shape == "rays":
            return [(x, z) for x, z, _ in circle(w * .27, count=96)]
        if self.shape == "petal":
            return [(w / 2.3 * (1 + .15 * abs(math.cos(4 * a))) * math.cos(a),
                     h / 2.3 * (1 + .15 * abs(math.cos(4 * a))) * math.sin(a)) for a in _turns(160)]
        if self.shape == "arch":
            over = [(w / 2 * math.cos(a),
                     h / 2 - w / 2 + w / 2 * math.sin(a)) for a in _turns(96) if a <= math.pi + .01]
            return [*over, *_corner(-w / 2, -h / 2, .02, math.pi), *_corner(w / 2, -h / 2, .02, 1.5 * math.pi)]
        if self.shape in ("pill", "square"):
            r = min(w, h) / 2 if self.shape == "pill" else .025
            corners = ((w / 2, h / 2, 0), (-w / 2, h / 2, .5), (-w / 2, -h / 2, 1), (w / 2, -h / 2, 1.5))
            return [q for x, z, turn in corners for q in _corner(x, z, r, turn * math.pi)]
        return [(w / 2 * math.cos(a), h / 2 * math.sin(a)) for a in _turns(128)]

    def _rays(self, p: Product, mat: M.Material) -> None:
        near, far = self.w * .26, self.w / 2
        for k, a in enumerate(_turns(32)):
            reach = far * (1 if k % 2 == 0 else .78)
            tip, root = ((q * math.cos(a), -.008, self.h / 2 + q * math.sin(a)) for q in (reach, near))
            p.add(tube("ray", [root, tip], lambda t: .0065 - .003 * t, 8), mat)

    def facts(self) -> Facts:
        nouns = {"round": "round mirror", "pill": "pill mirror", "arch": "arched mirror", "square": "mirror",
                 "petal": "scalloped mirror", "rays": "sunburst mirror"}
        return Facts(nouns[self.shape], self.frame.color, f"{self.frame.material}, glass", cm(self.w, self.h))

    @classmethod
    def sample(cls, rng: Random) -> Mirror:
        shape = rng.choice(SHAPES)
        w = round(rng.uniform(.4, .7), 2)
        h = w if shape in ("round", "petal", "rays") else round(w * rng.uniform(1.3, 1.7), 2)
        frame = rng.choice((F.metal(rng.choice(list(F.METALS))), F.timber(rng.choice(list(F.WOODS))),
                            F.lacquer(F.any_color(rng)), F.wicker("caramel", "rattan")))
        return cls(shape, w, h, rng.choice((.007, .012, .018)), frame)


def _turns(count: int) -> list[float]:
    return [2 * math.pi * k / count for k in range(count)]


def _corner(x: float, z: float, r: float, start: float) -> Line:
    """A quarter circle of radius r inside the corner (x, z), from the angle `start`."""
    cx, cz = x - math.copysign(r, x), z - math.copysign(r, z)
    return [(cx + r * math.cos(start + math.pi / 2 * k / 15), cz + r * math.sin(start + math.pi / 2 * k / 15))
            for k in range(16)]
