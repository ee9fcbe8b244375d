"""Small catalogs with awkward contents, and the plain Python meaning of a search over them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imgsearch.records import Filters, Product
from imgsearch.store import Entry, entry_id

FINGERPRINT = "0123456789abcdef" * 4
OTHER_FINGERPRINT = "fedcba9876543210" * 4
DIM = 256

CATEGORIES = (
    "Home",
    "Home > Mugs",
    "Home > Mugs > Large",
    "Home > Mugs and Cups",
    "Home > Mugs_",
    "Home > Mugs%",
    "home > mugs",
    "Home >Mugs",
    "Home > 100% \"cotton\" 'n' wool",
    "Home > back\\slash\\n",
    "Haus > Küche > Töpfe",
    "家 > 台所 > 鍋 🍲",
    "",
)
CURRENCY = "EUR"


def unit_rows(count: int, seed: int = 0) -> NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count, DIM))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def entry(product: Product, image_no: int = 0) -> Entry:
    return Entry(
        entry_id(product.product_id, image_no),
        product,
        image=f"{product.product_id}/{image_no}.webp",
        image_hash=f"{image_no:064x}",
        record_hash=f"{product.row:064x}",
        crop=None if image_no else (1.5, 2.0, 30.25, 40.0),
    )


def catalog(products: int = 60, pictures: int = 2) -> list[Entry]:
    """`products` x `pictures` entries; every third product shares a group with the one before."""
    made = []
    for number in range(products):
        product = Product(
            product_id=f"p{number}",
            title=f'Thing {number} 日本 <b>"x"</b>',
            images=tuple(f"pictures/p{number}-{i}.jpg" for i in range(pictures)),
            group_id=f"g{number - 1}" if number % 3 == 2 else f"g{number}",
            description="long " * 10,
            brand="Brand",
            price=None if number % 7 == 0 else float(number) + 0.99,
            currency=CURRENCY,
            in_stock=number % 4 != 0,
            category=CATEGORIES[number % len(CATEGORIES)],
            link=f"https://shop.example/p{number}?a=1&b=2",
            row=number + 2,
        )
        made += [entry(product, image_no) for image_no in range(pictures)]
    return made


def matches(product: Product, filters: Filters) -> bool:
    """What `Filters` mean, in plain Python."""
    low, high = filters.min_price, filters.max_price
    if filters.categories:
        above = product.category
        if not any(above == c or above.startswith(c + " > ") for c in filters.categories):
            return False
    if low is not None or high is not None:
        if product.price is None or (filters.currency and product.currency != filters.currency):
            return False
        if (low is not None and product.price < low) or (high is not None and product.price > high):
            return False
    return product.in_stock or not filters.in_stock


def brute_force(
    query: NDArray[np.float32], entries: Sequence[Entry], vectors: NDArray[np.float32], top_k: int, filters: Filters
) -> list[tuple[str, float]]:
    """The `top_k` best (entry id, cosine), the slow and plain way."""
    scored = [
        (e.entry_id, float(query @ v)) for e, v in zip(entries, vectors, strict=True) if matches(e.product, filters)
    ]
    return sorted(scored, key=lambda pair: -pair[1])[:top_k]
