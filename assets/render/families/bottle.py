"""Bottles: carafes, oil bottles and drinking flasks."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, Profile, cm, front_band, spread

SHAPES = {
    "carafe": [(.9, 0), (1, .03), (1, .35), (.75, .6), (.42, .76), (.42, .93), (.5, 1)],
    "flask": [(.95, 0), (1, .02), (1, .74), (.9, .82), (.6, .88), (.58, .93)],
    "oil": [(.95, 0), (1, .02), (1, .55), (.85, .68), (.32, .78), (.3, .97), (.36, .98), (.36, 1)],
    "square": [(.95, 0), (1, .015), (1, .6), (.9, .68), (.35, .76), (.33, 1)],
    "round": [(.6, 0), (.7, .01), (1, .25), (.95, .45), (.4, .7), (.3, .8), (.3, .97), (.38, 1)],
}
WALL = 0.0025


@dataclass(frozen=True)
class Bottle(Family):
    """A flask is closed and opaque; the others are open vessels with an optional cork, label and liquid."""

    family = "bottle"
    category = "Home & Garden > Kitchen > Bottles & Carafes"
    shape: str = "carafe"
    h: float = 0.26
    r: float = 0.042
    finish: Finish = F.blown("sage")
    cap: Finish | None = None
    label: str = ""
    liquid: str = ""

    def build(self, p: Product) -> None:
        wall = [(a * self.r, b * self.h) for a, b in SHAPES[self.shape]]
        neck, top = wall[-1]
        closing = [(0, top)] if self.shape == "flask" else [
            (neck - WALL, self.h), *((max(.004, r - WALL), max(z, .006)) for r, z in wall[::-1]), (0, .006)]
        p.add(lathe("bottle", [(0, .003), (wall[0][0] * .8, 0), *wall, *closing], 6, 96, self._surface),
              M.make(self.finish))
        if self.cap:
            (self._screw_cap if self.shape == "flask" else self._cork)(p, neck, top, M.make(self.cap))
        if self.liquid:
            self._fill(p, wall)
        if self.label:
            band = lathe("label", [(self.r * 1.006, self.h * .14), (self.r * 1.006, self.h * .42)], 1, 96,
                         front_band(1.2), smooth=False)
            p.add(band, M.paint(F.hex_of(self.label), .8, 0))

    def _surface(self, theta: float, z: float, r: float) -> float:
        if self.shape != "square" or z >= self.h * .68:
            return r
        return r / max(abs(math.cos(theta)), abs(math.sin(theta))) ** .62

    def _screw_cap(self, p: Product, r: float, top: float, mat: M.Material) -> None:
        h, knurled = self.h, lambda theta, z, q: q * (1 + .012 * math.cos(30 * theta))
        p.add(lathe("cap", [(0, top), (r * 1.12, top), (r * 1.12, top), (r * 1.1, top + h * .1),
                            (r * .95, top + h * .115), (0, top + h * .115)], 4, 64, knurled), mat)
        p.add(tube("loop", [(-r * .8, 0, top + h * .08), (-r * .75, 0, top + h * .18), (0, 0, top + h * .215),
                            (r * .75, 0, top + h * .18), (r * .8, 0, top + h * .08)], .0035, 10, n=8), mat)

    def _cork(self, p: Product, r: float, top: float, mat: M.Material) -> None:
        p.add(lathe("cork", [(0, top - .01), (r * .8, top - .01), (r * .86, top + .002), (r * 1.02, top + .004),
                             (r * 1.05, top + .026), (0, top + .028)], 3, 48), mat)

    def _fill(self, p: Product, wall: Profile) -> None:
        """Liquid to half height, 35 % of the wall off the glass: touching surfaces flicker."""
        wet = [(r - WALL * 1.35, max(z, .0075)) for r, z in wall if z < self.h * .5]
        p.add(lathe("liquid", [(0, .0075), *wet, (0, wet[-1][1])], 5, 64, self._surface),
              M.glass(F.hex_of(self.liquid)))

    def facts(self) -> Facts:
        nouns = {"flask": "drinking bottle", "oil": "oil bottle", "square": "decanter", "carafe": "carafe",
                 "round": "carafe"}
        return Facts(nouns[self.shape], self.finish.color, self.finish.material,
                     f"{cm(self.h)} high, {round(2 * self.r**2 * self.h * 1e6, -1):.0f} ml")

    @classmethod
    def sample(cls, rng: Random) -> Bottle:
        shape, color = rng.choice(list(SHAPES)), F.any_color(rng)
        if shape == "flask":
            finish = F.lacquer(color, "powder-coated steel", .45, .1) if rng.random() < .8 else F.metal(
                rng.choice(("steel", "copper")), True)
            cap = rng.choice((F.metal("steel"), F.lacquer("black", "plastic"), F.timber("ash")))
            return cls(shape, round(rng.uniform(.2, .27), 3), spread(rng, .037, .1), finish, cap,
                       rng.choice(("", "", "chalk", "black")))
        tint = rng.choice(("chalk", "sage", "teal", "caramel", "apricot", "sky", "moss", "blush", "plum"))
        finish = rng.choice((F.blown(tint), F.blown(tint), F.blown(tint, True), F.glazed(color)))
        cap = F.wicker("sand", "cork") if rng.random() < .5 else None
        clear = finish.recipe == "glass" and rng.random() < .2
        return cls(shape, round(rng.uniform(.2, .3), 3), spread(rng, .043, .2), finish, cap,
                   rng.choice(("", "", "", "chalk", "cream")), "caramel" if clear else "")
