"""From hits to cards: what kind of thing is meant, in which order products are shown, one card for a group of variants.

Pure functions of the store's hits; knows nothing of vectors, photos or pages. Invariants: the nearest hit stays the
first; the order of what is near does not depend on how many cards are asked for; a group comes once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from imgsearch.records import Match
from imgsearch.store import Hit
from imgsearch.store.filters import SEPARATOR

VOTES = 10  # neighbours that vote for the category
VOTE_TEMPERATURE = 0.05  # softmax over cosines: a hit .1 below the best has 1/7 of its weight
LIFT = 0.3
"""What a product of the category that all neighbours vote for gains in the order, on the scale of the cosine.

The embedder's card measures it on the demo ("In which order"). It goes with the weights: since the last layer is
contrasted, cosines lie further apart (from the first match to the tenth .22 instead of .16). On 476 composites of
products kept from training, one-off, the share of the right category in places 2 to 5 and recall@5: by likeness .531
and .761, with .2 .650 and .752, with .25 .674 and .752, with .3 .686 and .750, with .4 .703 and .737. With what is weak
behind all others, whatever its kind, a candle and a clock stood before the other sofas.
"""
WITHIN = 84
"""How many of the nearest hits are put in order; further ones follow as they are. So many are fetched for 24 cards."""

# Weight of a category that names the detector's class. Small, since that class is wrong for one thing in four that is
# found on the demo (its card says so): it settles near ties and no more.
CLASS_BONUS = 1.2

AGREED = 0.7
"""Least share of the votes for a category that is to stand as a thing's name where the verdict is only "similar".

