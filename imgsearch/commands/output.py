"""The file that a command is told to write. Knows nothing about what goes into it."""

from __future__ import annotations

from pathlib import Path

from imgsearch.errors import ConfigError


def check(path: Path) -> None:
    """Find out before the work whether a file can lie there.

    Raises:
        ConfigError: the path is a folder, or lies in none.
    """
    if path.is_dir():
        raise ConfigError(f"Expected the name of a file to write; {str(path)!r} is a folder. Add a file's name.")
    if not path.parent.is_dir():
        raise ConfigError(f"There is no folder {str(path.parent)!r} to write {path.name!r} into; make it first.")
