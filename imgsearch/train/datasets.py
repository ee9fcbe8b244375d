"""Readers of training pictures: Parquet collections, white-ground product shots cut out, rendered cut-outs.

Knows file layouts and nothing of networks or augmentation. Parquet columns: `image` (encoded bytes), `name`, `label`,
`product_id`, `split`, `boxes` (list of label, x1, y1, x2, y2 in pixels of the stored picture). A folder of rendered
cut-outs holds `index.csv` (product_id, group_id, family, category, colour, material, path) and RGBA pictures.
Invariant: a file whose name starts with `eval_` is refused, and so is a picture of the evaluation sets or of the demo
under any name (`refusal`), so no evaluation picture can reach a trainer.
"""

from __future__ import annotations

import csv
import functools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from imgsearch.errors import InputError
from imgsearch.train.refusal import Refusal, refuse_products

# Batches are made in forked workers, where OpenCV's thread pool of the parent no longer exists: it would wait for ever.
cv2.setNumThreads(0)

Pixels = npt.NDArray[np.uint8]

WHITE_GROUND_COLLECTIONS = ("embed_abo", "embed_fashion", "embed_flipkart")
CLASS_COLLECTIONS = ("embed_caltech101", "embed_tiny_imagenet", "embed_fashion", "embed_fashion_small")
BACKGROUND_COLLECTIONS = ("embed_caltech101", "detect_coco256", "detect_groceries")
SHELF_COLLECTION = "detect_groceries"
LEAST_PACKAGE_PX = 56
"""Shorter side of a package on a shelf photo that is worth training on: half the network's input."""
PACKAGE_INSET = 0.03
"""Of a package's box, cut off on each side: what its neighbours and the shelf show there."""
SPRITE_PX = 168
"""Longest side a cut-out is kept at: above the largest network input times the largest fill."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """One view of one product: premultiplied RGBA uint8 (h, w, 4), tightly cropped, longer side <= `SPRITE_PX`."""

    rgba: Pixels
    product_id: str
    group_id: str
    family: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """An encoded picture with the name of its class; decoded when it is drawn into a batch."""

    encoded: bytes
    label: str
    box: tuple[float, float, float, float] | None = None


def decode(encoded: bytes) -> Pixels:
    """Encoded picture -> RGB or RGBA uint8 (h, w, 3 or 4). Raises InputError when it is no picture."""
    picture = cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise InputError("a training picture could not be decoded; expected JPEG, PNG or WebP bytes")
    if picture.ndim == 2:
        return np.asarray(cv2.cvtColor(picture, cv2.COLOR_GRAY2RGB), np.uint8)
    code = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(picture, code), np.uint8)


def read_rows(folder: Path, collection: str, *, split: str = "train") -> list[dict[str, Any]]:
    """Rows of `<folder>/<collection>.parquet` whose split is `split` or empty; [] when the file is not there.

    Raises:
        InputError: the collection, or a picture in it, is kept for measuring.
    """
    if collection.startswith("eval_"):
        raise InputError(f"{collection} is evaluation data and is never read for training; remove it from the list")
    path = folder / f"{collection}.parquet"
    if not path.is_file():
        return []
    rows: list[dict[str, Any]] = [row for row in pq.read_table(path).to_pylist() if row["split"] in ("", split)]
    refusal = refusal_of(folder)
    for row in rows:
        refusal.check(row["image"], f"{collection}/{row['name']}")
    return rows


@functools.cache
def refusal_of(folder: Path | None) -> Refusal:
    """What no trainer may read, the evaluation sets in this folder of collections among it."""
    return Refusal(folder)  # 1.5 s for 1,700 pictures; every collection asks for it


def read_white_ground_sprites(folder: Path) -> list[Sprite]:
    """Product shots on white, cut out; each distinct picture is its own product, its article type the family."""
    sprites: list[Sprite] = []
    seen: set[str] = set()
    for collection in WHITE_GROUND_COLLECTIONS:
        for row in read_rows(folder, collection):
            product_id = f"{collection}/{row['product_id']}"
            if product_id in seen:
                continue
            seen.add(product_id)
            rgba = cut_from_white(decode(row["image"])[..., :3])
            if rgba is not None:
                family = f"{collection}/{row['label']}"
                sprites.append(Sprite(shrink(rgba, SPRITE_PX), product_id, product_id, family))
    return sprites


def read_package_sprites(folder: Path) -> list[Sprite]:
    """The largest package of each shelf photo, cut out by its box; each is its own product, its class the family.

    One of a photo, since its neighbours are mostly the same product again. A package fills its box, so the box will do.
    """
    sprites: list[Sprite] = []
    for row in read_rows(folder, SHELF_COLLECTION):
        box = max(row["boxes"], key=_area, default=None)
        if box is None or min(box["x2"] - box["x1"], box["y2"] - box["y1"]) < LEAST_PACKAGE_PX:
            continue
        inset_x, inset_y = (PACKAGE_INSET * (box[f"{axis}2"] - box[f"{axis}1"]) for axis in "xy")
        left, top = max(0, int(box["x1"] + inset_x)), max(0, int(box["y1"] + inset_y))
        part = decode(row["image"])[top : int(box["y2"] - inset_y), left : int(box["x2"] - inset_x), :3]
        rgba = np.dstack([part, np.full(part.shape[:2], 255, np.uint8)])
        product_id = f"{SHELF_COLLECTION}/{row['name']}"
        sprites.append(Sprite(shrink(rgba, SPRITE_PX), product_id, product_id, f"{SHELF_COLLECTION}/{box['label']}"))
    return sprites


def _area(box: dict[str, Any]) -> float:
    return float((box["x2"] - box["x1"]) * (box["y2"] - box["y1"]))


def cut_from_white(picture: Pixels) -> Pixels | None:
    """Premultiplied RGBA of the thing on a white ground, or None where the ground is not white or nothing stands on it.

    A border counts as white when its median is >= 225 and 75 % of it has every channel above 215.
    """
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    if np.median(border) < 225 or (border.min(1) > 215).mean() < 0.75:
        return None
    darkest = cv2.min(cv2.min(picture[..., 0], picture[..., 1]), picture[..., 2])
    mask = (darkest < 238).astype(np.uint8)
    if mask.mean() < 0.06:
        return None
    closed = cv2.morphologyEx(mask * 255, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    ys, xs = np.nonzero(closed)
    soft = cv2.GaussianBlur(closed, (3, 3), 0.7)
    rgba = np.dstack([picture, soft])[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
    return premultiply(rgba)


def read_rendered_sprites(folder: Path) -> list[Sprite]:
    """The cut-outs of `read_rendered_rows` as sprites; errors as there."""
    return [_rendered(folder, row) for row in read_rendered_rows(folder)]


def read_rendered_rows(folder: Path) -> list[dict[str, str]]:
    """The rows of `<folder>/index.csv`.

    Raises:
        InputError: there is no index, or it names a product of the demo that nothing may be trained on.
    """
    index = folder / "index.csv"
    if not index.is_file():
        raise InputError(f"There is no index.csv in {folder}; expected a folder of rendered cut-outs.")
    with index.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    refuse_products(row["product_id"] for row in rows)
    return rows


def _rendered(folder: Path, row: dict[str, str]) -> Sprite:
    rgba = shrink(premultiply(decode((folder / row["path"]).read_bytes())), SPRITE_PX)
    return Sprite(rgba, row["product_id"], row["group_id"], row["family"])


def read_labelled(folder: Path) -> list[Labelled]:
    """Pictures with class names of all class collections, and the boxes of the shelf photos as classes of their own."""
    pictures = [
        Labelled(row["image"], f"{'fashion' if 'fashion' in collection else collection}/{row['label']}")
        for collection in CLASS_COLLECTIONS
        for row in read_rows(folder, collection)
    ]
    for row in read_rows(folder, SHELF_COLLECTION):
        for box in row["boxes"]:
            xyxy = (box["x1"], box["y1"], box["x2"], box["y2"])
            pictures.append(Labelled(row["image"], f"groceries/{box['label']}", xyxy))
    return drop_rare(pictures, at_least=20)


def drop_rare(pictures: Sequence[Labelled], *, at_least: int) -> list[Labelled]:
    """The pictures whose class has at least `at_least` of them."""
    counts: defaultdict[str, int] = defaultdict(int)
    for picture in pictures:
        counts[picture.label] += 1
    return [picture for picture in pictures if counts[picture.label] >= at_least]


def read_backgrounds(folder: Path | None, rendered: Path | None) -> list[bytes]:
    """Encoded pictures to paste on: photos of the collections and rendered rooms, of the folders that are given.

    Raises:
        InputError: one of them is kept for measuring.
    """
    photos = [row["image"] for name in BACKGROUND_COLLECTIONS for row in (read_rows(folder, name) if folder else [])]
    rooms = [refusal_of(folder).read(path) for path in picture_files(rendered)] if rendered else []
    # A few dozen rooms against thousands of photos: repeated to about a third of all draws.
    repeats = len(photos) // (2 * len(rooms)) + 1 if rooms else 0
    return photos + rooms * repeats


def picture_files(folder: Path) -> Iterator[Path]:
    """JPEG, PNG and WebP files under `folder`, sorted."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in (".jpg", ".png", ".webp"))


def premultiply(rgba: Pixels) -> Pixels:
    """Colour times alpha, so that resizing and warping make no dark or bright fringes."""
    colour = rgba[..., :3].astype(np.uint16) * rgba[..., 3:] // 255
    return np.dstack([colour.astype(np.uint8), rgba[..., 3]])


def shrink(picture: Pixels, longest_px: int) -> Pixels:
    """The picture with its longer side at most `longest_px` (never enlarged)."""
    height, width = picture.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1:
        return picture
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def by_product(sprites: Iterable[Sprite]) -> dict[str, list[Sprite]]:
    """Sprites grouped by product id, in the order of first appearance."""
    groups: dict[str, list[Sprite]] = {}
    for sprite in sprites:
        groups.setdefault(sprite.product_id, []).append(sprite)
    return groups
