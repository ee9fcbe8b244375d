"""Colors of the demo's rooms: one wall, floor, wood and cloth per photo, none twice.

Knows nothing of meshes. The lists are fixed and every photo takes its own entry, so no wall is seen in two photos.
"""
from __future__ import annotations

from dataclasses import dataclass

WOODS = {
    "oak": ("#d0a673", "#a87a48"), "walnut": ("#7d5334", "#4c2f1d"), "ash": ("#e0c9a4", "#bf9f73"),
    "teak": ("#a8713f", "#74471f"), "smoked": ("#5b4636", "#352820"), "cherry": ("#9c5b3b", "#6b3620"),
    "pine": ("#dcb57d", "#bb8a4f"), "bleached": ("#d9cdbb", "#b9a990"),
}


@dataclass(frozen=True)
class Decor:
    """Colors of one photo. `wood` names a pair of WOODS (furniture), `floor` is a light and a dark tone."""

    wall: str
    wood: str = "oak"
    floor: tuple[str, str] = ("#c39a70", "#94693f")
    paint: str = "#4c5f58"           # cupboards, panels, the second wall color
    cloth: str = "#efe6d8"           # bedding, table cloth, throw
    accent: str = "#a65a46"          # one strong color
    curtain: str | None = None
    finish: str = "plaster"          # of the wall: plaster, limewash, brick, beadboard, tiles
    panel: str = ""                  # of its lower part, painted in `paint`: plaster, beadboard, or none
    sun: tuple[float, float, float] = (0.80, 0.55, -0.36)
    sun_strength: float = 8.0
    sky: str = "#dfeaf5"
    window: str = ""                 # instead of the set's own: wide, door, high, dark
    ground: str = ""                 # of the floor's two tones: planks, or tiles, checker, carpet, poured

    @property
    def wood_tones(self) -> tuple[str, str]:
        """(light, dark) of the furniture's wood."""
        return WOODS[self.wood]
