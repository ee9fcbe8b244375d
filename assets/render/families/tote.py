"""Tote bags."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mathutils import Vector, noise
from mesh import Product, grid, solidify, subsurf, tube

from .base import Facts, Family, cm, spread


@dataclass(frozen=True)
class Tote(Family):
    family = "tote"
    category = "Apparel & Accessories > Bags > Totes"
    w: float = 0.36
    h: float = 0.38
    d: float = 0.08
    cover: Finish = F.cloth("chalk", "canvas")
    straps: Finish | None = None
    seed: int = 0

    def build(self, p: Product) -> None:
        cover = M.make(self.cover)
        straps = M.make(self.straps) if self.straps else cover
        for side in (-1, 1):
            sheet = grid("side", 40, 30, lambda u, v, side=side: self._point(u, v, side),
                         lambda u, v: (u - .5, (v - .5) * self.h / self.w), flip=side > 0)
            p.add(solidify(subsurf(sheet), .0012), cover)
            p.add(self._strap(side), straps)

    def _point(self, across: float, v: float, side: int) -> tuple[float, float, float]:
        """One side of the bag: bulged below, nearly closed above, with creases."""
        u, shift = across * 2 - 1, Vector((self.seed * 2.1, 0, 0))
        bulge = self.d * .5 * (1 - abs(u) ** 3) * math.sin(math.pi * min(1, v * .9 + .16)) ** .6 * (.75 + .25 * (1 - v))
        creases = (.006 * noise.noise(Vector((u * 2.2, v * 3, side)) + shift)
                   + .0022 * noise.noise(Vector((u * 7, v * 8, side)) + shift))
        hem = .006 * noise.noise(Vector((u * 2, 5, 0)) + shift) * v
        return (u * self.w / 2 * (1 - .03 * math.sin(math.pi * v)),
                side * (bulge + .004 + creases * (1 - abs(u) ** 6) * 1.5), v * self.h + hem)

    def _strap(self, side: int) -> bpy.types.Object:
        w, h = self.w, self.h
        half = [(.22, .022, -.05), (.22, .019, 0), (.19, .02, .12), (.1, .03, .2)]
        left = [(-w * x, side * y, h + z) for x, y, z in half]
        right = [(w * x, side * y, h + z) for x, y, z in half[::-1]]
        return tube("strap", [*left, (0, side * .034, h + .215), *right], .012, 8, flat=.13, n=6)

    def facts(self) -> Facts:
        return Facts("tote bag", self.cover.color, self.cover.material, cm(self.w, self.h), self.cover.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Tote:
        color = F.any_color(rng)
        if rng.random() < .7:
            printed = F.any_print(rng, color, ("dots", "stripes_h", "stripes_v", "checks", "floral", "grid", "waves",
                                               "brush", "diamonds", "checker"), (5, 10))
            cover, second = F.cloth(color, "canvas", printed), printed.colors[1]
        else:
            cover, second = F.cloth(color, "canvas"), F.contrast(rng, color)
        straps = rng.choice((None, F.cloth(second, "canvas"), F.hide("caramel")))
        return cls(spread(rng, .36, .1), spread(rng, .38, .12), spread(rng, .09, .3), cover, straps, rng.randrange(99))
