"""The official weights of `--models pretrained`: where their libraries keep them, fetched by the libraries' loaders.

Knows two files, nothing of what the networks compute. torchvision loads `resnet50` (`ResNet50_Weights.IMAGENET1K_V2`),
ultralytics YOLO by its name; both files lie in torch's cache of checkpoints, and ultralytics' own places are looked at,
too. Invariant: without a network and without the files there is one sentence that says where to put them.

A file that somebody put there is taken as it is: torch's names carry the beginning of the content's hash, but torch
checks it after a download only. The fingerprint is made of the content: another file never passes for the same model.
"""

from __future__ import annotations

import http.client
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from imgsearch import config
from imgsearch.errors import ModelError

YOLO = "yolo26n.pt"
STALLED_S = 30.0  # torch waits for ever otherwise
_SOURCES = {
    "resnet50-11ad3fa6.pth": "https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
    YOLO: f"https://github.com/ultralytics/assets/releases/download/v8.4.0/{YOLO}",
}
_NETWORK_FAULTS = (OSError, http.client.HTTPException, RuntimeError, MemoryError)
"""What the loaders raise: URLError and requests' errors are OSErrors; torch reports a wrong hash by RuntimeError."""

# The 80 classes of COCO in their order; what is no word of a shop's shelves is "item".
_COCO = (
    "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
    "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow", "elephant",
    "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard",
    "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
    "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
    "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table", "toilet",
    "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
    "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
)  # fmt: skip
_SHOP_WORDS = {
    "tableware": ("wine glass", "cup", "fork", "knife", "spoon", "bowl"),
    "bottle": ("bottle",),
    "vase": ("vase",),
    "clock": ("clock",),
    "chair": ("chair", "bench"),
    "sofa": ("couch",),
    "table": ("dining table",),
    "plant": ("potted plant",),
    "bag": ("backpack", "handbag", "suitcase"),
    "clothing": ("person", "tie"),  # what a box around a person shows a shop is what they wear
    "food": ("banana", "apple", "sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake"),
}


@dataclass(frozen=True, slots=True)
class OfficialFiles:
    """Where the two files lie."""

    embedder: Path
    detector: Path


def class_names() -> tuple[str, ...]:
    """The shop's word for each of the detector's 80 classes, by `class_id`."""
    words = {name: word for word, names in _SHOP_WORDS.items() for name in names}
    return tuple(words.get(name, "item") for name in _COCO)


def files() -> OfficialFiles:
    """Both files, downloaded if they are missing; progress goes to standard error.

    Raises:
        ModelError: torch, torchvision or ultralytics is not installed, or a file is missing and can't be downloaded.
    """
    config.quiet_libraries()
    try:
        wanted: dict[Path, Callable[[Path], None]] = {_resnet50_path(): _fetch_resnet50, _yolo_path(): _fetch_yolo}
    except ModuleNotFoundError as error:
        raise ModelError(
            f"--models pretrained needs {error.name}, which is not installed: run "
            "`pip install -r requirements-train.txt`, or use --models bundled, which needs neither it nor a network."
        ) from error
    reason = ""
    for path, fetch in wanted.items():
        reason = (_try(fetch, path) or reason) if not path.is_file() else reason
    missing = [path for path in wanted if not path.is_file()]
    if missing:
        raise ModelError(_sentence(missing, reason))
    embedder, detector = wanted
    return OfficialFiles(embedder, detector)


def _sentence(missing: list[Path], reason: str) -> str:
    places = " and ".join(f"{_SOURCES[path.name]} as {path}" for path in missing)
    return (
        f"--models pretrained lacks {' and '.join(path.name for path in missing)}, and the download failed ({reason}): "
        f"put {places} by hand, or use --models bundled, which needs no network."
    )


def _try(fetch: Callable[[Path], None], path: Path) -> str:
    """Fetch a file; returns why that failed, or ''."""
    print(f"Downloading {path.name} to {path.parent}", file=sys.stderr)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with _impatient():
            fetch(path)
    except _NETWORK_FAULTS as error:
        return (str(error).splitlines() or [type(error).__name__])[0].partition(". ")[0].rstrip(".")[:120]
    return ""


@contextmanager
def _impatient() -> Iterator[None]:
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(STALLED_S)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def _checkpoints() -> Path:
    """torch's cache: `$TORCH_HOME/hub/checkpoints`, by default `~/.cache/torch/hub/checkpoints`."""
    import torch

    return Path(torch.hub.get_dir()).absolute() / "checkpoints"


def _resnet50_path() -> Path:
    from torchvision.models import ResNet50_Weights

    return _checkpoints() / str(ResNet50_Weights.IMAGENET1K_V2.url).rpartition("/")[2]


def _fetch_resnet50(path: Path) -> None:
    from torchvision.models import ResNet50_Weights

    ResNet50_Weights.IMAGENET1K_V2.get_state_dict(progress=True, check_hash=True)


def _yolo_path() -> Path:
    """Where ultralytics would find it (the working directory, its weights folder), else beside the other one."""
    from ultralytics.utils import SETTINGS

    settings: dict[str, str] = SETTINGS
    own = (Path(YOLO).absolute(), Path(settings["weights_dir"]).absolute() / YOLO)
    return next((path for path in own if path.is_file()), _checkpoints() / YOLO)


def _fetch_yolo(path: Path) -> None:
    from ultralytics.utils.downloads import attempt_download_asset

    download: Callable[[str], str] = attempt_download_asset  # what YOLO("yolo26n.pt") calls
    download(str(path))
