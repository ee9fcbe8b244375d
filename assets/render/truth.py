"""Where every tagged thing of a staged photo is, exactly: boxes and visible shares from id renders.

Knows nothing of rooms, products or files of the demo. A box is [x1, y1, x2, y2) in pixels of the full-size picture,
tight around the visible pixels, origin top left. The visible share is (pixels of the thing in the photo) / (pixels of
the same thing rendered alone on the same pixel grid), so what the frame cuts off counts as hidden, too.
Glass counts as solid.
"""
from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import bpy
import numpy as np
from bpy_extras.object_utils import world_to_camera_view
from geometry import tight_box
from mathutils import Vector
from scene import id_pass
from stage import Item

BEYOND = 0.5             # how far outside the frame a thing is still counted, in frame sizes
LEAST_PX = 60            # fewer visible pixels than this are no detectable thing
DRAWN = ("MESH", "FONT")


@dataclass(frozen=True)
class Seen:
    """One thing in one photo."""

    class_name: str
    product_id: str
    box: tuple[int, int, int, int]
    visible: float


def measure(items: Sequence[Item], width: int, height: int, scratch: str) -> list[Seen]:
    """Boxes and shares of everything tagged. `scratch`: path of a temporary .exr. About .1 s a thing at 1280 px."""
    ids, _ = id_pass(scratch, width, height)
    found = []
    for index, item in enumerate(items, 1):
        mask = ids == index
        pixels = int(mask.sum())
        if pixels < LEAST_PX:
            continue
        alone = pixels_alone(item, index, width, height, scratch)
        share = min(1.0, pixels / max(1, alone))
        found.append(Seen(item.class_name, item.product_id, tight_box(mask), round(share, 3)))
    return found


def pixels_alone(item: Item, index: int, width: int, height: int, scratch: str) -> int:
    """Pixels of the thing with everything else hidden, also of what lies outside the photo's frame."""
    left, right, low, high = _span(item, width, height)
    with _only(item), _looking_at(left, right, low, high, width, height):
        ids, _ = id_pass(scratch, right - left, high - low)
    return int((ids == index).sum())


@contextmanager
def _only(item: Item) -> Iterator[None]:
    """Hide every other drawn object."""
    own = {part.name for part in item.product.parts}
    others = [ob for ob in bpy.context.scene.objects
              if ob.type in DRAWN and ob.name not in own and not ob.hide_render]
    for ob in others:
        ob.hide_render = True
    try:
        yield
    finally:
        for ob in others:
            ob.hide_render = False


@contextmanager
def _looking_at(left: int, right: int, low: int, high: int, width: int, height: int) -> Iterator[None]:
    """The same view through a window of the picture plane, on the same pixel grid: a smaller sensor, shifted."""
    lens, wide = bpy.context.scene.camera.data, right - left
    keep = lens.sensor_fit, lens.sensor_width, lens.shift_x, lens.shift_y
    off_x, off_y = (left + right - width) / 2, (low + high - height) / 2
    lens.sensor_fit, lens.sensor_width = "HORIZONTAL", keep[1] * wide / width
    lens.shift_x, lens.shift_y = (keep[2] * width + off_x) / wide, (keep[3] * width + off_y) / wide
    try:
        yield
    finally:
        lens.sensor_fit, lens.sensor_width, lens.shift_x, lens.shift_y = keep


def _span(item: Item, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, right, low, high of the thing in pixels (y upwards), up to BEYOND frame sizes outside the frame."""
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = width, height      # the projection depends on it
    points = item.product.points()
    seen = np.array([world_to_camera_view(scene, scene.camera, Vector(p))[:] for p in points[::2]])
    seen = seen[seen[:, 2] > 0]
    (left, low), (right, high) = (np.clip(edge[:2], -BEYOND, 1 + BEYOND) * (width, height)
                                  for edge in (seen.min(0), seen.max(0)))
    margin = 4 + round(0.02 * max(right - left, high - low))
    return int(left) - margin, int(right) + margin, int(low) - margin, int(high) + margin
