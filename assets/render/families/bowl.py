"""Bowls."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import finishes as F
from finishes import Finish
from mesh import Product, lathe

from .base import Facts, Family, cm, grained, inner, joined

SHAPES = {
    "round": lambda r, h: [(r * .42, 0), (r * .44, .006), (r * .78, h * .35), (r * .97, h * .75), (r, h)],
    "flat": lambda r, h: [(r * .6, 0), (r * .62, .004), (r * .93, h * .18), (r, h * .6), (r * 1.01, h)],
    "cone": lambda r, h: [(r * .33, 0), (r * .35, .012), (r * .4, .014), (r * .75, h * .6), (r, h)],
    "foot": lambda r, h: [(r * .5, 0), (r * .46, .008), (r * .36, .022), (r * .5, .028), (r * .9, h * .65), (r, h)],
}
WALL = 0.005


@dataclass(frozen=True)
class Bowl(Family):
    """`inside` defaults to the outside's finish."""

    family = "bowl"
    category = "Home & Garden > Kitchen > Bowls"
    shape: str = "round"
    r: float = 0.09
    h: float = 0.07
    finish: Finish = F.glazed("cream", speckle=3)
    inside: Finish | None = None

    def build(self, p: Product) -> None:
        outside = grained(self.finish, 0)
        wall = SHAPES[self.shape](self.r, self.h)
        foot = wall[0][0]
        rim = [(self.r - WALL * .5, self.h + .002), (self.r - WALL * .8, self.h + .0015)]
        p.add(lathe("bowl", [(0, .002), (foot * .85, .002), (foot * .9, 0), *wall, *rim], 5, 96), outside)
        cavity = [(r, z + .003) for r, z in inner(wall[:-1], WALL, .008)]
        p.add(lathe("inside", [rim[-1], *[q for q in cavity if q[1] > .026 or self.shape != "foot"],
                               (foot * .7, .011 if self.shape != "foot" else .03),
                               (0, .009 if self.shape != "foot" else .028)], 5, 96),
              grained(self.inside or F.inside_of(self.finish), 0))

    def facts(self) -> Facts:
        words = joined(self.finish.color, self.inside.color) if self.inside else self.finish.color
        return Facts("bowl", words, self.finish.material, f"{cm(self.r * 2)} across", self.finish.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Bowl:
        color = F.any_color(rng)
        kind = rng.random()
        inside = F.glazed(F.contrast(rng, color)) if rng.random() < .35 else None
        if kind < .2:
            finish, inside = F.timber(rng.choice(list(F.WOODS))), None
        elif kind < .45:
            printed = F.any_print(rng, color, ("waves", "dots", "stripes_v", "bands", "zigzag", "floral", "brush",
                                               "diamonds"), (9, 16), 2.2)
            finish, inside = F.glazed(color, printed=printed), F.glazed(printed.colors[0])
        elif kind < .65:
            finish = F.glazed(color, reactive=F.lighter(color))
        else:
            finish = F.glazed(color, matte=rng.random() < .4, speckle=rng.choice((0, 1, 2, 3)),
                              foot=rng.choice((None, .018)))
        return cls(rng.choice(list(SHAPES)), round(rng.uniform(.06, .13), 3), round(rng.uniform(.05, .085), 3), finish,
                   inside)
