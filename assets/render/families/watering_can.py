"""Watering cans."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, Profile, grained, joined, spread, wall_at

SHAPES = {
    "drum": [(.95, 0), (1, .02), (1, .9), (.98, .94), (.6, 1)],
    "cone": [(1, 0), (1.02, .03), (.62, .9), (.6, .96), (.5, 1)],
    "ball": [(.55, 0), (.6, .01), (1, .42), (.9, .72), (.5, .93), (.45, 1)],
}


@dataclass(frozen=True)
class WateringCan(Family):
    """A long spout to the right; `rose` is a sprinkler at its end; the handle is a bow at the back in `grip`."""

    family = "watering_can"
    category = "Home & Garden > Garden > Watering Cans"
    shape: str = "drum"
    r: float = 0.075
    h: float = 0.14
    finish: Finish = F.lacquer("sage")
    grip: Finish | None = None
    rose: bool = False

    def build(self, p: Product) -> None:
        body = M.make(self.finish)
        wall = [(a * self.r, b * self.h) for a, b in SHAPES[self.shape]]
        mouth, h = wall[-1][0], self.h
        p.add(lathe("body", [(0, 0), (wall[0][0] * .97, 0), *wall, (mouth - .002, h + .001), (mouth - .004, h - .002),
                             (mouth - .004, h * .6), (0, h * .6)], 4, 96), body)
        self._spout(p, wall, body)
        self._handle(p, wall, grained(self.grip, 2) if self.grip else body)

    def _spout(self, p: Product, wall: Profile, mat: M.Material) -> None:
        low, r, h = wall_at(wall, self.h * .2), self.r, self.h
        end = (r + .17, 0, h * 1.28)
        p.add(tube("spout", [(low * .9, 0, h * .16), (low + .03, 0, h * .3), (r + .1, 0, h * .85), end],
                   lambda t: .0125 - .006 * t, 18, n=10), mat)
        if self.rose:
            p.add(lathe("rose", [(.006, 0), (.008, .006), (.026, .03), (.027, .034), (.024, .038), (0, .040)], 4, 48),
                  mat, (end[0] - .008, 0, end[2] - .014), (0, .75, 0))

    def _handle(self, p: Product, wall: Profile, mat: M.Material) -> None:
        """From the back of the mouth up, over and down to the belly."""
        low, h = wall_at(wall, self.h * .32), self.h
        mouth = wall[-1][0]
        line = [(-mouth + .003, 0, h * .98), (-mouth + .002, 0, h * 1.22), (-self.r * .9 - .01, 0, h * 1.42),
                (-self.r - .055, 0, h * 1.05), (-self.r - .035, 0, h * .58), (-low + .002, 0, h * .3)]
        p.add(tube("handle", line, .0055, 14, flat=1.2, n=10), mat)

    def facts(self) -> Facts:
        color = joined(self.finish.color, self.grip.color) if self.grip else self.finish.color
        return Facts("watering can", color, self.finish.material, f"{2.8 * self.r**2 * self.h * 1e3:.1f} l")

    @classmethod
    def sample(cls, rng: Random) -> WateringCan:
        finish = rng.choice((F.lacquer(F.any_color(rng)), F.lacquer(F.any_color(rng)),
                             F.metal(rng.choice(("brass", "copper", "steel")), rng.random() < .4)))
        grip = rng.choice((None, None, F.metal("brass"), F.timber(rng.choice(list(F.WOODS)))))
        return cls(rng.choice(list(SHAPES)), spread(rng, .075, .15), spread(rng, .14, .15), finish, grip,
                   rng.random() < .4)
