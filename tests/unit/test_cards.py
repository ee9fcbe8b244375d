"""`make cards`: judged by hand, on a handful of the demo's goods end to end, written only into its own blocks."""

from __future__ import annotations

import csv
import dataclasses
import json
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from imgsearch import evaluate, weights
from imgsearch.config import ASSETS, DEMO_FEED
from imgsearch.errors import InputError, ModelError
from imgsearch.train.cards import (
    blocks,
    catalog_size,
    command,
    detector_sections,
    document,
    embedder_sections,
    retrieval,
    tables,
)
from imgsearch.train.cards.document import CARDS, SECTIONS, Cards
from imgsearch.train.cards.retrieval import Truth
from imgsearch.train.cards.workbench import Given
from imgsearch.train.precision import computes_bf16
from imgsearch.weights import ModelSet

DEMO = DEMO_FEED.parent
MODELS = weights.resolve("bundled")
CARD = "# Card\nBefore.\n<!-- figures: demo -->\nold\n<!-- /figures -->\nBetween.\n<!-- figures: speed -->\nkept\n" + (
    "<!-- /figures -->\nAfter.\n"
)


# -- blocks ----------------------------------------------------------------------------------------------------------


def test_one_block_is_replaced_and_nothing_else_is_touched() -> None:
    text = blocks.replace(CARD, "demo", "| new |\n|---|")
    assert text == CARD.replace("old", "| new |\n|---|")
    assert blocks.read(text, "demo") == "| new |\n|---|"
    assert blocks.replace(text, "demo", blocks.read(text, "demo")) == text


