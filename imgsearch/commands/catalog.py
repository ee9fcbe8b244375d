"""`import`: a shop's feed, or a folder of pictures, into the shop."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from imgsearch.catalog import Feed
    from imgsearch.ingest import ImportReport, Progress
    from imgsearch.store import MilvusStore

FORMATS = ("auto", "google", "shopify", "woocommerce", "jsonl", "csv", "folder")
SHOWN_REJECTS = 20
SHOWN_PRODUCTS = 5


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser("import", parents=[common], help="make the shop equal to a feed", allow_abbrev=False)
    parser.add_argument("source", metavar="SOURCE", type=Path, help="a feed file, or a folder of pictures")
    parser.add_argument("--format", choices=FORMATS, default="auto", help="the feed's dialect (default: look at it)")
    parser.add_argument("--dry-run", action="store_true", help="say what would happen, write nothing")
    parser.add_argument("--add", action="store_true", help="only add and update; keep what the feed does not name")
    parser.add_argument(
        "--allow-private-urls", action="store_const", const="1", help="fetch pictures from private networks, too"
    )
    parser.set_defaults(run=run, table=import_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `import`.

    Raises:
        CatalogError: the feed can't be read, or every row was rejected.
        ConfigError: the settings name the demo's shop.
        StoreError: the store can't be reached or written.
    """
    from imgsearch import catalog, ingest
    from imgsearch.shops import own_shop

    shop = own_shop(settings)

    def show(progress: ingest.Progress) -> None:
        reporter.step(progress.stage, progress.done, progress.total)

    feed = catalog.read(args.source, args.format)
    if args.dry_run:
        with _shop_to_compare(settings, shop) as store:
            return ingest.check(
                feed, store, add=args.add, allow_private_urls=settings.allow_private_urls, progress=show
            ).to_json()
    return _import(feed, settings, shop, args.add, show).to_json()


def _import(
    feed: Feed, settings: Settings, shop: str, add_only: bool, show: Callable[[Progress], None]
) -> ImportReport:
    from imgsearch import ingest
    from imgsearch.calibrate import Calibrator
    from imgsearch.detect import load_detector
    from imgsearch.embed import load_embedder
    from imgsearch.weights import resolve_for

    models = ingest.fitted(
        resolve_for(settings, shop), feed, settings.shop_dir(shop), add=add_only,
        allow_private_urls=settings.allow_private_urls, progress=show,
    )  # fmt: skip
    embedder = load_embedder(models.embedder)
    with _open(settings, shop, models.embedder.fingerprint) as store:
        thumbs_dir = settings.shop_dir(store.shop) / "thumbs"
        report = ingest.run(
            feed,
            store,
            load_detector(models.detector) if models.detector else None,
            embedder,
            add=add_only,
            thumbs_dir=thumbs_dir,
            allow_private_urls=settings.allow_private_urls,
            progress=show,
            finish=Calibrator.of(embedder, settings.models, thumbs_dir),
        )
    ingest.adopt(models)
    report.keep(settings.shop_dir(shop))
    return report


def _open(settings: Settings, shop: str, fingerprint: str) -> MilvusStore:
    from imgsearch.store import MilvusStore

    return MilvusStore(settings.store_uri, settings.token, shop=shop, fingerprint=fingerprint)


@contextlib.contextmanager
def _shop_to_compare(settings: Settings, shop: str) -> Iterator[MilvusStore | None]:
    """The shop as it is now; None where opening it would make the database, as a dry run writes nothing."""
    from imgsearch.weights import resolve_for

    if "://" not in settings.store_uri and not Path(settings.store_uri).exists():
        yield None
        return
    with _open(settings, shop, resolve_for(settings, shop).embedder.fingerprint) as store:
        yield store


def import_table(document: dict[str, Any]) -> str:
    """What the import did, for people."""
    changes = ("added", "updated", "unchanged", "removed", "embedded")
    parts = [
        f"{document['products']} products with {document['images']} pictures from {document['source']} "
        f"({document['format']}), {document['seconds']:.1f} s",
        ", ".join(f"{document[name]} {name}" for name in changes),
        *(f"Note: {warning}" for warning in document["warnings"]),
    ]
    if document["rejected"]:
        rows = [(r["row"], r["product_id"], r["reason"]) for r in document["rejected"][:SHOWN_REJECTS]]
        more = len(document["rejected"]) - len(rows)
        parts.append(f"{len(document['rejected'])} rejected:\n{table(['row', 'product', 'reason'], rows)}")
        parts += [f"... and {more} more; --json lists them all"] if more else []
    sample = [(p["product_id"], p["title"], p["category"]) for p in document["sample"][:SHOWN_PRODUCTS]]
    parts.append(table(["product", "title", "category"], sample))
    return "\n".join(parts)
