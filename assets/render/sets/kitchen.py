"""Kitchen counter under a shelf, seen from near: kettle, mugs, bowls, bottles."""
from __future__ import annotations

import furniture
import tableware
from shell import Window
from stage import Stage, View

from .common import fruit_in, room, shelf

SLOTS = {"kettle": "kettle", "mug left": "mug", "mug right": "mug", "bowl": "bowl", "bottle": "bottle",
         "planter": "planter", "shelf mug": "mug", "shelf bowl": "bowl", "shelf vase": "vase"}
TOP = 0.92
SHELF = 1.37


def build(stage: Stage) -> View:
    """Window left; the counter runs along the back wall."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 3.2, 1.5, 2.6, Window(-0.95, 0.45, 1.05, 2.2), fill=0.42, fill_color="#eef3fa").back_y
    for part in furniture.counter(3.4, 0.64, TOP, decor.wood_tones, decor.paint, 5):
        stage.fix(part, 0.4, wall, 0)
    board = tableware.board(0.27, 0.37, 0.02, decor.wood_tones, standing=True)
    stage.lean(board, -0.68, TOP, wall, -0.12)
    shelf(stage, 0.4, SHELF, wall, 1.5, 0.21)
    _on_shelf(stage, wall - 0.11)
    _on_counter(stage, wall)
    return View((-0.2 + rng.uniform(-0.08, 0.08), wall - 1.72, 1.36), (0.1, wall - 0.3, 1.07), 36, 6.3, 1.42,
                exposure=0.25)


def _on_shelf(stage: Stage, y: float) -> None:
    for k, filling in enumerate(("#a9713f", "#e7d7b0", "#5c3a24")):
        stage.put(stage.tag(tableware.jar(0.12 + 0.03 * (k % 2), 0.045, filling), "jar"), -0.22 + k * 0.13, y, SHELF,
                  surface="shelf", jitter=0.006)
    stage.put(stage.slot("shelf mug"), 0.24, y - 0.02, SHELF, -0.7, surface="shelf")
    if stage.has("shelf bowl"):
        stage.put(stage.slot("shelf bowl"), 0.45, y, SHELF, surface="shelf", jitter=0.01)
    else:
        for k, color in enumerate(("#f1eee7", "#cfc7b8", "#f1eee7")):
            stage.at(stage.tag(tableware.plate(0.095, color), "plate"), 0.47, y, SHELF + 0.013 * k)
    stage.put(stage.slot("shelf vase"), 0.74, y, SHELF, surface="shelf")


def _on_counter(stage: Stage, wall: float) -> None:
    """From left to right; the board with fruit lies in front."""
    stage.put(stage.slot("kettle"), -0.4, wall - 0.3, TOP, 0.5, surface="counter")
    stage.put(stage.slot("mug left"), -0.12, wall - 0.46, TOP, -0.5, surface="counter")
    stage.put(stage.slot("mug right"), 0.0, wall - 0.24, TOP, -0.9, surface="counter")
    board = stage.tag(tableware.board(0.4, 0.24, 0.02, ("#d6ab78", "#b07f4c")), "board")
    stage.put(board, 0.2, wall - 0.5, TOP, 0.06, surface="counter", solid=False)
    for x, y, kind in ((0.1, 0.5, "apple"), (0.3, 0.46, "lemon"), (0.23, 0.54, "lemon")):
        stage.drop(stage.tag(tableware.fruit(kind), "fruit"), x, wall - y, TOP + 0.3)
    bowl = stage.put(stage.slot("bowl"), 0.27, wall - 0.22, TOP, surface="counter")
    fruit_in(stage, bowl, ("lemon", "apple", "orange"))
    stage.put(stage.slot("bottle"), 0.49, wall - 0.24, TOP, surface="counter")
    stage.put(stage.tag(tableware.utensils(), "jar"), 0.62, wall - 0.15, TOP, surface="counter")
    stage.put(stage.slot("planter"), 0.84, wall - 0.26, TOP, 0.4, surface="counter")
    for k, radius in enumerate((0.125, 0.11)):
        plate = stage.tag(tableware.plate(radius, ("#f3f0ea", "#dfd3c0")[k]), "plate")
        stage.at(plate, 0.62, wall - 0.46, TOP + 0.012 * k)
    stage.put(stage.tag(tableware.wine_glass(), "glass"), -0.6, wall - 0.44, TOP, surface="counter")
