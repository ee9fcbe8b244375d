"""Training pictures: every pasted thing has a tight box, splits share no product, and chance is seeded."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from imgsearch.errors import InputError
from imgsearch.train import canvas as canvases
from imgsearch.train import composites, scenes, sources
from imgsearch.train.canvas import Canvas, Cutout, paste
from imgsearch.train.classes import CLASS_NAMES, class_of
from imgsearch.train.scenes import Pool
from imgsearch.train.sources import Source


def block(width: int, height: int, colour: int = 200) -> canvases.Pixels:
    """An opaque premultiplied rectangle."""
    return np.dstack([np.full((height, width, 3), colour, np.uint8), np.full((height, width), 255, np.uint8)])


def disc(side: int) -> canvases.Pixels:
    """A premultiplied disc on nothing."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    alpha = ((x**2 + y**2 < (side / 2) ** 2) * 255).astype(np.uint8)
    return np.dstack([np.minimum(180, alpha)] * 3 + [alpha])


def canvas(width: int = 200, height: int = 150) -> Canvas:
    return Canvas(np.full((height, width, 3), 120, np.float32), np.full((height, width), -1, np.int16))


@pytest.fixture
def pool() -> Pool:
    places = ("sofa", "rug", "table", "chair", "picture", "cushion", "lamp", "mug", "planter")
    rooms = {f: [Cutout(disc(60 + i), f, class_of(f)) for i in range(3)] for f in places}
    return Pool(rooms, [Cutout(block(40, 50), "", 0)])


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_labels_of_every_collection_have_a_class() -> None:
    """Names with a class of their own get it, all others are 'item'."""
    names = {"wine glass": "tableware", "stool": "chair", "planter": "plant", "tote": "bag", "bookend": "item"}
    assert {label: CLASS_NAMES[class_of(label)] for label in names} == names
    assert class_of("Home Decor >> Flower Vase") == CLASS_NAMES.index("vase")
    assert [CLASS_NAMES[class_of(name)] for name in CLASS_NAMES] == list(CLASS_NAMES)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Chair", "chair"),
        ("SOFAS", "sofa"),
        ("mugs", "tableware"),
        ("glass", "tableware"),
        ("T-Shirt", "clothing"),
        ("Side-Table", "table"),
        ("floor_lamp", "lamp"),
        ("pump", "item"),
    ],
)
def test_a_shops_spelling_of_a_label_makes_no_difference(label: str, name: str) -> None:
    """Capitals, hyphens, underscores and plurals; a label that only looks like a class stays an 'item'."""
    assert CLASS_NAMES[class_of(label)] == name


def test_a_box_is_tight_around_what_is_visible(rng: np.random.Generator) -> None:
    """A thing half behind another one has the box of its visible half."""
    picture = canvas()
    assert paste(picture, block(60, 40), 20, 30, 3, rng, "none")
    assert paste(picture, block(60, 60), 50, 20, 5, rng, "none")
    assert picture.boxes() == [(3, (20, 30, 50, 70)), (5, (50, 20, 110, 80))]


def test_a_box_ends_at_the_edge_of_the_picture(rng: np.random.Generator) -> None:
    """What lies outside is not part of the box."""
    picture = canvas()
    assert paste(picture, block(60, 40), -20, 130, 0, rng, "none") is False  # a third of it would be seen
    assert paste(picture, block(60, 40), -20, 120, 0, rng, "none")
    assert picture.boxes() == [(0, (0, 120, 40, 150))]


def test_no_paste_hides_too_much_of_another(rng: np.random.Generator) -> None:
    """A thing that would leave less than 35 % of one below is not pasted, and nothing changes."""
    picture = canvas()
    paste(picture, block(40, 40), 50, 50, 0, rng, "none")
    before = picture.pixels.copy()
    assert not paste(picture, block(44, 44), 60, 48, 1, rng, "contact")
    assert np.array_equal(picture.pixels, before)
    assert len(picture.classes) == 1


