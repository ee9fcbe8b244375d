"""Food in its packs and bathroom goods in their bottles: nothing of it is sold by the shop.

Every function returns a Product standing on z = 0 with its front to -Y. Knows nothing of rooms.
"""
from __future__ import annotations

import math
import random

import materials
from mesh import Product, box, lathe, soft, tube

Color = str


def tin(color: Color, radius: float = 0.037, height: float = 0.11) -> Product:
    """A tin with a paper label and a round badge."""
    can, steel = Product("tin"), materials.metal("steel")
    r, h = radius, height
    rims = [(0, 0.002), (r - 0.003, 0.002), (r - 0.002, 0), (r + 0.001, 0.002), (r, 0.005), (r, h - 0.005),
            (r + 0.001, h - 0.002),
            (r - 0.002, h), (r - 0.003, h - 0.003), (0, h - 0.003)]
    can.add(lathe("tin", rims, 2, 64), steel)
    can.add(lathe("label", [(r + 0.0005, 0.008), (r + 0.0005, h - 0.008)], 1, 64, smooth=False),
            materials.paint(color, 0.5))
    can.add(lathe("stripe", [(r + 0.0009, h * 0.3), (r + 0.0009, h * 0.55)], 1, 64, smooth=False),
            materials.paint("#f1ece2", 0.6))
    return can


def packet(width: float, depth: float, height: float, color: Color, badge: Color) -> Product:
    """A cardboard packet with a panel and a stripe: cereal, pasta, tea."""
    pack = Product("packet")
    pack.add(box("pack", width, depth, height, 0.002), materials.paint(color, 0.6, 0))
    pack.add(box("panel", width * 0.7, 0.0006, height * 0.34, 0), materials.paint(badge, 0.6, 0),
             (0, -depth / 2 - 0.0004, height * 0.42))
    pack.add(box("stripe", width * 0.98, 0.0005, height * 0.05, 0), materials.paint(badge, 0.6, 0),
             (0, -depth / 2 - 0.0003, height * 0.86))
    for k in range(3):
        pack.add(box("line", width * (0.5 - 0.1 * k), 0.0005, 0.005, 0), materials.paint("#3a3532", 0.7, 0),
                 (0, -depth / 2 - 0.001, height * (0.66 - 0.06 * k)))
    return pack


def carton(color: Color, height: float = 0.2) -> Product:
    """A milk carton with a gabled top and a cap."""
    pack, w = Product("carton"), 0.072
    coat = materials.paint(color, 0.45)
    pack.add(box("body", w, w, height, 0.003), coat)
    for side in (-1, 1):
        pack.add(box("slope", w - 0.004, 0.003, 0.043, 0.001), coat, (0, side * (w / 2 - 0.002), height - 0.002),
                 (side * 0.88, 0, 0))
    pack.add(box("fin", w - 0.004, 0.004, 0.02, 0.001), coat, (0, 0, height + 0.024))
    pack.add(box("panel", w * 0.8, 0.0006, height * 0.4, 0), materials.paint("#f4f1ea", 0.5),
             (0, -w / 2 - 0.0004, height * 0.25))
    pack.add(lathe("cap", [(0, 0), (0.014, 0), (0.014, 0.012), (0.012, 0.014), (0, 0.014)], 2, 32),
             materials.paint("#3b5f9b", 0.4),
             (0, -0.026, height + 0.006), (0.7, 0, 0))
    return pack


def loaf(seed: int = 0) -> Product:
    """A loaf of bread."""
    bread = Product("bread")
    crust = materials.fabric("#a8743f", "felt")
    bread.add(soft("loaf", 0.27, 0.12, 0.105, 0.045, 0.02, 16, 0.006, seed), crust)
    pale = materials.fabric("#d9b67c", "felt")
    for k in range(4):
        x = -0.085 + k * 0.056
        bread.add(tube("cut", [(x - 0.012, -0.036, 0.11), (x, 0, 0.122), (x + 0.012, 0.036, 0.11)], 0.006, 8, flat=0.5,
                       n=6), pale)
    return bread


def sack(color: Color = "#d9c9a8", height: float = 0.24) -> Product:
    """A paper bag of flour with a folded top."""
    bag, paper = Product("sack"), materials.paint(color, 0.85, 0)
    bag.add(soft("bag", 0.13, 0.085, height, 0.016, 0.006, 14, 0.004, 3), paper)
    bag.add(box("fold", 0.12, 0.05, 0.018, 0.005), paper, (0, -0.006, height - 0.008), (0.25, 0, 0))
    bag.add(box("badge", 0.075, 0.0008, 0.07, 0), materials.paint("#a2482c", 0.7, 0), (0, -0.0476, height * 0.4))
    return bag


