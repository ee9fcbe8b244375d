"""An exported file comes back as it was; a bad row changes nothing; the later of two grades stays."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imgsearch import cli
from imgsearch.errors import CatalogError
from imgsearch.review import export, reading
from imgsearch.review.verdicts import Judged, Merged, Shown, ShownList, Verdicts

EARLY, LATE, LATEST = (f"2026-01-0{day}T10:00:00+00:00" for day in (1, 2, 3))


def judged(
    grades: dict[str, str], when: str = LATE, name: str = "a.jpg", judge: str = "me", model: str = "m1", note: str = ""
) -> Judged:
    """A list of the products a, b and c with these grades."""
    matches = tuple(Shown(i, p, f"=mug {p}", 0.9 - i / 8, "") for i, p in enumerate("abc", 1))
    shown = ShownList(name, model, name.partition("@")[0], (1.0, 2.5, 10.0, 20.0), matches)
    return Judged(shown, judge, dict(grades), dict.fromkeys(grades, when), note)  # type: ignore[arg-type]


HOSTILE = [
    judged({"a": "E", "c": "I"}, name="=1+1.jpg@1,2,3,4", judge="@me", note='\'=SUM(A1)\r\nsecond, "line"'),
    judged({"b": "S"}, name="ספל.jpg", note="-"),
    judged({"b": "C"}, name="ספל.jpg", judge="you", note="' tis fine"),
]


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Verdicts]:
    made = Verdicts(tmp_path / "review.db")
    yield made
    made.close()


def write(path: Path, lists: list[Judged]) -> Path:
    text = export.to_csv(lists) if path.suffix == ".csv" else export.to_json("shop", lists)
    path.write_text(text, encoding="utf-8", newline="")
    return path


@pytest.mark.parametrize("name", ["g.csv", "g.json"])
def test_what_was_exported_is_exported_again(name: str, tmp_path: Path, kept: Verdicts) -> None:
    """Byte for byte, with formulas, line breaks and other scripts; a second time changes nothing."""
    file = write(tmp_path / name, HOSTILE)
    first = file.read_bytes()
    assert kept.merge(reading.read(file)) == Merged(added=4, notes_added=3)
    again = sorted(kept.judged("m1"), key=lambda one: [h.shown.query_id for h in HOSTILE].index(one.shown.query_id))
    assert write(file, again).read_bytes() == first
    assert kept.merge(reading.read(file)) == Merged(unchanged=4)


@given(st.text(alphabet=" '=+-@\t\r\n＝ax", max_size=8))
def test_every_cell_comes_back_as_it_was(text: str) -> None:
    """Also one that begins with an apostrophe of its own."""
    cell = export.safe_cell(text)
    assert isinstance(cell, str)
    assert export.plain_cell(cell) == text


def test_rows_may_stand_in_any_order(tmp_path: Path) -> None:
    """A spreadsheet sorted them, moved a column, and wrote the byte order mark or not."""
    rows = list(csv.DictReader(io.StringIO(export.to_csv(HOSTILE).removeprefix("\ufeff"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, sorted(export.COLUMNS))
    writer.writeheader()
    writer.writerows(reversed(rows))
    file = tmp_path / "g.csv"
    file.write_text(out.getvalue(), encoding="utf-8", newline="")
    assert sorted(reading.read(file), key=repr) == sorted(HOSTILE, key=repr)


def test_the_later_grade_stays(kept: Verdicts) -> None:
    """And what is here where both are equally old."""
    kept.merge([judged({"a": "E", "b": "E", "c": "S"}, LATE, note="mine")])
    assert kept.merge([judged({"a": "I", "b": "E"}, EARLY, note="yours")]) == Merged(kept=1, unchanged=1, notes_kept=1)
    assert kept.merge([judged({"a": "I"}, LATE)]) == Merged(kept=1)
    assert kept.merge([judged({"a": "I", "c": "S"}, LATEST)]) == Merged(replaced=1, unchanged=1)
    (one,) = kept.judged("m1")
    assert (one.grades, one.note) == ({"a": "I", "b": "E", "c": "S"}, "mine")
    assert one.graded_at == {"a": LATEST, "b": LATE, "c": LATEST}


def test_a_list_stays_as_it_was_shown_last(kept: Verdicts) -> None:
    """Its pictures are known here only."""
    first = judged({"a": "E"}, LATE)
    here = dataclasses.replace(
        first.shown, matches=tuple(dataclasses.replace(m, image=f"key-{m.product_id}") for m in first.shown.matches[:2])
    )
    kept.merge([dataclasses.replace(first, shown=here)])
    kept.merge([judged({"a": "E"}, EARLY)])
    assert kept.judged("m1")[0].shown == here
    kept.merge([judged({"a": "E"}, LATEST)])
    assert [m.image for m in kept.judged("m1")[0].shown.matches] == ["key-a", "key-b", ""]


def test_an_older_models_grades_do_not_become_the_newest(kept: Verdicts) -> None:
    """`review metrics` goes on to tell of the model that was graded last; a later file's model takes its place."""
    kept.save("me", judged({}, model="m2").shown, "a", "E")
    kept.merge([judged({"a": "E"}, EARLY), judged({"b": "S"}, EARLY, name="b.jpg")])
    assert kept.newest_model() == "m2"
    assert len(kept.judged("m1")) == 2
    kept.merge([judged({"c": "E"}, "2999-01-01T00:00:00+00:00", model="m3")])
    assert kept.newest_model() == "m3"


