"""`bench`: how fast the search is, stage by stage, beside the plain pipeline."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.commands import output
from imgsearch.commands.terminal import Reporter, table
from imgsearch.config import DEMO_FEED, Settings
from imgsearch.errors import CatalogError, ModelError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from imgsearch.search import ImageSearch

ROUNDS, QUICK_ROUNDS = 60, 5
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


def add(commands: _SubParsersAction[Any], common: argparse.ArgumentParser) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "bench", parents=[common], help="measure the speed on the demo's catalog and photos", allow_abbrev=False
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_ROUNDS} rounds instead of {ROUNDS}")
    parser.add_argument("--out", type=Path, metavar="FILE", help="also write the JSON document to this file")
    parser.set_defaults(run=run, table=bench_table)


def run(args: argparse.Namespace, settings: Settings, reporter: Reporter) -> dict[str, Any]:
    """The document of `bench`.

    Raises:
        ImgSearchError: the demo or the models can't be used, or `--out` can't lie where it is to.
    """
    from imgsearch import bench

    if args.out:
        output.check(args.out)
    rounds = QUICK_ROUNDS if args.quick else ROUNDS
    document = bench.run(
        settings.models, DEMO_FEED, demo_photo(), page=page_visit, rounds=rounds, progress=reporter.step
    )
    if args.out:
        args.out.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return document


def demo_photo() -> Path:
    """The demo's first sample photo.

    Raises:
        CatalogError: the demo is not there.
    """
    folder = DEMO_FEED.parent / "photos"
    photos = sorted(path for path in folder.glob("*") if path.suffix.lower() in PICTURES)
    if not photos:
        raise CatalogError("bench works on the demo's photos, and assets/demo/photos has none; restore assets/demo.")
    return photos[0]


def page_visit(core: ImageSearch, photo: Path) -> Callable[[], object]:
    """One visit of the page by its own handlers, from the photo's file to boxes and first results; no HTTP, no browser.

    Raises:
        ModelError: by the visit: the page answered with an error.
    """
    from imgsearch.ui.readiness import Readiness
    from imgsearch.ui.shop import PAGE, Shop
    from imgsearch.ui.uploads import Uploads

    readiness = Readiness(lambda report: core)
    readiness.start()
    readiness.wait()

    def visit() -> object:
        shop = Shop(readiness, Uploads(photo.parent, photo.stat().st_size))  # a new one has nothing cached
        found = shop.photo({"path": str(photo)})
        boxes = found.get("boxes", [])
        target = {"photo": str(photo), "box": [0, 0, 1, 1]}
        if boxes:
            main = boxes[found["main"]]
            target |= {"box": main["box"], "class": main["class"]}
        answer = shop.search({"target": target, "top_k": PAGE})
        if not answer.get("matches"):
            reason = found.get("message") or answer.get("message") or "no results"
            raise ModelError(f"The page's handlers did not answer the bench's photo: {reason}")
        return answer

    return visit


def bench_table(document: dict[str, Any]) -> str:
    """Times for people."""
    stages = ("decode", "detect", "embed", "search", "photo_to_results")
    header = ["stage", "p50 ms", "p95 ms"]
    rows: list[list[Any]] = [
        [s, f"{document[s]['p50_ms']:.1f}", f"{document[s]['p95_ms']:.1f}"] for s in (*stages, "page")
    ]
    for name, reference in (document["reference"] or {}).items():
        header += [f"{name} p50 ms", "ratio (95 %)"]
        rows[-1] += ["", ""]
        for row, stage in zip(rows, stages, strict=False):  # the plain pipeline has no page
            low, high = reference[stage]["ci95"]
            row += [f"{reference[stage]['p50_ms']:.1f}", f"{reference[stage]['ratio']:.2f} ({low:.2f} .. {high:.2f})"]
    peak = "unknown" if document["peak_mib"] is None else f"{document['peak_mib']:.0f} MiB"
    return (
        f"{table(header, rows)}\nimport {document['ingest_images_per_s']:.0f} pictures/s, cold start "
        f"{document['cold_start_s']:.1f} s, peak memory {peak}; {document['setup']['machine']}"
    )
