"""Nearly empty rooms with one big piece of furniture that the shop does not sell: a bed, a cupboard, a table."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import room

SLOTS: dict[str, str] = {}


def build(stage: Stage) -> View:
    """Which piece stands here follows from the photo's name."""
    decor = stage.decor
    wall = room(stage, 4.2, 3.4, 2.7, Window(-1.0, 0.9, 0.5, 2.3), fill=0.36, panel_height=1.1).back_y
    if "bed" in stage.seed:
        bed = furniture.bed(1.5, 2.0, decor.paint, "#e6e0d4", decor.cloth, stage.rng.randrange(99))
        stage.at(stage.tag(bed, "bed"), 0.1, wall - 0.01, 0)
        for x in (-1.0, 1.2):
            stage.put(stage.tag(furniture.bedside(decor.wood_tones), "table"), x, wall - 0.24, 0, jitter=0.005)
        return View((1.25, -2.0, 1.3), (0.2, 1.0, 0.85), 31, exposure=0.15)
    if "table" in stage.seed:
        stage.at(stage.tag(furniture.table(1.9, 0.95, 0.75, decor.wood_tones), "table"), 0.15, 0.3, 0)
        stage.at(stage.tag(furniture.console(1.0, 0.82, decor.wood_tones), "table"), 0.5, wall - 0.19, 0)
        return View((0.8, -2.2, 1.35), (0.2, 0.6, 0.8), 31, exposure=0.25)
    stage.at(stage.tag(furniture.sideboard(1.7, 0.78, decor.wood_tones, decor.paint), "cupboard"), 0.1, wall - 0.25, 0)
    stage.at(stage.tag(props.wall_mirror(0.34, "#8a6a4a", 1.3), "mirror"), 0.1, wall - 0.001, 1.02)
    return View((0.6, wall - 3.2, 1.3), (0.12, wall - 0.2, 0.95), 33, exposure=0.3)
