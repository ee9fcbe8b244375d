"""A shop from one store into another: the embedded database to a Milvus server, or any other way round.

Knows stores, nothing of models and pictures. Invariants: the source is only read; the target becomes equal to it, row
by row, and is published only when its count is the source's; what a broken-off run has copied is not copied again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from imgsearch.config import check_uri, without_login
from imgsearch.errors import CollectionMissing, ConfigError, StoreError
from imgsearch.store import Entry, MilvusStore

BATCH = 500  # rows; with their vectors some 1 MB
CHECKED = 50  # rows that are read back and compared, spread over the shop
TOLERANCE = 1e-5  # of a vector's components; both backends keep float32
_NOT_COPIED = ("fingerprint", "layout", "currencies")  # the store writes these itself

OnProgress = Callable[[int, int], None]
"""Called with rows done and rows in all."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store lies; the token is for a server that asks for one."""

    uri: str
    token: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Migration:
    """What was done: rows of the shop, and how many of them were copied, there already, or removed in the target."""

    shop: str
    source: str
    target: str
    products: int
    rows: int
    copied: int
    unchanged: int
    removed: int
    seconds: float


def run(source: Place, target: Place, shop: str, *, progress: OnProgress | None = None) -> Migration:
    """Make the target's shop equal to the source's, and publish it.

    Args:
        shop: its name, the same in both.
        progress: called after each batch.

    Raises:
        ConfigError: both are the same place, or an address can't be one.
        CollectionMissing: the source has no such shop.
        StoreError: a store can't be reached, or refused; or what was read back differs. Run it again to go on.
    """
    if check_uri(source.uri) == check_uri(target.uri):
        raise ConfigError(f"--to names the store that is copied from ({without_login(source.uri)}); name another one.")
    started = time.monotonic()
    fingerprint = _fingerprint(source, shop)
    with MilvusStore(source.uri, source.token, shop=shop, fingerprint=fingerprint) as old:
        old.check()
        dim = _dim(old)
        with MilvusStore(target.uri, target.token, shop=shop, fingerprint=fingerprint, dim=dim) as new:
            return _Copy(old, new, progress).run(started)


def _fingerprint(source: Place, shop: str) -> str:
    """Which model made the shop; asked of the store, so that no model has to be loaded."""
    with MilvusStore(source.uri, source.token, shop=shop) as store:
        if not store.exists():
            known = ", ".join(store.shops()) or "none"
            raise CollectionMissing(
                f"{store.uri} has no shop {shop!r} (it has: {known}); give another --shop or --uri."
            )
        return str(store.health()["fingerprint"])


def _dim(store: MilvusStore) -> int:
    first = next(store.entries())
    return int(store.vectors(first.product.product_id).shape[1])


class _Copy:
    """One run."""

    def __init__(self, old: MilvusStore, new: MilvusStore, progress: OnProgress | None) -> None:
        self._old = old
        self._new = new
        self._progress = progress or (lambda done, total: None)

    def run(self, started: float) -> Migration:
        rows = self._old.count()
        self._new.begin()
        there = {entry.entry_id: _digest(entry) for entry in self._new.entries()}
        products: set[str] = set()
        seen: list[str] = []
        copied = 0
        for batch in _batches(self._old.entries()):
            missing = [entry for entry in batch if there.get(entry.entry_id) != _digest(entry)]
            copied += self._new.upsert(missing, self._vectors(missing)) if missing else 0
            products.update(entry.product.product_id for entry in batch)
            seen += [entry.entry_id for entry in batch]
            self._progress(len(seen), rows)
        removed = self._new.delete(there.keys() - set(seen))
        self._new.set_meta({name: text for name, text in self._old.get_meta().items() if name not in _NOT_COPIED})
        self._check(seen)
        self._new.publish(expected_rows=rows)
        return Migration(
            shop=self._old.shop,
            source=self._old.uri,
            target=self._new.uri,
            products=len(products),
            rows=rows,
            copied=copied,
            unchanged=rows - copied,
            removed=removed,
            seconds=time.monotonic() - started,
        )

    def _vectors(self, entries: Sequence[Entry]) -> NDArray[np.float32]:
        found = self._old.vectors_of(entry.product.product_id for entry in entries)
        return np.stack([found[entry.entry_id] for entry in entries])

    def _check(self, entry_ids: Sequence[str]) -> None:
        """Read rows back, and compare them with their originals.

        Raises:
            StoreError: a row differs.
        """
        sample = set(entry_ids[:: max(1, len(entry_ids) // CHECKED)])
        entries = [entry for entry in self._old.entries() if entry.entry_id in sample]
        names = [entry.product.product_id for entry in entries]
        vectors, copies = self._old.vectors_of(names), self._new.vectors_of(names)
        records = {entry.entry_id: entry for found in self._new.get(names).values() for entry in found}
        for entry in entries:
            key = entry.entry_id
            same = key in copies and np.allclose(vectors[key], copies[key], rtol=0, atol=TOLERANCE)
            if not same or records.get(key) != entry:
                raise StoreError(
                    f"Not published: the row {key!r} in {self._new.uri} differs from its original. Run `migrate` "
                    "again; if it happens again, drop the shop there first."
                )


def _digest(entry: Entry) -> bytes:
    """A row's content; equal ones of one model have equal vectors, too, since the picture's hash is part of it."""
    return hashlib.sha256(repr(entry).encode("utf-8", "surrogatepass")).digest()


def _batches(entries: Iterator[Entry]) -> Iterator[list[Entry]]:
    while batch := list(islice(entries, BATCH)):
        yield batch
