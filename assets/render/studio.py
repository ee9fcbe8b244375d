"""Product shots: a sweep (or a wall), three lamps and an exactly framed camera, all scaled by the product's radius, so
that one recipe serves a candle and a sofa.

Shot 0 is the catalogue picture: high key on white, Khronos PBR Neutral. Shot 1 is the second picture: from the other
side, nearer, a harder warm light, a soft colour behind, AgX. Two lights and two transforms in one catalogue are what a
real shop has, and they make the search harder in a natural way.
"""
from __future__ import annotations

import math
import random
from dataclasses import dataclass

import numpy as np
from mesh import Product, mesh
from nodes import Shader
from scene import area, frame, render, world

GROUNDS = ("#ece7df", "#c9d3cc", "#e8c8b2", "#b7c3cc", "#eedfbd", "#cdbfae", "#d9c3c3", "#f2f0ec")
PALE_GROUNDS = ("#c9d3cc", "#b7c3cc", "#cdbfae", "#d9c3c3")
BULB_IN_STUDIO = 0.15        # full strength burns the shade and turns the floor orange

# family: (azimuth, elevation, lens) of shot 0 and of shot 1, in degrees and mm
DEFAULT_VIEWS = ((24, 14, 85), (-32, 22, 60))
VIEWS = {
    "rug": ((20, 38, 60), (-28, 62, 50)), "clock": ((12, 4, 85), (-34, 8, 70)), "picture": ((14, 3, 85), (-35, 10, 60)),
    "cushion": ((14, 8, 85), (-36, 18, 65)), "sofa": ((24, 10, 70), (-38, 17, 45)), "bowl": ((0, 26, 85), (40, 42, 60)),
    "mug": ((24, 14, 85), (-20, 30, 60)), "tote": ((14, 6, 85), (-32, 16, 60)), "kettle": ((18, 12, 85), (-42, 24, 60)),
    "plate": ((0, 40, 85), (34, 58, 60)), "tray": ((20, 34, 70), (-30, 52, 60)), "mirror": ((14, 3, 85), (-35, 10, 60)),
    "throw": ((28, 24, 70), (-40, 34, 55)), "floor_lamp": ((16, 5, 85), (-34, 10, 60)),
    "bench": ((28, 14, 70), (-38, 22, 50)), "teapot": ((12, 14, 85), (-38, 26, 60)),
    "watering_can": ((10, 10, 85), (-32, 24, 60)),
}


@dataclass(frozen=True)
class Extent:
    """Bounds of a product: lowest and highest corner, centre, half diagonal."""

    low: np.ndarray
    high: np.ndarray
    centre: np.ndarray
    radius: float


def extent(points: np.ndarray) -> Extent:
    """Bounds of (N, 3) points."""
    low, high = points.min(0), points.max(0)
    return Extent(low, high, (low + high) / 2, float(np.linalg.norm(high - low)) / 2)


def shoot(p: Product, shot: int, path: str, px: int, samples: int, pale: bool = False) -> float:
    """Render one product that stands alone in the scene; seconds. `pale`: white goods get less light all round, else
    they lose their shading on white."""
    if p.family == "cushion":
        p.root.rotation_euler = (-0.16, 0, 0)      # upright, it looks like a board
    for lamp in p.lamps:
        lamp.data.energy *= BULB_IN_STUDIO
    points = p.points()
    around, rng = extent(points), random.Random(f"{p.root.name}{shot}")
    azimuth, elevation, lens = VIEWS.get(p.family, DEFAULT_VIEWS)[shot]
    azimuth, elevation = azimuth + rng.uniform(-6, 6), elevation + rng.uniform(-3, 3)
    ground = "#ffffff" if shot == 0 else rng.choice(PALE_GROUNDS if pale else GROUNDS)
    (_wall if p.params.hangs else _sweep)(around, ground)
    (_soft_light if shot == 0 else _hard_light)(around, pale)
    if p.family == "mirror":
        _to_reflect(around)
    frame(points, math.radians(azimuth), math.radians(elevation), lens, 0.86 if shot == 0 else 0.82)
    if shot == 0:
        return render(path, px, px, samples, "Khronos PBR Neutral")
    return render(path, px, px, samples, "AgX", "Medium High Contrast", 0.8)


def _ground(profile, half_width: float, color: str) -> None:
    """A long sheet from a (y, z) profile."""
    s = Shader("ground", 0.9)
    s.set(Base_Color=color, Specular_IOR_Level=0.1)
    verts = [(x, y, z) for y, z in profile for x in (-half_width, half_width)]
    faces = [(2 * i, 2 * i + 1, 2 * i + 3, 2 * i + 2) for i in range(len(profile) - 1)]
    mesh("ground", verts, faces).data.materials.append(s.material)


def _sweep(e: Extent, color: str) -> None:
    """Paper on the floor, bent up behind the product in a quarter circle."""
    r, floor = e.radius, e.low[2]
    arc, back = 1.2 * r, e.high[1] + 3.2 * r
    bend = [(back - arc + arc * math.sin(a), floor + arc - arc * math.cos(a)) for a in np.linspace(0.1, 1.5, 12)]
    profile = [(-40 * r, floor), (back - arc, floor), *bend, (back, floor + arc), (back, floor + 30 * r)]
    _ground(profile, 60 * r, color)


def _wall(e: Extent, color: str) -> None:
    """A wall right behind what hangs."""
    _ground([(e.high[1] + 0.001, -40 * e.radius), (e.high[1] + 0.001, 40 * e.radius)], 60 * e.radius, color)


def _to_reflect(e: Extent) -> None:
    """Light and shade behind the camera, seen in a mirror only: an even room makes its glass a grey board."""
    r, s = 30 * e.radius, Shader("reflected")
    x = s.sep(s.map(s.co, (1 / r, 1, 1 / r), rot=(0, 0.5, 0)))[0]
    tone = s.ramp(s.add(s.mul(x, 0.5), 0.5),
                  [(0.40, "#98a3a8"), (0.47, "#dfe4e6"), (0.53, "#f6f7f7"), (0.60, "#b9c2c6")])
    s.set(Base_Color="#000000", Emission_Color=tone, Emission_Strength=0.8)
    y = e.centre[1] - 14 * e.radius
    card = mesh("reflected", [(-r, y, -r), (r, y, -r), (r, y, r), (-r, y, r)], [(0, 1, 2, 3)], smooth=False)
    card.data.materials.append(s.material)
    card.visible_diffuse = card.visible_shadow = False


def _from(e: Extent, x: float, y: float, z: float) -> tuple[float, float, float]:
    return tuple(e.centre + np.array((x, y, z)) * e.radius)


def _soft_light(e: Extent, pale: bool) -> None:
    """Watts go with the square of the radius, as distances go with the radius."""
    r, power = e.radius, e.radius**2
    world("#ffffff", 0.45 if pale else 0.62)
    area(_from(e, -2.6, -2.2, 3.4), e.centre, 2.4 * r, 165 * power)
    area(_from(e, 3.2, -1.6, 1.2), e.centre, 3 * r, (22 if pale else 38) * power, size_y=4 * r)
    area(_from(e, 0.5, 2.2, 4), e.centre, 3 * r, 70 * power)


def _hard_light(e: Extent, pale: bool) -> None:
    r, power = e.radius, e.radius**2
    world("#f3f1ee", 0.30)
    area(_from(e, 3.0, -1.2, 2.2), e.centre, 1.4 * r, (150 if pale else 190) * power, "#fff1df")
    area(_from(e, -3.4, -2, 1.2), e.centre, 3.4 * r, 36 * power, "#e6eeff")
