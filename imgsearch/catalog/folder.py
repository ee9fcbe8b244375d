"""A folder of pictures as a catalog.

A picture beside folders, or directly in the folder, is a product of its own. A folder with nothing but pictures in it
is one product with up to four of them; the folders above it are its category.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from imgsearch.catalog import common
from imgsearch.catalog.rows import Notes, Row
from imgsearch.errors import CatalogError

MAX_DEPTH = 8


@dataclass(slots=True)
class _Item:
    """A product to be: its id (the path below the root), its category's levels and its pictures."""

    path: Path
    levels: tuple[str, ...]
    pictures: list[Path] = field(default_factory=list)


def rows(source: Path, notes: Notes) -> Iterator[Row]:
    """A row for each product, numbered in the order of the names.

    Raises:
        CatalogError: the folder can't be listed.
    """
    items = list(_walk(source, source, (), notes))
    stems = [item.path.with_suffix("") if item.path.is_file() else item.path for item in items]
    alike = Counter(stems)
    for number, (item, stem) in enumerate(zip(items, stems, strict=True), 1):
        # mug.jpg and mug.png are two products; only then does the suffix belong to the id.
        name = stem if alike[stem] == 1 else item.path
        fields = {
            "id": name.relative_to(source).as_posix(),
            "title": _title(stem.name),
            "product_type": " > ".join(_title(level) for level in item.levels),
        }
        yield Row(number, fields, [str(picture.absolute()) for picture in item.pictures])


def _walk(folder: Path, root: Path, levels: tuple[str, ...], notes: Notes) -> Iterator[_Item]:
    pictures, folders, others = _listed(folder)
    if others:
        notes.add(f"{others} files in '{folder.name}' are no pictures by their names and were left out.")
    if len(levels) >= MAX_DEPTH:
        notes.add(f"Folders below '{folder.name}' are too deep and were left out.")
        folders = []
    if pictures and not folders and folder != root:
        yield _Item(folder, levels[:-1], pictures)
        return
    yield from (_Item(picture, levels, [picture]) for picture in pictures)
    for child in folders:
        yield from _walk(child, root, (*levels, child.name), notes)


def _listed(folder: Path) -> tuple[list[Path], list[Path], int]:
    try:
        children = sorted(p for p in folder.iterdir() if not p.name.startswith((".", "__MACOSX")))
    except OSError as error:
        raise CatalogError(f"the folder can't be listed ({error.strerror or error}).", folder) from error
    pictures = [p for p in children if p.suffix.lower() in common.PICTURE_SUFFIXES and p.is_file()]
    folders = [p for p in children if p.is_dir() and not p.is_symlink()]  # a link could lead in a circle
    return pictures, folders, len(children) - len(pictures) - len(folders)


def _title(name: str) -> str:
    return common.text(name.replace("_", " ").replace("-", " ")) or name
