"""Values of a feed as shops write them: text, prices, sales' dates, availability, categories, links, picture lists.

Knows nothing about files, columns or dialects. Invariants: nothing here raises on bad text, a value that can't be
understood is None or ''; text comes out on one line, without control characters, and always encodes as UTF-8; markup
is left as the plain text it is.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from html.parser import HTMLParser
from urllib.parse import urlsplit

MAX_PRICE = 1e12
PICTURE_SUFFIXES = frozenset(
    (".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".avif", ".heic", ".heif")
)

_BLANKS = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+")
_NUMBER = re.compile(r"\d(?:[\d.,' \u2019\u00a0\u202f]*\d)?")
_CURRENCY_SIGNS = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₩": "KRW", "zł": "PLN"}
# ISO 4217: the minor unit of these is a thousandth, so three digits behind a separator can be decimals.
_THREE_DECIMALS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))
_IN_STOCK = frozenset(
    {"in_stock", "instock", "available", "limited_availability", "limitedavailability", "yes", "true"}
)
_NOT_IN_STOCK = frozenset(
    {"out_of_stock", "outofstock", "sold_out", "soldout", "unavailable", "discontinued", "no", "false"}
    | {"preorder", "pre_order", "backorder", "back_order", "onbackorder"}
)


def text(value: object, limit: int = 0) -> str:
    """One line of clean text; at most `limit` characters if it is not 0.

    >>> text("  Blue\\n <b>mug</b> ")
    'Blue <b>mug</b>'
    """
    raw = str(value)
    if not raw.isascii():
        raw = raw.encode("utf-8", "replace").decode()  # half a surrogate pair, from JSON escapes
    line = _BLANKS.sub(" ", raw).strip()
    return line[:limit].rstrip() if limit else line


def price(value: str) -> tuple[float, str] | None:
    """An amount and its currency ('' where none is named); None if it is not a price.

    The last of two kinds of separators is the decimal one. A single separator before exactly three digits separates
    thousands, as no shop prices in thousandths, except in the currencies that have them and after a leading zero.

    >>> price("15.00 USD"), price("1.299,00 EUR"), price("USD 1,299")
    ((15.0, 'USD'), (1299.0, 'EUR'), (1299.0, 'USD'))
    """
    line = text(value)
    found = _NUMBER.search(line)
    if found is None:
        return None
    before, after = line[: found.start()].strip(), line[found.end() :].strip()
    currency = _currency(before or after)
    if currency is None or (before and after):
        return None
    amount = _amount(found.group(), currency)
    return None if amount is None or amount > MAX_PRICE else (amount, currency)


def _currency(word: str) -> str | None:
    if not word:
        return ""
    if len(word) == 3 and word.isascii() and word.isalpha():
        return word.upper()
    return _CURRENCY_SIGNS.get(word) or _CURRENCY_SIGNS.get(word.upper())


def _amount(digits: str, currency: str) -> float | None:
    digits = re.sub(r"['\u2019\s]", "", digits)
    separators = [c for c in digits if c in ".,"]
    if not separators:
        return float(digits)
    decimal = separators[-1] if _is_decimal(digits, separators, currency) else ""
    if decimal and separators.count(decimal) > 1:
        return None
    whole, _, fraction = digits.rpartition(decimal) if decimal else (digits, "", "")
    if decimal and len(set(separators)) == 1 and not whole.isdigit():
        return None
    plain = re.sub(r"[.,]", "", whole)
    return float(f"{plain}.{fraction or '0'}") if plain.isdigit() else None


def _is_decimal(digits: str, separators: list[str], currency: str) -> bool:
    if len(set(separators)) == 2:
        return True
    if len(separators) > 1:
        return False  # 1.299.000
    whole, fraction = digits.split(separators[0])
    return len(fraction) != 3 or currency in _THREE_DECIMALS or whole.strip("0") == ""


def in_effect(value: str, now: datetime) -> bool | None:
    """True from the start to the end of `start/end` in ISO 8601, both included; None if it is not understood.

    As Google has it: without a zone it is UTC, and days without a time are whole days.

    >>> in_effect("2016-02-24T13:00-0800/2016-02-29", datetime(2016, 2, 29, 20, tzinfo=UTC))
    True
    """
    start, _, end = text(value).partition("/")
    try:
        return _moment(start, time.min) <= now <= _moment(end, time.max)
    except ValueError:
        return None


def _moment(word: str, without_time: time) -> datetime:
    word = word.strip()
    try:
        found = datetime.combine(date.fromisoformat(word), without_time)
    except ValueError:
        found = datetime.fromisoformat(word)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def in_stock(value: str) -> bool | None:
    """True only for what can be had now (a preorder can't); a number is a quantity; None if the word is unknown.

    >>> in_stock("In Stock"), in_stock("out_of_stock"), in_stock("https://schema.org/PreOrder")
    (True, False, False)
    """
    plain = text(value).lower().rsplit("/", 1)[-1]
    if re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return float(plain) > 0
    word = plain.replace(" ", "_").replace("-", "_")
    if word in _IN_STOCK:
        return True
    return False if word in _NOT_IN_STOCK else None


def category(value: str, limit: int = 0) -> str:
    """Levels joined by ' > ', however the feed spaced them.

    >>> category("Home>Kitchen  >  Mugs >")
    'Home > Kitchen > Mugs'
    """
    return text(" > ".join(level for part in value.split(">") if (level := text(part))), limit)


def web_link(value: str) -> str:
    """The address if it is http(s), else ''. A page must never get a `javascript:` link out of a feed."""
    address = text(value)
    try:
        parts = urlsplit(address)
        return address if parts.scheme.lower() in ("http", "https") and parts.hostname else ""
    except ValueError:
        return ""


def split_images(value: str) -> list[str]:
    """A comma-separated list of pictures. A comma inside a web address (image services use them) does not split it.

    >>> split_images("https://a/w_4,h_4/x.jpg, https://a/y.jpg"), split_images("x.jpg, y.jpg")
    (['https://a/w_4,h_4/x.jpg', 'https://a/y.jpg'], ['x.jpg', 'y.jpg'])
    """
    parts = re.split(r",\s*(?=[A-Za-z]+://)", value) if "://" in value else value.split(",")
    return [part.strip() for part in parts if part.strip()]


class _TextOnly(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden += tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in ("script", "style")))
        self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def html_text(value: str) -> str:
    """What a reader sees of an HTML description (Shopify and WooCommerce export descriptions as HTML).

    >>> html_text("<p>Warm &amp; soft</p><script>x()</script>")
    'Warm & soft'
    """
    if "<" not in value and "&" not in value:
        return text(value)
    parser = _TextOnly()
    parser.feed(value)
    parser.close()
    return text(" ".join(parser.parts))
