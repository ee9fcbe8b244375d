"""A built-in reading seat: cushions in a row, a throw, things in the boxes below."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import poster, room, shelf

SLOTS = {"cushion left": "cushion", "cushion middle": "cushion", "cushion right": "cushion", "throw": "throw",
         "basket": "basket", "mug": "mug", "vase": "vase", "candle": "candle", "floor lamp": "floor_lamp",
         "bowl": "bowl", "rug": "rug"}
HEIGHT = 0.48


def build(stage: Stage) -> View:
    """Window left, near the seat; a shelf over it."""
    decor, rng = stage.decor, stage.rng
    wall = room(stage, 3.3, 2.6, 2.6, Window(-0.6, 1.1, 0.75, 2.2), fill=0.36).back_y
    stage.at(stage.tag(furniture.window_seat(1.9, 0.56, HEIGHT, decor.paint), "bench"), -0.2, wall, 0)
    for name, x, yaw in (("cushion left", -0.82, 0.2), ("cushion middle", -0.42, 0.05), ("cushion right", 0.36, -0.15)):
        stage.lean(stage.slot(name), x, HEIGHT - 0.012, wall - 0.004, -0.26, yaw)
    stage.put(stage.slot("throw"), 0.05, wall - 0.27, HEIGHT - 0.004, 0.12, surface="seat")
    stage.put(stage.slot("mug"), -0.5, wall - 0.42, HEIGHT - 0.002, -0.6, surface="seat")
    stage.put(stage.tag(props.books_flat(rng, 2), "book"), 0.52, wall - 0.36, HEIGHT - 0.003, 0.3, surface="seat")
    stage.put(stage.slot("basket", 0.32), -0.2, wall - 0.3, 0.031, 0.2, surface="box", jitter=0.01)
    case = stage.tag(props.lidded_box(0.34, 0.26, 0.2, decor.accent, "#8f897b"), "box")
    stage.put(case, 0.43, wall - 0.3, 0.031, surface="box")
    shelf(stage, -0.1, 1.5, wall, 1.1, 0.18)
    stage.put(stage.slot("vase"), -0.4, wall - 0.1, 1.5, surface="shelf", jitter=0.006)
    stage.put(stage.slot("candle"), -0.12, wall - 0.1, 1.5, surface="shelf", jitter=0.006)
    stage.lean(poster(stage, 0.24, 0.3, ("#efe6d6", decor.accent, "#3e4c55"), rng.randrange(9)), 0.2, 1.5, wall - 0.02)
    if stage.has("floor lamp"):
        stage.put(stage.slot("floor lamp"), 1.05, wall - 0.4, 0, -0.3)
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.0, wall - 1.15, 0.001, surface="rug", solid=False)
    return View((0.75, wall - 2.75, 1.25), (-0.05, wall - 0.25, 0.86), 36, exposure=0.3)
