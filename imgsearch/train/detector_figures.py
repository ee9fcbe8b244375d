"""Score a detector, as it is served, on pictures with known boxes.

    python -m imgsearch.train.detector_figures --pictures DIR [--split val_composites]...
    python -m imgsearch.train.detector_figures --boxes assets/demo/boxes.csv

Boxes count whatever their class (a visitor clicks boxes, not names); how often the class is right is counted apart.
Knows nothing of training. Invariants: a true box is matched at most once, most confident answer first, at IoU >= .5;
at most 20 answers a picture count, since no more are shown, but for `recall_at_100`.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from imgsearch import detect, geometry, images, metrics, weights
from imgsearch.errors import InputError
from imgsearch.records import Box, Detection
from imgsearch.train import composites
from imgsearch.train.classes import CLASS_NAMES, class_of

MATCH_IOU = 0.5
LEAST_CONFIDENCE = 0.01
MOST_BOXES = 100
ROUNDS = 500  # bootstrap resamples for the interval of mAP50

Truth = Sequence[tuple[str, Box]]
"""`(class_name, box)` in full-size pixels."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One detection: of which picture, how sure, and whether it matched a true box (of its own class)."""

    picture: int
    confidence: float
    class_name: str
    hit: bool
    class_hit: bool


@dataclass(frozen=True, slots=True)
class Thing:
    """One true box, and the confidence of the answer that found it; -1 for a miss."""

    picture: int
    class_name: str
    found_at: float


@dataclass(slots=True)
class Tally:
    """Answers and truths of many pictures."""

    pictures: int = 0
    answers: list[Answer] = field(default_factory=list)
    things: list[Thing] = field(default_factory=list)
    in_most: list[tuple[int, bool]] = field(default_factory=list)
    right_class: int = 0

    def add(self, detections: Sequence[Detection], truth: Truth) -> None:
        """Match the answers for one picture (at most 100), once by boxes alone and once class by class."""
        reached = set(match(detections, truth).values())
        self.in_most += [(self.pictures, index in reached) for index in range(len(truth))]
        detections = detections[: weights.MAX_BOXES]
        found = match(detections, truth)
        own = match(detections, truth, by_class=True)
        for index, detection in enumerate(detections):
            answer = (detection.confidence, detection.class_name, index in found, index in own)
            self.answers.append(Answer(self.pictures, *answer))
        finder = {thing: index for index, thing in found.items()}
        for index, (name, _) in enumerate(truth):
            by = finder.get(index)
            self.things.append(Thing(self.pictures, name, -1.0 if by is None else detections[by].confidence))
        self.right_class += sum(detections[by].class_name == truth[thing][0] for by, thing in found.items())
        self.pictures += 1

    def figures(self, confidence: float) -> dict[str, object]:
        """mAP50, recall and precision at a threshold with 95 % intervals over pictures, and figures by class."""
        shown = [answer for answer in self.answers if answer.confidence >= confidence]
        recall = _rate([(thing.picture, thing.found_at >= confidence) for thing in self.things])
        anywhere = _rate([(thing.picture, thing.found_at >= 0) for thing in self.things])
        in_most = _rate(self.in_most)
        precision = _rate([(answer.picture, answer.hit) for answer in shown])
        return {
            "pictures": self.pictures,
            "things": len(self.things),
            "map50": round(self.average_precision(range(self.pictures)), 3),
            "map50_ci95": self._average_precision_interval(),
            "confidence": confidence,
            "recall": recall[0],
            "recall_ci95": recall[1],
            "recall_any_confidence": anywhere[0],
            "recall_any_confidence_ci95": anywhere[1],
            "recall_at_100": in_most[0],
            "recall_at_100_ci95": in_most[1],
            "precision": precision[0],
            "precision_ci95": precision[1],
            "boxes_a_picture": round(len(shown) / max(1, self.pictures), 1),
            "right_class_of_found": round(self.right_class / max(1, sum(t.found_at >= 0 for t in self.things)), 3),
            "by_class": self._by_class(confidence),
        }

    def _by_class(self, confidence: float) -> dict[str, dict[str, float]]:
        """For each class: its things, those found under whatever name, and its own average precision."""
        return {
            name: {
                "things": count,
                "found": sum(t.found_at >= confidence for t in self.things if t.class_name == name),
                "ap50": round(
                    average_precision(
                        [a.confidence for a in self.answers if a.class_name == name],
                        [a.class_hit for a in self.answers if a.class_name == name],
                        count,
                    ),
                    3,
                ),
            }
            for name, count in sorted(Counter(thing.class_name for thing in self.things).items())
        }

    def precision_and_recall(self, confidence: float) -> tuple[float, float]:
        """At a threshold, over all pictures; (0, 0) without an answer."""
        shown = [answer.hit for answer in self.answers if answer.confidence >= confidence]
        found = [thing.found_at >= confidence for thing in self.things]
        return sum(shown) / max(1, len(shown)), sum(found) / max(1, len(found))

    def average_precision(self, drawn: Iterable[int]) -> float:
        """Class-agnostic mAP50 over pictures, each as often as it was drawn."""
        answers, things = defaultdict(list), Counter(thing.picture for thing in self.things)
        for answer in self.answers:
            answers[answer.picture].append(answer)
        taken, total = [], 0
        for picture in drawn:
            taken += answers[picture]
            total += things[picture]
        return average_precision([a.confidence for a in taken], [a.hit for a in taken], total)

    def _average_precision_interval(self) -> list[float]:
        rng = np.random.default_rng(0)
        draws = (rng.integers(0, self.pictures, self.pictures).tolist() for _ in range(ROUNDS))
        values = [self.average_precision(drawn) for drawn in draws] if self.pictures else [0.0]
        return [round(float(v), 3) for v in np.percentile(values, (2.5, 97.5))]


