"""The command: measure the sections that can be measured, and write each as soon as it is done.

Knows the flags. Invariant: a run that is interrupted leaves whole sections, old or new.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from imgsearch import config, weights
from imgsearch.errors import ImgSearchError
from imgsearch.train.cards import document
from imgsearch.train.cards.document import SECTIONS, Cards
from imgsearch.train.cards.workbench import Given, Workbench
from imgsearch.train.progress import say
from imgsearch.weights import ModelSet


def run(given: Given, folder: Path, models: ModelSet, only: Sequence[str] = ()) -> None:
    """Measure and write.

    Args:
        given: what there is to measure on.
        folder: of the two cards and `figures.json`.
        models: what is measured.
        only: names of sections; none is all whose needs are given.

    Raises:
        ImgSearchError: something given can't be used.
    """
    wanted, left = document.chosen(only, given)
    cards = Cards(folder)
    cards.check(wanted)
    bench = Workbench(models, given)
    for section in left:
        say(f"{section.name}: left as it stands; it needs {' and '.join(section.lacks(given))}")
    for number, section in enumerate(wanted, 1):
        say(f"{number}/{len(wanted)} {section.name}")
        cards.write(section, section.measure(bench), models)
    for name in cards.outdated(models):
        say(f"{name}: its figures are of other weights than these; measure it again")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; 0, or 2 where the user can mend it."""
    given = _parser().parse_args(arguments)
    inputs = Given(
        data=given.data, cutouts=given.cutouts, rooms=given.rooms, in_use=given.in_use, pictures=given.pictures,
        compare=tuple(given.compare),
    )  # fmt: skip
    try:
        run(inputs, given.cards, weights.resolve(weights.BUNDLED), given.only)
    except ImgSearchError as error:
        say(str(error))
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m imgsearch.train.cards",
        description="Measure the bundled models and write the figures into their cards.",
    )
    parser.add_argument("--data", type=Path, metavar="DIR", help="folder of the Parquet collections")
    parser.add_argument("--cutouts", type=Path, metavar="DIR", help="folder of rendered cut-outs with index.csv")
    parser.add_argument("--rooms", type=Path, metavar="DIR", help="folder of rendered rooms with boxes.csv")
    parser.add_argument("--in-use", type=Path, metavar="DIR", help="folder of rendered goods in use with boxes.csv")
    parser.add_argument("--pictures", type=Path, metavar="DIR", help="folder written by training the detector")
    parser.add_argument(
        "--compare",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="also ask these embedder weights, a file at the bundled input size or a directory of models",
    )
    names = [section.name for section in SECTIONS]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="SECTION", help=", ".join(names))
    parser.add_argument(
        "--cards", type=Path, default=config.ASSETS / "models", metavar="DIR", help="folder of the two cards"
    )
    return parser
