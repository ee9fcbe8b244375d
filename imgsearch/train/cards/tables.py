"""The figures of a section as Markdown: a sentence on what was asked, tables, the weights, the command.

Knows what each section's dict holds. Invariant: every number in the text comes from the section; the same section
gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Figures = Mapping[str, Any]

_WAYS = {
    "embedder": "**this embedder**",
    "random_weights": "random weights, mean of three",
    "colour_pixels": "colour histogram + 12 x 12 pixels",
    "perceptual_hash": "perceptual hash, 64 bits",
}
_SETS = {
    "demo": "demo photos, what is half visible or more",
    "demo_all": "demo photos, all of `boxes.csv`",
    "val_rooms": "furnished training rooms, held out",
    "val_composites": "composites, held-out products",
    "val_groceries": "groceries",
    "val_ccp": "CCP, street fashion",
    "val_deepfashion2": "DeepFashion2",
    "val_coco256": "COCO",
}
_GALLERY_CROPS = {
    "auto": "auto: trim on a plain ground, else detector if confident (default)",
    "detector": "detector if confident, else whole",
    "trim": "trim",
    "whole": "whole",
}
_NAMED = {
    "sold": "products of the shop",
    "like": "what is not sold, but the like of it",
    "other": "what the shop sells nothing like",
    "nothing": "no thing, or a part of one",
}
_ORDERS = {"nearest": "by likeness alone", "shown": "the page's: what is of the kind first"}
_SKU = (("R@1", "recall_at_1"), ("R@5", "recall_at_5"), ("R@10", "recall_at_10"))
_GROUP = tuple((f"group {title}", f"group_{name}") for title, name in _SKU)
_MAP = (("mAP@10", "map_at_10"),)


def share(value: float, digits: int = 3) -> str:
    """A share as the cards write it.

    >>> share(0.7512), share(1.0, 2)
    ('.751', '1.00')
    """
    return f"{value:.{digits}f}".removeprefix("0")


def with_interval(row: Figures, name: str) -> str:
    """A figure and its 95 % interval.

    >>> with_interval({"map": 0.5, "ci95": {"map": [0.4, 0.6]}}, "map")
    '.500 [.40, .60]'
    """
    low, high = row["ci95"][name]
    return f"{share(row[name])} [{share(low, 2)}, {share(high, 2)}]"


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A Markdown table.

    >>> print(table(["a", "b"], [[1, 2]]))
    | a | b |
    |---|---|
    | 1 | 2 |
    """
    lines = [header, *rows]
    text = ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines]
    return "\n".join([text[0], "|" + "---|" * len(header), *text[1:]])


def demo(figures: Figures) -> str:
    """All crops, and those of unseen products."""
    columns = (*_SKU, *_GROUP, *_MAP)
    parts = [f"{_of_the_demo(figures)}:", _ways("demo", columns, figures["all"])]
    if figures["unseen"]:
        count = figures["unseen"][0]["queries"]
        unseen = f"Of these, {count} crops show one of the {figures['unseen_products']} products of `heldout.txt`:"
        parts += [unseen, _ways("unseen products", columns, figures["unseen"])]
    return "\n\n".join(parts)


def faults(figures: Figures) -> str:
    """One row a fault."""
    columns = (*_SKU, _GROUP[0], *_MAP)
    rows = [[row["fault"], row["strength"], *_cells(row, columns)] for row in figures["rows"]]
    return f"{_of_the_demo(figures)}:\n\n{table(['fault', 'strength', *_titles(columns)], rows)}"


def sizes(figures: Figures) -> str:
    """One row a size of the catalog."""
    columns = (*_SKU, *_GROUP)
    rows = [
        [f"{row['pictures']:,}", f"{row['distractors']:,}", f"{row['trained_on']:,}", *_cells(row, columns)]
        for row in figures["rows"]
    ]
    header = ["pictures in the catalog", "of these distractors", "trained on", *_titles(columns)]
    listed = ", ".join(
        f"{name} {counts['pictures']:,} ({counts['trained_on']:,} trained on)"
        for name, counts in figures["collections"].items()
    )
    return (
        f"{_of_the_demo(figures)}, the catalog filled up with pictures of other things, each a product of its own:\n\n"
        f"{table(header, rows)}\n\nDistractors of the largest catalog: {listed}."
    )


