"""Stools."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import finishes as F
from finishes import Finish
from mesh import Product, circle, lathe, tube

from .base import Facts, Family, cm, grained, joined, ring_of_legs


@dataclass(frozen=True)
class Stool(Family):
    """`padded`: `top` is upholstery, else a dished wooden seat."""

    family = "stool"
    category = "Furniture > Chairs > Stools"
    h: float = 0.46
    r: float = 0.17
    top: Finish = F.timber("walnut")
    legs: Finish = F.lacquer("black")
    padded: bool = False
    leg_count: int = 3
    ring: bool = True

    def build(self, p: Product) -> None:
        h, r = self.h, self.r
        top, legs = grained(self.top, 0), grained(self.legs, 2)
        if self.padded:
            p.add(lathe("pad", [(0, h - .06), (r * .96, h - .06), (r * 1.02, h - .04), (r, h - .012), (r * .85, h),
                                (0, h + .006)], 6, 96), top)
            p.add(lathe("under", [(0, h - .075), (r * .9, h - .075), (r * .9, h - .058), (0, h - .058)], 1, 96,
                        smooth=False), legs)
        else:
            p.add(lathe("seat", [(0, h - .035), (r * .93, h - .035), (r, h - .022), (r * .99, h - .006), (r * .93, h),
                                 (0, h - .008)], 5, 96), top)
        ring_of_legs(p, self.leg_count, r * 1.05, r * .6, h - .03, legs, .013, .5)
        if self.ring:
            p.add(tube("ring", circle(r * .88, h * .36, 64), .008, 12, True), legs)

    def facts(self) -> Facts:
        noun = "bar stool" if self.h > .58 else "stool"
        size = f"{cm(self.r * 2)} across, {cm(self.h)} high"
        return Facts(noun, joined(self.top.color, self.legs.color),
                     joined(self.top.material, self.legs.material, by=", "), size)

    @classmethod
    def sample(cls, rng: Random) -> Stool:
        padded, color = rng.random() < .45, F.any_color(rng)
        top = rng.choice((F.cloth(color, "velvet"), F.hide(color), F.cloth(color, "boucle"))) if padded else (
            rng.choice((F.timber(rng.choice(list(F.WOODS))), F.lacquer(color, "painted beech"))))
        legs = rng.choice((F.timber(rng.choice(list(F.WOODS))), F.lacquer(F.any_color(rng)),
                           F.metal(rng.choice(list(F.METALS)))))
        return cls(round(rng.uniform(.4, .66), 3), round(rng.uniform(.15, .19), 3), top, legs, padded,
                   rng.choice((3, 4)), rng.random() < .6)
