"""Train the embedder on a shop's own catalog, and keep the result only if it is better on goods it was not shown.

`goods` reads, `views` draws, `head` (or, for the whole network, `embedder`) learns, `acceptance` judges; here is the
order of things and what is written. Invariants: the weights it starts from are never changed; refused weights are
not written; an interrupted run goes on where it was; the weights that were measured are those that are written.

The output directory is a directory of models: `--models DIR` serves it, detector included. Its fingerprint is its own,
so an import with it builds a new collection beside the old one, and an import with the old weights switches back.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from safetensors.numpy import save_file

from imgsearch import weights
from imgsearch.detect import load_detector
from imgsearch.embed import load_embedder, openvino_network, read_state
from imgsearch.errors import ConfigError, InputError, ModelError
from imgsearch.train import acceptance, augment, goods, grounds, head, views
from imgsearch.train.batches import BatchShape, Pools
from imgsearch.train.datasets import Sprite
from imgsearch.train.goods import Goods, Picture
from imgsearch.train.refusal import Refusal
from imgsearch.train.reviewed import Snap
from imgsearch.weights import ModelSet

State = dict[str, NDArray[np.float32]]
Progress = Callable[[str, int, int], None]
HEAD_MINUTES, WHOLE_MINUTES = 8.0, 60.0
WHOLE_LEARNING_RATE = 2e-4
PASSES = (2, 8)  # at least and at most; each shows every picture once as a gallery and once as a photo does
LOOKING_SHARE = 0.8  # of the minutes; the head itself trains in seconds
_WORK = "work"


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


def run(job: FineTuning, progress: Progress = lambda what, done, total: None) -> dict[str, Any]:
    """Train, judge, and write the weights if they are better.

    Returns:
        The document of `train embedder`.

    Raises:
        CatalogError: the feed can't be used.
        InputError: a picture belongs to the evaluation sets, or nothing is held out.
        ConfigError: `out` is where the starting weights lie.
        ModelError: the starting weights are of another architecture.
    """
    started = time.monotonic()
    start = _check(job)
    state: State = read_state(start)
    detector = load_detector(job.models.detector) if job.models.detector else None
    shop = goods.read(
        job.feed, load_embedder(start, "cpu"), detector, Refusal(job.data),
        allow_private_urls=job.allow_private_urls, progress=progress,
    )  # fmt: skip
    known, asked = views.split_snaps(shop, job.snaps)
    exam = views.make_exam(shop, asked)
    if not exam.queries:
        raise InputError("None of the products could be held out to measure by; the catalog is too small to train on.")
    learn = [picture for picture in shop.pictures if not shop.is_held_out(picture.product_id)]
    work = _Work(job, shop, learn, known, progress)
    trained = work.train_whole() if job.whole else work.train_head(state)
    before = _hits(state, start.input_size_px, exam, progress)
    after = _hits(trained, start.input_size_px, exam, progress)
    verdict = acceptance.judge(before, after, exam.units)
    model = _write(job, trained, verdict) if verdict.accepted else None
    document = _document(job, shop, learn, known, exam, verdict, model)
    document["minutes"] = round((time.monotonic() - started) / 60, 2)
    (job.out / "training.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return document


def _check(job: FineTuning) -> weights.EmbedderWeights:
    start = job.models.embedder
    if start.arch != weights.EMBEDDER_ARCHITECTURE:
        raise ModelError(f"Training goes on from bundled or own weights; {start.name} is a {start.arch}.")
    if start.path.parent.resolve() == job.out.resolve():
        raise ConfigError(f"The weights to start from lie in {job.out}; give another --out, so that they can be kept.")
    (job.out / _WORK).mkdir(parents=True, exist_ok=True)
    return start


class _Work:
    """The interruptible part: looking and learning, with everything kept in `out/work`."""

    def __init__(
        self, job: FineTuning, shop: Goods, learn: Sequence[Picture], snaps: Sequence[Snap], progress: Progress
    ) -> None:
        self._job, self._shop, self._learn, self._snaps, self._progress = job, shop, learn, snaps, progress
        self._folder = job.out / _WORK
        self._identities = sorted({shop.identity[picture.product_id] for picture in learn})
        self._forget_other_runs()

    def _forget_other_runs(self) -> None:
        """What is kept holds for the same pictures, grades, starting weights and settings only."""
        key = hashlib.sha256(self._job.models.embedder.fingerprint.encode())
        for picture in self._learn:
            key.update(f"{picture.content_hash}{self._shop.identity[picture.product_id]}".encode())
        for snap in self._snaps:
            key.update(f"{snap.photo}{snap.box}{sorted(snap.gains.items())}".encode())
        key.update(f"{self._job.whole}{asdict(self._job.training)}".encode())
        note = self._folder / "run.txt"
        if not note.is_file() or note.read_text(encoding="ascii") != key.hexdigest():
            shutil.rmtree(self._folder)
            self._folder.mkdir()
            note.write_text(key.hexdigest(), encoding="ascii")

    def train_head(self, state: State) -> State:
        """The state with another head, rounded as it will be stored."""
        passes = self._look(state)
        labels = self._labels()
        weight = head.train_head(state["fc.weight"], passes, labels, self._job.training, self._folder, self._progress)
        return state | {"fc.weight": weight.astype(np.float16).astype(np.float32)}

    def _look(self, state: State) -> list[head.Pass]:
        """Features of ever new views, pass by pass, until the time is used; passes of an earlier start are read."""
        size_px = self._job.models.embedder.input_size_px
        # With the unit matrix as its head, the network answers with the body's features.
        width = state["fc.weight"].shape[1]
        body = openvino_network(state | {"fc.weight": np.eye(width, dtype=np.float32)}, size_px)
        passes: list[head.Pass] = []
        used_s = 0.0
        least, most = PASSES
        while len(passes) < least or (
            len(passes) < most and used_s * (1 + 1 / len(passes)) < LOOKING_SHARE * self._job.budget_s
        ):
            path = self._folder / f"pass-{len(passes):02d}.npz"
            if not path.is_file():
                if (self._folder / head.CHECKPOINT).is_file():
                    break  # the training has begun with what there was
                _save_pass(path, *self._timed_pass(len(passes), body, size_px))
            one, seconds = _load_pass(path)
            passes.append(one)
            used_s += seconds
        return passes

    def _timed_pass(self, number: int, body: views.Describe, size_px: int) -> tuple[head.Pass, float]:
        started = time.monotonic()
        crops = self._crops(number)
        rows: list[NDArray[np.float32]] = []
        total = 2 * len(self._learn) + len(self._snaps)
        while part := [crop for _, crop in zip(range(64), crops, strict=False)]:
            rows.append(views.features(part, body, size_px))
            self._progress(f"Looking, pass {number + 1}", sum(map(len, rows)), total)
        found, count = np.concatenate(rows), len(self._learn)
        return head.Pass(found[:count], found[count : 2 * count], found[2 * count :]), time.monotonic() - started

    def _crops(self, number: int) -> Iterator[Image.Image]:
        """Studio views, photo views, takes of graded crops, in this order; always the same ones for a pass."""
        for kind in range(2):
            for index, picture in enumerate(self._learn):
                rng = np.random.default_rng([number, kind, index])
                view = augment.studio_view(rng, picture.rgba) if kind == 0 else (
                    views.photo_view(rng, picture.rgba, self._learn)
                )  # fmt: skip
                yield Image.fromarray(view)
        for index, snap in enumerate(self._snaps):
            yield Image.fromarray(augment.snap_view(np.random.default_rng([number, 2, index]), snap.pixels, snap.box))

    def _labels(self) -> head.Labels:
        index = {name: i for i, name in enumerate(self._identities)}
        family = {self._shop.identity[p.product_id]: self._shop.family[p.product_id] for p in self._learn}
        families = {name: i for i, name in enumerate(sorted(set(family.values())))}
        gains = np.zeros((len(self._snaps), len(index)), np.float32)
        for row, snap in enumerate(self._snaps):
            for product_id, gain in snap.gains.items():
                gains[row, index[self._shop.identity[product_id]]] = gain
        return head.Labels(
            identity=np.array([index[self._shop.identity[p.product_id]] for p in self._learn], np.int64),
            family=np.array([families[family[name]] for name in self._identities], np.int64),
            gains=gains,
        )

    def train_whole(self) -> State:
        """All layers, by the trainer that made the bundled weights, on this catalog alone."""
        from imgsearch.train.embedder import EmbedderTraining, fine_tune

        sprites = [self._sprite(p.rgba, p.product_id) for p in self._learn]
        for snap in self._snaps:
            best = max(snap.gains, key=lambda key: snap.gains[key])
            if snap.gains[best] >= 0.5:
                opaque = np.full(snap.pixels.shape[:2], 255, np.uint8)
                sprites.append(self._sprite(np.dstack([snap.pixels, opaque]), best))
        pools = Pools(sprites, [], [], grounds.encoded(256, seed=self._job.training.seed))
        start = self._job.models.embedder
        training = EmbedderTraining(
            data=self._job.feed, init=start.path, out=self._folder, minutes=self._job.budget_s / 60,
            learning_rate=WHOLE_LEARNING_RATE, serve_px=start.input_size_px, workers=0,
            shape=BatchShape(start.input_size_px, min(48, len(self._identities)), 0, 0),
        )  # fmt: skip
        total = round(self._job.budget_s)
        network = fine_tune(
            training, pools, lambda used_s: self._progress("Training", min(total, round(used_s)), total)
        )
        state = {name: tensor.cpu().numpy() for name, tensor in network.state_dict().items()}
        return {
            name: array.astype(np.float16).astype(np.float32)
            for name, array in state.items()
            if not name.endswith("num_batches_tracked")
        }

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


def _hits(state: State, size_px: int, exam: views.Exam, progress: Progress) -> NDArray[np.bool_]:
    progress("Measuring", 0, 1)
    network = openvino_network(state, size_px)
    gallery, queries = (views.features(crops, network, size_px) for crops in (exam.gallery, exam.queries))
    progress("Measuring", 1, 1)
    return views.first_hits((gallery, queries), exam)


def _write(job: FineTuning, state: State, verdict: acceptance.Verdict) -> str:
    """The directory of models; returns the first 12 characters of its fingerprint."""
    start = job.models.embedder
    part = job.out / "embedder.part"
    save_file({name: array.astype(np.float16, order="C") for name, array in state.items()}, part)
    part.replace(job.out / "embedder.safetensors")
    facts = {
        "name": f"{start.name.split('+')[0]}+{'whole' if job.whole else 'head'}",
        "arch": start.arch,
        "dim": start.dim,
        "input_size_px": start.input_size_px,
        "licence": f"trained on own pictures from {start.name}, whose terms hold here, too: {start.licence}",
    }
    (job.out / "embedder.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    detector = job.models.detector
    if detector is not None:
        for path in (detector.path, detector.path.with_suffix(".bin"), detector.path.parent / "detector.json"):
            if path.is_file():
                shutil.copyfile(path, job.out / path.name)
    return weights.read_embedder(job.out).fingerprint[:12]


def _document(
    job: FineTuning, shop: Goods, learn: Sequence[Picture], known: Sequence[Snap], exam: views.Exam,
    verdict: acceptance.Verdict, model: str | None,
) -> dict[str, Any]:  # fmt: skip
    return {
        "what": "embedder",
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        "trained": "whole" if job.whole else "head",
        "products": len(shop.unit),
        "duplicates": len(shop.identity) - len(set(shop.identity.values())),
        "pictures_learned_from": len(learn),
        "graded_learned_from": len(known),
        "held_out_products": sum(shop.is_held_out(product_id) for product_id in shop.unit),
        "queries": verdict.queries,
        "graded_queries": exam.real,
        "recall_at_1_before": round(verdict.before, 4),
        "recall_at_1_after": round(verdict.after, 4),
        "gain": round(verdict.gain, 4),
        "ci95": [round(end, 4) for end in verdict.ci95],
        "p_value": round(verdict.p_value, 6),
        "won": verdict.won,
        "lost": verdict.lost,
        "model_before": job.models.embedder.fingerprint[:12],
        "model_after": model,
        "out": str(job.out),
        "notes": list(shop.notes),
    }
