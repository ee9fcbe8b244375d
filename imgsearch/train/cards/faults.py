"""What goes wrong with a photo, each fault at one stated strength: blur, dark, small, hidden, rotated.

A fault is a function of the photo and the thing's box to the crop that the embedder would get. Knows nothing about
models or figures. Invariants: the same photo and box give the same pixels; neither is changed.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from imgsearch import images
from imgsearch.images import Photo
from imgsearch.records import Box

BLUR_SHARE = 0.02  # of the crop's longer side: 2 px at 96 px, letters of a title on a cover are gone
DARK_STOPS = 2.0  # a lamp-lit room taken with the exposure of daylight
SMALL_PX = 32
HIDDEN_SHARE = 0.35
HIDDEN_GREY = 119  # sRGB of 18 % reflectance, a photographer's middle grey
ROTATED_DEGREES = 20.0

Fault = Callable[[Photo, Box], Image.Image]


def blurred(photo: Photo, box: Box, share: float = BLUR_SHARE) -> Image.Image:
    """The crop out of focus: a Gaussian whose standard deviation is `share` of the crop's longer side."""
    crop = images.crop(photo, box)
    return crop.filter(ImageFilter.GaussianBlur(share * max(crop.size)))


def dark(photo: Photo, box: Box, stops: float = DARK_STOPS) -> Image.Image:
    """The crop underexposed by `stops`: the light halved as often, in linear light (IEC 61966-2-1), in 8 bits."""
    encoded = np.arange(256) / 255
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4) * 0.5**stops
    darker = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return images.crop(photo, box).point(np.round(darker * 255).astype(int).tolist() * 3)


def small(photo: Photo, box: Box, longest_px: int = SMALL_PX) -> Image.Image:
    """The crop as if it stood far away: its longer side brought to `longest_px` pixels, never enlarged."""
    crop = images.crop(photo, box)
    factor = min(1.0, longest_px / max(crop.size))
    size = (max(1, round(crop.width * factor)), max(1, round(crop.height * factor)))
    return crop.resize(size, Image.Resampling.BOX)


def hidden(photo: Photo, box: Box, share: float = HIDDEN_SHARE) -> Image.Image:
    """The crop behind something grey: `share` of its width covered from the left."""
    crop = images.crop(photo, box).copy()
    covered_px = round(share * crop.width)
    if covered_px:
        ImageDraw.Draw(crop).rectangle((0, 0, covered_px - 1, crop.height), fill=(HIDDEN_GREY,) * 3)
    return crop


def rotated(photo: Photo, box: Box, degrees: float = ROTATED_DEGREES) -> Image.Image:
    """The photo turned counter-clockwise about the box's centre, cut to what then surrounds the turned box.

    So the corners show what stands beside the thing; where the photo ends, its last pixels go on.
    """
    centre_x, centre_y = (box.x1 + box.x2) / 2 * photo.scale_x, (box.y1 + box.y2) / 2 * photo.scale_y
    cos, sin = abs(np.cos(np.radians(degrees))), abs(np.sin(np.radians(degrees)))
    box_w, box_h = box.width * photo.scale_x, box.height * photo.scale_y
    width, height = max(1, round(box_w * cos + box_h * sin)), max(1, round(box_w * sin + box_h * cos))
    # OpenCV counts from the centres of pixels, boxes from their corners: hence the halves.
    matrix = cv2.getRotationMatrix2D((centre_x - 0.5, centre_y - 0.5), degrees, 1.0)
    matrix[:, 2] += ((width - 1) / 2 - (centre_x - 0.5), (height - 1) / 2 - (centre_y - 0.5))
    turned = cv2.warpAffine(
        np.asarray(photo.image), matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return Image.fromarray(np.asarray(turned, np.uint8))


FAULTS: dict[str, tuple[Fault, str]] = {
    "none": (images.crop, "the crop as it is"),
    "blur": (blurred, f"Gaussian, standard deviation {BLUR_SHARE * 100:.0f} % of the longer side"),
    "dark": (dark, f"{DARK_STOPS:.0f} stops less light"),
    "small": (small, f"longer side {SMALL_PX} px"),
    "hidden": (hidden, f"{HIDDEN_SHARE * 100:.0f} % of the width covered by grey"),
    "rotated": (rotated, f"turned by {ROTATED_DEGREES:.0f} degrees"),
}
"""By name: the fault and its strength in words."""
