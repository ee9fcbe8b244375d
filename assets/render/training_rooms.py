"""Training rooms: random furnished rooms, each photographed a few times, with exact boxes.

    python training_rooms.py OUT [--count 300] [--views 4] [--cutouts DIR]

Writes OUT/room-00012-0.jpg (640 x 480), OUT/boxes.csv (image,class,x1,y1,x2,y2,product) with the rows of a picture
once the picture is complete, and goes on where it was stopped. A tenth of the rooms is for validation: the number
decides (`train.composites`). With the folder of `cutouts.py`, things of its families are its products and `product`
says which: the embedder learns from a product's cut-outs and its crops of rooms that they are the same thing.

Knows nothing of the demo's rooms: shells, colors, furniture, things and cameras are drawn from continuous ranges by the
room's number, and the shop's own products stand in them only where the cut-outs are those of `cutouts.py --shop`. What
gets a box, and under which word, is as in the demo's boxes.csv: furniture that stands, everything that lies, stands or
hangs; not counters, boards, rails, curtains.
"""
from __future__ import annotations

import argparse
import csv
import os
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import bpy
import numpy as np
import scene
import shell
import truth
from cutouts import Subject, shop, subjects
from decor import Decor
from geometry import tight_box
from PIL import Image, ImageFilter
from room_fill import fill
from room_things import Room, Top
from shell import Daylight, Surfaces, Window
from stage import Stage

COLUMNS = ["image", "class", "x1", "y1", "x2", "y2", "product"]
SIZE = (640, 480)
TRUTH_FACTOR = 2         # the id pass is drawn at twice the size: boxes to half a pixel, and small things count
MOST_FACES = 6000        # of one mesh
SAMPLES = 1              # a pixel, denoised: 2.7 s of processor time instead of 6.9 with 4, hard to tell apart
LEAST_VISIBLE = 0.1      # share of a thing, as in the demo
LEAST_PX = 60            # of the id pass
SURELY_VISIBLE = 0.55    # a box of this share of the whole thing's box needs no measuring (.2 s each)
LARGE = 0.015            # of the picture: so large a piece would be a wrong "nothing here", however small its share
LEAST_THINGS, LARGEST = 4, 0.45     # a view with fewer things, or filled by one, is drawn again
TRIES = 5
MOST_A_FAMILY = 200      # products of `cutouts.py` that are looked through
ROOMS_A_PROCESS = 40     # Blender keeps memory from room to room; then the process starts itself anew
Row = dict[str, str]

Goods = dict[str, list[Subject]]


def goods_of(cutouts: Path) -> Goods:
    """The products of `cutouts.py`'s index by family."""
    with (cutouts / "index.csv").open(newline="") as file:
        wanted = {row["product_id"] for row in csv.DictReader(file)}
    found: Goods = {}
    for subject in (*shop(), *subjects(MOST_A_FAMILY)):
        if subject.id in wanted:
            found.setdefault(subject.params.family, []).append(subject)
    return found


def build(number: int, goods: Goods) -> tuple[Room, float]:
    """The furnished room of this number in a fresh scene, and its exposure (stops)."""
    rng = random.Random(f"training room {number}")
    scene.reset()
    wood, paint = shell.wooden(rng), shell.muted(rng, (0.03, 0.45), (0.25, 0.92))
    decor = Decor(wall="#ffffff", paint=paint, cloth=shell.muted(rng, (0.03, 0.6), (0.3, 0.95)))
    stage = Stage(f"training {number}", decor, {}, {}, mirror=rng.random() < 0.5)
    width, depth, height = rng.uniform(2.6, 4.8), rng.uniform(1.8, 3.8), rng.uniform(2.4, 2.9)
    half = depth / 2
    window = Window(-half * rng.uniform(0.3, 0.9), half * rng.uniform(0.1, 0.6), rng.uniform(0.3, 1.0),
                    rng.uniform(2.0, 2.3), rng.choice([1, 2, 3]))
    evening = rng.random() < 0.18
    panel = partial(shell.WALLS[rng.choice(["plaster", "beadboard"])], paint) if rng.random() < 0.2 else None
    finishes = Surfaces(back=shell.random_wall(rng), floor=shell.random_floor(rng), wainscot=panel,
                        wainscot_height=rng.uniform(0.7, 1.2),
                        curtain=shell.muted(rng, (0.02, 0.4), (0.6, 0.95)) if rng.random() < 0.4 else None)
    built = shell.build_shell(width, depth, height, finishes, _daylight(rng, evening), window, stage.sign < 0)
    if evening:
        scene.area((rng.uniform(-0.8, 0.8), rng.uniform(-0.8, 0.3), height - 0.05), (0, 0, 0), rng.uniform(0.2, 0.9),
                   rng.uniform(50, 120), rng.choice(["#ffc98f", "#ffdcb4", "#fff1e0"]))
    room = Room(stage, rng, width, built.back_y, wood, goods)
    fill(room)
    freeze()
    return room, rng.uniform(-0.1, 0.6)


