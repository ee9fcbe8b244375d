"""What visitors send is read from one folder only, bounded, and kept no longer than asked for."""

from __future__ import annotations

import threading
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from imgsearch.errors import ImageError, ImageTooLarge
from imgsearch.records import Box
from imgsearch.ui.uploads import MAX_PHOTOS, PhotoGone, Recent, Uploads


def _upload(folder: Path, name: str = "a/photo.png") -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    buffer = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(buffer, "PNG")
    path.write_bytes(buffer.getvalue())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "uploads").mkdir()
    return tmp_path / "uploads"


@pytest.mark.parametrize("name", ["/etc/hostname", "../secret.png", "", "\0", None, 7, ["a"], {"path": "a"}])
def test_nothing_outside_the_folder_is_read(folder: Path, name: object) -> None:
    """Whatever the browser claims, also if such a file exists."""
    (folder.parent / "secret.png").write_bytes(_upload(folder).read_bytes())
    with pytest.raises(ImageError):
        Uploads(folder, 2**20).open(name)


def test_a_link_out_of_the_folder_is_not_followed(folder: Path) -> None:
    """The path is resolved before it is compared."""
    outside = _upload(folder.parent, "outside.png")
    (folder / "inside.png").symlink_to(outside)
    with pytest.raises(ImageError, match="was not sent"):
        Uploads(folder, 2**20).open(str(folder / "inside.png"))


def test_a_photo_is_decoded_once(folder: Path) -> None:
    """The second search of a photo finds it in memory, even without its file."""
    path = _upload(folder)
    uploads = Uploads(folder, 2**20)
    first = uploads.open(str(path))
    path.unlink()
    assert uploads.open(str(path)) is first


def test_with_keep_nothing_the_file_is_gone_once_it_was_read(folder: Path) -> None:
    """And its folder; the decoded photo can still be searched."""
    path = _upload(folder)
    uploads = Uploads(folder, 2**20, keep_nothing=True)
    assert uploads.open(str(path)).photo.width_px == 40
    assert list(folder.iterdir()) == []
    assert uploads.open(str(path)).photo.width_px == 40


def test_with_keep_nothing_a_broken_file_is_gone_too(folder: Path) -> None:
    """An error is no reason to keep it."""
    path = folder / "broken.jpg"
    path.write_bytes(b"no picture")
    with pytest.raises(ImageError):
        Uploads(folder, 2**20, keep_nothing=True).open(str(path))
    assert not path.exists()


def test_a_photo_that_is_not_kept_any_more_has_its_own_code(folder: Path) -> None:
    """The page then sends it again."""
    with pytest.raises(PhotoGone) as gone:
        Uploads(folder, 2**20).open(str(folder / "once.png"))
    assert gone.value.code == "photo_gone"


def test_old_photos_make_room(folder: Path) -> None:
    """At most so many decoded photos are in memory."""
    uploads = Uploads(folder, 2**20, keep_nothing=True)
    names = [str(_upload(folder, f"{i}.png")) for i in range(MAX_PHOTOS + 1)]
    for name in names:
        uploads.open(name)
    with pytest.raises(PhotoGone):
        uploads.open(names[0])
    assert uploads.open(names[1]).photo.width_px == 40


def test_a_file_over_the_limit_is_not_decoded(folder: Path) -> None:
    """The sentence names the limit."""
    path = _upload(folder)
    path.write_bytes(path.read_bytes() + bytes(2**20))
    with pytest.raises(ImageTooLarge, match="1 MiB"):
        Uploads(folder, 2**20).open(str(path))


def test_a_vector_is_computed_once_per_photo_box_and_model(folder: Path) -> None:
    """Another box or another model is another vector."""
    uploads = Uploads(folder, 2**20)
    calls: list[Box] = []

    def embed(boxes: list[Box]) -> np.ndarray:
        calls.extend(boxes)
        return np.ones((len(boxes), 256), np.float32)

    for name, box, model in [
        ("a", Box(0, 0, 9, 9), "m"), ("a", Box(0, 0, 9, 9), "m"), ("a", Box(0, 0, 9, 8), "m"),
        ("b", Box(0, 0, 9, 9), "m"), ("a", Box(0, 0, 9, 9), "n"),
    ]:  # fmt: skip
        uploads.vectors(name, [box], model, embed)
    assert len(calls) == 4


def test_unknown_vectors_are_computed_in_one_batch_and_come_in_the_order_asked_for(folder: Path) -> None:
    """The known ones in between are not computed again."""
    uploads = Uploads(folder, 2**20)
    batches: list[list[float]] = []

    def embed(boxes: list[Box]) -> np.ndarray:
        batches.append([box.x2 for box in boxes])
        return np.stack([np.full(256, box.x2, np.float32) for box in boxes])

    boxes = [Box(0, 0, right, 9) for right in (5.0, 6.0, 7.0)]
    uploads.vectors("a", boxes[1:2], "m", embed)
    vectors = uploads.vectors("a", boxes, "m", embed)
    assert batches == [[6.0], [5.0, 7.0]]
    assert vectors[:, 0].tolist() == [5.0, 6.0, 7.0]


def test_clear_leaves_an_empty_folder(folder: Path) -> None:
    """Also after a crash of the server before."""
    _upload(folder, "x/y/z.png")
    Uploads(folder, 1).clear()
    assert list(folder.iterdir()) == []


def test_recent_forgets_the_least_recently_used() -> None:
    """Reading an entry makes it new again; many threads may use it."""
    recent: Recent[int, int] = Recent(2)
    recent.put(1, 1)
    recent.put(2, 2)
    recent.get(1)
    recent.put(3, 3)
    assert (recent.get(1), recent.get(2), recent.get(3)) == (1, None, 3)
    many: Recent[int, int] = Recent(50)
    threads = [
        threading.Thread(target=lambda base=base: [many.put(base * 1000 + i, i) for i in range(500)])
        for base in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(many) == 50
