"""Small things the shop does not sell: books, cloths, boxes, things of bath and desk, frames.

Every function returns a Product standing on z = 0 with its front to -Y, and draws nothing at random but from the
`rng` it is given. Knows nothing of rooms. Food and plates are in `tableware.py`, look-alikes of products are made by
the product families.
"""
from __future__ import annotations

import math
import random
from collections.abc import Sequence

import bpy
import materials
import numpy as np
import surfaces
from mesh import Product, box, circle, curve_pts, grid, lathe, mesh, soft, solidify, subsurf, tube

Point = tuple[float, float, float]
BOOK_COLORS = ["#8c3b2e", "#2f4858", "#d9c7a3", "#e7e2d8", "#5e6b4a", "#c98f3d", "#37312d", "#b7a99a", "#6d7f8c",
                "#a65a46", "#51606e", "#cdbb92", "#7b4a52"]
LABEL_COLORS = ["#e9dfc8", "#c9a25e", "#1d1d1f", "#f1ece2"]
PAPER = "#efe7d6"


# ---- books ------------------------------------------------------------------------------------------------------
def _cover(rng: random.Random) -> bpy.types.Material:
    color = rng.choice(BOOK_COLORS)
    return materials.fabric(color, "canvas") if rng.random() < 0.5 else materials.paint(color, 0.5)


def books_upright(rng: random.Random, count: int = 6, leaning: bool = True) -> Product:
    """A row of books from x = 0 to the right, spines to the front; the last one may lean on the others."""
    row, x = Product("books"), 0.0
    for i in range(count):
        thick, deep, tall = rng.uniform(0.016, 0.042), rng.uniform(0.13, 0.17), rng.uniform(0.19, 0.27)
        angle = rng.uniform(0.1, 0.2) if leaning and i == count - 1 else 0.0
        at = (x + thick / 2 + (tall * math.sin(angle) + 0.002 if angle else 0.0), 0.0, thick / 2 * math.sin(angle))
        _standing_book(row, rng, (thick, deep, tall), at, -angle)
        x += thick + 0.001
    return row


def _standing_book(row: Product, rng: random.Random, size: Point, at: Point, turn: float) -> None:
    thick, deep, tall = size
    row.add(box("cover", thick, deep, tall, 0.003), _cover(rng), at, (0, turn, 0))
    row.add(box("pages", thick * 0.8, deep * 0.96, 0.002, 0), materials.paint(PAPER, 0.9, 0),
            (at[0] + math.sin(turn) * (tall - 0.001), 0, at[2] + math.cos(turn) * (tall - 0.001)), (0, turn, 0))
    if rng.random() < 0.65:
        height = tall * rng.choice([0.22, 0.7])
        label = box("label", thick * 0.62, 0.001, tall * rng.uniform(0.05, 0.16), 0)
        row.add(label, materials.paint(rng.choice(LABEL_COLORS), 0.6),
                (at[0] + math.sin(turn) * height, -deep / 2 - 0.0004, at[2] + math.cos(turn) * height), (0, turn, 0))


def books_flat(rng: random.Random, count: int = 3) -> Product:
    """A lying pile, the largest at the bottom, spines to the front."""
    pile, z = Product("book pile"), 0.0
    for i in range(count):
        wide, deep = rng.uniform(0.2, 0.27) - i * 0.015, rng.uniform(0.15, 0.2) - i * 0.01
        tall, yaw, cover = rng.uniform(0.018, 0.038), rng.uniform(-0.25, 0.25), _cover(rng)
        for height in (z, z + tall - 0.0028):
            pile.add(box("board", wide, deep, 0.0028, 0.001), cover, (0, 0, height), (0, 0, yaw))
        pile.add(box("spine", wide, 0.004, tall, 0.0015), cover,
                 (math.sin(yaw) * (deep / 2 - 0.002), -math.cos(yaw) * (deep / 2 - 0.002), z), (0, 0, yaw))
        pile.add(box("pages", wide * 0.965, deep * 0.96, tall - 0.004, 0.0005), materials.paint(PAPER, 0.95, 0),
                 (0, 0, z + 0.002), (0, 0, yaw))
        z += tall
    return pile


