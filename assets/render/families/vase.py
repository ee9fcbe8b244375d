"""Vases, with or without stems in them."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe

from .base import Facts, Family, cm, inner, spread
from .foliage import Bed, foliage

# (share of the radius, share of the height)
SHAPES = {
    "amphora": [(.5, 0), (.55, .01), (.8, .2), (.98, .42), (.95, .58), (.68, .76), (.4, .86), (.36, .92), (.47, 1)],
    "bottle": [(.75, 0), (.8, .02), (1, .2), (.95, .42), (.45, .62), (.24, .75), (.23, .93), (.3, 1)],
    "cylinder": [(.7, 0), (.76, .01), (.78, .1), (.78, .9), (.8, 1)],
    "moon": [(.4, 0), (.45, .01), (.95, .28), (1, .5), (.9, .72), (.4, .92), (.34, .95), (.36, 1)],
    "tulip": [(.5, 0), (.52, .01), (.7, .25), (.72, .5), (.62, .75), (.95, 1)],
    "gourd": [(.6, 0), (.65, .01), (1, .22), (.9, .42), (.45, .56), (.6, .7), (.55, .85), (.3, .94), (.36, 1)],
    "cone": [(.95, 0), (1, .02), (.86, .3), (.62, .7), (.5, .94), (.52, 1)],
}
WALL = 0.005


@dataclass(frozen=True)
class Vase(Family):
    """`ribs` flutes around, twisted by `twist` radians over the height; `wobble` makes it look hand-built."""

    family = "vase"
    category = "Home & Garden > Decor > Vases"
    shape: str = "amphora"
    h: float = 0.26
    r: float = 0.07
    finish: Finish = F.earthen("terracotta")
    ribs: int = 0
    twist: float = 0.0
    wobble: float = 0.0
    stems: str = ""
    seed: int = 0

    def build(self, p: Product) -> None:
        wall = [(a * self.r, b * self.h) for a, b in SHAPES[self.shape]]
        mouth, foot = wall[-1][0], wall[0][0]
        profile = [(0, 0), (foot * .9, 0), *wall, (mouth - WALL * .5, self.h + .002),
                   *inner(wall, WALL, .02, .006), (foot * .6, .01), (0, .01)]
        p.add(lathe("vase", profile, 6, max(96, self.ribs * 8), self._surface), M.make(self.finish))
        if self.stems:
            foliage(p, self.stems, Bed(self.h * .7, mouth * .6, self.seed, self.h * .55))

    def _surface(self, theta: float, z: float, r: float) -> float:
        phase = Random(self.seed).random() * 6
        flutes = .035 * math.cos(self.ribs * (theta + self.twist * z / self.h)) if self.ribs else 0
        uneven = math.sin(2 * theta + phase + z * 14) + .6 * math.sin(3 * theta - z * 9)
        return r * (1 + flutes + self.wobble * uneven)

    def facts(self) -> Facts:
        noun = "vase with stems" if self.stems else "ribbed vase" if self.ribs else "vase"
        return Facts(noun, self.finish.color, self.finish.material, f"{cm(self.h)} high", self.finish.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Vase:
        color, kind = F.any_color(rng), rng.random()
        if kind < .2:
            finish = F.earthen(rng.choice(("terracotta", "rust", "sand", "cocoa", "stone", "charcoal")))
        elif kind < .35:
            finish = F.blown(rng.choice(("sage", "teal", "caramel", "blush", "sky", "plum", "chalk")))
        elif kind < .55:
            finish = F.glazed(color, reactive=F.lighter(color))
        elif kind < .72:
            finish = F.glazed(color, printed=F.any_print(
                rng, color, ("brush", "bands", "stripes_h", "waves", "diamonds", "dots"), (5, 9), 2.2))
        else:
            finish = F.glazed(color, matte=rng.random() < .6, speckle=rng.choice((0, 0, 2, 3)))
        ribs = rng.choice((0, 0, 0, 12, 18, 26)) if kind >= .72 or kind < .35 else 0
        return cls(rng.choice(list(SHAPES)), round(rng.uniform(.16, .34), 3), spread(rng, .075, .25), finish, ribs,
                   rng.choice((0., .5, .9)), rng.choice((0., 0., .012)),
                   rng.choice(("", "", "", "eucalyptus", "pampas")), rng.randrange(999))
