"""What fine-tuning is worth on goods the embedder never saw: the head or all of it, 6 pictures a product, on a CPU.

    python benchmarks/toy_trains.py CUTOUTS                       # bpy: renders the family, 8 views a product
    python benchmarks/finetune_proof.py CUTOUTS --rooms ROOMS --work DIR --out benchmarks/finetune.json

Views 0 to 5 of each product become its catalog pictures, on white. Views 6 and 7, which nothing is trained on, are set
into photos of rooms (any folder of pictures; those of assets/render/backgrounds.py were used), by code that shares
nothing with the training's augmentation: these are the queries, with exact boxes. Both weights answer all of them.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import catalog, images, ingest, weights
from imgsearch.detect import load_detector
from imgsearch.embed import load_embedder
from imgsearch.records import Box
from imgsearch.train import acceptance, finetune_embedder
from imgsearch.train.trials import FineTuning

CATALOG_VIEWS, SCENE_VIEWS = range(6), (6, 7)
SCENES_PER_VIEW = 2
STUDIO_PX = 400
Scene = tuple[Path, Box, str, str]
"""A photo, the exact box of its product, the product, and the product's group of variants."""


@dataclass(frozen=True)
class Article:
    """One product: its id, its group of variants, and the paths of its cut-outs by view."""

    id: str
    group: str
    views: dict[int, Path]


