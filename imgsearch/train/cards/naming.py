"""What the page calls the things on the demo's photos: by the shop's word, or by the detector's kind.

Knows what `boxes.csv` says of each thing; how a name is found is `search`'s and `ranking`'s. Invariants: the shop is a
temporary one, imported and calibrated as a visitor's is; every box counts once, under what it matches at IoU >= .5.
"""

from __future__ import annotations

import csv
import tempfile
from collections import Counter, defaultdict
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsearch import catalog, geometry, images, ingest
from imgsearch.calibrate import Calibrator
from imgsearch.records import Box, Detection, SearchResult
from imgsearch.search import ImageSearch
from imgsearch.store import MilvusStore
from imgsearch.train import detector_figures
from imgsearch.train.cards.workbench import Workbench, steps
from imgsearch.train.classes import CLASS_NAMES, class_of

SOLD, LIKE, OTHER, NOTHING = "sold", "like", "other", "nothing"
"""A product of the shop; of a word that products on the photos have; of another word; no thing, or a part of one."""

Figures = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Thing:
    """A thing on a photo: its word in `boxes.csv`, its product ('' for what is not sold), its box in pixels."""

    word: str
    product_id: str
    box: Box


@dataclass(frozen=True, slots=True)
class Named:
    """A detection: what it is of, and whether a name is right; None for one that it does not get.

    Attributes:
        of: `SOLD` to `NOTHING`.
        shop: the shop's word.
        kind: the detector's class, where there is no such word.
        guess: the category of the nearest products, wherever anything is alike.
    """

    of: str
    shop: bool | None
    kind: bool | None
    guess: bool | None


def names(bench: Workbench) -> Figures:
    """Every box on the demo's photos: how often the shop's word stands on it and is right, else the detector's."""
    things = _things(bench.given.demo / "boxes.csv", bench.products)
    category_of = {i: product.category for i, product in bench.products.items()}
    fitting: defaultdict[str, set[str]] = defaultdict(set)
    for thing in (thing for own in things.values() for thing in own if thing.product_id):
        fitting[thing.word].add(category_of[thing.product_id])
    found: list[Named] = []
    with _shop(bench) as shop:
        for name, own in steps(things.items(), "names"):
            found += _named(shop, bench.given.demo / name, own, category_of, fitting)
    rows = [_row(of, [one for one in found if one.of == of]) for of in (SOLD, LIKE, OTHER, NOTHING)]
    return {"photos": len(things), "products": len(bench.products), "boxes": len(found), "rows": rows}


def _things(table: Path, sold: Container[str]) -> dict[str, list[Thing]]:
    things: defaultdict[str, list[Thing]] = defaultdict(list)
    with table.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            box = geometry.parse([row[column] for column in ("x1", "y1", "x2", "y2")])
            product_id = row["product_id"] if row["product_id"] in sold else ""
            things[row["image"]].append(Thing(row["class"], product_id, box))
    return things


@contextmanager
def _shop(bench: Workbench) -> Iterator[ImageSearch]:
    """The demo in a temporary store, with thresholds of its own."""
    with tempfile.TemporaryDirectory(prefix="imgsearch-names-") as folder:
        fingerprint = bench.embedder.fingerprint
        with MilvusStore(f"{folder}/names.db", shop="names", fingerprint=fingerprint) as store:
            feed = catalog.read(bench.given.demo / "feed.tsv")
            ingest.run(feed, store, bench.detector, bench.embedder, finish=Calibrator.of(bench.embedder, "bundled"))
            yield ImageSearch(bench.embedder, store, bench.detector)


def _named(
    shop: ImageSearch,
    path: Path,
    things: list[Thing],
    category_of: Mapping[str, str],
    fitting: Mapping[str, set[str]],
) -> Iterator[Named]:
    """The boxes of one photo."""
    photo = images.load(path)
    detections = shop.detect(photo)
    if not detections:
        return
    words = [detection.class_name for detection in detections]
    answers = shop.search_many(photo, [detection.box for detection in detections], class_names=words)
    results = [answer.of(detection) for answer, detection in zip(answers, detections, strict=True)]
    matched = detector_figures.match(detections, [(thing.word, thing.box) for thing in things])
    for number, (detection, result) in enumerate(zip(detections, results, strict=True)):
        thing = things[matched[number]] if number in matched else None
        right = _right(thing, category_of, fitting)
        yield Named(
            _kind_of(thing, fitting),
            shop=result.name in right if result.name else None,
            kind=_kind_is_right(detection, thing) if not result.name else None,
            guess=result.category in right if _is_alike(result) else None,
        )


def _is_alike(result: SearchResult) -> bool:
    return bool(result.category) and result.verdict != "none"


def _right(thing: Thing | None, category_of: Mapping[str, str], fitting: Mapping[str, set[str]]) -> set[str]:
    """The categories that a thing may be called by."""
    if thing is None:
        return set()
    return {category_of[thing.product_id]} if thing.product_id else fitting.get(thing.word, set())


def _kind_of(thing: Thing | None, fitting: Mapping[str, set[str]]) -> str:
    if thing is None:
        return NOTHING
    if thing.product_id:
        return SOLD
    return LIKE if thing.word in fitting else OTHER


def _kind_is_right(detection: Detection, thing: Thing | None) -> bool | None:
    """Whether the detector's kind is the thing's; None where the page says "Something": it knows none, or is unsure."""
    if detection.kind in ("", CLASS_NAMES[0]):
        return None
    return thing is not None and detection.kind == CLASS_NAMES[class_of(thing.word)]


def _row(of: str, boxes: list[Named]) -> Figures:
    """Counts: names by the shop and by the detector, right and wrong, and those by the nearest products alone."""
    counted = {
        name: Counter(getattr(one, name) for one in boxes if getattr(one, name) is not None)
        for name in ("shop", "kind", "guess")
    }
    figures: Figures = {"of": of, "boxes": len(boxes)}
    for name, counts in counted.items():
        figures |= {f"{name}_right": counts[True], f"{name}_wrong": counts[False]}
    named = sum(counts.total() for name, counts in counted.items() if name != "guess")
    return figures | {"something": len(boxes) - named}
