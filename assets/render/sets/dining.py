"""Dining table, laid: chairs around, a vase, bowls, plates, glasses."""
from __future__ import annotations

import furniture
import props
import tableware
from shell import Window
from stage import Stage, View

from .common import fruit_in, poster, room

SLOTS = {"chair left": "chair", "chair right": "chair", "vase": "vase", "bowl": "bowl", "candle": "candle",
         "bottle": "bottle", "mug": "mug", "clock": "clock", "planter": "planter", "picture": "picture"}
HEIGHT = 0.75


def build(stage: Stage) -> View:
    """Window left; the long table across, seen over its near corner."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 4.2, 3.4, 2.6, Window(-1.0, 0.9, 0.6, 2.25), fill=0.34).back_y
    table = stage.tag(furniture.table(1.7, 0.86, HEIGHT, decor.wood_tones, "tapered"), "table")
    stage.at(table, 0.1, 0.25, 0)
    stage.put(stage.slot("chair left"), -0.3, 0.98, 0, -0.05, jitter=0.02)
    stage.put(stage.slot("chair right"), 1.1, 0.2, 0, -1.75, jitter=0.02)
    _laid(stage)
    bowl = stage.put(stage.slot("bowl"), 0.38, 0.35, HEIGHT, surface="table")
    fruit_in(stage, bowl, ("orange", "lemon", "orange"))
    stage.put(stage.slot("vase"), 0.0, 0.38, HEIGHT, surface="table")
    stage.put(stage.slot("candle"), 0.2, 0.2, HEIGHT, surface="table")
    stage.put(stage.slot("bottle"), -0.28, 0.42, HEIGHT, surface="table")
    if stage.has("clock"):
        stage.hang(stage.slot("clock"), -0.45, 1.6, wall)
    else:
        stage.hang(stage.slot("picture"), -0.45, 1.55, wall)
    stage.hang(poster(stage, 0.55, 0.75, ("#ece3d3", decor.accent, "#3e4c55"), rng.randrange(9)), 0.4, 1.5, wall)
    stage.put(stage.slot("planter"), 1.2, wall - 0.35, 0, 0.5)
    return View((0.75, -1.75, 1.32), (0.26, 0.5, 0.86), 33, exposure=0.3)


def _laid(stage: Stage) -> None:
    """Two places: plate on plate, cutlery, napkin, glasses."""
    for x in (-0.42, 0.62):
        for k, (radius, color) in enumerate(((0.135, "#f1eee7"), (0.105, "#dfd6c6"))):
            plate = stage.tag(tableware.plate(radius, color), "plate")
            stage.put(plate, x, 0.02, HEIGHT + 0.012 * k, surface=f"plate {k}")
        stage.put(stage.tag(tableware.cutlery(), "cutlery"), x + 0.2, 0.03, HEIGHT, surface="cutlery", turn=0.03)
        napkin = props.napkin(stage.decor.cloth)
        stage.put(stage.tag(napkin, "napkin"), x - 0.22, 0.0, HEIGHT, 1.5, surface="cutlery", turn=0.05)
    stage.put(stage.tag(tableware.wine_glass(), "glass"), -0.22, 0.18, HEIGHT, surface="table")
    stage.put(stage.tag(tableware.wine_glass(), "glass"), 0.72, 0.28, HEIGHT, surface="table")
    stage.put(stage.slot("mug"), 0.52, 0.22, HEIGHT, -0.8, surface="table")
