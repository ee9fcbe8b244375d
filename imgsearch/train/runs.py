"""The folder in which an interrupted training on a shop's own pictures finds what it had.

Knows files only. Invariant: what is in it belongs to one run, named by a key; a run of another key finds it empty.
"""

from __future__ import annotations

import shutil
from pathlib import Path

_NOTE = "run.txt"


def folder(out: Path, key: str) -> Path:
    """`out/work`, as the run of this key left it, or new and empty.

    Args:
        key: ASCII; a hash of all that the result depends on.
    """
    work = out / "work"
    note = work / _NOTE
    if not note.is_file() or note.read_text(encoding="ascii") != key:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        note.write_text(key, encoding="ascii")
    return work
