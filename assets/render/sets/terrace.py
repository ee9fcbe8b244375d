"""Terrace in the afternoon sun: a chair and a small table before a house wall, plants."""
from __future__ import annotations

import surfaces
from materials import tiles
from mesh import box
from scene import sun, world
from shell import put_material, quad
from stage import Stage, View

from .common import WALLS

SLOTS = {"chair": "chair", "side table": "side_table", "planter": "planter", "second planter": "planter", "mug": "mug",
         "cushion": "cushion", "basket": "basket", "bag": "tote", "stool": "stool", "bottle": "bottle"}


def build(stage: Stage) -> View:
    """No roof: sky light, and a low sun from the left front with the shadow of a pergola."""
    wall = 1.3
    _ground_and_wall(stage, wall)
    chair = stage.put(stage.slot("chair"), -0.32, 0.52, 0, 0.55, jitter=0.03)
    if stage.has("cushion"):
        own = stage.bounds(chair)
        seat = stage.feel((own.x, own.y, 0.62), (0, 0, -1))[2]
        stage.at(stage.slot("cushion"), own.x - 0.035, own.y + 0.06, seat - 0.012, 0.55, -0.3)
    table = stage.put(stage.slot("side table"), 0.32, 0.62, 0, jitter=0.03)
    own = stage.bounds(table)
    top = stage.feel((own.x, own.y, 2.0), (0, 0, -1))[2]
    stage.put(stage.slot("mug"), own.x - 0.06, own.y - 0.1, top, -0.7, surface="table top", jitter=0.005)
    stage.put(stage.slot("bottle"), own.x + 0.08, own.y + 0.06, top, surface="table top", jitter=0.005)
    stage.put(stage.slot("planter"), -1.05, 0.95, 0, 0.4, jitter=0.03)
    stage.put(stage.slot("second planter"), 1.02, 0.95, 0, 0.8, jitter=0.03)
    stage.put(stage.slot("basket"), 0.78, 0.28, 0, 0.3, jitter=0.03)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), -0.92, 0.3, 0, 0.35, pitch=-0.04)
    if stage.has("stool"):
        stage.put(stage.slot("stool"), 1.2, 0.35, 0, 0.3)
    return View((0.55, -2.2, 1.25), (0.02, 0.6, 0.66), 38, exposure=-0.1)


def _ground_and_wall(stage: Stage, wall: float) -> None:
    decor, sign = stage.decor, stage.sign
    floor = tiles(decor.floor[0], "#8d8478", w=0.4, h=0.4, offset=0.5, rough=0.7, vertical=False)
    quad("ground", [(-6, -6, 0), (6, -6, 0), (6, wall, 0), (-6, wall, 0)], floor)
    house = WALLS[decor.finish](decor.wall)
    quad("house", [(-6, wall, 0), (6, wall, 0), (6, wall, 4), (-6, wall, 4)], house)
    paint = surfaces.poured(decor.paint)
    put_material(box("plinth", 12, 0.03, 0.14, 0.004), paint, (0, wall - 0.015, 0))
    for k in range(9):
        beam = box("beam", 0.07, 3.2, 0.12, 0.004)
        stage.fix(put_material(beam, surfaces.poured("#cbb896")), -3.1 + k * 0.34, -0.6, 2.75, 0.25)
    x, y, z = decor.sun
    sun((sign * x, abs(y), z), decor.sun_strength, "#ffdcae")
    world(decor.sky, 0.75)

