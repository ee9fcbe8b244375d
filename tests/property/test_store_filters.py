"""The filter expression against its plain meaning, on Milvus Lite, with texts and prices nobody would think of."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imgsearch.errors import QueryError
from imgsearch.records import Filters, Product
from imgsearch.store import Entry, MilvusStore, entry_id
from imgsearch.store.collection import PREFIX, decoded, encoded
from imgsearch.store.filters import literal
from tests.contract.store_cases import CATEGORIES, FINGERPRINT, catalog, entry, matches, unit_rows

PARTS = ["a", "A", "ab", "%", "_", "\\", '"', "'", "''", "n", "\n", "\t", "\r", "\x00", "\x07", ">", " ", "!", "é", "é"]
PARTS += ["日本", "😀", "\uffff", "\U0010ffff", "{x}", "$meta", "in [", ")", "*", "Home", "100%"]
TEXT = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("".join) | st.text(
    st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12
)
CATEGORY = st.lists(TEXT, min_size=1, max_size=3).map(" > ".join)
PRICE = st.one_of(st.none(), st.sampled_from([0.0, 0.99, 19.99, 1e-7, 1e16, 123456789.01]), st.floats(0, 1e9))
FILTERS = st.builds(
    Filters,
    categories=st.lists(st.sampled_from(CATEGORIES) | CATEGORY, max_size=3).map(tuple),
    min_price=PRICE,
    max_price=PRICE,
    currency=st.sampled_from(["", "EUR", "USD", 'E"R']),
    in_stock=st.booleans(),
)
QUERY = unit_rows(1, seed=3)
STEADY = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusStore]:
    with MilvusStore(str(tmp_path_factory.mktemp("db") / "milvus.db"), fingerprint=FINGERPRINT) as opened:
        opened.begin()
        entries = catalog(products=52, pictures=1)
        opened.upsert(entries, unit_rows(len(entries)))
        opened.publish(len(entries))
        yield opened


def found(store: MilvusStore, filters: Filters) -> set[str]:
    return {hit.entry.entry_id for hit in store.search(QUERY, 1000, filters)[0]}


def expected(entries: list[Entry], filters: Filters) -> set[str]:
    return {e.entry_id for e in entries if matches(e.product, filters)}


@given(filters=FILTERS)
@STEADY
def test_any_filter_means_the_same_as_in_python(store: MilvusStore, filters: Filters) -> None:
    low, high = filters.min_price, filters.max_price
    if low is not None and high is not None and low > high:
        with pytest.raises(QueryError):
            found(store, filters)
    else:
        assert found(store, filters) == expected(catalog(products=52, pictures=1), filters)


@given(
    categories=st.lists(CATEGORY, min_size=1, max_size=6, unique=True), prices=st.lists(PRICE, min_size=6, max_size=6)
)
@STEADY
def test_any_category_name_is_found_by_itself_and_by_what_is_above_it(
    store: MilvusStore, categories: list[str], prices: list[float | None]
) -> None:
    shop = [
        entry(Product(f"drawn{n}", "Thing", ("a.jpg",), category=category, price=prices[n], currency="EUR"))
        for n, category in enumerate(categories)
    ]
    store.upsert(shop, unit_rows(len(shop)))
    try:
        everything = catalog(products=52, pictures=1) + shop
        levels = {c.rsplit(" > ", keep)[0] for c in categories for keep in (0, 1, 2)} | set(categories)
        for level in sorted(levels)[:6]:
            filters = Filters(categories=(level,), min_price=prices[0])
            assert found(store, filters) == expected(everything, filters)
    finally:
        store.delete(e.entry_id for e in shop)


@given(product_id=TEXT)
@STEADY
def test_any_product_id_is_found_and_excluded_by_itself(store: MilvusStore, product_id: str) -> None:
    row = entry(Product(product_id, "Thing", ("a.jpg",), group_id="drawn", category="drawn"))
    store.upsert([row], QUERY)
    try:
        assert list(store.get([product_id])) == [product_id]
        assert store.vectors(product_id).shape == (1, 256)
        only = Filters(categories=("drawn",))
        assert [hit.entry for hit in store.search(QUERY, 9, only)[0]] == [row]
        assert store.search(QUERY, 9, only, exclude=[product_id])[0] == []
    finally:
        assert store.delete_products([product_id]) == 1


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@settings(deadline=None)
def test_a_literal_is_one_quoted_line(text: str) -> None:
    quoted = literal(text)
    assert quoted[0] == quoted[-1] == '"'
    assert "\n" not in quoted
    assert "\r" not in quoted
    assert quoted[1:-1].replace("\\\\", "").replace('\\"', "").count('"') == 0


@given(one=st.text(min_size=1, max_size=12), other=st.text(min_size=1, max_size=12))
@settings(deadline=None)
def test_shop_names_never_collide_and_come_back(one: str, other: str) -> None:
    for name in (one, other):
        assert decoded(encoded(name)) == name
        assert (PREFIX + encoded(name)).replace("_", "").isascii()
    assert (encoded(one) == encoded(other)) == (one == other)


@given(product_id=st.text(st.characters(exclude_categories=["Cs"]), min_size=1), image_no=st.integers(0, 3))
@settings(deadline=None)
def test_row_ids_fit_and_keep_the_pictures_number(product_id: str, image_no: int) -> None:
    made = entry_id(product_id, image_no)
    assert len(made.encode()) <= 128
    assert Entry(made, Product(product_id, "t", ("a.jpg",)), "a.webp").image_no == image_no
