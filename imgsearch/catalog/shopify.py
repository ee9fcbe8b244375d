"""Shopify's product export (CSV), both generations of column names.

One row a variant or picture; rows of a handle belong together and only the first one is filled whole. Variants with
pictures of their own become products of one group; variants that look the same (sizes) are one product.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imgsearch.catalog import common
from imgsearch.catalog.rows import Notes, Row
from imgsearch.catalog.table import Table

# Ours -> Shopify's column names, the newer generation first.
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "handle": ("url_handle", "handle"),
    "title": ("title",),
    "body": ("description", "body_(html)"),
    "vendor": ("vendor",),
    "type": ("type",),
    "category": ("product_category",),
    "sku": ("sku", "variant_sku"),
    "price": ("price", "variant_price"),
    "quantity": ("inventory_quantity", "variant_inventory_qty"),
    "policy": ("continue_selling_when_out_of_stock", "variant_inventory_policy"),
    "tracker": ("inventory_tracker", "variant_inventory_tracker"),
    "image": ("product_image_url", "image_src"),
    "variant_image": ("variant_image_url", "variant_image"),
    "status": ("status",),
}
KNOWN = frozenset(name for names in _COLUMNS.values() for name in names)
_COLOUR_WORDS = ("color", "colour", "farbe", "couleur")
_NOT_FOR_SALE = ("draft", "archived")

_Line = dict[str, str]


def matches(columns: frozenset[str]) -> bool:
    """True if the header is Shopify's."""
    return bool(columns & {"handle", "url_handle"}) and bool(columns & {"image_src", "product_image_url"})


def rows(table: Table, notes: Notes) -> Iterator[Row]:
    """A row for each product, or for each variant that has its own picture."""
    groups: dict[str, list[tuple[int, _Line]]] = {}
    for number, cells in table.rows():
        if fault := table.excess(cells):
            yield Row(number, {}, fault=fault)
            continue
        line = _line(table.columns, cells)
        groups.setdefault(line["handle"] or f"row {number}", []).append((number, line))
    for lines in groups.values():
        if lines[0][1]["status"].lower() in _NOT_FOR_SALE:
            notes.add("Status is draft or archived; left out", lines[0][0])
        else:
            yield from _products(lines)


def _line(columns: tuple[str, ...], cells: list[str]) -> _Line:
    raw = {c: v.strip() for c, v in zip(columns, cells, strict=False)}
    line = {ours: next((raw[n] for n in names if raw.get(n)), "") for ours, names in _COLUMNS.items()}
    for i in ("1", "2", "3"):
        if raw.get(f"option{i}_name", "").lower() in _COLOUR_WORDS:
            line["color_option"] = i
    line |= {f"option{i}": raw.get(f"option{i}_value", "") for i in ("1", "2", "3")}
    return line


def _products(lines: list[tuple[int, _Line]]) -> Iterator[Row]:
    first = lines[0][1]
    pictures = [line["image"] for _, line in lines if line["image"]]
    variants: dict[str, list[tuple[int, _Line]]] = {}
    for number, line in lines:
        if line["sku"] or line["price"] or line["option1"] or line is first:
            variants.setdefault(line["variant_image"], []).append((number, line))
    own = {line["variant_image"] for _, line in lines}
    several = len(variants) > 1
    used: set[str] = set()
    for image, members in variants.items():
        shared = [p for p in pictures if p not in own] or pictures
        images = ([image] if image else shared) if several else [*([image] if image else []), *pictures]
        yield _row(first, members, images, several, used)


def _row(first: _Line, members: list[tuple[int, _Line]], images: list[str], several: bool, used: set[str]) -> Row:
    number, head = members[0]
    handle = first["handle"]
    product_id = head["sku"] if several and head["sku"] else handle
    if several and product_id in used:
        product_id = f"{handle}-{number}"
    used.add(product_id)
    option = first.get("color_option", "")
    fields = {
        "id": product_id,
        "title": first["title"],
        "description": common.html_text(first["body"]),
        "brand": first["vendor"],
        "price": head["price"],
        "product_type": first["type"] or first["category"],
        "item_group_id": handle,
        "availability": "in_stock" if any(_sellable(line) for _, line in members) else "out_of_stock",
        "color": head.get(f"option{option}", "") if option else "",
    }
    return Row(number, fields, images)


def _sellable(line: _Line) -> bool:
    if line["policy"].lower() in ("continue", "true") or not line["quantity"] or not line["tracker"]:
        return True
    return common.in_stock(line["quantity"]) is not False
