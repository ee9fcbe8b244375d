"""A utility room: three long boards with baskets, folded throws, jars; a bag and a can on the floor."""
from __future__ import annotations

import props
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS = {"basket": "basket", "second basket": "basket", "throw": "throw", "jar": "jar", "second jar": "jar",
         "can": "watering_can", "bag": "tote", "stool": "stool", "bottle": "bottle", "planter": "planter",
         "clock": "clock", "third jar": "jar"}
LOW, MIDDLE, HIGH = 0.55, 1.0, 1.45


def build(stage: Stage) -> View:
    """Window left; boards from end to end of the back wall."""
    decor = stage.decor
    wall = room(stage, 3.0, 2.0, 2.6, Window(-0.8, 0.5, 0.9, 2.2), fill=0.4, fill_color="#f2f5f8").back_y
    for z in (LOW, MIDDLE, HIGH):
        shelf(stage, 0.2, z, wall, 1.6, 0.34)
    y = wall - 0.18
    stage.put(stage.slot("basket", 0.42), -0.3, y, LOW, 0.2, surface="low", jitter=0.01)
    stage.put(stage.slot("throw", 0.42), 0.2, y, LOW, 0.04, surface="low", jitter=0.006)
    case = stage.tag(props.lidded_box(0.3, 0.24, 0.2, "#b9a990", "#9b8a70"), "box")
    stage.put(case, 0.72, y, LOW, surface="low", jitter=0.006)
    towels = stage.tag(props.folded_towels((decor.cloth, "#efeae0", decor.accent), 0.32, 0.22), "towel")
    stage.put(towels, -0.32, y, MIDDLE, surface="middle", jitter=0.006)
    stage.put(stage.slot("jar", 0.42), 0.02, y - 0.04, MIDDLE, surface="middle", jitter=0.006)
    stage.put(stage.slot("second jar", 0.42), 0.2, y, MIDDLE, surface="middle", jitter=0.006)
    stage.put(stage.tag(props.pump_bottle(decor.accent), "bottle"), 0.38, y - 0.05, MIDDLE, 0.5, surface="middle")
    stage.put(stage.slot("planter", 0.42), 0.68, y, MIDDLE, 0.3, surface="middle", jitter=0.006)
    stage.put(stage.slot("second basket", 0.5), -0.3, y, HIGH, 0.3, surface="high", jitter=0.006)
    stage.put(stage.slot("bottle", 0.5), 0.1, y - 0.03, HIGH, 0.3, surface="high", jitter=0.006)
    stage.put(stage.slot("third jar", 0.42), 0.3, y, HIGH, surface="high", jitter=0.006)
    stage.put(stage.tag(props.lidded_box(0.34, 0.24, 0.16, decor.paint, decor.paint), "box"), 0.7, y, HIGH,
              surface="high", jitter=0.006)
    stage.put(stage.slot("can"), -0.2, wall - 0.24, 0, 0.4, jitter=0.02)
    if stage.has("bag"):
        stage.put(stage.slot("bag"), 0.35, wall - 0.3, 0, -0.2, pitch=-0.04)
    if stage.has("stool"):
        stage.put(stage.slot("stool"), 0.95, wall - 0.6, 0, 0.2)
    return View((0.55, wall - 2.55, 1.25), (0.22, wall - 0.2, 0.95), 34, exposure=0.25)