def freeze() -> None:
    """Make every mesh final and light: smooth surfaces one step coarser, and none with more than MOST_FACES.

    A room is rendered about ten times (ids and pictures), and each pass evaluates all modifiers and sorts all faces
    again: 2.7 s of processor time for 390,000 triangles. At 512 px nothing of it is seen.
    """
    meshes = [ob for ob in bpy.context.scene.objects if ob.type == "MESH"]
    for ob in meshes:
        for modifier in ob.modifiers:
            if modifier.type == "SUBSURF":
                modifier.levels = max(0, modifier.levels - 1)
        if not ob.modifiers and ob.data.users == 1 and len(ob.data.polygons) > MOST_FACES:
            thin = ob.modifiers.new("thin", "DECIMATE")
            thin.ratio = MOST_FACES / len(ob.data.polygons)
    graph = bpy.context.evaluated_depsgraph_get()
    for ob in meshes:
        if ob.modifiers:
            result = bpy.data.meshes.new_from_object(ob.evaluated_get(graph), depsgraph=graph)
            ob.modifiers.clear()
            ob.data = result


def _daylight(rng: random.Random, evening: bool) -> Daylight:
    if evening:
        return Daylight(sky="#28324a", sky_strength=0.15, sun_strength=0.0, fill=rng.choice(["#ffdcb4", "#ffe9cf"]),
                        fill_strength=rng.uniform(0.06, 0.2))
    return Daylight(sky=rng.choice(["#dfeaf5", "#fff3e2", "#eef3fa", "#e8eef8"]), sky_strength=rng.uniform(2.0, 3.6),
                    sun_strength=rng.choice([0.0, rng.uniform(3, 9)]),
                    sun_direction=(rng.uniform(0.6, 0.9), rng.uniform(0.1, 0.8), rng.uniform(-0.65, -0.3)),
                    fill=rng.choice(["#fff4e6", "#eef3fa", "#f2f5f8"]), fill_strength=rng.uniform(0.25, 0.5))


# ---- cameras ----------------------------------------------------------------------------------------------------
def look(room: Room, view: int, attempt: int) -> None:
    """View 0 shows the room, the others one of its surfaces from near, or a part of the room."""
    rng = random.Random(f"{room.stage.seed} view {view} {attempt}")
    laden = [top for top in room.tops if len(top.taken) >= 2]
    if view == 0 or not laden or rng.random() < 0.2:
        _whole(room, rng, rng.uniform(0.65, 1.0) if view == 0 else rng.uniform(0.4, 0.65))
    else:
        weights = [len(top.taken) for top in laden]
        _near(room, rng, laden[rng.choices(range(len(laden)), weights)[0]])


def _whole(room: Room, rng: random.Random, share: float) -> None:
    """Furniture along the back wall; `share` of it across."""
    lens, across = rng.uniform(24, 38), share * rng.uniform(0.75, 1.15) * (room.right - room.left)
    away = max(1.3, across * lens / scene.SENSOR_MM)
    x = rng.uniform(room.left + across / 2, max(room.left + across / 2, room.right - across / 2))
    _shoot_from(room, rng, (x + rng.uniform(-0.5, 0.5), room.wall - 0.4 - away, rng.uniform(0.9, 1.65)),
                (x, room.wall - 0.4, rng.uniform(0.55, 1.0)), lens)


def _near(room: Room, rng: random.Random, top: Top) -> None:
    x, y = rng.uniform(top.x0, top.x1) * 0.6 + (top.x0 + top.x1) * 0.2, (top.y0 + top.y1) / 2
    away, lens = rng.uniform(0.75, 2.0), rng.uniform(28, 50)
    rise = rng.uniform(0.02, 0.3) if top.free < 0.6 else rng.uniform(0.1, 0.8) * min(1.0, away)
    _shoot_from(room, rng, (x + rng.uniform(-0.5, 0.5) * away, y - away, top.z + rise),
                (x, y, top.z + rng.uniform(0.02, 0.2)), lens)


def _shoot_from(room: Room, rng: random.Random, eye: tuple[float, float, float], aim: tuple[float, float, float],
                lens: float) -> None:
    sign = room.stage.sign
    eye, aim = (sign * eye[0], *eye[1:]), (sign * aim[0], *aim[1:])
    fstop = rng.uniform(4, 9) if rng.random() < 0.25 else None
    (scene.level_camera if rng.random() < 0.75 else scene.camera)(eye, aim, lens, fstop)


