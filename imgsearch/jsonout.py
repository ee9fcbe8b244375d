"""Results as plain JSON values: the one form that the command line, the API and the page share.

Knows nothing about how they are sent. Invariant: what these functions return validates against
`docs/cli.schema.json`; numbers are rounded for readers (pixels to .1, scores to .0001, milliseconds to .1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from imgsearch.images import Photo
from imgsearch.records import Box, Detection, Match, SearchResult, Timings


def box_json(box: Box) -> list[float]:
    """`[x1, y1, x2, y2]` in full-size pixels."""
    return [round(v, 1) for v in box.xyxy]


def timings_json(timings: Timings, decode_ms: float = 0.0) -> dict[str, float]:
    """Milliseconds per stage; `decode_ms`, measured by the caller, counts into the total."""
    return {
        "decode_ms": round(decode_ms, 1),
        "detect_ms": round(timings.detect_ms, 1),
        "embed_ms": round(timings.embed_ms, 1),
        "search_ms": round(timings.search_ms, 1),
        "total_ms": round(timings.total_ms + decode_ms, 1),
    }


def detections_json(
    photo: Photo, detections: Sequence[Detection], timings: Timings, decode_ms: float = 0.0
) -> dict[str, Any]:
    """The answer of `detect`."""
    return {
        "width": photo.width_px,
        "height": photo.height_px,
        "detections": [
            {
                "box": box_json(d.box),
                "confidence": round(d.confidence, 4),
                "class_id": d.class_id,
                "class_name": d.class_name,
            }
            for d in detections
        ],
        "timings": timings_json(timings, decode_ms),
    }


def match_json(match: Match) -> dict[str, Any]:
    """One card."""
    return {
        "rank": match.rank,
        "product_id": match.product_id,
        "group_id": match.group_id,
        "variants": match.variants,
        "score": round(match.score, 4),
        "title": match.title,
        "brand": match.brand,
        "price": match.price,
        "currency": match.currency,
        "in_stock": match.in_stock,
        "category": match.category,
        "image": match.image,
        "link": match.link,
    }


def search_json(result: SearchResult, decode_ms: float = 0.0) -> dict[str, Any]:
    """The answer of `search`; `box` is None for a search by product."""
    return {
        "box": box_json(result.box) if result.box else None,
        "box_source": result.box_source,
        "category": result.category,
        "verdict": result.verdict,
        "matches": [match_json(m) for m in result.matches],
        "timings": timings_json(result.timings, decode_ms),
        "model": result.model,
    }
