"""Contact sheets of the demo's photos with their boxes: assets/demo/photos_sheet_1.webp, _2, ...

    python photo_sheet.py [--demo FOLDER]

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
PER_SHEET = 20
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


def sheet(tiles: Sequence[Image.Image], columns: int) -> Image.Image:
    """Tiles of one size in rows of `columns`."""
    width, height = tiles[0].size
    page = Image.new("RGB", (columns * width, -(-len(tiles) // columns) * height), "#ffffff")
    for k, tile in enumerate(tiles):
        page.paste(tile, (k % columns * width, k // columns * height))
    return page


def main(arguments: Sequence[str]) -> int:
    """Write the sheets."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--demo", type=Path, default=DEMO)
    parser.add_argument("--columns", type=int, default=4)
    parser.add_argument("--width", type=int, default=440)
    options = parser.parse_args(arguments)
    for old in options.demo.glob("photos_sheet*.webp"):
        old.unlink()
    tiles = [drawn(options.demo / image, rows, options.width)
             for image, rows in rows_by_image(options.demo / "boxes.csv").items()]
    for number, start in enumerate(range(0, len(tiles), PER_SHEET), 1):
        target = options.demo / f"photos_sheet_{number}.webp"
        sheet(tiles[start : start + PER_SHEET], options.columns).save(target, quality=68, method=6)
        print(f"{target}: {target.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
