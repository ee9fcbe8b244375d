"""A shelf with towels and soap: nothing of it is sold by the shop."""
from __future__ import annotations

import props
import tableware
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS: dict[str, str] = {}


def build(stage: Stage) -> View:
    """Folded and rolled towels, a dispenser, a mirror, brushes."""
    decor = stage.decor
    wall = room(stage, 2.6, 1.6, 2.6, Window(-0.8, 0.4, 0.9, 2.2), fill=0.36, fill_color="#f2f5f8",
                panel_height=1.0).back_y
    for z in (1.02, 1.42):
        shelf(stage, 0.1, z, wall, 1.0, 0.24)
    towels = stage.tag(props.folded_towels((decor.cloth, "#efeae0", decor.accent), 0.32, 0.2), "towel")
    stage.put(towels, -0.18, wall - 0.12, 1.02, surface="low")
    for k in range(3):
        stage.put(stage.tag(props.rolled_towel(decor.cloth, 0.18, 0.05), "towel"), 0.18 + 0.001 * k, wall - 0.12,
                  1.42, 1.57, surface="high", jitter=0.03, turn=0.04)
    stage.put(stage.tag(props.pump_bottle(decor.accent), "bottle"), 0.18, wall - 0.12, 1.02, 0.5, surface="low")
    stage.put(stage.tag(props.cup_with_brushes("#cfd6cf"), "jar"), 0.32, wall - 0.11, 1.02, surface="low")
    case = stage.tag(props.lidded_box(0.2, 0.17, 0.12, "#b9a990", "#9b8a70"), "box")
    stage.put(case, -0.26, wall - 0.12, 1.42, surface="high")
    stage.put(stage.tag(tableware.tumbler(False), "glass"), 0.48, wall - 0.11, 1.02, surface="low")
    stage.at(stage.tag(props.hanging_towel(decor.accent, 0.34, 0.4), "towel"), 0.1, wall - 0.035, 0.42)
    stage.fix(props.rail(0.5), 0.1, wall, 0.81)
    return View((0.3, wall - 1.75, 1.28), (0.1, wall - 0.1, 1.08), 36, 8, 1.65, exposure=0.0)
