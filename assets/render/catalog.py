"""The demo shop's products as data: 79 articles, more than half of them in variant groups.

A group is made by `variants`: one base and ONE parameter that takes several values, so its members differ in exactly
one attribute by construction. Families share palettes on purpose: a search by colour alone must not find the right
product. Nothing here needs a scene; `build` makes the product in the current one.
"""
from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import families
import finishes as F
from families import (
    Basket,
    Bookend,
    Bottle,
    Bowl,
    Candle,
    Chair,
    Clock,
    Cushion,
    Family,
    Kettle,
    Lamp,
    Mug,
    Picture,
    Planter,
    Rug,
    SideTable,
    Sofa,
    Stool,
    Tote,
    Vase,
)
from finishes import Finish, Print
from mesh import Product


@dataclass(frozen=True)
class Spec:
    """One article: id (a slug), variant group ('' when it has no variants), the model's name, its price in euros and
    the parameters of its picture. `pale`: white goods, shown in less light."""

    id: str
    group: str
    model: str
    price: float
    params: Family
    pale: bool = False

    @property
    def family(self) -> str:
        return self.params.family


def build(spec: Spec, name: str | None = None) -> Product:
    """The product of a spec in the current scene, with `.spec`, `.family` and `.params`."""
    product = families.build(spec.params, name or spec.id)
    product.spec = spec
    return product


def one(id: str, model: str, price: float, params: Family, pale: bool = False) -> list[Spec]:
    """An article without variants."""
    return [Spec(id, "", model, price, params, pale)]


def variants(group: str, model: str, price: float, base: Family, field: str, pale: tuple[str, ...] = (),
             **values: object) -> list[Spec]:
    """Articles that differ in `field` only; the keywords are the ends of their ids."""
    return [Spec(f"{group}-{name}", group, model, price, dataclasses.replace(base, **{field: value}), name in pale)
            for name, value in values.items()]


def printed(kind: str, colors: tuple[str, ...], repeats: float, aspect: float = 1.0, seed: int = 0) -> Finish:
    """Printed porcelain."""
    return F.glazed(colors[0], printed=Print(kind, colors, repeats, aspect, seed))


def print_on(weave: str, kind: str, colors: tuple[str, ...], repeats: float, aspect: float = 1.0,
             seed: int = 0) -> Finish:
    """Printed cloth."""
    return F.cloth(colors[0], weave, Print(kind, colors, repeats, aspect, seed))


def tableware() -> Iterator[list[Spec]]:
    """Mugs, bowls, kettles, bottles."""
    dipped = {"speckle": 2, "foot": 0.022}
    yield variants("mug-01", "Tove", 14.9, Mug(), "finish", sage=F.glazed("sage", **dipped),
                   rust=F.glazed("rust", **dipped), navy=F.glazed("navy", **dipped))
    yield one("mug-02-wave", "Fjord", 16.5, Mug(
        shape="belly", handle="d", h=.088, finish=printed("waves", ("chalk", "cobalt"), 9, 5),
        inside=F.glazed("chalk"), handle_finish=F.glazed("cobalt")))
    clay = ("chalk", "terracotta")
    yield variants("mug-03", "Piet", 13.9, Mug(
        shape="taper", handle="c", h=.092, r=.041, inside=F.glazed("chalk"), handle_finish=F.glazed("terracotta")),
        "finish", stripe=printed("stripes_h", clay, 8, 6), dot=printed("dots", clay, 9, 4.2))
    yield one("mug-04-ink", "Tide", 18.0, Mug(
        shape="barrel", handle="loop", h=.086, r=.045, finish=F.glazed("petrol", reactive="sky")))
    yield one("mug-05-floral", "Wilma", 17.5, Mug(
        shape="straight", handle="c", h=.1, r=.04, finish=printed("floral", ("cream", "rust", "forest"), 8, 4.4, 3),
        inside=F.glazed("cream"), handle_finish=F.glazed("forest")))
    yield variants("bowl-01", "Mare", 19.9, Bowl(), "finish", cream=F.glazed("cream", speckle=3),
                   rust=F.glazed("rust", speckle=3))
    yield one("bowl-02-ink", "Tide", 24.0, Bowl(shape="cone", r=.095, h=.075,
                                                finish=F.glazed("petrol", reactive="sky")))
    yield one("bowl-03-walnut", "Rind", 39.0, Bowl(shape="flat", r=.12, h=.06, finish=F.timber("walnut")))
    yield one("bowl-04-zigzag", "Fjord", 21.5, Bowl(
        shape="round", r=.08, h=.075, finish=printed("zigzag", ("chalk", "teal"), 12, 2.2), inside=F.glazed("chalk")))
    enamel = {"material": "enamelled steel", "rough": .18, "coat": .6}
    yield variants("kettle-01", "Alma", 59.0, Kettle(), "finish", cream=F.lacquer("cream", **enamel),
                   sage=F.lacquer("sage", **enamel))
    yield one("kettle-02-black", "Bruk", 69.0, Kettle(
        r=.1, h=.12, body="drum", spout="short", finish=F.lacquer("charcoal", "matte steel", .5, 0),
        grip=F.timber("ash")))
    yield one("bottle-01-amber", "Oliva", 17.9, Bottle(shape="oil", finish=F.blown("caramel"),
                                                       cap=F.wicker("sand", "cork")))
    coat = {"material": "powder-coated steel", "rough": .45, "coat": .1}
    yield variants("flask-01", "Lynn", 27.9, Bottle(shape="flask", h=.24, r=.036, cap=F.metal("steel")), "finish",
                   teal=F.lacquer("teal", **coat), coral=F.lacquer("coral", **coat),
                   charcoal=F.lacquer("charcoal", **coat))
    yield one("carafe-01-sky", "Klar", 22.5, Bottle(shape="round", h=.25, r=.058, finish=F.blown("sky")))


