"""Chairs."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
import numpy as np
from finishes import Finish
from mesh import Product, box, curve_pts, grid, soft, solidify, subsurf, tube

from .base import Facts, Family, cm, four_legs, grained, joined, spread

BACKS = ("spindle", "ladder", "pad", "shell")
# The shell's side line, from the front edge of the seat up the back: (depth, height over the seat).
SHELL = [(-.25, .03), (-.2, 0), (0, -.02), (.15, 0), (.2, .08), (.23, .2), (.27, .36)]
LEAN = 0.09


@dataclass(frozen=True)
class Chair(Family):
    """`frame` makes legs and back; `seat` upholsters the seat (or the shell); none: a wooden seat."""

    family = "chair"
    category = "Furniture > Chairs"
    back: str = "spindle"
    frame: Finish = F.timber("oak")
    seat: Finish | None = None
    w: float = 0.46
    d: float = 0.44
    seat_h: float = 0.45
    h: float = 0.82

    def build(self, p: Product) -> None:
        four_legs(p, self.w * .72, self.d * .72, self.seat_h, grained(self.frame, 2), .019, .05)
        if self.back == "shell":
            self._shell(p)
        else:
            self._seat(p)
            getattr(self, f"_{self.back}")(p)

    def _seat(self, p: Product) -> None:
        """The grain of a wooden seat runs from front to back: `axis=1`, the legs' own axis would show end grain."""
        wood = grained(self.frame, 1)
        if self.seat:
            p.add(soft("seat", self.w, self.d, .06, .026, .012, 12, .003), M.make(self.seat),
                  (0, 0, self.seat_h - .005))
            p.add(box("under", self.w * .94, self.d * .94, .02, .006), wood, (0, 0, self.seat_h - .02))
        else:
            p.add(soft("seat", self.w, self.d, .034, .016, 0, 12, sag=.009), wood, (0, 0, self.seat_h - .012))

    def _at(self, x: float, z: float) -> tuple[float, float, float]:
        """A point of the back: it leans and curves round the sitter."""
        rise = self.h - self.seat_h
        curve = .03 * (1 - (x / (self.w / 2)) ** 2)
        return x, self.d / 2 - .03 + LEAN * z / rise + curve, self.seat_h + z

    def _rail(self, z: float, width: float) -> list[tuple[float, float, float]]:
        return [self._at(x, z) for x in np.linspace(-width, width, 17)]

    def _spindle(self, p: Product) -> None:
        rise, upright = self.h - self.seat_h, grained(self.frame, 2)
        p.add(tube("crest", self._rail(rise, self.w * .5), .015, 12, flat=1.9), grained(self.frame, 0))
        for x in np.linspace(-self.w * .42, self.w * .42, 7):
            p.add(tube("spindle", [self._at(x, 0), self._at(x, rise)], lambda t: .0065 + .003 * math.sin(3.14 * t), 10),
                  upright)

    def _ladder(self, p: Product) -> None:
        rise, across = self.h - self.seat_h, grained(self.frame, 0)
        for x in (-self.w * .45, self.w * .45):
            p.add(tube("post", [self._at(x, -.03), self._at(x, rise)], lambda t: .018 - .006 * t, 14),
                  grained(self.frame, 2))
        for share in (.38, .65, .92):
            p.add(tube("slat", self._rail(rise * share, self.w * .45), .007, 12, flat=4), across)

    def _pad(self, p: Product) -> None:
        rise = self.h - self.seat_h
        for x in (-self.w * .3, self.w * .3):
            p.add(tube("post", [self._at(x, -.03), self._at(x, rise * .8)], .011, 14), grained(self.frame, 2))
        p.add(soft("back", self.w * .96, .05, rise - .12, .024, .02, 12, .003), M.make(self.seat or self.frame),
              (0, self.d / 2 + .03, self.seat_h + .13), (-.16, 0, 0))

    def _shell(self, p: Product) -> None:
        side = curve_pts(SHELL, 5)
        last = len(side) - 1

        def point(u: float, v: float) -> tuple[float, float, float]:
            t, x = v, u * 2 - 1
            y, z = side[round(v * last)]
            half = self.w * .5 * (.88 + .16 * math.sin(math.pi * min(1, t * 1.15)) - .35 * max(0, t - .7) ** 1.2)
            wrap = .08 * t * abs(x) ** 2.6 * (1 if t > .45 else t / .45)
            return x * half, y - wrap, self.seat_h + .03 + z + .06 * abs(x) ** 3 * (1 - t * .6)

        p.add(subsurf(solidify(grid("shell", 26, last, point), .012)), M.make(self.seat or self.frame))

    def facts(self) -> Facts:
        nouns = {"spindle": "spindle-back chair", "ladder": "ladder-back chair", "pad": "upholstered chair",
                 "shell": "shell chair"}
        color = self.seat.color if self.seat else self.frame.color
        material = joined(self.frame.material, self.seat.material, by=", ") if self.seat else self.frame.material
        return Facts(nouns[self.back], color, material, f"{cm(self.w, self.d + .05, self.h)}")

    @classmethod
    def sample(cls, rng: Random) -> Chair:
        back = rng.choice(BACKS)
        frame = F.timber(rng.choice(list(F.WOODS))) if rng.random() < .65 else F.lacquer(F.any_color(rng),
                                                                                         "painted beech")
        color = F.any_color(rng)
        pad = rng.choice((F.cloth(color), F.cloth(color, "velvet"), F.cloth(color, "boucle"), F.hide(color)))
        seat = F.lacquer(color, "moulded plastic", .5) if back == "shell" and rng.random() < .6 else pad
        if back in ("spindle", "ladder") and rng.random() < .65:
            seat = None
        return cls(back, frame, seat, spread(rng, .47, .06), spread(rng, .45, .05), spread(rng, .45, .03),
                   spread(rng, .83, .05))
