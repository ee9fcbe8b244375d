"""Serving trays."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, box, lathe, tube

from .base import Facts, Family, cm, grained, joined, spread

SHAPES = ("round", "oblong", "butler")
BASE = 0.008


@dataclass(frozen=True)
class Tray(Family):
    """Half measures a x b (a round one uses `a` alone); `grips` are two loops on the short sides."""

    family = "tray"
    category = "Home & Garden > Kitchen > Serving Trays"
    shape: str = "oblong"
    a: float = 0.22
    b: float = 0.15
    rim: float = 0.04
    finish: Finish = F.timber("oak")
    bottom: Finish | None = None
    grips: Finish | None = None

    def build(self, p: Product) -> None:
        floor = grained(self.bottom or self.finish, 0)
        if self.shape == "round":
            self._disc(p, floor)
        else:
            self._rectangle(p, floor)
        if self.grips:
            self._loops(p, grained(self.grips, 1))

    def _disc(self, p: Product, floor: M.Material) -> None:
        """The rim is a ring of its own: its inside may be another finish than the floor."""
        r, top = self.a, self.rim
        ring = [(r * .9, 0), (r - .004, 0), (r, .004), (r, top - .002), (r - .0015, top), (r - .004, top - .001),
                (r - .005, BASE), (r * .9, BASE)]
        p.add(lathe("rim", ring, 2, 128, smooth=False), grained(self.finish, 0))
        p.add(lathe("floor", [(0, .001), (r * .93, .001), (r * .93, BASE + .001), (r * .93, BASE + .001),
                            (0, BASE + .001)], 1,
                    128, smooth=False), floor)

    def _rectangle(self, p: Product, floor: M.Material) -> None:
        """Four walls on a floor; a butler's tray has higher ends."""
        a, b, wall = self.a, self.b, .011
        p.add(box("floor", 2 * a - .004, 2 * b - .004, BASE, .002), floor)
        end = self.rim * (1.5 if self.shape == "butler" else 1)
        for side in (-1, 1):
            p.add(box("long", 2 * a - 2 * wall, wall, self.rim, .003), grained(self.finish, 0),
                  (0, side * (b - wall / 2), .0005))
            p.add(box("end", wall, 2 * b, end, .003), grained(self.finish, 1), (side * (a - wall / 2), 0, .0005))

    def _loops(self, p: Product, mat: M.Material) -> None:
        for side in (-1, 1):
            x, z = side * (self.a - .004), self.rim * (1.5 if self.shape == "butler" else 1) - .006
            p.add(self._loop(x, side, z), mat)

    def _loop(self, x: float, side: int, z: float) -> bpy.types.Object:
        line = [(x, -.055, z), (x, -.052, z + .018), (x + side * .006, -.03, z + .034), (x + side * .008, 0, z + .037),
                (x + side * .006, .03, z + .034), (x, .052, z + .018), (x, .055, z)]
        return tube("grip", line, .0055, 12, n=8)

    def facts(self) -> Facts:
        color = joined(self.finish.color, self.bottom.color) if self.bottom else self.finish.color
        material = joined(self.finish.material, self.bottom.material, by=", ") if self.bottom else self.finish.material
        size = f"{cm(self.a * 2)} across" if self.shape == "round" else cm(self.a * 2, self.b * 2)
        noun = {"round": "round tray", "oblong": "tray", "butler": "butler's tray"}[self.shape]
        return Facts(noun, color, material, size)

    @classmethod
    def sample(cls, rng: Random) -> Tray:
        shape, color = rng.choice(SHAPES), F.any_color(rng)
        finish = rng.choice((F.timber(rng.choice(list(F.WOODS))), F.lacquer(color, "lacquered wood", .3, .4),
                             F.metal(rng.choice(("brass", "copper", "steel"))) if shape == "round" else
                             F.timber("oak")))
        bottom = rng.choice((None, F.lacquer(F.any_color(rng), "lacquered wood", .3, .4), F.marble("white", 6.0),
                             F.wicker("sand", "rattan")))
        grips = rng.choice((None, F.metal("brass"), F.hide("caramel"), F.lacquer("black")))
        return cls(shape, spread(rng, .2, .2), spread(rng, .145, .1), round(rng.uniform(.025, .055), 3), finish,
                   bottom, grips)
