"""A shop's labelled photos: what a YOLO dataset means, how it is split, and what is said of one that can't be used."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from imgsearch.config import DEMO_FEED
from imgsearch.errors import InputError
from imgsearch.train import own_boxes
from imgsearch.train.classes import CLASS_NAMES
from imgsearch.train.refusal import Refusal

NAMES = {0: "mug", 1: "thing of no class"}


def picture(path: Path, seed: int, lines: str = "0 .5 .5 .2 .4\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.random.default_rng(seed).integers(0, 255, (24, 32, 3), np.uint8)).save(path)
    label = own_boxes.label_file(path)
    label.parent.mkdir(parents=True, exist_ok=True)
    label.write_text(lines)


def dataset(folder: Path, learn: int = 40, keep: int = 25, **facts: object) -> Path:
    for split, count, seed in (("train", learn, 0), ("val", keep, 1000)):
        for number in range(count):
            picture(folder / "images" / split / f"{number}.png", seed + number)
    described = {"train": "images/train", "val": "images/val", "names": NAMES} | facts
    path = folder / "data.yaml"
    path.write_text(yaml.safe_dump({key: value for key, value in described.items() if value is not None}))
    return path


def read(path: Path) -> own_boxes.OwnBoxes:
    return own_boxes.read(path, Refusal())


def test_boxes_polygons_and_words_arrive(tmp_path: Path) -> None:
    path = dataset(tmp_path)
    picture(tmp_path / "images/train/0.png", 0, "0 .5 .5 .2 .4\n1 .1 .1 .3 .1 .2 .6\n")
    picture(tmp_path / "images/train/1.png", 1, "")
    own = read(path)
    by_name = {one.path.name: one for one in own.learn}
    (mug, mug_box), (thing, polygon) = by_name["0.png"].boxes
    assert (CLASS_NAMES[mug], CLASS_NAMES[thing]) == ("tableware", "item")
    assert mug_box == pytest.approx((0.4, 0.3, 0.6, 0.7))
    assert polygon == pytest.approx((0.1, 0.1, 0.3, 0.6))
    assert by_name["1.png"].boxes == (), "a picture that shows nothing teaches that, too"
    assert (len(own.learn), len(own.held_out)) == (40, 25)
    assert own.notes == ("Learned as item, since no class has this name: thing of no class.",)
    assert read(dataset(tmp_path, names=["Mugs", "item"])).notes == ()


def test_without_val_a_fifth_is_kept_and_stays_the_same(tmp_path: Path) -> None:
    path = dataset(tmp_path, learn=200, keep=0)
    facts = yaml.safe_load(path.read_text())
    path.write_text(yaml.safe_dump({key: facts[key] for key in ("train", "names")}))
    own, again = read(path), read(path)
    assert own == again
    assert {one.digest for one in own.learn}.isdisjoint(one.digest for one in own.held_out)
    assert 20 <= len(own.held_out) <= 60
    assert len(own.learn) + len(own.held_out) == 200


def test_a_picture_in_both_splits_is_not_learned_from(tmp_path: Path) -> None:
    path = dataset(tmp_path)
    shutil.copyfile(tmp_path / "images/val/3.png", tmp_path / "images/train/copy.png")
    own = read(path)
    assert {one.digest for one in own.learn}.isdisjoint(one.digest for one in own.held_out)
    assert "1 pictures of train are in val" in own.notes[-1]


def test_a_list_of_pictures_and_a_damaged_one(tmp_path: Path) -> None:
    path = dataset(tmp_path)
    (tmp_path / "images/train/broken.jpg").write_bytes(b"no picture")
    listed = sorted((tmp_path / "images/train").iterdir())
    (tmp_path / "train.txt").write_text("\n".join(one.relative_to(tmp_path).as_posix() for one in listed))
    facts = yaml.safe_load(path.read_text()) | {"train": "train.txt"}
    path.write_text(yaml.safe_dump(facts))
    own = read(path)
    assert len(own.learn) == 40
    assert [note.split(":")[0] for note in own.notes[1:]] == ["broken.jpg left out"]


@pytest.mark.parametrize(
    ("line", "part"),
    [
        ("2 .5 .5 .1 .1", "class of names"),
        ("0 320 240 40 40", "shares in 0..1"),
        ("0 .5 .5 .1", "expected 'class x_centre"),
        ("0 .5 .5 0 .1", "got '0 .5 .5 0 .1'"),
        ("mug .5 .5 .1 .1", "Line 1 of"),
    ],
)
def test_a_label_that_is_none_is_named(tmp_path: Path, line: str, part: str) -> None:
    path = dataset(tmp_path)
    picture(tmp_path / "images/train/0.png", 0, line)
    with pytest.raises(InputError, match=part):
        read(path)


@pytest.mark.parametrize(
    ("facts", "part"),
    [
        ({"names": None}, "keys train and names"),
        ({"names": "mug"}, "should be a list of texts"),
        ({"train": "images/nowhere"}, "neither a folder nor a list"),
    ],
)
def test_a_description_that_can_not_be_used(tmp_path: Path, facts: dict[str, object], part: str) -> None:
    with pytest.raises(InputError, match=part):
        read(dataset(tmp_path, **facts))


def test_no_dataset_at_all(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read as a YOLO dataset"):
        read(tmp_path / "data.yaml")
    (tmp_path / "data.yaml").write_text("[")
    with pytest.raises(InputError, match="can't be read as a YOLO dataset"):
        read(tmp_path / "data.yaml")


def test_an_export_that_names_the_folder_above_is_read(tmp_path: Path) -> None:
    """As Roboflow writes it, and as ultralytics reads it."""
    own = read(dataset(tmp_path, train="../images/train", val="../images/val"))
    assert (len(own.learn), len(own.held_out)) == (40, 25)


def test_too_few_pictures_are_refused_with_their_number(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="5 pictures with boxes to measure by; at least 20"):
        read(dataset(tmp_path, keep=5))


def test_photos_of_the_demo_are_refused(tmp_path: Path) -> None:
    path = dataset(tmp_path)
    photo = next(one for one in sorted((DEMO_FEED.parent / "photos").iterdir()) if one.suffix == ".webp")
    shutil.copyfile(photo, tmp_path / "images/train/mine.webp")
    with pytest.raises(InputError, match="evaluation set"):
        read(path)
