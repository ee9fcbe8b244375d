"""What verdicts are worth: counted as one counts by hand, on photos that the thresholds never saw."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

from imgsearch import cli, reliability
from imgsearch.calibrate import Answers, Trial
from imgsearch.commands.calibrate import calibrate_table
from imgsearch.config import ROOT
from imgsearch.errors import CatalogError, QueryError
from imgsearch.queries import read_unsold
from imgsearch.reliability import Judged
from tests.drawn_shop import draw_room, make_shop


def write(path: Path, header: str, *rows: str) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def test_the_table_counts_what_was_right_per_verdict() -> None:
    judged = [
        Judged("exact", sku=True, group=True),
        Judged("exact", sku=False, group=True),
        Judged("likely"),
        Judged("none"),
    ]
    rows = {row["verdict"]: row for row in reliability.table(judged)}
    assert list(rows) == ["exact", "likely", "similar", "none"]
    assert (rows["exact"]["n"], rows["exact"]["sku"]["share"], rows["exact"]["group"]["share"]) == (2, 0.5, 1.0)
    assert (rows["similar"]["n"], rows["similar"]["sku"]["share"]) == (0, None)
    counted = reliability.rates(judged)
    assert (counted["n"], counted["accepted"]["share"], counted["none"]["share"]) == (4, 0.75, 0.25)
    assert counted["accepted"]["ci95"][0] < 0.75 < counted["accepted"]["ci95"][1]


def test_expected_rates_judge_each_half_by_the_other() -> None:
    """Two kinds of foreign things, one near and one far: fitted on the far one, the near one is accepted."""

    def answers(scores: list[float], groups: list[str]) -> Answers:
        values = np.array(scores)
        return Answers(
            values, np.zeros(len(values)), np.zeros(len(values)), np.ones(len(values), np.bool_), np.array(groups)
        )

    own = answers([0.9] * 40, [f"g{i}" for i in range(40)])
    by_side = {reliability._side(f"kind {i}"): f"kind {i}" for i in range(20)}
    foreign = answers([0.8] * 30 + [0.2] * 30, [by_side[0]] * 30 + [by_side[1]] * 30)
    found = reliability.expected(Trial(own, answers([], []), answers([], []), foreign))
    assert found["foreign"]["accepted"]["share"] == 0.5, "each on its own would accept nothing"
    assert found["leave_group_out"]["n"] == 0


def test_unsold_rows_are_those_without_a_product(tmp_path: Path) -> None:
    path = write(
        tmp_path / "boxes.csv",
        "image,class,product_id,x1,y1,x2,y2,visible",
        "a.jpg,mug,m-1,0,0,10,10,1.0",
        "a.jpg,book,,5,5,40,40,0.9",
        "b.jpg,fruit,,,,,,0.2",
    )
    book, fruit = read_unsold(path)
    assert (book.image, book.kind, book.row, book.box and book.box.xyxy) == (
        tmp_path / "a.jpg",
        "book",
        3,
        (5, 5, 40, 40),
    )
    assert fruit.box is None
    assert [one.kind for one in read_unsold(path, "visible>=0.5")] == ["book"]
    with pytest.raises(QueryError, match="without a product_id"):
        read_unsold(path, "visible>=2")
    with pytest.raises(CatalogError, match="product_id"):
        read_unsold(write(tmp_path / "truth.csv", "image,relevant", "a.jpg,m-1"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn shop and a photo with four of its goods; half of the floor and a wall are not for sale."""
    folder = tmp_path_factory.mktemp("world")
    feed = make_shop(folder)
    draw_room(folder / "room.jpg")
    with feed.open(encoding="utf-8", newline="") as file:
        goods = {(r["product_type"], r["color"]): r["id"] for r in csv.DictReader(file, delimiter="\t")}
    lamp, vase = goods["Living > Lamps", "Mustard"], goods["Living > Vases", "Teal"]
    write(
        folder / "truth.csv",
        "image,relevant,x1,y1,x2,y2",
        f"room.jpg,{lamp},96,108,336,630",
        f"room.jpg,{vase},480,270,648,630",
    )
    write(
        folder / "boxes.csv",
        "image,class,product_id,x1,y1,x2,y2",
        f"room.jpg,lamp,{lamp},96,108,336,630",
        "room.jpg,floor,,0,660,500,890",
        "room.jpg,wall,,700,20,1180,300",
    )
    return folder


def test_measuring_counts_every_photo_and_touches_no_shop(
    world: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [f"--{name}={world / file}" for name, file in (
        ("catalog", "feed.tsv"), ("queries", "truth.csv"), ("unsold", "boxes.csv")
    )]  # fmt: skip
    assert cli.main(["calibrate", *files, "--data-dir", str(tmp_path / "data"), "--quiet", "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert not (tmp_path / "data").exists()
    schema = json.loads((ROOT / "docs" / "cli.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator({"$ref": "#/$defs/calibrate", "$defs": schema["$defs"]}).validate(found)
    measured = found["measured"]
    assert (measured["sold"]["n"], measured["leave_group_out"]["n"], measured["unsold"]["n"]) == (2, 2, 2)
    assert sum(row["n"] for row in measured["verdicts"]) == 2
    assert measured["unsold_by_kind"].keys() == {"floor", "wall"}
    assert found["snapshots"] >= 160 and found["distractors"] > 500 and found["warnings"] == []
    shown = calibrate_table(found)
    assert "not kept" in shown and "things it does not sell" in shown


def test_a_picture_of_the_catalog_is_no_test_photo(world: Path) -> None:
    truth = write(world / "own.csv", "image,relevant", "pictures/0.png,SKU-000")
    few = write(world / "few.tsv", *(world / "feed.tsv").read_text(encoding="utf-8").splitlines()[:4])
    with pytest.raises(CatalogError, match=r"row 2: .*picture of the catalog"):
        reliability.measure(few, truth, "bundled")
