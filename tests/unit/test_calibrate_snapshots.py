"""Snapshots of a shop's own pictures: repeatable, cut out where the ground is plain, and still the product."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from imgsearch import embed, images
from imgsearch.snapshots import CutOut, cut_out, snapshot
from imgsearch.weights import resolve
from tests.drawn_shop import draw_product


def trimmed(kind: str, colour: str) -> Image.Image:
    picture = draw_product(kind, colour)
    return picture.crop(tuple(int(side) for side in images.trim(picture).xyxy))


def noise(width: int, height: int, seed: int = 0) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 255, (height, width, 3), dtype=np.uint8))


@pytest.fixture(scope="module")
def others() -> list[CutOut]:
    return [cut_out(trimmed(kind, colour)) for kind, colour in (("vase", "Rust"), ("clock", "Ink"))]


def test_a_thing_on_a_plain_ground_is_cut_out_and_a_photo_is_left_whole() -> None:
    lamp = cut_out(trimmed("lamp", "Teal"))
    assert lamp.cut and np.asarray(lamp.image.getchannel("A"))[0, 0] < 60, "the corner beside a lamp shade is empty"
    assert not cut_out(noise(120, 90)).cut
    assert not cut_out(Image.new("RGB", (90, 90), "white")).cut, "nothing stands on this ground"


def test_the_same_seed_gives_the_same_crop(others: list[CutOut]) -> None:
    mug = cut_out(trimmed("mug", "Cobalt"))
    first, again, different = (snapshot(np.random.default_rng(seed), mug, others) for seed in (1, 1, 2))
    assert first.tobytes() == again.tobytes()
    assert first.size != different.size or first.tobytes() != different.tobytes()


@settings(max_examples=25, deadline=None)
@given(st.integers(8, 300), st.integers(8, 300), st.integers(0, 1000), st.booleans())
def test_every_picture_gives_a_crop_that_can_be_embedded(width: int, height: int, seed: int, framed: bool) -> None:
    picture = noise(width, height, seed)
    if framed:
        ground = Image.new("RGB", (width + 60, height + 60), "white")
        ground.paste(picture, (30, 30))
        picture = ground
    thing = cut_out(picture)
    crop = snapshot(np.random.default_rng(seed), thing, [thing])
    assert crop.mode == "RGB" and min(crop.size) >= 4 and max(crop.size) <= 400
    assert np.isfinite(images.preprocess(crop, 96)).all()


def test_a_snapshot_is_nearer_to_its_product_than_to_another_kind(others: list[CutOut]) -> None:
    embedder = embed.load_openvino(resolve("bundled").embedder)
    cushion, lamp = trimmed("cushion", "Rose"), trimmed("lamp", "Olive")
    rng = np.random.default_rng(0)
    crops = [snapshot(rng, cut_out(cushion), others) for _ in range(8)]
    own, other = embedder.embed([cushion, lamp])
    vectors = embedder.embed(crops)
    assert np.mean(vectors @ own > vectors @ other) >= 0.75
    assert (vectors @ own).max() < 0.999, "it is another picture than the shop's"
