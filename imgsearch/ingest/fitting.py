"""Fit the official weights to a shop: the whitening of `--models pretrained`, made from the pictures of its feed.

Reads and cuts pictures as the import does. Invariants: other models pass through untouched; the published catalog's
whitening stays as it is until the next one is published, so the shop stays searchable; a feed that changes a little
keeps its whitening, and with it all its vectors.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from imgsearch import images, whitening
from imgsearch.catalog import Feed
from imgsearch.detect import Detector, load_detector
from imgsearch.embed import MAX_BATCH, official_features
from imgsearch.errors import CatalogError, ImageError
from imgsearch.ingest.pictures import fetch, gallery_box
from imgsearch.ingest.report import Progress
from imgsearch.weights import ModelSet, whitened

MAX_PICTURES = 2000  # 8 for each of the 256 axes
GROWTH = 2  # a catalog twice as large as the one it was fitted on is another catalog


def fitted(
    models: ModelSet,
    feed: Feed,
    home: Path,
    *,
    add: bool = False,
    allow_private_urls: bool = False,
    progress: Callable[[Progress], object] | None = None,
) -> ModelSet:
    """The models, ready to import this feed. Only `pretrained` has something to fit.

    Args:
        home: the shop's folder.
        add: the feed only adds to the shop, whose vectors must stay comparable: what is fitted stays.
        progress: called as pictures are looked at.

    Raises:
        CatalogError: no picture of the feed can be read.
        ModelError: the official weights are damaged.
    """
    embedder = models.embedder
    if not (embedder.needs_whitening or embedder.whitening):
        return models
    following = home / whitening.NEXT_FILE
    if following.is_file():  # an import that was interrupted
        return ModelSet(whitened(embedder, following), models.detector)
    places = [place for product in feed.products for place in product.images]
    wanted = min(len(places), MAX_PICTURES)
    if embedder.whitening and (add or whitening.load(embedder.whitening).pictures * GROWTH >= wanted):
        return models
    sample = random.Random(0).sample(places, wanted)
    rows = _features(models, sample, allow_private_urls, progress)
    if not rows:
        raise CatalogError("No picture can be read, so nothing was changed.", feed.source)
    whitening.fit(np.concatenate(rows)).save(following)
    return ModelSet(whitened(embedder, following), models.detector)


def adopt(models: ModelSet) -> None:
    """After publishing: the whitening that was imported with is the shop's now."""
    path = models.embedder.whitening
    if path is not None and path.name == whitening.NEXT_FILE:
        path.replace(path.with_name(whitening.FILE))


def _features(
    models: ModelSet, places: list[str], private: bool, progress: Callable[[Progress], object] | None
) -> list[whitening.Rows]:
    network = official_features(models.embedder)
    detector = load_detector(models.detector) if models.detector else None
    rows, done = [], 0
    for crops in _batches(places, detector, private):
        inputs = np.stack([images.preprocess(crop, models.embedder.input_size_px) for crop in crops])
        rows.append(network(inputs))
        done += len(crops)
        if progress:
            progress(Progress(done, len(places), "Fitting", 0.0))
    return rows


def _batches(places: list[str], detector: Detector | None, private: bool) -> Iterator[list[Image.Image]]:
    def look(place: str) -> Image.Image | None:
        try:
            photo = images.load(fetch(place, private))
        except ImageError:
            return None  # the import lists it as a reject
        box = gallery_box(photo, detector)
        return images.crop(photo, box) if box else photo.image

    with ThreadPoolExecutor(4) as pool:
        for start in range(0, len(places), MAX_BATCH):
            crops = [crop for crop in pool.map(look, places[start : start + MAX_BATCH]) if crop is not None]
            if crops:
                yield crops
