"""The detector that serves, as a network that can be trained on.

What serves has its batch norms folded into the convolutions. They can be had back: a norm that repeats the statistics
of what its convolution gives, with a gain and a shift that undo it, changes nothing.

Knows nothing of losses or pictures' origin. Invariant: in evaluation the network answers as the file does, to the
rounding of float32.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from imgsearch.errors import ModelError
from imgsearch.yolo import build_network, named_constants


def from_served(xml: Path, class_count: int, pictures: Iterable[torch.Tensor]) -> Any:
    """The network behind an OpenVINO detector, with batch norms, in evaluation mode.

    Args:
        xml: `detector.xml` with its `.bin`.
        class_count: of that detector.
        pictures: batches (B, 3, S, S) float32 in [0, 1), 50 pictures or more in all: they give the norms' statistics.

    Raises:
        ModelError: the file holds another network, as those with the head that needs no NMS.
    """
    network = build_network(class_count)
    _load(network, named_constants(xml))
    network.eval()
    _fit_norms(network, pictures)
    return network


def _load(network: Any, constants: dict[str, NDArray[np.float32]]) -> None:
    """Kernels as they are; the shift of a norm that does nothing else takes the folded bias."""

    def tensor(name: str, like: torch.Tensor) -> torch.Tensor:
        return torch.from_numpy(constants[name]).reshape(like.shape)  # OpenVINO keeps a bias as (1, C, 1, 1)

    for name, own in network.state_dict().items():
        if name in constants:  # kernels, and the biases of the last layers, which have no norm
            own.copy_(tensor(name, own))
        elif name.endswith("bn.bias"):
            own.copy_(tensor(name.removesuffix("bn.bias") + "conv.bias", own))
        elif name.endswith("running_var"):
            own.fill_(1.0)
        elif not name.endswith(("bn.weight", "running_mean", "num_batches_tracked")):
            raise ModelError(
                f"The detector to start from lacks {name}, so it is another network; start from the bundled one."
            )


def _fit_norms(network: Any, pictures: Iterable[torch.Tensor]) -> None:
    """Give each norm the statistics of what it sees, and the gain and shift that leave its answer as it was."""
    norms = [module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)]
    seen = {norm: _Moments() for norm in norms}
    hooks = [norm.register_forward_pre_hook(lambda norm, inputs: seen[norm].add(inputs[0])) for norm in norms]
    with torch.no_grad():
        for batch in pictures:
            network(batch)
        for norm in norms:
            _restate(norm, *seen[norm].mean_and_variance())
    for hook in hooks:
        hook.remove()


def _restate(norm: Any, mean: torch.Tensor, variance: torch.Tensor) -> None:
    """The norm that gives what its shift alone gave: gain = sqrt(variance + eps), shift + mean."""
    norm.weight.copy_((variance + norm.eps).sqrt())
    norm.bias.add_(mean)
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)


class _Moments:
    """Mean and variance of each channel over all that was added, in float64."""

    def __init__(self) -> None:
        self._total, self._squares, self._count = torch.zeros(()), torch.zeros(()), 0

    def add(self, values: torch.Tensor) -> None:
        """(B, C, H, W) of any float dtype."""
        exact = values.double()
        self._total = self._total + exact.sum((0, 2, 3))
        self._squares = self._squares + exact.square().sum((0, 2, 3))
        self._count += values.numel() // values.shape[1]

    def mean_and_variance(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Two of shape (C,)."""
        mean = self._total / self._count
        return mean, self._squares / self._count - mean.square()
