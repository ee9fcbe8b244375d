"""Training pictures of goods in use: fruit in the bowl, cups on the tray, cushions on the sofa, chairs on the rug.

    python in_use.py OUT --cutouts DIR [--views 6]

Writes OUT/<product_id>-<view>.jpg and appends to OUT/boxes.csv, in the form of `training_rooms.py`, one row a picture:
the product's own visible part. `train.room_crops` reads both alike, as photos of products whose cut-outs it knows.
Products are those of `cutouts.py`'s index whose families carry others; the families take turns. A picture has one
product on a floor or a table before a wall; a furnished room shows few of these from near. A run that was stopped goes
on where it was.
"""
from __future__ import annotations

import argparse
import csv
import itertools
import math
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy
import families
import materials
import numpy as np
import scene
import shell
from cutouts import LIGHTS, Subject
from decor import Decor
from geometry import tight_box
from mesh import Product, box
from PIL import Image
from room_things import Room, Top, fruit_in, remove, scatter, stand
from stage import Stage
from studio import extent
from training_rooms import COLUMNS, TRUTH_FACTOR, Row, cells, develop, freeze, goods_of

LOADS = 3               # pictures of one load: building costs as much as a picture
PX, SAMPLES = 192, 1    # of a picture, denoised: .6 s; the embedder sees some 128 px of it
LEAST_SEEN = 0.06       # of the picture: a product that its load hides is left out
HOLLOW = ("bowl", "basket")
SEATS = ("sofa", "chair")
ON_RUGS = ("chair", "stool", "side_table", "basket", "planter", "tote", "bench")
RISE = {"rug": (12, 60), "tray": (8, 55), "bowl": (2, 42)}     # degrees above the level; others as people see furniture
LEVEL = (2, 34)


# ---- what it carries ---------------------------------------------------------------------------------------------
def _fill(room: Room, product: Product) -> None:
    fruit_in(room, product, room.rng.randrange(1, 4))


def _lay(room: Room, product: Product) -> None:
    """Small things on what is level in its middle; on a tray also fruit."""
    if product.family == "tray" and room.rng.random() < 0.3:
        _fill(room, product)
        return
    scatter(room, _face(room, product, 0.64), room.rng.randrange(1, 6))


def _seat(room: Room, product: Product) -> None:
    """Cushions against its back, at times something beside them."""
    own, rng = room.stage.bounds(product), room.rng
    places = rng.sample((0.22, 0.5, 0.78), rng.randrange(1, 4)) if product.family == "sofa" else [0.5]
    for share in places:
        cushion = room.stage.tag(*room.alike("cushion"))
        try:
            room.stage.recline(cushion, own.x0 + share * (own.x1 - own.x0), own.y - 0.05, rng.uniform(-0.3, 0.3),
                               rng.uniform(-0.45, -0.25))
        except ValueError:      # a seat without a back to lean on
            room.stage.items.pop()
            remove(cushion)
    if rng.random() < 0.4:
        scatter(room, _face(room, product, 0.4), 1)


def _furnish(room: Room, product: Product) -> None:
    """Furniture that stands on a rug."""
    face = _face(room, product, 0.9)
    for _ in range(room.rng.randrange(1, 4)):
        stand(room, room.alike(room.rng.choice(ON_RUGS)), face, math.pi)


CARRY: dict[str, Callable[[Room, Product], None]] = {
    **dict.fromkeys(HOLLOW, _fill), **dict.fromkeys(SEATS, _seat), "rug": _furnish,
    **dict.fromkeys(("tray", "stool", "side_table", "bench"), _lay)}


def _face(room: Room, product: Product, share: float) -> Top:
    """The level face in its middle, `share` of it each way."""
    own = room.stage.bounds(product)
    z = room.stage.feel((own.x, own.y, own.z1 + 0.5), (0, 0, -1))[2]
    half_x, half_y = share * (own.x1 - own.x0) / 2, share * (own.y1 - own.y0) / 2
    return Top(own.x - half_x, own.x + half_x, own.y - half_y, own.y + half_y, z)