def precision(figures: Figures) -> str:
    """f32 and bf16."""
    columns = (*_SKU, _GROUP[0], *_MAP)
    rows = [[row["precision"], *_cells(row, columns)] for row in figures["rows"]]
    parity = figures["parity"]
    agreement = [
        [what, *(share(parity[key][name], 4) for name in ("cosine", "centred", "top1", "top10"))]
        for what, key in (("torch f32", "f32_torch"), ("OpenVINO bf16", "bf16"))
    ]
    header = [f"against OpenVINO f32, {parity['crops']} crops", "least cosine", "mean-centred", "top 1", "top 10"]
    return (
        f"{_of_the_demo(figures)}:\n\n{table(['precision', *_titles(columns)], rows)}\n\n{table(header, agreement)}\n\n"
        f"What serves: {parity['serves']}."
    )


def gallery(figures: Figures) -> str:
    """One row a way to cut the catalog's pictures."""
    columns = (*_SKU, _GROUP[0], *_MAP)
    rows = [[_GALLERY_CROPS[row["gallery_crop"]], *_cells(row, columns)] for row in figures["rows"]]
    return f"{_of_the_demo(figures)}:\n\n{table(['`--gallery-crop`', *_titles(columns)], rows)}"


def order(figures: Figures) -> str:
    """One row an order."""
    rows = [[_ORDERS[row["order"]], share(row["kind_2_to_5"]), *_cells(row, _SKU)] for row in figures["rows"]]
    header = ["order", "places 2 to 5 of the right category", *_titles(_SKU)]
    return f"{_of_the_demo(figures)}:\n\n{table(header, rows)}"


def groceries(figures: Figures) -> str:
    """One row a way."""
    asked = f"{figures['rows'][0]['queries']:,} phone photos against {figures['products']} icons, whole pictures"
    return f"{asked}:\n\n{_ways('groceries', (*_SKU, *_MAP), figures['rows'])}"


def heldout(figures: Figures) -> str:
    """One row a way."""
    return _held_out(figures, "composites")


def piles(figures: Figures) -> str:
    """One row a way."""
    return _held_out(figures, "photos of many of one")


def rooms(figures: Figures) -> str:
    """One row a way."""
    return _held_out(figures, "crops of rendered rooms, at least 36 px,")


def in_use(figures: Figures) -> str:
    """One row a way."""
    return _held_out(figures, "renders in use")


def margin(figures: Figures) -> str:
    """One row a margin."""
    columns = (*_SKU, *_MAP)
    rows = [[_served(row["margin"], figures["serves"]), *_cells(row, columns)] for row in figures["rows"]]
    asked = f"The same {figures['rows'][0]['queries']:,} crops, with some of the ground around the box"
    return f"{asked}:\n\n{table(['share of its sides, each side', *_titles(columns)], rows)}"


def _served(value: float, serves: float) -> str:
    text = share(value) if value else "none"
    return f"**{text}**" if value == serves else text


def _held_out(figures: Figures, what: str) -> str:
    asked = (
        f"{figures['rows'][0]['queries']:,} {what} of {figures['held_out_products']} rendered products kept out of "
        f"training, against plain views of {figures['products']} rendered products"
    )
    return f"{asked}:\n\n{_ways('held-out products', (*_SKU, *_MAP), figures['rows'])}"


def speed(figures: Figures) -> str:
    """Alone and in a batch."""
    rows = [["one crop", *_ms(figures["one"])], ["a crop in a batch of 32", *_ms(figures["batch"])]]
    return f"{_where_timed(figures)}:\n\n{table(['preprocessing and network', 'median ms', '95 % ms'], rows)}"


def detector(figures: Figures) -> str:
    """The demo's photos, and what was found of each class."""
    row = figures["rows"][0]
    found = ", ".join(f"{name} {one['found']}/{one['things']}" for name, one in row["by_class"].items())
    own = ", ".join(f"{name} {share(one['ap50'], 2)}" for name, one in row["by_class"].items())
    return (
        f"{_sets(figures)}\n\nFound at the threshold, by class, whatever they were called: {found}.\n\n"
        f"Average precision of each class by its own name: {own}."
    )


def names(figures: Figures) -> str:
    """One row for each kind of thing, each share one of its boxes."""
    columns = ("shop_right", "shop_wrong", "kind_right", "kind_wrong", "something", "guess_right", "guess_wrong")
    rows = [
        [_NAMED[row["of"]], row["boxes"], *(share(row[name] / max(1, row["boxes"])) for name in columns)]
        for row in figures["rows"]
    ]
    header = [
        "boxes on", "n", "the shop's word, right", "wrong", "the detector's kind, right", "wrong", '"Something"',
        "nearest products alone: right", "wrong",
    ]  # fmt: skip
    return (
        f"{figures['boxes']} boxes on {figures['photos']} photos, asked of {figures['products']} products:\n\n"
        f"{table(header, rows)}"
    )


