"""Write a trained detector in the form that is served, with the threshold that its validation pictures ask for.

Knows the trainer's checkpoint and the OpenVINO pair, nothing of the schedule. Invariants: the exported constants carry
the names of the torch parameters, all of them, checked at export; no picture that the threshold goes by was trained on.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from imgsearch import config
from imgsearch.detect import load_detector
from imgsearch.errors import ModelError
from imgsearch.train import models_folder
from imgsearch.train.classes import CLASS_NAMES
from imgsearch.train.detector_figures import Marked, best_threshold, pictures_of_split, score, sensitive
from imgsearch.yolo import build_network, fuse

config.quiet_libraries()

import torch  # noqa: E402  (after the libraries were silenced)
from safetensors.torch import load_file  # noqa: E402

from imgsearch.train.detector_batches import some_pictures  # noqa: E402
from imgsearch.train.rounding import round_kernels  # noqa: E402

ROUNDING_BATCHES = 8  # for the kernels; a batch has 8 pictures
INPUT_PX, DETAIL_PX = 576, 672  # the longer side of a photo's frame, and of one with more pixels: the card, "Frames"
REPORT_EVERY = 50  # pictures


def serve(out: Path, pictures: Path, report: Callable[[str], None]) -> None:
    """Write the detector that was trained in `out` as the one that `--models OUT` serves.

    Its threshold is where F2 is largest on the validation pictures, all splits together.

    Args:
        out: holds `detector.safetensors`.
        pictures: what it was trained on, with `images/val_*` and `labels/val_*`.
        report: is told how far the measuring is.
    """
    facts: dict[str, Any] = {
        "name": "yolo26n-goods19",
        "arch": "yolo26n",
        "input_size_px": INPUT_PX,
        "detail_size_px": DETAIL_PX,
        "class_names": list(CLASS_NAMES),
        "confidence": 0.0,
        "licence": "an own training run; the terms are those of its training pictures, and AGPL-3.0 as ultralytics'",
    }
    export(out / "detector.safetensors", out / "candidate", facts, pictures)
    candidate = models_folder.read_detector(out / "candidate")
    detector = load_detector(sensitive(candidate), "cpu")
    facts["confidence"] = best_threshold(score(detector, _validation(pictures, report)))
    models_folder.write_detector(candidate, facts, out)
    report(f"exported, with a threshold of {facts['confidence']:.2f}")


def _validation(pictures: Path, report: Callable[[str], None]) -> Iterator[Marked]:
    splits = sorted(path.name for path in (pictures / "images").glob("val_*"))
    marked = (one for split in splits for one in pictures_of_split(pictures, split))
    for number, one in enumerate(marked, 1):
        yield one
        if number % REPORT_EVERY == 0:
            report(f"threshold: {number} validation pictures")


def export(checkpoint: Path, out: Path, metadata: dict[str, Any], data: Path) -> None:
    """Write `detector.xml`, `detector.bin` (fp16) and `detector.json` from a checkpoint of the trainer.

    Its kernels become numbers of bfloat16 (`rounding`), which fp16 holds as they are.

    Args:
        checkpoint: `.safetensors` of the trainer.
        out: folder, created if missing.
        metadata: what `detector.json` holds; `input_size_px` and `class_names` shape the network.
        data: the training pictures; the rounding goes by some of them.

    Raises:
        ModelError: the checkpoint has another number of classes, or a constant lost its name on the way.
    """
    network = build_network(len(metadata["class_names"]))
    network.load_state_dict(load_file(checkpoint))
    fuse(network)
    round_kernels(network, some_pictures(data, ROUNDING_BATCHES))
    _write(network, out, metadata)


def _write(network: Any, out: Path, metadata: dict[str, Any]) -> None:
    import openvino

    head = network.model[-1]
    head.export, head.format = True, "openvino"
    side = metadata["input_size_px"]
    example = torch.zeros(1, 3, side, side)
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns that this size is fixed, which is what is wanted
        network(example)  # lays out the anchors for this size; the trace holds them as constants (`yolo.anchors`)
        model = openvino.convert_model(network, example_input=example, input=[1, 3, side, side])
    _name_constants(model, set(network.state_dict()))
    out.mkdir(parents=True, exist_ok=True)
    openvino.save_model(model, out / "detector.xml", compress_to_fp16=True)
    (out / "detector.json").write_text(json.dumps(metadata, indent=2) + "\n", encoding="utf-8")


def _name_constants(model: Any, expected: set[str]) -> None:
    """Give each weight in the graph the name of its torch parameter."""
    found: set[str] = set()
    for node in model.get_ops():
        name = _parameter_name(node) if node.get_type_name() == "Constant" else None
        if name in expected and name not in found:
            node.set_friendly_name(name)
            found.add(name)
    if missing := sorted(expected - found):
        raise ModelError(f"The exported graph lost {len(missing)} parameters, {missing[0]} first; check the exporter.")


def _parameter_name(node: Any) -> str | None:
    """OpenVINO's name of a constant -> torch's.

    `self.<parameter>` as it was; a reshaped one is `__module.<module>/aten::_convolution/Reshape...`: a depthwise
    kernel where it has five axes, else a bias.
    """
    name: str = node.get_friendly_name()
    if name.startswith("self."):
        return name.removeprefix("self.")
    if name.startswith("__module.") and "/aten::_convolution/Reshape" in name:
        module = name.removeprefix("__module.").split("/")[0]
        return f"{module}.weight" if len(node.get_output_shape(0)) == 5 else f"{module}.bias"
    return None
