"""Do the runtimes agree? torch and OpenVINO in float32, OpenVINO in bfloat16; embedder and detector, on real pictures.

    python -m imgsearch.train.parity [--models bundled] [--crops 500] [--out FILE.json]

Crops are the things of the demo's photos and pictures, with boxes as inexact as a detector's. Knows the two networks'
runtimes; writes nothing but the figures. Both serve in float32 everywhere: the same picture has the same boxes and the
same vectors on every machine. The limits below say when bfloat16 could be used at all.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import detect, embed, geometry, images, weights
from imgsearch.config import DEMO_FEED
from imgsearch.errors import BoxError, InputError
from imgsearch.images import Photo
from imgsearch.records import Box, Detection
from imgsearch.train.augment import BOX_JITTER

MIN_COSINE_F32 = 0.9999
MIN_TOP1, MIN_TOP10, MIN_CENTRED = 0.99, 0.97, 0.99
MAX_BOX_PX = 1.0  # at 640 px, 99th percentile
SAME_BOX_IOU = 0.5
MIN_CONFIDENCE = 0.25  # of the boxes that are compared: what a visitor sees first
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two ways of computing the same vectors agree. All in 0..1 but the cosines.

    Attributes:
        cosine: the smallest of a picture with itself.
        centred: the smallest after taking the mean vector away, which all pictures share.
        top1: share of the queries whose nearest other picture is the same.
        top10: mean share of the ten nearest others that are the same.
    """

    cosine: float
    centred: float
    top1: float
    top10: float


def compare(first: Vectors, second: Vectors) -> Agreement:
    """Agreement of two `(N, D)` float32 arrays of unit rows, N > 10; every row asks for its nearest other rows."""
    near_first, near_second = (_nearest(rows) for rows in (first, second))
    shared = [len(set(a) & set(b)) / 10 for a, b in zip(near_first.tolist(), near_second.tolist(), strict=True)]
    mean = first.mean(axis=0)
    return Agreement(
        cosine=float(_cosines(first, second).min()),
        centred=float(_cosines(first - mean, second - mean).min()),
        top1=float((near_first[:, 0] == near_second[:, 0]).mean()),
        top10=float(np.mean(shared)),
    )


def _nearest(rows: Vectors) -> NDArray[np.int64]:
    scores = rows @ rows.T
    np.fill_diagonal(scores, -2.0)
    return np.argsort(-scores, axis=1, kind="stable")[:, :10]


def _cosines(first: Vectors, second: Vectors) -> Vectors:
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    return np.asarray((first * second).sum(axis=1) / np.maximum(lengths, 1e-12), dtype=np.float32)


def demo_crops(count: int, demo: Path = DEMO_FEED.parent) -> list[Image.Image]:
    """`count` crops: the demo's boxes and whole pictures, again and again with other errors of the box.

    Raises:
        InputError: the demo's files are missing.
    """
    sources = list(_sources(demo))
    if not sources:
        raise InputError(f"There are no pictures in {demo}; restore assets/demo.")
    rng = np.random.default_rng(0)
    crops: list[Image.Image] = []
    while len(crops) < count:
        photo, box = sources[len(crops) % len(sources)]
        try:
            crops.append(images.crop(photo, _jittered(box, rng)))
        except BoxError:
            crops.append(images.crop(photo, box))
    return crops


