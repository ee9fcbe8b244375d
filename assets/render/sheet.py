"""The contact sheets of the demo's product pictures: ../demo/contact_sheet_1.webp, _2, ...

    python sheet.py [--images DIR] [--out DIR] [--cell 128]

Articles in the order of their ids, both pictures of one side by side; a sheet is no longer than it can be looked at.
"""
from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

DEMO = Path(__file__).resolve().parent.parent / "demo"
COLUMNS, ROWS = 14, 12


def sheet(pictures: Sequence[Path], cell: int) -> Image.Image:
    """Pictures in rows of COLUMNS, `cell` pixels each."""
    page = Image.new("RGB", (COLUMNS * cell, -(-len(pictures) // COLUMNS) * cell), "#ffffff")
    for place, path in enumerate(pictures):
        with Image.open(path) as picture:
            small = picture.convert("RGB").resize((cell - 2,) * 2, Image.Resampling.LANCZOS)
        page.paste(small, (place % COLUMNS * cell, place // COLUMNS * cell))
    return page


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--images", type=Path, default=DEMO / "images")
    parser.add_argument("--out", type=Path, default=DEMO, help="folder of the sheets")
    parser.add_argument("--cell", type=int, default=128, help="pixels of one picture")
    args = parser.parse_args()
    pictures = sorted(args.images.glob("*_[01].webp"))
    for old in args.out.glob("contact_sheet*.webp"):
        old.unlink()
    for number, start in enumerate(range(0, len(pictures), COLUMNS * ROWS), 1):
        page = sheet(pictures[start : start + COLUMNS * ROWS], args.cell)
        page.save(args.out / f"contact_sheet_{number}.webp", "WEBP", quality=84, method=6)


if __name__ == "__main__":
    main()
