"""How good are ranked lists? Each query judged, and the mean over queries with 95 % intervals.

Knows product ids and truths, nothing of pictures or models. Invariants: every rank is a product, not a card of
variants, as in `evaluate`; equal scores rank in the gallery's order; a missed query has an empty list and counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imgsearch import metrics
from imgsearch.baselines import ranked_products

KS = (1, 5, 10)
DEPTH = 10
DIGITS = 4

Vectors = NDArray[np.float32]
Ranked = list[list[str]]
Scores = dict[str, NDArray[np.float64]]
"""By figure: what each query scores, `(queries,)` in 0..1."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What is right for one query.

    Attributes:
        relevant: ids of the right products, at least one.
        photo: queries of one photo succeed and fail together, which the intervals of means take into account.
        group: ids of all variants of the right products; empty where groups mean nothing.
    """

    relevant: frozenset[str]
    photo: str
    group: frozenset[str] = frozenset()


def rank(queries: Vectors, gallery: Vectors, product_ids: Sequence[str], depth: int = DEPTH) -> Ranked:
    """The `depth` most alike products of each query, a product counting with its best picture.

    Args:
        queries: `(Q, D)` unit rows.
        gallery: `(G, D)` unit rows.
        product_ids: `(G,)`, the product that each picture shows.
    """
    return ranked_products(queries @ gallery.T, product_ids, depth)


def judge(ranked: Ranked, truths: Sequence[Truth]) -> Scores:
    """Recall@1, 5, 10, AP@10 and, where there are groups, group recall@1, 5, 10 of each query."""
    right = [np.array([i in truth.relevant for i in ids], bool) for ids, truth in zip(ranked, truths, strict=True)]
    kin = [np.array([i in truth.group for i in ids], bool) for ids, truth in zip(ranked, truths, strict=True)]
    scores = {f"recall_at_{k}": [metrics.hit_at_k(flags, k) for flags in right] for k in KS}
    if any(truth.group for truth in truths):
        scores |= {f"group_recall_at_{k}": [metrics.hit_at_k(flags, k) for flags in kin] for k in KS}
    scores["map_at_10"] = [
        metrics.average_precision_at_k(flags, len(truth.relevant), 10)
        for flags, truth in zip(right, truths, strict=True)
    ]
    return {name: np.array(values, np.float64) for name, values in scores.items()}


def mean_of(several: Sequence[Scores]) -> Scores:
    """The mean of several ways to answer the same queries, query by query; for seeds of a random network."""
    return {name: np.mean([scores[name] for scores in several], axis=0) for name in several[0]}


def summary(scores: Scores, truths: Sequence[Truth], chosen: NDArray[np.bool_] | None = None) -> dict[str, Any]:
    """Means over the (chosen) queries, at least one, rounded to 4 places, and `ci95`.

    The intervals are Wilson's for rates and a bootstrap over photos for the mean average precision.
    """
    kept = np.ones(len(truths), bool) if chosen is None else chosen
    count = int(kept.sum())
    photos = [truth.photo for truth, keep in zip(truths, kept, strict=True) if keep]
    figures: dict[str, Any] = {"queries": count}
    intervals = {}
    for name, values in scores.items():
        figures[name] = round(float(values[kept].mean()), DIGITS)
        interval = (
            metrics.bootstrap_mean(values[kept].tolist(), photos)
            if name.startswith("map")
            else metrics.wilson(float(values[kept].sum()), count)
        )
        intervals[name] = [round(end, DIGITS) for end in interval]
    return figures | {"ci95": intervals}
