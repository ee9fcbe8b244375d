"""A check's or an import's report for people: what the page shows of it, and all of it as a CSV.

Knows reports, nothing of how they came about. Invariants: the page gets a bounded part, the CSV everything; no text
from a feed can act as a formula when a spreadsheet opens the CSV.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, Final

from imgsearch.ingest import ImportReport
from imgsearch.review.export import BOM, safe_cell

SHOWN_REJECTS: Final = 100
SHOWN_PRODUCTS: Final = 10
COLUMNS: Final = ("kind", "row", "product_id", "reason")
_COUNTS: Final = ("products", "images", "added", "updated", "unchanged", "removed")


def view(report: ImportReport) -> dict[str, Any]:
    """What the page shows: counts, the first rejected rows and how many there are, the notes, a few products."""
    rejected = report.rejected[:SHOWN_REJECTS]
    return {
        "counts": {name: getattr(report, name) for name in _COUNTS} | {"rejected": len(report.rejected)},
        "rejected": [{"row": r.row, "product_id": r.product_id, "reason": r.reason} for r in rejected],
        "warnings": report.warnings,
        "sample": [_product(one) for one in report.sample[:SHOWN_PRODUCTS]],
        "seconds": report.seconds,
    }


def _product(one: dict[str, Any]) -> dict[str, Any]:
    shown = {name: one[name] for name in ("product_id", "title", "price", "currency", "category")}
    return shown | {"images": len(one["images"])}


def to_csv(report: ImportReport) -> str:
    """Rejected rows and notes, one a line, UTF-8 with a byte order mark, lines ended as RFC 4180 has them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in _rows(report):
        writer.writerow([safe_cell(value) for value in row])
    return BOM + out.getvalue()


def _rows(report: ImportReport) -> Iterator[tuple[str, int | str, str, str]]:
    for reject in report.rejected:
        yield "rejected", reject.row, reject.product_id, reject.reason
    for warning in report.warnings:
        yield "note", "", "", warning
