"""Checks and imports of feeds while the page runs: one at a time, in a thread, on the database that the page has open.

Knows feeds, the import and the open shop, nothing of dicts and pages. Invariants: a second one is refused as long as
one runs; a feed that was sent is deleted when its run ends, however it ends; the page goes on with the shop that it
has until the new one is whole, and then changes to it at once.

A thread and not a Gradio generator: that one ends with the visitor's page, and a reload must not break an import off.
"""

from __future__ import annotations

import dataclasses
import logging
import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from imgsearch import catalog, distractors, ingest
from imgsearch.calibrate import Calibrator
from imgsearch.catalog import Feed, Reject
from imgsearch.config import DEMO_SHOP, Settings
from imgsearch.detect import load_detector
from imgsearch.embed import Embedder, load_embedder
from imgsearch.errors import ImgSearchError
from imgsearch.ingest import ImportReport, ImportStopped, Progress
from imgsearch.search import ImageSearch
from imgsearch.shops import own_shop
from imgsearch.store import MilvusStore
from imgsearch.ui import strings
from imgsearch.ui.readiness import Readiness
from imgsearch.weights import resolve_for

log = logging.getLogger(__name__)

Kind = Literal["check", "import"]
LEAVE_S = 5.0  # how long a stopping server waits for a batch to be written

NO_FOLDER = (
    "a picture's path is relative to the feed, and a feed that was sent has no folder: name whole paths or links, or "
    "import the feed by its path on the server."
)


class ImportRunning(ImgSearchError):
    """There can be one check or import at a time."""

    code = "import_running"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a run has no report: the error's code and sentence, and the values in it."""

    code: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Run:
    """A check or import. `number` counts them from 1; `report` or `failure` is there once `running` is false.

    `sent`: the feed was uploaded, and lies in the upload folder until the end.
    """

    number: int
    kind: Kind
    source: Path
    sent: bool
    stop: threading.Event = field(default_factory=threading.Event)
    progress: Progress | None = None
    report: ImportReport | None = None
    failure: Failure | None = None
    running: bool = True

    def tell(self, progress: Progress) -> None:
        """What the import calls from its thread."""
        self.progress = progress


