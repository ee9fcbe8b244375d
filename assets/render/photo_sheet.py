"""Contact sheet of the demo's photos with their boxes: assets/demo/photos_sheet.webp.

    python photo_sheet.py [--demo FOLDER] [--out FILE]

Red: a shop product, with its id and visible share; blue: a thing the shop does not sell. Needs Pillow only.
"""
from __future__ import annotations

import argparse
import csv
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

DEMO = Path(__file__).resolve().parents[1] / "demo"
SOLD, UNSOLD = "#ff2d55", "#1e90ff"
Row = dict[str, str]


def rows_by_image(table: Path) -> dict[str, list[Row]]:
    """Rows of boxes.csv, gathered by picture in the table's order."""
    found: dict[str, list[Row]] = defaultdict(list)
    with table.open(newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["image"]].append(row)
    return found


def drawn(picture: Path, rows: Sequence[Row], width: int) -> Image.Image:
    """The picture at `width` px with its boxes."""
    with Image.open(picture) as opened:
        scale = width / opened.width
        small = opened.convert("RGB").resize((width, round(opened.height * scale)), Image.Resampling.LANCZOS)
    pen = ImageDraw.Draw(small)
    for row in sorted(rows, key=lambda row: bool(row["product_id"])):
        color = SOLD if row["product_id"] else UNSOLD
        x1, y1, x2, y2 = (float(row[name]) * scale for name in ("x1", "y1", "x2", "y2"))
        pen.rectangle((x1, y1, x2 - 1, y2 - 1), outline=color, width=2 if row["product_id"] else 1)
        text = f"{row['product_id'] or row['class']} {float(row['visible']):.2f}"
        pen.text((x1 + 3, y1 + 1), text, fill=color, stroke_width=1, stroke_fill="#ffffff")
    return small


def sheet(demo: Path, columns: int = 4, width: int = 480) -> Image.Image:
    """All photos in rows of `columns`."""
    tables = rows_by_image(demo / "boxes.csv")
    tiles = [drawn(demo / image, rows, width) for image, rows in tables.items()]
    height = tiles[0].height
    page = Image.new("RGB", (columns * width, -(-len(tiles) // columns) * height), "#ffffff")
    for k, tile in enumerate(tiles):
        page.paste(tile, (k % columns * width, k // columns * height))
    return page


def main(arguments: Sequence[str]) -> int:
    """Write the sheet."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--demo", type=Path, default=DEMO)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--width", type=int, default=480)
    options = parser.parse_args(arguments)
    target = options.out or options.demo / "photos_sheet.webp"
    sheet(options.demo, options.columns, options.width).save(target, quality=68, method=6)
    print(f"{target}: {target.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
