"""A garden shed's outer wall: spade, rake, hose, crates, clay pots; nothing of it is sold by the shop."""
from __future__ import annotations

import leisure
import materials
import surfaces
import tableware
from scene import sun, world
from shell import quad
from stage import Stage, View

SLOTS: dict[str, str] = {}


def build(stage: Stage) -> View:
    """Late sun from the left front on painted boards."""
    decor, sign, wall = stage.decor, stage.sign, 1.1
    quad("ground", [(-6, -6, 0), (6, -6, 0), (6, wall, 0), (-6, wall, 0)],
         materials.tiles(decor.floor[0], "#7d776c", w=0.22, h=0.11, offset=0.5, rough=0.8, vertical=False))
    quad("shed", [(-6, wall, 0), (6, wall, 0), (6, wall, 4), (-6, wall, 4)], surfaces.beadboard(decor.wall, 0.14))
    for kind, x, yaw in (("spade", -0.62, 0.1), ("rake", -0.3, -0.1), ("broom", 0.92, 0.15)):
        stage.lean(stage.tag(leisure.long_tool(kind), "tool"), x, 0, wall - 0.002, -0.13, yaw)
    stage.put(stage.tag(leisure.hose(), "hose"), 0.28, 0.3, 0, 0.4)
    stage.put(stage.tag(leisure.crate(), "crate"), 0.35, wall - 0.24, 0, 0.05)
    case = stage.put(stage.tag(leisure.crate(0.4, 0.28, 0.2), "crate"), -0.95, 0.55, 0, 0.3)
    own = stage.bounds(case)
    for k, kind in enumerate(("apple", "green apple", "pear", "apple", "pear")):
        stage.drop(stage.tag(tableware.fruit(kind), "fruit"), own.x - 0.1 + 0.052 * k, own.y + 0.04 * (-1) ** k, 0.6)
    for k in range(3):
        stage.put(stage.tag(leisure.empty_pot(0.06 + 0.015 * k), "pot"), -0.25 + 0.2 * k, 0.62 - 0.05 * k, 0)
    stage.put(stage.tag(leisure.trowel(), "tool"), 0.02, 0.3, 0, 0.5)
    stage.put(stage.tag(leisure.straw_hat(decor.accent), "hat"), 0.75, 0.45, 0, 0.2)
    x, y, z = decor.sun
    sun((sign * x, abs(y), z), decor.sun_strength, "#ffdcae")
    world(decor.sky, 0.8)
    return View((0.3, -2.0, 1.2), (0.0, 0.6, 0.58), 36, exposure=-0.15)
