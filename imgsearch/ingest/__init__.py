"""A shop's catalog into its store: pictures read, cut, embedded in batches and written; rejects listed.

`fitting` readies the official weights for a shop, `pictures` reads and cuts, `prepare` finds out what of a product is
new, `importer` runs the whole and decides what is written when, `report` is what comes out. Layer: above catalog,
detect, embed and store; knows no page and no flag.

Invariants: the shop that was searchable before stays so until the new one is whole; what was embedded is never
embedded again by the next run, however this one ended; a broken picture is a listed reject, never a made-up vector.
"""

from __future__ import annotations

from imgsearch.ingest.fitting import adopt, fitted
from imgsearch.ingest.importer import ImportStopped, check, run
from imgsearch.ingest.pictures import GalleryCrop, fetch, gallery_box
from imgsearch.ingest.report import ImportReport, Progress, kept

__all__ = [
    "GalleryCrop",
    "ImportReport",
    "ImportStopped",
    "Progress",
    "adopt",
    "check",
    "fetch",
    "fitted",
    "gallery_box",
    "kept",
    "run",
]
