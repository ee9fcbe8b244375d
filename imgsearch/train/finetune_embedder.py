"""Train the embedder on a shop's own catalog, and keep the result only if it is better on goods it was not shown.

`goods` reads, `trials` lets the network learn and asks it, `acceptance` judges; here is the order of things and what
is written. Invariants: the weights it starts from are never changed; refused weights are not written; an interrupted
run goes on where it was.

A head is cross-validated: it learns four times, each time without a quarter of the goods, and is asked about these;
judged are all answers together. If they are better, a fifth head learns from everything and is written, since the goods
that the shop sells are what it has to tell apart. A whole network learns once, without one quarter, and is written.

The output directory is a directory of models: `--models DIR` serves it, detector included. Its fingerprint is its own,
so an import with it builds a new collection beside the old one, and an import with the old weights switches back.
"""

from __future__ import annotations

import json
import time
from typing import Any

import numpy as np
from safetensors.numpy import save_file

from imgsearch import weights
from imgsearch.detect import load_detector
from imgsearch.embed import load_embedder, read_state
from imgsearch.errors import ConfigError, ModelError
from imgsearch.train import acceptance, goods, models_folder
from imgsearch.train.goods import Goods
from imgsearch.train.refusal import Refusal
from imgsearch.train.trials import FineTuning, Progress, State, Trial, Work


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
    work = Work(job, shop, state, progress)
    trial = work.try_whole() if job.whole else work.try_heads()
    verdict = acceptance.judge(trial.before, trial.after, trial.units)
    model = _write(job, trial.result(), verdict) if verdict.accepted else None
    document = _document(job, shop, trial, verdict, model)
    document["minutes"] = round((time.monotonic() - started) / 60, 2)
    (job.out / "training.json").write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return document


def _check(job: FineTuning) -> weights.EmbedderWeights:
    start = job.models.embedder
    if start.arch != weights.EMBEDDER_ARCHITECTURE:
        raise ModelError(f"Training goes on from bundled or own weights; {start.name} is a {start.arch}.")
    if start.path.parent.resolve() == job.out.resolve():
        raise ConfigError(f"The weights to start from lie in {job.out}; give another --out, so that they can be kept.")
    return start


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
    models_folder.add_detector(job.models.detector, job.out)
    return weights.read_embedder(job.out).fingerprint[:12]


def _document(
    job: FineTuning, shop: Goods, trial: Trial, verdict: acceptance.Verdict, model: str | None
) -> dict[str, Any]:
    return {
        "what": "embedder",
        "accepted": verdict.accepted,
        "reason": verdict.reason,
        "trained": "whole" if job.whole else "head",
        "folds": trial.folds,
        "products": len(shop.unit),
        "duplicates": len(shop.identity) - len(set(shop.identity.values())),
        "pictures_learned_from": trial.learned,
        "graded_learned_from": trial.graded,
        "held_out_products": trial.examined,
        "queries": verdict.queries,
        "graded_queries": trial.real,
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
