"""The empty stage: reset, world light, lamps, cameras, the beauty render and the exact object-id render.

Knows nothing about products, rooms or files of the shop. Lengths are metres, angles radians unless a name ends in
`_deg`, colours '#rrggbb' as a designer writes them. Settings were measured on two cores: 12 samples with
OpenImageDenoise are enough for product shots, 16 for rooms, 8 for looking and for training cut-outs; adaptive
sampling, fewer bounces, tiles or persistent data brought nothing and are left alone.
"""
from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import bpy
import numpy as np
from mathutils import Vector

SENSOR_MM = 36.0


def hexa(color: str, alpha: float = 1.0) -> tuple[float, float, float, float]:
    """'#rrggbb' in sRGB -> linear RGBA, which is what every node socket and lamp wants."""
    digits = color.lstrip("#")
    channels = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue, alpha


def link(ob: bpy.types.Object) -> bpy.types.Object:
    """Put an object into the current scene and return it."""
    bpy.context.scene.collection.objects.link(ob)
    return ob


def reset() -> bpy.types.Scene:
    """Factory-empty scene with our Cycles settings. It frees all memory of the last picture (.04 s), and makes every
    Python reference to older objects invalid: keep specs, not objects, from one picture to the next."""
    bpy.ops.wm.read_factory_settings(use_empty=True)
    scene = bpy.context.scene
    _render_settings(scene)
    background = bpy.data.worlds.new("world")
    background.use_nodes = True
    scene.world = background
    return scene


def _render_settings(scene: bpy.types.Scene) -> None:
    out, cycles = scene.render, scene.cycles
    out.engine = "CYCLES"
    out.threads_mode, out.threads = "FIXED", min(2, os.cpu_count() or 1)
    out.image_settings.file_format, out.image_settings.compression = "PNG", 15
    cycles.device = "CPU"
    cycles.use_denoising, cycles.denoiser = True, "OPENIMAGEDENOISE"
    cycles.denoising_input_passes, cycles.denoising_prefilter = "RGB_ALBEDO_NORMAL", "FAST"
    cycles.use_adaptive_sampling, cycles.adaptive_threshold = True, 0.02
    cycles.use_auto_tile = False
    cycles.max_bounces, cycles.diffuse_bounces, cycles.glossy_bounces = 8, 3, 4
    cycles.transmission_bounces = cycles.transparent_max_bounces = 8
    cycles.caustics_reflective = cycles.caustics_refractive = False
    cycles.sample_clamp_indirect = 6
    cycles.seed = 0


def world(color: str, strength: float) -> None:
    """Even light from everywhere."""
    background = bpy.context.scene.world.node_tree.nodes["Background"]
    background.inputs[0].default_value = hexa(color)
    background.inputs[1].default_value = strength


# ---- lamps ------------------------------------------------------------------------------------------------------
def _aim(ob: bpy.types.Object, direction: Vector) -> None:
    ob.rotation_euler = direction.to_track_quat("-Z", "Y").to_euler()


def area(loc, aim, size: float, watt: float, color: str = "#ffffff", size_y: float | None = None,
         spread: float = 180) -> bpy.types.Object:
    """Area lamp at `loc` that looks at `aim`; `size` m square, or size x size_y."""
    lamp = bpy.data.lights.new("area", "AREA")
    lamp.energy, lamp.color, lamp.size, lamp.spread = watt, hexa(color)[:3], size, math.radians(spread)
    if size_y:
        lamp.shape, lamp.size_y = "RECTANGLE", size_y
    ob = link(bpy.data.objects.new("area", lamp))
    ob.location = loc
    _aim(ob, Vector(aim) - Vector(loc))
    return ob


def sun(direction, strength: float, color: str = "#ffe2bd", angle: float = 0.02) -> bpy.types.Object:
    """Sun that shines along `direction`. Strength 6-9 against a world of .3 gives the light patch of a real room."""
    lamp = bpy.data.lights.new("sun", "SUN")
    lamp.energy, lamp.angle, lamp.color = strength, angle, hexa(color)[:3]
    ob = link(bpy.data.objects.new("sun", lamp))
    _aim(ob, Vector(direction))
    return ob


# ---- cameras ----------------------------------------------------------------------------------------------------
def camera(loc, aim, lens: float = 50, fstop: float | None = None, focus: float | None = None) -> bpy.types.Object:
    """The scene's camera. `lens` in mm on a 36 mm sensor; with `fstop` there is depth of field at `focus` m."""
    data = bpy.data.cameras.new("camera")
    ob = link(bpy.data.objects.new("camera", data))
    bpy.context.scene.camera = ob
    ob.location = loc
    _aim(ob, Vector(aim) - Vector(loc))
    data.lens, data.clip_start = lens, 0.01
    if fstop:
        data.dof.use_dof, data.dof.aperture_fstop = True, fstop
        data.dof.focus_distance = focus or (Vector(aim) - Vector(loc)).length
    return ob


def frame(points: np.ndarray, azimuth: float, elevation: float, lens: float = 70,
          fill: float = 0.84) -> tuple[bpy.types.Object, np.ndarray, float]:
    """Camera from direction (azimuth, elevation) so that `points` (N, 3) fill the share `fill` of a square frame.

    Exact, not by a bounding sphere: in camera axes a point p is inside when |p.x| / t + p.z <= distance with
    t = 18 / lens * fill. The centre then moves by half of the projected asymmetry; six rounds settle it.
    Returns the camera, the aim point and the distance.
    """
    toward = Vector((math.sin(azimuth) * math.cos(elevation), -math.cos(azimuth) * math.cos(elevation),
                     math.sin(elevation)))
    axes = np.array(toward.to_track_quat("Z", "Y").to_matrix())
    half_angle = SENSOR_MM / 2 / lens * fill
    local = points @ axes
    centre = (local.max(0) + local.min(0)) / 2
    for _ in range(6):
        offset = local - centre
        distance = float((np.abs(offset[:, :2]).max(1) / half_angle + offset[:, 2]).max())
        seen = offset[:, :2] / (distance - offset[:, 2:3])
        centre[:2] += (seen.max(0) + seen.min(0)) / 2 * distance
    aim = axes @ centre
    return camera(tuple(aim + np.array(toward) * distance), tuple(aim), lens), aim, distance


