"""A potting bench before a brick wall: pots, watering can, baskets, tools."""
from __future__ import annotations

import furniture
import leisure
import props
import surfaces
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS = {"planter": "planter", "second planter": "planter", "can": "watering_can", "basket": "basket", "stool": "stool",
         "jar": "jar", "vase": "vase", "bag": "tote", "third planter": "planter"}
TOP = 0.86


def build(stage: Stage) -> View:
    """Window left; the bench along the back wall, a shelf over it."""
    decor = stage.decor
    wall = room(stage, 3.4, 2.2, 2.7, Window(-0.9, 0.6, 0.9, 2.4), fill=0.42, fill_color="#f2f5f0",
                floor=lambda: surfaces.poured(decor.floor[0])).back_y
    bench = stage.tag(furniture.table(1.5, 0.56, TOP, decor.wood_tones), "table")
    stage.at(bench, 0.1, wall - 0.31, 0)
    shelf(stage, 0.1, 1.42, wall, 1.3, 0.2)
    stage.put(stage.slot("can"), -0.36, wall - 0.34, TOP, 0.25, surface="bench")
    stage.put(stage.slot("planter"), 0.02, wall - 0.22, TOP, 0.5, surface="bench")
    stage.put(stage.slot("second planter"), 0.46, wall - 0.24, TOP, 0.9, surface="bench", solid=False)
    stage.put(stage.tag(leisure.trowel(), "tool"), 0.12, wall - 0.5, TOP, 0.4, surface="bench")
    case = stage.tag(props.lidded_box(0.24, 0.18, 0.13, "#8f7d5e", "#7b6b50"), "box")
    stage.put(case, 0.66, wall - 0.46, TOP, -0.1, surface="bench", solid=False)
    stage.put(stage.slot("jar"), -0.36, wall - 0.1, 1.42, surface="shelf", jitter=0.006)
    stage.put(stage.slot("vase"), 0.0, wall - 0.1, 1.42, surface="shelf", jitter=0.006)
    for k in range(3):
        pot = leisure.empty_pot(0.055 + 0.008 * k)
        stage.put(stage.tag(pot, "pot"), 0.28 + k * 0.16, wall - 0.1, 1.42, surface="shelf", jitter=0.006)
    stage.put(stage.slot("basket"), -0.22, wall - 0.32, 0, 0.3, surface="under")
    if stage.has("stool"):
        stage.put(stage.slot("stool"), 0.72, wall - 0.85, 0, 0.3)
    if stage.has("third planter"):
        stage.put(stage.slot("third planter"), 1.15, wall - 0.3, 0, 0.2)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), -0.62, wall - 0.78, 0, 0.25, pitch=-0.04)
    return View((0.5, wall - 2.75, 1.34), (0.12, wall - 0.25, 0.92), 35, exposure=0.25)
