"""Fitting thresholds: what they promise holds on what they were fitted on, and small or odd shops stay sane."""

from __future__ import annotations

import dataclasses
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from imgsearch import calibrate, catalog, distractors, ingest
from imgsearch.calibrate import Answers, Calibrator, Trial, fit
from imgsearch.distractors import Bank
from imgsearch.embed import Embedder, load_openvino
from imgsearch.search import ImageSearch
from imgsearch.store import MilvusStore
from imgsearch.verdict import DEFAULT, Thresholds
from imgsearch.weights import resolve
from tests.drawn_shop import make_shop


def answers(scores: np.ndarray, lead: float = 0.05, right: bool = False, groups: int = 40) -> Answers:
    """Made-up evidence: this lead, strangeness as usual."""
    count = len(scores)
    names = np.array([f"g{i % groups}" for i in range(count)])
    return Answers(scores, np.full(count, lead), np.full(count, 0.4), np.full(count, right), names)


@pytest.fixture
def trial() -> Trial:
    rng = np.random.default_rng(0)
    return Trial(
        own=answers(rng.normal(0.8, 0.06, 400), lead=0.15, right=True),
        alike=answers(rng.normal(0.65, 0.06, 400)),
        elsewhere=answers(rng.normal(0.55, 0.06, 400)),
        foreign=answers(rng.normal(0.5, 0.06, 1000)),
    )


def share(found: Answers, thresholds: Thresholds, *verdicts: str) -> float:
    pairs = zip(found.familiarity(thresholds.usual), found.identity, strict=True)
    return float(np.mean([thresholds.decide(float(f), float(i)) in verdicts for f, i in pairs]))


def test_the_promised_rates_hold_and_nearly_nothing_is_given_away(trial: Trial) -> None:
    limits = fit(trial)
    for found, promised, words in (
        (trial.elsewhere, calibrate.ELSEWHERE_LIKELY, ("likely", "exact")),
        (trial.alike, calibrate.LOOK_ALIKE_EXACT, ("exact",)),
    ):
        assert 0.75 * promised <= share(found, limits, *words) <= promised
    assert share(trial.foreign, limits, "likely", "exact") <= calibrate.FOREIGN_LIKELY
    assert share(trial.own, limits, "likely", "exact") > 0.95 and share(trial.own, limits, "exact") > 0.8
    assert share(trial.own, limits, "none") <= 2 * calibrate.MISSED_SIMILAR
    assert limits.similar <= limits.likely and limits.weak_score <= limits.similar


def test_a_shop_of_look_alikes_demands_more_for_exact(trial: Trial) -> None:
    closer = dataclasses.replace(trial, alike=answers(trial.alike.score + 0.1))
    assert fit(closer).exact > fit(trial).exact + 0.05
    assert fit(closer).likely == fit(trial).likely


def test_without_distractors_the_look_alikes_set_the_limits(trial: Trial) -> None:
    limits = fit(dataclasses.replace(trial, foreign=answers(np.empty(0))))
    assert share(trial.alike, limits, "likely", "exact") <= calibrate.LOOK_ALIKE_LIKELY
    assert limits.similar <= limits.likely <= limits.exact


def test_a_shop_of_one_product_is_judged_by_the_distractors(trial: Trial) -> None:
    nothing = answers(np.empty(0))
    alone = Trial(answers(trial.own.score, lead=0.0, right=True, groups=1), nothing, nothing, trial.foreign)
    limits = fit(alone)
    assert share(trial.foreign, limits, "likely", "exact") <= calibrate.FOREIGN_LIKELY
    assert limits.exact >= np.median(trial.own.score), "it can't know its look-alikes, so it is careful"


def test_nothing_to_go_by_gives_the_defaults() -> None:
    nothing = answers(np.empty(0))
    assert fit(Trial(nothing, nothing, nothing, nothing)) == DEFAULT
    assert fit(Trial(answers(np.ones(3), right=True, groups=1), nothing, nothing, nothing)) == DEFAULT


def test_where_categories_are_alike_right_matches_are_not_given_away_for_them(trial: Trial) -> None:
    alike = dataclasses.replace(trial, elsewhere=trial.own)
    kept = share(trial.own, fit(alike), "likely", "exact")
    assert 1 - 1.2 * calibrate.MISSED_LIKELY <= kept <= 1 - calibrate.MISSED_LIKELY + 0.01


