"""Room shells: walls, floor, ceiling, a window with daylight and sun, curtains - and random empty rooms.

Knows nothing of products or photos. A shell is written with its window in the left wall; `mirror=True` builds the
same room with left and right exchanged. The front and one side stay open to the world light: that costs fewer bounces
than four walls and is as bright as a real room looks in a photo.

`random_shell` makes empty rooms for training backgrounds. Its colors are drawn from continuous ranges by a seed, the
photos of the demo use the fixed lists of `decor.py`, so the two never share a room.
"""
from __future__ import annotations

import colorsys
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import bpy
import materials
import surfaces
from mesh import box, mesh, tube
from scene import area, level_camera, sun, world

Material = bpy.types.Material
Finish = Callable[[], Material]
Vector3 = tuple[float, float, float]


@dataclass(frozen=True)
class Window:
    """Hole in the left wall: y0..y1 along the wall, z0..z1 in height (metres)."""

    y0: float
    y1: float
    z0: float
    z1: float
    panes: int = 2
    frame: str = "#f4f2ee"


@dataclass(frozen=True)
class Daylight:
    """Sky in the window, sun through it, and the even light that comes from the open sides."""

    sky: str = "#dfeaf5"
    sky_strength: float = 3.0
    sun_strength: float = 8.0
    sun_color: str = "#ffe2bd"
    sun_direction: Vector3 = (0.83, 0.30, -0.52)
    fill: str = "#fff4e6"
    fill_strength: float = 0.3


@dataclass(frozen=True)
class Surfaces:
    """What a room is made of; every entry is called when the scene exists, for materials live in the scene."""

    back: Finish
    floor: Finish
    side: Finish | None = None
    ceiling: str = "#f7f5f1"
    skirting: str = "#f2efe9"
    curtain: str | None = None
    wainscot: Finish | None = None
    wainscot_height: float = 0.95


@dataclass
class Shell:
    """The built room: its outer measures and the direction of x (-1 where left and right are exchanged)."""

    width: float
    depth: float
    height: float
    sign: int = 1

    @property
    def back_y(self) -> float:
        """y of the back wall's face."""
        return self.depth / 2


def put_material(ob: bpy.types.Object, material: Material, loc: Vector3 | None = None,
                 rot: Vector3 | None = None) -> bpy.types.Object:
    """Give a plain object (no product) its material and place."""
    ob.data.materials.append(material)
    if loc is not None:
        ob.location = loc
    if rot is not None:
        ob.rotation_euler = rot
    return ob


def quad(name: str, corners: list[Vector3], material: Material) -> bpy.types.Object:
    """One flat face."""
    ob = mesh(name, corners, [(0, 1, 2, 3)], [(0, 0), (1, 0), (1, 1), (0, 1)], smooth=False)
    return put_material(ob, material)


def build_shell(width: float, depth: float, height: float, room: Surfaces, light: Daylight,
                window: Window | None = None, mirror: bool = False) -> Shell:
    """Back wall at y = depth/2, left wall at x = -width/2, floor at z = 0 that runs on under the camera."""
    shell = Shell(width, depth, height, -1 if mirror else 1)
    back = room.back()
    side = room.side() if room.side else back
    _floor_and_ceiling(shell, room)
    _back_wall(shell, back)
    _skirting(shell, room.skirting)
    if room.wainscot:
        _wainscot(shell, room)
    if window:
        _window_wall(shell, window, side)
        _window_frame(shell, window)
        _daylight(shell, window, light)
        if room.curtain:
            _curtains(shell, window, room.curtain)
    world(light.fill, light.fill_strength)
    _sun(light, shell.sign)
    return shell


def _x(shell: Shell, x: float) -> float:
    return shell.sign * x


def _corner(shell: Shell, x: float, y: float, z: float) -> Vector3:
    return (_x(shell, x), y, z)


