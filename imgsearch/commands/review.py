"""`review`: the figures and the grades of the page's Review tab, from the shop's own file; the page may be running."""

from __future__ import annotations

import argparse
import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.commands import output
from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import DEMO_SHOP, OWN_SHOP, Settings
from imgsearch.errors import ConfigError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from imgsearch.review.verdicts import Judged

FORMATS = (".csv", ".json")


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the three commands."""
    parser = commands.add_parser("review", help="the grades given on the page's Review tab", allow_abbrev=False)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    metrics = actions.add_parser("metrics", parents=[common], help="what the grades say", allow_abbrev=False)
    metrics.set_defaults(run=run_metrics, table=metrics_table)
    export = actions.add_parser("export", parents=[common], help="the grades as a file", allow_abbrev=False)
    export.add_argument(
        "file", metavar="FILE", type=Path, nargs="?", help="ends in .csv or .json; default: review-SHOP.csv here"
    )
    export.set_defaults(run=run_export, table=export_table)
    read = actions.add_parser("import", parents=[common], help="add the grades in an exported file", allow_abbrev=False)
    read.add_argument("file", metavar="FILE", type=Path, help="made by `review export`; ends in .csv or .json")
    read.set_defaults(run=run_import, table=import_table)


def run_metrics(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `review metrics`: of the model whose matches were graded last.

    Raises:
        ConfigError: nothing was graded yet.
        VerdictsError: the grades can't be read.
    """
    from imgsearch.review import metrics

    shop, model, judged = judged_lists(settings)
    return {"shop": shop, "model": model, **metrics.figures(judged)}


def run_export(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `review export`; writes the file.

    Raises:
        ConfigError: nothing was graded yet, or the file's ending is neither .csv nor .json, or its folder is not there.
        VerdictsError: the grades can't be read.
    """
    from imgsearch.review import export

    if args.file:
        output.check(args.file)
    shop, _, judged = judged_lists(settings)
    path: Path = args.file or Path(f"review-{shop}.csv")
    _check_ending(path)
    text = export.to_csv(judged) if path.suffix.lower() == ".csv" else export.to_json(shop, judged)
    # newline="": the CSV's line ends are its own.
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
    return {"path": str(path), "lists": len(judged), "rows": sum(len(one.row) for one in judged)}


def run_import(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `review import`: the file's grades are added to the shop's, all of them or none.

    Raises:
        CatalogError: the file can't be read, or a row of it can't be used; nothing was changed.
        ConfigError: the file's ending is neither .csv nor .json.
        VerdictsError: the grades can't be saved; nothing was changed.
    """
    from imgsearch.review import reading
    from imgsearch.review.verdicts import Verdicts, path_of

    _check_ending(args.file)
    lists = reading.read(args.file)
    shop = settings.shop or _shown_shop(settings)
    verdicts = Verdicts(path_of(settings, shop))
    try:
        merged = verdicts.merge(lists)
    finally:
        verdicts.close()
    rows = sum(len(one.row) for one in lists)
    return {"path": str(args.file), "shop": shop, "lists": len(lists), "rows": rows, **dataclasses.asdict(merged)}


def _check_ending(path: Path) -> None:
    if path.suffix.lower() not in FORMATS:
        raise ConfigError(f"The file's ending chooses its form, .csv or .json; got {path.name!r}.")


def _shown_shop(settings: Settings) -> str:
    """The shop that the page shows: an import makes the own shop's folder."""
    return OWN_SHOP if settings.shop_dir(OWN_SHOP).is_dir() else DEMO_SHOP


def judged_lists(settings: Settings) -> tuple[str, str, list[Judged]]:
    """The shop, the model whose matches were graded last, and its lists by every judge."""
    from imgsearch.review.verdicts import Verdicts, path_of

    own = path_of(settings, OWN_SHOP).is_file()
    shop = settings.shop or (OWN_SHOP if own else DEMO_SHOP)
    judged: list[Judged] = []
    model = ""
    # Opening would make the file.
    if path_of(settings, shop).is_file():
        verdicts = Verdicts(path_of(settings, shop))
        try:
            model = verdicts.newest_model()
            judged = verdicts.judged(model)
        finally:
            verdicts.close()
    if not judged:
        raise ConfigError(
            f"Nothing was graded yet in the shop {shop!r}; open the page and grade matches on its Review tab, or name "
            "another --shop or --data-dir."
        )
    return shop, model, judged


def metrics_table(document: dict[str, Any]) -> str:
    """Figures for people."""
    rows = []
    for name, interval in document["ci95"].items():
        low, high = interval or (None, None)
        span = "-" if low is None else f"{low:.3f} .. {high:.3f}"
        value = "-" if document[name] is None else f"{document[name]:.3f}"
        rows.append((name, value, span, document["judged"][name]))
    grades = ", ".join(f"{count} {grade}" for grade, count in document["grades"].items())
    return (
        f"{document['queries']} queries with grades, {document['complete']} graded whole ({grades}); shop "
        f"{document['shop']}, model {document['model']}\n"
        f"{table(['figure', 'value', '95 % interval', 'queries'], rows)}\n"
        "Right is Exact or Substitute; a query counts once its matches are graded that far."
    )


def export_table(document: dict[str, Any]) -> str:
    """Where the grades are, for people."""
    return f"{document['rows']} matches of {document['lists']} queries in {document['path']}"


def import_table(document: dict[str, Any]) -> str:
    """What the file changed, for people."""
    return (
        f"{document['path']} into the shop {document['shop']}: {document['added']} grades added, "
        f"{document['replaced']} replaced by later ones, {document['unchanged']} unchanged, {document['kept']} kept "
        f"that are not older here\n"
        f"Notes: {document['notes_added']} added, {document['notes_kept']} kept that differ here"
    )
