"""The sections of the embedder's card: each a function from the workbench to a dict of figures.

Knows what is asked in which section; how it is answered, judged and written is known elsewhere. Invariant: shares are
rounded to 4 places and hold neither times nor places, but for `speed`.
"""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from PIL import Image

from imgsearch import config, embed, evaluate, images
from imgsearch.baselines import Describe
from imgsearch.bench import Times
from imgsearch.errors import InputError
from imgsearch.ingest import GalleryCrop
from imgsearch.ranking import by_kind
from imgsearch.store import Entry, Hit
from imgsearch.train import measure, parity, room_crops, validation
from imgsearch.train.cards import catalog_size, retrieval
from imgsearch.train.cards.faults import FAULTS
from imgsearch.train.cards.retrieval import Truth
from imgsearch.train.cards.workbench import Way, Workbench, described
from imgsearch.train.room_crops import RoomCrop

GALLERY_CROPS: tuple[GalleryCrop, ...] = ("auto", "detector", "trim", "whole")
MARGINS = (0.0, 0.02, 0.04, 0.06, 0.085, 0.125)
PARITY_CROPS = 500
ROUNDS = 60

Figures = dict[str, Any]


def demo(bench: Workbench) -> Figures:
    """Crops of the demo's photos against its catalog: all of them, and those of the products kept from all training."""
    new = np.array([truth.relevant <= bench.unseen for truth in bench.truths], bool)
    figures: Figures = _asked(bench) | {"unseen_products": len(bench.unseen), "all": [], "unseen": []}
    crops = bench.crops()
    for way in bench.ways:
        scores = {"box": retrieval.mean_of([bench.score(describe, crops) for describe in way.describe])}
        if way.learned:
            scores["detect"] = bench.score(way.describe[0], bench.detected_crops)
        for target, found in scores.items():
            row = way.facts | {"target": target}
            figures["all"].append(row | retrieval.summary(found, bench.truths))
            if new.any():
                figures["unseen"].append(row | retrieval.summary(found, bench.truths, new))
    return figures


def faults(bench: Workbench) -> Figures:
    """The same crops with something wrong with the photo, at one strength each."""
    rows = [
        {"fault": name, "strength": strength}
        | retrieval.summary(bench.score(bench.embedder.embed, bench.crops(cut)), bench.truths)
        for name, (cut, strength) in FAULTS.items()
    ]
    return _asked(bench) | {"rows": rows}


def sizes(bench: Workbench) -> Figures:
    """The same crops against the demo's catalog filled up with pictures of other things."""
    way = bench.embedder.embed
    own, crops = bench.shelf_rows(way), bench.crops()
    distractors = catalog_size.read(bench.given.folder("data"), catalog_size.CATALOG_SIZES[-1] - len(own))
    # Decoded when their batch is embedded: 40,000 pictures at once would take gigabytes.
    strange = described(lambda part: way([images.load(d.encoded).image for d in part]), distractors, "distractors")
    ids = [*bench.shelf.product_ids, *(f"distractor {number}" for number in range(len(distractors)))]
    rows = []
    for added in sorted({min(max(0, size - len(own)), len(distractors)) for size in (0, *catalog_size.CATALOG_SIZES)}):
        gallery = np.concatenate([own, strange[:added]]) if added else own
        scores = bench.score_over(way, crops, gallery, ids[: len(gallery)])
        counts = {"pictures": len(gallery), "distractors": added}
        trained_on = {"trained_on": sum(distractor.trained_on for distractor in distractors[:added])}
        rows.append(counts | trained_on | retrieval.summary(scores, bench.truths))
    return _asked(bench) | {"rows": rows, "collections": catalog_size.collections(distractors)}


def precision(bench: Workbench) -> Figures:
    """The demo in float32, as served, and in bfloat16; and how far the runtimes agree on the demo's pictures."""
    facts, crops = bench.models.embedder, bench.crops()
    rows = []
    for name in ("f32", "bf16"):
        way = embed.load_openvino(facts, name).embed
        rows.append({"precision": name} | retrieval.summary(bench.score(way, crops), bench.truths))
    agreement = parity.embedder_figures(facts, parity.demo_crops(PARITY_CROPS, bench.given.demo))
    return _asked(bench) | {"rows": rows, "parity": agreement}


