"""Turn crops into vectors: PIL pictures in, `(N, 256)` float32 rows of unit length out.

Knows nothing about photos, boxes, products or stores. Invariants: the rows of a picture do not depend on what else is
in the batch; both runtimes compute the same function (cosine >= 0.9999 in float32); one embedder may be called from any
number of threads.

A CPU runs the network in OpenVINO: the graph is built straight from the weight file, batch norms folded into the
convolutions, so that no torch is in the process. CUDA runs `imgsearch.network` in torch, and so do the official weights
of `--models pretrained`, whose features are whitened for the shop.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import config, images, whitening
from imgsearch.errors import ModelError
from imgsearch.weights import PRETRAINED_ARCHITECTURE, EmbedderWeights

MAX_BATCH = 32
"""Larger batches gain nothing (two cores are full from 4 on) and only take memory."""
BATCH_NORM_EPSILON = 1e-5  # torch's default, with which the weights were trained
LAYER_NORM_EPSILON = 1e-5
GEM_FLOOR = 1e-6
STAGE_FEATURES = {5: 128, 6: 256, 7: 512}
"""Maps of the body's children that are looked at: see `imgsearch.network`, which this module may not import."""
LAST_STAGE = 7

Vectors = NDArray[np.float32]
State = Mapping[str, NDArray[np.float32]]
Network = Callable[[Vectors], Vectors]
"""`(N, 3, S, S)` float32 as `images.preprocess` makes it to `(N, 256)` float32 unit rows."""


class Embedder(Protocol):
    """What `search` and `ingest` need of an embedder."""

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints mean comparable vectors; 64 hex digits."""
        ...

    @property
    def dim(self) -> int:
        """Length of a vector."""
        ...

    @property
    def runtime(self) -> str:
        """What computes and in which precision, for people: 'OpenVINO CPU f32'."""
        ...

    def embed(self, crops: Sequence[Image.Image]) -> Vectors:
        """`(N, dim)` float32 rows of unit length, in the order of the crops (RGB, any size); `(0, dim)` for none."""
        ...


class ResNetEmbedder:
    """A network with everything around it: preprocessing, batches, a lock, a check of what came out."""

    def __init__(self, weights: EmbedderWeights, network: Network, runtime: str) -> None:
        self._weights = weights
        self._network = network
        self._runtime = runtime
        # One inference uses all cores, so a second one beside it would gain nothing and double the memory.
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Equal fingerprints mean comparable vectors; 64 hex digits."""
        return self._weights.fingerprint

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self._weights.dim

    @property
    def runtime(self) -> str:
        """What computes and in which precision, for people: 'OpenVINO CPU f32'."""
        return self._runtime

    def embed(self, crops: Sequence[Image.Image]) -> Vectors:
        """Embed RGB crops of any size.

        Returns:
            `(N, dim)` float32 rows of unit length, in the order of the crops; `(0, dim)` for none.

        Raises:
            ModelError: the network answered with something that is no direction (damaged weights).

        >>> embedder.embed([Image.new("RGB", (60, 90))]).shape  # doctest: +SKIP
        (1, 256)
        """
        vectors = np.empty((len(crops), self.dim), dtype=np.float32)
        for start in range(0, len(crops), MAX_BATCH):
            part = crops[start : start + MAX_BATCH]
            inputs = np.stack([images.preprocess(crop, self._weights.input_size_px) for crop in part])
            with self._lock:
                vectors[start : start + len(part)] = self._network(inputs)
        if not np.isfinite(vectors).all():
            raise ModelError(f"The embedder {self._weights.name} answered with NaN; restore its weights.")
        return vectors


def load_embedder(weights: EmbedderWeights, device: str = "auto") -> Embedder:
    """The embedder for these weights.

    Args:
        weights: from `weights.resolve`.
        device: 'cpu', 'cuda', or 'auto': CUDA where there is a card for it, else the CPU.

    Raises:
        ModelError: the file is missing, damaged or of another architecture.
        ConfigError: the device is not one of the three, or CUDA is asked for and there is none.
    """
    target = config.resolve_device(device)
    if weights.arch == PRETRAINED_ARCHITECTURE:
        return load_pretrained(weights, target)
    return load_openvino(weights) if target == "cpu" else load_torch(weights, target)


def load_openvino(weights: EmbedderWeights, precision: str = "f32") -> ResNetEmbedder:
    """The embedder on the CPU, without torch.

    Args:
        weights: from `weights.resolve`.
        precision: 'f32' or 'bf16'. Never left to OpenVINO, which takes bf16 wherever the processor has it: then the
            same picture would have other vectors on another machine, in the same collection.

    Raises:
        ModelError: the file is missing, damaged or of another architecture.
    """
    network = openvino_network(read_state(weights), weights.input_size_px, precision)
    return ResNetEmbedder(weights, network, f"OpenVINO CPU {precision}")


