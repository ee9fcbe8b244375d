"""Cushions: two sheets that meet in a seam. Concave edges and piping sell it, not the wrinkles."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mathutils import Vector, noise
from mesh import Product, lathe, mesh, tube

from .base import Facts, Family, cm

GRID = 44
PULL = 0.085           # how far the edges are drawn in between the corners


def _tick(i: int) -> float:
    """Grid line i in -1..1, spaced by a sine: dense at the seam, where the form bends."""
    return math.sin((i / GRID * 2 - 1) * math.pi / 2)


@dataclass(frozen=True)
class Cushion(Family):
    """Half sizes a x b, half thickness t; `chop` is the dent of a hand in the upper edge (0-.5)."""

    family = "cushion"
    category = "Home & Garden > Textiles > Cushions"
    a: float = 0.24
    b: float = 0.24
    t: float = 0.098
    cover: Finish = F.cloth("rust")
    piping: Finish | None = None
    tassels: Finish | None = None
    chop: float = 0.0
    seed: int = 0

    def build(self, p: Product) -> None:
        verts, faces, uvs, seam = self._sheets()
        z = self.b * .97
        p.add(mesh("cushion", verts, faces, uvs), M.make(self.cover), (0, 0, z))
        if self.piping:
            p.add(tube("piping", [verts[i] for i in seam], .0048, 8, True), M.make(self.piping), (0, 0, z))
        if self.tassels:
            mat = M.make(self.tassels)
            for i in seam[::GRID]:
                x, _, height = verts[i]
                profile = [(.001, 0), (.012, .004), (.009, .014), (.016, .03), (.018, .055), (0, .056)]
                p.add(lathe("tassel", profile, 4, 24), mat, (x + math.copysign(.01, x), 0,
                                                              z + height + math.copysign(.01, height) - .02))

    def _point(self, u: float, v: float, side: int) -> tuple[float, float, float]:
        """Thickness t ((1-u^2)(1-v^2))^.4 with two octaves of noise, pleats along the seam and the chop."""
        shift = Vector((self.seed * 3.7, self.seed * 1.3, 0))
        edge = max(abs(u), abs(v))
        thick = self.t * max(0.0, (1 - u * u) * (1 - v * v)) ** .40
        bumps = (noise.noise(Vector((u * 2.4, v * 2.4, side)) + shift) * .13
                 + noise.noise(Vector((u * 6 + v * 2, v * 6, side * 2)) + shift) * .06 * edge)
        swing = 5 * noise.noise(Vector((u * 1.5, v * 1.5, 2)) + shift)
        pleats = math.sin(math.atan2(v, u) * 17 + swing) * (.5 + noise.noise(Vector((u * 2, v * 2, 7)) + shift))
        thick *= 1 + 2 * (bumps + .075 * edge**2.5 * pleats)
        thick *= 1 - self.chop * math.exp(-(u * 2.2) ** 2) * max(0, v + .2)
        drop = self.chop * .10 * math.exp(-(u * 1.6) ** 2) * max(0, v) ** 2
        return (self.a * u * (1 - PULL * (1 - v * v) * abs(u)), side * thick,
                self.b * v * (1 - PULL * (1 - u * u) * abs(v)) - drop)

    def _sheets(self) -> tuple[list[tuple], list[tuple], list[tuple], list[int]]:
        """Both sheets as one mesh that shares the seam's vertices; and the seam as a ring of vertex numbers."""
        verts, faces, uvs = [], [], []
        number: dict[tuple[int, int, int], int] = {}
        for side in (-1, 1):
            for i in range(GRID + 1):
                for j in range(GRID + 1):
                    on_seam = i in (0, GRID) or j in (0, GRID)
                    if side == 1 and on_seam:
                        number[side, i, j] = number[-1, i, j]
                        continue
                    number[side, i, j] = len(verts)
                    verts.append(self._point(_tick(i), _tick(j), side))
            for i in range(GRID):
                for j in range(GRID):
                    corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)][::-side]
                    faces.append(tuple(number[side, i, j] for i, j in corners))
                    uvs += [(_tick(i) * self.a, _tick(j) * self.b) for i, j in corners]
        there, back = range(GRID), range(GRID, 0, -1)
        ring = [(i, 0) for i in there] + [(GRID, j) for j in there] + [(i, GRID) for i in back] + [(0, j) for j in back]
        return verts, faces, uvs, [number[-1, i, j] for i, j in ring]

    def facts(self) -> Facts:
        return Facts("cushion", self.cover.color, self.cover.material, cm(round(self.a * 2, 2), round(self.b * 2, 2)),
                     self.cover.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Cushion:
        color = F.any_color(rng)
        if rng.random() < .65:
            printed = F.any_print(rng, color, ("checks", "stripes_v", "stripes_h", "ticking", "floral", "dots",
                                               "zigzag", "waves", "grid", "diamonds", "checker", "brush"), (8, 15))
            cover = F.cloth(color, rng.choice(("linen", "canvas")), printed)
            edge = printed.colors[1]
        else:
            cover, edge = F.cloth(color, rng.choice(("linen", "velvet", "boucle", "knit"))), F.contrast(rng, color)
        a = round(rng.uniform(.2, .26), 2)
        b = a if rng.random() < .65 else round(rng.uniform(.14, .18), 2)
        trim = rng.random()
        return cls(a, b, round(a * rng.uniform(.36, .44), 3), cover, F.cloth(edge, "canvas") if trim < .35 else None,
                   F.cloth(edge, "canvas") if trim > .85 else None, rng.choice((0., .2, .35)), rng.randrange(99))

