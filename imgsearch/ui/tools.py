"""The tools for other programs' assistants: `detect`, `search`, `facets`, `product`, in pages, with small pictures.

Plain functions on the core; knows nothing of the protocol that carries them (`mcp_server` does). Invariants: every
answer is bounded (`MAX_PAGE_SIZE` rows, one picture of some 20 kB); catalog text is data in a JSON value; a picture of
the shop is named by its address on this server.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

from imgsearch import geometry, images, jsonout, thumbs
from imgsearch.config import Settings
from imgsearch.errors import QueryError
from imgsearch.records import Match, SearchResult, Timings
from imgsearch.search import MAX_TOP_K
from imgsearch.ui import render
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.sent_photos import SentPhotos
from imgsearch.ui.shop import parse_filters

PAGE_SIZE = 8
MAX_PAGE_SIZE = 24
SHEET_COLUMNS = 4
CELL_PX = 128

PictureUrl = Callable[[str], str]
"""From an address relative to the page to one that the client can ask for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool says: a JSON object, and perhaps one WebP picture to look at."""

    document: dict[str, Any]
    picture: bytes = b""


class Tools:
    """The four tools.

    Args:
        readiness: the shop, open or not yet.
        settings: say where the small pictures lie.
        photos: opens what the client names as a photo.
    """

    def __init__(self, readiness: Readiness, settings: Settings, photos: SentPhotos) -> None:
        self._readiness = readiness
        self._settings = settings
        self._photos = photos

    def detect(self, photo: str) -> Answer:
        """The things in a photo; the document of `detect` on the command line.

        Raises:
            ImgSearchError: the photo can't be read, or the shop is not open.
        """
        core = self._readiness.shop().core
        opened = self._photos.open(photo)
        started = time.perf_counter()
        found = core.detect(opened.photo)
        detect_ms = (time.perf_counter() - started) * 1000.0
        timings = Timings(detect_ms=detect_ms, total_ms=detect_ms)
        return Answer(jsonout.detections_json(opened.photo, found, timings, opened.decode_ms))

    def search(
        self,
        photo: str,
        box: Sequence[float] | None,
        page: int,
        page_size: int,
        asked: Mapping[str, Any],
        url: PictureUrl,
    ) -> Answer:
        """One page of the ranked products; the picture shows them in rows of four, in order.

        Args:
            photo: as `SentPhotos.open` takes it.
            box: `[x1, y1, x2, y2]` in pixels of the photo, or None: its most prominent thing, else the whole.
            page, page_size: from 1; together at most 200 products deep.
            asked: filters as `parse_filters` reads them.

        Raises:
            ImgSearchError: something of it can't be used, or the shop is not open.
        """
        first = _first_of_page(page, page_size, MAX_TOP_K)
        core = self._readiness.shop().core
        filters = parse_filters(asked)
        target = geometry.parse(box) if box is not None else None
        opened = self._photos.open(photo)
        # One more than the page holds tells whether there is another page.
        top_k = min(first + page_size + 1, MAX_TOP_K)
        result = core.search(opened.photo, target, top_k=top_k, filters=filters)
        shown = result.matches[first : first + page_size]
        document = _page_json(result, shown, opened.decode_ms, url)
        document |= {"page": page, "page_size": page_size, "more": len(result.matches) > first + page_size}
        return Answer(document, self._sheet([match.image for match in shown]))

    def facets(self, page: int, page_size: int) -> Answer:
        """What the shop holds: categories with their counts (the fullest first, in pages), prices, stock.

        Raises:
            ImgSearchError: the page can't be, or the shop is not open.
        """
        core = self._readiness.shop().core
        facets = core.facets
        first = _first_of_page(page, page_size, None)
        shown = list(facets.categories.items())[first : first + page_size]
        return Answer(
            {
                "shop": core.store.shop,
                "products": facets.products,
                "cards": facets.groups,
                "in_stock": facets.in_stock,
                "prices": {code: list(bounds) for code, bounds in facets.prices.items()},
                "categories": [{"category": name, "products": count} for name, count in shown],
                "categories_in_all": len(facets.categories),
                "page": page,
                "page_size": page_size,
                "more": len(facets.categories) > first + page_size,
            }
        )

    def product(self, product_id: str, url: PictureUrl) -> Answer:
        """Everything the shop says about one product; the picture is its first one.

        Raises:
            QueryError: the shop has no such product.
            ImgSearchError: the shop is not open.
        """
        core = self._readiness.shop().core
        entries = core.store.get([product_id]).get(product_id, [])
        if not entries:
            raise QueryError(
                f"The shop has no product {product_id[:80]!r}; take a product_id from the matches of `search`."
            )
        keys = list(dict.fromkeys(entry.image for entry in entries))
        document = dataclasses.asdict(entries[0].product)
        for name in ("images", "row"):  # the shop's own paths and line numbers are nobody's business
            del document[name]
        document["group_id"] = entries[0].product.group
        document["pictures"] = [url(render.picture_url(key)) for key in keys]
        return Answer(document, self._sheet(keys))

    def _sheet(self, keys: Sequence[str]) -> bytes:
        """The small pictures as one, in rows of four; b'' for none. A picture that is gone leaves its place white."""
        if not keys:
            return b""
        columns = min(SHEET_COLUMNS, len(keys))
        rows = -(-len(keys) // columns)
        sheet = Image.new("RGB", (columns * CELL_PX, rows * CELL_PX), "white")
        folder = self._settings.shop_dir(self._readiness.shop().core.store.shop) / "thumbs"
        for place, key in enumerate(keys):
            path = thumbs.path(folder, key)
            if path is not None and path.is_file():
                small = images.load(path, CELL_PX).image
                corner = (place % columns * CELL_PX, place // columns * CELL_PX)
                sheet.paste(
                    small, (corner[0] + (CELL_PX - small.width) // 2, corner[1] + (CELL_PX - small.height) // 2)
                )
        return images.thumbnail(sheet, max(sheet.size), quality=70)


def _page_json(result: SearchResult, shown: Sequence[Match], decode_ms: float, url: PictureUrl) -> dict[str, Any]:
    """The document of `search` with this page's matches alone, their pictures as addresses."""
    document = jsonout.search_json(dataclasses.replace(result, matches=tuple(shown)), decode_ms)
    for view, match in zip(document["matches"], shown, strict=True):
        del view["image"]
        view["picture"] = url(render.card_url(match.image))
    return document


def _first_of_page(page: int, page_size: int, deepest: int | None) -> int:
    """How many rows stand before a page.

    Raises:
        QueryError: no such page.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise QueryError(f"page_size lies in 1..{MAX_PAGE_SIZE}; got {page_size}.")
    if page < 1:
        raise QueryError(f"page counts from 1; got {page}.")
    first = (page - 1) * page_size
    if deepest is not None and first >= deepest:
        raise QueryError(f"At most {deepest} products can be paged through; page {page} begins beyond them.")
    return first
