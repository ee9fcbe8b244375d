"""A writing desk with books and a laptop: nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import props
import tableware
from shell import Window
from stage import Stage, View

from .common import book_row, room, shelf

SLOTS: dict[str, str] = {}
TOP = 0.74


def build(stage: Stage) -> View:
    """Books, boxes, a laptop, pencils, glasses."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 3.0, 2.0, 2.6, Window(-0.9, 0.5, 0.8, 2.2), fill=0.4).back_y
    stage.at(stage.tag(furniture.table(1.5, 0.66, TOP, decor.wood_tones), "table"), 0.1, wall - 0.36, 0)
    shelf(stage, 0.12, 1.3, wall, 1.2, 0.22)
    book_row(stage, -0.42, wall - 0.15, 1.3, 9)
    case = stage.tag(props.lidded_box(0.24, 0.18, 0.14, decor.accent, decor.paint), "box")
    stage.put(case, 0.36, wall - 0.11, 1.3, surface="shelf")
    stage.put(stage.tag(props.lidded_box(0.16, 0.16, 0.1, "#cdbfa6", "#b7a88d"), "box"), 0.58, wall - 0.11, 1.3,
              surface="shelf")
    stage.put(stage.tag(props.laptop(), "laptop"), 0.05, wall - 0.34, TOP, 0.06, surface="desk")
    stage.put(stage.tag(props.pencil_cup(decor.accent), "jar"), -0.3, wall - 0.2, TOP, surface="desk")
    stage.put(stage.tag(props.books_flat(rng, 5), "book"), 0.52, wall - 0.28, TOP, 0.1, surface="desk")
    stage.put(stage.tag(props.notebook(decor.paint), "book"), -0.28, wall - 0.48, TOP, 0.3, surface="desk")
    stage.put(stage.tag(tableware.tumbler(), "glass"), 0.32, wall - 0.5, TOP, surface="desk")
    stage.put(stage.tag(tableware.fruit("green apple"), "fruit"), -0.12, wall - 0.52, TOP, surface="desk")
    return View((0.4, wall - 2.3, 1.22), (0.1, wall - 0.3, 1.0), 36, exposure=0.3)
