"""Cut-outs for the detector's composites: rendered ones and photographed products, and which of them validate.

Knows file layouts; nothing of how a picture is composed. Invariant: views and variants of a product share a group, and
a group is in the training or in the validation pictures, never in both.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from imgsearch.errors import InputError
from imgsearch.train import datasets
from imgsearch.train.canvas import Cutout
from imgsearch.train.classes import class_of
from imgsearch.train.scenes import Pool

MOST_PHOTOGRAPHED = 2000  # cut-outs of photographed products held in memory, about 120 MB


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A cut-out with the key that decides its split: views and variants of a product share one."""

    cutout: Cutout
    group: str


def read_rendered(folder: Path) -> list[Source]:
    """Rendered cut-outs with their families, at full size.

    Raises:
        InputError: as `datasets.read_rendered_rows`, or a picture without transparency.
    """
    sources = []
    for row in datasets.read_rendered_rows(folder):
        rgba = datasets.decode((folder / row["path"]).read_bytes())
        if rgba.shape[2] != 4:
            raise InputError(f"{row['path']} has no transparency; expected an RGBA cut-out.")
        cutout = Cutout(datasets.premultiply(rgba), row["family"], class_of(row["family"]))
        sources.append(Source(cutout, row["group_id"]))
    return sources


def read_photographed(data: Path) -> list[Source]:
    """Product shots on white, cut out; those of fashion and home with a class, the rest 'item'."""
    rows = [
        (collection, row)
        for collection in datasets.WHITE_GROUND_COLLECTIONS
        for row in datasets.read_rows(data, collection)
    ]
    order = np.random.default_rng(0).permutation(len(rows))
    sources: list[Source] = []
    for collection, row in (rows[i] for i in order):
        rgba = datasets.cut_from_white(datasets.decode(row["image"])[..., :3])
        if rgba is not None and min(rgba.shape[:2]) >= 12:
            cutout = Cutout(rgba, "", class_of(row["label"]))
            sources.append(Source(cutout, f"{collection}/{row['product_id']}"))
        if len(sources) == MOST_PHOTOGRAPHED:
            break
    return sources


def validation_groups(sources: Sequence[Source]) -> set[str]:
    """The groups kept for validation: a tenth by hash, and of a family that has none by chance its last one.

    >>> sorted(validation_groups([Source(Cutout(np.zeros((1, 1, 4), np.uint8), "rug", 9), g) for g in ("a", "b")]))
    ['b']
    """
    groups: defaultdict[str, set[str]] = defaultdict(set)
    for source in sources:
        groups[source.cutout.family].add(source.group)
    held: set[str] = set()
    for own in groups.values():
        held |= {group for group in own if hashlib.sha256(group.encode()).digest()[0] < 26} or {max(own)}
    return held


def make_pool(rendered: Sequence[Source], photographed: Sequence[Source], validation: bool) -> Pool:
    """The cut-outs of one split."""
    families: defaultdict[str, list[Cutout]] = defaultdict(list)
    held = validation_groups(rendered) | validation_groups(photographed)
    for source in rendered:
        if (source.group in held) == validation:
            families[source.cutout.family].append(source.cutout)
    return Pool(dict(families), [s.cutout for s in photographed if (s.group in held) == validation])
