"""Small things for training rooms, and how they come to stand: single, in piles, on books, fruit in bowls.

Knows nothing of furniture, cameras, files or the demo. Invariant: nothing is put where something stands (footprints
do not meet, piles apart), and every thing that would get a box in the demo is tagged on the stage.
"""
from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import bpy
import families
import props
import shell
import stock
import tableware
from cutouts import Subject
from mesh import Product
from stage import Bounds, Stage

GAP_M = 0.004
TRIES = 10


@dataclass
class Top:
    """A level face: its rectangle and height, the height free above it, and what stands on it."""

    x0: float
    x1: float
    y0: float
    y1: float
    z: float
    free: float = 9.0
    taken: list[Bounds] = field(default_factory=list)


@dataclass
class Room:
    """The room in the making. `wall` is the y of the back wall; `left` and `right` end what is furnished.

    `goods` are products by family that things are drawn from; of other families any product may stand there.
    """

    stage: Stage
    rng: random.Random
    width: float
    wall: float
    wood: tuple[str, str]
    goods: Mapping[str, Sequence[Subject]] = field(default_factory=dict)
    tops: list[Top] = field(default_factory=list)
    hung: list[Bounds] = field(default_factory=list)
    left: float = 0.0
    right: float = 0.0
    drawn: int = 0

    def color(self) -> str:
        """Any color, pale to strong."""
        return shell.muted(self.rng, (0.03, 0.75), (0.15, 0.95))

    def alike(self, family: str) -> tuple[Product, str]:
        """Something of a family that the shop does not sell, and its word; of `goods` it bears the product's id."""
        self.drawn += 1
        if family in self.goods:
            subject = self.rng.choice(self.goods[family])
            return families.build(subject.params, subject.id), stock.class_name(family)
        return stock.alike(family, f"{self.stage.seed} {self.drawn}"), stock.class_name(family)


# ---- small things -------------------------------------------------------------------------------------------------
def _plates(room: Room) -> tuple[Product, str]:
    return tableware.plate(room.rng.uniform(0.075, 0.15), room.color()), "plate"


SMALL: dict[str, tuple[float, Callable[[Room], tuple[Product, str]]]] = {
    **{family: (weight, lambda room, family=family: room.alike(family)) for family, weight in (
        ("mug", 2), ("bowl", 2), ("vase", 2), ("bottle", 1.6), ("candle", 1.6), ("kettle", 1), ("bookend", 1),
        ("planter", 1.6), ("lamp", 1.2), ("basket", 0.5), ("teapot", 0.8), ("tray", 0.4), ("watering_can", 0.4),
        ("throw", 0.4))},
    "crock": (0.8, lambda room: room.alike("jar")),
    "jar": (1.2, lambda room: (tableware.jar(room.rng.uniform(0.09, 0.2), room.rng.uniform(0.035, 0.06), room.color()),
                               "jar")),
    "wine glass": (0.7, lambda room: (tableware.wine_glass(), "glass")),
    "tumbler": (0.7, lambda room: (tableware.tumbler(room.rng.random() < 0.6), "glass")),
    "utensils": (0.5, lambda room: (tableware.utensils(), "jar")),
    "plate": (1.2, _plates),
    "board": (0.8, lambda room: (tableware.board(room.rng.uniform(0.28, 0.46), room.rng.uniform(0.18, 0.3), 0.02,
                                                 shell.wooden(room.rng)), "board")),
    "fruit": (1.5, lambda room: (tableware.fruit(room.rng.choice(list(tableware.FRUIT_COLORS))), "fruit")),
    "cutlery": (0.4, lambda room: (tableware.cutlery(), "cutlery")),
    "napkin": (0.5, lambda room: (props.napkin(room.color(), room.rng.uniform(0.14, 0.22)), "napkin")),
    "books": (1.4, lambda room: (props.books_upright(room.rng, room.rng.randrange(2, 9), room.rng.random() < 0.5),
                                 "book")),
    "pile": (1.4, lambda room: (props.books_flat(room.rng, room.rng.randrange(1, 6)), "book")),
    "notebook": (0.6, lambda room: (props.notebook(room.color()), "book")),
    "box": (0.8, lambda room: (props.lidded_box(room.rng.uniform(0.14, 0.36), room.rng.uniform(0.14, 0.24),
                                                room.rng.uniform(0.08, 0.2), room.color(), room.color()), "box")),
    "dispenser": (0.6, lambda room: (props.pump_bottle(room.color()), "bottle")),
    "brushes": (0.5, lambda room: (props.cup_with_brushes(room.color()), "jar")),
    "pencils": (0.6, lambda room: (props.pencil_cup(room.color()), "jar")),
    "laptop": (0.5, lambda room: (props.laptop(), "laptop")),
    "towels": (0.6, lambda room: (props.folded_towels([room.color() for _ in range(room.rng.randrange(1, 4))],
                                                      room.rng.uniform(0.2, 0.34), room.rng.uniform(0.15, 0.24)),
                                  "towel")),
    "roll": (0.5, lambda room: (props.rolled_towel(room.color(), room.rng.uniform(0.16, 0.3), 0.05), "towel")),
}
STANDS_ON_BOOKS = ("mug", "candle", "vase", "bowl", "fruit", "planter", "tumbler")
ON_FLOOR = ("planter", "planter", "basket", "basket", "tote", "stool", "chair", "side_table", "floor_lamp",
            "bench", "watering_can", "box", "pile")