@pytest.mark.parametrize("layout", [scenes.room, scenes.table_top, scenes.shelves, scenes.anywhere, scenes.portrait])
def test_every_layout_keeps_the_invariants(layout: scenes.Layout, pool: Pool) -> None:
    """Over ten pictures: shares of what is visible, and boxes against the slow way of finding them."""
    for seed in range(10):
        picture = canvas(128, 96)
        layout(picture, pool, np.random.default_rng(seed), True)
        if not picture.classes:
            continue
        assert picture.visible_shares().min() >= canvases.MIN_VISIBLE
        for index, (class_id, box) in enumerate(picture.boxes()):
            columns = [x for x in range(128) if (picture.owner[:, x] == index).any()]
            rows = [y for y in range(96) if (picture.owner[y] == index).any()]
            assert box == (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)
            assert class_id == picture.classes[index]


def test_the_same_generator_gives_the_same_picture(pool: Pool) -> None:
    """Chance comes from the generator alone."""
    ground = composites.colour_field(160, 120, np.random.default_rng(5))
    pictures = [scenes.compose(ground, pool, np.random.default_rng(7), True) for _ in range(2)]
    assert np.array_equal(pictures[0][0], pictures[1][0])
    assert pictures[0][1] == pictures[1][1]


def test_pasting_blends_by_alpha(rng: np.random.Generator) -> None:
    """Half transparent grey on grey: against the formula, pixel by pixel."""
    picture = canvas()
    half = np.dstack([np.full((20, 20, 3), 100, np.uint8), np.full((20, 20), 128, np.uint8)])
    assert paste(picture, half, 10, 10, 0, rng, "none")
    assert picture.pixels[15, 15, 0] == pytest.approx(120 * (1 - 128 / 255) + 100)


def test_views_and_variants_of_a_product_share_a_split() -> None:
    """The split is decided by the group, and about a tenth validates."""
    shots = [Source(Cutout(block(9, 9), "mug", 1), f"group-{i % 500}") for i in range(1000)]
    held = sources.validation_groups(shots)
    assert 25 <= len(held) <= 90
    training, validating = (sources.make_pool(shots, [], validation) for validation in (False, True))
    assert len(validating.rooms["mug"]) == 2 * len(held)
    assert len(training.rooms["mug"]) == 1000 - 2 * len(held)


def test_every_family_validates() -> None:
    """A family of few products, too: its last one is kept where chance keeps none."""
    shots = [Source(Cutout(block(9, 9), family, 0), f"{family}-{i}") for family in "abcdefgh" for i in range(3)]
    assert set(sources.make_pool(shots, [], validation=True).rooms) == set("abcdefgh")
    assert set(sources.make_pool(shots, [], validation=False).rooms) == set("abcdefgh")


