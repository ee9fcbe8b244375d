"""Mugs."""
from __future__ import annotations

from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mesh import Product, lathe, tube

from .base import Facts, Family, Profile, cm, inner, joined, spread, wall_at

# (radius, height) shares of the outer wall; metres are added near the foot, where a fillet keeps its size.
SHAPES = {
    "straight": lambda r, h: [(r * .93, 0), (r * .98, .006), (r, .02), (r, h * .6), (r, h)],
    "belly": lambda r, h: [(r * .72, 0), (r * .78, .004), (r * 1.12, h * .35), (r * 1.08, h * .6), (r * .98, h)],
    "taper": lambda r, h: [(r * .7, 0), (r * .74, .004), (r * .9, h * .5), (r * 1.08, h)],
    "foot": lambda r, h: [(r * .6, 0), (r * .62, .01), (r * .66, .012), (r * 1.02, h * .4), (r * 1.02, h)],
    "barrel": lambda r, h: [(r * .82, 0), (r * .85, .004), (r * 1.03, h * .4), (r * 1.03, h * .6), (r * .88, h)],
}
# (metres out from the wall, share of the height), from the upper root to the lower one. The roots sink in by less than
# the wall is thick: deeper, their slanted ends come out inside.
HANDLES = {
    "c": [(-.001, .82), (.012, .86), (.030, .75), (.034, .5), (.019, .27), (-.001, .2)],
    "d": [(-.001, .84), (.025, .85), (.034, .79), (.034, .46), (.027, .37), (-.001, .36)],
    "loop": [(-.001, .74), (.017, .78), (.027, .62), (.017, .46), (-.001, .44)],
}
WALL = 0.0035


@dataclass(frozen=True)
class Mug(Family):
    """`inside` and `handle_finish` default to the outside's finish; a print stays on the outside."""

    family = "mug"
    category = "Home & Garden > Kitchen > Mugs"
    shape: str = "straight"
    handle: str = "c"
    h: float = 0.095
    r: float = 0.042
    finish: Finish = F.glazed("sage", speckle=2, foot=0.022)
    inside: Finish | None = None
    handle_finish: Finish | None = None

    def build(self, p: Product) -> None:
        h, outside = self.h, M.make(self.finish)
        wall = SHAPES[self.shape](self.r, h)
        foot = wall[0][0] * 0.9
        rim = [(wall[-1][0] - WALL * .2, h + .0015), (wall[-1][0] - WALL * .8, h + .0012)]
        p.add(lathe("mug", [(0, 0), (foot, 0), (foot, 0), *wall, *rim], 5, 96), outside)
        # A second shell that shares the rim ring: a print stays outside.
        floor = [(wall[0][0] * .8, .007), (0, .006)]
        p.add(lathe("inside", [rim[-1], *inner(wall, WALL, .012), *floor], 5, 96),
              M.make(self.inside or F.inside_of(self.finish)))
        handle = M.make(self.handle_finish) if self.handle_finish else outside
        p.add(self._handle(wall), handle)

    def _handle(self, wall: Profile) -> bpy.types.Object:
        """A tube that flares where it meets the wall; offsets count from the wall, whatever its line."""
        points = HANDLES[self.handle]
        top, low = points[0][1], points[-1][1]
        line = []
        for out, share in points:
            between = wall_at(wall, self.h * low) + (wall_at(wall, self.h * top) - wall_at(wall, self.h * low)) * (
                (share - low) / (top - low))
            root = wall_at(wall, self.h * share)
            line.append(((root if out < 0 else max(between, root)) + out, 0, self.h * share))
        # A strap: wider than thick, and it flares where it meets the wall.
        return tube("handle", line, lambda t: .0068 * (1 + .3 * abs(2 * t - 1) ** 6), 14, flat=.72, n=10)

    def facts(self) -> Facts:
        color = joined(self.finish.color, self.inside.color) if self.inside else self.finish.color
        return Facts("mug", color, self.finish.material, f"{cm(self.h)} high, "
                     f"{round(3.14 * (self.r - WALL) ** 2 * self.h * 9e5, -1):.0f} ml", self.finish.pattern)

    @classmethod
    def sample(cls, rng: Random) -> Mug:
        color = F.any_color(rng)
        shape = rng.choice(list(SHAPES))
        size = {"h": spread(rng, .093, .1), "r": spread(rng, .042, .1)}
        kind = rng.random()
        if kind < .4:
            printed = F.any_print(rng, color, ("waves", "dots", "stripes_v", "stripes_h", "bands", "checker", "zigzag",
                                               "floral", "brush", "diamonds"), (6, 11), 4.6)
            plain = F.glazed(rng.choice(printed.colors[:2]))
            return cls(shape, rng.choice(list(HANDLES)), **size, finish=F.glazed(color, printed=printed),
                       inside=F.glazed(printed.colors[0]), handle_finish=plain)
        if kind < .6:
            finish = F.glazed(color, reactive=F.lighter(color))
        else:
            finish = F.glazed(color, matte=rng.random() < .4, speckle=rng.choice((0, 0, 1, 2, 3)),
                              foot=rng.choice((None, None, .02, .03)))
        two_tone = F.glazed(F.contrast(rng, color)) if rng.random() < .3 else None
        return cls(shape, rng.choice(list(HANDLES)), **size, finish=finish, inside=two_tone)