def _floor_and_ceiling(shell: Shell, room: Surfaces) -> None:
    left, right, back = -shell.width / 2, shell.width / 2 + 2, shell.back_y
    front = -back - 3
    quad("floor", [_corner(shell, left, front, 0), _corner(shell, right, front, 0), _corner(shell, right, back, 0),
                   _corner(shell, left, back, 0)], room.floor())
    top = shell.height
    quad("ceiling", [_corner(shell, left, -back, top), _corner(shell, right, -back, top),
                     _corner(shell, right, back, top), _corner(shell, left, back, top)],
         materials.paint(room.ceiling, 0.9, 0))


def _back_wall(shell: Shell, material: Material) -> None:
    left, right, y, top = -shell.width / 2, shell.width / 2 + 2, shell.back_y, shell.height
    quad("back wall", [_corner(shell, left, y, 0), _corner(shell, right, y, 0), _corner(shell, right, y, top),
                       _corner(shell, left, y, top)], material)


def _skirting(shell: Shell, color: str) -> None:
    paint = materials.paint(color, 0.45)
    put_material(box("skirting", shell.width + 2, 0.016, 0.09, 0.004), paint,
                 (_x(shell, 1), shell.back_y - 0.008, 0))
    put_material(box("skirting", 0.016, shell.depth, 0.09, 0.004), paint,
                 (_x(shell, -shell.width / 2 + 0.008), 0, 0))


def _wainscot(shell: Shell, room: Surfaces) -> None:
    """Lower part of the back wall in another finish, closed by a rail."""
    top, y = room.wainscot_height, shell.back_y - 0.004
    left, right = -shell.width / 2, shell.width / 2 + 2
    quad("wainscot", [_corner(shell, left, y, 0), _corner(shell, right, y, 0), _corner(shell, right, y, top),
                      _corner(shell, left, y, top)], room.wainscot())
    put_material(box("rail", shell.width + 2, 0.022, 0.035, 0.006), materials.paint(room.skirting, 0.45),
                 (_x(shell, 1), shell.back_y - 0.011, top))


def _window_wall(shell: Shell, window: Window, material: Material) -> None:
    """The left wall as four strips round the hole."""
    x, back, top = -shell.width / 2, shell.back_y, shell.height
    strips = ((-back - 3, window.y0, 0, top), (window.y1, back, 0, top),
              (window.y0, window.y1, 0, window.z0), (window.y0, window.y1, window.z1, top))
    for y0, y1, z0, z1 in strips:
        quad("side wall", [_corner(shell, x, y0, z0), _corner(shell, x, y1, z0), _corner(shell, x, y1, z1),
                           _corner(shell, x, y0, z1)], material)


def _window_frame(shell: Shell, window: Window) -> None:
    x, middle = -shell.width / 2, (window.y0 + window.y1) / 2
    high, long = window.z1 - window.z0, window.y1 - window.y0
    paint = materials.paint(window.frame, 0.4)

    def bar(sx: float, sy: float, sz: float, at: Vector3) -> None:
        put_material(box("window frame", sx, sy, sz, 0.004), paint, _corner(shell, *at))

    for k in range(window.panes + 1):
        bar(0.06, 0.05, high, (x - 0.03, window.y0 + long * k / window.panes, window.z0))
    for z in (window.z0 - 0.02, window.z0 + high * 0.62, window.z1 - 0.02):
        bar(0.06, long, 0.045, (x - 0.03, middle, z))
    bar(0.2, long + 0.1, 0.03, (x + 0.04, middle, window.z0 - 0.035))


def _daylight(shell: Shell, window: Window, light: Daylight) -> None:
    """One area lamp in the hole, and a painted sky behind it."""
    x, y = -shell.width / 2, (window.y0 + window.y1) / 2
    z = (window.z0 + window.z1) / 2
    long, high = window.y1 - window.y0, window.z1 - window.z0
    area(_corner(shell, x - 0.25, y, z), _corner(shell, x + 2, y - 0.3, z - 0.7), long + 0.2,
         60 * light.sky_strength * long, light.sky, size_y=high + 0.2)
    sky = quad("sky", [_corner(shell, x - 0.9, window.y0 - 2, -1), _corner(shell, x - 0.9, window.y1 + 2, -1),
                       _corner(shell, x - 0.9, window.y1 + 2, 4), _corner(shell, x - 0.9, window.y0 - 2, 4)],
               surfaces.glow(light.sky, 3.2))
    sky.visible_shadow = False          # else the painted sky blocks the sun


