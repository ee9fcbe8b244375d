"""A workbench under a wall of tools: nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import gadgets
import leisure
import surfaces
from mesh import box
from shell import Window, put_material
from stage import Stage, View

from .common import room

SLOTS: dict[str, str] = {}
TOP = 0.88


def build(stage: Stage) -> View:
    """Tools on a board, paint cans and a tool box on the bench, a broom in the corner."""
    decor = stage.decor
    wall = room(stage, 3.6, 2.2, 2.6, Window(-0.9, 0.4, 1.2, 2.2), fill=0.42, fill_color="#f2f4f2",
                floor=lambda: surfaces.poured(decor.floor[0])).back_y
    board = put_material(box("board", 1.5, 0.018, 0.72, 0.004), furniture.timber(("#c9a97a", "#b08d5c"), 0))
    stage.fix(board, 0.15, wall - 0.012, 1.12)
    face = wall - 0.022
    hung = ((gadgets.hammer(), -0.38, 1.32), (gadgets.screwdriver(), -0.16, 1.4),
            (gadgets.screwdriver("#d2a622"), -0.06, 1.4),
            (gadgets.screwdriver("#2f5f8a"), 0.04, 1.4), (gadgets.wrench(0.2), 0.2, 1.4),
            (gadgets.wrench(0.24), 0.3, 1.38),
            (gadgets.saw(), 0.58, 1.62), (gadgets.wrench(0.16), 0.4, 1.42))
    for tool, x, z in hung:
        stage.at(stage.tag(tool, "tool"), x, face, z)
    stage.at(stage.tag(furniture.table(1.7, 0.62, TOP, decor.wood_tones), "table"), 0.15, wall - 0.34, 0)
    stage.put(stage.tag(gadgets.tool_box(decor.accent), "tool box"), -0.32, wall - 0.32, TOP, 0.1, surface="bench")
    for k, color in enumerate(("#d9c7a3", "#4f7296", "#5d6b3c")):
        stage.put(stage.tag(gadgets.paint_can(color), "paint can"), 0.5 + k * 0.19, wall - 0.2 - 0.08 * (k % 2), TOP,
                  k * 1.0,
                  surface="bench")
    stage.put(stage.tag(gadgets.drill(), "drill"), 0.14, wall - 0.36, TOP, 0.3, surface="bench")
    stage.put(stage.tag(gadgets.paint_can("#e7e2d8", 0.1, 0.2), "paint can"), 0.5, wall - 0.4, 0, 0.4, surface="floor")
    stage.put(stage.tag(leisure.crate(), "crate"), -0.2, wall - 0.35, 0, 0.1)
    stage.lean(stage.tag(leisure.long_tool("broom"), "broom"), 1.25, 0, wall, -0.12, 0.2)
    return View((0.5, wall - 2.5, 1.3), (0.15, wall - 0.2, 1.05), 35, exposure=0.3)
