"""Things of office, workshop and electronics that the shop does not sell: screens, keyboards, tools, cans, binders.

Every function returns a Product standing on z = 0 with its front to -Y; tools hang with their backs at y = 0. Knows
nothing of rooms.
"""
from __future__ import annotations

import math

import materials
import surfaces
from mesh import Product, box, lathe, soft, tube

Color = str
BLACK = "#222326"


# ---- on the desk ------------------------------------------------------------------------------------------------
def monitor(width: float = 0.6, screen: Color = "#31475a") -> Product:
    """A flat screen on a foot."""
    machine, shell = Product("monitor"), materials.paint(BLACK, 0.45)
    tall = width * 0.57
    machine.add(box("foot", 0.24, 0.18, 0.012, 0.004), materials.metal(col="#a5a8ab", rough=0.35))
    machine.add(box("neck", 0.05, 0.02, 0.2, 0.004), materials.metal(col="#a5a8ab", rough=0.35), (0, 0.05, 0.01))
    machine.add(box("case", width, 0.024, tall, 0.006), shell, (0, 0.02, 0.13))
    machine.add(box("screen", width - 0.02, 0.001, tall - 0.02, 0), surfaces.glow(screen, 0.7), (0, 0.0072, 0.14))
    for k, (share, tone) in enumerate(((0.7, "#7f98a6"), (0.45, "#c7d2d6"), (0.58, "#7f98a6"), (0.3, "#c98f5a"))):
        machine.add(box("line", width * 0.5 * share, 0.001, 0.012, 0), surfaces.glow(tone, 0.7),
                    (-width * 0.2 + width * 0.25 * share, 0.0062, 0.14 + tall * 0.7 - k * 0.04))
    return machine


def keyboard(color: Color = "#d9d7d2", keys: Color = "#f1efea") -> Product:
    """A keyboard."""
    board, cap = Product("keyboard"), materials.paint(keys, 0.6, 0)
    board.add(box("base", 0.42, 0.13, 0.012, 0.004), materials.paint(color, 0.5))
    for row in range(5):
        for key in range(17):
            board.add(box("key", 0.0195, 0.0195, 0.006, 0.0015, 2), cap,
                      (-0.19 + key * 0.0237, 0.048 - row * 0.024, 0.0115))
    return board


def mouse(color: Color = "#d9d7d2") -> Product:
    """A computer mouse."""
    piece = Product("mouse")
    piece.add(soft("mouse", 0.06, 0.105, 0.034, 0.016, 0.004, 12), materials.paint(color, 0.4))
    piece.add(tube("wheel", [(-0.004, -0.026, 0.035), (0.004, -0.026, 0.035)], 0.006, 20), materials.paint(BLACK, 0.6))
    return piece


def headphones(color: Color = BLACK) -> Product:
    """Headphones lying on a desk, the band up."""
    pair, shell = Product("headphones"), materials.paint(color, 0.45)
    pad = materials.leather("#2b2a2c")
    for side in (-1, 1):
        cup = [(0, 0), (0.036, 0), (0.04, 0.008), (0.038, 0.026), (0.03, 0.03), (0, 0.03)]
        pair.add(lathe("cup", cup, 4, 48), shell, (side * 0.085, 0, 0.042), (0, side * math.pi / 2, 0))
        pair.add(tube("pad", [(side * 0.082, 0.03 * math.cos(a), 0.042 + 0.03 * math.sin(a)) for a in
                              (2 * math.pi * k / 40 for k in range(40))], 0.0115, 12, True), pad)
    band = [(-0.098, 0, 0.05), (-0.1, 0, 0.11), (-0.07, 0, 0.175), (0, 0, 0.2), (0.07, 0, 0.175), (0.1, 0, 0.11),
            (0.098, 0, 0.05)]
    pair.add(tube("band", band, 0.007, 12, flat=1.8, n=10), shell)
    return pair


def speaker(height: float = 0.26, wood: Color = "walnut") -> Product:
    """A wooden speaker box with two cones."""
    case, h = Product("speaker"), height
    case.add(box("case", h * 0.62, h * 0.7, h, 0.006), materials.wood(wood, axis=2))
    case.add(box("front", h * 0.58, 0.008, h * 0.95, 0.003), materials.paint(BLACK, 0.8, 0),
             (0, -h * 0.35 - 0.001, h * 0.025))
    for z, r in ((h * 0.34, h * 0.2), (h * 0.74, h * 0.11)):
        ring = [(0, -0.012), (r * 0.3, -0.006), (r * 0.85, 0.002), (r, 0.006), (r * 1.06, 0.002), (r * 1.06, -0.004)]
        case.add(lathe("cone", ring, 4, 64), materials.paint("#46484b", 0.5), (0, -h * 0.35 - 0.006, z),
                 (math.pi / 2, 0, 0))
        dome = [(r * 0.32, 0.0), (r * 0.22, 0.008), (0, 0.012)]
        case.add(lathe("dome", dome, 5, 40), materials.metal("steel"), (0, -h * 0.35 - 0.004, z), (math.pi / 2, 0, 0))
    return case


