"""Truth files: which products are right for which photo, or part of a photo.

The QUERIES form is a CSV with a header: `image` (relative to the file), `relevant` (product ids joined by `|`) or
`relevant_category` (a product's category, or the front part of it up to a ' > '), exactly one of the two filled in
every row, optional `x1,y1,x2,y2` (pixels of the full-size upright picture), and any further columns, which `where` can
ask for. Knows nothing about models or stores. Invariant: every query has at least one relevant product of the catalog.
"""

from __future__ import annotations

import csv
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsearch import geometry
from imgsearch.errors import BoxError, CatalogError, QueryError
from imgsearch.records import Box, Product

BOX_COLUMNS = ("x1", "y1", "x2", "y2")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "!=": operator.ne,
    "==": operator.eq,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
}
_TERM = re.compile(r"""\s*(\w+)\s*(>=|<=|!=|==|=|>|<)\s*('[^']*'|"[^"]*"|[^\s<>=!'"]+)\s*""")


@dataclass(frozen=True, slots=True)
class Query:
    """One row of a truth file: a picture, the part of it that is meant (None: all of it), the right products."""

    file: Path
    row: int
    image: Path
    box: Box | None
    relevant: frozenset[str]


@dataclass(frozen=True, slots=True)
class Term:
    """One comparison of a `where`: numbers are compared as numbers, everything else as text."""

    column: str
    sign: str
    value: str

    def holds(self, row: Mapping[str, str]) -> bool:
        """True if the row satisfies it; a cell that is no number is never above or below one."""
        cell, compare = row[self.column].strip(), _OPERATORS[self.sign]
        try:
            wanted = float(self.value)
        except ValueError:
            return compare(cell, self.value)
        try:
            return compare(float(cell), wanted)
        except ValueError:
            return self.sign == "!="


def parse_where(text: str) -> list[Term]:
    """`column op value`, joined by `and`; op is one of >= <= > < = == !=; a value with spaces is quoted.

    An empty text is no condition.

    Raises:
        QueryError: anything else.

    >>> parse_where("visible>=0.5 and room = 'kitchen'")[1].value
    'kitchen'
    """
    terms = []
    for part in re.split(r"\s+and\s+", text.strip(), flags=re.IGNORECASE) if text.strip() else []:
        match = _TERM.fullmatch(part)
        if match is None:
            raise QueryError(f"--where expects COLUMN OP VALUE joined by 'and', as in visible>=0.5; got {part!r}.")
        terms.append(Term(match[1], match[2], match[3].strip("\"'")))
    return terms


def read(path: Path, products: Iterable[Product], where: str = "") -> list[Query]:
    """The queries of a truth file that satisfy `where`, in the file's order.

    Args:
        path: a CSV in the QUERIES form.
        products: the catalog that `relevant` and `relevant_category` refer to.
        where: a condition on the file's columns, see `parse_where`.

    Raises:
        CatalogError: the file can't be read, or a row is not in the form or names what the catalog does not have.
        QueryError: the condition can't be understood, names a column that is not there, or leaves no row.
    """
    categories = {p.product_id: p.category for p in products}
    terms = parse_where(where)
    rows = _rows(path)
    _check_columns(path, rows[0][1] if rows else {}, terms)
    chosen = [(number, row) for number, row in rows if all(term.holds(row) for term in terms)]
    if not chosen:
        raise QueryError(f"No row of {path.name} is left{f' where {where}' if where else ''}; it has {len(rows)} rows.")
    return [_query(path, number, row, categories) for number, row in chosen]


@dataclass(frozen=True, slots=True)
class Unsold:
    """One thing on a photo that the shop does not sell; `kind` says what it is, '' where the file does not."""

    file: Path
    row: int
    image: Path
    box: Box | None
    kind: str


