"""Printed patterns as a colour socket, and the drawings inside picture frames.

Each pattern takes coordinates already scaled to repeats (one unit = one repeat) and two or three colours. Knows
nothing about what is printed on.
"""
from __future__ import annotations

import math
import random
from collections.abc import Sequence

from nodes import Shader, Socket

Colors = Sequence[str]


def _steps(s: Shader, x: Socket) -> Socket:
    """Stripes of equal width: 0 in the first half of a repeat, 1 in the second."""
    return s.greater(s.fract(x), 0.5)


def stripes_v(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Upright stripes."""
    return s.mix(_steps(s, x), cols[0], cols[1])


def stripes_h(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Level stripes."""
    return s.mix(_steps(s, y), cols[0], cols[1])


def pin(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Thin lines far apart."""
    return s.mix(s.greater(s.fract(y), 0.82), cols[0], cols[1])


def ticking(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Groups of a broad and two thin upright lines, as on mattress cloth."""
    edges = (0, 0.24, 0.28, 0.38, 0.62, 0.72, 0.76)
    return s.ramp(s.fract(s.mul(x, 0.5)), [(at, cols[k % 2]) for k, at in enumerate(edges)], "CONSTANT")


def bands(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Broad and narrow level bands, far apart."""
    stops = [(0, cols[0]), (0.45, cols[1]), (0.55, cols[2]), (0.8, cols[0])]
    return s.ramp(s.fract(s.mul(y, 0.31)), stops, "CONSTANT")


def checks(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Gingham: two half steps added, so crossings are darkest."""
    return s.mix(s.add(s.mul(_steps(s, x), 0.5), s.mul(_steps(s, y), 0.5)), cols[0], cols[1])


def checker(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Chessboard."""
    odd = s.math("MODULO", s.add(s.math("FLOOR", x), s.math("FLOOR", y)), 2.0)
    return s.mix(s.math("ABSOLUTE", odd), cols[0], cols[1])


def grid(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Window-pane check: thin lines both ways."""
    return s.mix(s.math("MAXIMUM", s.greater(s.fract(x), 0.86), s.greater(s.fract(y), 0.86)), cols[0], cols[1])


def dots(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Polka dots, every other row moved by half a repeat."""
    row = s.math("ABSOLUTE", s.math("MODULO", s.math("FLOOR", y), 2.0))
    dx = s.sub(s.fract(s.add(x, s.mul(row, 0.5))), 0.5)
    dy = s.sub(s.fract(y), 0.5)
    return s.mix(s.less(s.hypot(dx, dy), 0.24), cols[0], cols[1])


def waves(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Sine waves."""
    swing = s.mul(s.math("SINE", s.mul(x, 2 * math.pi)), 0.22)
    return s.mix(s.greater(s.fract(s.add(y, swing)), 0.55), cols[0], cols[1])


def zigzag(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Broken waves."""
    swing = s.mul(s.math("PINGPONG", x, 0.5), 0.9)
    return s.mix(s.greater(s.fract(s.add(y, swing)), 0.55), cols[0], cols[1])


def diamonds(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Rhombs with a small rhomb inside."""
    far = s.add(s.math("PINGPONG", x, 0.5), s.math("PINGPONG", y, 0.5))
    return s.ramp(far, [(0, cols[2]), (0.16, cols[0]), (0.44, cols[1]), (0.56, cols[0]), (0.84, cols[1])], "CONSTANT")


def floral(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Scattered flowers in two sizes: the Voronoi cell's centre (its Position output) carries five or four petals
    r < R (.72 + .55 |cos(n a / 2)|), each flower turned at random."""
    base = cols[0]
    for k, (scale, color, radius, petals) in enumerate(((1.0, cols[1], 0.30, 5), (1.7, cols[2], 0.22, 4))):
        q = s.map(p, (scale, scale, 0), (3.7 * k + seed, 1.3 * k, 0))
        cell = {"Vector": q, "Scale": 1.0, "Randomness": 0.75}
        centre = s.n("TexVoronoi", "Position", cell, voronoi_dimensions="2D")
        turn = s.sep(s.n("TexVoronoi", "Color", cell, voronoi_dimensions="2D"))[0]
        dx, dy, _ = s.sep(s.vec("SUBTRACT", q, centre))
        angle = s.add(s.math("ARCTAN2", dy, dx), s.mul(turn, 2 * math.pi))
        edge = s.add(radius * 0.72, s.mul(s.math("ABSOLUTE", s.math("COSINE", s.mul(angle, petals / 2))),
                                          radius * 0.55))
        r = s.hypot(dx, dy)
        base = s.mix(s.less(r, edge), base, color)
        base = s.mix(s.less(r, radius * 0.3), base, cols[0])
    return base


def brush(s: Shader, x: Socket, y: Socket, p: Socket, cols: Colors, seed: int) -> Socket:
    """Dry brush strokes."""
    stroke = s.noise(s.map(p, (0.6, 2.2, 1), (seed * 1.7, 0, 0)), 2.2, 3, 0.6, 0.6)
    return s.mix(s.ramp(stroke, [(0.52, 0.0), (0.58, 1.0)]), cols[0], cols[1])


PATTERNS = {f.__name__: f for f in (stripes_v, stripes_h, pin, ticking, bands, checks, checker, grid, dots, waves,
                                    zigzag, diamonds, floral, brush)}


def pattern(s: Shader, uv: Socket, kind: str, cols: Colors, rep: float = 8, aspect: float = 1.0,
            seed: int = 0) -> Socket:
    """Colour socket of a printed pattern. `rep` repeats a unit of u (whole numbers close a lathe's seam), `aspect`
    times as many a unit of v (a lathe has turns in u and metres in v)."""
    three = (list(cols) + [cols[-1]] * 3)[:3]
    p = s.map(uv, (rep, rep * aspect, 1))
    x, y, _ = s.sep(p)
    return PATTERNS[kind](s, x, y, p, three, seed)


# ---- drawings for frames: u, v in about -.5...5 -----------------------------------------------------------------
def shapes(s: Shader, cols: Colors, rng: random.Random) -> Socket:
    """Overlapping discs and half discs."""
    x, y, _ = s.sep(s.uv)
    color = s.rgb(cols[0])
    for k in range(5):
        cx, cy = rng.uniform(-0.3, 0.3), rng.uniform(-0.45, 0.45)
        radius, squash = rng.uniform(0.12, 0.28), rng.uniform(0.6, 1.6)
        inside = s.less(s.hypot(s.sub(x, cx), s.mul(s.sub(y, cy), squash)), radius)
        if k % 2:
            inside = s.mul(inside, s.greater(y, cy))
        color = s.mix(inside, color, cols[1 + k % (len(cols) - 1)])
    return color


def hills(s: Shader, cols: Colors, rng: random.Random) -> Socket:
    """Layered hills under a sun."""
    x, y, _ = s.sep(s.uv)
    sun = s.less(s.hypot(s.sub(x, rng.uniform(-0.2, 0.2)), s.sub(y, rng.uniform(0.22, 0.34))), rng.uniform(0.06, 0.1))
    color = s.mix(sun, s.rgb(cols[0]), cols[-1])
    for k in range(4):
        ridge = s.n("TexNoise", "Fac", {"Vector": s.map(s.uv, (1, 0, 1), (rng.random() * 9, k, 0)), "Scale": 3.0 + k,
                                        "Detail": 1.5})
        level = s.add(s.mul(ridge, 0.45), 0.03 - 0.2 * k)
        tone = s.shade(cols[1 + k % (len(cols) - 1)], s.noise(s.uv, 30, 4), 0.9, 1.08)
        color = s.mix(s.less(y, level), color, tone)
    return color


def ink(s: Shader, cols: Colors, rng: random.Random) -> Socket:
    """Marbled ink."""
    flow = s.noise(s.map(s.uv, (1, 1, 1), (rng.random() * 9, rng.random() * 9, 0)), 2.6, 6, 0.62, 1.6)
    return s.ramp(flow, [(0.3, cols[0]), (0.47, cols[0]), (0.5, cols[1]), (0.56, cols[2 % len(cols)]), (0.64, cols[0])])


def meadow(s: Shader, cols: Colors, rng: random.Random) -> Socket:
    """The floral print, large."""
    return pattern(s, s.uv, "floral", cols, 3, 1.0, rng.randrange(99))


def lines(s: Shader, cols: Colors, rng: random.Random) -> Socket:
    """Concentric arches round a low centre."""
    x, y, _ = s.sep(s.uv)
    r = s.hypot(s.sub(x, rng.uniform(-0.15, 0.15)), s.sub(y, rng.uniform(-0.45, -0.2)))
    ring = s.math("MODULO", s.math("FLOOR", s.mul(r, rng.uniform(9, 13))), float(len(cols)))
    return s.ramp(s.math("DIVIDE", s.add(ring, 0.01), float(len(cols))),
                  [(k / len(cols), color) for k, color in enumerate(cols)], "CONSTANT")


DRAWINGS = {f.__name__: f for f in (shapes, hills, ink, meadow, lines)}
