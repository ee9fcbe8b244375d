"""The Catalog tab's handlers on a real small shop: checks, imports, one at a time, and the shop that is shown after."""

from __future__ import annotations

import csv
import io
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from imgsearch import catalog as feeds
from imgsearch import ingest
from imgsearch.calibrate import Calibrator
from imgsearch.config import Settings
from imgsearch.embed import Embedder, load_embedder
from imgsearch.errors import CollectionMissing, FingerprintMismatch, ImgSearchError
from imgsearch.records import Filters
from imgsearch.search import ImageSearch, open_search
from imgsearch.store import MilvusStore
from imgsearch.ui import import_report
from imgsearch.ui.catalog import Catalog
from imgsearch.ui.imports import Imports
from imgsearch.ui.readiness import Readiness, Report
from imgsearch.ui.server import create_app
from imgsearch.ui.uploads import Uploads
from imgsearch.weights import resolve
from tests import drawn_shop

Rows = list[dict[str, str]]
WAIT_S = 240  # a limit against hanging, not a measurement


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(resolve("bundled").embedder, "cpu")


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Path:
    """A data directory with the drawn shop as the own one, calibrated, and as the demo; only ever copied."""
    folder = tmp_path_factory.mktemp("imported")
    feed = feeds.read(drawn_shop.make_shop(folder / "feed"))
    for shop in ("shop", "demo"):
        thumbs_dir = folder / "data" / "shops" / shop / "thumbs"
        with MilvusStore(str(folder / "data" / "milvus.db"), shop=shop, fingerprint=embedder.fingerprint) as store:
            finish = Calibrator.of(embedder, "bundled", thumbs_dir) if shop == "shop" else None
            ingest.run(feed, store, None, embedder, thumbs_dir=thumbs_dir, finish=finish)
    return folder


