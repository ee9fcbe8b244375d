"""Furniture and built-in parts the shop does not sell: tables, bed, boards, counters, benches.

Products (tagged by a set when they count as a detectable thing) stand on z = 0 with their front to -Y. Knows nothing
of photos. A wood is a (light, dark) pair.
"""
from __future__ import annotations

import bpy
import materials
import numpy as np
from mathutils import Matrix
from mesh import Product, box, grid, lathe, soft, solidify, subsurf, tube

Wood = tuple[str, str]
Point = tuple[float, float, float]


def timber(wood: Wood, axis: int) -> bpy.types.Material:
    """Wood with its grain along an axis of the part."""
    return materials.wood(light=wood[0], dark=wood[1], axis=axis)


def _at(x: float, y: float, z: float) -> Matrix:
    return Matrix.Translation((x, y, z))


def table(width: float, depth: float, height: float, wood: Wood, legs: str = "square",
          top: bpy.types.Material | None = None) -> Product:
    """Dining table, desk or coffee table: a 30 mm top; legs 'square', 'tapered' or 'trestle'."""
    piece = Product("table")
    piece.add(box("top", width, depth, 0.03, 0.006), top or timber(wood, 0), (0, 0, height - 0.03))
    leg_wood = timber(wood, 2)
    for x in (-1, 1):
        for y in (-1, 1):
            foot = (x * (width / 2 - 0.07), y * (depth / 2 - 0.07))
            if legs == "tapered":
                inner = (x * (width / 2 - 0.12), y * (depth / 2 - 0.12))
                piece.add(tube("leg", [(*foot, 0), (*inner, height - 0.028)], lambda t: 0.014 + 0.012 * t, 16),
                          leg_wood)
            else:
                piece.add(box("leg", 0.055, 0.055, height - 0.029, 0.006), leg_wood, (*foot, 0))
        if legs == "square":
            piece.add(box("apron", 0.02, depth - 0.2, 0.07, 0.003), timber(wood, 1),
                      (x * (width / 2 - 0.07), 0, height - 0.099))
    if legs == "square":
        for y in (-1, 1):
            piece.add(box("apron", width - 0.2, 0.02, 0.07, 0.003), timber(wood, 0),
                      (0, y * (depth / 2 - 0.07), height - 0.099))
    return piece


def round_table(radius: float, height: float, top: bpy.types.Material, leg: bpy.types.Material) -> Product:
    """Pedestal table with a round top."""
    piece, r, h = Product("round table"), radius, height
    piece.add(lathe("top", [(0, h - 0.026), (r - 0.01, h - 0.026), (r, h - 0.018), (r, h - 0.006), (r - 0.005, h),
                            (0, h)], 3, 128), top)
    piece.add(lathe("leg", [(0, 0), (r * 0.6, 0), (r * 0.6, 0.012), (r * 0.2, 0.04), (0.045, 0.14), (0.035, h * 0.6),
                            (0.06, h - 0.05), (0.12, h - 0.026), (0, h - 0.026)], 5, 72), leg)
    return piece


def console(width: float, height: float, wood: Wood, depth: float = 0.32) -> Product:
    """Narrow hall table with two drawers."""
    piece = Product("console")
    piece.add(box("top", width, depth, 0.024, 0.005), timber(wood, 0), (0, 0, height - 0.024))
    piece.add(box("body", width - 0.06, depth - 0.04, 0.13, 0.004), timber(wood, 0), (0, 0, height - 0.154))
    for x in (-1, 1):
        centre = x * (width - 0.06) / 4
        piece.add(box("drawer", width / 2 - 0.045, 0.014, 0.11, 0.003), timber(wood, 0),
                  (centre, -depth / 2 + 0.014, height - 0.144))
        piece.add(lathe("knob", [(0, 0), (0.006, 0), (0.006, 0.012), (0.012, 0.018), (0.01, 0.026), (0, 0.028)], 3, 32),
                  materials.metal("brass"), (centre, -depth / 2 + 0.008, height - 0.09), (np.pi / 2, 0, 0))
        for y in (-1, 1):
            path = [(x * (width / 2 - 0.045), y * (depth / 2 - 0.045), 0),
                    (x * (width / 2 - 0.06), y * (depth / 2 - 0.06), height - 0.15)]
            piece.add(tube("leg", path, lambda t: 0.011 + 0.008 * t, 16), timber(wood, 2))
    return piece


