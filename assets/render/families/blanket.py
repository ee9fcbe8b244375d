"""Folded throws."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mathutils import Vector, noise
from mesh import Product, detach, grid, solidify, subsurf, tube

from .base import Facts, Family, cm, spread

THICK = 0.014
TURN_STEPS = 8


@dataclass(frozen=True)
class Blanket(Family):
    """A throw folded `layers` times to w x d; `fringe` at both open ends. Sizes in the feed are the unfolded ones."""

    family = "throw"
    category = "Home & Garden > Textiles > Throws"
    w: float = 0.42
    d: float = 0.3
    layers: int = 5
    cover: Finish = F.cloth("oat", "knit")
    fringe: Finish | None = None
    seed: int = 0

    def build(self, p: Product) -> None:
        line = self._line()
        last, length = len(line) - 1, self.d * self.layers
        scale = 2.0 if self.cover.pattern else .8           # stitches of a knit are 14 mm wide

        def point(u: float, v: float) -> tuple[float, float, float]:
            y, z, layer = line[round(v * last)]
            return self._soft((u - .5) * self.w, y, z, layer)

        sheet = grid("throw", 36, last, point, lambda u, v: ((u - .5) * self.w * scale, v * length * scale))
        p.add(solidify(subsurf(sheet), THICK, 0), M.make(self.cover))
        if self.fringe:
            self._threads(p, line)

    def _line(self) -> list[tuple[float, float, float]]:
        """(y, z, layer) along the folded cloth: flat runs joined by half turns, front and back in turn."""
        step, half, out = THICK * 1.55, self.d / 2, []
        for layer in range(self.layers):
            z, way = THICK * .6 + layer * step, -1 if layer % 2 else 1
            out += [(way * half * (2 * k / 12 - 1), z, layer) for k in range(13)]
            if layer < self.layers - 1:
                for k in range(1, TURN_STEPS):
                    a = math.pi * k / TURN_STEPS
                    out.append((way * (half + step / 2 * math.sin(a)), z + step / 2 * (1 - math.cos(a)),
                                layer + k / TURN_STEPS))
        return out

    def _soft(self, x: float, y: float, z: float, layer: float) -> tuple[float, float, float]:
        """Hills that grow upwards in the pile, edges that do not lie quite over each other."""
        shift, share = Vector((self.seed * 2.3, 0, 0)), layer / self.layers
        hill = .010 * noise.noise(Vector((x * 5, y * 6, .5)) + shift) * share
        slip = .006 * noise.noise(Vector((round(layer) * 1.7, self.seed, 0)))
        sag = .010 * share * (abs(x) / (self.w / 2)) ** 4 + .006 * share * (abs(y) / (self.d / 2)) ** 4
        return x * (1 + .012 * noise.noise(Vector((y * 8, layer, 3)) + shift)) + slip, y, z + hill * .6 - sag * share

    def _threads(self, p: Product, line: list[tuple[float, float, float]]) -> None:
        """Threads of every layer hang out of both short sides."""
        rng, mat = Random(self.seed), M.make(self.fringe)
        kinds = [detach(tube("thread", [(0, 0, 0), (rng.uniform(-.004, .004), -.016, .001),
                                        (rng.uniform(-.009, .009), -.042, -.008)], lambda t: .0024 - .0009 * t, 6, n=3))
                 for _ in range(6)]
        flat = [q for q in line if q[2] == int(q[2])]
        for y, z, layer in flat:
            for side in (-1, 1):
                for nudge in (-.008, 0, .008):
                    x, there, high = self._soft(side * self.w / 2, y + nudge, z, layer)
                    p.share(rng.choice(kinds), mat, (x - side * .003, there, high), (0, 0, side * math.pi / 2))

    def facts(self) -> Facts:
        return Facts("throw", self.cover.color, self.cover.material, cm(self.w * 3, self.d * self.layers),
                     self.cover.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Blanket:
        color = F.any_color(rng)
        if rng.random() < .5:
            cover = F.cloth(color, rng.choice(("felt", "linen", "boucle")), F.any_print(
                rng, color, ("checks", "stripes_v", "stripes_h", "grid", "bands", "zigzag"), (4, 9)))
        else:
            cover = F.cloth(color, rng.choice(("knit", "felt", "linen", "boucle")))
        fringe = F.cloth(color, "canvas") if rng.random() < .6 else None
        return cls(spread(rng, .42, .1), spread(rng, .3, .1), rng.choice((4, 5, 6)), cover, fringe, rng.randrange(99))
