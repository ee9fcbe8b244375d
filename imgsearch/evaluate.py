"""How good is the search? A catalog and a truth file in, figures with intervals out.

Imports the catalog into a temporary store with the same code as `import`, asks every query as the page would, and
never touches a live collection. Invariants: the product counts (the SKU), before variants are folded to one card;
the truth file is read here and nowhere else; the same input gives the same figures.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import catalog, geometry, images, ingest, metrics, queries
from imgsearch.detect import Detector, load_detector
from imgsearch.embed import Embedder, load_embedder
from imgsearch.errors import CatalogError, InputError, ModelError
from imgsearch.images import Photo
from imgsearch.queries import Query
from imgsearch.ranking import by_kind
from imgsearch.records import Box, Product
from imgsearch.store import MAX_IMAGES, MilvusStore
from imgsearch.weights import ModelSet

Target = Literal["whole", "box", "detect"]
DEPTH = 100  # products per list: what `mrr` looks at
TARGETS = 5  # things of a photo that are searched when the row names no box, beside the whole photo
MIN_IOU = 0.5  # of the row's box with a detection, as in PASCAL VOC; below it the thing was missed
RANDOM_SEEDS = (0, 1, 2)

Progress = Callable[[str, int, int], None]


class Ranker(Protocol):
    """A way to rank products by likeness."""

    def rank(self, crops: Sequence[Image.Image]) -> list[list[str]]:
        """Product ids for each crop, best first, each once, at most `DEPTH`."""
        ...


class StoreRanker:
    """The way that is measured: the embedder, the store and the order of the page."""

    def __init__(self, embedder: Embedder, store: MilvusStore) -> None:
        self._embedder = embedder
        self._store = store

    def rank(self, crops: Sequence[Image.Image]) -> list[list[str]]:
        """One embedding batch and one store request for all crops."""
        hits = self._store.search(self._embedder.embed(crops), DEPTH * MAX_IMAGES)
        ordered = (by_kind(row) for row in hits)
        return [distinct((hit.entry.product.product_id for hit in row), DEPTH) for row in ordered]


@dataclass(frozen=True, slots=True)
class Outcome:
    """One query answered: which ranks hold a relevant product, and whether the first one is of a relevant group."""

    photo: str
    relevance: NDArray[np.bool_]
    total: int
    group_hit: bool
    targets: int
    ms: float


def distinct(ids: Iterable[str], limit: int) -> list[str]:
    """The first `limit` different ids, in order.

    >>> distinct(["b", "a", "b", "c"], 2)
    ['b', 'a']
    """
    return list(dict.fromkeys(ids))[:limit]


def round_robin(lists: Sequence[Sequence[str]], limit: int) -> list[str]:
    """One list out of several: every list's first, then every list's second...; an id counts once.

    >>> round_robin([["a", "b", "c"], ["x", "a"]], 4)
    ['a', 'x', 'b', 'c']
    """
    longest = max((len(ids) for ids in lists), default=0)
    return distinct((ids[i] for i in range(longest) for ids in lists if i < len(ids)), limit)


def targets_of(query: Query, photo: Photo, target: Target, detector: Detector | None) -> list[Box]:
    """What is searched for: [] if the thing was missed.

    `whole`: the whole picture. `box`: the row's box. `detect` with a box: the detection that overlaps it most, if the
    IoU reaches .5; without: the 5 most prominent detections and the whole photo.

    Raises:
        ModelError: `detect` without a detector.
        CatalogError: `box`, and the row has none.
    """
    if target == "whole":
        return [geometry.whole(photo.width_px, photo.height_px)]
    if target == "box":
        if query.box is None:
            raise CatalogError(
                "--target box needs x1,y1,x2,y2 in every row; use --target whole or detect.", query.file, query.row
            )
        return [query.box]
    if detector is None:
        raise ModelError("--target detect needs a detector, and these models have none; use --target whole or box.")
    found = detector.detect(photo)
    if query.box is None:
        best = sorted(found, key=lambda d: d.prominence, reverse=True)[:TARGETS]
        return [*(d.box for d in best), geometry.whole(photo.width_px, photo.height_px)]
    boxed = nearest((d.box for d in found), query.box)
    return [boxed] if boxed else []


def nearest(boxes: Iterable[Box], meant: Box) -> Box | None:
    """The box that overlaps the one that is meant most, or None if none reaches IoU .5: it was missed.

    >>> nearest([Box(0, 0, 10, 6), Box(0, 0, 10, 9)], Box(0, 0, 10, 10))
    Box(x1=0, y1=0, x2=10, y2=9)
    """
    best = max(boxes, key=lambda box: geometry.iou(box, meant), default=None)
    return best if best is not None and geometry.iou(best, meant) >= MIN_IOU else None


def run(
    source: Path,
    truth: Path,
    models: ModelSet,
    *,
    target: Target = "box",
    where: str = "",
    gallery_crop: ingest.GalleryCrop = "auto",
    with_baselines: bool = False,
    allow_private_urls: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> dict[str, Any]:
    """Measure, and return the document of `evaluate`.

    Args:
        source: the catalog, in any form that `import` reads.
        truth: a CSV in the QUERIES form, see `imgsearch.queries`.
        models: from `weights.resolve`.
        target: what of a photo is searched for, see `targets_of`.
        where: a condition on the truth file's columns, such as `visible>=0.5`.
        gallery_crop: which part of a gallery picture is embedded.
        with_baselines: also state what colour + pixels and a random-weight network reach on the same queries.
        progress: called with what is done, how many are, and of how many.

    Raises:
        CatalogError: the catalog or the truth file can't be used.
        QueryError: `where` can't be used.
        ModelError: the target needs a detector that is not there.
    """
    feed = catalog.read(source)
    asked = queries.read(truth, feed.products, where)
    detector = load_detector(models.detector) if models.detector else None
    with tempfile.TemporaryDirectory(prefix="imgsearch-evaluate-") as folder:
        models = ingest.fitted(models, feed, Path(folder), allow_private_urls=allow_private_urls)
        embedder = load_embedder(models.embedder)
        with MilvusStore(f"{folder}/evaluate.db", shop="evaluate", fingerprint=embedder.fingerprint) as store:
            ingest.run(
                feed,
                store,
                detector,
                embedder,
                gallery_crop=gallery_crop,
                allow_private_urls=allow_private_urls,
                progress=lambda p: progress("Catalog", p.done, p.total),
            )
            products = {p.product_id: p for p in store.products()}
            _check_imported(asked, products)
            rankers: dict[str, Ranker] = {"model": StoreRanker(embedder, store)}
            if with_baselines:
                rankers |= _baseline_rankers(store, models.embedder.input_size_px, allow_private_urls)
            outcomes = _answer_all(asked, target, detector, products, rankers, progress)
    document = figures(outcomes["model"], len(products)) | {"model": embedder.fingerprint[:12]}
    return document | ({"baselines": _baselines(outcomes)} if with_baselines else {})


def _check_imported(asked: Sequence[Query], products: dict[str, Product]) -> None:
    for query in asked:
        for product_id in sorted(query.relevant - products.keys()):
            raise CatalogError(
                f"The relevant product {product_id!r} was rejected by the import, so it can't be found; run "
                "`import --dry-run` to see why.",
                query.file,
                query.row,
            )


def _answer_all(
    asked: Sequence[Query],
    target: Target,
    detector: Detector | None,
    products: dict[str, Product],
    rankers: dict[str, Ranker],
    progress: Progress,
) -> dict[str, list[Outcome]]:
    outcomes: dict[str, list[Outcome]] = {name: [] for name in rankers}
    _answer(asked[0], target, detector, products, {"model": rankers["model"]})  # the first call allocates; not timed
    for done, query in enumerate(asked, 1):
        for name, outcome in _answer(query, target, detector, products, rankers).items():
            outcomes[name].append(outcome)
        progress("Queries", done, len(asked))
    return outcomes


def _answer(
    query: Query, target: Target, detector: Detector | None, products: dict[str, Product], rankers: dict[str, Ranker]
) -> dict[str, Outcome]:
    """One query by every way; each is timed from the file to the list, the picture's decoding included."""
    started = time.perf_counter()
    try:
        photo = images.load(query.image)
        boxes = targets_of(query, photo, target, detector)
        crops = [images.query_crop(photo, box) for box in boxes]
    except InputError as error:  # the picture, or a box outside it
        raise CatalogError(str(error), query.file, query.row) from error
    shared_ms = (time.perf_counter() - started) * 1000.0
    answers = {}
    for name, ranker in rankers.items():
        started = time.perf_counter()
        ranked = round_robin(ranker.rank(crops), DEPTH) if crops else []
        ms = shared_ms + (time.perf_counter() - started) * 1000.0
        answers[name] = _outcome(query, ranked, products, len(boxes), ms)
    return answers


