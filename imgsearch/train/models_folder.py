"""The directory of models that a training leaves: the network that it trained, and the other one beside it.

Knows files only. Invariant: a detector's `.xml` is written last, as it is what makes the others count.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from imgsearch import weights
from imgsearch.errors import ModelError
from imgsearch.weights import DetectorWeights, EmbedderWeights, ModelSet


def add_embedder(found: EmbedderWeights, out: Path) -> None:
    """Copy an embedder."""
    for path in (found.path, found.path.with_suffix(".json")):
        shutil.copyfile(path, out / path.name)


def add_detector(found: DetectorWeights | None, out: Path) -> None:
    """Copy a detector, if there is one."""
    if found is not None:
        for path in (found.path.parent / "detector.json", found.path.with_suffix(".bin"), found.path):
            if path.is_file():
                shutil.copyfile(path, out / path.name)


def complete(out: Path, models: ModelSet) -> None:
    """Put beside the network in `out` the other one of `models`; what was trained into `out` before stays."""
    if not (out / "embedder.json").is_file():
        add_embedder(models.embedder, out)
    if not (out / "detector.json").is_file():
        add_detector(models.detector, out)


def write_detector(candidate: DetectorWeights, facts: Mapping[str, Any], out: Path) -> DetectorWeights:
    """Copy an exported detector (`detector.xml`, `detector.bin`) with other facts, and read what is there now."""
    (out / "detector.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    for name in ("detector.bin", "detector.xml"):
        shutil.copyfile(candidate.path.parent / name, out / name)
    return read_detector(out)


def read_detector(folder: Path) -> DetectorWeights:
    """The detector that was written to a folder.

    Raises:
        ModelError: it is not there any more.
    """
    found = weights.read_detector(folder)
    if found is None:
        raise ModelError(f"The detector that was written to {folder} is gone; start the training again.")
    return found