class Imports:
    """The runs of a page.

    Args:
        readiness: the open shop, which an import replaces.
        settings: say which shop is filled, and where.
    """

    def __init__(self, readiness: Readiness, settings: Settings) -> None:
        self._readiness = readiness
        self._settings = settings
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.last = self._before()

    @property
    def shop(self) -> str:
        """The shop that imports fill.

        Raises:
            ConfigError: as `own_shop`.
        """
        return own_shop(self._settings)

    def _before(self) -> Run | None:
        """The last import of the shop, by this page before a restart or by the command line; a check is not kept."""
        if self._settings.shop == DEMO_SHOP:
            return None
        report = ingest.kept(self._settings.shop_dir(self.shop))
        if report is None:
            return None
        return Run(1, "import", Path(report.source), sent=False, report=report, running=False)

    @property
    def mend(self) -> bool:
        """True if the shop could not be opened, and will be there after an import."""
        return self._readiness.wants_import and self._settings.shop != DEMO_SHOP

    def start(self, kind: Kind, source: Path, sent: bool = False) -> Run:
        """Begin; the answer comes at once.

        Args:
            source: a feed file, or a folder of pictures.
            sent: the feed was uploaded, and is deleted at the end.

        Raises:
            ImportRunning: there is another one; nothing was begun, and the sent feed is deleted.
            ImgSearchError: the shop is not open yet, can't be opened for what no import mends, or is the demo by
                choice; the same.
        """
        try:
            with self._lock:
                if self.last and self.last.running:
                    raise ImportRunning(strings.IMPORT_RUNNING)
                if not self.mend:
                    self._readiness.shop()
                run = Run(self.last.number + 1 if self.last else 1, kind, source, sent)
                self._thread = threading.Thread(target=self._work, args=(run, self.shop), name="import", daemon=True)
                self.last = run
                self._thread.start()
        except ImgSearchError:
            # The same file sent twice lies in the same place.
            if sent and not (self.last and self.last.running and self.last.source == source):
                _forget(source)
            raise
        return run

    def stop(self) -> None:
        """Ask what runs to end after its present batch."""
        if self.last:
            self.last.stop.set()

    def close(self) -> None:
        """Stop, and wait a moment for what is being written; an import goes on from there the next time."""
        self.stop()
        if self._thread:
            self._thread.join(LEAVE_S)

    def _work(self, run: Run, shop: str) -> None:
        try:
            feed = read(run)
            run.report = self._check(run, feed, shop) if run.kind == "check" else self._import(run, feed, shop)
        except ImportStopped as stopped:
            run.failure = Failure(stopped.code, str(stopped), {"done": stopped.done, "total": stopped.total})
        except ImgSearchError as error:
            run.failure = Failure(error.code, str(error))
        except Exception:  # in a thread of its own, it would be seen nowhere, and the page would wait for ever
            log.exception("the %s failed", run.kind)
            run.failure = Failure("unexpected", strings.UNEXPECTED)
        finally:
            if run.sent:
                _forget(run.source)
            run.running = False

    def _store(self, shop: str, fingerprint: str) -> MilvusStore:
        return MilvusStore(self._settings.store_uri, self._settings.token, shop=shop, fingerprint=fingerprint)

    def _check(self, run: Run, feed: Feed, shop: str) -> ImportReport:
        with self._store(shop, resolve_for(self._settings, shop).embedder.fingerprint) as store:
            private = self._settings.allow_private_urls
            return ingest.check(feed, store, allow_private_urls=private, progress=run.tell, stop=run.stop)

    def _import(self, run: Run, feed: Feed, shop: str) -> ImportReport:
        settings, before = self._settings, self._readiness.core
        models = ingest.fitted(
            resolve_for(settings, shop), feed, settings.shop_dir(shop),
            allow_private_urls=settings.allow_private_urls, progress=run.tell,
        )  # fmt: skip
        if before and before.embedder.fingerprint == models.embedder.fingerprint:
            embedder = before.embedder
        else:
            embedder = load_embedder(models.embedder)
        if before:
            detector = before.detector
        else:
            detector = load_detector(models.detector) if models.detector else None
        store = self._store(shop, embedder.fingerprint)
        thumbs_dir = settings.shop_dir(shop) / "thumbs"
        calibrate = Calibrator.of(embedder, settings.models, thumbs_dir)

        def show() -> None:
            bank = distractors.load(settings.models, embedder.fingerprint)
            self._readiness.replace(ImageSearch(embedder, store, detector, bank))

        def finish(published: MilvusStore) -> None:
            if before and embedder is not before.embedder and before.store.shop == shop:
                show()  # the old vectors are published no more, and searching them would be refused
            calibrate(published)

        try:
            report = ingest.run(
                feed, store, detector, embedder, thumbs_dir=thumbs_dir,
                allow_private_urls=settings.allow_private_urls, progress=run.tell, stop=run.stop, finish=finish,
            )  # fmt: skip
            ingest.adopt(models)
            report.keep(settings.shop_dir(shop))
            show()
        except BaseException:
            if before:
                self._look_again(before, shop, embedder)
            raise
        finally:
            shown = self._readiness.core
            if shown is None or shown.store is not store:
                store.close()
        return report

    def _look_again(self, before: ImageSearch, shop: str, embedder: Embedder) -> None:
        """After an import that broke off: its first batches are in the shop, so the counts of before are not right."""
        if before.store.shop != shop or embedder is not before.embedder:
            return
        bank = distractors.load(self._settings.models, embedder.fingerprint)
        store = self._store(shop, embedder.fingerprint)  # that of before may be closed by now (`watch`)
        try:
            self._readiness.replace(ImageSearch(embedder, store, before.detector, bank))
        except BaseException:
            store.close()
            raise


def read(run: Run) -> Feed:
    """The run's feed; of one that was sent, no picture is looked for beside it.

    Raises:
        CatalogError: it can't be read.
    """
    feed = catalog.read(run.source)
    return without_relative(feed) if run.sent else feed


def without_relative(feed: Feed) -> Feed:
    """A feed without the pictures whose paths are relative to it; a product that has no others is rejected."""
    folder = str(feed.source.parent.absolute()) + os.sep
    products, rejected = [], list(feed.rejected)
    for product in feed.products:
        images = tuple(place for place in product.images if not place.startswith(folder))
        if images:
            products.append(dataclasses.replace(product, images=images))
        else:
            rejected.append(Reject(product.row, product.product_id, NO_FOLDER))
    return dataclasses.replace(feed, products=products, rejected=rejected)


def _forget(path: Path) -> None:
    """Delete a sent feed and the folder that was made for it."""
    path.unlink(missing_ok=True)
    if path.parent.is_dir() and not any(path.parent.iterdir()):
        path.parent.rmdir()
