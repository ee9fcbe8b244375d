"""Google Merchant feeds as TSV or CSV, and plain CSV tables with obvious column names.

Attribute names: Google's product data specification (support.google.com/merchants/answer/7052112).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from imgsearch.catalog import common
from imgsearch.catalog.rows import Row
from imgsearch.catalog.table import Table

FIELDS = frozenset(
    (
        "id",
        "title",
        "description",
        "link",
        "availability",
        "price",
        "sale_price",
        "sale_price_effective_date",
        "brand",
        "product_type",
        "google_product_category",
        "item_group_id",
        "color",
        "material",
        "image_link",
        "additional_image_link",
    )
)
# What shops call the same things in tables of their own; the first that is present is taken.
ALIASES: Mapping[str, tuple[str, ...]] = {
    "id": ("sku", "product_id", "item_id", "article", "article_number", "code", "ean", "gtin"),
    "title": ("name", "product_name", "product_title", "product"),
    "description": ("text", "short_description", "body"),
    "link": ("url", "product_url", "page", "href"),
    "image_link": ("image", "image_url", "images", "picture", "photo", "img", "image_path", "file", "filename"),
    "additional_image_link": ("additional_images", "more_images", "extra_images"),
    "availability": ("in_stock", "stock", "available"),
    "price": ("regular_price", "amount"),
    "sale_price": ("special_price",),
    "currency": ("price_currency", "currency_code"),
    "brand": ("manufacturer", "vendor", "maker"),
    "product_type": ("category", "categories", "type", "department"),
    "item_group_id": ("group_id", "group", "parent_id", "parent_sku", "style"),
    "color": ("colour",),
}
KNOWN = FIELDS | {"currency"} | {alias for aliases in ALIASES.values() for alias in aliases}


def matches(columns: frozenset[str]) -> bool:
    """True if the header has Google's names for what a search needs."""
    return {"id", "image_link"} <= columns


def missing(columns: frozenset[str]) -> str:
    """What a plain table lacks, as words, or ''."""
    named = _named(columns)
    lacks = [name for name in ("id", "image_link") if name not in named]
    return " and ".join(f"'{name}' (or {', '.join(ALIASES[name][:3])})" for name in lacks)


def rows(table: Table, aliases: bool = False) -> Iterator[Row]:
    """Rows of a feed in Google's names; with `aliases`, of a plain table."""
    named = _named(frozenset(table.columns)) if aliases else {}
    rename = {column: name for name, column in named.items()}
    columns = [rename.get(column, column) for column in table.columns]
    for number, cells in table.rows():
        fields = _fields(columns, cells)
        yield Row(number, fields, images(fields, several=aliases), table.excess(cells))


def images(fields: Mapping[str, str], several: bool = False) -> list[str]:
    """The pictures of a row, the main one first. `several`: a plain table may list many files in one cell."""
    main, more = fields.get("image_link", ""), fields.get("additional_image_link", "")
    # Google's image_link is one picture: a comma in a file's name stays.
    first = common.split_images(main) if several or "://" in main else [main]
    return [*first, *common.split_images(more)]


def _named(columns: frozenset[str]) -> dict[str, str]:
    """Google's name -> the column that holds it."""
    found = {name: name for name in FIELDS | {"currency"} if name in columns}
    for name, aliases in ALIASES.items():
        alias = next((a for a in aliases if a in columns), "")
        if alias and name not in found:
            found[name] = alias
    return found


def _fields(columns: list[str], cells: list[str]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for column, cell in zip(columns, cells, strict=False):
        value = cell.strip()
        if not value:
            continue
        if column == "additional_image_link" and column in fields:
            fields[column] += "," + value  # Google allows the column several times
        else:
            fields.setdefault(column, value)
    return fields
