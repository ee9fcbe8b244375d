"""`train`: either network on what a shop has, or on the collections that the bundled ones came from."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import OWN_SHOP, Settings
from imgsearch.errors import ConfigError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from imgsearch.train.refusal import Refusal
    from imgsearch.train.reviewed import Snap
    from imgsearch.weights import ModelSet

OWN_GRADES = ""
_COLLECTIONS = ("data", "out", "init", "cutouts", "rooms", "minutes")
_FORWARDED = {"embedder": _COLLECTIONS, "detector": (*_COLLECTIONS, "backgrounds")}
_NEEDED = {"embedder": ("out",), "detector": ("out", "cutouts", "backgrounds")}
_OF_CATALOGS = ("whole", "reviewed", "allow_private_urls")
_OF_COLLECTIONS = ("init", "cutouts", "backgrounds", "rooms")


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser("train", parents=[common], help="train a network; needs torch", allow_abbrev=False)
    parser.add_argument("what", choices=("embedder", "detector"))
    own = parser.add_argument_group("on your own catalog (embedder)")
    own.add_argument("--catalog", metavar="FEED", type=Path, help="learn from this feed's pictures, as for import")
    own.add_argument("--whole", action="store_true", help="train all layers (an hour), not the last one (minutes)")
    own.add_argument(
        "--reviewed",
        metavar="GRADES.csv",
        nargs="?",
        const=OWN_GRADES,
        help="also learn from matches graded E or S: a CSV of `review export`, or, without a name, the shop's own",
    )
    own.add_argument(
        "--allow-private-urls", action="store_const", const="1", help="fetch pictures from private networks, too"
    )
    parser.add_argument(
        "--minutes",
        metavar="M",
        type=float,
        help="time to train; embedder --data: the last layer takes more at the end",
    )
    parser.add_argument("--out", metavar="DIR", type=Path, help="the directory of models to write")
    data = parser.add_argument_group("on collections of pictures (see the model cards)")
    data.add_argument(
        "--data", metavar="DIR", type=Path, help="folder of the Parquet collections; detector: or a YOLO data.yaml"
    )
    data.add_argument("--init", metavar="FILE", type=Path, help="weights to start from")
    data.add_argument("--cutouts", metavar="DIR", type=Path, help="folder of rendered cut-outs")
    data.add_argument("--backgrounds", metavar="DIR", type=Path, help="folder of rendered empty rooms (detector)")
    data.add_argument("--rooms", metavar="DIR", type=Path, help="folder of rendered furnished rooms")
    parser.set_defaults(run=run, table=train_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `train`.

    Raises:
        ConfigError: torch is not installed, or the arguments do not fit together.
        ImgSearchError: the catalog, the grades or the weights can't be used.
    """
    _check(args)
    try:
        if args.catalog:
            return _on_catalog(args, settings, reporter)
        dataset = _labelled(args)
        return _on_own_photos(args, dataset, settings, reporter) if dataset else _on_collections(args, settings)
    except ModuleNotFoundError as error:
        raise ConfigError(
            f"Training needs {error.name}, which is not installed; run `pip install -r requirements-train.txt`."
        ) from error


def _check(args: argparse.Namespace) -> None:
    if (args.catalog is None) == (args.data is None):
        raise ConfigError("Training needs one of --catalog FEED (your own goods) and --data DIR (collections).")
    if args.catalog and args.what == "detector":
        raise ConfigError("A feed says nothing of boxes; the detector learns from labelled photos: --data data.yaml.")
    if args.minutes is not None and not args.minutes > 0:
        raise ConfigError(f"--minutes expects a time above 0; got {args.minutes:g}.")
    _refuse_what_has_no_use(args)
    if args.catalog or _labelled(args):
        return
    missing = [name for name in _NEEDED[args.what] if getattr(args, name) is None]
    if missing:
        raise ConfigError(f"train {args.what} --data also needs --{' and --'.join(missing)}; see `train --help`.")
    for name in ("data", "cutouts", "backgrounds", "rooms"):
        folder: Path | None = getattr(args, name)
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"--{name} expects a folder; there is no {folder}.")
    if args.init is not None and not args.init.is_file():
        raise ConfigError(f"--init expects a file of weights; there is no {args.init}.")


def _refuse_what_has_no_use(args: argparse.Namespace) -> None:
    """Options of another way to train would change nothing, and whoever gave them believes they did.

    Raises:
        ConfigError: there is one.
    """
    useless: tuple[str, ...]
    if args.catalog:
        source, useless = "--catalog", _OF_COLLECTIONS
    elif _labelled(args):
        source, useless = "--data with a data.yaml", (*_OF_COLLECTIONS, *_OF_CATALOGS)
    elif args.what == "embedder":
        source, useless = "--data with collections", (*_OF_CATALOGS, "backgrounds")
    else:
        source, useless = "--data with collections", _OF_CATALOGS
    given = next((name for name in useless if getattr(args, name) not in (None, False)), None)
    if given is not None:
        flag = f"--{given.replace('_', '-')}"
        raise ConfigError(f"{flag} does not go with train {args.what} {source}; leave it out, or see `train --help`.")