def notebook(color: str) -> Product:
    """A thin notebook with a pen on it."""
    book = Product("notebook")
    book.add(box("cover", 0.15, 0.21, 0.012, 0.003), materials.fabric(color, "canvas"))
    book.add(tube("pen", [(-0.03, -0.06, 0.0165), (0.045, 0.05, 0.0165)], 0.0042, 12), materials.paint("#22252a", 0.3))
    return book


# ---- cloth ------------------------------------------------------------------------------------------------------
def throw(width: float, path: Sequence[Point], color: str, weave: str = "linen", thick: float = 0.012) -> Product:
    """A blanket as a sheet swept along a path (seat, arm, down); `width` is across the path, in y."""
    cloth, line = Product("throw"), curve_pts(path, 8)
    last = len(line) - 1

    def point(u: float, v: float) -> Point:
        j, across = round(v * last), u - 0.5
        fold = 0.010 * math.sin(across * 21 + j * 0.12) + 0.006 * math.sin(across * 47 + 1 + j * 0.2)
        q = line[j]
        return (q[0] + 0.3 * fold, q[1] + across * width + 0.01 * math.sin(j * 0.6), q[2] + fold + 0.008)

    sheet = subsurf(solidify(grid("throw", 60, last, point, lambda u, v: (u * 1.2, v * last * 0.02)), thick, 1))
    cloth.add(sheet, materials.fabric(color, weave))
    return cloth


def napkin(color: str, size: float = 0.17) -> Product:
    """A folded linen napkin."""
    cloth = Product("napkin")
    for k in range(3):
        cloth.add(soft("fold", size - k * 0.004, size * 0.62 - k * 0.004, 0.006, 0.0028, 0.001, 10, 0.001, k),
                  materials.fabric(color, "linen"), (0, 0, k * 0.0052))
    return cloth


def folded_towels(colors: Sequence[str], width: float = 0.34, depth: float = 0.24) -> Product:
    """A pile of folded terry towels, folds to the front."""
    pile, z = Product("towels"), 0.0
    for k, color in enumerate(colors):
        cloth = materials.fabric(color, "felt")
        for half in range(2):
            pile.add(soft("fold", width - 0.01 * k, depth - 0.006 * half, 0.036, 0.017, 0.004, 14, 0.003, k * 3 + half),
                     cloth, (0.004 * (-1) ** k, 0, z))
            z += 0.033
    return pile


def rolled_towel(color: str, length: float = 0.3, radius: float = 0.055) -> Product:
    """One rolled towel, lying along x, its spiral to the right."""
    roll = Product("rolled towel")
    cloth = materials.fabric(color, "felt")
    spiral = [(0.0, 0.008 + 0.0065 * a / math.pi, a) for a in np.linspace(0, 7 * math.pi, 90)]
    path = [(r * math.cos(a), r * math.sin(a)) for _, r, a in spiral]

    def point(u: float, v: float) -> Point:
        y, z = path[round(v * (len(path) - 1))]
        return ((u - 0.5) * length, y, z)

    roll.add(solidify(grid("towel", 6, len(path) - 1, point), 0.011, 0), cloth)
    low = float(roll.points()[:, 2].min())
    for part in roll.parts:
        part.location.z = -low
    return roll


def hanging_towel(color: str, width: float = 0.42, drop: float = 0.55, stripe: str = "#f1ece2") -> Product:
    """A towel over a rail: its top at z = drop, its folds soft."""
    towel = Product("towel")

    def point(u: float, v: float) -> Point:
        x, wave = (u - 0.5) * width * (1 - 0.05 * (1 - v)), math.sin(u * 17) * 0.006 * (1.2 - v)
        return (x, -0.014 + wave, v * drop)

    towel.add(subsurf(solidify(grid("towel", 40, 16, point), 0.006, 1)), materials.fabric(color, "felt"))
    band = grid("band", 40, 2, lambda u, v: _shifted(point(u, 0.1 + 0.05 * v)))
    towel.add(solidify(band, 0.001, 1), materials.fabric(stripe, "canvas"))
    return towel


def _shifted(p: Point) -> Point:
    return (p[0], p[1] - 0.0075, p[2])


