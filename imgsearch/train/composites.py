"""The detector's training pictures: real detection sets, composites and rendered rooms, as files with YOLO labels.

Knows where grounds come from and how the files look; `classes` knows the words, `sources` the cut-outs, `scenes` does
the composing, `train.detector` the training. Invariants: every box has one of `CLASS_NAMES`; a product is in the
training or in the validation composites, a room in the training or in the validation pictures, never in both; the same
folders and count give the same pictures.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from imgsearch.errors import InputError
from imgsearch.train import datasets, scenes
from imgsearch.train.canvas import Pixels
from imgsearch.train.classes import NOT_GOODS, class_in, class_of
from imgsearch.train.scenes import Pool
from imgsearch.train.sources import make_pool, read_photographed, read_rendered

REAL_SETS = ("detect_groceries", "detect_deepfashion2", "detect_ccp", "detect_coco256")
SHAPES_PX = ((512, 384), (512, 384), (448, 448), (384, 512), (512, 320))  # width, height
ROOM_IN = 10  # one room in ten validates
VALIDATION_PICTURES = 300

Boxes = Sequence[tuple[int, tuple[float, float, float, float]]]
"""`(class_id, (x1, y1, x2, y2))` in pixels."""


def build(data: Path, cutouts: Path, backgrounds: Path, rooms: Path | None, out: Path, count: int) -> None:
    """Write `images/` and `labels/`, each with `train` and the validation splits, and a file `complete` at the end.

    Args:
        data: folder with the Parquet collections.
        cutouts: folder with `index.csv` and rendered RGBA cut-outs.
        backgrounds: folder with rendered empty rooms; may be empty.
        rooms: folder with rendered furnished rooms and their `boxes.csv`, if there is one.
        out: folder to fill.
        count: composites for training; 300 more are made of other products for validation.
    """
    cv2.setNumThreads(1)  # the pictures are what runs in parallel
    write_real_sets(data, out)
    if rooms is not None:
        write_rooms(rooms, out, data)
    photographed = read_photographed(data)
    rendered = read_rendered(cutouts)
    grounds = Grounds.read(data, backgrounds)
    for split, number in (("train", count), ("val_composites", VALIDATION_PICTURES)):
        pool = make_pool(rendered, photographed, validation=split != "train")
        write_composites(pool, grounds, out, split, number)
    (out / "complete").touch()


def write_real_sets(data: Path, out: Path) -> None:
    """The detection collections as they are; each validation split under its own name (`val_ccp`, ...)."""
    for collection in REAL_SETS:
        for split in ("train", "val"):
            name = split if split == "train" else collection.replace("detect_", "val_")
            for number, row in enumerate(datasets.read_rows(data, collection, split=split)):
                boxes = [
                    (class_in(collection, box["label"]), (box["x1"], box["y1"], box["x2"], box["y2"]))
                    for box in row["boxes"]
                    if box["label"] not in NOT_GOODS
                ]
                pixels = datasets.decode(row["image"])[..., :3]
                write_picture(out, name, f"{collection}-{number:05d}", pixels, boxes, quality=90)


def write_rooms(rooms: Path, out: Path, data: Path | None = None) -> None:
    """Rendered rooms with exact boxes (`assets/render/training_rooms.py`); every tenth room goes to `val_rooms`.

    May be called again when more rooms were rendered. Pictures `room-<number>-<view>.jpg` of a room share a split.

    Raises:
        InputError: there is no boxes.csv, or a picture is kept for measuring, be it in `data`.
    """
    refusal = datasets.refusal_of(data)
    table = rooms / "boxes.csv"
    if not table.is_file():
        raise InputError(f"There is no boxes.csv in {rooms}; expected a folder written by training_rooms.py.")
    lines: defaultdict[str, list[tuple[int, tuple[float, float, float, float]]]] = defaultdict(list)
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            box = (float(row["x1"]), float(row["y1"]), float(row["x2"]), float(row["y2"]))
            lines[row["image"]].append((class_of(row["class"]), box))
    for image, boxes in lines.items():
        split = "val_rooms" if int(image.split("-")[1]) % ROOM_IN == 0 else "train"
        content = refusal.read(rooms / image)
        size = datasets.decode(content).shape
        write_label(out, split, Path(image).stem, boxes, width=size[1], height=size[0])
        (out / "images" / split / image).write_bytes(content)


def write_picture(out: Path, split: str, name: str, pixels: Pixels, boxes: Boxes, quality: int) -> None:
    """A JPEG and its label file."""
    height, width = pixels.shape[:2]
    write_label(out, split, name, boxes, width, height)
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    cv2.imwrite(str(out / "images" / split / f"{name}.jpg"), bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])


def write_label(out: Path, split: str, name: str, boxes: Boxes, width: int, height: int) -> None:
    """A line `class x_centre y_centre width height` per box, as shares of the picture; makes both folders."""
    lines = [
        f"{class_id} {(x1 + x2) / 2 / width:.5f} {(y1 + y2) / 2 / height:.5f} "
        f"{(x2 - x1) / width:.5f} {(y2 - y1) / height:.5f}\n"
        for class_id, (x1, y1, x2, y2) in boxes
        if min(x2 - x1, y2 - y1) > 3
    ]
    for kind in ("images", "labels"):
        (out / kind / split).mkdir(parents=True, exist_ok=True)
    (out / "labels" / split / f"{name}.txt").write_text("".join(lines), encoding="ascii")


@dataclass(frozen=True, slots=True, eq=False)
class Grounds:
    """Backgrounds: rendered rooms and photos, encoded; and fields of colour that are drawn."""

    rooms: Sequence[bytes]
    photos: Sequence[bytes]

    @classmethod
    def read(cls, data: Path, rooms: Path) -> Grounds:
        """The rooms of a folder and the photos of the collections that show scenes or objects.

        Raises:
            InputError: one of them is kept for measuring.
        """
        collections = ("embed_caltech101", "detect_coco256", "detect_ccp")
        photos = [row["image"] for name in collections for row in datasets.read_rows(data, name)]
        return cls([datasets.refusal_of(data).read(path) for path in datasets.picture_files(rooms)], photos)

    def draw(self, rng: np.random.Generator) -> tuple[Pixels, bool]:
        """A ground in one of the shapes, and whether it is plain (shows no room)."""
        width, height = SHAPES_PX[rng.integers(len(SHAPES_PX))]
        chance = rng.random()
        if self.rooms and chance < 0.4:
            return _cut_to(datasets.decode(self.rooms[int(rng.integers(len(self.rooms)))]), width, height, rng), False
        if self.photos and chance < 0.65:
            photo = _cut_to(datasets.decode(self.photos[int(rng.integers(len(self.photos)))]), width, height, rng)
            # Blurred: what a photo shows has no box here, and must not look like a thing that was missed.
            small = cv2.resize(photo, (width // 4, height // 4), interpolation=cv2.INTER_AREA)
            blurred = cv2.GaussianBlur(small, (0, 0), rng.uniform(1, 3))
            return np.asarray(cv2.resize(blurred, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8), True
        return colour_field(width, height, rng), True


def _cut_to(picture: Pixels, width: int, height: int, rng: np.random.Generator) -> Pixels:
    """A random part of a picture, scaled to the size; mirrored half of the time."""
    picture = picture[..., :3]
    factor = max(width / picture.shape[1], height / picture.shape[0]) * rng.uniform(1.0, 1.35)
    size = (max(width, round(picture.shape[1] * factor)), max(height, round(picture.shape[0] * factor)))
    large = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    x, y = rng.integers(0, size[0] - width + 1), rng.integers(0, size[1] - height + 1)
    part = large[y : y + height, x : x + width]
    return np.ascontiguousarray(part[:, ::-1] if rng.random() < 0.5 else part, dtype=np.uint8)


def colour_field(width: int, height: int, rng: np.random.Generator) -> Pixels:
    """A wall: one pale or strong colour with slopes of light, sometimes tiles, panels or a patch of sun."""
    base = rng.uniform(130, 250) + rng.normal(0, 14, 3) if rng.random() < 0.75 else rng.uniform(30, 245, 3)
    corners = (base + rng.normal(0, 16, (2, 2, 1))).clip(0, 255).astype(np.float32)
    field = np.asarray(cv2.resize(corners, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    if rng.random() < 0.35:
        step, tone = int(rng.integers(16, 120)), np.float32(rng.uniform(0.85, 1.06))
        field[:, ::step] *= tone
        if rng.random() < 0.6:
            field[:: max(8, int(step * rng.uniform(0.4, 1.0)))] *= tone
    if rng.random() < 0.25:
        left, top = rng.uniform(-0.2, 0.8) * width, rng.uniform(-0.2, 0.6) * height
        corner = np.array([left, top]) + np.array([[0, 0], [0.3, 0.05], [0.45, 0.6], [0.15, 0.55]]) * (width, height)
        patch = cv2.fillPoly(np.zeros((height, width), np.float32), [corner.astype(np.int32)], 1.0)
        field *= 1 + np.float32(rng.uniform(0.08, 0.3)) * cv2.GaussianBlur(patch, (0, 0), 2.0)[..., None]
    return np.asarray(field.clip(0, 255), np.uint8)


def write_composites(pool: Pool, grounds: Grounds, out: Path, split: str, count: int) -> None:
    """`count` composites; each has its own generator, so the number of threads changes nothing."""

    def write(number: int) -> None:
        rng = np.random.default_rng([len(split), number])
        ground, plain = grounds.draw(rng)
        pixels, boxes = scenes.compose(ground, pool, rng, plain)
        write_picture(out, split, f"composite-{number:05d}", pixels, boxes, int(rng.integers(60, 95)))

    with ThreadPoolExecutor(2) as threads:
        for _ in threads.map(write, range(count)):
            pass


def read_labels(out: Path, split: str) -> Iterator[tuple[Path, list[tuple[int, tuple[float, float, float, float]]]]]:
    """The pictures of a split with their boxes, as shares of the picture `(x1, y1, x2, y2)`."""
    for path in sorted((out / "images" / split).glob("*.jpg")):
        boxes = []
        for line in (out / "labels" / split / f"{path.stem}.txt").read_text(encoding="ascii").splitlines():
            class_id, x, y, width, height = (float(v) for v in line.split())
            boxes.append((int(class_id), (x - width / 2, y - height / 2, x + width / 2, y + height / 2)))
        yield path, boxes
