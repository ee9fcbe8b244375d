"""Batches for the embedder: pairs (gallery view, photo view) of products, and labelled pictures beside them.

Turns the pools of `datasets` into network inputs by the application's own preprocessing; knows nothing of losses.
Invariant: the products of one batch are distinct, so any two rows of different pairs are true negatives. A recoloured
product counts as another product, as a variant does in a shop.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import IterableDataset, get_worker_info

from imgsearch import images
from imgsearch.train import augment, room_crops
from imgsearch.train.datasets import Labelled, Pixels, Sprite, by_product, decode, shrink
from imgsearch.train.room_crops import RoomCrop

RUN = 6
"""Products that follow each other in a batch and are each other's hard negatives: of one family, or of one tone."""
RUN_POWER = 0.75
"""A family or a tone is drawn by its size to this power: between alike for all of them (0) and alike for all products
(1). With .5, nearly half of the shots drawn came from the smallest collection, whose families are small."""
TONE_STEP = 20
"""Of CIELAB, in which two colours that look much the same differ by less: products of one tone, whatever they are."""
RECOLOURED_SHARE = 0.2
ROOM_SHARE = 0.5
"""Of the photo views of a product that stands in rendered rooms, so many are crops of these, the others composites."""
MIRRORED_SHARE = 0.5
PILE_SHARE = 0.3
"""Of the composites, so many show the product many times, as a shop's bins and shelves do."""
Thing = TypeVar("Thing")
NO_CLASS = -1


@dataclass(frozen=True, slots=True)
class Batch:
    """One training step. S is the input size.

    Attributes:
        studio, photo: (P, 3, S, S) float32, row i of both shows product i.
        product: (P,) int64, index of the product among the known ones, or `NO_CLASS`.
        family: (P,) int64, index of the product's family.
        identity: (P,) int64, the same number in every batch for the same product in the same colours.
        picture: (L, 3, S, S) float32 labelled pictures.
        label: (L,) int64, index of their class.
    """

    studio: Tensor
    photo: Tensor
    product: Tensor
    family: Tensor
    identity: Tensor
    picture: Tensor
    label: Tensor


class Pair(NamedTuple):
    """One product twice, as RGB crops of any size, and what it is (see `Batch`)."""

    studio: Pixels
    photo: Pixels
    product: int
    family: int
    identity: int


@dataclass(frozen=True, slots=True)
class Pools:
    """All training material in memory.

    `rendered` products have several views and a class each; `shots` have one view and no class. `rooms` show rendered
    products in furnished rooms.
    """

    rendered: Sequence[Sprite]
    shots: Sequence[Sprite]
    labelled: Sequence[Labelled]
    backgrounds: Sequence[bytes]
    rooms: Sequence[RoomCrop] = ()

    def product_classes(self) -> dict[str, int]:
        """Class index of each rendered product."""
        return {name: index for index, name in enumerate(by_product(self.rendered))}

    def family_classes(self) -> dict[str, int]:
        """Class index of each family, of rendered products and of shots."""
        names = dict.fromkeys(sprite.family for sprite in [*self.rendered, *self.shots])
        return {name: index for index, name in enumerate(names)}

    def label_classes(self) -> dict[str, int]:
        """Class index of each label."""
        return {name: index for index, name in enumerate(sorted({picture.label for picture in self.labelled}))}


@dataclass(frozen=True, slots=True)
class BatchShape:
    """How many rows of which kind a batch has, and the input size."""

    size_px: int = 96
    rendered_pairs: int = 32
    shot_pairs: int = 16
    labelled: int = 40


