"""PCA-whitening: from a network's own features to short unit vectors, fitted on a shop's pictures.

Numbers only; knows neither networks nor catalogs. Invariants: rows of any catalog, also of one picture, become finite
unit rows; the same features give the same file, and the file's hash tells two whitenings apart.

After Jégou and Chum, "Negative evidences and co-occurrences in image retrieval: the benefit of PCA and whitening"
(2012): unit rows, centred, turned to the axes along which the catalog varies, each axis brought to the same spread,
unit rows again. Spreads are shrunk towards their mean, as those of a small catalog are mostly chance.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imgsearch.errors import ModelError

DIM = 256
MIN_PICTURES = 32  # below that nothing is known of how the catalog varies: a fixed turn without centring is used
SHRINKAGE = 0.1
FILE, NEXT_FILE = "whitening.safetensors", "whitening.next.safetensors"
"""The published catalog's, and that of one which is being imported, in the shop's folder."""

Rows = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """`mean` is `(F,)`, `basis` `(256, F)`, both float32; `pictures` says how many it was fitted on."""

    mean: Rows
    basis: Rows
    pictures: int

    def apply(self, features: Rows) -> Rows:
        """`(N, F)` features to `(N, 256)` float32 unit rows."""
        rows = (_unit(features) - self.mean) @ self.basis.T
        return _unit(rows)

    def save(self, path: Path) -> None:
        """Write it; the file is whole or not there."""
        from safetensors.numpy import save_file

        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        save_file({"mean": self.mean, "basis": self.basis, "pictures": np.array([self.pictures])}, part)
        part.replace(path)


def load(path: Path) -> Whitening:
    """Read a saved whitening.

    Raises:
        ModelError: the file is missing or damaged.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        stored = load_file(path)
        return Whitening(stored["mean"], stored["basis"], int(stored["pictures"][0]))
    except (OSError, SafetensorError, KeyError) as error:
        raise ModelError(
            f"The whitening {path} can't be read ({error}); delete it and import the catalog again."
        ) from error


def digest(path: Path) -> str:
    """SHA-256 of the file, 64 hex digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def fit(features: Rows) -> Whitening:
    """Fit on a catalog's features.

    Args:
        features: `(N, F)` float32, N >= 1, F >= 256.

    >>> fit(np.eye(300, dtype=np.float32)).basis.shape
    (256, 300)
    """
    count, width = features.shape
    if count < MIN_PICTURES:
        return Whitening(np.zeros(width, np.float32), _completed(np.zeros((0, width))).astype(np.float32), count)
    rows = _unit(features).astype(np.float64)
    mean = rows.mean(axis=0)
    _, spreads, axes = np.linalg.svd(rows - mean, full_matrices=False)
    known = min(DIM, count - 1)
    variances = np.zeros(DIM)
    variances[:known] = spreads[:known] ** 2 / (count - 1)
    shrunk = (1 - SHRINKAGE) * variances + SHRINKAGE * max(float(variances[:known].mean()), 1e-12)
    basis = _completed(axes[:known]) / np.sqrt(shrunk)[:, None]
    return Whitening(mean.astype(np.float32), np.ascontiguousarray(basis, np.float32), count)


def _completed(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """256 orthonormal rows that begin with these; the others are a fixed random choice."""
    width = axes.shape[1]
    filler = np.random.default_rng(0).standard_normal((DIM - len(axes), width))
    turned, _ = np.linalg.qr(np.concatenate([axes, filler]).T)
    rows: NDArray[np.float64] = turned.T[:DIM].copy()
    rows[: len(axes)] = axes  # the decomposition may have turned them round
    return rows


def _unit(rows: NDArray[np.floating[Any]]) -> Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