def test_undo_does_not_go_back_behind_an_imported_grade(kept: Verdicts) -> None:
    """Other steps stay."""
    shown = judged({}).shown
    for product, grade in (("a", "S"), ("b", "S"), ("a", "C")):
        kept.save("me", shown, product, grade)  # type: ignore[arg-type]
    kept.merge([judged({"a": "E"}, "2999-01-01T00:00:00+00:00")])
    undone = kept.undo("me")
    assert undone is not None
    assert undone.product_id == "b"
    assert kept.grades("me", "a.jpg") == {"a": "E"}
    assert not kept.can_undo("me")


def cell(name: str, value: Any, row: int = 1) -> Callable[[list[dict[str, Any]]], None]:
    return lambda rows: rows[row].__setitem__(name, value)


BAD: dict[str, tuple[Callable[[list[dict[str, Any]]], object], str]] = {
    "grade": (cell("grade", "F"), "row 3: a grade is one of E, S, C, I, or empty; got 'F'"),
    "no time": (cell("graded_at", "", 0), "row 2: graded_at is a time"),
    "time without zone": (cell("graded_at", "2026-01-01T10:00:00", 0), "row 2: graded_at is a time"),
    "number": (cell("score", "high"), "row 3: score is a number; got 'high'"),
    "not finite": (cell("x1", "inf"), "row 3: x1 is a number"),
    "box": (cell("x2", "0.5"), "row 3: the box needs"),
    "rank": (cell("rank", "0"), "row 3: rank counts from 1"),
    "id": (cell("product_id", ""), "row 3: product_id is empty"),
    "judge": (cell("judge", ""), "row 3: judge is empty"),
    "twice": (cell("product_id", "a"), "row 3: the product 'a' stands in row 2"),
    "rank twice": (cell("rank", "1"), "row 3: the rank 1"),
    "photo": (cell("photo", "other.jpg"), "row 3: .*another photo, box or note"),
    "note": (cell("note", "x" * 2001), "row 3: a note has at most 2000"),
    "gap": (lambda rows: rows.pop(1), "the match of rank 2 of this query is missing"),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_row_is_named_and_nothing_is_kept(what: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence; no file of grades is made."""
    damage, sentence = BAD[what]
    lists = [judged({"a": "E", "b": "S"})]
    rows = [{name: str(value) for name, value in row.items()} for row in export.rows(lists)]
    damage(rows)
    file = tmp_path / "g.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.DictWriter(out, export.COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(CatalogError, match=sentence):
        reading.read(file)
    assert cli.main(["review", "import", str(file), "--data-dir", str(tmp_path / "data")]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("g.csv", b"", "'query_id' is missing"),
        ("g.csv", b"query_id;photo\r\n", "separated by commas"),
        ("g.csv", ",".join(export.COLUMNS).encode(), "no rows"),
        ("g.csv", ",".join(export.COLUMNS).encode() + b"\r\na,b\r\n", "row 2: 15 cells were expected; got 2"),
        ("g.csv", ",".join(export.COLUMNS).encode() + b'\r\n"a"b,', "row 2: this is not CSV"),
        ("g.csv", b"\xff\xfe\x00", "expected UTF-8"),
        ("g.json", b"{", "not JSON"),
        ("g.json", b"[" * 100_000, "not JSON"),
        ("g.json", b'{"rows": 3}', "list `rows`"),
        ("g.json", b'{"rows": [{"query_id": "a"}]}', "row 1: expected an object with 'photo'"),
        ("g.json", b'{"rows": [7]}', "row 1: expected an object"),
        ("g.txt", b"", ".csv or .json"),
        ("gone.csv", None, "can't be opened"),
    ],
)
def test_another_file_is_told_in_one_sentence(
    name: str, content: bytes | None, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2."""
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)
    assert cli.main(["review", "import", str(file), "--data-dir", str(tmp_path / "data")]) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert told.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("title", 7), ("title", "\ud800"), ("rank", True), ("rank", 1.5), ("score", None), ("x1", 10**400), ("grade", [])],
)
def test_a_json_value_of_another_kind_is_refused(name: str, value: Any, tmp_path: Path) -> None:
    """With its row."""
    document = json.loads(export.to_json("shop", HOSTILE[:1]))
    document["rows"][1][name] = value
    file = tmp_path / "g.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(CatalogError, match=r"row 2: "):
        reading.read(file)


def test_grades_go_to_the_shop_that_the_page_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The own one if there is one; a grade that fails halfway leaves nothing."""
    file = write(tmp_path / "g.json", HOSTILE)
    (tmp_path / "shops" / "shop").mkdir(parents=True)
    assert cli.main(["review", "import", str(file), "--data-dir", str(tmp_path)]) == 0
    assert "into the shop shop: 4 grades added" in capsys.readouterr().out
    verdicts = Verdicts(tmp_path / "shops" / "shop" / "review.db")
    broken = dataclasses.replace(judged({"a": "E", "b": "F"}), judge="other")
    with pytest.raises(Exception, match="CHECK"):
        verdicts.merge([broken])
    assert verdicts.grades("other", "a.jpg") == {}
    verdicts.close()
