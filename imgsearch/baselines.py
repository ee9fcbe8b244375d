"""What is reached without learning anything: the figures that a model's figures must be read beside.

Three ways, over the very same queries and gallery crops: colour histogram + 12 x 12 pixels, a perceptual hash, and the
embedder's own architecture with random weights. A catalog on which these do well is too easy to say anything about a
model. Knows nothing about truth files or stores; compares by brute force.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import embed, images
from imgsearch.ingest import fetch
from imgsearch.records import Box
from imgsearch.store import Entry

Describe = Callable[[Sequence[Image.Image]], NDArray[np.float32]]
"""RGB crops of any size to `(N, D)` float32 rows of unit length."""

_HISTOGRAM_PX = 64
_GRID_PX = 12
_HASH_PX, _HASH_FREQUENCIES = 32, 8


@dataclass(frozen=True, slots=True)
class Gallery:
    """A catalog's pictures, cut as they were for the model, and the product of each."""

    product_ids: tuple[str, ...]
    crops: tuple[Image.Image, ...]

    @classmethod
    def of(cls, entries: Iterable[Entry], allow_private_urls: bool = False) -> Gallery:
        """Read the pictures of a store's entries again, each cut to the entry's own crop."""
        ids, crops = [], []
        for entry in entries:
            data = fetch(entry.product.images[entry.image_no], allow_private_urls)
            photo = images.load(data)
            ids.append(entry.product.product_id)
            crops.append(images.crop(photo, Box(*entry.crop)) if entry.crop else photo.image)
        return cls(tuple(ids), tuple(crops))


class MatrixRanker:
    """Ranks by the cosine with every picture of a gallery; a product counts with its best picture.

    Args:
        describe: pictures to unit rows.
        gallery: what is ranked.
        depth: products per list.
    """

    def __init__(self, describe: Describe, gallery: Gallery, depth: int) -> None:
        self._describe = describe
        self._product_ids = gallery.product_ids
        self._rows = describe(gallery.crops)  # (pictures, D)
        self._depth = depth

    def rank(self, crops: Sequence[Image.Image]) -> list[list[str]]:
        """Product ids for each crop, best first, each once, at most `depth`."""
        return ranked_products(self._describe(crops) @ self._rows.T, self._product_ids, self._depth)


def ranked_products(scores: NDArray[np.float32], product_ids: Sequence[str], depth: int) -> list[list[str]]:
    """The products of each row by their best picture, best first, each once; equal scores in the gallery's order.

    Args:
        scores: `(queries, pictures)`.
        product_ids: `(pictures,)`, the product that each picture shows.
        depth: products per list, at most.

    >>> ranked_products(np.array([[0.1, 0.3, 0.2]], np.float32), ["a", "a", "b"], 5)
    [['a', 'b']]
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    return [list(dict.fromkeys(product_ids[i] for i in row))[:depth] for row in order]


def colour_pixels(crops: Sequence[Image.Image]) -> NDArray[np.float32]:
    """`(N, 944)` float32 unit rows: an HSV histogram (8 x 4 x 16 bins, Hellinger) beside 12 x 12 RGB pixels.

    The cosine of two rows is the mean of both parts' cosines.
    """
    rows = [np.concatenate([_histogram(crop), _pixels(crop)]) / np.sqrt(2.0) for crop in crops]
    return np.asarray(rows, dtype=np.float32)


def _histogram(crop: Image.Image) -> NDArray[np.float64]:
    small = crop.convert("RGB").resize((_HISTOGRAM_PX, _HISTOGRAM_PX), Image.Resampling.BILINEAR)
    hsv = np.asarray(small.convert("HSV"), dtype=np.int64)
    bins = (hsv[..., 0] // 32) * 64 + (hsv[..., 1] // 64) * 16 + hsv[..., 2] // 16
    # The root makes the dot product of two histograms their Bhattacharyya coefficient, and every row of unit length.
    shares: NDArray[np.float64] = np.sqrt(np.bincount(bins.ravel(), minlength=512) / bins.size)
    return shares


def _pixels(crop: Image.Image) -> NDArray[np.float64]:
    # In two steps, as a direct reduction to 12 px samples only some pixels.
    small = crop.convert("RGB").resize((_HISTOGRAM_PX, _HISTOGRAM_PX), Image.Resampling.BILINEAR)
    values = np.asarray(small.resize((_GRID_PX, _GRID_PX), Image.Resampling.BILINEAR), dtype=np.float64).ravel()
    centred = values - values.mean()
    length = float(np.linalg.norm(centred))
    # A picture of one colour has no pattern; any direction will do, as long as it is the same one.
    return centred / length if length > 1e-9 else np.full(values.size, values.size**-0.5)


def perceptual_hash(crops: Sequence[Image.Image]) -> NDArray[np.float32]:
    """`(N, 64)` float32 unit rows of +-1/8: the 64-bit pHash (Zauner 2010), as `imagehash.phash` has it.

    A bit says whether one of the 8 x 8 lowest frequencies (DCT-II of the 32 x 32 grey picture) is above their median.
    The cosine of two rows is 1 - (differing bits) / 32.
    """
    angles = np.outer(np.arange(_HASH_FREQUENCIES), 2 * np.arange(_HASH_PX) + 1) * np.pi / (2 * _HASH_PX)
    waves = np.cos(angles)  # (8, 32)
    rows = []
    for crop in crops:
        grey = np.asarray(crop.convert("L").resize((_HASH_PX, _HASH_PX), Image.Resampling.LANCZOS), np.float64)
        frequencies = waves @ grey @ waves.T  # (8, 8)
        rows.append(np.where(frequencies > np.median(frequencies), 1.0, -1.0).ravel() / _HASH_FREQUENCIES)
    return np.asarray(rows, dtype=np.float32)


def random_network(seed: int, input_size_px: int, dim: int = 256) -> Describe:
    """The embedder's architecture with random weights (He et al. 2015), on the CPU; nothing was learned.

    Args:
        seed: of the weights.
        input_size_px: as the embedder's.
        dim: length of the rows.
    """
    network = embed.openvino_network(_random_state(seed, dim), input_size_px)

    def describe(crops: Sequence[Image.Image]) -> NDArray[np.float32]:
        parts = []
        for start in range(0, len(crops), embed.MAX_BATCH):
            batch = np.stack([images.preprocess(c, input_size_px) for c in crops[start : start + embed.MAX_BATCH]])
            parts.append(network(batch))
        return np.concatenate(parts)

    return describe


def _random_state(seed: int, dim: int) -> dict[str, NDArray[np.float32]]:
    """Convolutions and the last layer by He; batch norms as they are before training."""
    rng = np.random.default_rng(seed)
    state = {}
    for name, shape in embed.expected_shapes(dim).items():
        if len(shape) > 1:
            value = rng.standard_normal(shape) * np.sqrt(2.0 / np.prod(shape[1:]))
        elif name == "pool.p":
            value = np.array(3.0)
        else:
            value = np.ones(shape) if name.endswith((".weight", ".running_var")) else np.zeros(shape)
        state[name] = value.astype(np.float32)
    return state
