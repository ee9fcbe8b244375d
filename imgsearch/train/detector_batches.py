"""What the detector is shown while it trains: augmented batches of pictures with boxes, from the files of `composites`.

Ultralytics reads and changes the pictures; which come how often, and in what company, is decided here. Knows nothing of
the network or the schedule. Invariants: a kind of picture gets its share of what is seen, however many there are; all
pictures of a batch have about one form, so little of what is computed is margin.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from imgsearch import config
from imgsearch.train import processes
from imgsearch.train.classes import CLASS_NAMES
from imgsearch.yolo import PIXEL_UNIT, STRIDE

config.quiet_libraries()

from ultralytics.cfg import get_cfg  # noqa: E402  (after the libraries were silenced)
from ultralytics.data.build import build_yolo_dataset  # noqa: E402

BATCH = 8
SOME_PX = 384  # the longer side of `some_pictures`
LEAST_LEFT = 0.35  # of a box that is cut at a margin; less is no longer the thing (as `canvas.MIN_VISIBLE`)
# Of the pictures seen, by what their names begin with; "own" are a shop's, which come alone.
SHARES = {
    "room": 0.34, "composite": 0.22, "detect_groceries": 0.18, "detect_deepfashion2": 0.18, "detect_ccp": 0.06,
    "detect_coco256": 0.02, "own": 1.0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Views:
    """How much pictures are changed: shown larger or smaller by up to `scale`, `mosaic` of them four in one."""

    scale: float
    mosaic: float


MANY = Views(scale=0.25, mosaic=0.0)  # of pictures that are seen a few times; with what FEW has, it learns more slowly
FEW = Views(scale=0.5, mosaic=0.2)  # of a shop's own, which are seen a hundred times


def sampling_weights(names: Sequence[str]) -> list[float]:
    """Weight of each picture, so that each kind gets its share of `SHARES`, however many pictures it has.

    >>> sampling_weights(["room-00001-0.jpg", "detect_ccp-00003.jpg", "detect_ccp-00004.jpg"])
    [0.34, 0.03, 0.03]
    """
    kinds = [name.split("-")[0] for name in names]
    counts = Counter(kinds)
    return [SHARES[kind] / counts[kind] for kind in kinds]


def batches(folder: Path, size_px: int, seed: int, views: Views = MANY) -> Iterator[dict[str, Any]]:
    """Endless augmented batches: `img` (B, 3, H, W) float32 in [0, 1), and the boxes in ultralytics' form.

    The longer side is `size_px`. All pictures of a batch are wide, all are upright or all are about square, the same
    in every process, and what would be grey above and below wide ones is cut off: a quarter of the work for 4:3.
    """
    settings: Any = get_cfg(
        overrides={
            "imgsz": size_px, "mosaic": views.mosaic, "scale": views.scale, "translate": 0.08, "degrees": 0.0,
            "fliplr": 0.5, "hsv_h": 0.01, "hsv_s": 0.4, "hsv_v": 0.3, "task": "detect", "mode": "train",
        }
    )  # fmt: skip
    data = {"names": dict(enumerate(CLASS_NAMES)), "channels": 3}
    with processes.first_alone():  # it writes ultralytics' cache of the labels, which the others read
        dataset: Any = build_yolo_dataset(settings, str(folder / "images" / "train"), BATCH, data, mode="train")
    weights = torch.tensor(sampling_weights([Path(file).name for file in dataset.im_files]), dtype=torch.float64)
    forms = torch.tensor([form(*label["shape"]) for label in dataset.labels])
    alike = _alike(weights, forms, seed)
    loader = torch.utils.data.DataLoader(dataset, batch_sampler=alike, collate_fn=dataset.collate_fn)
    for batch in loader:
        batch["img"] = batch["img"].float() / PIXEL_UNIT
        yield without_margins(batch, form(*batch["ori_shape"][0]))


def some_pictures(folder: Path, batch_count: int) -> Iterator[torch.Tensor]:
    """`(8, 3, H, W)` each, of the training pictures and as they are shown: always the same ones, for statistics."""
    return (batch["img"] for batch in itertools.islice(batches(folder, SOME_PX, seed=0), batch_count))


def form(height: int, width: int) -> int:
    """0 for pictures that are about square, 1 for wide ones, 2 for upright ones.

    >>> form(500, 500), form(480, 640), form(640, 480)
    (0, 1, 2)
    """
    return 1 if width >= 1.25 * height else 2 if height >= 1.25 * width else 0


def _alike(weights: torch.Tensor, forms: torch.Tensor, seed: int) -> Iterator[list[int]]:
    """Endless batches of picture numbers: a form by the weight of all its pictures, then pictures of it by theirs."""
    of_form = torch.stack([weights * (forms == each) for each in range(3)])
    common = torch.Generator().manual_seed(seed)  # all processes take as long over a step, so none waits
    own = torch.Generator().manual_seed(seed * processes.count() + processes.rank())
    while True:
        chosen = int(torch.multinomial(of_form.sum(dim=1), 1, generator=common))
        yield torch.multinomial(of_form[chosen], BATCH, replacement=True, generator=own).tolist()


def without_margins(batch: dict[str, Any], form_of_all: int) -> dict[str, Any]:
    """Cut squares (B, 3, S, S) of wide or upright pictures to three quarters; boxes are cut with them.

    A box of which less than `LEAST_LEFT` remains goes. `bboxes` are centres and sizes, as shares of the sides.
    """
    if form_of_all == 0:
        return batch
    across = 1 if form_of_all == 1 else 0  # the axis of `bboxes` that is cut: y of wide pictures
    side = batch["img"].shape[-1]
    left = round(0.75 * side / STRIDE) * STRIDE
    batch["img"] = batch["img"].narrow(2 if across == 1 else 3, (side - left) // 2, left)
    centre, size = batch["bboxes"][:, across], batch["bboxes"][:, across + 2]
    low, high = ((edge * side - (side - left) // 2) / left for edge in (centre - size / 2, centre + size / 2))
    seen_low, seen_high = low.clamp(0, 1), high.clamp(0, 1)
    kept = seen_high - seen_low >= LEAST_LEFT * (high - low).clamp(min=1e-6)
    batch["bboxes"][:, across], batch["bboxes"][:, across + 2] = (seen_low + seen_high) / 2, seen_high - seen_low
    for name in ("bboxes", "cls", "batch_idx"):
        batch[name] = batch[name][kept]
    return batch


def resized(pictures: torch.Tensor, side_px: int) -> torch.Tensor:
    """A batch `(B, 3, H, W)` with another longer side, the other one to the stride; channels last.

    Its boxes are shares of the sides and stay as they are.
    """
    height, width = pictures.shape[-2:]
    factor = side_px / max(height, width)
    size = [round(side * factor / STRIDE) * STRIDE for side in (height, width)]
    if size != [height, width]:
        pictures = functional.interpolate(pictures, size, mode="bilinear", antialias=True)
    return pictures.contiguous(memory_format=torch.channels_last)
