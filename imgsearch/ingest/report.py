"""What an import says: progress while it runs, and the report at its end with the command line's fields.

The last report of a shop is kept in its folder, so that what was rejected can be read after a restart, too. Invariant:
a file is whole or not there, and one that can't be read is no report, never an error: the shop is what counts.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imgsearch.catalog import Feed, Reject
from imgsearch.records import Product

log = logging.getLogger(__name__)

FILE = "import.json"
SAMPLE = 50
MAX_WARNINGS = 200  # more than anybody reads; a feed with a habit would fill the screen
_SAMPLE_FIELDS = ("product_id", "group_id", "title", "brand", "price", "currency", "in_stock", "category", "link")


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` products; `stage` is 'Reading', 'Importing' or 'Publishing'; `rate` is pictures a second."""

    done: int
    total: int
    stage: str
    rate: float


@dataclass(slots=True)
class ImportReport:
    """The document of `import`; field for field what the command line prints.

    `products` and `images` are those of the feed that are now in the shop; `added + updated + unchanged = products`.
    `embedded` counts pictures that went through the model in this run.
    """

    source: str
    format: str
    products: int = 0
    images: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    embedded: int = 0
    rejected: list[Reject] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    sample: list[dict[str, Any]] = field(default_factory=list)
    seconds: float = 0.0
    images_per_s: float = 0.0

    @classmethod
    def of(cls, feed: Feed) -> ImportReport:
        """A report that holds what the reader found so far."""
        return cls(
            source=str(feed.source),
            format=feed.format,
            rejected=list(feed.rejected),
            warnings=list(feed.warnings),
            sample=sample(feed.products),
        )

    def finish(self, started: float, pictures: int) -> None:
        """Fill in the clock's figures; `pictures` were read since `started` (`time.perf_counter`)."""
        self.rejected.sort(key=lambda reject: reject.row)
        if len(self.warnings) > MAX_WARNINGS:
            self.warnings[MAX_WARNINGS:] = [f"... and {len(self.warnings) - MAX_WARNINGS} more warnings like these."]
        self.seconds = round(time.perf_counter() - started, 3)
        self.images_per_s = round(pictures / max(self.seconds, 1e-3), 1)

    def to_json(self) -> dict[str, Any]:
        """Plain dicts and lists."""
        return dataclasses.asdict(self)

    def keep(self, folder: Path) -> None:
        """Write it into the shop's folder, in the place of the one before; where that fails, the import still holds."""
        path = folder / FILE
        part = path.with_suffix(".part")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps(self.to_json()), encoding="utf-8")
            part.replace(path)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
            log.warning("the import's report could not be kept in %s: %s", path, error)


def kept(folder: Path) -> ImportReport | None:
    """The report that `ImportReport.keep` left in a shop's folder; None where there is none that can be read."""
    path = folder / FILE
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        rejected = [Reject(**one) for one in facts.pop("rejected")]
        return ImportReport(**facts, rejected=rejected)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        log.warning("the report %s can't be read: %s", path, error)
        return None


def sample(products: Sequence[Product]) -> list[dict[str, Any]]:
    """The first 50 products as read, so that a person can see whether the feed was understood."""
    return [
        {name: getattr(p, name) for name in _SAMPLE_FIELDS} | {"group_id": p.group, "images": list(p.images)}
        for p in products[:SAMPLE]
    ]
