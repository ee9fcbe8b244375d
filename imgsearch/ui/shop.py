"""The Shop tab's handlers: a dict from the page in, a dict for the page out.

Plain functions on the core; knows nothing of Gradio, so they are tested without a server. Invariants: every answer
carries the request's `rev`; an error is answered by its code and one sentence, never raised into Gradio (which would
leave the page waiting); nothing half done is shown.
"""

from __future__ import annotations

import base64
import dataclasses
import functools
import logging
import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imgsearch import geometry, images
from imgsearch.errors import ImgSearchError, QueryError, StoreError
from imgsearch.ranking import VOTES
from imgsearch.records import SURE, Box, Detection, Filters, SearchResult
from imgsearch.search import MAX_TOP_K
from imgsearch.ui import render, strings
from imgsearch.ui.readiness import OpenShop, Readiness
from imgsearch.ui.room import MAX_CHOICES, furnish
from imgsearch.ui.uploads import Opened, Uploads

log = logging.getLogger(__name__)

PAGE = 24
FIRST_LOOKS = 2  # things of a photo that are asked for before one is searched first
MAX_CATEGORIES = 50
PREVIEW_SIDE_PX = 1280
ROOM_TOP_K = 2 * MAX_CHOICES  # room for folded variants, since the store is asked only once

Request = Mapping[str, Any]
Answer = dict[str, Any]


def answered(handler: Callable[[Shop, Request], Answer]) -> Callable[[Shop, object], Answer]:
    """Make a handler answer in every case, with the request's `rev`, if that is a number as the page's own are.

    Whatever else is said back would be for Gradio to look at: a dict that looks like a file is taken for one.
    """

    @functools.wraps(handler)
    def safe(self: Shop, request: object) -> Answer:
        asked: Request = request if isinstance(request, Mapping) else {}
        rev = asked.get("rev")
        rev = rev if isinstance(rev, int | float) else 0
        try:
            return {**handler(self, asked), "rev": rev}
        except ImgSearchError as error:
            return {**render.failure(error.code, str(error), rev)}
        except Exception:  # a bug must be told to the page, which else shows its spinner for ever
            log.exception("%s failed", handler.__name__)
            return {**render.failure("unexpected", strings.UNEXPECTED, rev)}

    return safe


