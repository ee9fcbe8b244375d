"""The head learns what tells goods apart from features alone, stays near its start, and resumes exactly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from imgsearch.train import head

RUN = head.HeadTraining(steps=240, pairs=16, learning_rate=3e-3)
SIGNAL, WIDTH, DIM = 12, 48, 16


def look(identities: int, seed: int, pictures: int = 3, goods: int = 0) -> tuple[head.Pass, head.Labels]:
    """Features where the first 12 numbers are the thing and 36 as loud ones are light and ground."""
    things = np.random.default_rng(goods).standard_normal((identities, SIGNAL))
    rng = np.random.default_rng([seed, 1])
    rows = []
    for _ in range(2):
        shown = np.repeat(things, pictures, axis=0) + 0.15 * rng.standard_normal((identities * pictures, SIGNAL))
        noise = rng.standard_normal((len(shown), WIDTH - SIGNAL))
        rows.append(np.concatenate([shown, noise], axis=1).astype(np.float32))
    labels = head.Labels(
        identity=np.repeat(np.arange(identities), pictures),
        family=np.arange(identities) % 3,
        gains=np.zeros((0, identities), np.float32),
    )
    return head.Pass(rows[0], rows[1], np.zeros((0, WIDTH), np.float32)), labels


def start() -> head.Vectors:
    return np.random.default_rng(5).standard_normal((DIM, WIDTH)).astype(np.float32) / 7


def recall(weight: head.Vectors, one: head.Pass, labels: head.Labels) -> float:
    gallery, queries = (rows @ weight.T / np.linalg.norm(rows @ weight.T, axis=1, keepdims=True) for rows in
                        (one.studio, one.photo))  # fmt: skip
    return float((labels.identity[(queries @ gallery.T).argmax(1)] == labels.identity).mean())


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> head.Vectors:
    one, labels = look(40, seed=0)
    other, _ = look(40, seed=1)
    return head.train_head(start(), [one, other], labels, RUN, tmp_path_factory.mktemp("head"))


def test_goods_that_were_never_shown_are_found_better(trained: head.Vectors) -> None:
    unseen, labels = look(40, seed=9, goods=77)
    assert recall(trained, unseen, labels) > recall(start(), unseen, labels) + 0.3


def test_an_interrupted_training_ends_with_the_very_same_weights(trained: head.Vectors, tmp_path: Path) -> None:
    one, labels = look(40, seed=0)
    other, _ = look(40, seed=1)

    def stop(what: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        head.train_head(start(), [one, other], labels, RUN, tmp_path, stop)
    assert (tmp_path / head.CHECKPOINT).is_file()
    steps: list[int] = []
    again = head.train_head(start(), [one, other], labels, RUN, tmp_path, lambda what, done, total: steps.append(done))
    assert steps == [200, 240], "it went on after step 100"
    assert np.array_equal(again, trained)


def test_a_heavier_anchor_stays_nearer_to_the_start(trained: head.Vectors, tmp_path: Path) -> None:
    one, labels = look(40, seed=0)
    held = head.train_head(start(), [one], labels, replace(RUN, anchor=300.0, steps=60), tmp_path)
    assert np.linalg.norm(held - start()) < 0.5 * np.linalg.norm(trained - start())


def test_graded_crops_are_drawn_to_what_they_were_called(tmp_path: Path) -> None:
    """A photo half like product 3 and half like 7, graded E for 3, is more like 3 than without the grade."""
    one, labels = look(12, seed=0)
    snap = (one.studio[labels.identity == 3][:1] + one.studio[labels.identity == 7][:1]) / 2
    gains = np.zeros((1, 12), np.float32)
    gains[0, 3] = 1.0
    graded = head.Labels(labels.identity, labels.family, gains)
    shown = head.Pass(one.studio, one.photo, snap)
    before, after = (
        head.train_head(start(), [shown], given, RUN, tmp_path / name)
        for name, given in (("plain", labels), ("graded", graded))
        if (tmp_path / name).mkdir() is None
    )

    def likeness(weight: head.Vectors, identity: int) -> float:
        rows = np.concatenate([snap, one.studio[labels.identity == identity]]) @ weight.T
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return float((rows[1:] @ rows[0]).max())

    assert likeness(after, 3) - likeness(after, 7) > likeness(before, 3) - likeness(before, 7) + 0.02
