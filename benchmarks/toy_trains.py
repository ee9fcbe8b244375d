"""Pictures of a family of goods that no training has ever seen: 60 wooden toy locomotives, 8 views each.

    python benchmarks/toy_trains.py OUT [--products 60] [--views 8] [--px 192]

Needs the render requirements (assets/render/requirements.txt). Writes what assets/render/cutouts.py writes: an
index.csv and RGBA cut-outs. The family lives in this file alone, so that nothing else can render it by accident; the
proof of fine-tuning (benchmarks/finetune_proof.py) stands on its being unseen. About .4 s a picture.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "assets" / "render"))

import cutouts
import finishes as F
import materials as M
from families import FAMILIES, Facts, Family
from families.base import cm, grained, joined, spread
from finishes import Finish
from mesh import Product, box, lathe, tube


@dataclass(frozen=True)
class ToyTrain(Family):
    """A locomotive on wooden wheels: boiler in front, cab behind, chimney on top. Metres."""

    family = "toy_train"
    category = "Toys > Vehicles > Wooden trains"
    length: float = 0.16
    girth: float = 0.022
    cab_high: float = 0.062
    axles: int = 3
    wheel: float = 0.019
    chimney: str = "cone"
    boiler: Finish = F.lacquer("red", "painted wood", 0.3, 0.4)
    cab: Finish = F.lacquer("navy", "painted wood", 0.3, 0.4)
    wheels: Finish = F.timber("oak")

    def build(self, p: Product) -> None:
        half, floor = self.length / 2, self.wheel * 1.5
        boiler, cab, wheels = M.make(self.boiler), M.make(self.cab), grained(self.wheels, 1)
        p.add(box("chassis", self.length, 0.04, 0.012, 0.003), wheels, (0, 0, floor))
        line = [
            (0, 0),
            (self.girth * 0.7, 0),
            (self.girth, 0.006),
            (self.girth, self.length * 0.58),
            (0, self.length * 0.58),
        ]
        p.add(
            lathe("boiler", line, 4, 48, smooth=False),
            boiler,
            (-half, 0, floor + 0.01 + self.girth),
            (0, math.pi / 2, 0),
        )
        p.add(box("cab", self.length * 0.36, 0.052, self.cab_high, 0.004), cab, (half * 0.62, 0, floor + 0.011))
        p.add(
            box("roof", self.length * 0.44, 0.062, 0.008, 0.003),
            boiler,
            (half * 0.62, 0, floor + 0.011 + self.cab_high),
        )
        self._chimney(p, boiler, -half * 0.62, floor + 0.008 + 2 * self.girth)
        for k in range(self.axles):
            x = -half * 0.78 + k * self.length * 0.78 / (self.axles - 1)
            for side in (-1, 1):
                rim = [(0, 0), (self.wheel * 0.9, 0), (self.wheel, 0.003), (self.wheel, 0.009), (0, 0.009)]
                p.add(
                    lathe("wheel", rim, 3, 40, smooth=False),
                    cab if k % 2 else wheels,
                    (x, side * 0.028, self.wheel),
                    (side * math.pi / 2, 0, 0),
                )
        p.add(tube("buffer", [(-half - 0.012, 0, floor + 0.006), (-half, 0, floor + 0.006)], 0.006, 16), cab)

    def _chimney(self, p: Product, mat: M.Material, x: float, z: float) -> None:
        shapes = {
            "cone": [(0.006, 0), (0.006, 0.012), (0.015, 0.034), (0, 0.034)],
            "pipe": [(0.008, 0), (0.008, 0.03), (0.011, 0.031), (0.011, 0.036), (0, 0.036)],
            "dome": [(0.011, 0), (0.011, 0.008), (0.008, 0.015), (0, 0.018)],
        }
        p.add(lathe("chimney", shapes[self.chimney], 5, 32), mat, (x, 0, z))

    def facts(self) -> Facts:
        return Facts(
            "toy train", joined(self.boiler.color, self.cab.color), "wood", cm(self.length, self.cab_high * 1.6)
        )

    @classmethod
    def sample(cls, rng: Random) -> ToyTrain:
        first = F.any_color(rng)
        paint = [F.lacquer(name, "painted wood", 0.3, 0.4) for name in (first, F.contrast(rng, first))]
        return cls(
            spread(rng, 0.16, 0.2), spread(rng, 0.022, 0.2), spread(rng, 0.062, 0.22), rng.choice((2, 3, 4)),
            spread(rng, 0.019, 0.2), rng.choice(("cone", "pipe", "dome")), *paint,
            F.timber(rng.choice(("oak", "walnut", "ash", "smoked oak"))),
        )  # fmt: skip


def subjects(count: int) -> Iterator[cutouts.Subject]:
    """Locomotives; every third one is the one before it in another colour: what a shop calls a variant."""
    params = ToyTrain()
    for n in range(count):
        rng = Random(f"unseen-toy-train-{n}")
        if n % 3 == 2:
            color = F.contrast(rng, params.boiler.color)
            params = ToyTrain(**{**vars(params), "boiler": F.lacquer(color, "painted wood", 0.3, 0.4)})
        else:
            params = ToyTrain.sample(rng)
        yield cutouts.Subject(f"train-{n:03d}", f"train-{n - (n % 3 == 2):03d}", params)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="folder for the pictures; not inside the project")
    parser.add_argument("--products", type=int, default=60)
    parser.add_argument("--views", type=int, default=8)
    parser.add_argument("--px", type=int, default=192)
    args = parser.parse_args()
    assert ToyTrain.family not in FAMILIES, "the family is no longer unseen: it is among those that are trained on"
    args.out.mkdir(parents=True, exist_ok=True)
    quality = cutouts.Quality(args.px, cutouts.SAMPLES)
    with (args.out / "index.csv").open("w", newline="", buffering=1) as file:
        writer = csv.DictWriter(file, cutouts.FIELDS)
        writer.writeheader()
        for subject in subjects(args.products):
            for row in cutouts.render_subject(subject, list(range(args.views)), quality, args.out):
                writer.writerow(row)


if __name__ == "__main__":
    main()
