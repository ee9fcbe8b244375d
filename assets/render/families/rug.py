"""Rugs."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mathutils import Vector, noise
from mesh import Product, detach, grid, solidify, tube

from .base import Facts, Family, cm


@dataclass(frozen=True)
class Rug(Family):
    """`fringe` on the short sides; `rounded` makes it an ellipse."""

    family = "rug"
    category = "Home & Garden > Textiles > Rugs"
    w: float = 1.6
    d: float = 1.1
    cover: Finish = F.cloth("oat", "boucle")
    fringe: Finish | None = None
    rounded: bool = False
    seed: int = 0

    def build(self, p: Product) -> None:
        sheet = grid("rug", 64, 48, self._point, lambda u, v: (u - .5, (v - .5) * self.d / self.w))
        p.add(solidify(sheet, .009), M.make(self.cover))
        if self.fringe and not self.rounded:
            self._threads(p, M.make(self.fringe))

    def _point(self, u: float, v: float) -> tuple[float, float, float]:
        x, y = u * 2 - 1, v * 2 - 1
        if self.rounded and (x or y):
            inside = max(abs(x), abs(y)) / math.hypot(x, y)
            x, y = x * inside, y * inside
        x, y = x * self.w / 2, y * self.d / 2
        return x, y, .009 + .002 * noise.noise(Vector((x * 3 + self.seed * 3.3, y * 3, 0)))

    def _threads(self, p: Product, mat: M.Material) -> None:
        """Five kinds of thread, laid at random every 13 mm."""
        rng = Random(self.seed)
        kinds = [detach(tube("thread", [(0, 0, .006), (rng.uniform(-.006, .006), -.02, .007),
                                        (rng.uniform(-.012, .012), -.055, .003)], lambda t: .0028 - .001 * t, 6, n=3))
                 for _ in range(5)]
        count = int(self.d / .013)
        for side in (-1, 1):
            for i in range(count):
                p.share(rng.choice(kinds), mat, (side * self.w / 2, (i + .5) / count * self.d - self.d / 2, 0),
                        (0, 0, side * math.pi / 2))

    def facts(self) -> Facts:
        noun = "round rug" if self.rounded else "rug"
        return Facts(noun, self.cover.color, "wool" if self.cover.material != "linen" else "cotton",
                     cm(self.w, self.d), self.cover.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Rug:
        color, weave = F.any_color(rng), rng.choice(("boucle", "linen", "knit"))
        if rng.random() < .8:
            cover = F.cloth(color, weave, F.any_print(
                rng, color, ("zigzag", "stripes_v", "stripes_h", "checker", "diamonds", "checks", "grid", "bands",
                             "waves", "floral"), (4, 9)))
        else:
            cover = F.cloth(color, weave)
        fringe = F.cloth(rng.choice(F.WHITES), "canvas") if rng.random() < .5 else None
        w = round(rng.uniform(1.2, 2.2), 1)
        d = w if rng.random() < .3 else round(w * rng.uniform(.55, .75), 1)
        return cls(w, d, cover, fringe, rng.random() < .3, rng.randrange(99))
