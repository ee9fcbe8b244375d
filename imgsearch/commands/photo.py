"""`detect` and `search`: a photo in, detections or ranked products out."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from imgsearch import geometry, images, jsonout
from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import Settings
from imgsearch.errors import ModelError
from imgsearch.records import Box, Filters, Timings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from imgsearch.detect import Detector


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe both commands."""
    detect = commands.add_parser("detect", parents=[common], help="find the things in a photo", allow_abbrev=False)
    detect.add_argument("photo", metavar="PHOTO", help=f"a picture: {images.FORMATS}")
    detect.set_defaults(run=run_detect, table=detect_table)
    search = commands.add_parser(
        "search", parents=[common], help="find products that look like a photo", allow_abbrev=False
    )
    search.add_argument("photo", metavar="PHOTO", help=f"a picture: {images.FORMATS}")
    search.add_argument(
        "--box", metavar="x1,y1,x2,y2", help="what to search for, in pixels; default: the most prominent thing"
    )
    search.add_argument("--top-k", type=int, default=24, metavar="N", help="how many products (default 24)")
    search.add_argument(
        "--category", action="append", default=[], metavar="C", help="only this category and below; may be repeated"
    )
    search.add_argument("--min-price", type=float, metavar="P", help="the lowest price")
    search.add_argument("--max-price", type=float, metavar="P", help="the highest price")
    search.add_argument("--currency", default="", metavar="CODE", help="of the prices, where the shop has several")
    search.add_argument("--in-stock", action="store_true", help="only what can be bought now")
    search.set_defaults(run=run_search, table=search_table)


def run_detect(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `detect`.

    Raises:
        ImageError: the photo can't be read.
        ModelError: there is no detector, or its weights are damaged.
    """
    photo, decode_ms = _load(args.photo)
    detector = _detector(settings)
    started = time.perf_counter()
    detections = detector.detect(photo)
    detect_ms = (time.perf_counter() - started) * 1000.0
    timings = Timings(detect_ms=detect_ms, total_ms=detect_ms)
    return jsonout.detections_json(photo, detections, timings, decode_ms)


def _detector(settings: Settings) -> Detector:
    from imgsearch.detect import load_detector
    from imgsearch.weights import resolve_for

    weights = resolve_for(settings).detector
    if weights is None:
        raise ModelError(
            f"There is no detector among the {settings.models} models; restore assets/models, or give --models a "
            "directory that holds one."
        )
    return load_detector(weights)


def _load(path: str) -> tuple[images.Photo, float]:
    started = time.perf_counter()
    photo = images.load(path)
    return photo, (time.perf_counter() - started) * 1000.0


def run_search(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `search`.

    Raises:
        InputError: the photo, the box, the count or a filter can't be used.
        StoreError: nothing was imported, other weights made the collection, or the store is not there.
    """
    from imgsearch.search import open_search

    box = parse_box(args.box) if args.box is not None else None
    filters = Filters(tuple(args.category), args.min_price, args.max_price, args.currency, args.in_stock)
    photo, decode_ms = _load(args.photo)
    search = open_search(settings)
    try:
        result = search.search(photo, box, top_k=args.top_k, filters=filters)
    finally:
        search.close()
    return jsonout.search_json(result, decode_ms)


def parse_box(text: str) -> Box:
    """`x1,y1,x2,y2` as a box.

    Raises:
        BoxError: not four numbers, or no area.

    >>> parse_box("0, 0, 10, 20").area
    200.0
    """
    return geometry.parse([part.strip() for part in text.split(",")])


def detect_table(document: dict[str, Any]) -> str:
    """Detections for people."""
    rows = [
        (d["class_name"], f"{d['confidence']:.2f}", ",".join(f"{v:.0f}" for v in d["box"]))
        for d in document["detections"]
    ]
    size = f"{document['width']} x {document['height']} px, {document['timings']['total_ms']:.0f} ms"
    if not rows:
        return f"Nothing was detected ({size}); search the whole photo, or a part of it by --box."
    return f"{table(['what', 'confidence', 'box (x1,y1,x2,y2)'], rows)}\n{size}"


def search_table(document: dict[str, Any]) -> str:
    """Ranked products for people."""
    searched = f"{document['box_source']} box {','.join(f'{v:.0f}' for v in document['box'])}"
    foot = f"{searched}, {document['timings']['total_ms']:.0f} ms, model {document['model']}"
    if not document["matches"]:
        return f"No product matches; loosen the filters or give another --box.\n{foot}"
    rows = [
        (m["rank"], f"{m['score']:.3f}", m["product_id"], m["title"], _price(m), m["category"])
        for m in document["matches"]
    ]
    guess = f"verdict {document['verdict']}" + (f", {document['category']}" if document["category"] else "")
    return f"{table(['rank', 'score', 'product', 'title', 'price', 'category'], rows)}\n{guess}; {foot}"


def _price(match: dict[str, Any]) -> str:
    return "-" if match["price"] is None else f"{match['price']:.2f} {match['currency']}".strip()
