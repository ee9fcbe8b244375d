"""The distractors: whose they are, what strangeness is, and how they are made again."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsearch import distractors, embed
from imgsearch.config import ASSETS
from imgsearch.distractors import Bank
from imgsearch.errors import InputError
from imgsearch.train import distractors as maker
from imgsearch.weights import resolve
from tests.drawn_shop import COLOURS, KINDS, draw_product

WEIGHTS = resolve("bundled").embedder


def unit(rows: np.ndarray) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sub-folder of drawn pictures for each kind of thing."""
    folder = tmp_path_factory.mktemp("kinds")
    for kind in KINDS:
        (folder / kind).mkdir()
        for colour in list(COLOURS)[:3]:
            draw_product(kind, colour, 120).save(folder / kind / f"{colour}.png")
    (folder / "empty").mkdir()
    return folder


def test_the_bundled_ones_were_made_by_the_bundled_weights() -> None:
    """If this fails after the weights changed: python -m imgsearch.train.distractors --data DATA"""
    bank = distractors.load("bundled", WEIGHTS.fingerprint)
    assert bank.warning == "" and len(bank) >= 1000 and len(set(bank.classes.tolist())) >= 200
    assert np.linalg.norm(bank.vectors, axis=1) == pytest.approx(1.0, abs=1e-3)
    assert (ASSETS / "models" / distractors.FILE).stat().st_size < 1_500_000


def test_those_of_another_model_are_not_used_and_the_remedy_is_named() -> None:
    bank = distractors.load("bundled", "f" * 64)
    assert len(bank) == 0 and bank.mark == ""
    assert "another model" in bank.warning and distractors.MAKE in bank.warning


def test_missing_and_damaged_files_say_so(tmp_path: Path) -> None:
    assert "no distractors" in distractors.load(str(tmp_path), WEIGHTS.fingerprint).warning
    (tmp_path / distractors.FILE).write_bytes(b"not what it should be")
    assert "can't be read" in distractors.load(str(tmp_path), WEIGHTS.fingerprint).warning


def test_the_remedy_for_weights_of_ones_own_can_be_followed_to_the_letter(pictures: Path, tmp_path: Path) -> None:
    """By a shop, which has pictures in folders and none of the collections; the bundled bank stays as it is."""
    for name in ("embedder.safetensors", "embedder.json"):
        shutil.copyfile(ASSETS / "models" / name, tmp_path / name)
    [command] = re.findall("`(.+?)`", distractors.load(str(tmp_path), WEIGHTS.fingerprint).warning)
    python, dash_m, module, *arguments = command.split()
    assert (python, dash_m, module) == ("python", "-m", maker.__name__)
    assert maker.main([str(pictures) if one == "FOLDER" else one for one in arguments]) == 0
    bank = distractors.load(str(tmp_path), WEIGHTS.fingerprint)
    assert (len(bank), bank.warning) == (3 * len(KINDS), "")
    assert (tmp_path / distractors.FILE).is_file()


def test_strangeness_equals_a_plain_reference() -> None:
    rng = np.random.default_rng(0)
    bank = Bank(unit(rng.normal(size=(60, 8))), np.arange(60) // 3)
    queries = unit(rng.normal(size=(5, 8)))
    found = bank.strangeness(queries)
    own = bank.strangeness(bank.vectors, bank.classes)
    for row, query in enumerate(queries):
        nearest = sorted((float(query @ other) for other in bank.vectors), reverse=True)[: distractors.NEAREST]
        assert found[row] == pytest.approx(np.mean(nearest), abs=1e-5)
    others = [float(bank.vectors[4] @ v) for v, kind in zip(bank.vectors, bank.classes, strict=True) if kind != 1]
    assert own[4] == pytest.approx(np.mean(sorted(others, reverse=True)[: distractors.NEAREST]), abs=1e-5)


def test_rows_can_be_left_out() -> None:
    bank = Bank(np.eye(4, dtype=np.float32), np.arange(4), "m")
    assert bank.without([1, 2]).classes.tolist() == [0, 3] and bank.without([]).mark == "m" and len(bank) == 4


def test_they_are_made_from_a_folder_of_pictures_and_are_the_same_each_time(pictures: Path, tmp_path: Path) -> None:
    kinds = maker.read_folder(pictures, per_class=2)
    assert {name: len(found) for name, found in kinds.items()} == dict.fromkeys(sorted(KINDS), 2)
    embedder = embed.load_openvino(WEIGHTS)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        assert maker.make(kinds, embedder, tmp_path / name / distractors.FILE) == 2 * len(KINDS)
    first, second = (distractors.load(str(tmp_path / name), embedder.fingerprint) for name in ("a", "b"))
    assert first.mark == second.mark != "" and first.classes.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    expected = embedder.embed([kinds["clock"][0]])[0]
    assert float(first.vectors[0] @ expected) > 0.999


def test_too_many_and_none_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="sub-folder"):
        maker.read_folder(tmp_path, per_class=2)
    with pytest.raises(InputError, match="has none of"):
        maker.read_collections(tmp_path, per_class=2)
    crop = Image.new("RGB", (8, 8))
    with pytest.raises(InputError, match="at most"):
        maker.make({"x": [crop] * (maker.MAX_FILE_ROWS + 1)}, embed.load_openvino(WEIGHTS), tmp_path / "x")