class Shop:
    """The handlers.

    Args:
        readiness: the shop, open or not yet.
        uploads: the visitors' photos.
        samples: names of the sample photos to offer.
    """

    def __init__(self, readiness: Readiness, uploads: Uploads, samples: tuple[str, ...] = ()) -> None:
        self._readiness = readiness
        self._uploads = uploads
        self._samples = samples

    def status(self, _: object = None) -> Answer:
        """How far the shop is; when it is open, what the filter bar needs."""
        try:
            shop = self._readiness.shop()
        except ImgSearchError:
            return self._readiness.progress()
        core = shop.core
        return render.status_ready(core.store.shop, shop.facets, core.detector is not None, self._samples, core.model)

    @answered
    def photo(self, request: Request) -> Answer:
        """{path, unseen} -> the photo's boxes, yet without names; a preview if the browser could not show the file."""
        shop = self._readiness.shop()
        name = request.get("path")
        opened = self._uploads.open(name)
        detections = _detections(shop, opened)
        first = self._first(shop, str(name), opened)
        has_detector = shop.core.detector is not None
        answer = render.photo_answer(str(name), opened.photo, detections, first, has_detector)
        if request.get("unseen"):
            preview = images.thumbnail(opened.photo.image, PREVIEW_SIDE_PX)
            answer["preview"] = "data:image/webp;base64," + base64.b64encode(preview).decode("ascii")
        return answer

    @answered
    def names(self, request: Request) -> Answer:
        """{path} -> what the shop calls each box, and which of those that it sells to look at first.

        Apart from `photo`, since a visitor need not wait for it: 20 boxes take three times as long as the first
        results. What is sold gets the shop's own word, finer than the detector's; for the rest the page has the
        detector's (the detector's card, "What things are called").
        """
        shop = self._readiness.shop()
        opened = self._uploads.open(request.get("path"))
        detections = _detections(shop, opened)
        results = self._search_each(shop, str(request.get("path")), opened, detections, VOTES, Filters())
        return render.names_answer(detections, results, shop.facets)

    @answered
    def search(self, request: Request) -> Answer:
        """{target, categories, min_price, max_price, currency, in_stock, sort, top_k} -> ranked cards.

        The target is {photo, box, class} of a photo, {photo, room} for all its things at once, or a {product}.
        """
        target = request.get("target")
        if not isinstance(target, Mapping):
            return {}
        shop = self._readiness.shop()
        filters = parse_filters(request)
        if target.get("room"):
            return self._room(shop, target, filters)
        top_k = _count(request.get("top_k", PAGE))
        sort = request.get("sort", "best")
        if sort not in render.SORTS:
            raise QueryError(f"The order is one of {', '.join(render.SORTS)}; got {sort!r}.")
        if "product" in target:
            result = shop.core.similar(str(target["product"]), top_k=top_k, filters=filters)
        else:
            result = self._search_photo(shop, target, top_k, filters)
        weak_below = shop.core.thresholds.weak_score
        answer = render.search_answer(result, filters, sort, top_k, shop.facets, weak_below)
        return answer | {"target": {key: str(target[key]) for key in ("product", "title", "picture") if key in target}}

    def product(self, product_id: object) -> Answer:
        """What the dialog shows: the card and what lies beyond it; {} for a product that is gone."""
        try:
            shop = self._readiness.shop()
            entries = shop.core.store.get([str(product_id)]).get(str(product_id), [])
            return render.product_view(entries[0], shop.core.group_size(entries[0].product.group)) if entries else {}
        except ImgSearchError as error:
            return {**render.failure(error.code, str(error), 0)}

    def _room(self, shop: OpenShop, target: Request, filters: Filters) -> Answer:
        """All things of the photo in slots: one batch, one request."""
        name = target.get("photo")
        opened = self._uploads.open(name)
        detections = _detections(shop, opened)
        results = self._search_each(shop, str(name), opened, detections, ROOM_TOP_K, filters)
        boxes = [detection.box for detection in detections]
        room = furnish(boxes, results, shop.core.thresholds.weak_score)
        return render.room_answer(room, results, filters, shop.facets, shop.core.model) | {"target": {"room": True}}

    def _first(self, shop: OpenShop, name: str, opened: Opened) -> Detection | None:
        """Which thing of a photo to search first: the most prominent one that the shop surely sells, of the first two.

        What is largest is often a table or a mirror that the shop does not sell. On the demo's 34 photos of its goods
        the first results are surely right on 21 so, on 15 with the largest thing alone, on 24 of three; on its 16
        photos of what it does not sell they are exact or likely, which is wrong, on 6, 3 and 8.
        """
        started = time.perf_counter()
        prominent = sorted(_detections(shop, opened), key=lambda d: d.prominence, reverse=True)[:FIRST_LOOKS]
        if len(prominent) < 2:
            return next(iter(prominent), None)
        try:
            results = self._search_each(shop, name, opened, prominent, VOTES, Filters())
        except StoreError:  # the boxes can be shown all the same; the search that follows says what is wrong
            results = []
        opened.detect_ms += _ms_since(started)
        sold = (thing for thing, result in zip(prominent, results, strict=False) if result.verdict in SURE)
        return next(sold, prominent[0])

    def _search_each(
        self,
        shop: OpenShop,
        name: str,
        opened: Opened,
        detections: Sequence[Detection],
        top_k: int,
        filters: Filters,
    ) -> list[SearchResult]:
        """A result for each of a photo's things; the vectors are kept for the clicks that follow."""
        if not detections:
            return []
        boxes = [detection.box for detection in detections]
        started = time.perf_counter()
        vectors = self._vectors(shop, name, opened, boxes)
        results = shop.core.search_vectors(
            vectors,
            boxes=boxes,
            class_names=[detection.class_name for detection in detections],
            top_k=top_k,
            filters=filters,
            embed_ms=_ms_since(started),
            one_request=True,
        )
        return [result.of(detection) for result, detection in zip(results, detections, strict=True)]

    def _vectors(self, shop: OpenShop, name: str, opened: Opened, boxes: Sequence[Box]) -> NDArray[np.float32]:
        return self._uploads.vectors(name, boxes, shop.core.model, lambda new: shop.core.embed(opened.photo, new))

    def _search_photo(self, shop: OpenShop, target: Request, top_k: int, filters: Filters) -> SearchResult:
        name = target.get("photo")
        opened = self._uploads.open(name)
        box = _box(target.get("box"), opened)
        started = time.perf_counter()
        vector = self._vectors(shop, str(name), opened, [box])
        embed_ms = _ms_since(started)
        class_name = str(target.get("class") or "")
        result = shop.core.search_vectors(
            vector, boxes=[box], class_names=[class_name], top_k=top_k, filters=filters, embed_ms=embed_ms
        )[0]
        timings = dataclasses.replace(
            result.timings,
            decode_ms=opened.decode_ms,
            detect_ms=opened.detect_ms,
            total_ms=opened.decode_ms + opened.detect_ms + result.timings.total_ms,
        )
        return dataclasses.replace(result, timings=timings)


def _detections(shop: OpenShop, opened: Opened) -> list[Detection]:
    """The things in a photo; looked for once."""
    if opened.detections is None:
        started = time.perf_counter()
        opened.detections = shop.core.detect(opened.photo)
        opened.detect_ms = _ms_since(started)
    return opened.detections


def parse_filters(request: Request) -> Filters:
    """The filters of a request from outside.

    Raises:
        QueryError: a value of the wrong kind.
    """
    categories = request.get("categories") or []
    if not isinstance(categories, list | tuple) or len(categories) > MAX_CATEGORIES:
        raise QueryError(f"The categories are a list of at most {MAX_CATEGORIES} names; got {categories!r}.")
    return Filters(
        categories=tuple(str(name) for name in categories),
        min_price=_price(request.get("min_price")),
        max_price=_price(request.get("max_price")),
        currency=str(request.get("currency") or ""),
        in_stock=bool(request.get("in_stock")),
    )


def _price(value: object) -> float | None:
    if value is None or value == "":
        return None
    try:
        price = float(str(value))
    except ValueError:
        price = math.nan
    if not math.isfinite(price) or price < 0:
        raise QueryError(f"A price is a number of 0 or more; got {value!r}.")
    return price


def _count(value: object) -> int:
    try:
        count = int(str(value))
    except ValueError:
        count = 0
    if not 1 <= count <= MAX_TOP_K:
        raise QueryError(f"The number of matches lies in 1..{MAX_TOP_K}; got {value!r}.")
    return count


def _box(shares: object, opened: Opened) -> Box:
    """A box from the page (shares of the photo's sides) in pixels, inside the photo."""
    values = shares if isinstance(shares, list | tuple) else []
    width, height = opened.photo.width_px, opened.photo.height_px
    return geometry.clip(geometry.scale(geometry.parse(values), width, height), width, height)


def _ms_since(started: float) -> float:
    return (time.perf_counter() - started) * 1000.0
