"""A shop's catalog as training material: pictures cut out, duplicates found, goods dealt into folds.

Reads a feed as an import does; knows nothing of networks' training. Invariants: a picture of the evaluation sets stops
the reading (`refusal`); goods that are listed twice are one identity; a group of variants and all its duplicates lie in
one fold, and the same goods always lie in the same one.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import catalog, images
from imgsearch.detect import Detector
from imgsearch.embed import Embedder
from imgsearch.errors import CatalogError, ImageError
from imgsearch.ingest import fetch, gallery_box
from imgsearch.records import Product
from imgsearch.train.datasets import SPRITE_PX, Pixels, premultiply, shrink
from imgsearch.train.refusal import Refusal

MAX_PICTURES = 12  # of one product; more views of a thing help, up to a point (the shop itself keeps 4)
MAX_PRODUCTS = 4000  # some 2 GB of cut-outs; a larger shop trains on a sample
MIN_UNITS = 12  # below that nothing can be held out and learned from at once
FOLDS = 4
DUPLICATE_COSINE = 0.995
PLAIN_SHARE, PLAIN_TOLERANCE, THING_TOLERANCE = 0.85, 16, 22
_WORK_PX = 320

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture of one product: `rgba` a premultiplied cut-out, `served` the crop that an import would embed."""

    product_id: str
    content_hash: str
    rgba: Pixels
    served: Image.Image


@dataclass(frozen=True, slots=True)
class Goods:
    """A catalog that was read.

    Attributes:
        pictures: in the feed's order.
        identity: product id -> identity; duplicates share one.
        unit: product id -> split unit: what lies in one fold.
        family: product id -> the shop's category.
        notes: what was left out, for people.
    """

    pictures: tuple[Picture, ...]
    identity: dict[str, str]
    unit: dict[str, str]
    family: dict[str, str]
    notes: tuple[str, ...] = ()

    def fold(self, product_id: str) -> int:
        """0..3, a quarter of the units each; always the same for the same goods."""
        return hashlib.sha256(self.unit[product_id].encode()).digest()[0] % FOLDS


