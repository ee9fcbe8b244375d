"""Training the detector on a shop's own photos: real steps from the bundled weights; only better ones are kept.

The photos are drawn at 160 px and so are read, that ten seconds show several hundred of them, and kernels are rounded
by a tenth of the places, which takes most of a run of seconds.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import yaml
from jsonschema import Draft202012Validator
from PIL import Image, ImageDraw
from safetensors.torch import save_file

from imgsearch import cli, config, detect, images, weights, yolo
from imgsearch.commands.train import train_table
from imgsearch.errors import ConfigError, ModelError
from imgsearch.records import Box, Detection
from imgsearch.train import detector, finetune_detector, rounding, unfused
from imgsearch.train.classes import CLASS_NAMES
from imgsearch.train.detector_figures import Tally
from imgsearch.train.finetune_detector import DetectorTuning, best_threshold, judge
from imgsearch.train.unfused import from_served
from imgsearch.weights import ModelSet

SIDE_PX = 160
MINUTES = 0.15


@pytest.fixture(scope="module", autouse=True)
def small_and_soon() -> Any:
    """Small pictures, a warm-up that fits the test, and checkpoints every second."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(detector, "STAGES", ((0.0, (128, SIDE_PX)),))
        patch.setattr(detector, "WARM_UP_STEPS", 5)
        patch.setattr(detector, "SAVE_EVERY_S", 1.0)
        patch.setattr(rounding, "PLACES", 80)
        yield


