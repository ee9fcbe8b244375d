"""What several sections of the cards need, made once: the networks, the demo's crops, the ways that are compared.

Knows what the command was given and how pictures become vectors; states no figure. Invariants: every way is asked the
very same crops over the very same gallery; networks run as they serve on a CPU, whatever card is in the machine.
"""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np
from PIL import Image
from tqdm import tqdm

from imgsearch import baselines, catalog, detect, embed, evaluate, images, queries
from imgsearch.baselines import Describe, Gallery
from imgsearch.config import DEMO_FEED
from imgsearch.detect import Detector
from imgsearch.embed import Embedder
from imgsearch.errors import InputError, ModelError
from imgsearch.images import Photo
from imgsearch.ingest import GalleryCrop, fetch, gallery_box
from imgsearch.queries import Query
from imgsearch.records import Box, Product
from imgsearch.train import detector_figures
from imgsearch.train.cards import retrieval
from imgsearch.train.cards.retrieval import Scores, Truth, Vectors
from imgsearch.train.refusal import held_out_ids
from imgsearch.weights import DetectorWeights, EmbedderWeights, ModelSet, read_embedder

LEAST_VISIBLE = 0.5  # of a thing: less is not asked for, and is neither missed nor wrong where it is found
WHERE = f"visible>={LEAST_VISIBLE}"
FINGERPRINT_DIGITS = 12
Picture = TypeVar("Picture")
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Given:
    """What the command was given.

    Attributes:
        demo: folder of the demo shop, with `feed.tsv`, `truth.csv`, `boxes.csv`, `heldout.txt`.
        where: which rows of the truth are asked.
        data: folder of the Parquet collections, or None.
        cutouts: folder of rendered cut-outs with `index.csv`, or None.
        rooms: folder of rendered rooms whose `boxes.csv` names products of the cut-outs, or None.
        in_use: folder of rendered goods in use whose `boxes.csv` names products of the cut-outs, or None.
        pictures: folder that training the detector writes, with `images/val_*`, or None.
        compare: other weights of the embedder's architecture, asked the same queries: files, read at the bundled
            weights' input size, or directories of models, read at their own.
    """

    demo: Path = DEMO_FEED.parent
    where: str = WHERE
    data: Path | None = None
    cutouts: Path | None = None
    rooms: Path | None = None
    in_use: Path | None = None
    pictures: Path | None = None
    compare: tuple[Path, ...] = ()

    def folder(self, name: str) -> Path:
        """`data`, `cutouts`, `rooms`, `in_use` or `pictures`.

        Raises:
            InputError: it was not given, or is no folder.
        """
        folder: Path | None = getattr(self, name)
        if folder is None or not folder.is_dir():
            asked = flag(name)
            raise InputError(f"{asked} expects a folder; got {folder}." if folder else f"{asked} was not given.")
        return folder


def flag(name: str) -> str:
    """The option of the command that gives a folder of `Given`.

    >>> flag("in_use")
    '--in-use'
    """
    return f"--{name.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to describe pictures. `facts` name it in the figures; of several `describe`s the figures are the mean."""

    facts: dict[str, str]
    describe: tuple[Describe, ...]

    @property
    def learned(self) -> bool:
        """True for trained weights, false for what no learning reaches."""
        return self.facts["way"] in ("embedder", "compared")


