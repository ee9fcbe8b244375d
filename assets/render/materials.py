"""Materials from nodes only: no picture file is read. One function a material; `make` builds a `Finish`.

What keeps them from looking like plastic: no surface has one flat colour (`Shader.shade`), roughness varies, and
scales are in real metres. Colours here are '#rrggbb'; `make` translates the palette's names.
"""
from __future__ import annotations

import math
import random
from collections.abc import Sequence

import bpy
from finishes import MARBLES, METALS, WOODS, Finish, Print, hex_of
from nodes import Shader, Socket
from prints import DRAWINGS, pattern

Material = bpy.types.Material
Weave = tuple[Socket, Socket, float, float]      # color, height, strength and depth of the relief


def make(finish: Finish, **placed: object) -> Material:
    """The material of a finish. `placed` says what only the part knows: the grain's axis, a seed."""
    options = {name: _hexes(value) if name in COLOR_OPTIONS and value else value
               for name, value in finish.options}
    return RECIPES[finish.recipe](**options, **placed)


COLOR_OPTIONS = {"col", "reactive", "base", "chips"}


def _hexes(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
    return tuple(hex_of(c) for c in value) if isinstance(value, tuple) else hex_of(value)


def printed_color(s: Shader, printed: Print) -> Socket:
    """The colour socket of a print on this shader's UV."""
    colors = [hex_of(c) for c in printed.colors]
    return pattern(s, s.uv, printed.kind, colors, printed.repeats, printed.aspect, printed.seed)


# ---- ceramics, glass, metal, paint --------------------------------------------------------------------------------
def ceramic(col: str, matte: bool = False, speckle: int = 0, printed: Print | None = None,
            reactive: str | None = None, foot: float | None = None) -> Material:
    """Glaze: slightly uneven relief under a clear coat. Speckles are gated by a second noise, else they look printed;
    a reactive second colour runs downwards; a bare foot is rougher clay below a wavering line."""
    rough = 0.55 if matte else 0.2
    s = Shader("ceramic", rough)
    base = printed_color(s, printed) if printed else s.rgb(col)
    if reactive:
        runs = s.noise(s.stretched(2, 0.35), 14, 5, 0.6, 0.8)
        base = s.mix(s.ramp(runs, [(0.38, 0.0), (0.66, 1.0)]), base, reactive)
    base = s.shade(base, s.noise(s.co, 18), 0.9, 1.05)
    if speckle:
        spots = s.less(s.vor(s.co, 300), 0.10 + 0.05 * speckle)
        gate = s.greater(s.noise(s.co, 90, 3), 0.60 - 0.045 * speckle)
        base = s.mix(s.mul(s.mul(spots, gate), 0.75), base, "#4a3325")
    if foot is not None:
        height = s.add(s.sep(s.co)[2], s.mul(s.noise(s.co, 25, 2), 0.006))
        bare = s.less(height, foot)
        base = s.mix(bare, base, s.shade("#c9a684", s.noise(s.co, 240), 0.8, 1.1))
        s.set(Roughness=s.add(s.mul(bare, 0.45), rough))
    s.set(Base_Color=base, Coat_Weight=0 if matte else 0.35, Coat_Roughness=0.08)
    return s.bump(s.noise(s.co, 45, 3), 0.2 if matte else 0.12, 0.0015).material


def clay(col: str) -> Material:
    """Unglazed earthenware with pale bloom."""
    s = Shader("clay", 0.85)
    base = s.shade(col, s.noise(s.co, 9, 6), 0.78, 1.08)
    bloom = s.ramp(s.noise(s.co, 5, 6, 0.65), [(0.58, 0.0), (0.75, 0.35)])
    s.set(Base_Color=s.mix(bloom, base, "#e9ddd2"))
    return s.bump(s.noise(s.stretched(2, 6), 40, 5), 0.35, 0.002).material


def glass(col: str = "#ffffff", rough: float = 0) -> Material:
    """Clear or tinted glass. Mixed with transparency for shadow rays, else it throws a black shadow (caustics are
    off)."""
    s = Shader("glass", rough)
    s.set(Base_Color=col, Transmission_Weight=1.0, IOR=1.45)
    shadow = s.n("LightPath", "Is Shadow Ray")
    clear = s.n("BsdfTransparent", 0, {0: col})
    s.surface(s.n("MixShader", 0, {0: shadow, 1: s.principled.outputs[0], 2: clear}))
    return s.material


def metal(name: str = "", col: str = "", brushed: bool = False, rough: float = 0.25, axis: int = 2) -> Material:
    """Bare metal; brushed: marks stretched across `axis` in the roughness."""
    col = col or METALS[name]
    s = Shader("metal", rough, 1)
    if not brushed:
        s.set(Base_Color=s.shade(col, s.noise(s.co, 7), 0.94, 1.03))
        return s.set(Roughness=s.between(s.noise(s.co, 12), rough * 0.7, rough * 1.3)).material
    marks = s.noise(s.stretched(axis, 60), 8, 3)
    s.set(Roughness=s.between(marks, rough * 0.75, rough * 1.35), Base_Color=s.shade(col, marks, 0.9, 1.05),
          Anisotropic=0.5)
    return s.bump(marks, 0.04, 0.0005).material


def paint(col: str, rough: float = 0.38, coat: float = 0.2) -> Material:
    """Lacquer, powder coat, plastic, card: by roughness and coat."""
    s = Shader("paint", rough)
    s.set(Base_Color=s.shade(col, s.noise(s.co, 6), 0.95, 1.03), Coat_Weight=coat, Coat_Roughness=0.25)
    return s.bump(s.noise(s.co, 160, 2), 0.06, 0.0006).material


# ---- wood, stone, straw ---------------------------------------------------------------------------------------------
def wood(species: str = "", light: str = "", dark: str = "", axis: int = 2, rough: float = 0.45,
         coat: float = 0.1) -> Material:
    """Growth rings and fibres with the grain along `axis` of the part; every part is cut from another place (Object
    Info > Random), so boards differ."""
    light, dark = (light, dark) if light else WOODS[species]
    s = Shader("wood", rough)
    random = s.n("ObjectInfo", "Random")
    shift = s.n("CombineXYZ", 0, {0: s.mul(random, 7.0), 1: s.mul(random, 3.0)})
    place = s.vec("ADD", s.co, shift)
    long = s.stretched(axis, 0.09, 1.0, place)
    field = s.add(s.noise(long, 9, 2, 0.5, 0.4), s.mul(s.noise(long, 2.2, 1), 1.2))
    rings = s.math("PINGPONG", s.fract(s.mul(field, 9.0)), 0.5)
    fibres = s.noise(s.stretched(axis, 0.02, 1.0, place), 260, 4, 0.6)
    tone = s.add(s.mul(rings, 0.9), s.mul(fibres, 0.55))
    color = s.shade(s.ramp(tone, [(0.15, light), (0.85, dark)]), s.noise(long, 4, 2), 0.88, 1.08)
    s.set(Base_Color=color, Roughness=s.between(fibres, rough * 0.8, rough * 1.2), Coat_Weight=coat,
          Coat_Roughness=0.3)
    return s.bump(fibres, 0.12, 0.0008).material


def marble(name: str = "white", scale: float = 4.0, base: str = "", vein: str = "", seed: int = 0) -> Material:
    """Veins where a distorted noise crosses one half, at two scales."""
    base, vein = (base, vein) if base else MARBLES[name]
    s = Shader("marble", 0.16)
    q = s.map(s.co, (1, 1, 1), (seed * 1.7, seed, 0))
    d = s.warped(q, s.noise(q, scale * 1.2, 5, 0.6, 0, "Color"), 0.28)
    broad = s.math("ABSOLUTE", s.sub(s.noise(d, scale, 3, 0.5), 0.5))
    fine = s.math("ABSOLUTE", s.sub(s.noise(d, scale * 2.9, 4, 0.55), 0.5))
    ground = s.shade(base, s.noise(q, scale * 0.7), 0.88, 1.03)
    color = s.mix(s.ramp(broad, [(0, 0.85), (0.028, 0.22), (0.09, 0.0)]), ground, vein)
    color = s.mix(s.ramp(fine, [(0, 0.4), (0.02, 0.0)]), color, vein)
    return s.set(Base_Color=color, Coat_Weight=0.2, Coat_Roughness=0.05).material


def terrazzo(base: str = "#e8e2d8", chips: tuple[str, ...] = ("#b5654a", "#3f5a55", "#d9a441", "#8c8680"),
             scale: float = 55) -> Material:
    """Chips are Voronoi cells that keep off their edges, coloured through a stepped ramp, at two scales."""
    s = Shader("terrazzo", 0.3)
    color = s.shade(s.rgb(base), s.noise(s.co, 200, 2), 0.92, 1.03)
    for k, size in enumerate((scale, scale * 1.9)):
        jitter = s.noise(s.co, size * 1.5, 1, 0.5, 0, "Color")
        q = s.warped(s.map(s.co, (1, 1, 1), (k * 3.1, 0, 0)), jitter, 0.35 / size)
        which, chosen, _ = s.sep(s.vor(q, size, "Color"))
        edge = s.vor(q, size, "Distance", "DISTANCE_TO_EDGE")
        chip = s.mul(s.greater(edge, 0.13), s.greater(chosen, 0.45))
        tones = s.ramp(which, [(i / len(chips), c) for i, c in enumerate(chips)], "CONSTANT")
        color = s.mix(chip, color, tones)
    return s.set(Base_Color=color, Coat_Weight=0.1).material


def concrete(col: str) -> Material:
    """Cast concrete: clouds and small air holes."""
    s = Shader("concrete", 0.8)
    color = s.shade(col, s.noise(s.co, 6, 6, 0.6), 0.82, 1.1)
    holes = s.less(s.vor(s.co, 130), 0.13)
    gate = s.greater(s.noise(s.co, 35, 2), 0.55)
    pits = s.mul(holes, gate)
    s.set(Base_Color=s.mix(s.mul(pits, 0.6), color, "#4a453f"))
    return s.bump(s.sub(s.mul(s.noise(s.co, 90, 4), 0.25), pits), 0.4, 0.0015).material


def straw(col: str = "#c59b62") -> Material:
    """Rush, seagrass, rattan: fibres run along the tube."""
    s = Shader("straw", 0.62)
    blotches = s.ramp(s.noise(s.co, 55, 4, 0.7), [(0.35, 0.0), (0.7, 1.0)])
    color = s.mix(blotches, col, s.shade(col, s.noise(s.co, 20), 0.5, 0.7))
    fibres = s.noise(s.map(s.uv, (4, 120, 1)), 6, 3)
    s.set(Base_Color=s.shade(color, fibres, 0.75, 1.15))
    return s.bump(s.noise(s.map(s.uv, (40, 3, 1)), 5, 2), 0.5, 0.001).material


# ---- cloth ----------------------------------------------------------------------------------------------------------
def fabric(col: str, weave: str = "linen", printed: Print | None = None) -> Material:
    """Woven or knitted cloth; the weave decides shading, relief and sheen."""
    s = Shader("fabric", 0.92)
    base = printed_color(s, printed) if printed else s.rgb(col)
    color, height, strength, depth = WEAVES[weave](s, base, col)
    s.set(Base_Color=s.shade(color, s.noise(s.co, 3.5, 2), 0.93, 1.05))
    return s.bump(height, strength, depth).material


def _linen(s: Shader, base: Socket, col: str) -> Weave:
    """Two crossing thread noises, averaged."""
    threads = s.mul(s.add(s.noise(s.stretched(0, 1, 14), 70, 3), s.noise(s.stretched(1, 1, 14), 70, 3)), 0.5)
    s.set(Sheen_Weight=0.15)
    return s.shade(base, threads, 0.72, 1.16), threads, 0.55, 0.0015


def _boucle(s: Shader, base: Socket, col: str) -> Weave:
    """Curls by relief, hardly by colour: as black-and-white noise it looks like mould."""
    q = s.warped(s.co, s.noise(s.co, 90, 2, 0.5, 0, "Color"), 0.012)
    curls = s.sub(1.0, s.vor(q, 105, "Distance", "SMOOTH_F1"))
    s.set(Sheen_Weight=0.3)
    return s.shade(base, curls, 0.82, 1.06), curls, 0.9, 0.007


def _velvet(s: Shader, base: Socket, col: str) -> Weave:
    """Blotchy pile under a strong tinted sheen."""
    pile = s.noise(s.co, 7, 4, 0.6, 1.2)
    s.set(Sheen_Weight=0.8, Sheen_Roughness=0.35, Sheen_Tint=col)
    return s.shade(base, pile, 0.62, 1.2), s.noise(s.co, 300, 2), 0.2, 0.001


def _knit(s: Shader, base: Socket, col: str) -> Weave:
    """Columns of V-shaped stitches, 11 mm wide, on metric UV."""
    x, y, _ = s.sep(s.map(s.uv, (90, 90, 1)))
    wave = s.add(y, s.mul(s.math("PINGPONG", x, 0.5), 1.1))
    stitch = s.mul(s.math("PINGPONG", s.fract(wave), 0.5), s.math("SQRT", s.math("PINGPONG", x, 0.5)))
    return s.shade(base, s.ramp(stitch, [(0, 0.3), (0.3, 0.7)]), 0.6, 1.08), stitch, 1.0, 0.006


def _canvas(s: Shader, base: Socket, col: str) -> Weave:
    threads = s.noise(s.co, 240, 3)
    return s.shade(base, threads, 0.84, 1.08), threads, 0.35, 0.0012


WEAVES = {"linen": _linen, "boucle": _boucle, "velvet": _velvet, "knit": _knit, "canvas": _canvas, "felt": _canvas}


def leather(col: str) -> Material:
    """Cells of grain, worn lighter in patches."""
    s = Shader("leather", 0.42)
    grain = s.vor(s.co, 260, "Distance", "DISTANCE_TO_EDGE")
    wear = s.noise(s.co, 6, 5)
    s.set(Base_Color=s.shade(col, wear, 0.7, 1.15), Roughness=s.between(wear, 0.34, 0.55), Coat_Weight=0.1)
    return s.bump(s.add(grain, s.mul(wear, 0.2)), 0.3, 0.0012).material


def lampshade(col: str) -> Material:
    """Cloth that the bulb shines through."""
    s = Shader("shade", 0.9)
    color = s.shade(col, s.noise(s.map(s.uv, (60, 400, 1)), 1.5, 2), 0.85, 1.05)
    s.set(Base_Color=color).translucent(color, 0.55)
    return s.material


def curtain(col: str) -> Material:
    """Cloth with daylight behind it."""
    s = Shader("curtain", 0.9)
    color = s.shade(col, s.noise(s.co, 80, 2), 0.95, 1.03)
    s.set(Base_Color=color).translucent(color, 0.5)
    return s.material


# ---- soft and living things -----------------------------------------------------------------------------------------
def wax(col: str = "#f3ead8") -> Material:
    """Light goes a centimetre deep."""
    s = Shader("wax", 0.45)
    s.set(Base_Color=col, Subsurface_Weight=0.6, Subsurface_Radius=(0.02, 0.012, 0.006), Subsurface_Scale=0.5)
    return s.bump(s.noise(s.co, 30), 0.1, 0.001).material


def leaf(col: str = "#3f6b3a", col2: str = "#5e8a4a", rough: float = 0.4) -> Material:
    """Between two greens leaf by leaf, a pale midrib from UV, a quarter translucent: that makes it alive."""
    s = Shader("leaf", rough)
    tone = s.mix(s.n("ObjectInfo", "Random"), col, col2)
    rib = s.less(s.math("ABSOLUTE", s.sub(s.sep(s.uv)[0], 0.5)), 0.02)
    color = s.mix(s.mul(rib, 0.6), s.shade(tone, s.noise(s.co, 40, 3), 0.8, 1.12), "#a9bd84")
    s.set(Base_Color=color).translucent(color, 0.25)
    return s.material


def soil() -> Material:
    """Potting earth."""
    s = Shader("soil", 1)
    s.set(Base_Color=s.shade("#3b2a20", s.noise(s.co, 120, 6), 0.4, 1.6))
    return s.bump(s.noise(s.co, 140, 6), 1, 0.01).material


def emit(col: str, strength: float) -> Material:
    """Something that shines by itself."""
    s = Shader("emit")
    return s.set(Emission_Color=col, Emission_Strength=strength, Base_Color=col).material


def drawing(kind: str, colors: Sequence[str], seed: int = 0) -> Material:
    """A print on paper, for frames."""
    s = Shader("drawing", 0.6)
    color = DRAWINGS[kind](s, [hex_of(c) for c in colors], random.Random(seed))
    return s.set(Base_Color=color, Specular_IOR_Level=0.3).material


# ---- walls and floors -----------------------------------------------------------------------------------------------
def plaster(col: str) -> Material:
    """Painted wall."""
    s = Shader("plaster", 0.9)
    s.set(Base_Color=s.shade(col, s.noise(s.co, 1.3, 4), 0.96, 1.02))
    return s.bump(s.noise(s.co, 60, 5), 0.15, 0.003).material


def _bricks(s: Shader, vector: Socket, offset: float, **inputs: float) -> tuple[Socket, Socket]:
    """Brick texture: its colour is one grey tone a brick, its Fac the joints."""
    node = s.tree.nodes.new("ShaderNodeTexBrick")
    node.offset = offset
    s.put(node.inputs["Vector"], vector)
    tones = {"Color1": (0, 0, 0, 1), "Color2": (1, 1, 1, 1), "Mortar": (0.5, 0.5, 0.5, 1), "Scale": 1.0}
    for name, value in (tones | {k.replace("_", " "): v for k, v in inputs.items()}).items():
        node.inputs[name].default_value = value
    return node.outputs["Color"], node.outputs["Fac"]


def planks(light: str, dark: str, width: float = 0.14, length: float = 1.3, rough: float = 0.4,
           axis: int = 0) -> Material:
    """Floor boards along `axis` (0 or 1)."""
    s = Shader("planks", rough)
    co = s.co if axis == 0 else s.map(s.co, rot=(0, 0, math.pi / 2))
    tone, gap = _bricks(s, co, 0.37, Mortar_Size=0.0016, Brick_Width=length, Row_Height=width)
    place = s.vec("ADD", s.map(co, (0.07, 1, 1)), s.vec("MULTIPLY", tone, (3.0, 5.0, 0.0)))
    rings = s.math("PINGPONG", s.mul(s.noise(place, 11, 2, 0.5, 0.5), 7.0), 0.5)
    fibres = s.noise(s.map(co, (0.03, 1, 1)), 220, 4)
    color = s.ramp(s.add(s.mul(rings, 0.8), s.mul(fibres, 0.6)), [(0.15, light), (0.85, dark)])
    color = s.mix(s.mul(gap, 0.7), s.shade(color, tone, 0.8, 1.1), "#2a1c12")
    s.set(Base_Color=color, Coat_Weight=0.15, Coat_Roughness=0.3)
    return s.bump(s.sub(s.mul(fibres, 0.2), gap), 0.3, 0.002).material


def tiles(col: str, grout: str = "#d8d4cc", w: float = 0.15, h: float = 0.075, offset: float = 0.5,
          rough: float = 0.12, vertical: bool = True) -> Material:
    """Glazed tiles on a wall (x, z) or a floor (x, y)."""
    s = Shader("tiles", rough)
    co = s.map(s.co, rot=(math.pi / 2, 0, 0)) if vertical else s.co
    tone, gap = _bricks(s, co, offset, Mortar_Size=0.0025, Mortar_Smooth=0.3, Brick_Width=w, Row_Height=h)
    s.set(Base_Color=s.mix(gap, s.shade(col, tone, 0.9, 1.05), grout), Roughness=s.add(s.mul(gap, 0.6), rough))
    return s.bump(s.sub(s.mul(s.noise(s.co, 14, 1), 0.25), gap), 0.5, 0.002).material


RECIPES = {f.__name__: f for f in (ceramic, clay, glass, metal, paint, wood, marble, terrazzo, concrete, straw, fabric,
                                   leather)}
