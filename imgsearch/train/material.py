"""What a training of the embedder reads, all in memory: what is trained on, and how held-out products are asked for.

Knows the folders and which rules part them; how pictures are decoded is `datasets`' matter, what becomes of them is the
trainer's. Invariant: no held-out product is in the pools as a cut-out or a crop. In backgrounds it may stand, unnamed
and among others: of rooms that show ten products three quarters show one, and would be missed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from imgsearch.errors import InputError
from imgsearch.train import datasets, room_crops, validation
from imgsearch.train.batches import Pools
from imgsearch.train.room_crops import RoomCrop


@dataclass(frozen=True, slots=True)
class Material:
    """What is trained on, and what the held-out products (about one group in eight) are asked for with."""

    pools: Pools
    held_out: list[datasets.Sprite]
    held_out_crops: dict[str, list[RoomCrop]]


def read(
    data: Path | None, cutouts: Path | None = None, rooms: Path | None = None, in_use: Path | None = None
) -> Material:
    """Reads all of it; the folders are those of `embedder.EmbedderTraining`.

    Raises InputError when there is nothing to train on.
    """
    held_out, kept = validation.split(datasets.read_rendered_sprites(cutouts) if cutouts else [])
    in_rooms, used = (room_crops.read(folder, data) if folder else [] for folder in (rooms, in_use))
    asked, known = ({sprite.product_id for sprite in sprites} for sprites in (held_out, kept))
    pools = Pools(
        rendered=kept,
        shots=[*datasets.read_white_ground_sprites(data), *datasets.read_package_sprites(data)] if data else [],
        labelled=datasets.read_labelled(data) if data else [],
        backgrounds=datasets.read_backgrounds(data, rooms),
        rooms=[crop for crop in [*in_rooms, *used] if crop.product_id in known],
    )
    if data and not (pools.labelled and pools.backgrounds):
        raise InputError(f"nothing to train on in {data}; expected embed_*.parquet and detect_*.parquet")
    if not pools.backgrounds or not (pools.rendered or pools.shots):
        raise InputError("nothing to train on; without --data, both --cutouts and --rooms are needed")
    shown = {"rooms": in_rooms, "in use": used}
    return Material(
        pools, held_out, {name: [crop for crop in crops if crop.product_id in asked] for name, crops in shown.items()}
    )
