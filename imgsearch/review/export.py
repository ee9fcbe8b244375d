"""Grades as files for others: CSV for spreadsheets, JSON for programs.

Knows grades, nothing of pages. Invariants: one row for every match that was shown in a list with a grade, graded or
not, so that every figure can be computed again; no text from a catalog or a person can act as a formula when a
spreadsheet opens the CSV; `plain_cell` gives every text back as it was.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from imgsearch.review import metrics
from imgsearch.review.verdicts import Judged

COLUMNS: Final = (
    "query_id", "photo", "x1", "y1", "x2", "y2", "judge", "model",
    "rank", "product_id", "title", "score", "grade", "graded_at", "note",
)  # fmt: skip
# A cell that begins with one of these is a formula, or is read as one after the first blank (OWASP, CSV injection).
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM: Final = "\ufeff"  # tells Excel that the file is UTF-8


def rows(judged: Sequence[Judged]) -> Iterator[dict[str, Any]]:
    """One dict of `COLUMNS` a match; `grade` and `graded_at` are '' where a match has no grade yet."""
    for one in judged:
        x1, y1, x2, y2 = (round(v, 1) for v in one.shown.box)
        for match in one.shown.matches:
            yield {
                "query_id": one.shown.query_id,
                "photo": one.shown.photo,
                "x1": x1,
                "y1": y1,
                "x2": x2,
                "y2": y2,
                "judge": one.judge,
                "model": one.shown.model,
                "rank": match.rank,
                "product_id": match.product_id,
                "title": match.title,
                "score": match.score,
                "grade": one.grades.get(match.product_id, ""),
                "graded_at": one.graded_at.get(match.product_id, ""),
                "note": one.note,
            }


def safe_cell(value: object) -> object:
    """A cell that no spreadsheet runs: text that would begin a formula gets an apostrophe; numbers stay.

    >>> safe_cell("=1+1"), safe_cell(-0.5)
    ("'=1+1", -0.5)
    """
    return "'" + value if isinstance(value, str) and _begins_formula(value) else value


def plain_cell(text: str) -> str:
    """What `safe_cell` was given.

    >>> plain_cell("'=1+1"), plain_cell("'tis a mug")
    ('=1+1', "'tis a mug")
    """
    return text[1:] if text.startswith("'") and _begins_formula(text[1:]) else text


def _begins_formula(text: str) -> bool:
    # Apostrophes are looked through, too: else "'=1" could be a guarded "=1" or a text of its own.
    return text.lstrip("' ").startswith(FORMULA_STARTS)


def to_csv(judged: Sequence[Judged]) -> str:
    """The CSV, UTF-8 with a byte order mark, lines ended as RFC 4180 has them."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    for row in rows(judged):
        writer.writerow({name: safe_cell(value) for name, value in row.items()})
    return BOM + out.getvalue()


def to_json(shop: str, judged: Sequence[Judged]) -> str:
    """The figures and the rows."""
    document = {"shop": shop, "figures": metrics.figures(judged), "rows": list(rows(judged))}
    return json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False)
