"""Training reads what it should and nothing else, draws true pairs, learns, stops on time and goes on after a kill."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file, save_file

from imgsearch import geometry, weights
from imgsearch.config import DEMO_FEED
from imgsearch.errors import InputError
from imgsearch.network import FEATURES_OF_ONE, EmbedderNet, load_network
from imgsearch.records import Box
from imgsearch.train import (
    augment,
    composites,
    datasets,
    detected_crops,
    material,
    projection,
    refusal,
    room_crops,
    sources,
    validation,
)
from imgsearch.train.batches import Batches, BatchShape, Pools, draw_products
from imgsearch.train.embedder import EmbedderTraining, _Trainer, train_embedder
from imgsearch.train.losses import CLASS_TEMPERATURE, LABEL_SMOOTHING, PAIR_TEMPERATURE, class_loss, pair_loss
from imgsearch.train.memory import Memory

SHAPE = BatchShape(size_px=32, rendered_pairs=4, shot_pairs=4, labelled=4)
COLOURS = ((200, 40, 40), (40, 170, 60), (50, 70, 200), (220, 180, 40), (150, 60, 170), (60, 170, 180))


def shape_on_white(colour: tuple[int, int, int], sides: int) -> datasets.Pixels:
    """A filled polygon on a white ground, RGB."""
    angles = np.linspace(0, 2 * np.pi, sides, endpoint=False)
    points = (np.stack([np.cos(angles), np.sin(angles)], 1) * 30 + 48).astype(np.int32)
    return cv2.fillPoly(np.full((96, 96, 3), 255, np.uint8), [points], colour)


def encoded(picture: datasets.Pixels, extension: str = ".png") -> bytes:
    code = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    return cv2.imencode(extension, cv2.cvtColor(picture, code))[1].tobytes()


def write_collection(folder: Path, name: str, pictures: list[tuple[datasets.Pixels, str]], split: str = "") -> None:
    rows = [
        {"image": encoded(picture), "name": str(number), "label": label, "product_id": f"{label}-{number}"}
        | {"width": 96, "height": 96, "split": split, "boxes": [{"label": label, "x1": 4, "y1": 4, "x2": 90, "y2": 90}]}
        for number, (picture, label) in enumerate(pictures)
    ]
    pq.write_table(pa.Table.from_pylist(rows), folder / f"{name}.parquet")


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    shapes = [(shape_on_white(colour, sides), f"sides-{sides}") for colour in COLOURS for sides in (3, 4, 9)]
    write_collection(folder, "embed_abo", shapes)
    noise = np.random.default_rng(0).integers(0, 200, (40, 96, 96, 3), dtype=np.uint8)
    write_collection(folder, "embed_caltech101", [(picture, f"class-{i % 2}") for i, picture in enumerate(noise)])
    return folder


@pytest.fixture(scope="module")
def cutouts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cutouts")
    rows = []
    for number, colour in enumerate(COLOURS * 2):
        for view in range(4):
            picture = shape_on_white(colour, 3 + number // len(COLOURS) * 3 + view % 2)
            alpha = np.where((picture == 255).all(2), 0, 255).astype(np.uint8)
            path = f"p{number}-{view}.png"
            (folder / path).write_bytes(encoded(np.dstack([picture, alpha])))
            rows.append({"product_id": f"p{number}", "group_id": f"g{number}", "family": "polygon", "path": path})
    with (folder / "index.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, ["product_id", "group_id", "family", "path"])
        writer.writeheader()
        writer.writerows(rows)
    return folder


def test_evaluation_collections_are_refused(data: Path) -> None:
    with pytest.raises(InputError, match="never read for training"):
        datasets.read_rows(data, "eval_grocery_queries")


def test_a_picture_of_the_evaluation_sets_is_refused_under_another_name(tmp_path: Path) -> None:
    write_collection(tmp_path, "eval_grocery_queries", [(shape_on_white(COLOURS[1], 4), "milk")])
    write_collection(tmp_path, "embed_abo", [(shape_on_white(COLOURS[c], 4), "tin") for c in (0, 1)])
    with pytest.raises(InputError, match=r"embed_abo/1 is eval_grocery_queries/0 of the evaluation set"):
        datasets.read_rows(tmp_path, "embed_abo")


def test_a_held_out_product_is_refused_whatever_pictures_there_are_of_it(cutouts: Path, tmp_path: Path) -> None:
    shutil.copytree(cutouts, tmp_path, dirs_exist_ok=True)
    kept = sorted(refusal.held_out_ids())[0]
    index = tmp_path / "index.csv"
    index.write_text(index.read_text().replace("p1,", f"{kept},", 1))
    for read in (datasets.read_rendered_sprites, sources.read_rendered):
        with pytest.raises(InputError, match=f"{kept} is a product of the demo that is kept for measuring"):
            read(tmp_path)


def test_validation_rows_are_left_out_of_training(tmp_path: Path) -> None:
    write_collection(tmp_path, "detect_groceries", [(shape_on_white(COLOURS[0], 4), "milk")] * 30, split="val")
    assert datasets.read_rows(tmp_path, "detect_groceries") == []


def test_a_folder_without_data_says_what_was_expected(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"embed_\*\.parquet"):
        train_embedder(EmbedderTraining(data=tmp_path, init=None, out=tmp_path / "out"))
    with pytest.raises(InputError, match=r"There is no index\.csv in"):
        datasets.read_rendered_sprites(tmp_path)


def test_a_thing_on_white_is_cut_out_tightly() -> None:
    rgba = datasets.cut_from_white(shape_on_white(COLOURS[2], 4))
    assert rgba is not None
    assert abs(rgba.shape[0] - 61) <= 3
    centre = rgba[rgba.shape[0] // 2, rgba.shape[1] // 2]
    assert tuple(centre) == (*COLOURS[2], 255)
    assert rgba[0, 0, 3] < 40


def test_a_photo_without_white_ground_is_not_cut() -> None:
    assert datasets.cut_from_white(np.full((40, 40, 3), 90, np.uint8)) is None
    assert datasets.cut_from_white(np.full((40, 40, 3), 255, np.uint8)) is None


def test_of_a_shelf_photo_the_largest_package_is_cut_out_and_small_ones_are_left(tmp_path: Path) -> None:
    photo = np.full((240, 200, 3), 60, np.uint8)
    photo[20:220, 10:110] = COLOURS[0]
    sides = [(10, 20, 110, 220), (120, 20, 190, 90), (180, 0, 199, 30)]
    boxes = [dict(zip(("x1", "y1", "x2", "y2"), box, strict=True), label="tea") for box in sides]
    row = {"name": "TEA1.png", "label": "", "product_id": "", "width": 200, "height": 240, "split": "train"}
    rows = [{**row, "image": encoded(photo), "boxes": boxes}]
    rows.append({**row, "name": "TEA2.png", "image": encoded(photo[::-1]), "boxes": boxes[2:]})
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "detect_groceries.parquet")
    (package,) = datasets.read_package_sprites(tmp_path)
    assert package.product_id == "detect_groceries/TEA1.png"
    assert package.family == "detect_groceries/tea"
    height, width = package.rgba.shape[:2]
    assert height == datasets.SPRITE_PX
    assert abs(width / height - 100 / 200) < 0.02
    assert (package.rgba == (*COLOURS[0], 255)).all()


def test_products_of_large_families_are_drawn_less_often_than_those_of_small_ones_but_not_by_as_much() -> None:
    families = [[f"a{i}" for i in range(160)], [f"b{i}" for i in range(10)]]
    rng = np.random.default_rng(5)
    drawn = [name[0] for _ in range(400) for name in draw_products(rng, families, 6)]
    # 160 ** .75 to 10 ** .75: eight draws to one, of a family that is sixteen times as large.
    assert 6 < drawn.count("a") / drawn.count("b") < 10.5


def test_drawn_products_are_distinct_and_come_in_runs_of_a_family() -> None:
    families = [[f"a{i}" for i in range(40)], [f"b{i}" for i in range(40)], ["c0"]]
    drawn = draw_products(np.random.default_rng(3), families, 24)
    assert len(drawn) == len(set(drawn)) == 24
    changes = sum(left[0] != right[0] for left, right in pairwise(drawn))
    assert changes <= 8
    assert len(draw_products(np.random.default_rng(3), [["x"], ["y"]], 9)) == 2


def test_products_come_in_runs_of_a_family_and_in_runs_of_one_tone_whatever_they_are() -> None:
    things = {"bowl": COLOURS[:3], "rug": COLOURS[:3], "vase": COLOURS[3:]}
    sprites = [
        datasets.Sprite(np.full((4, 4, 4), (*colour, 255), np.uint8), f"{family}-{colour}", family, family)
        for family, colours in things.items()
        for colour in colours
    ]
    runs = {frozenset(run) for run in Batches(Pools(sprites, [], [], []), SHAPE, 0).runs[0]}
    families = [frozenset(f"{family}-{colour}" for colour in colours) for family, colours in things.items()]
    tones = [frozenset({f"bowl-{colour}", f"rug-{colour}"}) for colour in COLOURS[:3]]
    assert runs == {*families, *tones, *(frozenset({f"vase-{colour}"}) for colour in COLOURS[3:])}


def test_views_are_crops_of_the_thing_in_its_own_colour() -> None:
    rgba = datasets.cut_from_white(shape_on_white(COLOURS[0], 9))
    assert rgba is not None
    rng = np.random.default_rng(0)
    green = np.full((60, 80, 3), (30, 120, 40), np.uint8)
    for _ in range(30):
        for view in (augment.studio_view(rng, rgba), augment.photo_view(rng, rgba, green, [])):
            assert view.dtype == np.uint8
            assert min(view.shape[:2]) >= 8
            height, width = view.shape[:2]
            red, other, blue = view[height // 3 : 2 * height // 3, width // 3 : 2 * width // 3].reshape(-1, 3).mean(0)
            assert red > 1.5 * max(other, blue)


def test_a_pile_shows_the_thing_many_times_in_its_own_colour() -> None:
    rgba = datasets.cut_from_white(shape_on_white(COLOURS[0], 9))
    assert rgba is not None
    rng = np.random.default_rng(0)
    green = np.full((60, 80, 3), (30, 120, 40), np.uint8)
    shares = []
    for _ in range(30):
        view = augment.pile_view(rng, [rgba], green).astype(np.int16)
        red = (view[..., 0] > 1.5 * view[..., 1:].max(2)).astype(np.uint8)
        shares.append(red.mean())
        for half in np.array_split(red, 2, axis=int(rng.integers(2))):
            assert half.any()
    assert 0.4 < np.mean(shares) < 0.95


def test_a_quarter_of_the_photo_views_is_held_askew() -> None:
    bar = np.full((12, 120, 4), 255, np.uint8)  # lies flat: turned, its box is higher
    rng = np.random.default_rng(0)
    views = [augment.photo_view(rng, bar, np.zeros((60, 80, 3), np.uint8), []) for _ in range(200)]
    askew = sum(view.shape[0] > 0.35 * view.shape[1] for view in views)
    assert 20 <= askew <= 80


def test_a_recoloured_product_has_another_hue_and_the_same_outline() -> None:
    rgba = datasets.cut_from_white(shape_on_white(COLOURS[0], 9))
    assert rgba is not None
    changed = augment.Recolour(hue=60, saturation=1.0, gain=1.0).apply(rgba)
    assert (changed[..., 3] == rgba[..., 3]).all()
    middle = changed[30, 30]
    assert middle[1] > middle[0] + 60  # red became green


def test_class_loss_is_smoothed_cross_entropy_against_the_classes_directions() -> None:
    """However long a proxy is; without a row it is 0 and can be learned from."""
    rng = np.random.default_rng(5)
    vectors = torch.nn.functional.normalize(torch.from_numpy(rng.normal(size=(3, 4)).astype(np.float32)), dim=1)
    proxies = torch.from_numpy(rng.normal(size=(5, 4)).astype(np.float32))
    classes = [4, 0, 2]
    expected = []
    for row, own in zip(vectors, classes, strict=True):
        cosines = [float(row @ proxy / proxy.norm()) / CLASS_TEMPERATURE for proxy in proxies]
        logs = [cosine - np.log(np.sum(np.exp(cosines))) for cosine in cosines]
        expected.append(-(1 - LABEL_SMOOTHING) * logs[own] - LABEL_SMOOTHING * np.mean(logs))
    targets = torch.tensor(classes)
    assert float(class_loss(vectors, proxies, targets)) == pytest.approx(np.mean(expected), rel=1e-4)
    assert float(class_loss(vectors, 3 * proxies, targets)) == pytest.approx(np.mean(expected), rel=1e-4)
    nothing = torch.zeros(0, 4, requires_grad=True)
    empty = class_loss(nothing, proxies, targets[:0])
    torch.autograd.backward(empty)
    assert empty.item() == 0.0 and nothing.grad is not None


def test_pair_loss_is_cross_entropy_against_the_partner() -> None:
    """Compared with the definition, written as a loop."""
    torch.manual_seed(0)
    studio, photo = (torch.nn.functional.normalize(torch.randn(5, 8), dim=1) for _ in range(2))
    rows = [*studio, *photo]
    terms = []
    for i, row in enumerate(rows):
        others = {j: float(torch.exp(row @ rows[j] / PAIR_TEMPERATURE)) for j in range(10) if j != i}
        terms.append(-np.log(others[(i + 5) % 10] / sum(others.values())))
    assert float(pair_loss(studio, photo)) == pytest.approx(np.mean(terms), rel=1e-4)


def test_remembered_rows_of_other_products_are_negatives_and_those_of_the_same_are_not() -> None:
    torch.manual_seed(0)
    studio, photo = (torch.nn.functional.normalize(torch.randn(2, 8), dim=1) for _ in range(2))
    rows, identities = torch.cat([studio, photo]), torch.tensor([0, 1, 0, 1])
    alone = float(pair_loss(studio, photo))
    own, foreign = Memory(8, 8, "cpu"), Memory(8, 8, "cpu")
    own.add(studio, torch.tensor([0, 1]))
    foreign.add(studio, torch.tensor([8, 9]))
    assert float(pair_loss(studio, photo, Memory(8, 8, "cpu").likeness(rows, identities))) == pytest.approx(alone)
    assert float(pair_loss(studio, photo, foreign.likeness(rows, identities))) > alone + 0.5
    likeness = own.likeness(rows, identities)
    assert torch.isinf(likeness).tolist() == [[True, False], [False, True]] * 2
    assert float(likeness[2, 1]) == pytest.approx(float(photo[0] @ studio[1]))


def test_rows_may_be_remembered_before_the_backward_pass() -> None:
    memory, rows = Memory(4, 2, "cpu"), torch.eye(2, requires_grad=True)
    memory.add(rows, torch.tensor([1, 2]))
    loss = memory.likeness(rows, torch.tensor([3, 4])).sum()
    memory.add(rows * 5, torch.tensor([5, 6]))
    loss.backward()
    assert rows.grad is not None
    assert rows.grad.tolist() == [[1, 1], [1, 1]], "the rows that were in it then"


def test_the_memory_keeps_the_newest_rows() -> None:
    memory = Memory(4, 2, "cpu")
    assert memory.likeness(torch.ones(3, 2), torch.zeros(3)).shape == (3, 0)
    for first in (0, 3):
        rows = torch.arange(first, first + 3)
        memory.add(torch.stack([rows, rows], 1).float(), rows)
    assert sorted(memory.identities.tolist()) == [2, 3, 4, 5]
    assert memory.likeness(torch.eye(2)[:1], torch.tensor([9]))[0].tolist() == memory.identities.tolist()


def test_ranks_count_the_products_that_score_higher() -> None:
    rng = np.random.default_rng(1)
    names = np.array(["a", "b", "c", "a", "b", "c", "d"])
    scores = rng.standard_normal((6, 7)).astype(np.float32)
    truth = ["a", "b", "c", "d", "a", "b"]
    expected = []
    for row, own in zip(scores, truth, strict=True):
        best = {name: max(score for score, other in zip(row, names, strict=True) if other == name) for name in names}
        expected.append(sum(score > best[own] for score in best.values()))
    assert validation.product_ranks(scores, names, truth).tolist() == expected


def test_a_group_is_never_on_both_sides_of_the_split(cutouts: Path) -> None:
    held_out, kept = validation.split(datasets.read_rendered_sprites(cutouts))
    assert not {sprite.group_id for sprite in held_out} & {sprite.group_id for sprite in kept}
    assert len(held_out) + len(kept) == 48


def test_batches_are_inputs_of_the_network_with_true_classes(data: Path, cutouts: Path) -> None:
    pools = Pools(
        datasets.read_rendered_sprites(cutouts),
        datasets.read_white_ground_sprites(data),
        datasets.read_labelled(data),
        datasets.read_backgrounds(data, None),
    )
    batch = next(iter(Batches(pools, SHAPE, seed=0)))
    assert batch.studio.shape == batch.photo.shape
    assert batch.studio.shape[1:] == (3, 32, 32)
    assert batch.picture.shape == (4, 3, 32, 32)
    known = batch.product[batch.product >= 0].tolist()
    assert len(known) == len(set(known)) == 4
    assert set(batch.label.tolist()) <= set(pools.label_classes().values())


def test_too_few_pairs_for_a_last_layer_are_refused_before_the_training(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="at least 128 pairs; got 127"):
        EmbedderTraining(data=data, init=None, out=tmp_path, refit_pairs=127)


def test_own_renders_alone_are_enough_to_train_on(cutouts: Path, rooms: Path, tmp_path: Path) -> None:
    run = EmbedderTraining(
        None, None, tmp_path / "out", cutouts, rooms, minutes=0.005, shape=SHAPE, workers=0, refit_pairs=140
    )
    lines: list[str] = []
    assert train_embedder(run, lines.append).is_file()
    assert "0 product shots, 0 labelled pictures, 1 backgrounds" in lines[0]
    with pytest.raises(InputError, match="both --cutouts and --rooms"):
        train_embedder(replace(run, rooms=None), lines.append)


def test_a_run_that_goes_on_is_shown_other_batches(data: Path, cutouts: Path, tmp_path: Path) -> None:
    run = EmbedderTraining(data=data, cutouts=cutouts, init=None, out=tmp_path, shape=SHAPE, workers=0)
    trainer = _Trainer(run, material.read(data, cutouts).pools)
    begun, again = (next(iter(trainer.loader())).photo for _ in range(2))
    assert torch.equal(begun, again)
    trainer.step = 7
    assert not torch.equal(next(iter(trainer.loader())).photo, begun)


def test_a_run_writes_weights_and_goes_on_after_a_kill(data: Path, cutouts: Path, tmp_path: Path) -> None:
    lines: list[str] = []
    run = EmbedderTraining(
        data=data,
        cutouts=cutouts,
        init=None,
        out=tmp_path,
        minutes=0.01,
        shape=SHAPE,
        workers=0,
        warm_up_steps=2,
        refit_pairs=140,
    )
    path = train_embedder(run, lines.append)
    served = weights.resolve(str(tmp_path))
    assert served.embedder.path == path
    assert served.detector is not None
    assert served.detector == replace(weights.resolve("bundled").detector, path=tmp_path / "detector.xml")
    network = load_network(load_file(path))
    assert network(torch.zeros(1, 3, 32, 32)).shape == (1, 256)
    first = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert first["step"] > 0
    longer = replace(run, minutes=first["used_s"] / 60 + 0.001)
    train_embedder(longer, lines.append)
    second = torch.load(tmp_path / "checkpoint.pt", weights_only=True)
    assert second["step"] > first["step"]
    assert second["used_s"] >= longer.minutes * 60
    assert any(line.startswith("before:") for line in lines)
    assert any(re.fullmatch(r"last layer: \d+ of 140 pairs seen", line) for line in lines)


def _train_a_moment(rank: int, folder: Path, data: Path, cutouts: Path) -> None:
    """One of two processes: a few steps on batches of its own, and what came of it."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{folder / 'meeting'}", rank=rank, world_size=2)
    init = weights.resolve("bundled").embedder.path
    run = EmbedderTraining(
        data, init, folder / str(rank), cutouts, minutes=0.03, shape=SHAPE, workers=0, warm_up_steps=2
    )
    run.out.mkdir()
    trainer = _Trainer(run, material.read(data, cutouts).pools)
    shown = next(iter(trainer.loader())).photo
    trainer.fit(lambda line: None)
    torch.save((trainer.network.state_dict(), trainer.step, trainer.used_s, shown), folder / f"{rank}.pt")


