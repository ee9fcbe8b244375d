"""Shapes on plain bpy data: lathe, tube, rounded box, upholstery block, sheets and leaves, and the product they make.

Knows nothing about materials or families. bpy.ops is not used (it needs a context and is slow). Every helper returns a
linked object; lengths are metres; UV is real: turns or metres, so that prints wrap with a whole number of repeats.
"""
from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import bpy
import numpy as np
from mathutils import Vector, noise
from scene import hexa, link

Radius = float | Callable[[float], float]
TURN = 2 * math.pi


class Product:
    """An empty with mesh children. Local frame: it stands on z = 0 and its front faces -Y."""

    def __init__(self, name: str) -> None:
        self.root = link(bpy.data.objects.new(name, None))
        self.parts: list[bpy.types.Object] = []
        self.lamps: list[bpy.types.Object] = []
        self.family = ""
        self.params: object = None

    def add(self, ob, mat=None, loc=None, rot=None) -> bpy.types.Object:
        """Make `ob` a part, with a material, a place and a turn in the product's own frame."""
        ob.parent = self.root
        self.parts.append(ob)
        if mat is not None:
            ob.data.materials.append(mat)
        if loc is not None:
            ob.location = loc
        if rot is not None:
            ob.rotation_euler = rot
        return ob

    def share(self, data: bpy.types.Mesh, mat, loc, rot, scale: float = 1.0) -> bpy.types.Object:
        """One more object over shared mesh data: 300 leaves cost one mesh."""
        if not data.materials:
            data.materials.append(mat)
        ob = self.add(link(bpy.data.objects.new(data.name, data)), None, loc, rot)
        ob.scale = (scale,) * 3
        return ob

    def bulb(self, loc, watt: float, color: str = "#ffd2a0", radius: float = 0.03) -> bpy.types.Object:
        """A point lamp that goes with the product; no mesh part. A studio dims it, else the shade burns out."""
        data = bpy.data.lights.new("bulb", "POINT")
        data.energy, data.color, data.shadow_soft_size = watt, hexa(color)[:3], radius
        ob = link(bpy.data.objects.new("bulb", data))
        ob.parent, ob.location = self.root, loc
        self.lamps.append(ob)
        return ob

    def place(self, x: float, y: float, z: float, yaw: float = 0, pitch: float = 0, roll: float = 0,
              scale: float = 1) -> Product:
        """Move and turn the whole product in the scene."""
        self.root.location = (x, y, z)
        self.root.rotation_euler = (pitch, roll, yaw)
        self.root.scale = (scale,) * 3
        return self

    def settle(self) -> None:
        """Move the parts so that the lowest point is at z = 0: curves overshoot their feet by a millimetre or two."""
        low = float(self.points()[:, 2].min())
        for ob in self.parts + self.lamps:
            ob.location.z -= low

    def points(self) -> np.ndarray:
        """(N, 3) float: world positions of its evaluated vertices (thinned where there are very many)."""
        bpy.context.view_layer.update()
        graph = bpy.context.evaluated_depsgraph_get()
        found = [_vertices(ob.evaluated_get(graph)) for ob in self.parts]
        return np.concatenate([points for points in found if len(points)])


