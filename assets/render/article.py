"""One article of the shop as data, and short ways to write many of them.

Knows nothing of which articles there are (`goods/`) or how a picture is taken. A group is made by `variants`: one base
and ONE parameter that takes several values, so its members differ in exactly one attribute by construction.
"""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import finishes as F
from families import Family
from finishes import Finish, Print


@dataclass(frozen=True)
class Spec:
    """One article: id (a slug), variant group ('' when it has no variants), the model's name, its price in euros and
    the parameters of its picture. `pale`: white goods, shown in less light."""

    id: str
    group: str
    model: str
    price: float
    params: Family
    pale: bool = False

    @property
    def family(self) -> str:
        return self.params.family


Articles = Iterator[list[Spec]]


def one(id: str, model: str, price: float, params: Family, pale: bool = False) -> list[Spec]:
    """An article without variants."""
    return [Spec(id, "", model, price, params, pale)]


def variants(group: str, model: str, price: float, base: Family, field: str, pale: tuple[str, ...] = (),
             **values: object) -> list[Spec]:
    """Articles that differ in `field` only; the keywords are the ends of their ids."""
    return [Spec(f"{group}-{name}", group, model, price, dataclasses.replace(base, **{field: value}), name in pale)
            for name, value in values.items()]


def printed(kind: str, colors: tuple[str, ...], repeats: float, aspect: float = 1.0, seed: int = 0) -> Finish:
    """Printed porcelain."""
    return F.glazed(colors[0], printed=Print(kind, colors, repeats, aspect, seed))


def print_on(weave: str, kind: str, colors: tuple[str, ...], repeats: float, aspect: float = 1.0,
             seed: int = 0) -> Finish:
    """Printed cloth."""
    return F.cloth(colors[0], weave, Print(kind, colors, repeats, aspect, seed))
