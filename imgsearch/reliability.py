"""How far a verdict can be trusted: what each word is worth, what is accepted wrongly and what is missed.

Two ways. `expected` needs nothing but the catalog: one half of the trial sets the thresholds, the other half is judged
by them. `measure` asks photos whose truth is known, in a temporary store; it never touches a live collection.
Invariants: thresholds never see what is judged by them (a truth photo that is one of the shop's own pictures is
refused); every share comes with its count and its 95 % interval (Wilson).
"""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from imgsearch import catalog, geometry, images, ingest, metrics, queries
from imgsearch.calibrate import BLOCK, Answers, Calibrator, Trial, fit
from imgsearch.detect import load_detector
from imgsearch.distractors import Bank
from imgsearch.embed import load_embedder
from imgsearch.errors import CatalogError, InputError
from imgsearch.queries import Query, Unsold
from imgsearch.records import Product, SearchResult, Verdict
from imgsearch.search import ImageSearch
from imgsearch.store import MilvusStore
from imgsearch.verdict import Thresholds
from imgsearch.weights import resolve

VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
TOP_K = 24  # as the page asks

Document = dict[str, Any]
Progress = Callable[[str, int, int], None]
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """One question answered: the verdict, whether the best match is the right product, and of the right group."""

    verdict: Verdict
    sku: bool = False
    group: bool = False
    kind: str = ""


def rate(successes: int, trials: int) -> Document:
    """A share with its count and interval; the share of nothing is null.

    >>> rate(1, 2)["share"]
    0.5
    """
    low, high = metrics.wilson(successes, trials)
    share = round(successes / trials, 4) if trials else None
    return {"n": trials, "share": share, "ci95": [round(low, 4), round(high, 4)]}


def rates(judged: Sequence[Judged]) -> Document:
    """How often each verdict was given, and how often the best match was accepted (exact or likely)."""
    words = [one.verdict for one in judged]
    shares: Document = {word: rate(words.count(word), len(words)) for word in VERDICTS}
    return {"n": len(words), "accepted": rate(words.count("exact") + words.count("likely"), len(words)), **shares}


def table(judged: Sequence[Judged]) -> list[Document]:
    """Per verdict: how often it was given, and how often the best match was right then."""
    rows = []
    for word in VERDICTS:
        given = [one for one in judged if one.verdict == word]
        sku, group = sum(one.sku for one in given), sum(one.group for one in given)
        rows.append({"verdict": word, "n": len(given), "sku": rate(sku, len(given)), "group": rate(group, len(given))})
    return rows


def expected(trial: Trial) -> Document:
    """What a catalog's own snapshots and the distractors let expect: judged by thresholds that never saw them.

    Groups and kinds of distractors are dealt into two halves; each half is judged by thresholds fitted on the other.
    """
    parts: dict[str, list[Judged]] = {
        "true_matches": [],
        "leave_group_out": [],
        "leave_category_out": [],
        "foreign": [],
    }
    for half in (0, 1):
        thresholds = fit(_half(trial, 1 - half))
        tested = _half(trial, half)
        parts["true_matches"] += _judge(tested.own.only(tested.own.right), thresholds)
        parts["leave_group_out"] += _judge(tested.alike, thresholds)
        parts["leave_category_out"] += _judge(tested.elsewhere, thresholds)
        parts["foreign"] += _judge(tested.foreign, thresholds)
    return {name: rates(judged) for name, judged in parts.items()}


def measure(
    source: Path,
    truth: Path,
    models: str,
    *,
    unsold: Path | None = None,
    where: str = "",
    bank: Bank | None = None,
    allow_private_urls: bool = False,
    progress: Progress = lambda what, done, total: None,
) -> Document:
    """Import a catalog into a temporary store, calibrate it, and judge photos whose truth is known.

    Args:
        source: the catalog, in any form that `import` reads.
        truth: a CSV in the QUERIES form: things that the shop sells.
        models: as for `weights.resolve`.
        unsold: a CSV of things that it does not sell, see `queries.read_unsold`.
        where: a condition on the columns of both, such as `visible>=0.5`.
        bank: other distractors than those beside the models.
        progress: called with what is done, how many are, and of how many.

    Raises:
        CatalogError: a file can't be used, or a truth photo is a picture of the catalog.
        QueryError: `where` can't be used.
    """
    feed = catalog.read(source)
    asked = queries.read(truth, feed.products, where)
    strangers = queries.read_unsold(unsold, where) if unsold else []
    with tempfile.TemporaryDirectory(prefix="imgsearch-calibrate-") as folder:
        found = ingest.fitted(resolve(models), feed, Path(folder), allow_private_urls=allow_private_urls)
        calibrator = Calibrator.of(load_embedder(found.embedder), models)
        calibrator = dataclasses.replace(calibrator, bank=bank) if bank is not None else calibrator
        with MilvusStore(f"{folder}/measure.db", shop="measure", fingerprint=found.embedder.fingerprint) as store:
            ingest.run(
                feed,
                store,
                load_detector(found.detector) if found.detector else None,
                calibrator.embedder,
                allow_private_urls=allow_private_urls,
                progress=lambda p: progress("Catalog", p.done, p.total),
            )
            _check_disjoint(asked, {entry.image for entry in store.entries()})
            trial = calibrator.try_out(store)
            thresholds = fit(trial)
            calibrator.keep(store, thresholds)
            search = ImageSearch(calibrator.embedder, store, None, calibrator.bank)
            products = {product.product_id: product for product in store.products()}
            measured = _measured(search, asked, strangers, products, progress)
    return document(None, calibrator.embedder.fingerprint, thresholds, trial) | {"measured": measured}


