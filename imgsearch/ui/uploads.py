"""What visitors send: where it may lie, how long it is kept, and what was computed from it.

Knows pictures and vectors, nothing of searches and pages. Invariants: no path outside the upload folder is ever read;
photos and vectors in memory are bounded; with `keep_nothing`, a file is gone as soon as it was decoded, and the
decoded photo lives in memory only, until others push it out.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from imgsearch import images
from imgsearch.errors import ImageError, ImageTooLarge
from imgsearch.images import Photo
from imgsearch.records import Box, Detection
from imgsearch.ui import strings

MAX_PHOTOS = 24  # decoded: at most 7.7 MB each
MAX_VECTORS = 4096  # 1 kB each

K = TypeVar("K")
V = TypeVar("V")


class PhotoGone(ImageError):
    """The photo was sent once, but is no longer kept; the page sends it again by itself."""

    code = "photo_gone"


class Recent(Generic[K, V]):
    """A dict of the newest `size` entries, for any number of threads."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._entries: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The entry, which becomes the newest, or None."""
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def put(self, key: K, value: V) -> None:
        """Add the newest entry; the oldest one beyond the size is dropped."""
        with self._lock:
            self._entries[key] = value
            self._entries.move_to_end(key)
            while len(self._entries) > self._size:
                self._entries.popitem(last=False)

    def __len__(self) -> int:
        return len(self._entries)


@dataclass(slots=True)
class Opened:
    """A decoded upload, what was found in it (None: not looked yet), and how long both took, for the receipt."""

    photo: Photo
    decode_ms: float
    detect_ms: float = 0.0
    detections: list[Detection] | None = None


class Uploads:
    """The visitors' photos.

    Args:
        folder: the only folder that is read.
        max_bytes: the largest file that is read.
        keep_nothing: delete a file once it is decoded.
    """

    def __init__(self, folder: Path, max_bytes: int, keep_nothing: bool = False) -> None:
        self._folder = folder
        self._max_bytes = max_bytes
        self._keep_nothing = keep_nothing
        self._photos: Recent[Path, Opened] = Recent(MAX_PHOTOS)
        self._vectors: Recent[tuple[object, ...], NDArray[np.float32]] = Recent(MAX_VECTORS)

    def clear(self) -> None:
        """Delete every upload that was left behind, by a crash for instance."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)

    def safe_path(self, name: object) -> Path:
        """The path of an upload as the browser names it.

        Raises:
            ImageError: it is not a text, or leads out of the upload folder.
        """
        try:
            path = Path(str(name)).resolve()
        except (OSError, ValueError) as error:
            raise ImageError(strings.NOT_UPLOADED) from error
        if not isinstance(name, str) or not path.is_relative_to(self._folder.resolve()):
            raise ImageError(strings.NOT_UPLOADED)
        return path

    def open(self, name: object) -> Opened:
        """The decoded photo, from memory or from its file.

        Raises:
            PhotoGone: it was sent once, but is not kept any more.
            ImageError, ImageTooLarge: it can't be read, or is not an upload.
        """
        path = self.safe_path(name)
        known = self._photos.get(path)
        if known:
            return known
        if not path.is_file():
            raise PhotoGone(strings.PHOTO_GONE)
        opened = self._decode(path)
        self._photos.put(path, opened)
        return opened

    def _decode(self, path: Path) -> Opened:
        started = time.perf_counter()
        try:
            if path.stat().st_size > self._max_bytes:
                mib = self._max_bytes // 2**20
                raise ImageTooLarge(f"The picture has more than {mib} MiB; send a smaller one.")
            photo = images.load(path)
        finally:
            if self._keep_nothing:
                self.forget_file(path)
        return Opened(photo, (time.perf_counter() - started) * 1000.0)

    def forget_file(self, path: Path) -> None:
        """Delete an upload's file and the folder that was made for it."""
        path.unlink(missing_ok=True)
        if path.parent != self._folder and not any(path.parent.iterdir()):
            path.parent.rmdir()

    def vectors(
        self, name: str, boxes: Sequence[Box], model: str, embed: Callable[[list[Box]], NDArray[np.float32]]
    ) -> NDArray[np.float32]:
        """The `(len(boxes), 256)` vectors of a photo's boxes by a model; `embed` gets the unknown ones in one batch."""
        keys = [_vector_key(name, box, model) for box in boxes]
        found = {key: vector for key in keys if (vector := self._vectors.get(key)) is not None}
        missing = [i for i, key in enumerate(keys) if key not in found]
        if missing:
            for i, vector in zip(missing, embed([boxes[i] for i in missing]), strict=True):
                self._vectors.put(keys[i], vector)
                found[keys[i]] = vector
        return np.stack([found[key] for key in keys])


def _vector_key(name: str, box: Box, model: str) -> tuple[str, tuple[float, ...], str]:
    # A box comes back from the page as shares of the photo's sides: equal to some millionth of a pixel, not to the bit.
    return (name, tuple(round(value, 2) for value in box.xyxy), model)
