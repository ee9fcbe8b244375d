"""`train`: hands its arguments to the trainers, which describe themselves by `train embedder --help`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter
from imgsearch.config import Settings
from imgsearch.errors import ConfigError

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser("train", help="train a network; needs torch", allow_abbrev=False)
    parser.add_argument("what", choices=("embedder", "detector"))
    parser.add_argument("rest", nargs=argparse.REMAINDER, metavar="...", help="see `train embedder --help`")
    parser.set_defaults(run=run, table=str, json=False, quiet=False)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> None:
    """Run a trainer; it prints its own figures and ends with its own exit code.

    Raises:
        ConfigError: torch is not installed.
    """
    try:
        code = _main(args.what)(args.rest)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"Training needs {error.name}, which is not installed; run `pip install -r requirements.txt`."
        ) from error
    if code:
        raise SystemExit(code)


def _main(what: str) -> Callable[[list[str]], int]:
    if what == "embedder":
        from imgsearch.train import embedder

        return embedder.main
    from imgsearch.train import detector

    return detector.main
