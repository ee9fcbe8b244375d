"""Every kind of picture a visitor may send: the right upright RGB picture, or one clear sentence."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from imgsearch import images
from imgsearch.errors import BoxError, ImageError, ImageTooLarge
from imgsearch.records import Box

RED, BLUE, WHITE = (220, 20, 30), (20, 40, 210), (255, 255, 255)


def quadrants(width: int = 80, height: int = 40) -> Image.Image:
    """Top left red, the rest blue: tells every orientation apart together with the aspect."""
    image = Image.new("RGB", (width, height), BLUE)
    image.paste(RED, (0, 0, width // 2, height // 2))
    return image


def encode(image: Image.Image, fmt: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, fmt, **options)
    return buffer.getvalue()


def close(pixel: object, colour: tuple[int, int, int], tolerance: int = 30) -> bool:
    return bool(np.abs(np.asarray(pixel, dtype=int) - np.asarray(colour)).max() <= tolerance)


def at(photo: images.Photo, x: float, y: float) -> object:
    return photo.image.getpixel((int(photo.image.width * x), int(photo.image.height * y)))


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "BMP", "TIFF", "GIF", "HEIF", "AVIF"])
def test_each_format_gives_the_same_picture(fmt: str) -> None:
    images.enable_heif()
    photo = images.load(encode(quadrants(), fmt))
    assert (photo.width_px, photo.height_px, photo.image.mode) == (80, 40, "RGB")
    assert close(at(photo, 0.2, 0.2), RED)
    assert close(at(photo, 0.8, 0.8), BLUE)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("max_side_px", [None, 1600])
@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_all_eight_exif_orientations_come_out_upright(fmt: str, orientation: int, max_side_px: int | None) -> None:
    turn = {
        1: None, 2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }[orientation]  # fmt: skip
    stored = quadrants() if turn is None else quadrants().transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = images.load(encode(stored, fmt, quality=95, exif=exif), max_side_px)
    assert (photo.width_px, photo.height_px) == (80, 40) == photo.image.size
    assert close(at(photo, 0.2, 0.2), RED)
    assert close(at(photo, 0.8, 0.2), BLUE)
    assert close(at(photo, 0.2, 0.8), BLUE)


def test_a_picture_with_odd_exif_is_turned_all_the_same() -> None:
    """Image width as a fraction, as some cameras write it: what can't be written again need not be."""
    width = struct.pack("<HHII", ExifTags.Base.ImageWidth, 5, 1, 38) + struct.pack("<HHII", 274, 3, 1, 6)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + width + struct.pack("<III", 0, 80, 3)
    turned = encode(quadrants().transpose(Image.Transpose.ROTATE_90), "JPEG", quality=95, exif=exif)
    with pytest.raises(struct.error):
        ImageOps.exif_transpose(Image.open(io.BytesIO(turned)))
    photo = images.load(turned)
    assert (photo.width_px, photo.height_px) == (80, 40) == photo.image.size
    assert close(at(photo, 0.2, 0.2), RED)


def test_a_picture_with_unreadable_exif_is_as_it_is() -> None:
    """Browsers show it, too."""
    photo = images.load(encode(quadrants(), "JPEG", exif=b"Exif\0\0nothing of the kind"))
    assert photo.image.size == (80, 40)


@pytest.mark.parametrize("fmt", ["EPS", "ICO", "PDF", "PCX", "TGA", "PPM"])
def test_formats_that_are_not_named_are_not_tried(fmt: str) -> None:
    """PostScript is a program, and an icon is decoded before its size can be asked for."""
    with pytest.raises(ImageError, match="JPEG, PNG"):
        images.load(encode(quadrants(64, 64), fmt))