def _vertices(evaluated: bpy.types.Object) -> np.ndarray:
    data = evaluated.to_mesh()
    count = len(data.vertices)
    flat = np.empty(count * 3, np.float32)
    data.vertices.foreach_get("co", flat)
    evaluated.to_mesh_clear()
    local = flat.reshape(-1, 3)[:: max(1, count // 2000)]
    matrix = np.array(evaluated.matrix_world)
    return local @ matrix[:3, :3].T + matrix[:3, 3]


def mesh(name: str, verts, faces, uvs=None, smooth: bool = True) -> bpy.types.Object:
    """Object from vertices, faces and one UV pair a face corner."""
    data = bpy.data.meshes.new(name)
    data.from_pydata(verts, [], faces)
    if uvs is not None:
        layer = data.uv_layers.new(name="UV")
        layer.data.foreach_set("uv", [c for uv in uvs for c in uv])
    if smooth:
        data.polygons.foreach_set("use_smooth", [True] * len(data.polygons))
    data.update()
    return link(bpy.data.objects.new(name, data))


def grid(name: str, nu: int, nv: int, point: Callable[[float, float], Sequence[float]], uv=None,
         flip: bool = False) -> bpy.types.Object:
    """Sheet from point(u, v) with u, v in 0..1; `uv(u, v)` gives the UV (default: u, v)."""
    uv = uv or (lambda u, v: (u, v))
    verts = [tuple(point(i / nu, j / nv)) for j in range(nv + 1) for i in range(nu + 1)]
    faces, uvs = [], []
    for j in range(nv):
        for i in range(nu):
            corners = [(i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)]
            corners = corners[::-1] if flip else corners
            faces.append(tuple(b * (nu + 1) + a for a, b in corners))
            uvs += [uv(a / nu, b / nv) for a, b in corners]
    return mesh(name, verts, faces, uvs)


def solidify(ob: bpy.types.Object, thickness: float, offset: float = -1) -> bpy.types.Object:
    """Give a sheet a thickness."""
    modifier = ob.modifiers.new("solidify", "SOLIDIFY")
    modifier.thickness, modifier.offset = thickness, offset
    return ob


def subsurf(ob: bpy.types.Object, levels: int = 1) -> bpy.types.Object:
    """Subdivide smoothly."""
    modifier = ob.modifiers.new("subsurf", "SUBSURF")
    modifier.levels = modifier.render_levels = levels
    return ob


def bevel(ob: bpy.types.Object, width: float, segments: int = 3) -> bpy.types.Object:
    """Round edges sharper than a radian: unbevelled boxes are the clearest mark of cheap computer graphics."""
    modifier = ob.modifiers.new("bevel", "BEVEL")
    modifier.width, modifier.segments, modifier.harden_normals = width, segments, True
    return ob


# ---- curves and what is made of them ----------------------------------------------------------------------------
def circle(radius: float, z: float = 0.0, count: int = 72, oval: float = 1.0) -> list[tuple[float, float, float]]:
    """Points of a closed ring for `tube(..., closed=True)`."""
    return [(radius * math.cos(TURN * k / count), radius * math.sin(TURN * k / count) * oval, z) for k in range(count)]


def curve_pts(points, n: int = 8) -> list[np.ndarray]:
    """Catmull-Rom through the points, n steps a span; a point given twice is a sharp corner.

    Tangents are shortened to 1.5 spans, else a short span beside a long one loops.
    """
    knots = [np.array(p, float) for p in points]
    out: list[np.ndarray] = []
    for i, (a, b) in enumerate(pairwise(knots)):
        if np.allclose(a, b):
            continue
        leaves = (b - knots[i - 1]) / 2 if i and not np.allclose(knots[i - 1], a) else (b - a) / 2
        arrives = (knots[i + 2] - a) / 2 if i + 2 < len(knots) and not np.allclose(knots[i + 2], b) else (b - a) / 2
        span = np.linalg.norm(b - a)
        leaves, arrives = (t * min(1, 1.5 * span / (np.linalg.norm(t) + 1e-9)) for t in (leaves, arrives))
        for t in np.arange(n) / n:
            out.append((2 * t**3 - 3 * t**2 + 1) * a + (t**3 - 2 * t**2 + t) * leaves
                       + (3 * t**2 - 2 * t**3) * b + (t**3 - t**2) * arrives)
    out.append(knots[-1])
    return out


def lathe(name: str, profile, n: int = 5, steps: int = 96, rfun=None, smooth: bool = True) -> bpy.types.Object:
    """Surface of revolution of (radius, z) points; UV = (turn 0..1, metres along the profile).

    One profile runs up the outside, over the rim and down the inside. `rfun(theta, z, r) -> r` makes it not round:
    ribs, twist, wobble, squareness. `smooth=False` keeps the profile's straight lines. 96 steps do at 512 px.
    """
    line = curve_pts(profile, n) if smooth else [np.array(p, float) for p in profile]
    along = np.concatenate([[0], np.cumsum([np.linalg.norm(b - a) for a, b in pairwise(line)])])
    verts, faces, uvs = [], [], []
    for r, z in line:
        for k in range(steps):
            theta = TURN * k / steps
            radius = rfun(theta, z, r) if rfun else r
            verts.append((radius * math.cos(theta), radius * math.sin(theta), z))
    for i in range(len(line) - 1):
        for k in range(steps):
            after = (k + 1) % steps
            faces.append((i * steps + k, i * steps + after, (i + 1) * steps + after, (i + 1) * steps + k))
            u0, u1, v0, v1 = k / steps, (k + 1) / steps, along[i], along[i + 1]
            uvs += [(u0, v0), (u1, v0), (u1, v1), (u0, v1)]
    return mesh(name, verts, faces, uvs)


def _tube_rings(path: list[np.ndarray], radius: Radius, sides: int, closed: bool, flat: float) -> list[tuple]:
    """Vertices of a tube, ring by ring, on frames carried along the path (no twist, no flips)."""
    count = len(path)
    verts: list[tuple] = []
    up = None
    for i, p in enumerate(path):
        inside = closed or 0 < i < count - 1
        tangent = path[(i + 1) % count] - path[i - 1] if inside else (
            path[1] - path[0] if i == 0 else path[-1] - path[-2])
        tangent = tangent / (np.linalg.norm(tangent) + 1e-12)
        if up is None:
            up = np.array([0, 0, 1.0]) if abs(tangent[2]) < 0.9 else np.array([0, 1.0, 0])
        up = up - tangent * up.dot(tangent)
        up /= np.linalg.norm(up) + 1e-12
        side = np.cross(tangent, up)
        r = radius(i / max(1, count - 1)) if callable(radius) else radius
        for k in range(sides):
            theta = TURN * k / sides
            verts.append(tuple(p + r * (math.cos(theta) * side + flat * math.sin(theta) * up)))
    return verts


def tube(name: str, points, rad: Radius, sides: int = 12, closed: bool = False, flat: float = 1.0,
         n: int = 0) -> bpy.types.Object:
    """Round (or flattened) tube along points; `rad` is metres or f(t), t in 0..1; n > 0 smooths the path first."""
    path = [np.array(p, float) for p in (curve_pts(points, n) if n else points)]
    count = len(path)
    verts = _tube_rings(path, rad, sides, closed, flat)
    length = float(sum(np.linalg.norm(b - a) for a, b in pairwise(path)))
    spans = count if closed else count - 1
    faces, uvs = [], []
    for i in range(spans):
        j = (i + 1) % count
        v0, v1 = length * i / spans, length * (i + 1) / spans
        for k in range(sides):
            after = (k + 1) % sides
            faces.append((i * sides + k, i * sides + after, j * sides + after, j * sides + k))
            uvs += [(k / sides, v0), ((k + 1) / sides, v0), ((k + 1) / sides, v1), (k / sides, v1)]
    if not closed:
        first = tuple(range(sides))
        faces += [first[::-1], tuple(k + (count - 1) * sides for k in first)]
        uvs += [(0.0, 0.0)] * (2 * sides)
    return mesh(name, verts, faces, uvs)


# ---- blocks -----------------------------------------------------------------------------------------------------
BOX_FACES = [(0, 3, 2, 1), (4, 5, 6, 7), (0, 1, 5, 4), (1, 2, 6, 5), (2, 3, 7, 6), (3, 0, 4, 7)]


def box(name: str, sx: float, sy: float, sz: float, edge: float = 0.004, seg: int = 3) -> bpy.types.Object:
    """Box standing on z = 0, with real rounded edges; UV in metres on each side."""
    x, y = sx / 2, sy / 2
    verts = [(-x, -y, 0), (x, -y, 0), (x, y, 0), (-x, y, 0), (-x, -y, sz), (x, -y, sz), (x, y, sz), (-x, y, sz)]
    axes = [(0, 1), (0, 1), (0, 2), (1, 2), (0, 2), (1, 2)]
    uvs = [(verts[i][a], verts[i][b]) for face, (a, b) in zip(BOX_FACES, axes, strict=True) for i in face]
    ob = mesh(name, verts, BOX_FACES, uvs)
    return bevel(ob, min(edge, min(sx, sy, sz) * 0.48), seg) if edge else ob


def _cube_grid(half: np.ndarray, n: int) -> tuple[list[np.ndarray], list[tuple], list[tuple]]:
    """Points of a [-1, 1] cube's surface on an n x n grid a side, shared along the edges; faces; UV in metres."""
    verts: list[np.ndarray] = []
    index: dict[tuple, int] = {}

    def number(p: np.ndarray) -> int:
        key = tuple(np.round(p, 5))
        if key not in index:
            index[key] = len(verts)
            verts.append(p)
        return index[key]

    faces, uvs = [], []
    ticks = np.linspace(-1, 1, n + 1)
    for axis in range(3):
        a, b = (axis + 1) % 3, (axis + 2) % 3
        for sign in (-1, 1):
            for i in range(n):
                for j in range(n):
                    corners = []
                    for u, v in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)):
                        p = np.zeros(3)
                        p[axis], p[a], p[b] = sign, ticks[u], ticks[v]
                        corners.append(p)
                    corners = corners[::sign]
                    faces.append(tuple(number(p) for p in corners))
                    uvs += [(p[a] * half[a], p[b] * half[b]) for p in corners]
    return verts, faces, uvs


