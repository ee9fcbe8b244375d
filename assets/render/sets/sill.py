"""Window sill, seen from near against the garden: plants, a vase, a mug."""
from __future__ import annotations

import materials
import props
import surfaces
import tableware
from furniture import timber
from mesh import box
from scene import area, sun, world
from shell import put_material, quad
from stage import Stage, View

SLOTS = {"planter": "planter", "vase": "vase", "mug": "mug", "candle": "candle", "second planter": "planter",
         "bottle": "bottle", "bowl": "bowl"}
TOP = 0.9
LEFT, RIGHT, LOW, HIGH = -0.75, 0.75, 0.94, 2.1


def build(stage: Stage) -> View:
    """The window is in the back wall; the sun comes from the left, outside."""
    _window_wall(stage)
    stage.put(stage.slot("planter"), -0.5, -0.12, TOP, 0.4, surface="sill")
    stage.put(stage.slot("vase"), -0.17, -0.06, TOP, surface="sill")
    stage.put(stage.slot("mug"), 0.14, -0.24, TOP, -0.7, surface="sill")
    stage.put(stage.slot("candle"), 0.03, -0.08, TOP, surface="sill")
    stage.put(stage.slot("bottle" if stage.has("bottle") else "second planter"), 0.32, -0.1, TOP, 0.5, surface="sill")
    pile = stage.put(stage.tag(props.books_flat(stage.rng, 3), "book"), 0.56, -0.17, TOP, 0.2, surface="sill")
    if stage.has("bowl"):
        stage.put(stage.slot("bowl"), stage.bounds(pile).x, stage.bounds(pile).y, stage.top_of(pile), surface="pile")
    else:
        stage.at(stage.tag(tableware.fruit("pear"), "fruit"), 0.56, -0.17, stage.top_of(pile), 1.0)
    stage.put(stage.tag(tableware.fruit("pear"), "fruit"), -0.02, -0.28, TOP, 1.0, surface="sill")
    return View((0.22, -1.55, 1.24), (0.03, 0, 1.19), 38, 5.6, 1.42, exposure=0.2, look="Medium Low Contrast")


def _window_wall(stage: Stage) -> None:
    """Wall strips round the hole, frame, deep sill, and the view."""
    sign, decor = stage.sign, stage.decor
    wall = materials.plaster(decor.wall)
    for x0, x1, z0, z1 in ((-3, LEFT, 0, 3), (RIGHT, 3, 0, 3), (LEFT, RIGHT, 0, TOP - 0.03), (LEFT, RIGHT, HIGH, 3)):
        quad("wall", [(sign * x0, 0, z0), (sign * x1, 0, z0), (sign * x1, 0, z1), (sign * x0, 0, z1)], wall)
    for x in (LEFT, RIGHT):
        corners = [(0, LOW - 0.1), (0.24, LOW - 0.1), (0.24, HIGH), (0, HIGH)]
        quad("reveal", [(sign * x, y, z) for y, z in corners], wall)
    frame = materials.paint("#f3f1ec", 0.4)
    for x in (LEFT + 0.02, 0.0, RIGHT - 0.02):
        put_material(box("frame", 0.055, 0.06, HIGH - LOW, 0.006), frame, (sign * x, 0.2, LOW - 0.03))
    for z in (LOW - 0.03, 1.62, HIGH - 0.03):
        put_material(box("frame", RIGHT - LEFT, 0.052, 0.05, 0.006), frame, (0, 0.2, z))
    board = box("sill", RIGHT - LEFT + 0.3, 0.56, 0.035, 0.008)
    put_material(board, timber(decor.wood_tones, 0), (0, -0.06, TOP - 0.035))
    view = quad("garden", [(-6, 4, -2), (6, 4, -2), (6, 4, 6), (-6, 4, 6)], surfaces.garden(decor.sky, 4.5))
    view.visible_shadow = False
    area((0, 0.5, 1.6), (0, -1.0, 1.0), 1.5, 60, decor.sky, size_y=1.2)
    sun((sign * 0.55, -0.8, -0.62), decor.sun_strength, "#ffe2bd")
    area((sign * 1.2, -2.2, 2.2), (0, 0, 1.0), 1.6, 26, "#fff1e0")
    world("#fff4e8", 0.45)
