"""What the filter bar offers: categories with counts, and price ranges.

Knows products and filters, nothing of pages and vectors. Invariants: a count is the number of cards that a category
holds under the price and stock filters (a group of variants is one card); ranges never mix currencies.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imgsearch.ranking import shown_levels
from imgsearch.records import Filters, Product
from imgsearch.store.filters import SEPARATOR


class FacetIndex:
    """The products of a shop as columns, for counting.

    Args:
        products: every product once.
    """

    def __init__(self, products: Sequence[Product]) -> None:
        self._level = shown_levels(p.category for p in products)
        values = [self.value_of(p.category) for p in products]
        self._options = sorted({value for value in values if value})
        codes = {value: code for code, value in enumerate(self._options)}
        # An option holds what lies below it, too ("Chairs" holds "Chairs > Stools"), as the store's filter does.
        self._below = [
            [code for other, code in codes.items() if other == option or other.startswith(option + SEPARATOR)]
            for option in self._options
        ]
        groups = {group: code for code, group in enumerate(dict.fromkeys(p.group for p in products))}
        self._category = np.array([codes.get(value, -1) for value in values], dtype=np.int64)
        self._group = np.array([groups[p.group] for p in products], dtype=np.int64)
        self._price = np.array([np.nan if p.price is None else p.price for p in products], dtype=np.float64)
        self._currency = np.array([p.currency for p in products], dtype=object)
        self._in_stock = np.array([p.in_stock for p in products], dtype=bool)
        self.groups = len(groups)
        self.products = len(products)

    def value_of(self, category: str) -> str:
        """The option that a category belongs to: its first levels, as many as the filter bar shows."""
        return SEPARATOR.join(category.split(SEPARATOR)[: self._level])

    def label_of(self, category: str) -> str:
        """The last level of an option, with its parent where two options end alike."""
        parts = self.value_of(category).split(SEPARATOR)
        twins = sum(option.split(SEPARATOR)[-1] == parts[-1] for option in self._options)
        return parts[-1] if twins < 2 else SEPARATOR.join(parts[-2:])

    def options(self) -> list[dict[str, Any]]:
        """`value`, `label` and `count` of each option, the fullest first."""
        counts = self.counts(Filters())
        found = [{"value": v, "label": self.label_of(v), "count": counts[v]} for v in self._options]
        return sorted(found, key=lambda option: (-option["count"], option["label"]))

    def counts(self, filters: Filters) -> dict[str, int]:
        """Cards per option under the price and stock filters; the category filter itself does not count."""
        kept = (self._category >= 0) & self._priced(filters)
        if filters.in_stock:
            kept &= self._in_stock
        kept_groups, kept_codes = self._group[kept], self._category[kept]
        return {
            option: len(np.unique(kept_groups[np.isin(kept_codes, codes)]))
            for option, codes in zip(self._options, self._below, strict=True)
        }

    def _priced(self, filters: Filters) -> NDArray[np.bool_]:
        if filters.min_price is None and filters.max_price is None:
            return np.ones(len(self._price), dtype=bool)
        low = -np.inf if filters.min_price is None else filters.min_price
        high = np.inf if filters.max_price is None else filters.max_price
        kept: NDArray[np.bool_] = (self._price >= low) & (self._price <= high)
        return kept & (self._currency == filters.currency) if filters.currency else kept

    def prices(self) -> dict[str, tuple[float, float]]:
        """Lowest and highest price per currency, the commonest currency first."""
        priced = ~np.isnan(self._price)
        names, counts = np.unique(self._currency[priced].astype(str), return_counts=True)
        ranges: dict[str, tuple[float, float]] = {}
        for i in np.argsort(-counts, kind="stable"):
            of_it = self._price[priced & (self._currency == names[i])]
            ranges[str(names[i])] = (float(of_it.min()), float(of_it.max()))
        return ranges
