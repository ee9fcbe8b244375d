"""Surfaces of rooms beside those of `materials`: limewash, carpet, brick, boards, the view outside, a mirror.

Knows nothing of products or of where a surface is used. Scales are metres in object coordinates, so a board or a
brick has one size in every photo. Colors are '#rrggbb' strings.
"""
from __future__ import annotations

import math

import bpy
from nodes import Shader

Material = bpy.types.Material


def limewash(color: str) -> Material:
    """Cloudy brushed wall paint: large soft blotches of one color."""
    s = Shader("limewash", 0.95)
    clouds = s.noise(s.co, 2.1, 6, 0.62, 0.5)
    strokes = s.noise(s.map(s.co, (1.0, 1.0, 2.2)), 9, 4)
    s.set(Base_Color=s.shade(s.shade(color, clouds, 0.86, 1.07), strokes, 0.96, 1.03))
    return s.bump(s.noise(s.co, 35, 5), 0.2, 0.004).material


def poured(color: str) -> Material:
    """Poured floor or terrace slab: blotches, pores, a little sheen."""
    s = Shader("poured", 0.6)
    base = s.shade(color, s.noise(s.co, 2.6, 7, 0.65), 0.82, 1.07)
    s.set(Base_Color=s.shade(base, s.noise(s.co, 55, 4), 0.94, 1.03))
    return s.bump(s.noise(s.co, 90, 4), 0.12, 0.002).material


def carpet(color: str) -> Material:
    """Short-pile fitted carpet."""
    s = Shader("carpet", 1.0)
    tufts = s.noise(s.co, 260, 3)
    tone = s.shade(s.shade(color, tufts, 0.72, 1.15), s.noise(s.co, 4, 3), 0.94, 1.04)
    s.set(Base_Color=tone, Sheen_Weight=0.3)
    return s.bump(tufts, 0.8, 0.004).material


def _brick_texture(s: Shader, vector: object, width: float, height: float, joint: float, offset: float,
                   smooth: float = 0.1) -> tuple[object, object]:
    """One brick texture used as numbers: a random tone per brick and the joints' mask."""
    node = s.tree.nodes.new("ShaderNodeTexBrick")
    node.offset = offset
    s.put(node.inputs["Vector"], vector)
    values = {"Color1": (0, 0, 0, 1), "Color2": (1, 1, 1, 1), "Mortar": (0.5, 0.5, 0.5, 1), "Scale": 1.0,
              "Mortar Size": joint, "Mortar Smooth": smooth, "Brick Width": width, "Row Height": height}
    for name, value in values.items():
        node.inputs[name].default_value = value
    return node.outputs["Color"], node.outputs["Fac"]


def checker_floor(light: str, dark: str, size: float = 0.3) -> Material:
    """Two-color stone tiles in a chequer."""
    s = Shader("checker", 0.25)
    x, y, _ = s.sep(s.map(s.co, (1 / size, 1 / size, 1)))
    odd = s.math("ABSOLUTE", s.math("MODULO", s.add(s.math("FLOOR", x), s.math("FLOOR", y)), 2.0))
    _, gap = _brick_texture(s, s.co, size, size, 0.0015, 0.0)
    tone = s.shade(s.mix(odd, light, dark), s.noise(s.co, 3.5, 6, 0.6, 0.8), 0.84, 1.06)
    s.set(Base_Color=s.mix(s.mul(gap, 0.8), tone, "#8b857b"), Coat_Weight=0.1)
    return s.bump(s.sub(0.0, gap), 0.3, 0.001).material


def brick(color: str) -> Material:
    """Brickwork under one coat of paint, for a terrace or a loft."""
    s = Shader("brick", 0.85)
    wobble = s.vec("MULTIPLY", s.noise(s.co, 9, 2, 0.5, 0, "Color"), (0.006, 0.006, 0.0))
    tone, gap = _brick_texture(s, s.vec("ADD", s.map(s.co, rot=(math.pi / 2, 0, 0)), wobble), 0.22, 0.073, 0.006,
                               0.5, 0.5)
    paint = s.shade(s.shade(color, tone, 0.86, 1.06), s.noise(s.co, 30, 5), 0.9, 1.05)
    s.set(Base_Color=s.mix(s.mul(gap, 0.3), paint, "#5c534a"))
    return s.bump(s.sub(s.mul(s.noise(s.co, 70, 5), 0.35), gap), 0.8, 0.006).material