@pytest.mark.parametrize(
    ("card", "message"),
    [
        (CARD.replace("figures: demo", "figures: other"), r"<!-- figures: demo --> once in the card, found it 0 times"),
        (CARD + CARD, "found it 2 times"),
        (CARD.replace("old\n<!-- /figures -->", "old"), r"after <!-- figures: demo --> is not ended"),
        ("<!-- figures: demo -->\nold", "is not ended"),
    ],
)
def test_a_block_that_is_missing_doubled_or_open_is_refused(card: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        blocks.replace(card, "demo", "new")


# -- judging ---------------------------------------------------------------------------------------------------------


def test_lists_are_judged_as_by_hand() -> None:
    """Found at 2 and 3 of two; a variant first, the product at 6; missed."""
    truths = [
        Truth(frozenset("ab"), "one", frozenset("ab")),
        Truth(frozenset("c"), "one", frozenset("cd")),
        Truth(frozenset("e"), "two", frozenset("e")),
    ]
    scores = retrieval.judge([["x", "a", "b"], ["d", "x", "y", "z", "w", "c"], []], truths)
    assert {name: values.tolist() for name, values in scores.items()} == {
        "recall_at_1": [0, 0, 0],
        "recall_at_5": [1, 0, 0],
        "recall_at_10": [1, 1, 0],
        "group_recall_at_1": [0, 1, 0],
        "group_recall_at_5": [1, 1, 0],
        "group_recall_at_10": [1, 1, 0],
        "map_at_10": [pytest.approx((1 / 2 + 2 / 3) / 2), pytest.approx(1 / 6), 0],
    }
    figures = retrieval.summary(scores, truths)
    assert (figures["queries"], figures["recall_at_10"], figures["map_at_10"]) == (3, 0.6667, 0.25)
    assert figures["ci95"]["recall_at_10"] == [0.2077, 0.9385]  # Wilson, 2 of 3
    one_photo = retrieval.summary(scores, truths, np.array([True, True, False]))
    assert (one_photo["queries"], one_photo["map_at_10"]) == (2, 0.375)
    assert one_photo["ci95"]["map_at_10"] == [0.375, 0.375], "two queries of one photo are one draw"


def test_a_product_counts_with_its_best_picture_and_equal_scores_in_the_gallerys_order() -> None:
    gallery = np.array([[1, 0], [0, 1], [0.6, 0.8], [0, 1]], np.float32)
    asked = np.array([[0, 1], [1, 0]], np.float32)
    assert retrieval.rank(asked, gallery, ["a", "b", "a", "c"]) == [["b", "c", "a"], ["a", "b", "c"]]
    assert retrieval.rank(asked, gallery, ["a", "b", "a", "c"], depth=1) == [["b"], ["a"]]


def test_seeds_are_averaged_query_by_query() -> None:
    mean = retrieval.mean_of([{"r": np.array([1.0, 0.0])}, {"r": np.array([0.0, 0.0])}])
    assert mean["r"].tolist() == [0.5, 0.0]


# -- distractors -----------------------------------------------------------------------------------------------------


def test_distractors_are_nested_distinct_and_say_whether_they_were_trained_on(tmp_path: Path) -> None:
    def write(name: str, pictures: list[bytes], split: str = "") -> None:
        pq.write_table(pa.table({"image": pictures, "split": [split] * len(pictures)}), tmp_path / f"{name}.parquet")

    write("embed_abo", [b"a", b"b", b"b"])
    write("embed_flipkart", [b"c", b"a"], "val")
    write("embed_elsewhere", [b"d"])
    write("eval_secret", [b"e"])
    found = catalog_size.read(tmp_path, 10)
    assert {d.encoded: (d.collection, d.trained_on) for d in found} == {
        b"a": ("embed_abo", True),
        b"b": ("embed_abo", True),
        b"c": ("embed_flipkart", False),
        b"d": ("embed_elsewhere", False),
    }
    assert len(found) == 4
    assert catalog_size.read(tmp_path, 2) == found[:2]
    assert catalog_size.collections(found)["embed_abo"] == {"pictures": 2, "trained_on": 2}
    with pytest.raises(InputError, match=r"no embed_\*\.parquet"):
        catalog_size.read(tmp_path / "nothing", 2)


# -- the command, on a handful of the demo's goods -------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A few products of the demo that its photos show, one of them unseen, and four others."""
    folder = tmp_path_factory.mktemp("demo")
    shutil.copy(DEMO / "heldout.txt", folder)
    unseen = {line for line in (DEMO / "heldout.txt").read_text().split("\n") if line and line[0] != "#"}
    feed, truth = _table(DEMO / "feed.tsv", "\t"), _table(DEMO / "truth.csv", ",")
    seen = [row for row in truth if float(row["visible"]) >= 0.5]
    asked = [row for row in seen if row["relevant"] in unseen][:1] + seen[:4]
    wanted = {row["relevant"] for row in asked}
    goods = [row for row in feed if row["id"] in wanted] + [row for row in feed if row["id"] not in wanted][:4]
    photos = {row["image"] for row in asked}
    boxes = [row for row in _table(DEMO / "boxes.csv", ",") if row["image"] in photos]
    pictures = {name for row in goods for name in (row["image_link"], row["additional_image_link"])}
    for name in sorted(photos | pictures):
        (folder / name).parent.mkdir(exist_ok=True)
        shutil.copy(DEMO / name, folder / name)
    for name, rows, delimiter in (("feed.tsv", goods, "\t"), ("truth.csv", asked, ","), ("boxes.csv", boxes, ",")):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
    return folder


def _table(path: Path, delimiter: str) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _cards(folder: Path) -> Path:
    for card, path in CARDS.items():
        parts = [f"{blocks.begin(s.name)}\nold {s.name}\n{blocks.END}\n" for s in SECTIONS if s.card == card]
        (folder / path).write_text(f"# {card}\n" + "prose\n".join(parts))
    return folder


@pytest.fixture(scope="module")
def written(demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Cards after a run of two sections."""
    folder = _cards(tmp_path_factory.mktemp("cards"))
    compare = (MODELS.embedder.path.parent,)
    command.run(Given(demo=demo, compare=compare), folder, MODELS, ["detector", "demo"])
    return folder


def test_the_demos_figures_are_those_of_evaluate(written: Path, demo: Path) -> None:
    figures = Cards(written).sections["demo"]["figures"]
    expected = evaluate.run(demo / "feed.tsv", demo / "truth.csv", MODELS, target="box")
    ours = next(row for row in figures["all"] if row["way"] == "embedder")
    for name in ("queries", "recall_at_1", "recall_at_5", "recall_at_10", "group_recall_at_1", "map_at_10"):
        assert ours[name] == expected[name]
        assert ours["ci95"].get(name) == expected["ci95"].get(name)
    assert (figures["products"], figures["queries"]) == (expected["products"], 5)


def test_the_same_weights_compared_score_the_same_and_the_baselines_stand_beside(written: Path) -> None:
    figures = Cards(written).sections["demo"]["figures"]
    rows = {(row["way"], row["target"]): row for row in figures["all"]}
    assert {way for way, _ in rows} == {
        "embedder", "compared", "random_weights", "colour_pixels", "perceptual_hash"
    }  # fmt: skip
    assert rows["compared", "box"]["recall_at_5"] == rows["embedder", "box"]["recall_at_5"]
    assert rows["compared", "detect"]["ci95"] == rows["embedder", "detect"]["ci95"]
    assert rows["embedder", "box"]["recall_at_10"] >= rows["random_weights", "box"]["recall_at_1"]
    assert figures["unseen"][0]["queries"] >= 1


def test_only_the_measured_blocks_change_and_the_json_names_the_weights(written: Path) -> None:
    text = (written / CARDS["embedder"]).read_text()
    assert "**this embedder**, boxed by the detector" in blocks.read(text, "demo")
    assert "--only demo --compare FILE" in blocks.read(text, "demo")
    assert blocks.read(text, "faults") == "old faults"
    assert text.count("prose\n") == sum(section.card == "embedder" for section in SECTIONS) - 1
    stored = json.loads((written / document.FIGURES).read_text())
    assert stored["weights"]["embedder"]["fingerprint"] == MODELS.embedder.fingerprint
    assert list(stored["sections"]) == ["demo", "detector"], "in the order of the card"
    assert str(written) not in json.dumps(stored)
    assert "/" not in {row.get("name", "") for row in stored["sections"]["demo"]["figures"]["all"]}


def test_a_section_measured_again_is_the_same_and_the_others_are_kept(written: Path, demo: Path) -> None:
    before, cards = (written / document.FIGURES).read_text(), (written / CARDS["detector"]).read_text()
    command.run(Given(demo=demo), written, MODELS, ["detector"])
    assert (written / document.FIGURES).read_text() == before
    assert (written / CARDS["detector"]).read_text() == cards
    assert "demo photos" in blocks.read(cards, "detector")


def test_speed_is_stated_with_its_threads(demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedder_sections, "ROUNDS", 4)
    monkeypatch.setattr(detector_sections, "ROUNDS", 2)
    command.run(Given(demo=demo), _cards(tmp_path), MODELS, ["speed", "detector_speed"])
    for name in ("speed", "detector_speed"):
        figures = Cards(tmp_path).sections[name]["figures"]
        assert figures["threads"] >= 1
        assert 0 < figures["one"]["p50_ms"] <= figures["one"]["p95_ms"]
    assert "letterbox to boxes" in (tmp_path / CARDS["detector"]).read_text()


def test_every_fault_is_measured_at_its_strength(demo: Path, tmp_path: Path) -> None:
    command.run(Given(demo=demo), _cards(tmp_path), MODELS, ["faults"])
    rows = Cards(tmp_path).sections["faults"]["figures"]["rows"]
    assert [row["fault"] for row in rows] == ["none", "blur", "dark", "small", "hidden", "rotated"]
    assert rows[0]["recall_at_10"] >= max(row["recall_at_10"] for row in rows[1:]) - 1 / 3
    assert "longer side 32 px" in (tmp_path / CARDS["embedder"]).read_text()


def test_the_pages_order_keeps_the_first_match_and_brings_its_kind_forward(demo: Path, tmp_path: Path) -> None:
    command.run(Given(demo=demo), _cards(tmp_path), MODELS, ["order"])
    nearest, shown = Cards(tmp_path).sections["order"]["figures"]["rows"]
    assert (nearest["order"], shown["order"]) == ("nearest", "shown")
    assert nearest["recall_at_1"] == shown["recall_at_1"]
    assert 0 <= nearest["kind_2_to_5"] <= shown["kind_2_to_5"] <= 1
    assert "what is of the kind first" in (tmp_path / CARDS["embedder"]).read_text()


def test_every_box_is_named_once_and_the_shops_word_is_for_what_it_sells(demo: Path, tmp_path: Path) -> None:
    command.run(Given(demo=demo), _cards(tmp_path), MODELS, ["names"])
    figures = Cards(tmp_path).sections["names"]["figures"]
    rows = {row["of"]: row for row in figures["rows"]}
    assert list(rows) == ["sold", "like", "other", "nothing"]
    assert figures["boxes"] == sum(row["boxes"] for row in rows.values()) > 0
    names = ("shop_right", "shop_wrong", "kind_right", "kind_wrong", "something")
    for row in rows.values():
        assert sum(row[name] for name in names) == row["boxes"]
        assert row["guess_right"] + row["guess_wrong"] >= row["shop_right"] + row["shop_wrong"]
    assert rows["sold"]["shop_right"] > rows["sold"]["boxes"] / 2
    assert rows["other"]["shop_right"] == rows["nothing"]["shop_right"] == rows["nothing"]["kind_right"] == 0
    assert "the shop's word, right" in (tmp_path / CARDS["detector"]).read_text()


# -- refusals --------------------------------------------------------------------------------------------------------


def test_what_was_not_given_is_left_and_asked_for_by_name_is_refused() -> None:
    measured, left = document.chosen((), Given())
    rounded = set() if computes_bf16() else {"precision", "detector_precision"}
    assert {section.name for section in left} == {
        "sizes",
        "groceries",
        "heldout",
        "piles",
        "rooms",
        "in_use",
        "margin",
        "validation",
    } | rounded
    assert [section for section in SECTIONS if section not in left] == measured
    everything = Given(data=DEMO, cutouts=DEMO, rooms=DEMO, in_use=DEMO, pictures=DEMO)
    assert {section.name for section in document.chosen((), everything)[1]} == rounded
    with pytest.raises(InputError, match="heldout needs --data and --cutouts"):
        document.chosen(["demo", "heldout"], Given())
    with pytest.raises(InputError, match="in_use needs --data and --cutouts and --in-use"):
        document.chosen(["in_use"], Given())


def test_a_card_without_the_block_is_refused_before_anything_is_measured(tmp_path: Path) -> None:
    _cards(tmp_path)
    (tmp_path / CARDS["detector"]).write_text("# no block\n")
    with pytest.raises(InputError, match=r"figures: detector -->"):
        command.run(Given(demo=tmp_path / "nowhere"), tmp_path, MODELS, ["demo", "detector"])
    assert not (tmp_path / document.FIGURES).exists()


def test_a_spoiled_json_is_refused(tmp_path: Path) -> None:
    (tmp_path / document.FIGURES).write_text("[]")
    with pytest.raises(InputError, match="restore it, or delete it"):
        Cards(tmp_path)


def test_wrong_inputs_are_named(demo: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--data expects a folder"):
        document.chosen((), Given(data=tmp_path / "none"))
    absent = Given(demo=demo, compare=(tmp_path / "absent.safetensors",))
    with pytest.raises(ModelError, match="--compare expects a file"):
        command.run(absent, _cards(tmp_path), MODELS, ["demo"])
    without = ModelSet(MODELS.embedder, None)
    with pytest.raises(ModelError, match="no detector"):
        command.run(Given(demo=demo), tmp_path, without, ["detector"])


def test_the_command_line_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--only", "groceries", "--cards", str(_cards(tmp_path))]) == 2
    assert "groceries needs --data" in capsys.readouterr().err


# -- the cards in the repository -------------------------------------------------------------------------------------


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.name)
def test_every_section_has_its_block_and_its_words(section: document.Section) -> None:
    text = (ASSETS / "models" / CARDS[section.card]).read_text(encoding="utf-8")
    assert blocks.read(text, section.name)
    assert section.name in tables.RENDER


def test_the_cards_say_what_the_json_says_and_of_the_weights_that_are_bundled() -> None:
    """Neither is edited by hand, and new weights ask for new figures: `make cards`.

    Those that compare with bfloat16 may wait for a processor that has it; the block says which weights it shows.
    """
    cards = Cards(ASSETS / "models")
    for section in SECTIONS:
        if section.name in cards.sections:
            text = (ASSETS / "models" / CARDS[section.card]).read_text(encoding="utf-8")
            assert blocks.read(text, section.name) == cards.content(section)
    waiting = {section.name for section in SECTIONS if section.bf16}
    assert set(cards.outdated(MODELS)) <= waiting


def test_figures_of_other_weights_are_named(written: Path) -> None:
    other = dataclasses.replace(MODELS.embedder, fingerprint="0" * 64)
    assert Cards(written).outdated(dataclasses.replace(MODELS, embedder=other)) == ["demo"]
    assert Cards(written).outdated(MODELS) == []


def test_shares_are_written_as_the_cards_write_them() -> None:
    assert [tables.share(value) for value in (0.0, 0.7512, 1.0)] == [".000", ".751", "1.000"]
    assert tables.table(["a|b"], [[1]]) == "| a\\|b |\n|---|\n| 1 |"
