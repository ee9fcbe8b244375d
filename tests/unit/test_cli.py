"""The command line: exit codes, what goes to which stream, and one sentence for whatever is wrong."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from imgsearch import cli
from imgsearch.commands.terminal import table
from imgsearch.config import ROOT


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command line as a program of its own."""
    return subprocess.run(
        [sys.executable, "-m", "imgsearch", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    picture = Image.new("RGB", (320, 240), "white")
    ImageDraw.Draw(picture).ellipse((60, 40, 220, 200), fill="red")
    path = tmp_path / "photo.png"
    picture.save(path)
    return path


def one_sentence(capsys: pytest.CaptureFixture[str]) -> str:
    """Standard error, checked to be one line without a traceback."""
    captured = capsys.readouterr()
    lines = captured.err.strip().splitlines()
    assert len(lines) == 1, captured.err
    assert "Traceback" not in captured.err
    return lines[0]


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        ([], ["COMMAND", "--help"]),
        (["dance"], ["dance", "detect", "search", "--help"]),
        (["detect"], ["PHOTO", "detect --help"]),
        (["detect", "a.jpg", "--loud"], ["--loud", "--help"]),
        (["search", "a.jpg", "--top-k", "many"], ["--top-k", "int", "'many'", "search --help"]),
        (["evaluate", "--catalog", "x"], ["--queries", "evaluate --help"]),
        (["evaluate", "--catalog", "x", "--queries", "y", "--target", "all"], ["--target", "'all'", "whole", "box"]),
        (["import", "x", "--format", "excel"], ["--format", "'excel'", "google"]),
        (["search", "a.jpg", "--js"], ["--js"]),
        (["review"], ["ACTION", "review --help"]),
        (["review", "forget"], ["'forget'", "metrics", "export"]),
        (["train", "poet"], ["'poet'", "embedder"]),
    ],
)
def test_arguments_that_can_not_be_understood_are_one_sentence_and_exit_code_2(
    arguments: list[str], parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(arguments) == 2
    sentence = one_sentence(capsys)
    assert all(part in sentence for part in parts), sentence


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["detect", "absent.jpg"], "bad_image", "absent.jpg"),
        (["search", "absent.jpg"], "bad_image", "absent.jpg"),
        (["search", "absent.jpg", "--box", "1,2,3"], "bad_box", "four numbers"),
        (["search", "absent.jpg", "--box", "a,b,c,d"], "bad_box", "four numbers"),
        (["detect", "absent.jpg", "--uri", "ftp://x"], "bad_setting", "'ftp://x'"),
        (["detect", "absent.jpg", "--shop", "a b"], "bad_setting", "'a b'"),
        (["import", "absent.tsv"], "bad_catalog", "absent.tsv"),
        (["evaluate", "--catalog", "absent.tsv", "--queries", "q.csv"], "bad_catalog", "absent.tsv"),
        (["--json", "dance"], "usage", "dance"),
    ],
)
def test_with_json_an_error_is_a_document_on_standard_output_too(
    arguments: list[str], code: str, part: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main([*arguments, "--json"]) == 2
    captured = capsys.readouterr()
    error = json.loads(captured.out)["error"]
    assert error["code"] == code
    assert part in error["message"]
    assert captured.err.strip() == error["message"]


def test_an_unknown_setting_in_the_environment_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMGSEARCH_COLOUR", "red")
    assert cli.main(["detect", "absent.jpg"]) == 2
    sentence = one_sentence(capsys)
    assert "IMGSEARCH_COLOUR" in sentence
    assert "IMGSEARCH_SHOP" in sentence


def test_a_file_that_is_no_picture_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter = tmp_path / "letter.jpg"
    letter.write_text("Dear shop, I saw a mug.")
    assert cli.main(["detect", str(letter)]) == 2
    assert "not a picture" in one_sentence(capsys)


def test_a_data_directory_that_can_not_be_written_is_one_sentence(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    assert cli.main(["search", str(photo), "--data-dir", str(blocked / "data")]) == 2
    assert "--data-dir" in one_sentence(capsys)


@pytest.mark.parametrize("arguments", [["bench", "--out"], ["review", "export"]])
@pytest.mark.parametrize(
    ("name", "says"), [("absent/x.csv", "no folder"), ("photo.png/x.csv", "no folder"), ("", "is a folder")]
)
def test_a_file_that_can_not_lie_there_is_one_sentence_before_the_work(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], name: str, says: str
) -> None:
    assert cli.main([*arguments, str(tmp_path / name), "--data-dir", str(tmp_path / "data")]) == 2
    sentence = one_sentence(capsys)
    assert says in sentence
    assert str(tmp_path) in sentence


@pytest.mark.parametrize("how", [[], ["--dry-run"], ["--add"]])
def test_nothing_is_imported_into_the_demos_shop(
    tmp_path: Path, photo: Path, capsys: pytest.CaptureFixture[str], how: list[str]
) -> None:
    feed = tmp_path / "mine.tsv"
    feed.write_text(f"id\ttitle\timage_link\n1\tMug\t{photo.name}\n")
    data = tmp_path / "data"
    assert cli.main(["import", str(feed), *how, "--shop", "demo", "--data-dir", str(data), "--quiet"]) == 2
    assert "keeps its own products" in one_sentence(capsys)
    assert not data.exists()


def test_detect_prints_one_document_and_searches_no_store(photo: Path) -> None:
    result = run("detect", str(photo), "--json")
    assert result.returncode == 0, result.stderr
    document = json.loads(result.stdout)
    assert (document["width"], document["height"]) == (320, 240)
    confidences = [d["confidence"] for d in document["detections"]]
    assert confidences == sorted(confidences, reverse=True)
    assert not any(Path(os.environ["IMGSEARCH_DATA_DIR"]).rglob("*")), "detect writes nothing"


def test_detect_prints_a_table_for_people(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["detect", str(photo)]) == 0
    assert "320 x 240 px" in capsys.readouterr().out


def test_a_search_before_any_import_says_to_import(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", str(photo), "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "collection_missing"
    assert "import" in error["message"].lower()


def test_a_server_that_is_not_there_is_one_sentence(photo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["search", str(photo), "--uri", "http://127.0.0.1:9"]) == 2
    assert "127.0.0.1:9" in one_sentence(capsys)


def test_help_loads_no_heavy_library_and_names_every_command() -> None:
    code = (
        "import sys\nfrom imgsearch.cli import build_parser\ntext = build_parser().format_help()\n"
        "heavy = {'torch', 'gradio', 'ultralytics', 'pymilvus', 'openvino'} & set(sys.modules)\n"
        "assert not heavy, heavy\nprint(text)"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
    for command in ("detect", "search", "import", "evaluate", "bench", "doctor", "migrate", "review", "train"):
        assert f"  {command} " in result.stdout


def test_the_common_flags_are_on_every_command() -> None:
    parser = cli.build_parser()
    commands = parser._subparsers._group_actions[0].choices  # type: ignore[union-attr]
    assert commands is not None
    for name, command in commands.items():
        nested = command._subparsers._group_actions[0].choices.values() if name == "review" else [command]
        for text in (part.format_help() for part in nested):
            assert all(flag in text for flag in ("--uri", "--data-dir", "--shop", "--models", "--json", "--quiet"))


def test_a_reader_that_leaves_early_is_no_error(photo: Path) -> None:
    command = f"{sys.executable} -m imgsearch detect {photo} --json | true; exit ${{PIPESTATUS[0]}}"
    result = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0
    assert result.stderr == ""


def test_ctrl_c_is_exit_code_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("imgsearch.images.load", interrupted)
    assert cli.main(["detect", "any.jpg"]) == 130
    assert "Interrupted" in one_sentence(capsys)


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 1 with Python's own traceback: an exception that is none of ours leaves `main`."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("imgsearch.images.load", broken)
    with pytest.raises(ZeroDivisionError):
        cli.main(["detect", "any.jpg"])


def test_the_password_hash_for_the_login_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    from imgsearch.passwords import verify_password

    result = subprocess.run(
        [sys.executable, "-m", "imgsearch", "doctor", "--hash-password"],
        cwd=ROOT,
        input="open sesame\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert verify_password("open sesame", result.stdout.strip())


def test_a_table_aligns_its_columns_and_never_redraws_the_terminal() -> None:
    shown = table(["id", "n", "title"], [["a", 5, "red\x1b[2Jmug"], ["long", 12, None]])
    assert shown.splitlines() == ["id     n  title", "a      5  red [2Jmug", "long  12  -"]
