"""A bathroom shelf and basin with bottles, tubes and paper: nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import groceries
import props
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS: dict[str, str] = {}
TOP = 0.86


def build(stage: Stage) -> View:
    """Two boards of bottles beside a mirror; soap and sponge on the vanity."""
    decor = stage.decor
    wall = room(stage, 2.8, 1.7, 2.6, Window(-0.8, 0.4, 1.0, 2.2), fill=0.44, fill_color="#f2f5f8").back_y
    for part in furniture.counter(1.8, 0.5, TOP, decor.wood_tones, decor.paint, 4):
        stage.fix(part, 0.15, wall, 0)
    for z in (1.22, 1.55):
        shelf(stage, 0.42, z, wall, 0.8, 0.17)
    y = wall - 0.09
    bottles = (("#5f8a86", "#f1ece2"), ("#e0b7aa", "#c2757d"), ("#f1ece2", "#3c3e42"), ("#c9942e", "#f1ece2"))
    for k, (color, cap) in enumerate(bottles):
        stage.put(stage.tag(groceries.shampoo(color, cap, 0.17 + 0.02 * (k % 3)), "bottle"), 0.12 + k * 0.12, y, 1.22,
                  0.1,
                  surface="low", jitter=0.006)
    stage.put(stage.tag(groceries.tube_of_paste(), "tube"), 0.62, y, 1.22, 0.3, surface="low", jitter=0.006)
    stage.put(stage.tag(groceries.tube_of_paste("#a65a46"), "tube"), 0.72, y, 1.22, -0.2, surface="low", jitter=0.006)
    for k in range(3):
        stage.put(stage.tag(groceries.paper_roll(), "paper roll"), 0.2 + k * 0.125, y, 1.55, surface="high",
                  jitter=0.004)
    stage.put(stage.tag(props.rolled_towel(decor.cloth, 0.16, 0.05), "towel"), 0.64, y, 1.55, 1.57, surface="high",
              jitter=0.004)
    stage.at(stage.tag(props.wall_mirror(0.28, "#b9bcc0", 1.0), "mirror"), -0.42, wall - 0.001, 1.18)
    basin = stage.tag(props.basin(0.18, 0.11), "sink")
    stage.put(basin, -0.42, wall - 0.26, TOP, surface="top", jitter=0.004)
    stage.fix(props.tap(), -0.42, wall - 0.06, TOP)
    stage.put(stage.tag(props.pump_bottle(decor.accent, "#b9bcc0"), "bottle"), -0.12, wall - 0.18, TOP, 0.5,
              surface="top")
    stage.put(stage.tag(props.cup_with_brushes("#cfd6cf"), "jar"), 0.02, wall - 0.16, TOP, surface="top")
    stage.put(stage.tag(groceries.soap_bar(), "soap"), 0.12, wall - 0.34, TOP, 0.3, surface="top")
    stage.put(stage.tag(groceries.sponge(), "sponge"), 0.36, wall - 0.28, TOP, 0.2, surface="top")
    stage.put(stage.tag(props.folded_towels((decor.cloth, "#efeae0"), 0.26, 0.18), "towel"), 0.68, wall - 0.26, TOP,
              surface="top")
    return View((0.1, wall - 1.95, 1.36), (0.14, wall - 0.2, 1.18), 35, 8, 1.8, exposure=0.3)
