"""Verdicts as pure arithmetic: what raises them, what lowers them, what is kept."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch.verdict import DEFAULT, MAX_LEAD, Thresholds, familiarity, identity, lead_of

ORDER = ("none", "similar", "likely", "exact")
LIMITS = Thresholds(similar=0.4, likely=0.6, exact=0.9, usual=0.3)
cosines = st.floats(-1, 1)


def test_verdicts_rise_with_the_score() -> None:
    words = [LIMITS.judge(score) for score in (-1, 0.39, 0.41, 0.61, 0.89, 0.91)]
    assert words == ["none", "none", "similar", "likely", "likely", "exact"]


@given(cosines, cosines, st.lists(cosines, max_size=6), st.none() | cosines)
def test_a_verdict_never_falls_when_the_score_rises(
    one: float, other: float, rivals: list[float], strangeness: float | None
) -> None:
    low, high = (ORDER.index(LIMITS.judge(score, rivals, strangeness)) for score in sorted((one, other)))
    assert low <= high


def test_what_looks_like_anything_needs_a_higher_score() -> None:
    assert LIMITS.judge(0.65, [0.64], strangeness=0.3) == "likely"
    assert LIMITS.judge(0.65, [0.64], strangeness=0.5) == "similar"
    assert LIMITS.judge(0.65, [0.64]) == "likely", "without distractors at hand a photo counts as a usual one"


def test_the_same_score_is_exact_alone_and_only_likely_among_equals() -> None:
    assert LIMITS.judge(0.75, [0.5, 0.45, 0.4]) == "exact"
    assert LIMITS.judge(0.75, [0.74, 0.73, 0.72]) == "likely"


def test_a_lead_over_nothing_is_no_lead_and_a_huge_one_counts_as_a_large_one() -> None:
    assert lead_of(0.8, []) == 0.0
    assert lead_of(0.8, [-0.5]) == MAX_LEAD
    assert lead_of(0.8, [0.9]) == 0.0
    assert identity(0.8, lead=0.1) == pytest.approx(0.9)


def test_strangeness_is_counted_from_the_usual() -> None:
    assert familiarity(0.7, lead=0.0, strangeness=0.3, usual=0.3) == 0.7
    assert familiarity(0.7, lead=0.0, strangeness=0.2, usual=0.3) > 0.7


def test_thresholds_survive_being_stored_and_what_an_older_version_stored_is_read() -> None:
    full = Thresholds(0.1, 0.2, 0.3, 0.05, 0.4, "abc", (3, 7), 160)
    assert Thresholds.from_json(full.to_json()) == full
    assert Thresholds.from_json("") == DEFAULT
    old = json.dumps({"similar": 0.4, "likely": 0.5, "exact": 0.6, "pictures": 12})
    assert Thresholds.from_json(old) == Thresholds(0.4, 0.5, 0.6, pictures=12)