class Workbench:
    """The models that are measured, on the demo shop.

    Args:
        models: from `weights.resolve`.
        given: what the command was given.

    Raises:
        ModelError: a file of weights to compare with is not there.
    """

    def __init__(self, models: ModelSet, given: Given) -> None:
        self.models = models
        self.given = given
        self._compared = [_other_weights(models.embedder, path) for path in given.compare]
        self._rows: dict[Describe, Vectors] = {}

    @cached_property
    def embedder(self) -> Embedder:
        """As it serves on a CPU."""
        return embed.load_embedder(self.models.embedder, "cpu")

    @property
    def detector_weights(self) -> DetectorWeights:
        """Raises ModelError: these models have no detector."""
        if self.models.detector is None:
            raise ModelError("These models have no detector, so its figures can't be measured; add detector.xml.")
        return self.models.detector

    @cached_property
    def detector(self) -> Detector:
        """As it serves on a CPU."""
        return detect.load_detector(self.detector_weights, "cpu")

    @cached_property
    def sensitive_detector(self) -> Detector:
        """The same with nearly no threshold and 100 boxes, for curves over all thresholds."""
        return detect.load_detector(detector_figures.sensitive(self.detector_weights), "cpu")

    @cached_property
    def products(self) -> dict[str, Product]:
        """The demo's catalog by product id."""
        return {product.product_id: product for product in catalog.read(self.given.demo / "feed.tsv").products}

    @cached_property
    def asked(self) -> list[Query]:
        """The rows of the demo's truth that are asked; each has a box."""
        return queries.read(self.given.demo / "truth.csv", self.products.values(), self.given.where)

    @cached_property
    def truths(self) -> list[Truth]:
        """What is right for each."""
        groups = {query: {self.products[i].group for i in query.relevant} for query in self.asked}
        return [
            Truth(
                query.relevant,
                query.image.name,
                frozenset(i for i, product in self.products.items() if product.group in groups[query]),
            )
            for query in self.asked
        ]

    @cached_property
    def unseen(self) -> frozenset[str]:
        """The demo's products that enter no training of any kind."""
        return held_out_ids(self.given.demo)

    @cached_property
    def photos(self) -> dict[Path, Photo]:
        """The photos that are asked, by file."""
        return {path: images.load(path) for path in dict.fromkeys(query.image for query in self.asked)}

    def crops(self, cut: Callable[[Photo, Box], Image.Image] = images.crop) -> list[Image.Image]:
        """The truth's boxes cut out as a search does (`images.query_box`), by whatever cuts."""
        meant = [(photo, evaluate.targets_of(query, photo, "box", None)[0]) for query, photo in self._seen()]
        return [cut(photo, images.query_box(photo, box)) for photo, box in meant]

    def _seen(self) -> list[tuple[Query, Photo]]:
        return [(query, self.photos[query.image]) for query in self.asked]

    @cached_property
    def detected_crops(self) -> list[Image.Image | None]:
        """The same things as the detector boxes them; None where it missed one."""
        found: list[Image.Image | None] = []
        for query, photo in steps(self._seen(), "detect"):
            boxes = evaluate.targets_of(query, photo, "detect", self.detector)
            found.append(images.query_crop(photo, boxes[0]) if boxes else None)
        return found

    def gallery(self, how: GalleryCrop) -> Gallery:
        """The catalog's pictures, cut as an import with `--gallery-crop` cuts them."""
        ids, crops = [], []
        for product in steps(self.products.values(), f"gallery, {how}"):
            for place in product.images:
                photo = images.load(fetch(place))
                box = gallery_box(photo, self.detector, how)
                ids.append(product.product_id)
                crops.append(images.crop(photo, box) if box else photo.image)
        return Gallery(tuple(ids), tuple(crops))

    @cached_property
    def shelf(self) -> Gallery:
        """The gallery as an import cuts it by default."""
        return self.gallery("auto")

    def shelf_rows(self, way: Describe) -> Vectors:
        """The vectors of `shelf`; asked again, they are not computed again."""
        if way not in self._rows:
            self._rows[way] = described(way, self.shelf.crops, "gallery")
        return self._rows[way]

    def score(self, way: Describe, crops: Sequence[Image.Image | None]) -> Scores:
        """How well a way answers the demo's queries with these crops of them, over `shelf`; None is a miss."""
        return self.score_over(way, crops, self.shelf_rows(way), self.shelf.product_ids)

    def score_over(
        self, way: Describe, crops: Sequence[Image.Image | None], gallery: Vectors, product_ids: Sequence[str]
    ) -> Scores:
        """The same over any gallery, `(G, D)`."""
        seen = [crop for crop in crops if crop is not None]
        found = iter(retrieval.rank(described(way, seen, "queries"), gallery, product_ids) if seen else [])
        return retrieval.judge([[] if crop is None else next(found) for crop in crops], self.truths)

    @cached_property
    def ways(self) -> list[Way]:
        """This embedder, other weights of its architecture, and what no learning reaches."""
        facts = self.models.embedder
        others = [
            Way(
                {"way": "compared", "name": f"{other.name}, {other.input_size_px} px", "sha256": _digest(other.path)},
                (embed.load_openvino(other).embed,),
            )
            for other in self._compared
        ]
        random = tuple(baselines.random_network(seed, facts.input_size_px) for seed in evaluate.RANDOM_SEEDS)
        return [
            Way({"way": "embedder"}, (self.embedder.embed,)),
            *others,
            Way({"way": "random_weights"}, random),
            Way({"way": "colour_pixels"}, (baselines.colour_pixels,)),
            Way({"way": "perceptual_hash"}, (baselines.perceptual_hash,)),
        ]


def described(way: Callable[[Sequence[Picture]], Vectors], pictures: Sequence[Picture], what: str) -> Vectors:
    """`(N, D)` float32 rows of at least one picture, with progress on standard error."""
    starts = range(0, len(pictures), embed.MAX_BATCH)
    return np.concatenate([way(pictures[i : i + embed.MAX_BATCH]) for i in steps(starts, what)])


def steps(items: Iterable[Item], what: str) -> Iterator[Item]:
    """The items, with progress on standard error."""
    pause_s = 0.2 if sys.stderr.isatty() else 10.0  # a log file gets a line only now and then
    yield from tqdm(items, what, leave=False, mininterval=pause_s)


def _other_weights(bundled: EmbedderWeights, path: Path) -> EmbedderWeights:
    if path.is_dir():
        return dataclasses.replace(read_embedder(path), name=path.name)
    if not path.is_file():
        raise ModelError(f"--compare expects a file of weights (.safetensors) or a directory; there is no {path}.")
    return dataclasses.replace(bundled, path=path, name=path.stem)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:FINGERPRINT_DIGITS]
