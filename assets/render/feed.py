"""The demo shop's feed: a Google Merchant TSV whose words come from the same parameters as the pictures.

    python feed.py          writes ../demo/feed.tsv

Links to pictures are relative to the feed. Knows how a shop talks about its goods; nothing of how they are drawn.
"""
from __future__ import annotations

import csv
from pathlib import Path

import catalog
from catalog import Spec
from families import Facts

FEED = Path(__file__).resolve().parent.parent / "demo" / "feed.tsv"
FIELDS = ["id", "item_group_id", "title", "description", "link", "image_link", "additional_image_link", "availability",
          "price", "brand", "condition", "product_type", "color", "material", "pattern", "size"]
CURRENCY = "EUR"
NOT_IN_STOCK = {"mug-03-dot": "out_of_stock", "vase-02-blush": "out_of_stock", "chair-02-teal": "out_of_stock",
                "rug-02-teal": "out_of_stock", "flask-01-coral": "out_of_stock", "sofa-02-rust": "backorder",
                "art-03-arches": "out_of_stock", "candle-03-sage": "out_of_stock",
                "mug-08-plum": "out_of_stock", "bowl-05-denim": "out_of_stock", "kettle-04-navy": "backorder",
                "vase-05-rust": "out_of_stock", "planter-04-moss": "out_of_stock", "clock-04-copper": "backorder",
                "cushion-06-plum": "out_of_stock", "cushion-07-rose": "out_of_stock", "rug-03-blush": "backorder",
                "tote-04-forest": "out_of_stock", "basket-04-charcoal": "out_of_stock", "lamp-06-brass": "preorder",
                "chair-05-ochre": "backorder", "sofa-05-leather": "backorder", "stool-03-mint": "out_of_stock",
                "throw-01-teal": "out_of_stock", "mirror-04-sun": "preorder", "bench-02-slats": "backorder"}
BRANDS = {
    "mug": "Kiln & Kin", "bowl": "Kiln & Kin", "vase": "Kiln & Kin", "planter": "Orto", "kettle": "Bruk",
    "bottle": "Klar", "candle": "Glimm", "clock": "Atelier Nord", "picture": "Atelier Nord", "bookend": "Atelier Nord",
    "cushion": "Fadenhaus", "rug": "Fadenhaus", "tote": "Fadenhaus", "basket": "Weidenhof", "lamp": "Lumen Lane",
    "teapot": "Kiln & Kin", "jar": "Kiln & Kin", "tray": "Bruk", "throw": "Fadenhaus", "mirror": "Atelier Nord",
    "floor_lamp": "Lumen Lane", "bench": "Halden", "watering_can": "Orto",
    "chair": "Halden", "sofa": "Halden", "side_table": "Halden", "stool": "Halden",
}
# What the pictures show of a family, and one honest use; {a} is the article with the pattern's word.
STORIES = {
    "mug": "{a} mug for coffee or tea, thrown with a thin rim and a handle that fits three fingers.",
    "bowl": "{a} bowl for fruit, salad or soup, with a soft rim and a small foot ring.",
    "vase": "{a} vase that holds a bunch or stands by itself on a shelf.",
    "planter": "{a} pot, planted and ready to stand by a window.",
    "kettle": "A stove kettle with a drip-free spout and a handle that stays cool.",
    "bottle": "Easy to fill, to pour from and to clean.",
    "candle": "A slow-burning candle with a cotton wick.",
    "clock": "A silent wall clock with a sweeping movement.",
    "picture": "{a} print with a mount, framed and ready to hang.",
    "bookend": "A heavy bookend that holds a full shelf, and a small sculpture without one.",
    "cushion": "{a} cushion with a hidden zip and a plump filling.",
    "rug": "{a} rug, densely woven, that lies flat and feels warm underfoot.",
    "tote": "{a} shopping bag with long straps that fit over the shoulder.",
    "basket": "A hand-woven basket for laundry, logs or toys.",
    "lamp": "A table lamp with a fabric shade and a warm light (E27, bulb included).",
    "chair": "A chair for the dining table or the desk, with a gently curved back.",
    "sofa": "Deep seats, a sprung base and a cover that can be taken off.",
    "side_table": "A small table for beside the sofa or the bed.",
    "teapot": "{a} teapot with a strainer behind the spout and a lid that stays on.",
    "jar": "{a} jar that keeps coffee, tea or biscuits dry under a close-fitting lid.",
    "tray": "A tray for breakfast in bed, or for keys and candles on a table.",
    "throw": "{a} throw for the sofa or the foot of the bed, warm without weight.",
    "mirror": "A wall mirror with a slim frame, hung by two hidden hooks.",
    "floor_lamp": "A floor lamp with a foot switch and a warm light (E27, bulb included).",
    "bench": "A bench for the hall, the table or the foot of the bed.",
    "watering_can": "A light can whose long spout reaches between the leaves.",
    "stool": "A stool for the counter, the hall or an extra guest.",
}


def spoken(colors: str) -> str:
    """'cream/rust/forest' -> 'cream, rust and forest'."""
    *first, last = colors.split("/")
    return f"{', '.join(first)} and {last}" if first else last


def title(spec: Spec, facts: Facts) -> str:
    """'Tove mug, sage': model, what it is, what tells it from its variants."""
    patterned = f"{facts.pattern} {facts.noun}" if facts.pattern else facts.noun
    return f"{spec.model} {patterned}, {spoken(facts.color)}"


def description(spec: Spec, facts: Facts) -> str:
    """Three sentences: the family's story, color and material, size."""
    article = "An" if facts.pattern[:1] in tuple("aeiou") else "A"
    story = STORIES[spec.family].format(a=f"{article} {facts.pattern}" if facts.pattern else "A")
    return f"{story} Color: {spoken(facts.color)}; material: {facts.material}. Size: {facts.size}."


def row(spec: Spec) -> dict[str, str]:
    """One line of the feed."""
    facts = spec.params.facts()
    return dict(zip(FIELDS, (
        spec.id, spec.group, title(spec, facts), description(spec, facts), f"https://shop.example/p/{spec.id}",
        f"images/{spec.id}_0.webp", f"images/{spec.id}_1.webp", NOT_IN_STOCK.get(spec.id, "in_stock"),
        f"{spec.price:.2f} {CURRENCY}", BRANDS[spec.family], "new", spec.params.category, facts.color, facts.material,
        facts.pattern, facts.size), strict=True))


def main() -> None:
    """Write the feed."""
    FEED.parent.mkdir(parents=True, exist_ok=True)
    with FEED.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, FIELDS, delimiter="\t", lineterminator="\n")
        writer.writeheader()
        writer.writerows(row(spec) for spec in catalog.SPECS)


if __name__ == "__main__":
    main()
