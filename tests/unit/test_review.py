"""Grades are kept, taken back, counted and exported; the board's handlers answer on a real small shop."""

from __future__ import annotations

import csv
import io
import json
import math
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch import catalog, ingest
from imgsearch.config import Settings
from imgsearch.embed import load_embedder
from imgsearch.errors import QueryError
from imgsearch.records import Box
from imgsearch.review import export, metrics, queue, verdicts
from imgsearch.review.queue import Queue, query_id
from imgsearch.review.verdicts import Grade, Judged, Shown, ShownList, Verdicts, VerdictsError
from imgsearch.search import ImageSearch, open_search
from imgsearch.store import MilvusStore
from imgsearch.ui import review as board
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.review import Review
from imgsearch.weights import resolve
from tests import drawn_shop


def shown(name: str = "a.jpg", model: str = "m1", products: str = "abcdefghij", titles: str = "Mug") -> ShownList:
    matches = tuple(Shown(i + 1, p, titles, round(0.9 - i / 20, 4), "key") for i, p in enumerate(products))
    return ShownList(name, model, name, (0.0, 0.0, 10.0, 10.0), matches)


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Verdicts]:
    made = Verdicts(tmp_path / "shop" / "review.db")
    yield made
    made.close()


def test_a_grade_outlives_the_program(tmp_path: Path) -> None:
    """It lies in the file, with its list and the note."""
    path = tmp_path / "deep" / "review.db"
    first = Verdicts(path)
    first.save("me", shown(), "b", "S")
    first.set_note("me", "a.jpg", "  too dark ")
    first.close()
    again = Verdicts(path)
    (one,) = again.judged("m1")
    again.close()
    assert (one.shown, one.judge, one.grades, one.note) == (shown(), "me", {"b": "S"}, "too dark")


def test_undo_takes_back_one_change_after_the_other(kept: Verdicts) -> None:
    """A first grade, a changed one and one that was taken away, in reverse order."""
    for product, grade in (("a", "E"), ("a", "C"), ("b", "I"), ("a", None)):
        kept.save("me", shown(), product, grade)  # type: ignore[arg-type]
    seen = [(kept.undo("me"), kept.grades("me", "a.jpg")) for _ in range(4)]
    assert [(u.product_id, u.grade) for u, _ in seen if u] == [("a", "C"), ("b", None), ("a", "E"), ("a", None)]
    assert [grades for _, grades in seen] == [{"a": "C", "b": "I"}, {"a": "C"}, {"a": "E"}, {}]
    assert kept.undo("me") is None
    assert not kept.can_undo("me")


def test_the_same_grade_again_is_nothing_to_undo(kept: Verdicts) -> None:
    """One undo goes back to before the first of them."""
    for _ in range(3):
        kept.save("me", shown(), "a", "E")
    kept.undo("me")
    assert kept.grades("me", "a.jpg") == {}
    assert not kept.can_undo("me")