def document(shop: str | None, fingerprint: str, thresholds: Thresholds, trial: Trial) -> Document:
    """The document of `calibrate`, with nothing measured."""
    return {
        "shop": shop,
        "model": fingerprint[:12],
        "thresholds": {
            "similar": round(thresholds.similar, 4),
            "likely": round(thresholds.likely, 4),
            "exact": round(thresholds.exact, 4),
            "weak_score": round(thresholds.weak_score, 4),
            "usual": round(thresholds.usual, 4),
        },
        "snapshots": len(trial.own),
        "distractors": len(trial.foreign),
        "distractors_sold": len(trial.dropped),
        "expected": expected(trial),
        "measured": None,
        "warnings": list(trial.warnings),
    }


def _side(group: str) -> int:
    """Which half a group, or a kind of distractors, is dealt to."""
    return hashlib.sha256(group.encode()).digest()[0] % 2


def _half(trial: Trial, half: int) -> Trial:
    def part(answers: Answers) -> Answers:
        return answers.only(np.array([_side(group) == half for group in answers.groups.tolist()], dtype=np.bool_))

    return dataclasses.replace(
        trial,
        own=part(trial.own),
        alike=part(trial.alike),
        elsewhere=part(trial.elsewhere),
        foreign=part(trial.foreign),
    )


def _judge(answers: Answers, thresholds: Thresholds) -> list[Judged]:
    familiar = answers.familiarity(thresholds.usual)
    pairs = zip(familiar, answers.identity, answers.right, strict=True)
    return [Judged(thresholds.decide(float(f), float(i)), bool(r), bool(r)) for f, i, r in pairs]


def _check_disjoint(asked: Sequence[Query], keys: set[str]) -> None:
    for query in asked:
        if query.image.is_file() and hashlib.sha256(query.image.read_bytes()).hexdigest() in keys:
            raise CatalogError(
                f"The photo {query.image.name} is a picture of the catalog, which the thresholds were fitted on; "
                "measure with photos that are not in the feed.",
                query.file,
                query.row,
            )


def _measured(
    search: ImageSearch,
    asked: Sequence[Query],
    strangers: Sequence[Unsold],
    products: Mapping[str, Product],
    progress: Progress,
) -> Document:
    vectors = _embed(search, asked, progress)
    sold = [_outcome(q, result, products) for q, result in zip(asked, _search(search, vectors), strict=True)]
    judged = [Judged(result.verdict, kind=one.kind) for one, result in _strangers(search, strangers, progress)]
    kinds = sorted({one.kind for one in judged})
    return {
        "verdicts": table(sold),
        "sold": rates(sold),
        "true_matches": rates([one for one in sold if one.group]),
        "leave_group_out": rates(_left_out(search, asked, vectors, products)),
        "unsold": rates(judged),
        "unsold_by_kind": {kind: rates([one for one in judged if one.kind == kind])["accepted"] for kind in kinds},
    }


def _strangers(
    search: ImageSearch, strangers: Sequence[Unsold], progress: Progress
) -> list[tuple[Unsold, SearchResult]]:
    found = _search(search, _embed(search, strangers, progress)) if strangers else []
    return list(zip(strangers, found, strict=True))


def _search(search: ImageSearch, vectors: Vectors, exclude_group: str = "") -> list[SearchResult]:
    results: list[SearchResult] = []
    for start in range(0, len(vectors), BLOCK):
        results += search.search_vectors(vectors[start : start + BLOCK], top_k=TOP_K, exclude_group=exclude_group)
    return results


def _embed(search: ImageSearch, asked: Sequence[Query | Unsold], progress: Progress) -> Vectors:
    """A row for each, in order; a photo is decoded once, if its rows follow each other."""
    rows: list[Vectors] = []
    opened: tuple[Path, images.Photo] | None = None
    for done, one in enumerate(asked, 1):
        try:
            if opened is None or opened[0] != one.image:
                opened = (one.image, images.load(one.image))
            photo = opened[1]
            rows.append(search.embed(photo, [one.box or geometry.whole(photo.width_px, photo.height_px)]))
        except InputError as error:  # the picture, or a box outside it
            raise CatalogError(str(error), one.file, one.row) from error
        progress("Photos", done, len(asked))
    return np.concatenate(rows)


def _outcome(query: Query, result: SearchResult, products: Mapping[str, Product]) -> Judged:
    if not result.matches:
        return Judged(result.verdict)
    best = result.matches[0]
    return Judged(result.verdict, best.product_id in query.relevant, best.group_id in _groups(query, products))


def _groups(query: Query, products: Mapping[str, Product]) -> set[str]:
    """The groups of what is right.

    Raises:
        CatalogError: a product was rejected by the import.
    """
    missing = sorted(query.relevant - products.keys())
    if missing:
        raise CatalogError(
            f"The relevant product {missing[0]!r} was rejected by the import; run `import --dry-run` to see why.",
            query.file,
            query.row,
        )
    return {products[product_id].group for product_id in query.relevant}


def _left_out(
    search: ImageSearch, asked: Sequence[Query], vectors: Vectors, products: Mapping[str, Product]
) -> list[Judged]:
    """Every query asked again with its own group left out; queries with several right groups are not asked."""
    by_group: dict[str, list[int]] = {}
    for row, query in enumerate(asked):
        groups = _groups(query, products)
        if len(groups) == 1:
            by_group.setdefault(groups.pop(), []).append(row)
    found = (_search(search, vectors[rows], group) for group, rows in by_group.items())
    return [Judged(result.verdict) for results in found for result in results]