def validation(figures: Figures) -> str:
    """One row a set."""
    return _sets(figures)


def detector_precision(figures: Figures) -> str:
    """bf16 and torch against OpenVINO f32."""
    ways = (("OpenVINO bf16", figures["bf16"]), ("torch f32", figures["torch"]))
    rows = [[name, f"{one['p99_px']:.2f}", one["missed"]] for name, one in ways]
    header = [
        f"against OpenVINO f32, {figures['boxes']} boxes in {figures['photos']} photos",
        "99th percentile",
        "lost",
    ]
    return (
        f"Largest error of a side, pixels of a 640 px square:\n\n{table(header, rows)}\n\n"
        f"What serves: {figures['serves']}."
    )


def detector_speed(figures: Figures) -> str:
    """One photo."""
    width, height = figures["photo_px"]
    rows = [[f"one photo of {width} x {height} px, letterbox to boxes", *_ms(figures["one"])]]
    return f"{_where_timed(figures)}:\n\n{table(['', 'median ms', '95 % ms'], rows)}"


def _sets(figures: Figures) -> str:
    header = [
        "pictures", "n", "things", "mAP50", "mAP50 by class", "found in 20", "found in 100", "recall", "precision",
        "boxes a picture", "class right",
    ]  # fmt: skip
    rows = []
    for row in figures["rows"]:
        named = {name.removesuffix("_ci95"): row[name] for name in row if name.endswith("_ci95")}
        ranged = [
            with_interval({**row, "ci95": named}, name)
            for name in ("map50", "recall_any_confidence", "recall_at_100", "recall", "precision")
        ]
        whole = [_SETS.get(row["set"], row["set"]), row["pictures"], f"{row['things']:,}", ranged[0]]
        rest = [share(row["map50_by_class"]), *ranged[1:], row["boxes_a_picture"], share(row["right_class_of_found"])]
        rows.append([*whole, *rest])
    threshold = figures["rows"][0]["confidence"]
    sides = f"{figures['input_size_px']} px, larger photos {figures['detail_size_px']} px"
    served = f"{figures['runtime']}, {sides}, threshold {share(threshold, 2)}"
    return f"As served ({served}):\n\n{table(header, rows)}"


def _ways(title: str, columns: Sequence[tuple[str, str]], rows: Sequence[Figures]) -> str:
    return table([title, *_titles(columns)], [[_label(row), *_cells(row, columns)] for row in rows])


def _label(row: Figures) -> str:
    name = f"other weights: {row['name']} `{row['sha256']}`" if row["way"] == "compared" else _WAYS[row["way"]]
    return f"{name}, boxed by the detector" if row.get("target") == "detect" else name


def _titles(columns: Sequence[tuple[str, str]]) -> list[str]:
    return [title for title, _ in columns]


def _cells(row: Figures, columns: Sequence[tuple[str, str]]) -> list[str]:
    return [with_interval(row, name) for _, name in columns]


def _of_the_demo(figures: Figures) -> str:
    return (
        f"{figures['queries']} crops (`{figures['where']}`) of {figures['photos']} photos against "
        f"{figures['products']} products with {figures['pictures']} pictures"
    )


def _where_timed(figures: Figures) -> str:
    return f"{figures['runtime']}, {figures['threads']} threads on a machine with {figures['cores']} cores"


def _ms(times: Mapping[str, float]) -> list[str]:
    return [f"{times['p50_ms']:.1f}", f"{times['p95_ms']:.1f}"]


RENDER: dict[str, Callable[[Figures], str]] = {
    "demo": demo,
    "faults": faults,
    "sizes": sizes,
    "precision": precision,
    "gallery": gallery,
    "order": order,
    "groceries": groceries,
    "heldout": heldout,
    "piles": piles,
    "rooms": rooms,
    "in_use": in_use,
    "margin": margin,
    "speed": speed,
    "detector": detector,
    "names": names,
    "validation": validation,
    "detector_precision": detector_precision,
    "detector_speed": detector_speed,
}


def block(name: str, section: Figures, command: str) -> str:
    """A section's block: its tables, which weights they are of, and the command that makes them again."""
    weights = ", ".join(f"{network} `{mark}`" for network, mark in section["weights"].items())
    return f"{RENDER[name](section['figures'])}\n\nMeasured with {weights}:\n\n    {command}"
