"""Storage jars with a lid."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe

from .base import Facts, Family, cm, front_band, grained, joined, spread

SHAPES = {
    "straight": [(.97, 0), (1, .02), (1, .97), (.97, 1)],
    "belly": [(.72, 0), (.78, .02), (1.05, .4), (1, .72), (.8, .94), (.8, 1)],
    "shoulder": [(.9, 0), (.94, .02), (1, .3), (1, .76), (.72, .9), (.7, 1)],
    "waist": [(1, 0), (1.02, .03), (.86, .5), (.96, .97), (.95, 1)],
}
WALL = 0.004


@dataclass(frozen=True)
class Jar(Family):
    """`lid` of wood, cork, metal or glaze; `knob` sits on it; `label` is a colour, '' without one."""

    family = "jar"
    category = "Home & Garden > Kitchen > Storage Jars"
    shape: str = "straight"
    r: float = 0.055
    h: float = 0.14
    finish: Finish = F.glazed("chalk", matte=True)
    lid: Finish = F.timber("oak")
    knob: bool = True
    ribs: int = 0
    label: str = ""

    def build(self, p: Product) -> None:
        wall = [(a * self.r, b * self.h) for a, b in SHAPES[self.shape]]
        foot, mouth = wall[0][0], wall[-1][0]
        inside = [(r - WALL, max(z, .007)) for r, z in wall[::-1]]
        p.add(lathe("jar", [(0, 0), (foot * .92, 0), *wall, (mouth - WALL, self.h), *inside, (0, .007)], 5,
                    max(96, self.ribs * 8), self._ribbed), M.make(self.finish))
        self._cover(p, mouth, grained(self.lid, 0))
        if self.label:
            r = max(a for a, _ in SHAPES[self.shape]) * self.r * 1.004
            p.add(lathe("label", [(r, self.h * .34), (r, self.h * .62)], 1, 96, front_band(.6), smooth=False),
                  M.paint(F.hex_of(self.label), .8, 0))

    def _ribbed(self, theta: float, z: float, r: float) -> float:
        inside = self.ribs and .06 * self.h < z < .86 * self.h
        return r * (1 + .016 * math.cos(self.ribs * theta)) if inside else r

    def _cover(self, p: Product, mouth: float, mat: M.Material) -> None:
        h, r = self.h, mouth * 1.04
        p.add(lathe("lid", [(0, h + .0005), (r - .002, h + .0005), (r, h + .003), (r, h + .014), (r - .003, h + .017),
                            (0, h + .018)], 3, 72), mat)
        if self.knob:
            p.add(lathe("knob", [(0, h + .016), (.007, h + .017), (.008, h + .024), (.014, h + .034), (.012, h + .042),
                                 (0, h + .045)], 5, 40), mat)

    def facts(self) -> Facts:
        return Facts("storage jar", joined(self.finish.color, self.lid.color),
                     joined(self.finish.material, self.lid.material, by=", "),
                     f"{cm(self.h)} high, {round(2.6 * self.r**2 * self.h * 1e6, -1):.0f} ml", self.finish.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Jar:
        color, kind = F.any_color(rng), rng.random()
        if kind < .3:
            finish = F.glazed(color, printed=F.any_print(
                rng, color, ("stripes_h", "stripes_v", "zigzag", "dots", "floral", "checker", "brush"), (7, 12), 3.0))
        elif kind < .45:
            finish = F.lacquer(color, "painted tin", .4, .2)
        elif kind < .6:
            finish = F.earthen(rng.choice(("terracotta", "sand", "stone", "charcoal")))
        else:
            finish = F.glazed(color, matte=rng.random() < .5, speckle=rng.choice((0, 0, 2, 3)))
        ribs = rng.choice((0, 0, 24)) if finish.recipe == "ceramic" and not finish.pattern else 0
        lid = rng.choice((F.timber(rng.choice(list(F.WOODS))), F.wicker("sand", "cork"), F.metal("brass"),
                          F.glazed(F.any_color(rng))))
        return cls(rng.choice(list(SHAPES)), spread(rng, .055, .2), spread(rng, .14, .25), finish, lid,
                   rng.random() < .6, ribs, rng.choice(("", "", "chalk", "black")))
