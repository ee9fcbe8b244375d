"""The command line: arguments to settings, a command to a document, a document to JSON or a table.

Knows nothing about what the commands do; each lies in its own file under `commands/`. Invariants: exit code 0 is done,
2 is something the user can fix (one sentence on standard error, no traceback), 130 is interrupted, 1 is a bug. With
`--json`, standard output holds exactly one JSON document of `docs/cli.schema.json`, an error included; everything else
goes to standard error.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from imgsearch import __version__, config
from imgsearch.commands import bench, calibrate, catalog, doctor, evaluate, migrate, photo, review, train
from imgsearch.commands.terminal import Reporter
from imgsearch.errors import ImgSearchError

DONE, FIXABLE, INTERRUPTED = 0, 2, 130
SETTINGS = ("uri", "token", "data_dir", "shop", "models", "allow_private_urls")
# What a full, protected or wrongly named folder answers: nothing of ours is broken, and the user can repair it.
_DISK = (errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EROFS, errno.ENOTDIR)


class UsageError(ImgSearchError):
    """The arguments can't be understood."""

    code = "usage"


class Parser(argparse.ArgumentParser):
    """argparse that raises its complaints as our errors, with the next step."""

    def error(self, message: str) -> NoReturn:
        """Raise what argparse would have printed.

        Raises:
            UsageError: always.
        """
        raise UsageError(f"{message[:1].upper()}{message[1:]}; see `{self.prog} --help` for what is expected.")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        The exit code: 0 done, 2 the user can fix it, 130 interrupted. A bug leaves as an exception (exit code 1).
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    as_json = "--json" in arguments
    config.quiet_libraries()
    _never_fail_on_encoding()
    try:
        return _run(arguments)
    except ImgSearchError as error:
        return _fail(error.code, str(error), as_json)
    except KeyboardInterrupt:
        _fail("interrupted", "Interrupted; what was finished is kept.", as_json)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has left (`| head`). Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return DONE
    except OSError as error:
        if error.errno not in _DISK:
            raise
        where = error.filename or "the data directory"
        return _fail("disk", f"{where} can't be written ({error.strerror}); make room, or give --data-dir.", as_json)


def _run(arguments: Sequence[str]) -> int:
    args = build_parser().parse_args(arguments)
    settings = config.Settings.from_env(**{name: getattr(args, name, None) for name in SETTINGS})
    # A library that prints must not spoil the document.
    aside = contextlib.redirect_stdout(sys.stderr) if args.json else contextlib.nullcontext()
    with aside, contextlib.closing(Reporter(quiet=args.quiet)) as reporter:
        document = args.run(args, settings, reporter)
    if document is None:  # the trainers speak for themselves
        return DONE
    print(_dump(document) if args.json else args.table(document))
    sys.stdout.flush()
    return FIXABLE if document.get("ok") is False else DONE


def _dump(document: dict[str, Any]) -> str:
    return json.dumps(document, indent=2, allow_nan=False)


def _fail(code: str, message: str, as_json: bool) -> int:
    sentence = " ".join(message.split())
    print(sentence, file=sys.stderr)
    if as_json:
        print(_dump({"error": {"code": code, "message": sentence}}))
    return FIXABLE


def _never_fail_on_encoding() -> None:
    # A title in another script on a narrow terminal is shown with marks instead of ending the program.
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def build_parser() -> Parser:
    """The whole command line, `--help` included."""
    common = _common()
    parser = Parser(
        prog="python -m imgsearch",
        description="Shop by image: find the things in a photo and the products that look like them.",
        epilog="Every setting can be given as an environment variable, too: --data-dir is IMGSEARCH_DATA_DIR.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"imgsearch {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=Parser)
    for module in (photo, catalog, evaluate, calibrate, bench, doctor, migrate, review, train):
        module.add(commands, common)
    return parser


def _common() -> argparse.ArgumentParser:
    """The flags that every command has."""
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("settings")
    group.add_argument("--uri", help="the store: a path ending in .db, or http(s)://host:port of a Milvus server")
    group.add_argument("--token", help="the server's user:password or API key (safer as IMGSEARCH_TOKEN)")
    group.add_argument("--data-dir", metavar="DIR", help="where everything is kept that the program writes")
    group.add_argument("--shop", metavar="NAME", help="the shop; default: 'shop' if it was imported, else 'demo'")
    group.add_argument("--models", metavar="WHICH", help="bundled (default), pretrained, or a directory of weights")
    group.add_argument("--json", action="store_true", help="print one JSON document (docs/cli.schema.json)")
    group.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return common
