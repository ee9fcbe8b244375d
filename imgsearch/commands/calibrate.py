"""`calibrate`: fit the verdict's thresholds anew, or measure what verdicts are worth on photos whose truth is known."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import Settings
from imgsearch.errors import QueryError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

ROWS = {
    "expected": {
        "true_matches": "own goods, right match (snapshots)",
        "leave_group_out": "own group left out (snapshots)",
        "leave_category_out": "own category left out (snapshots)",
        "foreign": "foreign things (distractors)",
    },
    "measured": {
        "sold": "things the shop sells",
        "true_matches": "... whose best match is right",
        "leave_group_out": "their group left out",
        "unsold": "things it does not sell",
    },
}


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "calibrate",
        parents=[common],
        help="fit the verdicts (exact, likely, similar, none) to the shop, or measure them",
        description="Without arguments: fit the shop's verdicts anew, from its own pictures, and keep them with it. "
        "With --catalog and --queries: do so in a temporary store and judge photos whose truth is known; the shop is "
        "not touched.",
        allow_abbrev=False,
    )
    parser.add_argument("--catalog", metavar="SOURCE", type=Path, help="measure: the catalog, as for import")
    parser.add_argument("--queries", metavar="QUERIES.csv", type=Path, help="measure: things that it sells")
    parser.add_argument(
        "--unsold", metavar="BOXES.csv", type=Path, help="measure: things that it does not sell (empty product_id)"
    )
    parser.add_argument("--where", default="", metavar="CONDITION", help="only these rows, such as 'visible>=0.5'")
    parser.add_argument(
        "--allow-private-urls", action="store_const", const="1", help="fetch pictures from private networks, too"
    )
    parser.set_defaults(run=run, table=calibrate_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `calibrate`.

    Raises:
        ImgSearchError: the shop, the catalog, a file or the models can't be used.
    """
    if args.catalog and args.queries:
        from imgsearch import reliability

        return reliability.measure(
            args.catalog,
            args.queries,
            settings.models,
            unsold=args.unsold,
            where=args.where,
            allow_private_urls=settings.allow_private_urls,
            progress=reporter.step,
        )
    if args.catalog or args.queries or args.unsold or args.where:
        raise QueryError(
            "Measuring needs --catalog SOURCE and --queries QUERIES.csv; without, the shop's verdicts are fitted."
        )
    return _refit(settings)


def _refit(settings: Settings) -> dict[str, Any]:
    from imgsearch import reliability
    from imgsearch.calibrate import Calibrator, fit
    from imgsearch.embed import load_embedder
    from imgsearch.search import open_store
    from imgsearch.weights import resolve_for

    embedder = load_embedder(resolve_for(settings).embedder)
    with open_store(settings, embedder) as store:
        store.check()
        calibrator = Calibrator.of(embedder, settings.models, settings.shop_dir(store.shop) / "thumbs")
        trial = calibrator.try_out(store)
        thresholds = fit(trial)
        calibrator.keep(store, thresholds)
        return reliability.document(store.shop, embedder.fingerprint, thresholds, trial)


def calibrate_table(document: dict[str, Any]) -> str:
    """Figures for people."""
    limits = document["thresholds"]
    where = f"the shop {document['shop']!r}, kept with it" if document["shop"] else "a temporary store, not kept"
    parts = [
        f"Calibrated {where}: {document['snapshots']} snapshots of its own pictures, {document['distractors']} "
        f"distractors ({document['distractors_sold']} more look like what it sells), model {document['model']}",
        f"similar from {limits['similar']:.3f}, likely from {limits['likely']:.3f} (score less strangeness plus half "
        f"the lead), exact from {limits['exact']:.3f} (score plus lead)",
        *(f"Note: {warning}" for warning in document["warnings"]),
        _rates_table("Expected, by halves of the snapshots and distractors", document["expected"], ROWS["expected"]),
    ]
    if document["measured"]:
        measured = document["measured"]
        parts.append(_rates_table("Measured", measured, ROWS["measured"]))
        rows = [(row["verdict"], row["n"], _share(row["sku"]), _share(row["group"])) for row in measured["verdicts"]]
        parts.append(table(["verdict", "given", "product right", "group right"], rows))
    else:
        parts.append("A page that is open takes it over at its next start.")
    return "\n\n".join(parts)


def _rates_table(title: str, rates: dict[str, Any], names: dict[str, str]) -> str:
    columns = ("exact", "accepted", "similar", "none")
    rows = [(text, rates[name]["n"], *(_share(rates[name][c]) for c in columns)) for name, text in names.items()]
    return table([title, "n", "exact", "exact or likely", "similar", "none"], rows)


def _share(rate: dict[str, Any]) -> str:
    if rate["share"] is None:
        return "-"
    low, high = rate["ci95"]
    return f"{rate['share']:.3f} [{low:.2f}, {high:.2f}]"
