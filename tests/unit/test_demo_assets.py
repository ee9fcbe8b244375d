"""The demo shop's files fit together: feed, pictures, variants, photos, truth. Reads files only, renders nothing."""

from __future__ import annotations

import csv
import math
from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from PIL import Image

DEMO = Path(__file__).resolve().parents[2] / "assets" / "demo"
REQUIRED = [
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "additional_image_link",
    "availability",
    "price",
    "brand",
    "product_type",
    "color",
    "material",
]
ATTRIBUTES = ["color", "material", "pattern", "size"]
MIB = 1024 * 1024


def read(name: str, delimiter: str = ",") -> list[dict[str, str]]:
    with (DEMO / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


@pytest.fixture(scope="module")
def feed() -> list[dict[str, str]]:
    return read("feed.tsv", "\t")


@pytest.fixture(scope="module")
def groups(feed: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    found: dict[str, list[dict[str, str]]] = defaultdict(list)
    for row in feed:
        if row["item_group_id"]:
            found[row["item_group_id"]].append(row)
    return found


@pytest.fixture(scope="module")
def boxes() -> list[dict[str, str]]:
    return read("boxes.csv")


@pytest.fixture(scope="module")
def truth() -> list[dict[str, str]]:
    return read("truth.csv")


def corners(row: dict[str, str]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(row[name]) for name in ("x1", "y1", "x2", "y2"))
    return x1, y1, x2, y2


def photo_names() -> Iterator[str]:
    return (f"photos/{path.name}" for path in sorted((DEMO / "photos").glob("*.webp")))


# ---- the feed -------------------------------------------------------------------------------------------------------
def test_the_feed_is_large_and_varied_enough(feed):
    """At least 240 products in at least 16 categories, and their ids are unique."""
    assert len(feed) >= 240
    assert len({row["product_type"] for row in feed}) >= 16
    assert len({row["id"] for row in feed}) == len(feed)


@pytest.mark.parametrize("column", REQUIRED)
def test_no_product_lacks_a_required_attribute(feed, column):
    assert [row["id"] for row in feed if not row[column].strip()] == []


def test_prices_are_positive_and_in_one_currency(feed):
    amounts = [row["price"].split(" ") for row in feed]
    assert {currency for _, currency in amounts} == {"EUR"}
    assert all(0 < float(amount) < 5000 for amount, _ in amounts)


def test_some_products_are_out_of_stock_and_most_are_not(feed):
    gone = sum(row["availability"] != "in_stock" for row in feed)
    assert 1 <= gone <= len(feed) // 4
    assert {row["availability"] for row in feed} <= {"in_stock", "out_of_stock", "preorder", "backorder"}


def test_two_products_of_the_shop_never_have_the_same_title(feed):
    """A shopper must be able to tell two cards apart."""
    assert len({row["title"] for row in feed}) == len(feed)


# ---- variants -------------------------------------------------------------------------------------------------------
def test_a_third_of_the_products_come_in_variants(feed, groups):
    assert 3 * sum(len(members) for members in groups.values()) >= len(feed)
    assert all(len(members) >= 2 for members in groups.values())
    assert sum(len(members) >= 3 for members in groups.values()) >= 12


def test_members_of_a_group_differ_in_exactly_one_attribute(groups):
    """And share category, brand and price."""
    for members in groups.values():
        for one, other in combinations(members, 2):
            differing = [name for name in ATTRIBUTES if one[name] != other[name]]
            assert len(differing) == 1, (one["id"], other["id"], differing)
            assert all(one[name] == other[name] for name in ("product_type", "brand", "price"))


# ---- pictures -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("column", ["image_link", "additional_image_link"])
def test_every_product_has_both_pictures_in_512_px(feed, column):
    for row in feed:
        with Image.open(DEMO / row[column]) as picture:
            assert picture.size == (512, 512) and picture.mode == "RGB", row[column]


def test_no_picture_lies_about_unused(feed):
    named = {row[column] for row in feed for column in ("image_link", "additional_image_link")}
    assert {f"images/{path.name}" for path in (DEMO / "images").glob("*.webp")} == named


def test_the_first_picture_is_on_a_light_ground(feed):
    """The four corners of a catalogue shot are near white."""
    for row in feed:
        with Image.open(DEMO / row["image_link"]) as picture:
            spots = [picture.getpixel(at) for at in ((4, 4), (507, 4), (4, 507), (507, 507))]
        assert sum(map(sum, spots)) / 12 > 200, row["id"]


def test_no_two_products_share_a_picture(feed):
    """Variants differ in what is seen, not only in words."""
    seen = {}
    for row in feed:
        with Image.open(DEMO / row["image_link"]) as picture:
            key = picture.resize((48, 48)).tobytes()
        assert key not in seen, (row["id"], seen.get(key))
        seen[key] = row["id"]


# ---- held-out products ----------------------------------------------------------------------------------------------
def test_24_products_of_many_kinds_are_held_out(feed):
    lines = (DEMO / "heldout.txt").read_text(encoding="utf-8").splitlines()
    ids = [line for line in lines if line and not line.startswith("#")]
    kinds = {row["id"]: row["product_type"] for row in feed}
    assert len(ids) == len(set(ids)) == 24
    assert set(ids) <= set(kinds)
    assert len({kinds[id] for id in ids}) >= 12


# ---- photos and truth -----------------------------------------------------------------------------------------------
def test_there_are_photos_enough_with_and_without_goods_of_the_shop(boxes, truth):
    """At least 32 that show some and 16 that show none; every one has boxes."""
    names, selling = set(photo_names()), {row["image"] for row in truth}
    assert len(selling) >= 32 and len(names - selling) >= 16
    assert {row["image"] for row in boxes} == names


def test_every_photo_is_1280_pixels_wide():
    for name in photo_names():
        with Image.open(DEMO / name) as picture:
            assert picture.size == (1280, 960) and picture.mode == "RGB", name


def test_the_photos_show_more_than_half_of_the_shop(truth):
    """Products, not always the same few."""
    assert len({row["relevant"] for row in truth}) >= 130


def test_a_photo_shows_three_to_seven_products_of_the_shop_or_none(truth):
    """Photos without any are there on purpose: nothing may be found in them."""
    counts = {name: sum(row["image"] == name for row in truth) for name in photo_names()}
    assert all(3 <= count <= 7 for name, count in counts.items() if count), counts


def test_variants_of_one_product_are_never_in_one_photo(feed, truth):
    """A search must tell them apart by what it sees."""
    group_of = {row["id"]: row["item_group_id"] for row in feed}
    seen = [(row["image"], group_of[row["relevant"]]) for row in truth if group_of[row["relevant"]]]
    assert len(seen) == len(set(seen))


def test_truth_and_boxes_name_products_of_the_feed_only(feed, truth, boxes):
    ids = {row["id"] for row in feed}
    assert {row["relevant"] for row in truth} <= ids
    assert {row["product_id"] for row in boxes} - {""} <= ids


def test_every_box_lies_inside_its_picture(boxes, truth):
    sizes = {}
    for name in photo_names():
        with Image.open(DEMO / name) as picture:
            sizes[name] = picture.size
    for row in boxes + truth:
        x1, y1, x2, y2 = corners(row)
        width, height = sizes[row["image"]]
        assert 0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height, row


def test_every_query_is_a_box_that_shows_at_least_three_tenths(truth, boxes):
    known = {(row["image"], row["product_id"], corners(row)) for row in boxes}
    for row in truth:
        assert 0.3 <= float(row["visible"]) <= 1
        assert (row["image"], row["relevant"], corners(row)) in known


def test_unsold_look_alikes_stand_among_the_products(boxes):
    """Without them nothing tests that a search may find nothing."""
    unsold = sum(not row["product_id"] for row in boxes)
    assert unsold >= math.ceil(len(boxes) / 5)


# ---- size -----------------------------------------------------------------------------------------------------------
def test_the_demo_stays_small():
    total = sum(path.stat().st_size for path in DEMO.rglob("*") if path.is_file())
    assert total < 14 * MIB
    sheets = [*DEMO.glob("contact_sheet_*.webp"), *DEMO.glob("photos_sheet_*.webp")]
    assert len(sheets) >= 4
    assert all(path.stat().st_size < 600 * 1024 for path in sheets)