def gallery(bench: Workbench) -> Figures:
    """The demo with its catalog's pictures cut in each way that `--gallery-crop` knows."""
    way, crops = bench.embedder.embed, bench.crops()
    rows = []
    for how in GALLERY_CROPS:
        shelf = bench.shelf if how == "auto" else bench.gallery(how)
        vectors = bench.shelf_rows(way) if how == "auto" else described(way, shelf.crops, "gallery")
        scores = bench.score_over(way, crops, vectors, shelf.product_ids)
        rows.append({"gallery_crop": how} | retrieval.summary(scores, bench.truths))
    return _asked(bench) | {"rows": rows}


def order(bench: Workbench) -> Figures:
    """The demo's cards in the order of likeness alone, and in the page's, which lifts the kind that is meant."""
    way, shelf = bench.embedder.embed, bench.shelf
    entries = [Entry(f"{i}#0", bench.products[i], "") for i in shelf.product_ids]
    scores = described(way, bench.crops(), "queries") @ bench.shelf_rows(way).T
    nearest = [[Hit(entries[i], float(row[i])) for i in np.argsort(-row, kind="stable")] for row in scores]
    shown = [by_kind(hits) for hits in nearest]
    rows = []
    for name, lists in (("nearest", nearest), ("shown", shown)):
        ranked = [evaluate.distinct((hit.entry.product.product_id for hit in hits), retrieval.DEPTH) for hits in lists]
        rows.append({"order": name, "kind_2_to_5": _kind_share(bench, ranked)})
        rows[-1] |= retrieval.summary(retrieval.judge(ranked, bench.truths), bench.truths)
    return _asked(bench) | {"rows": rows}


def _kind_share(bench: Workbench, ranked: retrieval.Ranked) -> float:
    """Share of places 2 to 5 whose product is of the category of the right one."""
    same = [
        bench.products[i].category in {bench.products[right].category for right in truth.relevant}
        for ids, truth in zip(ranked, bench.truths, strict=True)
        for i in ids[1:5]
    ]
    return round(float(np.mean(same)), retrieval.DIGITS)


def groceries(bench: Workbench) -> Figures:
    """`eval_grocery`: whole phone photos against catalog icons.

    Raises:
        InputError: the folder has no `eval_grocery_*.parquet`.
    """
    folder = bench.given.folder("data")
    try:
        icons, photos = measure.grocery_pictures(folder)
    except FileNotFoundError as error:
        raise InputError(f"{folder} has no eval_grocery_catalog.parquet and eval_grocery_queries.parquet.") from error
    truths = [Truth(frozenset([name]), f"photo {number}") for number, (name, _) in enumerate(photos)]
    shelf = ([picture for _, picture in icons], [name for name, _ in icons])
    return {"products": len(icons), "rows": _compared(bench, shelf, [picture for _, picture in photos], truths)}


def heldout(bench: Workbench) -> Figures:
    """Photo-like composites of rendered products kept from training, all rendered products in the gallery.

    Raises:
        InputError: the cut-outs hold no such product.
    """
    return _asked_in(bench, measure.held_out_task(bench.given.folder("data"), bench.given.folder("cutouts")))


def rooms(bench: Workbench) -> Figures:
    """Exact boxes of the same products in rendered rooms, over the same gallery.

    Raises:
        InputError: the rooms show no such product.
    """
    return _asked_in(bench, validation.room_task(*_held_out_crops(bench, "rooms")))


def in_use(bench: Workbench) -> Figures:
    """The same products in use, with other things in them or on them, over the same gallery.

    Raises:
        InputError: none of them is shown in use.
    """
    return _asked_in(bench, validation.room_task(*_held_out_crops(bench, "in_use")))


def margin(bench: Workbench) -> Figures:
    """The same, with some of the ground around the box.

    Raises:
        InputError: the rooms show no such product.
    """
    plain, crops = _held_out_crops(bench, "rooms")
    way, shelf = bench.embedder.embed, [Image.fromarray(pixels) for pixels in plain.gallery]
    gallery = described(way, shelf, "gallery")
    rows = []
    for share in MARGINS:
        task = validation.room_task(plain, crops, share)
        asked, truths = _asked_of(task)
        ranked = retrieval.rank(described(way, asked, "queries"), gallery, task.gallery_ids)
        rows.append({"margin": share} | retrieval.summary(retrieval.judge(ranked, truths), truths))
    return {"serves": images.QUERY_MARGIN, "rows": rows}


