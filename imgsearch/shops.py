"""The demo shop: made at the first start, made again when its feed or the model changed, else left alone.

Knows where the demo lies and when it is out of date, and that nothing else is imported into it; how an import works is
`ingest`'s. Invariant: no other shop than the demo is ever written here.
"""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path

from imgsearch import catalog, ingest
from imgsearch.calibrate import Calibrator
from imgsearch.catalog import Feed
from imgsearch.config import DEMO_FEED, DEMO_SHOP, OWN_SHOP, Settings
from imgsearch.detect import Detector
from imgsearch.embed import Embedder
from imgsearch.errors import CollectionMissing, ConfigError, FingerprintMismatch
from imgsearch.ingest import ImportReport
from imgsearch.ingest.importer import OnProgress
from imgsearch.store import MilvusStore
from imgsearch.weights import ModelSet

_NOTE = "demo"


def own_shop(settings: Settings) -> str:
    """The shop that a catalog of the user's is imported into.

    Raises:
        ConfigError: the settings name the demo, whose next preparation would replace what was imported.
    """
    if settings.shop == DEMO_SHOP:
        raise ConfigError(
            "The demo (--shop demo or IMGSEARCH_SHOP=demo) keeps its own products; leave that setting out, or name "
            "another shop, to import a catalog."
        )
    return settings.shop or OWN_SHOP


def prepare_demo(
    settings: Settings,
    store: MilvusStore,
    detector: Detector | None,
    embedder: Embedder,
    *,
    progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    source: Path = DEMO_FEED,
) -> ImportReport | None:
    """Import the bundled feed into the shop `demo`, unless that is done already; None if nothing had to be done.

    Args:
        settings: name the data directory, where the demo's small pictures go.
        store: opened for the shop `demo` and the embedder's fingerprint.

    Raises:
        ConfigError: the store is another shop's.
        CatalogError: the bundled feed is damaged.
        ImportStopped, StoreError: as `ingest.run`.
    """
    if store.shop != DEMO_SHOP:
        raise ConfigError(f"The demo is imported into the shop {DEMO_SHOP!r} only; got {store.shop!r}.")
    feed = catalog.read(source)
    state = content_hash(feed)
    if is_current(store, state):
        return None
    thumbs_dir = settings.shop_dir(DEMO_SHOP) / "thumbs"
    report = ingest.run(
        feed,
        store,
        detector,
        embedder,
        thumbs_dir=thumbs_dir,
        progress=progress,
        stop=stop,
        finish=Calibrator.of(embedder, settings.models, thumbs_dir),
    )
    store.set_meta({_NOTE: _note(state, store)})
    return report


def fit_to_demo(
    settings: Settings, models: ModelSet, *, progress: OnProgress | None = None, source: Path = DEMO_FEED
) -> ModelSet:
    """Official weights, ready to import the demo; others pass through.

    Raises:
        CatalogError: the bundled feed is damaged.
        ModelError: the official weights are damaged.
    """
    return ingest.fitted(models, catalog.read(source), settings.shop_dir(DEMO_SHOP), progress=progress)


def is_current(store: MilvusStore, state: str) -> bool:
    """True if the published demo was made by this model from this content, and no row of it was lost since."""
    try:
        store.check()
    except (CollectionMissing, FingerprintMismatch):
        return False
    return store.get_meta().get(_NOTE) == _note(state, store)


def _note(state: str, store: MilvusStore) -> str:
    # Files of Milvus Lite that are missing are not noticed by it: it answers with the rows that are left.
    return f"{state} {store.count()}"


def content_hash(feed: Feed) -> str:
    """sha256 over the feed file and the pictures it names (some 5 MB, 10 ms)."""
    digest = hashlib.sha256(feed.source.read_bytes())
    for product in feed.products:
        for place in product.images:
            digest.update(Path(place).read_bytes() if Path(place).is_file() else b"missing")
    return digest.hexdigest()
