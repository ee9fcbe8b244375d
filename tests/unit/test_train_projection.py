"""The last layer worked out anew: the same network before, better at what it was not trained on after."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from imgsearch.network import FEATURES, FEATURES_OF_ONE, EmbedderNet
from imgsearch.train import projection

EARLY = FEATURES - FEATURES_OF_ONE


def recall_at_1(weight: projection.Matrix, studio: projection.Matrix, photo: projection.Matrix) -> float:
    """Share of photos whose nearest gallery picture is their own."""
    gallery, asked = (
        (rows @ weight.T) / np.linalg.norm(rows @ weight.T, axis=1, keepdims=True) for rows in (studio, photo)
    )
    return float(((asked @ gallery.T).argmax(1) == np.arange(len(asked))).mean())


def pairs(seed: int, count: int) -> tuple[projection.Matrix, projection.Matrix]:
    """Products told apart by 40 early features; 30 of the last stage's change loudly from picture to photo."""
    rng = np.random.default_rng(seed)
    product = rng.normal(size=(count, FEATURES)) * 0.1
    product[:, :40] = rng.normal(size=(count, 40))
    change = np.full(FEATURES, 0.3)
    change[EARLY : EARLY + 30] = 6.0
    studio, photo = (product + rng.normal(size=product.shape) * change for _ in range(2))
    return studio, photo


def test_directions_that_change_between_picture_and_photo_lose_their_say_and_early_ones_gain_one() -> None:
    trained = np.zeros((256, FEATURES))
    trained[:, EARLY:] = np.random.default_rng(0).normal(size=(256, FEATURES_OF_ONE))
    weight = projection.whitened(trained, *pairs(1, 1200))
    assert weight.shape == (256, FEATURES)
    assert weight.dtype == np.float32
    unseen = pairs(2, 300)
    assert recall_at_1(trained, *unseen) < 0.2
    assert recall_at_1(weight, *unseen) > 0.6


def test_contrast_moves_the_layer_a_little_towards_what_tells_products_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "CONTRAST_PAIRS", 200)
    few = pairs(5, 200)
    start = projection.whitened(np.random.default_rng(3).normal(size=(256, FEATURES)) * 0.02, *few)
    studio, photo = pairs(1, 1000)
    weight = projection.contrasted(start, projection.Pairs(studio, photo, np.arange(1000)))
    unseen = pairs(2, 300)
    assert recall_at_1(weight, *unseen) > recall_at_1(start.astype(np.float64), *unseen) + 0.3
    assert np.linalg.norm(weight - start) < 0.5 * np.linalg.norm(start)


def test_two_views_of_one_product_are_no_negatives_of_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(projection, "CONTRAST_ROUNDS", 1)
    monkeypatch.setattr(projection, "CONTRAST_PAIRS", 40)
    start = (np.random.default_rng(3).normal(size=(256, FEATURES)) * 0.02).astype(np.float32)
    studio, photo = pairs(1, 40)
    all_one = projection.Pairs(studio, photo, np.zeros(40, np.int64))
    # Without a negative there is nothing to learn.
    assert np.allclose(projection.contrasted(start, all_one), start)
    assert not np.allclose(projection.contrasted(start, all_one._replace(identity=np.arange(40))), start)


def test_a_network_of_one_stage_answers_the_same_when_it_gets_to_see_three() -> None:
    torch.manual_seed(4)
    narrow = EmbedderNet(FEATURES_OF_ONE).eval()
    wide = projection.widened(narrow)
    pictures = torch.randn(3, 3, 48, 48)
    assert wide.fc.in_features == FEATURES
    assert torch.allclose(wide(pictures), narrow(pictures), atol=1e-6)
    assert projection.widened(wide) is wide
