"""The embedder's figures on pictures it was not trained on, beside what needs no learning.

Two sets: `eval_grocery` (phone photos against catalog icons, whole pictures) and the held-out rendered products of
`validation`. Knows how to read the evaluation collections, which trainers refuse; writes nothing. For one file of
weights in a hurry; the figures with intervals are made by `cards` from the same two sets.
Invariant: all ways are asked the very same queries.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from PIL import Image

from imgsearch import embed, weights
from imgsearch.baselines import Describe, colour_pixels, random_network
from imgsearch.train import datasets, validation
from imgsearch.train.batches import Pools

KS = (1, 5, 10)
NamedPicture = tuple[str, Image.Image]
"""A product's id and an RGB picture of it."""


def grocery_recall(describe: Describe, folder: Path, ks: Sequence[int] = KS) -> dict[int, float]:
    """Share of the phone photos whose product's icon is among the first k.

    Raises FileNotFoundError when the folder has no `eval_grocery_*.parquet`.
    """
    catalog, queries = grocery_pictures(folder)
    names = np.array([name for name, _ in catalog])
    gallery = describe([picture for _, picture in catalog])
    scores = describe([picture for _, picture in queries]) @ gallery.T
    ranks = validation.product_ranks(scores, names, [name for name, _ in queries])
    return {k: float((ranks < k).mean()) for k in ks}


def grocery_pictures(folder: Path) -> tuple[list[NamedPicture], list[NamedPicture]]:
    """The icons and the phone photos of `eval_grocery`, each with its product's id.

    Raises FileNotFoundError when the folder has no `eval_grocery_*.parquet`.
    """
    return _read(folder / "eval_grocery_catalog.parquet"), _read(folder / "eval_grocery_queries.parquet")


def held_out_recall(describe: Describe, data: Path, cutouts: Path, ks: Sequence[int] = KS) -> dict[int, float]:
    """The same for photo-like composites of the held-out rendered products, all rendered products in the gallery."""

    def embed_pixels(crops: Sequence[datasets.Pixels]) -> validation.Vectors:
        return describe([Image.fromarray(crop) for crop in crops])

    return validation.recall(embed_pixels, held_out_task(data, cutouts), ks)


def held_out_task(data: Path, cutouts: Path) -> validation.Task:
    """Those queries and that gallery themselves."""
    return validation.task(*_held_out(data, cutouts))


def pile_task(data: Path, cutouts: Path) -> validation.Task:
    """The same gallery, asked with photos of many of one of these products."""
    held_out, pools = _held_out(data, cutouts)
    return validation.pile_task(validation.task(held_out, pools), held_out, pools)


def _held_out(data: Path, cutouts: Path) -> tuple[list[datasets.Sprite], Pools]:
    held_out, kept = validation.split(datasets.read_rendered_sprites(cutouts))
    return held_out, Pools(kept, [], [], datasets.read_backgrounds(data, None))


def _read(path: Path) -> list[NamedPicture]:
    rows = pq.read_table(path, columns=["product_id", "image"]).to_pylist()
    return [(row["product_id"], Image.open(io.BytesIO(row["image"])).convert("RGB")) for row in rows]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line of this module: ``python -m imgsearch.train.measure --data DIR [--cutouts DIR]``"""
    parser = argparse.ArgumentParser(prog="python -m imgsearch.train.measure", description="Measure the embedder.")
    parser.add_argument("--data", type=Path, required=True, help="folder with eval_grocery_*.parquet")
    parser.add_argument("--cutouts", type=Path, help="folder of rendered cut-outs with index.csv")
    parser.add_argument("--models", default="bundled", help="bundled, or a directory of models")
    parser.add_argument("--weights", type=Path, help="measure this embedder.safetensors instead")
    parser.add_argument("--size", type=int, help="input size in pixels (default: that of the weights)")
    given = parser.parse_args(arguments)
    facts = weights.resolve(given.models).embedder
    facts = replace(facts, path=given.weights or facts.path, input_size_px=given.size or facts.input_size_px)
    ways: dict[str, Describe] = {
        "embedder": embed.load_openvino(facts).embed,
        "random weights": random_network(0, facts.input_size_px),
        "colour + pixels": colour_pixels,
    }
    for way, describe in ways.items():
        _print_row("eval_grocery", way, grocery_recall(describe, given.data))
        if given.cutouts:
            _print_row("held-out products", way, held_out_recall(describe, given.data, given.cutouts))
    return 0


def _print_row(measured_on: str, way: str, recall: dict[int, float]) -> None:
    print(f"{measured_on:18s} {way:16s} " + " ".join(f"R@{k} {value:.3f}" for k, value in recall.items()), flush=True)


if __name__ == "__main__":
    sys.exit(main())
