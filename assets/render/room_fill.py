"""Fill a training room at random: furniture along the wall with things on it, then the middle, the floor, the wall.

Knows nothing of cameras, files or the demo's sets; `room_things` has the small things.
"""
from __future__ import annotations

from collections.abc import Callable

import furniture
import props
import shell
import surfaces
from mesh import box
from room_things import ON_FLOOR, SMALL, Room, Top, free, remove, scatter, stand
from shell import put_material
from stage import Bounds


# ---- furniture along the wall: each takes the x where it begins and gives the x where it ends ---------------------
def _sofa(room: Room, x: float) -> float:
    stage, rng = room.stage, room.rng
    sofa, word = room.alike("sofa")
    own = stage.bounds(sofa)
    width, y = own.x1 - own.x0, room.wall - own.y1 - rng.uniform(0.03, 0.3)
    stage.at(stage.tag(sofa, word), x + width / 2, y, 0, rng.uniform(-0.05, 0.05))
    seat = stage.bounds(sofa)
    places = [0.24, 0.42, 0.6, 0.77] if width > 1.3 else [0.5]
    for share in rng.sample(places, rng.randrange(0, len(places) + 1)):
        cushion = stage.tag(*room.alike("cushion"))
        stage.recline(cushion, seat.x0 + width * share, seat.y - 0.1, rng.uniform(-0.3, 0.3), rng.uniform(-0.45, -0.25))
    if width > 1.3 and rng.random() < 0.3:
        arm, y = seat.x1 - 0.02, seat.y - 0.1
        path = [(arm - 0.3, y, 0.47), (arm - 0.3, y, 0.47), (arm - 0.15, y, 0.5), (arm - 0.13, y, 0.62),
                (arm - 0.06, y, 0.63), (arm + 0.03, y, 0.6), (arm + 0.045, y, 0.4), (arm + 0.05, y, 0.26)]
        stage.at(stage.tag(props.throw(rng.uniform(0.35, 0.6), path, room.color()), "throw"), 0, 0, 0)
    return seat.x1


def _table(room: Room, x: float) -> float:
    """Desk, console, bedside table or bench with things on it, sometimes a chair before it or things under it."""
    stage, rng = room.stage, room.rng
    kind = rng.choice(("desk", "console", "bedside", "bench", "round"))
    wide, deep, high = rng.uniform(0.8, 1.6), rng.uniform(0.4, 0.7), rng.uniform(0.68, 0.8)
    if kind == "desk":
        piece = furniture.table(wide, deep, high, room.wood, rng.choice(("square", "tapered")))
    elif kind == "console":
        deep = rng.uniform(0.28, 0.4)
        piece = furniture.console(wide, high, room.wood, deep)
    elif kind == "bedside":
        wide, deep, high = rng.uniform(0.38, 0.55), rng.uniform(0.34, 0.42), rng.uniform(0.45, 0.6)
        piece = furniture.bedside(room.wood, wide, deep, high)
    elif kind == "bench":
        high, deep = rng.uniform(0.38, 0.48), rng.uniform(0.32, 0.42)
        piece = furniture.table(wide, deep, high, room.wood, rng.choice(("square", "tapered")))
    else:
        radius = rng.uniform(0.22, 0.5)
        wide = deep = 2 * radius
        piece = furniture.round_table(radius, high, furniture.timber(room.wood, 0), furniture.timber(room.wood, 2))
    y = room.wall - deep / 2 - rng.uniform(0.01, 0.15)
    stage.at(stage.tag(piece, "bench" if kind == "bench" else "table"), x + wide / 2, y, 0, rng.uniform(-0.03, 0.03))
    inset = 0.15 * wide if kind == "round" else 0.02
    scatter(room, Top(x + inset, x + wide - inset, y - deep / 2 + inset, y + deep / 2 - inset, high),
            rng.randrange(4, 16 if wide > 0.6 else 7))
    floor = room.tops[0]
    floor.taken.append(Bounds(x, x + wide, y - deep / 2, y + deep / 2, 0, high))
    if kind in ("desk", "console") and rng.random() < 0.4:
        scatter(room, Top(x + 0.15, x + wide - 0.15, y - 0.2, y + 0.1, 0.0, high - 0.2), 2)
    if kind == "desk" and rng.random() < 0.5:
        chair = stage.tag(*room.alike("chair"))
        stage.at(chair, x + wide * rng.uniform(0.3, 0.7), y - deep / 2 - rng.uniform(0.15, 0.35), 0,
                 rng.uniform(2.3, 4.0))
        floor.taken.append(stage.bounds(chair))
    return x + wide


def _side_table(room: Room, x: float) -> float:
    stage = room.stage
    table, word = room.alike("side_table")
    own = stage.bounds(table)
    wide = own.x1 - own.x0
    y = room.wall - own.y1 - room.rng.uniform(0.03, 0.4)
    stage.at(stage.tag(table, word), x - own.x0, y, 0)
    top = stage.feel((x - own.x0, y, 1.5), (0, 0, -1))[2]
    inset = 0.12 * wide
    scatter(room, Top(x + inset, x + wide - inset, y + own.y0 + inset, y + own.y1 - inset, top),
            room.rng.randrange(2, 6))
    return x + wide


