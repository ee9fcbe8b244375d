"""`evaluate` on a drawn shop: figures against hand counts, targets, merging, baselines, refusals."""

from __future__ import annotations

import csv
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imgsearch import baselines, cli, evaluate, images
from imgsearch.errors import CatalogError, ModelError
from imgsearch.evaluate import Outcome, figures, round_robin, targets_of
from imgsearch.images import Photo
from imgsearch.queries import Query
from imgsearch.records import Box, Detection
from imgsearch.store import Entry
from imgsearch.weights import resolve
from tests.drawn_shop import KINDS, draw_product, draw_room, make_shop

MODELS = resolve("bundled")
PHOTO = Photo(Image.new("RGB", (400, 300), "white"), 400, 300)
ROOM = {"mug": (0.64, 0.52, 0.76, 0.70), "vase": (0.40, 0.30, 0.54, 0.70), "lamp": (0.08, 0.12, 0.28, 0.70)}


class FixedDetector:
    """A detector whose answer is known, so that the choice among its boxes can be checked."""

    class_names = ("thing",)
    runtime = "none"
    fingerprint = "fixed"

    def __init__(self, *found: tuple[float, tuple[float, float, float, float]]) -> None:
        self._found = [Detection(Box(*xyxy), confidence, 0, "thing") for confidence, xyxy in found]

    def detect(self, photo: Photo) -> list[Detection]:
        return sorted(self._found, key=lambda d: -d.confidence)


def query(box: Box | None = None, relevant: Sequence[str] = ("a",)) -> Query:
    return Query(Path("truth.csv"), 2, Path("photo.jpg"), box, frozenset(relevant))


def outcome(flags: Sequence[bool], total: int = 1, photo: str = "p", group: bool = False, targets: int = 1) -> Outcome:
    return Outcome(photo, np.array(flags, dtype=bool), total, group, targets, 10.0)


# -- targets ---------------------------------------------------------------------------------------------------------


def test_whole_is_the_whole_picture_and_asks_no_detector() -> None:
    assert [b.xyxy for b in targets_of(query(Box(1, 2, 30, 40)), PHOTO, "whole", None)] == [(0, 0, 400, 300)]


def test_box_is_the_rows_box_and_a_row_without_one_is_named() -> None:
    assert targets_of(query(Box(1, 2, 30, 40)), PHOTO, "box", None) == [Box(1, 2, 30, 40)]
    with pytest.raises(CatalogError, match=r"truth.csv, row 2: --target box needs x1,y1,x2,y2"):
        targets_of(query(), PHOTO, "box", None)


def test_detect_with_a_box_takes_the_detection_that_overlaps_most_and_under_half_is_a_miss() -> None:
    detector = FixedDetector((0.9, (200, 200, 300, 290)), (0.2, (12, 10, 110, 100)), (0.3, (0, 0, 60, 60)))
    assert targets_of(query(Box(10, 10, 110, 100)), PHOTO, "detect", detector) == [Box(12, 10, 110, 100)]
    assert targets_of(query(Box(120, 10, 180, 100)), PHOTO, "detect", detector) == []
    assert targets_of(query(Box(10, 10, 110, 100)), PHOTO, "detect", FixedDetector()) == []


def test_detect_without_a_box_takes_the_five_most_prominent_and_the_whole_photo() -> None:
    found = [(0.9, (0.0, 0.0, 10.0, 10.0)), *((0.5, (0.0, 0.0, 50.0 + i, 50.0)) for i in range(6))]
    boxes = targets_of(query(), PHOTO, "detect", FixedDetector(*found))
    assert [b.xyxy for b in boxes] == [*((0, 0, 50 + i, 50) for i in (5, 4, 3, 2, 1)), (0, 0, 400, 300)]


def test_detect_without_a_detector_says_what_else_can_be_done() -> None:
    with pytest.raises(ModelError, match="--target whole or box"):
        targets_of(query(), PHOTO, "detect", None)


def test_lists_are_merged_in_turns_and_an_id_counts_once() -> None:
    assert round_robin([["a", "b", "c"], ["a", "x"], [], ["y"]], 10) == ["a", "y", "b", "x", "c"]
    assert round_robin([["a", "b", "c"], ["x"]], 2) == ["a", "x"]
    assert round_robin([], 5) == []


# -- figures ---------------------------------------------------------------------------------------------------------


def test_figures_by_hand() -> None:
    """Four queries on two photos: right at once, right at rank 3, a variant first, and a miss."""
    answers = [
        outcome([True, False], photo="a", group=True),
        outcome([False, False, True], photo="a"),
        outcome([False] * 6 + [True], photo="b", group=True),
        outcome([], photo="b", targets=0),
    ]
    document = figures(answers, products=40)
    assert document["recall_at_1"] == 0.25
    assert document["recall_at_5"] == 0.5
    assert document["recall_at_10"] == 0.75
    assert document["group_recall_at_1"] == 0.5
    assert document["mrr"] == document["map_at_10"] == pytest.approx((1 + 1 / 3 + 1 / 7 + 0) / 4, abs=1e-4)
    assert document["ndcg_at_10"] == pytest.approx((1 + 1 / np.log2(4) + 1 / np.log2(8)) / 4, abs=1e-4)
    assert document["chance_at_10"] == 0.25
    assert document["targets_mean"] == 0.75
    assert (document["p50_ms"], document["p95_ms"]) == (10.0, 10.0)
    assert document["ci95"]["recall_at_1"] == pytest.approx([0.0456, 0.6994], abs=1e-4)
    low, high = document["ci95"]["mrr"]
    assert low <= document["mrr"] <= high


