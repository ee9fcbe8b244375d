"""Train the detector on a shop's own labelled photos, and keep the result only if it finds more on photos kept apart.

`own_boxes` reads, `detector` trains, `detector_figures` measures; here is the order of things, the judgement, and what
is written. Invariants: the weights it starts from are never changed; refused weights are not written; an interrupted
run goes on where it was; no picture that it is judged by was shown to it.

Judged is class-agnostic mAP50, as a visitor clicks boxes, not names, and as no threshold enters it. The threshold of
the new weights is set afterwards, on the same pictures, as that of the bundled ones was on theirs: where F2 is largest,
since a missed thing can't be clicked and a box too many can be ignored.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from imgsearch import geometry, images
from imgsearch.detect import load_detector
from imgsearch.errors import ConfigError, ModelError
from imgsearch.metrics import Interval
from imgsearch.records import Box
from imgsearch.train import acceptance, composites, detector, detector_export, models_folder, own_boxes, runs
from imgsearch.train.classes import CLASS_NAMES
from imgsearch.train.detector_batches import FEW
from imgsearch.train.detector_figures import ROUNDS, Marked, Tally, best_threshold, score, sensitive
from imgsearch.train.own_boxes import Labelled
from imgsearch.train.refusal import Refusal
from imgsearch.weights import DetectorWeights, ModelSet

Progress = Callable[[str, int, int], None]
MINUTES = 30.0
LEARNING_RATE = 3e-4  # less than `detector.PEAK_GOING_ON`: a shop has few photos, and they change more at a time
LONGEST_SIDE_PX = 640  # of the stored copies: more than training ever shows


@dataclass(frozen=True, slots=True)
class DetectorTuning:
    """What one run is made of: a YOLO dataset, the directory of models to write, and what it starts from."""

    dataset: Path
    out: Path
    models: ModelSet
    minutes: float = MINUTES
    learning_rate: float = LEARNING_RATE


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome: mAP50 before and after on the same pictures, and the paired 95 % interval of the gain."""

    accepted: bool
    reason: str
    before: float
    after: float
    ci95: Interval


