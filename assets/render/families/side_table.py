"""Side tables."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, box, lathe, tube

from .base import Facts, Family, cm, four_legs, grained, joined, ring_of_legs

SHAPES = ("round", "tray", "drum", "pedestal", "square")


@dataclass(frozen=True)
class SideTable(Family):
    family = "side_table"
    category = "Furniture > Tables > Side Tables"
    shape: str = "round"
    r: float = 0.23
    h: float = 0.5
    top: Finish = F.timber("oak")
    legs: Finish = F.timber("oak")

    def build(self, p: Product) -> None:
        getattr(self, f"_{self.shape}")(p, grained(self.top, 0), grained(self.legs, 2))

    def _disc(self, thick: float) -> bpy.types.Object:
        r, h = self.r, self.h
        return lathe("top", [(0, h - thick), (r - .004, h - thick), (r, h - thick + .004), (r, h - .004), (r - .004, h),
                             (0, h)], 3, 128)

    def _round(self, p: Product, top: M.Material, legs: M.Material) -> None:
        p.add(self._disc(.025), top)
        ring_of_legs(p, 3, self.r, self.r * .62, self.h - .02, legs)

    def _tray(self, p: Product, top: M.Material, legs: M.Material) -> None:
        r, h = self.r, self.h
        profile = [(0, h - .02), (r, h - .02), (r, h - .02), (r, h + .02), (r - .004, h + .022), (r - .007, h + .02),
                   (r - .007, h - .01), (0, h - .01)]
        p.add(lathe("top", profile, 2, 128, smooth=False), top)
        ring_of_legs(p, 3, r, r * .62, h - .02, legs)

    def _drum(self, p: Product, top: M.Material, legs: M.Material) -> None:
        """One fluted body, waisted."""
        r, h = self.r, self.h
        flutes = lambda theta, z, q: q * (1 + (.012 * math.cos(36 * theta) if .03 < z < h - .03 else 0))  # noqa: E731
        p.add(lathe("drum", [(0, 0), (r * .9, 0), (r * .95, .012), (r * .78, h * .5), (r * .95, h - .02), (r, h - .012),
                             (r * .99, h), (0, h)], 6, 128, flutes), top)

    def _pedestal(self, p: Product, top: M.Material, legs: M.Material) -> None:
        r, h = self.r, self.h
        p.add(self._disc(.022), top)
        p.add(tube("column", [(0, 0, .01), (0, 0, h - .02)], .02, 32), legs)
        p.add(lathe("foot", [(0, 0), (r * .62, 0), (r * .62, .008), (r * .3, .016), (.02, .03), (0, .03)], 3, 96), legs)

    def _square(self, p: Product, top: M.Material, legs: M.Material) -> None:
        w = self.r * 1.8
        p.add(box("top", w, w, .028, .006), top, (0, 0, self.h - .028))
        four_legs(p, w * .8, w * .8, self.h - .025, legs, .018, .015, .6)
        p.add(box("shelf", w * .78, w * .78, .014, .004), top, (0, 0, self.h * .35))

    def facts(self) -> Facts:
        legs = self.top if self.shape == "drum" else self.legs
        color = joined(self.top.color, legs.color)
        material = joined(self.top.material, legs.material, by=", ")
        wide = self.r * (1.8 if self.shape == "square" else 2)
        return Facts("side table", color, material, f"{cm(wide)} wide, {cm(self.h)} high")

    @classmethod
    def sample(cls, rng: Random) -> SideTable:
        shape, color = rng.choice(SHAPES), F.any_color(rng)
        wood, other = F.timber(rng.choice(list(F.WOODS))), F.metal(rng.choice(list(F.METALS)))
        stone = rng.choice((F.marble(rng.choice(list(F.MARBLES))), F.terrazzo(), F.concrete("stone")))
        painted = F.lacquer(color, "lacquered MDF")
        top = rng.choice((wood, stone, painted))
        if shape == "tray":
            top = F.lacquer(color)
        legs = {"pedestal": rng.choice((other, F.lacquer(color))), "square": wood}.get(
            shape, rng.choice((wood, other, F.lacquer(F.any_color(rng)))))
        return cls(shape, round(rng.uniform(.2, .27), 3), round(rng.uniform(.42, .58), 3), top, legs)