def bedside(wood: Wood, width: float = 0.44, depth: float = 0.38, height: float = 0.5) -> Product:
    """Bedside table: a drawer over an open shelf."""
    piece = Product("bedside table")
    for z, tall in ((height - 0.022, 0.022), (height - 0.19, 0.018), (0.12, 0.018)):
        piece.add(box("board", width, depth, tall, 0.004), timber(wood, 0), (0, 0, z))
    for x in (-1, 1):
        piece.add(box("side", 0.02, depth - 0.01, height - 0.142, 0.003), timber(wood, 2),
                  (x * (width / 2 - 0.014), 0, 0.122))
        for y in (-1, 1):
            foot = (x * (width / 2 - 0.05), y * (depth / 2 - 0.05))
            piece.add(tube("leg", [(*foot, 0), (*foot, 0.13)], 0.014, 14), timber(wood, 2))
    piece.add(box("back", width - 0.03, 0.012, height - 0.142, 0.002), timber(wood, 0), (0, depth / 2 - 0.012, 0.122))
    front = -depth / 2
    piece.add(box("drawer", width - 0.05, 0.016, 0.135, 0.003), timber(wood, 0), (0, front + 0.014, height - 0.165))
    pull = [(-0.05, front - 0.014, height - 0.1), (0.05, front - 0.014, height - 0.1)]
    piece.add(tube("pull", pull, 0.005, 12), materials.metal("brass"))
    return piece


def bed(width: float, length: float, headboard: str, sheet: str, blanket: str, seed: int = 0) -> Product:
    """Bed with its head at y = 0 and its foot at y = -length: panelled headboard, mattress, duvet, two pillows."""
    piece, cloth = Product("bed"), materials.fabric(headboard, "linen")
    panels = 4
    for k in range(panels):
        x = (k + 0.5) / panels * (width + 0.08) - (width + 0.08) / 2
        piece.add(soft("panel", (width + 0.08) / panels - 0.003, 0.09, 0.95, 0.03, 0.012, 12, 0.002, k), cloth,
                  (x, -0.047, 0.08))
    piece.add(soft("frame", width + 0.05, length, 0.24, 0.03, 0, 10), cloth, (0, -length / 2 - 0.1, 0.08))
    linen = materials.fabric(sheet, "linen")
    piece.add(soft("mattress", width - 0.03, length - 0.04, 0.22, 0.07, 0.01, 14), linen, (0, -length / 2 - 0.1, 0.28))
    piece.add(_duvet(width, length, 0.545, seed), materials.fabric(blanket, "linen"))
    for side in (-1, 1):
        pillow = soft("pillow", width * 0.42, 0.17, 0.42, 0.08, 0.045, 18, 0.012, seed + side)
        piece.add(pillow, linen, (side * width * 0.235, -0.2, 0.49), (-0.42, 0, side * 0.04))
    return piece


def _duvet(width: float, length: float, z: float, seed: int) -> bpy.types.Object:
    """A thick cover that hangs over both sides and the foot, its upper edge folded back."""
    half, hang = width / 2 + 0.015, 0.24

    def point(u: float, v: float) -> Point:
        across = (u - 0.5) * 2 * (half + hang)
        over = max(0.0, abs(across) - half)
        x = np.sign(across) * (min(abs(across), half) + 0.02 * min(1.0, over * 12))
        y = -0.55 - v * (length - 0.48)
        wave = 0.010 * np.sin(u * 13 + v * 7 + seed) + 0.012 * np.sin(v * 11 + u * 9) + 0.004 * np.sin(u * 31 + v * 23)
        lift = 0.035 * np.exp(-((v - 0.05) / 0.06) ** 2)
        return (x + 0.3 * over * np.sin(v * 15 + seed) * np.sign(across) * 0.4, y, z + wave + lift - over * 0.97)

    return subsurf(solidify(grid("duvet", 70, 50, point, lambda u, v: (u * width, v * length)), 0.035, 1))


def wall_shelf(width: float, depth: float, wood: Wood, thick: float = 0.03) -> bpy.types.Object:
    """One board; its top at the object's z, its back at y = 0 (a plain object, not a product)."""
    ob = box("shelf", width, depth, thick, 0.004)
    ob.data.transform(_at(0, -depth / 2, -thick))
    ob.data.materials.append(timber(wood, 0))
    return ob


def counter(width: float, depth: float, height: float, wood: Wood, paint: str,
            doors: int = 4) -> list[bpy.types.Object]:
    """Kitchen counter against y = 0: worktop and painted fronts with handles (plain objects)."""
    top = box("worktop", width, depth, 0.04, 0.006)
    top.data.transform(_at(0, -depth / 2, height - 0.04))
    top.data.materials.append(timber(wood, 0))
    body = box("body", width - 0.01, depth - 0.05, height - 0.041, 0.002)
    body.data.transform(_at(0, -depth / 2 + 0.025, 0))
    coat, steel = materials.paint(paint, 0.5), materials.metal("brass")
    body.data.materials.append(coat)
    parts = [top, body]
    for k in range(doors):
        wide, x = width / doors, (k + 0.5) / doors * width - width / 2
        door = box("door", wide - 0.008, 0.02, height - 0.16, 0.004)
        door.data.transform(_at(x, -depth + 0.03, 0.1))
        door.data.materials.append(coat)
        grip = [(x + side * 0.07, -depth - 0.005, height - 0.11) for side in (-1, 1)]
        pull = tube("pull", grip, 0.006)
        pull.data.materials.append(steel)
        parts += [door, pull]
    return parts