def read_articles(folder: Path) -> list[Article]:
    """The products of which all views are there."""
    with (folder / "index.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, Article] = {}
    for row in rows:
        article = found.setdefault(row["product_id"], Article(row["product_id"], row["group_id"], {}))
        article.views[int(Path(row["path"]).stem)] = folder / row["path"]
    return [article for article in found.values() if len(article.views) == len(CATALOG_VIEWS) + len(SCENE_VIEWS)]


def write_catalog(articles: list[Article], out: Path) -> Path:
    """Pictures on white and a Google feed of them."""
    out.mkdir(parents=True, exist_ok=True)
    with (out / "feed.tsv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter="\t")
        columns = ("id", "item_group_id", "title", "price", "availability", "product_type", "image_link")
        writer.writerow([*columns, "additional_image_link"])
        for article in articles:
            names = [f"{article.id}_{view}.png" for view in CATALOG_VIEWS]
            for view, name in zip(CATALOG_VIEWS, names, strict=True):
                _on_white(article.views[view]).save(out / name)
            facts = (article.id, article.group, f"Toy train {article.id}", "20.00 EUR", "in_stock", "Toys > Trains")
            writer.writerow([*facts, names[0], ",".join(names[1:])])
    return out / "feed.tsv"


def _on_white(path: Path) -> Image.Image:
    cut = Image.open(path).convert("RGBA")
    cut.thumbnail((STUDIO_PX * 3 // 4,) * 2)
    page = Image.new("RGB", (STUDIO_PX, STUDIO_PX), (250, 250, 250))
    page.paste(cut, ((STUDIO_PX - cut.width) // 2, (STUDIO_PX - cut.height) // 2), cut)
    return page


def write_scenes(articles: list[Article], rooms: list[Path], out: Path) -> list[Scene]:
    """Photos with one product each: path, exact box, product, group."""
    out.mkdir(parents=True, exist_ok=True)
    scenes = []
    for number, article in enumerate(articles):
        for view in SCENE_VIEWS:
            for take in range(SCENES_PER_VIEW):
                rng = np.random.default_rng([number, view, take])
                room = np.asarray(Image.open(rooms[int(rng.integers(len(rooms)))]).convert("RGB").resize((960, 720)))
                cut = np.asarray(Image.open(article.views[view]).convert("RGBA"))
                photo, box = _set_into(room.astype(np.float32), cut, rng)
                path = out / f"{article.id}-{view}-{take}.jpg"
                Image.fromarray(photo).save(path, quality=int(rng.integers(70, 92)))
                scenes.append((path, box, article.id, article.group))
    return scenes


def _set_into(
    room: NDArray[np.float32], cut: NDArray[np.uint8], rng: np.random.Generator
) -> tuple[NDArray[np.uint8], Box]:
    """Turned a little, in the room's light, with a shadow under it."""
    height, width = cut.shape[:2]
    longest = rng.uniform(110, 260)
    scale, angle = longest / max(height, width), rng.normal(0, 7)
    side = int(longest * 1.5)
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    turn[:, 2] += np.array([side / 2 - width / 2, side / 2 - height / 2])
    alpha = cut[..., 3:].astype(np.float32) / 255
    layer = np.dstack([cut[..., :3] * alpha, alpha]).astype(np.float32)
    layer = cv2.warpAffine(layer, turn, (side, side), flags=cv2.INTER_AREA)
    x, y = int(rng.uniform(0, 960 - side)), int(rng.uniform(720 * 0.3, 720 - side))
    spot = room[y : y + side, x : x + side]
    light = spot.mean(axis=(0, 1)) / max(1.0, float(spot.mean()))
    layer[..., :3] *= rng.uniform(0.65, 1.15) * (0.5 + 0.5 * light)
    shadow = cv2.GaussianBlur(
        cv2.warpAffine(layer[..., 3], np.float32([[1, 0, 4], [0, 0.5, side * 0.38]]), (side, side)), (0, 0), 5
    )
    spot *= 1 - rng.uniform(0.2, 0.5) * shadow[..., None]
    spot[:] = spot * (1 - layer[..., 3:]) + layer[..., :3]
    ys, xs = np.nonzero(layer[..., 3] > 0.5)
    photo = room + rng.normal(0, rng.uniform(1, 6), room.shape)
    if rng.random() < 0.4:
        photo = cv2.GaussianBlur(photo, (0, 0), float(rng.uniform(0.4, 1.3)))
    box = Box(float(x + xs.min()), float(y + ys.min()), float(x + xs.max() + 1), float(y + ys.max() + 1))
    return photo.clip(0, 255).astype(np.uint8), box


def first_hits(found: list[weights.ModelSet], feed: Path, scenes: list[Scene]) -> list[NDArray[np.bool_]]:
    """Whether the right product comes first for each scene, by each embedder; the catalog is cut as an import does."""
    detector = load_detector(found[0].detector, "cpu") if found[0].detector else None
    names, crops = [], []
    for product in catalog.read(feed).products:
        for place in product.images:
            photo = images.load(place)
            box = ingest.gallery_box(photo, detector)
            names.append(product.product_id)
            crops.append(images.crop(photo, box) if box else photo.image)
    asked = [images.query_crop(images.load(path), box) for path, box, _, _ in scenes]
    right = np.asarray([product_id for _, _, product_id, _ in scenes])
    hits = []
    for models in found:
        embedder = load_embedder(models.embedder, "cpu")
        best = (embedder.embed(asked) @ embedder.embed(crops).T).argmax(axis=1)
        hits.append(np.asarray(np.asarray(names)[best] == right))
    return hits


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cutouts", type=Path)
    parser.add_argument("--rooms", type=Path, required=True, help="folder of pictures that the scenes stand in")
    parser.add_argument("--work", type=Path, required=True, help="folder for the shop, the scenes and the weights")
    parser.add_argument("--minutes", type=float, default=8.0)
    parser.add_argument("--whole", action="store_true", help="all layers, not the head alone; give it more minutes")
    parser.add_argument("--out", type=Path, help="write the figures here, as JSON")
    args = parser.parse_args()
    articles = read_articles(args.cutouts)
    feed = write_catalog(articles, args.work / "shop")
    rooms = sorted(path for path in args.rooms.iterdir() if path.suffix in (".webp", ".jpg", ".png"))
    scenes = write_scenes(articles, rooms, args.work / "scenes")
    start = weights.resolve("bundled")
    started, cpu = time.monotonic(), time.process_time()
    job = FineTuning(feed, args.work / "models", start, whole=args.whole, minutes=args.minutes)
    document = finetune_embedder.run(job)
    del document["out"]
    spent = {"wall_s": round(time.monotonic() - started, 1), "cpu_s": round(time.process_time() - cpu, 1)}
    figures: dict[str, Any] = {"products": len(articles), "scenes": len(scenes), "training": document | spent}
    if document["accepted"]:
        before, after = first_hits([start, weights.resolve(str(args.work / "models"))], feed, scenes)
        verdict = acceptance.judge(before, after, [group for _, _, _, group in scenes])
        figures["scenes_recall_at_1"] = {"before": round(verdict.before, 4), "after": round(verdict.after, 4)}
        figures["gain_ci95"] = [round(end, 4) for end in verdict.ci95]
        figures["won_lost"], figures["mcnemar_p"] = [verdict.won, verdict.lost], verdict.p_value
    text = json.dumps(figures, indent=2)
    print(text)
    if args.out:
        args.out.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