def _rate(flags: Sequence[tuple[int, bool]]) -> tuple[float, list[float]]:
    """Share of true flags, and its 95 % interval resampling whole pictures."""
    if not flags:
        return 0.0, [0.0, 1.0]
    interval = metrics.bootstrap_mean([float(flag) for _, flag in flags], [str(picture) for picture, _ in flags])
    return round(sum(flag for _, flag in flags) / len(flags), 3), [round(v, 3) for v in interval]


def sensitive(found: weights.DetectorWeights) -> weights.DetectorWeights:
    """The same weights with nearly no threshold and 100 boxes, for curves over all thresholds."""
    return dataclasses.replace(found, confidence=LEAST_CONFIDENCE, max_boxes=MOST_BOXES)


def match(detections: Sequence[Detection], truth: Truth, by_class: bool = False) -> dict[int, int]:
    """Which true box each detection finds: index of the detection -> index of the box.

    Args:
        detections: most confident first.
        truth: `(class_name, box)`.
        by_class: a detection finds boxes of its own class only.
    """
    found: dict[int, int] = {}
    free = set(range(len(truth)))
    for index, detection in enumerate(detections):
        options = [k for k in sorted(free) if not by_class or truth[k][0] == detection.class_name]
        best = max(options, key=lambda k: geometry.iou(detection.box, truth[k][1]), default=None)
        if best is not None and geometry.iou(detection.box, truth[best][1]) >= MATCH_IOU:
            found[index] = best
            free.remove(best)
    return found


def average_precision(confidences: Sequence[float], hits: Sequence[bool], total: int) -> float:
    """Area under the precision-recall curve, precision made non-increasing first (PASCAL VOC since 2010).

    >>> average_precision([0.9, 0.8, 0.7], [True, False, True], 2)
    0.8333333333333333
    """
    if not hits or not total:
        return 0.0
    order = np.argsort(-np.asarray(confidences), kind="stable")
    right = np.cumsum(np.asarray(hits)[order])
    precision = right / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    recall = np.concatenate([[0.0], right / total])
    return float(np.sum(np.diff(recall) * envelope))


def pictures_of_split(folder: Path, split: str) -> Iterator[tuple[images.Photo, Truth]]:
    """The pictures of a validation split that `composites` wrote."""
    for path, boxes in composites.read_labels(folder, split):
        photo = images.load(path)
        width, height = photo.width_px, photo.height_px
        yield photo, [(CLASS_NAMES[k], geometry.scale(Box(*xyxy), width, height)) for k, xyxy in boxes]


def pictures_of_table(table: Path) -> Iterator[tuple[images.Photo, Truth]]:
    """The photos of a `boxes.csv` (image, class, x1, y1, x2, y2), paths relative to the file.

    Raises:
        InputError: a column is missing.
    """
    truth: defaultdict[str, list[tuple[str, Box]]] = defaultdict(list)
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                box = geometry.parse([row[column] for column in ("x1", "y1", "x2", "y2")])
                truth[row["image"]].append((CLASS_NAMES[class_of(row["class"])], box))
            except KeyError as error:
                raise InputError(
                    f"{table.name} needs the columns image,class,x1,y1,x2,y2; {error} is missing."
                ) from error
    for name, boxes in truth.items():
        yield images.load(table.parent / name), boxes


def score(detector: detect.Detector, pictures: Iterator[tuple[images.Photo, Truth]]) -> Tally:
    """Run a detector over pictures."""
    tally = Tally()
    for photo, truth in pictures:
        tally.add(detector.detect(photo), truth)
    return tally


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON document: figures per split or for the table."""
    parser = argparse.ArgumentParser(description="Score the detector on pictures with known boxes.")
    parser.add_argument("--models", default=weights.BUNDLED)
    parser.add_argument("--pictures", type=Path, help="folder written by training, with images/ and labels/")
    parser.add_argument("--split", action="append", help="default: all that start with val_")
    parser.add_argument("--boxes", type=Path, help="boxes.csv of a demo")
    parser.add_argument("--confidence", type=float, help="threshold; default: the one of the weights")
    args = parser.parse_args(arguments)
    found = weights.resolve(args.models).detector
    if found is None or not (args.pictures or args.boxes):
        parser.error("expected --pictures DIR or --boxes FILE, and a directory of models that has a detector")
    detector = detect.load_detector(sensitive(found))
    confidence = found.confidence if args.confidence is None else args.confidence
    report: dict[str, object] = {"model": found.name, "input_size_px": found.input_size_px, "runtime": detector.runtime}
    if args.pictures:
        splits = args.split or sorted(p.name for p in (args.pictures / "images").glob("val_*"))
        for split in splits:
            report[split] = score(detector, pictures_of_split(args.pictures, split)).figures(confidence)
    if args.boxes:
        report[args.boxes.name] = score(detector, pictures_of_table(args.boxes)).figures(confidence)
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
