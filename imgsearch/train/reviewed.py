"""People's grades as labels: crops of photos with the products that somebody called right.

Reads the shop's own grades or an exported CSV, and cuts the crops out of the photos. Knows nothing of networks.
Invariants: a photo of the evaluation sets stops the reading; only E and S make labels, weighted by the gains of the
shopping queries task (Reddy et al. 2022: Exact 1, Substitute .1, Complement .01, Irrelevant 0); several judges of one
match are averaged.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imgsearch import geometry, images
from imgsearch.errors import CatalogError, InputError
from imgsearch.images import Photo
from imgsearch.records import Box
from imgsearch.review import export
from imgsearch.review.verdicts import Judged
from imgsearch.train.datasets import Pixels, shrink
from imgsearch.train.refusal import Refusal

GAINS: Mapping[str, float] = {"E": 1.0, "S": 0.1}
MARGIN = 0.15  # kept around the box, so that training can jitter it as a detector would
_CROP_PX = 192


@dataclass(frozen=True, slots=True)
class Graded:
    """A graded match: the photo's name, the box in full-size pixels, the product and its grade."""

    photo: str
    box: tuple[float, float, float, float]
    product_id: str
    grade: str


@dataclass(frozen=True, slots=True, eq=False)
class Snap:
    """A graded crop: `pixels` RGB with a margin around `box`; `gains` by product id, each in (0, 1]."""

    photo: str
    pixels: Pixels
    box: tuple[int, int, int, int]
    gains: dict[str, float]


def graded_of(judged: Sequence[Judged]) -> list[Graded]:
    """The grades of the shop's own file."""
    return [
        Graded(one.shown.photo, one.shown.box, product_id, grade)
        for one in judged
        for product_id, grade in one.grades.items()
    ]


def read_csv(path: Path) -> list[Graded]:
    """The grades in a file of `review export`.

    Raises:
        CatalogError: it can't be read, or lacks a column.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return [_graded(row) for row in rows if row["grade"]]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"The grades can't be read ({error}); give a CSV of `review export`.", path) from error
    except (KeyError, ValueError) as error:
        raise CatalogError(
            f"The grades need the columns of `review export`: photo, x1, y1, x2, y2, product_id, grade ({error}).", path
        ) from error


def _graded(row: Mapping[str, str]) -> Graded:
    x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
    photo, product_id = export.plain_cell(row["photo"]), export.plain_cell(row["product_id"])
    return Graded(photo, (x1, y1, x2, y2), product_id, row["grade"])


def read_snaps(graded: Sequence[Graded], folder: Path, refusal: Refusal) -> list[Snap]:
    """Cut the graded crops out of their photos.

    Args:
        graded: from `graded_of` or `read_csv`.
        folder: what the photos' names are relative to.

    Raises:
        InputError: no match has a grade E or S, a photo is missing, or it belongs to the evaluation sets.
    """
    snaps = list(_snaps(graded, folder, refusal))
    if not snaps:
        raise InputError("No match is graded E or S, so the grades label nothing; grade more on the page's Review tab.")
    return snaps


def _snaps(graded: Sequence[Graded], folder: Path, refusal: Refusal) -> Iterator[Snap]:
    photos: dict[str, Photo] = {}
    for (name, box), gains in sorted(_gains(graded).items()):
        if name not in photos:
            data = _bytes_of(folder / name)
            refusal.check(data, name)
            photos[name] = images.load(data)
        yield _snap(name, photos[name], Box(*box), gains)


def _gains(graded: Sequence[Graded]) -> dict[tuple[str, tuple[float, float, float, float]], dict[str, float]]:
    """Mean gain by query and product; what nobody called E or S is left out."""
    given: defaultdict[tuple[str, tuple[float, float, float, float]], defaultdict[str, list[float]]]
    given = defaultdict(lambda: defaultdict(list))
    for one in graded:
        given[one.photo, one.box][one.product_id].append(GAINS.get(one.grade, 0.0))
    means = {query: {key: sum(v) / len(v) for key, v in products.items()} for query, products in given.items()}
    right = {query: {key: gain for key, gain in products.items() if gain > 0} for query, products in means.items()}
    return {query: products for query, products in right.items() if products}


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(
            f"The graded photo {path} can't be opened ({error.strerror}); the photos must lie where they were graded."
        ) from error


def _snap(name: str, photo: Photo, box: Box, gains: dict[str, float]) -> Snap:
    wide = Box(
        box.x1 - MARGIN * box.width, box.y1 - MARGIN * box.height,
        box.x2 + MARGIN * box.width, box.y2 + MARGIN * box.height,
    )  # fmt: skip
    outer = geometry.clip(wide, photo.width_px, photo.height_px)
    inner = images.query_box(photo, box)  # as a search cuts it
    pixels = shrink(np.asarray(images.crop(photo, outer)), _CROP_PX)
    scale_x, scale_y = pixels.shape[1] / outer.width, pixels.shape[0] / outer.height
    corners = (
        (inner.x1 - outer.x1) * scale_x, (inner.y1 - outer.y1) * scale_y,
        (inner.x2 - outer.x1) * scale_x, (inner.y2 - outer.y1) * scale_y,
    )  # fmt: skip
    x1, y1, x2, y2 = (round(v) for v in corners)
    return Snap(name, pixels, (x1, y1, max(x2, x1 + 4), max(y2, y1 + 4)), gains)
