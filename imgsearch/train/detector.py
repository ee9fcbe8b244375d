"""Train the detector within a time budget, and export it to the form that is served.

    python -m imgsearch.train.detector --data DIR --cutouts DIR --backgrounds DIR --rooms DIR \
        --init seed.safetensors --minutes 75 --out DIR

One process uses one core well and a second one badly. On N cores, `torchrun --nproc-per-node N -m
imgsearch.train.detector ...` runs N of them with the mean of their gradients: twice the pictures on two cores.

Ultralytics brings the network, the loss and the augmentation; the loop is ours because its trainer plans by epochs,
and everything here follows the clock instead: learning rate and picture size are functions of the share of the budget
that is spent. So a slow machine sees fewer pictures, never half a schedule.

Knows nothing about serving; the file that serves is `detector_export`'s. Invariant: the budget counts training time
only and survives a restart (`state.pt`, written every few minutes, is the loop's own; what leaves the folder is
`detector.safetensors` and what is exported from it).
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsearch import config, weights
from imgsearch.train import composites, detector_export, models_folder, processes
from imgsearch.train.classes import CLASS_NAMES
from imgsearch.train.precision import mixed
from imgsearch.train.progress import say
from imgsearch.weights import ModelSet
from imgsearch.yolo import STRIDE, build_network

config.quiet_libraries()

import numpy as np  # noqa: E402  (after the libraries were silenced)
import torch  # noqa: E402
from safetensors.torch import load_file, save_file  # noqa: E402
from ultralytics.cfg import get_cfg  # noqa: E402
from ultralytics.utils.torch_utils import ModelEMA  # noqa: E402

from imgsearch.train.detector_batches import BATCH, MANY, Views, batches, resized, some_pictures  # noqa: E402
from imgsearch.train.fixed_norms import fix_norms  # noqa: E402
from imgsearch.train.unfused import from_served  # noqa: E402

# From this share of the budget on: smallest and largest longer side (px) of the pictures. A network that saw one
# size is blind at others: trained up to 416 px, it had an mAP50 of .43 on clothes at 448 px and of .07 at 640.
STAGES = ((0.0, (352, 640)), (0.7, (480, 704)))
PEAK_LEARNING_RATE = 1e-3  # from random weights
PEAK_GOING_ON = 5e-4  # from weights that are good already: more undoes first what they know
WARM_UP_STEPS = 60
WEIGHT_DECAY = 5e-4
SAVE_EVERY_S = 180.0
STATE = "state.pt"
NORMS_BATCHES = 24  # that the norms of a served detector are taken from; a batch has 8 pictures


@dataclass(slots=True)
class Progress:
    """Where a run stands; all of it goes into the checkpoint."""

    budget_s: float
    spent_s: float = 0.0
    steps: int = 0
    pictures: int = 0

    @property
    def share(self) -> float:
        """Part of the budget that is spent, in [0, 1]."""
        return min(1.0, self.spent_s / self.budget_s)


def stage(share: float) -> tuple[int, int]:
    """Smallest and largest longer side (px) of the pictures at this share of the budget.

    >>> stage(0.1), stage(0.99)
    ((352, 640), (480, 704))
    """
    return next(shown for start, shown in reversed(STAGES) if share >= start)


def learning_rate(share: float, steps: int, peak: float = PEAK_LEARNING_RATE) -> float:
    """Linear warm-up over the first steps, then half a cosine over the budget down to 2 % of the peak."""
    warm_up = min(1.0, (steps + 1) / WARM_UP_STEPS)
    return peak * warm_up * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * share)))


def initial_network(seed: Path | None, class_count: int, data: Path) -> Any:
    """The network from a seed, or from random weights without one.

    A seed of another number of classes gives everything but the last layer of the class heads. Those start as copies
    of the seed's mean class with a lower bias, so that "there is something" is known from the first step on.

    Args:
        seed: `.safetensors` of a trainer, or the `.xml` of a detector that serves.
        class_count: classes of the network.
        data: the training pictures; the norms of an `.xml` are fitted to some of them.
    """
    if seed is None:
        return build_network(class_count)
    if seed.suffix == ".xml":
        return from_served(seed, class_count, some_pictures(data, NORMS_BATCHES))
    network = build_network(class_count)
    own = network.state_dict()
    for name, value in load_file(seed).items():
        if name not in own:
            continue  # of the head that needs no NMS, which older seeds have, too
        if own[name].shape == value.shape:
            own[name] = value.float()
        else:
            mean = value.float().mean(dim=0, keepdim=True)
            shift = math.log(class_count) if name.endswith(".bias") else 0.0
            own[name] = (mean - shift).expand_as(own[name]) + 0.02 * torch.randn_like(own[name])
    network.load_state_dict(own)
    return network


class Run:
    """One training run in one folder, in one process or in several in step (torchrun)."""

    def __init__(
        self,
        folder: Path,
        data: Path,
        seed: Path | None,
        budget_s: float,
        peak: float = PEAK_LEARNING_RATE,
        views: Views = MANY,
    ) -> None:
        self.folder, self.data, self.views = folder, data, views
        self.peak = peak * math.sqrt(processes.count())  # Adam's rule for larger batches (Malladi et al. 2022)
        self.progress = Progress(budget_s)
        # Channels last: the same losses and gradients, 119 instead of 142 ms of processor time a picture at 320 px.
        started = (folder / STATE).is_file()
        network = build_network(len(CLASS_NAMES)) if started else initial_network(seed, len(CLASS_NAMES), data)
        self.network = network.to(memory_format=torch.channels_last)
        self.network.args = get_cfg()  # the loss reads its gains from here
        self.network.criterion = self.network.init_criterion()
        average: Any = ModelEMA  # untyped
        self.average = average(self.network, decay=0.998, tau=200)
        self.optimizer = torch.optim.AdamW(_parameter_groups(self.network), peak)
        self._resume()
        if seed is not None:
            # Batches of one form are often of one kind of picture. By statistics of their own, the square shelf photos
            # were learned in a way that does not hold in service: loss 2.52 -> 3.71 in half an hour, others fell.
            fix_norms(self.network)
        processes.average([value for value in self.network.state_dict().values() if value.is_floating_point()])

    def train(self, report: Callable[[float], None] | None = None, say: Callable[[str], None] = say) -> None:
        """Train until the budget is spent, then write `detector.safetensors`.

        Args:
            report: is told the seconds spent every few steps.
            say: without `report`, gets a line now and then.
        """
        while self.progress.share < 1:
            self._train_stage(stage(self.progress.share), report, say)
        self.save()

    def _train_stage(
        self, now_in: tuple[int, int], report: Callable[[float], None] | None, say: Callable[[str], None]
    ) -> None:
        smallest, largest = now_in
        saved = started = time.monotonic()
        rng = np.random.default_rng(self.progress.steps)
        for batch in batches(self.data, largest, self.progress.steps, self.views):
            batch["img"] = resized(batch["img"], STRIDE * int(rng.integers(smallest // STRIDE, largest // STRIDE + 1)))
            loss = self._step(batch)
            now = time.monotonic()
            self.progress.spent_s += processes.mean(now - started)  # or they would part at the end of a stage
            started = now
            self.progress.steps += 1
            self.progress.pictures += len(batch["img"]) * processes.count()
            if report is not None:
                report(self.progress.spent_s)
            elif self.progress.steps % 20 == 0 and processes.rank() == 0:
                say(self._line(loss))
            if now - saved > SAVE_EVERY_S:
                self.save()
                saved = started = time.monotonic()
            if self.progress.share >= 1 or stage(self.progress.share) != now_in:
                return

    def _step(self, batch: dict[str, Any]) -> float:
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.progress.share, self.progress.steps, self.peak)
        self.network.train()
        with mixed("cpu"):  # in bfloat16 .10 instead of .18 s of processor time a picture of 576 x 448 px
            predictions = self.network(batch["img"])
        losses, _ = self.network.loss(batch, {name: _in_float32(value) for name, value in predictions.items()})
        loss = losses.sum()
        loss.backward()
        processes.average([p.grad for p in self.network.parameters() if p.grad is not None])
        norm = torch.nn.utils.clip_grad_norm_(self.network.parameters(), 10.0)
        if norm.isfinite():  # one step with an overflow would end the run: all weights would be NaN
            self.optimizer.step()
        self.optimizer.zero_grad()
        self.average.update(self.network)
        return float(loss.detach()) / BATCH

    def _line(self, loss: float) -> str:
        p = self.progress
        rate = p.pictures / p.spent_s
        return (
            f"{p.spent_s / 60:5.1f} min  step {p.steps}  {p.pictures} pictures  loss {loss:.2f}  {rate:.1f} pictures/s"
        )

    def save(self) -> None:
        """Write the averaged weights (fp16) and what a restart needs; of several processes the first one does."""
        if processes.rank() != 0:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        half = {name: value.half().contiguous() for name, value in self.average.ema.state_dict().items()}
        metadata = {"class_names": json.dumps(CLASS_NAMES)}
        save_file(half, self.folder / "detector.safetensors", metadata)
        state = {
            "network": self.network.state_dict(),
            "average": self.average.ema.state_dict(),
            "updates": self.average.updates,
            "optimizer": self.optimizer.state_dict(),
            "progress": (self.progress.spent_s, self.progress.steps, self.progress.pictures),
        }
        torch.save(state, self.folder / "state.tmp")
        (self.folder / "state.tmp").replace(self.folder / STATE)

    def _resume(self) -> None:
        path = self.folder / STATE
        if not path.is_file():
            return
        state = torch.load(path, weights_only=True)
        self.network.load_state_dict(state["network"])
        self.average.ema.load_state_dict(state["average"])
        self.average.updates = state["updates"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.progress.spent_s, self.progress.steps, self.progress.pictures = state["progress"]


def _in_float32(value: Any) -> Any:
    """Predictions or maps of bfloat16 for the loss, which compares boxes to fractions of a pixel."""
    return [each.float() for each in value] if isinstance(value, list) else value.float()


def _parameter_groups(network: Any) -> list[dict[str, Any]]:
    kernels = [p for p in network.parameters() if p.ndim > 1]
    rest = [p for p in network.parameters() if p.ndim <= 1]  # biases and norms are not decayed
    return [{"params": kernels, "weight_decay": WEIGHT_DECAY}, {"params": rest, "weight_decay": 0.0}]


def main(arguments: list[str] | None = None, say: Callable[[str], None] = say, models: ModelSet | None = None) -> int:
    """Build the pictures if they are not there yet, train, and make the output folder a directory of models.

    Args:
        arguments: of the command line.
        say: gets a line now and then.
        models: whose embedder is put beside the detector; None: the bundled one.
    """
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder with the Parquet collections")
    parser.add_argument("--cutouts", type=Path, required=True, help="folder with rendered cut-outs and index.csv")
    parser.add_argument("--backgrounds", type=Path, required=True, help="folder with rendered empty rooms")
    parser.add_argument("--rooms", type=Path, help="folder with rendered furnished rooms and boxes.csv")
    parser.add_argument("--init", type=Path, help="detector.xml or a trainer's detector.safetensors to start from")
    parser.add_argument("--minutes", type=float, default=45.0)
    parser.add_argument("--composites", type=int, default=7000, help="how many pictures to compose")
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args(arguments)
    processes.join()
    pictures = args.out / "pictures"
    if processes.rank() == 0 and not (pictures / "complete").exists():
        composites.build(args.data, args.cutouts, args.backgrounds, args.rooms, pictures, args.composites)
    processes.wait()
    peak = PEAK_LEARNING_RATE if args.init is None else PEAK_GOING_ON
    Run(args.out, pictures, args.init, args.minutes * 60, peak).train(say=say)
    if processes.rank() == 0:
        detector_export.serve(args.out, pictures, say)
        models_folder.complete(args.out, models or weights.resolve(weights.BUNDLED))
    return 0


if __name__ == "__main__":
    sys.exit(main())