def encoded(pixels: canvases.Pixels, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path, Path]:
    """Tiny collections, cut-outs and rooms in the layout of the real ones."""
    data, cutouts, rooms = tmp_path / "data", tmp_path / "cutouts", tmp_path / "rooms"
    for folder in (data, cutouts, rooms):
        folder.mkdir()
    ground = np.full((60, 80, 3), 255, np.uint8)
    ground[15:45, 20:60] = 90
    box = {"label": "chair", "x1": 20.0, "y1": 15.0, "x2": 60.0, "y2": 45.0}
    common = {"image": encoded(ground), "width": 80, "height": 60, "name": "a", "label": "Handbags"}
    person = {**box, "label": "person"}
    rows = [
        {**common, "product_id": str(i), "split": s, "boxes": [box, person]} for i, s in enumerate(["train", "val"])
    ]
    pq.write_table(pa.Table.from_pylist(rows), data / "detect_coco256.parquet")
    shots = [{**common, "product_id": str(i), "split": "", "boxes": []} for i in range(40)]
    pq.write_table(pa.Table.from_pylist(shots), data / "embed_fashion.parquet")
    with (cutouts / "index.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["product_id", "group_id", "family", "category", "colour", "material", "path"])
        for i in range(40):
            Image.fromarray(disc(50)).save(cutouts / f"{i}.webp", lossless=True)
            table.writerow([f"p{i}", f"g{i}", ("sofa", "mug", "rug", "chair")[i % 4], "", "", "", f"{i}.webp"])
    (rooms / "room.png").write_bytes(encoded(composites.colour_field(300, 200, np.random.default_rng(1))))
    return data, cutouts, rooms


def test_build_writes_pictures_with_labels_inside_them(
    folders: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Real rows keep their split and lose what is not goods; composites have a label per thing."""
    monkeypatch.setattr(composites, "VALIDATION_PICTURES", 4)
    out = tmp_path / "out"
    composites.build(*folders, None, out, count=6)
    real = dict(composites.read_labels(out, "val_coco256"))
    chair = CLASS_NAMES.index("chair")
    assert [[class_id for class_id, _ in boxes] for boxes in real.values()] == [[chair]]
    made = list(composites.read_labels(out, "val_composites"))
    train = list(composites.read_labels(out, "train"))
    assert (len(made), len(train)) == (4, 7)
    for path, boxes in made + train:
        assert boxes, path
        for class_id, (x1, y1, x2, y2) in boxes:
            assert 0 <= class_id < len(CLASS_NAMES)
            assert -1e-4 <= x1 < x2 <= 1 + 1e-4
            assert -1e-4 <= y1 < y2 <= 1 + 1e-4
    assert (out / "complete").exists()


def test_labels_survive_writing_and_reading(tmp_path: Path) -> None:
    """To a hundredth of a pixel."""
    pixels = np.zeros((120, 200, 3), np.uint8)
    composites.write_picture(tmp_path, "train", "a", pixels, [(4, (10.0, 20.0, 110.5, 90.25))], 90)
    [(_, [(class_id, box)])] = list(composites.read_labels(tmp_path, "train"))
    assert class_id == 4
    assert np.array(box) * (200, 120, 200, 120) == pytest.approx((10.0, 20.0, 110.5, 90.25), abs=0.01)


def test_a_folder_without_an_index_is_refused(tmp_path: Path) -> None:
    """With the name of what is missing."""
    with pytest.raises(InputError, match=r"index\.csv"):
        sources.read_rendered(tmp_path)


def rendered_rooms(folder: Path) -> Path:
    """What training_rooms.py writes: pictures of two rooms, one of them the tenth, with two things in each."""
    folder.mkdir()
    lines = ["image,class,x1,y1,x2,y2"]
    for name in ("room-00010-0.jpg", "room-00010-1.jpg", "room-00011-0.jpg"):
        Image.new("RGB", (64, 48), (90, 120, 90)).save(folder / name)
        lines += [f"{name},mug,10.5,8,20,24", f"{name},hook rail,0,0,64,6"]
    (folder / "boxes.csv").write_text("\n".join(lines) + "\n")
    return folder


def test_a_room_is_in_one_split_with_all_its_views(tmp_path: Path) -> None:
    """Every tenth room validates; boxes and classes arrive as they were written."""
    composites.write_rooms(rendered_rooms(tmp_path / "rooms"), tmp_path / "out")
    validating = list(composites.read_labels(tmp_path / "out", "val_rooms"))
    training = list(composites.read_labels(tmp_path / "out", "train"))
    assert [path.name for path, _ in validating] == ["room-00010-0.jpg", "room-00010-1.jpg"]
    assert [path.name for path, _ in training] == ["room-00011-0.jpg"]
    for _, boxes in validating + training:
        assert [CLASS_NAMES[class_id] for class_id, _ in boxes] == ["tableware", "item"]
        assert np.array(boxes[0][1]) * (64, 48, 64, 48) == pytest.approx((10.5, 8, 20, 24), abs=0.01)


def test_rooms_can_be_added_later(tmp_path: Path) -> None:
    """A second call writes what is new and changes nothing else."""
    rooms = rendered_rooms(tmp_path / "rooms")
    composites.write_rooms(rooms, tmp_path / "out")
    Image.new("RGB", (64, 48)).save(rooms / "room-00012-0.jpg")
    with (rooms / "boxes.csv").open("a") as file:
        file.write("room-00012-0.jpg,sofa,1,1,40,40\n")
    composites.write_rooms(rooms, tmp_path / "out")
    assert len(list(composites.read_labels(tmp_path / "out", "train"))) == 2


def test_rooms_without_a_table_are_refused(tmp_path: Path) -> None:
    """With the name of what is missing."""
    with pytest.raises(InputError, match=r"boxes\.csv"):
        composites.write_rooms(tmp_path, tmp_path / "out")
