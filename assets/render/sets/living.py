"""Living room: a sofa under pictures, a side table with a lamp, a rug in front."""
from __future__ import annotations

import props
from shell import Window
from stage import Stage, View

from .common import poster, room

SLOTS = {"sofa": "sofa", "cushion left": "cushion", "cushion middle": "cushion", "cushion right": "cushion",
         "side table": "side_table", "lamp": "lamp", "rug": "rug", "picture": "picture", "planter": "planter",
         "candle": "candle", "stool": "stool", "mug": "mug"}


def build(stage: Stage) -> View:
    """Window left; sofa a little right of the middle."""
    rng = stage.rng
    wall = room(stage, 4.4, 3.6, 2.6, Window(-0.9, 0.9, 0.55, 2.2)).back_y
    sofa = stage.slot("sofa")
    stage.put(sofa, 0.3, wall - 0.56, 0, jitter=0.02, turn=0.02)
    seat = stage.bounds(sofa)
    _cushions(stage, seat.x0, seat.x1, seat.y)
    _side_table(stage, seat.x0, wall)
    _wall(stage, wall)
    stage.put(stage.slot("planter"), seat.x1 + 0.42, wall - 0.5, 0, jitter=0.05, turn=0.6)
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.25, seat.y0 - 0.62, 0.001, surface="rug", solid=False)
    pile = stage.put(stage.tag(props.books_flat(rng, 2), "book"), 0.72, seat.y0 - 0.7, 0.012, 0.3)
    stage.at(stage.slot("mug"), stage.bounds(pile).x, stage.bounds(pile).y, stage.top_of(pile), 0.8)
    if stage.has("stool"):
        stage.put(stage.slot("stool"), -0.78, seat.y0 - 0.62, 0, 0.3, jitter=0.04)
    return View((0.5 + rng.uniform(-0.2, 0.2), -2.5, 1.25), (0.1, 0.8, 0.84), 35, exposure=0.25)


def _cushions(stage: Stage, left: float, right: float, y: float) -> None:
    """Left, middle, right, as far as they are cast; a throw over the arm where the right one stays free."""
    width = right - left
    for name, share, yaw, pitch in (("cushion left", 0.23, 0.2, -0.34), ("cushion middle", 0.42, -0.12, -0.4),
                                    ("cushion right", 0.78, -0.22, -0.34)):
        if stage.has(name):
            stage.recline(stage.slot(name), left + width * share, y - 0.1, yaw, pitch)
    if not stage.has("cushion right"):
        arm = right - 0.02
        path = [(arm - 0.3, y - 0.1, 0.47), (arm - 0.3, y - 0.1, 0.47), (arm - 0.15, y - 0.1, 0.5),
                (arm - 0.13, y - 0.1, 0.62), (arm - 0.06, y - 0.1, 0.63), (arm + 0.03, y - 0.1, 0.6),
                (arm + 0.045, y - 0.1, 0.4), (arm + 0.05, y - 0.1, 0.26)]
        stage.at(stage.tag(props.throw(0.5, path, stage.decor.cloth), "throw"), 0, 0, 0)


def _side_table(stage: Stage, sofa_left: float, wall: float) -> None:
    table = stage.put(stage.slot("side table"), sofa_left - 0.34, wall - 0.62, 0, jitter=0.03)
    own = stage.bounds(table)
    top = stage.feel((own.x, own.y, 2.0), (0, 0, -1))[2]
    stage.put(stage.slot("lamp"), own.x - 0.02, own.y + 0.05, top, surface="side table")
    if stage.has("candle"):
        stage.put(stage.slot("candle"), own.x + 0.13, own.y - 0.12, top, surface="side table")


def _wall(stage: Stage, wall: float) -> None:
    """A large print beside the picture that may be sold, and a small one."""
    prints = stage.rng.randrange(9)
    big = stage.hang(poster(stage, 0.62, 0.84, ("#e9dcc3", stage.decor.accent, "#4c5a52"), prints), 0.62, 1.5, wall)
    left = stage.bounds(big).x0
    picture = stage.slot("picture")
    stage.hang(picture, 0, 1.5, wall)
    half = (stage.bounds(picture).x1 - stage.bounds(picture).x0) / 2
    stage.hang(picture, left - 0.12 - half, 1.46, wall)
