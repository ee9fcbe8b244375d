"""What a part is made of, as plain data: the palette and `Finish`, the recipe of a material before a scene exists.

The same `Finish` makes the material (materials.make) and the words in the shop's feed (color, material), so that text
and picture agree. Imports nothing of Blender; a spec made of these can be hashed, compared and written to JSON.
"""
from __future__ import annotations

import colorsys
import dataclasses
from dataclasses import dataclass
from random import Random

# Named colours as a catalogue prints them. Never pure black or white on a product: both lose all shading.
PALETTE = {
    "chalk": "#f1ece2", "cream": "#eadbb8", "sand": "#d3bd97", "oat": "#c9b8a0", "stone": "#a39a8d",
    "grey": "#7d7f80", "charcoal": "#3c3e42", "black": "#202124", "sage": "#8fa28c", "moss": "#5d6b3c",
    "forest": "#24493f", "mint": "#a9cdb8", "teal": "#2f6d6a", "petrol": "#1f4a5c", "sky": "#9dbdd2",
    "denim": "#4f7296", "navy": "#26345a", "cobalt": "#2b4fa3", "lilac": "#b3a2c6", "plum": "#5e3350",
    "blush": "#e0b7aa", "rose": "#c2757d", "terracotta": "#b5603c", "rust": "#a2482c", "brick": "#8c3b2e",
    "red": "#b92f2b", "coral": "#df7a5e", "apricot": "#e6a96b", "ochre": "#c9942e", "mustard": "#d2a622",
    "lemon": "#e8d163", "olive": "#85803d", "caramel": "#b17a45", "cocoa": "#6d4a38", "espresso": "#3a2a23",
}
WOODS = {"oak": ("#d0a673", "#a87a48"), "walnut": ("#7d5334", "#4c2f1d"), "ash": ("#e0c9a4", "#bd9c6c"),
         "teak": ("#b57a42", "#7e4d26"), "mahogany": ("#8c4a30", "#54261a"), "smoked oak": ("#5b4636", "#352720"),
         "ebony": ("#2f2a27", "#1b1816")}
METALS = {"brass": "#c7a15c", "steel": "#b9bcc0", "copper": "#c17a58", "bronze": "#7c5c3e", "gunmetal": "#4b4d52"}


def hex_of(color: str) -> str:
    """'sage' or '#8fa28c' -> '#8fa28c'."""
    return color if color.startswith("#") else PALETTE[color]


PATTERN_WORDS = {
    "stripes_v": "striped", "stripes_h": "striped", "pin": "pinstriped", "ticking": "ticking stripe", "bands": "banded",
    "checks": "gingham", "checker": "checkerboard", "grid": "window check", "dots": "polka dot", "waves": "wave",
    "zigzag": "zigzag", "diamonds": "diamond", "floral": "floral", "brush": "brushstroke",
}


@dataclass(frozen=True)
class Print:
    """A repeating print: `repeats` a unit of u, `aspect` as in prints.pattern."""

    kind: str
    colors: tuple[str, ...]
    repeats: float = 8
    aspect: float = 1.0
    seed: int = 0


@dataclass(frozen=True)
class Finish:
    """One material recipe: function `recipe` of materials.py with `options`; `color` and `material` are the feed's
    words for it."""

    recipe: str
    options: tuple[tuple[str, object], ...]
    color: str
    material: str

    @property
    def pattern(self) -> str:
        """The feed's word for the print, '' without one."""
        printed = dict(self.options).get("printed")
        return PATTERN_WORDS[printed.kind] if isinstance(printed, Print) else ""


def _finish(recipe: str, color: str, material: str, **options: object) -> Finish:
    return Finish(recipe, tuple(sorted(options.items())), color, material)


def _words(color: str, printed: Print | None) -> str:
    return "/".join(dict.fromkeys(printed.colors)) if printed else color


def glazed(color: str, matte: bool = False, speckle: int = 0, printed: Print | None = None,
           reactive: str | None = None, foot: float | None = None) -> Finish:
    """Ceramic glaze. `speckle` 0-3; `reactive`: a second colour that runs into the first; `foot`: metres of bare clay
    at the bottom."""
    body = "stoneware" if speckle or foot or matte or reactive else "porcelain"
    return _finish("ceramic", _words(color, printed), body, col=color, matte=matte, speckle=speckle, printed=printed,
                   reactive=reactive, foot=foot)


def inside_of(finish: Finish) -> Finish:
    """The glaze as it continues inside a vessel: without the bare foot, which goes by height."""
    options = tuple((name, None if name == "foot" else value) for name, value in finish.options)
    return dataclasses.replace(finish, options=options)


def earthen(color: str) -> Finish:
    """Unglazed earthenware."""
    return _finish("clay", color, "earthenware", col=color)