@pytest.fixture(scope="module", autouse=True)
def few_snapshots() -> Iterator[None]:
    """A third of the usual ones: enough here, and quick."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(calibrate, "SNAPSHOTS", 60)
        yield


# -- a real shop -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_openvino(resolve("bundled").embedder)


@pytest.fixture(scope="module")
def bank(embedder: Embedder) -> Bank:
    """Every fifth of the bundled ones: enough here, and quick."""
    whole = distractors.load("bundled", embedder.fingerprint)
    return whole.without(row for row in range(len(whole)) if row % 5)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn")
    feed = make_shop(folder)
    # Listed twice under another id: no look-alike, but the same thing.
    lines = feed.read_text(encoding="utf-8").splitlines()
    feed.write_text("\n".join([*lines, lines[30].replace("SKU-029", "SKU-TWIN", 1)]) + "\n", encoding="utf-8")
    assert "SKU-TWIN" in feed.read_text(encoding="utf-8")
    return feed


@pytest.fixture(scope="module")
def store(drawn: Path, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusStore]:
    folder = tmp_path_factory.mktemp("db")
    with MilvusStore(str(folder / "m.db"), shop="shop", fingerprint=embedder.fingerprint) as opened:
        ingest.run(catalog.read(drawn), opened, None, embedder, thumbs_dir=folder / "thumbs")
        yield opened


@pytest.fixture(scope="module")
def real(store: MilvusStore, embedder: Embedder, bank: Bank) -> Trial:
    return Calibrator(embedder, bank).try_out(store)


def test_trying_out_again_answers_the_same(real: Trial, store: MilvusStore, embedder: Embedder, bank: Bank) -> None:
    assert fit(Calibrator(embedder, bank).try_out(store)) == fit(real)


def test_every_product_is_tried_out_and_twins_are_no_look_alikes(real: Trial) -> None:
    assert calibrate.SNAPSHOTS <= len(real.own) <= 2 * calibrate.SNAPSHOTS
    assert {"SKU-029", "SKU-TWIN", "G-1", "G-2"} <= set(real.own.groups.tolist())
    assert not {"SKU-029", "SKU-TWIN"} & set(real.alike.groups.tolist())
    assert real.own.right.mean() > 0.4 and not real.alike.right.any()
    assert real.own.score[real.own.right].mean() > real.alike.score.mean() > real.foreign.score.mean()
    assert len(real.elsewhere) == len(real.own) and real.elsewhere.score.mean() < real.own.score.mean()


def test_distractors_that_the_shop_sells_are_not_held_against_it(
    store: MilvusStore, embedder: Embedder, bank: Bank
) -> None:
    own = np.stack(list(store.vectors_of(p.product_id for p in store.products()).values()))[:12]
    kind = int(bank.classes.max()) + 1
    mixed = Bank(np.concatenate([own, bank.vectors]), np.r_[np.full(12, kind), bank.classes], "mixed")
    found = Calibrator(embedder, mixed).try_out(store)
    assert set(range(12)) <= set(found.dropped) and f"kind {kind}" not in found.foreign.groups
    assert len(found.dropped) < len(mixed) / 2
    assert fit(found).dropped == found.dropped


def test_the_search_judges_by_what_was_kept_and_only_with_these_distractors(
    store: MilvusStore, embedder: Embedder, bank: Bank
) -> None:
    kept = Calibrator(embedder, bank)(store)
    assert Thresholds.from_json(store.get_meta()["thresholds"]) == kept and kept.pictures > 0
    query = bank.vectors[:1]
    same, other = (ImageSearch(embedder, store, None, b) for b in (bank, dataclasses.replace(bank, mark="other")))
    matches = same.search_vectors(query)[0].matches
    scores = [m.score for m in matches]
    strange = float(bank.without(kept.dropped).strangeness(query)[0])
    assert same.thresholds == kept
    assert same.search_vectors(query)[0].verdict == kept.judge(scores[0], scores[1:5], strange)
    assert other.search_vectors(query)[0].verdict == kept.judge(scores[0], scores[1:5])


def test_small_pictures_do_where_the_originals_are_gone_and_vectors_where_all_are(
    drawn: Path, embedder: Embedder, bank: Bank, tmp_path: Path
) -> None:
    shutil.copytree(drawn.parent, tmp_path / "feed")
    with MilvusStore(str(tmp_path / "m.db"), shop="shop", fingerprint=embedder.fingerprint) as opened:
        feed = catalog.read(tmp_path / "feed" / "feed.tsv")
        ingest.run(feed, opened, None, embedder, thumbs_dir=tmp_path / "thumbs")
        shutil.rmtree(tmp_path / "feed")
        by_thumbs = Calibrator(embedder, bank, tmp_path / "thumbs").try_out(opened)
        assert by_thumbs.warnings == () and by_thumbs.own.score.max() < 0.999
        by_vectors = Calibrator(embedder, bank).try_out(opened)
        assert "import the catalog again" in by_vectors.warnings[0]
        limits = fit(by_vectors)
    assert limits.similar <= limits.likely and limits != DEFAULT
    assert share(by_vectors.foreign, limits, "likely", "exact") <= calibrate.FOREIGN_LIKELY


def test_without_distractors_there_is_a_warning_and_still_a_verdict(store: MilvusStore, embedder: Embedder) -> None:
    found = Calibrator(embedder, distractors.empty("make them: `do this`")).try_out(store)
    assert found.warnings == ("make them: `do this`",) and len(found.foreign) == 0
    limits = fit(found)
    assert limits.bank == "" and limits.similar <= limits.likely <= limits.exact
