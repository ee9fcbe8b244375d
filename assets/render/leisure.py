"""Things of hall, garden, nursery and sport that the shop does not sell: shoes, hats, pots, toys, balls, clothes.

Every function returns a Product standing on z = 0 with its front to -Y, unless it says where it hangs. Knows nothing
of rooms; see `props.py`, `tableware.py`, `gadgets.py` and `groceries.py` for the other small things.
"""
from __future__ import annotations

import math

import materials
import numpy as np
from mathutils import Vector, noise
from mesh import Product, box, circle, grid, lathe, soft, solidify, subsurf, tube

Color = str


# ---- to wear ----------------------------------------------------------------------------------------------------
def shoes(color: Color = "#6b4a34", sole: Color = "#e4ddcf") -> Product:
    """A pair of low shoes side by side, toes to the front."""
    pair, upper, rubber = Product("shoes"), materials.leather(color), materials.paint(sole, 0.7, 0)
    dark = materials.fabric("#3a332d", "felt")
    for side in (-1, 1):
        x = side * 0.056
        outline = [(x + 0.042 * math.sin(a) * (1 + 0.12 * math.cos(a)), -0.005 - 0.135 * math.cos(a)) for a in
                   np.linspace(0, 2 * math.pi, 40, endpoint=False)]
        pair.add(tube("sole", [(px, py, 0.011) for px, py in outline], 0.011, 10, True), rubber)
        pair.add(soft("body", 0.082, 0.26, 0.06, 0.028, 0.006, 12, 0.002, side), upper, (x, -0.004, 0.012))
        pair.add(soft("heel", 0.076, 0.13, 0.062, 0.028, 0.004, 10, 0.002, side + 3), upper, (x, 0.06, 0.034))
        pair.add(soft("opening", 0.05, 0.085, 0.008, 0.0035, 0, 8), dark, (x, 0.062, 0.0925))
        for k in range(3):
            y = -0.012 - 0.022 * k
            pair.add(tube("lace", [(x - 0.026, y, 0.066), (x, y - 0.004, 0.0765), (x + 0.026, y, 0.066)], 0.0025, 8,
                          n=4),
                     rubber)
    return pair


def straw_hat(band: Color = "#a65a46") -> Product:
    """A wide straw hat lying on its brim."""
    hat, straw = Product("hat"), materials.straw("#d9bd86")
    profile = [(0.19, 0.012), (0.15, 0.006), (0.102, 0.004), (0.095, 0.012), (0.09, 0.06), (0.08, 0.095), (0.05, 0.106),
               (0, 0.104)]
    wave = lambda theta, z, r: r * (1 + 0.02 * math.sin(3 * theta) * (r > 0.11))  # noqa: E731
    hat.add(solidify(lathe("hat", profile, 6, 96, wave), 0.003), straw)
    hat.add(lathe("band", [(0.0975, 0.012), (0.0935, 0.04)], 1, 96, smooth=False), materials.fabric(band, "canvas"))
    return hat


def shirt(color: Color, width: float = 0.42, drop: float = 0.7) -> Product:
    """A shirt on a hanger, seen from its side edge to the front; the hook's top at z = drop + .1."""
    piece, half = Product("shirt"), width / 2

    def point(side: int):
        def at(u: float, v: float) -> tuple[float, float, float]:
            shoulder = 0.085 * abs(u - 0.5) * 2
            x = (u - 0.5) * 2 * half * (1 - 0.06 * v)
            z = drop - shoulder * (1 - v) - v * (drop - 0.02)
            puff = 0.035 * (1 - abs(u * 2 - 1) ** 3) * (0.5 + 0.5 * v)
            fold = 0.010 * noise.noise(Vector((u * 6, v * 2.5, side * 4 + len(color))))
            return x, side * (0.008 + puff) + fold, z
        return at

    cloth = materials.fabric(color, "linen")
    for side in (-1, 1):
        piece.add(subsurf(solidify(grid("side", 26, 20, point(side), flip=side > 0), 0.002)), cloth)
    for side in (-1, 1):
        arm = [(side * half * 0.93, 0, drop - 0.09), (side * (half + 0.035), 0, drop - 0.24),
               (side * (half + 0.03), 0.01, drop - 0.5)]
        piece.add(tube("sleeve", arm, lambda t: 0.05 - 0.012 * t, 14, flat=0.7, n=8), cloth)
    piece.add(tube("hanger", [(-half * 0.9, 0, drop - 0.075), (0, 0, drop + 0.012), (half * 0.9, 0, drop - 0.075)],
                   0.009,
                   12), materials.wood("oak", axis=0))
    hook = [(0, 0, drop), (0, 0, drop + 0.05), (0.02, 0, drop + 0.085), (0, 0, drop + 0.105), (-0.02, 0, drop + 0.085)]
    piece.add(tube("hook", hook, 0.0022, 8, n=8), materials.metal("steel"))
    return piece