# ---- one picture -------------------------------------------------------------------------------------------------
def build(subject: Subject, goods: dict[str, list[Subject]], load: int) -> np.ndarray:
    """The laden product in a fresh scene, as its first item; the product's own points."""
    rng = random.Random(f"{subject.id} in use {load}")
    scene.reset()
    stage = Stage(f"{subject.id} {load}", Decor(wall="#ffffff", paint="#ffffff", cloth="#ffffff"), {}, {})
    product = stage.tag(families.build(subject.params, subject.id), subject.params.family)
    points = product.points()
    around = extent(points)
    _ground(rng, around.radius, float(around.low[2]))
    room = Room(stage, rng, 9.0, 9.0, shell.wooden(rng), goods)
    CARRY[subject.params.family](room, product)
    freeze()
    return points


def _ground(rng: random.Random, radius: float, low: float) -> None:
    """A floor or a table top below it, a wall behind."""
    slab = box("ground", 60 * radius, 60 * radius, 0.02, 0)
    light, dark = shell.wooden(rng)
    table = (lambda: materials.wood(light=light, dark=dark, axis=rng.choice((0, 1))),
             lambda: materials.paint(shell.muted(rng, (0.02, 0.4), (0.2, 0.95)), 0.5), shell.random_floor(rng))
    slab.data.materials.append(rng.choice(table)())
    slab.location = (0, 0, low - 0.0205)
    wall = box("wall", 60 * radius, 0.02, 60 * radius, 0)
    wall.data.materials.append(shell.random_wall(rng)())
    wall.location = (0, radius * rng.uniform(1.4, 6), low)


def shoot(subject: Subject, points: np.ndarray, view: int, target: Path) -> Row | None:
    """Render one view; its row, or None where too little of the product can be seen."""
    rng = random.Random(f"{subject.id} in use, view {view}")
    before = set(bpy.data.objects)
    rng.choice(LIGHTS)(extent(points), rng)
    rise = math.radians(rng.uniform(*RISE.get(subject.params.family, LEVEL)))
    scene.frame(points, math.radians(rng.gauss(0, 32)), rise, rng.choice((26, 32, 40, 55, 80)), rng.uniform(0.5, 0.78))
    with tempfile.TemporaryDirectory() as scratch:
        ids, _ = scene.id_pass(f"{scratch}/id.exr", PX * TRUTH_FACTOR, PX * TRUTH_FACTOR)
        seen = (ids == 1).mean() >= LEAST_SEEN
        if seen:
            contrast = rng.choice(("None", "Medium High Contrast", "Medium Low Contrast"))
            scene.render(f"{scratch}/view.png", PX, PX, SAMPLES, "AgX", contrast, rng.uniform(0.0, 1.0))
            with Image.open(f"{scratch}/view.png") as picture:
                develop(picture.convert("RGB"), rng).save(target, quality=rng.randrange(75, 94))
    for ob in set(bpy.data.objects) - before:
        bpy.data.objects.remove(ob)
    if not seen:
        return None
    box_px = cells(tight_box(ids == 1))
    return {"image": target.name, "class": subject.params.family, **box_px, "product": subject.id}


def render_subject(
    subject: Subject, goods: dict[str, list[Subject]], views: int, done: set[str], out: Path
) -> Iterator[Row]:
    """Missing views of one product; yields their rows as the files come into being."""
    for load in range(0, views, LOADS):
        names = {view: f"{subject.id}-{view}.jpg" for view in range(load, min(views, load + LOADS))}
        if done.issuperset(names.values()):
            continue
        points = build(subject, goods, load)
        rows = (shoot(subject, points, view, out / name) for view, name in names.items() if name not in done)
        yield from (row for row in rows if row)


def turns(goods: dict[str, list[Subject]]) -> Iterator[Subject]:
    """The products whose families carry others, the families in turn."""
    carriers = [goods[family] for family in CARRY if family in goods]
    return (subject for one_each in itertools.zip_longest(*carriers) for subject in one_each if subject)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the pictures; not inside the project")
    parser.add_argument("--cutouts", type=Path, required=True, help="folder of cutouts.py")
    parser.add_argument("--views", type=int, default=6, help="pictures a product")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    table = args.out / "boxes.csv"
    done = {row["image"] for row in csv.DictReader(table.open(newline=""))} if table.exists() else set()
    goods = goods_of(args.cutouts)
    with table.open("a", newline="", buffering=1) as file:
        writer = csv.DictWriter(file, COLUMNS)
        if not done:
            writer.writeheader()
        for subject in turns(goods):
            for row in render_subject(subject, goods, args.views, done, args.out):
                writer.writerow(row)
            sys.stdout.write(f"{subject.id}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
