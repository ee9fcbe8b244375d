"""The sections: which there are, what each needs, which card it stands in; and the two files they are written to.

Knows the order of the sections, `figures.json` and the cards; measures nothing and words nothing itself. Invariants: a
section that was not measured keeps its figures and its block; a card without the block of a section that will be
written is refused before anything is measured.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imgsearch.errors import InputError
from imgsearch.train.cards import blocks, detector_sections, embedder_sections, naming, tables
from imgsearch.train.cards.workbench import FINGERPRINT_DIGITS, Given, Workbench, flag
from imgsearch.train.precision import computes_bf16
from imgsearch.weights import ModelSet

FIGURES = "figures.json"
EMBEDDER, DETECTOR = "embedder", "detector"
_PAIR = re.compile(r"\[\s+([\d.]+),\s+([\d.]+)\s+\]")  # an interval on one line: a change is one line, too
CARDS = {EMBEDDER: "EMBEDDER.md", DETECTOR: "DETECTOR.md"}


@dataclass(frozen=True, slots=True)
class Section:
    """One set of figures.

    Attributes:
        name: its key in the JSON and the name of its block.
        card: `embedder` or `detector`.
        measure: makes its figures.
        networks: whose weights decide them; the detector cuts the demo's gallery pictures, too.
        needs: what must be given for it.
        bf16: it compares with bfloat16, so a processor without it would compare float32 with itself.
    """

    name: str
    card: str
    measure: Callable[[Workbench], dict[str, Any]]
    networks: tuple[str, ...]
    needs: tuple[str, ...] = ()
    bf16: bool = False

    def command(self, figures: Mapping[str, Any]) -> str:
        """What makes these figures again."""
        given = "".join(f" {flag(name)} {name.upper()}" for name in self.needs)
        rows = [*figures.get("all", ()), *figures.get("rows", ())]
        others = sum(row.get("way") == "compared" for row in rows if row.get("target") != "detect")
        return f"python -m imgsearch.train.cards --only {self.name}{given}{' --compare FILE' * others}"

    def lacks(self, given: Given) -> list[str]:
        """What it needs and is not there: options that were not given, a processor."""
        missing = [flag(name) for name in self.needs if getattr(given, name) is None]
        return [*missing, "a processor that computes in bfloat16"] if self.bf16 and not computes_bf16() else missing


SECTIONS = (
    Section("demo", EMBEDDER, embedder_sections.demo, (EMBEDDER, DETECTOR)),
    Section("faults", EMBEDDER, embedder_sections.faults, (EMBEDDER, DETECTOR)),
    Section("sizes", EMBEDDER, embedder_sections.sizes, (EMBEDDER, DETECTOR), ("data",)),
    Section("gallery", EMBEDDER, embedder_sections.gallery, (EMBEDDER, DETECTOR)),
    Section("order", EMBEDDER, embedder_sections.order, (EMBEDDER, DETECTOR)),
    Section("precision", EMBEDDER, embedder_sections.precision, (EMBEDDER, DETECTOR), bf16=True),
    Section("groceries", EMBEDDER, embedder_sections.groceries, (EMBEDDER,), ("data",)),
    Section("heldout", EMBEDDER, embedder_sections.heldout, (EMBEDDER,), ("data", "cutouts")),
    Section("piles", EMBEDDER, embedder_sections.piles, (EMBEDDER,), ("data", "cutouts")),
    Section("in_use", EMBEDDER, embedder_sections.in_use, (EMBEDDER,), ("data", "cutouts", "in_use")),
    Section("rooms", EMBEDDER, embedder_sections.rooms, (EMBEDDER,), ("data", "cutouts", "rooms")),
    Section("margin", EMBEDDER, embedder_sections.margin, (EMBEDDER,), ("data", "cutouts", "rooms")),
    Section("speed", EMBEDDER, embedder_sections.speed, (EMBEDDER,)),
    Section("detector", DETECTOR, detector_sections.detector, (DETECTOR,)),
    Section("names", DETECTOR, naming.names, (EMBEDDER, DETECTOR)),
    Section("validation", DETECTOR, detector_sections.validation, (DETECTOR,), ("pictures",)),
    Section("detector_precision", DETECTOR, detector_sections.detector_precision, (DETECTOR,), bf16=True),
    Section("detector_speed", DETECTOR, detector_sections.detector_speed, (DETECTOR,)),
)


def chosen(only: Sequence[str], given: Given) -> tuple[list[Section], list[Section]]:
    """The sections to measure, and those that are left as they stand as something that they need is not there.

    Raises:
        InputError: a section was asked for by name, and what it needs is not there; or what was given is no folder.
    """
    wanted = [section for section in SECTIONS if not only or section.name in only]
    left = [section for section in wanted if section.lacks(given)]
    if only and left:
        raise InputError(f"The section {left[0].name} needs {' and '.join(left[0].lacks(given))}.")
    kept = [section for section in wanted if section not in left]
    for name in {name: None for section in kept for name in section.needs}:
        given.folder(name)
    return kept, left


def marks(models: ModelSet) -> dict[str, str]:
    """The first 12 hex digits of the fingerprints, by network."""
    found = {EMBEDDER: models.embedder, DETECTOR: models.detector}
    return {name: weights.fingerprint[:FINGERPRINT_DIGITS] for name, weights in found.items() if weights}


class Cards:
    """`figures.json` and the two cards of a folder.

    Args:
        folder: holds EMBEDDER.md and DETECTOR.md; figures.json is made if it is missing.

    Raises:
        InputError: figures.json is no document of this command.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sections = _read_sections(folder / FIGURES)

    @property
    def sections(self) -> Mapping[str, Any]:
        """The sections that were ever measured, by name."""
        return self._sections

    def check(self, sections: Sequence[Section]) -> None:
        """Raises InputError if a card is missing or has no block for one of the sections."""
        for section in sections:
            blocks.read(self._text(section), section.name)

    def write(self, section: Section, figures: dict[str, Any], models: ModelSet) -> None:
        """Keep new figures of a section in the JSON, and put them into the section's block."""
        used = {network: mark for network, mark in marks(models).items() if network in section.networks}
        self._sections[section.name] = {"weights": used, "figures": figures}
        kept = {one.name: self._sections[one.name] for one in SECTIONS if one.name in self._sections}
        document = {"made_by": "python -m imgsearch.train.cards", "weights": _weights(models), "sections": kept}
        text = _PAIR.sub(r"[\1, \2]", json.dumps(document, indent=1, ensure_ascii=False))
        (self._folder / FIGURES).write_text(text + "\n", encoding="utf-8")
        card = blocks.replace(self._text(section), section.name, self.content(section))
        (self._folder / CARDS[section.card]).write_text(card, encoding="utf-8")

    def content(self, section: Section) -> str:
        """What the block of a section that was measured holds."""
        kept = self._sections[section.name]
        return tables.block(section.name, kept, section.command(kept["figures"]))

    def outdated(self, models: ModelSet) -> list[str]:
        """The sections whose figures are of other weights than these."""
        now = marks(models)
        return [
            name
            for name, section in self._sections.items()
            if any(now.get(network) != mark for network, mark in section["weights"].items())
        ]

    def _text(self, section: Section) -> str:
        path = self._folder / CARDS[section.card]
        if not path.is_file():
            raise InputError(f"There is no {path.name} in {self._folder} to write the figures into; restore it.")
        return path.read_text(encoding="utf-8")


def _weights(models: ModelSet) -> dict[str, dict[str, Any]]:
    found = {EMBEDDER: models.embedder, DETECTOR: models.detector}
    return {
        name: {"name": one.name, "input_size_px": one.input_size_px, "fingerprint": one.fingerprint}
        for name, one in found.items()
        if one
    }


def _read_sections(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        sections = json.loads(path.read_text(encoding="utf-8"))["sections"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path.name} is not what this command writes ({error}); restore it, or delete it.") from error
    if not isinstance(sections, dict):
        raise InputError(f"{path.name} needs sections by name; restore it, or delete it.")
    return sections
