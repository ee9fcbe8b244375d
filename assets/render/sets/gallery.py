"""A bench under a wall of pictures, a floor lamp, a plant."""
from __future__ import annotations

import props
from shell import Window
from stage import Stage, View

from .common import poster, room

SLOTS = {"bench": "bench", "picture": "picture", "second picture": "picture", "third picture": "picture",
         "floor lamp": "floor_lamp", "planter": "planter", "rug": "rug", "cushion": "cushion", "clock": "clock",
         "basket": "basket"}


def build(stage: Stage) -> View:
    """Window left; pictures in two rows over the bench."""
    decor, rng = stage.decor, stage.rng
    wall = room(stage, 4.0, 2.8, 2.7, Window(-1.0, 0.7, 0.4, 2.3), fill=0.36).back_y
    ground = 0.011 if stage.has("rug") else 0.0
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.1, wall - 1.0, 0.001, surface="rug", solid=False, turn=0.03)
    bench = stage.put(stage.slot("bench"), 0.05, wall - 0.32, ground, turn=0.01)
    own = stage.bounds(bench)
    seat = stage.feel((own.x, own.y, 1.0), (0, 0, -1))[2]
    if stage.has("cushion"):
        stage.lean(stage.slot("cushion"), own.x0 + 0.26, seat - 0.01, wall - 0.1, -0.26)
    stage.put(stage.tag(props.books_flat(rng, 3), "book"), own.x1 - 0.26, own.y, seat, 0.2, surface="seat")
    if stage.has("basket"):
        stage.put(stage.slot("basket"), own.x1 + 0.34, wall - 0.4, 0, 0.3)
    stage.hang(stage.slot("picture"), -0.38, 1.5, wall)
    stage.hang(stage.slot("second picture"), 0.2, 1.6, wall)
    stage.hang(poster(stage, 0.26, 0.34, ("#efe6d6", decor.accent, "#3e4c55"), rng.randrange(9)), 0.2, 1.08, wall)
    stage.hang(stage.slot("clock" if stage.has("clock") else "third picture"), 0.68, 1.35, wall)
    stage.put(stage.slot("floor lamp"), -1.08, wall - 0.4, 0, 0.2)
    stage.put(stage.slot("planter"), 1.2, wall - 0.36, 0, 0.4)
    return View((0.4, wall - 3.2, 1.3), (0.05, wall - 0.2, 0.98), 34, exposure=0.3)
