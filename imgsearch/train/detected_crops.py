"""Crops of rendered rooms as the detector boxes them: what a search in a photo is asked with, its errors included.

    python -m imgsearch.train.detected_crops ROOMS OUT

Reads what `assets/render/training_rooms.py` and `in_use.py` write and leaves `OUT/boxes.csv`, which `room_crops` reads
beside theirs: a row for each product whose box a detection overlaps most and by half, with the detection's edges; no
class, so that no detector takes its own answers for the truth. A box moved at random (`augment.BOX_JITTER`) is off by
some pixels each side; a detector takes the seat for the chair, the bowl with its fruit, two cushions for one. Knows
nothing of networks' training. Invariant: a box that training sees as a product is one that `evaluate --target detect`
would search with for it.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tqdm import tqdm

from imgsearch import detect, evaluate, images, weights
from imgsearch.detect import Detector
from imgsearch.errors import InputError, ModelError
from imgsearch.records import Box
from imgsearch.train import room_crops

COLUMNS = ("image", *room_crops.EDGES, "product")


def detected(rooms: Path, out: Path, detector: Detector) -> Iterator[dict[str, str]]:
    """The rows for `out`'s table, whose pictures stay where they are.

    Raises:
        InputError: `rooms` has no `boxes.csv`.
    """
    table = rooms / "boxes.csv"
    if not table.is_file():
        raise InputError(f"There is no boxes.csv in {rooms}; expected a folder of rendered rooms.")
    for image, things in tqdm(room_crops.boxes_of(table).items(), "detect"):
        path = rooms / image
        found = [detection.box for detection in detector.detect(images.load(path))]
        for product_id, box in things:
            boxed = evaluate.nearest(found, Box(*box))
            if boxed is not None:
                edges = dict(zip(room_crops.EDGES, (f"{edge:.1f}" for edge in boxed.xyxy), strict=True))
                yield {"image": os.path.relpath(path, out), "product": product_id} | edges


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of this module."""
    parser = argparse.ArgumentParser(prog="python -m imgsearch.train.detected_crops", description="Box rooms.")
    parser.add_argument("rooms", type=Path, help="folder with rendered rooms, or goods in use, and boxes.csv")
    parser.add_argument("out", type=Path, help="folder for the table of detected boxes")
    given = parser.parse_args(arguments)
    models = weights.resolve("bundled")
    if models.detector is None:
        raise ModelError("These models have no detector to box with.")
    rows = list(detected(given.rooms, given.out, detect.load_detector(models.detector, "cpu")))
    given.out.mkdir(parents=True, exist_ok=True)
    with (given.out / "boxes.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    print(f"{len(rows)} products boxed", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
