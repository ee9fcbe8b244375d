"""Training pictures: random products, cut out with alpha, as photos would show them.

    python cutouts.py OUT [--per-family 18] [--first 0] [--views 8] [--px 256] [--samples 6] [--produce | --shop]

Writes OUT/<product_id>/<view>.webp (RGBA, cropped to what is opaque) and appends to OUT/index.csv; a run that was
stopped goes on where it was. Families take turns, so any beginning of the index is balanced. About .4 s a picture, or
a third of that with `--px 160 --samples 4`, nearly all that the embedder looks at (`train.datasets.SPRITE_PX`).
Random products are never the demo's: parameters come from `sample`, and one that equals a demo product is refused. With
`--shop` it is the demo's products and no others, seen anew; those of its `heldout.txt` never appear.
Blender keeps about 3 MB a picture while the process lives (4 GB after 1,300): stop it and start it again at will.
"""
from __future__ import annotations

import argparse
import csv
import math
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import bpy
import catalog
import families
import numpy as np
import produce
from families import Family
from mesh import Product, box
from nodes import Shader
from PIL import Image
from scene import area, frame, render, reset, sun, world
from studio import Extent, extent
from variants import vary

FIELDS = ["product_id", "group_id", "family", "category", "colour", "material", "path"]
HELD_OUT = Path(__file__).resolve().parents[1] / "demo" / "heldout.txt"
SAMPLES = 6           # denoised: more cannot be told apart at 128 px
PAIR_EVERY = 6          # of six products of a family, the last is a variant of the one before it: a third in pairs


@dataclass(frozen=True)
class Subject:
    """One training product."""

    id: str
    group: str
    params: Family


def subjects(
    per_family: int, kinds: Mapping[str, type[Family]] = families.FAMILIES, first: int = 0
) -> Iterator[Subject]:
    """Random products but for the `first` of each family, the families in turn; pairs of variants among a shop's."""
    taken = {spec.params for spec in catalog.SPECS}
    before: dict[str, Subject] = {}
    for n in range(per_family):
        for name, kind in kinds.items():
            rng = Random(f"train-{name}-{n}")
            paired = name in families.FAMILIES and n % PAIR_EVERY == PAIR_EVERY - 1
            params = vary(before[name].params, rng) if paired else kind.sample(rng)
            if params in taken:
                continue
            group = before[name].group if paired else f"tg-{name}-{n:03d}"
            before[name] = Subject(f"t-{name}-{n:03d}", group, params)
            if n >= first:
                yield before[name]


def shop() -> Iterator[Subject]:
    """The demo's products but for those that enter no training of any kind."""
    listed = {line.strip() for line in HELD_OUT.read_text(encoding="utf-8").splitlines()}
    for spec in catalog.SPECS:
        if spec.id not in listed:
            yield Subject(spec.id, spec.group or spec.id, spec.params)


# ---- one view ---------------------------------------------------------------------------------------------------
def point_camera(points: np.ndarray, params: Family, view: int, rng: Random) -> None:
    """Every fourth view from the side or behind, every fourth from high above; phone lenses to short teles."""
    steep, sideways = view % 4 == 3, view % 4 == 2
    if params.hangs or params.family == "cushion":
        azimuth, elevation = rng.uniform(-60, 60), rng.uniform(-12, 28)
    elif params.family == "rug":
        azimuth, elevation = rng.uniform(-180, 180), rng.uniform(16, 75)
    else:
        azimuth = rng.uniform(-180, 180) if sideways else rng.gauss(0, 38)
        elevation = rng.uniform(38, 70) if steep else rng.uniform(2, 34)
    frame(points, math.radians(azimuth), math.radians(elevation), rng.choice((26, 32, 40, 55, 80)), 0.95)


def _around(e: Extent, azimuth: float, elevation: float, distance: float) -> tuple[float, float, float]:
    a, b = math.radians(azimuth), math.radians(elevation)
    toward = np.array((math.sin(a) * math.cos(b), -math.cos(a) * math.cos(b), math.sin(b)))
    return tuple(e.centre + toward * distance * e.radius)


def _studio(e: Extent, rng: Random) -> None:
    world("#ffffff", rng.uniform(0.35, 0.65))
    side, power = rng.choice((-1, 1)), e.radius**2
    area(_around(e, side * rng.uniform(35, 70), 45, 4.5), e.centre, 2.4 * e.radius, rng.uniform(110, 180) * power)
    area(_around(e, -side * 70, 20, 4), e.centre, 3 * e.radius, rng.uniform(15, 60) * power)


def _window(e: Extent, rng: Random) -> None:
    """One large cool or white light from the side in a dim warm room."""
    world(rng.choice(("#ffe9cf", "#f3ece2", "#e8ddcf")), rng.uniform(0.12, 0.4))
    area(_around(e, rng.choice((-1, 1)) * rng.uniform(60, 125), rng.uniform(10, 40), 4), e.centre, 3.2 * e.radius,
         rng.uniform(130, 260) * e.radius**2, rng.choice(("#dfeaf5", "#ffffff", "#eef3ff")))


def _sunny(e: Extent, rng: Random) -> None:
    world(rng.choice(("#cfe0f2", "#f4efe6")), rng.uniform(0.3, 0.7))
    sun((rng.uniform(-1, 1), rng.uniform(-0.3, 1), -rng.uniform(0.5, 1.4)), rng.uniform(2.5, 6),
        rng.choice(("#ffe2bd", "#fff3e0", "#ffd0a0")), 0.03)


