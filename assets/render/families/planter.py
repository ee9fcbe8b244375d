"""Plant pots with a plant."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, cm, grained
from .foliage import Bed, foliage

SHAPES = {
    "taper": [(.72, 0), (.75, .03), (1, .98), (1, 1)],
    "belly": [(.6, 0), (.65, .03), (1.05, .5), (.9, .9), (.92, 1)],
    "cylinder": [(1, 0), (1, 0), (1, 1), (1, 1)],
    "lip": [(.7, 0), (.7, 0), (.9, .8), (.9, .8), (1, .8), (1, .8), (1, 1)],
}
STAND = 0.12


@dataclass(frozen=True)
class Planter(Family):
    """`legs`: a wooden or metal stand; then the pot hangs 12 cm above the floor."""

    family = "planter"
    category = "Home & Garden > Decor > Planters"
    shape: str = "taper"
    r: float = 0.09
    h: float = 0.16
    finish: Finish = F.earthen("terracotta")
    plant: str = "rubber"
    plant_h: float = 0.4
    ribs: int = 0
    legs: Finish | None = None
    seed: int = 0

    def build(self, p: Product) -> None:
        z0 = STAND if self.legs else 0.0
        if self.legs:
            self._stand(p)
        wall = [(a * self.r, b * self.h) for a, b in SHAPES[self.shape]]
        mouth, h = wall[-1][0], self.h
        profile = [(0, 0), (wall[0][0] * .9, 0), *wall, (mouth - .006, h + .002), (mouth - .009, h - .004),
                   (mouth - .01, h * .8), (0, h * .8)]
        ribbed = (lambda theta, z, r: r * (1 + .02 * math.cos(self.ribs * theta))) if self.ribs else None
        p.add(lathe("pot", profile, 5, max(96, self.ribs * 6), ribbed), M.make(self.finish), (0, 0, z0))
        p.add(lathe("soil", [(0, h * .9), (mouth - .008, h * .88)], 1, 48, smooth=False), M.soil(), (0, 0, z0))
        foliage(p, self.plant, Bed(self.plant_h, self.r * .6, self.seed, z0 + h * .87))

    def _stand(self, p: Product) -> None:
        mat = grained(self.legs, 2)
        for k in range(4):
            a = (k + .5) * math.pi / 2
            x, y = self.r * .86 * math.cos(a), self.r * .86 * math.sin(a)
            p.add(tube("leg", [(x * 1.12, y * 1.12, 0), (x * 1.1, y * 1.1, STAND + self.h * .6)], .011, 12), mat)

    @property
    def at_least(self) -> float:
        return (STAND if self.legs else 0.0) + .85 * self.h + .5 * self.plant_h

    def facts(self) -> Facts:
        names = {"rubber": "rubber plant", "snake": "snake plant", "fern": "fern", "eucalyptus": "eucalyptus"}
        noun = f"planter with {names.get(self.plant, self.plant)}"
        return Facts(noun, self.finish.color, self.finish.material, f"pot {cm(self.r * 2, self.h)}",
                     self.finish.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Planter:
        color = F.any_color(rng)
        finish = rng.choice((F.earthen(rng.choice(("terracotta", "rust", "sand", "stone"))), F.concrete("stone"),
                             F.concrete("charcoal"), F.glazed(color), F.glazed(color, matte=True),
                             F.glazed(color, reactive=F.lighter(color)), F.terrazzo(rng.choice(F.WHITES)),
                             F.glazed(color, printed=F.any_print(rng, color, ("zigzag", "stripes_v", "bands", "dots"),
                                                                 (8, 14), 2.0))))
        ribs = rng.choice((0, 0, 24, 40)) if finish.recipe == "ceramic" and not dict(finish.options)["printed"] else 0
        legs = F.timber(rng.choice(list(F.WOODS))) if rng.random() < .25 else None
        return cls(rng.choice(list(SHAPES)), round(rng.uniform(.08, .15), 3), round(rng.uniform(.13, .22), 3), finish,
                   rng.choice(("rubber", "snake", "fern")), round(rng.uniform(.25, .5), 2), ribs, legs,
                   rng.randrange(999))
