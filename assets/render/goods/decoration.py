"""For shelf, wall and window sill: vases, planters, watering cans, candles, clocks, pictures, mirrors, bookends."""
from __future__ import annotations

import finishes as F
from article import Articles, one, printed, variants
from families import Bookend, Candle, Clock, Mirror, Picture, Planter, Vase, WateringCan


def articles() -> Articles:
    """Some by shape, some by pattern, some by colour alone."""
    yield from _vases()
    yield from _planters()
    yield from _watering_cans()
    yield from _candles()
    yield from _clocks()
    yield from _pictures()
    yield from _mirrors()
    yield from _bookends()


def _vases() -> Articles:
    yield one("vase-01-terra", "Ponza", 45.0, Vase(wobble=.012, seed=3))
    yield variants("vase-02", "Moona", 52.0, Vase(shape="moon", h=.22, r=.095, ribs=26, twist=.9), "finish", ("chalk",),
                   chalk=F.glazed("chalk", matte=True), petrol=F.glazed("petrol", matte=True),
                   blush=F.glazed("blush", matte=True))
    yield one("vase-03-moss", "Klar", 34.9, Vase(shape="bottle", h=.28, r=.075, finish=F.blown("moss")))
    yield one("vase-04-brush", "Sumi", 42.0, Vase(
        shape="tulip", h=.26, r=.085, finish=printed("brush", ("cream", "navy"), 6, 2, 5)))
    yield variants("vase-05", "Ria", 39.0, Vase(shape="gourd", h=.24, r=.08), "finish",
                   olive=F.glazed("olive", reactive="lemon"), rust=F.glazed("rust", reactive="apricot"))
    yield variants("vase-06", "Flauta", 47.0, Vase(shape="cylinder", h=.28, r=.08, ribs=18), "finish", ("cream",),
                   cream=F.glazed("cream", matte=True), charcoal=F.glazed("charcoal", matte=True))
    yield variants("vase-07", "Solo", 29.0, Vase(shape="bottle", h=.2, r=.055), "finish",
                   caramel=F.blown("caramel"), plum=F.blown("plum"))
    yield one("vase-08-pampas", "Duna", 69.0, Vase(shape="cone", h=.22, r=.09, finish=F.earthen("sand"),
                                                    stems="pampas", seed=5))
    yield one("vase-09-eucalyptus", "Nebbia", 62.0,
              Vase(shape="moon", h=.18, r=.085, finish=F.glazed("stone", matte=True, speckle=3),
                                                          stems="eucalyptus", seed=12))
    yield one("vase-10-zig", "Ankara", 55.0, Vase(
        shape="amphora", h=.3, r=.085, finish=printed("diamonds", ("terracotta", "chalk", "navy"), 9, 2.4)))
    yield one("vase-11-bands", "Hav", 44.0, Vase(
        shape="cone", h=.26, r=.08, finish=printed("bands", ("chalk", "teal", "ochre"), 8, 3.2)))


def _planters() -> Articles:
    yield variants("planter-01", "Orto", 49.0, Planter(r=.11, h=.19, plant_h=.5, seed=2), "finish",
                   terracotta=F.earthen("terracotta"), charcoal=F.earthen("charcoal"))
    yield one("planter-02-snake", "Flute", 36.0, Planter(
        shape="cylinder", r=.085, h=.15, finish=F.glazed("blush", matte=True), plant="snake", plant_h=.42, ribs=40,
        seed=6))
    yield one("planter-03-fern", "Orto Stand", 79.0, Planter(
        shape="belly", r=.12, h=.17, finish=F.glazed("teal", reactive="mint"), plant="fern", plant_h=.3,
        legs=F.timber("oak"), seed=9))
    yield variants("planter-04", "Lido", 42.0, Planter(
        shape="belly", r=.1, h=.16, plant="fern", plant_h=.26, seed=14), "finish",
        cream=F.glazed("cream", speckle=2), navy=F.glazed("navy", speckle=2), moss=F.glazed("moss", speckle=2))
    yield one("planter-05-terrazzo", "Cubo", 58.0, Planter(
        shape="lip", r=.12, h=.19, finish=F.terrazzo("chalk"), plant="snake", plant_h=.45, seed=17))
    yield one("planter-06-zigzag", "Fjord", 46.0, Planter(
        shape="taper", r=.1, h=.16, finish=printed("zigzag", ("chalk", "cobalt"), 10, 2), plant="rubber", plant_h=.38,
        seed=23))


def _watering_cans() -> Articles:
    yield variants("can-01", "Orto", 32.0, WateringCan(), "finish", sage=F.lacquer("sage"), coral=F.lacquer("coral"))
    yield one("can-02-copper", "Regen", 58.0, WateringCan(shape="ball", r=.07, h=.13,
                                                          finish=F.metal("copper", True), grip=F.metal("brass")))
    yield one("can-03-charcoal", "Orto", 39.0, WateringCan(
        shape="cone", r=.09, h=.16, finish=F.lacquer("charcoal"), grip=F.timber("oak"), rose=True))