class Batches(IterableDataset[Batch]):
    """An endless stream of batches; each worker draws from a generator of its own.

    `start` is the number of steps before this stream: one that goes on shows other batches than those it began with.
    """

    def __init__(self, pools: Pools, shape: BatchShape, seed: int) -> None:
        self.pools = pools
        self.shape = shape
        self.seed = seed
        self.start = 0
        self.product_classes = pools.product_classes()
        self.family_classes = pools.family_classes()
        self.label_classes = pools.label_classes()
        self._views = {key: list(group) for key, group in by_product(pools.rendered).items()}
        self.runs = [_runs(pools.rendered), _runs(pools.shots)]
        self._shots = {sprite.product_id: [sprite] for sprite in pools.shots}
        self._everything = [*pools.rendered, *pools.shots]
        self._identities = {key: number for number, key in enumerate(by_product(self._everything))}
        self._rooms = room_crops.by_product(pools.rooms)
        self._label_weights = _label_weights(pools.labelled)

    def __iter__(self) -> Iterator[Batch]:
        worker = get_worker_info()
        rng = np.random.default_rng((self.seed, self.start, worker.id if worker else 0))
        while True:
            yield self._draw(rng)

    def _draw(self, rng: np.random.Generator) -> Batch:
        pairs = [
            *self._pairs(rng, self._views, self.runs[0], self.shape.rendered_pairs),
            *self._pairs(rng, self._shots, self.runs[1], self.shape.shot_pairs),
        ]
        labelled = self._labelled(rng)
        return Batch(
            studio=self._stack([pair.studio for pair in pairs]),
            photo=self._stack([pair.photo for pair in pairs]),
            product=torch.tensor([pair.product for pair in pairs], dtype=torch.int64),
            family=torch.tensor([pair.family for pair in pairs], dtype=torch.int64),
            identity=torch.tensor([pair.identity for pair in pairs], dtype=torch.int64),
            picture=self._stack([augment.class_view(rng, labelled_pixels(picture)) for picture in labelled]),
            label=torch.tensor([self.label_classes[picture.label] for picture in labelled], dtype=torch.int64),
        )

    def _labelled(self, rng: np.random.Generator) -> list[Labelled]:
        if not self.pools.labelled or not self.shape.labelled:
            return []  # a shop that trains on its own catalog has none
        drawn = rng.choice(len(self.pools.labelled), self.shape.labelled, p=self._label_weights)
        return [self.pools.labelled[index] for index in drawn]

    def _pairs(
        self, rng: np.random.Generator, views: dict[str, list[Sprite]], runs: list[list[str]], count: int
    ) -> Iterator[Pair]:
        for product_id in draw_products(rng, runs, count):
            first, second = draw_two(rng, views[product_id])
            product, family = self.product_classes.get(product_id, NO_CLASS), self.family_classes[first.family]
            in_rooms = self._rooms.get(product_id)
            crops = (
                (augment.studio_view(rng, first.rgba), room_view(rng, in_rooms))
                if in_rooms and rng.random() < ROOM_SHARE
                else self._two_views(rng, first.rgba, [second.rgba, *(view.rgba for view in views[product_id][:3])])
            )
            yield Pair(*crops, product, family, self._identities[product_id])
            if rng.random() < RECOLOURED_SHARE:
                change = augment.Recolour.draw(rng)
                crops = self._two_views(rng, change.apply(first.rgba), [change.apply(second.rgba)])
                # A colour of its own each time: no other row, now or later, shows this product.
                yield Pair(*crops, NO_CLASS, family, -1 - int(rng.integers(2**62)))

    def _two_views(
        self, rng: np.random.Generator, first: Pixels, others_of_it: Sequence[Pixels]
    ) -> tuple[Pixels, Pixels]:
        """The gallery's view of `first`, and a photo of the first of the others, or of a pile of them."""
        background = decode(draw_one(rng, self.pools.backgrounds))[..., :3]
        if rng.random() < PILE_SHARE:
            return augment.studio_view(rng, first), augment.pile_view(rng, others_of_it, background)
        neighbours = int(rng.choice([0, 0, 1, 2, 3]))
        others = [draw_one(rng, self._everything).rgba for _ in range(neighbours)]
        return augment.studio_view(rng, first), augment.photo_view(rng, others_of_it[0], background, others)

    def _stack(self, crops: Sequence[Pixels]) -> Tensor:
        return stack_crops(crops, self.shape.size_px)