def openvino_network(state: State, size_px: int, precision: str = "f32") -> Network:
    """These arrays as a network on the CPU; for one thread at a time."""
    config.quiet_libraries()
    import openvino

    settings = {"INFERENCE_PRECISION_HINT": precision, "PERFORMANCE_HINT": "LATENCY"}
    request = openvino.Core().compile_model(build_graph(state, size_px), "CPU", settings).create_infer_request()

    def network(inputs: Vectors) -> Vectors:
        return np.array(request.infer({0: inputs})[0], dtype=np.float32)  # a copy: the next call overwrites it

    return network


def load_torch(weights: EmbedderWeights, device: str = "cuda") -> ResNetEmbedder:
    """The same network in torch, float32.

    Raises:
        ModelError: the file is missing, damaged or of another architecture.
    """
    state = read_state(weights)
    import torch

    from imgsearch.network import load_network

    torch.backends.cudnn.allow_tf32 = False  # as it comes, convolutions have 10 bits: vectors would hang on the card
    module = load_network({name: torch.from_numpy(array) for name, array in state.items()}).to(device)

    def network(inputs: Vectors) -> Vectors:
        with torch.inference_mode():
            return np.asarray(module(torch.from_numpy(inputs).to(device)).cpu().numpy(), dtype=np.float32)

    return ResNetEmbedder(weights, network, f"torch {device} f32")


def load_pretrained(weights: EmbedderWeights, device: str = "cpu") -> ResNetEmbedder:
    """torchvision's ResNet-50 with the shop's whitening, in torch, float32.

    Raises:
        ModelError: no catalog was imported with these weights yet, or a file is damaged.
    """
    if weights.whitening is None:
        raise ModelError(
            "--models pretrained was not fitted to this shop's pictures yet; import the catalog with it "
            "(`python -m imgsearch import SOURCE --models pretrained`), or use --models bundled."
        )
    turn = whitening.load(weights.whitening)
    features = official_features(weights, device)
    return ResNetEmbedder(weights, lambda inputs: turn.apply(features(inputs)), f"torch {device} f32")


