"""The distractors: vectors of many things that shops do not sell, or sell elsewhere, to tell what is strange.

Knows one file, `distractors.safetensors` beside the embedder's weights, made by `imgsearch.train.distractors`.
Invariant: vectors of another model are never used; a bank that does not fit is an empty bank that says why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imgsearch import config

FILE = "distractors.safetensors"
# Of 2,000 distractors, the mean of the nearest 5, 20 or 50 tells as much; one alone tells less.
NEAREST = 20
MAKE = "python -m imgsearch.train.distractors --pictures FOLDER"
OF_WHAT = "of pictures of things that you do not sell, a sub-folder of FOLDER for each kind"


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Distractors.

    Attributes:
        vectors: `(N, dim)` float32 unit rows.
        classes: `(N,)` int64, what each shows; rows of a class are alike.
        mark: tells one bank from another; '' for the empty one.
        warning: why it is empty; '' if it is not.
    """

    vectors: NDArray[np.float32]
    classes: NDArray[np.int64]
    mark: str = ""
    warning: str = ""

    def __len__(self) -> int:
        return len(self.vectors)

    def without(self, rows: Iterable[int]) -> Bank:
        """The same without these rows."""
        kept = np.ones(len(self), dtype=np.bool_)
        kept[list(rows)] = False
        return Bank(self.vectors[kept], self.classes[kept], self.mark, self.warning)

    def strangeness(
        self, queries: NDArray[np.float32], classes: NDArray[np.int64] | None = None
    ) -> NDArray[np.float32]:
        """The mean cosine of each query with its 20 nearest distractors, `(Q,)`; costs .2 ms a query.

        Args:
            queries: `(Q, dim)` float32 unit rows.
            classes: `(Q,)`: leave out the distractors of the query's own class (for queries that are distractors).
        """
        scores = queries @ self.vectors.T
        if classes is not None:
            scores[classes[:, None] == self.classes[None, :]] = -1.0
        near = min(NEAREST, scores.shape[1])
        nearest: NDArray[np.float32] = np.partition(scores, -near, axis=1)[:, -near:].mean(axis=1)
        return nearest


def empty(warning: str, dim: int = 256) -> Bank:
    """No distractors, and why."""
    return Bank(np.empty((0, dim), np.float32), np.empty(0, np.int64), warning=warning)


def load(models: str, fingerprint: str) -> Bank:
    """The distractors that lie with the models of a `--models` value, if this embedder made them.

    Args:
        models: 'bundled', 'pretrained' or a directory, as for `weights.resolve`.
        fingerprint: the embedder's.

    Returns:
        An empty bank with a warning where the file is missing, damaged, or made by other weights.
    """
    folder = Path(models).expanduser()
    path = (folder if folder.is_dir() else config.ASSETS / "models") / FILE
    if not path.is_file():
        return empty(
            f"There are no distractors for these weights ({path.name}), so verdicts rest on the shop's own pictures; "
            f"make some {OF_WHAT}: `{MAKE} --models {models}`."
        )
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, framework="numpy") as file:
            made_by = (file.metadata() or {}).get("fingerprint", "")
            vectors = file.get_tensor("vectors").astype(np.float32)
            classes = file.get_tensor("classes").astype(np.int64)
    except (OSError, SafetensorError) as error:
        return empty(f"{path.name} can't be read ({error}); make it again, {OF_WHAT}: `{MAKE} --models {models}`.")
    if made_by != fingerprint:
        return empty(
            f"The distractors were made by another model ({made_by[:12]}) than this one ({fingerprint[:12]}), so they "
            f"are not used; make them again, {OF_WHAT}: `{MAKE} --models {models}`."
        )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    mark = hashlib.sha256(vectors.astype(np.float16).tobytes()).hexdigest()[:12]
    return Bank(vectors, classes, mark)