def room_view(rng: np.random.Generator, crops: Sequence[RoomCrop]) -> Pixels:
    """Another take of one of these crops, maybe mirrored."""
    crop = draw_one(rng, crops)
    view = augment.snap_view(rng, crop.pixels, crop.box)
    return np.ascontiguousarray(view[:, ::-1]) if rng.random() < MIRRORED_SHARE else view


def stack_crops(crops: Sequence[Pixels], size_px: int) -> Tensor:
    """RGB crops of any size -> (N, 3, size_px, size_px) float32 by the application's own preprocessing."""
    inputs = [images.preprocess(Image.fromarray(crop), size_px) for crop in crops]
    return torch.from_numpy(np.stack(inputs) if inputs else np.zeros((0, 3, size_px, size_px), np.float32))


def draw_one(rng: np.random.Generator, things: Sequence[Thing]) -> Thing:
    """One of them, all equally likely."""
    return things[int(rng.integers(len(things)))]


def draw_products(rng: np.random.Generator, alike: list[list[str]], count: int) -> list[str]:
    """`count` distinct products (fewer if there are fewer) in runs of `RUN` out of one list of what is alike."""
    drawn: dict[str, None] = {}
    total = len({product_id for products in alike for product_id in products})
    weights = np.array([len(products) for products in alike]) ** RUN_POWER
    while len(drawn) < min(count, total):
        products = alike[rng.choice(len(alike), p=weights / weights.sum())]
        for index in rng.permutation(len(products))[:RUN]:
            drawn[products[index]] = None
    return list(drawn)[:count]


def draw_two(rng: np.random.Generator, views: list[Sprite]) -> tuple[Sprite, Sprite]:
    """Two different views where there are two, else the only one twice."""
    if len(views) == 1:
        return views[0], views[0]
    first, second = rng.choice(len(views), 2, replace=False)
    return views[first], views[second]


def labelled_pixels(picture: Labelled) -> Pixels:
    """The labelled picture, or the part of it in its box, RGB."""
    pixels = decode(picture.encoded)[..., :3]
    if picture.box is not None:
        x1, y1, x2, y2 = (max(0, int(side)) for side in picture.box)
        pixels = pixels[y1 : max(y2, y1 + 8), x1 : max(x2, x1 + 8)]
    return shrink(pixels, 160)


def _runs(sprites: Sequence[Sprite]) -> list[list[str]]:
    """Ids of products that are alike: all of a family, and all of a tone whatever their family.

    Of families alone a network learns to tell bowls apart; that a cream bowl is no cream rug, only by chance.
    """
    alike: defaultdict[tuple[str, ...], dict[str, None]] = defaultdict(dict)
    for views in by_product(sprites).values():
        alike["family", views[0].family][views[0].product_id] = None
        alike["tone", tone(views[0].rgba)][views[0].product_id] = None
    return [list(products) for products in alike.values()]


def tone(rgba: Pixels) -> str:
    """The mean colour of a premultiplied cut-out in steps of 20 of CIELAB, as a name.

    >>> tone(np.full((4, 4, 4), 255, np.uint8)), tone(np.full((4, 4, 4), (200, 0, 0, 255), np.uint8))
    ('5,0,0', '2,3,3')
    """
    mean = rgba.reshape(-1, 4).sum(0, dtype=np.float64)
    colour = np.asarray(mean[:3] / max(mean[3], 1.0), np.float32).reshape(1, 1, 3)
    return ",".join(str(round(float(value) / TONE_STEP)) for value in cv2.cvtColor(colour, cv2.COLOR_RGB2LAB)[0, 0])


def _label_weights(labelled: Sequence[Labelled]) -> npt.NDArray[np.float64]:
    """Draw weights between flat over pictures and flat over classes: 1 / sqrt(size of the class)."""
    counts: defaultdict[str, int] = defaultdict(int)
    for picture in labelled:
        counts[picture.label] += 1
    weights = np.array([counts[picture.label] ** -0.5 for picture in labelled])
    return np.asarray(weights / weights.sum(), np.float64)