def _held_out_crops(bench: Workbench, folder: str) -> tuple[validation.Task, list[RoomCrop]]:
    """The gallery, and the crops of a folder of renders that show a product kept from training."""
    plain = measure.held_out_task(bench.given.folder("data"), bench.given.folder("cutouts"))
    shown = room_crops.by_product(room_crops.read(bench.given.folder(folder)))
    return plain, [crop for name in dict.fromkeys(plain.query_ids) for crop in shown.get(name, ())]


def piles(bench: Workbench) -> Figures:
    """Photos of many of one of these products, as bins and shelves show them, over the same gallery.

    Raises:
        InputError: the cut-outs hold no such product.
    """
    return _asked_in(bench, measure.pile_task(bench.given.folder("data"), bench.given.folder("cutouts")))


def _asked_in(bench: Workbench, task: validation.Task) -> Figures:
    queries, truths = _asked_of(task)
    shelf = ([Image.fromarray(pixels) for pixels in task.gallery], task.gallery_ids)
    rows = _compared(bench, shelf, queries, truths)
    counts = {"products": len(set(task.gallery_ids)), "held_out_products": len(set(task.query_ids))}
    return counts | {"rows": rows}


def _asked_of(task: validation.Task) -> tuple[list[Image.Image], list[Truth]]:
    """A task's queries as pictures, and what is right for each."""
    if not task.queries:
        raise InputError("Nothing given shows a product that is kept from training; render more of them.")
    queries = [Image.fromarray(np.ascontiguousarray(pixels)) for pixels in task.queries]
    return queries, [Truth(frozenset([name]), name) for name in task.query_ids]


def speed(bench: Workbench) -> Figures:
    """Milliseconds a crop on this machine, preprocessing included, alone and in a full batch."""
    crop = bench.crops()[0]
    batch = [crop] * embed.MAX_BATCH
    times = Times({"one": [], "batch": []})
    bench.embedder.embed(batch)  # the first call allocates
    for _ in range(ROUNDS):
        times.measure("one", lambda: bench.embedder.embed([crop]))
    for _ in range(ROUNDS // 4):
        times.measure("batch", lambda: bench.embedder.embed(batch))
    times.ms["batch"] = [ms / len(batch) for ms in times.ms["batch"]]
    return {"runtime": bench.embedder.runtime, "crop_px": list(crop.size)} | machine() | times.summary()


def machine() -> dict[str, int]:
    """How many cores there are, and how many threads OpenVINO takes for one inference."""
    config.quiet_libraries()
    import openvino

    return {"cores": os.cpu_count() or 1, "threads": _threads(openvino)}


def _threads(openvino: Any) -> int:
    """Of the smallest network there is, compiled as ours are."""
    from openvino import opset8 as ops

    number = ops.parameter([1], np.float32)
    settings = {"PERFORMANCE_HINT": "LATENCY"}
    compiled = openvino.Core().compile_model(openvino.Model([ops.relu(number)], [number], "one"), "CPU", settings)
    return int(compiled.get_property("INFERENCE_NUM_THREADS"))


def _asked(bench: Workbench) -> Figures:
    """How large the demo is, and which part of its truth is asked."""
    return {
        "where": bench.given.where,
        "queries": len(bench.asked),
        "photos": len(bench.photos),
        "products": len(bench.products),
        "pictures": len(bench.shelf.product_ids),
    }


def _compared(
    bench: Workbench, shelf: tuple[list[Image.Image], list[str]], photos: list[Image.Image], truths: list[Truth]
) -> list[Figures]:
    """All ways on the same photos over the same shelf of pictures and their product ids."""
    pictures, ids = shelf

    def score(describe: Describe) -> retrieval.Scores:
        rows, gallery = described(describe, photos, "queries"), described(describe, pictures, "gallery")
        return retrieval.judge(retrieval.rank(rows, gallery, ids), truths)

    def row(way: Way) -> Figures:
        return way.facts | retrieval.summary(retrieval.mean_of([score(d) for d in way.describe]), truths)

    return [row(way) for way in bench.ways]
