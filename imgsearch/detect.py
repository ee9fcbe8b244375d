"""Find the things in a photo: a `Photo` in, `Detection`s in the pixels of the full-size photo out.

Knows nothing about embedding, products or pages. Invariants: boxes lie inside the photo, are sorted by confidence and
refer to the full size, whatever scale the photo was decoded at; a photo without things is an empty list; one detector
may be called from any number of threads.

The networks come from `yolo` and may answer several times for a thing. Such doubles are removed whatever their class,
but a box inside another one stays (the lamp on the table).
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import config, geometry, yolo
from imgsearch.errors import BoxError, ModelError
from imgsearch.images import Photo
from imgsearch.records import Box, Detection
from imgsearch.weights import DetectorWeights

MIN_SIDE_PX = 8.0  # of the full-size photo
# Two answers that share more are one thing, sooner if they give it one name: a lamp before a table is its own thing.
# With .5 and .55 mean mAP50 of five validation sets .716 and F2 .709, with .55 for both .710 and .705, with .5 for
# both .716 and .710. Of 8,850 things in rendered rooms 32 pairs of one name share .5 or more, plates of a stack most
# of them, and 27 pairs of two names .55.
SAME_NAME_IOU, SAME_BOX_IOU = 0.5, 0.55
# Answers that share this much with a box tell where its edges are (box voting, Gidaris and Komodakis 2015): mean IoU of
# the boxes that are found .813 -> .818 in rooms, .828 -> .835 on the demo; mean mAP50 of five sets .656 -> .658.
SAME_EDGES_IOU = 0.8
_PADDING = 114  # the grey that ultralytics trains with
# A photo this much wider than high (or the other way round) is shown in a 4:3 frame: phones take 4:3, and a quarter of
# a square would be grey. Mean mAP50 of five validation sets .758 with such frames, .753 in squares, .749 with frames
# 5 % longer (bf16); 30 instead of 35 ms a photo.
_LONG = 1.25


class Detector(Protocol):
    """What `search` and `ingest` need of a detector."""

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints mean equal boxes; 64 hex digits."""
        ...

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names by `class_id`."""
        ...

    @property
    def runtime(self) -> str:
        """What computes and in which precision, for people: 'OpenVINO CPU f32'."""
        ...

    def detect(self, photo: Photo) -> list[Detection]:
        """The things in a photo, most confident first; at most 20; none is `[]`."""
        ...


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a photo lies in the frame that the network sees, in pixels of the frame."""

    left: int
    top: int
    width: int
    height: int


class YoloDetector:
    """A YOLO network with everything around it: letterbox, threshold, doubles, frame."""

    def __init__(self, weights: DetectorWeights, network: yolo.Network, runtime: str) -> None:
        self._weights = weights
        self._network = network
        self._runtime = runtime
        # One inference uses all cores, so a second one beside it would gain nothing and double the memory.
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints mean equal boxes; 64 hex digits."""
        return self._weights.fingerprint

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names by `class_id`."""
        return self._weights.class_names

    @property
    def runtime(self) -> str:
        """What computes and in which precision."""
        return self._runtime

    def detect(self, photo: Photo) -> list[Detection]:
        """The things in a photo, most confident first.

        Returns:
            At most `max_boxes` of the weights (20), boxes in pixels of the full-size upright photo, sides >= 8 px.
        """
        pixels, placement = letterbox(photo.image, frame_of(*photo.image.size, self._side_of(photo)))
        with self._lock:
            rows = self._network(pixels)
        kept = steadied(drop_doubles(rows[rows[:, 4] >= self._weights.confidence]), rows)
        found = (self._detection(row, placement, photo) for row in kept)
        return [detection for detection in found if detection is not None][: self._weights.max_boxes]

    def _side_of(self, photo: Photo) -> int:
        """The longer side of the frame for a photo, px.

        In a frame of 672 instead of 576 px more boxes are close ones (IoU >= .9 with .340 instead of .303 of the things
        in 100 rendered pictures, a gain of .037 [.016, .061]), and about as many are found (.765, .770). Pictures
        without more pixels lose (mAP50 of shelf photos of 224 px .850 -> .831).
        """
        facts = self._weights
        has_detail = max(photo.width_px, photo.height_px) > facts.input_size_px
        return facts.detail_size_px if has_detail else facts.input_size_px

    def _detection(self, row: NDArray[np.float32], placement: Placement, photo: Photo) -> Detection | None:
        box = to_photo(row[:4], placement, photo)
        if box is None:
            return None
        class_id = int(row[5])
        return Detection(box, float(row[4]), class_id, self._weights.class_names[class_id])


def frame_of(width: int, height: int, size_px: int) -> tuple[int, int]:
    """Sides (width, height) of the frame that a picture of this size is shown in: square, or 4:3, wide or upright.

    The longer side is `size_px`; both are multiples of 32, as the network needs them.

    >>> frame_of(1000, 1000, 576), frame_of(4032, 3024, 576), frame_of(1080, 1920, 576)
    ((576, 576), (576, 448), (448, 576))
    """
    if max(width, height) < _LONG * min(width, height):
        return size_px, size_px
    shorter = round(0.75 * size_px / yolo.STRIDE) * yolo.STRIDE
    return (size_px, shorter) if width > height else (shorter, size_px)


