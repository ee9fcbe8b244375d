"""The core: a photo in, detections out; a target in, ranked products out. One detect-embed-search for every door.

Holds a detector (or none), an embedder and a store; knows nothing about pages, flags or JSON. Invariants: all targets
of a request are one embedding batch and one store request; a result shows a group once; boxes are in full-size pixels.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from imgsearch import distractors, geometry, images
from imgsearch.config import DEMO_SHOP, OWN_SHOP, Settings
from imgsearch.detect import Detector, load_detector
from imgsearch.distractors import Bank
from imgsearch.embed import Embedder, load_embedder
from imgsearch.errors import InputError, QueryError, StoreError
from imgsearch.images import Photo
from imgsearch.ranking import VOTES, WITHIN, by_kind, fold, is_agreed, shown_levels, vote
from imgsearch.records import Box, BoxSource, Detection, Filters, Match, Product, SearchResult, Timings, Verdict
from imgsearch.store import Hit, MilvusStore
from imgsearch.verdict import RIVALS, Thresholds
from imgsearch.weights import resolve_for

MAX_TOP_K = 200
MAX_TARGETS = 32
STORE_LIMIT = 16_384  # Milvus' own bound for rows per query


@dataclass(frozen=True, slots=True)
class Facets:
    """What a shop holds: counts per category, the price range per currency, products in all and in stock."""

    products: int
    groups: int
    in_stock: int
    categories: dict[str, int] = field(default_factory=dict)
    prices: dict[str, tuple[float, float]] = field(default_factory=dict)


class ImageSearch:
    """Detect, embed and search, for one shop.

    Args:
        embedder: makes the vectors; its fingerprint must be the collection's.
        store: the shop's vectors.
        detector: None when its weights are missing; then a photo has no detections, and the whole photo or a given
            box is searched.
        bank: the distractors that verdicts are judged with; None takes the bundled ones, if the embedder made them.

    Attributes:
        edition: the store's mark of what the shop held at the last `reload`.
    """

    def __init__(
        self, embedder: Embedder, store: MilvusStore, detector: Detector | None, bank: Bank | None = None
    ) -> None:
        self.embedder = embedder
        self.store = store
        self.detector = detector
        self._group_sizes: dict[str, int] = {}
        self._thresholds = Thresholds.from_json("")
        self._all_distractors = distractors.load("bundled", embedder.fingerprint) if bank is None else bank
        self._distractors = distractors.empty("", embedder.dim)
        self._facets = Facets(0, 0, 0)
        self._levels = 1
        self.edition = ""
        self.reload()

    def reload(self) -> None:
        """Read again what the store says about the shop: group sizes, facets, thresholds. Call after an import."""
        self.edition = self.store.edition()  # before all else: what is published meanwhile is told from it
        if not self.edition:
            return
        self.store.check()
        products = self.store.products()
        self._group_sizes = _counts(p.group for p in products)
        self._facets = _facets(products, len(self._group_sizes))
        self._levels = shown_levels(p.category for p in products)
        self._thresholds = Thresholds.from_json(self.store.get_meta().get("thresholds", ""))
        # Thresholds that were fitted with other distractors mean nothing beside these.
        known = self._all_distractors.mark == self._thresholds.bank
        self._distractors = (
            self._all_distractors.without(self._thresholds.dropped)
            if known
            else distractors.empty("", self.embedder.dim)
        )

    @property
    def model(self) -> str:
        """Which weights answered: the first 12 characters of the fingerprint."""
        return self.embedder.fingerprint[:12]

    @property
    def facets(self) -> Facets:
        """Counts for the page's filters, as of the last `reload`."""
        return self._facets

    def group_size(self, group: str) -> int:
        """How many products a group of variants has; 1 for one that is not known."""
        return self._group_sizes.get(group, 1)

    @property
    def thresholds(self) -> Thresholds:
        """The verdict's thresholds of this catalog."""
        return self._thresholds

    def detect(self, photo: Photo) -> list[Detection]:
        """The things in a photo, most confident first; [] without a detector."""
        return self.detector.detect(photo) if self.detector else []

    def embed(self, photo: Photo, boxes: Sequence[Box]) -> NDArray[np.float32]:
        """The boxes of a photo as vectors, `(len(boxes), 256)` float32 of unit norm, in one batch.

        Raises:
            BoxError: a box leaves less than 4 px inside the photo.
        """
        return self.embedder.embed([images.query_crop(photo, box) for box in boxes])

    def search(
        self, photo: Photo, box: Box | None = None, *, top_k: int = 24, filters: Filters | None = None
    ) -> SearchResult:
        """Products that look like a box of the photo; without a box, like its most prominent thing, else the whole.

        Raises:
            InputError: the box, the count or a filter can't be used.
            StoreError: nothing was imported, other weights made the collection, or the store is down.
        """
        started = time.perf_counter()
        source: BoxSource = "given"
        class_name = ""
        detect_ms = 0.0
        if box is None:
            detections = self.detect(photo)
            detect_ms = _ms_since(started)
            main = most_prominent(detections)
            source = "detected" if main else "whole"
            box = main.box if main else geometry.whole(photo.width_px, photo.height_px)
            class_name = main.class_name if main else ""
        result = self.search_many(photo, [box], top_k=top_k, filters=filters, class_names=[class_name])[0]
        timings = dataclasses.replace(result.timings, detect_ms=detect_ms, total_ms=_ms_since(started))
        return dataclasses.replace(result, box_source=source, timings=timings)

    def search_many(
        self,
        photo: Photo,
        boxes: Sequence[Box],
        *,
        top_k: int = 24,
        filters: Filters | None = None,
        class_names: Sequence[str] = (),
    ) -> list[SearchResult]:
        """Search several targets of one photo: one embedding batch, one store request, a result a box."""
        if len(boxes) > MAX_TARGETS:
            raise InputError(f"At most {MAX_TARGETS} targets are searched at once; got {len(boxes)}.")
        started = time.perf_counter()
        vectors = self.embed(photo, boxes)
        embed_ms = _ms_since(started)
        return self.search_vectors(
            vectors, boxes=boxes, class_names=class_names, top_k=top_k, filters=filters, embed_ms=embed_ms
        )

    def search_vectors(
        self,
        vectors: NDArray[np.float32],
        *,
        boxes: Sequence[Box | None] = (),
        class_names: Sequence[str] = (),
        top_k: int = 24,
        filters: Filters | None = None,
        embed_ms: float = 0.0,
        exclude_group: str = "",
        one_request: bool = False,
    ) -> list[SearchResult]:
        """Search vectors that are already there (a cached crop, a product's own pictures).

        Args:
            vectors: `(N, 256)` float32 of unit norm.
            boxes: where they were cut out, for the result; may be empty.
            class_names: the detector's class of each, for the category; may be empty.
            exclude_group: a group that must not come back.
            one_request: never ask the store twice: where variants fold, fewer than `top_k` matches may come, and no
                filter is blamed.
        """
        _check_top_k(top_k)
        filters = filters or Filters()
        started = time.perf_counter()
        found = self._hits(vectors, top_k, filters, exclude_group, one_request)
        search_ms = _ms_since(started)
        timings = Timings(embed_ms=embed_ms, search_ms=search_ms, total_ms=embed_ms + search_ms)
        strangeness = self._distractors.strangeness(vectors) if len(self._distractors) else None
        results = []
        for i, hits in enumerate(found):
            nearest = fold(hits, max(VOTES, 1 + RIVALS), self._group_sizes)
            matches = fold(by_kind(hits), top_k, self._group_sizes)
            box = boxes[i] if i < len(boxes) else None
            class_name = class_names[i] if i < len(class_names) else ""
            category = vote(nearest, class_name)
            blame = () if matches or one_request else self._blame(vectors[i : i + 1], filters)
            results.append(
                SearchResult(
                    matches=matches,
                    box=box,
                    box_source="given" if box else "whole",
                    category=category,
                    is_agreed=is_agreed(nearest, category, class_name, self._levels),
                    verdict=self._judge(nearest, None if strangeness is None else float(strangeness[i])),
                    timings=timings,
                    model=self.model,
                    blame=blame,
                )
            )
        return results

    def similar(self, product_id: str, *, top_k: int = 24, filters: Filters | None = None) -> SearchResult:
        """More like a product of the shop: its stored vectors are the query, its own group is left out.

        Raises:
            QueryError: the product is not in the shop.
        """
        started = time.perf_counter()
        vectors = self.store.vectors(product_id)
        group = self.store.get([product_id])[product_id][0].product.group
        # The mean of a product's pictures stands for it: one query, and no picture of it outweighs the others.
        mean = vectors.mean(axis=0, keepdims=True)
        mean /= np.linalg.norm(mean)
        result = self.search_vectors(mean, top_k=top_k, filters=filters, exclude_group=group)[0]
        timings = dataclasses.replace(result.timings, total_ms=_ms_since(started))
        return dataclasses.replace(result, timings=timings)

    def _hits(
        self, vectors: NDArray[np.float32], top_k: int, filters: Filters, exclude_group: str, one_request: bool
    ) -> list[list[Hit]]:
        """Fetch pictures, nearest first, enough for `top_k` cards; ask again for more only if folding left too few."""
        # Two pictures a product and a few variants fit in; Milvus Lite takes .04 ms for each hit it returns.
        limit = top_k * 3 + 12
        if not one_request:
            limit = max(limit, WITHIN)  # the order of the first cards is the same, however many are asked for
        while True:
            rows = self.store.search(vectors, limit, filters, exclude_groups=[exclude_group] if exclude_group else [])
            short = any(len(row) >= limit and len(_groups(row)) < top_k for row in rows)
            if one_request or not short or limit >= STORE_LIMIT:
                return rows
            limit = min(limit * 4, STORE_LIMIT)

    def _judge(self, nearest: Sequence[Match], strangeness: float | None) -> Verdict:
        if not nearest:
            return "none"
        return self._thresholds.judge(nearest[0].score, [m.score for m in nearest[1 : 1 + RIVALS]], strangeness)

    def _blame(self, vector: NDArray[np.float32], filters: Filters) -> tuple[str, ...]:
        """Which single filter, taken away, would bring matches back."""
        relaxed = {
            "category": dataclasses.replace(filters, categories=()),
            "price": dataclasses.replace(filters, min_price=None, max_price=None),
            "in_stock": dataclasses.replace(filters, in_stock=False),
        }
        candidates = {name: f for name, f in relaxed.items() if f != filters}
        return tuple(name for name, f in candidates.items() if self.store.search(vector, 1, f)[0])

    def close(self) -> None:
        """Release the store."""
        self.store.close()