def run(job: DetectorTuning, progress: Progress = lambda what, done, total: None) -> dict[str, Any]:
    """Train, judge, and write the weights if they are better.

    Returns:
        The document of `train detector`.

    Raises:
        InputError: the dataset can't be used.
        ConfigError: `out` is where the starting weights lie.
        ModelError: there is no detector to start from, or one of other classes.
    """
    started = time.monotonic()
    start = _check(job)
    own = own_boxes.read(job.dataset, Refusal(), progress)
    work = _work_folder(job, start, own.learn)
    _write_pictures(own.learn, work / "pictures", progress)
    _train(job, start, work, progress)
    candidate = _export(start, work)
    before, after = (
        score(load_detector(sensitive(found), "cpu"), _photos(own.held_out, what, progress))
        for found, what in ((start, "Measuring the old weights"), (candidate, "Measuring the new weights"))
    )
    verdict = judge(before, after)
    confidence = best_threshold(after)
    model = _write(job, start, candidate, confidence) if verdict.accepted else None
    document = {
        "what": "detector",
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        "trained": "boxes",
        "pictures_learned_from": len(own.learn),
        "boxes_learned_from": sum(len(one.boxes) for one in own.learn),
        "held_out_pictures": len(own.held_out),
        "held_out_boxes": sum(len(one.boxes) for one in own.held_out),
        "map50_before": round(verdict.before, 4),
        "map50_after": round(verdict.after, 4),
        "gain": round(verdict.after - verdict.before, 4),
        "ci95": [round(end, 4) for end in verdict.ci95],
        **_at_threshold("before", before, start.confidence),
        **_at_threshold("after", after, confidence),
        "model_before": start.fingerprint[:12],
        "model_after": model,
        "out": str(job.out),
        "notes": list(own.notes),
        "minutes": round((time.monotonic() - started) / 60, 2),
    }
    (job.out / "training.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return document


def judge(before: Tally, after: Tally) -> Verdict:
    """Are the new weights better? Doubt keeps the old ones.

    New ones are accepted if mAP50 rose by a point or more and the 95 % interval of the gain, a bootstrap over pictures
    that both answered, lies above zero.
    """
    everything = range(before.pictures)
    old, new = before.average_precision(everything), after.average_precision(everything)
    rng = np.random.default_rng(0)
    draws = [rng.integers(0, before.pictures, before.pictures).tolist() for _ in range(ROUNDS)]
    gains = [after.average_precision(drawn) - before.average_precision(drawn) for drawn in draws]
    low, high = (float(end) for end in np.percentile(gains, (2.5, 97.5)))
    fault = acceptance.fault_of_gain("mAP50", new - old, (low, high), "other boxes")
    return Verdict(not fault, fault or f"mAP50 rose by {new - old:.3f}, beyond its interval", old, new, (low, high))


def _at_threshold(when: str, tally: Tally, confidence: float) -> dict[str, float]:
    precision, recall = tally.precision_and_recall(confidence)
    return {
        f"confidence_{when}": round(confidence, 3),
        f"recall_{when}": round(recall, 4),
        f"precision_{when}": round(precision, 4),
    }


def _check(job: DetectorTuning) -> DetectorWeights:
    start = job.models.detector
    if start is None or start.path.suffix not in {".xml", ".safetensors"} or start.class_names != CLASS_NAMES:
        name = start.name if start else "no detector"
        raise ModelError(f"Training goes on from the bundled detector or one trained from it; got {name}.")
    if start.path.parent.resolve() == job.out.resolve():
        raise ConfigError(f"The weights to start from lie in {job.out}; give another --out, so that they can be kept.")
    return start


def _work_folder(job: DetectorTuning, start: DetectorWeights, learn: Sequence[Labelled]) -> Path:
    """`out/work`, emptied if it belongs to a run on other pictures, labels, weights or settings."""
    key = hashlib.sha256(f"{start.fingerprint} {job.minutes} {job.learning_rate}".encode())
    for one in learn:
        key.update(f"{one.digest} {one.boxes}".encode())
    return runs.folder(job.out, key.hexdigest())


def _write_pictures(learn: Sequence[Labelled], folder: Path, progress: Progress) -> None:
    """Copies as the trainer reads them, upright and no larger than needed."""
    complete = folder / "complete"
    if complete.exists():
        return
    for number, one in enumerate(learn):
        pixels = np.asarray(images.load(one.path, LONGEST_SIDE_PX).image)
        height, width = pixels.shape[:2]
        boxes = [(k, (x1 * width, y1 * height, x2 * width, y2 * height)) for k, (x1, y1, x2, y2) in one.boxes]
        composites.write_picture(folder, "train", f"own-{number:05d}", pixels, boxes, quality=92)
        progress("Preparing", number + 1, len(learn))
    complete.touch()


def _train(job: DetectorTuning, start: DetectorWeights, work: Path, progress: Progress) -> None:
    training = detector.Run(work, work / "pictures", start.path, job.minutes * 60, job.learning_rate, FEW)
    total = round(job.minutes * 60)
    training.train(lambda spent_s: progress("Training", min(total, round(spent_s)), total))


def _facts(start: DetectorWeights, confidence: float) -> dict[str, Any]:
    return {
        "name": f"{start.name.split('+')[0]}+own",
        "arch": start.arch,
        "input_size_px": start.input_size_px,
        "detail_size_px": start.detail_size_px,
        "class_names": list(start.class_names),
        "confidence": confidence,
        "licence": f"trained on own pictures from {start.name}, whose terms hold here, too: {start.licence}",
    }


def _export(start: DetectorWeights, work: Path) -> DetectorWeights:
    folder = work / "candidate"
    facts = _facts(start, start.confidence)
    detector_export.export(work / "detector.safetensors", folder, facts, work / "pictures")
    return models_folder.read_detector(folder)


def _photos(pictures: Sequence[Labelled], what: str, progress: Progress) -> Iterator[Marked]:
    for number, one in enumerate(pictures, 1):
        photo = images.load(one.path)
        width, height = photo.width_px, photo.height_px
        yield Marked(photo, [(CLASS_NAMES[k], geometry.scale(Box(*share), width, height)) for k, share in one.boxes])
        progress(what, number, len(pictures))


def _write(job: DetectorTuning, start: DetectorWeights, candidate: DetectorWeights, confidence: float) -> str:
    """The directory of models; returns the first 12 characters of the detector's fingerprint."""
    models_folder.add_embedder(job.models.embedder, job.out)
    return models_folder.write_detector(candidate, _facts(start, confidence), job.out).fingerprint[:12]
