"""Teapots."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, Profile, cm, grained, joined, spread, wall_at

# (share of the radius, share of the height) up to the mouth.
SHAPES = {
    "round": [(.5, 0), (.55, .01), (.9, .2), (1, .48), (.88, .78), (.58, .95), (.5, 1)],
    "drum": [(.88, 0), (.95, .02), (1, .2), (1, .74), (.9, .92), (.55, .98), (.52, 1)],
    "pear": [(.66, 0), (.72, .01), (1, .25), (.94, .5), (.66, .78), (.5, .93), (.5, 1)],
    "flat": [(.62, 0), (.7, .01), (.98, .3), (1, .5), (.9, .75), (.45, .95), (.4, 1)],
}
HANDLES = ("side", "bow")


@dataclass(frozen=True)
class Teapot(Family):
    """`handle`: a loop at the side, or a bow over the lid; `grip` makes the handle and the knob."""

    family = "teapot"
    category = "Home & Garden > Kitchen > Teapots"
    shape: str = "round"
    r: float = 0.085
    h: float = 0.12
    finish: Finish = F.glazed("cream")
    grip: Finish | None = None
    handle: str = "side"
    ribs: int = 0

    def build(self, p: Product) -> None:
        body = M.make(self.finish)
        plain = F.glazed(self.finish.color.split("/")[0]) if self.finish.pattern else F.inside_of(self.finish)
        rest = M.make(plain)               # a print stays on the body
        grip = grained(self.grip, 0) if self.grip else rest
        wall = [(a * self.r, b * self.h) for a, b in SHAPES[self.shape]]
        foot, mouth = wall[0][0], wall[-1][0]
        p.add(lathe("body", [(0, 0), (foot * .9, 0), *wall, (mouth * .8, self.h - .002), (0, self.h - .003)], 6,
                    max(96, self.ribs * 8), self._ribbed), body)
        self._lid(p, mouth, rest, grip)
        p.add(self._spout(wall), rest)
        (self._bow if self.handle == "bow" else self._side)(p, wall, grip)

    def _ribbed(self, theta: float, z: float, r: float) -> float:
        inside = self.ribs and .08 * self.h < z < .9 * self.h
        return r * (1 + .018 * math.cos(self.ribs * theta)) if inside else r

    def _lid(self, p: Product, mouth: float, mat: M.Material, knob: M.Material) -> None:
        h = self.h
        p.add(lathe("lid", [(0, h - .002), (mouth * 1.04, h - .001), (mouth * 1.06, h + .002), (mouth * .9, h + .008),
                            (mouth * .4, h + .016), (0, h + .018)], 5, 72), mat)
        p.add(lathe("knob", [(0, h + .016), (.006, h + .017), (.006, h + .022), (.012, h + .029), (.011, h + .036),
                             (0, h + .039)], 5, 40), knob)

    def _spout(self, wall: Profile) -> bpy.types.Object:
        low, high = wall_at(wall, self.h * .35), wall_at(wall, self.h * .75)
        line = [(low * .8, 0, self.h * .32), (low + .018, 0, self.h * .42), (max(low, high) + .032, 0, self.h * .72),
                (max(low, high) + .056, 0, self.h * .98)]
        return tube("spout", line, lambda t: .019 - .010 * t, 24, n=10)

    def _side(self, p: Product, wall: Profile, mat: M.Material) -> None:
        """A C from the shoulder to the belly, on the side away from the spout."""
        top, low = wall_at(wall, self.h * .82), wall_at(wall, self.h * .28)
        far = max(top, low, self.r)
        line = [(-top + .003, 0, self.h * .82), (-far - .018, 0, self.h * .95), (-far - .042, 0, self.h * .72),
                (-far - .034, 0, self.h * .42), (-low + .003, 0, self.h * .26)]
        p.add(tube("handle", line, lambda t: .0075 * (1 + .3 * abs(2 * t - 1) ** 5), 16, flat=.75, n=10), mat)

    def _bow(self, p: Product, wall: Profile, mat: M.Material) -> None:
        """An arch over the lid between two eyes on the shoulder."""
        x = wall_at(wall, self.h * .86)
        arch = [math.pi * k / 24 for k in range(25)]
        line = [(-(x - .002) * math.cos(a), 0, self.h * (.84 + .95 * math.sin(a) ** .8)) for a in arch]
        p.add(tube("bow", line, .0058, 14), mat)

    def facts(self) -> Facts:
        color = joined(self.finish.color, self.grip.color) if self.grip else self.finish.color
        litres = 2.6 * self.r**2 * self.h * 1e3
        return Facts("teapot", color, self.finish.material, f"{litres:.1f} l, {cm(self.h)} high", self.finish.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Teapot:
        color, handle = F.any_color(rng), rng.choice(HANDLES)
        kind = rng.random()
        if kind < .3:
            finish = F.glazed(color, printed=F.any_print(
                rng, color, ("waves", "dots", "stripes_v", "stripes_h", "floral", "brush", "diamonds"), (7, 12), 3.0))
        elif kind < .5:
            finish = F.glazed(color, reactive=F.lighter(color))
        elif kind < .65:
            finish = F.lacquer(color, "enamelled steel", .18, .6)
        else:
            finish = F.glazed(color, matte=rng.random() < .5, speckle=rng.choice((0, 0, 2, 3)))
        plain = finish.recipe == "ceramic" and not finish.pattern
        bows = (F.wicker("caramel", "cane"), F.timber(rng.choice(list(F.WOODS))), F.metal("brass"))
        grip = rng.choice(bows) if handle == "bow" else rng.choice((None, None, F.timber("oak")))
        return cls(rng.choice(list(SHAPES)), spread(rng, .085), spread(rng, .115, .15), finish, grip, handle,
                   rng.choice((0, 0, 20)) if plain else 0)
