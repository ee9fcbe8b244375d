"""Shelves of groceries: tins, packets, bread, vegetables; nothing of it is sold by the shop."""
from __future__ import annotations

import groceries
import tableware
from shell import Window
from stage import Stage, View

from .common import room, shelf

SLOTS: dict[str, str] = {}
BOARDS = (0.7, 1.05, 1.4)
TINS = ("#a2482c", "#5d6b3c", "#c9942e", "#1f4a5c", "#8c3b2e")
PACKETS = (("#c9942e", "#f1ece2"), ("#2f6d6a", "#e9dcc3"), ("#a2322b", "#f1ece2"), ("#e7e2d8", "#4f7296"))


def build(stage: Stage) -> View:
    """Three boards from end to end."""
    rng = stage.rng
    wall = room(stage, 2.8, 1.8, 2.6, Window(-0.8, 0.4, 1.0, 2.2), fill=0.42).back_y
    for z in BOARDS:
        shelf(stage, 0.15, z, wall, 1.5, 0.32)
    y = wall - 0.16
    low, middle, high = BOARDS
    stage.put(stage.tag(groceries.crate_of("tomato", rng), "food"), -0.36, y, low, surface="low", jitter=0.006)
    stage.put(stage.tag(groceries.crate_of("lime", rng), "food"), 0.02, y, low, 0.04, surface="low", jitter=0.006)
    stage.put(stage.tag(groceries.crate_of("aubergine", rng), "food"), 0.42, y, low, -0.05, surface="low", jitter=0.006)
    for k in range(2):
        stage.put(stage.tag(groceries.carton(("#4f7296", "#8fa28c")[k]), "carton"), 0.7 + 0.1 * k, y + 0.03, low, 0.1,
                  surface="low",
                  jitter=0.006)
    for k, color in enumerate(TINS):
        stage.put(stage.tag(groceries.tin(color), "tin"), -0.5 + 0.085 * k, y - 0.03 * (k % 2), middle,
                  rng.uniform(-0.4, 0.4),
                  surface="middle", jitter=0.005)
    stage.put(stage.tag(groceries.sack(), "food"), 0.02, y, middle, 0.1, surface="middle", jitter=0.006)
    stage.put(stage.tag(groceries.loaf(), "bread"), 0.32, y - 0.02, middle, 0.25, surface="middle", jitter=0.006)
    stage.put(stage.tag(groceries.sack("#cdbfa6", 0.2), "food"), 0.66, y, middle, -0.2, surface="middle", jitter=0.006)
    for k, (color, badge) in enumerate(PACKETS):
        pack = groceries.packet(0.19 - 0.02 * k, 0.06, 0.28 - 0.03 * k, color, badge)
        stage.put(stage.tag(pack, "packet"), -0.44 + 0.22 * k, y, high, rng.uniform(-0.15, 0.15), surface="high",
                  jitter=0.006)
    for k, kind in enumerate(("apple", "green apple", "orange")):
        stage.put(stage.tag(tableware.fruit(kind), "fruit"), 0.5 + 0.09 * k, y - 0.03, high, surface="high",
                  jitter=0.006)
    return View((0.3, wall - 2.1, 1.25), (0.15, wall - 0.15, 1.12), 36, exposure=0.25)
