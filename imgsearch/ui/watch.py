"""Looks now and then whether another process has imported into the open shop, and shows the shop as it is then.

A command line fills a Milvus server while the page runs, and the server may come after the page; an embedded database
belongs to the page alone. Knows the store's mark of what is published, nothing of imports. Invariants: the page goes on
with what it has until the new state is read whole, and where it can't be read, because another model made it or the
server is away.
"""

from __future__ import annotations

import logging
import threading

from imgsearch import distractors
from imgsearch.config import OWN_SHOP, Settings
from imgsearch.errors import FingerprintMismatch, ImgSearchError
from imgsearch.search import ImageSearch, open_store
from imgsearch.store import MilvusStore, is_embedded
from imgsearch.ui.readiness import Readiness

log = logging.getLogger(__name__)

EVERY_S = 30.0


class Watch:
    """Keeps an open shop up to date.

    Args:
        readiness: the open shop.
        settings: say which models are served, and where the shop is.
    """

    def __init__(self, readiness: Readiness, settings: Settings) -> None:
        self._readiness = readiness
        self._settings = settings
        self._stop = threading.Event()
        self._refused = ""  # the edition that could not be shown

    def start(self) -> None:
        """Look every half minute from now on, if the shop is on a server."""
        if not is_embedded(self._settings.store_uri):
            threading.Thread(target=self._run, name="watch", daemon=True).start()

    def close(self) -> None:
        """Look no more."""
        self._stop.set()

    def look(self) -> None:
        """Show the shop anew if something else is published now than when it was read.

        Raises:
            ImgSearchError: the server can't be reached, or a shop that could not be opened still can't be.
        """
        before = self._readiness.core
        if before is None:
            self._open_if_it_can_be()
            return
        # A store of its own: the one that searches use remembers what it found, and goes on with that.
        store = open_store(self._settings, before.embedder)
        try:
            self._show(store, before)
        finally:
            shown = self._readiness.core
            if shown is None or shown.store is not store:
                store.close()

    def _open_if_it_can_be(self) -> None:
        """The shop that was missing, or of another model, or on a server that was away, when the page was started."""
        settings, late = self._settings, self._readiness.waits_for_server
        if not (late or self._readiness.wants_import):
            return
        with MilvusStore(settings.store_uri, settings.token, settings.shop or OWN_SHOP) as store:
            edition = store.edition()
        if edition in ("", self._refused) and not late:
            return
        try:
            self._readiness.open_again()
        except FingerprintMismatch:
            self._refused = edition  # still another model's; anything else may pass, and is tried again
            raise

    def _show(self, store: MilvusStore, before: ImageSearch) -> None:
        edition = store.edition()
        if edition in ("", before.edition, self._refused):
            return
        bank = distractors.load(self._settings.models, before.embedder.fingerprint)
        try:
            self._readiness.replace(ImageSearch(before.embedder, store, before.detector, bank), before)
        except FingerprintMismatch as error:
            log.warning("the shop was imported with another model and is shown as before until a restart: %s", error)
            self._refused = edition

    def _run(self) -> None:
        while not self._stop.wait(EVERY_S):
            try:
                self.look()
            except ImgSearchError as error:
                log.info("whether the shop has changed can't be told: %s", error)
