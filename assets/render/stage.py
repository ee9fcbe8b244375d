"""The stage of one photo: things are put on surfaces, numbered for the truth, and listed with their class.

Knows nothing of rooms or of which products exist. Invariant: `items[k]` carries pass index k + 1 on all its parts,
everything else (walls, boards, counters) carries 0. Set functions write x for a window on the left; a mirrored stage
exchanges left and right here, in one place.
"""
from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, field

import bpy
import stock
from decor import Decor
from mathutils import Vector
from mesh import Product

Spot = tuple[float, float, float]          # x, y, z of a place, metres
GAP_M = 0.008
TRIES = 80


@dataclass(frozen=True)
class View:
    """How a set wants to be photographed: a level camera and its development."""

    eye: Spot
    aim: Spot
    lens: float = 34
    fstop: float | None = None
    focus: float | None = None
    exposure: float = 0.3
    look: str = "Medium High Contrast"


@dataclass(frozen=True)
class Item:
    """A detectable thing in the photo; `product_id` is empty for what the shop does not sell."""

    product: Product
    class_name: str
    product_id: str = ""


@dataclass(frozen=True)
class Bounds:
    """Bounding box in the set's own (unmirrored) coordinates."""

    x0: float
    x1: float
    y0: float
    y1: float
    z0: float
    z1: float

    @property
    def x(self) -> float:
        """Middle."""
        return (self.x0 + self.x1) / 2

    @property
    def y(self) -> float:
        """Middle."""
        return (self.y0 + self.y1) / 2


