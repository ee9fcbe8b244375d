"""Training on a shop's catalog: what it reads and refuses, what it holds out, and that only better weights are kept."""

from __future__ import annotations

import csv
import json
import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from safetensors.numpy import load_file, save_file

from imgsearch import config, images, weights
from imgsearch.embed import load_embedder
from imgsearch.errors import CatalogError, ConfigError, InputError
from imgsearch.records import Product
from imgsearch.review.verdicts import Judged, Shown, ShownList
from imgsearch.train import finetune_embedder, goods, head, refusal, reviewed, views
from imgsearch.train.trials import FineTuning
from imgsearch.weights import ModelSet
from tests.drawn_shop import add_views, make_shop, write_feed

QUICK = head.HeadTraining(steps=200, pairs=32)
SECONDS = 1 / 60  # of a minute: the fewest passes that are ever made


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = make_shop(tmp_path_factory.mktemp("shop"))
    add_views(path)
    return path


@pytest.fixture(autouse=True)
def fewer_queries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "QUERIES", 160)


def blank_head(folder: Path) -> ModelSet:
    """The bundled body under a head that kept 6 of its 256 numbers: weights that have a shop still to learn.

    They see the drawn goods at half the size, in two thirds of the time.
    """
    bundled = weights.resolve("bundled").embedder.path
    state = load_file(bundled)
    state["fc.weight"] = state["fc.weight"][np.arange(256) % 6]
    folder.mkdir()
    save_file(state, folder / "embedder.safetensors")
    facts = json.loads(bundled.with_suffix(".json").read_text(encoding="utf-8")) | {"input_size_px": 64}
    (folder / "embedder.json").write_text(json.dumps(facts), encoding="utf-8")
    return weights.resolve(str(folder))


@pytest.fixture(scope="module")
def accepted(feed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, object], Path, ModelSet]:
    folder = tmp_path_factory.mktemp("accepted")
    start = blank_head(folder / "start")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(views, "QUERIES", 160)
        document = finetune_embedder.run(FineTuning(feed, folder / "out", start, minutes=SECONDS, training=QUICK))
    return document, folder / "out", start


def test_better_weights_are_written_as_a_directory_of_models(
    accepted: tuple[dict[str, object], Path, ModelSet],
) -> None:
    document, out, start = accepted
    assert document["accepted"], document
    served = weights.resolve(str(out)).embedder
    assert served.fingerprint[:12] == document["model_after"] != document["model_before"]
    vectors = load_embedder(served, "cpu").embed([Image.new("RGB", (60, 90), "teal")])
    assert vectors.shape == (1, 256)
    before, after = load_file(start.embedder.path), load_file(served.path)
    assert {name for name in after if not np.array_equal(after[name], before[name])} == {"fc.weight"}
    assert document["folds"] == goods.FOLDS
    assert document["pictures_learned_from"] == 120, "what is written has learned from everything"
    assert weights.read_embedder(start.embedder.path.parent).fingerprint == start.embedder.fingerprint