def _candles() -> Articles:
    yield variants("candle-01", "Glow", 24.9, Candle(label="chalk"), "finish", amber=F.blown("caramel"),
                   teal=F.blown("teal"))
    yield one("candle-02-rust", "Rill", 12.5, Candle(shape="ribbed", r=.038, h=.14, wax="rust", lit=False))
    yield one("candle-03-sage", "Tove", 26.0, Candle(shape="jar", r=.043, h=.085, finish=F.glazed("sage", speckle=2),
                                                     wax="cream"))
    yield variants("candle-04", "Stele", 14.5, Candle(shape="pillar", r=.04, h=.12, lit=False), "wax",
                   mustard="mustard", forest="forest", rose="rose")
    yield one("candle-06-copper", "Metall", 28.0, Candle(r=.04, h=.08, finish=F.metal("copper"), wax="cream"))
    yield one("candle-07-black", "Noir", 29.5, Candle(r=.044, h=.1, finish=F.glazed("charcoal", matte=True),
                                                       wax="chalk", label="caramel", lit=False))
    yield one("candle-08-frost", "Nebel", 22.0, Candle(r=.038, h=.095, finish=F.blown("blush", True), wax="chalk",
                                                        label="plum"))


def _clocks() -> Articles:
    yield variants("clock-01", "Tempo", 64.0, Clock(ticks="numerals"), "face", chalk="chalk", sage="sage")
    yield one("clock-02-brass", "Meridian", 89.0, Clock(
        r=.17, case=F.metal("brass"), face="forest", ink="cream", hand="mustard", ticks="bars", rim=.006, time=(1, 52)))
    yield variants("clock-03", "Punkt", 54.0, Clock(
        r=.13, case=F.lacquer("charcoal"), ink="cream", hand="cream", ticks="dots", time=(8, 18)), "face",
        terracotta="terracotta", denim="denim", charcoal="charcoal")
    yield one("clock-04-copper", "Zenit", 99.0, Clock(
        r=.18, case=F.metal("copper"), face="navy", ink="apricot", hand="apricot", ticks="quarters", rim=.014,
        time=(4, 40)))
    yield one("clock-05-kitchen", "Ora", 39.0, Clock(
        r=.125, case=F.lacquer("red"), face="cream", ink="black", hand="red", ticks="numerals", rim=.018,
        time=(11, 5)))


def _pictures() -> Articles:
    ink = ("chalk", "terracotta", "petrol", "apricot", "sage")
    yield variants("art-01", "Form No. 4", 48.0, Picture(colors=ink, seed=4), "frame", oak=F.timber("oak"),
                   ebony=F.timber("ebony"))
    yield one("art-02-hills", "Ridge", 55.0, Picture(
        w=.5, h=.4, frame=F.timber("walnut"), drawing="hills", colors=("cream", "sage", "teal", "petrol", "apricot"),
        border=.05, bar=.02, seed=11))
    yield one("art-03-arches", "Arc", 42.0, Picture(
        w=.36, h=.5, frame=F.timber("ash"), drawing="lines", colors=("chalk", "rust", "ochre", "blush"), border=.05,
        bar=.014, seed=8))
    yield variants("art-04", "Suminagashi", 62.0, Picture(
        w=.42, h=.56, drawing="ink", frame=F.timber("ash"), border=.05, bar=.014, seed=15), "colors",
        navy=("chalk", "navy", "sky", "denim", "stone"), plum=("chalk", "plum", "blush", "rose", "stone"))
    yield variants("art-05", "Wiese", 52.0, Picture(
        w=.4, h=.4, drawing="meadow", colors=("forest", "blush", "mustard"), border=.0, bar=.02, seed=19), "frame",
        oak=F.timber("oak"), walnut=F.timber("walnut"))
    yield one("art-06-dusk", "Ridge", 68.0, Picture(
        w=.55, h=.4, frame=F.timber("ebony"), drawing="hills", colors=("apricot", "rose", "plum", "navy", "lemon"),
        border=.045, bar=.016, seed=27))
    yield one("art-07-form", "Form No. 7", 45.0, Picture(
        w=.32, h=.45, frame=F.lacquer("navy", "painted wood"), colors=("sky", "mustard", "cobalt", "chalk", "coral"),
        border=.035, bar=.016, seed=33))


def _mirrors() -> Articles:
    yield variants("mirror-01", "Bogen", 129.0, Mirror(shape="arch", w=.55, h=.85), "frame", oak=F.timber("oak"),
                   walnut=F.timber("walnut"))
    yield one("mirror-02-pill", "Pille", 99.0, Mirror(shape="pill", w=.42, h=.8, bar=.009, frame=F.lacquer("black")))
    yield one("mirror-03-petal", "Fiore", 119.0, Mirror(shape="petal", w=.6, h=.6, bar=.016,
                                                        frame=F.lacquer("terracotta", "painted wood")))
    yield one("mirror-04-sun", "Sol", 89.0, Mirror(shape="rays", w=.66, h=.66, bar=.01, frame=F.metal("brass")))


def _bookends() -> Articles:
    yield one("bookend-01-arch", "Porta", 38.0, Bookend())
    yield one("bookend-02-ball", "Orb", 34.0, Bookend(shape="ball", h=.13, finish=F.terrazzo("sand")))
    yield variants("bookend-03", "Tritt", 32.0, Bookend(shape="steps", h=.15), "finish", oak=F.timber("oak"),
                   walnut=F.timber("walnut"))
    yield variants("bookend-04", "Porta", 38.0, Bookend(shape="arch", h=.16), "finish",
                   terracotta=F.lacquer("terracotta", "painted wood"), petrol=F.lacquer("petrol", "painted wood"))
    yield one("bookend-05-brass", "Orb", 52.0, Bookend(shape="ball", h=.12, finish=F.metal("brass")))
