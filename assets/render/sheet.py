"""The contact sheet of the demo's product pictures: ../demo/contact_sheet.webp.

    python sheet.py [--images DIR] [--out FILE] [--cell 128]
"""
from __future__ import annotations

import argparse
from pathlib import Path

from PIL import Image

DEMO = Path(__file__).resolve().parent.parent / "demo"
COLUMNS = 14


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=DEMO / "images")
    parser.add_argument("--out", type=Path, default=DEMO / "contact_sheet.webp")
    parser.add_argument("--cell", type=int, default=128, help="pixels of one picture")
    args = parser.parse_args()
    pictures = sorted(args.images.glob("*_[01].webp"))
    rows = -(-len(pictures) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * args.cell, rows * args.cell), "#ffffff")
    for place, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((args.cell - 2,) * 2, Image.Resampling.LANCZOS)
        sheet.paste(small, (place % COLUMNS * args.cell, place // COLUMNS * args.cell))
    sheet.save(args.out, "WEBP", quality=84, method=6)


if __name__ == "__main__":
    main()
