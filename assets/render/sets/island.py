"""A kitchen island with bar stools: kettle, bowls, bottles on its top, a shelf on the wall behind."""
from __future__ import annotations

import tableware
from materials import marble, paint
from mesh import box
from shell import Window, put_material
from stage import Stage, View

from .common import fruit_in, room, shelf

SLOTS = {"stool left": "stool", "stool right": "stool", "bowl": "bowl", "kettle": "kettle", "bottle": "bottle",
         "jar": "jar", "mug": "mug", "tray": "tray", "planter": "planter", "shelf jar": "jar", "shelf bowl": "bowl"}
TOP = 0.92
FRONT = 0.1


def build(stage: Stage) -> View:
    """Window left; the island in the middle, the stools before it."""
    decor = stage.decor
    wall = room(stage, 3.8, 2.8, 2.7, Window(-0.8, 0.7, 1.0, 2.3), fill=0.42, fill_color="#eef3fa").back_y
    body = box("island", 1.5, 0.5, TOP - 0.041, 0.005)
    stage.fix(put_material(body, paint(decor.paint, 0.5)), 0.1, FRONT + 0.38, 0)
    top = box("top", 1.75, 0.78, 0.04, 0.006)
    stage.fix(put_material(top, marble("white", 3.0)), 0.1, FRONT + 0.3, TOP - 0.04)
    for name, x, yaw in (("stool left", -0.32, 0.2), ("stool right", 0.42, -0.3)):
        stage.put(stage.slot(name), x, FRONT - 0.22, 0, yaw, jitter=0.02)
    stage.put(stage.slot("kettle"), -0.5, FRONT + 0.4, TOP, 0.4, surface="island")
    bowl = stage.put(stage.slot("bowl"), 0.34, FRONT + 0.3, TOP, surface="island")
    fruit_in(stage, bowl, ("green apple", "lemon", "orange"))
    stage.put(stage.slot("bottle"), 0.62, FRONT + 0.42, TOP, surface="island")
    stage.put(stage.slot("mug"), -0.2, FRONT + 0.2, TOP, -0.6, surface="island")
    stage.put(stage.slot("jar"), 0.0, FRONT + 0.46, TOP, surface="island")
    stage.put(stage.tag(tableware.tumbler(), "glass"), 0.12, FRONT + 0.16, TOP, surface="island")
    for z in (1.35, 1.75):
        shelf(stage, 0.5, z, wall, 1.5, 0.22)
    stage.put(stage.slot("shelf jar"), 0.1, wall - 0.11, 1.35, surface="low")
    stage.put(stage.slot("shelf bowl"), 0.42, wall - 0.11, 1.35, surface="low")
    for k, color in enumerate(("#f1eee7", "#cfc7b8", "#f1eee7")):
        stage.at(stage.tag(tableware.plate(0.1, color), "plate"), 0.78, wall - 0.12, 1.35 + 0.013 * k)
    for k in range(3):
        stage.put(stage.tag(tableware.tumbler(False), "glass"), 0.2 + k * 0.1, wall - 0.11, 1.75, surface="high")
    stage.put(stage.slot("planter"), 0.8, wall - 0.11, 1.75, surface="high", jitter=0.004)
    return View((0.75, -2.35, 1.36), (0.12, 0.5, 0.92), 33, exposure=0.2)
