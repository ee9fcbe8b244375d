"""The photos of the demo: which room, in which colors, showing which of the shop's products.

Every product of the catalog is shown at least once and at most twice; members of a variant group are in different
photos, so that a search must tell them apart. Products are cast by hand, for a composed picture beats a drawn one;
everything else in a photo (jitter, books, look-alikes of what is not cast) follows from its seed. The last three show
nothing the shop sells.
"""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from decor import Decor


@dataclass(frozen=True)
class Photo:
    """`casting`: slot of the room -> product id; `take` is a second seed, to try another draw; `grainy`: taken by a
    simple camera."""

    name: str
    room: str
    decor: Decor
    casting: Mapping[str, str] = field(default_factory=dict)
    mirror: bool = False
    grainy: bool = False
    take: int = 0

    @property
    def seed(self) -> str:
        """Seed of everything random in it."""
        return f"{self.name} {self.take}"


PHOTOS: tuple[Photo, ...] = (
    Photo("living-1", "living",
          Decor("#d6cebd", "oak", ("#c39a70", "#94693f"), accent="#b98f6b", cloth="#c98f5a", curtain="#f1ece2"),
          {"sofa": "sofa-02-forest", "cushion left": "cushion-02-mustard", "cushion middle": "cushion-01-check",
           "side table": "table-01-marble", "lamp": "lamp-01-charcoal", "rug": "rug-01-zigzag",
           "picture": "art-01-oak"}),
    Photo("living-2", "living",
          Decor("#b4806a", "walnut", ("#8f6a4a", "#6b4a30"), accent="#2f4858", cloth="#e6dccb", finish="limewash",
                sun=(0.8, 0.5, -0.4)),
          {"sofa": "sofa-01-oat", "cushion right": "cushion-01-stripe", "picture": "art-01-ebony",
           "planter": "planter-03-fern", "stool": "stool-02-navy", "lamp": "lamp-03-balls",
           "side table": "table-02-sage"}, mirror=True, grainy=True),
    Photo("reading-1", "reading",
          Decor("#8f9a86", "ash", ("#d2b893", "#ad8b61"), accent="#a65a46", cloth="#7d8c7a", curtain="#f6f1e8",
                sun=(0.86, 0.42, -0.45)),
          {"chair": "chair-02-mustard", "cushion": "cushion-02-petrol", "stool": "stool-01-walnut",
           "planter": "planter-02-snake", "basket": "basket-01-charcoal", "picture": "art-02-hills"}),
    Photo("bedroom-1", "bedroom",
          Decor("#b9c4bd", "oak", ("#b08b66", "#80603f"), paint="#5f6f74", cloth="#b98f7b", accent="#c98f5a",
                panel="beadboard", sun=(0.6, 0.95, -0.34), sun_strength=6.0),
          {"cushion left": "cushion-03-oat", "cushion right": "cushion-04-velvet", "lamp": "lamp-01-cream",
           "rug": "rug-02-rust", "basket": "basket-01-rust", "picture": "art-03-arches", "candle": "candle-01-teal"}),
    Photo("dining-1", "dining",
          Decor("#2f4456", "teak", ("#a8835c", "#7a5a3c"), accent="#c98f3d", cloth="#d9d0c0"),
          {"chair left": "chair-01-oak", "chair right": "chair-03-oat", "vase": "vase-01-terra",
           "bowl": "bowl-01-cream", "candle": "candle-01-amber", "clock": "clock-02-brass",
           "bottle": "carafe-01-sky"}, mirror=True),
    Photo("kitchen-1", "kitchen",
          Decor("#c3cfc4", "oak", ("#8f7a66", "#6f5b49"), finish="tiles", sun=(0.85, 0.3, -0.42)),
          {"kettle": "kettle-01-cream", "mug left": "mug-01-sage", "mug right": "mug-02-wave", "bowl": "bowl-02-ink",
           "bottle": "bottle-01-amber", "shelf vase": "vase-02-blush"}, take=1),
    Photo("kitchen-2", "kitchen",
          Decor("#e6d3a8", "smoked", ("#9c8368", "#7c654d"), paint="#e4ded0", finish="beadboard",
                sun=(0.8, 0.36, -0.4)),
          {"kettle": "kettle-02-black", "mug left": "mug-05-floral", "mug right": "mug-03-stripe",
           "bowl": "bowl-04-zigzag", "shelf bowl": "bowl-03-walnut", "bottle": "flask-01-coral"},
          mirror=True, grainy=True, take=1),
    Photo("desk-1", "desk",
          Decor("#dcc98f", "walnut", ("#c9b08a", "#a4865c"), paint="#5d7a6e", accent="#8f3f34", cloth="#efe6d8"),
          {"lamp": "lamp-02-tripod", "mug": "mug-01-navy", "clock": "clock-01-chalk", "chair": "chair-01-ebony",
           "bookend": "bookend-02-ball", "bottle": "flask-01-teal", "bag": "tote-01-stripes"}),
    Photo("bathroom-1", "bathroom",
          Decor("#e3cdbb", "teak", ("#8f7a66", "#6f5b49"), paint="#7f9b98", panel="tiles", cloth="#c98a6b",
                accent="#51606e"),
          {"candle": "candle-03-sage", "vase": "vase-03-moss", "mug": "mug-04-ink", "planter": "planter-01-charcoal"},
          mirror=True),
    Photo("hall-1", "hall",
          Decor("#e9e4da", "walnut", ("#8a6a4a", "#5f4630"), paint="#6f7f68", panel="plaster"),
          {"hung bag": "tote-01-dots", "stool": "stool-02-blush", "basket": "basket-02-oval", "bowl": "bowl-01-rust",
           "vase": "vase-02-petrol", "lamp": "lamp-01-mustard", "rug": "rug-02-teal"}),
    Photo("sill-1", "sill", Decor("#cfd6d8", "pine", sky="#dfeaf5", sun_strength=6.0),
          {"planter": "planter-01-terracotta", "vase": "vase-04-brush", "mug": "mug-03-dot",
           "candle": "candle-02-rust", "bottle": "flask-01-charcoal"}, grainy=True),
    Photo("shelves-1", "shelves", Decor("#4a5c58", "cherry", ("#b08b66", "#80603f"), sun=(0.75, 0.62, -0.42)),
          {"bookend": "bookend-01-arch", "vase": "vase-02-chalk", "clock": "clock-01-sage", "mug": "mug-01-rust",
           "tall vase": "vase-01-terra", "bottle": "flask-01-coral"}),
    Photo("terrace-1", "terrace",
          Decor("#efe9df", "teak", ("#c9a184", "#a5714f"), finish="brick", paint="#9a9184", sky="#bcd6f2",
                sun_strength=7.0, sun=(0.6, 0.55, -0.5)),
          {"chair": "chair-02-teal", "side table": "table-02-rust", "planter": "planter-02-snake",
           "mug": "mug-02-wave", "cushion": "cushion-01-grid", "bag": "tote-02-mustard"}, grainy=True),
    Photo("coffee-1", "coffee",
          Decor("#a9b7c0", "smoked", ("#cdb590", "#a88a62"), accent="#a9563a", cloth="#e6dccb", curtain="#efe9de"),
          {"sofa": "sofa-02-rust", "cushion": "cushion-04-velvet", "bowl": "bowl-01-cream", "vase": "vase-03-moss",
           "mug": "mug-04-ink", "kettle": "kettle-01-sage"}, mirror=True),
    Photo("none-pantry", "pantry", Decor("#e8dcc0", "walnut", paint="#7a5a4a", finish="tiles")),
    Photo("none-study", "study",
          Decor("#94785f", "ash", ("#8f7a66", "#6f5b49"), paint="#39424a", accent="#c9a23c"), mirror=True, grainy=True),
    Photo("none-linen", "linen",
          Decor("#d8cfc6", "bleached", ("#b9b2a6", "#989084"), paint="#a9b8ae", panel="beadboard", cloth="#8fa9a4",
                accent="#b98f6b")),
)
