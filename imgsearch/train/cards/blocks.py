"""The marked blocks of a text: `<!-- figures: NAME -->` to `<!-- /figures -->`, whose content is written by a command.

Knows nothing about figures. Invariant: what lies outside a block is never touched.
"""

from __future__ import annotations

from imgsearch.errors import InputError

END = "<!-- /figures -->"
_BEGIN = "<!-- figures: "


def begin(name: str) -> str:
    """The line before a block's content.

    >>> begin("demo")
    '<!-- figures: demo -->'
    """
    return f"{_BEGIN}{name} -->"


def read(text: str, name: str) -> str:
    """A block's content without the lines of its markers.

    Raises:
        InputError: the text has no such block, has it twice, or does not end it.
    """
    start, end = _ends(text, name)
    return text[start:end].strip("\n")


def replace(text: str, name: str, content: str) -> str:
    """The text with other content in one block.

    Raises:
        InputError: the text has no such block, has it twice, or does not end it.

    >>> replace("<!-- figures: a -->old<!-- /figures -->", "a", "new")
    '<!-- figures: a -->\\nnew\\n<!-- /figures -->'
    """
    start, end = _ends(text, name)
    return f"{text[:start]}\n{content.strip(chr(10))}\n{text[end:]}"


def _ends(text: str, name: str) -> tuple[int, int]:
    marker = begin(name)
    if text.count(marker) != 1:
        raise InputError(
            f"Expected the line {marker} once in the card, found it {text.count(marker)} times; put it, and {END} "
            "after it, where the figures belong."
        )
    start = text.index(marker) + len(marker)
    end = text.find(END, start)
    another = text.find(_BEGIN, start)
    if end < 0 or 0 <= another < end:
        raise InputError(f"The block after {marker} is not ended in the card; put {END} on a line of its own after it.")
    return start, end
