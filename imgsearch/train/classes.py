"""The detector's classes, and which of them a label of any collection or shop means.

Knows words only. Invariants: every label has a class, and each class is its own label; what has none is an 'item'.
"""

from __future__ import annotations

from collections.abc import Mapping

CLASS_NAMES = (
    "item", "tableware", "vase", "bottle", "lamp", "chair", "sofa", "table", "cushion", "rug", "plant", "basket",
    "candle", "clock", "picture", "bag", "clothing", "shoe", "food",
)  # fmt: skip

ITEM = 0  # what has no class of its own

_LABELS: Mapping[str, str] = {
    "tableware": "mug, bowl, plate, kettle, jar, glass, teapot, cup, wine glass, coffee mug, Bar Glasses, Pots & Pans",
    "vase": "vase, Flower Vase",
    "bottle": "bottle, flask, carafe, Bottles & Sippers",
    "lamp": "lamp, floor lamp, table lamp, lantern",
    "chair": "chair, stool, armchair, bench, benches",
    "sofa": "sofa, couch, couches",
    "table": "table, side table, coffee table, desk, dining table",
    "cushion": "cushion, pillow, Cushion Covers",
    "rug": "rug, Carpets & Rugs",
    "plant": "planter, plant, fern, potted plant, Artificial Plants",
    "basket": "basket",
    "candle": "candle",
    "clock": "clock",
    "picture": "picture, art, painting, poster, photo frame",
    "bag": "tote, bag, handbag, backpack, suitcase, purse, wallet, Clutches, Laptop Bag, Duffel Bag, Messenger Bag, "
    "rucksack",
    # Heels, pumps, flats and wedges are shoes; a heel, a pump, a flat and a wedge need not be.
    "shoe": "sandal, boot, loafer, heels, sneaker, pumps, flats, wedges, flip flop, Sports Sandals",
    "clothing": "clothes, pants, dress, dresses, coat, blouse, shirt, skirt, jeans, sweater, t-shirt, "
    "tshirt, blazer, suit, jacket, shorts, vest, top, leggings, sweatshirt, cape, romper, jumper, cardigan, bodysuit, "
    "hoodie, scarf, stocking, sock, tights, Kurtas, Kurtis, Briefs, Innerwear Vests, Trunk, Capris, Tunics, Scarves, "
    "Mufflers, tracksuit, Lounge Shorts, Bra, Baby Girls' Clothes, Baby Boys' Clothes",
    "food": "food, fruit, round produce, long produce, apple, lemon, banana, orange, sandwich, carrot, broccoli, "
    "pizza, donut, cake, hot dog",
}


def _plain(label: str) -> str:
    """What is left of a label where capitals, hyphens and underscores do not count."""
    return " ".join(label.casefold().replace("-", " ").replace("_", " ").split())


_CLASS_OF_LABEL = {name: class_id for class_id, name in enumerate(CLASS_NAMES)} | {
    _plain(label): CLASS_NAMES.index(name) for name, text in _LABELS.items() for label in text.split(", ")
}
_CLASS_OF_COLLECTION = {"detect_deepfashion2": "clothing", "detect_groceries": "food"}
# People, vehicles, animals and street furniture are not goods.
NOT_GOODS = frozenset(
    [
        "person", "car", "truck", "bus", "train", "boat", "airplane", "motorcycle", "traffic light", "stop sign",
        "fire hydrant", "bird", "elephant", "giraffe", "zebra", "sheep", "horse", "cow", "bear", "dog", "cat",
    ]
)  # fmt: skip


def class_of(label: str) -> int:
    """The class of a label of any collection, or of a rendered family; `ITEM` for one without a class of its own.

    Capitals, hyphens, underscores and the s of a plural make no difference.

    >>> [CLASS_NAMES[class_of(label)] for label in ("Mugs", "wine_glass", "bookend", "Bags >> Handbags")]
    ['tableware', 'tableware', 'item', 'bag']
    """
    levels = [_plain(level) for level in label.split(" >> ")]
    tried = (name for level in reversed(levels) for name in (level, level.removesuffix("s")))
    return next((_CLASS_OF_LABEL[name] for name in tried if name in _CLASS_OF_LABEL), ITEM)


def class_in(collection: str, label: str) -> int:
    """The class of a label of this collection; of some collections every thing has one class."""
    whole = _CLASS_OF_COLLECTION.get(collection)
    return class_of(label) if whole is None else CLASS_NAMES.index(whole)
