"""Fruit and vegetables for the training cut-outs: shapes and skins drawn at random, none modelled on a particular sort.

The shop sells none of it; it is what an embedder that never saw food needs to tell a lemon from an orange. Knows
nothing of rooms. Sorts are not named: a product is its numbers.
"""
from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

import bpy
import materials as M
import numpy as np
from families.base import Facts, Family, cm, spread
from mathutils import Vector, noise
from mesh import Product, lathe, leaf_mesh, tube
from nodes import Shader
from scene import link

# Skins and flesh as groceries have them; none is pure black or white, as on all products.
SKINS = ("#b3201c", "#8f1f22", "#d4432a", "#e2701d", "#ee9a1f", "#f0b93a", "#f0d43c", "#e9e08a", "#b9c53c", "#7fa32e",
         "#4d7d2a", "#2f5526", "#23361f", "#5a2140", "#33203a", "#7a4a26", "#9b7443", "#c4a06a", "#d9c39a", "#efe6d0",
         "#d98a86", "#8b2a4a")
FLESHES = ("#f3ead0", "#f6dd9a", "#f2a53c", "#e8603a", "#cf3540", "#a9c45a", "#7fb03c", "#f5efe2", "#e9b7a0")
BLUSHES = ("", "", "side", "streaks", "spots", "ends")
STALKS = ("#6b4a2c", "#4d6b2a", "#7d8a3c", "#3f4a26")


def skin(color: str, blush: str, how: str, rough: float, relief: float, seed: int) -> bpy.types.Material:
    """A skin of one colour or two: a blush on one side, streaks from top to bottom, spots, or other ends."""
    s = Shader("skin", rough)
    place = s.map(s.co, loc=(seed * 1.7, seed * 0.9, 0))
    shares = {"side": lambda: s.noise(place, 16, 2), "streaks": lambda: s.noise(s.stretched(2, 0.12, 1, place), 90, 3),
              "spots": lambda: s.noise(place, 260, 2), "ends": lambda: s.noise(s.stretched(2, 1, 0.05, place), 22, 1)}
    base = s.rgb(color)
    if how:
        base = s.mix(s.ramp(shares[how](), [(0.42, 0.0), (0.62, 1.0)]), base, blush)
    base = s.shade(base, s.noise(place, 40, 5), 0.82, 1.1)
    s.set(Base_Color=base, Coat_Weight=max(0.0, 0.4 - rough), Coat_Roughness=0.15, Subsurface_Weight=0.05)
    return s.bump(s.noise(place, 420, 3), relief, 0.0012).material


def lump(ob: bpy.types.Object, size: float, amount: float, seed: int) -> bpy.types.Object:
    """Dents and bulges some `size` metres wide: no fruit is a solid of revolution."""
    for vertex in ob.data.vertices:
        at = vertex.co / size + Vector((seed * 3.1, seed * 1.3, seed * 0.7))
        vertex.co = vertex.co * (1 + amount * noise.noise(at))
    return ob


