"""The nouns that travel between rooms: boxes, detections, products, matches, results.

Plain frozen values; they know nothing about files, models, stores or pages, and hold no arrays.
Invariant: a `Box` is ordered and finite; a `Product` has an id and a title; scores are cosines in [-1, 1].
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from imgsearch.errors import BoxError

Verdict = Literal["exact", "likely", "similar", "none"]
KIND_CONFIDENCE: Final = 0.5
"""From which confidence on a detection's names are more likely right than wrong. In 245 rendered rooms, asked of the
demo's shop, the detector's class was right for .43 of the boxes from .3 to .5, .55 of those to .7, .86 of those above;
the category of neighbours that agree for .22, .57 and .68. No thing at all counts as wrong (one-off)."""
SURE: Final[tuple[Verdict, ...]] = ("exact", "likely")
"""The verdicts by which the shop is said to sell the thing."""
BoxSource = Literal["given", "detected", "whole"]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in float pixels of the full-size upright picture, origin top left, half-open.

    Raises:
        BoxError: a coordinate is not finite, or the box has no area.

    >>> Box(10, 20, 110, 70).area
    5000.0
    """

    x1: float
    y1: float
    x2: float
    y2: float

    def __post_init__(self) -> None:
        if not all(math.isfinite(v) for v in self.xyxy):
            raise BoxError(f"A box needs four finite numbers x1,y1,x2,y2; got {self.xyxy}.")
        if self.x2 <= self.x1 or self.y2 <= self.y1:
            raise BoxError(f"A box needs x1 < x2 and y1 < y2; got {self.xyxy}.")

    @property
    def xyxy(self) -> tuple[float, float, float, float]:
        """`(x1, y1, x2, y2)` in pixels."""
        return (self.x1, self.y1, self.x2, self.y2)

    @property
    def width(self) -> float:
        """Width in pixels, > 0."""
        return self.x2 - self.x1

    @property
    def height(self) -> float:
        """Height in pixels, > 0."""
        return self.y2 - self.y1

    @property
    def area(self) -> float:
        """Area in square pixels, > 0."""
        return float(self.width * self.height)


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing the detector found: `confidence` in [0, 1], `class_id` indexes the detector's `class_names`."""

    box: Box
    confidence: float
    class_id: int
    class_name: str

    @property
    def kind(self) -> str:
        """The class where it is more likely right than wrong, else ''."""
        return self.class_name if self.is_sure else ""

    @property
    def is_sure(self) -> bool:
        """Whether its names are more likely right than wrong."""
        return self.confidence >= KIND_CONFIDENCE

    @property
    def prominence(self) -> float:
        """confidence x sqrt(area): what a photo is most likely about. The largest one is searched first."""
        return self.confidence * math.sqrt(self.box.area)


@dataclass(frozen=True, slots=True)
class Product:
    """One row of a shop's feed (one SKU).

    `product_id` is the feed's `id`; `group_id` its `item_group_id`, or the `product_id` where the feed has none.
    `price` is None where the feed has none; `currency` is an ISO 4217 code or ''. `category` is the shop's own
    `product_type`, levels joined by ' > '. `images` holds 1..4 absolute file paths or URLs, best first.
    """

    product_id: str
    title: str
    images: tuple[str, ...]
    group_id: str = ""
    description: str = ""
    brand: str = ""
    price: float | None = None
    currency: str = ""
    in_stock: bool = True
    category: str = ""
    color: str = ""
    material: str = ""
    link: str = ""
    row: int = 0

    @property
    def group(self) -> str:
        """What folds variants into one card: the group id, or the product's own id."""
        return self.group_id or self.product_id


@dataclass(frozen=True, slots=True)
class Match:
    """One card: a product, or the best-scoring variant of a group.

    `rank` starts at 1; `score` is the cosine of its best picture with the query; `variants` counts the group's
    products among all that were fetched (>= 1); `image` is the key of the picture that matched.
    """

    rank: int
    product_id: str
    group_id: str
    variants: int
    score: float
    title: str
    brand: str
    price: float | None
    currency: str
    in_stock: bool
    category: str
    image: str
    link: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a search. Pushed into the store, never applied afterwards to a shortened list.

    `categories` match the shop's `category` or anything below it at ' > '; prices are in `currency` (required with
    a price bound when the shop has several currencies); None is "no bound".
    """

    categories: tuple[str, ...] = ()
    min_price: float | None = None
    max_price: float | None = None
    currency: str = ""
    in_stock: bool = False

    @property
    def active(self) -> bool:
        """True if anything is narrowed."""
        return bool(self.categories or self.in_stock or self.min_price is not None or self.max_price is not None)


@dataclass(frozen=True, slots=True)
class Timings:
    """Milliseconds per stage of one request; a stage that did not run is 0."""

    decode_ms: float = 0.0
    detect_ms: float = 0.0
    embed_ms: float = 0.0
    search_ms: float = 0.0
    total_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The answer for one target: ranked matches, the category guess, the verdict and how long it took.

    `box` is None for a search by product ("more like this"). `blame` names the filters without which there would be
    matches; it is filled only when `matches` is empty and filters are active. `is_agreed` says whether the guess
    may be shown as the target's name: see `ranking.is_agreed`.
    """

    matches: tuple[Match, ...]
    box: Box | None
    box_source: BoxSource
    category: str
    verdict: Verdict
    timings: Timings
    model: str
    blame: tuple[str, ...] = field(default=())
    is_agreed: bool = True

    def of(self, detection: Detection) -> SearchResult:
        """The same as the answer for what the detector found there: neighbours of an unsure thing agree on nothing."""
        return replace(self, is_agreed=self.is_agreed and detection.is_sure)

    @property
    def is_like(self) -> bool:
        """Whether the shop surely sells the target, or something like it of a kind that is agreed on."""
        return self.verdict in SURE or (self.verdict == "similar" and self.is_agreed)

    @property
    def name(self) -> str:
        """The category where the shop sells such a thing or something like it, else ''."""
        return self.category if self.is_like else ""
