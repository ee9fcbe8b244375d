"""The demo shop's products as data: every article of every department, most of them in variant groups.

Nothing here needs a scene; `build` makes the product in the current one.
"""
from __future__ import annotations

import families
from article import Spec
from goods import decoration, furniture, tableware, textiles
from mesh import Product

DEPARTMENTS = (tableware, decoration, textiles, furniture)
SPECS: list[Spec] = [spec for department in DEPARTMENTS for specs in department.articles() for spec in specs]
BY_ID: dict[str, Spec] = {spec.id: spec for spec in SPECS}


def build(spec: Spec, name: str | None = None) -> Product:
    """The product of a spec in the current scene, with `.spec`, `.family` and `.params`."""
    product = families.build(spec.params, name or spec.id)
    product.spec = spec
    return product