def _counter(room: Room, x: float) -> float:
    rng = room.rng
    wide, deep, high = rng.uniform(1.2, 2.6), rng.uniform(0.45, 0.65), rng.uniform(0.82, 0.95)
    for part in furniture.counter(wide, deep, high, room.wood, room.stage.decor.paint, max(2, round(wide / 0.5))):
        room.stage.fix(part, x + wide / 2, room.wall, 0)
    scatter(room, Top(x + 0.05, x + wide - 0.05, room.wall - deep + 0.03, room.wall - 0.02, high),
            rng.randrange(9, 20))
    if rng.random() < 0.6:
        _shelf(room, x + wide / 2, rng.uniform(high + 0.42, high + 0.6), rng.uniform(0.6, min(1.6, wide)))
    room.hung.append(Bounds(x, x + wide, 0, 0, 0, high + 0.3))
    return x + wide


def _case(room: Room, x: float) -> float:
    """An open bookcase, its boards full."""
    rng, stage = room.rng, room.stage
    wide, deep, boards = rng.uniform(0.7, 1.7), rng.uniform(0.24, 0.34), rng.randrange(2, 6)
    gap, z = rng.uniform(0.3, 0.42), rng.uniform(0.06, 0.35)
    for _ in range(boards):
        board = furniture.wall_shelf(wide - 0.006, deep - 0.01, room.wood, 0.026)
        stage.fix(board, x + wide / 2, room.wall - 0.008, z)
        scatter(room, Top(x + 0.03, x + wide - 0.03, room.wall - deep + 0.01, room.wall - 0.02, z, gap - 0.03),
                rng.randrange(3, max(6, round(wide * 9))))
        z += gap
    for side in (x - 0.013, x + wide + 0.013):
        plank = put_material(box("side", 0.026, deep, z - gap + 0.03, 0.003), furniture.timber(room.wood, 2))
        stage.fix(plank, side, room.wall - deep / 2 - 0.006, 0)
    room.hung.append(Bounds(x, x + wide, 0, 0, 0, z))
    return x + wide + 0.03


def _bed(room: Room, x: float) -> float:
    rng, stage = room.rng, room.stage
    wide = rng.uniform(1.0, 1.8)
    bed = furniture.bed(wide, 2.0, room.color(), shell.muted(rng, (0.02, 0.2), (0.6, 0.95)), room.color(),
                        rng.randrange(99))
    stage.at(stage.tag(bed, "bed"), x + wide / 2 + 0.05, room.wall - 0.01, 0)
    for _ in range(rng.randrange(0, 4)):
        cushion = stage.tag(*room.alike("cushion"))
        stage.at(cushion, x + wide * rng.uniform(0.2, 0.8), room.wall - rng.uniform(0.5, 0.62), 0.485,
                 rng.uniform(-0.2, 0.2), -0.42)
    room.hung.append(Bounds(x, x + wide, 0, 0, 0, 1.05))
    room.tops[0].taken.append(stage.bounds(bed))
    return x + wide + 0.1


def _on_floor(room: Room, x: float) -> float:
    """One thing that stands before the wall."""
    name = room.rng.choice(ON_FLOOR)
    product, word = SMALL[name][1](room) if name in ("box", "pile") else room.alike(name)
    own = room.stage.bounds(product)
    room.stage.at(room.stage.tag(product, word), x - own.x0, room.wall - own.y1 - room.rng.uniform(0.04, 0.3), 0,
                  room.rng.uniform(-0.5, 0.5))
    here = room.stage.bounds(product)
    room.tops[0].taken.append(here)
    if name == "stool" and room.rng.random() < 0.5:
        top = room.stage.feel((here.x, here.y, 1.5), (0, 0, -1))[2]
        scatter(room, Top(here.x0 + 0.05, here.x1 - 0.05, here.y0 + 0.05, here.y1 - 0.05, top), 1)
    return here.x1


ALONG_WALL: tuple[tuple[float, Callable[[Room, float], float]], ...] = (
    (1.6, _sofa), (3.2, _table), (1.6, _side_table), (1.8, _counter), (1.5, _case), (0.6, _bed), (2.6, _on_floor))


# ---- the wall, the floor ------------------------------------------------------------------------------------------
def _shelf(room: Room, x: float, z: float, wide: float) -> None:
    deep = room.rng.uniform(0.17, 0.25)
    room.stage.fix(furniture.wall_shelf(wide, deep, room.wood), x, room.wall, z)
    scatter(room, Top(x - wide / 2 + 0.02, x + wide / 2 - 0.02, room.wall - deep + 0.01, room.wall - 0.01, z, 0.6),
            room.rng.randrange(4, 12))
    room.hung.append(Bounds(x - wide / 2, x + wide / 2, 0, 0, z - 0.05, z + 0.35))


