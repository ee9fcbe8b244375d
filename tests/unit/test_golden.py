"""Eight pictures of the demo and their vectors pin the bundled embedder, preprocessing included.

After a deliberate change of the weights or the preprocessing, write the file again:

    python -m tests.unit.test_golden
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imgsearch import images
from imgsearch.embed import load_embedder
from imgsearch.weights import resolve

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / "tests" / "golden" / "embedder.npz"
# Two pictures of one product, two variants, members of a family, and strangers: near, middling and far apart.
PICTURES = (
    "mug-01-sage_0", "mug-01-sage_1", "mug-01-rust_0", "bowl-01-cream_0",
    "sofa-02-forest_0", "clock-01-chalk_0", "clock-01-chalk_1", "rug-01-zigzag_0",
)  # fmt: skip


def embedded() -> NDArray[np.float32]:
    folder = ROOT / "assets" / "demo" / "images"
    pictures = [images.load(folder / f"{name}.webp").image for name in PICTURES]
    return load_embedder(resolve("bundled").embedder, device="cpu").embed(pictures)


def test_the_embedder_still_gives_the_same_vectors() -> None:
    golden = np.load(GOLDEN)["vectors"]
    assert (embedded() * golden).sum(axis=1).min() >= 0.9999


def test_the_golden_pictures_span_near_and_far() -> None:
    """Else the comparison above would pin little."""
    golden = np.load(GOLDEN)["vectors"]
    cosines = (golden @ golden.T)[np.triu_indices(len(PICTURES), 1)]
    assert cosines.min() < 0.3 and cosines.max() > 0.8


def test_one_at_a_time_is_the_same_as_all_at_once() -> None:
    embedder = load_embedder(resolve("bundled").embedder, device="cpu")
    picture = images.load(ROOT / "assets" / "demo" / "images" / f"{PICTURES[0]}.webp").image
    assert np.allclose(embedder.embed([picture])[0], np.load(GOLDEN)["vectors"][0], atol=2e-3)


if __name__ == "__main__":
    np.savez_compressed(GOLDEN, vectors=embedded())