def official_features(weights: EmbedderWeights, device: str = "cpu") -> Network:
    """The official network without its classifier: `(N, 3, 224, 224)` float32 to `(N, 2048)` float32.

    Raises:
        ModelError: the file is damaged or holds something else.
    """
    import pickle

    import torch

    from imgsearch.network import load_resnet50

    torch.backends.cudnn.allow_tf32 = False  # as in `load_torch`
    try:
        module = load_resnet50().to(device)
    except (OSError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
        raise ModelError(
            f"{weights.path} is no ResNet-50 of torchvision ({(str(error).splitlines() or [''])[0][:120]}); delete it, "
            "so that it is downloaded again, or use --models bundled."
        ) from error

    def network(inputs: Vectors) -> Vectors:
        with torch.inference_mode():
            return np.asarray(module(torch.from_numpy(inputs).to(device)).cpu().numpy(), dtype=np.float32)

    return network


def read_state(weights: EmbedderWeights) -> dict[str, NDArray[np.float32]]:
    """The weight file's arrays by name, as float32 (stored as float16).

    Raises:
        ModelError: the file is missing, damaged, or holds other names or shapes than the architecture.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(weights.path)
    except (OSError, SafetensorError) as error:
        raise ModelError(f"The embedder {weights.path} can't be read ({error}); restore the file.") from error
    counters = "num_batches_tracked"  # torch's own, of no use after training
    state = {name: array.astype(np.float32) for name, array in stored.items() if not name.endswith(counters)}
    expected = expected_shapes(
        weights.dim, one_stage=_shape(state, "fc.weight") == (weights.dim, STAGE_FEATURES[LAST_STAGE])
    )
    wrong = sorted(name for name in expected.keys() | state.keys() if _shape(state, name) != expected.get(name))
    if wrong:
        raise ModelError(
            f"{weights.path.name} is no {weights.arch}: {wrong[0]} should have shape {expected.get(wrong[0])}, has "
            f"{_shape(state, wrong[0])}. Use --models bundled."
        )
    return state


def expected_shapes(dim: int, *, one_stage: bool = False) -> dict[str, tuple[int, ...]]:
    """Name and shape of every array of the architecture (batch counters left out).

    Args:
        one_stage: the last stage alone is looked at, as in weights of earlier versions.
    """
    features = STAGE_FEATURES[LAST_STAGE] if one_stage else sum(STAGE_FEATURES.values())
    shapes: dict[str, tuple[int, ...]] = {"pool.p": (), "fc.weight": (dim, features), "body.0.weight": (64, 3, 7, 7)}
    norms = {"body.1": 64}
    channels = 64
    for stage, block in _blocks():
        name, width = f"body.{stage}.{block}", 64 << (stage - 4)
        shapes[f"{name}.conv1.weight"] = (width, channels, 3, 3)
        shapes[f"{name}.conv2.weight"] = (width, width, 3, 3)
        norms |= {f"{name}.bn1": width, f"{name}.bn2": width}
        if channels != width:
            shapes[f"{name}.downsample.0.weight"] = (width, channels, 1, 1)
            norms[f"{name}.downsample.1"] = width
        channels = width
    kinds = ("weight", "bias", "running_mean", "running_var")
    return shapes | {f"{name}.{kind}": (width,) for name, width in norms.items() for kind in kinds}


def build_graph(state: State, size_px: int) -> Any:
    """The network as an OpenVINO model: `(N, 3, size_px, size_px)` float32 in, `(N, dim)` unit rows out, N dynamic."""
    import openvino
    from openvino import opset8 as ops

    pictures = ops.parameter(openvino.PartialShape([-1, 3, size_px, size_px]), np.float32, name="pictures")
    node = ops.relu(_convolution(state, pictures, "body.0", "body.1", stride=2))
    node = ops.max_pool(node, [2, 2], [1, 1], [1, 1], [1, 1], [3, 3]).output(0)
    one_stage = state["fc.weight"].shape[1] == STAGE_FEATURES[LAST_STAGE]
    levels = []
    for stage, block in _blocks():
        node = _residual_block(state, node, f"body.{stage}.{block}", stride=2 if stage > 4 and block == 0 else 1)
        if block == 1 and (stage == LAST_STAGE or (stage in STAGE_FEATURES and not one_stage)):
            levels.append(_layer_norm(_gem(node, float(state["pool.p"]))))
    vectors = ops.matmul(ops.concat(levels, 1), _constant(state["fc.weight"]), False, True)
    unit = ops.normalize_l2(vectors, np.array([1], np.int64), 1e-12, "max")
    return openvino.Model([unit], [pictures], "embedder")


def _blocks() -> list[tuple[int, int]]:
    """ResNet-18: four stages (children 4..7 of the body) of two blocks."""
    return [(stage, block) for stage in range(4, 8) for block in range(2)]


def _residual_block(state: State, node: Any, name: str, stride: int) -> Any:
    from openvino import opset8 as ops

    branch = ops.relu(_convolution(state, node, f"{name}.conv1", f"{name}.bn1", stride))
    branch = _convolution(state, branch, f"{name}.conv2", f"{name}.bn2", 1)
    if f"{name}.downsample.0.weight" in state:
        node = _convolution(state, node, f"{name}.downsample.0", f"{name}.downsample.1", stride)
    return ops.relu(ops.add(branch, node))


def _convolution(state: State, node: Any, convolution: str, norm: str, stride: int) -> Any:
    """A convolution with its batch norm folded in: w * g / sqrt(v + e) and b - m * g / sqrt(v + e)."""
    from openvino import opset8 as ops

    kernel = state[f"{convolution}.weight"]
    gain = state[f"{norm}.weight"] / np.sqrt(state[f"{norm}.running_var"] + BATCH_NORM_EPSILON)
    bias = state[f"{norm}.bias"] - state[f"{norm}.running_mean"] * gain
    pad = [kernel.shape[2] // 2] * 2
    folded = ops.convolution(node, _constant(kernel * gain[:, None, None, None]), [stride] * 2, pad, pad, [1, 1])
    return ops.add(folded, _constant(bias.reshape(1, -1, 1, 1)))


def _constant(values: NDArray[np.float32]) -> Any:
    # An array where a node is expected goes through a list of Python's numbers, .7 s for this network; so here not.
    from openvino import opset13

    return opset13.constant(values)


def _gem(node: Any, power: float) -> Any:
    """Generalised-mean pooling over height and width, as in `imgsearch.network`."""
    from openvino import opset8 as ops

    raised = ops.power(ops.maximum(node, np.float32(GEM_FLOOR)), np.float32(power))
    return ops.power(ops.reduce_mean(raised, np.array([2, 3], np.int64), False), np.float32(1.0 / power))


def _layer_norm(node: Any) -> Any:
    from openvino import opset8 as ops

    return ops.mvn(node, np.array([1], np.int64), True, LAYER_NORM_EPSILON, "inside_sqrt")


def _shape(state: State, name: str) -> tuple[int, ...] | None:
    return state[name].shape if name in state else None
