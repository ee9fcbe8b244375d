"""Trains the embedder over a time budget: identities of products, studio against photo, and classes of public pictures.

Knows the schedule and the checkpoint; pictures come from `material`, batches of them from `batches`, what a step is
judged by from `losses`: gallery view against photo view with a memory of further negatives, and softmaxes over product
identities, families and class names.
Invariants: the result is the moving average of the weights; a killed run resumes from its checkpoint with the time it
had already used; no evaluation picture is read (`datasets` refuses them). Under torchrun each process makes batches of
its own and all take the same step, along the mean of their gradients; the first one reports, saves and writes.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from imgsearch import weights
from imgsearch.errors import InputError
from imgsearch.network import EMBEDDING_DIM, EmbedderNet, load_network
from imgsearch.train import augment, datasets, material, models_folder, processes, projection, validation
from imgsearch.train.batches import NO_CLASS, Batch, Batches, BatchShape, Pools
from imgsearch.train.losses import class_loss, pair_loss
from imgsearch.train.memory import Memory
from imgsearch.train.precision import has_amx, mixed
from imgsearch.train.progress import say
from imgsearch.train.rounding import round_folded
from imgsearch.train.strips import lay_in_strips
from imgsearch.weights import EMBEDDER_ARCHITECTURE, ModelSet

CHECKPOINT = "checkpoint.pt"
WEIGHTS = "embedder.safetensors"
CHECKPOINT_EVERY_S = 180.0
REPORT_EVERY_STEPS = 25
FAMILY_WEIGHT = 0.8  # two thirds of the demo's wrong first matches were of another family before there was this loss
MEMORY_ROWS = 2048  # some fifteen batches
MEMORY_FROM_STEP = 100  # before, the vectors move too fast to be kept


@dataclass(frozen=True, slots=True)
class EmbedderTraining:
    """What one training run is made of.

    Attributes:
        data: folder of the Parquet collections (its `eval_*` files are never read), or None: own renders alone.
        init: weights to start from, safetensors, or None for random ones.
        out: folder for `embedder.safetensors`, `embedder.json` (so that `--models OUT` serves it), `training.json` and
            the checkpoint.
        cutouts: folder of rendered cut-outs, or None.
        rooms: folder of rendered rooms used as backgrounds, or None. Where a `boxes.csv` under it names products of the
            cut-outs, crops of these are photo views of them.
        in_use: folder of rendered goods in use, each a photo view of a product of the cut-outs, or None.
        minutes: time to train; loading, validation and the last layer at the end are not counted.
        frozen_children: how many children of the body keep their weights: 0 none, 6 all but the last two stages. That
            saves the backward pass through the largest maps, where little is left to learn once it is fine-tuning.
        label_weight: weight of the class loss beside the two losses on products.
        refit_pairs: pairs of views that the last layer is worked out from at the end (`projection`).

    Raises:
        InputError: too few pairs for a last layer.
    """

    data: Path | None
    init: Path | None
    out: Path
    cutouts: Path | None = None
    rooms: Path | None = None
    in_use: Path | None = None
    minutes: float = 30.0
    learning_rate: float = 5e-4
    weight_decay: float = 0.03
    warm_up_steps: int = 30
    ema_decay: float = 0.995
    frozen_children: int = 0
    label_weight: float = 0.4
    refit_pairs: int = projection.PAIRS
    shape: BatchShape = field(default_factory=BatchShape)
    seed: int = 0
    device: str = "cpu"
    workers: int = 1

    def __post_init__(self) -> None:
        if self.refit_pairs < projection.LEAST_PAIRS:
            raise InputError(f"The last layer needs at least {projection.LEAST_PAIRS} pairs; got {self.refit_pairs}.")


def train_embedder(
    run: EmbedderTraining, report: Callable[[str], None] = print, models: ModelSet | None = None
) -> Path:
    """Train and write `embedder.safetensors` (float16) into `run.out`; resumes from a checkpoint found there.

    The detector of `models` is put beside it, unless one is there: `--models OUT` serves.

    Raises InputError when the data folder or the cut-outs hold nothing to train on.
    """
    run.out.mkdir(parents=True, exist_ok=True)
    known = material.read(run.data, run.cutouts, run.rooms, run.in_use)
    pools, size_px = known.pools, run.shape.size_px
    report(
        f"{len(pools.rendered)} rendered views, {len(pools.rooms)} rendered crops, {len(pools.shots)} product shots, "
        f"{len(pools.labelled)} labelled pictures, {len(pools.backgrounds)} backgrounds; held out: "
        f"{len(known.held_out)} views, {sum(map(len, known.held_out_crops.values()))} rendered crops"
    )
    trainer = _Trainer(run, pools)
    trainer.resume()
    if processes.rank() == 0:
        score = validation.describe(trainer.ema, known.held_out, known.held_out_crops, pools, size_px)
        report(f"before: {score}")
    processes.wait()  # their clocks start together
    trainer.fit(report)
    if processes.rank() != 0:
        return run.out / WEIGHTS
    score = validation.describe(trainer.ema, known.held_out, known.held_out_crops, pools, size_px)
    report(f"trained: {score}")
    report(f"the last layer anew, from {run.refit_pairs} pairs")
    trainer.ema = projection.refit(trainer.ema, trainer.loader(), run.refit_pairs, report)
    round_folded(trainer.ema)
    score = validation.describe(trainer.ema, known.held_out, known.held_out_crops, pools, size_px)
    report(f"after: {score}")
    path = trainer.export(score)
    models_folder.complete(run.out, models or weights.resolve(weights.BUNDLED))
    return path


def fine_tune(run: EmbedderTraining, pools: Pools, progress: Callable[[float], None]) -> EmbedderNet:
    """Train on these pools alone and return the averaged network; resumes from a checkpoint in `run.out`.

    Args:
        progress: called every few steps with the seconds of training that were used, earlier starts included.
    """
    trainer = _Trainer(run, pools)
    trainer.resume()
    trainer.fit(lambda _: progress(trainer.used_s))
    return trainer.ema


class _Trainer:
    """The state of one run: weights, their moving average, class proxies, optimiser, time used."""

    def __init__(self, run: EmbedderTraining, pools: Pools) -> None:
        torch.manual_seed(run.seed)
        self.run = run
        self.batches = Batches(pools, run.shape, run.seed * processes.count() + processes.rank())
        network = self._start(run.init) if run.init else EmbedderNet()
        # An older form's last layer was worked out from each process's own batches.
        processes.average([value for value in network.state_dict().values() if value.is_floating_point()])
        self.network = network.train().to(run.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        for child in list(self.network.body)[: run.frozen_children]:
            child.eval().requires_grad_(False)
        self.ema: EmbedderNet = copy.deepcopy(self.network).eval()
        if run.device == "cpu" and has_amx():
            for stage in list(self.network.body)[-2:]:
                lay_in_strips(stage)
        self.proxies = nn.ParameterDict(
            {
                "product": self._mean_proxies(pools),
                "family": _random_proxies(len(self.batches.family_classes), run.device),
                "label": _random_proxies(len(self.batches.label_classes), run.device),
            }
        )
        self.memory = Memory(MEMORY_ROWS, EMBEDDING_DIM, run.device)
        self.optimiser = torch.optim.AdamW(self._groups(), lr=run.learning_rate, betas=(0.9, 0.98))
        self.step = 0
        self.used_s = 0.0

    def _start(self, init: Path) -> EmbedderNet:
        """The weights to go on from; those of earlier versions get to see all that these networks look at."""
        network = load_network(load_file(init))
        wide = projection.widened(network)
        resumed = (self.run.out / CHECKPOINT).is_file()  # its weights replace these
        return wide if resumed or wide is network else projection.refit(wide, self.batches, projection.START_PAIRS)

    def _mean_proxies(self, pools: Pools) -> nn.Parameter:
        """Each product's proxy starts at the mean of its own views: a random one would cost hundreds of steps."""
        proxies = _random_proxies(len(self.batches.product_classes), self.run.device)
        embed = validation.pixel_embedder(self.ema, self.run.shape.size_px)
        rng = np.random.default_rng(self.run.seed)
        for product_id, views in datasets.by_product(pools.rendered).items():
            rows = embed([augment.studio_view(rng, view.rgba) for view in views[:4]])
            proxies.data[self.batches.product_classes[product_id]] = torch.from_numpy(rows).sum(0)
        return nn.Parameter(F.normalize(proxies.data, dim=1))

    def _groups(self) -> list[dict[str, object]]:
        """Matrices decay; norms, the pooling power and the proxies do not. Proxies: ten times the rate."""
        trained = [p for p in self.network.parameters() if p.requires_grad]
        matrices = [p for p in trained if p.ndim > 1]
        vectors = [p for p in trained if p.ndim <= 1]
        return [
            {"params": matrices, "weight_decay": self.run.weight_decay, "scale": 1.0},
            {"params": vectors, "weight_decay": 0.0, "scale": 1.0},
            {"params": list(self.proxies.values()), "weight_decay": 0.0, "scale": 10.0},
        ]

    def loader(self) -> DataLoader[Batch]:
        """Endless batches that no step has seen, made beside the training where there are workers."""
        self.batches.start = self.step
        ahead = 4 if self.run.workers else None
        return DataLoader(self.batches, batch_size=None, num_workers=self.run.workers, prefetch_factor=ahead)

    def fit(self, report: Callable[[str], None]) -> None:
        """Steps until the time budget is used, on the cores that the makers of batches leave free."""
        with processes.threads(torch.get_num_threads() - self.run.workers):
            self._fit(report)

    def _fit(self, report: Callable[[str], None]) -> None:
        last_saved = last = time.monotonic()
        recent: list[dict[str, float]] = []
        for batch in self.loader():
            if self.used_s >= self.run.minutes * 60:
                break
            recent.append(self._train_on(batch))
            now = time.monotonic()
            self.used_s += processes.mean(now - last)  # or they would end after different steps
            last = now
            if self.step % REPORT_EVERY_STEPS == 0:
                report(self._line(recent))
                recent.clear()
            if now - last_saved > CHECKPOINT_EVERY_S:
                self.save()
                last_saved = now
        self.save()

    def _train_on(self, batch: Batch) -> dict[str, float]:
        for group in self.optimiser.param_groups:
            group["lr"] = self._learning_rate() * group["scale"]
        inputs = torch.cat([batch.studio, batch.photo, batch.picture]).to(self.run.device)
        with mixed(self.run.device):
            vectors = self.network(inputs.contiguous(memory_format=torch.channels_last))
        losses = self._losses(vectors.float(), batch)
        self.optimiser.zero_grad(set_to_none=True)
        total = losses["pair"] + losses["product"]
        total = total + FAMILY_WEIGHT * losses["family"] + self.run.label_weight * losses["label"]
        torch.autograd.backward(total)
        processes.average([value.grad for value in self._learned() if value.grad is not None])
        nn.utils.clip_grad_norm_(self.network.parameters(), 1.0)
        self.optimiser.step()
        self.step += 1
        self._average()
        return {name: value.item() for name, value in losses.items()}

    def _learned(self) -> list[Tensor]:
        return [*self.network.parameters(), *self.proxies.values()]

    def _losses(self, vectors: Tensor, batch: Batch) -> dict[str, Tensor]:
        pairs = len(batch.studio)
        studio, photo, pictures = torch.split(vectors, [pairs, pairs, len(batch.picture)])
        product = batch.product.to(vectors.device)
        known = product != NO_CLASS
        products, identities = torch.cat([studio, photo]), batch.identity.to(vectors.device).repeat(2)
        pair = pair_loss(studio, photo, self.memory.likeness(products, identities))
        if self.step >= MEMORY_FROM_STEP:
            self.memory.add(products, identities)
        return {
            "pair": pair,
            "product": class_loss(products[known.repeat(2)], self.proxies["product"], product[known].repeat(2)),
            "family": class_loss(products, self.proxies["family"], batch.family.to(vectors.device).repeat(2)),
            "label": class_loss(pictures, self.proxies["label"], batch.label.to(vectors.device)),
        }

    def _learning_rate(self) -> float:
        warm = min(1.0, (self.step + 1) / self.run.warm_up_steps)
        progress = min(1.0, self.used_s / (self.run.minutes * 60))
        return self.run.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * progress)) + 1e-7

    @torch.no_grad()
    def _average(self) -> None:
        decay = min(self.run.ema_decay, (self.step + 1) / (self.step + 10))
        for average, current in zip(self.ema.state_dict().values(), self.network.state_dict().values(), strict=True):
            if average.is_floating_point():
                average.lerp_(current, 1 - decay)
            else:
                average.copy_(current)

    def _line(self, recent: Sequence[dict[str, float]]) -> str:
        means = {name: sum(row[name] for row in recent) / len(recent) for name in recent[0]}
        losses = " ".join(f"{name} {value:.3f}" for name, value in means.items())
        return f"{self.used_s / 60:5.1f} min step {self.step} lr {self._learning_rate():.1e} {losses}"

    def save(self) -> None:
        """Everything needed to go on after a kill, written beside and then renamed; the first process does it."""
        if processes.rank() != 0:
            return
        state = {
            "network": self.network.state_dict(),
            "ema": self.ema.state_dict(),
            "proxies": self.proxies.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "step": self.step,
            "used_s": self.used_s,
        }
        part = self.run.out / f"{CHECKPOINT}.part"
        torch.save(state, part)
        part.replace(self.run.out / CHECKPOINT)

    def resume(self) -> None:
        """Goes on from the checkpoint in the output folder, if there is one."""
        path = self.run.out / CHECKPOINT
        if not path.is_file():
            return
        state = torch.load(path, map_location=self.run.device, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.ema.load_state_dict(state["ema"])
        self.proxies.load_state_dict(state["proxies"])
        self.optimiser.load_state_dict(state["optimiser"])
        self.step, self.used_s = state["step"], state["used_s"]

    def export(self, score: str) -> Path:
        """The averaged weights in float16, and what the run was."""
        path = self.run.out / WEIGHTS
        half = {k: v.half() if v.is_floating_point() else v for k, v in self.ema.state_dict().items()}
        save_file({name: tensor.contiguous().cpu() for name, tensor in half.items()}, path)
        described = {
            "name": "resnet18-256d",
            "arch": EMBEDDER_ARCHITECTURE,
            "dim": EMBEDDING_DIM,
            "input_size_px": self.run.shape.size_px,  # served at 1.2 times that, held-out recall was lower
            "licence": "an own training run; the terms are those of its training pictures",
        }
        _write_json(self.run.out / "embedder.json", described)
        facts = {"run": asdict(self.run), "steps": self.step, "minutes": self.used_s / 60, "validation": score}
        _write_json(self.run.out / "training.json", facts)
        return path


def _write_json(path: Path, facts: dict[str, object]) -> None:
    path.write_text(json.dumps(facts, indent=2, default=str) + "\n", encoding="utf-8")


def _random_proxies(count: int, device: str) -> nn.Parameter:
    return nn.Parameter(F.normalize(torch.randn(count, EMBEDDING_DIM, device=device), dim=1))


def main(
    arguments: Sequence[str] | None = None, report: Callable[[str], None] = say, models: ModelSet | None = None
) -> int:
    """The command line of this module: ``python -m imgsearch.train.embedder [--data DIR] --out DIR ...``

    Args:
        arguments: of the command line.
        report: gets a line now and then.
        models: whose detector is put beside the embedder; None: the bundled one.
    """
    parser = argparse.ArgumentParser(prog="python -m imgsearch.train.embedder", description="Train the embedder.")
    parser.add_argument("--data", type=Path, help="folder of the Parquet collections (default: own renders alone)")
    parser.add_argument("--out", type=Path, required=True, help="folder for the weights and the checkpoint")
    parser.add_argument("--init", type=Path, help="safetensors to start from (default: random weights)")
    parser.add_argument("--cutouts", type=Path, help="folder of rendered cut-outs with index.csv")
    parser.add_argument("--rooms", type=Path, help="folder of rendered rooms: backgrounds, and crops of known products")
    parser.add_argument("--in-use", type=Path, help="folder of rendered goods in use, of products of the cut-outs")
    parser.add_argument(
        "--minutes", type=float, default=30.0, help="time to train; the last layer takes up to half an hour more"
    )
    parser.add_argument("--lr", type=float, default=5e-4)
    parser.add_argument("--size", type=int, default=128, help="input size in pixels")
    parser.add_argument("--rendered-pairs", type=int, default=32)
    parser.add_argument("--shot-pairs", type=int, default=16)
    parser.add_argument("--labelled", type=int, default=40, help="labelled pictures a step")
    parser.add_argument("--freeze", type=int, default=0, help="children of the body that keep their weights, 0..8")
    parser.add_argument("--device", default="cpu", help="cpu or cuda")
    parser.add_argument("--workers", type=int, default=1, help="processes that make batches")
    given = parser.parse_args(arguments)
    processes.join()
    run = EmbedderTraining(
        data=given.data, init=given.init, out=given.out, cutouts=given.cutouts, rooms=given.rooms,
        in_use=given.in_use, minutes=given.minutes, learning_rate=given.lr, device=given.device, workers=given.workers,
        frozen_children=given.freeze,
        shape=BatchShape(given.size, given.rendered_pairs, given.shot_pairs, given.labelled),
    )  # fmt: skip
    train_embedder(run, report if processes.rank() == 0 else lambda line: None, models)
    return 0


if __name__ == "__main__":
    sys.exit(main())
