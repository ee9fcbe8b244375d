"""What every family shares: its facts for the feed, its places in the shop, and small building parts."""
from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import ClassVar, Self

import bpy
import materials as M
import numpy as np
from finishes import Finish
from mesh import Product, curve_pts, tube

Profile = list[tuple[float, float]]        # (radius, height) of a lathe
THIRD = 2 * math.pi / 3
SPREAD = 2.4           # golden angle: leaves and stems never stand in rows


@dataclass(frozen=True)
class Facts:
    """What the feed may say about a product, derived from the same parameters as its picture."""

    noun: str
    color: str
    material: str
    size: str
    pattern: str = ""


@dataclass(frozen=True)
class Family(ABC):
    """Parameters of one product. Subclasses are frozen dataclasses: real metres, `Finish`es, small enumerations."""

    family: ClassVar[str]
    category: ClassVar[str]
    hangs: ClassVar[bool] = False         # hung on a wall: its back is at y = 0

    @abstractmethod
    def build(self, p: Product) -> None:
        """Add the parts to an empty product that stands on z = 0 and faces -Y."""

    @abstractmethod
    def facts(self) -> Facts:
        """The words of the feed."""

    @property
    def at_least(self) -> float:
        """A height in metres that it surely reaches: saves building what is too high for its place."""
        return 0.0

    @classmethod
    @abstractmethod
    def sample(cls, rng: Random) -> Self:
        """Plausible parameters drawn at random."""


def cm(*metres: float) -> str:
    """'9.5 x 8.4 cm' from metres."""
    return " x ".join(f"{m * 100:.1f}".rstrip("0").rstrip(".") for m in metres) + " cm"


def joined(*words: str, by: str = "/") -> str:
    """Words without repeats: colors 'oak/chalk', materials 'wood, linen'."""
    return by.join(dict.fromkeys(word for text in words for word in text.split(by)))


def spread(rng: Random, value: float, share: float = 0.12) -> float:
    """A length around `value`, to the millimetre."""
    return round(value * rng.uniform(1 - share, 1 + share), 3)


def grained(finish: Finish, axis: int) -> bpy.types.Material:
    """The material, with the grain along `axis` when it is wood."""
    return M.make(finish, axis=axis) if finish.recipe == "wood" else M.make(finish)


def wall_at(profile: Profile, z: float) -> float:
    """Outer radius of a lathe profile at height z."""
    line = np.array(curve_pts(profile, 6))
    return float(np.interp(z, line[:, 1], line[:, 0]))


def inner(profile: Profile, thickness: float, above: float, least: float = 0.004) -> Profile:
    """The inside of a vessel: the outer line moved in, walked back down to `above`."""
    return [(max(least, r - thickness), z) for r, z in profile[::-1] if z > above]


def four_legs(p: Product, w: float, d: float, h: float, mat: bpy.types.Material, r: float = 0.02, splay: float = 0.04,
              taper: float = 0.55) -> None:
    """Round legs at the corners of w x d, tapered towards feet that stand `splay` further out."""
    for sx in (-1, 1):
        for sy in (-1, 1):
            foot, head = (sx * (w / 2 + splay), sy * (d / 2 + splay), 0), (sx * w / 2, sy * d / 2, h)
            p.add(tube("leg", [foot, head], lambda t: r * (taper + (1 - taper) * t), 16), mat)


def ring_of_legs(p: Product, count: int, foot: float, head: float, h: float, mat: bpy.types.Material,
                 r: float = 0.011, turn: float = 0.4) -> None:
    """`count` round legs from radius `foot` on the floor to radius `head` at height h."""
    for k in range(count):
        a = k * 2 * math.pi / count + turn
        c, s = math.cos(a), math.sin(a)
        p.add(tube("leg", [(foot * c, foot * s, 0), (head * c, head * s, h)], lambda t: r * (1 + 0.5 * t), 16), mat)


def front_band(width: float) -> Callable[[float, float, float], float]:
    """rfun of a shell that only shows within +-width radians of the front (-Y): labels. The rest sinks in."""
    def radius(theta: float, z: float, r: float) -> float:
        off = abs((theta + 1.5 * math.pi) % (2 * math.pi) - math.pi)
        return r if off < width else r * 0.98

    return radius
