"""Pictures to fill a catalog with: distractors out of the `embed_*` collections, by how large the catalog shall be.

Knows the collections' files and which of them the embedder's recipe trains on. Invariants: the same folder gives the
same pictures in the same order, so a larger catalog holds the smaller one; equal pictures come once; evaluation
collections are never among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from imgsearch.errors import InputError
from imgsearch.train.datasets import CLASS_COLLECTIONS, WHITE_GROUND_COLLECTIONS

CATALOG_SIZES = (1_000, 10_000, 40_000)
TRAINED_ON = frozenset({*WHITE_GROUND_COLLECTIONS, *CLASS_COLLECTIONS})
"""Collections that `train.embedder` learns from: a network may know their pictures, which makes them easier to tell."""


@dataclass(frozen=True, slots=True)
class Distractor:
    """One encoded picture of a thing that nobody asks for, and whether the embedder's recipe trains on it."""

    encoded: bytes
    collection: str
    trained_on: bool


def read(folder: Path, count: int, seed: int = 0) -> list[Distractor]:
    """Up to `count` distractors, drawn by chance over all collections.

    Raises:
        InputError: the folder has no `embed_*.parquet`.
    """
    paths = sorted(folder.glob("embed_*.parquet"))
    if not paths:
        raise InputError(f"{folder} has no embed_*.parquet; --data expects the folder of the Parquet collections.")
    found: dict[bytes, Distractor] = {}
    for path in paths:
        rows = pq.read_table(path, columns=["image", "split"])
        for encoded, split in zip(rows["image"].to_pylist(), rows["split"].to_pylist(), strict=True):
            trained_on = path.stem in TRAINED_ON and split in ("", "train")
            found.setdefault(hashlib.sha256(encoded).digest(), Distractor(encoded, path.stem, trained_on))
    pictures = list(found.values())
    return [pictures[index] for index in np.random.default_rng(seed).permutation(len(pictures))[:count]]


def collections(distractors: Sequence[Distractor]) -> dict[str, dict[str, int]]:
    """By collection: how many pictures of it there are, and how many of these are trained on."""
    return {
        name: {
            "pictures": sum(d.collection == name for d in distractors),
            "trained_on": sum(d.collection == name and d.trained_on for d in distractors),
        }
        for name in sorted({d.collection for d in distractors})
    }
