"""Fit the verdict's thresholds to a catalog, from the catalog's own pictures.

Reads vectors and group ids; knows nothing about pictures or pages. How: every picture asks for its nearest picture of
another group. The evidence for these wrong answers says how alike different goods of this very shop look, so evidence
that only 1 in 20 of them reaches is rarely reached by chance. Invariant: the same vectors give the same thresholds.
"""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from imgsearch.store import MilvusStore
from imgsearch.verdict import DEFAULT, Thresholds, evidence

MIN_GROUPS = 8
MAX_PICTURES = 4000  # a sample is enough for quantiles, and keeps the product matrix under 64 MiB
# Quantiles of the evidence for a stranger: 1 in 20 reaches "exact", 1 in 5 "likely"; the weaker half is "none".
EXACT_QUANTILE, LIKELY_QUANTILE, SIMILAR_QUANTILE = 0.95, 0.80, 0.50


def fit(vectors: NDArray[np.float32], groups: Sequence[str]) -> Thresholds:
    """Thresholds from a catalog's pictures.

    Args:
        vectors: `(N, 256)` float32 of unit norm; the work grows with N^2.
        groups: the group of each picture.

    Returns:
        The defaults when there are fewer than 8 groups.
    """
    names = np.asarray(groups)
    if len(set(groups)) < MIN_GROUPS:
        return DEFAULT
    scores = vectors @ vectors.T
    scores[names[:, None] == names[None, :]] = -1.0
    nearest = scores.argmax(axis=1)
    best = scores[np.arange(len(names)), nearest]
    scores[names[nearest][:, None] == names[None, :]] = -1.0
    strangers = [evidence(float(a), float(b)) for a, b in zip(best, scores.max(axis=1), strict=True)]
    exact, likely, similar = (
        float(np.quantile(strangers, q)) for q in (EXACT_QUANTILE, LIKELY_QUANTILE, SIMILAR_QUANTILE)
    )
    return Thresholds(similar=similar, likely=likely, exact=exact, pictures=len(names))


def fit_store(store: MilvusStore) -> Thresholds:
    """Fit on what a store holds, and keep the result with the collection."""
    entries = sorted(store.entries(), key=lambda entry: entry.entry_id)
    if len(entries) > MAX_PICTURES:
        entries = random.Random(0).sample(entries, MAX_PICTURES)
    vectors = store.vectors_of({entry.product.product_id for entry in entries})
    rows = [vectors[entry.entry_id] for entry in entries]
    thresholds = fit(np.stack(rows), [entry.product.group for entry in entries]) if rows else DEFAULT
    store.set_meta({"thresholds": thresholds.to_json()})
    return thresholds
