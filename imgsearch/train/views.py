"""Views of a shop's goods as network inputs: what is learned from, and the held-out queries that decide.

Turns `goods` and `reviewed` into crops and crops into features; knows nothing of losses. Invariant: everything is
drawn from generators seeded by what is drawn, so an interrupted run draws the same views again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import images
from imgsearch.embed import MAX_BATCH
from imgsearch.train import augment, grounds
from imgsearch.train.datasets import Pixels
from imgsearch.train.goods import FOLDS, Goods, Picture
from imgsearch.train.reviewed import Snap

GALLERY_VIEWS = 2
QUERIES = 1440  # of all folds together, where the products are few: a rate near one half is known to 2.6 points
QUERIES_PER_PRODUCT = (4, 24)

Vectors = NDArray[np.float32]
Describe = Callable[[Vectors], Vectors]
"""`(N, 3, S, S)` float32 inputs to `(N, D)` float32 rows."""


@dataclass(frozen=True, slots=True, eq=False)
class Exam:
    """The queries about one fold's goods and the gallery they are asked of, as crops.

    Attributes:
        gallery, gallery_identity: every product's first pictures as an import would embed them.
        queries, truth: photo-like views and graded photos of held-out products, and the right identity of each.
        units: the split unit of each query.
        real: how many of the queries are graded photos; they come last.
    """

    gallery: tuple[Image.Image, ...]
    gallery_identity: tuple[str, ...]
    queries: tuple[Image.Image, ...]
    truth: tuple[str, ...]
    units: tuple[str, ...]
    real: int


def make_exam(goods: Goods, snaps: Sequence[Snap], fold: int, folds: int) -> Exam:
    """The exam on the goods of one of the `folds` that are examined; `snaps` are those that `split_snaps` held out."""
    shown, kept_back = _split_views(goods)
    low, high = QUERIES_PER_PRODUCT
    each = int(np.clip(round(QUERIES * FOLDS / folds / max(1, len(kept_back))), low, high))
    queries: list[Image.Image] = []
    products: list[str] = []
    for number, product_id in enumerate(kept_back):
        if goods.fold(product_id) != fold:
            continue
        rng = np.random.default_rng([7, number])
        for take in range(each):
            view = kept_back[product_id][take % len(kept_back[product_id])]
            queries.append(Image.fromarray(photo_view(rng, view.rgba, goods.pictures)))
            products.append(product_id)
    for snap in snaps:
        x1, y1, x2, y2 = snap.box
        queries.append(Image.fromarray(snap.pixels[y1:y2, x1:x2]))
        products.append(max(snap.gains, key=lambda key: snap.gains[key]))
    return Exam(
        gallery=tuple(picture.served for picture in shown),
        gallery_identity=tuple(goods.identity[picture.product_id] for picture in shown),
        queries=tuple(queries),
        truth=tuple(goods.identity[name] for name in products),
        units=tuple(goods.unit[name] for name in products),
        real=len(snaps),
    )


def _split_views(goods: Goods) -> tuple[list[Picture], dict[str, list[Picture]]]:
    """Gallery pictures, and by product those that queries are made of: others where a product has others."""
    by_product: defaultdict[str, list[Picture]] = defaultdict(list)
    for picture in goods.pictures:
        by_product[picture.product_id].append(picture)
    shown, kept_back = [], {}
    for product_id, pictures in by_product.items():
        count = min(GALLERY_VIEWS, max(1, len(pictures) - 1))
        shown += pictures[:count]
        kept_back[product_id] = pictures[count:] or pictures
    return shown, kept_back


def split_snaps(goods: Goods, snaps: Sequence[Snap], fold: int) -> tuple[list[Snap], list[Snap]]:
    """Of `known_snaps`, those to learn from while a fold is held out, and those to be examined by.

    A photo is on one side only.
    """
    asked = [s for s in snaps if _exact_and_held_out(goods, s, fold)]
    photos = {s.photo for s in asked}
    return [s for s in snaps if s.photo not in photos and not _touches_held_out(goods, s, fold)], asked


def known_snaps(goods: Goods, snaps: Sequence[Snap]) -> list[Snap]:
    """The graded crops with what the catalog has of their products; without any, a crop is left out."""
    kept = [{key: gain for key, gain in snap.gains.items() if key in goods.identity} for snap in snaps]
    return [Snap(s.photo, s.pixels, s.box, gains) for s, gains in zip(snaps, kept, strict=True) if gains]


def _exact_and_held_out(goods: Goods, snap: Snap, fold: int) -> bool:
    best = max(snap.gains, key=lambda key: snap.gains[key])
    return snap.gains[best] >= 0.5 and goods.fold(best) == fold


def _touches_held_out(goods: Goods, snap: Snap, fold: int) -> bool:
    return any(goods.fold(product_id) == fold for product_id in snap.gains)


def photo_view(rng: np.random.Generator, rgba: Pixels, pictures: Sequence[Picture]) -> Pixels:
    """A photo-like crop of a cut-out, on a drawn ground, beside up to two other goods of the shop."""
    others = [pictures[int(rng.integers(len(pictures)))].rgba for _ in range(int(rng.choice([0, 0, 1, 2])))]
    return augment.photo_view(rng, rgba, grounds.draw(rng), others)


def features(crops: Sequence[Image.Image], describe: Describe, size_px: int) -> Vectors:
    """Rows for crops of any size, by the application's own preprocessing."""
    parts = []
    for start in range(0, len(crops), MAX_BATCH):
        inputs = np.stack([images.preprocess(crop, size_px) for crop in crops[start : start + MAX_BATCH]])
        parts.append(describe(inputs))
    return np.concatenate(parts)


def first_hits(vectors: tuple[Vectors, Vectors], exam: Exam) -> NDArray[np.bool_]:
    """Whether the right identity comes first, for each query.

    Args:
        vectors: unit rows of the exam's gallery and queries.
    """
    gallery, queries = vectors
    best = (queries @ gallery.T).argmax(axis=1)
    found: NDArray[np.bool_] = np.asarray(exam.gallery_identity)[best] == np.asarray(exam.truth)
    return found
