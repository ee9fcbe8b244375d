"""Every command's real JSON validates against `docs/cli.schema.json`, and the schema refuses what is not in it."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from PIL import Image

from imgsearch import cli
from imgsearch.config import ROOT
from tests.drawn_shop import draw_product, draw_room, make_shop

SCHEMA: dict[str, Any] = json.loads((ROOT / "docs" / "cli.schema.json").read_text(encoding="utf-8"))


def check(document: dict[str, Any], name: str) -> None:
    Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": SCHEMA["$defs"]}).validate(document)
    Draft202012Validator(SCHEMA).validate(document)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn shop with one broken row, photos and a truth file; imported into a data directory by the command."""
    folder = tmp_path_factory.mktemp("world")
    feed = make_shop(folder)
    with feed.open("a", encoding="utf-8") as file:
        file.write("SKU-999\t\tA product without a picture\t\t\t1.00 EUR\tin_stock\tKitchen\t\t\tpictures/none.png\n")
    draw_room(folder / "room.jpg")
    Image.new("RGB", (300, 300), (222, 222, 222)).save(folder / "nothing.png")
    draw_product("mug", "Cobalt").save(folder / "mug.png")
    (folder / "truth.csv").write_text("image,relevant,x1,y1,x2,y2\nmug.png,SKU-000,80,80,320,320\n", encoding="utf-8")
    return folder