def soft(name: str, sx: float, sy: float, sz: float, r: float, puff: float = 0, n: int = 14, wrinkle: float = 0,
         seed: int = 0, sag: float = 0) -> bpy.types.Object:
    """Upholstery block, base on z = 0: a cube grid clamped to a rounded box (radius r), faces bulged by `puff` m with
    (1-x^2)(1-y^2), two octaves of noise for wrinkles, the top sunk by `sag` m. No cloth simulation is needed."""
    half = np.array([sx, sy, sz]) / 2
    cube, faces, uvs = _cube_grid(half, n)
    verts = []
    for p in cube:
        q = _rounded(p * half, half, r)
        s = q / half
        for axis in range(3):
            a, b = (k for k in range(3) if k != axis)
            share = 1 if axis == 2 else 0.5
            q[axis] += np.sign(s[axis]) * abs(s[axis]) ** 3 * puff * (1 - s[a] ** 2) * (1 - s[b] ** 2) * share
        q[2] -= sag * (1 - s[0] ** 2) * (1 - s[1] ** 2) * max(0, s[2])
        if wrinkle:
            rough = (noise.noise(Vector(q * 9) + Vector((seed * 7.1, 0, 0)))
                     + 0.5 * noise.noise(Vector(q * 21) + Vector((0, seed * 3.3, 0))))
            q = q * (1 + wrinkle * rough / max(0.15, np.linalg.norm(q)))
        verts.append((q[0], q[1], q[2] + half[2]))
    return subsurf(mesh(name, verts, faces, uvs))


