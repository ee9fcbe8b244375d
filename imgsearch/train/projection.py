"""The embedder's last layer, worked out anew from what the body sees: within-class whitening, in closed form.

Training fits the last layer to the goods it is shown, at the cost of what tells other goods apart. Here the trained
directions and the body's own features, side by side, are weighed by how little they change between a gallery picture
and a photo of the same product (within-class covariance normalisation: Hatch, Kajarekar, Stolcke 2006; as the learned
whitening of Radenović, Tolias, Chum 2018), and the 256 axes with the largest spread are kept. It stays a matrix, so it
costs nothing when serving. Knows features and a network, not pictures or files.
Invariant: the result depends on the pairs and the network alone.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable

import numpy as np
import torch
from numpy.typing import NDArray

from imgsearch.network import EMBEDDING_DIM, FEATURES, FEATURES_OF_ONE, EmbedderNet
from imgsearch.train.batches import Batch

PAIRS = 2400
BODY_SHARE = 1.0
"""Weight of the body's own features beside the trained directions; 0 keeps to what training found."""
SHRINKAGE = 1.0
"""Share of the mean variance that is added to every axis: with less, what hardly ever changes would rule."""
Matrix = NDArray[np.float64]


def refit(network: EmbedderNet, batches: Iterable[Batch]) -> EmbedderNet:
    """A copy whose last layer is worked out from about `PAIRS` pairs of these batches."""
    studio, photo = _pairs(network, batches)
    copied = copy.deepcopy(network)
    copied.fc.weight.data = torch.from_numpy(whitened(_weight(network), studio, photo)).to(copied.fc.weight)
    return copied


def whitened(weight: Matrix, studio: Matrix, photo: Matrix) -> NDArray[np.float32]:
    """The new last layer, `(256, F)`.

    Args:
        weight: `(256, F)`, the trained one.
        studio, photo: `(P, F)` features; row i of both shows the same product.
    """
    # Scaled so that the trained directions weigh as much as the last stage's features do.
    trained = weight / np.linalg.norm(weight) * np.sqrt(FEATURES_OF_ONE)
    axes = np.concatenate([trained, BODY_SHARE * np.eye(weight.shape[1])])
    within = (studio - photo) @ axes.T
    covariance = within.T @ within / (2 * len(within))
    covariance += SHRINKAGE * np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    values, vectors = np.linalg.eigh(covariance)
    turned = (vectors * values**-0.5) @ vectors.T @ axes
    rows = np.concatenate([studio, photo]) @ turned.T
    kept = np.linalg.svd(rows - rows.mean(0), full_matrices=False)[2][:EMBEDDING_DIM]
    matrix = kept @ turned
    return np.asarray(matrix / np.linalg.norm(matrix) * np.linalg.norm(weight), np.float32)


def widened(network: EmbedderNet) -> EmbedderNet:
    """The network looking at its last three stages; the same vectors, as the early stages' weights are 0.

    One that does already is returned as it is.
    """
    missing = FEATURES - network.fc.in_features
    if not missing:
        return network
    wide = EmbedderNet()
    state = network.state_dict()
    state["fc.weight"] = torch.nn.functional.pad(state["fc.weight"], (missing, 0))
    wide.load_state_dict(state)
    return wide.eval()


def _weight(network: EmbedderNet) -> Matrix:
    return network.fc.weight.detach().cpu().double().numpy()


@torch.no_grad()
def _pairs(network: EmbedderNet, batches: Iterable[Batch]) -> tuple[Matrix, Matrix]:
    device = network.fc.weight.device
    studio: list[Matrix] = []
    photo: list[Matrix] = []
    seen = 0
    for batch in batches:
        for views, pictures in ((studio, batch.studio), (photo, batch.photo)):
            views.append(network.features(pictures.to(device)).cpu().double().numpy())
        seen += len(batch.studio)
        if seen >= PAIRS:
            break
    return np.concatenate(studio), np.concatenate(photo)
