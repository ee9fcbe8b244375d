"""`evaluate`: how good the search is on a catalog and a truth file."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

TARGETS = ("whole", "box", "detect")
CROPS = ("auto", "detector", "trim", "whole")


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "evaluate", parents=[common], help="measure the search on a truth file", allow_abbrev=False
    )
    parser.add_argument("--catalog", metavar="SOURCE", type=Path, required=True, help="as for import")
    parser.add_argument("--queries", metavar="QUERIES.csv", type=Path, required=True, help="photos and what is right")
    parser.add_argument(
        "--target",
        choices=TARGETS,
        default="box",
        help="what of a photo is searched for: all of it, the row's box (default), or what the detector finds",
    )
    parser.add_argument("--where", default="", metavar="CONDITION", help="only these rows, such as 'visible>=0.5'")
    parser.add_argument(
        "--gallery-crop", choices=CROPS, default="auto", help="which part of the shop's pictures is embedded"
    )
    parser.add_argument(
        "--baselines", action="store_true", help="also state colour + pixels and a random-weight network"
    )
    parser.add_argument(
        "--allow-private-urls", action="store_const", const="1", help="fetch pictures from private networks, too"
    )
    parser.set_defaults(run=run, table=evaluate_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `evaluate`.

    Raises:
        ImgSearchError: the catalog, the truth file, the condition or the models can't be used.
    """
    from imgsearch import evaluate
    from imgsearch.weights import resolve

    return evaluate.run(
        args.catalog,
        args.queries,
        resolve(settings.models),
        target=args.target,
        where=args.where,
        gallery_crop=args.gallery_crop,
        with_baselines=args.baselines,
        allow_private_urls=settings.allow_private_urls,
        progress=reporter.step,
    )


def evaluate_table(document: dict[str, Any]) -> str:
    """Figures for people."""
    rows = [
        (name, f"{document[name]:.3f}", f"{low:.3f} .. {high:.3f}") for name, (low, high) in document["ci95"].items()
    ]
    rows.append(("chance_at_10", f"{document['chance_at_10']:.3f}", ""))
    for name, figures in document.get("baselines", {}).items():
        rows += [(f"{name} {figure}", f"{value:.3f}", "") for figure, value in figures.items()]
    return (
        f"{document['queries']} queries against {document['products']} products, model {document['model']}\n"
        f"{table(['figure', 'value', '95 % interval'], rows)}\n"
        f"{document['targets_mean']:.2f} targets and {document['p50_ms']:.0f} ms a query (95 %: "
        f"{document['p95_ms']:.0f} ms)"
    )
