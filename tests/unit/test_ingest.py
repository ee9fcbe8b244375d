"""Imports with the real embedder and a real Milvus Lite database: what is written, re-used, rejected and removed."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from imgsearch import catalog, images, ingest, thumbs
from imgsearch.calibrate import Calibrator
from imgsearch.catalog import Feed
from imgsearch.config import Settings
from imgsearch.detect import Detector, load_detector
from imgsearch.embed import Embedder, load_embedder
from imgsearch.errors import CatalogError, CollectionMissing, ConfigError, FingerprintMismatch
from imgsearch.images import Photo
from imgsearch.ingest import ImportReport, ImportStopped, gallery_box
from imgsearch.records import Box, Detection
from imgsearch.shops import prepare_demo
from imgsearch.store import MilvusStore
from imgsearch.weights import resolve

COLOURS = ["red", "green", "blue", "orange", "purple", "teal", "brown", "pink", "gray", "olive", "navy", "gold"]
Save = Callable[..., Feed]


class Counting:
    """The real embedder, counting the pictures that go through it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.seen = 0

    @property
    def fingerprint(self) -> str:
        return self._embedder.fingerprint

    @property
    def dim(self) -> int:
        return self._embedder.dim

    @property
    def runtime(self) -> str:
        return self._embedder.runtime

    def embed(self, crops: Sequence[Image.Image]) -> Any:
        self.seen += len(crops)
        return self._embedder.embed(crops)


@pytest.fixture(scope="module")
def bundled() -> Embedder:
    return load_embedder(resolve("bundled").embedder, "cpu")


@pytest.fixture
def embedder(bundled: Embedder) -> Counting:
    return Counting(bundled)


@pytest.fixture
def store(tmp_path: Path, embedder: Counting) -> Iterator[MilvusStore]:
    with MilvusStore(str(tmp_path / "m.db"), shop="shop", fingerprint=embedder.fingerprint) as opened:
        yield opened