def clothes_rail(width: float = 1.2, height: float = 1.55) -> Product:
    """A free rail of black steel tube."""
    rail, steel = Product("clothes rail"), materials.paint("#232426", 0.4)
    x = width / 2
    rail.add(tube("bow",
                  [(-x, 0, 0.02), (-x, 0, 0.02), (-x, 0, height), (-x, 0, height), (x, 0, height), (x, 0, height),
                          (x, 0, 0.02)], 0.013, 14, n=4), steel)
    for side in (-1, 1):
        rail.add(tube("foot", [(side * x, -0.22, 0.014), (side * x, 0.22, 0.014)], 0.013, 14), steel)
    rail.add(tube("cross", [(-x, 0, 0.16), (x, 0, 0.16)], 0.01, 12), steel)
    return rail


# ---- garden -----------------------------------------------------------------------------------------------------
def trowel() -> Product:
    """A hand trowel, lying, its tip to the left."""
    tool = Product("trowel")
    blade = grid("blade", 12, 12, lambda u, v: (-0.06 - 0.13 * v, (u - 0.5) * 0.075 * (1 - v ** 3),
                                                 0.006 + 0.012 * (2 * u - 1) ** 2 + 0.004))
    tool.add(solidify(subsurf(blade), 0.002), materials.metal("steel"))
    tool.add(tube("neck", [(-0.07, 0, 0.012), (-0.03, 0, 0.024), (0.0, 0, 0.018)], 0.005, 10, n=6),
             materials.metal("steel"))
    tool.add(tube("grip", [(0, 0, 0.018), (0.06, 0, 0.018), (0.12, 0, 0.018)],
                  lambda t: 0.012 + 0.004 * math.sin(3 * t),
                  16, n=8), materials.wood("ash", axis=0))
    return tool


def empty_pot(radius: float = 0.06) -> Product:
    """A plain clay pot without a plant."""
    r, pot = radius, Product("clay pot")
    h = r * 1.9
    pot.add(lathe("pot", [(0, 0), (r * 0.68, 0), (r * 0.7, 0.004), (r * 0.9, h * 0.8), (r * 0.9, h * 0.8), (r, h * 0.8),
                          (r, h * 0.8), (r * 1.02, h), (r * 0.95, h + 0.001), (r * 0.84, h * 0.8), (r * 0.66, 0.012),
                          (0, 0.01)], 3, 64), materials.clay("#b0643f"))
    return pot


def long_tool(head: str, wood: tuple[str, str] = ("#c99a62", "#9a6d3d"), height: float = 1.3) -> Product:
    """A garden tool that stands on its head: 'spade', 'rake' or 'broom'; lean it against a wall."""
    tool, steel = Product(head), materials.metal(col="#6f7478", rough=0.45)
    tool.add(tube("shaft", [(0, 0, 0.2), (0, 0, height)], 0.0145, 16),
             materials.wood(light=wood[0], dark=wood[1], axis=2))
    if head == "spade":
        blade = grid("blade", 10, 14, lambda u, v: ((u - 0.5) * 0.18 * (1 - 0.25 * max(0, 0.4 - v)),
                                                    0.02 * (2 * u - 1) ** 2, 0.29 * v))
        tool.add(solidify(subsurf(blade), 0.003), materials.paint("#3c4a43", 0.45))
        tool.add(tube("socket", [(0, 0, 0.2), (0, 0, 0.42)], lambda t: 0.021 - 0.004 * t, 16), steel)
        grip = [(-0.055, 0, height + 0.07), (0.055, 0, height + 0.07)]
        tool.add(tube("grip", grip, 0.015, 14), materials.paint("#a2482c", 0.5))
        for side in (-1, 1):
            tool.add(tube("fork", [(0, 0, height - 0.02), (side * 0.05, 0, height + 0.065)], 0.009, 10), steel)
    elif head == "rake":
        tool.add(box("bar", 0.36, 0.02, 0.026, 0.004), steel, (0, 0, 0.08))
        for k in range(12):
            x = (k - 5.5) * 0.031
            tool.add(tube("tine", [(x, 0, 0.085), (x, -0.012, 0.0)], lambda t: 0.0045 - 0.002 * t, 8), steel)
        tool.add(tube("socket", [(0, 0, 0.1), (0, 0, 0.3)], 0.018, 14), steel)
    else:
        tool.add(box("block", 0.3, 0.06, 0.04, 0.01), materials.wood("oak", axis=0), (0, 0, 0.11))
        tool.add(soft("bristles", 0.29, 0.065, 0.125, 0.01, 0.002, 12, 0.004, 3), materials.straw("#8f6b3c"), (0, 0, 0))
        tool.add(tube("neck", [(0, 0, 0.14), (0, 0, 0.3)], 0.017, 14), materials.wood("oak", axis=2))
    return tool


