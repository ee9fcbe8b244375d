"""The shop while it is being opened: the page answers at once and shows how far it is.

Knows how to run one function in a thread and to tell its state; knows nothing of what that function does. Invariants:
the state moves preparing -> ready, or preparing -> failed -> ready once there is a shop; one that is ready is
only ever replaced by another one that is, and whoever asks gets all of the one or all of the other.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from imgsearch.errors import CollectionMissing, FingerprintMismatch, ImgSearchError, StoreUnavailable
from imgsearch.search import ImageSearch
from imgsearch.ui import strings
from imgsearch.ui.facets import FacetIndex

log = logging.getLogger(__name__)

MENDED = (CollectionMissing, FingerprintMismatch)  # what an import does away with

Report = Callable[[int, int], None]
"""Called with products done and products in all."""


class ShopPreparing(ImgSearchError):
    """The shop is not open yet; a moment later it is."""

    code = "preparing"


class ShopFailed(ImgSearchError):
    """The shop could not be opened, for a reason that is a bug."""

    code = "unexpected"


@dataclass(frozen=True, slots=True)
class OpenShop:
    """A shop that can be searched, and its facets."""

    core: ImageSearch
    facets: FacetIndex


class Readiness:
    """Opens a shop in the background.

    Args:
        open_core: makes the core, telling its progress; errors of ours are shown to the visitor.
    """

    def __init__(self, open_core: Callable[[Report], ImageSearch]) -> None:
        self._open_core = open_core
        self._done = 0
        self._total = 0
        self._shop: OpenShop | None = None
        self._error: ImgSearchError | None = None
        self._settled = threading.Event()
        self._replacing = threading.Lock()

    def start(self) -> None:
        """Start opening."""
        threading.Thread(target=self._run, name="open-shop", daemon=True).start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until the shop is open or has failed; False when the time ran out."""
        return self._settled.wait(timeout_s)

    def shop(self) -> OpenShop:
        """The open shop.

        Raises:
            ShopPreparing: not yet.
            ImgSearchError: it could not be opened; the reason.
        """
        if self._error:
            raise self._error
        if not self._shop:
            raise ShopPreparing(strings.PREPARING)
        return self._shop

    @property
    def wants_import(self) -> bool:
        """True if the shop could not be opened, for a reason that is gone after an import."""
        return isinstance(self._error, MENDED)

    @property
    def waits_for_server(self) -> bool:
        """True if the shop could not be opened since no server answered, or did not let us in."""
        return isinstance(self._error, StoreUnavailable)

    @property
    def core(self) -> ImageSearch | None:
        """The open shop's, None without one."""
        return self._shop.core if self._shop else None

    def progress(self) -> dict[str, Any]:
        """The state for the page while the shop is not open."""
        if self._error:
            told = {"error": self._error.code, "message": str(self._error), "wants_import": self.wants_import}
            return {"state": "failed", **told}
        return {"state": "preparing", "done": self._done, "total": self._total}

    def replace(self, core: ImageSearch, instead_of: ImageSearch | None = None) -> None:
        """Show another shop from now on, or the same one as it is after an import; also where none could be opened.

        Searches on their way end with the old one; its store is released if the new one has another.

        Args:
            instead_of: only if this one is still shown; None: whatever is shown.
        """
        opened = OpenShop(core, FacetIndex(core.store.products()))
        with self._replacing:
            before = self._shop
            if instead_of and (before is None or before.core is not instead_of):
                return
            self._shop, self._error = opened, None
        if before and before.core.store is not core.store:
            before.core.close()

    def open_again(self) -> None:
        """Open the shop that could not be opened; errors as the function that opens it, told from then on."""
        try:
            self.replace(self._open_core(self._report))
        except ImgSearchError as error:
            if not self._shop:
                self._error = error
            raise

    def close(self) -> None:
        """Release the store, if it was opened."""
        if self._shop:
            self._shop.core.close()

    def _run(self) -> None:
        try:
            core = self._open_core(self._report)
            self._shop = OpenShop(core, FacetIndex(core.store.products()))
        except ImgSearchError as error:
            log.error("the shop can't be opened: %s", error)
            self._error = error
        except Exception:  # in a thread of its own, it would be seen nowhere, and the page would wait for ever
            log.exception("the shop can't be opened")
            self._error = ShopFailed(strings.UNEXPECTED)
        self._settled.set()

    def _report(self, done: int, total: int) -> None:
        self._done, self._total = done, total
