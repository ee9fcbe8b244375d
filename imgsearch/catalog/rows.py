"""Rows with Google's attribute names in, `Product`s and listed rejects out. Every dialect ends here.

Knows nothing about files or dialects. Invariants: each row becomes exactly one product or one reject; ids are unique,
the first one wins; a product has a title and 1..4 distinct pictures, each an absolute path or an http(s) address.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from imgsearch.catalog import common
from imgsearch.records import Product

# More pictures of one product bias the maximum over pictures towards it; measured elsewhere, four is the knee.
MAX_IMAGES = 4
MAX_ID_BYTES = 256  # Google allows 50 characters; the store's columns hold 512 bytes
MAX_TITLE = 300  # twice Google's limit
MAX_TEXT = 5000  # Google's limit for descriptions
MAX_WORD = 200
MAX_LINK = 2000  # Google's limit


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its 1-based row in the file (the header is row 1), its id or '', one reason."""

    row: int
    product_id: str
    reason: str


@dataclass(slots=True)
class Feed:
    """What was read: the dialect's name, the products in file order, the rejected rows, and what was put right."""

    source: Path
    format: str
    products: list[Product] = field(default_factory=list)
    rejected: list[Reject] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Row:
    """One row in Google's attribute names (`title`, `price`, ...) and its pictures as the feed writes them."""

    number: int
    fields: Mapping[str, str]
    images: Sequence[str] = ()
    fault: str = ""  # why the dialect could not read it


class Notes:
    """Warnings gathered by kind, so that 20,000 rows with one habit make one sentence."""

    SHOWN = 5

    def __init__(self) -> None:
        self._rows: dict[str, list[int]] = {}

    def add(self, kind: str, row: int = 0) -> None:
        """Note that `kind` happened in `row` (0: it concerns the whole file)."""
        self._rows.setdefault(kind, []).append(row)

    def sentences(self) -> list[str]:
        """One sentence a kind, with the number of rows and the first of them."""
        return [kind if rows == [0] else f"{kind} ({self._where(rows)})." for kind, rows in self._rows.items()]

    def _where(self, rows: list[int]) -> str:
        if len(rows) == 1:
            return f"row {rows[0]}"
        shown = ", ".join(str(row) for row in rows[: self.SHOWN])
        return f"{len(rows)} rows: {shown}{', ...' if len(rows) > self.SHOWN else ''}"


def to_feed(
    source: Path, name: str, rows: Iterable[Row], notes: Notes, now: datetime, max_images: int = MAX_IMAGES
) -> Feed:
    """Check every row and gather the products. Relative pictures are relative to the feed's folder.

    Args:
        now: with a time zone; decides which sales are on.
    """
    base = (source if source.is_dir() else source.parent).absolute()
    feed = Feed(source, name)
    seen: dict[str, int] = {}
    for row in rows:
        product_id = common.text(row.fields.get("id", ""))
        fault = row.fault or _id_fault(product_id, seen)
        images, image_fault = _images(row, base, notes, max_images) if not fault else ((), "")
        if fault or image_fault:
            feed.rejected.append(Reject(row.number, product_id[:MAX_ID_BYTES], fault or image_fault))
            continue
        seen[product_id] = row.number
        feed.products.append(_product(row, product_id, images, notes, now))
    feed.warnings = notes.sentences()
    return feed


def _id_fault(product_id: str, seen: Mapping[str, int]) -> str:
    if not product_id:
        return "id is missing; every row needs one of its own."
    if len(product_id.encode()) > MAX_ID_BYTES:
        return f"id has {len(product_id.encode())} bytes; at most {MAX_ID_BYTES} are accepted."
    if product_id in seen:
        return f"id {product_id!r} is already used in row {seen[product_id]}; the first row wins."
    return ""


def _images(row: Row, base: Path, notes: Notes, max_images: int) -> tuple[tuple[str, ...], str]:
    listed = [common.text(image) for image in row.images if common.text(image)]
    if not listed:
        return (), "no picture: image_link is empty."
    usable = [place for image in listed if (place := image_place(image, base))]
    if not usable:
        return (), f"no usable picture: {listed[0][:80]!r} is neither a path nor an http(s) address."
    if len(usable) < len(listed):
        notes.add("A picture is neither a path nor an http(s) address and was left out", row.number)
    distinct = list(dict.fromkeys(usable))
    if len(distinct) > max_images:
        notes.add(f"More than {max_images} pictures; the first {max_images} are used", row.number)
    return tuple(distinct[:max_images]), ""