def run_apart(world: Path, *arguments: str) -> tuple[int, dict[str, Any]]:
    """The command as another program calls it; standard output must be one document and nothing else."""
    command = [sys.executable, "-m", "imgsearch", *arguments, "--json", "--data-dir", str(world / "data")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert "Traceback" not in done.stderr, done.stderr
    document: dict[str, Any] = json.loads(done.stdout)
    return done.returncode, document


Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(world: Path, capfd: pytest.CaptureFixture[str]) -> Run:
    """The same in this process, which has the libraries loaded: what they print beside Python counts, too."""

    def here(*arguments: str) -> tuple[int, dict[str, Any]]:
        capfd.readouterr()
        code = cli.main([*arguments, "--json", "--data-dir", str(world / "data")])
        out, err = capfd.readouterr()
        assert "Traceback" not in err, err
        document: dict[str, Any] = json.loads(out)
        return code, document

    return here


@pytest.fixture(scope="module")
def imported(world: Path) -> dict[str, Any]:
    code, document = run_apart(world, "import", str(world / "feed.tsv"))
    assert code == 0
    return document


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


def test_import_prints_what_it_did(imported: dict[str, Any]) -> None:
    check(imported, "import")
    assert (imported["products"], imported["added"], imported["embedded"]) == (40, 40, 40)
    assert [r["product_id"] for r in imported["rejected"]] == ["SKU-999"]
    assert len(imported["sample"]) >= 40


def test_a_dry_run_prints_the_same_and_writes_nothing(
    world: Path, run: Run, imported: dict[str, Any], tmp_path: Path
) -> None:
    code, document = run("import", str(world / "feed.tsv"), "--dry-run", "--uri", str(tmp_path / "fresh.db"))
    assert code == 0
    check(document, "import")
    assert (document["added"], document["embedded"], len(document["rejected"])) == (40, 0, 1)
    assert not list(tmp_path.iterdir())
    code, document = run("import", str(world / "feed.tsv"), "--dry-run")
    assert (code, document["added"], document["unchanged"]) == (0, 0, 40), "it is compared with the shop as it is"


def test_an_import_again_finds_everything_unchanged(world: Path, run: Run, imported: dict[str, Any]) -> None:
    code, document = run("import", str(world / "feed.tsv"))
    assert code == 0
    check(document, "import")
    assert (document["unchanged"], document["added"], document["embedded"]) == (40, 0, 0)


def test_detect(world: Path, run: Run) -> None:
    code, document = run("detect", str(world / "room.jpg"))
    assert code == 0
    check(document, "detect")
    assert (document["width"], document["height"]) == (1200, 900)


def test_search_by_a_box_by_detection_and_as_a_whole(world: Path, run: Run, imported: dict[str, Any]) -> None:
    code, given = run("search", str(world / "room.jpg"), "--box", "768,468,912,630", "--top-k", "5")
    assert code == 0
    check(given, "search")
    assert given["box_source"] == "given"
    assert given["box"] == [768, 468, 912, 630]
    assert [m["rank"] for m in given["matches"]] == [1, 2, 3, 4, 5]
    scores = [m["score"] for m in given["matches"]]
    assert scores[0] == max(scores), "the nearest; behind it the order is of kind and nearness"
    code, found = run("search", str(world / "room.jpg"))
    assert code == 0
    check(found, "search")
    assert found["box_source"] in ("detected", "whole")


def test_filters_narrow_and_no_match_is_done(world: Path, run: Run, imported: dict[str, Any]) -> None:
    box = ("--box", "80,80,320,320")
    filters = ("--category", "Living", "--min-price", "10", "--max-price", "60", "--currency", "EUR", "--in-stock")
    code, document = run("search", str(world / "mug.png"), *box, *filters)
    assert code == 0
    check(document, "search")
    assert document["matches"]
    for match in document["matches"]:
        assert match["category"].startswith("Living > ")
        assert 10 <= match["price"] <= 60
        assert match["in_stock"]
    code, nothing = run("search", str(world / "mug.png"), *box, "--category", "Garden")
    assert code == 0
    check(nothing, "search")
    assert (nothing["matches"], nothing["verdict"]) == ([], "none")


def test_evaluate_with_baselines(world: Path, run: Run) -> None:
    arguments = ("--catalog", str(world / "feed.tsv"), "--queries", str(world / "truth.csv"), "--baselines")
    code, document = run("evaluate", *arguments)
    assert code == 0
    check(document, "evaluate")
    assert document["recall_at_1"] == 1.0, "the query is the catalog's own picture"


def test_calibrate_fits_the_shop(world: Path, run: Run, imported: dict[str, Any]) -> None:
    code, fitted = run("calibrate")
    assert code == 0
    check(fitted, "calibrate")
    assert (fitted["shop"], fitted["measured"], fitted["warnings"]) == ("shop", None, [])
    code, error = run("calibrate", "--queries", str(world / "truth.csv"))
    assert (code, "--catalog" in error["error"]["message"]) == (2, True)


def test_doctor_on_a_fresh_directory_and_on_a_shop(run: Run, imported: dict[str, Any], tmp_path: Path) -> None:
    code, document = run("doctor", "--uri", str(tmp_path / "fresh.db"))
    check(document, "doctor")
    assert (code, document["ok"]) == (0, True)
    assert not list(tmp_path.iterdir()), "looking makes no database"
    code, document = run("doctor")
    check(document, "doctor")
    assert (code, document["ok"]) == (0, True)
    assert [(s["shop"], s["images"], s["matches_model"]) for s in document["store"]["shops"]] == [("shop", 40, True)]


def test_doctor_says_what_is_wrong_and_what_to_do(world: Path, run: Run) -> None:
    code, document = run("doctor", "--uri", "http://root:Secret@127.0.0.1:9", "--models", str(world))
    check(document, "doctor")
    assert document["store"]["uri"] == "http://127.0.0.1:9"
    assert "Secret" not in json.dumps(document), "it is what people send around when something is wrong"
    assert (code, document["ok"]) == (2, False)
    failed = {c["name"]: c["remedy"] for c in document["checks"] if not c["ok"]}
    assert {"embedder", "store"} <= failed.keys()
    assert all(failed.values())


def test_bench_beside_the_reference(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from imgsearch import bench
    from imgsearch.commands.bench import page_visit

    document = bench.run("bundled", world / "feed.tsv", world / "room.jpg", page=page_visit, rounds=2)
    check(document, "bench")
    assert document["page"]["p50_ms"] > 0
    assert document["setup"]["photo_px"] == [1600, 1200]
    assert document["setup"]["gallery_images"] == 40
    assert document["cold_start_s"] > 0
    assert document["peak_mib"] is None or document["peak_mib"] > 50
    if document["reference"] is not None:
        assert document["reference"]["resnet50"]["embed"]["ratio"] > 0


def test_review_metrics_export_and_import(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from imgsearch.review.verdicts import Shown, ShownList, Verdicts

    folder = tmp_path / "shops" / "demo"
    matches = tuple(Shown(rank, f"SKU-{rank}", "=Mug", 0.9 - rank / 20, "k") for rank in range(1, 11))
    shown = ShownList("a.jpg@1,2,3,4", "abc", "a.jpg", (1.0, 2.0, 3.0, 4.0), matches)
    verdicts = Verdicts(folder / "review.db")
    for match in matches:
        verdicts.save("me", shown, match.product_id, "E" if match.rank == 2 else "I")
    verdicts.close()

    assert cli.main(["review", "metrics", "--data-dir", str(tmp_path), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    check(document, "review_metrics")
    assert (document["shop"], document["mrr"], document["grades"]["E"]) == ("demo", 0.5, 1)

    for name in ("grades.csv", "grades.json"):
        arguments = ["review", "export", str(tmp_path / name), "--data-dir", str(tmp_path), "--json"]
        assert cli.main(arguments) == 0
        document = json.loads(capsys.readouterr().out)
        check(document, "review_export")
        assert (document["lists"], document["rows"]) == (1, 10)
    assert "'=Mug" in (tmp_path / "grades.csv").read_text(encoding="utf-8")
    assert len(json.loads((tmp_path / "grades.json").read_text(encoding="utf-8"))["rows"]) == 10

    for name in ("grades.csv", "grades.json"):
        arguments = ["review", "import", str(tmp_path / name), "--data-dir", str(tmp_path / name[-4:]), "--json"]
        for counts in ({"added": 10, "unchanged": 0}, {"added": 0, "unchanged": 10}):
            assert cli.main(arguments) == 0
            document = json.loads(capsys.readouterr().out)
            check(document, "review_import")
            assert document.items() >= {**counts, "shop": "demo", "lists": 1, "rows": 10, "replaced": 0}.items()

    assert cli.main(["review", "export", "grades.xls", "--data-dir", str(tmp_path)]) == 2
    assert ".csv or .json" in capsys.readouterr().err
    assert cli.main(["review", "metrics", "--data-dir", str(tmp_path / "empty")]) == 2
    assert "Review tab" in capsys.readouterr().err
    assert not (tmp_path / "empty").exists()


def test_errors_and_the_password_hash(world: Path, run: Run) -> None:
    code, document = run("detect", str(world / "truth.csv"))
    assert code == 2
    check(document, "error")
    done = subprocess.run(
        [sys.executable, "-m", "imgsearch", "doctor", "--hash-password", "--json"],
        cwd=ROOT,
        input="open sesame\n",
        capture_output=True,
        text=True,
        check=True,
    )
    check(json.loads(done.stdout), "doctor_hash_password")


def test_the_schema_refuses_a_field_that_is_missing_unknown_or_of_another_type(imported: dict[str, Any]) -> None:
    def broken(**change: Any) -> dict[str, Any]:
        return copy.deepcopy(imported) | change

    for document in (broken(added="40"), broken(extra=1), broken(format="excel"), broken(products=-1)):
        with pytest.raises(ValidationError):
            check(document, "import")
    missing = copy.deepcopy(imported)
    del missing["seconds"]
    with pytest.raises(ValidationError):
        check(missing, "import")


def test_every_command_that_is_offered_has_its_schema() -> None:
    commands = cli.build_parser()._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert commands is not None
    assert set(commands) - {"review"} <= set(SCHEMA["$defs"])