def crate(width: float = 0.46, depth: float = 0.32, height: float = 0.24) -> Product:
    """A wooden fruit crate of slats."""
    case = Product("crate")
    wood = [materials.wood("ash", axis=axis) for axis in (0, 1, 2)]
    case.add(box("floor", width - 0.02, depth - 0.02, 0.01, 0.002), wood[0])
    for k in range(3):
        z = 0.004 + k * (height - 0.07) / 2
        for side in (-1, 1):
            case.add(box("slat", width, 0.009, 0.062, 0.002), wood[0], (0, side * (depth / 2 - 0.005), z))
            case.add(box("slat", 0.009, depth - 0.02, 0.062, 0.002), wood[1], (side * (width / 2 - 0.005), 0, z))
    for x in (-1, 1):
        for y in (-1, 1):
            case.add(box("post", 0.02, 0.02, height, 0.002), wood[2],
                     (x * (width / 2 - 0.02), y * (depth / 2 - 0.02), 0))
    return case


def hose(color: Color = "#3f6b4a", radius: float = 0.19) -> Product:
    """A coiled garden hose, lying."""
    coil, rubber = Product("hose"), materials.paint(color, 0.5)
    for k in range(4):
        for j in range(2):
            coil.add(tube("turn", circle(radius - 0.024 * k + 0.006 * j, 0.012 + 0.021 * j, 72), 0.0115, 10, True),
                     rubber)
    coil.add(tube("end", [(radius, 0, 0.012), (radius + 0.06, -0.08, 0.012), (radius + 0.03, -0.2, 0.012)], 0.0115, 10,
                  n=8),
             rubber)
    coil.add(lathe("nozzle", [(0, 0), (0.014, 0), (0.016, 0.03), (0.009, 0.07), (0, 0.072)], 4, 32),
             materials.paint("#d2a622", 0.5), (radius + 0.03, -0.19, 0.014), (math.pi / 2, 0, 0))
    return coil


# ---- toys and sport ---------------------------------------------------------------------------------------------
def ball(radius: float, kind: str = "basketball") -> Product:
    """A basketball, a football of two colours, or a plain play ball."""
    piece = Product("ball")
    half = [(max(0.0005, radius * math.sin(math.pi * k / 16)),
             radius - radius * math.cos(math.pi * k / 16)) for k in range(17)]
    skin = {"basketball": materials.leather("#b8622f"), "play": materials.paint("#b92f2b", 0.35, 0.4),
            "tennis": materials.fabric("#c9d24a", "felt")}[kind]
    piece.add(lathe("ball", half, 3, 72), skin)
    if kind == "tennis":
        return piece
    line = materials.paint("#26231f" if kind == "basketball" else "#f1ece2", 0.5)
    rings = ((0, 0, 0), (math.pi / 2, 0, 0), (math.pi / 2, 0, math.pi / 2))
    for turn in rings[: 3 if kind == "basketball" else 1]:
        piece.add(tube("seam", circle(radius * 1.001, count=96), radius * 0.022, 8, True), line, (0, 0, radius), turn)
    return piece


