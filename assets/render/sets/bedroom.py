"""Bedroom: a bed with cushions, a bedside table with a lamp, pictures above."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Bounds, Stage, View

from .common import poster, room

SLOTS = {"cushion left": "cushion", "cushion right": "cushion", "lamp": "lamp", "picture": "picture", "rug": "rug",
         "basket": "basket", "clock": "clock", "candle": "candle", "vase": "vase", "mug": "mug", "stool": "stool"}


def build(stage: Stage) -> View:
    """Window left; the bed's head at the back wall, seen from its right foot."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 4.0, 3.8, 2.6, Window(-0.8, 1.0, 0.5, 2.25), fill=0.36).back_y
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 1.22, 0.82, 0.001, 1.57, surface="rug", solid=False, turn=0.03)
    bed = stage.tag(furniture.bed(1.5, 2.0, decor.paint, "#ddd7cb", decor.cloth, rng.randrange(99)), "bed")
    stage.at(bed, -0.15, wall - 0.01, 0)
    _cushions(stage, wall)
    table = stage.put(stage.tag(furniture.bedside(decor.wood_tones), "table"), 0.98, wall - 0.22, 0)
    _on_bedside(stage, stage.bounds(table))
    stage.put(stage.slot("basket"), 1.62, wall - 0.32, 0.011 if stage.has("rug") else 0.0, 0.3)
    if stage.has("stool"):
        stage.put(stage.slot("stool"), 1.5, wall - 1.15, 0, 0.4)
    stage.hang(stage.slot("picture"), -0.42, 1.62, wall)
    stage.hang(poster(stage, 0.46, 0.6, ("#efe4d2", decor.accent, "#59665c"), rng.randrange(9)), 0.2, 1.6, wall)
    if stage.has("clock"):
        stage.hang(stage.slot("clock"), 1.02, 1.62, wall)
    return View((1.35, -2.0, 1.3), (0.32, 1.0, 0.84), 33, exposure=0.05)


def _cushions(stage: Stage, wall: float) -> None:
    """In front of the pillows."""
    for name, x, yaw in (("cushion left", -0.5, 0.14), ("cushion right", 0.12, -0.16)):
        cushion = stage.slot(name)
        stage.at(cushion, x, wall - 0.56, 0.485, yaw, -0.42)


def _on_bedside(stage: Stage, top: Bounds) -> None:
    stage.put(stage.slot("lamp"), top.x + 0.03, top.y + 0.05, top.z1, surface="bedside", jitter=0.004)
    small = "candle" if stage.has("candle") else "mug"
    stage.put(stage.slot(small), top.x - 0.13, top.y - 0.09, top.z1, -0.7, surface="bedside")
    pile = stage.tag(props.books_flat(stage.rng, 2), "book")
    stage.at(pile, top.x, top.y - 0.02, top.z0 + 0.139, 0.1)
    if stage.has("vase"):
        stage.put(stage.slot("vase"), top.x - 0.15, top.y + 0.1, top.z1, surface="bedside")