def open_search(settings: Settings, shop: str | None = None) -> ImageSearch:
    """Load the weights and open the shop that the settings name (or `shop`).

    Raises:
        ModelError: weights are missing or damaged.
        StoreError: the store can't be opened, or other weights made the collection.
    """
    models = resolve_for(settings, shop or "")
    embedder = load_embedder(models.embedder)
    store = open_store(settings, embedder, shop)
    detector = load_detector(models.detector) if models.detector else None
    return ImageSearch(embedder, store, detector, distractors.load(settings.models, embedder.fingerprint))


def open_store(settings: Settings, embedder: Embedder, shop: str | None = None) -> MilvusStore:
    """Open the store for a shop; without a name, `shop` if it was imported, else `demo`."""
    if not settings.uri:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
    name = shop or settings.shop
    store = MilvusStore(settings.store_uri, settings.token, shop=name or OWN_SHOP, fingerprint=embedder.fingerprint)
    try:
        if name or store.exists():
            return store
    except StoreError:
        store.close()
        raise
    store.close()
    return MilvusStore(settings.store_uri, settings.token, shop=DEMO_SHOP, fingerprint=embedder.fingerprint)


def most_prominent(detections: Sequence[Detection]) -> Detection | None:
    """What the photo is most likely about: the largest confidence x sqrt(area)."""
    return max(detections, key=lambda d: d.prominence, default=None)


def _groups(hits: Sequence[Hit]) -> set[str]:
    return {hit.entry.product.group for hit in hits}


def _counts(values: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return counts


def _facets(products: Sequence[Product], groups: int) -> Facets:
    prices: dict[str, tuple[float, float]] = {}
    for product in products:
        if product.price is not None:
            low, high = prices.get(product.currency, (product.price, product.price))
            prices[product.currency] = (min(low, product.price), max(high, product.price))
    counts = _counts(p.category for p in products if p.category)
    categories = dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
    return Facets(len(products), groups, sum(p.in_stock for p in products), categories, prices)


def _check_top_k(top_k: int) -> None:
    if not 1 <= top_k <= MAX_TOP_K:
        raise QueryError(f"The number of results must lie in 1..{MAX_TOP_K}; got {top_k}.")


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000.0