def sideboard(width: float, height: float, wood: Wood, paint: str, depth: float = 0.42) -> Product:
    """Low cupboard with sliding fronts, two of wood slats and one painted, on a frame."""
    piece, body, foot = Product("sideboard"), height - 0.16, 0.16
    for z in (foot, height - 0.022):
        piece.add(box("board", width, depth, 0.022, 0.003), timber(wood, 0), (0, 0, z))
    for x in (-1, 1):
        piece.add(box("side", 0.022, depth - 0.004, body - 0.046, 0.003), timber(wood, 2),
                  (x * (width / 2 - 0.014), 0, foot + 0.023))
        for y in (-1, 1):
            path = [(x * (width / 2 - 0.1), y * (depth / 2 - 0.06), 0), (x * (width / 2 - 0.14), y * 0.1, foot)]
            piece.add(tube("leg", path, lambda t: 0.012 + 0.008 * t, 16), timber(wood, 2))
    piece.add(box("back", width - 0.05, 0.012, body - 0.046, 0.002), timber(wood, 0),
              (0, depth / 2 - 0.02, foot + 0.023))
    wide = (width - 0.05) / 3
    for k in range(3):
        x = (k - 1) * wide
        if k == 1:
            piece.add(box("front", wide - 0.004, 0.016, body - 0.05, 0.002), materials.paint(paint, 0.5),
                      (x, -depth / 2 + 0.02, foot + 0.025))
            continue
        piece.add(box("front", wide - 0.004, 0.01, body - 0.05, 0.001), timber(wood, 2),
                  (x, -depth / 2 + 0.026, foot + 0.025))
        for j in range(int(wide / 0.03)):
            piece.add(box("slat", 0.014, 0.012, body - 0.052, 0.003), timber(wood, 2),
                      (x - wide / 2 + 0.018 + j * 0.03, -depth / 2 + 0.016, foot + 0.026))
    return piece


def fireplace(width: float, height: float, depth: float, paint: str, hearth: bpy.types.Material) -> Product:
    """Painted surround with a mantel shelf at `height`, a dark opening and three logs; its back at y = 0."""
    piece, coat = Product("fireplace"), materials.paint(paint, 0.5)
    pillar, lintel = 0.2, 0.24
    for x in (-1, 1):
        piece.add(box("pillar", pillar, depth, height - 0.06, 0.006), coat, (x * (width - pillar) / 2, -depth / 2, 0))
        piece.add(box("panel", pillar - 0.08, 0.012, height - 0.42, 0.004), coat,
                  (x * (width - pillar) / 2, -depth, 0.14))
        piece.add(box("plinth", pillar + 0.03, depth + 0.03, 0.12, 0.005), coat,
                  (x * (width - pillar) / 2, -depth / 2, 0))
    piece.add(box("lintel", width - 2 * pillar + 0.01, depth - 0.02, lintel, 0.004), coat,
              (0, -depth / 2, height - 0.06 - lintel))
    piece.add(box("mantel", width + 0.14, depth + 0.1, 0.045, 0.008), coat, (0, -depth / 2 - 0.03, height - 0.045))
    piece.add(box("moulding", width + 0.05, depth + 0.04, 0.03, 0.008), coat, (0, -depth / 2 - 0.01, height - 0.08))
    soot = materials.concrete("#3a3532")
    opening = width - 2 * pillar
    piece.add(box("back", opening, 0.02, height - 0.2, 0), soot, (0, -0.012, 0.01))
    for x in (-1, 1):
        piece.add(box("cheek", 0.012, depth - 0.02, height - 0.2, 0), soot,
                  (x * (opening / 2 - 0.004), -depth / 2, 0.01))
    piece.add(box("hearth", width + 0.2, depth + 0.36, 0.03, 0.004), hearth, (0, -depth / 2 - 0.16, 0))
    for x, y, z in ((-0.04, -0.2, 0.08), (0.05, -0.1, 0.08), (0.0, -0.15, 0.155)):
        piece.add(tube("log", [(x - 0.2, y, z), (x + 0.2, y + 0.03, z)], 0.045, 20), timber(("#8a6a4a", "#4d3524"), 0))
    return piece


def window_seat(width: float, depth: float, height: float, paint: str, holes: int = 3) -> Product:
    """Built-in seat with open boxes below; its back at y = 0, a linen pad on top."""
    piece, coat = Product("seat"), materials.paint(paint, 0.5)
    for z in (0.0, height - 0.13):
        piece.add(box("board", width, depth, 0.03, 0.003), coat, (0, -depth / 2, z))
    for k in range(holes + 1):
        x = (k / holes - 0.5) * (width - 0.03)
        piece.add(box("upright", 0.03, depth - 0.004, height - 0.162, 0.003), coat, (x, -depth / 2, 0.031))
    piece.add(box("back", width - 0.06, 0.02, height - 0.162, 0.002), coat, (0, -0.012, 0.031))
    piece.add(soft("pad", width - 0.01, depth - 0.01, 0.1, 0.03, 0.006, 16, 0.002),
              materials.fabric("#ddd3c2", "linen"),
              (0, -depth / 2, height - 0.1))
    return piece
