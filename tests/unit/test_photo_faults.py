"""The faults of a photo: the same every time and as strong as they say. The perceptual hash against its definition."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image

from imgsearch import baselines, images
from imgsearch.images import Photo
from imgsearch.records import Box
from imgsearch.train.cards import faults

BOX = Box(40, 30, 140, 90)


@pytest.fixture
def photo() -> Photo:
    noise = np.random.default_rng(0).integers(0, 256, (120, 200, 3), dtype=np.uint8)
    return Photo(Image.fromarray(noise), 200, 120)


def pixels(picture: Image.Image) -> np.ndarray:
    return np.asarray(picture, np.float64)


@pytest.mark.parametrize("name", faults.FAULTS)
def test_a_fault_is_the_same_every_time_and_leaves_the_photo_alone(photo: Photo, name: str) -> None:
    before = photo.image.tobytes()
    fault, strength = faults.FAULTS[name]
    first, again = fault(photo, BOX), fault(photo, BOX)
    assert first.mode == "RGB"
    assert first.tobytes() == again.tobytes()
    assert (first.tobytes() == images.crop(photo, BOX).tobytes()) == (name == "none")
    assert photo.image.tobytes() == before
    assert strength


def test_blur_takes_detail_and_no_light(photo: Photo) -> None:
    crop = images.crop(photo, BOX)
    soft = faults.blurred(photo, BOX)
    assert soft.size == crop.size
    assert pixels(soft).std() < 0.4 * pixels(crop).std()
    assert pixels(soft).mean() == pytest.approx(pixels(crop).mean(), abs=2)
    assert faults.blurred(photo, BOX, 0.0).tobytes() == crop.tobytes()


def test_two_stops_leave_a_quarter_of_the_light() -> None:
    ramp = Image.fromarray(np.repeat(np.arange(256, dtype=np.uint8)[None, :, None], 3, 2).repeat(8, 0))
    out = np.asarray(faults.dark(Photo(ramp, 256, 8), Box(0, 0, 256, 8)))[0, :, 0]
    assert (out[0], out[255]) == (0, 137)  # 1.055 * .25 ** (1 / 2.4) - .055 = .5371
    assert (np.diff(out.astype(int)) >= 0).all()
    linear = [((v / 255 + 0.055) / 1.055) ** 2.4 for v in (200, float(out[200]))]
    assert linear[1] / linear[0] == pytest.approx(0.25, rel=0.03)


def test_small_has_32_px_and_is_never_enlarged(photo: Photo) -> None:
    assert faults.small(photo, BOX).size == (32, 19)
    assert faults.small(photo, Box(10, 10, 22, 30)).size == (12, 20)


def test_hidden_covers_a_share_of_the_width_and_nothing_else(photo: Photo) -> None:
    crop, out = pixels(images.crop(photo, BOX)), pixels(faults.hidden(photo, BOX))
    assert (out[:, :35] == faults.HIDDEN_GREY).all()
    assert (out[:, 35:] == crop[:, 35:]).all()
    assert (pixels(faults.hidden(photo, BOX, 0.0)) == crop).all()


def test_rotated_turns_counter_clockwise_about_the_box(photo: Photo) -> None:
    crop = pixels(images.crop(photo, BOX))
    assert (pixels(faults.rotated(photo, BOX, 0)) == crop).all()
    assert np.abs(pixels(faults.rotated(photo, BOX, 90)) - np.rot90(crop)).max() <= 1
    assert np.abs(pixels(faults.rotated(photo, BOX, 180)) - np.rot90(crop, 2)).max() <= 1
    width, height = faults.rotated(photo, BOX).size
    cos, sin = math.cos(math.radians(20)), math.sin(math.radians(20))
    assert (width, height) == (round(100 * cos + 60 * sin), round(100 * sin + 60 * cos))


def test_rotated_knows_a_photo_decoded_at_half_the_size(photo: Photo) -> None:
    double = Photo(photo.image, 400, 240)
    assert faults.rotated(double, Box(80, 60, 280, 180)).tobytes() == faults.rotated(photo, BOX).tobytes()


def slow_hash(picture: Image.Image) -> list[bool]:
    """DCT-II by its definition, one frequency at a time."""
    grey = np.asarray(picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS), np.float64)
    values = [
        sum(
            grey[y, x] * math.cos(math.pi * v * (2 * y + 1) / 64) * math.cos(math.pi * u * (2 * x + 1) / 64)
            for y in range(32)
            for x in range(32)
        )
        for v in range(8)
        for u in range(8)
    ]
    middle = sorted(values)
    return [value > (middle[31] + middle[32]) / 2 for value in values]


def test_the_perceptual_hash_agrees_with_its_definition(photo: Photo) -> None:
    pictures = [photo.image, images.crop(photo, BOX), Image.linear_gradient("L").convert("RGB")]
    rows = baselines.perceptual_hash(pictures)
    assert rows.shape == (3, 64)
    bits = [slow_hash(picture) for picture in pictures[:2]]
    assert [(row > 0).tolist() for row in rows[:2]] == bits
    differing = sum(a != b for a, b in zip(*bits, strict=True))
    assert float(rows[0] @ rows[1]) == pytest.approx(1 - differing / 32)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0)


def test_a_perceptual_hash_outlives_scale_and_light() -> None:
    ground = np.asarray(Image.radial_gradient("L"), np.uint8)
    picture = Image.fromarray(np.dstack([ground, ground.T, ground[::-1]]))
    picture.paste((200, 30, 30), (30, 50, 120, 200))
    other = picture.resize((100, 100)).point([round(v * 0.8) for v in range(256)] * 3)
    rows = baselines.perceptual_hash([picture, other])
    assert float(rows[0] @ rows[1]) > 0.9