def draw(path: Path, number: int, side: int = 160) -> None:
    """A coloured shape on white; each number another one."""
    image = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(image)
    box = [20 + number % 7 * 4, 24, side - 30, side - 24 - number % 5 * 6]
    [pen.rectangle, pen.ellipse][number % 2](box, fill=COLOURS[number % len(COLOURS)])
    pen.text((side // 2, side // 2), str(number), fill="black")
    image.save(path)


@pytest.fixture
def feed_of(tmp_path: Path) -> Save:
    """Write a feed of products (id -> picture numbers, or fields) with their pictures, and read it."""

    def save(products: dict[str, list[int]], **fields: str) -> Feed:
        names = ["id", "title", "image_link", "additional_image_link", "price", *fields]
        lines = ["\t".join(names)]
        for product_id, numbers in products.items():
            for number in numbers:
                if not (tmp_path / f"{number}.png").exists():
                    draw(tmp_path / f"{number}.png", number)
            first, *rest = [f"{number}.png" for number in numbers]
            lines.append(
                "\t".join([product_id, f"Thing {product_id}", first, ",".join(rest), "5 USD", *fields.values()])
            )
        (tmp_path / "feed.tsv").write_text("\n".join(lines))
        return catalog.read(tmp_path / "feed.tsv")

    return save


def counts(report: ImportReport) -> dict[str, int]:
    names = ("products", "images", "added", "updated", "unchanged", "removed", "embedded")
    return {name: getattr(report, name) for name in names if getattr(report, name)}


def rows(store: MilvusStore) -> dict[str, str]:
    return {entry.entry_id: entry.image for entry in store.entries()}


def test_first_import_fills_and_publishes_the_shop(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    feed = feed_of({"a": [1, 2], "b": [3]}, brand="Ada", product_type="Home > Things")
    report = ingest.run(feed, store, None, embedder, thumbs_dir=tmp_path / "thumbs")
    assert counts(report) == {"products": 2, "images": 3, "added": 2, "embedded": 3}
    assert report.format == "google"
    assert report.images_per_s > 0
    assert [row["title"] for row in report.sample] == ["Thing a", "Thing b"]
    store.check()
    assert [p.product_id for p in store.products()] == ["a", "b"]
    assert store.products()[0] == feed.products[0]
    photo = images.load(tmp_path / "3.png")
    hits = store.search(embedder.embed([photo.image.crop((20, 20, 140, 140))]), 3)[0]
    assert hits[0].entry.product.product_id == "b"


def test_what_is_stored_is_the_embedding_of_the_crop(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    ingest.run(feed_of({"a": [1, 2]}), store, None, embedder)
    for entry, stored in zip(store.get(["a"])["a"], store.vectors("a"), strict=True):
        photo = images.load(entry.product.images[entry.image_no])
        assert entry.crop is not None
        plain = embedder.embed([images.crop(photo, Box(*entry.crop))])[0]
        np.testing.assert_allclose(stored, plain, atol=2e-3)


def test_the_same_import_again_embeds_and_changes_nothing(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    feed = feed_of({"a": [1, 2], "b": [3]})
    ingest.run(feed, store, None, embedder, thumbs_dir=tmp_path / "thumbs")
    before = rows(store)
    called: list[object] = []
    report = ingest.run(feed, store, None, embedder, thumbs_dir=tmp_path / "thumbs", finish=called.append)
    assert counts(report) == {"products": 2, "images": 3, "unchanged": 2}
    assert (embedder.seen, rows(store), called) == (3, before, [])


def test_a_changed_price_reuses_the_vectors(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    feed = feed_of({"a": [1, 2], "b": [3]})
    ingest.run(feed, store, None, embedder)
    before = store.vectors("a")
    feed.products[0] = dataclasses.replace(feed.products[0], price=4.0)
    report = ingest.run(feed, store, None, embedder)
    assert counts(report) == {"products": 2, "images": 3, "updated": 1, "unchanged": 1}
    assert store.products()[0].price == 4.0
    np.testing.assert_array_equal(store.vectors("a"), before)


def test_only_a_new_picture_is_embedded(store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path) -> None:
    ingest.run(feed_of({"a": [1, 2], "b": [3]}), store, None, embedder)
    draw(tmp_path / "2.png", 22)  # another picture under the same name
    report = ingest.run(feed_of({"a": [1, 2], "b": [3]}), store, None, embedder)
    assert counts(report) == {"products": 2, "images": 3, "updated": 1, "unchanged": 1, "embedded": 1}


def test_pictures_that_swap_places_keep_their_vectors(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    ingest.run(feed_of({"a": [1, 2]}), store, None, embedder)
    before = store.vectors("a")
    report = ingest.run(feed_of({"a": [2, 1]}), store, None, embedder)
    assert counts(report) == {"products": 1, "images": 2, "updated": 1}
    np.testing.assert_array_equal(store.vectors("a"), before[::-1])


def test_an_import_makes_the_shop_equal_to_the_feed(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    folder = tmp_path / "thumbs"
    ingest.run(feed_of({"a": [1, 2], "b": [3], "c": [4]}), store, None, embedder, thumbs_dir=folder)
    report = ingest.run(feed_of({"a": [1], "d": [5]}), store, None, embedder, thumbs_dir=folder)
    assert counts(report) == {"products": 2, "images": 2, "added": 1, "updated": 1, "removed": 2, "embedded": 1}
    assert set(rows(store)) == {"a#0", "d#0"}
    assert {p.name[:64] for p in folder.iterdir()} == set(rows(store).values())


def test_add_only_adds_and_updates(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    ingest.run(feed_of({"a": [1], "b": [3]}), store, None, embedder)
    report = ingest.run(feed_of({"a": [2], "d": [5]}), store, None, embedder, add=True)
    assert counts(report) == {"products": 2, "images": 2, "added": 1, "updated": 1, "embedded": 2}
    assert set(rows(store)) == {"a#0", "b#0", "d#0"}


def test_adding_with_another_model_is_refused_and_the_shop_stays(
    store: MilvusStore, embedder: Counting, feed_of: Save
) -> None:
    """The shop would hold the added products alone."""
    ingest.run(feed_of({"a": [1], "b": [3]}), store, None, embedder)
    with MilvusStore(store.uri, shop="shop", fingerprint="f" * 64) as other:
        with pytest.raises(FingerprintMismatch, match="Import the catalog again"):
            ingest.run(feed_of({"d": [5]}), other, None, embedder, add=True)
        assert other.health()["fingerprint"] == store.fingerprint
    assert set(rows(store)) == {"a#0", "b#0"}


def test_the_first_import_into_an_empty_shop_may_be_an_addition(
    store: MilvusStore, embedder: Counting, feed_of: Save
) -> None:
    ingest.run(feed_of({"a": [1]}), store, None, embedder, add=True)
    store.check()
    assert set(rows(store)) == {"a#0"}


def test_broken_pictures_are_listed_and_never_stored(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    feed = feed_of({"text": [1], "cut": [2], "gone": [3], "half": [4, 5], "fine": [6], "twice": [7, 8]})
    (tmp_path / "1.png").write_bytes(b"I am no picture")
    (tmp_path / "2.png").write_bytes((tmp_path / "2.png").read_bytes()[:200])
    (tmp_path / "3.png").unlink()
    (tmp_path / "4.png").write_bytes(b"")
    (tmp_path / "8.png").write_bytes((tmp_path / "7.png").read_bytes())
    report = ingest.run(feed, store, None, embedder)
    reasons = {reject.product_id: reject.reason for reject in report.rejected}
    assert set(reasons) == {"text", "cut", "gone"}
    for product_id, word in (("text", "not a picture"), ("cut", "damaged or cut off"), ("gone", "no file")):
        assert word in reasons[product_id]
        assert "\n" not in reasons[product_id]
    assert counts(report) == {"products": 3, "images": 3, "added": 3, "embedded": 3}
    assert set(rows(store)) == {"half#1", "fine#0", "twice#0"}
    assert any("half" in warning and "4.png" in warning for warning in report.warnings)
    assert [reject.row for reject in report.rejected] == [2, 3, 4]


def test_a_product_whose_picture_breaks_leaves_the_shop(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    ingest.run(feed_of({"a": [1], "b": [2]}), store, None, embedder)
    (tmp_path / "1.png").write_bytes(b"x")
    report = ingest.run(feed_of({"a": [1], "b": [2]}), store, None, embedder)
    assert (report.removed, [r.product_id for r in report.rejected]) == (1, ["a"])
    assert set(rows(store)) == {"b#0"}


def test_a_link_that_does_not_answer_today_keeps_what_the_shop_has(
    store: MilvusStore, embedder: Counting, feed_of: Save
) -> None:
    feed = feed_of({"a": [1], "b": [2]})
    ingest.run(feed, store, None, embedder)
    feed.products[0] = dataclasses.replace(feed.products[0], images=("http://no-such-host.invalid/a.jpg",))
    report = ingest.run(feed, store, None, embedder)
    assert set(rows(store)) == {"a#0", "b#0"}
    assert "kept as it was" in report.warnings[0]


class Web:
    """The test's pictures over HTTP; names in `down` answer 503 Service Unavailable."""

    def __init__(self, folder: Path) -> None:
        self.down: set[str] = set()
        web = self

        class Handler(SimpleHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.partition("?")[0].strip("/") in web.down:
                    self.send_error(503)
                else:
                    super().do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self.httpd = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=str(folder)))

    def feed(self, feed: Feed, query: str = "", **fields: object) -> Feed:
        """The same with its pictures' addresses here, and other fields."""
        at = f"http://127.0.0.1:{self.httpd.server_port}"
        feed.products[:] = [
            dataclasses.replace(p, images=tuple(f"{at}/{Path(i).name}{query}" for i in p.images), **fields)
            for p in feed.products
        ]
        return feed


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    served = Web(tmp_path)
    threading.Thread(target=served.httpd.serve_forever, daemon=True).start()
    yield served
    served.httpd.shutdown()
    served.httpd.server_close()


def run_as_checked(feed: Feed, store: MilvusStore, embedder: Counting) -> dict[str, int]:
    """An import's counts, after a dry run has said the same."""
    said = ingest.check(feed, store, allow_private_urls=True)
    report = ingest.run(feed, store, None, embedder, allow_private_urls=True)
    assert said.warnings == report.warnings
    assert said.rejected == report.rejected
    assert counts(said) == {name: count for name, count in counts(report).items() if name != "embedded"}
    return counts(report)


def test_a_picture_that_never_answers_holds_up_nothing_else(
    store: MilvusStore, embedder: Counting, feed_of: Save, web: Web
) -> None:
    web.down = {"2.png"}
    products: dict[str, list[int]] = {"a": [1, 2], "b": [3]}
    first = run_as_checked(web.feed(feed_of(products)), store, embedder)
    assert first == {"products": 2, "images": 2, "added": 2, "embedded": 2}
    again = web.feed(feed_of(products))
    again.products[0] = dataclasses.replace(again.products[0], price=7.0, in_stock=False)
    assert run_as_checked(again, store, embedder) == {"products": 2, "images": 2, "updated": 1, "unchanged": 1}
    assert [(p.price, p.in_stock) for p in store.products()] == [(7.0, False), (5.0, True)]
    web.down = set()
    assert ingest.run(again, store, None, embedder, allow_private_urls=True).embedded == 1
    assert set(rows(store)) == {"a#0", "a#1", "b#0"}


def test_while_the_pictures_server_is_down_its_pictures_stay_and_the_rest_is_updated(
    store: MilvusStore, embedder: Counting, feed_of: Save, web: Web
) -> None:
    products: dict[str, list[int]] = {"a": [1, 2], "b": [3]}
    run_as_checked(web.feed(feed_of(products)), store, embedder)
    before, seen = rows(store), embedder.seen
    web.down = {"1.png", "2.png", "3.png"}
    assert run_as_checked(web.feed(feed_of(products)), store, embedder) == {"products": 2, "images": 3, "unchanged": 2}
    # Signed addresses are others every day.
    news = web.feed(feed_of(products), query="?signed=today", price=7.0)
    assert run_as_checked(news, store, embedder) == {"products": 2, "images": 3, "updated": 2}
    assert rows(store) == before
    assert [p.price for p in store.products()] == [7.0, 7.0]
    new = web.feed(feed_of({"a": [1], "c": [3]}))
    report = ingest.run(new, store, None, embedder, allow_private_urls=True)
    assert [reject.product_id for reject in report.rejected] == ["c"]
    assert set(rows(store)) == {"a#0"}
    assert embedder.seen == seen


def test_a_picture_that_can_not_be_had_now_is_known_by_its_address(
    store: MilvusStore, embedder: Counting, feed_of: Save, web: Web
) -> None:
    run_as_checked(web.feed(feed_of({"a": [1, 2], "b": [3, 4]})), store, embedder)
    before, seen = rows(store), embedder.seen
    web.down = {"1.png", "3.png", "5.png"}
    run_as_checked(web.feed(feed_of({"a": [2, 1], "b": [5, 3]})), store, embedder)
    after = rows(store)
    assert (after["a#0"], after["a#1"]) == (before["a#1"], before["a#0"])
    assert after["b#1"] == before["b#0"]
    assert embedder.seen == seen
    web.down = set()
    assert (
        ingest.run(
            web.feed(feed_of({"a": [1, 2], "b": [3, 4]})), store, None, embedder, allow_private_urls=True
        ).embedded
        == 1
    )  # 4.png had left the feed
    assert rows(store) == before


def test_links_into_private_networks_are_rejected(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    feed = feed_of({"a": [1], "b": [2]})
    feed.products[0] = dataclasses.replace(feed.products[0], images=("http://127.0.0.1:9/a.jpg",))
    report = ingest.run(feed, store, None, embedder)
    assert "private network" in report.rejected[0].reason


def test_when_all_rows_are_rejected_nothing_changes(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    feed = feed_of({"a": [1], "b": [2]})
    ingest.run(feed, store, None, embedder)
    before = rows(store)
    for name in ("1.png", "2.png"):
        (tmp_path / name).write_bytes(b"x")
    with pytest.raises(CatalogError, match="all 2 rows were rejected"):
        ingest.run(feed, store, None, embedder)
    assert rows(store) == before
    store.check()
    (tmp_path / "empty.tsv").write_text("id\timage_link\n1\t\n")
    with pytest.raises(CatalogError, match="all 1 rows"):
        ingest.run(catalog.read(tmp_path / "empty.tsv"), store, None, embedder)


def test_a_dry_run_reports_the_same_and_writes_nothing(feed_of: Save, tmp_path: Path) -> None:
    feed = feed_of({"a": [1, 2], "b": [3], "c": [4]})
    (tmp_path / "3.png").write_bytes(b"x")
    before = sorted(p.name for p in tmp_path.iterdir())
    report = ingest.check(feed)
    assert counts(report) == {"products": 2, "images": 3, "added": 2}
    assert [(r.product_id, r.row) for r in report.rejected] == [("b", 3)]
    assert sorted(p.name for p in tmp_path.iterdir()) == before


def test_a_dry_run_compares_with_the_shop(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    ingest.run(feed_of({"a": [1], "b": [2], "c": [3]}), store, None, embedder)
    before = rows(store)
    feed = feed_of({"a": [1], "b": [2], "d": [4]})
    feed.products[1] = dataclasses.replace(feed.products[1], title="New")
    assert counts(ingest.check(feed, store)) == {
        "products": 3, "images": 3, "added": 1, "updated": 1, "unchanged": 1, "removed": 1
    }  # fmt: skip
    assert ingest.check(feed, store, add=True).removed == 0
    assert rows(store) == before


def test_stopping_keeps_the_shop_and_the_work(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    products = {f"p{i:02}": [i] for i in range(80)}
    stop = threading.Event()
    with pytest.raises(ImportStopped, match="of 80 products"):
        ingest.run(
            feed_of(products), store, None, embedder, stop=stop, progress=lambda p: stop.set() if p.done >= 32 else None
        )
    with pytest.raises(CollectionMissing):
        store.check()  # a first import that was stopped is not shown half
    done = embedder.seen
    assert 32 <= done < 80
    report = ingest.run(feed_of(products), store, None, embedder)
    assert report.embedded == 80 - done
    assert embedder.seen == 80
    assert store.count() == 80


def test_progress_counts_to_the_end(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    steps: list[ingest.Progress] = []
    ingest.run(feed_of({f"p{i}": [i] for i in range(40)}), store, None, embedder, progress=steps.append)
    assert [s.done for s in steps] == sorted(s.done for s in steps)
    assert (steps[0].done, steps[-1].done, steps[-1].total) == (0, 40, 40)
    assert steps[-1].stage == "Publishing"


def test_another_model_builds_beside_and_replaces_at_the_end(
    store: MilvusStore, embedder: Counting, bundled: Embedder, feed_of: Save, tmp_path: Path
) -> None:
    ingest.run(feed_of({"a": [1], "b": [2]}), store, None, embedder)

    class Other(Counting):
        @property
        def fingerprint(self) -> str:
            return "f" * 64

    other = Other(bundled)
    seen: list[bool] = []

    def look(step: ingest.Progress) -> None:
        store.check()  # the old shop answers while the new one is built
        seen.append(True)

    with MilvusStore(store.uri, shop="shop", fingerprint=other.fingerprint) as fresh:
        report = ingest.run(feed_of({"a": [1], "b": [2]}), fresh, None, other, progress=look)
        assert counts(report) == {"products": 2, "images": 2, "added": 2, "embedded": 2}
        fresh.check()
    assert seen


def test_calibration_runs_once_the_rows_are_in(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    calibrator = Calibrator.of(embedder, "bundled")
    ingest.run(feed_of({f"p{i}": [i] for i in range(10)}), store, None, embedder, finish=calibrator)
    assert store.get_meta()["thresholds"]


def test_both_thumbnail_sizes_are_kept_and_made_again(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    folder = tmp_path / "thumbs"
    draw(tmp_path / "1.png", 1, side=1000)
    feed = feed_of({"a": [1]})
    ingest.run(feed, store, None, embedder, thumbs_dir=folder)
    key = rows(store)["a#0"]
    found = {size: thumbs.path(folder, key, size) for size in thumbs.SIDES_PX}
    assert {size: Image.open(path).size for size, path in found.items() if path} == {
        "card": (320, 320), "large": (800, 800)
    }  # fmt: skip
    for path in found.values():
        assert path
        path.unlink()
    (folder / "readme.txt").write_text("not ours")
    (folder / f"{'0' * 64}.webp").write_bytes(b"no longer used")
    report = ingest.run(feed, store, None, embedder, thumbs_dir=folder)
    assert (report.embedded, report.unchanged) == (0, 1)
    assert sorted(p.name for p in folder.iterdir()) == sorted([f"{key}.webp", f"{key}-large.webp", "readme.txt"])


def test_a_hostile_key_names_no_file(tmp_path: Path) -> None:
    for key in ("../x", "a" * 63, "A" * 64, f"{'a' * 64}/..", ""):
        assert thumbs.path(tmp_path, key) is None


def test_the_report_is_the_commands_document(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    report = ingest.run(feed_of({f"p{i}": [i] for i in range(60)}), store, None, embedder).to_json()
    names = "source format products images added updated unchanged removed embedded rejected warnings sample seconds"
    assert list(report) == [*names.split(), "images_per_s"]
    assert len(report["sample"]) == 50


class At:
    """A detector that answers one box; the choice of the crop is what is tested."""

    fingerprint, class_names, runtime = "d" * 64, ("item",), "test"

    def __init__(self, box: Box, confidence: float) -> None:
        self._found = [Detection(box, confidence, 0, "item")]

    def detect(self, photo: Photo) -> list[Detection]:
        return self._found


@pytest.fixture
def photo() -> Photo:
    image = Image.new("RGB", (200, 100), "white")
    image.paste("red", (50, 20, 150, 80))
    return Photo(image, 400, 200)  # decoded at half size


TRIMMED = Box(88, 32.8, 312, 167.2)  # the thing, and a margin of 6 % of its sides


@pytest.fixture
def scene() -> Photo:
    """The same thing in a place that is not plain."""
    noise = np.random.default_rng(0).integers(0, 255, (100, 200, 3), dtype=np.uint8)
    image = Image.fromarray(noise)
    image.paste("red", (50, 20, 150, 80))
    return Photo(image, 400, 200)


def test_a_confident_large_box_is_the_crop(scene: Photo) -> None:
    box = Box(90, 30, 310, 170)
    assert gallery_box(scene, At(box, 0.9)) == box


@pytest.mark.parametrize(("box", "confidence"), [(Box(0, 0, 400, 200), 0.2), (Box(0, 0, 60, 60), 0.9)])
def test_an_unsure_or_small_box_is_no_crop(scene: Photo, box: Box, confidence: float) -> None:
    assert gallery_box(scene, At(box, confidence)) is None
    assert gallery_box(scene, At(box, confidence), "detector") is None


def test_on_a_plain_ground_the_detector_is_not_asked(photo: Photo) -> None:
    assert gallery_box(photo, At(Box(90, 30, 310, 170), 0.9)) == TRIMMED
    assert gallery_box(photo, At(Box(90, 30, 310, 170), 0.9), "detector") == Box(90, 30, 310, 170)


def test_the_other_ways_to_cut_are_there_to_be_measured(photo: Photo) -> None:
    sure = At(Box(90, 30, 310, 170), 0.9)
    assert gallery_box(photo, sure, "whole") is None
    assert gallery_box(photo, sure, "trim") == TRIMMED
    assert gallery_box(photo, None) == TRIMMED


def test_the_margin_around_a_trimmed_thing_ends_with_the_picture() -> None:
    image = Image.new("RGB", (100, 100), "white")
    image.paste("red", (0, 40, 50, 90))
    box = gallery_box(Photo(image, 100, 100), None)
    assert box == Box(0, 37, 53, 93)


def test_a_blank_picture_is_taken_whole() -> None:
    assert gallery_box(Photo(Image.new("RGB", (50, 50), "white"), 50, 50), None) is None


def test_another_way_to_cut_embeds_anew(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    feed = feed_of({"a": [1], "b": [2]})
    ingest.run(feed, store, None, embedder)
    report = ingest.run(feed, store, None, embedder, gallery_crop="whole")
    assert counts(report) == {"products": 2, "images": 2, "updated": 2, "embedded": 2}
    assert all(entry.crop is None for entry in store.entries())


def test_the_bundled_detector_cuts_gallery_pictures(store: MilvusStore, embedder: Counting, feed_of: Save) -> None:
    weights = resolve("bundled").detector
    assert weights is not None
    detector: Detector = load_detector(weights, "cpu")
    report = ingest.run(feed_of({"a": [1], "b": [2]}), store, detector, embedder)
    assert report.products == 2
    for entry in store.entries():
        assert entry.crop is None or 0 <= entry.crop[0] < entry.crop[2] <= 160


def test_the_demo_is_made_once_and_again_when_its_content_changes(
    embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    feed_of({"a": [1], "b": [2]})
    source = tmp_path / "feed.tsv"
    with MilvusStore(str(tmp_path / "d.db"), shop="demo", fingerprint=embedder.fingerprint) as store:
        first = prepare_demo(settings, store, None, embedder, source=source)
        assert first is not None
        assert first.added == 2
        assert prepare_demo(settings, store, None, embedder, source=source) is None
        draw(tmp_path / "1.png", 11)
        again = prepare_demo(settings, store, None, embedder, source=source)
        assert again is not None
        assert (again.embedded, again.updated, again.unchanged) == (1, 1, 1)
        assert any((tmp_path / "data/shops/demo/thumbs").iterdir())
        store.delete(["b#0"])
        repaired = prepare_demo(settings, store, None, embedder, source=source)
        assert repaired is not None, "rows that got lost are noticed"
        assert (repaired.added, repaired.unchanged) == (1, 1)


def test_the_demo_never_goes_into_another_shop(
    store: MilvusStore, embedder: Counting, feed_of: Save, tmp_path: Path
) -> None:
    feed_of({"a": [1]})
    with pytest.raises(ConfigError, match="demo"):
        prepare_demo(Settings(data_dir=tmp_path), store, None, embedder, source=tmp_path / "feed.tsv")
