"""Imports that die, and disks that refuse: the shop stays whole, the next run goes on, the message names the remedy."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from imgsearch import catalog, images, ingest, thumbs
from imgsearch.embed import Embedder, load_embedder
from imgsearch.errors import CatalogError, ConfigError
from imgsearch.store import MilvusStore
from imgsearch.weights import resolve

PRODUCTS = 96
KILLED = """
import os, signal, sys
from pathlib import Path
from imgsearch import catalog, ingest
from imgsearch.config import quiet_libraries
quiet_libraries()
from imgsearch.embed import load_embedder
from imgsearch.store import MilvusStore
from imgsearch.weights import resolve

folder = Path(sys.argv[1])
embedder = load_embedder(resolve("bundled").embedder, "cpu")
store = MilvusStore(str(folder / "m.db"), shop="shop", fingerprint=embedder.fingerprint)

def die(step):
    if step.done >= int(sys.argv[2]):
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a background shell has it ignored
        os.kill(os.getpid(), getattr(signal, sys.argv[3]))

try:
    ingest.run(catalog.read(folder / "feed.tsv"), store, None, embedder, thumbs_dir=folder / "thumbs", progress=die)
except KeyboardInterrupt:
    sys.exit(130)
"""


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(resolve("bundled").embedder, "cpu")


def save_feed(folder: Path, shift: int = 0) -> Path:
    """A feed of PRODUCTS products, each with its own picture; another shift, other pictures."""
    lines = ["id\ttitle\timage_link"]
    for i in range(PRODUCTS):
        colour = (37 * (i + shift) % 256, 91 * i % 256, (13 * i + shift) % 256)
        image = Image.new("RGB", (96, 96), "white")
        image.paste(colour, (16, 16 + i % 20, 80, 80))
        image.save(folder / f"{i}.png")
        lines.append(f"p{i}\tThing {i}\t{i}.png")
    (folder / "feed.tsv").write_text("\n".join(lines))
    return folder / "feed.tsv"


def run_killed(folder: Path, after: int, how: str) -> int:
    command = [sys.executable, "-c", KILLED, str(folder), str(after), how]
    return subprocess.run(command, cwd=Path(__file__).parents[2], timeout=120, check=False).returncode


def open_store(folder: Path, embedder: Embedder) -> MilvusStore:
    return MilvusStore(str(folder / "m.db"), shop="shop", fingerprint=embedder.fingerprint)


@pytest.mark.parametrize(("how", "code"), [("SIGKILL", -signal.SIGKILL), ("SIGINT", 130)])
def test_a_first_import_that_dies_is_hidden_and_the_next_embeds_only_the_rest(
    tmp_path: Path, embedder: Embedder, how: str, code: int
) -> None:
    feed = save_feed(tmp_path)
    assert run_killed(tmp_path, 33, how) == code
    with open_store(tmp_path, embedder) as store:
        assert not store.exists()
        stored = store.count()
        assert 33 <= stored < PRODUCTS
        report = ingest.run(catalog.read(feed), store, None, embedder, thumbs_dir=tmp_path / "thumbs")
        assert (report.embedded, report.unchanged, report.added) == (PRODUCTS - stored, stored, PRODUCTS - stored)
        assert store.count() == PRODUCTS
        store.check()
    names = {p.name for p in (tmp_path / "thumbs").iterdir()}
    assert len(names) == 2 * PRODUCTS
    assert not any(name.endswith(".part") for name in names)


def test_an_update_that_dies_leaves_every_product_searchable(tmp_path: Path, embedder: Embedder) -> None:
    ingest.run(catalog.read(save_feed(tmp_path)), store := open_store(tmp_path, embedder), None, embedder)
    store.close()
    feed = save_feed(tmp_path, shift=5)
    assert run_killed(tmp_path, 33, "SIGKILL") == -signal.SIGKILL
    finished: list[object] = []
    with open_store(tmp_path, embedder) as store:
        store.check()
        assert {p.product_id for p in store.products()} == {f"p{i}" for i in range(PRODUCTS)}
        report = ingest.run(catalog.read(feed), store, None, embedder, finish=finished.append)
        assert report.updated == report.embedded == PRODUCTS - report.unchanged
        assert 0 < report.embedded < PRODUCTS
        assert len(finished) == 1


def test_a_death_before_publishing_is_made_up_for_although_nothing_is_new(tmp_path: Path, embedder: Embedder) -> None:
    feed = save_feed(tmp_path)
    assert run_killed(tmp_path, PRODUCTS, "SIGKILL") == -signal.SIGKILL
    finished: list[object] = []
    with open_store(tmp_path, embedder) as store:
        assert not store.exists()
        report = ingest.run(catalog.read(feed), store, None, embedder, finish=finished.append)
        store.check()
    assert (report.embedded, report.unchanged, len(finished)) == (0, PRODUCTS, 1)


def test_a_full_disk_is_named_and_leaves_no_part(
    tmp_path: Path, embedder: Embedder, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = save_feed(tmp_path)
    real = os.fdopen
    monkeypatch.setattr(thumbs.os, "fdopen", lambda *a, **k: _Full(real(*a, **k)))
    with open_store(tmp_path, embedder) as store, pytest.raises(ConfigError, match=r"No space left.*--data-dir"):
        ingest.run(catalog.read(feed), store, None, embedder, thumbs_dir=tmp_path / "thumbs")
    assert list((tmp_path / "thumbs").iterdir()) == []


class _Full:
    """A file on a full disk."""

    def __init__(self, file: object) -> None:
        self._file = file

    def __enter__(self) -> _Full:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()  # type: ignore[attr-defined]

    def write(self, _: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match=r"can't be written.*file"):
        thumbs.save(tmp_path / "file" / "thumbs", "a" * 64, Image.new("RGB", (20, 20)))


def test_hostile_picture_places_are_rejects(tmp_path: Path, embedder: Embedder) -> None:
    (tmp_path / "good.png").write_bytes(images.thumbnail(Image.new("RGB", (50, 50), "red"), 50))
    (tmp_path / "folder.jpg").mkdir()
    places = ["folder.jpg", "a\0b.jpg", "x" * 5000, "/dev/zero", "/dev/tty", "http://[::1]/x.jpg", "good.png/x"]
    lines = ["id\timage_link", "ok\tgood.png", *(f"{i}\t{place}" for i, place in enumerate(places))]
    (tmp_path / "feed.tsv").write_text("\n".join(lines))
    with open_store(tmp_path, embedder) as store:
        report = ingest.run(catalog.read(tmp_path / "feed.tsv"), store, None, embedder)
    assert report.products == 1
    assert [reject.row for reject in report.rejected] == list(range(3, 3 + len(places)))
    assert all("\n" not in reject.reason for reject in report.rejected)


def test_a_feed_that_can_not_be_opened_is_named(tmp_path: Path) -> None:
    feed = save_feed(tmp_path)
    feed.chmod(0)
    if os.access(feed, os.R_OK):  # root reads everything; a folder link to itself is refused to root, too
        feed.unlink()
        feed.symlink_to(feed)
    with pytest.raises(CatalogError, match=r"feed\.tsv"):
        catalog.read(feed)