@pytest.mark.soak  # a quarter of a minute
def test_two_processes_train_one_embedder(data: Path, cutouts: Path, tmp_path: Path) -> None:
    """In step on different batches: the same weights and the same clock; the first one writes the checkpoint."""
    torch.multiprocessing.spawn(_train_a_moment, (tmp_path, data, cutouts), nprocs=2)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=False) for rank in (0, 1))
    learned = [name for name in first[0] if name.endswith(("weight", "bias"))]
    assert all(torch.allclose(first[0][name], second[0][name], atol=1e-6) for name in learned)
    begun = load_file(weights.resolve("bundled").embedder.path)
    assert not torch.allclose(first[0]["fc.weight"], begun["fc.weight"].float(), atol=1e-4)
    assert first[1] == second[1] > 1
    assert first[2] == second[2]
    assert not torch.equal(first[3], second[3])
    assert (tmp_path / "0" / "checkpoint.pt").is_file()
    assert not (tmp_path / "1" / "checkpoint.pt").exists()


def _start_from_an_older_form(rank: int, folder: Path, data: Path) -> None:
    """One of two processes: the last layer with which it would begin to train."""
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo", init_method=f"file://{folder / 'meeting'}", rank=rank, world_size=2)
    projection.START_PAIRS = 130
    run = EmbedderTraining(data, folder / "older.safetensors", folder / str(rank), shape=SHAPE, workers=0)
    torch.save(_Trainer(run, material.read(data).pools).network.state_dict(), folder / f"{rank}.pt")