def decoration() -> Iterator[list[Spec]]:
    """Vases, planters, candles, clocks, pictures, bookends."""
    yield one("vase-01-terra", "Ponza", 45.0, Vase(wobble=.012, seed=3))
    yield variants("vase-02", "Moona", 52.0, Vase(shape="moon", h=.22, r=.095, ribs=26, twist=.9), "finish", ("chalk",),
                   chalk=F.glazed("chalk", matte=True), petrol=F.glazed("petrol", matte=True),
                   blush=F.glazed("blush", matte=True))
    yield one("vase-03-moss", "Klar", 34.9, Vase(shape="bottle", h=.28, r=.075, finish=F.blown("moss")))
    yield one("vase-04-brush", "Sumi", 42.0, Vase(
        shape="tulip", h=.26, r=.085, finish=printed("brush", ("cream", "navy"), 6, 2, 5)))
    yield variants("planter-01", "Orto", 49.0, Planter(r=.11, h=.19, plant_h=.5, seed=2), "finish",
                   terracotta=F.earthen("terracotta"), charcoal=F.earthen("charcoal"))
    yield one("planter-02-snake", "Flute", 36.0, Planter(
        shape="cylinder", r=.085, h=.15, finish=F.glazed("blush", matte=True), plant="snake", plant_h=.42, ribs=40,
        seed=6))
    yield one("planter-03-fern", "Orto Stand", 79.0, Planter(
        shape="belly", r=.12, h=.17, finish=F.glazed("teal", reactive="mint"), plant="fern", plant_h=.3,
        legs=F.timber("oak"), seed=9))
    yield variants("candle-01", "Glow", 24.9, Candle(label="chalk"), "finish", amber=F.blown("caramel"),
                   teal=F.blown("teal"))
    yield one("candle-02-rust", "Rill", 12.5, Candle(shape="ribbed", r=.038, h=.14, wax="rust", lit=False))
    yield one("candle-03-sage", "Tove", 26.0, Candle(shape="jar", r=.043, h=.085, finish=F.glazed("sage", speckle=2),
                                                     wax="cream"))
    yield variants("clock-01", "Tempo", 64.0, Clock(ticks="numerals"), "face", chalk="chalk", sage="sage")
    yield one("clock-02-brass", "Meridian", 89.0, Clock(
        r=.17, case=F.metal("brass"), face="forest", ink="cream", hand="mustard", ticks="bars", rim=.006, time=(1, 52)))
    ink = ("chalk", "terracotta", "petrol", "apricot", "sage")
    yield variants("art-01", "Form No. 4", 48.0, Picture(colors=ink, seed=4), "frame", oak=F.timber("oak"),
                   ebony=F.timber("ebony"))
    yield one("art-02-hills", "Ridge", 55.0, Picture(
        w=.5, h=.4, frame=F.timber("walnut"), drawing="hills", colors=("cream", "sage", "teal", "petrol", "apricot"),
        border=.05, bar=.02, seed=11))
    yield one("art-03-arches", "Arc", 42.0, Picture(
        w=.36, h=.5, frame=F.timber("ash"), drawing="lines", colors=("chalk", "rust", "ochre", "blush"), border=.05,
        bar=.014, seed=8))
    yield one("bookend-01-arch", "Porta", 38.0, Bookend())
    yield one("bookend-02-ball", "Orb", 34.0, Bookend(shape="ball", h=.13, finish=F.terrazzo("sand")))