@pytest.fixture
def rows(imported: Path) -> Rows:
    """The drawn shop's rows with whole paths."""
    with (imported / "feed" / "feed.tsv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file, delimiter="\t"))
    return [{**row, "image_link": str(imported / "feed" / row["image_link"])} for row in found]


class Page:
    """A page's handlers, with the shop open."""

    def __init__(self, data: Path, shop: str = "", uri: str = "") -> None:
        self.settings = Settings.from_env({}, data_dir=str(data), shop=shop, uri=uri)
        self.readiness = Readiness(self._open)
        self.readiness.start()
        assert self.readiness.wait(WAIT_S)
        self.uploads = Uploads(data / "uploads", 20 * 2**20)
        self.uploads.clear()
        self.imports = Imports(self.readiness, self.settings)
        self.catalog = Catalog(self.readiness, self.imports, self.uploads)

    def _open(self, report: Report) -> ImageSearch:
        core = open_search(self.settings)
        core.store.check()
        return core

    @property
    def core(self) -> Any:
        return self.readiness.shop().core

    def run(self, kind: str, path: Path, sent: bool = False) -> dict[str, Any]:
        """Start, wait for the end, and return the run."""
        answer = self.catalog.start({"kind": kind, "sent" if sent else "path": str(path)})
        assert "error" not in answer, answer
        return self.wait()

    def wait(self) -> dict[str, Any]:
        assert self.imports._thread is not None
        self.imports._thread.join(WAIT_S)
        state = self.catalog.state()
        assert state["run"]["running"] is False
        run: dict[str, Any] = state["run"]
        return run

    def upload(self, rows: Rows, name: str = "mine.tsv") -> Path:
        """As Gradio keeps a file: in a folder of its own."""
        path = self.settings.data_dir / "uploads" / "0123" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn_shop.write_feed(path, rows)
        return path

    def ids(self) -> set[str]:
        return {product.product_id for product in self.core.store.products()}


Open = Callable[..., Page]


@pytest.fixture
def open_page(imported: Path, tmp_path: Path) -> Iterator[Open]:
    """Opens a page on a copy of the data directory: open_page(shop="...")."""
    pages: list[Page] = []

    def opened(shop: str = "") -> Page:
        data = tmp_path / f"data-{len(pages)}"
        shutil.copytree(imported / "data", data)
        pages.append(Page(data, shop))
        return pages[-1]

    yield opened
    for page in pages:
        page.imports.close()
        page.readiness.close()


def write(path: Path, rows: Rows) -> Path:
    drawn_shop.write_feed(path, rows)
    return path


def test_a_check_tells_what_is_wrong_and_writes_nothing(open_page: Open, rows: Rows) -> None:
    """Row, id and reason of each reject; a relative picture can't be found beside a feed that was sent."""
    page = open_page()
    rows[0]["title"] += " changed"
    rows[4]["image_link"] = "pictures/4.png"
    rows[5]["image_link"] = "../../shops/shop/thumbs/x.webp"
    rows[6]["image_link"] = ""
    rows[7]["image_link"] = "http://127.0.0.1:9/7.png"
    before, core = page.ids(), page.core
    run = page.run("check", page.upload([*rows[:10], {**rows[1], "id": "NEW"}]), sent=True)
    assert run["source"] == "mine.tsv"
    assert run["report"]["counts"] == {
        "products": 7, "images": 7, "added": 1, "updated": 1, "unchanged": 5, "removed": 34, "rejected": 4,
    }  # fmt: skip
    assert [(one["row"], one["product_id"]) for one in run["report"]["rejected"]] == [
        (6, "SKU-004"), (7, "SKU-005"), (8, "SKU-006"), (9, "SKU-007"),
    ]  # fmt: skip
    assert "private network" in run["report"]["rejected"][3]["reason"]
    assert "has no folder" in run["report"]["rejected"][0]["reason"]
    assert str(page.settings.data_dir) not in str(run)
    assert len(run["report"]["sample"]) == 8
    assert (page.ids(), page.core) == (before, core)
    assert not any((page.settings.data_dir / "uploads").iterdir()), "the feed that was sent is gone"


def test_an_import_is_shown_at_once_while_searches_go_on(open_page: Open, rows: Rows, embedder: Embedder) -> None:
    """Facets, groups, thresholds and small pictures are the new shop's; the old store is released."""
    page = open_page()
    old = page.core
    vector = embedder.embed([drawn_shop.draw_product("mug", "Teal")])
    over, failures, answers = threading.Event(), [], []

    def search() -> None:
        while not over.is_set():
            try:
                answers.append(len(page.core.search_vectors(vector, top_k=5)[0].matches))
            except ImgSearchError as error:
                failures.append(error)

    visitor = threading.Thread(target=search)
    visitor.start()
    new = [{**row, "id": f"NEW-{i}", "product_type": "Things"} for i, row in enumerate(rows[:15])]
    run = page.run("import", page.upload(new), sent=True)
    assert visitor.is_alive(), "any other exception would have ended it"
    over.set()
    visitor.join(WAIT_S)
    assert failures == []
    assert answers
    assert set(answers) == {5}
    assert "error" not in run
    assert run["report"]["counts"]["added"] == 15
    assert page.core is not old
    assert page.ids() == {f"NEW-{i}" for i in range(15)}
    assert page.core.facets.categories == {"Things": 15}
    assert page.core.thresholds != old.thresholds
    assert page.core.group_size("G-1") == 3
    assert page.readiness.shop().facets.counts(Filters()) == {"Things": 13}
    shop = page.catalog.state()["shop"]
    assert (shop["products"], shop["images"], shop["groups"], shop["source"]) == (15, 15, 13, "mine.tsv")
    assert shop["imported_at"].endswith("+00:00")
    match = page.core.search_vectors(vector, top_k=1)[0].matches[0]
    assert (page.settings.shop_dir("shop") / "thumbs" / f"{match.image}.webp").is_file()
    assert not any((page.settings.data_dir / "uploads").iterdir())


def test_the_demos_page_shows_the_own_shop_after_its_import(open_page: Open, rows: Rows, tmp_path: Path) -> None:
    """The demo keeps its products, and a page that is told to show it imports nothing."""
    page = open_page()
    page.core.store.drop()
    page.readiness.close()
    again = Page(page.settings.data_dir)
    try:
        assert again.core.store.shop == "demo"
        assert again.catalog.state()["shop"]["demo"]
        run = again.run("import", write(tmp_path / "own.tsv", rows[:6]))
        assert run["report"]["counts"]["added"] == 6
        shop = again.catalog.state()["shop"]
        assert (shop["name"], shop["products"], shop["demo"]) == ("shop", 6, False)
        with MilvusStore(again.settings.store_uri, shop="demo", fingerprint=again.core.store.fingerprint) as demo:
            assert len(demo.products()) == drawn_shop.PRODUCTS
    finally:
        again.readiness.close()
    refused = open_page(shop="demo").catalog.start({"kind": "import", "path": str(tmp_path / "own.tsv")})
    assert refused["error"] == "bad_setting"
    assert "IMGSEARCH_SHOP=demo" in refused["message"]


def test_a_shop_that_was_never_imported_opens_with_its_first_import(
    open_page: Open, rows: Rows, tmp_path: Path
) -> None:
    """The page was told a new shop's name. A check writes nothing, and neither does a feed that can't be read."""
    page = open_page("new")
    assert page.catalog.state() == {"shop": None, "run": None}
    with pytest.raises(CollectionMissing):
        page.readiness.shop()
    assert page.readiness.progress()["wants_import"]
    assert page.run("import", tmp_path / "no-such.tsv")["error"] == "bad_catalog"
    assert page.catalog.state()["shop"] is None
    feed = write(tmp_path / "mine.tsv", rows[:6])
    assert page.run("check", feed)["report"]["counts"]["added"] == 6
    assert page.catalog.state()["shop"] is None
    assert page.run("import", feed)["report"]["counts"]["added"] == 6
    assert page.ids() == {row["id"] for row in rows[:6]}
    assert page.catalog.state()["shop"]["name"] == "new"
    assert page.core.detector is not None
    assert not page.readiness.wants_import


class OtherWeights:
    """An embedder by another name."""

    fingerprint = "0" * 64

    def __init__(self, embedder: Embedder) -> None:
        self.dim, self.runtime, self.embed = embedder.dim, embedder.runtime, embedder.embed


def test_a_shop_that_other_weights_made_opens_when_it_is_imported_again(
    imported: Path, rows: Rows, embedder: Embedder, tmp_path: Path
) -> None:
    """As after an update that brings other weights."""
    feed = write(tmp_path / "mine.tsv", rows[:6])
    other: Any = OtherWeights(embedder)
    with MilvusStore(str(tmp_path / "data" / "milvus.db"), shop="shop", fingerprint=other.fingerprint) as store:
        ingest.run(feeds.read(imported / "feed" / "feed.tsv"), store, None, other)
    page = Page(tmp_path / "data", "shop")
    assert page.catalog.state()["shop"] is None
    with pytest.raises(FingerprintMismatch):
        page.readiness.shop()
    assert page.run("import", feed)["report"]["counts"]["products"] == 6
    assert page.ids() == {row["id"] for row in rows[:6]}
    assert page.core.embedder.fingerprint == embedder.fingerprint
    page.readiness.close()


def test_a_shop_that_no_import_mends_stays_closed(imported: Path, tmp_path: Path) -> None:
    """A database that can't be reached: the reason is told, and no import begins."""
    page = Page(tmp_path, uri="http://127.0.0.1:9")
    assert page.catalog.state()["error"] == "store_unavailable"
    assert page.catalog.start({"kind": "check", "path": "feed.tsv"})["error"] == "store_unavailable"


def test_the_last_import_is_told_after_a_restart_and_a_damaged_one_is_not(open_page: Open, rows: Rows) -> None:
    """As it was told before, with every reject in the file; a check is forgotten, and the next run counts on."""
    page = open_page()
    rows[4]["image_link"] = "pictures/4.png"
    told = page.run("import", page.upload(rows[:10]), sent=True)
    saved = page.catalog.report()
    page.run("check", page.upload(rows[:3], "other.tsv"), sent=True)
    page.imports = Imports(page.readiness, page.settings)
    page.catalog = Catalog(page.readiness, page.imports, page.uploads)
    again = page.catalog.state()["run"]
    assert again["report"] == told["report"]
    assert again["report"]["counts"]["rejected"] == 1
    assert (again["kind"], again["source"], again["running"]) == ("import", "mine.tsv", False)
    assert page.catalog.report() == saved
    assert page.run("check", page.upload(rows[:3]), sent=True)["number"] == again["number"] + 1
    kept = page.settings.shop_dir("shop") / "import.json"
    for damaged in ("", "[]", '{"source": "x"}', '{"rejected": [{"line": 1}]}'):
        kept.write_text(damaged)
        assert Imports(page.readiness, page.settings).last is None
    kept.unlink()
    kept.mkdir()  # nothing can be written there
    assert page.run("import", page.upload(rows[:12]), sent=True)["report"]["counts"]["products"] == 11
    assert not list(kept.parent.glob("*.part"))
    assert (
        Imports(page.readiness, Settings.from_env({}, data_dir=str(page.settings.data_dir), shop="demo")).last is None
    )


def test_there_is_one_at_a_time_and_it_can_be_stopped(open_page: Open, rows: Rows, tmp_path: Path) -> None:
    """The second is refused in one sentence, and its feed is deleted; the shop stays searchable and counted."""
    page = open_page()
    many = [{**row, "id": f"{row['id']}-{n}"} for n in range(40) for row in rows]
    feed = write(tmp_path / "many.tsv", many)
    page.catalog.start({"kind": "import", "path": str(feed)})
    second = page.upload(rows)
    refused = page.catalog.start({"kind": "check", "sent": str(second)})
    assert refused["error"] == "import_running"
    assert not second.exists()
    assert page.catalog.state()["run"]["running"] is True
    page.catalog.stop()
    run = page.wait()
    assert (run["error"], run["values"]["total"]) == ("import_stopped", 1600)
    assert run["report"] is None
    assert page.ids() >= {row["id"] for row in rows}, "nothing is removed before the end"
    assert page.catalog.state()["shop"]["products"] == len(page.ids())
    assert page.catalog.start({"kind": "check", "path": str(feed)})["run"]["number"] == 2
    page.catalog.stop()
    assert page.wait()["error"] == "import_stopped"


def test_a_failed_import_leaves_the_shop_as_it_was(open_page: Open, rows: Rows, tmp_path: Path) -> None:
    """One sentence, and the next one works."""
    page = open_page()
    before = page.ids()
    broken = write(tmp_path / "broken.tsv", [{**row, "image_link": ""} for row in rows])
    for kind in ("check", "import"):
        run = page.run(kind, broken)
        assert run["error"] == "bad_catalog"
        assert "all 40 rows were rejected" in run["message"]
    assert page.run("import", tmp_path / "gone.tsv")["message"].startswith("There is no file or folder")
    (tmp_path / "feed.xml").write_text("<rss/>", encoding="utf-8")
    assert "XML" in page.run("check", tmp_path / "feed.xml")["message"]
    assert page.ids() == before
    assert page.run("check", write(tmp_path / "whole.tsv", rows))["report"]["counts"]["products"] == 40


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({}, "bad_query"),
        (None, "bad_query"),
        ({"kind": "drop", "path": "/"}, "bad_query"),
        ({"kind": "check"}, "bad_catalog"),
        ({"kind": "check", "path": "  "}, "bad_catalog"),
        ({"kind": "check", "sent": "/etc/hostname"}, "feed_not_sent"),
        ({"kind": "check", "sent": ["x"]}, "feed_not_sent"),
        ({"kind": "check", "sent": "gone.tsv"}, "feed_not_sent"),
    ],
)
def test_what_makes_no_sense_is_refused(request_: Any, code: str, open_page: Open) -> None:
    """And nothing begins."""
    page = open_page()
    assert page.catalog.start(request_)["error"] == code
    assert page.imports.last is None
    assert Path("/etc/hostname").exists()
    assert page.catalog.report()["error"] == "bad_catalog"


