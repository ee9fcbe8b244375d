"""A round table laid for tea, seen from a standing person's eye: teapot, mugs, a tray, a chair behind."""
from __future__ import annotations

import furniture
import props
import tableware
from shell import Window
from stage import Stage, View

from .common import poster, room

SLOTS = {"teapot": "teapot", "tray": "tray", "mug": "mug", "second mug": "mug", "bowl": "bowl", "jar": "jar",
         "chair": "chair", "vase": "vase", "candle": "candle", "bottle": "bottle"}
TOP = 0.74


def build(stage: Stage) -> View:
    """Window left; the table in the middle, one chair behind it."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 3.8, 3.0, 2.6, Window(-1.1, 0.7, 0.5, 2.2), fill=0.36).back_y
    table = furniture.round_table(0.52, TOP, furniture.timber(decor.wood_tones, 0),
                                  furniture.timber(decor.wood_tones, 2))
    stage.at(stage.tag(table, "table"), 0.0, 0.0, 0)
    if stage.has("chair"):
        stage.put(stage.slot("chair"), 0.32, 0.78, 0, -0.35)
    tray = stage.put(stage.slot("tray"), -0.02, 0.0, TOP, 0.15, surface="tray", solid=False, jitter=0.006)
    floor = stage.bounds(tray).z0 + 0.0095
    stage.put(stage.slot("teapot"), -0.05, 0.04, floor, 0.35, surface="table", jitter=0.006)
    stage.put(stage.slot("mug"), 0.1, -0.04, floor, -0.8, surface="table", jitter=0.006)
    stage.put(stage.slot("second mug"), 0.3, -0.16, TOP, -0.4, surface="table")
    stage.put(stage.slot("jar"), -0.34, 0.12, TOP, surface="table")
    if stage.has("vase"):
        stage.put(stage.slot("vase"), 0.2, 0.3, TOP, surface="table")
    if stage.has("bowl"):
        stage.put(stage.slot("bowl"), -0.27, -0.22, TOP, surface="table")
    else:
        dish = stage.put(stage.tag(tableware.plate(0.09, "#e9e2d6"), "plate"), -0.27, -0.22, TOP, surface="table")
        stage.drop(stage.tag(tableware.fruit("pear"), "fruit"), stage.bounds(dish).x, stage.bounds(dish).y, TOP + 0.3)
    stage.put(stage.tag(props.napkin(decor.cloth), "napkin"), 0.08, -0.32, TOP, 0.4, surface="table")
    stage.hang(poster(stage, 0.5, 0.66, ("#efe6d6", decor.accent, "#59665c"), rng.randrange(9)), -0.35, 1.5, wall)
    return View((0.35, -1.5, 1.42), (0.02, 0.1, 0.84), 38, 7.1, 1.6, exposure=0.3)