Neighbours are found for everything, so without it a box of books was called "Cushions". Of 3,319 boxes in 245 rendered
rooms, asked of the demo's shop, the share of all names that are right, and of the things that it sells that get their
name: without this .31 and .82, with .5 .46 and .73, with .7 .52 and .71, with .9 .57 and .66 (one-off). The detector's
card measures it on the demo's photos ("What things are called").
"""

MAX_OPTIONS = 40
"""More categories than this help nobody who filters: then a higher level of the taxonomy is shown."""

# Words of a shop's taxonomy that say the same as a detector class.
CLASS_WORDS: dict[str, tuple[str, ...]] = {
    "tableware": ("mug", "bowl", "plate", "cup", "kettle", "jar", "glass", "tableware"),
    "vase": ("vase",),
    "bottle": ("bottle",),
    "lamp": ("lamp",),
    "chair": ("chair", "stool", "seating"),
    "sofa": ("sofa",),
    "table": ("table",),
    "cushion": ("cushion",),
    "rug": ("rug",),
    "plant": ("planter", "plant"),
    "basket": ("basket", "storage"),
    "candle": ("candle",),
    "clock": ("clock",),
    "picture": ("picture", "art", "print", "frame"),
    "bag": ("bag", "tote"),
    "clothing": ("clothing", "apparel", "dress", "shirt"),
    "shoe": ("shoe", "footwear"),
    "food": ("food", "grocer"),
}


def fold(hits: Sequence[Hit], top_k: int, group_sizes: Mapping[str, int]) -> tuple[Match, ...]:
    """Picture hits, best first, to at most `top_k` cards: one a group, its first variant."""
    cards: dict[str, Match] = {}
    for hit in hits:
        product = hit.entry.product
        if product.group in cards:
            continue
        cards[product.group] = Match(
            rank=len(cards) + 1,
            product_id=product.product_id,
            group_id=product.group,
            variants=group_sizes.get(product.group, 1),
            score=max(-1.0, min(1.0, hit.score)),
            title=product.title,
            brand=product.brand,
            price=product.price,
            currency=product.currency,
            in_stock=product.in_stock,
            category=product.category,
            image=hit.entry.image,
            link=product.link,
        )
        if len(cards) == top_k:
            break
    return tuple(cards.values())


def by_kind(hits: Sequence[Hit]) -> list[Hit]:
    """Hits in the order in which they are shown: the nearest first, then what is of its kind and near.

    A vector knows colours as well as kinds: behind a green sofa stood a green candle. The categories of the nearest
    products vote (search-based category prediction, as `vote`), and each product is lifted by `LIFT` times the square
    of its category's share of the votes: nothing where they are divided or the shop has no categories.

    Args:
        hits: nearest first.
    """
    near, further = hits[:WITHIN], hits[WITHIN:]
    if not near:
        return []
    nearest: dict[str, Hit] = {}
    for hit in near:
        nearest.setdefault(hit.entry.product.group, hit)
    votes = _votes([(hit.entry.product.category, hit.score) for hit in nearest.values()])
    total = sum(votes.values())

    def lifted(hit: Hit) -> float:
        category = hit.entry.product.category
        share = votes.get(category, 0.0) / total if category else 0.0
        return hit.score + LIFT * share**2

    return [near[0], *sorted(near[1:], key=lifted, reverse=True), *further]


def vote(matches: Sequence[Match], class_name: str = "") -> str:
    """The category of a target: its neighbours vote, weighted by score, and the detector's class speaks along.

    Model + search fusion after Alibaba's Pailitao (KDD 2018). Returns '' when no neighbour has a category.
    """
    words = CLASS_WORDS.get(class_name, (class_name,) if class_name and class_name != "item" else ())
    votes = _votes([(match.category, match.score) for match in matches], words)
    return max(votes, key=lambda category: votes[category], default="")


def shown_levels(categories: Iterable[str]) -> int:
    """How many levels of the taxonomy are shown: as deep as leaves at most `MAX_OPTIONS` options.

    >>> shown_levels(["Home > Mugs", "Home > Vases"])
    2
    """
    paths = {tuple(category.split(SEPARATOR)) for category in categories if category}
    deepest = max((len(path) for path in paths), default=1)
    for level in range(deepest, 1, -1):
        if len({path[:level] for path in paths}) <= MAX_OPTIONS:
            return level
    return 1


def is_agreed(matches: Sequence[Match], category: str, class_name: str = "", levels: int | None = None) -> bool:
    """Whether a category may stand as a target's name: most neighbours are of it, and the detector sees no other kind.

    Args:
        matches: nearest first.
        category: what was voted for.
        class_name: the detector's class; '' where it said nothing.
        levels: see `shown_levels`: deeper ones need not agree.

    >>> mug = Match(1, "m", "m", 1, 0.8, "Mug", "", None, "", True, "Mugs", "m.webp", "")
    >>> is_agreed([mug], "Mugs"), is_agreed([mug], "Mugs", "tableware"), is_agreed([mug], "Mugs", "food")
    (True, True, False)
    """

    def shown(path: str) -> str:
        return SEPARATOR.join(path.split(SEPARATOR)[:levels])

    votes = _votes([(shown(match.category), match.score) for match in matches])
    if votes.get(shown(category), 0.0) < AGREED * sum(votes.values()):
        return False
    kinds = {kind for kind, words in CLASS_WORDS.items() if _says(category, words)}
    # Categories in other words than these, and classes of other detectors, contradict nothing.
    return class_name not in CLASS_WORDS or not kinds or class_name in kinds


def _votes(nearest: Sequence[tuple[str, float]], words: Sequence[str] = ()) -> dict[str, float]:
    """The votes of the first `VOTES` neighbours, `(category, score)`, for each category; one that a word names more."""
    votes: dict[str, float] = {}
    for category, score in nearest[:VOTES]:
        weight = math.exp((score - nearest[0][1]) / VOTE_TEMPERATURE)
        votes[category] = votes.get(category, 0.0) + weight * (CLASS_BONUS if _says(category, words) else 1.0)
    return votes


def _says(category: str, words: Sequence[str]) -> bool:
    return any(word in category.lower() for word in words)
