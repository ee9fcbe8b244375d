"""Run an import: in which order rows are read, embedded, written, deleted and published.

Knows nothing about feeds' dialects, decoding or Milvus. Invariants: a product's rows are written together, so every
product in the store is whole at any moment; rows are deleted only after the new ones are written; nothing is published
before everything is written.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imgsearch import thumbs
from imgsearch.catalog import Feed, Reject
from imgsearch.detect import Detector
from imgsearch.embed import Embedder
from imgsearch.errors import CatalogError, CollectionMissing, FingerprintMismatch
from imgsearch.ingest.pictures import GalleryCrop
from imgsearch.ingest.prepare import Known, Picture, Prepared, Workshop, looked_at
from imgsearch.ingest.report import ImportReport, Progress
from imgsearch.records import Product
from imgsearch.store import Entry, MilvusStore, entry_id

WINDOW_PICTURES = 32  # one embedding batch; two windows of decoded pictures are in memory at a time
WORKERS = 4  # decoding leaves the interpreter's lock; more threads only hold more pictures in memory
REUSE_PRODUCTS = 500  # vectors are read back in blocks: Milvus Lite looks at every row for every request
_STATE = "import"
# Notes in the store about the last import that ended: the name of the feed or folder, and when that was (ISO, UTC).
SOURCE, IMPORTED_AT = "import_source", "imported_at"

OnProgress = Callable[[Progress], object]
Finish = Callable[[MilvusStore], object]


class ImportStopped(CatalogError):
    """The import was stopped on request; what was done is kept, and the next run goes on from there."""

    code = "import_stopped"

    def __init__(self, done: int, total: int) -> None:
        self.done, self.total = done, total
        super().__init__(f"Stopped after {done} of {total} products; import again to go on from there.")


def run(
    feed: Feed,
    store: MilvusStore,
    detector: Detector | None,
    embedder: Embedder,
    *,
    add: bool = False,
    thumbs_dir: Path | None = None,
    gallery_crop: GalleryCrop = "auto",
    allow_private_urls: bool = False,
    progress: OnProgress | None = None,
    stop: threading.Event | None = None,
    finish: Finish | None = None,
) -> ImportReport:
    """Make the shop equal to a feed (with `add`: only add and update), and publish it.

    Args:
        feed: from `catalog.read`.
        store: opened for the shop and the embedder's fingerprint.
        detector: finds the product in its picture; None: pictures are trimmed.
        embedder: makes the vectors.
        thumbs_dir: where the shop's small pictures are kept; None keeps none.
        gallery_crop: which part of a picture is embedded.
        allow_private_urls: pictures may lie on private networks.
        progress: called from this thread, a few times a second at most.
        stop: set it to stop soon.
        finish: called after publishing if anything changed (calibration).

    Raises:
        CatalogError: no row can be used; nothing was changed.
        FingerprintMismatch: `add`, and what is published was made by another model; nothing was changed.
        ImportStopped: `stop` was set. The shop stays searchable, and the work done is kept, as it is after a
            KeyboardInterrupt or a kill.
        ConfigError: the thumbnails can't be written.
        StoreError: the store refused.

    Example:
        report = run(catalog.read("feed.tsv"), store, detector, embedder, thumbs_dir=Path("data/thumbs"))
    """
    started = time.perf_counter()
    report = ImportReport.of(feed)
    _need_products(feed, report)
    workshop = Workshop(detector, gallery_crop, thumbs_dir, allow_private_urls)
    work = _Work(feed, store, embedder, report, progress, stop)
    work.open(add=add)
    with _Pool() as pool:
        for prepared in _windows(feed.products, work, workshop, pool):
            work.take(prepared)
    _need_products(feed, report)
    work.close(add=add, thumbs_dir=thumbs_dir, finish=finish)
    report.finish(started, work.pictures)
    return report


def check(
    feed: Feed,
    store: MilvusStore | None = None,
    *,
    add: bool = False,
    allow_private_urls: bool = False,
    progress: OnProgress | None = None,
    stop: threading.Event | None = None,
) -> ImportReport:
    """A dry run: read every row and picture, and say what an import would do. Writes nothing, needs no models.

    Args:
        store: what to compare with; None: an empty shop. `unchanged` and `updated` are told apart by the products'
            fields alone, as new pictures under old names are only found by an import.
        add, allow_private_urls, progress, stop: as in `run`.

    Raises:
        CatalogError, ImportStopped: as `run`.
    """
    started = time.perf_counter()
    report = ImportReport.of(feed)
    _need_products(feed, report)
    held = _held(store) if store else {}
    accepted, pictures, total = set(), 0, len(feed.products)
    with _Pool() as pool:
        for done, prepared in enumerate(_checked(feed.products, held, allow_private_urls, pool), 1):
            product = prepared.product
            pictures += len(product.images)
            if _count(report, prepared):
                accepted.add(product.product_id)
                _compare(report, prepared, held.get(product.product_id, []))
            if progress:
                progress(Progress(done, total, "Reading", pictures / max(time.perf_counter() - started, 1e-3)))
            if stop is not None and stop.is_set():
                raise ImportStopped(done, total)
    _need_products(feed, report)
    report.removed = 0 if add else len(held.keys() - accepted)
    report.finish(started, pictures)
    return report


class _Pool(ThreadPoolExecutor):
    """Worker threads; leaving early drops what has not begun."""

    def __init__(self) -> None:
        super().__init__(WORKERS, thread_name_prefix="imgsearch-import")

    def __exit__(self, *_: object) -> None:
        self.shutdown(wait=True, cancel_futures=True)


class _Work:
    """The state of one import: what the store holds, what was read, what was written."""

    def __init__(
        self,
        feed: Feed,
        store: MilvusStore,
        embedder: Embedder,
        report: ImportReport,
        progress: OnProgress | None,
        stop: threading.Event | None,
    ) -> None:
        self._feed, self._store, self._embedder, self._report = feed, store, embedder, report
        self._progress, self._stop = progress, stop
        self._started = time.perf_counter()
        self._done = 0
        self._changed = False
        self._kept: set[str] = set()  # ids of the feed's products that are in the shop
        self._images: dict[str, str] = {}  # entry id -> picture, of every row in the store
        self._vectors: dict[str, NDArray[np.float32]] = {}
        self.pictures = 0
        self.held: dict[str, list[Known]] = {}

    def open(self, *, add: bool) -> None:
        """Open the collection that is written, and learn what it holds."""
        self._tell("Importing")
        if add and self._store.exists():
            # Another model's collection would be replaced by one that holds the added products alone.
            self._store.check()
        self._store.begin()
        self.held = _held(self._store)
        self._images = {known.entry_id: known.image for rows in self.held.values() for known in rows}
        self._changed = self._store.get_meta().get(_STATE) != "done"
        # If this run dies, the next one must know that publishing and calibration are still to come.
        self._store.set_meta({_STATE: "running"})

    def take(self, window: Sequence[Prepared]) -> None:
        """Store a window of products: what is new is embedded in one batch, what is known is re-used."""
        wanted = [prepared for prepared in window if self._accept(prepared)]
        if wanted:
            self._write(wanted)
            self._drop_stale(wanted)
        self._done += len(window)
        self._tell("Importing")
        if self._stop is not None and self._stop.is_set():
            raise ImportStopped(self._done, len(self._feed.products))

    def _accept(self, prepared: Prepared) -> bool:
        """Count a product; True if its rows must be written."""
        product, report = prepared.product, self._report
        known = self.held.get(product.product_id, [])
        self.pictures += len(product.images)
        if not _count(report, prepared):
            return False
        self._kept.add(product.product_id)
        if prepared.unchanged(known):
            report.unchanged += 1
            return False
        report.updated += bool(known)
        report.added += not known
        return True

    def _write(self, wanted: Sequence[Prepared]) -> None:
        entries = [_entry(prepared, picture) for prepared in wanted for picture in prepared.pictures]
        crops = [p.pixels for prepared in wanted for p in prepared.pictures if p.pixels is not None]
        embedded = iter(self._embedder.embed(crops) if crops else ())
        vectors = [
            self._stored_vector(prepared.product.product_id, p.known) if p.known else next(embedded)
            for prepared in wanted
            for p in prepared.pictures
        ]
        self._store.upsert(entries, np.stack(vectors))
        self._images |= {entry.entry_id: entry.image for entry in entries}
        self._changed = True
        self._report.embedded += len(crops)

    def _stored_vector(self, product_id: str, known: Known) -> NDArray[np.float32]:
        if known.entry_id not in self._vectors:
            # The products behind this one in the feed are most likely the next that are asked for.
            ids = [p.product_id for p in self._feed.products[self._done :] if p.product_id in self.held]
            start = ids.index(product_id)
            self._vectors = self._store.vectors_of(ids[start : start + REUSE_PRODUCTS])
        return self._vectors[known.entry_id]

    def _drop_stale(self, wanted: Sequence[Prepared]) -> None:
        stale = []
        for prepared in wanted:
            product_id = prepared.product.product_id
            written = {entry_id(product_id, picture.image_no) for picture in prepared.pictures}
            stale += [k.entry_id for k in self.held.get(product_id, []) if k.entry_id not in written]
        if stale:
            self._delete(stale)

    def _delete(self, entry_ids: Sequence[str]) -> None:
        self._store.delete(entry_ids)
        self._changed = True
        for key in entry_ids:
            del self._images[key]

    def close(self, *, add: bool, thumbs_dir: Path | None, finish: Finish | None) -> None:
        """Delete what the feed no longer has, publish, calibrate, tidy up."""
        self._tell("Publishing")
        gone = [] if add else [product_id for product_id in self.held if product_id not in self._kept]
        if gone:
            self._delete([known.entry_id for product_id in gone for known in self.held[product_id]])
        self._report.removed = len(gone)
        self._store.publish(expected_rows=len(self._images))
        if finish and self._changed:
            finish(self._store)
        when = datetime.now(UTC).isoformat(timespec="seconds")
        self._store.set_meta({_STATE: "done", SOURCE: self._feed.source.name, IMPORTED_AT: when})
        if thumbs_dir is not None:
            thumbs.sweep(thumbs_dir, set(self._images.values()))

    def _tell(self, stage: str) -> None:
        if self._progress:
            rate = self.pictures / max(time.perf_counter() - self._started, 1e-3)
            self._progress(Progress(self._done, len(self._feed.products), stage, rate))


def _checked(
    products: Sequence[Product], held: Mapping[str, Sequence[Known]], allow_private_urls: bool, pool: ThreadPoolExecutor
) -> Iterator[Prepared]:
    ahead: list[Future[Prepared]] = []
    for window in [*_split(products), []]:
        futures = [pool.submit(looked_at, p, held.get(p.product_id, ()), allow_private_urls) for p in window]
        yield from (future.result() for future in ahead)
        ahead = futures


def _windows(
    products: Sequence[Product], work: _Work, workshop: Workshop, pool: ThreadPoolExecutor
) -> Iterator[list[Prepared]]:
    """Prepared products in feed order, some 32 pictures at a time; the next window is prepared while one is stored."""
    ahead: list[Future[Prepared]] = []
    for window in [*_split(products), []]:
        futures = [pool.submit(workshop.prepare, p, work.held.get(p.product_id, ())) for p in window]
        if ahead:
            yield [future.result() for future in ahead]
        ahead = futures


def _split(products: Sequence[Product]) -> Iterator[list[Product]]:
    window: list[Product] = []
    pictures = 0
    for product in products:
        if window and pictures + len(product.images) > WINDOW_PICTURES:
            yield window
            window, pictures = [], 0
        window.append(product)
        pictures += len(product.images)
    yield window


def _held(store: MilvusStore) -> dict[str, list[Known]]:
    """What this model's collection holds, by product; {} if there is none."""
    held: dict[str, list[Known]] = {}
    try:
        for entry in store.entries():
            held.setdefault(entry.product.product_id, []).append(Known.of(entry))
    except (CollectionMissing, FingerprintMismatch):
        return {}
    return held