def free(here: Bounds, taken: list[Bounds]) -> bool:
    """Whether a footprint is clear of all others."""
    return all(here.x0 - GAP_M > b.x1 or here.x1 + GAP_M < b.x0 or here.y0 - GAP_M > b.y1 or here.y1 + GAP_M < b.y0
               for b in taken)


def stand(room: Room, thing: tuple[Product, str], top: Top, turn: float = 0.6) -> Product | None:
    """Put a thing on a free place of a face; where there is none it is taken away again."""
    product, word = thing
    stage, rng, yaw = room.stage, room.rng, room.rng.uniform(-turn, turn)
    stage.at(product, 0, 0, 0, yaw)
    own = stage.bounds(product)
    wide, deep = own.x1 - own.x0, own.y1 - own.y0
    if wide <= top.x1 - top.x0 and deep <= top.y1 - top.y0 + 0.04 and own.z1 - own.z0 < top.free:
        for _ in range(TRIES):
            x = rng.uniform(top.x0, top.x1 - wide) - own.x0
            y = rng.uniform(top.y0, max(top.y0, top.y1 - deep)) - own.y0
            here = Bounds(x + own.x0, x + own.x1, y + own.y0, y + own.y1, top.z, top.z + own.z1 - own.z0)
            if free(here, top.taken):
                top.taken.append(here)
                stage.at(product, x, y, top.z - own.z0, yaw)
                return stage.tag(product, word)
    remove(product)
    return None


def remove(product: Product) -> None:
    """Take a product out of the scene again."""
    for ob in [*product.parts, *product.lamps, product.root]:
        bpy.data.objects.remove(ob)


def scatter(room: Room, top: Top, count: int) -> None:
    """Up to `count` small things: single, on books, plates in piles, fruit in bowls and on boards."""
    room.tops.append(top)
    names, weights = list(SMALL), [weight for weight, _ in SMALL.values()]
    for name in room.rng.choices(names, weights, k=count):
        product = stand(room, SMALL[name][1](room), top, 3.1 if name in ("fruit", "planter", "bowl") else 0.6)
        if product is None:
            continue
        if name in ("pile", "box") and room.rng.random() < 0.55:
            _on_top_of(room, product, SMALL[room.rng.choice(STANDS_ON_BOOKS)][1](room), top)
        elif name == "plate":
            for _ in range(room.rng.choice((0, 0, 1, 2, 3))):
                _on_top_of(room, product, _plates(room), top, sink=0.008)
        elif name in ("bowl", "board", "basket") and room.rng.random() < 0.6:
            fruit_in(room, product, room.rng.randrange(1, 5))


def _on_top_of(room: Room, below: Product, thing: tuple[Product, str], top: Top, sink: float = 0.0) -> None:
    """One thing in the middle of another, if it fits under what is above."""
    product, word = thing
    stage, base = room.stage, room.stage.bounds(below)
    high = max([item.z1 for item in map(stage.bounds, _above(room, below))], default=base.z1)
    stage.at(product, 0, 0, 0, room.rng.uniform(-0.6, 0.6))
    own = stage.bounds(product)
    if high + own.z1 - top.z > top.free or own.x1 - own.x0 > 1.3 * (base.x1 - base.x0):
        remove(product)
        return
    stage.at(product, base.x - own.x + room.rng.uniform(-0.01, 0.01), base.y - own.y, high - sink - own.z0,
             room.rng.uniform(-0.6, 0.6))
    stage.tag(product, word)


def _above(room: Room, below: Product) -> list[Product]:
    """What was piled on it so far: the last items of the stage down to the thing itself."""
    later = [item.product for item in room.stage.items]
    return later[later.index(below) + 1 :]


def fruit_in(room: Room, dish: Product, count: int) -> None:
    """Fruit of one or two kinds in a dish, each where it comes to rest."""
    stage, own = room.stage, room.stage.bounds(dish)
    reach_x, reach_y = 0.26 * (own.x1 - own.x0), 0.26 * (own.y1 - own.y0)
    kinds = room.rng.sample(list(tableware.FRUIT_COLORS), 2)
    for _ in range(count):
        piece = tableware.fruit(room.rng.choice(kinds))
        stage.drop(stage.tag(piece, "fruit"), own.x + room.rng.uniform(-reach_x, reach_x),
                   own.y + room.rng.uniform(-reach_y, reach_y), own.z1 + 0.25)
