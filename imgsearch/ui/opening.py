"""Opens the shop that the page shows; the demo is made first where there is nothing else.

Knows the order of things, not how an import works. Invariant: an own shop is never filled or changed here.
"""

from __future__ import annotations

from imgsearch import shops
from imgsearch.config import DEMO_SHOP, Settings
from imgsearch.detect import load_detector
from imgsearch.embed import load_embedder
from imgsearch.search import ImageSearch, open_store
from imgsearch.ui.readiness import Report
from imgsearch.weights import resolve


def open_shop(settings: Settings, report: Report) -> ImageSearch:
    """The core for the settings' shop; `report(done, total)` is called while the demo is being made.

    Unlike `search.open_search`, a demo that other weights made is made again before it is opened.

    Raises:
        ModelError: weights are missing or damaged.
        StoreError: the store can't be opened, or other weights made the (own) shop.
        CollectionMissing: the settings name a shop that was never imported.
    """
    models = resolve(settings.models)
    embedder = load_embedder(models.embedder)
    store = open_store(settings, embedder)
    detector = load_detector(models.detector) if models.detector else None
    if store.shop == DEMO_SHOP:
        shops.prepare_demo(settings, store, detector, embedder, progress=lambda step: report(step.done, step.total))
    store.check()
    return ImageSearch(embedder, store, detector)
