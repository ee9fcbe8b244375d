"""A delimited text file as a header and rows: any encoding, delimiter and quoting that shops' programs write.

Knows nothing about what the columns mean. Invariants: row numbers are those a spreadsheet shows (the header is row 1,
a quoted line break does not start a row); a stray quote spoils its own row at most, wherever the next quote stands.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from imgsearch.catalog.rows import Notes
from imgsearch.errors import CatalogError

DELIMITERS = "\t,;|"
MAX_FILE_MIB = 512
MAX_QUOTED_LINES = 200  # a quoted description has a few line breaks; an open quote must not swallow the file

_FOREIGN = (
    (b"PK\x03\x04", "a spreadsheet or zip file; save it as CSV or TSV"),
    (b"\xd0\xcf\x11\xe0", "an old Excel file; save it as CSV or TSV"),
    (b"%PDF", "a PDF; export the products as CSV or TSV"),
    (b"\xff\xd8\xff", "a picture; name the folder it lies in"),
    (b"\x89PNG", "a picture; name the folder it lies in"),
    (b"\x1f\x8b", "gzip-compressed; unpack it first"),
)


@dataclass(frozen=True, slots=True)
class Table:
    """Normalised column names (`image_link`) and the lines below the header, still to be cut into rows."""

    columns: tuple[str, ...]
    delimiter: str
    lines: tuple[str, ...]
    first_row: int

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Row number and cells; blank rows are left out."""
        number, position = self.first_row, 0
        while position < len(self.lines):
            cells, taken = _record(self.lines, position, self.delimiter, len(self.columns))
            if any(cell.strip() for cell in cells):
                yield number, cells
            number, position = number + 1, position + taken

    def excess(self, cells: list[str]) -> str:
        """Why a row with more cells than columns can't be trusted, or ''."""
        if len(cells) <= len(self.columns) or not any(c.strip() for c in cells[len(self.columns) :]):
            return ""
        shown = {"\t": "tab"}.get(self.delimiter, self.delimiter)
        return (
            f"{len(cells)} cells, but the header has {len(self.columns)} columns; "
            f'put cells that contain "{shown}" in quotes.'
        )


def read_text(source: Path, notes: Notes) -> str:
    """The file as text with `\\n` line ends: UTF-8, UTF-16 or Windows-1252, with or without a byte order mark.

    Raises:
        CatalogError: the file can't be opened, is empty, too large, or not text.
    """
    try:
        if source.stat().st_size > MAX_FILE_MIB * 2**20:
            raise CatalogError(f"the feed is larger than {MAX_FILE_MIB} MiB; split it.", source)
        data = source.read_bytes()
    except OSError as error:
        raise CatalogError(f"can't be opened ({error.strerror or error}).", source) from error
    for start, meaning in _FOREIGN:
        if data.startswith(start):
            raise CatalogError(f"expected a text table; this is {meaning}.", source)
    decoded = _decode(data, notes).replace("\r\n", "\n").replace("\r", "\n")
    if not decoded.strip():
        raise CatalogError("the file is empty; expected a header row and a row a product.", source)
    if decoded.lstrip().startswith("<"):
        raise CatalogError("expected a text table; this is XML or HTML. Export the feed as TSV or CSV.", source)
    return decoded


def _decode(data: bytes, notes: Notes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    sample = data[:4000]
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros):  # half of ASCII's bytes in UTF-16 are zero
            return data.decode(encoding, "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        notes.add("The file is not UTF-8 and was read as Windows-1252; look at accented letters.")
        return data.decode("cp1252", "replace")


def parse(source: Path, content: str, known: Iterable[str]) -> Table:
    """Find header and delimiter: the delimiter that shows the most known columns wins.

    Raises:
        CatalogError: no delimiter makes a header.
    """
    lines = content.split("\n")
    start = next(i for i, line in enumerate(lines) if line.strip())
    names = frozenset(known)
    best: tuple[tuple[int, int], str, list[str], int] | None = None
    for delimiter in DELIMITERS:
        cells, taken = _record(lines, start, delimiter, 0)
        columns = [column_name(cell) for cell in cells]
        rank = (len(names.intersection(columns)), len(columns))
        if best is None or rank > best[0]:
            best = (rank, delimiter, columns, taken)
    assert best is not None
    _, delimiter, columns, taken = best
    if not any(columns):
        raise CatalogError("the first row names no columns.", source, start + 1)
    return Table(tuple(columns), delimiter, tuple(lines[start + taken :]), start + 2)


def column_name(cell: str) -> str:
    """`g:Image Link` and `image-link` are `image_link`."""
    name = re.sub(r"[\s_\-]+", "_", cell.strip().strip("\ufeff").lower()).strip("_")
    return name.removeprefix("g:")


def _record(lines: Sequence[str], position: int, delimiter: str, width: int) -> tuple[list[str], int]:
    """The cells of the record that starts at a line, and how many lines it takes."""
    line = lines[position]
    if '"' not in line:
        return line.split(delimiter), 1
    cells = _strict(line, delimiter)
    if cells is not None:
        return cells, 1
    pieces = _pieces(lines, position, delimiter)
    held = lines[position : position + len(pieces)]
    if not pieces or (width and _swallows(held, pieces, delimiter, width)):
        # Not CSV quoting but an inch sign or a forgotten quote: take the line as it stands.
        return line.split(delimiter), 1
    cells = pieces[0]
    for first, *more in pieces[1:]:
        cells[-1] += "\n" + first
        cells += more
    return cells, len(pieces)


def _pieces(lines: Sequence[str], position: int, delimiter: str) -> list[list[str]]:
    """Each line's part of the cells, from an open quote to the line that closes it; [] if it is no CSV quoting."""
    pieces: list[list[str]] = []
    start = ""
    for line in lines[position : position + MAX_QUOTED_LINES]:
        closed = _strict(start + line, delimiter) if pieces else None
        cells = closed or _strict(f'{start}{line}"', delimiter)
        if cells is None:
            return []
        pieces.append(cells)
        if closed:
            return pieces
        start = '"'  # the next line goes on inside the cell
    return []


def _swallows(lines: Sequence[str], pieces: Sequence[Sequence[str]], delimiter: str, width: int) -> bool:
    """True if a record is too wide, or its lines look like rows of their own that two stray quotes have joined.

    Such a line has the header's number of cells if its quotes are ignored. In quoted prose commas stand so by chance,
    so there every line must look like a row, without the blank that prose has behind a comma. A line that is all prose
    hardly has that many tabs; the last one, which has the record's other cells, needs fewer of its own for it.
    """
    if sum(len(cells) for cells in pieces) - (len(pieces) - 1) > width:
        return True
    whole = [line.count(delimiter) + 1 == width for line in lines]
    joined = [row and len(cells) < width for row, cells in zip(whole, pieces, strict=True)]
    if delimiter == "\t":
        return any(joined[1:-1]) or (whole[0] and any(joined))
    return any(joined) and all(whole) and not any(f"{delimiter} " in line for line in lines)


def _strict(block: str, delimiter: str) -> list[str] | None:
    try:
        rows = list(csv.reader([block], delimiter=delimiter, strict=True))
    except csv.Error:
        return None
    return rows[0] if len(rows) == 1 else None
