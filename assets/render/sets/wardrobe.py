"""A clothes rail with shirts, shoes below, hats on a shelf: nothing of it is sold by the shop."""
from __future__ import annotations

import leisure
import props
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS: dict[str, str] = {}
HEIGHT = 1.52
SHIRTS = ("#e9e2d6", "#8fa28c", "#26345a", "#c49a6c", "#a2482c", "#d9d2c4", "#51606e")


def build(stage: Stage) -> View:
    """The rail stands before the back wall, the shirts nearly edge on."""
    decor = stage.decor
    wall = room(stage, 3.4, 2.6, 2.6, Window(-1.0, 0.5, 0.5, 2.3), fill=0.38).back_y
    stage.at(stage.tag(leisure.clothes_rail(1.2, HEIGHT), "clothes rail"), 0.0, wall - 0.42, 0)
    for k, color in enumerate(SHIRTS):
        shirt = stage.tag(leisure.shirt(color), "clothing")
        stage.at(shirt, -0.44 + k * 0.135, wall - 0.42, HEIGHT - 0.8 + 0.012, 1.05 + stage.rng.uniform(-0.12, 0.12))
    for k, color in enumerate(("#6b4a34", "#2b2a2c", decor.accent)):
        stage.put(stage.tag(leisure.shoes(color), "shoes"), -0.36 + 0.36 * k, wall - 0.42, 0, 0.1, surface="floor")
    shelf(stage, 0.0, 1.86, wall, 1.2, 0.3)
    stage.put(stage.tag(props.lidded_box(0.36, 0.26, 0.18, decor.paint, decor.paint), "box"), -0.34, wall - 0.15, 1.86,
              surface="shelf")
    stage.put(stage.tag(leisure.straw_hat(decor.accent), "hat"), 0.2, wall - 0.17, 1.86, surface="shelf")
    return View((0.75, wall - 3.0, 1.3), (0.1, wall - 0.3, 1.02), 35, exposure=0.3)
