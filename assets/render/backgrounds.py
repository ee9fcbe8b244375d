"""Empty rooms to paste training cut-outs on.

    python backgrounds.py OUT [--count 60]

Random shells with random colors (`shell.random_shell`): none of the demo's rooms. 480 x 360, about 3 s a picture;
what exists is kept.
"""
from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from PIL import Image
from scene import render, reset
from shell import random_shell

SIZE, SAMPLES = (480, 360), 8


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the pictures; not inside the project")
    parser.add_argument("--count", type=int, default=60)
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        for seed in range(args.count):
            target = args.out / f"room-{seed:03d}.webp"
            if target.exists():
                continue
            reset()
            view = random_shell(seed)
            render(f"{scratch}/room.png", *SIZE, SAMPLES, "AgX", view.look, view.exposure)
            with Image.open(f"{scratch}/room.png") as picture:
                picture.convert("RGB").save(target, "WEBP", quality=88)


if __name__ == "__main__":
    main()
