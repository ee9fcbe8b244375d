"""Food and tableware the shop does not sell: fruit, plates, glasses, jars, boards, cutlery.

Every function returns a Product standing on z = 0. Knows nothing of rooms; see `props.py` for the other small things.
"""
from __future__ import annotations

import math

import materials
import surfaces
from mesh import Product, box, lathe, tube

# ---- fruit --------------------------------------------------------------------------------------------------------
FRUIT_PROFILES = {
    "apple": [(0.001, 0.008), (0.016, 0), (0.034, 0.02), (0.037, 0.04), (0.028, 0.06), (0.012, 0.063), (0.001, 0.056)],
    "orange": [(0.001, 0), (0.018, 0.003), (0.036, 0.02), (0.039, 0.037), (0.034, 0.057), (0.016, 0.071),
               (0.001, 0.073)],
    "pear": [(0.001, 0.004), (0.018, 0), (0.034, 0.018), (0.036, 0.036), (0.026, 0.06), (0.017, 0.08), (0.011, 0.095),
             (0.001, 0.098)],
    "lemon": [(0.001, -0.042), (0.008, -0.038), (0.024, -0.02), (0.029, 0), (0.024, 0.02), (0.008, 0.038),
              (0.001, 0.044)],
}
FRUIT_COLORS = {"apple": "#a8382c", "green apple": "#8fa24a", "orange": "#d8812f", "pear": "#a9a24b",
                 "lemon": "#e3b431"}


def fruit(kind: str = "apple") -> Product:
    """One fruit: apple, green apple, orange, pear or (lying) lemon."""
    piece, shape = Product(kind), kind.split()[-1]
    skin = (materials.ceramic(FRUIT_COLORS[kind], speckle=1) if shape in ("apple", "pear")
            else materials.fabric(FRUIT_COLORS[kind], "canvas"))
    flesh = lathe("fruit", FRUIT_PROFILES[shape], 6, 48)
    if shape == "lemon":
        piece.add(flesh, skin, (0, 0, 0.028), (1.57, 0, 0.6))
        return piece
    piece.add(flesh, skin)
    top = FRUIT_PROFILES[shape][-1][1]
    if shape != "orange":
        piece.add(tube("stem", [(0, 0, top - 0.004), (0.003, 0, top + 0.014)], 0.0014, 6),
                  materials.paint("#4a3524", 0.8))
    return piece


# ---- tableware --------------------------------------------------------------------------------------------------
def plate(radius: float = 0.125, color: str = "#f3f0ea") -> Product:
    """A shallow plate."""
    r, dish = radius, Product("plate")
    profile = [(0, 0.002), (r * 0.55, 0), (r * 0.58, 0.003), (r * 0.7, 0.006), (r, 0.018), (r * 0.995, 0.021),
               (r * 0.7, 0.011), (r * 0.5, 0.008), (0, 0.007)]
    dish.add(lathe("plate", profile, 5, 96), materials.ceramic(color))
    return dish


def wine_glass() -> Product:
    """A stemmed glass."""
    glass = Product("wine glass")
    profile = [(0, 0), (0.034, 0), (0.034, 0.002), (0.006, 0.006), (0.004, 0.012), (0.004, 0.075), (0.012, 0.085),
               (0.036, 0.115), (0.039, 0.15), (0.032, 0.2), (0.031, 0.2), (0.0378, 0.15), (0.035, 0.117),
               (0.01, 0.089), (0, 0.087)]
    glass.add(lathe("glass", profile, 5, 72), materials.glass())
    return glass


def tumbler(water: bool = True) -> Product:
    """A straight drinking glass, two thirds full."""
    glass, r, h = Product("tumbler"), 0.036, 0.095
    profile = [(0, 0), (r * 0.86, 0), (r * 0.9, 0.004), (r, h), (r - 0.0015, h + 0.001), (r - 0.003, h),
               (r * 0.9 - 0.003, 0.01), (0, 0.009)]
    glass.add(lathe("glass", profile, 3, 72), materials.glass())
    if water:
        inner = r - 0.0042
        glass.add(lathe("water", [(0, 0.0095), (inner * 0.9, 0.0105), (inner * 0.96, h * 0.62), (0, h * 0.62)], 1, 64,
                        smooth=False), materials.glass("#f2f8f8"))
    return glass


def jar(height: float = 0.14, radius: float = 0.045, filling: str = "#a9713f") -> Product:
    """Storage jar of glass with a wooden lid, filled with something granular."""
    pot, r, h = Product("jar"), radius, height
    walls = [(0, 0), (r * 0.97, 0), (r, 0.004), (r, h), (r - 0.002, h), (r - 0.0025, 0.006), (0, 0.006)]
    pot.add(lathe("jar", walls, 3, 72), materials.glass())
    lid = [(0, h), (r * 1.03, h), (r * 1.03, h), (r * 1.03, h + 0.018), (r * 0.98, h + 0.02), (0, h + 0.02)]
    pot.add(lathe("lid", lid, 2, 64), materials.wood("oak", axis=0))
    grains = [(0, 0.0065), (r - 0.003, 0.0065), (r - 0.003, 0.0065), (r - 0.003, h * 0.7), (0, h * 0.72)]
    pot.add(lathe("filling", grains, 2, 48), surfaces.grains(filling))
    return pot


def utensils() -> Product:
    """A stoneware jar with four wooden spoons."""
    pot = Product("utensils")
    walls = [(0, 0), (0.05, 0), (0.052, 0.004), (0.055, 0.13), (0.053, 0.132), (0.051, 0.13), (0.048, 0.01), (0, 0.01)]
    pot.add(lathe("jar", walls, 3, 64), materials.ceramic("#d7cfc0", matte=True, speckle=1))
    wood = materials.wood("oak", axis=2)
    for k in range(4):
        angle = k * 1.6 + 0.3
        reach = [(0.012, 0.012), (0.052, 0.2 + 0.02 * k), (0.066, 0.25 + 0.02 * k)]
        path = [(r * math.cos(angle), r * math.sin(angle), z) for r, z in reach]
        pot.add(tube("spoon", path, lambda t: 0.0045 + (0.016 if t > 0.85 else 0), 12, flat=0.55, n=6), wood)
    return pot


def board(width: float, depth: float, thick: float, wood: tuple[str, str], standing: bool = False) -> Product:
    """Cutting board, lying or standing on its long side."""
    slab = Product("cutting board")
    if standing:
        slab.add(box("board", width, thick, depth, 0.01), materials.wood(light=wood[0], dark=wood[1], axis=2))
    else:
        slab.add(box("board", width, depth, thick, 0.007), materials.wood(light=wood[0], dark=wood[1], axis=0))
    return slab


def cutlery(side: float = 0.0) -> Product:
    """A knife and a fork side by side, handles to the front."""
    pair, steel = Product("cutlery"), materials.metal("steel")
    knife = [(side, -0.1, 0.004), (side, 0.0, 0.004), (side, 0.1, 0.003)]
    pair.add(tube("knife", knife, lambda t: 0.0055 + (0.004 if t > 0.5 else 0), 10, flat=0.3, n=8), steel)
    pair.add(tube("fork", [(side - 0.035, -0.1, 0.004), (side - 0.035, 0.03, 0.005)],
                  lambda t: 0.0055 - 0.0025 * t, 10, flat=0.45, n=8), steel)
    for k in (-1, 0, 1):
        x = side - 0.035 + k * 0.006
        tine = [(side - 0.035, 0.028, 0.005), (x, 0.05, 0.005), (x, 0.09, 0.007)]
        pair.add(tube("tine", tine, 0.0019, 8, n=4), steel)
    return pair
