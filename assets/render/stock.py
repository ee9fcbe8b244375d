"""The bridge from the photos to the shop: products by id, look-alikes by family, and their coarse classes.

A look-alike has parameters drawn at random from the same family: it could be sold, but is not.
"""
from __future__ import annotations

from random import Random

import catalog
import families
from mesh import Product

CLASSES = {"side_table": "table", "tote": "bag", "floor_lamp": "lamp", "watering_can": "watering can"}


def class_name(family: str) -> str:
    """Coarse class of a family: the family's own word, but for four."""
    return CLASSES.get(family, family)


def class_of(product_id: str) -> str:
    """Coarse class of a product of the shop."""
    return class_name(catalog.BY_ID[product_id].family)


def by_family() -> dict[str, list[str]]:
    """Family -> ids of the shop's products, in the catalog's order."""
    found: dict[str, list[str]] = {}
    for spec in catalog.SPECS:
        found.setdefault(spec.family, []).append(spec.id)
    return found


def parameters(product_id: str) -> families.Family:
    """What the product is made of; its repr is stable."""
    return catalog.BY_ID[product_id].params


def sold(product_id: str) -> Product:
    """The shop's product in the current scene."""
    return catalog.build(catalog.BY_ID[product_id])


def alike(family: str, seed: str, tallest: float = 9.0) -> Product | None:
    """Something of this family that the shop does not sell; None where it would surely be higher than `tallest`."""
    sold_params = {spec.params for spec in catalog.SPECS}
    kind, rng = families.FAMILIES[family], Random(f"look-alike {seed}")
    params = kind.sample(rng)
    while params in sold_params:
        params = kind.sample(rng)
    return families.build(params, f"look-alike {family}") if params.at_least <= tallest else None
