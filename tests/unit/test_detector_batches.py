"""What the detector is shown in training: shares, forms and sizes of pictures, boxes with them; processes in step."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from imgsearch import detect, images, weights
from imgsearch.train import composites, detector, detector_batches, models_folder, processes, rounding
from imgsearch.train.detector_batches import SHARES, sampling_weights
from imgsearch.train.detector_figures import THRESHOLDS


def test_each_kind_of_picture_gets_its_share() -> None:
    """However many pictures of a kind there are; the shares are those of the recipe."""
    names = (
        ["room-00001-0.jpg"] * 5 + ["composite-00001.jpg"] * 50 + ["detect_ccp-00001.jpg", "detect_coco256-00001.jpg"]
    )
    weights = sampling_weights(names)
    assert sum(weights[:5]) == pytest.approx(SHARES["room"])
    assert sum(weights[5:55]) == pytest.approx(SHARES["composite"])
    assert weights[55:] == pytest.approx([SHARES["detect_ccp"], SHARES["detect_coco256"]])
    assert sum(SHARES.values()) == pytest.approx(2.0), "all of ours, and a shop's own"


def test_the_schedule_spans_the_sizes_that_serve_to_its_end() -> None:
    """Every side fits the network's coarsest map; the learning rate ends low."""
    (least, first), (smallest, last) = detector.stage(0.0), detector.stage(1.0)
    found = weights.resolve("bundled").detector
    assert found is not None
    assert first < last
    assert smallest <= found.input_size_px <= found.detail_size_px <= last
    assert not any(side % detector_batches.STRIDE for side in (least, first, smallest, last))
    assert detector.learning_rate(1.0, 10_000) < 0.05 * detector.learning_rate(0.0, 10_000)