def test_the_report_is_whole_and_no_cell_is_a_formula(open_page: Open, rows: Rows, tmp_path: Path) -> None:
    """The page shows the first hundred; hostile texts stay texts."""
    page = open_page()
    bad = [{**rows[0], "id": f"=cmd|{n}", "image_link": "", "price": "cheap"} for n in range(120)]
    run = page.run("check", write(tmp_path / "bad.tsv", [{**rows[1], "price": "cheap"}, *bad]))
    assert len(run["report"]["rejected"]) == import_report.SHOWN_REJECTS
    assert run["report"]["counts"]["rejected"] == 120
    saved = page.catalog.report()
    assert saved["name"] == "check-bad.csv"
    lines = list(csv.DictReader(io.StringIO(saved["text"].removeprefix("\ufeff"), newline="")))
    assert [line["product_id"] for line in lines[:120]] == [f"'=cmd|{n}" for n in range(120)]
    assert [line["kind"] for line in lines[120:]] == ["note"]


@pytest.mark.parametrize("public", [False, True])
def test_a_public_page_has_no_catalog_at_all(public: bool, tmp_path: Path) -> None:
    """Not hidden but not built: nothing of it can be called."""
    settings = Settings.from_env({}, data_dir=str(tmp_path), public="1" if public else "0")
    readiness = Readiness(lambda report: pytest.fail("nothing is opened by building"))
    app = create_app(settings, readiness, Uploads(tmp_path / "uploads", 2**20))
    config = app.state.gradio.blocks.get_config_file()
    assert ("catalog" in {c["props"].get("elem_id") for c in config["components"]}) is not public
    assert ("catalog_start" in str(config)) is not public
    assert (app.state.imports is None) is public
    answers = set()
    with TestClient(app, base_url="http://localhost") as client:
        for component in config["components"]:
            asked = {"data": {}, "component_id": component["id"], "fn_name": "catalog_state", "session_hash": "x"}
            answers.add(client.post("/gradio_api/component_server", json=asked).status_code)
    assert (200 in answers) is not public
