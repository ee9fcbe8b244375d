"""Make the distractors: a few pictures of each of some hundred kinds of things, embedded and kept as vectors.

Reads the collections of `datasets` or a folder with a sub-folder a kind; evaluation collections are refused there.
Invariant: the same pictures and weights make the same file. What is kept are 256 numbers a picture, no picture.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image
from safetensors.numpy import save_file

from imgsearch import embed, images
from imgsearch.distractors import FILE
from imgsearch.errors import ImageError, InputError
from imgsearch.train import datasets
from imgsearch.weights import resolve

MAX_FILE_ROWS = 2600  # 520 bytes each: the file stays under 1.4 MB
PER_CLASS = 4
WHOLE = ("embed_caltech101", "embed_tiny_imagenet", "embed_fashion")
BOXED = ("detect_coco256", "detect_groceries", "detect_deepfashion2", "detect_ccp")
MIN_BOX_PX = 24

Kinds = dict[str, list[Image.Image]]


def read_collections(folder: Path, per_class: int, seed: int = 0) -> Kinds:
    """Up to `per_class` crops of every class of the collections, drawn by chance.

    Raises:
        InputError: the folder has none of the collections.
    """
    rng = np.random.default_rng(seed)
    kinds: Kinds = {}
    for collection in (*WHOLE, *BOXED):
        by_class: dict[str, list[tuple[bytes, tuple[int, int, int, int] | None]]] = defaultdict(list)
        for label, encoded, box in _crops(folder, collection):
            by_class[f"{collection}/{label}"].append((encoded, box))
        for label, found in sorted(by_class.items()):
            drawn = rng.permutation(len(found))[:per_class]
            kinds[label] = [_crop(*found[index]) for index in drawn]
    if not kinds:
        raise InputError(f"{folder} has none of {', '.join(f'{name}.parquet' for name in (*WHOLE, *BOXED))}.")
    return kinds


def read_folder(folder: Path, per_class: int) -> Kinds:
    """Up to `per_class` pictures of each sub-folder.

    Raises:
        InputError: there is no sub-folder with a picture that can be read.
    """
    kinds: Kinds = {}
    for kind in sorted(path for path in folder.iterdir() if path.is_dir()):
        found = []
        for path in list(datasets.picture_files(kind))[:per_class]:
            try:
                found.append(images.load(path, 320).image)
            except ImageError as error:
                raise InputError(f"{path}: {error}") from error
        if found:
            kinds[kind.name] = found
    if not kinds:
        raise InputError(f"{folder} needs a sub-folder of pictures for each kind of thing; found none.")
    return kinds


def make(kinds: Kinds, embedder: embed.Embedder, path: Path) -> int:
    """Embed and write; returns how many rows were written.

    Raises:
        InputError: more rows than the file may have.
    """
    crops = [crop for found in kinds.values() for crop in found]
    if len(crops) > MAX_FILE_ROWS:
        raise InputError(f"{len(crops)} pictures are too many; at most {MAX_FILE_ROWS} are kept. Lower --per-class.")
    classes = np.repeat(np.arange(len(kinds), dtype=np.int16), [len(found) for found in kinds.values()])
    vectors = embedder.embed(crops).astype(np.float16)
    save_file({"vectors": vectors, "classes": classes}, path, metadata={"fingerprint": embedder.fingerprint})
    path.chmod(0o644)  # it is written for its owner alone
    return len(crops)


def _crops(folder: Path, collection: str) -> Iterator[tuple[str, bytes, tuple[int, int, int, int] | None]]:
    for row in datasets.read_rows(folder, collection):
        if collection in WHOLE:
            yield row["label"], row["image"], None
            continue
        for box in row["boxes"]:
            x1, y1, x2, y2 = (int(box[side]) for side in ("x1", "y1", "x2", "y2"))
            if min(x2 - x1, y2 - y1) >= MIN_BOX_PX:
                yield box["label"], row["image"], (x1, y1, x2, y2)


def _crop(encoded: bytes, box: tuple[int, int, int, int] | None) -> Image.Image:
    picture = Image.open(io.BytesIO(encoded)).convert("RGB")
    return picture.crop(box) if box else picture


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line: ``python -m imgsearch.train.distractors --data DIR``"""
    parser = argparse.ArgumentParser(prog="python -m imgsearch.train.distractors", description="Make the distractors.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--data", type=Path, help="folder with the Parquet collections")
    source.add_argument("--pictures", type=Path, help="folder with a sub-folder of pictures for each kind of thing")
    parser.add_argument("--models", default="bundled", help="bundled, or a directory of models")
    parser.add_argument("--per-class", type=int, default=PER_CLASS, help=f"pictures of each kind (default {PER_CLASS})")
    parser.add_argument("--out", type=Path, help=f"the file (default: {FILE} beside the embedder's weights)")
    given = parser.parse_args(arguments)
    facts = resolve(given.models).embedder
    read = read_collections(given.data, given.per_class) if given.data else read_folder(given.pictures, given.per_class)
    path = given.out or facts.path.with_name(FILE)
    rows = make(read, embed.load_openvino(facts), path)
    print(f"{rows} distractors of {len(read)} kinds in {path}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
