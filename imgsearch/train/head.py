"""Trains the embedder's last layer on a shop's goods: the body looks at each view once, then only a matrix is learned.

A step costs milliseconds instead of seconds, so minutes on two cores are enough. Knows features, not pictures.
Invariants: an interrupted run goes on where it was, both between passes over the pictures and within the training; the
head stays near the one it started from (L2-SP, Li, Grandvalet and Davoine 2018), as what it knew of other goods must
not be lost to a small shop.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from imgsearch.train.losses import class_logits, class_loss, pair_loss
from imgsearch.train.processes import threads

CHECKPOINT = "head.pt"
CHECKPOINT_EVERY_STEPS = 100
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Pass:
    """One look at everything that is learned from. Rows are the body's features.

    Attributes:
        studio, photo: `(P, D)`, a view of each picture as a gallery and as a photo shows it.
        snap: `(G, D)`, a take of each graded crop.
    """

    studio: Vectors
    photo: Vectors
    snap: Vectors


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """What the rows of a pass show.

    Attributes:
        identity: `(P,)` int64, the identity of each picture, 0..C-1.
        family: `(C,)` int64, the family of each identity: goods of one family are each other's hardest negatives.
        gains: `(G, C)` float32, how right each identity is for each graded crop.
    """

    identity: NDArray[np.int64]
    family: NDArray[np.int64]
    gains: Vectors


@dataclass(frozen=True, slots=True)
class HeadTraining:
    """How the head is trained. `anchor` weighs the distance from the start; `pairs` are drawn for each step."""

    steps: int = 1000
    pairs: int = 64
    learning_rate: float = 1e-3
    anchor: float = 1.0
    ema_decay: float = 0.99
    seed: int = 0


class _Learner:
    """Weights, proxies of the identities, optimiser and step of one run."""

    def __init__(self, start: Vectors, passes: Sequence[Pass], labels: Labels, run: HeadTraining) -> None:
        torch.manual_seed(run.seed)
        self.run, self.labels = run, labels
        self.start = torch.from_numpy(start)
        self.studio, self.photo, self.snap = (
            torch.from_numpy(np.stack([getattr(one, name) for one in passes])) for name in ("studio", "photo", "snap")
        )
        self.weight = self.start.clone().requires_grad_()
        self.average = self.start.clone()
        self.proxies = self._mean_proxies().requires_grad_()
        self.optimiser = torch.optim.AdamW(
            [{"params": [self.weight], "scale": 1.0}, {"params": [self.proxies], "scale": 10.0}], weight_decay=0.0
        )
        self.members = [np.flatnonzero(labels.identity == c) for c in range(len(labels.family))]
        self.families = [np.flatnonzero(labels.family == f) for f in range(int(labels.family.max()) + 1)]
        self.step = 0

    def _mean_proxies(self) -> Tensor:
        rows = F.normalize(self.studio.mean(0) @ self.start.t(), dim=1)
        sums = torch.zeros(len(self.labels.family), len(self.start))
        return F.normalize(sums.index_add_(0, torch.from_numpy(self.labels.identity), rows), dim=1)

    def train_once(self) -> float:
        """One step; returns the loss. Seeded by the step, so a resumed run draws what it would have drawn."""
        rng = np.random.default_rng([self.run.seed, self.step])
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate() * group["scale"]
        chosen = self._identities(rng)
        studio, photo = self._rows(rng, chosen)
        identities = torch.from_numpy(np.concatenate([chosen, chosen]))
        loss = pair_loss(studio, photo) + class_loss(torch.cat([studio, photo]), self.proxies, identities)
        loss = loss + self._graded_loss(rng) + self._distance()
        self.optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        self.optimiser.step()
        self.step += 1
        self.average.lerp_(self.weight.detach(), 1 - min(self.run.ema_decay, self.step / (self.step + 9)))
        return float(loss.detach())

    def _learning_rate(self) -> float:
        warm = min(1.0, (self.step + 1) / 50)
        return self.run.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * self.step / self.run.steps))

    def _identities(self, rng: np.random.Generator) -> NDArray[np.int64]:
        """Distinct identities; family by family, so that a batch holds what is easily confused."""
        order: list[int] = []
        for family in rng.permutation(len(self.families)):
            order += rng.permutation(self.families[family]).tolist()
            if len(order) >= self.run.pairs:
                break
        return np.asarray(order[: self.run.pairs], np.int64)

    def _rows(self, rng: np.random.Generator, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor]:
        """A gallery view and a photo view of each, of two different pictures where there are two."""
        pairs = [rng.permutation(self.members[c])[:2] for c in chosen]
        first, second = np.array([p[0] for p in pairs]), np.array([p[-1] for p in pairs])
        passes = rng.integers(len(self.studio), size=(2, len(chosen)))
        return self._embed(self.studio[passes[0], first]), self._embed(self.photo[passes[1], second])

    def _embed(self, rows: Tensor) -> Tensor:
        return F.normalize(rows @ self.weight.t(), dim=1)

    def _graded_loss(self, rng: np.random.Generator) -> Tensor:
        """Cross-entropy with the gains as soft targets; a crop with substitutes alone weighs as little as they do."""
        count = len(self.labels.gains)
        if not count:
            return torch.zeros(())
        drawn = rng.choice(count, min(count, self.run.pairs), replace=False)
        rows = self._embed(self.snap[rng.integers(len(self.snap), size=len(drawn)), drawn])
        logits = class_logits(rows, self.proxies)
        gains = torch.from_numpy(self.labels.gains[drawn])
        weight = gains.amax(1)
        targets = gains / gains.sum(1, keepdim=True)
        return (F.cross_entropy(logits, targets, reduction="none") * weight).sum() / weight.sum()

    def _distance(self) -> Tensor:
        return self.run.anchor * (self.weight - self.start).square().sum() / self.start.square().sum()

    def save(self, path: Path) -> None:
        state: dict[str, object] = {"optimiser": self.optimiser.state_dict(), "step": self.step}
        state |= {"weight": self.weight.detach(), "average": self.average, "proxies": self.proxies.detach()}
        part = path.with_suffix(".part")
        torch.save(state, part)
        part.replace(path)

    def resume(self, path: Path) -> None:
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True)
        with torch.no_grad():
            self.weight.copy_(state["weight"])
            self.average.copy_(state["average"])
            self.proxies.copy_(state["proxies"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step = state["step"]


def train_head(
    start: Vectors,
    passes: Sequence[Pass],
    labels: Labels,
    run: HeadTraining,
    folder: Path,
    progress: Callable[[str, int, int], None] = lambda what, done, total: None,
) -> Vectors:
    """Train and return the head, `(E, D)` float32; goes on from a checkpoint in `folder`.

    Args:
        start: `(E, D)` float32, the head to begin with.
        passes: at least one.
    """
    learner = _Learner(start, passes, labels, run)
    learner.resume(folder / CHECKPOINT)
    with threads(1):  # a step is too small to share
        while learner.step < run.steps:
            learner.train_once()
            if learner.step % CHECKPOINT_EVERY_STEPS == 0 or learner.step == run.steps:
                learner.save(folder / CHECKPOINT)
                progress("Training", learner.step, run.steps)
    return np.asarray(learner.average.numpy(), np.float32)
