"""Reading corner: a chair with a cushion, a small table with a lamp, things on the floor around."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import poster, room

SLOTS = {"chair": "chair", "cushion": "cushion", "stool": "stool", "planter": "planter", "basket": "basket",
         "picture": "picture", "lamp": "lamp", "bag": "tote", "vase": "vase", "rug": "rug", "clock": "clock"}


def build(stage: Stage) -> View:
    """Window left; the chair in the middle, turned to the light."""
    rng = stage.rng
    wall = room(stage, 3.5, 3.0, 2.6, Window(-1.2, 0.5, 0.4, 2.3), sky=2.6, fill=0.28).back_y
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.1, 0.1, 0.001, surface="rug", solid=False, turn=0.03)
    chair = stage.put(stage.slot("chair"), -0.05, 0.55, 0, 0.5, jitter=0.03)
    if stage.has("cushion"):
        _cushion_on(stage, chair)
    table = stage.put(stage.tag(furniture.round_table(0.24, 0.52, furniture.timber(stage.decor.wood_tones, 0),
                                                      furniture.timber(stage.decor.wood_tones, 2)), "table"),
                      -0.85, 0.95, 0)
    top = stage.bounds(table)
    stage.put(stage.slot("lamp"), top.x - 0.04, top.y + 0.04, top.z1, surface="table", jitter=0.005)
    stage.put(stage.tag(props.notebook(stage.decor.accent), "book"), top.x + 0.1, top.y - 0.14, top.z1, 0.5,
              surface="table", solid=False)
    _right_side(stage, wall)
    pile = stage.put(stage.tag(props.books_flat(rng, 4), "book"), -0.62, 0.12, 0.0, 0.5, jitter=0.03)
    if stage.has("vase"):
        stage.put(stage.slot("vase"), stage.bounds(pile).x + 0.5, stage.bounds(pile).y - 0.22, 0.0)
    return View((0.7, -2.1, 1.2), (0.18 + rng.uniform(-0.06, 0.06), 0.75, 0.72), 36, exposure=0.05)


def _cushion_on(stage: Stage, chair: props.Product) -> None:
    """Upright against the chair's back, turned with the chair."""
    own = stage.bounds(chair)
    seat = stage.feel((own.x, own.y, own.z0 + 0.62), (0, 0, -1))[2]
    stage.at(stage.slot("cushion"), own.x - 0.035, own.y + 0.06, seat - 0.012, 0.5, -0.3)


def _right_side(stage: Stage, wall: float) -> None:
    stool = stage.put(stage.slot("stool"), 0.72, 1.05, 0, 0.2, jitter=0.03)
    own = stage.bounds(stool)
    top = stage.feel((own.x, own.y, 2.0), (0, 0, -1))[2]
    stage.put(stage.slot("planter"), own.x, own.y, top, 1.0, surface="stool", jitter=0.004)
    basket = stage.put(stage.slot("basket"), 0.55, 0.36, 0, 0.4, jitter=0.03)
    _throw_in(stage, basket)
    if stage.has("picture"):
        stage.lean(stage.slot("picture"), 1.12, 0.0, wall, -0.1, -0.04)
    colors = ("#efe6d6", stage.decor.accent, "#39424a")
    stage.hang(poster(stage, 0.55, 0.76, colors, stage.rng.randrange(9)), 0.42, 1.5, wall)
    if stage.has("clock"):
        stage.hang(stage.slot("clock"), -0.3, 1.6, wall)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), 1.25, 0.35, 0, -0.35, pitch=-0.04)


def _throw_in(stage: Stage, basket: props.Product) -> None:
    """A blanket that hangs out of the basket."""
    own = stage.bounds(basket)
    x, y, rim = own.x, own.y, own.z1 - 0.03
    half = (own.x1 - own.x0) / 2
    path = [(x - half * 0.5, y, rim - 0.1), (x - half * 0.5, y, rim - 0.1), (x - half * 0.2, y, rim + 0.02),
            (x + half * 0.4, y, rim + 0.05), (x + half * 0.95, y, rim + 0.035), (x + half * 1.1, y, rim - 0.05),
            (x + half * 1.12, y, rim - 0.17)]
    stage.at(stage.tag(props.throw(half * 1.1, path, stage.decor.cloth, "knit"), "throw"), 0, 0, 0)
