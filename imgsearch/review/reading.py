"""A file of `review export` read back: rows to lists with their grades, everything checked before anything is kept.

Knows the columns and both forms, nothing of where grades are kept. Invariants: what is returned could have been
exported; the first row that can't be used ends the reading, and its error names the row; rows may stand in any order,
as a spreadsheet may have sorted them.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from imgsearch.errors import CatalogError
from imgsearch.review.export import COLUMNS, plain_cell
from imgsearch.review.verdicts import GRADES, MAX_NOTE, Grade, Judged, Shown, ShownList

Row = Mapping[str, object]
Key = tuple[str, str, str]
"""Query, judge and model: which list a row belongs to."""


class _Fault(Exception):
    """Why a row can't be used."""


def read(path: Path) -> list[Judged]:
    """The lists in an exported file, in the order of their first rows; a name that ends in .json is JSON, else CSV.

    Raises:
        CatalogError: the file can't be read, or a row can't be used; the row is named as a spreadsheet counts it (the
            header is row 1), in JSON as its place in `rows` from 1.
    """
    rows = _json_rows(path) if path.suffix.lower() == ".json" else _csv_rows(path)
    if not rows:
        raise CatalogError("there are no rows; give a file of `review export`.", path)
    lists: dict[Key, _List] = {}
    for number, row in rows.items():
        try:
            match = _Line(row)
            lists.setdefault(match.key, _List(match)).add(match, number)
        except _Fault as fault:
            raise CatalogError(f"{fault} Correct the row, or export again.", path, number) from None
    return [one.judged(path) for one in lists.values()]


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise CatalogError(f"can't be opened ({error.strerror}); give a file of `review export`.", path) from error
    except UnicodeDecodeError as error:
        raise CatalogError("expected UTF-8 text, as `review export` writes it; save the file as that.", path) from error


def _csv_rows(path: Path) -> dict[int, Row]:
    reader = csv.reader(io.StringIO(_text_of(path), newline=""), strict=True)
    rows: dict[int, Row] = {}
    number = 1
    try:
        header = next(reader, [])
        if missing := [name for name in COLUMNS if name not in header]:
            raise CatalogError(
                f"the columns of `review export`, separated by commas, were expected; {missing[0]!r} is missing.", path
            )
        for number, cells in enumerate(reader, 2):
            if len(cells) not in (0, len(header)):
                raise CatalogError(f"{len(header)} cells were expected; got {len(cells)}. Export again.", path, number)
            if cells:
                rows[number] = dict(zip(header, map(plain_cell, cells), strict=True))
    except csv.Error as error:
        raise CatalogError(f"this is not CSV as `review export` writes it ({error}).", path, number + 1) from error
    return rows


def _json_rows(path: Path) -> dict[int, Row]:
    try:
        document = json.loads(_text_of(path))
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"this is not JSON as `review export` writes it ({str(error)[:100]}).", path) from error
    rows = document.get("rows") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise CatalogError("expected one JSON object with the list `rows`, as `review export` writes it.", path)
    for number, row in enumerate(rows, 1):
        if missing := [name for name in COLUMNS if not isinstance(row, dict) or name not in row]:
            raise CatalogError(f"expected an object with {missing[0]!r}; export again.", path, number)
    return dict(enumerate(rows, 1))


class _Line:
    """One row, checked: a match of a list, and its grade if it has one."""

    def __init__(self, row: Row) -> None:
        self.key: Key = (_word(row, "query_id"), _word(row, "judge"), _word(row, "model"))
        self.photo = _word(row, "photo")
        x1, y1, x2, y2 = (_number(row, name) for name in ("x1", "y1", "x2", "y2"))
        if x1 >= x2 or y1 >= y2:
            raise _Fault(f"the box needs x1 < x2 and y1 < y2; got {x1}, {y1}, {x2}, {y2}.")
        self.box = (x1, y1, x2, y2)
        rank = _number(row, "rank")
        if rank < 1 or rank != int(rank):
            raise _Fault(f"rank counts from 1; got {row['rank']!r}.")
        self.shown = Shown(int(rank), _word(row, "product_id"), _text(row, "title"), _number(row, "score"), "")
        self.grade = _grade(row)
        self.graded_at = _time(row) if self.grade else ""
        self.note = _text(row, "note")
        if len(self.note) > MAX_NOTE:
            raise _Fault(f"a note has at most {MAX_NOTE} characters; this one has {len(self.note)}.")


class _List:
    """The rows of one list as they come."""

    def __init__(self, first: _Line) -> None:
        self._first = first
        self._lines: dict[int, _Line] = {}
        self._rows: dict[str, int] = {}  # which row a product stands in

    def add(self, line: _Line, number: int) -> None:
        """Take a row that belongs to the list."""
        first, product_id = self._first, line.shown.product_id
        if (line.photo, line.box, line.note) != (first.photo, first.box, first.note):
            raise _Fault(f"the query {line.key[0][:80]!r} has another photo, box or note than in an earlier row.")
        if product_id in self._rows:
            raise _Fault(f"the product {product_id[:80]!r} stands in row {self._rows[product_id]} already.")
        if line.shown.rank in self._lines:
            raise _Fault(f"the rank {line.shown.rank} of this query stands in an earlier row already.")
        self._rows[product_id] = number
        self._lines[line.shown.rank] = line

    def judged(self, path: Path) -> Judged:
        """The list with its grades."""
        first, lines = self._first, [line for _, line in sorted(self._lines.items())]
        query_id, judge, model = first.key
        if gap := next((i for i, line in enumerate(lines, 1) if line.shown.rank != i), 0):
            # Figures look at the first ranks: a list with a hole would answer them wrongly.
            row = min(self._rows.values())
            raise CatalogError(f"the match of rank {gap} of this query is missing; export again.", path, row)
        shown = ShownList(query_id, model, first.photo, first.box, tuple(line.shown for line in lines))
        grades = {line.shown.product_id: line.grade for line in lines if line.grade}
        times = {line.shown.product_id: line.graded_at for line in lines if line.grade}
        return Judged(shown, judge, grades, times, first.note)


def _text(row: Row, name: str) -> str:
    value = row[name]
    if not isinstance(value, str):
        raise _Fault(f"{name} is a text; got {_short(value)}.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _Fault(f"{name} is not valid Unicode.") from None
    return value


def _word(row: Row, name: str) -> str:
    value = _text(row, name)
    if not value:
        raise _Fault(f"{name} is empty.")
    return value


def _number(row: Row, name: str) -> float:
    value = row[name]
    try:
        number = math.nan if isinstance(value, bool) else float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not math.isfinite(number):
        raise _Fault(f"{name} is a number; got {_short(value)}.")
    return number


def _grade(row: Row) -> Grade | None:
    value = row["grade"]
    for grade in GRADES:
        if value == grade:
            return grade
    if value == "":
        return None
    raise _Fault(f"a grade is one of {', '.join(GRADES)}, or empty; got {_short(value)}.")


def _time(row: Row) -> str:
    """UTC to the second, in the one form in which times of grades compare as text."""
    text = _text(row, "graded_at")
    try:
        when = datetime.fromisoformat(text)
        if when.tzinfo is not None:
            return when.astimezone(UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError):
        pass
    raise _Fault(f"graded_at is a time like 2026-01-31T12:00:00+00:00; got {_short(text)}.")


def _short(value: Any) -> str:
    return repr(value)[:60]
