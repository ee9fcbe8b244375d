"""Figures of merit: hand-computed values, and slow plain references on random lists."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch import metrics

LISTS = st.lists(st.booleans(), max_size=14)
K = st.integers(1, 12)


def as_relevance(flags: list[bool]) -> np.ndarray:
    return np.array(flags, dtype=bool)


def slow_average_precision(flags: list[bool], total: int, k: int) -> float:
    """AP@k as the textbook writes it: precision at each relevant rank, averaged."""
    precisions = [sum(flags[: i + 1]) / (i + 1) for i in range(min(k, len(flags))) if flags[i]]
    return sum(precisions) / min(total, k)


def slow_ndcg(gains: list[float], ideal: list[float], k: int) -> float:
    """nDCG@k term by term; the ideal order is found by trying the k largest gains."""

    def dcg(values: list[float]) -> float:
        return sum(value / math.log2(rank + 1) for rank, value in enumerate(values[:k], 1))

    best = dcg(sorted(ideal, reverse=True))
    return dcg(gains) / best if best else 0.0


@given(flags=LISTS, k=K)
def test_hit_and_precision_agree_with_counting(flags: list[bool], k: int) -> None:
    relevance = as_relevance(flags)
    assert metrics.hit_at_k(relevance, k) == float(True in flags[:k])
    assert metrics.precision_at_k(relevance, k) == pytest.approx(flags[:k].count(True) / k)


@given(flags=LISTS, k=K, missed=st.integers(0, 5))
def test_average_precision_agrees_with_the_textbook(flags: list[bool], k: int, missed: int) -> None:
    total = max(1, sum(flags) + missed)
    expected = slow_average_precision(flags, total, k)
    assert metrics.average_precision_at_k(as_relevance(flags), total, k) == pytest.approx(expected)
    assert 0.0 <= expected <= 1.0


@given(flags=LISTS)
def test_reciprocal_rank_agrees_with_looking_for_the_first(flags: list[bool]) -> None:
    expected = 1.0 / (flags.index(True) + 1) if True in flags else 0.0
    assert metrics.reciprocal_rank(as_relevance(flags)) == expected


@given(gains=st.lists(st.sampled_from([0.0, 0.01, 0.1, 1.0]), max_size=12), k=K, more=st.integers(0, 3))
def test_ndcg_agrees_with_the_sum_and_never_passes_one(gains: list[float], k: int, more: int) -> None:
    ideal = gains + [1.0] * more
    value = metrics.ndcg_at_k(gains, ideal, k)
    assert value == pytest.approx(slow_ndcg(gains, ideal, k))
    assert 0.0 <= value <= 1.0 + 1e-12


def test_figures_by_hand() -> None:
    """Relevant at ranks 1, 3 and 6 of a list of six; four relevant items exist."""
    relevance = as_relevance([True, False, True, False, False, True])
    assert metrics.average_precision_at_k(relevance, 4, 10) == pytest.approx((1 + 2 / 3 + 3 / 6) / 4)
    assert metrics.average_precision_at_k(relevance, 4, 3) == pytest.approx((1 + 2 / 3) / 3)
    assert metrics.precision_at_k(relevance, 10) == pytest.approx(0.3)
    found = 1 / math.log2(2) + 1 / math.log2(4) + 1 / math.log2(7)
    best = 1 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4) + 1 / math.log2(5)
    assert metrics.ndcg_at_k([1, 0, 1, 0, 0, 1], [1] * 4, 10) == pytest.approx(found / best)


def test_an_empty_list_scores_zero() -> None:
    nothing = as_relevance([])
    assert metrics.hit_at_k(nothing, 5) == 0.0
    assert metrics.average_precision_at_k(nothing, 2, 10) == 0.0
    assert metrics.reciprocal_rank(nothing) == 0.0
    assert metrics.ndcg_at_k([], [1.0], 10) == 0.0
    assert metrics.ndcg_at_k([0.0], [0.0], 10) == 0.0, "a query that nothing could satisfy"


@pytest.mark.parametrize(("items", "relevant", "k"), [(6, 1, 2), (7, 3, 2), (5, 2, 5), (4, 1, 10), (6, 6, 1)])
def test_chance_agrees_with_trying_every_order(items: int, relevant: int, k: int) -> None:
    orders = list(itertools.permutations(range(items)))
    hits = sum(any(item < relevant for item in order[:k]) for order in orders)
    assert metrics.chance_at_k(items, relevant, k) == pytest.approx(hits / len(orders))


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),  # Newcombe 1998, method 3, and every statistics package
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I
        (0, 20, 0.0, 0.1611),
        (20, 20, 0.8389, 1.0),
        (15, 148, 0.0624, 0.1605),
    ],
)
def test_wilson_gives_the_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    assert metrics.wilson(successes, trials) == pytest.approx((low, high), abs=1e-4)


@given(trials=st.integers(1, 300), share=st.floats(0, 1))
def test_wilson_contains_the_rate_and_solves_the_score_equation(trials: int, share: float) -> None:
    successes = round(share * trials)
    low, high = metrics.wilson(successes, trials)
    rate = successes / trials
    assert 0.0 <= low <= rate <= high <= 1.0
    for end in (low, high):
        if 0.0 < end < 1.0:
            assert abs(rate - end) == pytest.approx(metrics.Z95 * math.sqrt(end * (1 - end) / trials), abs=1e-9)


def test_wilson_of_nothing_says_nothing() -> None:
    assert metrics.wilson(0, 0) == (0.0, 1.0)


def test_bootstrap_is_reproducible_and_agrees_with_a_plain_loop() -> None:
    rng = np.random.default_rng(7)
    values = rng.random(60).tolist()
    photos = [f"photo {i // 5}" for i in range(60)]
    interval = metrics.bootstrap_mean(values, photos)
    assert interval == metrics.bootstrap_mean(values, photos)

    by_photo = {photo: [v for v, p in zip(values, photos, strict=True) if p == photo] for photo in set(photos)}
    names = sorted(by_photo)
    means = []
    for _ in range(3000):
        drawn = [value for i in rng.integers(len(names), size=len(names)) for value in by_photo[names[i]]]
        means.append(sum(drawn) / len(drawn))
    assert interval == pytest.approx(tuple(np.percentile(means, [2.5, 97.5])), abs=0.015)
    assert interval[0] < np.mean(values) < interval[1]


def test_bootstrap_over_photos_is_wider_when_the_queries_of_a_photo_stand_or_fall_together() -> None:
    values = [float(i // 10 % 2) for i in range(100)]  # ten photos, all right or all wrong
    together = metrics.bootstrap_mean(values, [str(i // 10) for i in range(100)])
    alone = metrics.bootstrap_mean(values, [str(i) for i in range(100)])
    assert together[1] - together[0] > 2 * (alone[1] - alone[0])


def test_bootstrap_of_one_photo_has_no_width() -> None:
    assert metrics.bootstrap_mean([0.25, 0.75], ["a", "a"]) == (0.5, 0.5)


def test_ratio_of_medians_finds_the_factor_between_two_timings() -> None:
    rng = np.random.default_rng(3)
    fast = 10 + rng.random(80)
    ratio, (low, high) = metrics.ratio_of_medians((2.5 * fast).tolist(), fast.tolist())
    assert ratio == pytest.approx(2.5)
    assert (low, high) == pytest.approx((2.5, 2.5))
    ratio, (low, high) = metrics.ratio_of_medians((20 + 10 * rng.random(80)).tolist(), fast.tolist())
    assert low < ratio < high
    assert low > 1.8