@dataclass(frozen=True)
class Round(Family):
    """A round one: apple to pepper to potato. `taper` narrows the top, `lobes` rib it, `cut` lays a half beside it."""

    family = "round_produce"
    category = "Food > Fruit & Vegetables"
    r: float = 0.04
    stretch: float = 1.0
    taper: float = 0.0
    dimple: float = 0.0
    lobes: int = 0
    lumps: float = 0.05
    skin: str = SKINS[0]
    blush: str = SKINS[3]
    how: str = ""
    rough: float = 0.35
    relief: float = 0.1
    crown: str = "stem"
    pieces: int = 1
    cut: bool = False
    flesh: str = FLESHES[0]
    seed: int = 0

    def build(self, p: Product) -> None:
        rng = Random(self.seed)
        mat = skin(self.skin, self.blush, self.how, self.rough, self.relief, self.seed)
        stalk = M.paint(rng.choice(STALKS), 0.8, 0)
        for k in range(self.pieces):
            tilt = (rng.gauss(0, 0.35), rng.gauss(0, 0.35), rng.uniform(0, 6)) if self.pieces > 1 else (0, 0, 0)
            place = (k * self.r * 2.05 * (-1) ** k * (0.5 if k > 1 else 1), k % 2 * self.r * 0.5, 0)
            whole = lathe("fruit", self._profile(1), 3, 48, self._ribs)
            body = p.add(lump(whole, self.r, self.lumps, self.seed + k), mat, place, tilt)
            self._crown(p, body, stalk, rng)
        if self.cut:
            self._half(p, mat)

    def _profile(self, share: float) -> list[tuple[float, float]]:
        """From the bottom pole up to `share` of the height."""
        line = []
        for k in range(13):
            a = math.pi * k / 12 * share
            radius = self.r * math.sin(a) * (1 - self.taper * (1 - math.cos(a)) / 2)
            hollow = self.dimple * self.r * math.exp(-((radius / self.r / 0.4) ** 2)) * (1 if a < math.pi / 2 else -1)
            line.append((max(0.0004, radius), self.r * self.stretch * (1 - math.cos(a)) + hollow))
        return line

    def _ribs(self, theta: float, _: float, r: float) -> float:
        return r * (1 + 0.09 * abs(math.cos(self.lobes * theta / 2))) if self.lobes else r

    def _crown(self, p: Product, body: bpy.types.Object, stalk: bpy.types.Material, rng: Random) -> None:
        if not self.crown:
            return
        top = self._profile(1)[-1][1]
        lean = rng.uniform(-0.3, 0.3) * self.r
        parts = [tube("stem", [(0, 0, top - 0.003), (lean / 2, 0, top + self.r * 0.2), (lean, 0, top + self.r * 0.4)],
                      self.r * 0.05, 8, n=4)]
        if self.crown == "calyx":
            sepal = leaf_mesh(self.r * 0.7, self.r * 0.2, 0.7)
            parts = [link(bpy.data.objects.new("sepal", sepal)) for _ in range(6)]
        for k, part in enumerate(parts):
            p.add(part, stalk if not part.data.materials else None)
            part.parent = body
            if self.crown == "calyx":
                part.location, part.rotation_euler = (0, 0, top + 0.001), (0, 0, k * math.pi / 3)

    def _half(self, p: Product, mat: bpy.types.Material) -> None:
        """Half of one lying before the others, its flesh to the front."""
        s, reach = Shader("flesh", 0.3), self.r * 1.02
        x, y, _ = s.sep(s.co)
        out = s.mul(s.hypot(x, y), 1 / reach)
        stops = [(0.0, self.blush), (0.3, self.flesh), (0.86, self.flesh), (0.95, "#f2ead6"), (1.0, self.skin)]
        rings = s.ramp(out, stops)
        s.set(Base_Color=s.shade(rings, s.noise(s.co, 160, 3), 0.85, 1.08), Subsurface_Weight=0.1)
        where, turn = (self.r * 0.9, -self.r * 1.3, self.r), (1.35, 0, 0.25)
        line = self._profile(0.5)
        p.add(lathe("half", line, 3, 48, self._ribs), mat, where, turn)
        face = lathe("flesh", [(0.0004, line[-1][1]), line[-1]], 4, 48, self._ribs, smooth=False)
        p.add(face, s.material, where, turn)

    def facts(self) -> Facts:
        return Facts("fruit", self.skin, "food", cm(self.r * 2))

    @classmethod
    def sample(cls, rng: Random) -> Round:
        kind = rng.choice(("apple", "citrus", "pear", "pepper", "potato", "melon"))
        lobes = rng.choice((3, 4)) if kind == "pepper" else rng.choice((0, 0, 0, 5, 9))
        crown = {"citrus": "", "potato": "", "pepper": "stem"}.get(kind, rng.choice(("stem", "stem", "calyx", "")))
        return cls(
            r=spread(rng, 0.085 if kind == "melon" else 0.04, 0.3),
            stretch=round(rng.uniform(0.78, 1.1) if kind != "potato" else rng.uniform(1.0, 1.6), 2),
            taper=round(rng.uniform(0.3, 0.6), 2) if kind == "pear" else round(rng.uniform(-0.15, 0.2), 2),
            dimple=round(rng.uniform(0.1, 0.35), 2) if kind in ("apple", "pepper") else 0.0,
            lobes=lobes, lumps=round(rng.uniform(0.02, 0.25 if kind == "potato" else 0.09), 2),
            skin=rng.choice(SKINS), blush=rng.choice(SKINS), how=rng.choice(BLUSHES),
            rough=round(rng.uniform(0.15, 0.75), 2), relief=round(rng.choice((0.05, 0.15, 0.6)), 2), crown=crown,
            pieces=rng.choice((1, 1, 1, 2, 3)), cut=rng.random() < 0.3, flesh=rng.choice(FLESHES),
            seed=rng.randrange(10_000),
        )  # fmt: skip


