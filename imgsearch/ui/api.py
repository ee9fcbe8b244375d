"""The two functions that other programs may call: `detect` and `search`, the same JSON as the command line.

Knows Gradio's way to publish a function, nothing of the page. Invariant: nothing else is published; errors are the
core's sentences.

    from gradio_client import Client, handle_file
    client = Client("http://127.0.0.1:7860")
    client.predict(photo=handle_file("room.jpg"), api_name="/detect")
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from gradio.events import api

from imgsearch import geometry, jsonout
from imgsearch.errors import ImgSearchError
from imgsearch.images import Photo
from imgsearch.records import Timings
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.shop import parse_filters
from imgsearch.ui.uploads import Uploads


class Api:
    """What `publish` hands to Gradio.

    Args:
        readiness: the shop, open or not yet.
        uploads: where the client's photo lies.
    """

    def __init__(self, readiness: Readiness, uploads: Uploads) -> None:
        self._readiness = readiness
        self._uploads = uploads

    def publish(self) -> None:
        """Add both functions to the Blocks that is being built."""
        api(self.detect, api_name="detect", concurrency_id="model", concurrency_limit=2)
        api(self.search, api_name="search", concurrency_id="model")

    def detect(self, photo: gr.FileData) -> dict[str, Any]:
        """The things in a photo, most confident first.

        Args:
            photo: an uploaded picture.

        Returns:
            {"width", "height", "detections": [{"box", "confidence", "class_id", "class_name"}], "timings"}; boxes
            are [x1, y1, x2, y2] in pixels of the upright picture.
        """
        return _told(lambda: self._detect(photo))

    def search(
        self,
        photo: gr.FileData,
        box: list[float] | None = None,
        top_k: int = 24,
        category: list[str] | None = None,
        min_price: float | None = None,
        max_price: float | None = None,
        in_stock: bool = False,
    ) -> dict[str, Any]:
        """Products that look like a box of the photo; without a box, like its most prominent thing, else the whole.

        Args:
            photo: an uploaded picture.
            box: [x1, y1, x2, y2] in pixels of the upright picture, or None.
            top_k: how many products, 1..200.
            category: names of the shop's categories; each holds what lies below it, too.
            min_price: lowest price, or None.
            max_price: highest price, or None.
            in_stock: only what is in stock.

        Returns:
            {"box", "box_source", "category", "verdict", "matches", "timings", "model"}.
        """
        asked = {"categories": category, "min_price": min_price, "max_price": max_price, "in_stock": in_stock}
        return _told(lambda: self._search(photo, box, top_k, asked))

    def _detect(self, photo: gr.FileData) -> dict[str, Any]:
        core = self._readiness.shop().core
        picture, decode_ms = self._open(photo)
        started = time.perf_counter()
        found = core.detect(picture)
        detect_ms = (time.perf_counter() - started) * 1000.0
        return jsonout.detections_json(picture, found, Timings(detect_ms=detect_ms, total_ms=detect_ms), decode_ms)

    def _search(
        self, photo: gr.FileData, box: Sequence[float] | None, top_k: int, asked: dict[str, Any]
    ) -> dict[str, Any]:
        core = self._readiness.shop().core
        filters = parse_filters(asked)
        target = geometry.parse(box) if box is not None else None
        picture, decode_ms = self._open(photo)
        return jsonout.search_json(core.search(picture, target, top_k=top_k, filters=filters), decode_ms)

    def _open(self, photo: gr.FileData) -> tuple[Photo, float]:
        # Gradio hands a plain dict to functions that are published this way, whatever their annotation says.
        given: object = photo
        opened = self._uploads.open(given.get("path") if isinstance(given, dict) else photo.path)
        return opened.photo, opened.decode_ms


def _told(work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run, and tell the caller our errors in their own words."""
    try:
        return work()
    except ImgSearchError as error:
        raise gr.Error(str(error), print_exception=False) from error
