"""A small shop drawn with Pillow, with everything in its feed that once broke a page; and photos of its goods.

40 products in 5 categories, 36 cards (two groups of three variants), two currencies, one product without a price, a
hostile title, and links that must not become links.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]
Draw = Callable[[ImageDraw.ImageDraw, tuple[float, float, float, float], Colour], None]

COLOURS: dict[str, Colour] = {
    "Cobalt": (43, 87, 171), "Rust": (184, 84, 44), "Olive": (104, 116, 62), "Ink": (38, 42, 52),
    "Sand": (205, 180, 140), "Rose": (205, 110, 122), "Teal": (32, 128, 126), "Mustard": (214, 163, 46),
}  # fmt: skip
HOSTILE = "<img src=x onerror=window.hacked=1> ${window.hacked=2} {{window.hacked}} `mug`"
HEBREW = "ספל קרמיקה כחול"
PRODUCTS, CARDS = 40, 36
QUERIES = {
    "SKU-023": (96, 108, 336, 630),  # the lamp of the drawn room
    "SKU-014": (480, 270, 648, 630),  # its vase
    "SKU-000": (768, 468, 912, 630),  # its mug, whose title is hostile
}
FIELDS = (
    "id", "item_group_id", "title", "description", "brand", "price", "availability", "product_type", "color", "link",
    "image_link",
)  # fmt: skip


def _mug(d: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour) -> None:
    x1, y1, x2, y2 = box
    w, h = x2 - x1, y2 - y1
    d.ellipse((x1 + w * 0.6, y1 + h * 0.25, x2, y1 + h * 0.75), outline=colour, width=max(2, int(w * 0.07)))
    d.rounded_rectangle((x1, y1, x1 + w * 0.75, y2), radius=w * 0.08, fill=colour)


def _vase(d: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour) -> None:
    x1, y1, x2, y2 = box
    w, h = x2 - x1, y2 - y1
    d.ellipse((x1, y1 + h * 0.35, x2, y2), fill=colour)
    d.rectangle((x1 + w * 0.36, y1, x1 + w * 0.64, y1 + h * 0.5), fill=colour)


def _lamp(d: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour) -> None:
    x1, y1, x2, y2 = box
    w, h = x2 - x1, y2 - y1
    d.rectangle((x1 + w * 0.46, y1 + h * 0.4, x1 + w * 0.54, y2 - h * 0.05), fill=(90, 80, 70))
    d.ellipse((x1 + w * 0.2, y2 - h * 0.1, x2 - w * 0.2, y2), fill=(90, 80, 70))
    d.polygon([(x1 + w * 0.28, y1), (x2 - w * 0.28, y1), (x2, y1 + h * 0.45), (x1, y1 + h * 0.45)], fill=colour)


def _cushion(d: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour) -> None:
    x1, y1, x2, y2 = box
    d.rounded_rectangle(box, radius=(x2 - x1) * 0.22, fill=colour)
    for i in range(1, 4):
        y = y1 + (y2 - y1) * i / 4
        d.line((x1 + 6, y, x2 - 6, y), fill=(240, 236, 226), width=4)


def _clock(d: ImageDraw.ImageDraw, box: tuple[float, float, float, float], colour: Colour) -> None:
    x1, y1, x2, y2 = box
    cx, cy = (x1 + x2) / 2, (y1 + y2) / 2
    d.ellipse(box, fill=(246, 244, 238), outline=colour, width=max(3, int((x2 - x1) * 0.09)))
    d.line((cx, cy, cx, y1 + (y2 - y1) * 0.2), fill=(30, 30, 30), width=5)
    d.line((cx, cy, x2 - (x2 - x1) * 0.3, cy), fill=(30, 30, 30), width=5)


KINDS: dict[str, tuple[str, Draw]] = {
    "mug": ("Kitchen > Mugs", _mug), "vase": ("Living > Vases", _vase), "lamp": ("Living > Lamps", _lamp),
    "cushion": ("Living > Cushions", _cushion), "clock": ("Living > Clocks", _clock),
}  # fmt: skip


def draw_product(kind: str, colour: str, side: int = 400) -> Image.Image:
    """A product picture on a plain ground."""
    picture = Image.new("RGB", (side, side), (247, 246, 243))
    margin = side * 0.2
    KINDS[kind][1](ImageDraw.Draw(picture), (margin, margin, side - margin, side - margin), COLOURS[colour])
    return picture.filter(ImageFilter.GaussianBlur(0.6))


def draw_room(path: Path, size: tuple[int, int] = (1200, 900)) -> Path:
    """A photo with a lamp, a vase, a mug and a cushion in it."""
    width, height = size
    room = Image.new("RGB", size, (222, 214, 203))
    d = ImageDraw.Draw(room)
    d.rectangle((0, height * 0.72, width, height), fill=(150, 122, 96))
    for kind, colour, (x1, y1, x2, y2) in (
        ("lamp", "Mustard", (0.08, 0.12, 0.28, 0.70)),
        ("vase", "Teal", (0.40, 0.30, 0.54, 0.70)),
        ("mug", "Cobalt", (0.64, 0.52, 0.76, 0.70)),
        ("cushion", "Rose", (0.55, 0.76, 0.80, 0.97)),
    ):
        KINDS[kind][1](d, (x1 * width, y1 * height, x2 * width, y2 * height), COLOURS[colour])
    room.filter(ImageFilter.GaussianBlur(0.8)).save(path, "JPEG", quality=90)
    return path


def _row(number: int, kind: str, colour: str, dice: random.Random) -> dict[str, str]:
    title = f"{colour} {kind} {number}"
    return {
        "id": f"SKU-{number:03d}",
        "item_group_id": "",
        "title": title,
        "description": f"A {colour.lower()} {kind} for every day.",
        "brand": dice.choice(["Norda", "Vela", "Osk"]),
        "price": f"{dice.randrange(800, 9000) / 100:.2f} EUR",
        "availability": "out_of_stock" if number % 6 == 5 else "in_stock",
        "product_type": KINDS[kind][0],
        "color": colour,
        "link": f"https://shop.example/products/{number}",
        "image_link": f"pictures/{number}.png",
    }


def _oddities(rows: list[dict[str, str]]) -> None:
    """The rows that once broke a page."""
    rows[0]["title"] = HOSTILE
    rows[1]["title"] = HEBREW
    rows[2]["link"] = "javascript:window.hacked=3"
    rows[3]["price"] = ""
    for row in rows[5:10]:
        row["price"] = row["price"].replace("EUR", "JPY").replace(".", "")
    for start, group in ((10, "G-1"), (20, "G-2")):
        for row in rows[start : start + 3]:
            row |= {"item_group_id": group, "product_type": rows[start]["product_type"]}


def make_shop(folder: Path) -> Path:
    """Draw the shop into a folder; returns its feed, a Google TSV."""
    (folder / "pictures").mkdir(parents=True, exist_ok=True)
    dice = random.Random(7)
    goods = [(kind, colour) for kind in KINDS for colour in COLOURS]
    rows = [_row(i, kind, colour, dice) for i, (kind, colour) in enumerate(goods)]
    _oddities(rows)
    for row, (kind, colour) in zip(rows, goods, strict=True):
        draw_product(kind, colour).save(folder / row["image_link"])
    feed = folder / "feed.tsv"
    with feed.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, FIELDS, delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
    return feed


def add_queries(shop_dir: Path) -> None:
    """Put the room and its queries where the Review tab looks for them."""
    draw_room(shop_dir / "room.jpg")
    rows = [f"room.jpg,{name},{','.join(map(str, box))}" for name, box in QUERIES.items()]
    (shop_dir / "queries.csv").write_text("image,relevant,x1,y1,x2,y2\n" + "\n".join(rows) + "\n", encoding="utf-8")


def add_views(feed: Path) -> None:
    """Two more pictures of every product: turned, and smaller on a darker ground."""
    with feed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    for row in rows:
        picture = Image.open(feed.parent / row["image_link"])
        names = [row["image_link"].replace(".png", f"-{n}.png") for n in (1, 2)]
        picture.rotate(9, fillcolor=(247, 246, 243)).save(feed.parent / names[0])
        small = picture.point(lambda v: v * 0.8).resize((260, 300))
        page = Image.new("RGB", (400, 400), small.getpixel((0, 0)))
        page.paste(small, (70, 50))
        page.save(feed.parent / names[1])
        row["additional_image_link"] = ",".join(names)
    write_feed(feed, rows)


def write_feed(feed: Path, rows: list[dict[str, str]]) -> None:
    with feed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), delimiter="\t")
        writer.writeheader()
        writer.writerows(rows)
