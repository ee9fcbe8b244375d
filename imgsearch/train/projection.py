"""The embedder's last layer, worked out anew from what the body sees: within-class whitening, then contrast.

Training fits the last layer to the goods it is shown, at the cost of what tells other goods apart. Here the trained
directions and the body's own features, side by side, are weighed by how little they change between a gallery picture
and a photo of the same product (within-class covariance normalisation: Hatch, Kajarekar, Stolcke 2006; as the learned
whitening of Radenović, Tolias, Chum 2018), and the 256 axes with the largest spread are kept. From there some hundred
steps tell each product from a thousand others at a time, more than a batch of pictures can hold, held near the start.
The body looks at each picture once. It stays a matrix, so it costs nothing when serving. Knows features and a network,
not pictures or files.
Invariant: the result depends on the pairs and the network alone.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterable
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional as F

from imgsearch.network import EMBEDDING_DIM, FEATURES, FEATURES_OF_ONE, EmbedderNet
from imgsearch.train.batches import Batch
from imgsearch.train.precision import mixed

PAIRS = 40_000
"""With half of them held-out MRR is .597 instead of .606; HISTORY.md, "More pairs", says what still fewer give."""
START_PAIRS = 2400
"""Enough for a layer that is trained from there and worked out anew at the end."""
LEAST_PAIRS = EMBEDDING_DIM // 2
"""Two views each: with fewer the layer would have less than 256 rows."""
BODY_SHARE = 1.0
"""Weight of the body's own features beside the trained directions; 0 keeps to what training found."""
SHRINKAGE = 1.0
"""Share of the mean variance that is added to every axis: with less, what hardly ever changes would rule."""
REPORT_EVERY_BATCHES = 20
CONTRAST_PAIRS = 1024
"""Pairs of a step: each row has 1,023 others to be told from."""
CONTRAST_ROUNDS = 12
"""Over all pairs. With 24 held-out MRR is .398 instead of .400 (one-off)."""
CONTRAST_RATE = 3e-4
"""Of Adam. With 1e-3 what was not trained on is lost: real groceries R@1 .215 -> .197."""
CONTRAST_TEMPERATURE = 0.07
ANCHOR = 1.0
"""Weight of the squared distance from the start (L2-SP, Li, Grandvalet and Davoine 2018)."""
Matrix = NDArray[np.float64]


class Pairs(NamedTuple):
    """Products seen twice, as `(P, F)` features: as a gallery and as a photo shows them.

    `identity` is `(P,)` int64: rows of one product are no negatives of each other.
    """

    studio: Matrix
    photo: Matrix
    identity: NDArray[np.int64]


def refit(
    network: EmbedderNet,
    batches: Iterable[Batch],
    count: int = PAIRS,
    report: Callable[[str], None] = lambda line: None,
) -> EmbedderNet:
    """A copy whose last layer is worked out from about `count` pairs of these batches, `LEAST_PAIRS` at least.

    Args:
        network: its body sees the pairs.
        batches: endless.
        count: of pairs.
        report: is told now and then how many pairs were seen; 40,000 of 128 px can take half an hour.
    """
    pairs = _pairs(network, batches, count, report)
    weight = contrasted(whitened(_weight(network), pairs.studio, pairs.photo), pairs)
    copied = copy.deepcopy(network)
    copied.fc.weight.data = torch.from_numpy(weight).to(copied.fc.weight)
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


def contrasted(start: NDArray[np.float32], pairs: Pairs) -> NDArray[np.float32]:
    """The layer `(256, F)` after `CONTRAST_ROUNDS` rounds of InfoNCE over the pairs, held near `start`."""
    studio, photo = (torch.from_numpy(rows).float() for rows in (pairs.studio, pairs.photo))
    identity, first = torch.from_numpy(pairs.identity), torch.from_numpy(start)
    weight = first.clone().requires_grad_()
    optimiser = torch.optim.Adam([weight], lr=CONTRAST_RATE)
    size, order = min(CONTRAST_PAIRS, len(studio)), torch.Generator().manual_seed(0)
    rounds = [torch.randperm(len(studio), generator=order) for _ in range(CONTRAST_ROUNDS)]
    drawn = [mixed[at : at + size] for mixed in rounds for at in range(0, len(studio) - size + 1, size)]
    for step, chosen in enumerate(drawn):
        optimiser.param_groups[0]["lr"] = CONTRAST_RATE * 0.5 * (1 + math.cos(math.pi * step / len(drawn)))
        likeness = F.normalize(studio[chosen] @ weight.t(), dim=1) @ F.normalize(photo[chosen] @ weight.t(), dim=1).t()
        same = identity[chosen, None] == identity[None, chosen]
        logits = likeness.masked_fill(same.fill_diagonal_(False), float("-inf")) / CONTRAST_TEMPERATURE
        own = torch.arange(size)
        loss = (F.cross_entropy(logits, own) + F.cross_entropy(logits.t(), own)) / 2
        loss = loss + ANCHOR * (weight - first).square().sum() / first.square().sum()
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
    return weight.detach().numpy()


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
def _pairs(network: EmbedderNet, batches: Iterable[Batch], count: int, report: Callable[[str], None]) -> Pairs:
    """What the body sees of about `count` pairs of these batches."""
    device = str(network.fc.weight.device)
    seen: list[Pairs] = []
    for batch in batches:
        with mixed(device):
            studio, photo = (
                network.features(pictures.to(device)).cpu().double().numpy() for pictures in (batch.studio, batch.photo)
            )
        seen.append(Pairs(studio, photo, batch.identity.numpy()))
        reached = sum(len(pairs.identity) for pairs in seen)
        if len(seen) % REPORT_EVERY_BATCHES == 0 or reached >= count:
            report(f"last layer: {reached} of {count} pairs seen")
        if reached >= count:
            break
    return Pairs(*(np.concatenate(rows) for rows in zip(*seen, strict=True)))
