"""Hall: a console under a mirror, pegs with a bag, a bench or basket on the floor."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import room

SLOTS = {"bag": "tote", "hung bag": "tote", "stool": "stool", "basket": "basket", "bowl": "bowl", "vase": "vase",
         "lamp": "lamp", "clock": "clock", "rug": "rug", "planter": "planter", "picture": "picture"}
TOP = 0.8


def build(stage: Stage) -> View:
    """Window left; the console in the middle of the back wall, pegs on its right."""
    decor = stage.decor
    wall = room(stage, 3.4, 2.4, 2.6, Window(-0.9, 0.3, 0.5, 2.2), fill=0.4, panel_height=1.0).back_y
    console = stage.tag(furniture.console(0.95, TOP, decor.wood_tones), "table")
    stage.at(console, -0.12, wall - 0.18, 0)
    stage.put(stage.slot("lamp"), -0.42, wall - 0.18, TOP, surface="console")
    stage.put(stage.slot("vase"), 0.2, wall - 0.15, TOP, surface="console")
    stage.put(stage.slot("bowl"), -0.06, wall - 0.22, TOP, surface="console")
    if stage.has("clock"):
        stage.hang(stage.slot("clock"), -0.12, 1.62, wall)
    elif stage.has("picture"):
        stage.hang(stage.slot("picture"), -0.12, 1.6, wall)
    else:
        stage.at(stage.tag(props.wall_mirror(0.3, "#b9975a"), "mirror"), -0.12, wall - 0.001, 1.3)
    pile = stage.tag(props.books_flat(stage.rng, 3), "book")
    stage.put(pile, 0.18, wall - 0.2, 0, 0.2, surface="under")
    stage.put(stage.slot("basket"), -0.24, wall - 0.24, 0, 0.2, surface="under")
    _pegs(stage, wall)
    if stage.has("rug"):
        rug = stage.put(stage.slot("rug"), 0.12, wall - 1.0, 0.001, surface="rug", solid=False, jitter=0, turn=0)
        stage.at(rug, 0.12, wall - 0.48 - (stage.bounds(rug).y1 - stage.bounds(rug).y0) / 2, 0.001)
    if stage.has("planter"):
        stage.put(stage.slot("planter"), -0.98, wall - 0.35, 0, 0.4)
    return View((0.62, wall - 2.95, 1.3), (0.2, wall - 0.2, 0.56), 28, exposure=0.35)


def _pegs(stage: Stage, wall: float) -> None:
    stage.at(stage.tag(props.hook_rail(stage.decor.wood_tones, 0.7), "hook rail"), 0.98, wall, 1.55)
    hung = stage.slot("hung bag")
    stage.at(hung, 0, 0, 0)
    own = stage.bounds(hung)
    stage.at(hung, 0.81, wall - 0.062 - (own.y0 + own.y1) / 2, 1.612 - own.z1)
    stage.put(stage.slot("stool"), 1.12, wall - 0.42, 0, 0.3)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), 0.66, wall - 0.5, 0, -0.2, pitch=-0.05)