# ---- boxes, bath and desk ---------------------------------------------------------------------------------------
def lidded_box(width: float = 0.34, depth: float = 0.24, height: float = 0.2, color: str = "#a8a294",
               lid: str = "#8f897b") -> Product:
    """Storage box covered with linen."""
    case = Product("box")
    case.add(box("box", width, depth, height, 0.004), materials.fabric(color, "linen"))
    case.add(box("lid", width + 0.012, depth + 0.012, 0.04, 0.004), materials.fabric(lid, "linen"),
             (0, 0, height - 0.015))
    return case


def pump_bottle(color: str = "#3a3d3f", pump: str = "#c9a25e") -> Product:
    """Soap dispenser with a pump."""
    r, h, bottle = 0.034, 0.13, Product("soap dispenser")
    bottle.add(lathe("body", [(0, 0), (r * 0.95, 0), (r, 0.005), (r, h * 0.86), (r * 0.8, h * 0.97), (r * 0.42, h),
                              (0, h)], 4, 72), materials.ceramic(color, matte=True))
    metal = materials.metal(col=pump)
    bottle.add(tube("neck", [(0, 0, h - 0.004), (0, 0, h + 0.03)], 0.008, 20), metal)
    bottle.add(tube("spout", [(0.004, 0, h + 0.034), (-0.028, 0, h + 0.036), (-0.042, 0, h + 0.03)],
                    lambda t: 0.0068 - 0.003 * t, 14, n=5), metal)
    return bottle


def cup_with_brushes(color: str = "#e6dfd2") -> Product:
    """A plain cup with two tooth brushes."""
    cup = Product("tooth cup")
    cup.add(lathe("cup", [(0, 0), (0.031, 0), (0.033, 0.003), (0.036, 0.1), (0.034, 0.101), (0.032, 0.098),
                          (0.03, 0.008), (0, 0.007)], 3, 64), materials.ceramic(color, speckle=1))
    for k, tone in enumerate(("#c9a06a", "#7f9b8c")):
        angle = 0.6 + k * 2.4
        tip = (0.045 * math.cos(angle), 0.03 * math.sin(angle), 0.185)
        cup.add(tube("brush", [(-0.012 * math.cos(angle), 0, 0.012), tip], lambda t: 0.0035 + 0.001 * t, 10),
                materials.paint(tone, 0.45))
        cup.add(box("bristles", 0.011, 0.012, 0.024, 0.002), materials.paint("#f4f2ec", 0.8), tip)
    return cup


def laptop(screen: str = "#25333c") -> Product:
    """An open notebook computer."""
    machine, metal = Product("laptop"), materials.metal(col="#aeb2b6", rough=0.35)
    machine.add(box("base", 0.31, 0.215, 0.014, 0.005), metal)
    keys = materials.paint("#26282a", 0.6, 0)
    for row in range(5):
        for key in range(12):
            machine.add(box("key", 0.018, 0.015, 0.002, 0), keys, (-0.121 + key * 0.022, 0.075 - row * 0.019, 0.0135))
    lid = box("lid", 0.31, 0.008, 0.205, 0.003)
    machine.add(lid, metal, (0, 0.105, 0.013), (-0.28, 0, 0))
    glass = box("screen", 0.295, 0.001, 0.185, 0)
    machine.add(glass, surfaces.glow(screen, 0.8), (0, 0.1028, 0.025), (-0.28, 0, 0))
    return machine


def pencil_cup(color: str = "#8a9a80") -> Product:
    """A cup of pencils."""
    cup = Product("pencil cup")
    cup.add(lathe("cup", [(0, 0), (0.036, 0), (0.038, 0.003), (0.038, 0.095), (0.036, 0.096), (0.035, 0.008),
                          (0, 0.008)], 2, 64), materials.ceramic(color, matte=True, speckle=1))
    for k, tone in enumerate(("#d9a441", "#28466e", "#a9563a", "#2b2b2d", "#d9c7a3")):
        angle = k * 1.3
        foot = (-0.02 * math.cos(angle), -0.02 * math.sin(angle), 0.01)
        tip = (0.034 * math.cos(angle), 0.034 * math.sin(angle), 0.155 + 0.012 * (k % 3))
        cup.add(tube("pencil", [foot, tip], 0.0036, 8), materials.paint(tone, 0.5))
    return cup


