"""Features of any catalog, also of one picture, become finite unit rows; equal spread along the catalog's axes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from imgsearch import whitening
from imgsearch.errors import ModelError


def features(count: int, seed: int = 0, width: int = 400) -> whitening.Rows:
    """Rows as a ReLU network makes them: positive, and far from spread evenly."""
    rng = np.random.default_rng(seed)
    mixed = rng.standard_normal((count, 40)) @ rng.standard_normal((40, width)) + 3 * rng.random(width)
    return np.maximum(mixed, 0).astype(np.float32)


@pytest.mark.parametrize("count", [1, 2, 31, 32, 100, 257, 600])
def test_a_catalog_of_any_size_gives_finite_unit_rows(count: int) -> None:
    fitted = whitening.fit(features(count))
    for rows in (fitted.apply(features(count)), fitted.apply(features(50, seed=1))):
        assert rows.shape[1] == 256
        assert rows.dtype == np.float32
        assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)


def test_whitening_is_what_the_definition_says() -> None:
    """Compared with the covariance's eigenvectors, without shrinkage's share: the axes are uncorrelated."""
    rows = features(900)
    fitted = whitening.fit(rows)
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    turned = (unit - unit.mean(axis=0)) @ fitted.basis.T
    covariance = np.cov(turned.T)
    spread = np.diag(covariance)
    assert np.abs(covariance - np.diag(spread)).max() < 1e-2 * spread.max()
    assert spread[:30].min() > 0.5, "the axes along which the catalog varies are brought to nearly the same spread"
    assert fitted.basis[:30] @ fitted.basis[:30].T == pytest.approx(np.diag((fitted.basis[:30] ** 2).sum(1)), abs=1e-2)


def test_it_tells_more_apart_than_the_bare_features() -> None:
    rows = features(200)
    bare = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    white = whitening.fit(rows).apply(rows)
    off = ~np.eye(200, dtype=bool)
    assert (white @ white.T)[off].mean() < 0.1 < (bare @ bare.T)[off].mean()


def test_a_saved_one_is_the_same_and_its_hash_tells_two_apart(tmp_path: Path) -> None:
    prints = []
    for seed in (0, 0, 1):
        path = tmp_path / f"{len(prints)}.safetensors"
        fitted = whitening.fit(features(64, seed))
        fitted.save(path)
        assert (whitening.load(path).apply(features(5)) == fitted.apply(features(5))).all()
        prints.append(whitening.digest(path))
    assert prints[0] == prints[1] != prints[2]
    assert whitening.load(path).pictures == 64


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / whitening.FILE
    path.write_bytes(b"no")
    with pytest.raises(ModelError, match="import the catalog again"):
        whitening.load(path)