@pytest.mark.soak  # a quarter of a minute
def test_two_processes_start_from_one_last_layer(data: Path, tmp_path: Path) -> None:
    """Each works it out from batches of its own."""
    older = EmbedderNet(FEATURES_OF_ONE).state_dict()
    save_file({name: value.contiguous() for name, value in older.items()}, tmp_path / "older.safetensors")
    torch.multiprocessing.spawn(_start_from_an_older_form, (tmp_path, data), nprocs=2)
    first, second = (torch.load(tmp_path / f"{rank}.pt", weights_only=True)["fc.weight"] for rank in (0, 1))
    assert torch.equal(first, second)


@pytest.fixture
def rooms(tmp_path: Path) -> Path:
    """What training_rooms.py --cutouts writes: one picture, two known products large enough, one too small, a table."""
    folder = tmp_path / "rooms"
    folder.mkdir()
    picture = np.full((120, 160, 3), 120, np.uint8)
    picture[20:80, 10:60] = COLOURS[0]
    picture[30:100, 80:130] = COLOURS[1]
    (folder / "room-01000-0.png").write_bytes(encoded(picture))
    lines = [
        "image,class,x1,y1,x2,y2,product",
        "room-01000-0.png,vase,10,20,60,80,p0",
        "room-01000-0.png,table,0,0,9,9,",
    ]
    lines += ["room-01000-0.png,vase,80,30,130,100,p1", "room-01000-0.png,mug,140,10,150,22,p2"]
    (folder / "boxes.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_crops_of_rooms_are_read_with_a_margin_and_their_product(rooms: Path) -> None:
    crops = room_crops.by_product(room_crops.read(rooms.parent))
    assert set(crops) == {"p0", "p1"}
    (crop,) = crops["p0"]
    x1, y1, x2, y2 = crop.box
    assert (crop.pixels[y1 + 1 : y2 - 1, x1 + 1 : x2 - 1] == COLOURS[0]).all()
    assert tuple(crop.pixels[y1 + 3, x1 - 3]) == tuple(crop.pixels[y2 + 3, x1 + 3]) == (120, 120, 120)


def test_a_room_that_is_kept_for_measuring_is_refused(rooms: Path) -> None:
    photo = next((DEMO_FEED.parent / "photos").glob("*.webp"))
    (rooms / "room-01000-0.png").write_bytes(photo.read_bytes())
    readers: tuple[Callable[[], object], ...] = (
        lambda: room_crops.read(rooms),
        lambda: datasets.read_backgrounds(None, rooms),
        lambda: composites.Grounds.read(rooms, rooms),
        lambda: composites.write_rooms(rooms, rooms / "out"),
    )
    for read in readers:
        with pytest.raises(InputError, match=r"room-01000-0\.png is photos/.* of the evaluation set"):
            read()


def test_a_room_that_is_in_the_evaluation_sets_is_refused(rooms: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.mkdir()
    write_collection(data, "eval_grocery_queries", [(shape_on_white(COLOURS[1], 4), "milk")])
    (rooms / "room-01000-0.png").write_bytes(encoded(shape_on_white(COLOURS[1], 4)))
    readers: tuple[Callable[[], object], ...] = (
        lambda: room_crops.read(rooms, data),
        lambda: datasets.read_backgrounds(data, rooms),
        lambda: composites.Grounds.read(data, rooms),
        lambda: composites.write_rooms(rooms, tmp_path / "out", data),
    )
    for read in readers:
        with pytest.raises(InputError, match=r"is eval_grocery_queries/0 of the evaluation set"):
            read()


def test_rooms_are_boxed_by_the_detector_where_it_finds_a_product(tmp_path: Path) -> None:
    """A photo of the demo stands for a room: rows with a product come back with the edges that a search would use."""
    demo = DEMO_FEED.parent
    with (demo / "truth.csv").open(newline="") as file:
        seen = [row for row in csv.DictReader(file) if row["image"] == "photos/living-1.webp"]
    assert seen
    rows = [{name: row[name] for name in room_crops.EDGES} | {"product": row["relevant"]} for row in seen]
    far = {"x1": "1", "y1": "1", "x2": "20", "y2": "20", "product": "nowhere"}
    with (tmp_path / "boxes.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, detected_crops.COLUMNS)
        writer.writeheader()
        writer.writerows({"image": "living-1.webp"} | row for row in [*rows, far])
    shutil.copy(demo / "photos" / "living-1.webp", tmp_path)
    out = tmp_path / "detected"
    assert detected_crops.main([str(tmp_path), str(out)]) == 0
    with (out / "boxes.csv").open(newline="") as file:
        boxed = list(csv.DictReader(file))
    meant = {row["product"]: row for row in rows}
    assert len(boxed) >= len(rows) / 2
    for row in boxed:
        assert (out / row["image"]).is_file()
        exact, found = (Box(*(float(r[edge]) for edge in room_crops.EDGES)) for r in (meant[row["product"]], row))
        assert 0.5 <= geometry.iou(exact, found) < 1
    with pytest.raises(InputError, match="expected a folder of rendered rooms"):
        detected_crops.main([str(out / "nowhere"), str(out)])


def test_half_of_a_products_photo_views_are_its_crops_of_rooms(data: Path, cutouts: Path, rooms: Path) -> None:
    """The middle tells them apart: p0 is red, but what this room calls p0 is green."""
    table = rooms / "boxes.csv"
    table.write_text(table.read_text().replace(",p0", ",").replace(",p1", ",p0"))
    pools = Pools(
        rendered=[sprite for sprite in datasets.read_rendered_sprites(cutouts) if sprite.product_id == "p0"],
        shots=[], labelled=[], backgrounds=datasets.read_backgrounds(data, None), rooms=room_crops.read(rooms),
    )  # fmt: skip
    batches = Batches(pools, replace(SHAPE, shot_pairs=0, rendered_pairs=1), seed=0)
    middles = [batch.photo[0, :, 14:18, 14:18].mean(dim=(1, 2)) for batch, _ in zip(batches, range(60), strict=False)]
    assert 18 <= sum(float(green) > float(red) for red, green, _ in middles) <= 42


def test_held_out_products_are_asked_for_in_rooms_too(data: Path, cutouts: Path, rooms: Path) -> None:
    held_out, _ = validation.split(datasets.read_rendered_sprites(cutouts))
    table = rooms / "boxes.csv"
    table.write_text(table.read_text().replace(",p1", f",{held_out[0].product_id}"))
    alone = material.read(data, cutouts, rooms)
    assert [crop.product_id for crop in alone.pools.rooms] == ["p0"]
    assert [crop.product_id for crop in alone.held_out_crops["rooms"]] == [held_out[0].product_id]
    both = material.read(data, cutouts, rooms, in_use=rooms)
    assert [crop.product_id for crop in both.pools.rooms] == ["p0", "p0"]
    assert [crop.product_id for crop in both.held_out_crops["in use"]] == [held_out[0].product_id]
    assert len(both.pools.backgrounds) == len(alone.pools.backgrounds)
    plain = validation.task(alone.held_out, alone.pools)
    piles = validation.pile_task(plain, alone.held_out, alone.pools)
    assert set(piles.query_ids) == set(plain.query_ids)
    assert len(piles.queries) == len(plain.queries)
    assert piles.gallery is plain.gallery
    asked = validation.room_task(plain, alone.held_out_crops["rooms"])
    assert asked.query_ids == [held_out[0].product_id]
    assert asked.queries[0].shape == (70, 50, 3)
    wider = validation.room_task(plain, alone.held_out_crops["rooms"], 0.1)
    assert wider.queries[0].shape == (84, 60, 3)
    assert (wider.queries[0][7:-7, 5:-5] == asked.queries[0]).all()
    assert set(asked.query_ids) < set(asked.gallery_ids)
