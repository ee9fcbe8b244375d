"""The pictures that no trainer may read, known by their content: the demo's photos, its held-out goods, `eval_*` sets.

Knows files, hashes and the held-out products' ids. Invariant: a picture is recognised under whatever name it comes, as
its bytes are hashed, and a render of a held-out product by the product's id. A re-encoded copy is not recognised; who
makes one does so on purpose.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from imgsearch.config import DEMO_FEED
from imgsearch.errors import InputError

_PICTURES = (".webp", ".jpg", ".jpeg", ".png")


class Refusal:
    """Recognises evaluation pictures.

    Args:
        data: a folder with `eval_*.parquet` whose pictures are refused, too.
        demo: the folder of the demo shop: its `photos/` and the goods that its `heldout.txt` lists are refused.
    """

    def __init__(self, data: Path | None = None, demo: Path = DEMO_FEED.parent) -> None:
        self._names: dict[str, str] = {}
        for path in _demo_pictures(demo):
            self._names[_digest(path.read_bytes())] = path.relative_to(demo).as_posix()
        for name, content in _evaluation_pictures(data) if data else ():
            self._names[_digest(content)] = name

    def __len__(self) -> int:
        return len(self._names)

    def check(self, content: bytes, name: str) -> None:
        """Pass, or refuse a picture by its bytes; `name` is what the caller knows it by.

        Raises:
            InputError: the picture is kept for measuring.
        """
        known = self._names.get(_digest(content))
        if known is not None:
            raise InputError(
                f"The picture {name} is {known} of the evaluation set; nothing is ever trained on these, as the "
                "figures would be worth nothing. Take it out of what you train on."
            )

    def read(self, path: Path) -> bytes:
        """The bytes of a picture file that may be trained on.

        Raises:
            InputError: as `check`.
        """
        content = path.read_bytes()
        self.check(content, str(path))
        return content


def held_out_ids(demo: Path = DEMO_FEED.parent) -> frozenset[str]:
    """The demo's product ids that enter no training."""
    path = demo / "heldout.txt"
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def refuse_products(product_ids: Iterable[str], demo: Path = DEMO_FEED.parent) -> None:
    """Pass, or refuse products by their ids, whatever pictures there are of them: new renders have other bytes.

    Raises:
        InputError: one of them is in the demo's `heldout.txt`.
    """
    kept = held_out_ids(demo)
    refused = next((name for name in product_ids if name in kept), None)
    if refused is not None:
        raise InputError(
            f"{refused} is a product of the demo that is kept for measuring (heldout.txt); nothing is ever trained on "
            "it. Take its rows out of what you train on."
        )


def _demo_pictures(demo: Path) -> Iterator[Path]:
    if not demo.is_dir():
        return
    yield from (path for path in sorted((demo / "photos").glob("*")) if path.suffix.lower() in _PICTURES)
    held_out = held_out_ids(demo)
    with (demo / "feed.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if row["id"] in held_out:
                listed = [row["image_link"], *row.get("additional_image_link", "").split(",")]
                yield from (demo / name for name in listed if name and (demo / name).is_file())


def _evaluation_pictures(data: Path) -> Iterator[tuple[str, bytes]]:
    import pyarrow.parquet as pq

    for path in sorted(data.glob("eval_*.parquet")):
        for row in pq.read_table(path, columns=["name", "image"]).to_pylist():
            yield f"{path.stem}/{row['name']}", row["image"]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
