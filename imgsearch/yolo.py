"""The YOLO network behind a detector: pixels of one frame in, rows of boxes out, by OpenVINO or by torch.

Knows files of weights and the two runtimes; nothing of photos, thresholds or doubles. Invariant: a network of any file
and runtime answers in the same form, so what serves can't be told from the answer.

One stored form: the OpenVINO model (`detector.xml` + `detector.bin`, fp16). A CPU serves it as it is, without torch or
ultralytics in the process. On CUDA the torch network is rebuilt from the same file: the exporter gives every constant
the name of its torch parameter, so the rebuilding is a dictionary look-up and loads strictly. Checkpoints of the
trainer (`.safetensors`) and of ultralytics (`.pt`) run in torch.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imgsearch import config
from imgsearch.errors import ModelError
from imgsearch.weights import DetectorWeights

ARCHITECTURE = "yolo26n.yaml"
STRIDES = (8, 16, 32)  # pixels from one place of each map to the next
STRIDE = STRIDES[-1]  # the sides of what the network sees are multiples of it
MOST_ROWS = 300  # before doubles are removed
PIXEL_UNIT = 256.0
"""What a byte of a picture is divided by. bfloat16 holds every n / 256, but not every n / 255; with kernels that it
holds, too (`train.rounding`), its boxes are float32's within a pixel. Before, one in a hundred was off by 4 px."""
OFFICIAL_PIXEL_UNIT = 255.0  # ultralytics'
_NOISE = 0.003  # rows under this add nothing to a sum of evidence

Network = Callable[[NDArray[np.uint8]], NDArray[np.float32]]
"""`(H, W, 3)` uint8 RGB, sides multiples of 32, to `(N, 6)` float32 rows `x1, y1, x2, y2, confidence, class_id` in
pixels of that frame, at most 300, the surest first; a thing may have several."""


def rows_of(answer: NDArray[np.float32]) -> NDArray[np.float32]:
    """What a network says, one row a box, with the confidence that there is a thing, whatever it is called.

    A thing that could be a vase or a bottle gets two middling class confidences, though it is surely a thing; a visitor
    clicks things. The classes are taken as independent evidence, 1 - (1 - p1)(1 - p2)..., and the likeliest one gives
    the name. Measured half way through the first training: mAP50 .42 -> .51 on the composites kept for validation.

    Args:
        answer: `(4 + C, A)` float32, the corners of A boxes and their confidence for each class; or, of a head without
            need of NMS, `(N, 6)` rows of one class each, those of one box with equal corners.

    Returns:
        `(M, 6)` float32, M <= 300, the surest first.
    """
    if answer.shape[1] == 6:
        rows = _merged(answer[answer[:, 4] >= _NOISE])
    else:
        confidences = 1 - np.prod(1 - answer[4:], axis=0)
        heard = confidences >= _NOISE
        classes = answer[4:, heard].argmax(0).astype(np.float32)
        rows = np.column_stack([answer[:4, heard].T, confidences[heard], classes])
    return rows[np.argsort(-rows[:, 4], kind="stable")[:MOST_ROWS]]