def check(document: dict[str, Any]) -> None:
    schema = json.loads((config.ROOT / "docs" / "cli.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator({"$ref": "#/$defs/train", "$defs": schema["$defs"]}).validate(document)


def drawn_pictures() -> torch.Tensor:
    """(64, 3, S, S) of the demo shop's goods, for statistics."""
    files = sorted((config.DEMO_FEED.parent / "images").iterdir())[:64]
    squares = [detect.letterbox(Image.open(file).convert("RGB"), (2 * SIDE_PX, 2 * SIDE_PX))[0] for file in files]
    return torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).float() / yolo.PIXEL_UNIT


@pytest.fixture(scope="module")
def bundled_network() -> Any:
    return from_served(config.ASSETS / "models" / "detector.xml", len(CLASS_NAMES), drawn_pictures().split(16))


@pytest.fixture(scope="module")
def start(bundled_network: Any, tmp_path_factory: pytest.TempPathFactory) -> ModelSet:
    """The bundled weights as a trainer leaves them, read at the drawn photos' size."""
    folder = tmp_path_factory.mktemp("start")
    save_file(
        {name: value.contiguous() for name, value in bundled_network.state_dict().items()},
        folder / "detector.safetensors",
    )
    bundled = config.ASSETS / "models"
    served = {"input_size_px": SIDE_PX, "detail_size_px": SIDE_PX}
    facts = json.loads((bundled / "detector.json").read_text()) | served
    (folder / "detector.json").write_text(json.dumps(facts))
    for name in ("embedder.safetensors", "embedder.json"):
        shutil.copyfile(bundled / name, folder / name)
    return weights.resolve(str(folder))


def draw(rng: np.random.Generator) -> tuple[Image.Image, list[tuple[float, float, float, float]]]:
    """Checked discs on noise: what no room and no shop shows."""
    image = Image.fromarray(rng.integers(60, 200, (15, 20, 3), np.uint8)).resize((160, 120), Image.Resampling.NEAREST)
    pen, boxes = ImageDraw.Draw(image), []
    for left in rng.permutation([5, 55, 105])[: rng.integers(1, 4)]:
        side, top = int(rng.integers(26, 46)), int(rng.integers(2, 70))
        colours = [tuple(int(v) for v in rng.integers(0, 255, 3)) for _ in range(2)]
        for ring in range(5):
            inset = ring * side // 10
            pen.ellipse((left + inset, top + inset, left + side - inset, top + side - inset), fill=colours[ring % 2])
        boxes.append((left / 160, top / 120, (left + side) / 160, (top + side) / 120))
    return image, boxes


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, rng = tmp_path_factory.mktemp("photos"), np.random.default_rng(0)
    for split, count in (("train", 240), ("val", 60)):
        for kind in ("images", "labels"):
            (folder / kind / split).mkdir(parents=True)
        for number in range(count):
            image, boxes = draw(rng)
            image.save(folder / "images" / split / f"{number:03d}.png")
            lines = [f"0 {(a + c) / 2} {(b + d) / 2} {c - a} {d - b}\n" for a, b, c, d in boxes]
            (folder / "labels" / split / f"{number:03d}.txt").write_text("".join(lines))
    facts = {"train": "images/train", "val": "images/val", "names": ["checked disc"]}
    (folder / "data.yaml").write_text(yaml.safe_dump(facts))
    return folder / "data.yaml"


def test_the_network_behind_the_bundled_file_answers_as_it_does(bundled_network: Any) -> None:
    """With its norms given back, and in training with the statistics of what it sees."""
    found = weights.resolve("bundled").detector
    assert found is not None
    served = detect.load_torch(found)
    network = yolo.build_network(len(CLASS_NAMES))
    network.load_state_dict(bundled_network.state_dict())
    yolo.fuse(network)
    with torch.no_grad():
        picture = drawn_pictures()[:1]
        pixels = (picture[0].permute(1, 2, 0) * yolo.PIXEL_UNIT).round().byte().numpy()
        ours = yolo.rows_of(network(picture)[0][0].numpy())
    theirs = served._network(pixels)  # type: ignore[attr-defined]
    surest = theirs[:, 4] > 0.05
    assert surest.sum() >= 3
    np.testing.assert_allclose(ours[: len(theirs)][surest], theirs[surest], atol=2e-3)


def test_a_seed_with_a_second_head_gives_what_it_shares(tmp_path: Path) -> None:
    """Checkpoints of before have the head that needs no NMS, too."""
    state = {name: value.clone() for name, value in yolo.build_network(len(CLASS_NAMES)).state_dict().items()}
    second = {"model.23.one2one_cv2.0.0.conv.weight": torch.ones(1)}
    save_file(state | second, tmp_path / "seed.safetensors")
    started = detector.initial_network(tmp_path / "seed.safetensors", len(CLASS_NAMES), tmp_path).state_dict()
    assert all(torch.equal(started[name], value) for name, value in state.items())


def test_a_file_of_another_network_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights of before, whose head had other names."""
    xml = config.ASSETS / "models" / "detector.xml"
    older = {name.replace("model.23.cv", "model.23.one2one_cv"): v for name, v in yolo.named_constants(xml).items()}
    monkeypatch.setattr(unfused, "named_constants", lambda _: older)
    with pytest.raises(ModelError, match=r"lacks model\.23\.cv2\.\S+ so it is another network"):
        from_served(xml, len(CLASS_NAMES), [])


@pytest.fixture(scope="module")
def accepted(photos: Path, start: ModelSet, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """A run that is stopped once it has left a checkpoint, and then goes on."""
    job = DetectorTuning(photos, tmp_path_factory.mktemp("accepted"), start, minutes=MINUTES, learning_rate=1e-3)
    told: list[tuple[str, int]] = []

    def stopping(what: str, done: int, total: int) -> None:
        if what == "Training" and any(job.out.rglob(detector.STATE)):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune_detector.run(job, stopping)
    [kept] = job.out.rglob(detector.STATE)
    spent_s, steps, _ = torch.load(kept, weights_only=True)["progress"]
    assert spent_s > 0 and steps > 0
    document = finetune_detector.run(job, lambda what, done, total: told.append((what, done)))
    first = next(done for what, done in told if what == "Training")
    assert first >= round(spent_s), "it went on where it was"
    assert not any(what == "Preparing" for what, _ in told)
    return document, job.out


def test_better_weights_are_written_and_serve(accepted: tuple[dict[str, Any], Path], photos: Path) -> None:
    document, out = accepted
    check(document)
    assert document["accepted"], document
    assert document["map50_after"] > document["map50_before"] + 0.05
    found = weights.resolve(str(out)).detector
    assert found is not None
    assert found.fingerprint[:12] == document["model_after"] != document["model_before"]
    assert found.path.name == "detector.xml"
    assert found.confidence == document["confidence_after"]
    picture = sorted((photos.parent / "images" / "val").iterdir())[0]
    assert detect.load_detector(found, "cpu").detect(images.load(picture))


@pytest.mark.soak  # a minute and a half of processor time, as the next; the judgement itself is tested below
def test_a_spoiled_run_is_refused_and_writes_no_weights(photos: Path, start: ModelSet, tmp_path: Path) -> None:
    """Labels of other pictures, and a learning rate that is ten times too high."""
    shutil.copytree(photos.parent, tmp_path / "spoiled")
    labels = sorted((tmp_path / "spoiled" / "labels" / "train").iterdir())
    texts = [path.read_text() for path in labels]
    for path, text in zip(labels, texts[7:] + texts[:7], strict=True):
        path.write_text(text)
    job = DetectorTuning(tmp_path / "spoiled" / "data.yaml", tmp_path / "out", start, minutes=0.1, learning_rate=1e-2)
    document = finetune_detector.run(job)
    assert not document["accepted"], document
    assert document["model_after"] is None
    assert not list((tmp_path / "out").glob("*.xml"))
    assert not list((tmp_path / "out").glob("embedder.*"))


def test_the_command_says_what_came_of_it(
    photos: Path, start: ModelSet, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The folder with the data.yaml will do; JSON for programs, a table for people, one sentence for a mistake."""
    models = str(start.embedder.path.parent)
    out = str(tmp_path / "out")
    arguments = ["train", "detector", "--models", models, "--minutes", "0.02", "--out", out, "--quiet"]
    assert cli.main([*arguments, "--data", str(photos.parent), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    check(document)
    told = train_table(document)
    assert "mAP50" in told
    assert f"{document['held_out_boxes']} boxes in 60 held-out pictures" in told
    assert cli.main([*arguments, "--data", str(tmp_path / "none.yaml")]) == 2
    assert "can't be read as a YOLO dataset" in capsys.readouterr().err


@pytest.mark.soak
def test_a_run_that_hardly_learns_is_refused(photos: Path, start: ModelSet, tmp_path: Path) -> None:
    job = DetectorTuning(photos, tmp_path / "out", start, minutes=0.03, learning_rate=1e-8)
    document = finetune_detector.run(job)
    assert not document["accepted"], document
    assert not list((tmp_path / "out").glob("*.xml"))


def test_what_it_can_not_start_from_is_said(photos: Path, start: ModelSet, tmp_path: Path) -> None:
    assert start.detector is not None
    with pytest.raises(ConfigError, match="another --out"):
        finetune_detector.run(DetectorTuning(photos, start.detector.path.parent, start))
    with pytest.raises(ModelError, match="no detector"):
        finetune_detector.run(DetectorTuning(photos, tmp_path, ModelSet(start.embedder, None)))


TARGET = Box(0, 0, 100, 100)


def tally(hits: int, misses: int, confidence: float = 0.9) -> Tally:
    """Pictures with one thing each, found in `hits` of them."""
    made = Tally()
    for number in range(hits + misses):
        detections = [Detection(TARGET, confidence, 0, "item")] if number < hits else []
        made.add(detections, [("item", TARGET)])
    return made


@pytest.mark.parametrize(
    ("before", "after", "accepted"),
    [
        ((50, 50), (80, 20), True),
        ((50, 50), (51, 49), False),
        ((80, 20), (50, 50), False),
        ((500, 500), (502, 498), False),
    ],
)
def test_only_a_gain_beyond_its_interval_counts(
    before: tuple[int, int], after: tuple[int, int], accepted: bool
) -> None:
    """+.3 is accepted; one picture in a hundred, a loss, and +.2 points are not."""
    verdict = judge(tally(*before), tally(*after))
    assert verdict.accepted is accepted, verdict
    assert verdict.after - verdict.before == pytest.approx(after[0] / sum(after) - before[0] / sum(before))


def test_the_threshold_keeps_what_is_right(tmp_path: Path) -> None:
    """False answers lie at .3, right ones at .5: every threshold between is as good, none below."""
    made = tally(20, 0, 0.5)
    for _ in range(20):
        made.add([Detection(Box(200, 200, 300, 300), 0.3, 0, "item")], [])
    assert 0.3 < best_threshold(made) <= 0.5
