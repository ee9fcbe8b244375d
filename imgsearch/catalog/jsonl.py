"""JSON lines: one product object a line (or one JSON array), in Google's names or schema.org's.

Invariant: a price that is a JSON number keeps its value; only in a text may a dot separate thousands.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from imgsearch.catalog import google
from imgsearch.catalog.rows import Row
from imgsearch.errors import CatalogError


def rows(source: Path, content: str) -> Iterator[Row]:
    """A row for each object; the row number is the line's, or the place in the array.

    Raises:
        CatalogError: the file is one array that can't be parsed.
    """
    if content.lstrip().startswith("["):
        yield from (_row(number, item) for number, item in enumerate(_array(source, content), 1))
        return
    for number, line in enumerate(content.split("\n"), 1):
        if line.strip():
            try:
                yield _row(number, json.loads(line))
            except (ValueError, RecursionError) as error:
                yield Row(number, {}, fault=f"the line is not JSON ({str(error)[:80]}).")


def _array(source: Path, content: str) -> list[object]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise CatalogError(f"expected one JSON object a line or one array; {str(error)[:100]}.", source) from error
    return found if isinstance(found, list) else [found]


def _row(number: int, item: object) -> Row:
    if not isinstance(item, dict):
        return Row(number, {}, fault=f"expected an object with id and image_link; got {json.dumps(item)[:60]}.")
    values = {str(key).strip().lower().replace(" ", "_").removeprefix("g:"): value for key, value in item.items()}
    fields = _fields(values)
    pictures = [picture for name in _PICTURES for picture in _texts(values.get(name))]
    return Row(number, fields, pictures)


_PICTURES = ("image_link", "additional_image_link", "image", "images", "image_url", "additional_images")
_PRICES = frozenset(name for ours in ("price", "sale_price") for name in (ours, *google.ALIASES[ours]))


def _fields(values: Mapping[str, object]) -> dict[str, str]:
    offers = values.get("offers")
    offer = offers[0] if isinstance(offers, list) and offers else offers
    flat = {name: _named(name, value) for name, value in values.items() if name not in ("offers", *_PICTURES)}
    if isinstance(offer, dict):
        given = {name: offer.get(name) for name in ("price", "availability")}
        flat |= {name: _named(name, value) for name, value in given.items() if value is not None}
        flat["currency"] = _word(offer.get("priceCurrency"))
    for name, aliases in google.ALIASES.items():
        flat.setdefault(name, next((flat[a] for a in aliases if flat.get(a)), ""))
    flat["currency"] = flat["currency"] or flat.get("pricecurrency", "")
    return flat


def _named(name: str, value: object) -> str:
    return _word(value, _amount if name in _PRICES else str)


def _word(value: object, number: Callable[[float], str] = str) -> str:
    if isinstance(value, dict):  # schema.org: "brand": {"@type": "Brand", "name": "..."}
        return _word(value.get("name") or value.get("value") or "", number)
    if isinstance(value, list):
        return _word(value[0], number) if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return number(value)
    return "" if value is None else str(value)


def _amount(value: float) -> str:
    # Three digits behind a dot would be read as thousands; and `str` writes 1e-05.
    return f"{value:.6f}"


def _texts(value: object) -> list[str]:
    found = value if isinstance(value, list) else [value]
    # schema.org: a picture may be an ImageObject with a url.
    words = [_word(v.get("url") or v.get("contentUrl")) if isinstance(v, dict) else _word(v) for v in found]
    return [word for word in words if word]
