"""Render the demo's photos and write their truth: assets/demo/photos/*.webp, truth.csv, boxes.csv.

    python photos.py --preview --out /tmp/look      640 x 480, for looking: 10 s a photo on two idle cores
    python photos.py                                1280 x 960, 40 s a photo; finished photos are kept
    python photos.py --only living-1 --force        one photo again

Which photo shows which products is decided in `plan.py`. photos.json remembers what each picture was made of; a
photo whose plan and products are unchanged is skipped, and the rows of the others stay in the tables.
"""
from __future__ import annotations

import argparse
import csv
import hashlib
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import scene
import stock
import truth
from PIL import Image, ImageFilter
from plan import PHOTOS, Photo
from stage import Stage, View

DEMO = Path(__file__).resolve().parents[1] / "demo"
BOX_COLUMNS = ["image", "class", "product_id", "x1", "y1", "x2", "y2", "visible"]
TRUTH_COLUMNS = ["image", "relevant", "x1", "y1", "x2", "y2", "visible"]
SAMPLES = 5              # a pixel; denoised, all photos were looked at at full size: no noise or smear to see
LEAST_QUERY = 0.3        # a query must show at least this share of its product
LEAST_BOX = 0.1          # less of a thing than this can not be asked of a detector
Row = dict[str, str]


def stage_photo(photo: Photo) -> tuple[Stage, View]:
    """Build the photo's scene: set, camera. The scene is empty before."""
    scene.reset()
    room = importlib.import_module(f"sets.{photo.room}")
    stage = Stage(photo.seed, photo.decor, room.SLOTS, photo.casting, photo.mirror)
    view = room.build(stage)
    eye, aim = ((stage.sign * x, y, z) for x, y, z in (photo.eye or view.eye, photo.aim or view.aim))
    scene.level_camera(eye, aim, photo.lens or view.lens, view.fstop, view.focus)
    return stage, view


def shoot(photo: Photo, target: Path, width: int, samples: int) -> list[Row]:
    """Render one photo to `target` (WebP); its rows of boxes.csv."""
    height = width * 3 // 4
    stage, view = stage_photo(photo)
    with tempfile.TemporaryDirectory() as scratch:
        raw = f"{scratch}/photo.png"
        scene.render(raw, width, height, samples, "AgX", view.look, view.exposure)
        with Image.open(raw) as picture:
            develop(picture.convert("RGB"), photo).save(target, quality=90, method=6)
        seen = truth.measure(stage.items, width, height, f"{scratch}/id.exr")
    for note in stage.notes:
        print(f"  note: {note}", flush=True)
    return [_row(f"photos/{target.name}", thing) for thing in seen]


def develop(picture: Image.Image, photo: Photo) -> Image.Image:
    """Some photos come from a simple camera: a little blur, sensor noise, and one pass of JPEG."""
    if not photo.grainy:
        return picture
    noise = np.random.default_rng(sum(photo.seed.encode()))
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(0.6)), np.float32)
    grey = noise.normal(0, 2.2, pixels.shape[:2])[..., None]
    pixels = pixels + grey + noise.normal(0, 1.2, pixels.shape)
    rough = Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        rough.save(file.name, quality=78)
        with Image.open(file.name) as again:
            return again.convert("RGB")


def _row(image: str, thing: truth.Seen) -> Row:
    numbers = dict(zip(("x1", "y1", "x2", "y2"), map(str, thing.box), strict=True))
    return {"image": image, "class": thing.class_name, "product_id": thing.product_id, **numbers,
            "visible": f"{thing.visible:.3f}"}


def recipe(photo: Photo, width: int, samples: int) -> str:
    """Hash of everything a photo is drawn from, but for the code."""
    products = [stock.parameters(product_id) for product_id in photo.casting.values()]
    return hashlib.sha256(repr((photo, products, width, samples)).encode()).hexdigest()[:16]


# ---- tables -----------------------------------------------------------------------------------------------------
def read_rows(path: Path) -> list[Row]:
    """Rows of boxes.csv, or none where it does not exist yet."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write_rows(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """A table with these columns."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def queries(rows: Iterable[Row]) -> list[Row]:
    """Rows of truth.csv: what the shop sells and the photo shows well enough."""
    return [{**row, "relevant": row["product_id"]} for row in rows
            if row["product_id"] and float(row["visible"]) >= LEAST_QUERY]


def write_tables(demo: Path, rows: list[Row]) -> None:
    """boxes.csv and truth.csv in the order of the plan."""
    order = {f"photos/{photo.name}.webp": k for k, photo in enumerate(PHOTOS)}
    kept = sorted((row for row in rows if row["image"] in order and float(row["visible"]) >= LEAST_BOX),
                  key=lambda row: order[row["image"]])
    write_rows(demo / "boxes.csv", BOX_COLUMNS, kept)
    write_rows(demo / "truth.csv", TRUTH_COLUMNS, queries(kept))


def check(photo: Photo, rows: list[Row]) -> str:
    """One line about a finished photo."""
    shares = [float(row["visible"]) for row in rows if row["product_id"]]
    good = sum(share >= LEAST_QUERY for share in shares)
    verdict = "" if (good == 0 and not photo.casting) or 3 <= good <= 7 else "  <- not 3 to 7"
    return f"{good} sold of {len(photo.casting)}, {len(rows)} things, visible {sorted(shares)}{verdict}"


def main(arguments: Sequence[str]) -> int:
    """Render what is missing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=DEMO, help="folder for photos/ and the tables")
    parser.add_argument("--only", nargs="*", default=[], help="names (or parts of names) of photos")
    parser.add_argument("--preview", action="store_true", help="640 x 480 instead of 1280 x 960")
    parser.add_argument("--force", action="store_true", help="render again what exists")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="samples a pixel")
    options = parser.parse_args(arguments)
    (options.out / "photos").mkdir(parents=True, exist_ok=True)
    rows, memory = read_rows(options.out / "boxes.csv"), options.out / "photos.json"
    recipes = json.loads(memory.read_text()) if memory.exists() else {}
    width, samples = 640 if options.preview else 1280, options.samples
    for photo in PHOTOS:
        if options.only and not any(part in photo.name for part in options.only):
            continue
        target = options.out / "photos" / f"{photo.name}.webp"
        image = f"photos/{target.name}"
        wanted = recipe(photo, width, samples)
        if not options.force and target.exists() and recipes.get(photo.name) == wanted:
            continue
        started = time.perf_counter()
        fresh = shoot(photo, target, width, samples)
        rows = [row for row in rows if row["image"] != image] + fresh
        write_tables(options.out, rows)
        recipes[photo.name] = wanted
        memory.write_text(json.dumps(recipes, indent=1, sort_keys=True) + "\n")
        print(f"{photo.name}: {time.perf_counter() - started:.0f} s, {check(photo, fresh)}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