def _rounded(q: np.ndarray, half: np.ndarray, r: float) -> np.ndarray:
    """The point of a rounded box nearest to q."""
    core = np.clip(q, -(half - r), half - r)
    out = q - core
    length = np.linalg.norm(out)
    return core + out / length * r if length > 1e-9 else q


# ---- leaves -----------------------------------------------------------------------------------------------------
def leaf_mesh(length: float = 0.1, width: float = 0.04, curl: float = 0.5, n: int = 8, shape: float = 1.0,
              fold: float = 0.15) -> bpy.types.Mesh:
    """Leaf along +Y as shared mesh data: it bends down by `curl` radians, folds up along its midrib (UV u = .5), and is
    widest where t^shape = 1/2."""
    def point(u: float, t: float) -> tuple[float, float, float]:
        side = u * 2 - 1
        half = width * 0.5 * (math.sin(math.pi * t**shape) ** 0.8 if 0 < t < 1 else 0.02)
        angle = curl * t
        y = length * math.sin(angle) / curl if curl else length * t
        z = -length * (1 - math.cos(angle)) / curl if curl else 0.0
        return side * half, y, z + abs(side) * fold * half

    return detach(grid("leaf", 4, n, point))


def detach(ob: bpy.types.Object) -> bpy.types.Mesh:
    """Keep an object's mesh data, drop the object: for `Product.share`."""
    data = ob.data
    bpy.data.objects.remove(ob)
    return data
