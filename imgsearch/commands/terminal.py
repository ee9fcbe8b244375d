"""What people see in a terminal: aligned tables, and progress on standard error.

Knows nothing about commands. Invariant: nothing here writes to standard output.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

from tqdm import tqdm

EVERY_S = 0.2  # a terminal repaints no faster than one can read
EVERY_LOGGED_S = 10.0  # a log file gets a line only now and then


class Reporter:
    """Progress bars on standard error, one after the other.

    Args:
        quiet: show nothing.
    """

    def __init__(self, quiet: bool = False) -> None:
        self._quiet = quiet
        self._what = ""
        self._bar: Any = None

    def step(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` are done. Another `what` begins another bar."""
        if self._quiet:
            return
        if self._bar is None or what != self._what:
            self.close()
            self._what = what
            pause_s = EVERY_S if sys.stderr.isatty() else EVERY_LOGGED_S
            self._bar = tqdm(total=total, desc=what, file=sys.stderr, mininterval=pause_s, dynamic_ncols=True)
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        """End the bar that is shown, so that what is printed next has its own line."""
        if self._bar is not None:
            self._bar.close()
            self._bar = None


def table(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Columns padded to their widest cell; numbers to the right.

    >>> print(table(["id", "score"], [["a", 0.5], ["bcd", 10]]))
    id   score
    a      0.5
    bcd     10
    """
    cells = [list(header), *([_text(v) for v in row] for row in rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(header))]
    right = [bool(rows) and all(isinstance(row[i], int | float) for row in rows) for i in range(len(header))]
    lines = (
        "  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)).rstrip()
        for row in cells
    )
    return "\n".join(lines)


def _text(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    # A title with a line break or an escape sequence must not redraw the terminal.
    return "".join(c if c.isprintable() else " " for c in str(value))
