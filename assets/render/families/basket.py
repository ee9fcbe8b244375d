"""Baskets: a real weave of ring tubes looks better than any texture (.35 s to build)."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
import numpy as np
from finishes import Finish
from mesh import TURN, Product, lathe, tube

from .base import Facts, Family, cm, joined


@dataclass(frozen=True)
class Basket(Family):
    """`band`: heights (shares) between which rows are woven in the second colour; `accent` also makes the rim."""

    family = "basket"
    category = "Home & Garden > Storage > Baskets"
    r: float = 0.16
    h: float = 0.22
    taper: float = 0.85
    finish: Finish = F.wicker("caramel")
    accent: Finish | None = None
    band: tuple[float, float] = (0.0, 0.0)
    handles: bool = True
    oval: float = 1.0
    stakes: int = 30

    def _wall(self, z: float) -> float:
        return self.r * (self.taper + (1 - self.taper) * math.sin(min(1, z / self.h) * 1.57))

    def build(self, p: Product) -> None:
        main = M.make(self.finish)
        accent = M.make(self.accent) if self.accent else main
        rows = round(self.h / .01)
        step = self.h / rows
        for i in range(rows):
            z = step * (i + .5)
            second = self.band[0] <= z / self.h < self.band[1]
            p.add(tube("row", self._row(i, z), step * .56, 8, True), accent if second else main)
        self._frame(p, main)
        self._rim(p, accent)
        if self.handles:
            self._handles(p, accent)

    def _row(self, i: int, z: float) -> list[tuple[float, float, float]]:
        """A ring that passes outside one stake and inside the next; the next row does the opposite."""
        out = []
        for k in range(self.stakes * 6):
            theta = TURN * k / (self.stakes * 6)
            q = self._wall(z) + .0042 * math.cos(self.stakes / 2 * theta + math.pi * (i % 2))
            out.append((q * math.cos(theta), q * math.sin(theta) * self.oval, z + .0008 * math.sin(theta * 5 + i)))
        return out

    def _frame(self, p: Product, mat: M.Material) -> None:
        for k in range(self.stakes):
            theta = TURN * (k + .5) / self.stakes
            c, s = math.cos(theta), math.sin(theta) * self.oval
            p.add(tube("stake", [(self._wall(z) * c, self._wall(z) * s, z) for z in np.linspace(0, self.h, 7)], .0026,
                       6), mat)
        bottom = p.add(lathe("bottom", [(0, .004), (self._wall(0), .004)], 1, 48, smooth=False), mat)
        bottom.scale = (1, self.oval, 1)

    def _rim(self, p: Product, mat: M.Material) -> None:
        """Two strands that twist round each other."""
        mouth = self._wall(self.h)
        for strand in (0, math.pi):
            ring = []
            for theta in np.linspace(0, TURN, 240, endpoint=False):
                q = mouth + .005 * math.cos(16 * theta + strand)
                ring.append((q * math.cos(theta), q * math.sin(theta) * self.oval,
                             self.h + .004 + .005 * math.sin(16 * theta + strand)))
            p.add(tube("rim", ring, .0058, 8, True), mat)

    def _handles(self, p: Product, mat: M.Material) -> None:
        """Loops that start inside the weave, below the rim."""
        h = self.h
        for side in (-1, 1):
            x = side * self._wall(h)
            low = side * self._wall(h * .8)
            p.add(tube("handle", [(low, -.052, h * .8), (x * 1.01, -.05, h), (x * 1.03, -.045, h + .035),
                                  (x * 1.05, 0, h + .055), (x * 1.03, .045, h + .035), (x * 1.01, .05, h),
                                  (low, .052, h * .8)], .0062, 10, n=8), mat)

    def facts(self) -> Facts:
        color = joined(self.finish.color, self.accent.color) if self.accent else self.finish.color
        return Facts("basket", color, self.finish.material, f"{cm(self.r * 2, self.h)}")

    @classmethod
    def sample(cls, rng: Random) -> Basket:
        base = rng.choice(("caramel", "sand", "cocoa", "cream", "charcoal", "ochre"))
        accent = F.wicker(F.contrast(rng, base)) if rng.random() < .6 else None
        low = rng.uniform(.1, .65)
        band = (round(low, 2), round(low + rng.uniform(.12, .3), 2)) if accent else (0., 0.)
        return cls(round(rng.uniform(.12, .2), 3), round(rng.uniform(.14, .3), 2), rng.choice((.7, .85, 1., 1.1)),
                   F.wicker(base), accent, band, rng.random() < .6, rng.choice((1., 1., .75)))