def spoil(feed: Path, folder: Path) -> Path:
    """The same shop with a tenth of all pictures under other products."""
    shutil.copytree(feed.parent, folder)
    spoiled = folder / feed.name
    with spoiled.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    dice = random.Random(1)
    for one in dice.sample(rows, len(rows) * 3 // 10):  # one of three pictures of three in ten products
        names, other = one["additional_image_link"].split(","), dice.choice(rows)
        theirs = other["additional_image_link"].split(",")
        names[0], theirs[0] = theirs[0], names[0]
        one["additional_image_link"], other["additional_image_link"] = ",".join(names), ",".join(theirs)
    write_feed(spoiled, rows)
    return spoiled


def test_a_spoiled_run_is_refused_and_writes_no_weights(
    feed: Path, accepted: tuple[dict[str, object], Path, ModelSet], tmp_path: Path
) -> None:
    start = weights.resolve(str(accepted[1]))
    spoiled = spoil(feed, tmp_path / "spoiled")
    wild = replace(QUICK, learning_rate=3 * QUICK.learning_rate)
    document = finetune_embedder.run(FineTuning(spoiled, tmp_path / "out", start, minutes=SECONDS, training=wild))
    assert not document["accepted"], document
    assert document["model_after"] is None
    assert not (tmp_path / "out" / "embedder.safetensors").exists()


def test_a_run_that_hardly_learns_is_refused(
    feed: Path, accepted: tuple[dict[str, object], Path, ModelSet], tmp_path: Path
) -> None:
    slow = replace(QUICK, learning_rate=1e-6, steps=100)
    start = accepted[2]
    document = finetune_embedder.run(FineTuning(feed, tmp_path / "out", start, minutes=SECONDS, training=slow))
    assert not document["accepted"], document
    assert not (tmp_path / "out" / "embedder.safetensors").exists()


@pytest.mark.soak  # a minute and more
def test_an_interrupted_run_goes_on_with_what_it_had(feed: Path, tmp_path: Path) -> None:
    job = FineTuning(
        feed, tmp_path / "out", blank_head(tmp_path / "start"), minutes=SECONDS, training=replace(QUICK, steps=150)
    )

    def run(stop_at: str) -> list[tuple[str, int]]:
        told: list[tuple[str, int]] = []

        def progress(what: str, done: int, total: int) -> None:
            told.append((what, done))
            if what.startswith(stop_at or "nothing"):
                raise KeyboardInterrupt

        if stop_at:
            with pytest.raises(KeyboardInterrupt):
                finetune_embedder.run(job, progress)
        else:
            finetune_embedder.run(job, progress)
        return told

    run("Looking, pass 2")
    made = (job.out / "work" / "pass-00.npz").stat().st_mtime_ns
    run("Training")
    told = run("")
    assert (job.out / "work" / "pass-00.npz").stat().st_mtime_ns == made
    assert not any(what.startswith("Looking") for what, _ in told)
    trained = [(what, done) for what, done in told if what.startswith("Training")]
    assert trained[:3] == [
        ("Training, part 1 of 5", 150),
        ("Training, part 2 of 5", 100),
        ("Training, part 2 of 5", 150),
    ]


@pytest.mark.parametrize("kind", ["photo", "held-out goods"])
def test_evaluation_pictures_are_refused_under_any_name(
    kind: str, feed: Path, tmp_path: Path, demo_pictures: dict[str, Path]
) -> None:
    shop = make_shop(tmp_path / "shop")
    shutil.copyfile(demo_pictures[kind], shop.parent / "pictures" / "7.png")
    job = FineTuning(shop, tmp_path / "out", ModelSet(weights.resolve("bundled").embedder, None))
    with pytest.raises(InputError, match="evaluation set"):
        finetune_embedder.run(job)


@pytest.fixture(scope="module")
def demo_pictures() -> dict[str, Path]:
    demo = config.DEMO_FEED.parent
    name = sorted(refusal.held_out_ids())[0]
    with config.DEMO_FEED.open(encoding="utf-8", newline="") as file:
        listed = {row["id"]: row["image_link"] for row in csv.DictReader(file, delimiter="\t")}
    return {"photo": sorted((demo / "photos").glob("*.webp"))[0], "held-out goods": demo / listed[name]}


def test_eval_collections_are_refused_by_content(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.Table.from_pylist([{"name": "q1", "image": b"a phone photo"}]), tmp_path / "eval_x.parquet")
    with pytest.raises(InputError, match="eval_x/q1"):
        refusal.Refusal(tmp_path).check(b"a phone photo", "renamed.jpg")
    refusal.Refusal(tmp_path).check(b"another", "renamed.jpg")


def test_the_start_is_never_overwritten_and_a_tiny_shop_is_told_so(feed: Path, tmp_path: Path) -> None:
    start = blank_head(tmp_path / "start")
    with pytest.raises(ConfigError, match="another --out"):
        finetune_embedder.run(FineTuning(feed, tmp_path / "start", start))
    few = make_shop(tmp_path / "few")
    few.write_text("".join(few.read_text(encoding="utf-8").splitlines(keepends=True)[:6]), encoding="utf-8")
    with pytest.raises(CatalogError, match="too few"):
        finetune_embedder.run(FineTuning(few, tmp_path / "out", start))


def picture(product_id: str, content_hash: str) -> goods.Picture:
    return goods.Picture(product_id, content_hash, np.zeros((1, 1, 4), np.uint8), Image.new("RGB", (8, 8)))


def test_duplicates_are_one_identity_and_variants_one_unit() -> None:
    products = [
        Product("a", "Mug", ("1",), color="red"),
        Product("b", "Mug", ("2",), color="red"),  # cosine .999 and the same facts: listed twice
        Product("c", "Mug", ("3",), color="blue"),  # as alike, but another colour
        Product("d", "Bowl", ("4",), group_id="g", color="red"),
        Product("e", "Bowl", ("5",), group_id="g", color="teal"),
        Product("f", "Cup", ("6",)),  # the same picture as e under another name
    ]
    pictures = [picture(p.product_id, "same" if p.product_id in "ef" else p.product_id) for p in products]
    rows = np.eye(6, dtype=np.float32)
    rows[1] = rows[2] = [0.999, 0.0447, 0, 0, 0, 0]
    rows[5] = rows[4]
    identity, unit = goods.relate(products, pictures, rows)
    assert identity["a"] == identity["b"] != identity["c"]
    assert identity["e"] == identity["f"]
    assert identity["d"] != identity["e"]
    assert unit["d"] == unit["e"] == unit["f"]
    assert len({unit[key] for key in "acd"}) == 3


def test_each_query_is_about_goods_of_its_fold_and_has_its_answer_in_the_gallery(feed: Path) -> None:
    embedder = load_embedder(weights.resolve("bundled").embedder, "cpu")
    shop = goods.read(feed, embedder, None, refusal.Refusal())
    asked: list[str] = []
    for fold in range(goods.FOLDS):
        exam = views.make_exam(shop, [], fold, goods.FOLDS)
        learned = {shop.unit[p.product_id] for p in shop.pictures if shop.fold(p.product_id) != fold}
        assert exam.queries
        assert not learned & set(exam.units)
        assert set(exam.truth) <= set(exam.gallery_identity)
        again = views.make_exam(shop, [], fold, goods.FOLDS)
        assert [q.tobytes() for q in again.queries[:5]] == [q.tobytes() for q in exam.queries[:5]], (
            "the same ones always"
        )
        asked += exam.truth
    assert set(asked) == set(shop.identity.values()), "every product is asked about"


def test_a_graded_photo_is_never_learned_from_by_the_head_that_it_asks(feed: Path) -> None:
    embedder = load_embedder(weights.resolve("bundled").embedder, "cpu")
    shop = goods.read(feed, embedder, None, refusal.Refusal())
    crop = np.zeros((20, 20, 3), np.uint8)
    graded = [
        reviewed.Snap(f"{name}.jpg", crop, (2, 2, 18, 18), {name: 1.0, "gone": 1.0})
        for name in list(shop.identity)[:12]
    ]
    known = views.known_snaps(shop, [*graded, reviewed.Snap("x.jpg", crop, (2, 2, 18, 18), {"gone": 1.0})])
    assert [snap.photo for snap in known] == [snap.photo for snap in graded]
    asked_of = []
    for fold in range(goods.FOLDS):
        learn, asked = views.split_snaps(shop, known, fold)
        assert {snap.photo for snap in learn} | {snap.photo for snap in asked} == {snap.photo for snap in known}
        assert not {snap.photo for snap in learn} & {snap.photo for snap in asked}
        asked_of += [snap.photo for snap in asked]
    assert sorted(asked_of) == sorted(snap.photo for snap in known), "each asks exactly one head"


@pytest.mark.soak  # a minute and more
def test_the_whole_network_learns_without_a_quarter_of_the_goods(feed: Path, tmp_path: Path) -> None:
    """A second of training: what is written does not matter here, what was learned from and asked about does."""
    job = FineTuning(feed, tmp_path / "out", blank_head(tmp_path / "start"), whole=True, minutes=SECONDS)
    document = finetune_embedder.run(job)
    embedder = load_embedder(job.models.embedder, "cpu")
    shop = goods.read(feed, embedder, None, refusal.Refusal())
    assert (document["trained"], document["folds"]) == ("whole", 1)
    assert document["pictures_learned_from"] == sum(shop.fold(p.product_id) != 0 for p in shop.pictures)
    assert document["held_out_products"] == len({shop.identity[key] for key in shop.unit if shop.fold(key) == 0})
    assert document["accepted"] == (tmp_path / "out" / "embedder.safetensors").exists()


@pytest.mark.parametrize("ground", [(250, 250, 250), (90, 120, 160), (20, 20, 20)])
def test_a_thing_on_any_plain_ground_is_cut_out(ground: tuple[int, int, int]) -> None:
    page = np.full((200, 160, 3), ground, np.uint8)
    page[50:150, 40:120] = (200, 60, 40)
    page[90:110, 70:90] = ground  # a label in the ground's own colour
    cut = goods.cut_from_plain(page)
    assert cut is not None
    assert abs(cut.shape[0] - 100) <= 4 >= abs(cut.shape[1] - 80)
    assert (cut[4:-4, 4:-4, 3] == 255).all()
    noise = np.random.default_rng(0).integers(0, 255, (200, 160, 3), dtype=np.uint8)
    assert goods.cut_from_plain(noise) is None


def shown_list(photo: str, ids: tuple[str, ...]) -> ShownList:
    matches = tuple(Shown(rank, key, "t", 0.5, "k") for rank, key in enumerate(ids, 1))
    return ShownList(f"{photo}@10,20,110,140", "m", photo, (10.0, 20.0, 110.0, 140.0), matches)


@pytest.fixture
def judged(tmp_path: Path) -> list[Judged]:
    Image.new("RGB", (200, 160), "teal").save(tmp_path / "a.jpg")
    listed = shown_list("a.jpg", ("p1", "=p2", "p3"))
    return [Judged(listed, "ann", {"p1": "E", "=p2": "S", "p3": "I"}), Judged(listed, "bob", {"p1": "S"})]


@pytest.mark.parametrize("source", ["database", "csv"])
def test_grades_become_crops_with_the_mean_gain_of_their_judges(
    source: str, judged: list[Judged], tmp_path: Path
) -> None:
    from imgsearch.review import export

    readers: dict[str, Callable[[], list[reviewed.Graded]]] = {
        "database": lambda: reviewed.graded_of(judged),
        "csv": lambda: reviewed.read_csv(tmp_path / "grades.csv"),
    }
    (tmp_path / "grades.csv").write_text(export.to_csv(judged), encoding="utf-8", newline="")
    snaps = reviewed.read_snaps(readers[source](), tmp_path, refusal.Refusal())
    assert len(snaps) == 1
    assert snaps[0].gains == pytest.approx({"p1": 0.55, "=p2": 0.1})
    x1, y1, x2, y2 = snaps[0].box
    margins = 2 * images.QUERY_MARGIN  # as a search cuts it
    assert (x2 - x1, y2 - y1) == pytest.approx((100 * (1 + margins), 120 * (1 + margins)), abs=1)


def test_grades_that_label_nothing_or_name_an_evaluation_photo_are_refused(
    judged: list[Judged], tmp_path: Path, demo_pictures: dict[str, Path]
) -> None:
    with pytest.raises(InputError, match="E or S"):
        reviewed.read_snaps([reviewed.Graded("a.jpg", (1, 2, 90, 90), "p1", "I")], tmp_path, refusal.Refusal())
    with pytest.raises(InputError, match="where they were graded"):
        reviewed.read_snaps([reviewed.Graded("gone.jpg", (1, 2, 90, 90), "p1", "E")], tmp_path, refusal.Refusal())
    shutil.copyfile(demo_pictures["photo"], tmp_path / "a.jpg")
    with pytest.raises(InputError, match="evaluation set"):
        reviewed.read_snaps(reviewed.graded_of(judged), tmp_path, refusal.Refusal())
    (tmp_path / "bad.csv").write_text("photo,grade\na.jpg,E\n", encoding="utf-8")
    with pytest.raises(CatalogError, match="review export"):
        reviewed.read_csv(tmp_path / "bad.csv")