def _merged(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows of one class each to rows of one box each."""
    order = np.lexsort((-rows[:, 4], *rows[:, :4].T))  # by box, the likeliest class of each first
    ordered = rows[order]
    first = np.ones(len(rows), dtype=bool)
    first[1:] = (ordered[1:, :4] != ordered[:-1, :4]).any(axis=1)
    starts = np.flatnonzero(first)
    merged = ordered[starts]
    if len(merged):
        merged[:, 4] = 1 - np.multiply.reduceat(1 - ordered[:, 4], starts)
    return merged


def openvino_network(weights: DetectorWeights, precision: str = "f32") -> tuple[Network, str]:
    """The bundled model on the CPU, by OpenVINO, and what computes, for people: 'OpenVINO CPU f32'.

    Args:
        weights: with an `.xml` path.
        precision: 'f32' or 'bf16'. Never left to OpenVINO, which takes bf16 wherever the processor has it: then
            boxes would depend on the machine that imports a shop, one in a hundred by more than half a pixel of 640.

    Raises:
        ModelError: OpenVINO can't read the file.
    """
    core = _openvino_core()
    model = _read_model(core, weights.path)
    # OpenVINO keeps what follows the last convolutions in f32, so the decode of the boxes is exact in bf16, too. That
    # holds while the anchors are added before the multiplication by the stride; the unit test on large boxes guards it.
    settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}

    @functools.cache  # few frames are in use; the first photo of each waits half a second for its compilation
    def request(height: int, width: int) -> Any:
        framed = _reading_pixels(_of_frame(model.clone(), height, width))
        return core.compile_model(framed, "CPU", settings).create_infer_request()

    def network(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        answer = request(*pixels.shape[:2]).infer({0: pixels[None]})  # (1, H, W, 3) -> (1, 4 + C, A)
        return rows_of(answer[0][0])

    return network, f"OpenVINO CPU {precision}"


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


def _of_frame(model: Any, height: int, width: int) -> Any:
    """The model, changed in place, for pictures of this size: its anchors are constants, so others take their place."""
    from openvino import opset13

    held = int(model.output(0).shape[-1])
    model.reshape([1, 3, -1, -1])
    centres, strides = anchors(height, width)
    for node in model.get_ops():
        if node.get_type_name() == "Constant" and list(node.shape)[-1:] == [held]:
            values = centres if 2 in node.shape else strides
            shape = [*list(node.shape)[:-1], values.shape[-1]]
            constant = opset13.constant(values.reshape(shape).astype(node.data.dtype))
            node.output(0).replace(constant.output(0))
    model.reshape([1, 3, height, width])
    return model


def anchors(height: int, width: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where the answers of the network stand: centres `(2, A)`, x and y in steps of the stride, and strides `(A,)`.

    >>> anchors(32, 64)[0][:, -2:].tolist(), anchors(32, 64)[1][-3:].tolist()
    ([[0.5, 1.5], [0.5, 0.5]], [16.0, 32.0, 32.0])
    """
    centres, strides = [], []
    for stride in STRIDES:
        y, x = np.mgrid[: height // stride, : width // stride]
        centres.append(np.stack([x.ravel(), y.ravel()]) + 0.5)
        strides.append(np.full(x.size, stride))
    return np.concatenate(centres, axis=1).astype(np.float32), np.concatenate(strides).astype(np.float32)


def _reading_pixels(model: Any) -> Any:
    """The model with uint8 `(1, H, W, 3)` as its input: scaling and transposing run inside the graph."""
    from openvino import Layout, Type
    from openvino.preprocess import PrePostProcessor

    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    steps.input().model().set_layout(Layout("NCHW"))
    steps.input().preprocess().convert_element_type(Type.f32).scale(PIXEL_UNIT)
    return steps.build()


def torch_network(weights: DetectorWeights, device: str = "cpu") -> tuple[Network, str]:
    """The same network in torch: on CUDA, and for checkpoints; and what computes, for people: 'torch cuda f32'.

    Raises:
        ModelError: the file can't be read, or does not fit the class names.
    """
    config.quiet_libraries()
    import torch

    torch.backends.cudnn.allow_tf32 = False  # as it comes, convolutions have 10 bits: boxes would hang on the card
    model = _torch_model(weights).to(device).eval()
    unit = OFFICIAL_PIXEL_UNIT if weights.path.suffix == ".pt" else PIXEL_UNIT

    def network(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        with torch.inference_mode():
            planes = torch.from_numpy(pixels).to(device).permute(2, 0, 1)[None].float() / unit  # (1, 3, S, S)
            answer = model(planes)
        return rows_of((answer[0] if isinstance(answer, tuple) else answer)[0].float().cpu().numpy())

    return network, f"torch {device} f32"


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
    """A freshly initialised `DetectionModel` of our architecture, float32, with its one-to-many head alone.

    The other head, which answers once per thing and needs no NMS, learns more slowly than we can train: with the same
    training, mAP50 was .66 with this one and .54 with the other on clothes, .78 and .73 on shelves, equal in rooms.
    """
    config.quiet_libraries()
    from ultralytics.nn import tasks

    make: Any = tasks.DetectionModel  # untyped
    network = make(ARCHITECTURE, nc=class_count, verbose=False)
    head = network.model[-1]
    head.one2one_cv2 = head.one2one_cv3 = None
    head.xyxy = True  # corners, not centre and size
    return network


def fuse(model: Any) -> None:
    """Fold batch norm into the convolutions, in place."""
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
        # Of two heads the one that needs no NMS: these were trained long enough for it. YOLO11 and older have one.
        model.end2end = getattr(model.model[-1], "one2one_cv2", None) is not None
        model.model[-1].xyxy = True
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