def image_place(image: str, base: Path) -> str:
    """An absolute path or an http(s) address; '' for anything else (`ftp:`, `data:`, `file:`).

    >>> image_place("a/b.jpg", Path("/shop")), image_place("//cdn.example/x.jpg", Path("/shop"))
    ('/shop/a/b.jpg', 'https://cdn.example/x.jpg')
    """
    if image.startswith("//"):
        image = "https:" + image
    try:
        scheme = urlsplit(image).scheme.lower()
    except ValueError:
        return ""
    if scheme in ("http", "https"):
        return common.web_link(image) if len(image) <= MAX_LINK else ""
    # One letter is a Windows drive, not a scheme.
    return "" if len(scheme) > 1 else str(base / image)


def _product(row: Row, product_id: str, images: tuple[str, ...], notes: Notes, now: datetime) -> Product:
    fields = row.fields
    price, currency = _price(row, notes, now)
    return Product(
        product_id=product_id,
        title=_title(row, product_id, notes),
        images=images,
        group_id=_group(row, notes) or product_id,
        description=common.text(fields.get("description", ""), MAX_TEXT),
        brand=common.text(fields.get("brand", ""), MAX_WORD),
        price=price,
        currency=currency,
        in_stock=_in_stock(row, notes),
        category=_category(row),
        color=common.text(fields.get("color", ""), MAX_WORD),
        material=common.text(fields.get("material", ""), MAX_WORD),
        link=_link(row, notes),
        row=row.number,
    )


def _group(row: Row, notes: Notes) -> str:
    group = common.text(row.fields.get("item_group_id", ""))
    if len(group.encode()) <= MAX_ID_BYTES:
        return group
    notes.add(f"item_group_id has more than {MAX_ID_BYTES} bytes and was left out", row.number)
    return ""


def _title(row: Row, product_id: str, notes: Notes) -> str:
    title = common.text(row.fields.get("title", ""))
    if not title:
        notes.add("title is empty; the id is shown instead", row.number)
    elif len(title) > MAX_TITLE:
        notes.add(f"title is longer than {MAX_TITLE} characters and was cut", row.number)
    return title[:MAX_TITLE].rstrip() or product_id


def _price(row: Row, notes: Notes, now: datetime) -> tuple[float | None, str]:
    regular, sale = _amount(row, "price", notes), _sale(row, notes, now)
    default = common.text(row.fields.get("currency", "")).upper()[:3]
    if regular is None:
        # A sale price alone is a price, too.
        regular = sale
    if regular is None:
        return None, ""
    if sale is not None and sale[0] < regular[0] and (sale[1] or regular[1]) == regular[1]:
        regular = (sale[0], regular[1])
    return regular[0], regular[1] or default


def _sale(row: Row, notes: Notes, now: datetime) -> tuple[float, str] | None:
    """The sale price that holds now; shops without a sale write 0 as often as nothing."""
    sale = _amount(row, "sale_price", notes)
    dates = row.fields.get("sale_price_effective_date", "")
    if sale is None or sale[0] == 0:
        return None
    if not dates.strip():
        return sale
    on = common.in_effect(dates, now)
    if on is None:
        notes.add(
            "sale_price_effective_date is not understood, so the sale was left out; write it as "
            "'2026-02-24T13:00+0100/2026-02-28T15:30+0100'",
            row.number,
        )
    return sale if on else None


def _amount(row: Row, name: str, notes: Notes) -> tuple[float, str] | None:
    written = row.fields.get(name, "")
    amount = common.price(written)
    if amount is None and written.strip():
        notes.add(f"{name} is not understood and was left out; write it as '15.00 USD'", row.number)
    return amount


def _in_stock(row: Row, notes: Notes) -> bool:
    written = row.fields.get("availability", "")
    stock = common.in_stock(written)
    if stock is None and written.strip():
        notes.add("availability is not understood and was taken as in_stock", row.number)
    return stock is not False


def _category(row: Row) -> str:
    own = common.category(row.fields.get("product_type", ""), MAX_WORD)
    google = common.category(row.fields.get("google_product_category", ""), MAX_WORD)
    # Google allows the number of its taxonomy instead of the words; a number says nothing to a shopper.
    return own or ("" if google.isdigit() else google)


def _link(row: Row, notes: Notes) -> str:
    written = common.text(row.fields.get("link", ""))
    link = common.web_link(written)
    if written and (not link or len(link) > MAX_LINK):
        notes.add("link is not an http(s) address (or too long) and was left out", row.number)
        return ""
    return link
