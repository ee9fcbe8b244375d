"""Bathroom: a wall shelf and a vanity top before tiles, towels, a mirror."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS = {"candle": "candle", "planter": "planter", "vase": "vase", "bottle": "bottle",
         "bowl": "bowl", "mug": "mug"}
TOP = 0.86
SHELF = 1.42


def build(stage: Stage) -> View:
    """Window left; vanity along the back wall, mirror above, shelf beside it."""
    decor = stage.decor
    wall = room(stage, 2.8, 1.7, 2.6, Window(-0.8, 0.4, 1.0, 2.2), fill=0.44, fill_color="#f2f5f8",
                panel_height=1.25).back_y
    for part in furniture.counter(1.5, 0.5, TOP, decor.wood_tones, decor.paint, 3):
        stage.fix(part, 0.0, wall, 0)
    mirror = stage.tag(props.wall_mirror(0.29, "#c9a25e", 1.2), "mirror")
    stage.at(mirror, -0.32, wall - 0.001, 1.3)
    shelf(stage, 0.3, SHELF, wall, 0.62, 0.17)
    _on_shelf(stage, wall - 0.09)
    _on_top(stage, wall)
    stage.at(stage.tag(props.hanging_towel(decor.cloth), "towel"), 1.02, wall - 0.035, 0.82)
    stage.fix(props.rail(0.56), 1.02, wall, 1.37)
    return View((0.35, wall - 2.05, 1.34), (0.12, wall - 0.2, 1.15), 34, 8, 1.85, exposure=0.3)


def _on_shelf(stage: Stage, y: float) -> None:
    stage.put(stage.slot("vase"), 0.1, y, SHELF, surface="shelf", jitter=0.006)
    stage.put(stage.slot("candle"), 0.27, y - 0.01, SHELF, surface="shelf", jitter=0.006)
    towel = stage.tag(props.rolled_towel(stage.decor.cloth, 0.2, 0.05), "towel")
    stage.put(towel, 0.47, y, SHELF, surface="shelf", jitter=0.004, turn=0.05)


def _on_top(stage: Stage, wall: float) -> None:
    basin = stage.tag(props.basin(), "sink")
    stage.put(basin, -0.32, wall - 0.27, TOP, surface="top", jitter=0.004)
    stage.fix(props.tap(), -0.32, wall - 0.06, TOP)
    stage.put(stage.tag(props.pump_bottle(stage.decor.accent), "bottle"), -0.02, wall - 0.16, TOP, 0.6, surface="top")
    tooth_mug = stage.slot("mug") if stage.has("mug") else stage.tag(props.cup_with_brushes(), "jar")
    stage.put(tooth_mug, 0.1, wall - 0.2, TOP, -0.8, surface="top")
    stage.put(stage.slot("bottle"), 0.23, wall - 0.14, TOP, surface="top")
    stage.put(stage.slot("planter"), 0.6, wall - 0.24, TOP, 0.5, surface="top")
    if stage.has("bowl"):
        stage.put(stage.slot("bowl"), 0.16, wall - 0.36, TOP, surface="top")
    else:
        towels = stage.tag(props.folded_towels((stage.decor.cloth, "#efeae0"), 0.22, 0.16), "towel")
        stage.put(towels, 0.32, wall - 0.37, TOP, 0.1, surface="top")

