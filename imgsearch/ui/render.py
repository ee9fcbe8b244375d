"""Records to the plain dicts that the page's scripts read.

Knows the form of an answer, nothing of Gradio and nothing of how an answer came about. Invariants: everything returned
is JSON; pictures are named by addresses relative to the page; catalog text is passed on as it is, since the scripts
only ever show it as text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from imgsearch import jsonout
from imgsearch.images import Photo
from imgsearch.records import Detection, Filters, Match, Product, SearchResult
from imgsearch.search import MAX_TOP_K, most_prominent
from imgsearch.ui import strings
from imgsearch.ui.facets import FacetIndex

SORTS = ("best", "price_asc", "price_desc")


def card_url(image: str) -> str:
    """Where the page finds a product picture for a card."""
    return f"thumbs/card/{quote(image, safe='')}"


def picture_url(image: str) -> str:
    """Where the page finds the larger picture for the product's dialog."""
    return f"thumbs/large/{quote(image, safe='')}"


def photo_answer(
    name: str, photo: Photo, detections: Sequence[Detection], has_detector: bool, names: Sequence[str]
) -> dict[str, Any]:
    """The boxes of a photo as shares of its sides, and which one to search first (None: the whole photo).

    The most prominent thing comes first, but what the shop sells goes before what it does not: a visitor's first look
    should not be at a bed frame in a shop of cushions.

    Args:
        names: what the shop calls each of the things, '' where it sells nothing like it.
    """
    sold = [detection for detection, called in zip(detections, names, strict=True) if called]
    main = most_prominent(sold or detections)
    return {
        "photo": name,
        "width": photo.width_px,
        "height": photo.height_px,
        "detector": has_detector,
        "boxes": [_box(i, d, photo, names[i]) for i, d in enumerate(detections)],
        "main": detections.index(main) if main else None,
    }


def _box(number: int, detection: Detection, photo: Photo, name: str) -> dict[str, Any]:
    x1, y1, x2, y2 = detection.box.xyxy
    return {
        "id": number,
        "class": detection.class_name,
        "label": name or strings.SOMETHING,
        "confidence": round(detection.confidence, 4),
        "box": [x1 / photo.width_px, y1 / photo.height_px, x2 / photo.width_px, y2 / photo.height_px],
    }


def search_answer(
    result: SearchResult, filters: Filters, sort: str, top_k: int, facets: FacetIndex, weak_below: float
) -> dict[str, Any]:
    """Everything the results show.

    Args:
        weak_below: scores (cosines) under which a match counts as "less alike".
    """
    matches = sort_matches(result.matches, sort)
    weak = next((i for i, m in enumerate(matches) if result.verdict == "none" or m.score < weak_below), None)
    return {
        "verdict": result.verdict,
        "category": facets.value_of(result.category),
        "category_label": facets.label_of(result.category) if result.category else "",
        "matches": [match_view(match) for match in matches],
        "weak_from": weak if sort == "best" else None,
        "more": len(matches) == top_k and top_k < MAX_TOP_K,
        "blame": list(result.blame),
        "filtered": filters.active,
        "counts": facets.counts(filters),
        "timings": jsonout.timings_json(result.timings),
        "model": result.model,
    }


def match_view(match: Match) -> dict[str, Any]:
    """One card: the match as the API has it, its pictures as addresses."""
    view = jsonout.match_json(match)
    del view["image"]
    return view | {"thumb": card_url(match.image), "picture": picture_url(match.image)}


def product_view(product: Product) -> dict[str, Any]:
    """What the dialog shows beyond the card."""
    return {"description": product.description, "color": product.color, "material": product.material}


def sort_matches(matches: Sequence[Match], sort: str) -> list[Match]:
    """Best first, or by price: one currency after the other (the commonest first), unpriced ones last."""
    if sort == "best":
        return list(matches)
    often: dict[str, int] = {}
    for match in matches:
        often[match.currency] = often.get(match.currency, 0) + 1
    sign = 1 if sort == "price_asc" else -1

    def key(match: Match) -> tuple[bool, int, str, float]:
        price = 0.0 if match.price is None else sign * match.price
        return (match.price is None, -often[match.currency], match.currency, price)

    return sorted(matches, key=key)


def status_ready(
    shop: str, facets: FacetIndex, has_detector: bool, samples: Sequence[str], model: str
) -> dict[str, Any]:
    """What the page needs once the shop is open."""
    return {
        "state": "ready",
        "shop": shop,
        "products": facets.products,
        "has_detector": has_detector,
        "categories": facets.options(),
        "prices": {code: list(bounds) for code, bounds in facets.prices().items()},
        "samples": list(samples),
        "model": model,
    }


def failure(code: str, message: str, rev: object) -> Mapping[str, Any]:
    """The answer when there is none: why, and what to do."""
    return {"error": code, "message": message, "rev": rev}