def _sun(light: Daylight, sign: int) -> None:
    if light.sun_strength:
        x, y, z = light.sun_direction
        sun((sign * x, y, z), light.sun_strength, light.sun_color)


def _curtains(shell: Shell, window: Window, color: str) -> None:
    """Two half-open sheets in sine folds, on a rod."""
    x, cloth = -shell.width / 2 + 0.13, materials.curtain(color)
    for start, length in ((window.y1 - 0.05, 0.42), (window.y0 - 0.3, 0.36)):
        put_material(_curtain_sheet(shell, x, start, length), cloth)
    z = shell.height - 0.08
    rod = tube("rod", [_corner(shell, x, window.y0 - 0.5, z), _corner(shell, x, window.y1 + 0.5, z)], 0.012)
    put_material(rod, materials.metal(col="#2b2a28", rough=0.4))


def _curtain_sheet(shell: Shell, x: float, start: float, length: float, columns: int = 90,
                   rows: int = 12) -> bpy.types.Object:
    verts: list[Vector3] = []
    for j in range(rows + 1):
        for i in range(columns + 1):
            t = i / columns
            fold = 0.035 * math.sin(t * 52 + 0.5 * math.sin(j * 0.3)) * (1 - 0.25 * j / rows)
            fold += 0.01 * math.sin(t * 19 + j * 0.2)
            y = start + length * t + 0.012 * math.sin(t * 26 + j * 0.4)
            verts.append(_corner(shell, x + fold, y, 0.03 + (shell.height - 0.12) * j / rows))
    faces, uvs = [], []
    for j in range(rows):
        for i in range(columns):
            k = j * (columns + 1) + i
            faces.append((k, k + 1, k + columns + 2, k + columns + 1))
            uvs += [(0.0, 0.0)] * 4
    return mesh("curtain", verts, faces, uvs)


# ---- random empty rooms ---------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Exposure:
    """How a picture of a room is developed: arguments of `scene.render`."""

    exposure: float
    look: str


def muted(rng: random.Random, saturation: tuple[float, float], value: tuple[float, float]) -> str:
    """A random wall or cloth color: any hue, little saturation."""
    r, g, b = colorsys.hsv_to_rgb(rng.random(), rng.uniform(*saturation), rng.uniform(*value))
    return "#" + "".join(f"{round(c * 255):02x}" for c in (r, g, b))


def wooden(rng: random.Random) -> tuple[str, str]:
    """Light and dark tone of one wood."""
    hue, value = rng.uniform(0.06, 0.1), rng.uniform(0.35, 0.85)
    saturation = rng.uniform(0.25, 0.55)
    tones = (colorsys.hsv_to_rgb(hue, saturation, v) for v in (value, value * 0.72))
    light, dark = ("#" + "".join(f"{round(c * 255):02x}" for c in tone) for tone in tones)
    return light, dark


WALLS = {"plaster": materials.plaster, "limewash": surfaces.limewash, "brick": surfaces.brick,
         "beadboard": surfaces.beadboard}
FLOORS = {"carpet": surfaces.carpet, "poured": surfaces.poured}


def random_wall(rng: random.Random) -> Finish:
    """A wall of any kind in a muted color."""
    color = muted(rng, (0.03, 0.35), (0.35, 0.92))
    kind = rng.choice(["plaster", "plaster", "limewash", "tiles", "brick", "beadboard"])
    if kind == "tiles":
        size = rng.uniform(0.08, 0.25)
        tall = size * rng.choice([0.5, 1.0])
        return partial(materials.tiles, color, w=size, h=tall)
    return partial(WALLS[kind], color)


