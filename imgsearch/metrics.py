"""Figures of merit for ranked lists, and their 95 % intervals: pure arithmetic over numpy arrays.

Knows nothing about pictures, products or stores. One list is given as `relevance`: a bool array, `relevance[i]` says
whether the item at rank i + 1 is relevant; a list may be shorter than k (what is missing was not found) or empty.
Invariants: every figure lies in [0, 1]; a list without any relevant item scores 0; intervals are reproducible.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054  # the normal distribution's 97.5 % quantile
ROUNDS = 2000  # bootstrap resamples: the ends of a 95 % interval then stand on 50 resamples each
Interval = tuple[float, float]


def hit_at_k(relevance: NDArray[np.bool_], k: int) -> float:
    """1.0 if any of the first k items is relevant, else 0.0: what image retrieval calls recall@k.

    >>> hit_at_k(np.array([False, True]), 1)
    0.0
    """
    return float(relevance[:k].any())


def precision_at_k(relevance: NDArray[np.bool_], k: int) -> float:
    """The share of relevant items among k ranks; a rank that the list does not fill counts as irrelevant."""
    return float(relevance[:k].sum() / k)


def average_precision_at_k(relevance: NDArray[np.bool_], total: int, k: int) -> float:
    """AP@k: the mean of precision@i over the ranks i <= k that hold a relevant item, over min(total, k).

    Args:
        relevance: the list; items occur once.
        total: how many relevant items exist, >= 1.

    >>> average_precision_at_k(np.array([True, False, True]), total=2, k=10)  # (1/1 + 2/3) / 2
    0.8333333333333333
    """
    first = relevance[:k]
    precisions = np.cumsum(first) / np.arange(1, len(first) + 1)
    return float(precisions[first].sum() / min(total, k))


def reciprocal_rank(relevance: NDArray[np.bool_]) -> float:
    """1 / rank of the first relevant item; 0 if the list has none.

    >>> reciprocal_rank(np.array([False, False, True]))
    0.3333333333333333
    """
    ranks = np.flatnonzero(relevance)
    return float(1.0 / (ranks[0] + 1)) if ranks.size else 0.0


def ndcg_at_k(gains: Sequence[float], ideal: Sequence[float], k: int) -> float:
    """nDCG@k with linear gains and a log2 discount (Järvelin and Kekäläinen 2002), as trec_eval's `ndcg_cut`.

    Args:
        gains: gain of the item at each rank, >= 0.
        ideal: the gains of everything that could have been shown, in any order; its best order is the yardstick.

    >>> ndcg_at_k([0.0, 1.0], ideal=[1.0], k=10)  # 1 / log2(3)
    0.6309297535714575
    """
    best = _dcg(sorted(ideal, reverse=True), k)
    return _dcg(gains, k) / best if best > 0 else 0.0


def _dcg(gains: Sequence[float], k: int) -> float:
    first = np.asarray(gains[:k], dtype=np.float64)
    return float((first / np.log2(np.arange(2, len(first) + 2))).sum())


def chance_at_k(items: int, relevant: int, k: int) -> float:
    """hit@k of a random order: 1 - C(items - relevant, k) / C(items, k).

    >>> round(chance_at_k(items=50, relevant=1, k=10), 6)
    0.2
    """
    return 1.0 - math.comb(items - relevant, min(k, items)) / math.comb(items, min(k, items))


def wilson(successes: float, trials: int) -> Interval:
    """The 95 % score interval of a rate (Wilson 1927); stays inside [0, 1] and has a width at 0 and 1, too.

    >>> tuple(round(end, 3) for end in wilson(8, 10))
    (0.49, 0.943)
    """
    if trials == 0:
        return (0.0, 1.0)
    rate, spread = successes / trials, Z95**2 / trials
    middle = rate + spread / 2
    half = Z95 * math.sqrt(rate * (1 - rate) / trials + spread / (4 * trials))
    low, high = (middle - half) / (1 + spread), (middle + half) / (1 + spread)
    # At rates of 0 and 1 an end is the rate itself, up to rounding.
    return (max(0.0, min(low, rate)), min(1.0, max(high, rate)))


def bootstrap_mean(values: Sequence[float], groups: Sequence[str], seed: int = 0) -> Interval:
    """The 95 % percentile interval of a mean, resampling whole groups (Efron 1979, clustered).

    Queries of one photo succeed and fail together; resampling single queries would make the interval too narrow.

    Args:
        values: one figure a query, at least one.
        groups: the photo of each query, same length.
    """
    _, index = np.unique(np.asarray(groups), return_inverse=True)
    sums = np.bincount(index, weights=np.asarray(values, dtype=np.float64))  # (photos,)
    counts = np.bincount(index)  # (photos,)
    draws = _draws(len(sums), seed)
    return _interval(sums[draws].sum(axis=1) / counts[draws].sum(axis=1))


def ratio_of_medians(slow: Sequence[float], fast: Sequence[float], seed: int = 0) -> tuple[float, Interval]:
    """median(slow) / median(fast) and its 95 % percentile bootstrap interval.

    Args:
        slow, fast: two timings of each round, same length: resampled together, since a busy moment hits both.
    """
    above, below = np.asarray(slow, dtype=np.float64), np.asarray(fast, dtype=np.float64)
    draws = _draws(len(above), seed)
    ratios = np.median(above[draws], axis=1) / np.median(below[draws], axis=1)
    return float(np.median(above) / np.median(below)), _interval(ratios)


def _draws(size: int, seed: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).integers(size, size=(ROUNDS, size))


def _interval(statistics: NDArray[np.float64]) -> Interval:
    low, high = np.percentile(statistics, [2.5, 97.5])
    return (float(low), float(high))
