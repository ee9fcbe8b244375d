"""Stove kettles."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, cm, grained, joined, spread

# Spouts: (radii out, share of the height) and the radius along it.
SPOUTS = {
    "goose": ([(.8, .35), (1.25, .5), (1.45, .85), (1.75, 1.02)], lambda t: .015 - .008 * t),
    "short": ([(.75, .55), (1.2, .75), (1.5, .95)], lambda t: .024 - .011 * t),
}
BODIES = {
    "dome": [(.95, 0), (1, .06), (1, .35), (.86, .72), (.5, .93), (.42, .95), (.42, .95), (.4, .99)],
    "cone": [(.98, 0), (1, .05), (.92, .3), (.66, .72), (.46, .93), (.42, .95), (.42, .95), (.4, .99)],
    "drum": [(.93, 0), (.98, .05), (1, .4), (.97, .78), (.8, .92), (.42, .95), (.42, .95), (.4, .99)],
}


@dataclass(frozen=True)
class Kettle(Family):
    family = "kettle"
    category = "Home & Garden > Kitchen > Kettles"
    r: float = 0.095
    h: float = 0.13
    body: str = "dome"
    spout: str = "goose"
    finish: Finish = F.lacquer("cream", "enamelled steel", .18, .6)
    grip: Finish = F.timber("walnut")

    def build(self, p: Product) -> None:
        r, h, body, grip = self.r, self.h, M.make(self.finish), grained(self.grip, 0)
        wall = [(a * r, b * h) for a, b in BODIES[self.body]]
        p.add(lathe("body", [(0, 0), *wall, (r * .15, h * 1.04), (0, h * 1.05)], 6, 96), body)
        p.add(lathe("knob", [(0, h * 1.04), (.006, h * 1.05), (.012, h * 1.12), (.011, h * 1.17), (0, h * 1.19)], 5,
                    32), grip)
        line, radius = SPOUTS[self.spout]
        p.add(tube("spout", [(a * r, 0, b * h) for a, b in line], radius, 20, n=10), body)
        bow = [(-.75, .72), (-.9, 1.15), (-.55, 1.72), (0, 1.88), (.5, 1.72), (.72, 1.2), (.62, .8)]
        p.add(tube("handle", [(a * r, 0, b * h) for a, b in bow], .004, 10, flat=1.6, n=10), body)
        held = [(-.56, 1.71), (-.3, 1.85), (0, 1.885), (.3, 1.84), (.5, 1.72)]
        p.add(tube("grip", [(a * r, 0, b * h) for a, b in held], lambda t: .0095 * (1 - .3 * (2 * t - 1) ** 4), 16,
                   n=8), grip)

    def facts(self) -> Facts:
        litres = 2.4 * self.r**2 * self.h * 1e3
        return Facts("kettle", joined(self.finish.color, self.grip.color), self.finish.material,
                     f"{litres:.1f} l, {cm(self.h * 1.9)} high")

    @classmethod
    def sample(cls, rng: Random) -> Kettle:
        color = F.any_color(rng)
        finish = rng.choice((F.lacquer(color, "enamelled steel", .18, .6), F.lacquer(color, "matte steel", .5, 0),
                             F.metal(rng.choice(("steel", "copper")), rng.random() < .5)))
        grip = rng.choice((F.timber(rng.choice(list(F.WOODS))), F.lacquer("black", "plastic")))
        return cls(spread(rng, .095), spread(rng, .13, .15), rng.choice(list(BODIES)), rng.choice(list(SPOUTS)), finish,
                   grip)
