"""An office desk with a screen, trays and binders: nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import gadgets
import props
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS: dict[str, str] = {}
TOP = 0.74


def build(stage: Stage) -> View:
    """Screen, keyboard, mouse, paper trays, binders over them."""
    decor, rng = stage.decor, stage.rng
    wall = room(stage, 3.4, 2.2, 2.6, Window(-0.9, 0.6, 0.9, 2.2), fill=0.42, fill_color="#eef3fa").back_y
    stage.at(stage.tag(furniture.table(1.6, 0.72, TOP, decor.wood_tones), "table"), 0.1, wall - 0.4, 0)
    stage.put(stage.tag(gadgets.monitor(0.58), "monitor"), 0.05, wall - 0.22, TOP, 0.05, surface="desk")
    stage.put(stage.tag(gadgets.keyboard(), "keyboard"), 0.05, wall - 0.52, TOP, 0.03, surface="desk", solid=False)
    stage.put(stage.tag(gadgets.mouse(), "mouse"), 0.34, wall - 0.52, TOP, 0.1, surface="desk")
    stage.put(stage.tag(gadgets.paper_tray(), "paper tray"), 0.64, wall - 0.26, TOP, -0.1, surface="desk")
    stage.put(stage.tag(gadgets.phone(), "phone"), -0.28, wall - 0.55, TOP, 0.3, surface="desk")
    stage.put(stage.tag(props.pencil_cup(decor.accent), "jar"), -0.38, wall - 0.2, TOP, surface="desk")
    stage.put(stage.tag(props.notebook(decor.paint), "book"), -0.48, wall - 0.48, TOP, 0.2, surface="desk")
    shelf(stage, 0.1, 1.42, wall, 1.4, 0.3)
    row = stage.tag(gadgets.binders(("#3c4a58", "#3c4a58", decor.accent, "#c9c1b2", "#3c4a58", "#c9c1b2")), "binders")
    stage.at(row, -0.5, wall - 0.15, 1.42)
    stage.put(stage.tag(props.lidded_box(0.3, 0.24, 0.18, decor.paint, decor.paint), "box"), 0.26, wall - 0.15, 1.42,
              surface="shelf")
    stage.put(stage.tag(props.books_flat(rng, 4), "book"), 0.62, wall - 0.15, 1.42, surface="shelf")
    return View((0.55, wall - 2.4, 1.28), (0.1, wall - 0.3, 1.05), 36, exposure=0.25)
