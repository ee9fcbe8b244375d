"""Where the networks' weights lie, and what must travel with them: input size, class names, licence, fingerprint.

Knows files, nothing of how a network runs. A directory of models holds `embedder.safetensors` with `embedder.json`,
and, unless only whole photos and own boxes are wanted, `detector.xml` (with `detector.bin`), `detector.safetensors` or
`detector.pt` with `detector.json`.
Invariant: equal fingerprints mean comparable vectors. It hashes the weight file, the preprocessing's version, the
dimension and the input size (and, with `pretrained`, the shop's whitening), so changing any of them makes another one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from imgsearch import config, images, official, whitening
from imgsearch.config import DEMO_SHOP, OWN_SHOP, Settings
from imgsearch.errors import ModelError

BUNDLED = "bundled"
PRETRAINED = "pretrained"
EMBEDDER_ARCHITECTURE = "resnet18-gem-layernorm-linear256"
PRETRAINED_ARCHITECTURE = "torchvision-resnet50-whitened256"
PRETRAINED_EMBEDDER_PX = 224  # what IMAGENET1K_V2 was measured at
PRETRAINED_DETECTOR_PX = 640
PRETRAINED_CONFIDENCE = 0.25  # ultralytics' own
# Part of the fingerprint: change it when what the detector sees does.
DETECTOR_PREPROCESSING = "detector/4:3 frames, two sizes, n/256"
DETECTOR_FILES = ("detector.xml", "detector.safetensors", "detector.pt")
"""The first that is there is taken; `.xml` needs its `.bin` beside it."""


@dataclass(frozen=True, slots=True)
class EmbedderWeights:
    """The embedder's file and its facts. `fingerprint` is 64 hex digits; `dim` the length of its vectors.

    `whitening` is the shop's, for `pretrained` alone; None there: no catalog was imported with it yet.
    """

    path: Path
    name: str
    arch: str
    dim: int
    input_size_px: int
    licence: str
    fingerprint: str
    whitening: Path | None = None

    @property
    def needs_whitening(self) -> bool:
        """True for official weights that were not fitted to a catalog yet: they can't serve."""
        return self.arch == PRETRAINED_ARCHITECTURE and self.whitening is None


MAX_BOXES = 20  # more can't be told apart on a phone's screen


@dataclass(frozen=True, slots=True)
class DetectorWeights:
    """The detector's file and its facts. Of the detections from `confidence` (0..1) on, `max_boxes` are kept.

    A photo is seen in a frame whose longer side is `input_size_px`, or `detail_size_px` if it has more pixels than that
    frame.
    """

    path: Path
    name: str
    arch: str
    input_size_px: int
    detail_size_px: int
    class_names: tuple[str, ...]
    confidence: float
    licence: str
    fingerprint: str
    max_boxes: int = MAX_BOXES


@dataclass(frozen=True, slots=True)
class ModelSet:
    """What serves together. Without a detector the whole photo and own boxes are the only targets."""

    embedder: EmbedderWeights
    detector: DetectorWeights | None


def resolve(models: str, home: Path | None = None) -> ModelSet:
    """The weights that a `--models` value names: 'bundled', 'pretrained' or a directory.

    Args:
        models: the value.
        home: the shop's folder, where `pretrained` keeps its whitening.

    Raises:
        ModelError: no such directory, no embedder in it, a description that does not fit, or official weights that
            are missing and can't be downloaded.

    >>> resolve("bundled").embedder.dim
    256
    """
    if models == PRETRAINED:
        return _pretrained(home)
    folder = config.ASSETS / "models" if models == BUNDLED else Path(models).expanduser()
    if not folder.is_dir():
        raise ModelError(
            f"--models expects 'bundled', 'pretrained' or a directory with embedder.safetensors; there is no {folder}."
        )
    return ModelSet(read_embedder(folder), read_detector(folder))


def resolve_for(settings: Settings, shop: str = "") -> ModelSet:
    """`resolve` for the shop that is named, or that the page would show.

    Raises:
        ModelError: as `resolve`.
    """
    named = shop or settings.shop
    homes = [settings.shop_dir(name) for name in ([named] if named else [OWN_SHOP, DEMO_SHOP])]
    home = next((folder for folder in homes if (folder / whitening.FILE).is_file()), homes[0])
    return resolve(settings.models, home)


def _pretrained(home: Path | None) -> ModelSet:
    files = official.files()
    names = official.class_names()
    embedder = EmbedderWeights(
        path=files.embedder,
        name="resnet50-imagenet1k-v2",
        arch=PRETRAINED_ARCHITECTURE,
        dim=whitening.DIM,
        input_size_px=PRETRAINED_EMBEDDER_PX,
        licence="BSD-3-Clause (torchvision); trained on ImageNet, whose terms are non-commercial research",
        fingerprint=fingerprint(files.embedder, images.PREPROCESSING, whitening.DIM, PRETRAINED_EMBEDDER_PX),
    )
    detector = DetectorWeights(
        path=files.detector,
        name=files.detector.stem,
        arch="yolo26n",
        input_size_px=PRETRAINED_DETECTOR_PX,
        detail_size_px=PRETRAINED_DETECTOR_PX,
        class_names=names,
        confidence=PRETRAINED_CONFIDENCE,
        licence="AGPL-3.0 (ultralytics); trained on COCO",
        fingerprint=fingerprint(
            files.detector, DETECTOR_PREPROCESSING, len(names), PRETRAINED_DETECTOR_PX, PRETRAINED_DETECTOR_PX
        ),
    )
    fitted = home / whitening.FILE if home else None
    return ModelSet(whitened(embedder, fitted) if fitted and fitted.is_file() else embedder, detector)


def whitened(embedder: EmbedderWeights, path: Path) -> EmbedderWeights:
    """Official weights with a shop's whitening, whose hash is part of the fingerprint."""
    facts = (images.PREPROCESSING, embedder.dim, embedder.input_size_px, whitening.digest(path))
    return replace(embedder, whitening=path, fingerprint=fingerprint(embedder.path, *facts))


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
    detail_px = _whole(facts, "detail_size_px", path) if "detail_size_px" in facts else size_px
    return DetectorWeights(
        path=path,
        name=_text(facts, "name", path),
        arch=_text(facts, "arch", path),
        input_size_px=size_px,
        detail_size_px=detail_px,
        class_names=tuple(names),
        confidence=float(confidence),
        licence=_text(facts, "licence", path),
        fingerprint=fingerprint(path, DETECTOR_PREPROCESSING, len(names), size_px, detail_px),
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