def test_an_animated_gif_gives_its_first_frame() -> None:
    frames = [Image.new("RGB", (32, 32), c) for c in (RED, BLUE)]
    photo = images.load(encode(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert close(at(photo, 0.5, 0.5), RED)


def test_cmyk_jpeg_is_converted() -> None:
    photo = images.load(encode(quadrants().convert("CMYK"), "JPEG", quality=95))
    assert close(at(photo, 0.2, 0.2), RED, 60)


def test_sixteen_bit_grey_is_scaled_not_clipped() -> None:
    ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
    photo = images.load(encode(Image.fromarray(ramp), "PNG"))
    grey = np.asarray(photo.image)[16, :, 0].astype(int)
    assert abs(int(grey[32]) - 130) < 6 and grey[0] < 4 and grey[-1] > 250


def test_transparency_is_laid_on_white() -> None:
    layer = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    layer.paste((*RED, 255), (0, 0, 20, 40))
    photo = images.load(encode(layer, "PNG"))
    assert close(at(photo, 0.2, 0.5), RED) and close(at(photo, 0.8, 0.5), WHITE)


def test_a_palette_with_a_transparent_entry_is_laid_on_white() -> None:
    image = Image.new("P", (40, 40), 1)
    image.putpalette([0, 0, 0, *RED])
    image.paste(0, (20, 0, 40, 40))
    photo = images.load(encode(image, "PNG", transparency=0))
    assert close(at(photo, 0.2, 0.5), RED) and close(at(photo, 0.8, 0.5), WHITE)


def test_an_empty_file_says_so() -> None:
    with pytest.raises(ImageError, match="empty"):
        images.load(b"")


def test_a_text_file_called_jpg_says_what_is_accepted(tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_text("not a picture")
    with pytest.raises(ImageError, match="JPEG, PNG"):
        images.load(path)


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "GIF", "HEIF"])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused_never_half_shown(fmt: str, share: float) -> None:
    images.enable_heif()
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    data = encode(Image.fromarray(noise), fmt)
    with pytest.raises(ImageError):
        images.load(data[: int(len(data) * share)])


def png_header(width: int, height: int) -> bytes:
    ihdr = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 1000)
    chunks = b"".join(
        struct.pack(">I", len(c) - 4) + c + struct.pack(">I", zlib.crc32(c)) for c in (ihdr, body, b"IEND")
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def test_a_decompression_bomb_is_refused_from_its_header() -> None:
    with pytest.raises(ImageTooLarge, match="20000 x 20000"):
        images.load(png_header(20_000, 20_000))


def test_a_tiny_picture_is_refused() -> None:
    with pytest.raises(ImageError, match="at least 8"):
        images.load(encode(Image.new("RGB", (3, 3)), "PNG"))


def test_a_missing_file_says_which() -> None:
    with pytest.raises(ImageError, match=r"nowhere\.jpg"):
        images.load(Path("nowhere.jpg"))


def test_a_large_photo_is_worked_on_small_but_measured_in_full_pixels() -> None:
    photo = images.load(encode(quadrants(4000, 2000), "JPEG"), max_side_px=1000)
    assert (photo.width_px, photo.height_px) == (4000, 2000)
    assert max(photo.image.size) == 1000
    cut = images.crop(photo, Box(0, 0, 2000, 1000))
    assert abs(cut.width - 500) <= 1 and close(cut.getpixel((250, 125)), RED)


def test_a_crop_outside_the_picture_is_refused_and_one_across_the_edge_is_clipped() -> None:
    photo = images.load(encode(quadrants(), "PNG"))
    assert images.crop(photo, Box(-50, -50, 40, 20)).size == (40, 20)
    with pytest.raises(BoxError, match="inside the"):
        images.crop(photo, Box(100, 100, 200, 200))


def test_a_query_is_its_box_and_a_fiftieth_of_its_sides_around_it_as_far_as_the_photo_goes() -> None:
    photo = images.load(encode(quadrants(400, 200), "PNG"))
    assert images.query_box(photo, Box(100, 50, 200, 100)).xyxy == (98.0, 49.0, 202.0, 101.0)
    assert images.query_crop(photo, Box(100, 50, 200, 100)).size == (104, 52)
    assert images.query_crop(photo, Box(-50, -50, 450, 250)).size == (400, 200)
    with pytest.raises(BoxError, match="inside the"):
        images.query_crop(photo, Box(500, 100, 600, 200))


def test_letterbox_keeps_the_aspect_and_pads_with_the_border_colour() -> None:
    image = Image.new("RGB", (100, 50), (10, 200, 30))
    image.paste((250, 250, 250), (30, 15, 70, 35))
    square = images.letterbox(image, 64)
    assert square.shape == (64, 64, 3) and square.dtype == np.uint8
    assert close(square[2, 32], (10, 200, 30), 3) and close(square[61, 32], (10, 200, 30), 3)
    assert close(square[32, 32], (250, 250, 250), 3)


def test_preprocess_is_imagenet_normalised() -> None:
    planes = images.preprocess(Image.new("RGB", (30, 30), (255, 0, 128)), 32)
    assert planes.shape == (3, 32, 32) and planes.dtype == np.float32
    expected = [(1 - 0.485) / 0.229, (0 - 0.456) / 0.224, (128 / 255 - 0.406) / 0.225]
    assert np.allclose(planes.mean(axis=(1, 2)), expected, atol=1e-5)


def test_trim_finds_the_thing_on_a_plain_ground() -> None:
    image = Image.new("RGB", (100, 100), (240, 240, 238))
    image.paste(RED, (20, 30, 60, 90))
    assert images.trim(image).xyxy == (20, 30, 60, 90)
    assert images.trim(Image.new("RGB", (50, 40), WHITE)).xyxy == (0, 0, 50, 40)


def test_trim_finds_what_differs_in_any_channel_by_more_than_the_tolerance() -> None:
    """Pixel by pixel, on noisy pictures of all sizes."""
    rng = np.random.default_rng(0)
    for _ in range(100):
        height, width = (int(side) for side in rng.integers(1, 40, 2))
        noise = rng.integers(-25, 26, (height, width, 3)) * (rng.random((height, width, 1)) < 0.2 * rng.random())
        pixels = np.clip(rng.integers(0, 256, 3) + noise, 0, 255).astype(np.uint8)
        border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]]).astype(int)
        differs = np.abs(pixels.astype(int) - np.median(border, axis=0).astype(int)).max(axis=2) > 18
        rows, columns = np.flatnonzero(differs.any(axis=1)), np.flatnonzero(differs.any(axis=0))
        expected = (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1) if min(rows.size, columns.size) > 1 else None
        assert images.trim(Image.fromarray(pixels)).xyxy == (expected or (0, 0, width, height))
