"""Of cloth and fibre: cushions, throws, rugs, bags, baskets."""
from __future__ import annotations

import finishes as F
from article import Articles, one, print_on, variants
from families import Basket, Blanket, Cushion, Rug, Tote


def articles() -> Articles:
    """Groups by pattern and groups by colour."""
    yield from _cushions()
    yield from _throws()
    yield from _rugs()
    yield from _totes()
    yield from _baskets()


def _cushions() -> Articles:
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
    yield variants("cushion-05", "Polder", 32.9, Cushion(a=.25, b=.25, piping=F.cloth("navy", "canvas"), seed=14),
                   "cover", ticking=print_on("canvas", "ticking", ("oat", "navy"), 12),
                   checker=print_on("canvas", "checker", ("oat", "navy"), 12),
                   waves=print_on("canvas", "waves", ("oat", "navy"), 10))
    yield variants("cushion-06", "Plain", 27.9, Cushion(a=.225, b=.225, chop=.25, seed=17), "cover",
                   plum=F.cloth("plum"), denim=F.cloth("denim"), ochre=F.cloth("ochre"))
    yield variants("cushion-07", "Zopf", 46.0, Cushion(a=.24, b=.24, t=.1, chop=.2, seed=20), "cover", ("chalk",),
                   chalk=F.cloth("chalk", "knit"), sage=F.cloth("sage", "knit"), rose=F.cloth("rose", "knit"))
    yield one("cushion-10-brush", "Sumi", 41.0, Cushion(
        a=.26, b=.26, t=.1, cover=print_on("linen", "brush", ("cream", "charcoal"), 7), chop=.3, seed=29))
    yield one("cushion-11-bands", "Hav", 36.0, Cushion(
        a=.26, b=.16, t=.08, cover=print_on("canvas", "bands", ("blush", "brick", "chalk"), 10),
        tassels=F.cloth("brick", "canvas"), seed=32))


def _throws() -> Articles:
    yield variants("throw-01", "Zopf", 79.0, Blanket(), "cover", mustard=F.cloth("mustard", "knit"),
                   teal=F.cloth("teal", "knit"))
    yield one("throw-02-check", "Glen", 89.0, Blanket(
        cover=print_on("felt", "checks", ("cream", "forest"), 7), fringe=F.cloth("cream", "canvas"), seed=5))
    yield one("throw-03-stripe", "Lido", 69.0, Blanket(
        cover=print_on("linen", "stripes_v", ("chalk", "terracotta"), 8), fringe=F.cloth("terracotta", "canvas"),
        layers=4, seed=9))


def _rugs() -> Articles:
    yield one("rug-01-zigzag", "Atlas", 189.0, Rug(cover=print_on("boucle", "zigzag", ("cream", "petrol"), 8, 1.3),
                                                   fringe=F.cloth("cream", "canvas")))
    yield variants("rug-02", "Dama", 219.0, Rug(w=1.7, d=1.2, seed=4), "cover",
                   rust=print_on("boucle", "checker", ("sand", "rust"), 6),
                   teal=print_on("boucle", "checker", ("sand", "teal"), 6))
    yield one("rug-03-oat", "Kreis", 169.0, Rug(w=1.5, d=1.5, cover=F.cloth("oat", "boucle"), rounded=True, seed=7))
    yield variants("rug-03", "Rund", 159.0, Rug(w=1.5, d=1.5, rounded=True, seed=7), "cover",
                   sage=F.cloth("sage", "boucle"), blush=F.cloth("blush", "boucle"))
    yield variants("rug-04", "Kelim", 249.0, Rug(w=1.9, d=1.3, fringe=F.cloth("cream", "canvas"), seed=11), "cover",
                   brick=print_on("linen", "diamonds", ("brick", "cream", "navy"), 6),
                   forest=print_on("linen", "diamonds", ("forest", "cream", "ochre"), 6))
    yield one("rug-06-stripe", "Lido", 139.0,
              Rug(w=1.4, d=.9, cover=print_on("canvas", "stripes_v", ("sand", "denim"), 9),
                                                   fringe=F.cloth("sand", "canvas"), seed=16))
    yield one("rug-07-waves", "Dune", 229.0,
              Rug(w=1.8, d=1.2, cover=print_on("boucle", "waves", ("apricot", "cream"), 5, 1.4),
                                                  seed=19))


def _totes() -> Articles:
    blue = ("chalk", "navy")
    yield variants("tote-01", "Marktag", 24.0, Tote(straps=F.cloth("navy", "canvas")), "cover",
                   dots=print_on("canvas", "dots", blue, 8), stripes=print_on("canvas", "stripes_h", blue, 8))
    yield one("tote-02-mustard", "Carry", 32.0, Tote(
        w=.34, h=.36, d=.1, cover=F.cloth("mustard", "canvas"), straps=F.hide("caramel"), seed=5))
    yield variants("tote-03", "Flora", 27.0, Tote(w=.35, h=.37, d=.09, straps=F.cloth("forest", "canvas"), seed=8),
                   "cover", cream=print_on("canvas", "floral", ("cream", "rust", "forest"), 8, 1.0, 4),
                   sky=print_on("canvas", "floral", ("sky", "chalk", "forest"), 8, 1.0, 4))
    yield variants("tote-04", "Atelier", 89.0, Tote(w=.38, h=.34, d=.11, seed=11), "cover",
                   caramel=F.hide("caramel"), espresso=F.hide("espresso"), forest=F.hide("forest"))
    yield one("tote-05-check", "Picknick", 25.0, Tote(
        w=.4, h=.36, d=.1, cover=print_on("canvas", "checks", ("chalk", "red"), 9), straps=F.cloth("red", "canvas"),
        seed=14))


def _baskets() -> Articles:
    yield variants("basket-01", "Bale", 42.0, Basket(band=(.55, .78)), "accent", charcoal=F.wicker("charcoal"),
                   rust=F.wicker("rust"))
    yield one("basket-02-oval", "Sieve", 36.0, Basket(r=.19, h=.17, taper=1.0, finish=F.wicker("sand"), handles=False,
                                                      oval=.72))
    yield variants("basket-03", "Mulde", 34.0, Basket(r=.15, h=.16, taper=.7, band=(0., .35), finish=F.wicker("cream")),
                   "accent", teal=F.wicker("teal"), ochre=F.wicker("ochre"))
    yield variants("basket-04", "Tonne", 69.0, Basket(r=.19, h=.3, taper=1.0, handles=True), "finish",
                   sand=F.wicker("sand"), charcoal=F.wicker("charcoal"))
    yield one("basket-05-cocoa", "Korb", 45.0, Basket(r=.17, h=.2, taper=1.1, finish=F.wicker("cocoa"), handles=False,
                                                       accent=F.wicker("caramel"), band=(.7, .9)))
