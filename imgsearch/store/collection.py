"""A shop's collections in one backend: their names, columns, index, properties, and the alias that publishes one.

Knows nothing of entries, filters or searching. Invariants: a shop's names can't collide with another shop's; a
collection's fingerprint is written when it is made and never changes; dropping one never drops what is published.

Names: the alias `imgsearch_<shop>` points to the published collection `imgsearch_<shop>__<fingerprint, 12 letters>`.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Mapping
from typing import Any, Final

from imgsearch.errors import CollectionMissing, FingerprintMismatch, StoreError
from imgsearch.store.connection import SLOW_S, Connection
from imgsearch.store.rows import WIDTHS

PREFIX: Final = "imgsearch_"
_LAYOUT: Final = "1"  # raise it when the columns change: collections of another layout are refused, not misread
_OWN_NOTES: Final = frozenset({"fingerprint", "layout"})

Index = tuple[str, dict[str, int]]
# Milvus Lite: FLAT only, its other indexes lose hits under a filter. A server: HNSW serves up to some 5 M rows.
LITE_INDEX: Final[Index] = ("FLAT", {})
SERVER_INDEX: Final[Index] = ("HNSW", {"M": 16, "efConstruction": 200})
_EF: Final = 256  # of 12,000 random vectors, the hardest kind, it finds 99.7 % of the true ten best; 128 finds 93 %
_NEVER: Final = -1


class ShopCollections:
    """The collections of one shop, seen by one model.

    Args:
        connection: the backend.
        shop: the shop's name.
        fingerprint: the model's; '' is for looking only.
        dim: length of the vectors.
    """

    def __init__(self, connection: Connection, shop: str, fingerprint: str, dim: int) -> None:
        self._backend = connection
        self._shop = shop
        self._fingerprint = fingerprint
        self._dim = dim
        self.alias = PREFIX + encoded(shop)
        self.own = f"{self.alias}__{_short(fingerprint)}"
        self.index = LITE_INDEX if connection.lite else SERVER_INDEX
        # What costs requests to find out, each with the `Connection.changes` it was found out at.
        self._readable_at = self._published_at = _NEVER
        self.currencies: tuple[str, ...] = ()

    def readable(self) -> str:
        """The collection to read from, loaded: this model's, or without a model the published one.

        Raises:
            CollectionMissing, FingerprintMismatch: there is none, or only another model's.
        """
        if self._readable_at == self._backend.changes:
            return self.own
        if not self._fingerprint:
            return self._readable_without_model()
        state = self._backend.changes
        if not self.exists():
            raise self._refusal()
        self._check_ours()
        self.load(self.own)
        self._readable_at = state
        return self.own

    def searchable(self) -> str:
        """This model's collection, if it is readable and published; `currencies` are its prices' then.

        Raises:
            CollectionMissing, FingerprintMismatch: nothing is published, or another model's.
            StoreError: the store was opened without a model.
        """
        self.need_fingerprint()
        name = self.readable()
        if self._published_at != self._backend.changes:
            state = self._backend.changes
            if self.published() != name:
                raise self._refusal()
            self.currencies = tuple(self.notes(name).get("currencies", "").split())
            self._published_at = state
        return name

    def writable(self) -> str:
        """This model's collection, made if it is missing, completed if its maker died, and loaded.

        Raises:
            FingerprintMismatch: the collection of this name belongs to another model or has other columns.
            StoreError: the store was opened without a model.
        """
        self.need_fingerprint()
        with self._backend.write_lock:
            if self._readable_at != self._backend.changes:
                self._make()
                self._readable_at = self._backend.changes
        return self.own

    def forget(self) -> None:
        """Find everything out again: another process published or dropped, or the server was restarted."""
        self._readable_at = self._published_at = _NEVER

    def need_fingerprint(self) -> None:
        """Raise StoreError if the store was opened without a model."""
        if not self._fingerprint:
            raise StoreError("The store was opened without a model, for looking only; open it with its fingerprint.")

    def search_params(self, top_k: int) -> dict[str, Any]:
        """What a search must tell the index; HNSW looks at `ef` candidates, at least as many as are asked for."""
        params = {"ef": max(_EF, top_k)} if self.index[0] == "HNSW" else {}
        return {"metric_type": "COSINE", "params": params}

    def published(self) -> str:
        """The real name of the shop's published collection, or ''."""
        # describe_alias alone would do, but how it says "no such alias" differs between versions.
        if self.alias not in self._aliases():
            return ""
        return str(self._backend.call("describe_alias", self.alias)["collection_name"])

    def shops(self) -> list[str]:
        """The names of all published shops in the backend, sorted."""
        return sorted(decoded(alias[len(PREFIX) :]) for alias in self._aliases() if alias.startswith(PREFIX))

    def _aliases(self) -> list[str]:
        return list(self._backend.call("list_aliases")["aliases"])

    def exists(self) -> bool:
        """True if this model's collection is there, published or not."""
        return bool(self._backend.call("has_collection", self.own))

    def load(self, name: str) -> None:
        """Load a collection: Milvus Lite asks for it after every opening; on a server it changes nothing."""
        self._backend.call("load_collection", name, limit_s=SLOW_S)

    def notes(self, name: str) -> dict[str, str]:
        """The properties that were written by us, without their prefix."""
        properties = self._backend.call("describe_collection", name).get("properties", {})
        mark = "imgsearch."
        return {key[len(mark) :]: str(value) for key, value in properties.items() if key.startswith(mark)}

    def write_notes(self, values: Mapping[str, str]) -> None:
        """Add or replace notes of this model's collection.

        Raises:
            StoreError: 'fingerprint' and 'layout' are the store's own.
        """
        if _OWN_NOTES & values.keys():
            raise StoreError(f"The notes {sorted(_OWN_NOTES)} are the store's own; choose another name.")
        properties = {f"imgsearch.{key}": str(value) for key, value in values.items()}
        self._backend.call("alter_collection_properties", self.own, properties=properties)

    def publish(self) -> None:
        """Point the alias to this model's collection; keep the one it pointed to before and drop older ones."""
        before = self.published()
        if before != self.own:
            self._backend.call("alter_alias" if before else "create_alias", self.own, self.alias)
            self._drop_except(self.own, before)
        self._backend.changes += 1

    def wait_for_index(self) -> None:
        """On a server, wait until all rows are indexed, at most 5 minutes: some % of the hits are missing before."""
        end = time.monotonic() + SLOW_S
        while not self._backend.lite and time.monotonic() < end:
            state = self._backend.call("describe_index", self.own, index_name="vector")
            if int(state.get("pending_index_rows", 0)) == 0:
                return
            time.sleep(0.5)

    def drop(self) -> None:
        """Remove the alias and every collection of the shop."""
        if self.published():
            self._backend.call("drop_alias", self.alias)
        self._drop_except()
        self._backend.changes += 1

    def _readable_without_model(self) -> str:
        published = self.published()
        if not published:
            raise self._refusal()
        self.load(published)
        return published

    def _refusal(self) -> StoreError:
        """Why this model's collection can't answer: another model's is published, or none."""
        published = self.published()
        if published and published != self.own:
            return self._mismatch(self.notes(published).get("fingerprint", ""))
        return CollectionMissing(
            f"The shop {self._shop!r} has no products yet. Import a catalog: `python -m imgsearch import SOURCE`."
        )

    def _check_ours(self) -> None:
        notes = self.notes(self.own)
        found, layout = notes.get("fingerprint", ""), notes.get("layout", "")
        if found != self._fingerprint:
            raise self._mismatch(found)
        if layout != _LAYOUT:
            raise self._mismatch(f"{found[:12]} in layout {layout}")

    def _mismatch(self, found: str) -> FingerprintMismatch:
        return FingerprintMismatch(
            f"The vectors of the shop {self._shop!r} were made by another model ({found[:40] or 'unknown'}) than this "
            f"one ({self._fingerprint[:12]}) and can't be compared. Import the catalog again with this model "
            "(`python -m imgsearch import SOURCE`), or start with the model that made them (--models)."
        )

    def _make(self) -> None:
        if not self.exists():
            self._create()
        self._check_ours()
        if not self._backend.call("list_indexes", self.own):
            # Making a collection and its index are two requests; the maker died between them.
            self._backend.call("create_index", self.own, self._index_params(), limit_s=SLOW_S)
        self.load(self.own)

    def _drop_except(self, *kept: str) -> None:
        ours = re.compile(re.escape(self.alias) + "__[0-9a-f]{12}")
        for name in self._backend.call("list_collections"):
            if ours.fullmatch(name) and name not in kept:
                self._backend.call("drop_collection", name)

    def _create(self) -> None:
        from pymilvus import DataType, MilvusClient

        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        for column, width in WIDTHS.items():
            schema.add_field(column, DataType.VARCHAR, max_length=width, is_primary=column == "entry_id")
        schema.add_field("price", DataType.DOUBLE)
        schema.add_field("in_stock", DataType.BOOL)
        schema.add_field("record", DataType.JSON)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=self._dim)
        self._backend.call(
            "create_collection",
            self.own,
            schema=schema,
            index_params=self._index_params(),
            consistency_level="Session",
            properties={"imgsearch.fingerprint": self._fingerprint, "imgsearch.layout": _LAYOUT},
            limit_s=SLOW_S,
        )

    def _index_params(self) -> Any:
        from pymilvus import MilvusClient

        kind, params = self.index
        index = MilvusClient.prepare_index_params()
        index.add_index("vector", index_type=kind, metric_type="COSINE", params=params)
        return index


def encoded(shop: str) -> str:
    """A shop's name in the letters that Milvus allows: others than a-z, A-Z, 0-9 become `_<code point in hex>_`.

    >>> encoded("my-shop")
    'my_2d_shop'
    """
    return re.sub("[^a-zA-Z0-9]", lambda match: f"_{ord(match[0]):x}_", shop)


def decoded(name: str) -> str:
    """The shop's name again."""
    return re.sub("_([0-9a-f]+)_", lambda match: chr(int(match[1], 16)), name)


def _short(fingerprint: str) -> str:
    if re.fullmatch("[0-9a-f]{12,}", fingerprint):
        return fingerprint[:12]
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:12]
