"""Products to rows of the store and back: what a row holds and which rows are refused.

Knows nothing of Milvus' client. Invariant: what is not fit to be stored is refused here, because Milvus Lite stores
NaN, wrong lengths and duplicate ids without a word.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imgsearch.errors import StoreError
from imgsearch.records import Product
from imgsearch.store.filters import NO_PRICE

MAX_IMAGES = 4
"""Pictures per product; with more, a product wins by having many chances (the maximum over its pictures)."""

# Column widths in bytes, as a server counts them (Milvus Lite counts characters, so bytes are the stricter measure).
WIDTHS = {"entry_id": 128, "product_id": 512, "group_id": 512, "category": 4096, "currency": 16}
_MAX_RECORD_BYTES = 65_000  # a server's JSON column ends at 65,536
_MAX_DESCRIPTION = 5_000  # characters; what Google Merchant allows
_NORM_TOLERANCE = 1e-3
_PRODUCT_FIELDS = frozenset(field.name for field in dataclasses.fields(Product))


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: one picture of one product.

    Attributes:
        entry_id: `entry_id(product_id, image_no)`.
        product: everything a card needs; `description` comes back cut at 5,000 characters.
        image: key of the picture that is shown.
        image_hash: sha256 of the bytes that were embedded.
        record_hash: sha256 of the product's fields.
        crop: what was embedded, xyxy in pixels of that picture; None is the whole picture.
    """

    entry_id: str
    product: Product
    image: str
    image_hash: str = ""
    record_hash: str = ""
    crop: tuple[float, float, float, float] | None = None

    @property
    def image_no(self) -> int:
        """The picture's place among the product's pictures, from the id's ending; 0 if it has none."""
        tail = self.entry_id.rpartition("#")[2]
        return int(tail) if tail.isdecimal() else 0


@dataclass(frozen=True, slots=True)
class Hit:
    """A row that was found; `score` is the cosine with the query, in [-1, 1], larger is better."""

    entry: Entry
    score: float


def entry_id(product_id: str, image_no: int) -> str:
    """The row id of a product's picture: `<product_id>#<image_no>`.

    A product id that would not fit into 128 bytes is replaced by its sha256.

    >>> entry_id("mug-1", 0)
    'mug-1#0'
    """
    plain = f"{product_id}#{image_no}"
    if len(plain.encode("utf-8", "surrogatepass")) <= WIDTHS["entry_id"]:
        return plain
    return f"{hashlib.sha256(product_id.encode()).hexdigest()}#{image_no}"


def check_unit_rows(vectors: NDArray[np.float32], dim: int) -> str:
    """What is wrong with `(N, dim)` unit vectors, or ''."""
    if vectors.ndim != 2 or vectors.shape[1] != dim:
        return f"vectors of shape (N, {dim}) were expected; got {vectors.shape}"
    if not np.isfinite(vectors).all():
        return "a vector holds NaN or infinity"
    off = np.abs(np.linalg.norm(vectors.astype(np.float64), axis=1) - 1.0)
    if off.size and float(off.max()) > _NORM_TOLERANCE:
        return f"vectors of length 1 were expected; one is off by {float(off.max()):.3g}"
    return ""


def to_rows(entries: Sequence[Entry], vectors: NDArray[np.float32], dim: int) -> list[dict[str, Any]]:
    """Rows as the client takes them.

    Raises:
        StoreError: another number of vectors than entries, vectors that are not finite unit rows of `dim`, an id
            twice, no id, or a text or price that can't be stored.
    """
    problem = check_unit_rows(vectors, dim)
    if problem:
        raise StoreError(f"Nothing was stored: {problem}. The embedder that made them is at fault.")
    if len(vectors) != len(entries):
        raise StoreError(f"Nothing was stored: {len(entries)} entries came with {len(vectors)} vectors.")
    ids = [entry.entry_id for entry in entries]
    if len(set(ids)) != len(ids):
        twice = next(i for i in ids if ids.count(i) > 1)
        raise StoreError(f"Nothing was stored: the entry id {twice!r} came twice; ids must be unique.")
    return [_to_row(entry, vector) for entry, vector in zip(entries, vectors, strict=True)]


def _to_row(entry: Entry, vector: NDArray[np.float32]) -> dict[str, Any]:
    product = entry.product
    if not entry.entry_id or not product.product_id:
        raise StoreError(f"Product {product.title[:60]!r} has no id; give it one in the feed.")
    row = {
        "entry_id": entry.entry_id,
        "product_id": product.product_id,
        "group_id": product.group,
        "category": product.category,
        "currency": product.currency,
        "price": _price(product),
        "in_stock": bool(product.in_stock),
        "record": _record(entry),
        "vector": vector,
    }
    for column, width in WIDTHS.items():
        _check_text(entry.entry_id, column, str(row[column]), width)
    return row


def _price(product: Product) -> float:
    if product.price is None:
        return NO_PRICE
    if not math.isfinite(product.price) or product.price < 0:
        raise StoreError(f"Product {product.product_id!r} has the price {product.price}; 0 or more was expected.")
    return float(product.price)


def _record(entry: Entry) -> dict[str, Any]:
    product = dataclasses.asdict(entry.product)
    product["description"] = product["description"][:_MAX_DESCRIPTION]
    crop = None if entry.crop is None else [float(v) for v in entry.crop]
    record = {"product": product, "image": entry.image, "crop": crop}
    record |= {"image_hash": entry.image_hash, "record_hash": entry.record_hash}
    _check_text(entry.entry_id, "record", json.dumps(record, ensure_ascii=False), _MAX_RECORD_BYTES)
    return record


def _check_text(entry: str, column: str, text: str, width: int) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        raise StoreError(f"Entry {entry!r}: {column} is not valid Unicode; correct it in the feed.") from error
    if size > width:
        raise StoreError(f"Entry {entry!r}: {column} has {size} bytes; at most {width} can be stored. Shorten it.")


def to_entry(row: Mapping[str, Any]) -> Entry:
    """A row's `entry_id` and `record` columns back to the entry that was stored."""
    record = row["record"]
    product = {name: value for name, value in record["product"].items() if name in _PRODUCT_FIELDS}
    product["images"] = tuple(product["images"])
    crop = record["crop"]
    return Entry(
        entry_id=str(row["entry_id"]),
        product=Product(**product),
        image=record["image"],
        image_hash=record["image_hash"],
        record_hash=record["record_hash"],
        crop=None if crop is None else (crop[0], crop[1], crop[2], crop[3]),
    )
