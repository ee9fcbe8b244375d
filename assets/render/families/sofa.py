"""Sofas and, with one seat, armchairs."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, soft, tube

from .base import Facts, Family, cm, grained

ARMS = {"track": .16, "round": .22, "slim": .09}       # width of an arm
LEG_H = 0.13
SEAT_H = 0.42


@dataclass(frozen=True)
class Sofa(Family):
    """`back`: loose cushions or upright channels."""

    family = "sofa"
    category = "Furniture > Sofas & Armchairs"
    w: float = 1.9
    d: float = 0.88
    cover: Finish = F.cloth("oat", "boucle")
    legs: Finish = F.timber("walnut")
    arm: str = "track"
    seats: int = 2
    back: str = "cushion"
    arm_h: float = 0.6
    seed: int = 0

    def build(self, p: Product) -> None:
        cover, arm_w = M.make(self.cover), ARMS[self.arm]
        inside = self.w - 2 * arm_w
        self._legs(p)
        p.add(soft("base", self.w - .01, self.d, SEAT_H - LEG_H - .13, .035, 0, 12), cover, (0, 0, LEG_H))
        for side in (-1, 1):
            edge, puff = (min(.09, arm_w * .48) if self.arm == "round" else .03), (.004 if self.arm == "slim" else .018)
            p.add(soft("arm", arm_w, self.d, self.arm_h - LEG_H, edge, puff, 14, .004, self.seed), cover,
                  (side * (self.w / 2 - arm_w / 2), 0, LEG_H))
        p.add(soft("backrest", inside + .02, .2, .78 - LEG_H, .05, .012, 14, .004, self.seed + 1), cover,
              (0, self.d / 2 - .1, LEG_H))
        width = inside / self.seats
        for i in range(self.seats):
            self._place(p, cover, i, -inside / 2 + width * (i + .5), width)

    def _legs(self, p: Product) -> None:
        wood = grained(self.legs, 2)
        for sx in (-1, 1):
            for sy in (-1, 1):
                foot = (sx * (self.w / 2 - .09), sy * (self.d / 2 - .09), 0)
                head = (sx * (self.w / 2 - .11), sy * (self.d / 2 - .11), LEG_H + .02)
                p.add(tube("leg", [foot, head], lambda t: .015 + .01 * t, 16), wood)

    def _place(self, p: Product, cover: M.Material, i: int, x: float, width: float) -> None:
        """One place to sit: seat pad and back."""
        p.add(soft("seat", width - .006, self.d - .2, .16, .055, .03, 16, .006, self.seed + i + 2), cover,
              (x, -.11, SEAT_H - .14))
        if self.back == "cushion":
            p.add(soft("back", width - .012, .2, .44, .08, .04, 16, .009, self.seed + i + 9), cover,
                  (x, self.d / 2 - .27, SEAT_H), (-.2, 0, 0))
        elif self.back == "channel":
            for k in range(6):
                p.add(soft("channel", width / 6 - .002, .13, .42, .055, .01, 10), cover,
                      (x - width / 2 + width / 6 * (k + .5), self.d / 2 - .24, SEAT_H), (-.12, 0, 0))

    def facts(self) -> Facts:
        noun = "armchair" if self.seats == 1 else f"{self.seats}-seat sofa"
        return Facts(noun, self.cover.color, self.cover.material, cm(self.w, self.d, .8))

    @classmethod
    def sample(cls, rng: Random) -> Sofa:
        color, seats = F.any_color(rng), rng.choice((1, 2, 2, 3))
        cover = rng.choice((F.cloth(color), F.cloth(color, "velvet"), F.cloth(color, "boucle"), F.hide(color)))
        legs = F.timber(rng.choice(list(F.WOODS))) if rng.random() < .7 else F.metal(rng.choice(("brass", "gunmetal")))
        width = {1: rng.uniform(.8, .95), 2: rng.uniform(1.55, 1.8), 3: rng.uniform(1.95, 2.25)}[seats]
        return cls(round(width, 2), round(rng.uniform(.82, .95), 2), cover, legs, rng.choice(list(ARMS)), seats,
                   rng.choice(("cushion", "cushion", "channel", "plain")), round(rng.uniform(.56, .64), 2),
                   rng.randrange(99))
