"""The box of a mask: the truth of the demo's photos is made of these."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest

RENDER = Path(__file__).resolve().parents[2] / "assets" / "render"


def _load(name: str) -> object:
    """A module of the renderer by its file: it lies outside the package and needs no Blender."""
    spec = importlib.util.spec_from_file_location(f"render_{name}", RENDER / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tight_box = _load("geometry").tight_box  # type: ignore[attr-defined]


def _slow_box(mask: np.ndarray) -> tuple[int, int, int, int]:
    """The same by looking at every pixel."""
    hits = [(x, y) for y in range(mask.shape[0]) for x in range(mask.shape[1]) if mask[y, x]]
    xs, ys = [x for x, _ in hits], [y for _, y in hits]
    return min(xs), min(ys), max(xs) + 1, max(ys) + 1


@pytest.mark.parametrize("seed", range(20))
def test_box_is_the_smallest_that_holds_every_pixel(seed: int) -> None:
    rng = np.random.default_rng(seed)
    mask = rng.random((rng.integers(1, 30), rng.integers(1, 40))) < 0.05
    mask[rng.integers(mask.shape[0]), rng.integers(mask.shape[1])] = True
    assert tight_box(mask) == _slow_box(mask)


def test_one_pixel_has_a_box_of_one_pixel() -> None:
    mask = np.zeros((5, 7), bool)
    mask[4, 6] = True
    assert tight_box(mask) == (6, 4, 7, 5)


def test_an_empty_mask_is_refused() -> None:
    with pytest.raises(ValueError, match="empty mask"):
        tight_box(np.zeros((3, 3), bool))
