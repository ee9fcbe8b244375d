"""A corner for sport: weights on a rack, balls, mats, a racket; nothing of it is sold by the shop."""
from __future__ import annotations

import furniture
import leisure
import surfaces
from shell import Window
from stage import Stage, View

from .common import room

SLOTS: dict[str, str] = {}


def build(stage: Stage) -> View:
    """A low rack of dumbbells, kettlebells and balls before it."""
    decor = stage.decor
    wall = room(stage, 3.6, 2.6, 2.6, Window(-1.0, 0.6, 0.5, 2.2), fill=0.42, fill_color="#f2f4f2",
                floor=lambda: surfaces.poured(decor.floor[0])).back_y
    rack = furniture.table(1.2, 0.36, 0.5, decor.wood_tones)
    stage.at(stage.tag(rack, "table"), 0.1, wall - 0.24, 0)
    for k, color in enumerate(("#2f6d6a", "#2f6d6a", "#a2482c", "#a2482c")):
        stage.put(stage.tag(leisure.dumbbell(color), "dumbbell"), -0.3 + 0.26 * k, wall - 0.24, 0.5, 1.35,
                  surface="rack",
                  jitter=0.006)
    for k, color in enumerate(("#37312d", "#51606e")):
        stage.put(stage.tag(leisure.kettlebell(color), "kettlebell"), -0.72 + 0.28 * k, wall - 0.75, 0, 0.3 + k)
    stage.put(stage.tag(leisure.ball(0.12, "basketball"), "ball"), 0.62, wall - 0.7, 0, 0.4)
    for k in range(2):
        stage.put(stage.tag(leisure.ball(0.033, "tennis"), "ball"), 0.3 + 0.1 * k, wall - 0.88, 0)
    for k, color in enumerate((decor.accent, "#4f7296")):
        stage.put(stage.tag(leisure.mat_roll(color), "mat"), 0.98 + 0.17 * k, wall - 0.26 - 0.1 * k, 0)
    stage.lean(stage.tag(leisure.racket(), "racket"), 0.32, 0.5, wall - 0.01, -0.16, 0.1)
    stage.put(stage.tag(leisure.shoes("#d9d2c4", "#f1ece2"), "shoes"), -0.08, wall - 0.72, 0, 0.5)
    return View((0.35, wall - 2.7, 1.15), (0.12, wall - 0.3, 0.66), 35, exposure=0.25)
