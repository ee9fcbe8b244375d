"""What a training of vectors is judged by: the pair loss, the class loss, and their temperatures.

All on unit vectors: InfoNCE between gallery view and photo view (van den Oord et al. 2018), and a normalised softmax
over classes (Zhai and Wu, "Classification is a Strong Baseline for Deep Metric Learning", 2019). Knows nothing of
networks, pictures and schedules. Invariant: nothing to learn from is a loss of 0 with a gradient, not a NaN.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

PAIR_TEMPERATURE = 0.07
CLASS_TEMPERATURE = 0.06
LABEL_SMOOTHING = 0.05


def pair_loss(studio: Tensor, photo: Tensor, remembered: Tensor | None = None) -> Tensor:
    """Symmetric InfoNCE: row i of both shows the same product, all other rows of either side are negatives.

    Args:
        studio, photo: (P, D) unit rows each.
        remembered: (2P, M) likeness of each row, studio first, to further negatives; -inf where it is none.

    Returns:
        A scalar; 0 when there is no pair.
    """
    pairs = len(studio)
    if pairs == 0:
        return studio.sum()
    rows = torch.cat([studio, photo])
    likeness = (rows @ rows.t()).fill_diagonal_(float("-inf"))
    if remembered is not None:
        likeness = torch.cat([likeness, remembered], dim=1)
    partner = torch.arange(2 * pairs, device=rows.device).roll(pairs)
    return F.cross_entropy(likeness / PAIR_TEMPERATURE, partner)


def class_loss(vectors: Tensor, proxies: Tensor, classes: Tensor) -> Tensor:
    """Cross-entropy of the normalised softmax, its targets smoothed.

    Args:
        vectors: (N, D) unit rows.
        proxies: (C, D), a direction for each class, of any length.
        classes: (N,) int64, which class each row is of.

    Returns:
        A scalar; 0 when there is no row.
    """
    if len(vectors) == 0:
        return vectors.sum()
    return F.cross_entropy(class_logits(vectors, proxies), classes, label_smoothing=LABEL_SMOOTHING)


def class_logits(vectors: Tensor, proxies: Tensor) -> Tensor:
    """(N, C): the cosine of each row with each class's direction, sharpened by the temperature."""
    return vectors @ F.normalize(proxies, dim=1).t() / CLASS_TEMPERATURE
