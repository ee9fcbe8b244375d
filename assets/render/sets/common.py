"""What sets share: a room in the photo's colors, and a few arrangements."""
from __future__ import annotations

from collections.abc import Callable
from functools import partial

import bpy
import materials
import props
import surfaces
import tableware
from furniture import wall_shelf
from mesh import Product
from shell import Daylight, Shell, Surfaces, Window, build_shell, quad
from stage import Stage

Finish = Callable[[], bpy.types.Material]


WALLS = {"plaster": materials.plaster, "limewash": surfaces.limewash, "brick": surfaces.brick,
         "beadboard": surfaces.beadboard, "tiles": partial(materials.tiles, w=0.2, h=0.1), "poured": surfaces.poured,
         "squares": partial(materials.tiles, w=0.12, h=0.12, offset=0.0),
         "boards": partial(surfaces.beadboard, width=0.16)}

FLOORS: dict[str, Callable[[str, str], bpy.types.Material]] = {
    "": materials.planks, "checker": surfaces.checker_floor,
    "broad": partial(materials.planks, width=0.22, length=2.2, axis=1),
    "tiles": partial(materials.tiles, w=0.3, h=0.3, offset=0, rough=0.35, vertical=False),
    "carpet": lambda tone, _: surfaces.carpet(tone), "poured": lambda tone, _: surfaces.poured(tone)}


def _window(own: Window | None, kind: str) -> Window | None:
    """The set's own window, or in its place another kind: a set used twice must not look like the same room."""
    if own is None or not kind:
        return own
    y0, y1 = own.y0, own.y1
    return {"wide": Window(y0 - 0.5, y1 + 0.3, own.z0 + 0.15, own.z1 - 0.05, 4),
            "door": Window(y0 + 0.1, y1, 0.06, 2.32, 2),
            "high": Window(y0 - 0.3, y1 + 0.3, 1.45, 2.3, 3, "#8a6a4a"),
            "dark": Window(y0, y1, own.z0 - 0.1, own.z1, 3, "#2b2d2f")}[kind]


def room(stage: Stage, width: float, depth: float, height: float, window: Window | None, *,
         floor: Finish | None = None, panel_height: float = 0.95, sky: float = 3.0, fill: float = 0.3,
         fill_color: str = "#fff4e6") -> Shell:
    """Shell in the colors of the stage's decor; another floor may be given where planks do not fit."""
    decor = stage.decor
    wall = partial(WALLS[decor.finish], decor.wall)
    panel = partial(WALLS[decor.panel], decor.paint) if decor.panel else None
    light = Daylight(sky=decor.sky, sky_strength=sky, sun_strength=decor.sun_strength, sun_direction=decor.sun,
                     fill=fill_color, fill_strength=fill)
    finishes = Surfaces(back=wall, side=wall, floor=floor or partial(FLOORS[decor.ground], *decor.floor),
                        curtain=decor.curtain, wainscot=panel, wainscot_height=panel_height)
    shell = build_shell(width, depth, height, finishes, light, _window(window, decor.window), stage.mirror)
    _opposite(shell, decor.wall)
    return shell


def _opposite(shell: Shell, color: str) -> None:
    """A wall behind the camera that mirrors and metal see and nothing is lit or shaded by."""
    y, x = -shell.back_y - 3.2, 5.0
    card = quad("opposite", [(-x, y, 0), (x, y, 0), (x, y, 2.8), (-x, y, 2.8)], surfaces.opposite(color))
    card.visible_diffuse = card.visible_shadow = card.visible_transmission = False


def shelf(stage: Stage, x: float, z: float, wall_y: float, width: float, depth: float = 0.22) -> None:
    """One wall board with its top at z."""
    stage.fix(wall_shelf(width, depth, stage.decor.wood_tones), x, wall_y, z)


def poster(stage: Stage, width: float, height: float, colors: tuple[str, str, str], seed: int = 0) -> Product:
    """A frame with a print the shop does not sell."""
    piece = props.framed(width, height, stage.decor.wood_tones, surfaces.paper(colors, seed))
    return stage.tag(piece, "picture")


def fruit_in(stage: Stage, bowl: Product, kinds: tuple[str, ...]) -> None:
    """Up to three fruits in a bowl, one where it is small: more would stand on each other."""
    own = stage.bounds(bowl)
    wide = own.x1 - own.x0
    if wide < 0.15:
        stage.drop(stage.tag(tableware.fruit(kinds[0]), "fruit"), own.x, own.y, own.z1 + 0.25)
        return
    spread = 0.24 * wide
    for kind, (dx, dy) in zip(kinds, ((-1, 0.2), (0.85, -0.5), (0.25, 0.9)), strict=False):
        stage.drop(stage.tag(tableware.fruit(kind), "fruit"), own.x + dx * spread, own.y + dy * spread,
                   own.z1 + 0.25)


def book_row(stage: Stage, x: float, y: float, z: float, count: int, leaning: bool = True) -> float:
    """A row of upright books whose left end is at x; the x where it ends."""
    row = stage.tag(props.books_upright(stage.rng, count, leaning), "book")
    stage.at(row, x, y + 0.04, z)
    stage.at(row, x + (x - stage.bounds(row).x0), y + 0.04, z)
    return stage.bounds(row).x1
