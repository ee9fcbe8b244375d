"""One shop's vectors in Milvus: write, publish, search.

Knows nothing of pictures, models or pages; it sees entries and unit vectors. Invariants: a search is answered only
from a published collection that was made by the same model; a collection that is being filled is not found by a
search; a category, id or price is data and never part of the filter language.

Collections are read by their real name, not by the alias: Milvus does not show a client its own fresh writes through
an alias (10 of 10 seen by name, 0 of 10 by alias, on a 2.3.5 server).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from imgsearch.errors import CollectionMissing, QueryError, StoreError
from imgsearch.records import Filters, Product
from imgsearch.store import connection as backend
from imgsearch.store.collection import ShopCollections
from imgsearch.store.connection import SLOW_S, NotLoaded
from imgsearch.store.filters import literal, one_of, priced, where
from imgsearch.store.protocol import NO_FILTERS
from imgsearch.store.rows import Entry, Hit, check_unit_rows, to_entry, to_rows

MAX_TOP_K: Final = 16_384
"""A server's limit for rows per query and for queries per request."""

_ROWS_PER_REQUEST: Final = 500  # a row has 66 kB at most, and a server takes 64 MiB a request
_IDS_PER_REQUEST: Final = 500
_PAGE: Final = 8_192
_COLUMNS: Final = ["entry_id", "record"]
# Waits some 200 ms on a server until all writes are visible; a session's own deletions are not without it (2.3.5).
_STRONG: Final[dict[str, Any]] = {"consistency_level": "Strong"}