def _outcome(query: Query, ranked: Sequence[str], products: dict[str, Product], targets: int, ms: float) -> Outcome:
    groups = {products[product_id].group for product_id in query.relevant}
    return Outcome(
        photo=str(query.image),
        relevance=np.array([product_id in query.relevant for product_id in ranked], dtype=bool),
        total=len(query.relevant),
        group_hit=bool(ranked) and products[ranked[0]].group in groups,
        targets=targets,
        ms=ms,
    )


def figures(outcomes: Sequence[Outcome], products: int) -> dict[str, Any]:
    """The figures of the document, without the model's name; at least one outcome."""
    count = len(outcomes)
    rates = {f"recall_at_{k}": [metrics.hit_at_k(o.relevance, k) for o in outcomes] for k in (1, 5, 10)}
    rates["group_recall_at_1"] = [float(o.group_hit) for o in outcomes]
    means = {
        "map_at_10": [metrics.average_precision_at_k(o.relevance, o.total, 10) for o in outcomes],
        "ndcg_at_10": [metrics.ndcg_at_k(o.relevance.tolist(), [1.0] * o.total, 10) for o in outcomes],
        "mrr": [metrics.reciprocal_rank(o.relevance) for o in outcomes],
    }
    photos = [o.photo for o in outcomes]
    ci95 = {name: metrics.wilson(sum(values), count) for name, values in rates.items()}
    ci95 |= {name: metrics.bootstrap_mean(values, photos) for name, values in means.items()}
    p50_ms, p95_ms = np.percentile([o.ms for o in outcomes], [50, 95])
    chance = np.mean([metrics.chance_at_k(products, o.total, 10) for o in outcomes])
    return {
        "queries": count,
        "products": products,
        **{name: round(float(np.mean(values)), 4) for name, values in (rates | means).items()},
        "chance_at_10": round(float(chance), 4),
        "ci95": {name: [round(low, 4), round(high, 4)] for name, (low, high) in ci95.items()},
        "p50_ms": round(float(p50_ms), 1),
        "p95_ms": round(float(p95_ms), 1),
        "targets_mean": round(float(np.mean([o.targets for o in outcomes])), 2),
    }


def _baseline_rankers(store: MilvusStore, input_size_px: int, allow_private_urls: bool) -> dict[str, Ranker]:
    from imgsearch import baselines

    gallery = baselines.Gallery.of(store.entries(), allow_private_urls)
    rankers: dict[str, Ranker] = {"colour_pixels": baselines.MatrixRanker(baselines.colour_pixels, gallery, DEPTH)}
    for seed in RANDOM_SEEDS:
        network = baselines.random_network(seed, input_size_px)
        rankers[f"random_{seed}"] = baselines.MatrixRanker(network, gallery, DEPTH)
    return rankers


def _baselines(outcomes: dict[str, list[Outcome]]) -> dict[str, dict[str, float]]:
    def recall(names: Iterable[str], k: int) -> float:
        hits = [metrics.hit_at_k(o.relevance, k) for name in names for o in outcomes[name]]
        return round(float(np.mean(hits)), 4)

    ways = {"colour_pixels": ["colour_pixels"], "random_network": [f"random_{seed}" for seed in RANDOM_SEEDS]}
    return {way: {f"recall_at_{k}": recall(names, k) for k in (1, 5)} for way, names in ways.items()}