def random_floor(rng: random.Random) -> Finish:
    """A floor of any kind."""
    kind = rng.choice(["planks", "planks", "tiles", "carpet", "poured"])
    color = muted(rng, (0.02, 0.25), (0.35, 0.85))
    light, dark = wooden(rng)
    width, turned = rng.uniform(0.07, 0.22), rng.random() < 0.5
    if kind == "planks":
        return partial(materials.planks, light, dark, width, axis=1 if turned else 0)
    if kind == "tiles":
        return partial(materials.tiles, color, w=width * 2, h=width * 2, offset=0, rough=0.35, vertical=False)
    return partial(FLOORS[kind], color)


def random_shell(seed: int) -> Exposure:
    """Build an empty room with light and camera into the (freshly reset) scene; how to develop it.

    >>> scene.reset(); view = random_shell(7)
    >>> scene.render("room.png", 640, 480, 8, "AgX", view.look, view.exposure)
    """
    rng = random.Random(f"empty room {seed}")
    width, depth, height = rng.uniform(2.6, 4.6), rng.uniform(1.8, 3.6), rng.uniform(2.4, 2.9)
    half = depth / 2
    window = Window(-half * rng.uniform(0.3, 0.8), half * rng.uniform(0.2, 0.6), rng.uniform(0.3, 0.9),
                    rng.uniform(2.0, 2.3), rng.choice([1, 2, 3]))
    light = Daylight(sky=rng.choice(["#dfeaf5", "#fff3e2", "#eef3fa", "#e8eef8"]),
                     sky_strength=rng.uniform(2.2, 3.4), sun_strength=rng.choice([0.0, rng.uniform(4, 9)]),
                     sun_direction=(rng.uniform(0.7, 0.9), rng.uniform(0.1, 0.6), rng.uniform(-0.6, -0.35)),
                     fill_strength=rng.uniform(0.28, 0.5))
    room = Surfaces(back=random_wall(rng), floor=random_floor(rng), side=None,
                        curtain=muted(rng, (0.02, 0.3), (0.7, 0.95)) if rng.random() < 0.5 else None)
    shell = build_shell(width, depth, height, room, light, window, mirror=rng.random() < 0.5)
    _random_furniture(rng, shell)
    level_camera((rng.uniform(-0.8, 0.9), -half - rng.uniform(0.2, 1.2), rng.uniform(0.9, 1.5)),
                 (rng.uniform(-0.4, 0.4), half, rng.uniform(0.5, 1.1)), rng.uniform(24, 40))
    return Exposure(rng.uniform(-0.1, 0.5), rng.choice(["Medium High Contrast", "Medium Low Contrast"]))


def _random_furniture(rng: random.Random, shell: Shell) -> None:
    """A bare counter or board now and then, so that a background is not always wall and floor."""
    light, dark = wooden(rng)
    if rng.random() < 0.45:
        deep, top, x = rng.uniform(0.4, 0.9), rng.uniform(0.4, 0.92), _x(shell, rng.uniform(0, 1))
        put_material(box("counter", shell.width, deep, 0.04, 0.006), materials.wood(light=light, dark=dark, axis=0),
                     (x, shell.back_y - deep / 2, top - 0.04))
        front = materials.paint(muted(rng, (0.03, 0.3), (0.3, 0.9)), 0.5)
        put_material(box("front", shell.width, deep - 0.06, top - 0.04, 0.004), front,
                     (x, shell.back_y - deep / 2 + 0.03, 0))
    for _ in range(rng.choice([0, 0, 1, 2])):
        board = box("board", rng.uniform(0.6, 1.4), 0.2, 0.03, 0.004)
        place = (_x(shell, rng.uniform(-0.5, 0.9)), shell.back_y - 0.1, rng.uniform(1.2, 1.9))
        put_material(board, materials.wood(light=light, dark=dark, axis=0), place)