def test_the_undo_log_is_bounded_and_each_judges_own(kept: Verdicts, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest steps go; another judge's are not touched."""
    monkeypatch.setattr(verdicts, "UNDO_STEPS", 3)
    kept.save("you", shown(), "j", "E")
    for product in "abcde":
        kept.save("me", shown(), product, "E")
    undone = []
    while (one := kept.undo("me")) is not None:
        undone.append(one.product_id)
    assert undone == ["e", "d", "c"]
    assert kept.undo("you") is not None


def test_a_later_model_does_not_change_what_was_judged(kept: Verdicts) -> None:
    """The old list stays as it was shown; its grades count for the new list wherever it shows the same product."""
    kept.save("me", shown(products="abc"), "a", "E")
    kept.save("me", shown(products="abc"), "b", "I")
    kept.save("me", shown(model="m2", products="xba"), "x", "S")
    (old,), (new,) = kept.judged("m1"), kept.judged("m2")
    assert [m.product_id for m in old.shown.matches] == ["a", "b", "c"]
    assert old.row == ("E", "I", None)
    assert new.row == ("S", "I", "E")
    assert kept.newest_model() == "m2"
    kept.save("me", shown(products="abc"), "c", "C")
    assert kept.newest_model() == "m1"


def test_a_product_that_was_not_shown_is_refused(kept: Verdicts) -> None:
    """Nothing is saved."""
    with pytest.raises(QueryError, match="not a match"):
        kept.save("me", shown(products="abc"), "z", "E")
    assert kept.judged("m1") == []
    with pytest.raises(QueryError, match="E, S, C, I"):
        verdicts.checked_grade("F")


def test_a_file_in_use_is_told_and_nothing_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another program that does not let go."""
    monkeypatch.setattr(verdicts, "BUSY_S", 0.05)
    path = tmp_path / "review.db"
    made = Verdicts(path)
    made.save("me", shown(), "a", "E")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(VerdictsError, match=r"review\.db.*locked"):
        made.save("me", shown(), "a", "I")
    other.execute("ROLLBACK")
    other.close()
    assert made.grades("me", "a.jpg") == {"a": "E"}
    made.close()


def test_a_damaged_or_later_file_is_told_with_its_name(tmp_path: Path) -> None:
    """Never overwritten."""
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"this is no database at all, but long enough to be one" * 40)
    with pytest.raises(VerdictsError, match=r"damaged\.db"):
        Verdicts(damaged)
    assert damaged.read_bytes().startswith(b"this is no")
    later = tmp_path / "later.db"
    with sqlite3.connect(later) as db:
        db.execute("PRAGMA user_version = 99")
    with pytest.raises(VerdictsError, match="later version"):
        Verdicts(later)


def test_many_threads_grade_at_once(kept: Verdicts) -> None:
    """Every grade arrives."""

    def work(n: int) -> None:
        for product in "abcdefghij":
            kept.save("me", shown(f"{n}.jpg"), product, "E")

    threads = [threading.Thread(target=work, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert metrics.figures(kept.judged("m1"))["grades"]["E"] == 80


# -- figures -----------------------------------------------------------------------------------------------------------


def judged(*grades: str | None, name: str = "a.jpg", elsewhere: tuple[Grade, ...] = ()) -> Judged:
    """A list with these grades; `elsewhere` are grades of products that other models found."""
    products = "abcdefghij"[: len(grades)]
    mine: dict[str, Any] = {p: g for p, g in zip(products, grades, strict=True) if g}
    mine |= {f"other-{i}": g for i, g in enumerate(elsewhere)}
    return Judged(shown(name, products=products), "me", mine)


def test_exact_and_substitute_are_right() -> None:
    """And a figure counts a list only if it is graded as deep as the figure looks."""
    figures = metrics.figures(
        [judged("S", "I", "C", "E", "I", None), judged("I", None, "E", name="b"), judged("E", *"SSSSSSSSS", name="c")]
    )
    assert figures["judged"] == {
        "precision_at_1": 3, "precision_at_5": 2, "precision_at_10": 1, "ndcg_at_10": 1, "mrr": 1,
    }  # fmt: skip
    assert figures["precision_at_1"] == pytest.approx(2 / 3, abs=1e-4)
    assert figures["precision_at_5"] == pytest.approx((2 / 5 + 1) / 2)
    assert (figures["precision_at_10"], figures["mrr"]) == (1.0, 1.0)
    assert (figures["queries"], figures["complete"]) == (3, 1)
    assert figures["grades"] == {"E": 3, "S": 10, "C": 1, "I": 3}


def test_without_grades_there_are_no_figures() -> None:
    """None, not zero."""
    figures = metrics.figures([])
    assert figures["precision_at_1"] is None
    assert figures["ci95"]["precision_at_1"] is None


def test_ndcg_measures_against_everything_that_was_graded() -> None:
    """An exact product that only another model found makes the list worse."""
    here = ["S", *"IIIIIIIII"]
    alone = metrics.figures([judged(*here)])["ndcg_at_10"]
    beside = metrics.figures([judged(*here, elsewhere=("E",))])["ndcg_at_10"]
    assert alone == 1.0
    assert beside == pytest.approx(0.1 / (1.0 + 0.1 / math.log2(3)), abs=1e-4)


@given(st.lists(st.lists(st.sampled_from([*"ESCI", None]), min_size=1, max_size=10), max_size=6))
def test_figures_agree_with_a_slow_plain_reference(rows: list[list[str | None]]) -> None:
    """Written from the definitions, without numpy."""
    figures = metrics.figures([judged(*row, name=str(i)) for i, row in enumerate(rows)])
    gain = {"E": 1.0, "S": 0.1, "C": 0.01, "I": 0.0}

    def dcg(row: list[str]) -> float:
        return sum(gain[g] / math.log2(i + 2) for i, g in enumerate(row))

    def ndcg(row: list[str]) -> float:
        best = dcg(sorted(row, key=lambda g: -gain[g]))
        return dcg(row) / best if best else 0.0

    plain = {
        **{f"precision_at_{k}": (k, lambda r, k=k: sum(g in "ES" for g in r[:k]) / k) for k in (1, 5, 10)},
        "ndcg_at_10": (10, ndcg),
        "mrr": (10, lambda r: next((1 / (i + 1) for i, g in enumerate(r) if g == "E"), 0.0)),
    }
    for name, (depth, value) in plain.items():
        values = [value(row) for row in rows if None not in row[:depth]]
        assert figures["judged"][name] == len(values)
        if values:
            low, high = figures["ci95"][name]
            assert figures[name] == pytest.approx(sum(values) / len(values), abs=1e-4)
            assert 0.0 <= low <= figures[name] + 1e-4 <= high + 2e-4 <= 1.0 + 2e-4
        else:
            assert figures[name] is figures["ci95"][name] is None


# -- export ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["=1+1", "+49", "-lamp", "@home", "\tx", "\rx", "  =HYPERLINK()", "＝1"])
def test_no_cell_is_a_formula(text: str) -> None:
    """An apostrophe in front, which spreadsheets hide; numbers stay numbers, below zero, too."""
    assert export.safe_cell(text) == "'" + text
    assert export.safe_cell(-0.25) == -0.25
    assert export.safe_cell("a=b") == "a=b"


def test_the_csv_holds_every_shown_match(kept: Verdicts) -> None:
    """Graded or not, with the note; a hostile title and a line break stay inside their cells."""
    hostile = '=HYPERLINK("x"),"\nsecond line'
    kept.save("me", shown(titles=hostile), "a", "E")
    kept.set_note("me", "a.jpg", "+fine")
    text = export.to_csv(kept.judged("m1"))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert [row["product_id"] for row in rows] == list("abcdefghij")
    assert [row["grade"] for row in rows] == ["E", *[""] * 9]
    assert rows[0]["graded_at"]
    assert {row["title"] for row in rows} == {"'" + hostile}
    assert {row["note"] for row in rows} == {"'+fine"}
    assert list(rows[0]) == list(export.COLUMNS)


def test_the_json_holds_figures_and_rows_as_they_are(kept: Verdicts) -> None:
    """No apostrophes: programs read it."""
    kept.save("me", shown(titles="=1+1"), "a", "E")
    document = json.loads(export.to_json("demo", kept.judged("m1")))
    assert document["figures"]["precision_at_1"] == 1.0
    assert document["rows"][0]["title"] == "=1+1"


# -- queue and handlers, on a real shop --------------------------------------------------------------------------------

ROOM_BOXES = {"SKU-023": (96, 108, 336, 630), "SKU-014": (480, 270, 648, 630), "SKU-000": (768, 468, 912, 630)}
VISITS = ("a" * 32, "b" * 32, "c" * 32)


def write_truth(path: Path, rows: dict[str, tuple[int, ...]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    drawn_shop.draw_room(path.parent / "me@room.jpg")
    lines = [f"me@room.jpg,{name},{','.join(map(str, box))}" for name, box in rows.items()]
    path.write_text("image,relevant,x1,y1,x2,y2\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with the drawn shop, once as an own shop and once as the demo."""
    folder = tmp_path_factory.mktemp("review")
    embedder = load_embedder(resolve("bundled").embedder, "cpu")
    feed = catalog.read(drawn_shop.make_shop(folder / "feed"))
    write_truth(folder / "feed" / "truth.csv", ROOM_BOXES)
    for shop in ("drawn", "demo"):
        settings = Settings.from_env({}, data_dir=str(folder), shop=shop)
        with MilvusStore(settings.store_uri, shop=shop, fingerprint=embedder.fingerprint) as store:
            ingest.run(feed, store, None, embedder)
    return folder


@pytest.fixture(scope="module")
def own(data: Path) -> Iterator[ImageSearch]:
    settings = Settings.from_env({}, data_dir=str(data), shop="drawn")
    core = open_search(settings)
    write_truth(settings.shop_dir("drawn") / "queries.csv", ROOM_BOXES)
    yield core
    core.close()


def readiness_of(core: ImageSearch) -> Readiness:
    made = Readiness(lambda report: core)
    made.start()
    assert made.wait(60)
    return made


@pytest.fixture
def page(data: Path, own: ImageSearch) -> Iterator[Review]:
    """The board of the own shop, without grades."""
    settings = Settings.from_env({}, data_dir=str(data), shop="drawn")
    verdicts.path_of(settings, "drawn").unlink(missing_ok=True)
    yield Review(readiness_of(own), settings)


def grade_all(page: Review, position: int, grades: str, **who: str) -> dict[str, Any]:
    query = page.query({"position": position, **who})
    answer: dict[str, Any] = {}
    for match, grade in zip(query["matches"], grades, strict=True):
        asked = {"query_id": query["query_id"], "product_id": match["product_id"], "grade": grade, **who}
        answer = page.grade(asked)
        assert "error" not in answer, answer
    return answer


def test_a_query_keeps_its_id_when_rows_move(tmp_path: Path, own: ImageSearch) -> None:
    """Picture and box make it; an @ in a file's name does no harm."""
    one = Queue.read(write_truth(tmp_path / "q.csv", ROOM_BOXES), own)
    backwards = dict(reversed(ROOM_BOXES.items()))
    other = Queue.read(write_truth(tmp_path / "q.csv", backwards), own)
    assert one.ids == tuple(reversed(other.ids))
    assert one.ids[0] == "me@room.jpg@96,108,336,630"
    assert one.listed(one.ids[0]).shown.photo == "me@room.jpg"


def test_rows_about_the_same_part_of_a_picture_are_one_query(tmp_path: Path, own: ImageSearch) -> None:
    """All their products are right."""
    box = ROOM_BOXES["SKU-000"]
    made = Queue.read(write_truth(tmp_path / "q.csv", {"SKU-000": box, "SKU-001": box}), own)
    assert len(made.ids) == 1
    assert made.relevant(made.ids[0]) == ["SKU-000", "SKU-001"]


def test_a_row_without_a_box_is_searched_as_the_page_would(tmp_path: Path, own: ImageSearch) -> None:
    """The most prominent thing, else the whole photo; the board shows which."""
    drawn_shop.draw_room(tmp_path / "room.jpg")
    (tmp_path / "q.csv").write_text("image,relevant\nroom.jpg,SKU-023\n", encoding="utf-8")
    made = Queue.read(tmp_path / "q.csv", own)
    listed = made.listed("room.jpg")
    photo = queue.images.load(tmp_path / "room.jpg")
    expected = own.search(photo, top_k=10)
    assert listed.box == expected.box
    assert [m.product_id for m in listed.matches] == [m.product_id for m in expected.matches]


def test_ten_matches_are_found_once_and_kept(page: Review) -> None:
    """The box is drawn where the truth file says; the second look is the same object's answer."""
    about = page.start({})
    assert (about["total"], about["position"], about["in_visit"], about["can_undo"]) == (3, 0, False, False)
    query = page.query({"position": 1})
    assert len(query["matches"]) == 10
    assert query["box"] == pytest.approx([0.4, 0.3, 0.54, 0.7])
    assert query["photo"].startswith("data:image/webp;base64,")
    assert page.query({"position": 1}) == query


def test_judges_are_blind(page: Review, data: Path, own: ImageSearch) -> None:
    """What is right changes nothing in what a judge gets before asking for it, and no score is told."""
    before = [page.query({"position": i}) for i in range(3)]
    settings = Settings.from_env({}, data_dir=str(data), shop="drawn")
    wrong = dict(zip(reversed(ROOM_BOXES), ROOM_BOXES.values(), strict=True))
    write_truth(settings.shop_dir("drawn") / "queries.csv", wrong)
    try:
        other = Review(readiness_of(own), settings)
        assert [other.query({"position": i}) for i in range(3)] == before
        assert other.reveal({"query_id": before[0]["query_id"]})["products"][0]["product_id"] == "SKU-000"
    finally:
        write_truth(settings.shop_dir("drawn") / "queries.csv", ROOM_BOXES)
    assert "score" not in json.dumps(before)
    revealed = page.reveal({"query_id": before[0]["query_id"]})["products"]
    assert [p["product_id"] for p in revealed] == ["SKU-023"]


def test_grades_move_the_figures_and_the_start(page: Review) -> None:
    """A query that is graded whole is not the first one next time; its grades are shown again."""
    answer = grade_all(page, 0, "EISSCIIIII")
    assert answer["figures"]["complete"] == 1
    assert answer["figures"]["precision_at_5"] == 0.6
    assert answer["figures"]["mrr"] == 1.0
    assert page.start({})["position"] == 1
    assert "".join(m["grade"] for m in page.query({"position": 0})["matches"]) == "EISSCIIIII"


def test_undo_says_where_it_happened(page: Review) -> None:
    """Query and product, so that the board can go there."""
    grade_all(page, 2, "EIIIIIIIII")
    last = page.query({"position": 2})["matches"][-1]["product_id"]
    answer = page.undo({})
    assert answer["undone"] == {"position": 2, "product_id": last, "grade": None}
    assert answer["figures"]["complete"] == 0
    for _ in range(9):
        answer = page.undo({})
    assert not answer["can_undo"]
    assert page.undo({})["undone"] is None


@pytest.mark.parametrize(
    ("call", "request_", "words"),
    [
        ("query", {"position": 3}, "0..2"),
        ("query", {"position": "first"}, "0..2"),
        ("query", None, "0..2"),
        ("grade", {"query_id": "none", "product_id": "SKU-000", "grade": "E"}, "'none'"),
        ("grade", {"query_id": "me@room.jpg@96,108,336,630", "product_id": "x", "grade": "E"}, "'x'"),
        ("grade", {"query_id": "me@room.jpg@96,108,336,630", "product_id": "SKU-023", "grade": "A"}, "E, S, C, I"),
        ("note", {"query_id": "none", "note": "x"}, "'none'"),
        ("reveal", {"query_id": "../x"}, "'../x'"),
    ],
)
def test_what_makes_no_sense_is_answered_in_one_sentence(page: Review, call: str, request_: object, words: str) -> None:
    """Never an exception: Gradio would swallow it."""
    answer = getattr(page, call)(request_)
    assert answer["error"] == "bad_query"
    assert words in answer["message"]


def test_a_photo_that_is_gone_is_told(data: Path, own: ImageSearch, tmp_path: Path) -> None:
    """The other queries can still be graded."""
    settings = Settings.from_env({}, data_dir=str(data), shop="drawn")
    truth = settings.shop_dir("drawn") / "queries.csv"
    truth.write_text("image,relevant\nnowhere.jpg,SKU-000\nme@room.jpg,SKU-000\n", encoding="utf-8")
    try:
        made = Review(readiness_of(own), settings)
        assert made.query({"position": 0})["error"] == "bad_image"
        assert len(made.query({"position": 1})["matches"]) == 10
    finally:
        write_truth(truth, ROOM_BOXES)


def test_the_export_is_the_pages_own_grades(page: Review) -> None:
    """CSV and JSON, with a name."""
    grade_all(page, 0, "EIIIIIIIII")
    page.note({"query_id": page.query({"position": 0})["query_id"], "note": "the lamp"})
    made = page.export({"format": "csv"})
    assert (made["name"], made["type"]) == ("review-drawn.csv", "text/csv")
    assert len(list(csv.DictReader(io.StringIO(made["text"])))) == 10
    assert "the lamp" in made["text"]
    assert json.loads(page.export({"format": "json"})["text"])["shop"] == "drawn"


def test_a_shop_without_queries_says_how_to_get_them(data: Path, own: ImageSearch) -> None:
    """With the path."""
    settings = Settings.from_env({}, data_dir=str(data), shop="drawn")
    truth = settings.shop_dir("drawn") / "queries.csv"
    truth.rename(truth.with_suffix(".away"))
    try:
        answer = Review(readiness_of(own), settings).start({})
    finally:
        truth.with_suffix(".away").rename(truth)
    assert answer["error"] == "no_queries"
    assert str(truth) in answer["message"]


def test_in_public_mode_grades_live_in_the_visit(data: Path, own: ImageSearch, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is written, nobody sees another's grades, the oldest visits are forgotten, an own shop is not shown."""
    settings = Settings.from_env({}, data_dir=str(data), shop="demo", public="1")
    monkeypatch.setattr(queue, "DEMO_FEED", data / "feed" / "feed.tsv")
    monkeypatch.setattr(board, "MAX_VISITS", 2)
    core = open_search(settings)
    made = Review(readiness_of(core), settings)
    first, second, third = ({"visit": visit} for visit in VISITS)
    assert made.start(first)["in_visit"] is True
    grade_all(made, 0, "EIIIIIIIII", **first)
    grade_all(made, 0, "IIIIIIIIII", **second)
    assert made.start(first)["figures"]["precision_at_1"] == 1.0
    assert made.start(second)["figures"]["precision_at_1"] == 0.0
    text = made.export(first)["text"]
    assert ",E," in text
    assert VISITS[0] not in text, "the visit's secret must not travel with a shared file"
    assert made.start(third)["figures"]["queries"] == 0
    assert made.start(second)["figures"]["queries"] == 0, "the visit that was idle longest is forgotten"
    assert made.start({"visit": "x"})["error"] == "bad_query"
    assert not verdicts.path_of(settings, "demo").exists()
    core.close()


def test_a_public_page_does_not_show_an_own_shops_queries(data: Path, own: ImageSearch) -> None:
    """They may be photos of people's homes."""
    settings = Settings.from_env({}, data_dir=str(data), shop="drawn", public="1")
    answer = Review(readiness_of(own), settings).start({"visit": VISITS[0]})
    assert answer["error"] == "no_queries"
    assert str(data) not in answer["message"]


def test_a_box_and_no_box_make_different_ids(tmp_path: Path) -> None:
    """The whole picture is a query of its own."""
    query = queue.Query(tmp_path / "t.csv", 2, tmp_path / "p" / "a.jpg", Box(1, 2, 3.6, 4), frozenset("p"))
    assert query_id(query) == "p/a.jpg@1,2,4,4"
    assert query_id(queue.Query(tmp_path / "t.csv", 2, tmp_path / "p" / "a.jpg", None, frozenset("p"))) == "p/a.jpg"