def read(
    feed: Path,
    embedder: Embedder,
    detector: Detector | None,
    refusal: Refusal,
    *,
    allow_private_urls: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Goods:
    """Read a catalog for training.

    Args:
        feed: as for `import`.
        embedder: the weights that training starts from; finds duplicates.
        detector: as for `import`, which crops pictures by it.

    Raises:
        CatalogError: the feed can't be read or has too few products.
        InputError: it holds a picture of the evaluation sets.
    """
    products = catalog.read(feed, max_images=MAX_PICTURES).products
    notes = []
    if len(products) > MAX_PRODUCTS:
        notes.append(f"{MAX_PRODUCTS} of {len(products)} products were drawn")
        products = sorted(random.Random(0).sample(products, MAX_PRODUCTS), key=lambda product: product.row)
    pictures, faults = _pictures(products, detector, refusal, allow_private_urls, progress)
    if faults:
        notes.append(f"{len(faults)} pictures were left out, the first one: {faults[0]}")
    shown = {picture.product_id for picture in pictures}
    products = [product for product in products if product.product_id in shown]
    vectors = embedder.embed([picture.served for picture in pictures])
    identity, unit = relate(products, pictures, vectors)
    if len(set(unit.values())) < MIN_UNITS:
        raise CatalogError(
            f"{len(set(unit.values()))} different products with pictures are too few to train on; at least "
            f"{MIN_UNITS} are needed.",
            feed,
        )
    family = {product.product_id: product.category for product in products}
    return Goods(tuple(pictures), identity, unit, family, tuple(notes))


def _pictures(
    products: Sequence[Product], detector: Detector | None, refusal: Refusal, private: bool, progress: Progress
) -> tuple[list[Picture], list[str]]:
    def look(product: Product) -> tuple[list[Picture], list[str]]:
        found: dict[str, Picture] = {}
        faults = []
        for place in product.images:
            try:
                data = fetch(place, private)
                refusal.check(data, place)
                picture = _picture(product.product_id, data, detector)
                found[picture.content_hash] = picture
            except ImageError as error:
                faults.append(str(error))
        return list(found.values()), faults

    pictures, faults = [], []
    with ThreadPoolExecutor(4) as pool:
        for done, (found, wrong) in enumerate(pool.map(look, products), 1):
            pictures += found
            faults += wrong
            progress("Reading", done, len(products))
    return pictures, faults


def _picture(product_id: str, data: bytes, detector: Detector | None) -> Picture:
    photo = images.load(data)
    box = gallery_box(photo, detector)
    served = images.crop(photo, box) if box else photo.image
    work = shrink(np.asarray(photo.image), _WORK_PX)
    cut = cut_from_plain(work)
    if cut is None:
        # Not on a plain ground: what the import embeds is the thing, corner to corner.
        crop = shrink(np.asarray(served), SPRITE_PX)
        cut = np.dstack([crop, np.full(crop.shape[:2], 255, np.uint8)])
    return Picture(product_id, hashlib.sha256(data).hexdigest(), shrink(cut, SPRITE_PX), served)


def cut_from_plain(picture: Pixels) -> Pixels | None:
    """Premultiplied RGBA of the thing on a plain ground of any colour, tightly cropped; None where there is none.

    A ground is plain where 85 % of the border are within 16 (of 255) of its median colour.
    """
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]]).astype(np.int16)
    ground = np.median(border, axis=0)
    if (np.abs(border - ground).max(axis=1) <= PLAIN_TOLERANCE).mean() < PLAIN_SHARE:
        return None
    differs = (np.abs(picture.astype(np.int16) - ground).max(axis=2) > THING_TOLERANCE).astype(np.uint8) * 255
    outlines, _ = cv2.findContours(
        cv2.morphologyEx(differs, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE
    )
    things = [outline for outline in outlines if cv2.contourArea(outline) > 0.002 * differs.size]
    # Filled: a white label on a white ground is part of the thing.
    mask = cv2.drawContours(np.zeros_like(differs), things, -1, 255, cv2.FILLED)
    ys, xs = np.nonzero(mask)
    if len(xs) < 0.01 * mask.size or mask.mean() > 0.97 * 255:
        return None
    soft = cv2.GaussianBlur(mask, (3, 3), 0.7)
    return premultiply(np.dstack([picture, soft])[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1])


def relate(
    products: Sequence[Product], pictures: Sequence[Picture], vectors: NDArray[np.float32]
) -> tuple[dict[str, str], dict[str, str]]:
    """Identity and split unit of each product.

    Duplicates are the same picture, or a cosine above .995 and equal attributes. Variants (one `item_group_id`) stay
    apart as identities and together in the split.

    Args:
        vectors: `(len(pictures), D)` float32 unit rows.
    """
    identity = {product.product_id: product.product_id for product in products}
    facts = {product.product_id: _attributes(product) for product in products}
    for first, second in _alike(pictures, vectors):
        if pictures[first].content_hash == pictures[second].content_hash or (
            facts[pictures[first].product_id] == facts[pictures[second].product_id]
        ):
            _join(identity, pictures[first].product_id, pictures[second].product_id)
    identity = {key: _root(identity, key) for key in identity}
    unit = dict(identity)
    groups: dict[str, str] = {}
    for product in products:
        _join(unit, product.product_id, groups.setdefault(product.group, product.product_id))
    return identity, {key: _root(unit, key) for key in unit}


def _alike(pictures: Sequence[Picture], vectors: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Pairs of pictures of two products with a cosine above .995; equal bytes give 1."""
    pairs = []
    for start in range(0, len(pictures), 1024):
        block = vectors[start : start + 1024] @ vectors.T
        for i, j in np.argwhere(block > DUPLICATE_COSINE):
            if start + i < j and pictures[start + i].product_id != pictures[j].product_id:
                pairs.append((int(start + i), int(j)))
    return pairs


def _attributes(product: Product) -> tuple[str, ...]:
    return (product.brand, product.category, product.color, product.material, product.title)


def _root(parents: dict[str, str], key: str) -> str:
    while parents[key] != key:
        key = parents[key]
    return key


def _join(parents: dict[str, str], first: str, second: str) -> None:
    """Two sets become one, named by the smaller id, so that names do not depend on the feed's order."""
    low, high = sorted((_root(parents, first), _root(parents, second)))
    parents[high] = low