def _labelled(args: argparse.Namespace) -> Path | None:
    """The YOLO dataset that --data names for the detector: the file, or the folder with a data.yaml; else None."""
    if args.what != "detector" or args.data is None:
        return None
    inside: Path = args.data / "data.yaml"
    return args.data if args.data.suffix in {".yaml", ".yml"} else inside if inside.is_file() else None


def _on_own_photos(args: argparse.Namespace, dataset: Path, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    from imgsearch.train import finetune_detector
    from imgsearch.weights import resolve_for

    job = finetune_detector.DetectorTuning(
        dataset=dataset,
        out=args.out or settings.data_dir / "models" / f"{settings.shop or OWN_SHOP}-detector",
        models=resolve_for(settings),
        minutes=args.minutes or finetune_detector.MINUTES,
    )
    return finetune_detector.run(job, reporter.step)


def _on_catalog(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    from imgsearch.train import finetune_embedder, trials
    from imgsearch.train.refusal import Refusal
    from imgsearch.weights import resolve_for

    job = trials.FineTuning(
        feed=args.catalog,
        out=args.out or settings.data_dir / "models" / (settings.shop or OWN_SHOP),
        models=resolve_for(settings),
        whole=args.whole,
        minutes=args.minutes,
        snaps=tuple(_snaps(args.reviewed, settings, Refusal())) if args.reviewed is not None else (),
        allow_private_urls=settings.allow_private_urls,
    )
    return finetune_embedder.run(job, reporter.step)


def _snaps(grades: str, settings: Settings, refusal: Refusal) -> list[Snap]:
    from imgsearch.commands.review import judged_lists
    from imgsearch.review.queue import truth_file
    from imgsearch.train import reviewed

    if grades != OWN_GRADES:
        graded, shop = reviewed.read_csv(Path(grades)), settings.shop or OWN_SHOP
    else:
        shop, _, judged = judged_lists(settings)
        graded = reviewed.graded_of(judged)
    return reviewed.read_snaps(graded, truth_file(settings, shop).parent, refusal)


def _on_collections(args: argparse.Namespace, settings: Settings) -> dict[str, Any]:
    from imgsearch.train import progress
    from imgsearch.weights import PRETRAINED, resolve_for

    if settings.models == PRETRAINED:
        raise ConfigError("Official weights can't stand beside trained ones; give --models bundled or a directory.")
    given = [(name, getattr(args, name)) for name in _FORWARDED[args.what] if getattr(args, name) is not None]
    arguments = [part for name, value in given for part in (f"--{name}", str(value))]
    code = _main(args.what)(arguments, progress.ignore if args.quiet else progress.say, resolve_for(settings))
    if code:
        raise SystemExit(code)
    return {"what": args.what, "trained": "collections", "out": str(args.out)}


def _main(what: str) -> Callable[[list[str], Callable[[str], None], ModelSet], int]:
    if what == "embedder":
        from imgsearch.train import embedder

        return embedder.main
    from imgsearch.train import detector

    return detector.main


def train_table(document: dict[str, Any]) -> str:
    """What came of it, for people."""
    if document["trained"] == "collections":
        return f"The {document['what']} is in {document['out']}."
    return _detector_table(document) if document["what"] == "detector" else _embedder_table(document)


def _detector_table(document: dict[str, Any]) -> str:
    rows = [
        (name, f"{document[key + '_before']:.3f}", f"{document[key + '_after']:.3f}")
        for name, key in (("mAP50", "map50"), ("recall", "recall"), ("precision", "precision"))
    ]
    low, high = document["ci95"]
    asked = f"{document['held_out_boxes']} boxes in {document['held_out_pictures']} held-out pictures"
    after = (
        f"Accepted: {document['reason']} [{low:+.3f}, {high:+.3f}]. Try it: `detect PHOTO --models {document['out']}`; "
        "use it: import the shop with it and start the page with it; back: the same with `--models bundled`."
        if document["accepted"]
        else f"Not accepted, the old weights stay: {document['reason']}."
    )
    notes = "".join(f"Note: {note}\n" for note in document["notes"])
    return f"{notes}{asked}\n{table(['held out', 'before', 'after'], rows)}\n{after}"


def _embedder_table(document: dict[str, Any]) -> str:
    low, high = document["ci95"]
    rows = [
        ("R@1 before", f"{document['recall_at_1_before']:.3f}", ""),
        ("R@1 after", f"{document['recall_at_1_after']:.3f}", ""),
        ("gain", f"{document['gain']:+.3f}", f"{low:+.3f} .. {high:+.3f}"),
    ]
    asked = f"{document['queries']} queries about {document['held_out_products']} held-out products"
    after = (
        f"Accepted: {document['reason']}. Try it: `evaluate --models {document['out']}`; switch: `import FEED --models "
        f"{document['out']}`, and start the page with it; back: the same with `--models bundled`."
        if document["accepted"]
        else f"Not accepted, the old weights stay: {document['reason']}."
    )
    notes = "".join(f"Note: {note}\n" for note in document["notes"])
    return f"{notes}{asked}\n{table(['held out', 'value', '95 % interval'], rows)}\n{after}"
