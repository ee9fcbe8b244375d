"""A fireplace: clock and candles on the mantel, an armchair and a basket before it."""
from __future__ import annotations

import furniture
import props
from materials import tiles
from shell import Window
from stage import Stage, View

from .common import book_row, room

SLOTS = {"clock": "clock", "mirror": "mirror", "candle": "candle", "second candle": "candle", "vase": "vase",
         "bookend": "bookend", "basket": "basket", "armchair": "sofa", "cushion": "cushion", "rug": "rug",
         "planter": "planter", "picture": "picture"}
TOP = 1.08


def build(stage: Stage) -> View:
    """Window left; the fireplace a little left of the middle, the armchair on its right."""
    decor = stage.decor
    wall = room(stage, 4.0, 3.2, 2.7, Window(-1.1, 0.6, 0.5, 2.3), fill=0.34).back_y
    hearth = tiles(decor.accent, "#8d8478", w=0.15, h=0.15, offset=0, rough=0.4, vertical=False)
    place = stage.tag(furniture.fireplace(1.3, TOP, 0.26, decor.paint, hearth), "fireplace")
    stage.at(place, -0.25, wall, 0)
    _on_mantel(stage, wall - 0.15)
    if stage.has("mirror"):
        stage.hang(stage.slot("mirror"), -0.25, 1.62, wall)
    elif stage.has("picture"):
        stage.hang(stage.slot("picture"), -0.25, 1.58, wall)
    else:
        stage.hang(stage.slot("clock"), -0.25, 1.55, wall)
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.3, wall - 1.3, 0.001, surface="rug", solid=False, turn=0.03)
    stage.put(stage.slot("basket"), -1.25, wall - 0.3, 0, 0.2)
    if stage.has("armchair"):
        chair = stage.put(stage.slot("armchair"), 1.05, wall - 0.95, 0.011 if stage.has("rug") else 0, -0.75)
        if stage.has("cushion"):
            own = stage.bounds(chair)
            seat = stage.feel((own.x, own.y, 1.2), (0, 0, -1))[2]
            stage.at(stage.slot("cushion"), own.x + 0.1, own.y + 0.1, seat - 0.012, -0.75, -0.34)
    if stage.has("planter"):
        stage.put(stage.slot("planter"), 1.5, wall - 0.4, 0, 0.5)
    return View((0.25, wall - 3.3, 1.3), (0.14, wall - 0.2, 0.86), 32, exposure=0.25)


def _on_mantel(stage: Stage, y: float) -> None:
    stage.put(stage.slot("vase"), -0.72, y, TOP, surface="mantel", jitter=0.006)
    stage.put(stage.slot("candle"), -0.5, y - 0.02, TOP, surface="mantel", jitter=0.006)
    if stage.has("second candle"):
        stage.put(stage.slot("second candle"), -0.39, y + 0.02, TOP, surface="mantel", jitter=0.006)
    end = book_row(stage, 0.08, y - 0.03, TOP, 4, leaning=False)
    stage.put(stage.slot("bookend"), end + 0.09, y - 0.01, TOP, surface="mantel", jitter=0.004, turn=0.15)
    if stage.has("clock") and (stage.has("mirror") or stage.has("picture")):
        stage.lean(stage.slot("clock"), -0.1, TOP, y + 0.14, -0.1)
    else:
        stage.put(stage.tag(props.pencil_cup(stage.decor.accent), "jar"), -0.08, y, TOP, surface="mantel")