class MilvusStore:
    """A shop in Milvus Lite (`uri` ends in `.db`) or on a Milvus server (`http(s)://host:port`).

    Any number of threads may use one store, and any number of stores of one process may share a database.

    Args:
        uri: where the database is.
        token: `user:password` or an API key, for a server that asks for one.
        shop: which shop's products.
        fingerprint: the model's; '' opens the store for looking only: no search, no writing.
        dim: length of the vectors.
        timeout_s: how long an answer may take; of the first store that opens a database, for all that share it.

    Raises:
        StoreUnavailable, StoreLocked, StoreError, ConfigError: as `connection.acquire`.

    Example:
        with MilvusStore("data/milvus.db", shop="demo", fingerprint=embedder.fingerprint) as store:
            hits = store.search(embedder.embed([crop]), top_k=24)[0]
    """

    def __init__(
        self,
        uri: str,
        token: str = "",
        shop: str = "demo",
        fingerprint: str = "",
        dim: int = 256,
        timeout_s: float = 10.0,
    ) -> None:
        self._fingerprint = fingerprint
        self._shop = shop
        self._dim = dim
        self._backend = backend.acquire(uri, token, timeout_s)
        self._collections = ShopCollections(self._backend, shop, fingerprint, dim)
        self._closed = False

    def __enter__(self) -> MilvusStore:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the database back; the last store of the process that uses it frees its lock. Twice is fine."""
        if not self._closed:
            self._closed = True
            backend.release(self._backend)

    @property
    def fingerprint(self) -> str:
        """The model's that this store was opened for."""
        return self._fingerprint

    @property
    def shop(self) -> str:
        """The shop's name."""
        return self._shop

    @property
    def uri(self) -> str:
        """Where the database is, without credentials."""
        return self._backend.shown_uri

    # -- what is there ---------------------------------------------------------------------------------------------

    def exists(self) -> bool:
        """True if the shop has a published collection, of whatever model."""
        return bool(self._collections.published())

    def check(self) -> None:
        """Make sure that a search can be answered.

        Raises:
            CollectionMissing: nothing was published yet.
            FingerprintMismatch: what is published was made by another model.
        """
        self._collections.searchable()

    def edition(self) -> str:
        """A mark of what is published: another one after every import or calibration, whichever process makes it.

        '' if nothing is published.
        """
        name = self._collections.published()
        notes = sorted(self._collections.notes(name).items()) if name else []
        return hashlib.sha256(json.dumps([name, notes]).encode()).hexdigest() if name else ""

    def shops(self) -> list[str]:
        """The names of all published shops of this database, sorted."""
        return self._collections.shops()

    def count(self) -> int:
        """Rows (pictures) in this model's collection, published or not."""
        return int(self._query("", ["count(*)"], **_STRONG)[0]["count(*)"])

    def health(self) -> dict[str, Any]:
        """Facts for `doctor`: uri, version, lite, index, shops, shop, collection, fingerprint, rows.

        `collection` is the published one ('' if none), `fingerprint` and `rows` are its.
        """
        target = self._collections.published()
        facts: dict[str, Any] = {"uri": self.uri, "version": self._backend.version, "lite": self._backend.lite}
        facts |= {"index": self._collections.index[0], "shops": self.shops(), "shop": self._shop}
        facts |= {"collection": target, "fingerprint": "", "rows": 0}
        if target:
            self._collections.load(target)
            rows = self._backend.call("query", target, output_fields=["count(*)"], **_STRONG)
            facts |= {"fingerprint": self._collections.notes(target).get("fingerprint", "")}
            facts |= {"rows": int(rows[0]["count(*)"])}
        return facts

    # -- writing ---------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Open this model's collection for writing, made if it is missing. `publish` publishes it, nothing before.

        Raises:
            FingerprintMismatch: a collection of this name belongs to another model or has other columns.
        """
        self._collections.forget()
        self._collections.writable()

    def upsert(self, entries: Sequence[Entry], vectors: ArrayLike) -> int:
        """Write rows, replacing those of the same `entry_id`; when it returns, they survive a kill of the process.

        Args:
            entries: any number, ids unique among them.
            vectors: `(N, dim)` float32 unit rows, in the same order.

        Returns:
            How many rows were written.

        Raises:
            StoreError: a vector, id or text that can't be stored; nothing was written then.
        """
        rows = to_rows(entries, np.asarray(vectors, dtype=np.float32), self._dim)
        self._collections.writable()
        for start in range(0, len(rows), _ROWS_PER_REQUEST):
            self._write("upsert", rows[start : start + _ROWS_PER_REQUEST])
        return len(rows)

    def delete(self, entry_ids: Iterable[str]) -> int:
        """Delete rows by `entry_id`; returns how many there were."""
        return self._delete("entry_id", entry_ids)

    def delete_products(self, product_ids: Iterable[str]) -> int:
        """Delete all rows of these products; returns how many there were."""
        return self._delete("product_id", product_ids)

    def publish(self, expected_rows: int | None = None) -> None:
        """Make what was written the shop's answer; the collection published before stays until the next publishing.

        Args:
            expected_rows: how many rows there must be; None: at least one.

        Raises:
            StoreError: another number of rows; what was published stays published.
        """
        self._collections.writable()
        self._write("flush")
        self._collections.wait_for_index()
        rows = self.count()
        if rows == 0 or (expected_rows is not None and rows != expected_rows):
            wanted = "at least one row was" if expected_rows is None else f"{expected_rows} rows were"
            raise StoreError(f"Not published: {wanted} expected, but there are {rows}. Import the catalog again.")
        currencies = {entry.product.currency for entry in self.entries() if entry.product.price is not None}
        with self._backend.write_lock:
            now = datetime.now(UTC).isoformat()
            self._collections.write_notes({"currencies": " ".join(sorted(currencies)), "published_at": now})
            self._collections.publish()

    def drop(self) -> None:
        """Remove the shop from the database, whatever models made it."""
        with self._backend.write_lock:
            self._collections.drop()

    def get_meta(self) -> dict[str, str]:
        """The notes kept with the collection (model name, calibration, ...)."""
        return self._collections.notes(self._collections.readable())

    def set_meta(self, values: Mapping[str, str]) -> None:
        """Add or replace notes of this model's collection.

        Raises:
            StoreError: 'fingerprint' and 'layout' are the store's own.
        """
        self._collections.writable()
        with self._backend.write_lock:
            self._collections.write_notes(values)

    # -- reading ---------------------------------------------------------------------------------------------------

    def entries(self) -> Iterator[Entry]:
        """All rows of this model's collection, published or not, ordered by `entry_id`; without vectors.

        Milvus Lite reads some 20,000 rows a second: for an import or once a start, not for every request.
        """
        last = ""
        while True:
            # `iterator` makes Milvus sort by primary key. pymilvus' own iterator does the same with an unescaped key.
            # 80,000 rows on Milvus Lite, CPU: 17 s by pages of 1,000, 5.4 s by 8,192, 4.6 s in one piece.
            page = self._query(
                f"entry_id > {literal(last)}", _COLUMNS, limit=_PAGE, iterator="True", limit_s=SLOW_S, **_STRONG
            )
            yield from (to_entry(row) for row in page)
            if len(page) < _PAGE:
                return
            last = str(page[-1]["entry_id"])

    def products(self) -> list[Product]:
        """Each product once, in the feed's order."""
        found = {entry.product.product_id: entry.product for entry in self.entries()}
        return sorted(found.values(), key=lambda product: (product.row, product.product_id))

    def get(self, product_ids: Iterable[str]) -> dict[str, list[Entry]]:
        """The rows of products, pictures in order; unknown products are left out."""
        found: dict[str, list[Entry]] = {}
        for chunk in _chunks(product_ids):
            for entry in map(to_entry, self._query(one_of("product_id", chunk), _COLUMNS)):
                found.setdefault(entry.product.product_id, []).append(entry)
        return {key: sorted(entries, key=lambda entry: entry.image_no) for key, entries in found.items()}

    def vectors(self, product_id: str) -> NDArray[np.float32]:
        """The vectors of a product's pictures, `(n, dim)` float32 unit rows, in the pictures' order.

        Raises:
            QueryError: the shop has no such product.
        """
        self._collections.searchable()
        rows = self._query(one_of("product_id", [product_id]), [*_COLUMNS, "vector"])
        if not rows:
            raise QueryError(f"The shop {self._shop!r} has no product {product_id!r}; it may have been removed.")
        rows = sorted(rows, key=lambda row: to_entry(row).image_no)
        return np.asarray([row["vector"] for row in rows], dtype=np.float32)

    def vectors_of(self, product_ids: Iterable[str]) -> dict[str, NDArray[np.float32]]:
        """The vectors of many products by `entry_id`, each `(dim,)` float32; unknown ids are left out.

        For imports, published or not: one request for 500 products, where `vectors` needs one each.
        """
        found: dict[str, NDArray[np.float32]] = {}
        for chunk in _chunks(product_ids):
            for row in self._query(one_of("product_id", chunk), ["entry_id", "vector"]):
                found[str(row["entry_id"])] = np.asarray(row["vector"], dtype=np.float32)
        return found

    def search(
        self,
        queries: ArrayLike,
        top_k: int,
        filters: Filters = NO_FILTERS,
        exclude: Sequence[str] = (),
        exclude_groups: Sequence[str] = (),
    ) -> list[list[Hit]]:
        """The most similar pictures for each query, best first, in one request.

        Args:
            queries: `(N, dim)` float32 unit rows, N <= 16,384, or one such row.
            top_k: pictures per query, 1..16,384; fewer come back if fewer match.
            filters: pushed down to Milvus, so that a narrow filter still fills the list.
            exclude: product ids that must not come back.
            exclude_groups: group ids that must not come back.

        Returns:
            N lists of hits.

        Raises:
            QueryError: vectors, `top_k` or filters that make no sense.
            CollectionMissing, FingerprintMismatch: as `check`.
        """
        vectors = np.atleast_2d(np.asarray(queries, dtype=np.float32))
        self._check_query(vectors, top_k)
        expression = where(filters, exclude, exclude_groups)
        self._check_currency(filters)
        answer = self._read(
            self._collections.searchable,
            "search",
            data=list(vectors),
            anns_field="vector",
            limit=top_k,
            filter=expression,
            search_params=self._collections.search_params(top_k),
            output_fields=_COLUMNS,
            consistency_level="Session",  # "Strong" waits 200 ms a search on a server
        )
        return [[_to_hit(hit) for hit in hits] for hits in answer]

    # -- inside ----------------------------------------------------------------------------------------------------

    def _read(self, find: Callable[[], str], method: str, **kwargs: Any) -> Any:
        try:
            return self._backend.call(method, find(), **kwargs)
        except (NotLoaded, CollectionMissing):
            # Another process dropped it, or the server was restarted: look again, once.
            self._collections.forget()
            return self._backend.call(method, find(), **kwargs)

    def _query(self, expression: str, columns: Sequence[str], **kwargs: Any) -> list[dict[str, Any]]:
        return list(
            self._read(self._collections.readable, "query", filter=expression, output_fields=list(columns), **kwargs)
        )

    def _write(self, method: str, *args: Any, **kwargs: Any) -> None:
        with self._backend.write_lock:
            self._backend.call(method, self._collections.own, *args, limit_s=SLOW_S, **kwargs)

    def _delete(self, column: str, values: Iterable[str]) -> int:
        self._collections.writable()
        deleted = 0
        for chunk in _chunks(values):
            with self._backend.write_lock:
                ids = [str(row["entry_id"]) for row in self._query(one_of(column, chunk), ["entry_id"], **_STRONG)]
                if ids:
                    self._write("delete", filter=one_of("entry_id", ids))
            deleted += len(ids)
        return deleted

    def _check_query(self, vectors: NDArray[np.float32], top_k: int) -> None:
        if not 1 <= top_k <= MAX_TOP_K:
            raise QueryError(f"top_k must lie in 1..{MAX_TOP_K}; got {top_k}.")
        problem = check_unit_rows(vectors, self._dim)
        if problem or not 1 <= len(vectors) <= MAX_TOP_K:
            raise QueryError(f"The query can't be searched for: {problem or f'1..{MAX_TOP_K} queries were expected'}.")

    def _check_currency(self, filters: Filters) -> None:
        if not priced(filters) or filters.currency:
            return
        self._collections.searchable()
        currencies = self._collections.currencies
        if len(currencies) > 1:
            raise QueryError(f"The shop has prices in {', '.join(currencies)}; say which currency the bounds are in.")


def _to_hit(hit: Any) -> Hit:
    # Rounding takes the cosine of a vector with itself to 1.0000001.
    return Hit(to_entry(hit["entity"]), max(-1.0, min(1.0, float(hit["distance"]))))


def _chunks(values: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(dict.fromkeys(values))
    while chunk := list(islice(rest, _IDS_PER_REQUEST)):
        yield chunk