def _sources(demo: Path) -> Iterator[tuple[Photo, Box]]:
    photos: dict[str, Photo] = {}
    with (demo / "boxes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            name = row["image"]
            photos.setdefault(name, images.load(demo / name))
            yield photos[name], Box(*(float(row[key]) for key in ("x1", "y1", "x2", "y2")))
    for path in sorted((demo / "images").glob("*.webp")):
        photo = images.load(path)
        yield photo, geometry.whole(photo.width_px, photo.height_px)


def _jittered(box: Box, rng: np.random.Generator) -> Box:
    dx1, dy1, dx2, dy2 = rng.uniform(-BOX_JITTER, BOX_JITTER, 4)
    return Box(
        box.x1 + dx1 * box.width, box.y1 + dy1 * box.height, box.x2 + dx2 * box.width, box.y2 + dy2 * box.height
    )  # fmt: skip


def embedder_figures(facts: weights.EmbedderWeights, crops: Sequence[Image.Image]) -> dict[str, Any]:
    """torch f32 and OpenVINO bf16 against OpenVINO f32."""
    served = embed.load_openvino(facts, "f32").embed(crops)
    reference = embed.load_torch(facts, "cpu").embed(crops)
    f32 = compare(served, reference)
    bf16 = compare(served, embed.load_openvino(facts, "bf16").embed(crops))
    return {
        "crops": len(crops),
        "f32_torch": _rounded(f32),
        "bf16": _rounded(bf16),
        "f32_agrees": f32.cosine >= MIN_COSINE_F32,
        "bf16_allowed": bf16.top1 >= MIN_TOP1 and bf16.top10 >= MIN_TOP10 and bf16.centred >= MIN_CENTRED,
        "serves": embed.load_embedder(facts, "cpu").runtime,
    }


def _rounded(agreement: Agreement) -> dict[str, float]:
    return {name: round(getattr(agreement, name), 6) for name in ("cosine", "centred", "top1", "top10")}


def detector_figures(facts: weights.DetectorWeights, photos: Sequence[Photo]) -> dict[str, Any]:
    """Boxes of OpenVINO in bf16, and of torch, against OpenVINO in f32, in pixels of a 640 px square."""
    reference = [detect.load_openvino(facts, "f32").detect(photo) for photo in photos]
    figures: dict[str, Any] = {"photos": len(photos), "boxes": sum(map(len, map(_seen, reference)))}
    ways: dict[str, Callable[[], detect.Detector]] = {
        "bf16": lambda: detect.load_openvino(facts, "bf16"),
        "torch": lambda: detect.load_torch(facts, "cpu"),
    }
    for name, load in ways.items():
        detector = load()
        errors, missed = box_errors(reference, [detector.detect(photo) for photo in photos], photos)
        p99 = float(np.percentile(errors, 99)) if errors else 0.0
        figures[name] = {"p99_px": round(p99, 3), "missed": missed, "within": p99 <= MAX_BOX_PX}
    return figures | {"serves": detect.load_detector(facts, "cpu").runtime}


def box_errors(
    expected: Sequence[Sequence[Detection]], found: Sequence[Sequence[Detection]], photos: Sequence[Photo]
) -> tuple[list[float], int]:
    """Largest error of a side of each confident box, in pixels at 640; and how many boxes have no counterpart."""
    errors, missed = [], 0
    for wanted, answers, photo in zip(expected, found, photos, strict=True):
        scale = 640 / max(photo.width_px, photo.height_px)
        for one in _seen(wanted):
            same = max(answers, key=lambda other: geometry.iou(other.box, one.box), default=None)
            if same is None or geometry.iou(same.box, one.box) < SAME_BOX_IOU:
                missed += 1
                continue
            sides = zip(one.box.xyxy, same.box.xyxy, strict=True)
            errors.append(scale * max(abs(a - b) for a, b in sides))
    return errors, missed


def _seen(detections: Sequence[Detection]) -> list[Detection]:
    return [detection for detection in detections if detection.confidence >= MIN_CONFIDENCE]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m imgsearch.train.parity", description="Compare the runtimes.")
    parser.add_argument("--models", default="bundled", help="bundled, or a directory of models")
    parser.add_argument("--crops", type=int, default=500)
    parser.add_argument("--out", type=Path, help="also write the figures here, as JSON")
    given = parser.parse_args(arguments)
    found = weights.resolve(given.models)
    figures: dict[str, Any] = {"embedder": embedder_figures(found.embedder, demo_crops(given.crops))}
    if found.detector is not None and found.detector.path.suffix == ".xml":
        photos = [images.load(path) for path in sorted((DEMO_FEED.parent / "photos").glob("*.webp"))]
        figures["detector"] = detector_figures(found.detector, photos)
    text = json.dumps(figures, indent=2)
    if given.out:
        given.out.write_text(text + "\n", encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
