"""Bytes in, upright RGB out; crops; and the one preprocessing that gallery, query and training share.

Knows nothing about models' internals, stores or pages. Invariants: a decoded picture is upright, RGB and opaque
(transparency is laid on white, as shop pictures are); a file that can't be read whole is an `ImageError`, never half
a picture; no more than `MAX_PIXELS` are ever decoded, checked from the header before memory is taken.
"""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageChops, ImageFile, UnidentifiedImageError

from imgsearch import geometry
from imgsearch.errors import ImageError, ImageTooLarge
from imgsearch.records import Box

MAX_PIXELS = 80_000_000  # a 50 MP phone photo passes, a 20,000 x 20,000 px bomb does not
MAX_SIDE_PX = 20_000
MIN_SIDE_PX = 8
WORK_SIDE_PX = 1600  # photos are worked on at this size: boxes and crops lose nothing that 160 px crops could show
PREPROCESSING = "letterbox-median-border/bicubic/imagenet/1"  # part of the fingerprint: change it when pixels change
QUERY_MARGIN = 0.02
"""Of a box's sides, added on each of them: of six shares the one with the largest recall@1 on crops of rendered rooms
(the embedder's card has the table and its command)."""
FORMATS = "JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC"
DECODERS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "AVIF", "HEIF")
"""Pillow's names of them. It knows thirty more, of which EPS starts Ghostscript on the file, a program without a time
limit, and ICO decodes what is inside before its size can be asked for: a photo comes from anybody."""
STRIP_PX = 1_000_000  # pixels that are converted at a time: whole, 80 megapixels of 16 bits took 2.1 GB

TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}  # fmt: skip
"""What makes a picture upright, by its EXIF orientation (Exif 2.3, tag 274); 1 is upright."""