def letterbox(image: Image.Image, frame: tuple[int, int]) -> tuple[NDArray[np.uint8], Placement]:
    """Fit a picture into a frame with grey padding, as ultralytics does.

    Args:
        image: RGB, any size.
        frame: width and height of what the network sees.

    Returns:
        The frame, `(height, width, 3)` uint8, and where the picture lies in it.
    """
    factor = min(side / own for side, own in zip(frame, image.size, strict=True))
    width, height = (max(1, round(own * factor)) for own in image.size)
    placement = Placement((frame[0] - width) // 2, (frame[1] - height) // 2, width, height)
    pixels = np.full((frame[1], frame[0], 3), _PADDING, dtype=np.uint8)
    # A gap of 1 averages whole pixel blocks first: 3.6 instead of 8.4 ms from 1600 px, the same figures.
    resized = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=1.0)
    pixels[placement.top : placement.top + height, placement.left : placement.left + width] = np.asarray(resized)
    return pixels, placement


def to_photo(xyxy: NDArray[np.float32], placement: Placement, photo: Photo) -> Box | None:
    """A box of the frame in pixels of the full-size photo, clipped; None if less than 8 px of a side remain."""
    factor_x, factor_y = photo.width_px / placement.width, photo.height_px / placement.height
    x1, y1, x2, y2 = (float(v) for v in xyxy)
    try:
        box = Box(
            (x1 - placement.left) * factor_x,
            (y1 - placement.top) * factor_y,
            (x2 - placement.left) * factor_x,
            (y2 - placement.top) * factor_y,
        )
        inside = geometry.clip(box, photo.width_px, photo.height_px)
    except BoxError:  # no area, or outside the photo: the network's noise, not a thing
        return None
    return inside if min(inside.width, inside.height) >= MIN_SIDE_PX else None


def drop_doubles(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sort rows by confidence and drop a row whose box is nearly that of a better one.

    Args:
        rows: `(N, 6)` float32.

    Returns:
        `(M, 6)` float32, M <= N. Boxes that contain each other stay unless they are nearly equal (IoU >= .5
        for answers of one class, >= .55 for those of two).
    """
    left = rows[np.argsort(-rows[:, 4], kind="stable")]
    kept = []
    while len(left):
        kept.append(left[0])
        best, left = left[0], left[1:]
        least = np.where(left[:, 5] == best[5], SAME_NAME_IOU, SAME_BOX_IOU)
        left = left[_iou(best, left) < least]
    return np.stack(kept) if kept else left


def steadied(kept: NDArray[np.float32], rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give each box the mean edges of all answers that nearly equal it, weighted by their confidence.

    Args:
        kept: `(M, 6)` float32, of which the edges are wanted.
        rows: `(N, 6)` float32, everything that the network said; `kept` are some of them.

    Returns:
        `(M, 6)` float32 in the order of `kept`, confidences and classes as they were.
    """
    better = kept.copy()
    for row in better:
        near = rows[_iou(row, rows) >= SAME_EDGES_IOU]
        if len(near):  # a box without area equals nothing, not even itself
            row[:4] = np.average(near[:, :4], axis=0, weights=near[:, 4])
    return better


def _iou(row: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    sides = np.minimum(row[2:4], others[:, 2:4]) - np.maximum(row[:2], others[:, :2])  # (N, 2)
    shared = np.prod(np.maximum(sides, 0), axis=1)
    areas = np.prod(others[:, 2:4] - others[:, :2], axis=1)
    area = np.prod(row[2:4] - row[:2])
    result: NDArray[np.float32] = shared / np.maximum(area + areas - shared, np.float32(1e-6))
    return result


def load_detector(weights: DetectorWeights, device: str = "auto") -> Detector:
    """The detector for these weights.

    Args:
        weights: bundled ones (`.xml`) or a checkpoint (`.safetensors`, `.pt`).
        device: 'cpu', 'cuda', or 'auto': CUDA where there is a card for it, else the CPU.

    Raises:
        ModelError: the file is missing or damaged, or does not belong to the class names.
    """
    if not weights.path.is_file():
        raise ModelError(f"The detector's weights {weights.path} are missing; restore assets/models or give --models.")
    target = config.resolve_device(device)
    if weights.path.suffix == ".xml" and target == "cpu":
        return load_openvino(weights)
    return load_torch(weights, target)


def load_openvino(weights: DetectorWeights, precision: str = "f32") -> YoloDetector:
    """The bundled model on the CPU; arguments and errors as `yolo.openvino_network`."""
    return YoloDetector(weights, *yolo.openvino_network(weights, precision))


def load_torch(weights: DetectorWeights, device: str = "cpu") -> YoloDetector:
    """The same network in torch; arguments and errors as `yolo.torch_network`."""
    return YoloDetector(weights, *yolo.torch_network(weights, device))
