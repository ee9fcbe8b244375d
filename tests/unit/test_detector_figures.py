"""Figures of a detector: matched at most once, counted as a visitor sees them, with intervals over pictures."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsearch import weights
from imgsearch.errors import InputError
from imgsearch.records import Box, Detection
from imgsearch.train import detector_figures
from imgsearch.train.detector_figures import Tally, average_precision, match

LEFT, RIGHT, FAR = Box(0, 0, 100, 100), Box(200, 0, 300, 100), Box(500, 500, 600, 600)


def answer(box: Box, confidence: float, name: str = "vase") -> Detection:
    return Detection(box, confidence, 0, name)


def tally_of(pictures: Sequence[tuple[list[Detection], list[tuple[str, Box]]]]) -> Tally:
    tally = Tally()
    for detections, truth in pictures:
        tally.add(detections, truth)
    return tally


def test_a_true_box_is_found_once() -> None:
    """The surer of two answers gets it, the other one is wrong."""
    twice = [answer(LEFT, 0.9), answer(Box(2, 2, 101, 101), 0.8), answer(RIGHT, 0.4)]
    assert match(twice, [("vase", RIGHT), ("vase", LEFT)]) == {0: 1, 2: 0}


def test_half_an_overlap_is_needed() -> None:
    """Below an IoU of .5 a box finds nothing."""
    assert match([answer(Box(0, 0, 100, 49), 0.9)], [("vase", LEFT)]) == {}
    assert match([answer(Box(0, 0, 100, 50), 0.9)], [("vase", LEFT)]) == {0: 0}


def test_figures_by_hand() -> None:
    """Two pictures, three things, four answers, one of them under the threshold."""
    figures = tally_of(
        [
            ([answer(LEFT, 0.9), answer(FAR, 0.8)], [("vase", LEFT), ("lamp", RIGHT)]),
            ([answer(LEFT, 0.6, "bag"), answer(RIGHT, 0.1)], [("clock", LEFT)]),
        ]
    ).figures(0.5)
    assert (figures["pictures"], figures["things"]) == (2, 3)
    assert figures["recall"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["precision"] == pytest.approx(2 / 3, abs=1e-3)
    assert figures["map50"] == pytest.approx(
        average_precision([0.9, 0.8, 0.6, 0.1], [True, False, True, False], 3), abs=1e-3
    )
    assert figures["boxes_a_picture"] == 1.5
    assert figures["right_class_of_found"] == 0.5
    assert figures["by_class"] == {
        "clock": {"things": 1, "found": 1, "ap50": 0.0},  # found, but under another name
        "lamp": {"things": 1, "found": 0, "ap50": 0.0},
        "vase": {"things": 1, "found": 1, "ap50": 1.0},
    }


def test_what_comes_after_the_twentieth_box_counts_for_recall_at_100_alone() -> None:
    wrong = [answer(FAR, 0.9 - i / 100) for i in range(20)]
    figures = tally_of([([*wrong, answer(LEFT, 0.3)], [("vase", LEFT)])]).figures(0.1)
    assert (figures["recall_at_100"], figures["recall_any_confidence"], figures["boxes_a_picture"]) == (1.0, 0.0, 20.0)


def test_intervals_hold_the_figure_and_narrow_with_more_pictures() -> None:
    """Of pictures that are half found, few tell less than many."""
    halves = [([answer(LEFT, 0.9)], [("vase", LEFT)]), ([answer(FAR, 0.9)], [("vase", LEFT)])]
    few, many = tally_of(halves * 4).figures(0.5), tally_of(halves * 100).figures(0.5)
    for name in ("recall", "precision", "map50"):
        (low, high), (lower, upper) = few[f"{name}_ci95"], many[f"{name}_ci95"]
        assert low <= few[name] <= high
        assert lower <= many[name] <= upper
        assert upper - lower < high - low


def test_nothing_seen_and_nothing_there() -> None:
    """Figures exist for pictures without things and for a detector without answers."""
    assert tally_of([([], [])]).figures(0.5)["map50"] == 0.0
    silent = tally_of([([], [("vase", LEFT)])]).figures(0.5)
    assert (silent["recall"], silent["precision"], silent["map50"]) == (0.0, 0.0, 0.0)


def test_average_precision_against_the_slow_way() -> None:
    """The area under the best precision at or beyond each recall, thing by thing."""
    rng = np.random.default_rng(1)
    for _ in range(20):
        confidences, hits = rng.permutation(30) / 30, rng.random(30) < 0.5
        total = int(hits.sum()) + int(rng.integers(0, 5))
        order = np.argsort(-confidences)
        precisions = [hits[order][: k + 1].mean() for k in range(30)]
        slow = sum(max(precisions[k:]) for k in range(30) if hits[order][k]) / max(1, total)
        assert average_precision(confidences.tolist(), hits.tolist(), total) == pytest.approx(slow)


def test_a_table_is_scored_as_it_is_served(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints figures for the photos of a boxes.csv, a photo being counted once."""
    Image.new("RGB", (320, 240), (200, 200, 198)).save(tmp_path / "wall.png")
    (tmp_path / "boxes.csv").write_text("image,class,x1,y1,x2,y2\nwall.png,mug,1,1,90,90\nwall.png,sofa,5,5,300,200\n")
    assert detector_figures.main(["--boxes", str(tmp_path / "boxes.csv")]) == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["boxes.csv"]["pictures"], report["boxes.csv"]["things"]) == (1, 2)
    assert set(report["boxes.csv"]["by_class"]) == {"tableware", "sofa"}
    found = weights.resolve("bundled").detector
    assert found is not None
    assert report["input_size_px"] == found.input_size_px
    assert dataclasses.replace(found, confidence=report["boxes.csv"]["confidence"]) == found