# torchvision's documented ImageNet statistics, in RGB order on [0, 1].
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32).reshape(3, 1, 1)
_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32).reshape(3, 1, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """An upright RGB picture, possibly decoded at reduced scale, and its full size.

    `width_px`, `height_px` are those of the full-size upright picture; every box refers to them. `image` has the
    same aspect and at most that size.
    """

    image: Image.Image
    width_px: int
    height_px: int

    @property
    def scale_x(self) -> float:
        """Pixels of `image` per full-size pixel, horizontally, in (0, 1]."""
        return self.image.width / self.width_px

    @property
    def scale_y(self) -> float:
        """Pixels of `image` per full-size pixel, vertically, in (0, 1]."""
        return self.image.height / self.height_px


def load(source: bytes | str | Path, max_side_px: int | None = WORK_SIDE_PX) -> Photo:
    """Decode a picture.

    Args:
        source: the file's bytes, or a path to it.
        max_side_px: decode no larger than needed for this longer side; None for the full size.

    Raises:
        ImageError: not a picture, damaged or truncated, or smaller than 8 px.
        ImageTooLarge: more than 80 megapixels, or a side over 20,000 px.

    >>> load("photo.jpg").image.mode  # doctest: +SKIP
    'RGB'
    """
    data = source if isinstance(source, bytes) else _read(Path(source))
    if not data:
        raise ImageError(f"The file is empty (0 bytes); send a picture as {FORMATS}.")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow's bomb warning: the limit below is ours and comes before decoding
        return _decode(data, max_side_px)


DAMAGE = (
    OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, MemoryError, RuntimeError,
    TypeError, struct.error,
)  # fmt: skip
"""Pillow's decoders raise all of these on damaged files."""
SIDEWAYS = {turn for orientation, turn in TURNS.items() if orientation >= 5}


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ImageError(f"The picture {path.name} can't be opened ({error.strerror or error}).") from error


def _decode(data: bytes, max_side_px: int | None) -> Photo:
    enable_heif()
    try:
        with Image.open(io.BytesIO(data), formats=DECODERS) as image:
            _check_size(image.width, image.height)
            width_px, height_px = image.size
            if max_side_px is not None:
                # JPEG decodes at 1/2, 1/4, 1/8 for a fraction of the time; draft never goes below the size asked for.
                image.draft("RGB", (max_side_px, max_side_px))
            image.load()
            # Asked for once loaded: PNG may tell it at the end, and TIFF is turned by Pillow, which then says 1.
            turn = TURNS.get(_orientation(image))
            upright = _to_rgb(image) if turn is None else _to_rgb(image).transpose(turn)
    except (UnidentifiedImageError, ImportError) as error:
        # ultralytics, where it is loaded, replaces Image.open by one that asks for a package when a file is no picture.
        raise ImageError(f"This file is not a picture that can be read; send {FORMATS}.") from error
    except DAMAGE as error:
        raise ImageError(f"The picture is damaged or cut off and can't be read whole ({_first(error)}).") from error
    if min(width_px, height_px) < MIN_SIDE_PX:
        raise ImageError(f"The picture has {width_px} x {height_px} px; at least {MIN_SIDE_PX} px a side are needed.")
    if turn in SIDEWAYS:
        width_px, height_px = height_px, width_px
    return Photo(_shrink(upright, max_side_px), width_px, height_px)


def _first(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120] or type(error).__name__


def enable_heif() -> None:
    """Teach Pillow HEIC, the format phones send; needs the pillow-heif package, which the requirements name."""
    from pillow_heif import register_heif_opener

    register_heif_opener()


def _check_size(width_px: int, height_px: int) -> None:
    if width_px * height_px > MAX_PIXELS or max(width_px, height_px) > MAX_SIDE_PX - 1:
        raise ImageTooLarge(
            f"The picture has {width_px} x {height_px} px; at most {MAX_PIXELS // 1_000_000} megapixels and "
            f"{MAX_SIDE_PX - 1} px a side are accepted. Send a smaller one."
        )


def _orientation(image: Image.Image) -> int:
    """By its EXIF or XMP; 1, upright, where these can't be read: nobody else minds that, either."""
    try:
        told = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGE:
        return 1
    return told if isinstance(told, int) else 1


def _to_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image.convert("RGB")  # a copy, so that nothing of the file is held
    white = _white(image) if image.mode.startswith(("I", "F")) else 0.0
    whole = Image.new("RGB", image.size)
    for top, strip in _strips(image):
        whole.paste(_grey(strip, white) if white else _laid_on_white(strip), (0, top))
    return whole


def _strips(image: Image.Image) -> Iterator[tuple[int, Image.Image]]:
    """The picture in pieces of its width, each with the row where it begins."""
    rows = max(1, STRIP_PX // image.width)
    for top in range(0, image.height, rows):
        yield top, image.crop((0, top, image.width, min(image.height, top + rows)))


def _laid_on_white(strip: Image.Image) -> Image.Image:
    if "A" not in strip.getbands() and "transparency" not in strip.info:
        return strip.convert("RGB")
    layer = strip.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer).convert("RGB")


def _white(image: Image.Image) -> float:
    """The value that is white in a picture of more than eight bits."""
    peak = max(float(np.asarray(strip).max(initial=0)) for _, strip in _strips(image))
    return max(peak, 1.0) if image.mode == "F" else (65535.0 if peak > 255 else 255.0)


def _grey(strip: Image.Image, white: float) -> Image.Image:
    # Pillow's own convert clips 16-bit values at 255, which turns the picture white.
    values = np.asarray(strip, dtype=np.float64)
    return Image.fromarray(np.clip(values / white * 255.0, 0, 255).astype(np.uint8)).convert("RGB")


def _shrink(image: Image.Image, max_side_px: int | None) -> Image.Image:
    if max_side_px is None or max(image.size) <= max_side_px:
        return image
    factor = max_side_px / max(image.size)
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0)


def crop(photo: Photo, box: Box) -> Image.Image:
    """Cut a box (full-size pixels) out of a photo, whatever scale the photo was decoded at.

    Raises:
        BoxError: the box leaves less than 4 px inside the picture.
    """
    inside = geometry.clip(box, photo.width_px, photo.height_px)
    x1, y1, x2, y2 = geometry.scale(inside, photo.scale_x, photo.scale_y).xyxy
    left, top = min(int(x1), photo.image.width - 1), min(int(y1), photo.image.height - 1)
    right, bottom = max(left + 1, round(x2)), max(top + 1, round(y2))
    return photo.image.crop((left, top, right, bottom))


