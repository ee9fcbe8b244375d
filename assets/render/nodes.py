"""A small language for shader nodes, so that a material reads like a formula.

`Shader` owns one material with its Principled BSDF. A value may be a number, a tuple, a '#rrggbb' colour or the
output of another node; `put` sorts that out. Coordinates are object coordinates in metres, so a weave keeps its size
on a sofa and on a cushion, or UV. Knows nothing about any particular material.
"""
from __future__ import annotations

from collections.abc import Sequence

import bpy
from scene import hexa

Socket = bpy.types.NodeSocket
Value = Socket | float | str | tuple[float, ...]
SCALAR_VECTOR_OPERATIONS = {"LENGTH", "DISTANCE", "DOT_PRODUCT"}


class Shader:
    """One material under construction. `.material` is the result; every method returns an output socket."""

    def __init__(self, name: str, rough: float = 0.5, metal: float = 0) -> None:
        self.material = bpy.data.materials.new(name)
        self.material.use_nodes = True
        self.tree = self.material.node_tree
        self.principled = self.tree.nodes["Principled BSDF"]
        self.set(Roughness=rough, Metallic=metal)
        self.co = self.n("TexCoord", "Object")
        self.uv = self.n("TexCoord", "UV")

    # ---- plumbing
    def put(self, socket: Socket, value: Value) -> None:
        """Link or set one input."""
        if isinstance(value, bpy.types.NodeSocket):
            self.tree.links.new(value, socket)
        elif isinstance(value, str):
            socket.default_value = hexa(value)
        else:
            socket.default_value = value

    def set(self, **inputs: Value) -> Shader:
        """Inputs of the Principled BSDF by name: set(Base_Color='#aabbcc', Coat_Weight=.3)."""
        for name, value in inputs.items():
            self.put(self.principled.inputs[name.replace("_", " ")], value)
        return self

    def n(self, kind: str, out: int | str = 0, ins: dict | None = None, **props: object) -> Socket:
        """Any node: kind without 'ShaderNode', inputs by name or number, properties by name."""
        node = self.tree.nodes.new(f"ShaderNode{kind}")
        for name, value in props.items():
            setattr(node, name, value)
        for key, value in (ins or {}).items():
            self.put(node.inputs[key], value)
        return node.outputs[out]

    def surface(self, socket: Socket) -> None:
        """What reaches the material's output instead of the Principled BSDF alone."""
        self.tree.links.new(socket, self.tree.nodes["Material Output"].inputs[0])

    # ---- arithmetic
    def math(self, op: str, a: Value, b: Value = 0.0, c: Value = 0.0) -> Socket:
        return self.n("Math", 0, {0: a, 1: b, 2: c}, operation=op)

    def add(self, a: Value, b: Value) -> Socket:
        return self.math("ADD", a, b)

    def sub(self, a: Value, b: Value) -> Socket:
        return self.math("SUBTRACT", a, b)

    def mul(self, a: Value, b: Value) -> Socket:
        return self.math("MULTIPLY", a, b)

    def less(self, a: Value, b: Value) -> Socket:
        return self.math("LESS_THAN", a, b)

    def greater(self, a: Value, b: Value) -> Socket:
        return self.math("GREATER_THAN", a, b)

    def fract(self, a: Value) -> Socket:
        return self.math("FRACT", a)

    def hypot(self, x: Value, y: Value) -> Socket:
        return self.math("SQRT", self.add(self.mul(x, x), self.mul(y, y)))

    def vec(self, op: str, a: Value, b: Value = (0, 0, 0)) -> Socket:
        out = "Value" if op in SCALAR_VECTOR_OPERATIONS else "Vector"
        return self.n("VectorMath", out, {0: a, 1: b}, operation=op)

    def warped(self, v: Value, by: Socket, amount: float) -> Socket:
        """v moved by a coloured noise `by` times `amount` metres."""
        return self.vec("ADD", v, self.vec("MULTIPLY", by, (amount,) * 3))

    def sep(self, v: Value) -> Sequence[Socket]:
        """The three outputs x, y, z of a vector."""
        node = self.tree.nodes.new("ShaderNodeSeparateXYZ")
        self.put(node.inputs[0], v)
        return node.outputs

    def map(self, v: Value, scale: Value = (1, 1, 1), loc: Value = (0, 0, 0), rot: Value = (0, 0, 0)) -> Socket:
        return self.n("Mapping", 0, {"Vector": v, "Scale": scale, "Location": loc, "Rotation": rot})

    def between(self, f: Socket, low: float, high: float) -> Socket:
        """A noise (its usual range is .3-.7) stretched to low-high: roughness that varies."""
        return self.n("MapRange", 0, {0: f, 1: 0.3, 2: 0.7, 3: low, 4: high})

    # ---- textures
    def noise(self, v: Value, scale: float, detail: float = 4, rough: float = 0.55, dist: float = 0,
              out: str = "Fac") -> Socket:
        return self.n("TexNoise", out, {"Vector": v, "Scale": scale, "Detail": detail, "Roughness": rough,
                                        "Distortion": dist})

    def vor(self, v: Value, scale: float, out: str = "Distance", feature: str = "F1", rand: float = 1.0) -> Socket:
        return self.n("TexVoronoi", out, {"Vector": v, "Scale": scale, "Randomness": rand}, feature=feature)

    def stretched(self, axis: int, across: float, along: float = 1.0, v: Socket | None = None) -> Socket:
        """Coordinates scaled by `across` on one axis and `along` on the others: grain, brush marks, fibres."""
        scale = [along] * 3
        scale[axis] = across
        return self.map(self.co if v is None else v, tuple(scale))

    # ---- colour
    def rgb(self, color: str) -> Socket:
        socket = self.n("RGB")
        socket.default_value = hexa(color)
        return socket

    def ramp(self, f: Value, stops: Sequence[tuple[float, str | float]], interp: str = "LINEAR") -> Socket:
        """Colour ramp of (position, '#rrggbb' or grey) stops."""
        node = self.tree.nodes.new("ShaderNodeValToRGB")
        node.color_ramp.interpolation = interp
        elements = node.color_ramp.elements
        while len(elements) < len(stops):
            elements.new(0.5)
        for element, (position, color) in zip(elements, stops, strict=True):
            element.position = position
            element.color = hexa(color) if isinstance(color, str) else (color, color, color, 1)
        self.put(node.inputs[0], f)
        return node.outputs[0]

    def mix(self, f: Value, a: Value, b: Value, blend: str = "MIX") -> Socket:
        """Mix two colours. The node's sockets share names between types, so they are taken by number."""
        node = self.tree.nodes.new("ShaderNodeMix")
        node.data_type, node.blend_type = "RGBA", blend
        for number, value in ((0, f), (6, a), (7, b)):
            self.put(node.inputs[number], value)
        return node.outputs[2]

    def shade(self, color: Value, f: Value, low: float = 0.85, high: float = 1.08) -> Socket:
        """A colour times a grey between low and high driven by f: what keeps a surface from looking like flat
        plastic."""
        return self.mix(1.0, color, self.ramp(f, [(0.3, low), (0.7, high)]), "MULTIPLY")

    def bump(self, height: Value, strength: float = 0.3, dist: float = 0.002) -> Shader:
        """Small relief: `dist` metres high."""
        return self.set(Normal=self.n("Bump", 0, {"Height": height, "Strength": strength, "Distance": dist}))

    def translucent(self, color: Value, share: float) -> None:
        """Let light through from behind: leaves, lampshades, curtains."""
        through = self.n("BsdfTranslucent", 0, {"Color": color})
        self.surface(self.n("MixShader", 0, {0: share, 1: self.principled.outputs[0], 2: through}))