def level_camera(loc, aim, lens: float = 35, fstop: float | None = None,
                 focus: float | None = None) -> bpy.types.Object:
    """Upright verticals, as an interior photographer keeps them: no pitch, the frame moves by lens shift."""
    loc, aim = Vector(loc), Vector(aim)
    ob = camera(loc, (aim.x, aim.y, loc.z), lens, fstop, focus)
    flat_distance = math.hypot(aim.x - loc.x, aim.y - loc.y)
    ob.data.shift_y = (aim.z - loc.z) / flat_distance * lens / ob.data.sensor_width
    return ob


# ---- rendering --------------------------------------------------------------------------------------------------
@contextmanager
def quiet() -> Iterator[None]:
    """Cycles prints a line a sample from C; point file descriptor 1 elsewhere while it works."""
    sys.stdout.flush()
    keep = os.dup(1)
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, 1)
        yield
    finally:
        os.dup2(keep, 1)
        os.close(keep)
        os.close(null)


def render(path: str, width: int, height: int, samples: int, transform: str = "AgX", look: str = "None",
           exposure: float = 0, film: bool = False) -> float:
    """Write a PNG; seconds it took. `film`: transparent background. `look` counts with AgX only.

    'Khronos PBR Neutral' keeps a product's colours as designed and a white ground white (shots); AgX rolls the sun
    and the window off softly (rooms). Standard clips a lit white mug to paper.
    """
    scene = bpy.context.scene
    out, view = scene.render, scene.view_settings
    out.resolution_x, out.resolution_y, out.resolution_percentage = width, height, 100
    scene.cycles.samples = samples
    view.view_transform = transform
    view.look = f"AgX - {look}" if transform == "AgX" and look != "None" else "None"
    view.exposure = exposure
    out.film_transparent = film
    out.image_settings.file_format = "PNG"
    out.image_settings.color_mode = "RGBA" if film else "RGB"
    out.filepath = path
    started = time.perf_counter()
    with quiet():
        bpy.ops.render.render(write_still=True)
    return time.perf_counter() - started


def id_material() -> bpy.types.Material:
    """Emission whose strength is the object's pass index: the colour of a pixel is the number of its object."""
    found = bpy.data.materials.get("_id")
    if found:
        return found
    material = bpy.data.materials.new("_id")
    material.cycles.emission_sampling = "NONE"      # or every triangle becomes a lamp: 2 s a pass instead of .3
    material.use_nodes = True
    tree = material.node_tree
    tree.nodes.clear()
    info, emission, output = (tree.nodes.new(f"ShaderNode{kind}")
                              for kind in ("ObjectInfo", "Emission", "OutputMaterial"))
    tree.links.new(info.outputs["Object Index"], emission.inputs["Strength"])
    tree.links.new(emission.outputs[0], output.inputs[0])
    return material


@contextmanager
def _kept(owner: object, **changed: object) -> Iterator[None]:
    """Set attributes for a while."""
    before = {name: getattr(owner, name) for name in changed}
    for name, value in changed.items():
        setattr(owner, name, value)
    try:
        yield
    finally:
        for name, value in before.items():
            setattr(owner, name, value)


@contextmanager
def _raw_numbers(scene: bpy.types.Scene) -> Iterator[None]:
    """One unfiltered sample a pixel centre, no light but the override's emission, float EXR."""
    lamps = [ob for ob in scene.objects if ob.type == "LIGHT" and not ob.hide_render]
    image = scene.render.image_settings
    with (_kept(bpy.context.view_layer, material_override=id_material()), _kept(scene, world=None),
          _kept(scene.camera.data.dof, use_dof=False), _kept(scene.render, film_transparent=False),
          _kept(scene.view_settings, exposure=0.0),
          _kept(scene.cycles, samples=1, use_denoising=False, use_adaptive_sampling=False, pixel_filter_type="BOX",
                filter_width=0.01)):
        image.file_format = "OPEN_EXR"          # the format goes first: the depths it allows depend on it
        image.color_mode, image.color_depth, image.exr_codec = "RGB", "32", "ZIP"
        for lamp in lamps:
            lamp.hide_render = True
        try:
            yield
        finally:
            for lamp in lamps:
                lamp.hide_render = False
            image.file_format = "PNG"
            image.color_depth = "8"


def id_pass(path: str, width: int, height: int) -> tuple[np.ndarray, float]:
    """Exact object index of every pixel, (height, width) int, and the seconds it took. `path`: a scratch .exr.

    An override material was compared with the Object Index pass: 0 of 134,140 pixels differ. Unlike the pass it can
    be rendered for one object alone (what share of it is visible), and depth of field does not touch it.
    """
    scene = bpy.context.scene
    out = scene.render
    out.resolution_x, out.resolution_y, out.resolution_percentage = width, height, 100
    out.filepath = path
    started = time.perf_counter()
    with _raw_numbers(scene), quiet():
        bpy.ops.render.render(write_still=True)
    seconds = time.perf_counter() - started
    image = bpy.data.images.load(path)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.empty(width * height * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return np.rint(pixels.reshape(height, width, 4)[::-1, :, 0]).astype(int), seconds