def _entry(prepared: Prepared, picture: Picture) -> Entry:
    product = prepared.product
    return Entry(
        entry_id=entry_id(product.product_id, picture.image_no),
        product=product,
        image=picture.image,
        image_hash=picture.image_hash,
        record_hash=prepared.record_hash,
        crop=picture.crop,
    )


def _count(report: ImportReport, prepared: Prepared) -> bool:
    """Count a product with its pictures, or list it as a reject; True if it is usable."""
    product, faults = prepared.product, prepared.faults
    if not prepared.pictures:
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        report.rejected.append(Reject(product.row, product.product_id, f"no usable picture{more}: {faults[0]}"))
        return False
    report.products += 1
    report.images += len(prepared.pictures)
    where = f"Row {product.row}, {product.product_id}"
    report.warnings += [f"{where}: picture kept as it was; {fault}" for fault in prepared.kept]
    report.warnings += [f"{where}: left out {fault}" for fault in faults]
    return True


def _compare(report: ImportReport, prepared: Prepared, known: Sequence[Known]) -> None:
    if not known:
        report.added += 1
    elif all(k.record_hash == prepared.record_hash for k in known):
        report.unchanged += 1
    else:
        report.updated += 1


def _need_products(feed: Feed, report: ImportReport) -> None:
    rejected = len(report.rejected)
    if rejected < len(feed.products) + len(feed.rejected):
        return
    first = min(report.rejected, key=lambda reject: reject.row)
    raise CatalogError(
        f"all {rejected} rows were rejected, so nothing was changed; the first one: {first.reason}",
        feed.source,
        first.row,
    )
