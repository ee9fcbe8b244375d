"""Builds every article without rendering it and checks what a picture would show too late.

    python check.py        exit 1 and one line for each fault

Every product stands on the ground, has finite points and a plausible size, no two articles are the same, and variants
differ in one parameter only, with a clear step in color.
"""
from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import combinations

import catalog
import numpy as np
from catalog import SPECS, Spec
from finishes import delta_e, swatch
from scene import reset
from variants import LEAST_STEP, color_of, differing

# Largest extent of a family in metres.
SIZES = {"mug": (.08, .16), "bowl": (.1, .3), "vase": (.15, .45), "planter": (.25, .9), "lamp": (.35, .7),
         "chair": (.75, .95), "sofa": (.8, 2.3), "cushion": (.3, .65), "side_table": (.4, .65), "stool": (.4, .7),
         "bottle": (.18, .36), "clock": (.2, .4), "basket": (.2, .5), "candle": (.07, .2), "tote": (.5, .7),
         "rug": (1.1, 2.5), "picture": (.2, .7), "kettle": (.2, .35), "bookend": (.1, .22),
         "teapot": (.18, .34), "jar": (.1, .25), "tray": (.3, .6), "throw": (.35, .6), "mirror": (.4, 1.0),
         "floor_lamp": (1.2, 1.8), "bench": (.9, 1.4), "watering_can": (.22, .45)}
ON_THE_GROUND_M = 0.0005


def faults_of(spec: Spec) -> Iterator[str]:
    """What is wrong with one article's form."""
    reset()
    points = catalog.build(spec).points()
    if not np.isfinite(points).all():
        yield f"{spec.id}: points that are no numbers"
    low, extent = float(points[:, 2].min()), float(np.ptp(points, axis=0).max())
    if abs(low) > ON_THE_GROUND_M:
        yield f"{spec.id}: its lowest point is at {low * 1000:.1f} mm"
    least, most = SIZES[spec.family]
    if not least <= extent <= most:
        yield f"{spec.id}: {extent:.2f} m, expected {least}-{most}"


def faults_between(one: Spec, other: Spec) -> Iterator[str]:
    """What is wrong with two articles beside each other."""
    if one.params == other.params:
        yield f"{one.id} and {other.id} are the same"
    if not one.group or one.group != other.group:
        return
    names = differing(one.params, other.params)
    if len(names) != 1:
        yield f"{one.id} and {other.id} differ in {', '.join(names)}"
    pair = [color_of(getattr(spec.params, names[0])) for spec in (one, other)]
    steps = [delta_e(swatch(a), swatch(b)) for a, b in zip(*_words(pair), strict=True)]
    if pair[0] != pair[1] and max(steps) < LEAST_STEP:
        yield f"{one.id} and {other.id}: colors too near"


def _words(pair: list[str]) -> tuple[list[str], list[str]]:
    """The color words of two finishes, side by side."""
    first, second = (text.split("/") for text in pair)
    length = min(len(first), len(second))
    return first[:length], second[:length]


def main() -> int:
    """Command line."""
    found = [fault for spec in SPECS for fault in faults_of(spec)]
    found += [fault for one, other in combinations(SPECS, 2) if one.family == other.family
              for fault in faults_between(one, other)]
    for fault in found:
        print(fault)
    print(f"{len(SPECS)} articles, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