# ---- pictures ---------------------------------------------------------------------------------------------------
def shoot(room: Room, points: Sequence[np.ndarray], view: int, exposure: float, target: Path) -> list[Row]:
    """Render one picture of the standing room; its rows."""
    rng = random.Random(f"{room.stage.seed} picture {view}")
    with tempfile.TemporaryDirectory() as scratch:
        for attempt in range(TRIES):
            look(room, view, attempt)
            rows, largest = boxes(room, points, f"{scratch}/id.exr", target.name)
            if len(rows) >= LEAST_THINGS and largest < LARGEST:
                break
        contrast = rng.choice(["Medium High Contrast", "Medium Low Contrast", "None"])
        scene.render(f"{scratch}/room.png", *SIZE, SAMPLES, "AgX", contrast, exposure + rng.uniform(-0.25, 0.25))
        with Image.open(f"{scratch}/room.png") as picture:
            develop(picture.convert("RGB"), rng).save(target, quality=rng.randrange(70, 94))
    return rows


def boxes(room: Room, points: Sequence[np.ndarray], scratch: str, image: str) -> tuple[list[Row], float]:
    """The things that the camera sees, and the share of the picture that the largest of them takes."""
    width, height = (side * TRUTH_FACTOR for side in SIZE)
    ids, _ = scene.id_pass(scratch, width, height)
    counts = np.bincount(ids.ravel(), minlength=len(points) + 1)[1:]
    known = {subject.id for group in room.goods.values() for subject in group}
    rows = []
    for index, item in enumerate(room.stage.items, 1):
        pixels = int(counts[index - 1])
        if pixels < LEAST_PX:
            continue
        x1, y1, x2, y2 = box = tight_box(ids == index)
        whole = projected_area(points[index - 1], width, height)
        sure = pixels >= LARGE * ids.size or (x2 - x1) * (y2 - y1) >= SURELY_VISIBLE * whole
        if not sure and pixels < LEAST_VISIBLE * truth.pixels_alone(item, index, width, height, scratch):
            continue
        edges = cells(box)
        name = item.product.root.name.partition(".")[0]     # Blender numbers what bears the same name
        rows.append({"image": image, "class": item.class_name, **edges, "product": name if name in known else ""})
    return rows, float(counts.max()) / ids.size


def cells(box: tuple[int, int, int, int]) -> Row:
    """A box of the id pass as the table has it, in pixels of the picture."""
    return dict(zip(("x1", "y1", "x2", "y2"), (f"{edge / TRUTH_FACTOR:g}" for edge in box), strict=True))


def projected_area(points: np.ndarray, width: int, height: int) -> float:
    """Area (px) of the box round all of a thing, what is hidden or outside the picture included."""
    camera = bpy.context.scene.camera
    bpy.context.view_layer.update()
    view = np.array(camera.matrix_world.inverted())
    local = points @ view[:3, :3].T + view[:3, 3]
    local = local[local[:, 2] < -0.05]
    if len(local) < 2:
        return 0.0
    seen = local[:, :2] / -local[:, 2:] * (camera.data.lens / camera.data.sensor_width * width)
    return float(np.prod(np.clip(seen.max(0) - seen.min(0), 0, 2 * max(width, height))))


def develop(picture: Image.Image, rng: random.Random) -> Image.Image:
    """A third of the pictures comes from a simple camera: a little blur and noise."""
    if rng.random() < 0.65:
        return picture
    noise = np.random.default_rng(rng.randrange(1 << 30))
    pixels = np.asarray(picture.filter(ImageFilter.GaussianBlur(rng.uniform(0.2, 0.6))), np.float32)
    pixels = pixels + noise.normal(0, rng.uniform(0.5, 4), pixels.shape)
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def main(arguments: list[str]) -> int:
    """Render what is missing."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the pictures; not inside the project")
    parser.add_argument("--count", type=int, default=300, help="rooms")
    parser.add_argument("--views", type=int, default=4, help="pictures a room")
    parser.add_argument("--first", type=int, default=0, help="number of the first room")
    parser.add_argument("--cutouts", type=Path, help="folder of cutouts.py: things are its products where they can be")
    options = parser.parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    table = options.out / "boxes.csv"
    done = {row["image"] for row in csv.DictReader(table.open(newline=""))} if table.exists() else set()
    goods, built = goods_of(options.cutouts) if options.cutouts else {}, 0
    with table.open("a", newline="", buffering=1) as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if not done:
            writer.writeheader()
        for number in range(options.first, options.first + options.count):
            names = [f"room-{number:05d}-{view}.jpg" for view in range(options.views)]
            if names[0] in done:
                continue
            if built == ROOMS_A_PROCESS:
                file.flush()
                os.execv(sys.executable, [sys.executable, *sys.argv])
            started = time.perf_counter()
            room, exposure = build(number, goods)
            points = [item.product.points() for item in room.stage.items]
            standing = time.perf_counter() - started
            for view, name in enumerate(names):
                writer.writerows(shoot(room, points, view, exposure, options.out / name))
            built += 1
            print(f"{number}: {len(room.stage.items)} things, {standing:.1f} s to build, "
                  f"{time.perf_counter() - started:.1f} s in all", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
