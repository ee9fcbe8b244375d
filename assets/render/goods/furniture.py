"""To sit on, to put things on, to light: lamps, chairs, sofas, tables, stools, benches."""
from __future__ import annotations

import finishes as F
from article import Articles, one, variants
from families import Bench, Chair, FloorLamp, Lamp, SideTable, Sofa, Stool


def articles() -> Articles:
    """Wood, metal and upholstery in the shop's palette."""
    yield from _lamps()
    yield from _floor_lamps()
    yield from _chairs()
    yield from _sofas()
    yield from _tables()
    yield from _stools()
    yield from _benches()


def _lamps() -> Articles:
    yield variants("lamp-01", "Celadon", 89.0, Lamp(), "shade", cream="cream", charcoal="charcoal", mustard="mustard")
    yield one("lamp-02-tripod", "Trip", 75.0, Lamp(
        shape="tripod", h=.33, r=.1, finish=F.timber("oak"), shade="oat", shade_h=.18, shade_r=.16, top=.9))
    yield one("lamp-03-balls", "Trio", 82.0, Lamp(
        shape="balls", h=.3, r=.09, finish=F.glazed("rust"), shade="cream", shade_h=.18, shade_r=.16, top=.6))
    yield variants("lamp-04", "Cono", 69.0, Lamp(
        shape="cone", h=.26, r=.085, shade="oat", shade_h=.16, shade_r=.13, top=.9), "finish",
        navy=F.lacquer("navy"), coral=F.lacquer("coral"), forest=F.lacquer("forest"))
    yield variants("lamp-05", "Stele", 95.0, Lamp(
        shape="column", h=.34, r=.08, finish=F.marble("white", 9.0), shade_h=.2, shade_r=.15, top=1.0), "shade",
        terracotta="terracotta", sage="sage")
    yield one("lamp-06-brass", "Salon", 119.0, Lamp(
        shape="urn", h=.28, r=.08, finish=F.metal("brass"), shade="forest", shade_h=.18, shade_r=.18, top=.55,
        pleats=40))
    yield one("lamp-08-blush", "Lotte", 79.0, Lamp(
        shape="urn", h=.26, r=.1, finish=F.glazed("chalk", speckle=3), shade="blush", shade_h=.2, shade_r=.19, top=.6,
        pleats=40))
    yield one("lamp-09-ebony", "Trip", 85.0, Lamp(
        shape="tripod", h=.36, r=.11, finish=F.timber("ebony"), shade="navy", shade_h=.2, shade_r=.17, top=.75))


def _floor_lamps() -> Articles:
    yield one("floorlamp-01-terracotta", "Stele", 149.0, FloorLamp(shade="terracotta"))
    yield one("floorlamp-02-tripod", "Trip", 179.0, FloorLamp(
        shape="tripod", h=1.45, finish=F.timber("walnut"), shade="oat", shade_r=.23))
    yield one("floorlamp-03-reading", "Lex", 119.0, FloorLamp(shape="reading", h=1.4, finish=F.lacquer("forest")))
    yield one("floorlamp-04-arc", "Bogen", 249.0, FloorLamp(
        shape="arc", h=1.65, finish=F.metal("brass"), dome=F.lacquer("charcoal")))


def _chairs() -> Articles:
    yield variants("chair-01", "Windsor", 149.0, Chair(), "frame", oak=F.timber("oak"), ebony=F.timber("ebony"))
    plastic = {"material": "moulded plastic", "rough": .5}
    yield variants("chair-02", "Scoop", 119.0, Chair(back="shell"), "seat", mustard=F.lacquer("mustard", **plastic),
                   teal=F.lacquer("teal", **plastic))
    yield one("chair-03-oat", "Lounge", 199.0, Chair(
        back="pad", frame=F.timber("walnut"), seat=F.cloth("oat", "boucle"), w=.5, d=.46))
    beech = "painted beech"
    yield variants("chair-04", "Leiter", 129.0, Chair(back="ladder"), "frame", sage=F.lacquer("sage", beech),
                   brick=F.lacquer("brick", beech))
    yield variants("chair-05", "Salon", 239.0, Chair(back="pad", frame=F.timber("oak"), w=.49, d=.47), "seat",
                   forest=F.cloth("forest", "velvet"), plum=F.cloth("plum", "velvet"),
                   ochre=F.cloth("ochre", "velvet"))
    yield one("chair-06-leather", "Scoop", 259.0, Chair(
        back="shell", frame=F.lacquer("black"), seat=F.hide("caramel"), w=.5, d=.46, h=.8))
    yield one("chair-08-denim", "Leiter", 179.0, Chair(back="ladder", frame=F.timber("walnut"),
                                                        seat=F.cloth("denim"), h=.85))


