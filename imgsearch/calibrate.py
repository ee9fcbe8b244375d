"""Fit the verdict's thresholds to a catalog: its own pictures, tried out as photos, against itself and distractors.

How: some of the shop's pictures are turned into crops as phones would give them (`snapshots`) and searched for. With
their own group in the shop they are right matches; with it left out they show how alike different goods of this very
shop look; with their own category left out, what a thing scores that the shop does not sell, on a photo as its own
goods are on. The distractors show the same for the rest of the world. The thresholds are quantiles of the wrong
answers, so what they promise is a rate of errors. No photo of a customer and no truth file is ever read here.
Invariants: the same store gives the same thresholds; distractors that the shop sells itself are not held against it.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from imgsearch import images, snapshots, thumbs
from imgsearch.distractors import Bank, load
from imgsearch.embed import Embedder
from imgsearch.errors import ImageError
from imgsearch.records import Box
from imgsearch.snapshots import CutOut
from imgsearch.store import Entry, Hit, MilvusStore
from imgsearch.verdict import DEFAULT, Thresholds, familiarity, identity, lead_of

log = logging.getLogger(__name__)

# What the thresholds promise. On catalogs and kinds of things that they never saw they kept it, with something in hand:
# the answer to a snapshot is a little surer than that to a photo, so wrong answers are overrated as right ones are.
FOREIGN_LIKELY = 0.04  # of foreign things may be called likely or exact
ELSEWHERE_LIKELY = 0.05  # the same for goods whose own category is not in the shop...
MISSED_LIKELY = 0.15  # ...unless more than this of the right matches would be lost for it: fine categories are alike
LOOK_ALIKE_EXACT = 0.08  # of things whose own group is not in the shop may be called exact
FOREIGN_EXACT = 0.02  # of foreign things, and of goods whose own category is not in the shop...
MISSED_EXACT = 0.35  # ...unless more than this of the right matches would lose the word for it
MISSED_WEAK = 0.02  # of right matches may be set apart as less alike on the page
MISSED_SIMILAR = 0.05  # of right matches may be called none...
FOREIGN_SIMILAR = 0.15  # ...so that no more than this of all foreign things are offered as similar

PRODUCTS = 200  # tried out, at most: what an import of any size pays is the same few seconds
SNAPSHOTS = 160  # at least, if the shop has a picture at all...
MAX_VIEWS = 8  # ...but no more than these of one product
VIEWS = 2
MIN_GROUPS = 8  # fewer say little about how alike different goods are
# Pictures per answer: five groups are wanted, each with its variants and views. Milvus Lite takes .04 ms for each.
HITS = 48
BANK_HITS = TWIN_HITS = 12
BANK_ROWS = 1000  # of the distractors are searched for; more would not move a quantile
BLOCK = 50  # queries per request: it must answer in time on a busy machine, too
TWIN = 0.97  # two pictures at this cosine show the same thing listed twice: finding the other one is no error
SOLD_SHARE = 1 / 3  # of a kind of distractors as near as the shop's own goods: the shop sells that kind
WORKERS = 4
PICTURE_PX = 320
# Without distractors: 1 in 5 of the shop's own look-alikes may be called likely.
LOOK_ALIKE_LIKELY = 0.20


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """What a set of queries found; one row each.

    Attributes:
        score: `(N,)` cosine of the best match.
        lead: `(N,)`, see `verdict.lead_of`.
        strangeness: `(N,)`, see `distractors.Bank.strangeness`; zeros without distractors.
        right: `(N,)`: the best match is of the query's own group.
        groups: the group (or kind of distractor) of each query.
    """

    score: NDArray[np.float64]
    lead: NDArray[np.float64]
    strangeness: NDArray[np.float64]
    right: NDArray[np.bool_]
    groups: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.score)

    def only(self, mask: NDArray[np.bool_]) -> Answers:
        """The rows where `mask` holds."""
        parts = (self.score, self.lead, self.strangeness, self.right, self.groups)
        return Answers(*(part[mask] for part in parts))  # type: ignore[arg-type]

    def answered(self) -> Answers:
        """The rows that found anything."""
        return self.only(self.score > -1.0)

    def familiarity(self, usual: float) -> NDArray[np.float64]:
        """`verdict.familiarity` of each row."""
        rows = zip(self.score, self.lead, self.strangeness, strict=True)
        return np.array([familiarity(score, lead, strange, usual) for score, lead, strange in rows])

    @property
    def identity(self) -> NDArray[np.float64]:
        """`verdict.identity` of each row."""
        return np.array([identity(score, lead) for score, lead in zip(self.score, self.lead, strict=True)])


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """A catalog tried out on itself.

    Attributes:
        own: snapshots of the shop's goods, everything in the shop.
        alike: the same, each one's own group left out; things listed twice are not among them.
        elsewhere: the same, each one's own category left out; what finds nothing else near scores -1.
        foreign: the distractors that the shop does not sell.
        dropped: the rows of the others.
        bank: which distractors; '' for none.
        warnings: what could not be done, and what to do about it.
    """

    own: Answers
    alike: Answers
    elsewhere: Answers
    foreign: Answers
    dropped: tuple[int, ...] = ()
    bank: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Calibrator:
    """Calibrates shops of one embedder; what `ingest.run` takes as `finish`.

    Attributes:
        embedder: embeds the snapshots.
        bank: from `distractors.load`, for the same embedder.
        thumbs_dir: where the shop's small pictures lie, if they are kept.
    """

    embedder: Embedder
    bank: Bank
    thumbs_dir: Path | None = None

    @classmethod
    def of(cls, embedder: Embedder, models: str, thumbs_dir: Path | None = None) -> Calibrator:
        """With the distractors that lie beside the models of a `--models` value."""
        return cls(embedder, load(models, embedder.fingerprint), thumbs_dir)

    def __call__(self, store: MilvusStore) -> Thresholds:
        """Fit, and keep the thresholds with the collection."""
        trial = self.try_out(store)
        for warning in trial.warnings:
            log.warning("%s", warning)
        thresholds = fit(trial)
        self.keep(store, thresholds)
        return thresholds

    @staticmethod
    def keep(store: MilvusStore, thresholds: Thresholds) -> None:
        """Store them with the collection, where `ImageSearch.reload` finds them."""
        store.set_meta({"thresholds": thresholds.to_json()})

    def try_out(self, store: MilvusStore) -> Trial:
        """Search a published shop for snapshots of its own pictures, and for the distractors. Writes nothing.

        Raises:
            CollectionMissing, FingerprintMismatch: there is no such shop, or another model made it.
        """
        samples, vectors = self._snapshots(store)
        warnings = [self.bank.warning] if self.bank.warning else []
        if not vectors.size:
            warnings.append(
                "None of the shop's pictures can be read any more, so the verdicts are calibrated on its vectors "
                "alone; import the catalog again."
            )
            vectors = _stored(store, samples)
        groups = [sample.product.group for sample in samples]
        categories = [sample.product.category for sample in samples]
        found = _search(store, vectors, HITS)
        own = _answers(found, groups, _strangeness(self.bank, vectors))
        asked = sorted(random.Random(0).sample(range(len(self.bank)), min(BANK_ROWS, len(self.bank))))
        bank_hits = _search(store, self.bank.vectors[asked], BANK_HITS)
        dropped = _sold(asked, bank_hits, self.bank, own.score[own.right])
        kept = self.bank.without(dropped)
        strange = _strangeness(kept, vectors)
        foreign = np.array(sorted(set(asked) - set(dropped)), dtype=np.int64)
        return Trial(
            own=_answers(found, groups, strange),
            alike=_answers(_without_groups(found, groups), groups, strange)
            .only(_listed_once(store, samples))
            .answered(),
            elsewhere=_answers(_without_categories(found, groups, categories), groups, strange),
            foreign=_answers(
                [hits for row, hits in zip(asked, bank_hits, strict=True) if row not in set(dropped)],
                [f"kind {number}" for number in self.bank.classes[foreign]],
                _strangeness(kept, self.bank.vectors[foreign], self.bank.classes[foreign]),
            ),
            dropped=tuple(dropped),
            bank=self.bank.mark,
            warnings=tuple(warnings),
        )

    def _snapshots(self, store: MilvusStore) -> tuple[list[Entry], NDArray[np.float32]]:
        """The entries that were photographed, and a vector for each; no vectors if no picture can be read."""
        chosen = _choose(store)
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="imgsearch-calibrate") as pool:
            cuts = list(pool.map(self._read, [entry for entry, _ in chosen]))
        usable = [(entry, views, cut) for (entry, views), cut in zip(chosen, cuts, strict=True) if cut is not None]
        if not usable:
            return [entry for entry, _ in chosen], np.empty((0, self.embedder.dim), np.float32)
        rng = np.random.default_rng(0)
        samples, crops = [], []
        for place, (entry, views, cut) in enumerate(usable):
            # The next ones of a shuffled list: nearly always other products.
            others = [usable[(place + step) % len(usable)][2] for step in (2, 3, 5, 7)]
            samples += [entry] * views
            crops += [snapshots.snapshot(rng, cut, others) for _ in range(views)]
        return samples, self.embedder.embed(crops)

    def _read(self, entry: Entry) -> CutOut | None:
        """A picture of the shop, cut as it was embedded; None if it can't be read any more. Nothing is downloaded."""
        try:
            if Path(entry.product.images[entry.image_no]).is_file():
                photo = images.load(entry.product.images[entry.image_no], PICTURE_PX)
                return snapshots.cut_out(images.crop(photo, Box(*entry.crop)) if entry.crop else photo.image)
            small = thumbs.path(self.thumbs_dir, entry.image) if self.thumbs_dir else None
            if small is None or not small.is_file():
                return None
            picture = images.load(small).image
        except (ImageError, IndexError):  # gone, or another picture than the one that was imported
            return None
        box = images.trim(picture)
        return snapshots.cut_out(picture.crop((int(box.x1), int(box.y1), int(box.x2), int(box.y2))))


