"""Floor lamps."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, circle, lathe, solidify, tube

from .base import THIRD, Facts, Family, cm, grained, joined, spread

SHAPES = ("column", "tripod", "reading", "arc")


@dataclass(frozen=True)
class FloorLamp(Family):
    """Column and tripod carry a cloth shade of `shade_r`; reading and arc a metal dome in the stand's finish or
    `dome`."""

    family = "floor_lamp"
    category = "Home & Garden > Lighting > Floor Lamps"
    shape: str = "column"
    h: float = 1.5
    finish: Finish = F.metal("brass")
    shade: str = "cream"
    shade_r: float = 0.2
    dome: Finish | None = None

    def build(self, p: Product) -> None:
        stand = grained(self.finish, 2)
        dome = M.make(self.dome) if self.dome else stand
        {"column": self._column, "tripod": self._tripod, "reading": self._reading, "arc": self._arc}[self.shape](
            p, stand, dome)

    def _foot(self, p: Product, x: float, r: float, mat: M.Material) -> None:
        p.add(lathe("foot", [(0, 0), (r, 0), (r, .004), (r, .016), (r - .006, .022), (.02, .026), (0, .026)], 3, 96),
              mat, (x, 0, 0))

    def _column(self, p: Product, stand: M.Material, dome: M.Material) -> None:
        self._foot(p, 0, .14, stand)
        p.add(tube("pole", [(0, 0, .02), (0, 0, self.h - .1)], .011, 20), stand)
        self._cloth(p, self.h - .28)

    def _tripod(self, p: Product, stand: M.Material, dome: M.Material) -> None:
        top = self.h - .26
        for k in range(3):
            c, s = math.cos(k * THIRD + .5), math.sin(k * THIRD + .5)
            p.add(tube("leg", [(.27 * c, .27 * s, 0), (.025 * c, .025 * s, top)], lambda t: .012 + .006 * t, 16), stand)
        p.add(lathe("hub", [(0, top - .03), (.045, top - .03), (.045, top + .01), (0, top + .01)], 2, 48, smooth=False),
              M.metal("brass"))
        self._cloth(p, self.h - .28)

    def _cloth(self, p: Product, z: float) -> None:
        low, high, color = self.shade_r, self.shade_r * .82, F.hex_of(self.shade)
        cone = lathe("shade", [(low, z), (high, z + .28)], 1, 96, smooth=False)
        p.add(solidify(cone, .0015), M.lampshade(color))
        for r, height in ((low, z), (high, z + .28)):
            p.add(tube("rim", circle(r, height), .0025, 6, True), M.fabric(color, "canvas"))
        p.bulb((0, 0, z + .14), 9)

    def _reading(self, p: Product, stand: M.Material, dome: M.Material) -> None:
        """A pole, a short arm, and a cone that looks down to the left."""
        self._foot(p, .1, .13, stand)
        p.add(tube("pole", [(.1, 0, .02), (.1, 0, self.h - .12), (.1, 0, self.h - .02), (.03, 0, self.h),
                            (-.1, 0, self.h - .03)], .0085, 16, n=6), stand)
        self._dome(p, dome, (-.13, 0, self.h - .16), .5, .085, .15)

    def _arc(self, p: Product, stand: M.Material, dome: M.Material) -> None:
        """A bow from a heavy foot on the right to a wide dome on the left."""
        self._foot(p, .42, .16, stand)
        bow = [(.42, 0, .02), (.42, 0, self.h * .55), (.34, 0, self.h * .86), (.1, 0, self.h), (-.2, 0, self.h * .93),
               (-.34, 0, self.h * .8)]
        p.add(tube("bow", bow, .010, 16, n=10), stand)
        self._dome(p, dome, (-.34, 0, self.h * .8 - .15), 0, .17, .16)

    def _dome(self, p: Product, mat: M.Material, at: tuple[float, float, float], tilt: float, r: float,
              h: float) -> None:
        shell = lathe("dome", [(r, 0), (r * .96, h * .3), (r * .7, h * .75), (.022, h), (0, h + .004)], 6, 96)
        p.add(solidify(shell, .002), mat, at, (0, tilt, 0))
        p.bulb((at[0] - math.sin(tilt) * .0, at[1], at[2] + h * .4), 6, radius=.02)

    def facts(self) -> Facts:
        if self.shape in ("reading", "arc"):
            color = joined(self.finish.color, self.dome.color) if self.dome else self.finish.color
            noun, material = f"{self.shape} floor lamp", self.finish.material
        else:
            color, noun = joined(self.finish.color, self.shade), "floor lamp"
            material = f"{self.finish.material}, linen"
        return Facts(noun, color, material, f"{cm(self.h)} high")

    @classmethod
    def sample(cls, rng: Random) -> FloorLamp:
        shape, color = rng.choice(SHAPES), F.any_color(rng)
        finish = F.timber(rng.choice(list(F.WOODS))) if shape == "tripod" else rng.choice(
            (F.metal(rng.choice(list(F.METALS))), F.lacquer(color)))
        shade = rng.choice(("cream", "chalk", "oat", "charcoal", "blush", "sage", "mustard", "navy", "terracotta"))
        dome = rng.choice((None, F.lacquer(F.any_color(rng)), F.metal("brass")))
        return cls(shape, spread(rng, 1.5, .08), finish, shade, spread(rng, .2, .15),
                   dome if shape in ("reading", "arc") else None)