def test_a_batch_is_resized_whole() -> None:
    """Nothing is cut off: each quarter of the picture keeps its colour, at a smaller and at a larger side."""
    picture = torch.zeros(1, 3, 64, 64)
    picture[..., :32, 32:] = 1.0
    for side in (32, 96):
        seen = detector_batches.resized(picture, side)
        assert seen.shape == (1, 3, side, side)
        assert seen[..., : side // 2, side // 2 :].mean() > 0.95
        assert seen[..., side // 2 :, :].mean() < 0.05


def test_wide_pictures_are_resized_in_form() -> None:
    """To the longer side; the other one fits the network's coarsest map, too."""
    assert detector_batches.resized(torch.zeros(2, 3, 288, 384), 608).shape == (2, 3, 448, 608)
    assert detector_batches.resized(torch.zeros(2, 3, 384, 288), 352).shape == (2, 3, 352, 256)


@pytest.mark.parametrize(("form", "across"), [(1, 1), (2, 0)])
def test_margins_are_cut_off_with_the_boxes_in_them(form: int, across: int) -> None:
    """Three quarters of the square stay. A box inside keeps its pixels, one across the edge ends there, and one of
    which little is left goes, from its own picture only."""
    square = torch.zeros(2, 3, 128, 128)
    around = (slice(40, 60), slice(32, 96)) if across else (slice(32, 96), slice(40, 60))
    square[0, :, *around] = 1.0  # y 40 to 60, x 32 to 96, or the other way round
    inside, edge = [0.5, 50 / 128, 0.5, 20 / 128], [0.5, 16 / 128, 0.1, 24 / 128]
    lost = [0.5, 12 / 128, 0.1, 20 / 128]
    boxes = torch.tensor([inside, lost, edge])
    if not across:
        boxes = boxes[:, [1, 0, 3, 2]]
    batch = {"img": square, "bboxes": boxes, "cls": torch.tensor([[1], [2], [3]]), "batch_idx": torch.tensor([0, 0, 1])}
    cut = detector_batches.without_margins(batch, form)
    assert cut["img"].shape == ((2, 3, 96, 128) if across else (2, 3, 128, 96))
    assert cut["cls"].flatten().tolist() == [1, 3]
    assert cut["batch_idx"].tolist() == [0, 1]
    centre, size = cut["bboxes"][:, across] * 96, cut["bboxes"][:, across + 2] * 96
    assert (centre - size / 2).tolist() == pytest.approx([24, 0], abs=1e-4)
    assert (centre + size / 2).tolist() == pytest.approx([44, 12], abs=1e-4)
    seen = cut["img"][0, 0].nonzero()[:, 0 if across else 1]
    assert (int(seen.min()), int(seen.max()) + 1) == (24, 44)


def test_a_batch_has_one_form_and_the_forms_their_shares(tmp_path: Path) -> None:
    """Upright and wide pictures never share a batch; how often either comes follows the shares of their kinds."""
    rng = np.random.default_rng(0)
    for number in range(6):
        shape = (64, 48, 3) if number % 2 else (48, 64, 3)
        pixels = rng.integers(0, 255, shape, np.uint8)
        composites.write_picture(tmp_path, "train", f"own-{number}", pixels, [(0, (8, 8, 40, 40))], 90)
    shapes = [tuple(b["img"].shape[2:]) for b in itertools.islice(detector_batches.batches(tmp_path, 128, 0), 40)]
    assert set(shapes) == {(96, 128), (128, 96)}
    assert 10 <= shapes.count((96, 128)) <= 30


def test_a_step_with_an_overflow_changes_nothing(tmp_path: Path) -> None:
    """Else one such step makes all weights NaN, and hours of training are lost."""
    pixels = np.random.default_rng(0).integers(0, 255, (96, 96, 3), np.uint8)
    for number in range(8):
        composites.write_picture(tmp_path, "train", f"own-{number}", pixels, [(0, (8, 8, 60, 60))], 90)
    run = detector.Run(tmp_path / "out", tmp_path, None, budget_s=60.0)
    batch = next(detector_batches.batches(tmp_path, 96, 0))
    kernels = next(run.network.parameters())
    before = kernels.detach().clone()
    overflow = kernels.register_hook(lambda gradient: gradient * float("inf"))
    run._step(batch)
    assert torch.equal(kernels, before)
    overflow.remove()
    run._step(batch)
    assert not torch.equal(kernels, before)
    assert all(value.isfinite().all() for value in run.network.parameters())


def cutouts(folder: Path) -> Path:
    """Two opaque products of each of two families, one of which is kept for validation."""
    folder.mkdir()
    lines = ["product_id,group_id,family,path"]
    for number, family in enumerate(("mug", "mug", "vase", "vase")):
        Image.new("RGBA", (40, 50), (40 + 50 * number, 90, 120, 255)).save(folder / f"{number}.png")
        lines.append(f"p{number},g{number},{family},{number}.png")
    (folder / "index.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_what_is_trained_on_collections_is_a_directory_of_models(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Exported, with a threshold of its own, the embedder beside it; an embedder trained into it before stays."""
    monkeypatch.setattr(detector, "STAGES", ((0.0, (96, 128)),))
    monkeypatch.setattr(composites, "VALIDATION_PICTURES", 4)
    monkeypatch.setattr(rounding, "PLACES", 80)
    out, bundled = tmp_path / "out", weights.resolve("bundled")
    arguments = ["--cutouts", str(cutouts(tmp_path / "cutouts")), "--data", str(tmp_path), "--out", str(out)]
    arguments += ["--backgrounds", str(tmp_path / "none"), "--composites", "8", "--minutes", "0.01"]
    lines: list[str] = []
    assert detector.main(arguments, lines.append) == 0
    assert "threshold" in lines[-1]
    assert capfd.readouterr() == ("", ""), "all that it says goes where it is told"
    found = weights.resolve(str(out))
    assert found.embedder.fingerprint == bundled.embedder.fingerprint
    assert found.detector is not None
    assert found.detector.path == out / "detector.xml"
    assert found.detector.confidence in THRESHOLDS
    photo = images.load(next((out / "pictures" / "images").rglob("*.jpg")))
    assert len(detect.load_detector(found.detector, "cpu").detect(photo)) <= found.detector.max_boxes

    described = json.loads((out / "embedder.json").read_text()) | {"name": "trained before"}
    (out / "embedder.json").write_text(json.dumps(described))
    models_folder.complete(out, bundled)
    assert weights.resolve(str(out)).embedder.name == "trained before"
    assert weights.resolve(str(out)).detector == found.detector


def _train_a_moment(rank: int, folder: Path, meeting: Path) -> None:
    """One of two processes: a few steps from the bundled weights on its own pictures, and what came of it."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{meeting}", rank=rank, world_size=2)
    detector.STAGES = ((0.0, (96, 128)),)
    torch.manual_seed(rank)  # unlike starts must become one
    run = detector.Run(folder / str(rank), folder, None, budget_s=4.0)
    run.train()
    torch.save((run.network.state_dict(), run.progress), folder / f"{rank}.pt")


@pytest.mark.soak  # half a minute
def test_two_processes_train_one_network(tmp_path: Path) -> None:
    """In step: the same weights, the same clock, the pictures of both counted; the first one writes the files.

    Pictures were added since ultralytics wrote its cache of the labels: without turns both may write it anew at once.
    """
    rng = np.random.default_rng(0)
    for number in range(16):
        pixels = rng.integers(0, 255, (96, 128, 3), np.uint8)
        composites.write_picture(tmp_path, "train", f"own-{number}", pixels, [(0, (8, 8, 60, 60))], 90)
        if number == 8:
            next(detector_batches.batches(tmp_path, 128, 0))
    torch.multiprocessing.spawn(_train_a_moment, (tmp_path, tmp_path / "meeting"), nprocs=2)
    (first, one), (second, other) = (torch.load(tmp_path / f"{rank}.pt", weights_only=False) for rank in (0, 1))
    learned = [name for name in first if name.endswith(("weight", "bias"))]
    assert learned
    assert all(torch.allclose(first[name], second[name], atol=1e-6) for name in learned)
    assert one == other
    assert one.steps > 1
    assert one.pictures == 2 * detector_batches.BATCH * one.steps
    assert (tmp_path / "0" / "detector.safetensors").is_file()
    assert not (tmp_path / "1").exists()


def test_threads_are_at_least_one_and_given_back() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), processes.threads(before - 99):
        assert torch.get_num_threads() == 1
        _ = 1 / 0
    assert torch.get_num_threads() == before
