"""A page on a Milvus server shows what another process imports, without a restart."""

from __future__ import annotations

import dataclasses
import functools
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from imgsearch.config import ROOT, Settings
from imgsearch.errors import CollectionMissing, StoreUnavailable
from imgsearch.ui import opening
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.watch import Watch
from tests import drawn_shop
from tests.contract.conftest import LiteServer

FEW = 12


PUBLISH_ANOTHER = """
from imgsearch.config import Settings
from imgsearch.store import MilvusStore
settings = Settings.from_env()
with MilvusStore(settings.uri, shop=settings.shop) as present:
    entry = next(present.entries())
    vectors = list(present.vectors_of([entry.product.product_id]).values())[:1]
with MilvusStore(settings.uri, shop=settings.shop, fingerprint="0" * 64) as store:
    store.begin()
    store.upsert([entry], vectors)
    store.publish()
"""


def _import(settings: Settings, feed: Path) -> None:
    """By the command line, on the settings' shop."""
    _program(settings, "-m", "imgsearch", "import", str(feed))


def _program(settings: Settings, *arguments: str) -> None:
    """A process of its own: stores of one process know of each other."""
    where = {"IMGSEARCH_URI": settings.uri, "IMGSEARCH_SHOP": settings.shop}
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=os.environ | where | {"IMGSEARCH_DATA_DIR": str(settings.data_dir)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def feeds(tmp_path: Path) -> tuple[Path, Path]:
    """A shop's feed of `FEW` products, and of all."""
    whole = drawn_shop.make_shop(tmp_path / "feed")
    few = whole.with_name("few.tsv")
    few.write_text("".join(whole.read_text(encoding="utf-8").splitlines(keepends=True)[: FEW + 1]), encoding="utf-8")
    return few, whole


@pytest.fixture
def settings(lite_server: LiteServer, tmp_path: Path) -> Settings:
    return Settings(uri=lite_server.uri, shop=f"watch-{uuid.uuid4().hex[:8]}", data_dir=tmp_path / "data")


@pytest.fixture
def readiness(settings: Settings, feeds: tuple[Path, Path]) -> Iterator[Readiness]:
    """The page's open shop, with few products."""
    _import(settings, feeds[0])
    readiness = Readiness(functools.partial(opening.open_shop, settings))
    readiness.start()
    assert readiness.wait(120)
    yield readiness
    readiness.shop().core.store.drop()
    readiness.close()


def test_what_another_process_imports_is_shown(
    readiness: Readiness, settings: Settings, feeds: tuple[Path, Path]
) -> None:
    watch = Watch(readiness, settings)
    before = readiness.shop()
    watch.look()
    assert readiness.shop() is before
    assert before.facets.products == FEW

    _import(settings, feeds[1])
    watch.look()
    after = readiness.shop()
    assert after.facets.products == after.core.facets.products == drawn_shop.PRODUCTS
    assert after.core.embedder is before.core.embedder
    watch.look()
    assert readiness.shop() is after


def test_another_models_import_leaves_the_page_as_it_is(
    readiness: Readiness, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    watch = Watch(readiness, settings)
    before = readiness.shop()
    _program(settings, "-c", PUBLISH_ANOTHER)
    for _ in range(2):
        watch.look()
        assert readiness.shop() is before
        assert before.core.store.get(["SKU-001"])
    assert caplog.text.count("imported with another model") == 1


def test_a_shop_that_was_missing_opens_once_it_is_imported(settings: Settings, feeds: tuple[Path, Path]) -> None:
    readiness = Readiness(functools.partial(opening.open_shop, settings))
    readiness.start()
    assert readiness.wait(120)
    watch = Watch(readiness, settings)
    watch.look()
    assert readiness.wants_import
    _import(settings, feeds[0])
    watch.look()
    assert not readiness.wants_import
    assert readiness.shop().facets.products == FEW
    readiness.shop().core.store.drop()
    readiness.close()


def test_a_server_that_comes_after_the_page_is_found(
    tmp_path: Path, settings: Settings, feeds: tuple[Path, Path]
) -> None:
    """Away when the page starts; then there, without the shop; then with it."""
    server = LiteServer(tmp_path / "late")
    server.kill()
    late = dataclasses.replace(settings, uri=server.uri)
    readiness = Readiness(functools.partial(opening.open_shop, late))
    readiness.start()
    assert readiness.wait(120)
    watch = Watch(readiness, late)
    with pytest.raises(StoreUnavailable):
        watch.look()
    assert readiness.progress()["error"] == "store_unavailable"
    server.start()
    try:
        with pytest.raises(CollectionMissing):
            watch.look()
        assert readiness.progress()["error"] == "collection_missing"
        _import(late, feeds[0])
        watch.look()
        assert readiness.shop().facets.products == FEW
        readiness.close()
    finally:
        server.kill()
