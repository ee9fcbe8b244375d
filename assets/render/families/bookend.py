"""Bookends and other small sculptures."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, bevel, box, lathe, mesh

from .base import Facts, Family, cm, grained

SHAPES = ("arch", "ball", "steps")
DEPTH = 0.055
ARC_STEPS = 28


@dataclass(frozen=True)
class Bookend(Family):
    family = "bookend"
    category = "Home & Garden > Decor > Bookends"
    shape: str = "arch"
    h: float = 0.15
    finish: Finish = F.marble("white", 9.0)

    def build(self, p: Product) -> None:
        getattr(self, f"_{self.shape}")(p, grained(self.finish, 2))

    def _arch(self, p: Product, mat: M.Material) -> None:
        """Outline out and back in, pulled to a depth; the flat faces are strips between the two arcs. Only edges
        sharper than a radian are rounded and nothing is smoothed: else its feet flare."""
        outer, inside, h = self.h * .42, self.h * .21, self.h
        arc = [math.pi * k / (ARC_STEPS - 1) for k in range(ARC_STEPS)]

        def line(r: float) -> list[tuple[float, float]]:
            over = [(r * math.cos(a), h - outer + r * math.sin(a)) for a in arc]
            return [(r, 0), *over, (-r, 0)]

        outline = line(outer) + line(inside)[::-1]
        count, half = len(outline), len(outline) // 2
        verts = [(x, y, z) for y in (-DEPTH / 2, DEPTH / 2) for x, z in outline]
        faces = [(count + i, count + (i + 1) % count, (i + 1) % count, i) for i in range(count)]
        for i in range(half - 1):
            faces.append((i, i + 1, count - 2 - i, count - 1 - i))
            faces.append((2 * count - 1 - i, 2 * count - 2 - i, count + i + 1, count + i))
        ob = mesh("arch", verts, faces, [(0, 0)] * sum(map(len, faces)), False)
        rounded = bevel(ob, .0025, 2).modifiers[-1]
        rounded.limit_method, rounded.angle_limit, rounded.harden_normals = "ANGLE", 1.0, False
        p.add(ob, mat)

    def _ball(self, p: Product, mat: M.Material) -> None:
        h, base = self.h, .022
        r = (h - base) / 2
        profile = [(max(.001, r * math.sin(a)), base - .002 + r - r * math.cos(a))
                   for a in (math.pi * k / 12 for k in range(13))]
        p.add(lathe("ball", profile, 4, 72), mat)
        p.add(box("base", r * 2, r * 1.5, base, .003), mat)

    def _steps(self, p: Product, mat: M.Material) -> None:
        """Three blocks of falling height side by side."""
        for k, share in enumerate((1, .68, .36)):
            p.add(box("block", .038, .07, self.h * share, .003), mat, ((k - 1) * .0385, 0, 0))

    def facts(self) -> Facts:
        nouns = {"arch": "arch bookend", "ball": "sphere bookend", "steps": "stepped bookend"}
        return Facts(nouns[self.shape], self.finish.color, self.finish.material, f"{cm(self.h)} high")

    @classmethod
    def sample(cls, rng: Random) -> Bookend:
        color = F.any_color(rng)
        finish = rng.choice((F.marble(rng.choice(list(F.MARBLES)), 9.0), F.terrazzo(rng.choice(F.WHITES)),
                             F.concrete(rng.choice(("stone", "charcoal", "sand"))), F.timber(rng.choice(list(F.WOODS))),
                             F.lacquer(color), F.metal("brass")))
        return cls(rng.choice(SHAPES), round(rng.uniform(.11, .19), 3), finish)
