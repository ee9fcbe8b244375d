"""A gallery picture: its bytes, and which part of it is embedded.

Knows nothing about products or stores.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from imgsearch import geometry, images
from imgsearch.detect import Detector
from imgsearch.errors import ImageError, ImageTooLarge
from imgsearch.fetch import MAX_BYTES, Limits, download
from imgsearch.images import Photo
from imgsearch.records import Box

GalleryCrop = Literal["auto", "detector", "trim", "whole"]
"""`auto`: trimmed where the ground is plain, else the detector's best box; the others are for measuring its worth."""

CROP_VERSION = "3"  # change it when `gallery_box` answers differently: pictures are then embedded anew
# A box below this confidence is as often a part of the product as the product; one below a fifth of a shop's picture
# is nearly always a detail. Measured with the first weights, 400 phone photos against 81 grocery icons: R@1 .100 with
# a fifth (.100 trimmed, .107 whole: no difference at this size), .052 with boxes down to a tenth.
MIN_CONFIDENCE = 0.35
MIN_SHARE = 0.2
# Where trimming leaves more than this, the ground is not plain. On one that is, no detector is as exact: on the demo
# R@1 .866 trimmed, .831 boxed by the detector (`make cards`); and detection takes most of an import's time.
PLAIN_SHARE = 0.9
# Left around a trimmed thing: what the embedder saw in training (`augment.studio_view`: 0 to .12, mean .06), and nearer
# to a visitor's box, which has some margin, too.
TRIM_MARGIN = 0.06
MIN_TRIM_SHARE = 0.01  # less is dust on the ground, not a product
MIN_TRIM_PX = images.MIN_SIDE_PX
MAX_FILE_BYTES = 5 * MAX_BYTES  # a shop's own files may be print-sized


def fetch(place: str, allow_private_urls: bool = False) -> bytes:
    """The bytes of a picture named by an absolute path or an http(s) address.

    Raises:
        ImageError: it can't be read or downloaded; `FetchError.temporary` tells what may work later.
        ImageTooLarge: the file has more than 100 MiB.
    """
    if place.lower().startswith(("http://", "https://")):
        return download(place, Limits(allow_private=allow_private_urls))
    path = Path(place)
    try:
        if not path.is_file():
            raise ImageError(f"There is no file {place!r}." if not path.exists() else f"{place!r} is not a file.")
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ImageTooLarge(f"The picture {path.name} has more than {MAX_FILE_BYTES // 2**20} MiB.")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ImageError(f"The picture {path.name[:80]!r} can't be opened ({reason}).") from error


def recipe(detector: Detector | None, how: GalleryCrop) -> str:
    """What decides the crop, as text: equal texts cut the same picture the same way."""
    if how == "auto":
        how = "auto" if detector else "trim"
    uses_detector = detector is not None and how in ("auto", "detector")
    return f"{CROP_VERSION}/{how}/{detector.fingerprint if detector and uses_detector else ''}"


def gallery_box(photo: Photo, detector: Detector | None, how: GalleryCrop = "auto") -> Box | None:
    """The part of a shop's picture that shows the product, in full-size pixels; None is the whole picture."""
    if how == "whole":
        return None
    trimmed = _trimmed(photo) if how != "detector" else None
    plain = trimmed is not None and trimmed.area <= PLAIN_SHARE * photo.width_px * photo.height_px
    found = None if detector is None or how == "trim" or plain else _detected(photo, detector)
    if found or trimmed is None:
        return found
    return geometry.pad(trimmed, TRIM_MARGIN, photo.width_px, photo.height_px)


def _detected(photo: Photo, detector: Detector) -> Box | None:
    found = detector.detect(photo)
    least = MIN_SHARE * photo.width_px * photo.height_px
    best = found[0] if found else None
    return best.box if best and best.confidence >= MIN_CONFIDENCE and best.box.area >= least else None


def _trimmed(photo: Photo) -> Box | None:
    box = images.trim(photo.image)
    whole_area = photo.image.width * photo.image.height
    if box.area >= whole_area or box.area < MIN_TRIM_SHARE * whole_area or min(box.width, box.height) < MIN_TRIM_PX:
        return None
    scaled = geometry.scale(box, 1 / photo.scale_x, 1 / photo.scale_y)
    return geometry.clip(scaled, photo.width_px, photo.height_px)
