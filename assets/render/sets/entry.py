"""Entrance with a bench: bags on pegs, a mirror, a basket and shoes below."""
from __future__ import annotations

import leisure
import props
from shell import Window
from stage import Stage, View

from .common import room

SLOTS = {"bench": "bench", "mirror": "mirror", "hung bag": "tote", "bag": "tote", "basket": "basket", "rug": "rug",
         "planter": "planter", "cushion": "cushion", "throw": "throw", "picture": "picture"}


def build(stage: Stage) -> View:
    """Window left; the bench under a peg rail, the mirror on its left."""
    decor = stage.decor
    wall = room(stage, 3.6, 2.6, 2.6, Window(-0.9, 0.4, 0.6, 2.2), fill=0.4, panel_height=0.98).back_y
    bench = stage.put(stage.slot("bench"), 0.3, wall - 0.3, 0, turn=0.01)
    own = stage.bounds(bench)
    if stage.has("rug"):
        rug = stage.put(stage.slot("rug"), 0.15, wall - 1.0, 0.001, surface="rug", solid=False, jitter=0, turn=0)
        stage.at(rug, 0.15, own.y0 - 0.06 - (stage.bounds(rug).y1 - stage.bounds(rug).y0) / 2, 0.001)
    seat = stage.feel((own.x, own.y, 1.0), (0, 0, -1))[2]
    if stage.has("cushion"):
        stage.lean(stage.slot("cushion"), own.x1 - 0.3, seat - 0.01, wall - 0.07, -0.24)
    if stage.has("throw"):
        stage.put(stage.slot("throw"), own.x0 + 0.28, own.y, seat, 0.1, surface="seat")
    stage.at(stage.tag(leisure.shoes("#6b4a34"), "shoes"), own.x0 + 0.3, own.y - 0.06, 0, 0.1)
    stage.at(stage.tag(leisure.shoes(decor.accent), "shoes"), own.x0 + 0.62, own.y - 0.03, 0, -0.05)
    _pegs(stage, wall)
    if stage.has("mirror"):
        stage.hang(stage.slot("mirror"), -0.72, 1.52, wall)
    else:
        stage.hang(stage.slot("picture"), -0.72, 1.52, wall)
    stage.put(stage.slot("basket"), -0.72, wall - 0.34, 0, 0.2)
    if stage.has("planter"):
        stage.put(stage.slot("planter"), 1.3, wall - 0.34, 0, 0.5)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), own.x1 - 0.22, own.y - 0.42, 0.011 if stage.has("rug") else 0, -0.25, pitch=-0.04)
    return View((-0.25, wall - 3.0, 1.3), (0.2, wall - 0.2, 0.9), 33, exposure=0.35)


def _pegs(stage: Stage, wall: float) -> None:
    stage.at(stage.tag(props.hook_rail(stage.decor.wood_tones, 1.0, 5), "hook rail"), 0.4, wall, 1.6)
    hung = stage.slot("hung bag")
    stage.at(hung, 0, 0, 0)
    own = stage.bounds(hung)
    stage.at(hung, 0.4, wall - 0.062 - (own.y0 + own.y1) / 2, 1.662 - own.z1)
