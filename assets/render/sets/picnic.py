"""A deck in the garden: a rug with cushions, a basket, a bag, something to drink."""
from __future__ import annotations

import leisure
import materials
import surfaces
import tableware
from mesh import box
from scene import sun, world
from shell import put_material, quad
from stage import Stage, View

from .common import fruit_in

SLOTS = {"rug": "rug", "cushion": "cushion", "second cushion": "cushion", "bag": "tote", "bottle": "bottle",
         "bowl": "bowl", "basket": "basket", "throw": "throw", "planter": "planter", "mug": "mug",
         "can": "watering_can"}


def build(stage: Stage) -> View:
    """Low sun from the left front; a fence of boards and a hedge behind."""
    _deck(stage)
    stage.put(stage.slot("rug"), 0.05, 0.1, 0.001, 0.12, surface="rug", solid=False)
    ground = 0.012
    stage.put(stage.slot("basket"), -0.5, 0.4, ground, 0.3)
    stage.put(stage.slot("bag"), 0.62, 0.45, ground, -0.35, pitch=-0.04)
    stage.put(stage.slot("bottle"), 0.3, 0.18, ground, 0.2)
    bowl = stage.put(stage.slot("bowl"), 0.02, 0.05, ground)
    fruit_in(stage, bowl, ("apple", "orange", "lemon"))
    stage.put(stage.slot("mug"), 0.2, -0.12, ground, -0.6)
    if stage.has("throw"):
        stage.put(stage.slot("throw"), -0.45, -0.12, ground, 0.35)
    if stage.has("cushion"):
        stage.put(stage.slot("cushion"), 0.12, 0.62, ground, 0.1, pitch=-1.38)
    stage.put(stage.tag(leisure.straw_hat(stage.decor.accent), "hat"), 0.55, -0.05, ground, 0.3)
    stage.put(stage.tag(tableware.fruit("apple"), "fruit"), -0.15, -0.2, ground)
    if stage.has("planter"):
        stage.put(stage.slot("planter"), -1.05, 1.1, 0, 0.3)
    if stage.has("can"):
        stage.put(stage.slot("can"), 1.1, 0.95, 0, 0.5)
    return View((0.35, -1.75, 1.15), (0.05, 0.3, 0.3), 36, exposure=-0.1)


def _deck(stage: Stage) -> None:
    decor, sign = stage.decor, stage.sign
    quad("deck", [(-6, -6, 0), (6, -6, 0), (6, 1.6, 0), (-6, 1.6, 0)],
         materials.planks(decor.floor[0], decor.floor[1], 0.12, 2.4, 0.6))
    fence = materials.paint(decor.wall, 0.6)
    for k in range(26):
        stage.fix(put_material(box("board", 0.13, 0.022, 1.25, 0.004), fence), -2.0 + k * 0.145, 1.62, 0.06)
    for z in (0.3, 1.0):
        stage.fix(put_material(box("rail", 6, 0.04, 0.08, 0.004), fence), 0, 1.66, z)
    hedge = quad("garden", [(-9, 6, -2), (9, 6, -2), (9, 6, 6), (-9, 6, 6)], surfaces.garden(decor.sky, 0.8))
    hedge.visible_shadow = False
    x, y, z = decor.sun
    sun((sign * x, abs(y), z), decor.sun_strength, "#ffdcae")
    world(decor.sky, 0.8)
