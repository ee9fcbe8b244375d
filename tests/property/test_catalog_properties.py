"""Whatever a shop's program writes, reading neither crashes nor loses a row."""

from __future__ import annotations

import csv
import io
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from imgsearch import catalog
from imgsearch.catalog import common
from imgsearch.errors import CatalogError

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=30)
STYLES = {
    "english": (",", "."),
    "german": (".", ","),
    "french": ("\u202f", ","),
    "swiss": ("'", "."),
    "plain": ("", "."),
}


def read(content: bytes, name: str = "feed.csv") -> catalog.Feed:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        return catalog.read(path)


@given(
    cents=st.integers(0, 10**11),
    style=st.sampled_from(sorted(STYLES)),
    currency=st.sampled_from(["USD", "EUR", "JPY", "GBP"]),
    first=st.booleans(),
    gap=st.sampled_from(["", " ", "\u00a0"]),
)
def test_an_amount_survives_every_way_of_writing_it(
    cents: int, style: str, currency: str, first: bool, gap: str
) -> None:
    thousands, decimal = STYLES[style]
    digits = f"{cents // 100:,}".replace(",", thousands) + decimal + f"{cents % 100:02d}"
    written = f"{currency}{gap}{digits}" if first else f"{digits}{gap}{currency}"
    assert common.price(written) == (pytest.approx(cents / 100), currency)


@given(st.text(max_size=60))
def test_values_never_raise_and_always_encode(written: str) -> None:
    found = common.price(written)
    assert found is None or 0 <= found[0] <= common.MAX_PRICE
    assert common.in_stock(written) in (True, False, None)
    assert common.in_effect(written, datetime.now(UTC)) in (True, False, None)
    for clean in (common.text(written), common.category(written), common.web_link(written), common.html_text(written)):
        assert "\n" not in clean
        clean.encode()
    for picture in common.split_images(written):
        assert picture == picture.strip() != ""


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=12),
    delimiter=st.sampled_from("\t,;|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_every_row_becomes_one_product_or_one_reject(
    rows: list[tuple[str, str, str]], delimiter: str, encoding: str, quoting: int
) -> None:
    # Both in one cell can look like rows that stray quotes have joined.
    assume(not any(delimiter in cell and "\n" in cell for row in rows for cell in row))
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    writer.writerow(["id", "title", "image_link"])
    writer.writerows(rows)
    # A row of blanks only is no row; the reader's own notion of a blank is str.strip's.
    expected = [row for row in rows if any(cell.strip() for cell in row)]
    if not expected:
        with pytest.raises(CatalogError):
            read(out.getvalue().encode(encoding))
        return
    feed = read(out.getvalue().encode(encoding))
    assert len(feed.products) + len(feed.rejected) == len(expected)
    ids = [p.product_id for p in feed.products]
    assert len(set(ids)) == len(ids)
    wanted = {common.text(product_id) for product_id, _, _ in expected}
    assert all(p.product_id in wanted and p.title and p.images for p in feed.products)


@settings(deadline=None)
@given(
    rows=st.lists(st.tuples(*[st.text('"ab', max_size=4)] * 3), min_size=1, max_size=8),
    delimiter=st.sampled_from("\t,;|"),
)
def test_quotes_that_quote_nothing_cost_no_row(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    lines = ["id title image_link".replace(" ", delimiter)]
    lines += [delimiter.join((f"{product_id}{i}", title, image)) for i, (product_id, title, image) in enumerate(rows)]
    feed = read("\n".join(lines).encode())
    assert sorted([p.row for p in feed.products] + [r.row for r in feed.rejected]) == list(range(2, len(rows) + 2))


@settings(deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["feed.csv", "feed.tsv", "feed.jsonl", "feed.json"]))
def test_any_bytes_are_a_feed_or_a_catalog_error(content: bytes, name: str) -> None:
    for start in (
        b"",
        b"id,title,image_link\n",
        b"Handle,Title,Image Src,Variant Image\n",
        b"Type,SKU,Name,Images,ID\n",
    ):
        try:
            read(start + content, name)
        except CatalogError as error:
            assert "\n" not in str(error)
