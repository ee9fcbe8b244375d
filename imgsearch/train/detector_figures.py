"""Score a detector, as it is served, on pictures with known boxes.

    python -m imgsearch.train.detector_figures --pictures DIR [--split val_composites]...
    python -m imgsearch.train.detector_figures --boxes assets/demo/boxes.csv [--visible .5]

Boxes count whatever their class (a visitor clicks boxes, not names); how often the class is right is counted apart.
Knows nothing of training. Invariants: a true box is matched at most once, most confident answer first, at IoU >= .5;
at most 20 answers a picture count, since no more are shown, but for `recall_at_100`. What is mostly hidden can be left
out (`--visible .5`, as the demo's queries do): then it is neither missed nor wrong, as COCO treats what it ignores.
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
from typing import NamedTuple

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
THRESHOLDS = np.round(np.arange(0.02, 0.61, 0.01), 2)

Truth = Sequence[tuple[str, Box]]
"""`(class_name, box)` in full-size pixels."""


class Marked(NamedTuple):
    """A photo, the things that count on it, and boxes of those that don't: neither missed nor wrong."""

    photo: images.Photo
    truth: Truth
    unclear: Truth = ()


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
    left_out: list[float] = field(default_factory=list)  # confidences of answers that found what does not count
    right_class: int = 0

    def add(self, detections: Sequence[Detection], truth: Truth, unclear: Truth = ()) -> None:
        """Match the answers for one picture (at most 100), once by boxes alone and once class by class.

        Args:
            detections: most confident first.
            truth: the things that count.
            unclear: what is there but does not count; answers that find it and nothing else are left out.
        """
        reached = set(match(detections, truth).values())
        self.in_most += [(self.pictures, index in reached) for index in range(len(truth))]
        detections, left_out = _told_apart(detections[: weights.MAX_BOXES], truth, unclear)
        self.left_out += [detection.confidence for detection in left_out]
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
        left_out = sum(one >= confidence for one in self.left_out)
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
            "boxes_a_picture": round((len(shown) + left_out) / max(1, self.pictures), 1),
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


def _told_apart(
    detections: Sequence[Detection], truth: Truth, unclear: Truth
) -> tuple[Sequence[Detection], Sequence[Detection]]:
    """The answers that count, and those that find nothing that counts but something unclear."""
    if not unclear:
        return detections, []
    found = match(detections, truth)
    rest = [index for index in range(len(detections)) if index not in found]
    out = {rest[k] for k in match([detections[index] for index in rest], unclear)}
    counts = [detection for index, detection in enumerate(detections) if index not in out]
    return counts, [detections[index] for index in sorted(out)]


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


def pictures_of_split(folder: Path, split: str) -> Iterator[Marked]:
    """The pictures of a validation split that `composites` wrote."""
    for path, boxes in composites.read_labels(folder, split):
        photo = images.load(path)
        width, height = photo.width_px, photo.height_px
        yield Marked(photo, [(CLASS_NAMES[k], geometry.scale(Box(*xyxy), width, height)) for k, xyxy in boxes])


def pictures_of_table(table: Path, least_visible: float = 0.0) -> Iterator[Marked]:
    """The photos of a `boxes.csv` (image, class, x1, y1, x2, y2 and maybe visible), paths relative to the file.

    Args:
        table: the file.
        least_visible: things of which less can be seen, by the column `visible` (0 to 1), don't count.

    Raises:
        InputError: a column is missing, or does not hold numbers.
    """
    things: defaultdict[str, list[tuple[str, Box]]] = defaultdict(list)
    unclear: defaultdict[str, list[tuple[str, Box]]] = defaultdict(list)
    columns = "image,class,x1,y1,x2,y2" + (",visible" if least_visible else "")
    with table.open(encoding="utf-8", newline="") as file:
        for line, row in enumerate(csv.DictReader(file), 2):
            try:
                box = geometry.parse([row[column] for column in ("x1", "y1", "x2", "y2")])
                counts = not least_visible or float(row["visible"]) >= least_visible
                thing = (CLASS_NAMES[class_of(row["class"])], box)
                things[row["image"]] += [thing] if counts else []
                unclear[row["image"]] += [] if counts else [thing]
            except KeyError as error:
                raise InputError(f"{table.name} needs the columns {columns}; {error} is missing.") from error
            except ValueError as error:
                message = f"{table.name}, line {line}: visible should be a number from 0 to 1, not {row['visible']!r}."
                raise InputError(message) from error
    for name, boxes in things.items():
        yield Marked(images.load(table.parent / name), boxes, unclear[name])


def score(detector: detect.Detector, pictures: Iterable[Marked]) -> Tally:
    """Run a detector over pictures."""
    tally = Tally()
    for photo, truth, unclear in pictures:
        tally.add(detector.detect(photo), truth, unclear)
    return tally


def best_threshold(tally: Tally) -> float:
    """The threshold (of .02, .03, ... .60) with the largest F2 = 5 P R / (4 P + R)."""

    def f2(threshold: float) -> float:
        precision, recall = tally.precision_and_recall(threshold)
        return 5 * precision * recall / max(1e-9, 4 * precision + recall)

    return float(max(THRESHOLDS, key=f2))


def main(arguments: list[str] | None = None) -> int:
    """Print one JSON document: figures per split or for the table."""
    parser = argparse.ArgumentParser(description="Score the detector on pictures with known boxes.")
    parser.add_argument("--models", default=weights.BUNDLED)
    parser.add_argument("--pictures", type=Path, help="folder written by training, with images/ and labels/")
    parser.add_argument("--split", action="append", help="default: all that start with val_")
    parser.add_argument("--boxes", type=Path, help="boxes.csv of a demo")
    parser.add_argument("--visible", type=float, default=0.0, help="of --boxes: least share that can be seen, 0 to 1")
    parser.add_argument("--confidence", type=float, help="threshold; default: the one of the weights")
    args = parser.parse_args(arguments)
    found = weights.resolve(args.models).detector
    if found is None or not (args.pictures or args.boxes):
        parser.error("expected --pictures DIR or --boxes FILE, and a directory of models that has a detector")
    detector = detect.load_detector(sensitive(found))
    confidence = found.confidence if args.confidence is None else args.confidence
    report: dict[str, object] = {"model": found.name, "runtime": detector.runtime}
    report |= {"input_size_px": found.input_size_px, "detail_size_px": found.detail_size_px}
    if args.pictures:
        splits = args.split or sorted(p.name for p in (args.pictures / "images").glob("val_*"))
        for split in splits:
            report[split] = score(detector, pictures_of_split(args.pictures, split)).figures(confidence)
    if args.boxes:
        report[args.boxes.name] = score(detector, pictures_of_table(args.boxes, args.visible)).figures(confidence)
    print(json.dumps(report, indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
