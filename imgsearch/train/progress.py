"""Where a training's lines go: to whoever watches standard error, or nowhere. Knows nothing of what they say."""

from __future__ import annotations

import sys


def say(line: str) -> None:
    """A line on standard error, at once."""
    print(line, file=sys.stderr, flush=True)


def ignore(line: str) -> None:
    """For who wants no lines."""
