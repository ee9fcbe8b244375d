"""Vectors of the last batches, as further negatives: the weights move slowly, so yesterday's vectors are still true.

Wang et al., "Cross-Batch Memory for Embedding Learning", 2020. Knows unit vectors and identities, nothing of networks
or losses. Invariant: it never holds more than `size` rows, the oldest go first, and no gradient passes through it.
"""

from __future__ import annotations

import torch
from torch import Tensor


class Memory:
    """A ring of rows.

    Example:
        >>> memory = Memory(4, 2, "cpu")
        >>> memory.add(torch.eye(2), torch.tensor([7, 8]))
        >>> memory.identities.tolist()
        [7, 8]
    """

    def __init__(self, size: int, dim: int, device: str) -> None:
        self._vectors = torch.zeros(size, dim, device=device)
        self._identities = torch.zeros(size, dtype=torch.int64, device=device)
        self._next = self._filled = 0

    @property
    def vectors(self) -> Tensor:
        """(M, D) float32 unit rows, M <= size."""
        return self._vectors[: self._filled]

    @property
    def identities(self) -> Tensor:
        """(M,) int64, whose rows they are."""
        return self._identities[: self._filled]

    @torch.no_grad()
    def add(self, vectors: Tensor, identities: Tensor) -> None:
        """Put rows in; `vectors` (N, D), `identities` (N,), N <= size."""
        size = len(self._vectors)
        places = (torch.arange(len(vectors), device=self._vectors.device) + self._next) % size
        self._vectors[places] = vectors.detach()
        self._identities[places] = identities
        self._next = (self._next + len(vectors)) % size
        self._filled = min(size, self._filled + len(vectors))
