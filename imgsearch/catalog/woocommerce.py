"""WooCommerce's product export (CSV).

One row a product; variations point to their parent by `id:12` or its SKU. A variation with a picture of its own is a
product of the parent's group; one without is folded into the parent. In a cell of several values, WooCommerce's
exporter joins them by commas and writes a comma of their own as `\\,`.
"""

from __future__ import annotations

from collections.abc import Iterator

from imgsearch.catalog import common
from imgsearch.catalog.rows import Notes, Row
from imgsearch.catalog.table import Table

KNOWN = frozenset(
    (
        "id",
        "type",
        "sku",
        "name",
        "published",
        "description",
        "short_description",
        "in_stock?",
        "regular_price",
        "sale_price",
        "categories",
        "images",
        "parent",
        "brands",
        "external_url",
        "stock",
    )
)
_Line = dict[str, str]
_ESCAPED_COMMA = "\\,"
_HELD_COMMA = "\x1a"  # "substitute": stands for a value's own comma while a cell is split


def matches(columns: frozenset[str]) -> bool:
    """True if the header is WooCommerce's."""
    return {"type", "name", "images"} <= columns and bool(columns & {"sku", "id"})


def rows(table: Table, notes: Notes) -> Iterator[Row]:
    """A row for each product that is for sale and for each variation with its own picture."""
    lines: list[tuple[int, _Line]] = []
    for number, cells in table.rows():
        if fault := table.excess(cells):
            yield Row(number, {}, fault=fault)
        else:
            lines.append((number, {c: v.strip() for c, v in zip(table.columns, cells, strict=False)}))
    parents = {key: line for _, line in lines if not _is_variation(line) for key in _keys(line)}
    variations: dict[str, list[_Line]] = {}
    for _, line in lines:
        if _is_variation(line):
            variations.setdefault(line.get("parent", ""), []).append(line)
    for number, line in lines:
        if line.get("published", "1") not in ("1", ""):
            notes.add("Not published; left out", number)
        elif not _is_variation(line):
            keys = _keys(line) if line.get("type", "").startswith("variable") else ()
            yield _row(number, line, line, [v for key in keys for v in variations.get(key, ())])
        elif line.get("images"):
            yield _row(number, line, parents.get(line.get("parent", ""), line), [])


def _is_variation(line: _Line) -> bool:
    return line.get("type", "").lower().startswith("variation")


def _keys(line: _Line) -> tuple[str, ...]:
    return tuple(key for key in (line.get("sku", ""), f"id:{line.get('id', '')}") if key not in ("", "id:"))


def _id(line: _Line) -> str:
    return line.get("sku") or line.get("id", "")


def _row(number: int, line: _Line, parent: _Line, children: list[_Line]) -> Row:
    priced = line if line.get("regular_price") else min(children, key=_cost, default=line)
    fields = {
        "id": _id(line),
        "title": line.get("name") or parent.get("name", ""),
        "description": common.html_text(
            _either("description", line, parent) or _either("short_description", line, parent)
        ),
        "brand": _first(_either("brands", line, parent)),
        "price": priced.get("regular_price", ""),
        "sale_price": priced.get("sale_price", ""),
        "product_type": _first(_either("categories", line, parent)),
        "item_group_id": _id(parent),
        "availability": "in_stock" if any(_sellable(v) for v in children or [line]) else "out_of_stock",
        "color": _colour(line) if not children else "",
        "link": line.get("external_url", ""),
    }
    pictures = common.split_images(_held(line.get("images", "")))
    return Row(number, fields, [_freed(picture) for picture in pictures])


def _held(cell: str) -> str:
    return cell.replace(_ESCAPED_COMMA, _HELD_COMMA)


def _freed(value: str) -> str:
    return value.replace(_HELD_COMMA, ",")


def _first(cell: str) -> str:
    return _freed(_held(cell).split(",")[0])


def _either(name: str, line: _Line, parent: _Line) -> str:
    return line.get(name) or parent.get(name, "")


def _cost(line: _Line) -> float:
    found = common.price(line.get("regular_price", ""))
    return found[0] if found else common.MAX_PRICE


def _sellable(line: _Line) -> bool:
    return common.in_stock(line.get("in_stock?", "")) is not False


def _colour(line: _Line) -> str:
    for i in range(1, 5):
        if line.get(f"attribute_{i}_name", "").lower() in ("color", "colour", "farbe", "couleur"):
            return _freed(_held(line.get(f"attribute_{i}_value(s)", "")))
    return ""
