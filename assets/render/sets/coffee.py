"""Coffee table in front of a sofa's feet, seen from a seat: bowl, candle, mug, vase, books."""
from __future__ import annotations

import furniture
import props
from shell import Window
from stage import Stage, View

from .common import fruit_in, room

SLOTS = {"bowl": "bowl", "candle": "candle", "mug": "mug", "second mug": "mug", "vase": "vase", "rug": "rug",
         "sofa": "sofa", "cushion": "cushion", "kettle": "kettle"}
TOP = 0.4


def build(stage: Stage) -> View:
    """Window left; the table in the middle of the rug, the sofa behind it cut by the frame."""
    rng, decor = stage.rng, stage.decor
    wall = room(stage, 4.2, 3.4, 2.6, Window(-1.0, 0.9, 0.5, 2.2), fill=0.34).back_y
    sofa = stage.put(stage.slot("sofa"), 0.35, wall - 0.58, 0, turn=0.01)
    seat = stage.bounds(sofa)
    stage.recline(stage.slot("cushion"), seat.x0 + (seat.x1 - seat.x0) * 0.27, seat.y - 0.1, 0.15, -0.36)
    if stage.has("rug"):
        stage.put(stage.slot("rug"), 0.1, 0.0, 0.001, surface="rug", solid=False, turn=0.03)
    stage.at(stage.tag(furniture.table(1.15, 0.62, TOP, decor.wood_tones, "tapered"), "table"), 0.08, -0.1, 0.011)
    top = TOP + 0.011
    bowl = stage.put(stage.slot("bowl"), 0.3, 0.0, top, surface="table")
    fruit_in(stage, bowl, ("green apple", "lemon", "apple"))
    stage.put(stage.slot("vase"), -0.12, 0.06, top, surface="table")
    pile = stage.put(stage.tag(props.books_flat(rng, 3), "book"), -0.33, -0.14, top, 0.25, surface="table")
    stage.at(stage.slot("candle"), stage.bounds(pile).x, stage.bounds(pile).y, stage.top_of(pile), 0.3)
    stage.put(stage.slot("mug"), 0.0, -0.14, top, -0.5, surface="table")
    stage.put(stage.slot("kettle" if stage.has("kettle") else "second mug"), 0.52, -0.2, top, 0.4, surface="table")
    stage.put(stage.tag(props.notebook(decor.accent), "book"), 0.2, -0.27, top, 0.5, surface="table")
    return View((0.45, -1.75, 1.08), (0.06, 0.2, 0.5), 36, 7.1, 1.75, exposure=0.3)
