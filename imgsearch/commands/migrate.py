"""`migrate`: a shop from this store into another one, for instance from the embedded database to a Milvus server."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter
from imgsearch.config import DEMO_SHOP, OWN_SHOP, Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser("migrate", parents=[common], help="copy a shop into another store", allow_abbrev=False)
    parser.add_argument(
        "--to", metavar="URI", required=True, help="where to: http(s)://host:port of a Milvus server, or a .db path"
    )
    parser.add_argument("--to-token", metavar="TOKEN", help="the target's user:password or API key (default: --token)")
    parser.set_defaults(run=run, table=migrate_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `migrate`.

    Raises:
        ConfigError: the target is the source, or no address of a store.
        StoreError: a store can't be reached, or has no such shop.
    """
    from imgsearch import migrate

    source = migrate.Place(settings.store_uri, settings.token)
    target = migrate.Place(args.to, settings.token if args.to_token is None else args.to_token)
    done = migrate.run(
        source,
        target,
        settings.shop or _default_shop(settings),
        progress=lambda rows, total: reporter.step("copying rows", rows, total),
    )
    return {
        "shop": done.shop,
        "from": done.source,
        "to": done.target,
        "products": done.products,
        "rows": done.rows,
        "copied": done.copied,
        "unchanged": done.unchanged,
        "removed": done.removed,
        "seconds": round(done.seconds, 2),
    }


def _default_shop(settings: Settings) -> str:
    """The shop that the page would show."""
    from imgsearch.store import MilvusStore

    with MilvusStore(settings.store_uri, settings.token, shop=OWN_SHOP) as store:
        return OWN_SHOP if store.exists() else DEMO_SHOP


def migrate_table(document: dict[str, Any]) -> str:
    """What was copied, for people."""
    return (
        f"The shop {document['shop']!r} with {document['products']} products ({document['rows']} pictures) is in "
        f"{document['to']}: {document['copied']} rows copied, {document['unchanged']} were there, "
        f"{document['removed']} removed, {document['seconds']:.1f} s. {document['from']} is unchanged.\n"
        f"Start the page with IMGSEARCH_URI={document['to']} to use it; its small pictures stay in the data directory."
    )
