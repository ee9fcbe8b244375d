"""Drinking, eating and keeping: mugs, bowls, kettles, bottles, teapots, jars, trays."""
from __future__ import annotations

import finishes as F
from article import Articles, one, printed, variants
from families import Bottle, Bowl, Jar, Kettle, Mug, Teapot, Tray


def articles() -> Articles:
    """Families share palettes on purpose: a search by colour alone must not find the right product."""
    yield from _mugs()
    yield from _bowls()
    yield from _kettles()
    yield from _bottles()
    yield from _teapots()
    yield from _jars()
    yield from _trays()


def _mugs() -> Articles:
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
    yield variants("mug-06", "Duo", 15.9, Mug(
        shape="straight", handle="d", h=.085, r=.044, finish=F.glazed("charcoal", matte=True)), "inside",
        coral=F.glazed("coral"), lemon=F.glazed("lemon"), mint=F.glazed("mint"))
    enamel = {"material": "enamelled steel", "rough": .18, "coat": .6}
    camp = Mug(shape="straight", handle="c", h=.08, r=.043, inside=F.lacquer("chalk", **enamel))
    yield variants("mug-07", "Camp", 12.5, camp, "finish", forest=F.lacquer("forest", **enamel),
                   mustard=F.lacquer("mustard", **enamel), brick=F.lacquer("brick", **enamel))
    yield variants("mug-08", "Dose espresso", 9.9, Mug(shape="taper", handle="loop", h=.06, r=.034), "finish",
                   plum=F.glazed("plum", reactive="rose"), cobalt=F.glazed("cobalt", reactive="sky"))
    yield one("mug-09-olive", "Latte", 18.9, Mug(shape="foot", handle="c", h=.088, r=.053,
                                                  finish=F.glazed("olive", matte=True, speckle=3)))
    yield one("mug-10-check", "Ziggy", 16.9, Mug(
        shape="barrel", handle="d", h=.09, r=.042, finish=printed("checker", ("chalk", "sage"), 12, 4.2),
        inside=F.glazed("chalk"), handle_finish=F.glazed("chalk")))
    yield one("mug-11-brush", "Sumi", 19.5, Mug(
        shape="belly", handle="loop", h=.086, r=.041, finish=printed("brush", ("blush", "plum"), 6, 4.6, 8),
        inside=F.glazed("blush"), handle_finish=F.glazed("plum")))
    yield one("mug-12-diamond", "Ravi", 16.5, Mug(
        shape="taper", handle="d", h=.098, r=.04, finish=printed("diamonds", ("mustard", "navy", "chalk"), 8, 4.4),
        inside=F.glazed("navy"), handle_finish=F.glazed("mustard")))
    yield one("mug-13-stone", "Raw", 21.0, Mug(shape="foot", handle="loop", h=.09, r=.041,
                                                finish=F.earthen("stone"), inside=F.glazed("espresso")))


def _bowls() -> Articles:
    yield variants("bowl-01", "Mare", 19.9, Bowl(), "finish", cream=F.glazed("cream", speckle=3),
                   rust=F.glazed("rust", speckle=3))
    yield one("bowl-02-ink", "Tide", 24.0, Bowl(shape="cone", r=.095, h=.075,
                                                finish=F.glazed("petrol", reactive="sky")))
    yield one("bowl-03-walnut", "Rind", 39.0, Bowl(shape="flat", r=.12, h=.06, finish=F.timber("walnut")))
    yield one("bowl-04-zigzag", "Fjord", 21.5, Bowl(
        shape="round", r=.08, h=.075, finish=printed("zigzag", ("chalk", "teal"), 12, 2.2), inside=F.glazed("chalk")))
    yield variants("bowl-05", "Tove", 22.9, Bowl(shape="foot", r=.085, h=.08), "finish",
                   sage=F.glazed("sage", matte=True), terracotta=F.glazed("terracotta", matte=True),
                   denim=F.glazed("denim", matte=True))
    yield variants("bowl-06", "Duo", 17.5, Bowl(shape="round", r=.07, h=.06, finish=F.glazed("charcoal", matte=True)),
                   "inside", apricot=F.glazed("apricot"), teal=F.glazed("teal"))
    yield variants("bowl-07", "Rind", 45.0, Bowl(shape="cone", r=.13, h=.085), "finish", ash=F.timber("ash"),
                   mahogany=F.timber("mahogany"))
    yield one("bowl-08-floral", "Wilma", 26.0, Bowl(
        shape="round", r=.11, h=.08, finish=printed("floral", ("cream", "rust", "forest"), 9, 2.3, 5),
        inside=F.glazed("cream")))
    yield one("bowl-09-bands", "Hav", 18.5, Bowl(
        shape="flat", r=.1, h=.055, finish=printed("bands", ("chalk", "navy", "ochre"), 10, 8),
        inside=F.glazed("chalk")))
    yield one("bowl-11-brass", "Souk", 49.0, Bowl(shape="cone", r=.12, h=.07, finish=F.metal("brass")))


