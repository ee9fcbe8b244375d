"""Candles in jars and pillars."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, cm, front_band, spread


@dataclass(frozen=True)
class Candle(Family):
    """shape: jar | pillar | ribbed. A jar has a `finish`; `wax` and `label` are colours."""

    family = "candle"
    category = "Home & Garden > Decor > Candles"
    shape: str = "jar"
    r: float = 0.04
    h: float = 0.09
    finish: Finish = F.blown("caramel")
    wax: str = "chalk"
    label: str = ""
    lit: bool = True

    def build(self, p: Product) -> None:
        wick = self._jar(p) if self.shape == "jar" else self._pillar(p)
        p.add(tube("wick", [(0, 0, wick), (.0005, 0, wick + .008), (.002, 0, wick + .012)], .0011, 6),
              M.paint("#2b2320", .9))
        if self.lit:
            # Strength 4: at 18 the AgX transform burns the flame to plain white.
            p.add(lathe("flame", [(.0005, wick + .008), (.0042, wick + .014), (.0032, wick + .022),
                                  (.0003, wick + .036)], 6, 16), M.emit("#ffb35c", 4))

    def _jar(self, p: Product) -> float:
        r, h = self.r, self.h
        p.add(lathe("jar", [(0, 0), (r * .95, 0), (r, .004), (r, h), (r - .001, h + .001), (r - .003, h),
                            (r - .003, .008), (0, .007)], 3, 96), M.make(self.finish))
        level = h * .72
        p.add(lathe("wax", [(0, .009), (r - .004, .009), (r - .004, .009), (r - .004, level), (r * .6, level - .002),
                            (0, level - .002)], 3, 64), M.wax(F.hex_of(self.wax)))
        if self.label:
            p.add(lathe("label", [(r + .0004, h * .2), (r + .0004, h * .68)], 1, 96, front_band(.75), smooth=False),
                  M.paint(F.hex_of(self.label), .8, 0))
        return level

    def _pillar(self, p: Product) -> float:
        r, h = self.r, self.h
        ribs = .02 if self.shape == "ribbed" else 0
        surface = lambda theta, z, q: q * (1 + (ribs * math.cos(14 * theta) if .01 < z < h * .96 else 0))  # noqa: E731
        p.add(lathe("pillar", [(0, 0), (r, 0), (r, 0), (r, h * .97), (r * .95, h), (r * .8, h - .003), (0, h - .006)],
                    4, 96, surface), M.wax(F.hex_of(self.wax)))
        return h - .006

    def facts(self) -> Facts:
        if self.shape == "jar":
            return Facts("scented candle", self.finish.color, f"{self.finish.material}, soy wax", f"{cm(self.h)} high")
        return Facts(f"{'ribbed ' if self.shape == 'ribbed' else ''}pillar candle", self.wax, "stearin",
                     f"{cm(self.r * 2, self.h)}")

    @classmethod
    def sample(cls, rng: Random) -> Candle:
        shape, color = rng.choice(("jar", "jar", "pillar", "ribbed")), F.any_color(rng)
        if shape == "jar":
            tint = rng.choice(("caramel", "sage", "teal", "blush", "plum", "chalk", "sky"))
            finish = rng.choice((F.blown(tint), F.blown(tint, True), F.glazed(color), F.glazed(color, matte=True),
                                 F.metal(rng.choice(("copper", "brass", "steel")))))
            return cls(shape, spread(rng, .041), spread(rng, .09), finish, rng.choice(("chalk", "cream", "blush")),
                       rng.choice(("", "chalk", "black", F.any_color(rng))), rng.random() < .6)
        return cls(shape, spread(rng, .036, .15), round(rng.uniform(.08, .17), 3), F.blown("chalk"), color, "",
                   rng.random() < .4)