def beadboard(color: str, width: float = 0.09) -> Material:
    """Vertical painted boards with a groove between them."""
    s = Shader("beadboard", 0.5)
    x, _, _ = s.sep(s.map(s.co, (1 / width, 1, 1)))
    edge = s.math("ABSOLUTE", s.sub(s.fract(x), 0.5))
    groove = s.ramp(edge, [(0.44, 0.0), (0.49, 1.0)])
    s.set(Base_Color=s.mix(s.mul(groove, 0.35), s.shade(color, s.noise(s.co, 2, 3), 0.96, 1.02), "#3b3630"))
    return s.bump(s.sub(0.0, groove), 0.9, 0.006).material


def glow(color: str, strength: float) -> Material:
    """A surface that only emits: the painted sky outside a window, a screen."""
    s = Shader("glow")
    return s.set(Emission_Color=color, Emission_Strength=strength, Base_Color="#000000").material


def garden(sky: str, strength: float = 1.0) -> Material:
    """The view through a window: bright sky above, out-of-focus trees and lawn below (object z, metres)."""
    s = Shader("garden", 1.0)
    _, _, z = s.sep(s.co)
    trees = s.ramp(s.vor(s.co, 2.6, feature="SMOOTH_F1"), [(0.05, "#b9cf8e"), (0.35, "#7d9c5c"), (0.7, "#4a6a3e")])
    edge = s.add(z, s.mul(s.noise(s.co, 0.8, 2), 2.2))
    color = s.mix(s.ramp(s.mul(edge, 0.25), [(0.62, 0.0), (0.78, 1.0)]), trees, sky)
    lawn = s.ramp(s.mul(z, 0.5), [(0.3, 1.0), (0.45, 0.0)])
    color = s.mix(lawn, color, "#a8bf72")
    return s.set(Emission_Color=color, Emission_Strength=strength, Base_Color="#000000").material


def looking_glass() -> Material:
    """A mirror."""
    return Shader("mirror", 0.02, 1.0).set(Base_Color="#e8ecec").material


def opposite(color: str) -> Material:
    """What a mirror sees of the room behind the camera: a dim wall with two windows (object x, z in metres)."""
    s = Shader("opposite", 1.0)
    x, _, z = s.sep(s.co)
    across = s.math("ABSOLUTE", s.sub(s.math("ABSOLUTE", x), 1.5))
    pane = s.mul(s.less(across, 0.62), s.mul(s.greater(z, 0.75), s.less(z, 2.25)))
    bar = s.greater(s.math("ABSOLUTE", s.sub(across, 0.02)), 0.03)
    tone = s.shade(color, s.noise(s.co, 0.9, 3), 0.6, 0.95)
    color_seen = s.mix(s.mul(pane, bar), tone, "#f3f6f8")
    strength = s.add(0.34, s.mul(s.mul(pane, bar), 1.3))
    return s.set(Base_Color="#000000", Emission_Color=color_seen, Emission_Strength=strength).material


def grains(color: str) -> Material:
    """Something granular behind glass: lentils, coffee, oats."""
    s = Shader("grains", 0.9)
    s.set(Base_Color=s.shade(color, s.noise(s.co, 260, 3), 0.5, 1.4))
    return s.bump(s.vor(s.co, 220), 0.8, 0.004).material


def paper(colors: tuple[str, str, str], seed: int = 0) -> Material:
    """A poster the shop does not sell: cut-out shapes of three colors."""
    s = Shader("paper", 0.75)
    clouds = s.noise(s.map(s.uv, loc=(seed * 3.7, seed * 1.9, 0)), 2.4, 1, 0.4, 0.4)
    color = s.ramp(clouds, [(0.0, colors[0]), (0.47, colors[1]), (0.58, colors[2])], "CONSTANT")
    return s.set(Base_Color=s.shade(color, s.noise(s.uv, 60, 3), 0.94, 1.04), Specular_IOR_Level=0.3).material
