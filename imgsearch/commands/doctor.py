"""`doctor`: what is installed, loaded and reachable, and what to do about the rest."""

from __future__ import annotations

import argparse
import getpass
import sys
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import Settings

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "doctor", parents=[common], help="check the installation, the models and the store", allow_abbrev=False
    )
    parser.add_argument(
        "--hash-password",
        action="store_true",
        help="read a password from the terminal or standard input and print its hash for IMGSEARCH_AUTH",
    )
    parser.set_defaults(run=run, table=doctor_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `doctor`, or of `doctor --hash-password`.

    Raises:
        ConfigError: the password is empty.
    """
    if args.hash_password:
        from imgsearch.passwords import hash_password

        return {"password_hash": hash_password(_read_password())}
    from imgsearch import doctor

    return doctor.examine(settings)


def _read_password() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Password: ", stream=sys.stderr)
    return sys.stdin.readline().rstrip("\r\n")


def doctor_table(document: dict[str, Any]) -> str:
    """Checks for people; the hash alone for `--hash-password`."""
    if "password_hash" in document:
        return str(document["password_hash"])
    rows = [("ok" if c["ok"] else "FAILS", c["name"], c["detail"]) for c in document["checks"]]
    remedies = [f"{c['name']}: {c['remedy']}" for c in document["checks"] if not c["ok"]]
    packages = ", ".join(f"{name} {version or 'not installed'}" for name, version in document["packages"].items())
    head = f"imgsearch {document['version']}, Python {document['python']}, {document['platform']}\n{packages}"
    end = "What to do:\n" + "\n".join(remedies) if remedies else "All is well."
    return f"{head}\n{table(['', 'check', 'what was found'], rows)}\n{end}"
