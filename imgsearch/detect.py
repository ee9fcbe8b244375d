"""Find the things in a photo: a `Photo` in, `Detection`s in the pixels of the full-size photo out.

Knows nothing about embedding, products or pages. Invariants: boxes lie inside the photo, are sorted by confidence and
refer to the full size, whatever scale the photo was decoded at; a photo without things is an empty list; one detector
may be called from any number of threads.

One stored form: the OpenVINO model (`detector.xml` + `detector.bin`, fp16). A CPU serves it as it is, without torch or
ultralytics in the process. On CUDA the torch network is rebuilt from the same file: the exporter gives every constant
the name of its torch parameter, so the rebuilding is a dictionary look-up and loads strictly. Checkpoints of the
trainer (`.safetensors`) and of ultralytics (`.pt`) run in torch.

The head needs no NMS: its one-to-one branch is trained to answer once per thing. What is left of doubles is removed
only if two boxes are nearly the same one; a box inside another one always stays (the lamp on the table).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import config, geometry
from imgsearch.errors import BoxError, ModelError
from imgsearch.images import Photo
from imgsearch.records import Box, Detection
from imgsearch.weights import DetectorWeights

ARCHITECTURE = "yolo26n.yaml"
MIN_SIDE_PX = 8.0  # of the full-size photo
# Two answers that share more are one thing. At .65 instead of .7, on validation pictures: precision .606 for .592 in
# rooms, .625 for .606 on composites, recall .002 less on these. Lower, a lamp could take its table away.
SAME_BOX_IOU = 0.65
_NOISE = 0.003  # rows under this add nothing to a sum of evidence
_PADDING = 114  # the grey that ultralytics trains with

Network = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""`(S, S, 3)` uint8 RGB to `(N, 6)` float32 rows `x1, y1, x2, y2, confidence, class_id` in pixels of that square."""


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
        """What computes and in which precision, for people: 'OpenVINO CPU bf16'."""
        ...

    def detect(self, photo: Photo) -> list[Detection]:
        """The things in a photo, most confident first; at most 20; none is `[]`."""
        ...


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a photo lies in the square that the network sees, in pixels of the square."""

    left: int
    top: int
    width: int
    height: int


class YoloDetector:
    """A YOLO network with everything around it: letterbox, threshold, doubles, frame."""

    def __init__(self, weights: DetectorWeights, network: Network, runtime: str) -> None:
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
        pixels, placement = letterbox(photo.image, self._weights.input_size_px)
        with self._lock:
            rows = self._network(pixels)
        things = merge_classes(rows[rows[:, 4] >= _NOISE])
        kept = drop_doubles(things[things[:, 4] >= self._weights.confidence])
        found = (self._detection(row, placement, photo) for row in kept)
        return [detection for detection in found if detection is not None][: self._weights.max_boxes]

    def _detection(self, row: NDArray[np.float32], placement: Placement, photo: Photo) -> Detection | None:
        box = to_photo(row[:4], placement, photo)
        if box is None:
            return None
        class_id = int(row[5])
        return Detection(box, float(row[4]), class_id, self._weights.class_names[class_id])


def letterbox(image: Image.Image, size_px: int) -> tuple[NDArray[np.uint8], Placement]:
    """Fit a picture into a square with grey padding, as ultralytics does.

    Args:
        image: RGB, any size.
        size_px: side of the square.

    Returns:
        The square, `(size_px, size_px, 3)` uint8, and where the picture lies in it.
    """
    factor = size_px / max(image.size)
    width, height = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    placement = Placement((size_px - width) // 2, (size_px - height) // 2, width, height)
    square = np.full((size_px, size_px, 3), _PADDING, dtype=np.uint8)
    # A gap of 1 averages whole pixel blocks first: 3.6 instead of 8.4 ms from 1600 px, the same figures.
    resized = image.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=1.0)
    square[placement.top : placement.top + height, placement.left : placement.left + width] = np.asarray(resized)
    return square, placement


def to_photo(xyxy: NDArray[np.float32], placement: Placement, photo: Photo) -> Box | None:
    """A box of the square in pixels of the full-size photo, clipped; None if less than 8 px of a side remain."""
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


def merge_classes(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """One row a box, with the confidence that there is a thing, whatever it is called.

    The network answers with a row for each class that a box might have. A thing that could be a vase or a bottle gets
    two middling rows, though it is surely a thing; a visitor clicks things. The classes' rows are taken as independent
    evidence, 1 - (1 - p1)(1 - p2)..., and the likeliest class gives the name. Measured half way through the training of
    the bundled weights: mAP50 .42 -> .51 on the composites kept for validation.

    Args:
        rows: `(N, 6)` float32; rows of one box have equal coordinates.

    Returns:
        `(M, 6)` float32, M <= N.
    """
    order = np.lexsort((-rows[:, 4], *rows[:, :4].T))  # by box, the likeliest class of each first
    ordered = rows[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (ordered[1:, :4] != ordered[:-1, :4]).any(axis=1)
    starts = np.flatnonzero(first)
    merged = ordered[starts]
    if len(merged):
        merged[:, 4] = 1 - np.multiply.reduceat(1 - ordered[:, 4], starts)
    return merged


def drop_doubles(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Sort rows by confidence and drop a row whose box is nearly that of a better one, of whatever class.

    Args:
        rows: `(N, 6)` float32.

    Returns:
        `(M, 6)` float32, M <= N. Boxes that contain each other stay unless they are nearly equal (IoU >= .65).
    """
    left = rows[np.argsort(-rows[:, 4], kind="stable")]
    kept = []
    while len(left):
        kept.append(left[0])
        left = left[1:][_iou(left[0], left[1:]) < SAME_BOX_IOU]
    return np.stack(kept) if kept else left


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