def read_unsold(path: Path, where: str = "") -> list[Unsold]:
    """The things of a box file that no shop product is named for, in the file's order.

    Args:
        path: a CSV with image, product_id (empty: unsold), and optionally x1,y1,x2,y2 and class.
        where: a condition on the file's columns, see `parse_where`.

    Raises:
        CatalogError: the file can't be read, or a row is not in the form.
        QueryError: the condition can't be understood, names a column that is not there, or leaves no row.
    """
    terms = parse_where(where)
    rows = _rows(path)
    header = rows[0][1] if rows else {}
    if not {"image", "product_id"} <= header.keys():
        raise CatalogError(
            "A file of unsold things has a header with image and product_id (empty where the shop does not sell it); "
            f"found {', '.join(header) or 'nothing'}.",
            path,
        )
    _check_terms(path, header, terms)
    chosen = [(n, row) for n, row in rows if not row["product_id"].strip() and all(term.holds(row) for term in terms)]
    if not chosen:
        raise QueryError(f"No row of {path.name} without a product_id is left; it has {len(rows)} rows.")
    return [
        Unsold(path, number, path.parent / row["image"].strip(), _box(path, number, row), row.get("class", "").strip())
        for number, row in chosen
    ]


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            return [(reader.line_num, {k: v for k, v in row.items() if k is not None}) for row in reader]
    except OSError as error:
        raise CatalogError(f"The truth file can't be opened ({error.strerror}); give a CSV.", path) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CatalogError(f"The truth file is not a CSV in UTF-8 ({error}).", path) from error


def _check_columns(path: Path, row: Mapping[str, str], terms: Iterable[Term]) -> None:
    if "image" not in row or not {"relevant", "relevant_category"} & row.keys():
        raise CatalogError(
            "A truth file has a header with image and relevant (or relevant_category), and at least one row; "
            f"found {', '.join(row) or 'nothing'}.",
            path,
        )
    _check_terms(path, row, terms)


def _check_terms(path: Path, row: Mapping[str, str], terms: Iterable[Term]) -> None:
    for term in terms:
        if term.column not in row:
            raise QueryError(f"--where names the column {term.column!r}; {path.name} has {', '.join(row)}.")


def _query(path: Path, number: int, row: Mapping[str, str], categories: Mapping[str, str]) -> Query:
    ids, category = row.get("relevant", "").strip(), row.get("relevant_category", "").strip()
    if bool(ids) == bool(category):
        found = "both are" if ids else "none is"
        raise CatalogError(f"Exactly one of relevant and relevant_category must be filled; {found}.", path, number)
    if not row["image"].strip():
        raise CatalogError("The column image is empty; name the picture.", path, number)
    relevant = _by_id(path, number, ids, categories) if ids else _by_category(path, number, category, categories)
    return Query(path, number, path.parent / row["image"].strip(), _box(path, number, row), relevant)


def _by_id(path: Path, number: int, text: str, categories: Mapping[str, str]) -> frozenset[str]:
    ids = frozenset(part.strip() for part in text.split("|") if part.strip())
    for product_id in sorted(ids - categories.keys()):
        raise CatalogError(
            f"The relevant product {product_id!r} is not among the catalog's {len(categories)} products; "
            "correct the id, or import the product.",
            path,
            number,
        )
    if not ids:
        raise CatalogError("The column relevant names no product; join product ids by |.", path, number)
    return ids


def _by_category(path: Path, number: int, category: str, categories: Mapping[str, str]) -> frozenset[str]:
    inside = frozenset(i for i, c in categories.items() if c == category or c.startswith(category + " > "))
    if not inside:
        raise CatalogError(f"No product of the catalog has the category {category!r} or one below it.", path, number)
    return inside


def _box(path: Path, number: int, row: Mapping[str, str]) -> Box | None:
    cells = [row.get(column, "").strip() for column in BOX_COLUMNS]
    if not any(cells):
        return None
    try:
        return geometry.parse(cells)
    except BoxError as error:
        raise CatalogError(str(error), path, number) from error
