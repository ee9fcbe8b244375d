"""The demo shop's product pictures: two shots of every article of `catalog`, resumable.

    python make.py                       what is missing or changed, 512 px, to ../demo/images
    python make.py --only mug-01-sage    one or more articles, rendered again
    python make.py --preview OUT         256 px, 6 samples, to another folder, to look at

A picture is made again when the hash of its spec changes (images/manifest.json remembers it): the same spec gives the
same pixels on one machine, yet not on every processor, so the spec is hashed and not the picture. One process; about
4 s a picture on two quiet cores, 10 minutes for all.
"""
from __future__ import annotations

import argparse
import hashlib
import json
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import catalog
import studio
from catalog import Spec
from PIL import Image
from scene import reset

IMAGES = Path(__file__).resolve().parent.parent / "demo" / "images"
SHOTS = (0, 1)
STUDIO = 1          # raise it when studio.py changes what a picture looks like


@dataclass(frozen=True)
class Quality:
    """Pixels, samples and WebP quality."""

    px: int = 512
    samples: int = 6
    glass_samples: int = 16
    webp: int = 90


PREVIEW = Quality(256, 6, 8, 85)


def spec_hash(spec: Spec, shot: int, quality: Quality) -> str:
    """What a picture depends on, but the code."""
    return hashlib.sha256(repr((STUDIO, spec.id, spec.params, spec.pale, shot, quality)).encode()).hexdigest()[:16]


def samples_for(spec: Spec, quality: Quality) -> int:
    """Glass needs more: light reaches what stands behind it by fewer paths."""
    return quality.glass_samples if "recipe='glass'" in repr(spec.params) else quality.samples


def picture(spec: Spec, shot: int, target: Path, quality: Quality) -> None:
    """Render one shot of one article."""
    reset()
    product = catalog.build(spec)
    with tempfile.TemporaryDirectory() as scratch:
        png = f"{scratch}/shot.png"
        studio.shoot(product, shot, png, quality.px, samples_for(spec, quality), spec.pale)
        with Image.open(png) as rendered:
            rendered.convert("RGB").save(target, "WEBP", quality=quality.webp, method=6)


def make(specs: list[Spec], out: Path, quality: Quality, force: bool) -> None:
    """Render what is missing, changed or forced; says how far it is and how long it will take."""
    out.mkdir(parents=True, exist_ok=True)
    manifest_path = out / "manifest.json"
    manifest = json.loads(manifest_path.read_text()) if manifest_path.exists() else {}
    due = []
    for shot in SHOTS:              # all first pictures first: a shop can open with one each
        for spec in specs:
            name, key = f"{spec.id}_{shot}.webp", spec_hash(spec, shot, quality)
            if force or manifest.get(name) != key or not (out / name).exists():
                due.append((spec, shot, name, key))
    started = time.time()
    for done, (spec, shot, name, key) in enumerate(due, 1):
        picture(spec, shot, out / name, quality)
        manifest[name] = key
        manifest_path.write_text(json.dumps(dict(sorted(manifest.items())), indent=1) + "\n")
        each = (time.time() - started) / done
        print(f"{done}/{len(due)} {name} {each:.1f} s each, {each * (len(due) - done) / 60:.1f} min left", flush=True)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="ID", help="these articles, rendered again")
    parser.add_argument("--preview", type=Path, metavar="OUT", help="small and quick, into this folder")
    args = parser.parse_args()
    unknown = set(args.only or ()) - set(catalog.BY_ID)
    if unknown:
        parser.error(f"no such article: {', '.join(sorted(unknown))}")
    specs = [catalog.BY_ID[id] for id in args.only] if args.only else catalog.SPECS
    make(specs, args.preview or IMAGES, PREVIEW if args.preview else Quality(), bool(args.only))


if __name__ == "__main__":
    main()
