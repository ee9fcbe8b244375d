"""Opens the shop that the page shows; the demo is made first where there is nothing else.

Knows the order of things, not how an import works. Invariants: an own shop is never filled or changed here; a database
is only ever moved aside where it holds nothing but the demo, which can be made again.
"""

from __future__ import annotations

import logging
import shutil
from pathlib import Path

from PIL import Image

from imgsearch import distractors, geometry, ingest, shops
from imgsearch.config import DEMO_SHOP, Settings
from imgsearch.detect import load_detector
from imgsearch.embed import load_embedder
from imgsearch.errors import CollectionMissing, FingerprintMismatch, StoreError, StoreLocked, StoreUnavailable
from imgsearch.images import Photo
from imgsearch.search import ImageSearch, open_store
from imgsearch.ui.readiness import Report
from imgsearch.weights import resolve_for

WARM_UP_PX = ((640, 480), (480, 640), (640, 640))  # the detector has a frame for each form of photo

log = logging.getLogger(__name__)

# These say nothing about the database's health.
_SOUND = (CollectionMissing, FingerprintMismatch, StoreLocked, StoreUnavailable)


def open_shop(settings: Settings, report: Report) -> ImageSearch:
    """The core for the settings' shop; `report(done, total)` is called while the demo is being made.

    Unlike `search.open_search`, a demo that other weights made, or that a crash damaged, is made again before it is
    opened: a page that shows nothing but the demo comes back by itself.

    Raises:
        ModelError: weights are missing or damaged.
        StoreError: the store can't be opened, or other weights made the (own) shop.
        CollectionMissing: the settings name a shop that was never imported.
    """
    try:
        return _open(settings, report)
    except StoreError as error:
        if isinstance(error, _SOUND) or not holds_only_the_demo(settings):
            raise
        log.warning("the demo's database is damaged and is made again: %s", error)
        _move_aside(Path(settings.store_uri))
        return _open(settings, report)


def _open(settings: Settings, report: Report) -> ImageSearch:
    models = resolve_for(settings)
    if settings.shop in ("", DEMO_SHOP) and models.embedder.needs_whitening:
        models = shops.fit_to_demo(settings, models, progress=lambda step: report(step.done, step.total))
    embedder = load_embedder(models.embedder)
    store = open_store(settings, embedder)
    try:
        detector = load_detector(models.detector) if models.detector else None
        if store.shop == DEMO_SHOP:
            shops.prepare_demo(settings, store, detector, embedder, progress=lambda step: report(step.done, step.total))
            ingest.adopt(models)
        store.check()
        core = ImageSearch(embedder, store, detector, distractors.load(settings.models, embedder.fingerprint))
        warm_up(core)
        return core
    except BaseException:
        store.close()
        raise


def warm_up(core: ImageSearch) -> None:
    """Do everything once, so that the first visitor does not wait for what every first call sets up."""
    photos = [Photo(Image.new("RGB", size, "gray"), *size) for size in WARM_UP_PX]
    for photo in photos:
        core.detect(photo)
    core.search(photos[0], geometry.whole(*WARM_UP_PX[0]), top_k=1)


def holds_only_the_demo(settings: Settings) -> bool:
    """True if the store is the data directory's own database and no import ever filled another shop than the demo."""
    folder = settings.data_dir / "shops"
    others = [path for path in folder.iterdir() if path.name != DEMO_SHOP] if folder.is_dir() else []
    return not settings.uri and settings.shop in ("", DEMO_SHOP) and not others


def _move_aside(database: Path) -> None:
    """Keep the damaged database for whoever wants to look at it; an older one is dropped."""
    aside = database.with_suffix(".damaged")
    shutil.rmtree(aside, ignore_errors=True)
    database.rename(aside)
