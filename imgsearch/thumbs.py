"""A shop's small pictures on disk: one for cards, one for the product dialog, named by the picture's content.

Knows nothing about products or pages. Invariants: a file is there whole or not at all (written beside, then renamed);
a name is made of hex digits only, so no key from outside can lead out of the folder; the same content is the same
file, so pages may cache it for ever.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Literal

from PIL import Image

from imgsearch import images
from imgsearch.errors import ConfigError

Size = Literal["card", "large"]
SIDES_PX: dict[Size, int] = {"card": 320, "large": 800}
_KEY = re.compile(r"[0-9a-f]{64}")
_PART = ".imgsearch-"
_OURS = re.compile(rf"(?P<key>[0-9a-f]{{64}})(-large)?\.webp|{re.escape(_PART)}.*\.part")
_ENDINGS: dict[Size, str] = {"card": ".webp", "large": "-large.webp"}


def path(folder: Path, key: str, size: Size = "card") -> Path | None:
    """Where a picture lies, there or not; None for what is no key.

    >>> path(Path("thumbs"), "../secret") is None
    True
    """
    return folder / f"{key}{_ENDINGS[size]}" if _KEY.fullmatch(key) else None


def missing(folder: Path, key: str) -> bool:
    """True unless both sizes are there."""
    return not all((found := path(folder, key, size)) and found.exists() for size in SIDES_PX)


def save(folder: Path, key: str, image: Image.Image) -> None:
    """Write both sizes of a picture.

    Args:
        folder: made if it is missing.
        key: sha256 of the picture's bytes, 64 hex digits.
        image: RGB, upright.

    Raises:
        ConfigError: the folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for size, side_px in SIDES_PX.items():
            _write(folder / f"{key}{_ENDINGS[size]}", images.thumbnail(image, side_px))
    except OSError as error:
        raise ConfigError(
            f"The shop's pictures can't be written to {folder} ({error.strerror or error}); free some space there, "
            "or name another folder with --data-dir."
        ) from error


def _write(target: Path, data: bytes) -> None:
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=_PART, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).chmod(0o644)  # mkstemp's files are private; a web server beside us may read these
        Path(name).replace(target)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise


def sweep(folder: Path, used: Collection[str]) -> int:
    """Delete pictures that no row uses any more, and left-over parts; other files stay. Returns how many went."""
    gone = 0
    for file in folder.iterdir() if folder.is_dir() else ():
        found = _OURS.fullmatch(file.name)
        if found and found["key"] not in used:
            with contextlib.suppress(OSError):  # a page may be reading it (Windows): next time
                file.unlink()
                gone += 1
    return gone
