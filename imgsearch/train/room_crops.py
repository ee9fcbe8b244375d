"""Crops of rendered rooms with the product that each shows: what a photo makes of a product whose cut-outs are known.

Reads what `assets/render/training_rooms.py --cutouts` writes: any number of folders with pictures and a `boxes.csv`
whose column `product` names a product of the cut-outs, or is empty. Knows nothing of networks or augmentation.
Invariants: a crop has some margin around its box, so that training can move the box as a detector does; a picture that
is kept for measuring stops the reading.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from imgsearch.train.datasets import Pixels, decode, refusal_of
from imgsearch.train.refusal import Refusal

MARGIN = 0.2  # of the box, on each side: more than a detector's error
LEAST_PX = 36  # longer side of a box: below, too little is left to tell variants apart
EDGES = ("x1", "y1", "x2", "y2")
MOST_PX = 200  # longer side of what is kept, margin included


@dataclass(frozen=True, slots=True, eq=False)
class RoomCrop:
    """One product in a room: RGB uint8 with a margin around `box` (x1, y1, x2, y2 in the crop's pixels)."""

    product_id: str
    pixels: Pixels
    box: tuple[int, int, int, int]

    def cut(self, margin: float = 0.0) -> Pixels:
        """The box and this share of its sides around it, as far as `pixels` reach."""
        x1, y1, x2, y2 = self.box
        beside, above = round(margin * (x2 - x1)), round(margin * (y2 - y1))
        return self.pixels[max(0, y1 - above) : y2 + above, max(0, x1 - beside) : x2 + beside]


def read(folder: Path, data: Path | None = None) -> list[RoomCrop]:
    """All crops of known products under a folder; [] where no `boxes.csv` names a product.

    Args:
        folder: holds the pictures and their tables.
        data: the folder of the collections, whose evaluation pictures are refused, too.

    Raises:
        InputError: a picture can't be decoded, or is one that nothing may be trained on.
    """
    refusal = refusal_of(data)
    return [crop for table in sorted(folder.rglob("boxes.csv")) for crop in _crops_of(table, refusal)]


def by_product(crops: Sequence[RoomCrop]) -> dict[str, list[RoomCrop]]:
    """Crops grouped by product id, in the order of first appearance."""
    groups: defaultdict[str, list[RoomCrop]] = defaultdict(list)
    for crop in crops:
        groups[crop.product_id].append(crop)
    return dict(groups)


def boxes_of(table: Path) -> dict[str, list[tuple[str, tuple[float, ...]]]]:
    """Picture (relative to the table) -> id and box (x1, y1, x2, y2 px) of each product in it; others are left out."""
    boxes: defaultdict[str, list[tuple[str, tuple[float, ...]]]] = defaultdict(list)
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row.get("product"):
                boxes[row["image"]].append((row["product"], tuple(float(row[side]) for side in EDGES)))
    return dict(boxes)


def _crops_of(table: Path, refusal: Refusal) -> Iterator[RoomCrop]:
    for image, things in boxes_of(table).items():
        picture = decode(refusal.read(table.parent / image))[..., :3]
        for product_id, box in things:
            if max(box[2] - box[0], box[3] - box[1]) >= LEAST_PX:
                yield _cut(product_id, picture, box)


def _cut(product_id: str, picture: Pixels, box: tuple[float, ...]) -> RoomCrop:
    height, width = picture.shape[:2]
    x1, y1, x2, y2 = box
    beside, above = MARGIN * (x2 - x1), MARGIN * (y2 - y1)
    left, top = int(max(0, x1 - beside)), int(max(0, y1 - above))
    right, bottom = int(min(width, np.ceil(x2 + beside))), int(min(height, np.ceil(y2 + above)))
    scale = min(1.0, MOST_PX / max(right - left, bottom - top))
    size = (max(8, round((right - left) * scale)), max(8, round((bottom - top) * scale)))
    pixels = np.asarray(cv2.resize(picture[top:bottom, left:right], size, interpolation=cv2.INTER_AREA), np.uint8)
    inner = [round(edge * scale) for edge in (x1 - left, y1 - top, x2 - left, y2 - top)]
    return RoomCrop(product_id, pixels, (inner[0], inner[1], inner[2], inner[3]))
