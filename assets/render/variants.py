"""Variants: the same product with exactly one attribute changed."""
from __future__ import annotations

import dataclasses
from random import Random

from families import Family
from finishes import PALETTE, Finish, delta_e, swatch

LEAST_STEP = 15.0


def _is_color(value: object) -> bool:
    return isinstance(value, Finish) or (isinstance(value, str) and value in PALETTE)


def color_of(value: object) -> str:
    """The color words of a finish, of a tuple of palette names, or one palette name."""
    if isinstance(value, tuple):
        return "/".join(value)
    return value.color if isinstance(value, Finish) else str(value)


def differing(a: Family, b: Family) -> list[str]:
    """Names of the parameters in which two products of one family differ."""
    return [field.name for field in dataclasses.fields(a) if getattr(a, field.name) != getattr(b, field.name)]


def vary(params: Family, rng: Random) -> Family:
    """`params` with one coloured attribute taken from another random product of the family, clearly different."""
    names = [field.name for field in dataclasses.fields(params) if _is_color(getattr(params, field.name))]
    while True:
        other, name = type(params).sample(rng), rng.choice(names)
        old, new = getattr(params, name), getattr(other, name)
        if _is_color(new) and delta_e(swatch(color_of(old)), swatch(color_of(new))) > LEAST_STEP:
            return dataclasses.replace(params, **{name: new})
