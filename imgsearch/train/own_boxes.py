"""A shop's own labelled pictures: a YOLO dataset, the form that labelling tools export, read and split.

    photos.yaml:   path: photos        # optional; relative to the file
                   train: images/train # a folder, or a .txt with a picture a line; a list of these
                   val: images/val     # optional: without it a fifth of the pictures is kept for measuring
                   names: [mug, lamp]  # or {0: mug, 1: lamp}

A picture `.../images/a.jpg` has its boxes in `.../labels/a.txt`, a line `class x_centre y_centre width height` (or a
polygon) in shares of the picture each; without that file it shows nothing to find.

Knows files and words, nothing of training. Invariants: a picture, by its bytes, is learned from or measured by, never
both; each name means one of `CLASS_NAMES`, 'item' if it has no class of its own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from imgsearch import images
from imgsearch.errors import ImageError, InputError
from imgsearch.train.classes import CLASS_NAMES, ITEM, class_of
from imgsearch.train.refusal import Refusal

HELD_OUT_ONE_IN = 5
LEAST_HELD_OUT = 20  # pictures with boxes: with fewer, hardly any gain could be told from chance
LEAST_LEARNED = 20
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp", ".heic"})
Share = tuple[float, float, float, float]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A picture and what is on it: `(class_id, (x1, y1, x2, y2))`, in shares of the upright picture, in [0, 1]."""

    path: Path
    digest: str
    boxes: tuple[tuple[int, Share], ...]


@dataclass(frozen=True, slots=True)
class OwnBoxes:
    """What to learn from, what to measure by, and what the reader had to leave out."""

    learn: tuple[Labelled, ...]
    held_out: tuple[Labelled, ...]
    notes: tuple[str, ...]


def read(dataset: Path, refusal: Refusal, progress: Progress = lambda what, done, total: None) -> OwnBoxes:
    """All pictures of a dataset.

    Raises:
        InputError: the description or a label can't be used, a picture is kept for measuring the bundled weights, or
            there are too few pictures to learn from or to measure by.
    """
    facts = _facts(dataset)
    classes = _classes(facts, dataset)
    root = dataset.parent / str(facts.get("path") or ".")
    listed = {split: list(_pictures(facts, split, root, dataset)) for split in ("train", "val")}
    notes = _notes_of_names(facts)
    total, done = sum(map(len, listed.values())), 0
    found: dict[str, dict[str, Labelled]] = {"train": {}, "val": {}}
    for split, paths in listed.items():
        for path in paths:
            done += 1
            progress("Reading", done, total)
            one = _read_picture(path, classes, refusal, notes)
            if one is not None:
                found[split][one.digest] = one
    return _split(found["train"], found["val"], notes, dataset)


def _split(train: Mapping[str, Labelled], val: Mapping[str, Labelled], notes: list[str], dataset: Path) -> OwnBoxes:
    if val:
        held_out, learn = list(val.values()), [one for digest, one in train.items() if digest not in val]
        if twice := len(train) - len(learn):
            notes.append(f"{twice} pictures of train are in val, too: not learned from.")
    else:
        held_out = [one for digest, one in train.items() if int(digest[:8], 16) % HELD_OUT_ONE_IN == 0]
        learn = [one for digest, one in train.items() if int(digest[:8], 16) % HELD_OUT_ONE_IN != 0]
    for what, pictures, least in (("learn from", learn, LEAST_LEARNED), ("measure by", held_out, LEAST_HELD_OUT)):
        labelled = sum(bool(one.boxes) for one in pictures)
        if labelled < least:
            raise InputError(
                f"{dataset.name} has {labelled} pictures with boxes to {what}; at least {least} are needed. Label more"
                + (" or leave out val, so that a fifth is kept." if val else ".")
            )
    return OwnBoxes(tuple(learn), tuple(held_out), tuple(notes))


