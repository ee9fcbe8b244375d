"""The sections of the detector's card: each a function from the workbench to a dict of figures.

Knows what is asked in which section; matching and counting are `detector_figures`'. Invariant: the detector answers as
it serves on a CPU; a curve over all thresholds uses the same network with nearly none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from imgsearch import images
from imgsearch.bench import Times
from imgsearch.errors import InputError
from imgsearch.images import Photo
from imgsearch.train import detector_figures, parity
from imgsearch.train.cards.embedder_sections import ROUNDS, machine
from imgsearch.train.cards.workbench import LEAST_VISIBLE, Workbench, steps
from imgsearch.train.detector_figures import Marked

Figures = dict[str, Any]


def detector(bench: Workbench) -> Figures:
    """The things on the demo's photos, sold or not: those that are half visible, as in the other figures, and all."""
    table = bench.given.demo / "boxes.csv"
    kinds = {"demo": LEAST_VISIBLE, "demo_all": 0.0}
    rows = [_scored(bench, name, detector_figures.pictures_of_table(table, least)) for name, least in kinds.items()]
    return _served(bench) | {"rows": rows}


def validation(bench: Workbench) -> Figures:
    """The validation pictures that training the detector wrote, set by set.

    Raises:
        InputError: the folder has none.
    """
    folder = bench.given.folder("pictures")
    splits = sorted(path.name for path in (folder / "images").glob("val_*"))
    if not splits:
        raise InputError(
            f"{folder} has no images/val_*; --pictures expects the folder that training the detector wrote."
        )
    rows = [_scored(bench, split, detector_figures.pictures_of_split(folder, split)) for split in splits]
    return _served(bench) | {"rows": rows}


def detector_precision(bench: Workbench) -> Figures:
    """How far the boxes agree between the runtimes and precisions, in pixels of a 640 px square."""
    return parity.detector_figures(bench.detector_weights, _photos(bench))


def detector_speed(bench: Workbench) -> Figures:
    """Milliseconds a photo on this machine, from the decoded photo to boxes."""
    photo = next(iter(bench.photos.values()))
    times = Times({"one": []})
    bench.detector.detect(photo)  # the first call allocates
    for _ in range(ROUNDS):
        times.measure("one", lambda: bench.detector.detect(photo))
    return {"runtime": bench.detector.runtime, "photo_px": list(photo.image.size)} | machine() | times.summary()


def _served(bench: Workbench) -> Figures:
    facts = bench.detector_weights
    sides = {"input_size_px": facts.input_size_px, "detail_size_px": facts.detail_size_px}
    return {"runtime": bench.detector.runtime} | sides


def _photos(bench: Workbench) -> list[Photo]:
    return [images.load(path) for path in sorted((bench.given.demo / "photos").glob("*.webp"))]


def _scored(bench: Workbench, name: str, pictures: Iterator[Marked]) -> Figures:
    tally = detector_figures.score(bench.sensitive_detector, steps(pictures, name))
    figures: Figures = tally.figures(bench.detector_weights.confidence)
    by_class = figures["by_class"]
    precisions = [one["ap50"] for one in by_class.values()]
    mean = {"map50_by_class": round(float(np.mean(precisions)), 3) if precisions else 0.0}
    return {"set": name} | figures | mean
