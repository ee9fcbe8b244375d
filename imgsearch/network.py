"""The embedder as a torch module: for training, for serving on CUDA, and as the reference for the CPU runtime.

Knows the layers and their names in a weight file, nothing of files, pictures or devices.
Invariant: output rows are float32 of unit length, whatever precision the body ran in.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torchvision.models import ResNet50_Weights, resnet18, resnet50

EMBEDDING_DIM = 256
STAGE_FEATURES = (128, 256, 512)
"""Maps of the body's last three stages. Early ones keep what late ones gave up for the goods they were trained on."""
FEATURES = sum(STAGE_FEATURES)
FEATURES_OF_ONE = STAGE_FEATURES[-1]


class GeM(nn.Module):
    """Generalised-mean pooling (Radenović et al., "Fine-tuning CNN Image Retrieval", 2018): (N, C, H, W) -> (N, C).

    p = 1 is the average, p -> infinity the maximum; p is learned.
    """

    def __init__(self) -> None:
        super().__init__()
        self.p = nn.Parameter(torch.tensor(3.0))

    def forward(self, features: Tensor) -> Tensor:
        # As `pow(self.p)`, whose way back looks at each number for zeros: .35 instead of .68 s a training step.
        powered = features.float().clamp(min=1e-6).log().mul(self.p).exp()
        return powered.mean((2, 3)).pow(1.0 / self.p)


class EmbedderNet(nn.Module):
    """ResNet-18 body -> GeM and LayerNorm without affine of its last stages -> Linear without bias -> L2.

    Input (N, 3, S, S) float32 as `imgsearch.images.preprocess` makes it, output (N, 256) float32 unit rows.

    Args:
        features: `FEATURES` for the last three stages side by side, or `FEATURES_OF_ONE` for the last alone, as weights
            trained by earlier versions have it.

    Example: ``EmbedderNet()(torch.zeros(1, 3, 128, 128)).shape == (1, 256)``
    """

    def __init__(self, features: int = FEATURES) -> None:
        super().__init__()
        # Zero-initialised last batch norm of each block: the residual branches start as identities (Goyal et al. 2017).
        layers = list(resnet18(zero_init_residual=True).children())[:-2]
        self.body = nn.Sequential(*layers)
        self.pool = GeM()
        self.fc = nn.Linear(features, EMBEDDING_DIM, bias=False)
        self._first_stage = len(layers) - (1 if features == FEATURES_OF_ONE else len(STAGE_FEATURES))

    def forward(self, pictures: Tensor) -> Tensor:
        return F.normalize(self.fc(self.features(pictures)).float(), dim=1)

    def features(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) -> (N, F) float32, what the last layer projects: each stage's part has mean 0 and variance 1."""
        levels, maps = [], pictures
        for number, child in enumerate(self.body):
            maps = child(maps)
            if number >= self._first_stage:
                pooled = self.pool(maps)
                levels.append(F.layer_norm(pooled, pooled.shape[1:]))
        return torch.cat(levels, 1)


def load_resnet50() -> nn.Module:
    """torchvision's ResNet-50 (IMAGENET1K_V2) out of torch's cache, without its classifier, in evaluation mode.

    (N, 3, 224, 224) float32 -> (N, 2048) float32. Raises what torchvision's loader raises: RuntimeError for names or
    shapes that do not fit, `pickle.UnpicklingError` or EOFError for a damaged file.
    """
    network: nn.Module = resnet50(weights=ResNet50_Weights.IMAGENET1K_V2)
    network.fc = nn.Identity()
    return network.eval()


def load_network(state: Mapping[str, Tensor]) -> EmbedderNet:
    """An `EmbedderNet` in evaluation mode with these weights (any float dtype; kept as float32).

    Raises RuntimeError (torch's own) when a name or a shape does not fit.
    """
    projection = state.get("fc.weight")
    width = projection.shape[-1] if projection is not None else FEATURES
    network = EmbedderNet(width if width == FEATURES_OF_ONE else FEATURES)
    network.load_state_dict({name: _as_float32(tensor) for name, tensor in state.items()})
    return network.eval()


def _as_float32(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.is_floating_point() else tensor
