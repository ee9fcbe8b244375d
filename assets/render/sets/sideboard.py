"""A sideboard under a mirror or a picture: lamp, vases, a tray, a plant on the floor beside it."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import poster, room

SLOTS = {"lamp": "lamp", "mirror": "mirror", "vase": "vase", "bowl": "bowl", "candle": "candle", "planter": "planter",
         "picture": "picture", "tray": "tray", "bag": "tote", "bookend": "bookend", "stool": "stool"}
TOP = 0.76


def build(stage: Stage) -> View:
    """Window left; the sideboard in the middle of the back wall."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 3.8, 2.6, 2.6, Window(-1.0, 0.4, 0.6, 2.2), fill=0.36, panel_height=1.1).back_y
    board = stage.tag(furniture.sideboard(1.6, TOP, decor.wood_tones, decor.paint), "cupboard")
    stage.at(board, 0.1, wall - 0.24, 0)
    stage.put(stage.slot("lamp"), -0.52, wall - 0.22, TOP, surface="top")
    stage.put(stage.slot("vase"), 0.62, wall - 0.2, TOP, surface="top")
    if stage.has("tray"):
        tray = stage.put(stage.slot("tray"), 0.16, wall - 0.24, TOP, surface="tray", solid=False)
        stage.put(stage.slot("candle"), 0.08, wall - 0.26, TOP + 0.012, surface="top", jitter=0.004)
        stage.put(stage.slot("bowl"), 0.24, wall - 0.24, stage.bounds(tray).z0 + 0.012, surface="top", jitter=0.004)
    else:
        pile = stage.put(stage.tag(props.books_flat(rng, 3), "book"), 0.0, wall - 0.24, TOP, 0.15, surface="top")
        stage.at(stage.slot("candle"), stage.bounds(pile).x, stage.bounds(pile).y, stage.top_of(pile), 0.3)
        stage.put(stage.slot("bowl"), 0.32, wall - 0.24, TOP, surface="top")
    if stage.has("mirror"):
        stage.hang(stage.slot("mirror"), 0.12, 1.46, wall)
        stage.hang(poster(stage, 0.3, 0.4, ("#efe6d6", decor.accent, "#3e4c55"), rng.randrange(9)), -0.72, 1.5, wall)
    else:
        stage.hang(stage.slot("picture"), -0.02, 1.42, wall)
        stage.hang(poster(stage, 0.36, 0.46, ("#efe6d6", decor.accent, "#3e4c55"), rng.randrange(9)), 0.56, 1.45, wall)
    stage.put(stage.slot("planter"), 1.22, wall - 0.38, 0, 0.4, jitter=0.03)
    if stage.has("stool"):
        stage.put(stage.slot("stool"), -1.0, wall - 0.5, 0, 0.3, jitter=0.03)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), -0.55, wall - 0.66, 0, -0.25, pitch=-0.04)
    return View((0.7, wall - 3.1, 1.3), (0.12, wall - 0.2, 0.88), 36, exposure=0.3)