def crate_of(kind: str, rng: random.Random, count: int = 12) -> Product:
    """A shallow box heaped with 'tomato', 'lime', 'onion' or 'aubergine'."""
    tones = {"tomato": ("#b9362a", 0.032, 0.85), "lime": ("#7d9a3a", 0.024, 1.15), "onion": ("#b07a3d", 0.033, 0.92),
             "aubergine": ("#3d2440", 0.034, 1.7)}
    color, r, stretch = tones[kind]
    case = Product(kind)
    w, d, h = 0.3, 0.22, 0.07
    wood = materials.wood("ash", axis=0)
    case.add(box("floor", w, d, 0.008, 0.001), wood)
    for side in (-1, 1):
        case.add(box("long", w, 0.009, h, 0.002), wood, (0, side * (d / 2 - 0.005), 0))
        case.add(box("short", 0.009, d - 0.02, h, 0.002), materials.wood("ash", axis=1), (side * (w / 2 - 0.005), 0, 0))
    skin = materials.ceramic(color)
    half = [(max(0.0005, r * math.sin(math.pi * k / 10)),
             r * stretch * (1 - math.cos(math.pi * k / 10))) for k in range(11)]
    columns = int((w - 0.03) // (2.1 * r))
    rows = int((d - 0.03) // (2.1 * r))
    for level, shrink in ((0, 0), (1, 1)):
        for i in range(columns - shrink):
            for j in range(rows - shrink):
                x = (i - (columns - shrink - 1) / 2) * 2.1 * r + rng.uniform(-0.002, 0.002)
                y = (j - (rows - shrink - 1) / 2) * 2.1 * r + rng.uniform(-0.002, 0.002)
                at = (x, y, 0.009 + level * 1.5 * r)
                case.add(lathe("fruit", half, 3, 28), skin, at, (0, 0, rng.uniform(0, 6)))
    return case


# ---- bathroom ---------------------------------------------------------------------------------------------------
def tube_of_paste(color: Color = "#2f6d8a") -> Product:
    """A tube standing on its cap."""
    piece = Product("tube")
    piece.add(lathe("cap", [(0, 0), (0.017, 0), (0.018, 0.004), (0.017, 0.026), (0, 0.026)], 3, 40),
              materials.paint("#f4f2ec", 0.4))
    flat = lambda theta, z, r: r * (1 - (z - 0.026) / 0.13 * 0.93 * abs(math.sin(theta))) if z > 0.026 else r  # noqa: E731
    piece.add(lathe("tube", [(0.017, 0.026), (0.0215, 0.03), (0.0225, 0.06), (0.025, 0.12), (0.026, 0.15), (0, 0.15)],
                    4, 64, flat),
              materials.paint(color, 0.3, 0.4))
    return piece


def shampoo(color: Color, cap: Color = "#f1ece2", height: float = 0.19) -> Product:
    """An oval plastic bottle with a flip cap and a label."""
    piece, h = Product("shampoo"), height
    oval = lambda theta, z, r: r * (1 - 0.38 * abs(math.sin(theta)) ** 1.5)  # noqa: E731
    profile = [(0, 0), (0.032, 0), (0.035, 0.006), (0.036, h * 0.5), (0.031, h * 0.76), (0.018, h * 0.84),
               (0, h * 0.84)]
    piece.add(lathe("bottle", profile, 5, 72, oval), materials.paint(color, 0.28, 0.5))
    piece.add(lathe("cap", [(0, h * 0.84), (0.019, h * 0.84), (0.019, h * 0.97), (0.016, h), (0, h)], 3, 48, oval),
              materials.paint(cap, 0.35))
    label = box("label", 0.042, 0.0008, h * 0.36, 0)
    piece.add(label, materials.paint("#f4f1ea", 0.6), (0, -0.0232, h * 0.22))
    return piece


def paper_roll() -> Product:
    """A roll of toilet paper, standing."""
    roll = Product("paper roll")
    roll.add(lathe("roll",
                   [(0.021, 0), (0.055, 0), (0.056, 0.003), (0.056, 0.097), (0.055, 0.1), (0.021, 0.1), (0.02, 0.098),
                            (0.02, 0.002)], 2, 64), materials.fabric("#f4f1ea", "felt"))
    roll.add(lathe("core", [(0.0205, 0.0), (0.0205, 0.1)], 1, 48, smooth=False), materials.paint("#b99b72", 0.9, 0))
    return roll


def soap_bar(color: Color = "#d9c7a3") -> Product:
    """A bar of soap on a small dish."""
    piece = Product("soap")
    piece.add(lathe("dish", [(0, 0), (0.05, 0), (0.06, 0.012), (0.057, 0.013), (0.048, 0.005), (0, 0.004)], 4, 64),
              materials.ceramic("#8a9a94", matte=True))
    piece.add(soft("soap", 0.075, 0.05, 0.026, 0.011, 0.003, 10), materials.wax(color), (0, 0, 0.0045))
    return piece


def sponge(color: Color = "#e0b44a") -> Product:
    """A bath sponge."""
    piece = Product("sponge")
    piece.add(soft("sponge", 0.12, 0.08, 0.055, 0.02, 0.008, 14, 0.006, 4), materials.concrete(color))
    return piece
