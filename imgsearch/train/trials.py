"""What a shop's own goods can teach the embedder, and how that is asked: a cross-validated head, or the whole network.

`goods` read the pictures, `views` draw them, `head` (or, for the whole network, `embedder`) learns; here are the folds,
and everything that is kept in `out/work` so that an interrupted run goes on where it was. Knows nothing of judging or
of what is written for serving. Invariant: no query is answered by weights that were shown its product.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch.embed import openvino_network
from imgsearch.errors import InputError
from imgsearch.train import augment, goods, grounds, head, runs, views
from imgsearch.train.batches import BatchShape, Pools
from imgsearch.train.datasets import Sprite
from imgsearch.train.goods import Goods, Picture
from imgsearch.train.reviewed import Snap
from imgsearch.weights import ModelSet

State = dict[str, NDArray[np.float32]]
Progress = Callable[[str, int, int], None]
HEAD_MINUTES, WHOLE_MINUTES = 8.0, 60.0
WHOLE_LEARNING_RATE = 2e-4
PASSES = (2, 32)  # at least and at most; each shows every picture once as a gallery and once as a photo does
LOOKING_SHARE = 0.8  # of the minutes; the head itself trains in seconds


@dataclass(frozen=True, slots=True)
class FineTuning:
    """What one run is made of.

    Attributes:
        feed: the catalog, as for `import`.
        out: the directory of models that is written.
        models: what it starts from; its detector is copied into `out`.
        whole: train all layers instead of the last one.
        minutes: time to look and train; None: 8 for the head, 60 for the whole network.
        snaps: graded crops, from `reviewed`.
        training: how the head is trained.
        data: a folder whose `eval_*` pictures are refused besides the demo's.
    """

    feed: Path
    out: Path
    models: ModelSet
    whole: bool = False
    minutes: float | None = None
    snaps: tuple[Snap, ...] = ()
    training: head.HeadTraining = field(default_factory=head.HeadTraining)
    data: Path | None = None
    allow_private_urls: bool = False

    @property
    def budget_s(self) -> float:
        """Time to look and train, in seconds."""
        return 60 * (self.minutes or (WHOLE_MINUTES if self.whole else HEAD_MINUTES))


@dataclass(frozen=True, slots=True)
class Trial:
    """What there is to be judged.

    Attributes:
        before, after: `(Q,)`, whether the right product came first with the old and with new weights.
        units: the split unit of each query.
        examined: how many products were asked about.
        real: how many of the queries are graded photos.
        folds: how often was trained, each time without the goods that were then asked about.
        learned, graded: how many pictures and graded crops the result learned from.
        result: makes the weights that are written if the trial is a success.
    """

    before: NDArray[np.bool_]
    after: NDArray[np.bool_]
    units: tuple[str, ...]
    examined: int
    real: int
    folds: int
    learned: int
    graded: int
    result: Callable[[], State]


class Work:
    """The interruptible part: looking and learning, with everything kept in `out/work`."""

    def __init__(self, job: FineTuning, shop: Goods, state: State, progress: Progress) -> None:
        self._job, self._shop, self._state, self._progress = job, shop, state, progress
        self._snaps = views.known_snaps(shop, job.snaps)
        self._fold_of = np.array([shop.fold(picture.product_id) for picture in shop.pictures])
        self._size_px = job.models.embedder.input_size_px
        self._folder = runs.folder(job.out, self._key())

    def _key(self) -> str:
        """What is kept holds for the same pictures, grades, starting weights and settings only."""
        key = hashlib.sha256(self._job.models.embedder.fingerprint.encode())
        for picture in self._shop.pictures:
            key.update(f"{picture.content_hash}{self._shop.identity[picture.product_id]}".encode())
        for snap in self._snaps:
            key.update(f"{snap.photo}{snap.box}{sorted(snap.gains.items())}".encode())
        key.update(f"{self._job.whole}{asdict(self._job.training)}".encode())
        return key.hexdigest()

    def try_heads(self) -> Trial:
        """One head for each fold, asked about the goods of that fold alone."""
        # With the unit matrix as its head, the network answers with the body's features.
        width = self._state["fc.weight"].shape[1]
        body = openvino_network(self._state | {"fc.weight": np.eye(width, dtype=np.float32)}, self._size_px)
        passes = self._look(body)
        before, after, exams = [], [], []
        for fold in range(goods.FOLDS):
            learn, asked = views.split_snaps(self._shop, self._snaps, fold)
            exam = self._exam(asked, fold, goods.FOLDS)
            if not exam.queries:
                continue
            seen = tuple(views.features(crops, body, self._size_px) for crops in (exam.gallery, exam.queries))
            weight = self._head(passes, self._fold_of != fold, set(learn), fold)
            before.append(_hits(seen, self._state["fc.weight"], exam))
            after.append(_hits(seen, weight, exam))
            exams.append(exam)

        def on_everything() -> State:
            weight = self._head(passes, np.ones(len(self._fold_of), bool), set(self._snaps), goods.FOLDS)
            return self._state | {"fc.weight": weight}

        return _trial(before, after, exams, len(self._fold_of), len(self._snaps), on_everything)

    def _exam(self, asked: Sequence[Snap], fold: int, folds: int) -> views.Exam:
        self._progress("Measuring", fold, folds)
        return views.make_exam(self._shop, asked, fold, folds)

    def _head(
        self, passes: Sequence[head.Pass], known: NDArray[np.bool_], snaps: set[Snap], number: int
    ) -> NDArray[np.float32]:
        """A head that learned from these pictures and graded crops, rounded as it will be stored."""
        graded = np.array([snap in snaps for snap in self._snaps], bool)
        parts = [head.Pass(one.studio[known], one.photo[known], one.snap[graded]) for one in passes]
        pictures = [picture for picture, keep in zip(self._shop.pictures, known, strict=True) if keep]
        labels = self._labels(pictures, [snap for snap in self._snaps if snap in snaps])
        folder = self._folder / f"head-{number}"
        folder.mkdir(exist_ok=True)
        what = f"Training, part {number + 1} of {goods.FOLDS + 1}"
        weight = head.train_head(
            self._state["fc.weight"], parts, labels, self._job.training, folder,
            lambda _, done, total: self._progress(what, done, total),
        )  # fmt: skip
        return weight.astype(np.float16).astype(np.float32)

    def _look(self, body: views.Describe) -> list[head.Pass]:
        """Features of ever new views, pass by pass, until the time is used; passes of an earlier start are read."""
        passes: list[head.Pass] = []
        used_s = 0.0
        least, most = PASSES
        while len(passes) < least or (
            len(passes) < most and used_s * (1 + 1 / len(passes)) < LOOKING_SHARE * self._job.budget_s
        ):
            path = self._folder / f"pass-{len(passes):02d}.npz"
            if not path.is_file():
                if any(self._folder.glob(f"head-*/{head.CHECKPOINT}")):
                    break  # the training has begun with what there was
                _save_pass(path, *self._timed_pass(len(passes), body))
            one, seconds = _load_pass(path)
            passes.append(one)
            used_s += seconds
        return passes

    def _timed_pass(self, number: int, body: views.Describe) -> tuple[head.Pass, float]:
        started = time.monotonic()
        crops = self._crops(number)
        rows: list[NDArray[np.float32]] = []
        count = len(self._shop.pictures)
        total = 2 * count + len(self._snaps)
        while part := [crop for _, crop in zip(range(64), crops, strict=False)]:
            rows.append(views.features(part, body, self._size_px))
            self._progress(f"Looking, pass {number + 1}", sum(map(len, rows)), total)
        found = np.concatenate(rows)
        return head.Pass(found[:count], found[count : 2 * count], found[2 * count :]), time.monotonic() - started

    def _crops(self, number: int) -> Iterator[Image.Image]:
        """Studio views, photo views, takes of graded crops, in this order; always the same ones for a pass.

        What stands beside a thing is of its own fold, so that it is held out whenever the thing is.
        """
        beside = [
            [picture for picture, own in zip(self._shop.pictures, self._fold_of, strict=True) if own == fold]
            for fold in range(goods.FOLDS)
        ]
        for kind in range(2):
            for index, picture in enumerate(self._shop.pictures):
                rng = np.random.default_rng([number, kind, index])
                view = augment.studio_view(rng, picture.rgba) if kind == 0 else (
                    views.photo_view(rng, picture.rgba, beside[self._fold_of[index]])
                )  # fmt: skip
                yield Image.fromarray(view)
        for index, snap in enumerate(self._snaps):
            yield Image.fromarray(augment.snap_view(np.random.default_rng([number, 2, index]), snap.pixels, snap.box))

    def _labels(self, pictures: Sequence[Picture], snaps: Sequence[Snap]) -> head.Labels:
        identities = sorted({self._shop.identity[picture.product_id] for picture in pictures})
        index = {name: i for i, name in enumerate(identities)}
        family = {self._shop.identity[p.product_id]: self._shop.family[p.product_id] for p in pictures}
        families = {name: i for i, name in enumerate(sorted(set(family.values())))}
        gains = np.zeros((len(snaps), len(index)), np.float32)
        for row, snap in enumerate(snaps):
            for product_id, gain in snap.gains.items():
                gains[row, index[self._shop.identity[product_id]]] = gain
        return head.Labels(
            identity=np.array([index[self._shop.identity[p.product_id]] for p in pictures], np.int64),
            family=np.array([families[family[name]] for name in identities], np.int64),
            gains=gains,
        )

    def try_whole(self) -> Trial:
        """All layers, by the trainer that made the bundled weights, on three quarters of this catalog alone."""
        from imgsearch.train.embedder import EmbedderTraining, fine_tune

        learn, asked = views.split_snaps(self._shop, self._snaps, 0)
        exam = self._exam(asked, 0, 1)
        pictures = [picture for picture, fold in zip(self._shop.pictures, self._fold_of, strict=True) if fold != 0]
        sprites = [self._sprite(p.rgba, p.product_id) for p in pictures]
        for snap in learn:
            best = max(snap.gains, key=lambda key: snap.gains[key])
            if snap.gains[best] >= 0.5:
                opaque = np.full(snap.pixels.shape[:2], 255, np.uint8)
                sprites.append(self._sprite(np.dstack([snap.pixels, opaque]), best))
        pools = Pools(sprites, [], [], grounds.encoded(256, seed=self._job.training.seed))
        identities = {self._shop.identity[picture.product_id] for picture in pictures}
        training = EmbedderTraining(
            data=self._job.feed, init=self._job.models.embedder.path, out=self._folder,
            minutes=self._job.budget_s / 60, learning_rate=WHOLE_LEARNING_RATE, workers=0,
            shape=BatchShape(self._size_px, min(48, len(identities)), 0, 0),
        )  # fmt: skip
        total = round(self._job.budget_s)
        network = fine_tune(
            training, pools, lambda used_s: self._progress("Training", min(total, round(used_s)), total)
        )
        state = {
            name: tensor.cpu().numpy().astype(np.float16).astype(np.float32)
            for name, tensor in network.state_dict().items()
            if not name.endswith("num_batches_tracked")
        }
        before, after = (self._answers(weights, exam) for weights in (self._state, state))
        return _trial([before], [after], [exam], len(pictures), len(learn), lambda: state)

    def _answers(self, state: State, exam: views.Exam) -> NDArray[np.bool_]:
        network = openvino_network(state, self._size_px)
        gallery, queries = (views.features(crops, network, self._size_px) for crops in (exam.gallery, exam.queries))
        return views.first_hits((gallery, queries), exam)

    def _sprite(self, rgba: NDArray[np.uint8], product_id: str) -> Sprite:
        return Sprite(rgba, self._shop.identity[product_id], self._shop.unit[product_id], self._shop.family[product_id])


def _save_pass(path: Path, one: head.Pass, seconds: float) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        np.savez(file, studio=one.studio, photo=one.photo, snap=one.snap, seconds=seconds)
    part.replace(path)


def _load_pass(path: Path) -> tuple[head.Pass, float]:
    with np.load(path) as stored:
        return head.Pass(stored["studio"], stored["photo"], stored["snap"]), float(stored["seconds"])


def _hits(seen: Sequence[views.Vectors], weight: NDArray[np.float32], exam: views.Exam) -> NDArray[np.bool_]:
    """The answers of a head, `(E, D)`, to an exam whose gallery and queries the body has seen."""
    turned = (rows @ weight.T for rows in seen)
    gallery, queries = (rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in turned)
    return views.first_hits((gallery, queries), exam)


def _trial(
    before: Sequence[NDArray[np.bool_]], after: Sequence[NDArray[np.bool_]], exams: Sequence[views.Exam],
    learned: int, graded: int, result: Callable[[], State],
) -> Trial:  # fmt: skip
    """Raises InputError when there is no query."""
    if not any(exam.queries for exam in exams):
        raise InputError("None of the products could be held out to measure by; the catalog is too small to train on.")
    return Trial(
        np.concatenate(before), np.concatenate(after), tuple(unit for exam in exams for unit in exam.units),
        examined=len({name for exam in exams for name in exam.truth}),
        real=sum(exam.real for exam in exams), folds=len(exams), learned=learned, graded=graded, result=result,
    )  # fmt: skip