@dataclass(frozen=True)
class Long(Family):
    """A long one lying on its side: cucumber to carrot to banana. `point` narrows its end, `bend` curves it."""

    family = "long_produce"
    category = "Food > Fruit & Vegetables"
    r: float = 0.02
    length: float = 0.18
    point: float = 0.3
    bend: float = 0.1
    bulge: float = 0.0
    lumps: float = 0.05
    skin: str = SKINS[9]
    blush: str = SKINS[8]
    how: str = ""
    rough: float = 0.4
    pieces: int = 1
    tip: str = ""
    seed: int = 0

    def build(self, p: Product) -> None:
        rng = Random(self.seed)
        mat = skin(self.skin, self.blush, self.how, self.rough, 0.2, self.seed)
        line = [(x * self.length / 2, 0, self.bend * self.length * (1 - x * x)) for x in np.linspace(-1, 1, 9)]
        for k in range(self.pieces):
            body = lump(tube("long", line, self._radius, 24, n=5), self.r * 2.5, self.lumps / 3, self.seed + k)
            place, lies = (rng.gauss(0, 0.01), k * self.r * 2.1, self.r), (-math.pi / 2.3, 0, rng.gauss(0, 0.06))
            p.add(body, mat, place, lies)
            if self.tip:
                x, _, z = line[0]
                end = [(x - self.length * 0.09, 0, z - 0.004), (x + 0.004, 0, z)]
                p.add(tube("tip", end, self.r * 0.22, 8), M.paint(self.tip, 0.7, 0), place, lies)

    def _radius(self, t: float) -> float:
        ends = min(1.0, math.sqrt(max(0.0, min(t, 1 - t)) / 0.1)) if 0 < t < 1 else 0.05
        return self.r * max(0.06, ends) * (1 - self.point * t) * (1 + self.bulge * math.sin(math.pi * t) ** 2)

    def facts(self) -> Facts:
        return Facts("vegetable", self.skin, "food", cm(self.length))

    @classmethod
    def sample(cls, rng: Random) -> Long:
        return cls(
            r=spread(rng, 0.022, 0.35), length=spread(rng, 0.18, 0.35), point=rng.choice((0.05, 0.15, 0.5, 0.75)),
            bend=round(rng.choice((0.0, 0.03, 0.12, 0.25)), 2), bulge=round(rng.choice((0.0, 0.0, 0.3)), 2),
            lumps=round(rng.uniform(0.02, 0.12), 2), skin=rng.choice(SKINS), blush=rng.choice(SKINS),
            how=rng.choice(BLUSHES), rough=round(rng.uniform(0.2, 0.7), 2),
            pieces=rng.choice((1, 1, 2, 3, 5)), tip=rng.choice(("", *STALKS)), seed=rng.randrange(10_000),
        )  # fmt: skip


FAMILIES: dict[str, type[Family]] = {kind.family: kind for kind in (Round, Long)}
