"""A music and computer desk: speakers, headphones, screen, keyboard; nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import gadgets
import props
from shell import Window
from stage import Stage, View

from .common import book_row, poster, room, shelf

SLOTS: dict[str, str] = {}
TOP = 0.74


def build(stage: Stage) -> View:
    """Two speakers beside the screen, records on the shelf."""
    decor, rng = stage.decor, stage.rng
    wall = room(stage, 3.4, 2.4, 2.6, Window(-1.0, 0.5, 0.6, 2.3), fill=0.34).back_y
    stage.at(stage.tag(furniture.table(1.5, 0.66, TOP, decor.wood_tones, "tapered"), "table"), 0.08, wall - 0.37, 0)
    stage.put(stage.tag(gadgets.monitor(0.52, "#3d2f46"), "monitor"), 0.08, wall - 0.2, TOP, surface="desk")
    for x, yaw in ((-0.42, 0.3), (0.58, -0.3)):
        stage.put(stage.tag(gadgets.speaker(0.27, "walnut"), "speaker"), x, wall - 0.22, TOP, yaw, surface="desk")
    stage.put(stage.tag(gadgets.keyboard("#2d2e30", "#3a3b3e"), "keyboard"), 0.02, wall - 0.5, TOP, -0.04,
              surface="desk")
    stage.put(stage.tag(gadgets.mouse("#2d2e30"), "mouse"), 0.33, wall - 0.5, TOP, -0.1, surface="desk")
    stage.put(stage.tag(gadgets.headphones(decor.accent), "headphones"), -0.38, wall - 0.48, TOP, 0.5, surface="desk")
    stage.put(stage.tag(gadgets.phone("#e4ddcf"), "phone"), 0.52, wall - 0.52, TOP, 0.4, surface="desk")
    shelf(stage, -0.05, 1.46, wall, 1.0, 0.2)
    book_row(stage, -0.48, wall - 0.14, 1.46, 10)
    stage.put(stage.tag(gadgets.speaker(0.16, "oak"), "speaker"), 0.28, wall - 0.11, 1.46, -0.2, surface="shelf")
    stage.hang(poster(stage, 0.4, 0.4, ("#e9e2d0", decor.accent, "#26345a"), rng.randrange(9)), 0.74, 1.62, wall)
    stage.put(stage.tag(props.lidded_box(0.34, 0.3, 0.28, decor.paint, decor.paint), "box"), 0.5, wall - 0.32, 0)
    return View((-0.35, wall - 2.5, 1.25), (0.1, wall - 0.3, 1.0), 36, exposure=0.3)