def blown(color: str, frosted: bool = False) -> Finish:
    """Glass; `color` is its tint."""
    return _finish("glass", color, "glass", col=color, rough=0.25 if frosted else 0.0)


def lacquer(color: str, material: str = "lacquered steel", rough: float = 0.38, coat: float = 0.2) -> Finish:
    """Paint of any gloss on what `material` says."""
    return _finish("paint", color, material, col=color, rough=rough, coat=coat)


def timber(species: str) -> Finish:
    """Wood; the builder says for each part along which axis the grain runs."""
    return _finish("wood", species, "wood", species=species)


def metal(name: str, brushed: bool = False) -> Finish:
    """Bare metal of METALS."""
    return _finish("metal", name, name, name=name, brushed=brushed)


def cloth(color: str, weave: str = "linen", printed: Print | None = None, material: str = "") -> Finish:
    """Fabric; weave: linen, boucle, velvet, canvas, knit, felt."""
    words = {"boucle": "boucle wool", "canvas": "cotton canvas", "felt": "wool felt", "knit": "knitted cotton"}
    return _finish("fabric", _words(color, printed), material or words.get(weave, weave), col=color, weave=weave,
                   printed=printed)


def hide(color: str) -> Finish:
    """Leather."""
    return _finish("leather", color, "leather", col=color)


def wicker(color: str = "caramel", material: str = "seagrass") -> Finish:
    """Woven plant fibre (or cork, which looks like it close up)."""
    return _finish("straw", color, material, col=color)


MARBLES = {"white": ("#eeebe6", "#6f6a66"), "green": ("#2f4a3e", "#b9c4b4"), "black": ("#2a2a2c", "#c9c4ba"),
           "rose": ("#d9b6a8", "#8a4f45")}


def marble(name: str = "white", scale: float = 4.0) -> Finish:
    """Stone of MARBLES; `scale` of its veins: 4 for a table, 9 for something in the hand."""
    return _finish("marble", f"{name} marble", "marble", name=name, scale=scale)


def terrazzo(base: str = "chalk", chips: tuple[str, ...] = ("terracotta", "petrol", "ochre", "stone")) -> Finish:
    """Stone chips in cement."""
    return _finish("terrazzo", _words("", Print("", (base, chips[0]))), "terrazzo", base=base, chips=chips)


def concrete(color: str = "stone") -> Finish:
    """Cast concrete."""
    return _finish("concrete", color, "concrete", col=color)


# ---- choosing ---------------------------------------------------------------------------------------------------
WHITES = ("chalk", "cream", "sand", "oat")
BRIGHT = tuple(name for name in PALETTE if name not in WHITES)


def any_color(rng: Random) -> str:
    """Mostly strong colours, sometimes a white."""
    return rng.choice(WHITES) if rng.random() < 0.18 else rng.choice(BRIGHT)


def lab(color: str) -> tuple[float, float, float]:
    """CIE L*a*b* (D65) of a colour."""
    digits = hex_of(color).lstrip("#")
    rgb = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb)
    xyz = ((0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b,
           (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089)
    fx, fy, fz = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


def delta_e(a: str, b: str) -> float:
    """CIE76 difference of two colours. Variants need more than 15: AgX shifts cream towards white, so a smaller step
    would vanish in the photos."""
    return sum((x - y) ** 2 for x, y in zip(lab(a), lab(b), strict=True)) ** 0.5


def contrast(rng: Random, color: str, least: float = 35.0) -> str:
    """A palette colour at least `least` away from `color`: for prints, piping, second glazes."""
    return rng.choice([name for name in PALETTE if delta_e(name, color) >= least])


def lighter(color: str, by: float = 0.25) -> str:
    """Tint of a colour as '#rrggbb': the second glaze of a reactive one, the top of a leaf."""
    digits = hex_of(color).lstrip("#")
    h, lightness, s = colorsys.rgb_to_hls(*(int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)))
    rgb = colorsys.hls_to_rgb(h, min(0.93, lightness + by), s * 0.85)
    return "#" + "".join(f"{round(c * 255):02x}" for c in rgb)


def any_print(rng: Random, color: str, kinds: tuple[str, ...], repeats: tuple[int, int],
              aspect: float = 1.0) -> Print:
    """A print in `color` and one or two colours that stand off from it."""
    second = contrast(rng, color)
    third = rng.choice([name for name in PALETTE if delta_e(name, color) > 25 and delta_e(name, second) > 25])
    return Print(rng.choice(kinds), (color, second, third), rng.randint(*repeats), aspect, rng.randrange(99))


def swatch(color: str) -> str:
    """'#rrggbb' that stands for a finish's color word: the first word of a print, the lighter tone of a wood."""
    first = color.split("/")[0]
    if first.endswith(" marble"):
        return MARBLES[first.removesuffix(" marble")][0]
    if first in WOODS:
        return WOODS[first][0]
    return METALS[first] if first in METALS else hex_of(first)
