"""Table lamps."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, circle, lathe, solidify, tube

from .base import THIRD, Facts, Family, cm, grained, joined, spread

BASES = ("urn", "column", "balls", "tripod", "cone")


@dataclass(frozen=True)
class Lamp(Family):
    """Base of height h and radius r under a shade: radius `shade_r` below, `shade_r * top` above."""

    family = "lamp"
    category = "Home & Garden > Lighting > Table Lamps"
    shape: str = "urn"
    h: float = 0.3
    r: float = 0.09
    finish: Finish = F.glazed("teal", reactive="mint")
    shade: str = "cream"
    shade_h: float = 0.2
    shade_r: float = 0.17
    top: float = 0.75
    pleats: int = 0
    fittings: Finish = F.metal("brass")

    def build(self, p: Product) -> None:
        fittings = M.make(self.fittings)
        BASE_BUILDERS[self.shape](p, self, grained(self.finish, 2), fittings)
        p.add(tube("rod", [(0, 0, self.h * .9), (0, 0, self.h + self.shade_h * .55)], .005, 12), fittings)
        self._shade(p, self.h * .95)

    def _shade(self, p: Product, z: float) -> None:
        low, high = self.shade_r, self.shade_r * self.top
        pleated = (lambda theta, z, r: r * (1 + .012 * math.cos(self.pleats * theta))) if self.pleats else None
        cone = lathe("shade", [(low, z), (high, z + self.shade_h)], 1, max(96, self.pleats * 4), pleated, smooth=False)
        color = F.hex_of(self.shade)
        p.add(solidify(cone, .0015), M.lampshade(color))
        rim = M.fabric(color, "canvas")
        for r, height in ((low, z), (high, z + self.shade_h)):
            p.add(tube("rim", circle(r, height), .0022, 6, True), rim)
        p.bulb((0, 0, z + self.shade_h * .5), 5 * (self.shade_r / .17) ** 2)

    def facts(self) -> Facts:
        return Facts("table lamp", joined(self.finish.color, self.shade), f"{self.finish.material}, linen",
                     f"{cm(self.h * .95 + self.shade_h)} high")

    @classmethod
    def sample(cls, rng: Random) -> Lamp:
        shape, color = rng.choice(BASES), F.any_color(rng)
        finish = F.timber(rng.choice(list(F.WOODS))) if shape in ("tripod", "column") and rng.random() < .6 else (
            rng.choice((F.glazed(color), F.glazed(color, matte=True, speckle=2), F.metal(rng.choice(list(F.METALS))),
                        F.glazed(color, reactive=F.lighter(color)), F.lacquer(color), F.marble())))
        shade = rng.choice(("cream", "chalk", "oat", "charcoal", "blush", "sage", "mustard", "navy", "terracotta"))
        return cls(shape, round(rng.uniform(.25, .38), 3), spread(rng, .09, .15), finish, shade,
                   round(rng.uniform(.16, .24), 3), round(rng.uniform(.13, .19), 3), rng.choice((.55, .75, .9, 1.)),
                   rng.choice((0, 0, 0, 40)), F.metal(rng.choice(("brass", "steel", "gunmetal"))))


def _urn(p: Product, lamp: Lamp, mat: M.Material, fittings: M.Material) -> None:
    r, h = lamp.r, lamp.h
    p.add(lathe("base", [(0, 0), (r * .6, 0), (r * .62, .01), (r, h * .35), (r * .85, h * .62), (r * .25, h * .88),
                         (r * .2, h * .92), (0, h * .93)], 6, 96), mat)


def _cone(p: Product, lamp: Lamp, mat: M.Material, fittings: M.Material) -> None:
    r, h = lamp.r, lamp.h
    p.add(lathe("base", [(0, 0), (r, 0), (r, 0), (r, .006), (r * .22, h * .9), (r * .2, h * .93), (0, h * .93)], 4,
                96), mat)


def _column(p: Product, lamp: Lamp, mat: M.Material, fittings: M.Material) -> None:
    r = lamp.r
    p.add(lathe("foot", [(0, 0), (r, 0), (r, 0), (r, .02), (r * .98, .022), (0, .022)], 3, 64), fittings)
    p.add(tube("column", [(0, 0, .02), (0, 0, lamp.h * .93)], r * .3, 48), mat)


def _balls(p: Product, lamp: Lamp, mat: M.Material, fittings: M.Material) -> None:
    h = lamp.h
    for z, q in ((h * .22, h * .22), (h * .58, h * .16), (h * .83, h * .11)):
        profile = [(.001, z - q), (q * .7, z - q * .71), (q, z), (q * .7, z + q * .71), (.001, z + q)]
        p.add(lathe("ball", profile, 6, 64), mat)


def _tripod(p: Product, lamp: Lamp, mat: M.Material, fittings: M.Material) -> None:
    r, h = lamp.r, lamp.h
    for k in range(3):
        c, s = math.cos(k * THIRD + .5), math.sin(k * THIRD + .5)
        foot, head = (r * 1.3 * c, r * 1.3 * s, 0), (.012 * c, .012 * s, h * .95)
        p.add(tube("leg", [foot, head], lambda t: .008 + .003 * t, 14), mat)
    p.add(lathe("hub", [(0, h * .9), (.02, h * .9), (.02, h * .97), (0, h * .97)], 2, 32, smooth=False), fittings)


BASE_BUILDERS = {"urn": _urn, "column": _column, "balls": _balls, "tripod": _tripod, "cone": _cone}