def fit(trial: Trial) -> Thresholds:
    """Thresholds from a trial; the defaults if it has neither snapshots nor distractors."""
    if not len(trial.own) or not (len(trial.alike) or len(trial.foreign)):
        return DEFAULT
    usual = float(np.median(trial.own.strangeness))
    right = trial.own.only(trial.own.right)
    strangers = (trial.foreign if len(trial.foreign) else trial.alike).familiarity(usual)
    likely = _exceeded_by(strangers, FOREIGN_LIKELY if len(trial.foreign) else LOOK_ALIKE_LIKELY)
    similar = min(_exceeded_by(strangers, FOREIGN_SIMILAR), likely)
    weak = similar
    if len(right):
        familiar = right.familiarity(usual)
        elsewhere = (
            _exceeded_by(trial.elsewhere.familiarity(usual), ELSEWHERE_LIKELY) if len(trial.elsewhere) else likely
        )
        likely = max(likely, min(elsewhere, _exceeded_by(familiar, 1 - MISSED_LIKELY)))
        similar = min(similar, _exceeded_by(familiar, 1 - MISSED_SIMILAR))
        weak = min(similar, _exceeded_by(right.score, 1 - MISSED_WEAK))
    return Thresholds(
        similar=similar,
        likely=likely,
        exact=_exact(trial, right, usual, likely),
        weak_score=weak,
        usual=usual,
        bank=trial.bank,
        dropped=trial.dropped,
        pictures=len(trial.own),
    )