def _hang(room: Room) -> None:
    """A picture, clock, mirror, towel, bag or shelf on the wall, clear of what hangs there."""
    rng, stage = room.rng, room.stage
    kind = rng.choices(("picture", "poster", "clock", "mirror", "towel", "bag", "shelf"), (3, 3, 2, 1, 1, 1, 1.5))[0]
    x, z = rng.uniform(room.left, room.right), rng.uniform(1.3, 1.85)
    if kind == "shelf":
        wide = rng.uniform(0.5, 1.2)
        if _clear(room, Bounds(x - wide / 2, x + wide / 2, 0, 0, z - 0.05, z + 0.35)):
            _shelf(room, x, z, wide)
        return
    word = "picture" if kind == "poster" else kind
    if kind == "poster":
        print_ = surfaces.paper((room.color(), room.color(), room.color()), rng.randrange(999))
        product = props.framed(rng.uniform(0.25, 0.8), rng.uniform(0.3, 0.9), shell.wooden(rng), print_)
    elif kind == "mirror" and rng.random() < 0.5:
        product = props.wall_mirror(rng.uniform(0.18, 0.36), room.color(), rng.choice((1.0, 1.2, 1.5)))
    elif kind == "towel":
        product = props.hanging_towel(room.color(), rng.uniform(0.3, 0.5), rng.uniform(0.35, 0.6), room.color())
    else:
        product, word = room.alike("tote" if kind == "bag" else kind)
    own = stage.bounds(product)
    half, high = (own.x1 - own.x0) / 2, (own.z1 - own.z0) / 2
    here = Bounds(x - half, x + half, 0, 0, z - high, z + high)
    if not _clear(room, here):
        remove(product)
        return
    room.hung.append(here)
    stage.hang(stage.tag(product, word), x, z, room.wall)


def _clear(room: Room, here: Bounds) -> bool:
    return here.z0 > 0.95 and all(here.x0 - 0.03 > b.x1 or here.x1 + 0.03 < b.x0 or here.z0 - 0.03 > b.z1
                                  or here.z1 + 0.03 < b.z0 for b in room.hung)


def _middle(room: Room, floor: Top) -> None:
    """A low or a laid table before the wall, with things on it and chairs around."""
    rng, stage = room.rng, room.stage
    laid = rng.random() < 0.5
    high = rng.uniform(0.7, 0.78) if laid else rng.uniform(0.32, 0.45)
    wide, deep = rng.uniform(0.7, 1.5), rng.uniform(0.5, 0.85)
    piece = furniture.table(wide, deep, high, shell.wooden(rng), rng.choice(("square", "tapered")))
    x, y = rng.uniform(room.left + 0.3, room.right - 0.3), floor.y1 - deep / 2 - rng.uniform(0.2, 0.7)
    here = Bounds(x - wide / 2, x + wide / 2, y - deep / 2, y + deep / 2, 0, high)
    if not free(here, floor.taken):
        remove(piece)
        return
    floor.taken.append(here)
    stage.at(stage.tag(piece, "table"), x, y, 0.004)
    scatter(room, Top(here.x0 + 0.03, here.x1 - 0.03, here.y0 + 0.03, here.y1 - 0.03, high + 0.004),
            rng.randrange(6, 16))
    for side in rng.sample((-1, 1), rng.choice((0, 1, 2)) if laid else 0):
        stage.at(stage.tag(*room.alike("chair")), x + side * wide * 0.25, y + deep / 2 + rng.uniform(0.1, 0.25), 0,
                 rng.uniform(-0.3, 0.3))


def _rug(room: Room, floor: Top) -> None:
    """Before the furniture; on every second one lies what somebody left there."""
    stage, rng = room.stage, room.rng
    rug = stage.tag(*room.alike("rug"))
    stage.at(rug, rng.uniform(room.left + 0.4, room.right - 0.4), room.wall - rng.uniform(0.9, 1.5), 0.001,
             rng.choice((0, 0, 1.57)) + rng.uniform(-0.1, 0.1))
    if rng.random() < 0.5:
        own = stage.bounds(rug)
        scatter(room, Top(own.x0 + 0.15, own.x1 - 0.15, own.y0 + 0.15, own.y1 - 0.15, own.z1, taken=[*floor.taken]),
                rng.randrange(2, 9))


def fill(room: Room) -> None:
    """Along the wall from left to right, then the middle, the floor, the rug and the wall."""
    rng = room.rng
    room.left = x = -room.width / 2 + rng.uniform(0.1, 0.5)
    end = x + rng.uniform(2.2, 4.2)
    floor = Top(x, end, room.wall - rng.uniform(1.4, 2.2), room.wall - 0.75, 0.002)
    room.tops.append(floor)
    weights, pieces = zip(*ALONG_WALL, strict=True)
    while x < end - 0.3:
        x = rng.choices(pieces, weights)[0](room, x) + rng.uniform(0.02, 0.35)
        room.right = floor.x1 = max(x, room.left + 1.0)
    if rng.random() < 0.4:
        _middle(room, floor)
    if rng.random() < 0.45:
        _rug(room, floor)
    for _ in range(rng.randrange(0, 6)):
        name = rng.choice(ON_FLOOR)
        stand(room, SMALL[name][1](room) if name in ("box", "pile") else room.alike(name), floor, 3.1)
    for _ in range(rng.randrange(1, 8)):
        _hang(room)