def _facts(dataset: Path) -> Mapping[str, Any]:
    try:
        facts = yaml.safe_load(dataset.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InputError(f"{dataset} can't be read as a YOLO dataset ({str(error).splitlines()[0]}).") from error
    if not isinstance(facts, dict) or "train" not in facts or "names" not in facts:
        raise InputError(f"{dataset.name} is no YOLO dataset; expected the keys train and names (and val, path).")
    return facts


def _classes(facts: Mapping[str, Any], dataset: Path) -> Mapping[int, int]:
    """The dataset's class number -> ours."""
    names = facts["names"]
    listed = dict(enumerate(names)) if isinstance(names, list) else names
    if not isinstance(listed, dict) or not listed or not all(isinstance(key, int) for key in listed):
        raise InputError(f"names in {dataset.name} should be a list of texts, or numbers with texts; got {names!r}.")
    return {number: class_of(str(name)) for number, name in listed.items()}


def _notes_of_names(facts: Mapping[str, Any]) -> list[str]:
    """Which of the dataset's names have no class of their own, so that a name that was meant as one is seen."""
    names = facts["names"] if isinstance(facts["names"], list) else facts["names"].values()
    plain = [str(name) for name in names if class_of(str(name)) == ITEM and str(name).casefold() != CLASS_NAMES[ITEM]]
    return [f"Learned as {CLASS_NAMES[ITEM]}, since no class has this name: {', '.join(plain)}."] if plain else []


def _pictures(facts: Mapping[str, Any], split: str, root: Path, dataset: Path) -> Iterator[Path]:
    entries = facts.get(split) or []
    for entry in entries if isinstance(entries, list) else [entries]:
        source = root / str(entry)
        if not source.exists() and str(entry).startswith("../"):
            source = (
                root / str(entry)[3:]
            )  # Roboflow's exports name ../train/images beside train/; ultralytics reads them
        if source.is_dir():
            yield from (path for path in sorted(source.rglob("*")) if path.suffix.lower() in PICTURES)
        elif source.suffix == ".txt" and source.is_file():
            lines = source.read_text(encoding="utf-8").splitlines()
            yield from (source.parent / line.strip() for line in lines if line.strip())
        else:
            raise InputError(f"{split} of {dataset.name} names {source}, which is neither a folder nor a list (.txt).")


def _read_picture(path: Path, classes: Mapping[int, int], refusal: Refusal, notes: list[str]) -> Labelled | None:
    try:
        content = path.read_bytes()
        images.load(content, max_side_px=64)
    except (OSError, ImageError) as error:
        notes.append(f"{path.name} left out: {error}")
        return None
    refusal.check(content, path.name)
    return Labelled(path, hashlib.sha256(content).hexdigest(), tuple(_boxes(label_file(path), classes)))


def label_file(picture: Path) -> Path:
    """Where the boxes of a picture stand: its path with the last folder `images` as `labels`.

    >>> label_file(Path("a/images/train/b.jpg")).as_posix()
    'a/labels/train/b.txt'
    """
    parts = list(picture.parts)
    if "images" in parts:
        parts[len(parts) - 1 - parts[::-1].index("images")] = "labels"
    return Path(*parts).with_suffix(".txt")


def _boxes(path: Path, classes: Mapping[int, int]) -> Iterator[tuple[int, Share]]:
    if not path.is_file():
        return
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        if line.strip():
            try:
                yield _box(line.split(), classes)
            except (ValueError, KeyError) as error:
                raise InputError(
                    f"Line {number} of {path} is no box; expected 'class x_centre y_centre width height' with shares "
                    f"in 0..1 and a class of names, got {line.strip()[:60]!r}."
                ) from error


def _box(fields: Sequence[str], classes: Mapping[int, int]) -> tuple[int, Share]:
    """Raises ValueError or KeyError for a line that is none."""
    class_id, values = classes[int(fields[0])], [float(field) for field in fields[1:]]
    if len(values) == 4:
        x, y, width, height = values
        corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    elif len(values) >= 6 and len(values) % 2 == 0:
        corners = (min(values[::2]), min(values[1::2]), max(values[::2]), max(values[1::2]))
    else:
        raise ValueError("neither a box nor a polygon")
    if not all(-0.02 <= value <= 1.02 for value in corners):  # rounding of a labelling tool, not pixels
        raise ValueError("not in shares of the picture")
    x1, y1, x2, y2 = (min(1.0, max(0.0, value)) for value in corners)
    if not (x1 < x2 and y1 < y2):
        raise ValueError("no area")
    return class_id, (x1, y1, x2, y2)
