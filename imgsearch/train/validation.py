"""Is the embedder getting better? Held-out rendered products: composites, and rendered crops, against plain views.

Knows how to make the queries and how to rank; used before and after a run. Invariant: the queries are the same on
every call (a fixed generator), and the held-out products are decided by a hash of their group, so a group is never on
both sides.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import torch

from imgsearch.network import EmbedderNet
from imgsearch.train import augment
from imgsearch.train.batches import Pools, draw_one, stack_crops
from imgsearch.train.datasets import Pixels, Sprite, by_product, decode
from imgsearch.train.room_crops import RoomCrop

HELD_OUT_ONE_IN = 8
GALLERY_VIEWS = 2
QUERIES_PER_PRODUCT = 4
Vectors = npt.NDArray[np.float32]
EmbedPixels = Callable[[Sequence[Pixels]], Vectors]


@dataclass(frozen=True, slots=True)
class Task:
    """Queries over a gallery: RGB uint8 crops of any size, and the product that each shows."""

    gallery: list[Pixels]
    gallery_ids: list[str]
    queries: list[Pixels]
    query_ids: list[str]


def is_held_out(group_id: str) -> bool:
    """True for about one group in eight, always the same ones."""
    return hashlib.sha256(group_id.encode()).digest()[0] % HELD_OUT_ONE_IN == 0


def split(rendered: Sequence[Sprite]) -> tuple[list[Sprite], list[Sprite]]:
    """The views of held-out products and those of all others."""
    held_out = [sprite for sprite in rendered if is_held_out(sprite.group_id)]
    kept = [sprite for sprite in rendered if not is_held_out(sprite.group_id)]
    return held_out, kept


def describe(
    network: EmbedderNet,
    held_out: Sequence[Sprite],
    crops: Mapping[str, Sequence[RoomCrop]],
    pools: Pools,
    size_px: int,
) -> str:
    """One line: recall on the held-out products, each way that they are asked for, or that there are none.

    `crops` are renders of them, by what the line shall call them.
    """
    if not held_out:
        return "no held-out products"
    embed, plain = pixel_embedder(network, size_px), task(held_out, pools)
    tasks = {"composites": plain, "piles": pile_task(plain, held_out, pools)}
    tasks |= {name: room_task(plain, shown) for name, shown in crops.items() if shown}
    shelf = embed(plain.gallery)
    told = {name: _recall(embed(asked.queries), shelf, asked, (1, 5)) for name, asked in tasks.items()}
    return "; ".join(
        " ".join([name, *(f"R@{k} {value:.3f}" for k, value in scores.items())]) for name, scores in told.items()
    )


def recall(embed: EmbedPixels, asked: Task, ks: Sequence[int]) -> dict[int, float]:
    """Share of held-out queries whose product is among the first k; the training products stand in the gallery, too."""
    return _recall(embed(asked.queries), embed(asked.gallery), asked, ks)


def _recall(queries: Vectors, shelf: Vectors, asked: Task, ks: Sequence[int]) -> dict[int, float]:
    ranks = product_ranks(queries @ shelf.T, np.array(asked.gallery_ids), asked.query_ids)
    return {k: float((ranks < k).mean()) for k in ks}


def task(held_out: Sequence[Sprite], pools: Pools) -> Task:
    """The same on every call: plain views of all products, and composites of the held-out ones."""
    products = by_product([*held_out, *pools.rendered])
    rng = np.random.default_rng(7)
    shown = [(name, view) for name, views in products.items() for view in views[:GALLERY_VIEWS]]
    gallery = [augment.studio_view(rng, view.rgba) for _, view in shown]
    queries, truth = _queries(rng, by_product(held_out), pools)
    return Task(gallery, [name for name, _ in shown], queries, truth)


def pile_task(plain: Task, held_out: Sequence[Sprite], pools: Pools) -> Task:
    """The gallery of `plain`, asked with photos of many of one held-out product."""
    rng = np.random.default_rng(8)

    def piled(views: list[Sprite], background: Pixels) -> Pixels:
        return augment.pile_view(rng, [view.rgba for view in views], background)

    return _asked_on_photos(plain, held_out, pools, rng, piled)


def _asked_on_photos(
    plain: Task,
    held_out: Sequence[Sprite],
    pools: Pools,
    rng: np.random.Generator,
    view: Callable[[list[Sprite], Pixels], Pixels],
) -> Task:
    queries, truth = [], []
    for name, views in by_product(held_out).items():
        for _ in range(QUERIES_PER_PRODUCT):
            background = decode(draw_one(rng, pools.backgrounds))[..., :3]
            queries.append(view(views[GALLERY_VIEWS:] or views, background))
            truth.append(name)
    return replace(plain, queries=queries, query_ids=truth)


def room_task(plain: Task, in_rooms: Sequence[RoomCrop], margin: float = 0.0) -> Task:
    """The gallery of `plain`, asked with boxes of held-out products in rooms and a share of their sides around them."""
    return replace(
        plain, queries=[crop.cut(margin) for crop in in_rooms], query_ids=[crop.product_id for crop in in_rooms]
    )


def product_ranks(scores: Vectors, names: npt.NDArray[np.str_], truth: Sequence[str]) -> npt.NDArray[np.int64]:
    """Rank (0 = first) of the true product of each row, a product scoring as its best picture.

    Args: scores (Q, G), names (G,) the product of each picture, truth (Q,).
    """
    unique, index = np.unique(names, return_inverse=True)
    best = np.full((len(scores), len(unique)), -np.inf, np.float32)
    for column, product in enumerate(index):
        best[:, product] = np.maximum(best[:, product], scores[:, column])
    right = np.searchsorted(unique, np.asarray(truth))
    own = best[np.arange(len(best)), right]
    return np.asarray((best > own[:, None]).sum(1), np.int64)


def _queries(
    rng: np.random.Generator, products: dict[str, list[Sprite]], pools: Pools
) -> tuple[list[Pixels], list[str]]:
    queries, truth = [], []
    for name, views in products.items():
        for number in range(QUERIES_PER_PRODUCT):
            view = views[(GALLERY_VIEWS + number) % len(views)]
            background = decode(draw_one(rng, pools.backgrounds))[..., :3]
            others = [draw_one(rng, pools.rendered).rgba for _ in range(number % 3)]
            queries.append(augment.photo_view(rng, view.rgba, background, others))
            truth.append(name)
    return queries, truth


def pixel_embedder(network: EmbedderNet, size_px: int) -> EmbedPixels:
    """The network as a function from RGB crops to (N, 256) float32 unit rows."""
    device = str(next(network.parameters()).device)

    @torch.no_grad()
    def embed(crops: Sequence[Pixels]) -> Vectors:
        parts = [network(part.to(device)).cpu() for part in torch.split(stack_crops(crops, size_px), 64)]
        return np.asarray(torch.cat(parts).numpy(), np.float32)

    return embed
