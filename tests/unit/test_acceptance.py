"""New weights are kept only if they are better beyond doubt; a gain of .2 points never is."""

from __future__ import annotations

import math

import numpy as np
import pytest

from imgsearch.train import acceptance


def outcomes(queries: int, right_before: float, won: int, lost: int) -> tuple[np.ndarray, np.ndarray]:
    before = np.zeros(queries, bool)
    before[: round(queries * right_before)] = True
    after = before.copy()
    after[:lost] = False
    after[queries - won :] = True
    return before, after


@pytest.mark.parametrize("queries", [500, 5_000, 100_000])
def test_a_gain_of_a_fifth_of_a_point_is_refused_however_many_queries_there_are(queries: int) -> None:
    before, after = outcomes(queries, 0.7, won=queries // 500, lost=0)
    verdict = acceptance.judge(before, after, [str(i % 200) for i in range(queries)])
    assert verdict.gain == pytest.approx(0.002)
    assert not verdict.accepted
    assert verdict.reason


def test_a_clear_gain_is_accepted() -> None:
    before, after = outcomes(400, 0.6, won=60, lost=12)
    verdict = acceptance.judge(before, after, [str(i // 8) for i in range(400)])
    assert verdict.accepted
    assert (verdict.won, verdict.lost) == (60, 12)
    assert verdict.gain == pytest.approx(0.12)
    assert 0 < verdict.ci95[0] < 0.12 < verdict.ci95[1]


@pytest.mark.parametrize(("won", "lost", "word"), [(0, 0, "did not rise"), (10, 30, "did not rise"), (14, 8, "within")])
def test_no_gain_a_loss_and_a_gain_within_its_interval_are_refused(won: int, lost: int, word: str) -> None:
    before, after = outcomes(400, 0.6, won, lost)
    verdict = acceptance.judge(before, after, [str(i // 8) for i in range(400)])
    assert not verdict.accepted
    assert word in verdict.reason


def test_a_gain_on_one_product_alone_is_refused_though_its_many_queries_would_pass_mcnemar() -> None:
    before, after = outcomes(400, 0.6, won=24, lost=0)
    units = ["one" if i >= 376 else str(i % 15) for i in range(400)]
    verdict = acceptance.judge(before, after, units)
    assert verdict.p_value < 0.001
    assert not verdict.accepted


def test_mcnemar_is_the_binomial_tail() -> None:
    """Compared with the sum over all outcomes that are at least as far from even."""
    for won in range(12):
        for lost in range(12):
            count = won + lost
            far = [k for k in range(count + 1) if abs(k - count / 2) >= abs(won - count / 2) - 1e-9]
            expected = min(1.0, sum(math.comb(count, k) for k in far) / 2**count)
            assert acceptance.mcnemar(won, lost) == pytest.approx(expected)


def test_mcnemar_of_thousands_joins_the_exact_form() -> None:
    exact = sum(math.comb(999, k) for k in range(461)) * 2 / 2**999
    assert acceptance.mcnemar(460, 540) == pytest.approx(exact, rel=0.15)
    assert acceptance.mcnemar(460, 539) == pytest.approx(exact)
    assert acceptance.mcnemar(100_000, 50_000) == 0.0
