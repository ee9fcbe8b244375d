"""Are new weights better than the old ones? A paired test on queries that neither has seen; arithmetic only.

Knows hits and misses, nothing of networks or pictures. Invariant: doubt keeps the old weights. New ones are accepted
only if all three hold: the gain is at least a point, its 95 % interval lies above zero, and chance does not explain it.

The interval is a bootstrap over split units (a group of variants with its duplicates), as queries of one product are
right and wrong together; both weights answer the same queries, so the difference is resampled, not the two figures.
Chance is McNemar's test in its exact form (McNemar 1947): of the queries on which the two differ, how likely is it that
so many go to one side if both are equally good?
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from imgsearch import metrics

SIGNIFICANCE = 0.05
LEAST_GAIN = 0.01
"""Of R@1 or mAP50. Other weights cost a new collection, or other boxes; for less than a point nobody should do that."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome. `before` and `after` are R@1 on the same queries; `won`, `lost` count those that changed sides."""

    accepted: bool
    reason: str
    queries: int
    before: float
    after: float
    ci95: metrics.Interval
    p_value: float
    won: int
    lost: int

    @property
    def gain(self) -> float:
        """after - before."""
        return self.after - self.before


def judge(before: NDArray[np.bool_], after: NDArray[np.bool_], units: Sequence[str]) -> Verdict:
    """Compare two weights on the same queries.

    Args:
        before, after: `(Q,)`, whether the right product came first with the old and the new weights; Q >= 1.
        units: the split unit of each query.

    >>> judge(np.zeros(40, bool), np.ones(40, bool), [str(i) for i in range(40)]).accepted
    True
    """
    won, lost = int((after & ~before).sum()), int((before & ~after).sum())
    ci95 = metrics.bootstrap_mean((after.astype(float) - before.astype(float)).tolist(), units)
    p_value = mcnemar(won, lost)
    figures = float(before.mean()), float(after.mean())
    fault = _fault(figures[1] - figures[0], ci95, p_value)
    reason = fault or f"R@1 rose by {figures[1] - figures[0]:.3f}, beyond its interval and beyond chance"
    return Verdict(not fault, reason, len(before), *figures, ci95, p_value, won, lost)


def _fault(gain: float, ci95: metrics.Interval, p_value: float) -> str:
    """Why the new weights are refused; '' if they are not."""
    if fault := fault_of_gain("R@1", gain, ci95, "embedding the catalog anew"):
        return fault
    if p_value >= SIGNIFICANCE:
        return f"R@1 rose by {gain:.3f}, which chance explains (McNemar p = {p_value:.2f})"
    return ""


def fault_of_gain(figure: str, gain: float, ci95: metrics.Interval, price: str) -> str:
    """Why a gain of a figure does not count; '' if it does.

    Args:
        figure: its name, for people.
        gain: after - before.
        ci95: of the gain, paired.
        price: what new weights cost, for people.
    """
    if gain <= 0:
        return f"{figure} did not rise ({gain:+.3f})"
    if gain < LEAST_GAIN:
        return f"{figure} rose by {gain:.3f}; less than {LEAST_GAIN} is not worth {price}"
    if ci95[0] <= 0:
        return f"{figure} rose by {gain:.3f}, within its 95 % interval [{ci95[0]:+.3f}, {ci95[1]:+.3f}]"
    return ""


def mcnemar(won: int, lost: int) -> float:
    """Two-sided exact p of McNemar's test: binomial(won + lost, 1/2).

    >>> mcnemar(9, 1)  # 2 * (1 + 10) / 2 ** 10
    0.021484375
    """
    count, fewer = won + lost, min(won, lost)
    if count >= 1000:  # the exact sum takes minutes for a hundred thousand
        return _mcnemar_normal(won, lost)
    tail = sum(math.comb(count, k) for k in range(fewer + 1))
    return min(1.0, float(2 * tail / 2**count))


def _mcnemar_normal(won: int, lost: int) -> float:
    """The normal approximation with continuity correction: from 1000 differences on, equal to four digits."""
    z = max(0.0, abs(won - lost) - 1) / math.sqrt(won + lost)
    return math.erfc(z / math.sqrt(2))