def _exact(trial: Trial, right: Answers, usual: float, likely: float) -> float:
    """The least identity for which neither look-alikes nor foreign things are called exact too often."""

    def enough(answers: Answers, share: float) -> float:
        # What is not even likely can't become exact, whatever its lead.
        able = np.where(answers.familiarity(usual) >= likely, answers.identity, -1.0)
        return _exceeded_by(able, share)

    least = [enough(trial.alike, LOOK_ALIKE_EXACT)] if len(trial.alike) else []
    if len(trial.foreign):
        least.append(enough(trial.foreign, FOREIGN_EXACT))
    if len(right) and len(trial.elsewhere):
        least.append(min(enough(trial.elsewhere, FOREIGN_EXACT), _exceeded_by(right.identity, 1 - MISSED_EXACT)))
    if len(right) and len(set(trial.own.groups.tolist())) < MIN_GROUPS:
        # A handful of goods says nothing about its look-alikes elsewhere: be no surer than half of the right ones.
        least.append(float(np.median(right.identity)))
    return max(least)


def _strangeness(
    bank: Bank, vectors: NDArray[np.float32], classes: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    return bank.strangeness(vectors, classes) if len(bank) else np.zeros(len(vectors), np.float32)


def _exceeded_by(values: NDArray[np.float64], share: float) -> float:
    """A threshold that at most this share of the values reaches; of few values none may, which is cautious."""
    ordered = np.sort(values)[::-1]
    return float(np.nextafter(ordered[min(int(share * len(ordered)), len(ordered) - 1)], np.inf))


def _choose(store: MilvusStore) -> list[tuple[Entry, int]]:
    """Pictures to try out, and how many snapshots of each: of at most `PRODUCTS` products, drawn by chance."""
    products: dict[str, list[Entry]] = {}
    for entry in store.entries():
        products.setdefault(entry.product.product_id, []).append(entry)
    drawn = random.Random(0).sample(sorted(products), min(PRODUCTS, len(products)))
    views = max(VIEWS, min(MAX_VIEWS, -(-SNAPSHOTS // max(1, len(drawn)))))
    chosen = []
    for product_id in drawn:
        pictures = products[product_id][:views]
        shares = [views // len(pictures) + (place < views % len(pictures)) for place in range(len(pictures))]
        chosen += list(zip(pictures, shares, strict=True))
    return chosen


def _stored(store: MilvusStore, entries: Sequence[Entry]) -> NDArray[np.float32]:
    """The stored vector of each entry."""
    vectors = store.vectors_of({entry.product.product_id for entry in entries})
    return np.stack([vectors[entry.entry_id] for entry in entries])


def _search(store: MilvusStore, queries: NDArray[np.float32], hits: int) -> list[list[Hit]]:
    found: list[list[Hit]] = []
    for start in range(0, len(queries), BLOCK):
        found += store.search(queries[start : start + BLOCK], hits)
    return found


def _sold(asked: Sequence[int], found: Sequence[Sequence[Hit]], bank: Bank, own: NDArray[np.float64]) -> list[int]:
    """The rows of distractors that the shop sells itself: as near to its goods as photos of these goods are.

    One row of a kind may look like a product by chance, and such rows are what a verdict must withstand. So a row is
    left out if it is nearer than half of the right matches, or if a third of its kind is nearer than a quarter.
    """
    if not len(own) or not len(asked):
        return []
    nearest = np.array([hits[0].score if hits else -1.0 for hits in found])
    quarter, half = np.quantile(own, [0.25, 0.5])
    kinds = bank.classes[asked]
    count = int(bank.classes.max()) + 1
    near = np.bincount(kinds, weights=nearest >= quarter, minlength=count)
    sold = near > SOLD_SHARE * np.bincount(kinds, minlength=count)
    rows = set(np.flatnonzero(sold[bank.classes]).tolist())
    return sorted(rows | {row for row, score in zip(asked, nearest, strict=True) if score >= half})


def _without_groups(found: Sequence[Sequence[Hit]], groups: Sequence[str]) -> list[list[Hit]]:
    """The hits as if each query's own group were not in the shop."""
    pairs = zip(found, groups, strict=True)
    return [[hit for hit in hits if hit.entry.product.group != group] for hits, group in pairs]


def _without_categories(
    found: Sequence[Sequence[Hit]], groups: Sequence[str], categories: Sequence[str]
) -> list[list[Hit]]:
    """The hits as if each query's own category were not in the shop."""
    pairs = zip(_without_groups(found, groups), categories, strict=True)
    return [[hit for hit in hits if hit.entry.product.category != category] for hits, category in pairs]


def _answers(
    found: Sequence[Sequence[Hit]],
    groups: Sequence[str],
    strangeness: NDArray[np.float32],
) -> Answers:
    """Hits as evidence; a query that finds nothing scores -1."""
    rows = []
    for hits, own in zip(found, groups, strict=True):
        best: dict[str, float] = {}
        for hit in hits:
            best.setdefault(hit.entry.product.group, hit.score)
        scores = list(best.values()) or [-1.0]
        rows.append((scores[0], lead_of(scores[0], scores[1:]), next(iter(best), None) == own))
    score, lead, right = zip(*rows, strict=True) if rows else ((), (), ())
    return Answers(
        np.array(score, dtype=np.float64),
        np.array(lead, dtype=np.float64),
        strangeness.astype(np.float64),
        np.array(right, dtype=np.bool_),
        np.array(groups, dtype=np.str_),
    )


def _listed_once(store: MilvusStore, samples: Sequence[Entry]) -> NDArray[np.bool_]:
    """Which samples have no twin in another group: a twin that is found is no wrong answer."""
    entries = {sample.entry_id: sample for sample in samples}
    found = _search(store, _stored(store, list(entries.values())), TWIN_HITS)
    twins = set()
    for entry, hits in zip(entries.values(), found, strict=True):
        strangers = (hit.score for hit in hits if hit.entry.product.group != entry.product.group)
        if next(strangers, -1.0) >= TWIN:
            twins.add(entry.entry_id)
    return np.array([sample.entry_id not in twins for sample in samples], dtype=np.bool_)
