"""Benches."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, box, soft, tube

from .base import Facts, Family, cm, four_legs, grained, joined, spread

SHAPES = ("plain", "slats", "padded", "hairpin")


@dataclass(frozen=True)
class Bench(Family):
    """`seat` is the board, the slats or the upholstery; `legs` the rest."""

    family = "bench"
    category = "Furniture > Benches"
    shape: str = "plain"
    w: float = 1.1
    d: float = 0.34
    h: float = 0.45
    seat: Finish = F.timber("oak")
    legs: Finish = F.timber("oak")

    def build(self, p: Product) -> None:
        getattr(self, f"_{self.shape}")(p)

    def _plain(self, p: Product) -> None:
        """A board on two cheeks and a rail between them."""
        p.add(box("seat", self.w, self.d, .034, .006), grained(self.seat, 0), (0, 0, self.h - .034))
        for side in (-1, 1):
            p.add(box("cheek", .034, self.d * .86, self.h - .033, .005), grained(self.legs, 2),
                  (side * self.w * .4, 0, 0))
        p.add(box("rail", self.w * .8 - .03, .024, .07, .004), grained(self.legs, 0), (0, 0, self.h - .16))

    def _slats(self, p: Product) -> None:
        count = 5
        wide = self.d / count
        for k in range(count):
            p.add(box("slat", self.w, wide - .012, .026, .005), grained(self.seat, 0),
                  (0, (k - (count - 1) / 2) * wide, self.h - .026))
        for side in (-1, 1):
            p.add(box("bearer", .03, self.d * .9, .03, .004), grained(self.legs, 1),
                  (side * self.w * .38, 0, self.h - .055))
        four_legs(p, self.w * .76, self.d * .74, self.h - .03, grained(self.legs, 2), .02, .02, .7)

    def _padded(self, p: Product) -> None:
        p.add(soft("pad", self.w, self.d, .11, .045, .012, 18, .004), M.make(self.seat), (0, 0, self.h - .11))
        p.add(box("under", self.w * .95, self.d * .9, .02, .004), grained(self.legs, 0), (0, 0, self.h - .125))
        four_legs(p, self.w * .8, self.d * .62, self.h - .11, grained(self.legs, 2), .02, .03)

    def _hairpin(self, p: Product) -> None:
        """A thick board on bent rods."""
        p.add(box("seat", self.w, self.d, .04, .008), grained(self.seat, 0), (0, 0, self.h - .04))
        rod, top = M.make(self.legs), self.h - .039
        for sx in (-1, 1):
            for sy in (-1, 1):
                x, y = sx * self.w * .42, sy * self.d * .36
                line = [(x - sx * .07, y, top), (x + sx * .012, y + sy * .01, .012),
                        (x + sx * .02, y + sy * .012, .006),
                        (x + sx * .016, y - sy * .002, .012), (x - sx * .02, y - sy * .07, top)]
                p.add(tube("hairpin", line, .006, 12, n=8), rod)

    def facts(self) -> Facts:
        noun = "upholstered bench" if self.shape == "padded" else "bench"
        return Facts(noun, joined(self.seat.color, self.legs.color),
                     joined(self.seat.material, self.legs.material, by=", "), cm(self.w, self.d, self.h))

    @classmethod
    def sample(cls, rng: Random) -> Bench:
        shape, color = rng.choice(SHAPES), F.any_color(rng)
        wood, paint = F.timber(rng.choice(list(F.WOODS))), F.lacquer(color, "painted beech")
        if shape == "padded":
            seat = rng.choice((F.cloth(color), F.cloth(color, "velvet"), F.cloth(color, "boucle"), F.hide(color)))
        else:
            seat = rng.choice((wood, wood, paint))
        legs = F.lacquer("black") if shape == "hairpin" else rng.choice((wood, seat if shape != "padded" else wood))
        return cls(shape, spread(rng, 1.1, .12), spread(rng, .34, .08), spread(rng, .45, .03), seat, legs)