def blocks(colors: tuple[Color, ...]) -> Product:
    """A small tower of wooden building blocks."""
    pile, s = Product("blocks"), 0.05
    places = ((-1.05, 0, 0, 0.1), (0, 0.1, 0, -0.15), (1.1, -0.1, 0, 0.3), (-0.5, 0.05, 1, 0.2), (0.55, 0, 1, -0.1),
              (0.05, 0.02, 2, 0.5))
    for k, (x, y, level, yaw) in enumerate(places):
        pile.add(box("block", s, s, s, 0.004), materials.paint(colors[k % len(colors)], 0.5), (x * s, y * s, level * s),
                 (0, 0, yaw))
    pile.add(lathe("cone", [(0, 0), (s * 0.45, 0), (s * 0.45, 0.001), (0.002, s * 0.9), (0, s * 0.9)], 2, 32),
             materials.paint(colors[0], 0.5), (0.05 * s, 0.02 * s, 3 * s))
    return pile


def ring_tower(colors: tuple[Color, ...]) -> Product:
    """Rings of falling size on a peg."""
    toy, z = Product("ring tower"), 0.018
    toy.add(lathe("foot", [(0, 0), (0.055, 0), (0.057, 0.006), (0.05, 0.018), (0, 0.018)], 3, 48),
            materials.wood("oak"))
    for k, color in enumerate(colors):
        r, tall = 0.05 - 0.006 * k, 0.024
        profile = [(0.008, z), (r * 0.8, z), (r, z + tall / 2), (r * 0.8, z + tall), (0.008, z + tall)]
        toy.add(lathe("ring", profile, 5, 56), materials.paint(color, 0.45))
        z += tall
    toy.add(lathe("top", [(0, z), (0.012, z), (0.015, z + 0.012), (0.008, z + 0.024), (0, z + 0.026)], 5, 40),
            materials.wood("oak"))
    return toy


def toy_train(colors: tuple[Color, ...]) -> Product:
    """A wooden engine with two wagons, driving to the left."""
    train, wheel = Product("toy train"), materials.wood("walnut", axis=1)
    for k in range(3):
        x = k * 0.135 - 0.135
        train.add(box("chassis", 0.115, 0.05, 0.014, 0.003), materials.wood("oak", axis=0), (x, 0, 0.016))
        coat = materials.paint(colors[k % len(colors)], 0.45)
        if k == 0:
            train.add(box("cab", 0.045, 0.05, 0.06, 0.005), coat, (x + 0.032, 0, 0.03))
            train.add(box("roof", 0.055, 0.06, 0.008, 0.003), materials.paint(colors[1], 0.45), (x + 0.032, 0, 0.09))
            train.add(tube("boiler", [(x - 0.055, 0, 0.052), (x + 0.012, 0, 0.052)], 0.022, 24), coat)
            train.add(tube("stack", [(x - 0.035, 0, 0.07), (x - 0.035, 0, 0.098)], lambda t: 0.007 + 0.005 * t, 16),
                      wheel)
        else:
            train.add(box("wagon", 0.105, 0.052, 0.042, 0.004), coat, (x, 0, 0.03))
        for side in (-1, 1):
            for dx in (-0.036, 0.036):
                train.add(tube("wheel", [(x + dx, side * 0.026, 0.018), (x + dx, side * 0.034, 0.018)], 0.018, 28),
                          wheel)
    return train


def bear(color: Color = "#a9794f") -> Product:
    """A sitting plush bear."""
    toy, plush = Product("bear"), materials.fabric(color, "boucle")
    pale, dark = materials.fabric("#dcc19a", "felt"), materials.paint("#1f1a17", 0.3)

    def blob(r: float, at: tuple[float, float, float], mat, squash: float = 1.0) -> None:
        half = [(max(0.0004, r * math.sin(math.pi * k / 12)),
                 -r * squash * math.cos(math.pi * k / 12)) for k in range(13)]
        toy.add(lathe("part", half, 3, 40), mat, at)

    blob(0.075, (0, 0, 0.085), plush, 1.12)
    blob(0.06, (0, -0.01, 0.205), plush, 0.92)
    blob(0.027, (0, -0.062, 0.195), pale, 0.8)
    blob(0.008, (0, -0.089, 0.202), dark)
    for side in (-1, 1):
        blob(0.022, (side * 0.045, 0, 0.255), plush)
        blob(0.006, (side * 0.021, -0.0585, 0.22), dark)
        toy.add(tube("leg", [(side * 0.04, -0.03, 0.035), (side * 0.065, -0.115, 0.032)], lambda t: 0.032 - 0.002 * t,
                     20), plush)
        blob(0.032, (side * 0.066, -0.117, 0.034), pale, 1.0)
        toy.add(tube("arm", [(side * 0.06, -0.01, 0.135), (side * 0.098, -0.045, 0.085)], lambda t: 0.025 - 0.003 * t,
                     18), plush)
        blob(0.022, (side * 0.098, -0.046, 0.085), plush)
    return toy