def load_openvino(weights: DetectorWeights, precision: str = "auto") -> YoloDetector:
    """The bundled model on the CPU, by OpenVINO.

    Args:
        weights: with an `.xml` path.
        precision: 'f32', 'bf16', or 'auto': bf16 where the processor computes in it (19 instead of 31 ms a picture at
            640 px on two AVX512-BF16 cores), else f32.

    Raises:
        ModelError: OpenVINO can't read the file.
    """
    core = _openvino_core()
    model = _read_model(core, weights.path)
    if precision == "auto":
        precision = "bf16" if computes_bf16() else "f32"
    # OpenVINO keeps what follows the last convolutions in f32, so the decode of the boxes is exact in bf16, too. That
    # holds while the anchors are added before the multiplication by the stride; the unit test on large boxes guards it.
    settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    request = core.compile_model(_reading_pixels(model), "CPU", settings).create_infer_request()

    def network(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        rows = request.infer({0: pixels[None]})[0][0]  # (1, S, S, 3) -> (1, N, 6) -> (N, 6)
        return np.array(rows, dtype=np.float32)  # a copy: the request's memory is overwritten by the next call

    return YoloDetector(weights, network, f"OpenVINO CPU {precision}")


def computes_bf16() -> bool:
    """Whether this processor computes in bfloat16; where it does not, OpenVINO takes float32 when asked for it."""
    return "BF16" in _openvino_core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def _openvino_core() -> Any:
    config.quiet_libraries()
    import openvino

    return openvino.Core()


def _read_model(core: Any, path: Path) -> Any:
    try:
        return core.read_model(path)
    except RuntimeError as error:
        raise ModelError(
            f"The detector {path.name} can't be read ({str(error).splitlines()[0][:120]}); restore {path.name} and "
            f"{path.with_suffix('.bin').name} from the repository."
        ) from error


def _reading_pixels(model: Any) -> Any:
    """The model with uint8 `(1, S, S, 3)` as its input: scaling and transposing run inside the graph."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().model().set_layout(Layout("NCHW"))
    steps.input().preprocess().convert_element_type(Type.f32).scale(255.0)
    return steps.build()


def load_torch(weights: DetectorWeights, device: str = "cpu") -> YoloDetector:
    """The same network in torch: on CUDA, and for checkpoints.

    Raises:
        ModelError: the file can't be read, or does not fit the class names.
    """
    config.quiet_libraries()
    import torch

    model = _torch_model(weights).to(device).eval()

    def network(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            planes = torch.from_numpy(pixels).to(device).permute(2, 0, 1)[None].float() / 255  # (1, 3, S, S)
            rows: NDArray[np.float32] = _rows(model(planes)).cpu().numpy()
        return rows

    return YoloDetector(weights, network, f"torch {device} f32")


def _rows(output: Any) -> Any:
    """The network's answer as `(N, 6)`; networks without the NMS-free head (YOLO11 and older) go through NMS."""
    from ultralytics.utils.nms import non_max_suppression

    answer = output[0] if isinstance(output, tuple) else output
    if answer.shape[-1] == 6:
        return answer[0]
    return non_max_suppression(answer, conf_thres=0.01, iou_thres=0.7, agnostic=True)[0]


def _torch_model(weights: DetectorWeights) -> Any:
    from safetensors import SafetensorError

    if weights.path.suffix == ".pt":
        return _ultralytics_checkpoint(weights)
    model = build_network(len(weights.class_names))
    try:
        if weights.path.suffix == ".xml":
            fuse(model)
            _load_constants(model, named_constants(weights.path))
        else:
            _load_checkpoint(model, weights.path)
            fuse(model)
    except (RuntimeError, OSError, KeyError, SafetensorError) as error:
        raise ModelError(
            f"{weights.path.name} does not hold a {ARCHITECTURE} with {len(weights.class_names)} classes "
            f"({(str(error).splitlines() or [''])[0][:160]}); give a checkpoint of `train detector`."
        ) from error
    return model


def _load_checkpoint(model: Any, path: Path) -> None:
    from safetensors.torch import load_file

    model.load_state_dict(load_file(path))


def build_network(class_count: int) -> Any:
    """A freshly initialised `DetectionModel` of our architecture, float32, both heads."""
    config.quiet_libraries()
    from ultralytics.nn import tasks

    make: Any = tasks.DetectionModel  # untyped
    return make(ARCHITECTURE, nc=class_count, verbose=False)


def fuse(model: Any) -> None:
    """Fold batch norm into the convolutions and keep the NMS-free head alone, in place."""
    model.end2end = True
    model.fuse(verbose=False)
    model.eval()


def named_constants(xml: Path) -> dict[str, NDArray[np.float32]]:
    """The weights inside an OpenVINO file by name, float32 (stored as fp16)."""
    model = _read_model(_openvino_core(), xml)
    constants = (node for node in model.get_ops() if node.get_type_name() == "Constant")
    return {node.get_friendly_name().removesuffix("_compressed"): node.data.astype(np.float32) for node in constants}


def _load_constants(model: Any, constants: dict[str, NDArray[np.float32]]) -> None:
    import torch

    # OpenVINO keeps a bias as (1, C, 1, 1) and a depthwise kernel as (C, 1, 1, 3, 3); the numbers are in torch's order.
    model.load_state_dict(
        {name: torch.from_numpy(constants[name]).reshape(own.shape) for name, own in model.state_dict().items()}
    )


def _ultralytics_checkpoint(weights: DetectorWeights) -> Any:
    import pickle

    from ultralytics.models import YOLO

    try:
        checkpoint: Any = YOLO(str(weights.path))
        model = checkpoint.model.float()
        fuse(model)
    except (OSError, RuntimeError, EOFError, KeyError, AttributeError, TypeError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"{weights.path} is no checkpoint of ultralytics ({(str(error).splitlines() or [''])[0][:120]}); delete "
            "it, so that it is downloaded again, or use --models bundled."
        ) from error
    if len(model.names) != len(weights.class_names):
        raise ModelError(
            f"{weights.path.name} has {len(model.names)} classes where {len(weights.class_names)} were expected; "
            "restore the file, or use --models bundled."
        )
    return model
