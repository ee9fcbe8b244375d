"""The whole loop, by the command line: grades, training, a collection beside the old one, compare, switch, back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator
from PIL import Image
from safetensors.numpy import load_file, save_file

from imgsearch import cli, weights
from imgsearch.config import ROOT
from imgsearch.review.verdicts import Shown, ShownList, Verdicts
from imgsearch.store import MilvusStore
from tests.drawn_shop import add_views, draw_product, make_shop

PRODUCTS, PICTURES = 40, 120


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A drawn shop, a truth file about three photos, and weights that have something to learn."""
    add_views(make_shop(tmp_path))
    rows = ["image,relevant,x1,y1,x2,y2"]
    folder = tmp_path / "data" / "shops" / "shop"
    folder.mkdir(parents=True)
    for number, (kind, colour) in enumerate((("mug", "Rust"), ("vase", "Teal"), ("clock", "Ink"))):
        page = Image.new("RGB", (500, 500), (180, 150, 120))
        page.paste(draw_product(kind, colour, 300), (100, 120))
        page.save(folder / f"photo-{number}.jpg")
        rows.append(f"photo-{number}.jpg,{product_of(tmp_path, kind, colour)},150,170,350,370")
    (folder / "queries.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    bundled = weights.resolve("bundled").embedder.path
    state = load_file(bundled)
    state["fc.weight"] = state["fc.weight"][np.arange(256) % 12]
    (tmp_path / "old").mkdir()
    save_file(state, tmp_path / "old" / "embedder.safetensors")
    described = json.loads(bundled.with_suffix(".json").read_text(encoding="utf-8"))
    described["input_size_px"] = 64  # a quarter of the pixels: this is a test of the loop, not of the likeness
    (tmp_path / "old" / "embedder.json").write_text(json.dumps(described), encoding="utf-8")
    return tmp_path


def product_of(folder: Path, kind: str, colour: str) -> str:
    """Found by its picture: some titles of the drawn shop are not its goods' names."""
    wanted = draw_product(kind, colour).tobytes()
    paths = (folder / "pictures" / f"{n}.png" for n in range(PRODUCTS))
    number = next(n for n, path in enumerate(paths) if Image.open(path).tobytes() == wanted)
    return f"SKU-{number:03d}"


def run(world: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    code = cli.main([*arguments, "--data-dir", str(world / "data"), "--shop", "shop", "--json", "--quiet"])
    captured = capsys.readouterr()
    assert code == 0, captured.err
    document: dict[str, Any] = json.loads(captured.out)
    return document


def published(world: Path) -> str:
    with MilvusStore(str(world / "data" / "milvus.db"), shop="shop") as store:
        return str(store.health()["fingerprint"])[:12]


def grade(world: Path) -> None:
    """What a person does on the Review tab."""
    folder = world / "data" / "shops" / "shop"
    verdicts = Verdicts(folder / "review.db")
    for line in (folder / "queries.csv").read_text(encoding="utf-8").splitlines()[1:]:
        photo, product_id, *corners = line.split(",")
        x1, y1, x2, y2 = map(float, corners)
        shown = (Shown(1, product_id, "t", 0.9, "k"), Shown(2, "SKU-005", "t", 0.8, "k"))
        listed = ShownList(f"{photo}@{','.join(corners)}", "m", photo, (x1, y1, x2, y2), shown)
        verdicts.save("me", listed, product_id, "E")
        verdicts.save("me", listed, "SKU-005", "I")
    verdicts.close()


@pytest.mark.soak  # two minutes and more
def test_grades_training_new_collection_compare_switch_roll_back(
    world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed, old, new = str(world / "feed.tsv"), str(world / "old"), str(world / "new")
    assert run(world, capsys, "import", feed, "--models", old)["embedded"] == PICTURES
    before = published(world)
    grade(world)

    arguments = ("--catalog", feed, "--reviewed", "--models", old, "--out", new, "--minutes", "0.02")
    document = run(world, capsys, "train", "embedder", *arguments)
    schema = json.loads((ROOT / "docs" / "cli.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator({"$ref": "#/$defs/train", "$defs": schema["$defs"]}).validate(document)
    assert document["accepted"], document
    assert document["graded_learned_from"] + document["graded_queries"] >= 1
    assert document["model_before"] == before
    assert published(world) == before, "training switches nothing"

    truth = str(world / "data" / "shops" / "shop" / "queries.csv")
    compared = [
        run(world, capsys, "evaluate", "--catalog", feed, "--queries", truth, "--models", models)
        for models in (old, new)
    ]
    assert [one["model"] for one in compared] == [before, document["model_after"]]
    assert compared[1]["mrr"] >= compared[0]["mrr"]

    assert run(world, capsys, "import", feed, "--models", new)["embedded"] == PICTURES
    assert published(world) == document["model_after"]
    photo = str(world / "data" / "shops" / "shop" / "photo-0.jpg")
    assert run(world, capsys, "search", photo, "--models", new)["model"] == document["model_after"]
    assert cli.main(["search", photo, "--models", old, "--data-dir", str(world / "data"), "--shop", "shop"]) == 2
    assert "import" in capsys.readouterr().err

    back = run(world, capsys, "import", feed, "--models", old)
    assert (back["embedded"], back["unchanged"]) == (0, PRODUCTS), "the old collection was kept whole"
    assert published(world) == before


@pytest.mark.parametrize(
    ("arguments", "parts"),
    [
        (["embedder"], ["--catalog", "--data"]),
        (["embedder", "--catalog", "a.tsv", "--data", "b"], ["one of"]),
        (["detector", "--catalog", "a.tsv"], ["boxes", "--data"]),
        (["detector", "--data", "b"], ["--out", "--cutouts", "--backgrounds"]),
        (["embedder", "--data", "b"], ["--out"]),
        (["embedder", "--catalog", "a.tsv", "--minutes", "-1"], ["--minutes", "-1"]),
        (["embedder", "--catalog", "absent.tsv"], ["absent.tsv"]),
        (["embedder", "--catalog", "absent.tsv", "--reviewed", "absent.csv"], ["absent.csv"]),
        (["embedder", "--catalog", "a.tsv", "--init", "b"], ["--init does not go with train embedder --catalog"]),
        (["detector", "--data", "b.yaml", "--rooms", "b"], ["--rooms does not go with", "data.yaml"]),
        (["detector", "--data", "b.yaml", "--whole"], ["--whole does not go with"]),
        (["embedder", "--data", "b", "--out", "o", "--reviewed"], ["--reviewed does not go with", "collections"]),
        (["embedder", "--data", "b", "--out", "o", "--backgrounds", "b"], ["--backgrounds does not go with"]),
        (["embedder", "--data", "absent", "--out", "o"], ["--data expects a folder", "absent"]),
        (["embedder", "--data", "tests", "--out", "o", "--rooms", "absent"], ["--rooms expects a folder", "absent"]),
        (["embedder", "--data", "tests", "--out", "o", "--init", "nope.safetensors"], ["--init", "nope.safetensors"]),
        (["embedder", "--data", "tests", "--out", "o", "--models", "pretrained"], ["Official weights"]),
    ],
)
def test_arguments_that_do_not_fit_are_one_sentence_and_exit_code_2(
    arguments: list[str], parts: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["train", *arguments]) == 2
    lines = [line for line in capsys.readouterr().err.splitlines() if line.strip()]
    assert len(lines) == 1
    assert all(part in lines[0] for part in parts), lines[0]