def _kettles() -> Articles:
    enamel = {"material": "enamelled steel", "rough": .18, "coat": .6}
    yield variants("kettle-01", "Alma", 59.0, Kettle(), "finish", cream=F.lacquer("cream", **enamel),
                   sage=F.lacquer("sage", **enamel))
    yield one("kettle-02-black", "Bruk", 69.0, Kettle(
        r=.1, h=.12, body="drum", spout="short", finish=F.lacquer("charcoal", "matte steel", .5, 0),
        grip=F.timber("ash")))
    yield one("kettle-03-copper", "Kona", 84.0, Kettle(
        r=.1, h=.135, body="cone", spout="goose", finish=F.metal("copper", True), grip=F.lacquer("black", "plastic")))
    yield variants("kettle-04", "Lund", 54.0, Kettle(
        r=.088, h=.12, body="drum", spout="goose", grip=F.timber("oak")), "finish",
        navy=F.lacquer("navy", **enamel), coral=F.lacquer("coral", **enamel))
    yield one("kettle-05-moss", "Alpen", 72.0, Kettle(
        r=.105, h=.14, body="dome", spout="short", finish=F.lacquer("moss", "matte steel", .5, 0),
        grip=F.timber("teak")))


def _bottles() -> Articles:
    yield one("bottle-01-amber", "Oliva", 17.9, Bottle(shape="oil", finish=F.blown("caramel"),
                                                       cap=F.wicker("sand", "cork")))
    coat = {"material": "powder-coated steel", "rough": .45, "coat": .1}
    yield variants("flask-01", "Lynn", 27.9, Bottle(shape="flask", h=.24, r=.036, cap=F.metal("steel")), "finish",
                   teal=F.lacquer("teal", **coat), coral=F.lacquer("coral", **coat),
                   charcoal=F.lacquer("charcoal", **coat))
    yield one("carafe-01-sky", "Klar", 22.5, Bottle(shape="round", h=.25, r=.058, finish=F.blown("sky")))
    yield variants("flask-02", "Fika", 31.9, Bottle(shape="flask", h=.21, r=.04, cap=F.timber("ash")), "finish",
                   chalk=F.lacquer("chalk", **coat), forest=F.lacquer("forest", **coat))
    yield one("flask-03-steel", "Tur", 34.5, Bottle(
        shape="flask", h=.27, r=.036, finish=F.metal("steel", True), cap=F.lacquer("black", "plastic")))
    yield variants("carafe-02", "Bistro", 24.9, Bottle(shape="carafe", h=.27, r=.045), "finish",
                   sage=F.blown("sage"), blush=F.blown("blush"))
    yield one("bottle-02-ceramic", "Oliva", 21.0, Bottle(shape="oil", h=.24, r=.04, finish=F.glazed("cobalt"),
                                                          cap=F.wicker("sand", "cork")))
    yield one("bottle-03-label", "Essig", 15.9, Bottle(shape="square", h=.25, r=.036, finish=F.blown("moss"),
                                                        cap=F.wicker("sand", "cork"), label="cream"))
    yield one("carafe-03-plum", "Karo", 27.5, Bottle(shape="round", h=.23, r=.062, finish=F.blown("plum", True)))


def _teapots() -> Articles:
    cane = F.wicker("caramel", "cane")
    yield variants("teapot-01", "Alma", 49.0, Teapot(grip=cane, handle="bow", ribs=20), "finish",
                   charcoal=F.glazed("charcoal", matte=True),
                   moss=F.glazed("moss", matte=True))
    yield one("teapot-02-floral", "Wilma", 56.0, Teapot(
        shape="pear", h=.13, finish=printed("floral", ("cream", "rust", "forest"), 9, 3, 6)))
    yield one("teapot-03-sky", "Tide", 59.0, Teapot(shape="flat", r=.095, h=.1,
                                                    finish=F.glazed("denim", reactive="chalk")))


def _jars() -> Articles:
    yield variants("jar-01", "Vorrat", 19.9, Jar(), "finish", terracotta=F.glazed("terracotta", matte=True),
                   sage=F.glazed("sage", matte=True), navy=F.glazed("navy", matte=True))
    yield variants("jar-02", "Hav", 24.9, Jar(shape="shoulder", r=.065, h=.17, lid=F.wicker("sand", "cork"),
                                              knob=False), "finish",
                   stripe=printed("stripes_h", ("cream", "denim"), 8, 4.5),
                   zigzag=printed("zigzag", ("cream", "denim"), 9, 3))
    yield one("jar-03-belly", "Tove", 28.0, Jar(shape="belly", r=.07, h=.13, finish=F.glazed("oat", speckle=3),
                                                lid=F.timber("walnut")))
    yield one("jar-04-brass", "Metall", 26.5, Jar(
        shape="waist", r=.06, h=.15, finish=F.glazed("forest"), lid=F.metal("brass"), ribs=24))


def _trays() -> Articles:
    gloss = {"material": "lacquered wood", "rough": .3, "coat": .4}
    yield variants("tray-01", "Servus", 45.0, Tray(shape="butler", grips=F.metal("brass")), "finish",
                   walnut=F.timber("walnut"), oak=F.timber("oak"))
    yield one("tray-02-petrol", "Rondo", 38.0, Tray(shape="round", a=.19, rim=.03, finish=F.lacquer("petrol", **gloss)))
    yield one("tray-03-marble", "Foro", 89.0, Tray(shape="oblong", a=.2, b=.13, rim=.03, finish=F.timber("ebony"),
                                                   bottom=F.marble("white", 6.0)))
    yield one("tray-04-brass", "Souk", 72.0, Tray(shape="round", a=.21, rim=.025, finish=F.metal("brass")))
