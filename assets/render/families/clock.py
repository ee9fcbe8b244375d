"""Wall clocks."""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import bpy
import finishes as F
import materials as M
from finishes import Finish
from mathutils import Quaternion
from mesh import Product, box, lathe, tube
from scene import link

from .base import Facts, Family, cm, joined

DEPTH = 0.035
UPRIGHT = (math.pi / 2, 0, 0)          # lathes turn about z; a dial faces -Y
TICKS = ("bars", "dots", "numerals", "quarters")


@dataclass(frozen=True)
class Clock(Family):
    """Dial in `face` colour with `ink` marks and `hand` coloured hands; `time` as (hour, minute)."""

    family = "clock"
    category = "Home & Garden > Decor > Clocks"
    hangs = True
    r: float = 0.15
    case: Finish = F.timber("oak")
    face: str = "chalk"
    ink: str = "black"
    hand: str = "black"
    ticks: str = "bars"
    rim: float = 0.012
    time: tuple[int, int] = (10, 9)

    def build(self, p: Product) -> None:
        r, d, rim = self.r, DEPTH, self.rim
        case = lathe("case", [(0, 0), (r * .98, 0), (r, .004), (r, d - .004), (r - .003, d), (r - rim, d),
                              (r - rim - .002, d - .003), (r - rim - .002, d - .009), (0, d - .009)], 3, 128)
        p.add(case, M.make(self.case, axis=0) if self.case.recipe == "wood" else M.make(self.case), (0, 0, r), UPRIGHT)
        dial = lathe("face", [(0, d - .0085), (r - rim - .002, d - .0085)], 1, 96, smooth=False)
        p.add(dial, M.paint(F.hex_of(self.face), .6, 0), (0, 0, r), UPRIGHT)
        self._marks(p, M.paint(F.hex_of(self.ink), .5))
        self._hands(p, M.paint(F.hex_of(self.hand), .35))

    def _marks(self, p: Product, ink: M.Material) -> None:
        ring = self.r - self.rim - .018
        for k in range(12):
            angle, big = k * math.pi / 6, k % 3 == 0
            if self.ticks == "numerals":
                self._numeral(p, ink, 12 if k == 0 else k, angle, ring * .93)
            elif self.ticks == "dots":
                dot = lathe("dot", [(0, .001), (.005 if big else .0032, .001), (0, .002)], 1, 20, smooth=False)
                p.add(dot, ink, self._on_dial(angle, ring, DEPTH - .009), UPRIGHT)
            elif big or self.ticks == "bars":
                bar = box("tick", .006 if big else .003, self.r * (.15 if big else .08), .001, 0)
                p.add(bar, ink, self._on_dial(angle, ring - .004, DEPTH - .009))
                bar.rotation_mode = "QUATERNION"
                bar.rotation_quaternion = Quaternion((0, 1, 0), angle) @ Quaternion((1, 0, 0), math.pi / 2)

    def _on_dial(self, angle: float, ring: float, depth: float) -> tuple[float, float, float]:
        return math.sin(angle) * ring, -depth, self.r + math.cos(angle) * ring

    def _numeral(self, p: Product, ink: M.Material, number: int, angle: float, ring: float) -> None:
        text = bpy.data.curves.new("numeral", "FONT")
        text.body, text.size, text.extrude = str(number), self.r * .19, .0004
        text.align_x = text.align_y = "CENTER"
        p.add(link(bpy.data.objects.new("numeral", text)), ink, self._on_dial(angle, ring, DEPTH - .008), UPRIGHT)

    def _hands(self, p: Product, mat: M.Material) -> None:
        hour, minute = self.time
        for angle, length, width, lift in (((hour + minute / 60) * math.pi / 6, self.r * .5, .0055, .002),
                                           (minute * math.pi / 30, self.r * .74, .0038, .0035)):
            tail = self._on_dial(angle, -self.r * .1, DEPTH - .008 + lift)
            tip = self._on_dial(angle, length, DEPTH - .008 + lift)
            p.add(tube("hand", [tail, tip], lambda t, width=width: width * (1 - .4 * t), 8, flat=.35), mat)
        p.add(lathe("pin", [(0, 0), (.007, 0), (.007, .004), (0, .005)], 2, 24), mat, (0, -(DEPTH - .009), self.r),
              UPRIGHT)

    def facts(self) -> Facts:
        return Facts("wall clock", joined(self.case.color, self.face), self.case.material, f"{cm(self.r * 2)} across")

    @classmethod
    def sample(cls, rng: Random) -> Clock:
        face = rng.choice(("chalk", "chalk", "cream", F.any_color(rng)))
        ink = F.contrast(rng, face, 50)
        case = rng.choice((F.timber(rng.choice(list(F.WOODS))), F.lacquer(F.any_color(rng)),
                           F.metal(rng.choice(list(F.METALS)))))
        return cls(round(rng.uniform(.12, .18), 3), case, face, ink, rng.choice((ink, "rust", "mustard", "black")),
                   rng.choice(TICKS), rng.choice((.005, .012, .022)), (rng.randrange(12), rng.randrange(60)))
