"""A child's low shelf and floor with toys: nothing of it is sold by the shop."""
from __future__ import annotations

import leisure
import props
import surfaces
from furniture import timber, wall_shelf
from mesh import box
from shell import Window, put_material
from stage import Stage, View

from .common import poster, room

SLOTS: dict[str, str] = {}
HEIGHT = 0.52
COLORS = ("#c9942e", "#a2482c", "#2f6d6a", "#4f7296", "#e0b7aa")


def build(stage: Stage) -> View:
    """Bear, train, blocks, rings, balls, picture books."""
    decor, rng = stage.decor, stage.rng
    wall = room(stage, 3.2, 2.4, 2.5, Window(-0.9, 0.6, 0.7, 2.1), fill=0.42, panel_height=0.86,
                floor=lambda: surfaces.carpet(decor.floor[0])).back_y
    for z in (0.06, 0.29, HEIGHT):
        stage.fix(wall_shelf(1.472, 0.32, decor.wood_tones, 0.024), 0.15, wall - 0.004, z)
    for x in (-0.6, 0.15, 0.9):
        stage.fix(put_material(box("side", 0.024, 0.31, HEIGHT - (0.026 if x == 0.15 else 0), 0.003),
                               timber(decor.wood_tones, 2)), x,
                  wall - 0.165, 0)
    y = wall - 0.17
    stage.put(stage.tag(leisure.bear(), "toy"), -0.3, y + 0.02, HEIGHT, 0.15, surface="top")
    stage.put(stage.tag(leisure.ring_tower(COLORS), "toy"), 0.02, y, HEIGHT, surface="top")
    stage.put(stage.tag(leisure.blocks(COLORS[:4]), "toy"), 0.34, y, HEIGHT, 0.2, surface="top")
    stage.at(stage.tag(props.books_upright(rng, 7), "book"), -0.52, y + 0.04, 0.29)
    stage.put(stage.tag(props.lidded_box(0.3, 0.24, 0.17, decor.accent, decor.accent), "box"), 0.4, y, 0.29,
              surface="middle")
    stage.put(stage.tag(props.lidded_box(0.3, 0.24, 0.17, "#cdbfa6", "#b7a88d"), "box"), -0.2, y, 0.06, surface="low")
    stage.put(stage.tag(leisure.ball(0.1, "play"), "ball"), 0.62, wall - 0.62, 0)
    stage.put(stage.tag(leisure.toy_train(COLORS[1:4]), "toy"), -0.02, wall - 0.66, 0, 0.35)
    stage.put(stage.tag(leisure.blocks(COLORS[1:]), "toy"), -0.5, wall - 0.6, 0, 0.5)
    stage.hang(poster(stage, 0.42, 0.56, ("#efe6d6", decor.accent, "#5f7d78"), rng.randrange(9)), -0.2, 1.21, wall)
    stage.hang(poster(stage, 0.42, 0.56, ("#e9e2d0", "#c9942e", "#4f7296"), rng.randrange(9)), 0.36, 1.21, wall)
    return View((0.45, wall - 2.4, 1.0), (0.12, wall - 0.3, 0.66), 36, exposure=0.25)
