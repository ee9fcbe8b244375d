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
    def identities(self) -> Tensor:
        """(M,) int64, whose rows are in it; M <= size."""
        return self._identities[: self._filled]

    def likeness(self, rows: Tensor, identities: Tensor) -> Tensor:
        """Cosines (N, M) of unit rows (N, D) to what is in it; -inf where both show the same product.

        Args:
            identities: (N,) whose rows they are.
        """
        # A copy: the backward pass needs these rows, and `add` may come before it.
        cosines = rows @ self._vectors[: self._filled].clone().t()
        return cosines.masked_fill(identities[:, None] == self.identities[None, :], float("-inf"))

    @torch.no_grad()
    def add(self, vectors: Tensor, identities: Tensor) -> None:
        """Put rows in; `vectors` (N, D), `identities` (N,), N <= size."""
        size = len(self._vectors)
        places = (torch.arange(len(vectors), device=self._vectors.device) + self._next) % size
        self._vectors[places] = vectors.detach()
        self._identities[places] = identities
        self._next = (self._next + len(vectors)) % size
        self._filled = min(size, self._filled + len(vectors))