# -- the whole of it, with the real embedder, ingest and store -------------------------------------------------------


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn shop with a truth file over photos of its goods: other ground, other size, a photo of a room."""
    folder = tmp_path_factory.mktemp("shop")
    feed = make_shop(folder)
    with feed.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    kinds = [kind for kind in KINDS for _ in range(8)]
    draw_room(folder / "room.jpg")
    with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["image", "relevant", "x1", "y1", "x2", "y2", "visible"])
        for number in (0, 3, 9, 14, 22, 30, 37):
            photo = Image.new("RGB", (500, 400), (226, 226, 220))
            photo.paste(draw_product(kinds[number], rows[number]["color"], 240), (200, 100))
            photo.save(folder / f"photo{number}.png")
            out.writerow([f"photo{number}.png", rows[number]["id"], 240, 140, 400, 300, 0.9])
        for kind, colour in (("mug", "Cobalt"), ("vase", "Teal"), ("lamp", "Mustard")):
            wanted = next(r["id"] for r, k in zip(rows, kinds, strict=True) if (k, r["color"]) == (kind, colour))
            x1, y1, x2, y2 = ROOM[kind]
            out.writerow(["room.jpg", wanted, 1200 * x1, 900 * y1, 1200 * x2, 900 * y2, 0.4])
    return folder


@pytest.fixture(scope="module")
def document(shop: Path) -> dict[str, Any]:
    return evaluate.run(shop / "feed.tsv", shop / "truth.csv", MODELS, gallery_crop="trim", with_baselines=True)


def test_the_whole_run_counts_every_row_against_every_product(document: dict[str, Any]) -> None:
    assert document["queries"] == 10
    assert document["products"] == 40
    assert document["chance_at_10"] == 0.25
    assert document["targets_mean"] == 1.0
    assert document["model"] == MODELS.embedder.fingerprint[:12]


def test_drawn_goods_are_found_again_far_above_chance(document: dict[str, Any]) -> None:
    assert document["recall_at_10"] >= 0.7
    assert document["recall_at_1"] <= document["recall_at_5"] <= document["recall_at_10"]
    assert document["recall_at_1"] <= document["group_recall_at_1"]
    for name, (low, high) in document["ci95"].items():
        assert low <= document[name] <= high


def test_the_baselines_are_stated_on_the_same_queries(document: dict[str, Any]) -> None:
    assert set(document["baselines"]) == {"colour_pixels", "random_network"}
    for figure in document["baselines"].values():
        assert 0 <= figure["recall_at_1"] <= figure["recall_at_5"] <= 1
    assert document["baselines"]["colour_pixels"]["recall_at_5"] > 0.3, "flat drawings are easy for colours"


def test_the_same_input_gives_the_same_figures(shop: Path, document: dict[str, Any]) -> None:
    again = evaluate.run(shop / "feed.tsv", shop / "truth.csv", MODELS, gallery_crop="trim")
    timed = {"p50_ms", "p95_ms", "baselines"}
    assert {k: v for k, v in again.items() if k not in timed} == {k: v for k, v in document.items() if k not in timed}


def test_the_command_line_says_the_same_and_leaves_nothing_behind(
    shop: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    arguments = ["evaluate", "--catalog", str(shop / "feed.tsv"), "--queries", str(shop / "truth.csv")]
    code = cli.main(
        [*arguments, "--where", "visible>=0.5", "--target", "detect", "--data-dir", str(tmp_path), "--json"]
    )
    assert code == 0
    document = json.loads(capsys.readouterr().out)
    assert document["queries"] == 7
    assert document["targets_mean"] <= 1.0, "a row with a box searches its one detection"
    assert not list(tmp_path.iterdir()), "no live collection is touched or made"


def test_a_relevant_product_that_is_not_in_the_catalog_names_the_row(shop: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(f"image,relevant\n{shop / 'room.jpg'},SKU-000\n{shop / 'room.jpg'},SKU-999\n")
    with pytest.raises(CatalogError, match=r"truth.csv, row 3: .*'SKU-999'"):
        evaluate.run(shop / "feed.tsv", truth, MODELS, target="whole")


def test_a_relevant_product_whose_pictures_are_broken_names_the_row(shop: Path, tmp_path: Path) -> None:
    Image.new("RGB", (80, 80), "red").save(tmp_path / "good.png")
    (tmp_path / "bad.png").write_text("no picture")
    (tmp_path / "feed.tsv").write_text("id\ttitle\timage_link\ng\tGood\tgood.png\nb\tBad\tbad.png\n")
    (tmp_path / "truth.csv").write_text(f"image,relevant\n{shop / 'room.jpg'},b\n")
    with pytest.raises(CatalogError, match=r"row 2: .*'b' was rejected"):
        evaluate.run(tmp_path / "feed.tsv", tmp_path / "truth.csv", MODELS, target="whole")


@pytest.fixture
def few(shop: Path) -> Path:
    """The shop's first three products: enough to be refused with."""
    lines = (shop / "feed.tsv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = shop / "few.tsv"
    path.write_text("".join(lines[:4]), encoding="utf-8")
    return path


def test_a_photo_that_can_not_be_read_names_the_row(few: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text("image,relevant\nabsent.jpg,SKU-000\n")
    with pytest.raises(CatalogError, match=r"row 2: .*absent.jpg"):
        evaluate.run(few, truth, MODELS, target="whole")


def test_a_box_outside_its_photo_names_the_row(shop: Path, few: Path, tmp_path: Path) -> None:
    truth = tmp_path / "truth.csv"
    truth.write_text(f"image,relevant,x1,y1,x2,y2\n{shop / 'room.jpg'},SKU-000,5000,10,5100,90\n")
    with pytest.raises(CatalogError, match=r"truth.csv, row 2: The box .* outside|truth.csv, row 2: The box .* inside"):
        evaluate.run(few, truth, MODELS)


def test_without_a_detector_boxes_and_whole_pictures_can_still_be_measured(shop: Path) -> None:
    document = evaluate.run(shop / "feed.tsv", shop / "truth.csv", dataclasses.replace(MODELS, detector=None))
    assert document["queries"] == 10


# -- baselines -------------------------------------------------------------------------------------------------------


def slow_colour_pixels_score(one: Image.Image, other: Image.Image) -> float:
    """The mean of the two cosines, with loops."""

    def parts(picture: Image.Image) -> tuple[dict[int, float], list[float]]:
        small = picture.resize((64, 64), Image.Resampling.BILINEAR)
        counts: dict[int, float] = {}
        hsv = small.convert("HSV")
        for y in range(64):
            for x in range(64):
                h, s, v = hsv.getpixel((x, y))
                key = (h // 32) * 64 + (s // 64) * 16 + v // 16
                counts[key] = counts.get(key, 0.0) + 1 / 4096
        grid = small.resize((12, 12), Image.Resampling.BILINEAR)
        values = [float(v) for y in range(12) for x in range(12) for v in grid.getpixel((x, y))]
        mean = sum(values) / len(values)
        return counts, [v - mean for v in values]

    (counts, values), (other_counts, other_values) = parts(one), parts(other)
    overlap = sum((share * other_counts.get(key, 0.0)) ** 0.5 for key, share in counts.items())
    dot = sum(a * b for a, b in zip(values, other_values, strict=True))
    lengths = (sum(a * a for a in values) * sum(b * b for b in other_values)) ** 0.5
    return (overlap + dot / lengths) / 2


def test_colour_and_pixels_agree_with_a_plain_loop() -> None:
    pictures = [draw_product("mug", "Rust", 120), draw_product("vase", "Rust", 90), draw_product("clock", "Ink", 200)]
    rows = baselines.colour_pixels(pictures)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-5)
    for i, one in enumerate(pictures):
        for j, other in enumerate(pictures):
            assert float(rows[i] @ rows[j]) == pytest.approx(slow_colour_pixels_score(one, other), abs=1e-5)


def test_a_picture_of_one_colour_has_a_row_of_unit_length_too() -> None:
    assert np.linalg.norm(baselines.colour_pixels([Image.new("RGB", (30, 30), "navy")])) == pytest.approx(1.0, abs=1e-5)


def test_a_random_network_is_reproducible_and_another_seed_is_another_network() -> None:
    pictures = [draw_product("mug", "Rust", 120), draw_product("vase", "Teal", 120)]
    rows = baselines.random_network(0, 64)(pictures)
    assert rows.shape == (2, 256)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert np.array_equal(rows, baselines.random_network(0, 64)(pictures))
    assert not np.allclose(rows, baselines.random_network(1, 64)(pictures), atol=0.05)


def test_a_product_counts_with_its_best_picture() -> None:
    red, blue = Image.new("RGB", (40, 40), "red"), Image.new("RGB", (40, 40), "blue")
    gallery = baselines.Gallery(("two", "one", "two"), (blue, draw_product("mug", "Rust", 80), red))
    ranker = baselines.MatrixRanker(baselines.colour_pixels, gallery, depth=5)
    assert ranker.rank([red, blue])[0][0] == "two"
    assert [sorted(ids) for ids in ranker.rank([red, blue])] == [["one", "two"], ["one", "two"]]


def test_the_gallery_is_cut_as_the_entries_say(shop: Path) -> None:
    from imgsearch import catalog

    product = catalog.read(shop / "feed.tsv").products[0]
    gallery = baselines.Gallery.of(
        [Entry("x#0", product, "", crop=(10.0, 20.0, 110.0, 80.0)), Entry("y#0", product, "")]
    )
    assert [crop.size for crop in gallery.crops] == [(100, 60), (400, 400)]
    assert gallery.crops[1].tobytes() == images.load(product.images[0]).image.tobytes()