@dataclass
class Stage:
    """`casting` maps slots of the set to product ids; a slot that is not cast gets a look-alike the shop does not
    sell. Everything random comes from `seed`."""

    seed: str
    decor: Decor
    slots: Mapping[str, str]
    casting: Mapping[str, str]
    mirror: bool = False
    items: list[Item] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _taken: dict[str, list[tuple[str, Bounds]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.sign = -1 if self.mirror else 1

    # ---- what stands here ----
    def tag(self, product: Product, class_name: str, product_id: str = "") -> Product:
        """Give the thing the next pass index."""
        self.items.append(Item(product, class_name, product_id))
        for part in product.parts:
            part.pass_index = len(self.items)
        return product

    def slot(self, name: str, tallest: float = 9.0) -> Product:
        """The product cast for this slot, or a look-alike of the slot's family that is not higher than `tallest`."""
        product_id = self.casting.get(name, "")
        if product_id:
            product = self.tag(stock.sold(product_id), stock.class_of(product_id), product_id)
            if self.top_of(product) > tallest:
                self.notes.append(f"{product_id} is higher than {tallest} m in slot {name}")
            return product
        family = self.slots[name]
        for attempt in range(TRIES):
            product = stock.alike(family, f"{self.seed} {name} {attempt}", tallest)
            if product and self.top_of(product) <= tallest:
                return self.tag(product, stock.class_name(family))
            if product:
                _discard(product)
        raise ValueError(f"no {family} of {TRIES} is lower than {tallest} m, for slot {name}")

    def has(self, name: str) -> bool:
        """True if the slot is cast: an optional thing may be left out otherwise."""
        return name in self.casting

    # ---- where it stands ----
    def at(self, product: Product, x: float, y: float, z: float, yaw: float = 0, pitch: float = 0,
           roll: float = 0) -> Product:
        """Its origin exactly here. For things that hang, lean or lie in something."""
        return product.place(self.sign * x, y, z, self.sign * yaw, pitch, self.sign * roll)

    def fix(self, ob: bpy.types.Object, x: float, y: float, z: float, yaw: float = 0) -> bpy.types.Object:
        """A plain object (a board, a counter) at a place and turn."""
        ob.location = (self.sign * x, y, z)
        ob.rotation_euler = (0, 0, self.sign * yaw)
        return ob

    def put(self, product: Product, x: float, y: float, z: float, yaw: float = 0, *, surface: str = "floor",
            jitter: float = 0.012, turn: float = 0.08, pitch: float = 0, solid: bool = True) -> Product:
        """Stand it near (x, y) with its lowest point at z, clear of what already stands on that surface.

        Jitter is drawn until the footprint's axis-aligned box is free; the search widens with every miss, for
        products of one slot differ in size. Not `solid`: others may stand on it (a rug, a tray).
        """
        taken = self._taken.setdefault(surface, [])
        turned = yaw + self.rng.uniform(-turn, turn)
        self.at(product, 0, 0, 0, turned, pitch)
        own = self.bounds(product)
        for attempt in range(TRIES):
            reach = jitter * (1 + attempt * 0.12)
            px, py = x + self.rng.uniform(-reach, reach), y + self.rng.uniform(-reach, reach)
            here = Bounds(px + own.x0, px + own.x1, py + own.y0, py + own.y1, z, z + own.z1 - own.z0)
            if not solid or not any(_overlap(here, other) for _, other in taken):
                break
        else:
            self.notes.append(f"{product.root.name} found no free place on {surface}")
        if solid:
            taken.append((product.root.name, here))
        return self.at(product, px, py, z - own.z0, turned, pitch)

    def hang(self, product: Product, x: float, z: float, wall_y: float) -> Product:
        """On the back wall: its middle at (x, z), its back touching the wall."""
        self.at(product, 0, 0, 0)
        own = self.bounds(product)
        return self.at(product, x, wall_y - own.y1 - 0.001, z - (own.z0 + own.z1) / 2)

    def lean(self, product: Product, x: float, z: float, wall_y: float, pitch: float = -0.1,
             yaw: float = 0) -> Product:
        """Stands on z and leans back against a wall: its rearmost point touches."""
        self.at(product, 0, 0, 0, yaw, pitch)
        own = self.bounds(product)
        return self.at(product, x, wall_y - own.y1 - 0.001, z - own.z0, yaw, pitch)

    def recline(self, cushion: Product, x: float, y: float, yaw: float = 0, pitch: float = -0.34,
                sink: float = 0.02, back_at: float = 0.3) -> Product:
        """A cushion on a seat: the seat is felt downwards at (x, y), the back `back_at` above it towards +y."""
        self.at(cushion, 0, 0, 60)
        seat = self.feel((x, y, 2.0), (0, 0, -1))[2]
        back = self.feel((x, y - 0.3, seat + back_at), (0, 1, 0))[1]
        self.at(cushion, 0, 0, 0, yaw, pitch)
        own = self.bounds(cushion)
        return self.at(cushion, x, back - own.y1 + sink, seat - own.z0 - sink, yaw, pitch)

    def drop(self, ball: Product, x: float, y: float, height: float) -> Product:
        """Let something round down from `height` at (x, y) until it touches: fruit in a bowl, on a board, on fruit.

        It counts as a sphere as wide as its bounding box; rays over its disc find where the sphere touches first.
        """
        self.at(ball, 0, 0, 60, self.rng.uniform(0, 6))
        own = self.bounds(ball)
        radius = (own.x1 - own.x0 + own.y1 - own.y0) / 4
        ticks = [k / 4 * 0.98 * radius for k in range(-4, 5)]
        rests = []
        for dx in ticks:
            for dy in ticks:
                rise = radius**2 - dx**2 - dy**2
                if rise >= 0:
                    rests.append(self.feel((x + dx, y + dy, height), (0, 0, -1))[2] + math.sqrt(rise))
        return self.at(ball, x, y, max(rests) - radius - (own.z0 - 60), self.rng.uniform(0, 6))

    # ---- measuring ----
    def feel(self, origin: Spot, direction: Spot) -> Spot:
        """Where a ray first meets anything, in the set's coordinates."""
        bpy.context.view_layer.update()
        graph = bpy.context.evaluated_depsgraph_get()
        start = Vector((self.sign * origin[0], origin[1], origin[2]))
        way = Vector((self.sign * direction[0], direction[1], direction[2]))
        hit, place, *_ = bpy.context.scene.ray_cast(graph, start, way)
        if not hit:
            raise ValueError(f"nothing met from {origin} towards {direction}")
        return (self.sign * place.x, place.y, place.z)

    def bounds(self, product: Product) -> Bounds:
        """Its bounding box as it stands."""
        points = product.points()
        low, high = points.min(0), points.max(0)
        xs = sorted((self.sign * float(low[0]), self.sign * float(high[0])))
        return Bounds(xs[0], xs[1], float(low[1]), float(high[1]), float(low[2]), float(high[2]))

    def top_of(self, product: Product) -> float:
        """Its highest z: where the next thing of a pile stands."""
        return self.bounds(product).z1


def _discard(product: Product) -> None:
    """Take a product out of the scene again."""
    for ob in [*product.parts, *product.lamps, product.root]:
        bpy.data.objects.remove(ob)


def _overlap(a: Bounds, b: Bounds) -> bool:
    apart = (a.x0 - GAP_M > b.x1 or b.x0 - GAP_M > a.x1 or a.y0 - GAP_M > b.y1 or b.y0 - GAP_M > a.y1
             or a.z0 > b.z1 or b.z0 > a.z1)
    return not apart


