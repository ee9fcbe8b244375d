"""A shop's own list of products, whatever wrote it, as `Product`s; one dialect a file.

    read --> table (encoding, delimiter, rows) --> google | shopify | woocommerce --\\
         --> jsonl ------------------------------------------------------------------+--> rows.to_feed --> Feed
         --> folder -----------------------------------------------------------------/

Knows nothing about pictures' contents, models or the store; nothing is fetched here. Invariant: every row becomes one
product or one listed reject.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from imgsearch.catalog import folder, google, jsonl, shopify, table, woocommerce
from imgsearch.catalog.rows import MAX_IMAGES, Feed, Notes, Reject, Row, to_feed
from imgsearch.errors import CatalogError

__all__ = ["FORMATS", "MAX_IMAGES", "Feed", "Reject", "read"]

FORMATS = ("auto", "google", "shopify", "woocommerce", "jsonl", "csv", "folder")
_JSON_SUFFIXES = (".jsonl", ".ndjson", ".json")
_NEEDED = {
    "google": "'id' and 'image_link'",
    "shopify": "'Handle' (or 'URL handle') and 'Image Src' (or 'Product image URL')",
    "woocommerce": "'Type', 'Name', 'Images' and 'SKU' (or 'ID')",
}


def read(source: str | Path, format: str = "auto", max_images: int = MAX_IMAGES, now: datetime | None = None) -> Feed:
    """Read a catalog: a feed file or a folder of pictures.

    Args:
        source: the path. Pictures named without a scheme are relative to its folder.
        format: one of `FORMATS`; `auto` looks at the header.
        max_images: pictures a product; the shop keeps 4, training may take more.
        now: the moment whose prices are wanted, with a time zone: a sale may have dates. None is this moment.

    Returns:
        Products in file order, rejected rows, warnings; `Feed.format` names the dialect found.

    Raises:
        CatalogError: no such file, not a table, or the header lacks what a product needs.

    >>> read("assets/demo/feed.tsv").format  # doctest: +SKIP
    'google'
    """
    path = Path(source).expanduser()
    if format not in FORMATS:
        raise CatalogError(f"The format {format!r} is unknown; it is one of {', '.join(FORMATS)}.")
    if not path.exists():
        raise CatalogError(f"There is no file or folder {str(source)!r}; check the path.")
    if path.is_dir() != (format == "folder") and format != "auto":
        raise CatalogError(f"The format {format!r} expects a {'folder' if format == 'folder' else 'file'}.", path)
    notes = Notes()
    name, rows = _rows(path, format, notes)
    feed = to_feed(path, name, rows, notes, now or datetime.now(UTC), max_images)
    if not feed.products and not feed.rejected:
        raise CatalogError(_nothing_found(path), path)
    return feed


def _rows(path: Path, format: str, notes: Notes) -> tuple[str, Iterator[Row]]:
    if path.is_dir():
        return "folder", folder.rows(path, notes)
    content = table.read_text(path, notes)
    if format == "jsonl" or (format == "auto" and path.suffix.lower() in _JSON_SUFFIXES):
        return "jsonl", jsonl.rows(path, content)
    known = google.KNOWN | shopify.KNOWN | woocommerce.KNOWN
    found = table.parse(path, content, known)
    dialect = _dialect(path, frozenset(found.columns), format)
    if dialect == "shopify":
        return dialect, shopify.rows(found, notes)
    if dialect == "woocommerce":
        return dialect, woocommerce.rows(found, notes)
    return dialect, google.rows(found, aliases=dialect == "csv")


def _dialect(path: Path, columns: frozenset[str], format: str) -> str:
    dialects = {"google": google.matches, "shopify": shopify.matches, "woocommerce": woocommerce.matches}
    if format in dialects and not dialects[format](columns):
        raise CatalogError(f"a {format} table needs the columns {_NEEDED[format]}; {_found(columns)}", path, 1)
    if format == "auto":
        format = next((name for name, fits in dialects.items() if fits(columns)), "csv")
    if format == "csv" and (lacks := google.missing(columns)):
        raise CatalogError(f"the header lacks a column {lacks}; {_found(columns)}", path, 1)
    return format


def _found(columns: frozenset[str]) -> str:
    shown = ", ".join(sorted(c[:40] for c in columns if c)[:12])
    return f"found {shown}{', ...' if len(columns) > 12 else ''}."


def _nothing_found(path: Path) -> str:
    if path.is_dir():
        return "no pictures in this folder or below it; name a folder of JPEG, PNG or WebP files, or a feed file."
    return "the file has a header but no products below it."
