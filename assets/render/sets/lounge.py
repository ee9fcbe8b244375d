"""A corner to sit in: an armchair, a floor lamp, a small table, a round or square rug."""
from __future__ import annotations

import props
from shell import Window
from stage import Stage, View

from .common import poster, room

SLOTS = {"armchair": "sofa", "floor lamp": "floor_lamp", "side table": "side_table", "rug": "rug", "cushion": "cushion",
         "mug": "mug", "mirror": "mirror", "planter": "planter", "basket": "basket", "vase": "vase",
         "picture": "picture"}


def build(stage: Stage) -> View:
    """Window left; the armchair right of the middle, turned to the window."""
    decor, rng = stage.decor, stage.rng
    wall = room(stage, 3.8, 3.2, 2.7, Window(-1.2, 0.6, 0.35, 2.35), fill=0.32).back_y
    ground = 0.011 if stage.has("rug") else 0.0
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.1, 0.6, 0.001, surface="rug", solid=False)
    chair = stage.put(stage.slot("armchair"), 0.35, 0.75, ground, -0.35, jitter=0.02)
    if stage.has("cushion"):
        own = stage.bounds(chair)
        stage.recline(stage.slot("cushion"), own.x, own.y - 0.08, -0.35, -0.36)
    table = stage.put(stage.slot("side table"), -0.42, 0.62, ground, jitter=0.02)
    own = stage.bounds(table)
    top = stage.feel((own.x, own.y, 2.0), (0, 0, -1))[2]
    stage.put(stage.slot("mug"), own.x + 0.05, own.y - 0.08, top, -0.7, surface="table", jitter=0.004)
    if stage.has("vase"):
        stage.put(stage.slot("vase"), own.x - 0.07, own.y + 0.06, top, surface="table", jitter=0.004)
    stage.put(stage.slot("floor lamp"), 1.05, 1.2, 0, 0.1, jitter=0.02)
    stage.put(stage.tag(props.books_flat(rng, 4), "book"), -0.1, 0.15, ground, 0.4)
    if stage.has("basket"):
        stage.put(stage.slot("basket"), 1.15, 0.45, 0, 0.2)
    if stage.has("planter"):
        stage.put(stage.slot("planter"), -1.1, 1.15, 0, 0.2)
    if stage.has("mirror"):
        stage.hang(stage.slot("mirror"), -0.35, 1.5, wall)
    else:
        stage.hang(stage.slot("picture"), -0.35, 1.5, wall)
    stage.hang(poster(stage, 0.4, 0.52, ("#efe6d6", decor.accent, "#3e4c55"), rng.randrange(9)), 0.3, 1.52, wall)
    return View((0.1, -2.35, 1.2), (0.12, 0.8, 0.86), 35, exposure=0.25)