def _evening(e: Extent, rng: Random) -> None:
    """Warm lamps from above."""
    world("#ffdcb4", rng.uniform(0.1, 0.3))
    for _ in range(2):
        area(_around(e, rng.uniform(-120, 120), rng.uniform(40, 80), 4), e.centre, 1.2 * e.radius,
             rng.uniform(70, 150) * e.radius**2, rng.choice(("#ffc98f", "#ffdcb4")))


LIGHTS = (_studio, _window, _window, _sunny, _evening)


def ground(e: Extent, hangs: bool, rng: Random) -> None:
    """A floor (or wall) that the camera does not see: it shades the underside and colours it, at no cost."""
    size = 12 * e.radius
    slab = box("ground", size, size, 0.01, 0)
    s = Shader("ground", 0.7)
    slab.data.materials.append(s.set(Base_Color=rng.choice(("#d8cfc2", "#8a5f3e", "#f0eee9", "#5b4a3e", "#9aa39b",
                                                            "#c2a27c", "#6d7480"))).material)
    slab.visible_camera = False
    if hangs:
        slab.location, slab.rotation_euler = (e.centre[0], e.high[1] + 0.012, e.centre[2]), (math.pi / 2, 0, 0)
    else:
        slab.location = (e.centre[0], e.centre[1], e.low[2] - 0.011)


@dataclass(frozen=True)
class Quality:
    """Side of the square that a view is rendered in, and samples a pixel, denoised."""

    px: int
    samples: int


def shoot(product: Product, points: np.ndarray, view: int, path: str, quality: Quality, bulbs: list[float]) -> None:
    """Render one view; everything but the product is made anew and removed again."""
    rng, px, samples = Random(f"{product.root.name}-{view}"), quality.px, quality.samples
    before = set(bpy.data.objects)
    around = extent(points)
    for lamp, watt in zip(product.lamps, bulbs, strict=True):
        lamp.data.energy = watt * rng.choice((0, 0.25, 0.25, 1))
    if rng.random() < 0.75:
        ground(around, product.params.hangs, rng)
    rng.choice(LIGHTS)(around, rng)
    point_camera(points, product.params, view, rng)
    if rng.random() < 0.35:
        render(path, px, px, samples, "Khronos PBR Neutral", exposure=rng.uniform(-0.4, 0.4), film=True)
    else:
        look = rng.choice(("None", "Medium High Contrast", "Medium High Contrast"))
        render(path, px, px, samples, "AgX", look, rng.uniform(0.2, 1.4), film=True)
    for ob in set(bpy.data.objects) - before:
        bpy.data.objects.remove(ob)


def crop_to_alpha(png: str, target: Path) -> None:
    """Save as WebP, cut to what is more than faintly opaque."""
    with Image.open(png) as picture:
        picture.load()
        seen = picture.getchannel("A").point(lambda a: 255 if a > 12 else 0).getbbox()
        target.parent.mkdir(parents=True, exist_ok=True)
        picture.crop(seen).save(target, "WEBP", quality=92, method=2)


# ---- the run ----------------------------------------------------------------------------------------------------
def render_subject(subject: Subject, views: list[int], quality: Quality, out: Path) -> Iterator[dict[str, str]]:
    """Missing views of one product; yields its index rows as the files come into being."""
    reset()
    product = families.build(subject.params, subject.id)
    points, bulbs, facts = product.points(), [lamp.data.energy for lamp in product.lamps], subject.params.facts()
    with tempfile.TemporaryDirectory() as scratch:
        for view in views:
            png = f"{scratch}/view.png"
            shoot(product, points, view, png, quality, bulbs)
            path = f"{subject.id}/{view}.webp"
            crop_to_alpha(png, out / path)
            yield dict(zip(FIELDS, (subject.id, subject.group, subject.params.family, subject.params.category,
                                    facts.color, facts.material, path), strict=True))


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the pictures; not inside the project")
    parser.add_argument("--per-family", type=int, default=18, help="products a family")
    parser.add_argument("--first", type=int, default=0, help="leave out so many of these, rendered for an earlier run")
    parser.add_argument("--views", type=int, default=8, help="views a product")
    parser.add_argument("--px", type=int, default=256, help="side of the square a view is rendered in")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="samples a pixel")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--produce", action="store_true", help="fruit and vegetables instead of what a home shop sells")
    kind.add_argument("--shop", action="store_true", help="the demo's products instead, those of heldout.txt left out")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    index = args.out / "index.csv"
    done = {row["path"] for row in csv.DictReader(index.open(newline=""))} if index.exists() else set()
    kinds = produce.FAMILIES if args.produce else families.FAMILIES
    wanted = list(shop() if args.shop else subjects(args.per_family, kinds, args.first))
    quality = Quality(args.px, args.samples)
    total, started, made = len(wanted) * args.views, time.time(), 0
    with index.open("a", newline="", buffering=1) as file:
        writer = csv.DictWriter(file, FIELDS)
        if not done:
            writer.writeheader()
        for subject in wanted:
            views = [v for v in range(args.views) if f"{subject.id}/{v}.webp" not in done]
            for row in render_subject(subject, views, quality, args.out) if views else ():
                writer.writerow(row)
                made += 1
            status = f"{len(done) + made} of {total}, {(time.time() - started) / max(1, made):.2f} s a picture\n"
            (args.out / "STATUS").write_text(status)
    print(status)


if __name__ == "__main__":
    main()
