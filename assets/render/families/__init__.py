"""The families of goods: one file each, one frozen dataclass of parameters with build, facts and sample."""
from __future__ import annotations

from mesh import Product

from .base import Facts, Family
from .basket import Basket
from .bench import Bench
from .blanket import Blanket
from .bookend import Bookend
from .bottle import Bottle
from .bowl import Bowl
from .candle import Candle
from .chair import Chair
from .clock import Clock
from .cushion import Cushion
from .floor_lamp import FloorLamp
from .jar import Jar
from .kettle import Kettle
from .lamp import Lamp
from .mirror import Mirror
from .mug import Mug
from .picture import Picture
from .planter import Planter
from .rug import Rug
from .side_table import SideTable
from .sofa import Sofa
from .stool import Stool
from .teapot import Teapot
from .tote import Tote
from .tray import Tray
from .vase import Vase
from .watering_can import WateringCan

FAMILIES: dict[str, type[Family]] = {kind.family: kind for kind in (
    Mug, Bowl, Vase, Planter, Lamp, Chair, Sofa, Cushion, SideTable, Stool, Bottle, Clock, Basket, Candle, Tote, Rug,
    Picture, Kettle, Bookend, Teapot, Jar, Tray, Blanket, Mirror, FloorLamp, Bench, WateringCan)}

__all__ = ["FAMILIES", "Facts", "Family", "build", *(kind.__name__ for kind in FAMILIES.values())]


def build(params: Family, name: str) -> Product:
    """A product with these parameters at the origin of the current scene; it remembers them as `params`."""
    product = Product(name)
    product.family, product.params = params.family, params
    params.build(product)
    product.settle()
    return product
