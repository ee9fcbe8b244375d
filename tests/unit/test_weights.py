"""A directory of models is read with all its facts, or refused with a sentence that says what to restore."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from imgsearch import config, images, weights
from imgsearch.errors import ModelError

EMBEDDER_FACTS = {
    "name": "tiny",
    "arch": weights.EMBEDDER_ARCHITECTURE,
    "dim": 256,
    "input_size_px": 128,
    "licence": "none",
}
DETECTOR_FACTS = {
    "name": "finder",
    "arch": "yolo26n",
    "input_size_px": 640,
    "class_names": ["item", "mug"],
    "confidence": 0.2,
    "licence": "none",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Models whose weight files are a few bytes: `weights` reads facts, it runs nothing."""
    (tmp_path / "embedder.safetensors").write_bytes(b"embedder")
    write_facts(tmp_path / "embedder.json", EMBEDDER_FACTS)
    return tmp_path


def write_facts(path: Path, facts: object) -> None:
    path.write_text(json.dumps(facts), encoding="utf-8")


def add_detector(folder: Path, name: str = "detector.safetensors") -> Path:
    (folder / name).write_bytes(b"detector")
    write_facts(folder / "detector.json", DETECTOR_FACTS)
    return folder / name


def fingerprint_of(folder: Path) -> str:
    return weights.resolve(str(folder)).embedder.fingerprint


def test_the_bundled_models_are_complete() -> None:
    bundled = weights.resolve("bundled").embedder
    assert bundled.path == config.ASSETS / "models" / "embedder.safetensors"
    assert bundled.dim == 256
    assert 64 <= bundled.input_size_px <= 224
    assert bundled.licence
    assert len(bundled.fingerprint) == 64
    assert set(bundled.fingerprint) <= set("0123456789abcdef")


def test_a_directory_of_models_is_read(folder: Path) -> None:
    path = add_detector(folder)
    models = weights.resolve(str(folder))
    assert models.embedder.name == "tiny"
    assert models.detector is not None
    assert models.detector.path == path
    assert models.detector.class_names == ("item", "mug")
    assert models.detector.confidence == 0.2
    assert models.detector.input_size_px == models.detector.detail_size_px == 640


def test_a_detector_may_see_large_photos_larger(folder: Path) -> None:
    """Its fingerprint tells it from one that does not: it finds other boxes."""
    add_detector(folder)
    plain = weights.resolve(str(folder)).detector
    write_facts(folder / "detector.json", DETECTOR_FACTS | {"detail_size_px": 736})
    found = weights.resolve(str(folder)).detector
    assert plain is not None and found is not None
    assert (found.input_size_px, found.detail_size_px) == (640, 736)
    assert found.fingerprint != plain.fingerprint


def test_without_a_detector_there_is_none(folder: Path) -> None:
    assert weights.resolve(str(folder)).detector is None


def test_the_fingerprint_does_not_depend_on_where_the_files_lie(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "elsewhere")
    assert fingerprint_of(copy) == fingerprint_of(folder)


@pytest.mark.parametrize(("key", "value"), [("input_size_px", 96), ("dim", 128)])
def test_another_input_size_or_dimension_is_another_fingerprint(folder: Path, key: str, value: int) -> None:
    before = fingerprint_of(folder)
    write_facts(folder / "embedder.json", EMBEDDER_FACTS | {key: value})
    assert fingerprint_of(folder) != before


def test_other_weights_are_another_fingerprint(folder: Path) -> None:
    before = fingerprint_of(folder)
    (folder / "embedder.safetensors").write_bytes(b"embeddeR")
    assert fingerprint_of(folder) != before


def test_another_preprocessing_is_another_fingerprint(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprint_of(folder)
    monkeypatch.setattr(images, "PREPROCESSING", images.PREPROCESSING + "+1")
    assert fingerprint_of(folder) != before


def test_a_new_name_or_licence_text_keeps_the_fingerprint(folder: Path) -> None:
    before = fingerprint_of(folder)
    write_facts(folder / "embedder.json", EMBEDDER_FACTS | {"name": "renamed", "licence": "other"})
    assert fingerprint_of(folder) == before


def test_openvino_weights_need_their_bin_and_are_hashed_with_it(folder: Path) -> None:
    add_detector(folder, "detector.xml")
    with pytest.raises(ModelError, match=r"detector\.bin is missing"):
        weights.resolve(str(folder))
    prints = set()
    for content in (b"one", b"two"):
        (folder / "detector.bin").write_bytes(content)
        detector = weights.resolve(str(folder)).detector
        assert detector is not None
        prints.add(detector.fingerprint)
    assert len(prints) == 2


def test_a_missing_directory_says_what_models_expects(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"expects 'bundled', 'pretrained' or a directory"):
        weights.resolve(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["embedder.safetensors", "embedder.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(ModelError, match=name):
        weights.resolve(str(folder))


def test_a_detector_without_its_description_is_refused(folder: Path) -> None:
    add_detector(folder)
    (folder / "detector.json").unlink()
    with pytest.raises(ModelError, match=r"detector\.json is missing"):
        weights.resolve(str(folder))


def test_a_description_that_is_not_json_is_refused(folder: Path) -> None:
    (folder / "embedder.json").write_text("{", encoding="utf-8")
    with pytest.raises(ModelError, match="is not JSON"):
        weights.resolve(str(folder))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"input_size_px": 0}, "input_size_px"),
        ({"input_size_px": "128"}, "input_size_px"),
        ({"dim": True}, "dim"),
        ({"licence": ""}, "licence"),
        ({"arch": "resnet50"}, "resnet50"),
    ],
)
def test_an_embedder_fact_that_does_not_fit_is_named(folder: Path, change: dict[str, object], named: str) -> None:
    write_facts(folder / "embedder.json", EMBEDDER_FACTS | change)
    with pytest.raises(ModelError, match=named):
        weights.resolve(str(folder))


@pytest.mark.parametrize(
    "change",
    [{"class_names": []}, {"class_names": "item"}, {"confidence": 2}, {"confidence": None}, {"detail_size_px": "672"}],
)
def test_a_detector_fact_that_does_not_fit_is_named(folder: Path, change: dict[str, object]) -> None:
    add_detector(folder)
    write_facts(folder / "detector.json", DETECTOR_FACTS | change)
    with pytest.raises(ModelError, match=next(iter(change))):
        weights.resolve(str(folder))


def test_reading_facts_loads_no_network_library() -> None:
    code = "import sys; from imgsearch import weights; weights.resolve('bundled'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True, check=True)
    assert not {"torch", "openvino", "ultralytics", "safetensors"} & set(loaded.stdout.split())
