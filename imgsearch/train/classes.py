"""The detector's classes, and which of them a label of any collection means.

Knows words only. Invariant: every label has a class; what has no class of its own is an 'item'.
"""

from __future__ import annotations

from collections.abc import Mapping

CLASS_NAMES = (
    "item", "tableware", "vase", "bottle", "lamp", "chair", "sofa", "table", "cushion", "rug", "plant", "basket",
    "candle", "clock", "picture", "bag", "clothing", "shoe", "food",
)  # fmt: skip

_LABELS: Mapping[str, str] = {
    "tableware": "mug, bowl, plate, kettle, jar, glass, teapot, cup, wine glass, Coffee Mugs, Bar Glasses, Pots & Pans",
    "vase": "vase, Flower Vase",
    "bottle": "bottle, flask, carafe, Bottles & Sippers",
    "lamp": "lamp, floor_lamp, table_lamp, Table Lamps, Lanterns",
    "chair": "chair, stool, armchair, bench",
    "sofa": "sofa, couch",
    "table": "table, side_table, side table, coffee_table, desk, dining table",
    "cushion": "cushion, pillow, Cushion Covers",
    "rug": "rug, Carpets & Rugs",
    "plant": "planter, plant, fern, potted plant, Artificial Plants",
    "basket": "basket",
    "candle": "candle",
    "clock": "clock, Clocks",
    "picture": "picture, art, Paintings, Posters, Photo Frames",
    "bag": "tote, bag, handbag, backpack, suitcase, purse, wallet, Handbags, Wallets, Backpacks, Clutches, Laptop Bag, "
    "Duffel Bag, Messenger Bag, Rucksacks",
    "shoe": "shoes, sandals, boots, loafers, heels, sneakers, pumps, flats, wedges, Flip Flops, Sports Sandals",
    "clothing": "pants, dress, coat, blouse, shirt, skirt, jeans, sweater, t-shirt, blazer, suit, jacket, shorts, "
    "vest, top, leggings, sweatshirt, cape, romper, jumper, cardigan, bodysuit, hoodie, scarf, stockings, socks, "
    "tights, Tops, Kurtas, Kurtis, Sweaters, Sweatshirts, Briefs, Innerwear Vests, Trunk, Capris, Tunics, Leggings, "
    "Scarves, Mufflers, Stockings, Socks, Tracksuits, Lounge Shorts, Bra, Baby Girls' Clothes, Baby Boys' Clothes",
    "food": "food, fruit, round_produce, long_produce, apple, lemon, banana, orange, sandwich, carrot, broccoli, "
    "pizza, donut, cake, hot dog",
}
_CLASS_OF_LABEL = {label: CLASS_NAMES.index(name) for name, text in _LABELS.items() for label in text.split(", ")}
_CLASS_OF_COLLECTION = {"detect_deepfashion2": "clothing", "detect_groceries": "food"}
# People, vehicles, animals and street furniture are not goods.
NOT_GOODS = frozenset(
    [
        "person", "car", "truck", "bus", "train", "boat", "airplane", "motorcycle", "traffic light", "stop sign",
        "fire hydrant", "bird", "elephant", "giraffe", "zebra", "sheep", "horse", "cow", "bear", "dog", "cat",
    ]
)  # fmt: skip


def class_of(label: str) -> int:
    """The class of a label of any collection, or of a rendered family; 0 ('item') for one without a class of its own.

    >>> [CLASS_NAMES[class_of(label)] for label in ("mug", "wine glass", "bookend", "Bags >> Handbags")]
    ['tableware', 'tableware', 'item', 'bag']
    """
    levels = label.split(" >> ")
    return next((_CLASS_OF_LABEL[level] for level in reversed(levels) if level in _CLASS_OF_LABEL), 0)


def class_in(collection: str, label: str) -> int:
    """The class of a label of this collection; of some collections every thing has one class."""
    whole = _CLASS_OF_COLLECTION.get(collection)
    return class_of(label) if whole is None else CLASS_NAMES.index(whole)
