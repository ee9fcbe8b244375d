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
from imgsearch.records import SURE, Detection, Filters, Match, SearchResult, Timings
from imgsearch.search import MAX_TOP_K, most_prominent
from imgsearch.store import Entry
from imgsearch.ui.facets import FacetIndex
from imgsearch.ui.room import Room

SORTS = ("best", "price_asc", "price_desc")


def card_url(image: str) -> str:
    """Where the page finds a product picture for a card."""
    return f"thumbs/card/{quote(image, safe='')}"


def picture_url(image: str) -> str:
    """Where the page finds the larger picture for the product's dialog."""
    return f"thumbs/large/{quote(image, safe='')}"


def photo_answer(
    name: str, photo: Photo, detections: Sequence[Detection], main: Detection | None, has_detector: bool
) -> dict[str, Any]:
    """The boxes of a photo as shares of its sides, and which one to search first (None: the whole photo)."""
    return {
        "photo": name,
        "width": photo.width_px,
        "height": photo.height_px,
        "detector": has_detector,
        "boxes": [_box(i, detection, photo) for i, detection in enumerate(detections)],
        "main": detections.index(main) if main else None,
    }


def _box(number: int, detection: Detection, photo: Photo) -> dict[str, Any]:
    x1, y1, x2, y2 = detection.box.xyxy
    return {
        "id": number,
        "class": detection.class_name,
        "kind": detection.kind,
        "confidence": round(detection.confidence, 4),
        "box": [x1 / photo.width_px, y1 / photo.height_px, x2 / photo.width_px, y2 / photo.height_px],
    }


def names_answer(
    detections: Sequence[Detection], results: Sequence[SearchResult], facets: FacetIndex
) -> dict[str, Any]:
    """What the shop calls each thing of a photo, by its nearest products; '' where they don't agree or aren't alike.

    `main` is the most prominent thing that it surely sells, else of those that have a name (None: there is none), for
    a visitor whose first look was at something else, as a bed frame in a shop of cushions.
    """
    labels = [label_of(result, facets) for result in results]
    sold = [(d, result.verdict) for d, label, result in zip(detections, labels, results, strict=True) if label]
    sure = [detection for detection, verdict in sold if verdict in SURE]
    main = most_prominent(sure or [detection for detection, _ in sold])
    return {"labels": labels, "main": detections.index(main) if main else None}


def label_of(result: SearchResult, facets: FacetIndex) -> str:
    """What a thing is called by what was found, in one word; '' where that would be a guess."""
    return facets.label_of(result.name) if result.name else ""


def search_answer(
    result: SearchResult, filters: Filters, sort: str, top_k: int, facets: FacetIndex, weak_below: float
) -> dict[str, Any]:
    """Everything the results show.

    Args:
        weak_below: from the first match of a smaller score (cosine) on, matches stand under "less alike".
    """
    matches = sort_matches(result.matches, sort)
    none = result.verdict == "none"
    # Whatever its score, the first match is what the verdict calls similar.
    weak = next((i for i, m in enumerate(matches) if none or (i and m.score < weak_below)), None)
    return {
        "verdict": result.verdict,
        "category": facets.value_of(result.category),
        "category_label": label_of(result, facets),
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


def room_answer(
    room: Room, results: Sequence[SearchResult], filters: Filters, facets: FacetIndex, model: str
) -> dict[str, Any]:
    """The slots of a room with their products, and the things that stay empty."""
    slots = [
        {
            "box": slot.number,
            "label": label_of(results[slot.number], facets),
            "verdict": slot.verdict,
            "chosen": slot.chosen,
            "choices": [match_view(match) for match in slot.choices],
        }
        for slot in room.slots
    ]
    timings = results[0].timings if results else Timings()
    return {
        "slots": slots,
        "rest": list(room.rest),
        "verdict": "similar" if slots else "none",
        "matches": [],
        "more": False,
        "filtered": filters.active,
        "category": "",
        "counts": facets.counts(filters),
        "timings": jsonout.timings_json(timings),
        "model": model,
    }


def product_view(entry: Entry, variants: int) -> dict[str, Any]:
    """A product as a card that was not searched for, and what the dialog shows beyond it.

    Args:
        entry: its first picture.
        variants: products in its group.
    """
    product = entry.product
    card = {
        "product_id": product.product_id,
        "group_id": product.group,
        "variants": variants,
        "title": product.title,
        "brand": product.brand,
        "price": product.price,
        "currency": product.currency,
        "in_stock": product.in_stock,
        "category": product.category,
        "link": product.link,
        "thumb": card_url(entry.image),
        "picture": picture_url(entry.image),
    }
    return card | {"description": product.description, "color": product.color, "material": product.material}


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