def wall_mirror(radius: float = 0.3, frame: str = "#c9a25e", tall: float = 1.0) -> Product:
    """Round (or upright oval) mirror, its middle at z = radius * tall, its back at y = 0."""
    glass, middle = Product("mirror"), radius * tall
    ring = [(x, -0.012, z + middle) for x, z, _ in circle(radius, count=96)]
    ring = [(x, y, middle + (z - middle) * tall) for x, y, z in ring]
    glass.add(tube("frame", ring, 0.012, 12, True), materials.metal(col=frame))
    count = len(ring)
    verts = [(x, -0.012, z) for x, _, z in ring]
    glass.add(mesh("glass", verts, [tuple(range(count))], smooth=False), surfaces.looking_glass())
    return glass


def hook_rail(wood: tuple[str, str], width: float = 0.8, hooks: int = 4) -> Product:
    """A board with round wooden pegs; the back at y = 0."""
    rail = Product("hook rail")
    rail.add(box("board", width, 0.02, 0.09, 0.006), materials.wood(light=wood[0], dark=wood[1], axis=0), (0, -0.01, 0))
    peg = materials.wood(light=wood[0], dark=wood[1], axis=1)
    for k in range(hooks):
        x = (k + 0.5) / hooks * width - width / 2
        rail.add(tube("peg", [(x, -0.018, 0.042), (x, -0.075, 0.055)], lambda t: 0.011 + 0.006 * t, 16), peg)
    return rail


def framed(width: float, height: float, wood: tuple[str, str], picture: bpy.types.Material,
           border: float = 0.05) -> Product:
    """A framed print with a passe-partout; its back at y = 0."""
    piece, bar = Product("framed print"), 0.016
    across = materials.wood(light=wood[0], dark=wood[1], axis=0)
    upright = materials.wood(light=wood[0], dark=wood[1], axis=2)
    for z in (0.0, height - bar):
        piece.add(box("bar", width, 0.022, bar, 0.002), across, (0, -0.011, z))
    for sign in (-1, 1):
        piece.add(box("bar", bar, 0.022, height - 2 * bar, 0.002), upright,
                  (sign * (width / 2 - bar / 2), -0.011, bar))
    piece.add(_sheet(width - bar, height - bar, -0.008), materials.paint("#f6f3ec", 0.8, 0), (0, 0, height / 2))
    inside = (width - 2 * bar - 2 * border, height - 2 * bar - 2 * border)
    piece.add(_sheet(*inside, -0.009), picture, (0, 0, height / 2))
    return piece


def _sheet(width: float, height: float, y: float) -> bpy.types.Object:
    x, z = width / 2, height / 2
    verts = [(-x, y, -z), (x, y, -z), (x, y, z), (-x, y, z)]
    tall = height / width / 2
    return mesh("sheet", verts, [(0, 1, 2, 3)], [(-0.5, -tall), (0.5, -tall), (0.5, tall), (-0.5, tall)], False)


# ---- bath fittings ----------------------------------------------------------------------------------------------
def basin(radius: float = 0.19, height: float = 0.12) -> Product:
    """A round wash basin that stands on a vanity."""
    bowl, r, h = Product("basin"), radius, height
    profile = [(0, 0), (r * 0.6, 0), (r * 0.85, h * 0.35), (r, h), (r - 0.006, h + 0.002), (r - 0.012, h),
               (r * 0.83, h * 0.4), (r * 0.5, 0.02), (0, 0.016)]
    bowl.add(lathe("basin", profile, 6, 128), materials.ceramic("#f1efea"))
    return bowl


def tap() -> bpy.types.Object:
    """A tall tap for a basin (a plain object)."""
    path = [(0, 0, 0), (0, 0, 0.16), (0, 0, 0.235), (0, -0.05, 0.27), (0, -0.11, 0.255), (0, -0.125, 0.215)]
    ob = tube("tap", path, 0.011, 16, n=8)
    ob.data.materials.append(materials.metal("brass"))
    return ob


def rail(width: float) -> bpy.types.Object:
    """A towel rail: its bar 35 mm before y = 0 (a plain object)."""
    half = width / 2
    path = [(-half, 0, 0), (-half, 0, 0), (-half, -0.035, 0), (-half, -0.035, 0), (half, -0.035, 0), (half, -0.035, 0),
            (half, 0, 0), (half, 0, 0)]
    ob = tube("rail", path, 0.007, 12, n=4)
    ob.data.materials.append(materials.metal("brass"))
    return ob
