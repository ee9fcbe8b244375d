"""The queries to be judged, and what the search finds for each: the photo, the box that was searched, ten matches.

Knows truth files and the core, nothing of grades and pages. Invariants: a query keeps its id when rows are added,
moved or reordered; its matches come from the same search as the shopper's; nothing about the right products is in a
`Listed`, so that judges stay blind.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imgsearch import geometry, images, queries
from imgsearch.config import DEMO_FEED, DEMO_SHOP, Settings
from imgsearch.errors import QueryError
from imgsearch.queries import Query
from imgsearch.records import Box, Match
from imgsearch.review.verdicts import Shown, ShownList
from imgsearch.search import ImageSearch

TOP_K = 10
KEPT = 256  # answered queries in memory, some 60 kB each
PHOTO_SIDE_PX, CROP_SIDE_PX = 800, 480


@dataclass(frozen=True, slots=True, eq=False)
class Listed:
    """An answered query.

    `box` is in full-size pixels of the photo of `width_px` x `height_px`; `photo` and `crop` are WebP.
    """

    shown: ShownList
    matches: tuple[Match, ...]
    box: Box
    width_px: int
    height_px: int
    photo: bytes
    crop: bytes


def truth_file(settings: Settings, shop: str) -> Path:
    """Where a shop's queries lie, there or not: the demo's own truth, `queries.csv` in the shop's folder for others."""
    return DEMO_FEED.parent / "truth.csv" if shop == DEMO_SHOP else settings.shop_dir(shop) / "queries.csv"


def query_id(query: Query) -> str:
    """The picture's path beside the truth file, and the box in whole pixels if there is one.

    >>> query_id(Query(Path("t/truth.csv"), 2, Path("t/photos/a.jpg"), Box(1, 2, 3.4, 4), frozenset("p")))
    'photos/a.jpg@1,2,3,4'
    """
    name = photo_name(query)
    return name if query.box is None else f"{name}@{','.join(f'{v:.0f}' for v in query.box.xyxy)}"


def photo_name(query: Query) -> str:
    """The picture's path beside the truth file."""
    folder = query.file.parent
    return (query.image.relative_to(folder) if query.image.is_relative_to(folder) else query.image).as_posix()


class Queue:
    """The queries of a shop, in the truth file's order; rows that name the same part of the same picture are one.

    Args:
        asked: from `queries.read`.
        core: answers them, each when it is first looked at.
    """

    def __init__(self, asked: Sequence[Query], core: ImageSearch) -> None:
        self._core = core
        self._queries: dict[str, Query] = {}
        self._relevant: dict[str, set[str]] = {}
        for query in asked:
            name = query_id(query)
            self._queries.setdefault(name, query)
            self._relevant.setdefault(name, set()).update(query.relevant)
        self.ids = tuple(self._queries)
        self._positions = {name: i for i, name in enumerate(self.ids)}
        self._answered: OrderedDict[str, Listed] = OrderedDict()
        self._lock = threading.Lock()

    @classmethod
    def read(cls, truth: Path, core: ImageSearch) -> Queue:
        """The queue of a truth file about the core's shop.

        Raises:
            CatalogError, QueryError: as `queries.read`.
        """
        return cls(queries.read(truth, core.store.products()), core)

    @property
    def model(self) -> str:
        """Which model answers."""
        return self._core.model

    def position(self, name: str) -> int | None:
        """Where a query stands, from 0; None if it is not in the queue any more."""
        return self._positions.get(name)

    def relevant(self, name: str) -> list[str]:
        """The ids of the products that the truth file calls right, sorted.

        Raises:
            QueryError: there is no such query.
        """
        self._query(name)
        return sorted(self._relevant[name])

    def listed(self, name: str) -> Listed:
        """A query with its matches, from memory or from a search.

        Raises:
            QueryError: there is no such query.
            ImageError: its photo can't be read.
            BoxError: its box lies outside of the photo.
            StoreError: the search failed.
        """
        query = self._query(name)
        with self._lock:
            known = self._answered.get(name)
        if known is None:
            known = self._answer(name, query)
        with self._lock:
            self._answered[name] = known
            self._answered.move_to_end(name)
            while len(self._answered) > KEPT:
                self._answered.popitem(last=False)
        return known

    def _query(self, name: str) -> Query:
        if name not in self._queries:
            raise QueryError(f"The query {name!r} is not in the truth file any more; reload the page.")
        return self._queries[name]

    def _answer(self, name: str, query: Query) -> Listed:
        photo = images.load(query.image)
        whole = geometry.whole(photo.width_px, photo.height_px)
        result = self._core.search(photo, query.box, top_k=TOP_K)
        box = geometry.clip(result.box or whole, whole.width, whole.height)
        shown = ShownList(
            query_id=name,
            model=result.model,
            photo=photo_name(query),
            box=box.xyxy,
            matches=tuple(Shown(m.rank, m.product_id, m.title, round(m.score, 4), m.image) for m in result.matches),
        )
        return Listed(
            shown=shown,
            matches=result.matches,
            box=box,
            width_px=photo.width_px,
            height_px=photo.height_px,
            photo=images.thumbnail(photo.image, PHOTO_SIDE_PX),
            crop=images.thumbnail(images.crop(photo, box), CROP_SIDE_PX),
        )
