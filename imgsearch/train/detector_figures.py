"""Score a detector, as it is served, on pictures with known boxes.

    python -m imgsearch.train.detector_figures --pictures DIR [--split val_composites]...
    python -m imgsearch.train.detector_figures --boxes assets/demo/boxes.csv

Boxes count whatever their class (a visitor clicks boxes, not names); how often the class is right is counted apart.
Knows nothing of training. Invariants: a true box is matched at most once, most confident answer first, at IoU >= .5;
at most 20 answers a picture count, since no more are shown.
"""

from __future__ import annotations

import argparse
import csv
import dataclasses
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from imgsearch import detect, geometry, images, weights
from imgsearch.errors import InputError
from imgsearch.records import Box, Detection
from imgsearch.train import composites

MATCH_IOU = 0.5
LEAST_CONFIDENCE = 0.01

Truth = Sequence[tuple[str, Box]]
"""`(class_name, box)` in full-size pixels."""


@dataclass(slots=True)
class Tally:
    """Answers and truths of many pictures."""

    pictures: int = 0
    confidences: list[float] = field(default_factory=list)  # of each answer
    hits: list[bool] = field(default_factory=list)  # whether it matched a true box
    found_at: list[tuple[str, float]] = field(default_factory=list)  # class and confidence of each found truth
    truths: Counter[str] = field(default_factory=Counter)
    right_class: int = 0

    def add(self, detections: Sequence[Detection], truth: Truth) -> None:
        """Match the answers for one picture."""
        self.pictures += 1
        self.truths.update(name for name, _ in truth)
        free = list(truth)
        for detection in detections:
            best = max(free, key=lambda item: geometry.iou(detection.box, item[1]), default=None)
            hit = best is not None and geometry.iou(detection.box, best[1]) >= MATCH_IOU
            self.confidences.append(detection.confidence)
            self.hits.append(hit)
            if best is not None and hit:
                free.remove(best)
                self.found_at.append((best[0], detection.confidence))
                self.right_class += detection.class_name == best[0]

    def figures(self, confidence: float) -> dict[str, object]:
        """mAP50, and recall, precision and recall by class at a threshold."""
        total = sum(self.truths.values())
        shown = [hit for hit, c in zip(self.hits, self.confidences, strict=True) if c >= confidence]
        found = Counter(name for name, c in self.found_at if c >= confidence)
        return {
            "pictures": self.pictures,
            "things": total,
            "map50": round(average_precision(self.confidences, self.hits, total), 3),
            "confidence": confidence,
            "recall": round(sum(found.values()) / max(1, total), 3),
            "recall_any_confidence": round(len(self.found_at) / max(1, total), 3),
            "precision": round(sum(shown) / max(1, len(shown)), 3),
            "boxes_a_picture": round(len(shown) / max(1, self.pictures), 1),
            "right_class_of_found": round(self.right_class / max(1, len(self.found_at)), 3),
            "by_class": {name: [found[name], count] for name, count in sorted(self.truths.items())},
        }


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
        yield photo, [(composites.CLASS_NAMES[k], geometry.scale(Box(*xyxy), width, height)) for k, xyxy in boxes]


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
                truth[row["image"]].append((composites.CLASS_NAMES[composites.class_of(row["class"])], box))
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
    detector = detect.load_detector(dataclasses.replace(found, confidence=LEAST_CONFIDENCE))
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
