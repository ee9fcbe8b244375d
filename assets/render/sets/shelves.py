"""A tall open bookcase, seen straight on: the shop's small things among books."""
from __future__ import annotations

import furniture
import props
from furniture import timber
from mesh import box
from shell import Window, put_material
from stage import Stage, View

from .common import book_row, room

SLOTS = {"basket": "basket", "bowl": "bowl", "bookend": "bookend", "mug": "mug", "vase": "vase", "candle": "candle",
         "clock": "clock", "tall vase": "vase", "bottle": "bottle", "planter": "planter", "picture": "picture",
         "lamp": "lamp"}
BOARDS = (0.3, 0.72, 1.13, 1.54, 1.95)
GAP = 0.37                # height free over a board
LEFT, RIGHT, DEPTH = -0.76, 0.86, 0.3


def build(stage: Stage) -> View:
    """Window left; the bookcase in the middle of the back wall."""
    wall = room(stage, 3.4, 2.4, 2.7, Window(-1.1, 0.4, 0.7, 2.3), sky=3.4, fill=0.5).back_y
    _case(stage, wall)
    y = wall - 0.16
    _lower(stage, y)
    _middle(stage, y)
    _upper(stage, y)
    return View((0.45 + stage.rng.uniform(-0.2, 0.1), wall - 2.25, 1.24), (0.05, wall - 0.1, 1.2), 35, exposure=0.5,
                look="Medium Low Contrast")


def _case(stage: Stage, wall: float) -> None:
    """Boards between two sides; 3 mm apart, for coplanar faces render black."""
    tones = stage.decor.wood_tones
    for z in BOARDS:
        board = furniture.wall_shelf(RIGHT - LEFT - 0.006, DEPTH - 0.01, tones, 0.026)
        stage.fix(board, (LEFT + RIGHT) / 2, wall - 0.008, z)
    for x in (LEFT - 0.013, RIGHT + 0.013):
        side = put_material(box("side", 0.026, DEPTH, 1.98, 0.003), timber(tones, 2))
        stage.fix(side, x, wall - DEPTH / 2 - 0.006, 0)


def _lower(stage: Stage, y: float) -> None:
    low, second = BOARDS[0], BOARDS[1]
    case = stage.tag(props.lidded_box(0.34, 0.24, 0.2, "#a8a294", "#8f897b"), "box")
    stage.put(case, -0.42, y, low, surface="low")
    stage.put(stage.tag(props.books_flat(stage.rng, 4), "book"), 0.12, y, low, 0.1, surface="low")
    stage.put(stage.slot("basket", GAP), -0.52, y, second, 0.2, surface="second")
    stage.put(stage.slot("bowl", GAP), -0.15, y - 0.02, second, surface="second")
    end = book_row(stage, 0.05, y, second, 7)
    stage.put(stage.slot("bookend", GAP), end + 0.08, y - 0.02, second, surface="second", jitter=0.005, turn=0.2)
    stage.put(stage.slot("mug", GAP), 0.68, y - 0.04, second, -0.9, surface="second")


def _middle(stage: Stage, y: float) -> None:
    z = BOARDS[2]
    end = book_row(stage, -0.72, y, z, 6, leaning=False)
    stage.put(stage.slot("vase", GAP), end + 0.16, y, z, surface="third")
    pile = stage.put(stage.tag(props.books_flat(stage.rng, 3), "book"), 0.1, y, z, 0.1, surface="third")
    stage.at(stage.slot("candle", GAP), stage.bounds(pile).x, stage.bounds(pile).y - 0.02, stage.top_of(pile), 0.3)
    if stage.has("lamp"):
        stage.put(stage.slot("lamp", GAP), 0.56, y, z, surface="third")
    else:
        stage.lean(stage.slot("clock", GAP), 0.54, z, y + 0.15, -0.1, -0.08)


def _upper(stage: Stage, y: float) -> None:
    z = BOARDS[3]
    stage.put(stage.slot("bottle", GAP), -0.62, y, z, 0.3, surface="fourth")
    stage.lean(stage.slot("picture", GAP), -0.32, z, y + 0.14, -0.12, 0.06)
    stage.put(stage.slot("planter", GAP), 0.06, y, z, surface="fourth")
    stage.put(stage.slot("tall vase", GAP), 0.42, y, z, surface="fourth")
    book_row(stage, 0.62, y, z, 4, leaning=False)