def phone(color: Color = "#2d3338") -> Product:
    """A telephone lying face up."""
    piece = Product("phone")
    piece.add(box("case", 0.072, 0.15, 0.008, 0.0035), materials.paint(color, 0.3, 0.4))
    piece.add(box("screen", 0.066, 0.142, 0.0006, 0), materials.paint("#0f1316", 0.08, 1.0), (0, 0, 0.008))
    return piece


def binders(colors: tuple[Color, ...]) -> Product:
    """Upright office binders from x = 0 to the right, spines to the front."""
    row, x = Product("binders"), 0.0
    for k, color in enumerate(colors):
        thick = 0.07 if k % 3 else 0.05
        row.add(box("spine", thick, 0.27, 0.315, 0.004), materials.paint(color, 0.6), (x + thick / 2, 0, 0))
        row.add(box("label", thick * 0.7, 0.001, 0.12, 0), materials.paint("#f1ece2", 0.8, 0),
                (x + thick / 2, -0.1356, 0.15))
        row.add(lathe("hole", [(0, 0), (0.012, 0), (0.013, 0.0015), (0.009, 0.002), (0, 0.001)], 2, 28),
                materials.metal("steel"), (x + thick / 2, -0.135, 0.06), (math.pi / 2, 0, 0))
        x += thick + 0.003
    return row


def paper_tray(color: Color = "#b9bcc0") -> Product:
    """Two wire trays with paper."""
    piece, wire = Product("paper tray"), materials.metal(col=color, rough=0.4)
    for level in range(2):
        z = 0.01 + level * 0.075
        for y in (-0.15, 0.15):
            piece.add(tube("bar", [(-0.125, y, z + 0.03), (0.125, y, z + 0.03)], 0.003, 8), wire)
        for side in (-1, 1):
            piece.add(tube("bar", [(side * 0.125, -0.15, z + 0.03), (side * 0.125, 0.15, z + 0.03)], 0.003, 8), wire)
        for k in range(9):
            x = -0.12 + k * 0.03
            piece.add(tube("wire", [(x, -0.15, z), (x, 0.15, z)], 0.0018, 6), wire)
        piece.add(box("paper", 0.21, 0.29, 0.012 + 0.01 * level, 0.001), materials.paint("#f1efe9", 0.9, 0),
                  (0, 0, z + 0.002))
    for x in (-0.125, 0.125):
        for y in (-0.15, 0.15):
            piece.add(tube("post", [(x, y, 0), (x, y, 0.13)], 0.004, 8), wire)
    return piece


# ---- workshop ---------------------------------------------------------------------------------------------------
def hammer() -> Product:
    """A hammer hanging head up: its back at y = 0, the handle's end at z = 0."""
    tool, steel = Product("hammer"), materials.metal(col="#7c8084", rough=0.35)
    tool.add(tube("handle", [(0, -0.016, 0), (0, -0.016, 0.15), (0, -0.016, 0.3)], lambda t: 0.0145 - 0.004 * t, 16,
                  n=6),
             materials.wood("ash", axis=2))
    tool.add(tube("head", [(-0.055, -0.016, 0.3), (0.025, -0.016, 0.3)], lambda t: 0.0155 if t < 0.3 else 0.012, 20,
                  n=0), steel)
    tool.add(box("claw", 0.05, 0.022, 0.014, 0.004), steel, (0.045, -0.016, 0.294), (0, 0.25, 0))
    return tool


def wrench(length: float = 0.22) -> Product:
    """An open-ended wrench hanging upright: its back at y = 0."""
    tool, steel = Product("wrench"), materials.metal("steel")
    tool.add(box("shank", 0.02, 0.008, length - 0.04, 0.003), steel, (0, -0.006, 0.02))
    for z, r in ((0.018, 0.016), (length - 0.02, 0.021)):
        start = -0.22 * math.pi if z > 0.1 else 0.78 * math.pi
        turns = [start + 1.44 * math.pi * k / 30 for k in range(31)]
        ring = [(r * math.cos(a), -0.006, z + r * math.sin(a)) for a in turns]
        tool.add(tube("jaw", ring, 0.0075, 10), steel)
    return tool


