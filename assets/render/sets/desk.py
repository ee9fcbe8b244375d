"""Desk with a laptop, a lamp and a chair; a shelf and a clock on the wall."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import book_row, poster, room, shelf

SLOTS = {"lamp": "lamp", "mug": "mug", "clock": "clock", "chair": "chair", "basket": "basket", "bottle": "bottle",
         "planter": "planter", "bookend": "bookend", "vase": "vase", "picture": "picture", "bag": "tote"}
HEIGHT = 0.74
SHELF = 1.36


def build(stage: Stage) -> View:
    """Window left; the desk at the back wall, the chair turned away from it."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 3.4, 2.6, 2.6, Window(-0.9, 0.8, 0.7, 2.2), fill=0.34).back_y
    desk = stage.tag(furniture.table(1.35, 0.62, HEIGHT, decor.wood_tones, "tapered"), "table")
    stage.at(desk, 0.1, wall - 0.34, 0)
    shelf(stage, 0.28, SHELF, wall, 0.95, 0.2)
    _on_desk(stage, wall)
    _on_shelf(stage, wall - 0.1)
    stage.put(stage.slot("chair"), 0.2, wall - 0.88, 0, 3.6, jitter=0.03)
    stage.put(stage.slot("basket"), 1.05, wall - 0.35, 0, 0.3)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), -0.68, wall - 0.75, 0, 0.3, pitch=-0.04)
    stage.hang(stage.slot("clock"), -0.45, 1.62, wall)
    if not stage.has("picture"):
        stage.hang(poster(stage, 0.36, 0.48, ("#f0e7d8", decor.accent, "#38454d"), rng.randrange(9)), -0.42, 1.15, wall)
    return View((0.62, wall - 3.0, 1.3), (0.14, wall - 0.3, 0.9), 35, exposure=0.3)


def _on_desk(stage: Stage, wall: float) -> None:
    stage.put(stage.slot("lamp"), -0.4, wall - 0.24, HEIGHT, surface="desk")
    stage.put(stage.tag(props.laptop(), "laptop"), 0.12, wall - 0.33, HEIGHT, -0.05, surface="desk")
    stage.put(stage.slot("mug"), 0.42, wall - 0.42, HEIGHT, -0.6, surface="desk")
    stage.put(stage.slot("bottle"), 0.5, wall - 0.2, HEIGHT, surface="desk")
    stage.put(stage.tag(props.pencil_cup(stage.decor.accent), "jar"), -0.14, wall - 0.18, HEIGHT, surface="desk")
    stage.put(stage.tag(props.notebook(stage.decor.paint), "book"), -0.2, wall - 0.46, HEIGHT, 0.35, surface="desk")
    pile = stage.put(stage.tag(props.books_flat(stage.rng, 2), "book"), 0.66, wall - 0.3, HEIGHT, 0.2, surface="desk")
    if stage.has("vase"):
        stage.at(stage.slot("vase"), stage.bounds(pile).x, stage.bounds(pile).y, stage.top_of(pile))


def _on_shelf(stage: Stage, y: float) -> None:
    right = book_row(stage, -0.14, y - 0.04, SHELF, 6, leaning=False)
    stage.put(stage.slot("bookend"), right + 0.08, y - 0.01, SHELF, surface="shelf", jitter=0.004, turn=0.2)
    stage.put(stage.slot("planter"), 0.58, y, SHELF, 0.4, surface="shelf", jitter=0.006)
    if stage.has("picture"):
        stage.lean(stage.slot("picture"), 0.36, SHELF, y + 0.1, -0.1)