def _sofas() -> Articles:
    yield one("sofa-01-oat", "Nub", 1290.0, Sofa(arm="round"), pale=True)
    yield variants("sofa-02", "Soir", 1490.0, Sofa(w=1.8, arm="slim", back="channel", legs=F.metal("brass"), seed=4),
                   "cover", forest=F.cloth("forest", "velvet"), rust=F.cloth("rust", "velvet"))
    yield variants("sofa-03", "Kubus", 1190.0, Sofa(w=1.65, d=.9, arm="track", seats=2, seed=7), "cover",
                   denim=F.cloth("denim"), charcoal=F.cloth("charcoal"))
    yield variants("sofa-04", "Nest armchair", 690.0, Sofa(w=.88, d=.86, arm="round", seats=1, back="plain", seed=10),
                   "cover", sage=F.cloth("sage", "boucle"), rose=F.cloth("rose", "boucle"))
    yield one("sofa-05-leather", "Club", 2190.0, Sofa(w=2.1, d=.92, cover=F.hide("caramel"), legs=F.timber("walnut"),
                                                       arm="track", seats=3, seed=13))


def _tables() -> Articles:
    yield one("table-01-marble", "Foro", 249.0, SideTable(
        shape="pedestal", r=.24, h=.5, top=F.marble(), legs=F.metal("brass")))
    yield variants("table-02", "Tablett", 99.0, SideTable(shape="tray", r=.22, h=.47, legs=F.lacquer("black")), "top",
                   sage=F.lacquer("sage"), rust=F.lacquer("rust"))
    yield one("table-03-terrazzo", "Rund", 169.0, SideTable(
        shape="round", r=.24, h=.48, top=F.terrazzo("chalk"), legs=F.timber("walnut")))
    yield variants("table-04", "Trommel", 189.0, SideTable(shape="drum", r=.21, h=.44), "top",
                   terracotta=F.lacquer("terracotta", "lacquered MDF"), forest=F.lacquer("forest", "lacquered MDF"))
    yield one("table-05-oak", "Quadrat", 149.0, SideTable(shape="square", r=.25, h=.5))
    yield one("table-06-green", "Foro", 279.0, SideTable(shape="pedestal", r=.22, h=.54, top=F.marble("green"),
                                                          legs=F.lacquer("black")))


def _stools() -> Articles:
    yield one("stool-01-walnut", "Perch", 89.0, Stool())
    yield variants("stool-02", "Puff", 109.0, Stool(
        h=.44, r=.18, legs=F.metal("brass"), padded=True, leg_count=4, ring=False),
        "top", blush=F.cloth("blush", "velvet"), navy=F.cloth("navy", "velvet"))
    yield variants("stool-03", "Bar", 129.0, Stool(h=.65, r=.165, legs=F.lacquer("black"), leg_count=4), "top",
                   coral=F.lacquer("coral", "painted beech"),
                   mint=F.lacquer("mint", "painted beech"))
    yield one("stool-04-leather", "Puff", 119.0, Stool(h=.45, r=.18, top=F.hide("cocoa"), legs=F.timber("oak"),
                                                        padded=True, leg_count=4, ring=False))
    yield one("stool-05-mustard", "Perch", 79.0, Stool(h=.42, r=.16, top=F.lacquer("mustard", "painted beech"),
                                                        legs=F.lacquer("mustard", "painted beech"), ring=False))


def _benches() -> Articles:
    yield one("bench-01-rust", "Diele", 219.0, Bench(shape="padded", d=.38, seat=F.cloth("rust", "velvet")))
    yield one("bench-02-slats", "Latte", 189.0, Bench(shape="slats", seat=F.timber("teak"), legs=F.timber("teak")))
    yield one("bench-03-hairpin", "Loft", 169.0, Bench(shape="hairpin", seat=F.timber("walnut"),
                                                       legs=F.lacquer("black"), w=1.0, h=.43))
