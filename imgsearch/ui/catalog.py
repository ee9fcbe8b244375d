"""The Catalog tab: its handlers, and how they are hung into the page.

Knows the page's dicts and the imports. Never built in public mode, since a hidden tab's functions could still be
called. Invariants: every answer is a dict, an error is `{"error", "message"}` and never raised into Gradio (which would
show nothing); no answer waits for a check or an import; of the server's files, only the upload folder's are taken for a
feed that was sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from imgsearch.config import DEMO_SHOP
from imgsearch.errors import CatalogError, ImageError, ImgSearchError, QueryError
from imgsearch.ingest.importer import IMPORTED_AT, SOURCE
from imgsearch.search import ImageSearch
from imgsearch.ui import app, components, import_report, strings
from imgsearch.ui.imports import Imports, Run
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.uploads import Uploads

log = logging.getLogger(__name__)

Request = Mapping[str, Any]
Answer = dict[str, Any]


class FeedNotSent(ImgSearchError):
    """What should be an uploaded feed is none."""

    code = "feed_not_sent"


class Catalog:
    """The handlers: one dict from the page in, one dict out.

    Args:
        readiness: the shop, open or not yet.
        imports: checks and imports feeds.
        uploads: where a feed that was sent lies.
    """

    def __init__(self, readiness: Readiness, imports: Imports, uploads: Uploads) -> None:
        self._readiness = readiness
        self._imports = imports
        self._uploads = uploads
        self._counted: tuple[ImageSearch, Answer] | None = None

    def state(self, _: object = None) -> Answer:
        """{} -> what is in the shop (None: it can't be opened before an import), and what runs or ran last."""
        return _answered(lambda: {"shop": self._shop(), "run": run_view(self._imports.last)})

    def start(self, request: object) -> Answer:
        """{kind: check or import, and sent (an upload) or path (on the server)} -> the run that has begun."""
        return _answered(lambda: self._start(request if isinstance(request, Mapping) else {}))

    def stop(self, _: object = None) -> Answer:
        """{} -> {}; what runs ends soon."""
        self._imports.stop()
        return {}

    def report(self, _: object = None) -> Answer:
        """{} -> the last report as a file's name, type and text."""
        return _answered(self._report)

    def _shop(self) -> Answer | None:
        if self._imports.mend:
            return None
        core = self._readiness.shop().core
        # An import that ends makes another core, so a shop is counted once.
        if self._counted is None or self._counted[0] is not core:
            self._counted = (core, shop_view(core))
        return self._counted[1]

    def _start(self, request: Request) -> Answer:
        kind = request.get("kind")
        if kind not in ("check", "import"):
            raise QueryError(f"A feed can be checked or imported; got {kind!r}.")
        sent = request.get("sent")
        source = self._sent(sent) if sent else Path(str(request.get("path") or "").strip())
        if not source.name:
            raise CatalogError("No feed is named; choose a file, or give a path on the server.")
        return {"run": run_view(self._imports.start(kind, source, bool(sent)))}

    def _sent(self, name: object) -> Path:
        try:
            path = self._uploads.safe_path(name)
        except ImageError:
            raise FeedNotSent(strings.FEED_NOT_SENT) from None
        if not path.is_file():
            raise FeedNotSent(strings.FEED_NOT_SENT)
        return path

    def _report(self) -> Answer:
        run = self._imports.last
        if run is None or run.report is None:
            raise CatalogError("There is no report yet; check a feed first.")
        return {
            "name": f"{run.kind}-{run.source.stem}.csv",
            "type": "text/csv",
            "text": import_report.to_csv(run.report),
        }


def _answered(handler: Callable[[], Answer]) -> Answer:
    try:
        return handler()
    except ImgSearchError as error:
        return {"error": error.code, "message": str(error)}
    except Exception:  # a bug must be told to the page, too
        log.exception("the catalog failed")
        return {"error": "unexpected", "message": strings.UNEXPECTED}


def shop_view(core: ImageSearch) -> Answer:
    """What the tiles show; `imported_at` (ISO, UTC) and `source` are '' where the store does not know."""
    notes, facets = core.store.get_meta(), core.facets
    return {
        "name": core.store.shop,
        "demo": core.store.shop == DEMO_SHOP,
        "products": facets.products,
        "images": core.store.count(),
        "groups": facets.groups,
        "in_stock": facets.in_stock,
        "source": notes.get(SOURCE, ""),
        "imported_at": notes.get(IMPORTED_AT, ""),
    }


def run_view(run: Run | None) -> Answer | None:
    """A run for the page: how far it is, then its report or why there is none."""
    if run is None:
        return None
    progress = run.progress
    view: Answer = {"number": run.number, "kind": run.kind, "source": run.source.name, "running": run.running}
    view["progress"] = progress and {
        "done": progress.done, "total": progress.total, "stage": progress.stage, "rate": round(progress.rate, 1),
    }  # fmt: skip
    if run.running:
        return view
    if run.failure:
        view |= {"error": run.failure.code, "message": run.failure.message, "values": dict(run.failure.values)}
    view["report"] = run.report and import_report.view(run.report)
    return view


def tab(readiness: Readiness, imports: Imports, uploads: Uploads, max_upload_mib: int) -> app.Tab:
    """The Catalog tab, for `app.build`."""
    catalog = Catalog(readiness, imports, uploads)

    # Functions and not the methods themselves: Gradio marks what it may call by an attribute, which methods can't have.
    def catalog_state(request: object = None) -> Answer:
        return catalog.state(request)

    def catalog_start(request: object = None) -> Answer:
        return catalog.start(request)

    def catalog_stop(request: object = None) -> Answer:
        return catalog.stop(request)

    def catalog_report(request: object = None) -> Answer:
        return catalog.report(request)

    calls = [catalog_state, catalog_start, catalog_stop, catalog_report]

    def fill() -> None:
        components.scripted("catalog", ["catalog"], strings.CATALOG, calls, max_upload_mib=max_upload_mib)

    return app.Tab("catalog", strings.CATALOG_TAB, fill)