def screwdriver(color: Color = "#b92f2b") -> Product:
    """A screwdriver hanging tip down: its back at y = 0."""
    tool = Product("screwdriver")
    tool.add(tube("blade", [(0, -0.016, 0), (0, -0.016, 0.13)], 0.0035, 12), materials.metal("steel"))
    grip = [(0, 0.12), (0.008, 0.12), (0.013, 0.13), (0.0115, 0.15), (0.0155, 0.19), (0.014, 0.222), (0, 0.226)]
    ridges = lambda theta, z, r: r * (1 + 0.05 * math.cos(6 * theta))  # noqa: E731
    tool.add(lathe("grip", grip, 5, 48, ridges), materials.paint(color, 0.3, 0.4), (0, -0.016, 0))
    return tool


def saw() -> Product:
    """A hand saw hanging flat: its back at y = 0, the handle on the right."""
    tool = Product("saw")
    tool.add(box("blade", 0.42, 0.002, 0.075, 0), materials.metal(col="#a9adb0", rough=0.3), (-0.1, -0.012, 0.03))
    wood = materials.wood("teak", axis=2)
    loop = [(0.1, -0.012, 0.035), (0.12, -0.012, 0.115), (0.17, -0.012, 0.13), (0.2, -0.012, 0.07),
            (0.18, -0.012, 0.005),
            (0.13, -0.012, 0.0)]
    tool.add(tube("grip", loop, 0.0135, 14, closed=True), wood)
    return tool


def paint_can(color: Color, radius: float = 0.078, height: float = 0.16) -> Product:
    """A tin of paint with a coloured label and a wire bow."""
    tin, steel = Product("paint can"), materials.metal("steel")
    r, h = radius, height
    tin.add(lathe("tin",
                  [(0, 0), (r, 0), (r + 0.002, 0.003), (r, 0.006), (r, h - 0.006), (r + 0.002, h - 0.003), (r, h),
                          (r - 0.006, h), (r - 0.008, h - 0.005), (0, h - 0.004)], 2, 72), steel)
    tin.add(lathe("label", [(r + 0.0006, h * 0.12), (r + 0.0006, h * 0.88)], 1, 72, smooth=False),
            materials.paint(color, 0.45))
    tin.add(lathe("band", [(r + 0.001, h * 0.4), (r + 0.001, h * 0.62)], 1, 72, smooth=False),
            materials.paint("#f1ece2", 0.6))
    bow = [(-r - 0.002, 0, h * 0.8), (-r * 0.8, -r * 0.75, h * 0.55), (0, -r * 1.12, h * 0.42),
           (r * 0.8, -r * 0.75, h * 0.55),
           (r + 0.002, 0, h * 0.8)]
    tin.add(tube("bow", bow, 0.0018, 8, n=8), steel)
    return tin


def tool_box(color: Color = "#a2322b") -> Product:
    """A steel tool box with a tube handle."""
    case, coat = Product("tool box"), materials.paint(color, 0.35, 0.3)
    case.add(box("box", 0.44, 0.2, 0.15, 0.008), coat)
    case.add(box("lid", 0.445, 0.205, 0.055, 0.012), coat, (0, 0, 0.152))
    steel = materials.metal("steel")
    case.add(tube("handle",
                  [(-0.11, 0, 0.205), (-0.11, 0, 0.245), (-0.11, 0, 0.245), (0.11, 0, 0.245), (0.11, 0, 0.245),
                             (0.11, 0, 0.205)], 0.008, 12, n=3), materials.paint(BLACK, 0.5))
    for x in (-0.13, 0.13):
        case.add(box("latch", 0.03, 0.012, 0.05, 0.003), steel, (x, -0.103, 0.12))
    return case


def drill(color: Color = "#2f6d6a") -> Product:
    """A cordless drill standing on its battery, its bit to the left."""
    tool, coat = Product("drill"), materials.paint(color, 0.5)
    dark = materials.paint(BLACK, 0.6)
    tool.add(box("battery", 0.085, 0.07, 0.05, 0.008), dark)
    tool.add(soft("grip", 0.045, 0.042, 0.14, 0.018, 0.004, 10), dark, (0.005, 0, 0.04), (0, 0.12, 0))
    tool.add(soft("motor", 0.16, 0.065, 0.07, 0.028, 0.004, 12), coat, (0.005, 0, 0.15))
    tool.add(tube("chuck", [(-0.07, 0, 0.185), (-0.125, 0, 0.185)], lambda t: 0.024 - 0.008 * t, 28), dark)
    tool.add(tube("bit", [(-0.12, 0, 0.185), (-0.2, 0, 0.185)], 0.003, 10), materials.metal("steel"))
    return tool
