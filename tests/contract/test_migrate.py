"""A shop copied between stores: the embedded database to a server and back, whole, resumable, the source untouched."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from imgsearch import migrate
from imgsearch.config import ROOT
from imgsearch.errors import CollectionMissing, ConfigError, StoreError, StoreUnavailable
from imgsearch.migrate import Place
from imgsearch.records import Filters
from imgsearch.store import Entry, MilvusStore
from tests.contract.conftest import Place as StorePlace
from tests.contract.store_cases import FINGERPRINT, OTHER_FINGERPRINT, catalog, unit_rows

NOTES = {"thresholds": '{"similar": 0.5}', "demo": "abc"}


@pytest.fixture
def shop(place: StorePlace) -> Iterator[str]:
    """A name that only this test uses in the target; dropped there afterwards."""
    name = f"moved-{uuid.uuid4().hex[:8]}"
    yield name
    with suppress(StoreError), MilvusStore(place.uri, place.token, shop=name) as store:
        store.drop()


@pytest.fixture
def rows() -> list[Entry]:
    return catalog()


@pytest.fixture
def source(tmp_path: Path, shop: str, rows: list[Entry]) -> Place:
    """A published shop in a `.db` of its own."""
    made = Place(str(tmp_path / "source.db"))
    with MilvusStore(made.uri, shop=shop, fingerprint=FINGERPRINT) as store:
        store.begin()
        store.upsert(rows, unit_rows(len(rows)))
        store.set_meta(NOTES)
        store.publish()
    return made


def _contents(place: Place | StorePlace, shop: str) -> tuple[list[Entry], dict[str, str], Any]:
    with MilvusStore(place.uri, place.token, shop=shop, fingerprint=FINGERPRINT) as store:
        store.check()
        entries = list(store.entries())
        vectors = store.vectors_of(entry.product.product_id for entry in entries)
        return entries, store.get_meta(), np.stack([vectors[entry.entry_id] for entry in entries])


def test_the_copy_is_whole_and_answers_like_its_source(
    source: Place, place: StorePlace, shop: str, rows: list[Entry]
) -> None:
    """Rows, vectors, notes and the alias; the source is as it was."""
    before = _contents(source, shop)
    steps: list[tuple[int, int]] = []
    done = migrate.run(source, Place(place.uri, place.token), shop, progress=lambda *step: steps.append(step))
    assert (done.rows, done.copied, done.unchanged, done.removed) == (len(rows), len(rows), 0, 0)
    assert done.products == len({entry.product.product_id for entry in rows})
    assert steps[-1] == (len(rows), len(rows))
    entries, notes, vectors = _contents(place, shop)
    assert entries == before[0] == sorted(rows, key=lambda entry: entry.entry_id)
    assert {name: notes[name] for name in NOTES} == NOTES
    np.testing.assert_allclose(vectors, before[2], atol=1e-6)
    after = _contents(source, shop)
    assert (after[0], after[1]) == (before[0], before[1])
    np.testing.assert_array_equal(after[2], before[2])
    query = unit_rows(1)
    found = []
    for one in (source, place):
        with MilvusStore(one.uri, one.token, shop=shop, fingerprint=FINGERPRINT) as store:
            found.append(store.search(query, 5, Filters(in_stock=True))[0])
    assert [hit.entry for hit in found[0]] == [hit.entry for hit in found[1]]


def test_a_second_run_copies_only_what_differs(source: Place, place: StorePlace, shop: str, rows: list[Entry]) -> None:
    """After a run that broke off, or after an import on either side."""
    target = Place(place.uri, place.token)
    half = len(rows) // 2
    with MilvusStore(place.uri, place.token, shop=shop, fingerprint=FINGERPRINT) as store:
        store.begin()
        store.upsert(rows[:half], unit_rows(len(rows))[:half])
        stranger = catalog(products=61)[-1]
        store.upsert([stranger], unit_rows(1, seed=9))
    done = migrate.run(source, target, shop)
    assert (done.rows, done.copied, done.unchanged, done.removed) == (len(rows), len(rows) - half, half, 1)
    again = migrate.run(source, target, shop)
    assert (again.copied, again.unchanged, again.removed) == (0, len(rows), 0)
    np.testing.assert_allclose(_contents(place, shop)[2], _contents(source, shop)[2], atol=1e-6)


def test_another_models_shop_in_the_target_gives_way_only_at_the_end(
    source: Place, place: StorePlace, shop: str, rows: list[Entry]
) -> None:
    """What was published there before answers until the copy is published."""
    with MilvusStore(place.uri, place.token, shop=shop, fingerprint=OTHER_FINGERPRINT) as store:
        store.begin()
        store.upsert(rows[:4], unit_rows(4))
        store.publish()

        def still_old(done: int, total: int) -> None:
            store.check()

        migrate.run(source, Place(place.uri, place.token), shop, progress=still_old)
    assert len(_contents(place, shop)[0]) == len(rows)


def test_what_can_not_be_copied_is_said(source: Place, shop: str, tmp_path: Path) -> None:
    """The same place, no such shop, nobody there."""
    with pytest.raises(ConfigError, match="another one"):
        migrate.run(source, source, shop)
    with pytest.raises(CollectionMissing, match=f"it has: {shop}"):
        migrate.run(source, Place(str(tmp_path / "b.db")), "gone")
    with pytest.raises(StoreUnavailable, match="IMGSEARCH_URI"):
        migrate.run(source, Place("http://127.0.0.1:1"), shop)
    with pytest.raises(ConfigError, match=r"\.db or http"):
        migrate.run(source, Place("ftp://x"), shop)


def test_the_command_prints_its_document(source: Place, place: StorePlace, shop: str, rows: list[Entry]) -> None:
    """In a process of its own, validated by the schema."""
    command = [sys.executable, "-m", "imgsearch", "migrate", "--to", place.uri, "--uri", source.uri, "--shop", shop]
    command += ["--json", "--quiet", *(["--to-token", place.token] if place.token else [])]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    document = json.loads(ran.stdout)
    schema = json.loads((ROOT / "docs" / "cli.schema.json").read_text())
    Draft202012Validator({"$ref": "#/$defs/migrate", "$defs": schema["$defs"]}).validate(document)
    assert (document["copied"], document["to"]) == (len(rows), place.uri)