def dumbbell(color: Color = "#2f6d6a", length: float = 0.19) -> Product:
    """A hexagon dumbbell, lying along x."""
    weight, rubber = Product("dumbbell"), materials.paint(color, 0.55, 0)
    r = 0.042
    hexagon = lambda theta, z, q: q * math.cos(math.pi / 6) / math.cos((theta % (math.pi / 3)) - math.pi / 6)  # noqa: E731
    for side in (-1, 1):
        head = [(0, 0), (r * 0.86, 0), (r, 0.006), (r, 0.05), (r * 0.86, 0.056), (0, 0.056)]
        at = side * (length / 2 - 0.028) - 0.028
        weight.add(lathe("head", head, 2, 96, hexagon, smooth=False), rubber, (at, 0, r * 0.87), (0, math.pi / 2, 0))
    weight.add(tube("bar", [(-length / 2 + 0.05, 0, r * 0.87), (length / 2 - 0.05, 0, r * 0.87)], 0.0145, 20),
               materials.metal("steel", brushed=True))
    return weight


def kettlebell(color: Color = "#37312d") -> Product:
    """A cast-iron kettlebell."""
    weight, iron = Product("kettlebell"), materials.paint(color, 0.6, 0)
    r = 0.085
    profile = [(0, 0), (r * 0.6, 0), (r * 0.72, 0.006), (r, r * 0.95), (r * 0.7, r * 1.62), (0, r * 1.8)]
    weight.add(lathe("ball", profile, 8, 72), iron)
    bow = [(-0.05, 0, r * 1.5), (-0.066, 0, r * 2.05), (-0.045, 0, r * 2.55), (0.045, 0, r * 2.55),
           (0.066, 0, r * 2.05),
           (0.05, 0, r * 1.5)]
    weight.add(tube("grip", bow, 0.0165, 18, n=10), iron)
    return weight


def mat_roll(color: Color, length: float = 0.62, radius: float = 0.062) -> Product:
    """A rolled yoga mat, standing."""
    roll = Product("mat")
    turns = [(0.012 + (radius - 0.012) * a / (9 * math.pi), a) for a in np.linspace(0, 9 * math.pi, 180)]
    path = [(r * math.cos(a), r * math.sin(a)) for r, a in turns]

    def point(u: float, v: float) -> tuple[float, float, float]:
        x, y = path[round(v * (len(path) - 1))]
        return x, y, u * length

    roll.add(solidify(grid("mat", 4, len(path) - 1, point), 0.0045, 0), materials.paint(color, 0.8, 0))
    return roll


def racket(color: Color = "#1f4a5c") -> Product:
    """A tennis racket standing on its head; lean it against a wall."""
    piece, frame = Product("racket"), materials.paint(color, 0.35, 0.5)
    middle = 0.17
    ring = [(0.125 * math.cos(a), 0.0, middle + 0.165 * math.sin(a)) for a in np.linspace(0, 2 * math.pi, 72,
                                                                                          endpoint=False)]
    piece.add(tube("frame", ring, 0.0095, 12, True), frame)
    strings = materials.paint("#e9e4da", 0.4)
    for k in range(-7, 8):
        x = k * 0.0155
        reach = 0.165 * math.sqrt(max(0.0, 1 - (x / 0.125) ** 2))
        piece.add(tube("string", [(x, 0, middle - reach), (x, 0, middle + reach)], 0.0009, 5), strings)
    for k in range(-9, 10):
        z = k * 0.0165
        reach = 0.125 * math.sqrt(max(0.0, 1 - (z / 0.165) ** 2))
        piece.add(tube("string", [(-reach, 0, middle + z), (reach, 0, middle + z)], 0.0009, 5), strings)
    for side in (-1, 1):
        piece.add(tube("throat", [(side * 0.075, 0, middle + 0.133), (side * 0.014, 0, middle + 0.27)], 0.0085, 10),
                  frame)
    piece.add(tube("grip", [(0, 0, middle + 0.26), (0, 0, middle + 0.49)], lambda t: 0.0145 + 0.002 * (t > 0.93), 10),
              materials.leather("#2b2a2c"))
    return piece
