"""What the grades say about the search: precision, nDCG and reciprocal rank of the lists that people judged.

Knows grades, nothing of where they come from. The rule: a match is **right** if it is Exact or a Substitute; nDCG has
the gains of Amazon's ESCI baselines (E 1, S 0.1, C 0.01, I 0; Reddy et al. 2022) against the best order of everything
that was graded for the query; reciprocal rank looks for the first Exact. Invariant: a figure counts only lists whose
ranks are graded as far as it looks, so a half-graded list never pulls it down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imgsearch import metrics
from imgsearch.review.verdicts import GRADES, Grade, Judged

RIGHT: Final = ("E", "S")
GAINS: Final[dict[Grade, float]] = {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}
DEPTH = 10

Figure = Callable[[Judged], float]


def _is(judged: Judged, wanted: Sequence[str]) -> NDArray[np.bool_]:
    return np.array([grade in wanted for grade in judged.row], dtype=bool)


def _precision(k: int) -> Figure:
    return lambda judged: metrics.precision_at_k(_is(judged, RIGHT), k)


def _ndcg(judged: Judged) -> float:
    gains = [GAINS[grade] for grade in judged.row if grade]
    return metrics.ndcg_at_k(gains, [GAINS[grade] for grade in judged.grades.values()], DEPTH)


def _reciprocal_rank(judged: Judged) -> float:
    return metrics.reciprocal_rank(_is(judged, ["E"]))


# Name, how many ranks must be graded, how it is computed.
FIGURES: Final[tuple[tuple[str, int, Figure], ...]] = (
    ("precision_at_1", 1, _precision(1)),
    ("precision_at_5", 5, _precision(5)),
    ("precision_at_10", DEPTH, _precision(DEPTH)),
    ("ndcg_at_10", DEPTH, _ndcg),
    ("mrr", DEPTH, _reciprocal_rank),
)


def figures(judged: Sequence[Judged]) -> dict[str, Any]:
    """All figures over lists; a figure that no list is graded far enough for is None, and so is its interval.

    Intervals are Wilson's with one trial a list: a mean of values in [0, 1] varies at most as much as a rate of the
    same mean, so they are never too narrow for independent lists, and have a width for the first ones, too.

    Returns:
        `queries` (lists with a grade), `complete` (lists graded whole), `grades` (how many of each), the figures by
        name, and by the same names `judged` (lists that count) and `ci95`.
    """
    answer: dict[str, Any] = {
        "queries": len(judged),
        "complete": sum(one.complete for one in judged),
        "grades": {grade: sum(one.row.count(grade) for one in judged) for grade in GRADES},
    }
    counted: dict[str, int] = {}
    ci95: dict[str, list[float] | None] = {}
    for name, depth, figure in FIGURES:
        values = [figure(one) for one in judged if None not in one.row[:depth]]
        counted[name] = len(values)
        answer[name] = round(float(np.mean(values)), 4) if values else None
        ci95[name] = [round(end, 4) for end in metrics.wilson(sum(values), len(values))] if values else None
    return answer | {"judged": counted, "ci95": ci95}
