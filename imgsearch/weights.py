"""Where the networks' weights lie, and what must travel with them: input size, class names, licence, fingerprint.

Knows files, nothing of how a network runs. A directory of models holds `embedder.safetensors` with `embedder.json`,
and, unless only whole photos and own boxes are wanted, `detector.xml` (with `detector.bin`), `detector.safetensors` or
`detector.pt` with `detector.json`.
Invariant: equal fingerprints mean comparable vectors. It hashes the weight file, the preprocessing's version, the
dimension and the input size, so changing any of them makes another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsearch import config, images
from imgsearch.errors import ModelError

BUNDLED = "bundled"
PRETRAINED = "pretrained"
EMBEDDER_ARCHITECTURE = "resnet18-gem-layernorm-linear256"
DETECTOR_FILES = ("detector.xml", "detector.safetensors", "detector.pt")
"""The first that is there is taken; `.xml` needs its `.bin` beside it."""


@dataclass(frozen=True, slots=True)
class EmbedderWeights:
    """The embedder's file and its facts. `fingerprint` is 64 hex digits; `dim` the length of its vectors."""

    path: Path
    name: str
    arch: str
    dim: int
    input_size_px: int
    licence: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class DetectorWeights:
    """The detector's file and its facts. Detections under `confidence` (0..1) are dropped."""

    path: Path
    name: str
    arch: str
    input_size_px: int
    class_names: tuple[str, ...]
    confidence: float
    licence: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class ModelSet:
    """What serves together. Without a detector the whole photo and own boxes are the only targets."""

    embedder: EmbedderWeights
    detector: DetectorWeights | None


def resolve(models: str) -> ModelSet:
    """The weights that a `--models` value names: 'bundled', 'pretrained' or a directory.

    Raises:
        ModelError: no such directory, no embedder in it, or a description that does not fit.

    >>> resolve("bundled").embedder.dim
    256
    """
    if models == PRETRAINED:
        raise ModelError(
            "--models pretrained is not available in this version; use --models bundled, which needs no network, or a "
            "directory made by training."
        )
    folder = config.ASSETS / "models" if models == BUNDLED else Path(models).expanduser()
    if not folder.is_dir():
        raise ModelError(f"--models expects 'bundled' or a directory with embedder.safetensors; there is no {folder}.")
    return ModelSet(read_embedder(folder), read_detector(folder))


def read_embedder(folder: Path) -> EmbedderWeights:
    """The embedder in a directory of models.

    Raises:
        ModelError: a file is missing or its description does not fit.
    """
    path = folder / "embedder.safetensors"
    _require(path)
    facts = _read_facts(folder / "embedder.json")
    arch = _text(facts, "arch", path)
    if arch != EMBEDDER_ARCHITECTURE:
        raise ModelError(f"{path.name} is a {arch}; this version runs {EMBEDDER_ARCHITECTURE}. Use --models bundled.")
    dim, size_px = _whole(facts, "dim", path), _whole(facts, "input_size_px", path)
    return EmbedderWeights(
        path=path,
        name=_text(facts, "name", path),
        arch=arch,
        dim=dim,
        input_size_px=size_px,
        licence=_text(facts, "licence", path),
        fingerprint=fingerprint(path, images.PREPROCESSING, dim, size_px),
    )


def read_detector(folder: Path) -> DetectorWeights | None:
    """The detector in a directory of models, or None when there is none.

    Raises:
        ModelError: it is there, but its `.bin` or its description is missing or does not fit.
    """
    path = next((folder / name for name in DETECTOR_FILES if (folder / name).is_file()), None)
    if path is None:
        return None
    facts = _read_facts(folder / "detector.json")
    names = facts.get("class_names")
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise ModelError(f"detector.json beside {path} needs class_names, a list of texts; got {names!r}.")
    confidence = facts.get("confidence")
    if not isinstance(confidence, (int, float)) or not 0 <= confidence <= 1:
        raise ModelError(f"detector.json beside {path} needs a confidence in 0..1; got {confidence!r}.")
    size_px = _whole(facts, "input_size_px", path)
    return DetectorWeights(
        path=path,
        name=_text(facts, "name", path),
        arch=_text(facts, "arch", path),
        input_size_px=size_px,
        class_names=tuple(names),
        confidence=float(confidence),
        licence=_text(facts, "licence", path),
        fingerprint=fingerprint(path, "detector", len(names), size_px),
    )


def fingerprint(path: Path, *facts: str | int) -> str:
    """SHA-256, as 64 hex digits, over the weight file (an `.xml` with its `.bin`) and the facts.

    Raises:
        ModelError: a file is missing.
    """
    digest = hashlib.sha256("|".join(map(str, facts)).encode())
    for part in (path, path.with_suffix(".bin")) if path.suffix == ".xml" else (path,):
        _require(part)
        with part.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _require(path: Path) -> None:
    if not path.is_file():
        raise ModelError(f"The weight file {path} is missing; restore it, or give another --models.")


def _read_facts(path: Path) -> Mapping[str, Any]:
    _require(path)
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ModelError(f"{path} is not JSON ({error}); restore it from the repository.") from error
    if not isinstance(facts, dict):
        raise ModelError(f"{path} needs a JSON object with the facts of the weights; got {type(facts).__name__}.")
    return facts


def _text(facts: Mapping[str, Any], key: str, path: Path) -> str:
    value = facts.get(key)
    if not isinstance(value, str) or not value:
        raise ModelError(f"The description beside {path} needs {key}, a text; got {value!r}.")
    return value


def _whole(facts: Mapping[str, Any], key: str, path: Path) -> int:
    value = facts.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ModelError(f"The description beside {path} needs {key}, a whole number above 0; got {value!r}.")
    return value