def test_a_table_without_boxes_is_refused(tmp_path: Path) -> None:
    """With the columns that are expected."""
    (tmp_path / "boxes.csv").write_text("image,class\nwall.png,mug\n")
    with pytest.raises(InputError, match="x1"):
        list(detector_figures.pictures_of_table(tmp_path / "boxes.csv"))


def test_what_is_mostly_hidden_is_neither_missed_nor_wrong() -> None:
    """An answer that finds it is left out, unless it finds what counts as well; a wrong one stays wrong."""
    tally = Tally()
    tally.add([answer(LEFT, 0.9), answer(RIGHT, 0.8), answer(FAR, 0.7)], [("vase", LEFT)], [("lamp", RIGHT)])
    tally.add([answer(LEFT, 0.9)], [("vase", LEFT)], [("vase", LEFT)])
    figures = tally.figures(0.5)
    assert (figures["things"], figures["recall"], figures["precision"]) == (2, 1.0, pytest.approx(2 / 3, abs=1e-3))
    assert figures["boxes_a_picture"] == 2.0, "a visitor sees it all the same"


def test_a_table_says_what_is_visible(tmp_path: Path) -> None:
    """What is less visible than asked for is unclear; without asking, everything counts; no number is refused."""
    Image.new("RGB", (320, 240), (200, 200, 198)).save(tmp_path / "wall.png")
    table = tmp_path / "boxes.csv"
    head = "image,class,x1,y1,x2,y2,visible\n"
    table.write_text(f"{head}wall.png,mug,1,1,90,90,0.4\nwall.png,sofa,5,5,300,200,0.5\n")
    (clear,) = detector_figures.pictures_of_table(table, 0.5)
    assert ([name for name, _ in clear.truth], [name for name, _ in clear.unclear]) == (["sofa"], ["tableware"])
    (every,) = detector_figures.pictures_of_table(table)
    assert (len(every.truth), every.unclear) == (2, [])
    table.write_text(f"{head}wall.png,mug,1,1,90,90,half\n")
    with pytest.raises(InputError, match="line 2: visible should be a number"):
        list(detector_figures.pictures_of_table(table, 0.5))
