"""How hard the demo is: photo crops against shots, by methods that know nothing of likeness.

    python hardness.py [--visible 0.5]      (an environment with numpy, Pillow, torch, torchvision)

The demo is worth something only if colour + 12 x 12 pixels stay at or under R@1 .35 on it and a ResNet-18 with random
weights at or under .25. Every query is the exact box of truth.csv, every product counts by its better picture.
"""
from __future__ import annotations

import argparse
import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

DEMO = Path(__file__).resolve().parent.parent / "demo"
LIMITS = {"colour + pixels": 0.35, "random ResNet-18": 0.25}
NETWORK_PX, NETWORK_SEEDS = 160, (0, 1, 2)
Vectors = NDArray[np.float32]
Describe = Callable[[list[Image.Image]], Vectors]


@dataclass(frozen=True)
class Task:
    """Query crops with their right product, gallery pictures with theirs."""

    crops: list[Image.Image]
    wanted: list[str]
    pictures: list[Image.Image]
    shown: list[str]


def load(least_visible: float) -> Task:
    """Read truth.csv and feed.tsv of the demo."""
    with (DEMO / "truth.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if float(row["visible"]) >= least_visible]
    crops = [Image.open(DEMO / row["image"]).convert("RGB").crop([int(row[k]) for k in ("x1", "y1", "x2", "y2")])
             for row in rows]
    with (DEMO / "feed.tsv").open(newline="") as file:
        shots = [(row["id"], row[column]) for row in csv.DictReader(file, delimiter="\t")
                 for column in ("image_link", "additional_image_link")]
    pictures = [trimmed(Image.open(DEMO / path).convert("RGB")) for _, path in shots]
    return Task(crops, [row["relevant"] for row in rows], pictures, [product_id for product_id, _ in shots])


def trimmed(picture: Image.Image, tolerance: int = 18) -> Image.Image:
    """Cut the even border off: what a fair baseline would do."""
    pixels = np.asarray(picture).astype(int)
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    differs = np.abs(pixels - np.median(border, 0)).max(2) > tolerance
    ys, xs = np.where(differs.any(1))[0], np.where(differs.any(0))[0]
    return picture.crop((xs[0], ys[0], xs[-1] + 1, ys[-1] + 1)) if len(ys) else picture


# ---- descriptions: every row has length 1 -----------------------------------------------------------------------
def colour(pictures: list[Image.Image]) -> Vectors:
    """HSV histogram of 8 x 4 x 16 cells, square roots (Hellinger)."""
    rows = []
    for picture in pictures:
        h, s, v = np.moveaxis(np.asarray(picture.resize((64, 64), Image.Resampling.BILINEAR).convert("HSV")), 2, 0)
        cells = (h.astype(int) // 32 * 4 + s // 64) * 16 + v // 16
        rows.append(np.sqrt(np.bincount(cells.ravel(), minlength=512) / cells.size))
    return np.array(rows, np.float32)


def pixels(pictures: list[Image.Image]) -> Vectors:
    """12 x 12 pixels without their mean."""
    rows = np.array([np.asarray(p.resize((12, 12), Image.Resampling.BILINEAR), np.float32).ravel() for p in pictures])
    rows -= rows.mean(1, keepdims=True)
    return rows / (np.linalg.norm(rows, axis=1, keepdims=True) + 1e-6)


def both(pictures: list[Image.Image]) -> Vectors:
    """Colour and pixels side by side: their similarities are added."""
    return np.hstack([colour(pictures), pixels(pictures)]) / np.sqrt(2, dtype=np.float32)


def random_network(seed: int, centre: list[Image.Image]) -> Describe:
    """Pooled features of a ResNet-18 that was never trained, less their mean over the gallery `centre`: without that
    all its vectors are nearly parallel."""
    import torch
    from torchvision.models import resnet18
    from torchvision.transforms.functional import to_tensor

    torch.manual_seed(seed)
    network = resnet18()
    network.fc = torch.nn.Identity()
    network.eval()

    def features(pictures: list[Image.Image]) -> Vectors:
        with torch.inference_mode():
            stacked = [to_tensor(p.resize((NETWORK_PX, NETWORK_PX))) for p in pictures]
            return np.concatenate([network(torch.stack(stacked[i : i + 16])).numpy()
                                   for i in range(0, len(stacked), 16)])

    mean = features(centre).mean(0)

    def describe(pictures: list[Image.Image]) -> Vectors:
        rows = features(pictures) - mean
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    return describe


def recall(task: Task, describe: Describe, k: int) -> float:
    """Share of queries whose product is among the k best."""
    similar = describe(task.crops) @ describe(task.pictures).T
    products = sorted(set(task.shown))
    best = np.stack([similar[:, [shown == product for shown in task.shown]].max(1) for product in products], 1)
    first = np.argsort(-best, axis=1, kind="stable")[:, :k]
    found = [wanted in [products[i] for i in row] for wanted, row in zip(task.wanted, first, strict=True)]
    return float(np.mean(found))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--visible", type=float, default=0.5, help="least visible share of a query")
    task = load(parser.parse_args().visible)
    print(f"{len(task.crops)} queries, {len(set(task.shown))} products, {len(task.pictures)} pictures")
    methods = {"colour": [colour], "pixels": [pixels], "colour + pixels": [both],
               "random ResNet-18": [random_network(seed, task.pictures) for seed in NETWORK_SEEDS]}
    for name, variants in methods.items():
        at = {k: np.mean([recall(task, describe, k) for describe in variants]) for k in (1, 5)}
        limit = f"   limit {LIMITS[name]:.2f}" if name in LIMITS else ""
        print(f"{name:18s} R@1 {at[1]:.3f}   R@5 {at[5]:.3f}{limit}")


if __name__ == "__main__":
    main()
