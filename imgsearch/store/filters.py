"""`Filters` to a Milvus filter expression. Pure text; knows nothing of clients, collections or vectors.

Invariants: a value is data, whatever characters it has; the expression means the same on Milvus Lite and on a server
(both are tested against a plain Python reading); no chained comparison, no `like`, no `%`, which differ between them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from imgsearch.errors import PriceRangeError, QueryError
from imgsearch.records import Filters

SEPARATOR = " > "
# The smallest text that is larger than everything beginning with SEPARATOR: ' ' (0x20) becomes '!' (0x21).
_AFTER_SEPARATOR = " >!"
NO_PRICE = -1.0
"""What the price column holds for a product without a price: no nullable columns, Milvus versions differ on them."""

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})


def literal(text: str) -> str:
    """A string literal of the filter language.

    Only these five escapes are understood by Milvus Lite and by servers alike (json.dumps would write others for
    control characters); every other character may stand for itself.

    Raises:
        QueryError: half of a surrogate pair, which no store can hold.

    >>> literal('a "b"')
    '"a \\\\"b\\\\""'
    """
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise QueryError(f"The text {text[:40]!r} is not valid Unicode; correct it and search again.") from error
    return f'"{text.translate(_ESCAPES)}"'


def one_of(column: str, values: Sequence[str]) -> str:
    """`column in [...]`."""
    return f"{column} in [{', '.join(literal(value) for value in values)}]"


def below(category: str) -> str:
    """The category itself or anything below it at ' > '.

    A range, not `like`: `%`, `_` and `\\` in a category mean different things to Milvus Lite's and a server's `like`,
    while both compare strings by code point.
    """
    first, end = literal(category + SEPARATOR), literal(category + _AFTER_SEPARATOR)
    return f"(category == {literal(category)} or (category >= {first} and category < {end}))"


def where(filters: Filters, exclude: Sequence[str] = (), exclude_groups: Sequence[str] = ()) -> str:
    """The whole expression; '' if nothing narrows.

    Args:
        filters: what the visitor asked for.
        exclude: product ids that must not come back.
        exclude_groups: group ids that must not come back.

    Raises:
        QueryError: a price that is not a number >= 0, or a lower bound above the upper one.

    >>> where(Filters(min_price=5, in_stock=True))
    'price >= 5.0 and in_stock == true'
    """
    parts = []
    if filters.categories:
        parts.append("(" + " or ".join(below(category) for category in filters.categories) + ")")
    parts += _prices(filters)
    if filters.in_stock:
        parts.append("in_stock == true")
    if exclude:
        parts.append(f"not ({one_of('product_id', exclude)})")
    if exclude_groups:
        parts.append(f"not ({one_of('group_id', exclude_groups)})")
    return " and ".join(parts)


def priced(filters: Filters) -> bool:
    """True if a price bound is set."""
    return filters.min_price is not None or filters.max_price is not None


def _prices(filters: Filters) -> list[str]:
    if not priced(filters):
        return []
    low, high = _bound("lowest", filters.min_price), _bound("highest", filters.max_price)
    if low is not None and high is not None and low > high:
        raise PriceRangeError(f"The lowest price {low:g} is above the highest price {high:g}; swap them.")
    parts = [f"price >= {low or 0.0!r}"]  # also keeps out NO_PRICE
    if high is not None:
        parts.append(f"price <= {high!r}")
    if filters.currency:
        parts.append(f"currency == {literal(filters.currency)}")
    return parts


def _bound(name: str, value: float | None) -> float | None:
    if value is None:
        return None
    if not math.isfinite(value) or value < 0:
        raise QueryError(f"The {name} price must be a number of 0 or more; got {value}.")
    return float(value) or 0.0  # -0.0 would be written with a sign
