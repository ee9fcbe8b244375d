"""A worktop with food and jars: nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import props
import tableware
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS: dict[str, str] = {}
TOP = 0.92


def build(stage: Stage) -> View:
    """Fruit, plates, glasses, jars."""
    decor = stage.decor
    wall = room(stage, 3.0, 1.5, 2.6, Window(-0.95, 0.45, 1.05, 2.2), fill=0.42, fill_color="#eef3fa").back_y
    for part in furniture.counter(3.2, 0.62, TOP, decor.wood_tones, decor.paint, 5):
        stage.fix(part, 0.4, wall, 0)
    shelf(stage, 0.1, 1.34, wall, 1.1, 0.2)
    for k, filling in enumerate(("#d9a441", "#7a4a2c", "#efe3c8", "#93a05a", "#c46a4a")):
        jar = tableware.jar(0.11 + 0.025 * (k % 3), 0.042, filling)
        stage.put(stage.tag(jar, "jar"), -0.3 + k * 0.14, wall - 0.1, 1.34, surface="shelf", jitter=0.008)
    board = stage.tag(tableware.board(0.44, 0.26, 0.022, ("#d6ab78", "#b07f4c")), "board")
    stage.put(board, -0.12, wall - 0.42, TOP, 0.1, surface="worktop")
    own = stage.bounds(board)
    lying = ((-0.12, 0.03, "green apple"), (-0.03, -0.04, "pear"), (0.05, 0.05, "pear"), (0.13, -0.03, "lemon"))
    for dx, dy, kind in lying:
        stage.drop(stage.tag(tableware.fruit(kind), "fruit"), own.x + dx, own.y + dy, TOP + 0.3)
    for k, kind in enumerate(("orange", "orange", "apple", "lemon")):
        stage.put(stage.tag(tableware.fruit(kind), "fruit"), 0.26 + k * 0.085, wall - 0.36 - 0.05 * (k % 2), TOP,
                  surface="worktop", jitter=0.01)
    for k in range(3):
        plate = stage.tag(tableware.plate(0.12 - 0.006 * k, ("#f1eee7", "#d5dcd6", "#f1eee7")[k]), "plate")
        stage.at(plate, 0.72, wall - 0.26, TOP + 0.013 * k)
    stage.put(stage.tag(tableware.tumbler(), "glass"), 0.36, wall - 0.18, TOP, surface="worktop")
    stage.put(stage.tag(tableware.tumbler(False), "glass"), 0.46, wall - 0.14, TOP, surface="worktop")
    stage.put(stage.tag(tableware.utensils(), "jar"), -0.46, wall - 0.16, TOP, surface="worktop")
    stage.put(stage.tag(props.napkin(decor.cloth), "napkin"), 0.28, wall - 0.52, TOP, 0.3, surface="worktop")
    return View((0.05, wall - 1.7, 1.3), (0.14, wall - 0.3, 1.06), 37, 6.3, 1.4, exposure=0.25)