def query_crop(photo: Photo, box: Box) -> Image.Image:
    """What is embedded of a thing that is searched for: see `query_box`.

    Raises:
        BoxError: the box leaves less than 4 px inside the picture.
    """
    return crop(photo, query_box(photo, box))


def query_box(photo: Photo, box: Box) -> Box:
    """The box of a thing that is searched for with a little of the ground around it, as the gallery's pictures have it.

    Raises:
        BoxError: the box leaves less than 4 px inside the picture.
    """
    inside = geometry.clip(box, photo.width_px, photo.height_px)
    return geometry.pad(inside, QUERY_MARGIN, photo.width_px, photo.height_px)


def trim(image: Image.Image, tolerance: int = 18) -> Box:
    """The box around what differs from the border's median colour; the whole picture if nothing does.

    Args:
        image: RGB.
        tolerance: largest difference of a channel, of 255, that still counts as ground.
    """
    ground = Image.new("RGB", image.size, tuple(_border_colour(np.asarray(image)).tolist()))
    # Pillow's loops: 2 ms for 512 px, where numpy's over three channels took 14 of the 38 ms that a picture of an
    # import costs beside its embedding.
    red, green, blue = ImageChops.difference(image, ground).split()
    largest = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    differs = largest.point([255 * (level > tolerance) for level in range(256)])
    columns, rows = (np.flatnonzero(flags) for flags in differs.getprojection())
    if rows.size < 2 or columns.size < 2:
        return geometry.whole(image.width, image.height)
    return Box(float(columns[0]), float(rows[0]), float(columns[-1] + 1), float(rows[-1] + 1))


def _border_colour(pixels: NDArray[Any]) -> NDArray[np.int16]:
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    median: NDArray[np.int16] = np.median(border, axis=0).astype(np.int16)
    return median


def letterbox(image: Image.Image, size_px: int) -> NDArray[np.uint8]:
    """Resize the longer side to `size_px` and pad to a square with the median border colour.

    Args:
        image: RGB, any size.
        size_px: side of the square.

    Returns:
        `(size_px, size_px, 3)` uint8, RGB.
    """
    factor = size_px / max(image.size)
    width, height = max(1, round(image.width * factor)), max(1, round(image.height * factor))
    resized = image.resize((width, height), Image.Resampling.BICUBIC, reducing_gap=3.0)
    pixels = np.asarray(resized, dtype=np.uint8)
    square = np.empty((size_px, size_px, 3), dtype=np.uint8)
    square[:] = _border_colour(pixels).astype(np.uint8)
    top, left = (size_px - height) // 2, (size_px - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square


def normalise(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """`(H, W, 3)` uint8 to `(3, H, W)` float32 with torchvision's ImageNet mean and standard deviation."""
    planes = pixels.astype(np.float32).transpose(2, 0, 1) / np.float32(255.0)
    return np.ascontiguousarray((planes - _MEAN) / _STD, dtype=np.float32)


def preprocess(image: Image.Image, size_px: int) -> NDArray[np.float32]:
    """The one preprocessing: a crop (RGB) to what the embedder reads, `(3, size_px, size_px)` float32."""
    return normalise(letterbox(image, size_px))


def thumbnail(image: Image.Image, max_side_px: int, quality: int = 82) -> bytes:
    """A WebP no larger than `max_side_px`, for pages and caches."""
    small = _shrink(image, max_side_px)
    buffer = io.BytesIO()
    # method 2: 12 ms for 800 px where 4 takes 25 ms, for files 4 % larger.
    small.save(buffer, "WEBP", quality=quality, method=2)
    return buffer.getvalue()


# A truncated file must fail, not come back half grey.
ImageFile.LOAD_TRUNCATED_IMAGES = False
Image.MAX_IMAGE_PIXELS = None  # our own limit, checked before decoding, is the lower one