def textiles() -> Iterator[list[Spec]]:
    """Cushions, rugs, bags, baskets."""
    warm = ("chalk", "terracotta")
    yield variants("cushion-01", "Lido", 29.9, Cushion(piping=F.cloth("terracotta", "canvas"), chop=.35, seed=2),
                   "cover", check=print_on("linen", "checks", warm, 12),
                   stripe=print_on("linen", "stripes_v", warm, 14), grid=print_on("linen", "grid", warm, 13))
    yield variants("cushion-02", "Wilma", 34.9, Cushion(a=.26, b=.26, seed=5), "cover",
                   petrol=print_on("linen", "floral", ("petrol", "cream", "rust"), 10),
                   mustard=print_on("linen", "floral", ("mustard", "cream", "rust"), 10))
    yield one("cushion-03-oat", "Nub", 39.0, Cushion(a=.27, b=.17, t=.09, cover=F.cloth("oat", "boucle"), seed=8))
    yield one("cushion-04-velvet", "Soir", 44.0, Cushion(
        a=.23, b=.23, t=.1, cover=F.cloth("forest", "velvet"), tassels=F.cloth("ochre", "canvas"), chop=.2, seed=11))
    yield one("rug-01-zigzag", "Atlas", 189.0, Rug(cover=print_on("boucle", "zigzag", ("cream", "petrol"), 8, 1.3),
                                                   fringe=F.cloth("cream", "canvas")))
    yield variants("rug-02", "Dama", 219.0, Rug(w=1.7, d=1.2, seed=4), "cover",
                   rust=print_on("boucle", "checker", ("sand", "rust"), 6),
                   teal=print_on("boucle", "checker", ("sand", "teal"), 6))
    blue = ("chalk", "navy")
    yield variants("tote-01", "Marktag", 24.0, Tote(straps=F.cloth("navy", "canvas")), "cover",
                   dots=print_on("canvas", "dots", blue, 8), stripes=print_on("canvas", "stripes_h", blue, 8))
    yield one("tote-02-mustard", "Carry", 32.0, Tote(
        w=.34, h=.36, d=.1, cover=F.cloth("mustard", "canvas"), straps=F.hide("caramel"), seed=5))
    yield variants("basket-01", "Bale", 42.0, Basket(band=(.55, .78)), "accent", charcoal=F.wicker("charcoal"),
                   rust=F.wicker("rust"))
    yield one("basket-02-oval", "Sieve", 36.0, Basket(r=.19, h=.17, taper=1.0, finish=F.wicker("sand"), handles=False,
                                                      oval=.72))


def furniture() -> Iterator[list[Spec]]:
    """Lamps, chairs, sofas, tables, stools."""
    yield variants("lamp-01", "Celadon", 89.0, Lamp(), "shade", cream="cream", charcoal="charcoal", mustard="mustard")
    yield one("lamp-02-tripod", "Trip", 75.0, Lamp(
        shape="tripod", h=.33, r=.1, finish=F.timber("oak"), shade="oat", shade_h=.18, shade_r=.16, top=.9))
    yield one("lamp-03-balls", "Trio", 82.0, Lamp(
        shape="balls", h=.3, r=.09, finish=F.glazed("rust"), shade="cream", shade_h=.18, shade_r=.16, top=.6))
    yield variants("chair-01", "Windsor", 149.0, Chair(), "frame", oak=F.timber("oak"), ebony=F.timber("ebony"))
    plastic = {"material": "moulded plastic", "rough": .5}
    yield variants("chair-02", "Scoop", 119.0, Chair(back="shell"), "seat", mustard=F.lacquer("mustard", **plastic),
                   teal=F.lacquer("teal", **plastic))
    yield one("chair-03-oat", "Lounge", 199.0, Chair(
        back="pad", frame=F.timber("walnut"), seat=F.cloth("oat", "boucle"), w=.5, d=.46))
    yield one("sofa-01-oat", "Nub", 1290.0, Sofa(arm="round"), pale=True)
    yield variants("sofa-02", "Soir", 1490.0, Sofa(w=1.8, arm="slim", back="channel", legs=F.metal("brass"), seed=4),
                   "cover", forest=F.cloth("forest", "velvet"), rust=F.cloth("rust", "velvet"))
    yield one("table-01-marble", "Foro", 249.0, SideTable(
        shape="pedestal", r=.24, h=.5, top=F.marble(), legs=F.metal("brass")))
    yield variants("table-02", "Tablett", 99.0, SideTable(shape="tray", r=.22, h=.47, legs=F.lacquer("black")), "top",
                   sage=F.lacquer("sage"), rust=F.lacquer("rust"))
    yield one("stool-01-walnut", "Perch", 89.0, Stool())
    yield variants("stool-02", "Puff", 109.0, Stool(
        h=.44, r=.18, legs=F.metal("brass"), padded=True, leg_count=4, ring=False),
        "top", blush=F.cloth("blush", "velvet"), navy=F.cloth("navy", "velvet"))


ROOMS = (tableware, decoration, textiles, furniture)
SPECS: list[Spec] = [spec for room in ROOMS for specs in room() for spec in specs]
BY_ID: dict[str, Spec] = {spec.id: spec for spec in SPECS}
