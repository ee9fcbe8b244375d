"""Framed prints."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, box, mesh
from prints import DRAWINGS

from .base import Facts, Family, cm, grained, joined

DEPTH = 0.022
DRAWING_WORDS = {"shapes": "abstract", "hills": "landscape", "ink": "marbled ink", "meadow": "floral",
                 "lines": "arches"}


@dataclass(frozen=True)
class Picture(Family):
    """A drawing with a passe-partout of `border` m in a frame of `bar` m; its back is at y = +11 mm."""

    family = "picture"
    category = "Home & Garden > Decor > Wall Art"
    hangs = True
    w: float = 0.4
    h: float = 0.5
    frame: Finish = F.timber("oak")
    drawing: str = "shapes"
    colors: tuple[str, ...] = ("chalk", "terracotta", "petrol", "apricot", "sage")
    border: float = 0.06
    bar: float = 0.018
    seed: int = 0

    def build(self, p: Product) -> None:
        w, h, bar = self.w, self.h, self.bar
        for z in (0, h - bar):
            p.add(box("bar", w, DEPTH, bar, .002), grained(self.frame, 0), (0, 0, z))
        for side in (-1, 1):
            p.add(box("bar", bar, DEPTH, h - 2 * bar, .002), grained(self.frame, 2),
                  (side * (w / 2 - bar / 2), 0, bar))
        p.add(_sheet(w - bar, h - bar, 0), M.paint("#f6f3ec", .8, 0), (0, 0, h / 2))
        gap = 2 * (bar + self.border)
        p.add(_sheet(w - gap, h - gap, -.001), M.drawing(self.drawing, self.colors, self.seed), (0, 0, h / 2))

    def facts(self) -> Facts:
        return Facts("framed print", joined(self.frame.color, self.colors[1]), f"{self.frame.material}, paper",
                     cm(self.w, self.h), DRAWING_WORDS[self.drawing])

    @classmethod
    def sample(cls, rng: Random) -> Picture:
        ground = rng.choice((*F.WHITES, "sky", "blush", "navy", "mint"))
        inks = [c for c in F.PALETTE if F.delta_e(c, ground) > 25]
        frame = F.timber(rng.choice(list(F.WOODS))) if rng.random() < .6 else rng.choice(
            (F.lacquer(rng.choice(("black", "chalk", "navy", "rust")), "painted wood"), F.metal("brass")))
        w = round(rng.uniform(.22, .55), 2)
        h = round(w * rng.choice((1., 1.25, 1.4, .75)), 2)
        return cls(w, h, frame, rng.choice(list(DRAWINGS)), (ground, *rng.sample(inks, 4)),
                   round(rng.choice((0., .08, .14)) * w, 3), rng.choice((.01, .018, .026)), rng.randrange(999))


def _sheet(w: float, h: float, y: float) -> bpy.types.Object:
    """A flat sheet that faces -Y; UV v runs -.5...5, u in the same scale."""
    corners = [(-w / 2, y, -h / 2), (w / 2, y, -h / 2), (w / 2, y, h / 2), (-w / 2, y, h / 2)]
    u = .5 * w / h
    return mesh("sheet", corners, [(0, 1, 2, 3)], [(-u, -.5), (u, -.5), (u, .5), (-u, .5)], False)
