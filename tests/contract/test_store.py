"""What every store promises, whatever lies behind it."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from imgsearch.errors import CollectionMissing, FingerprintMismatch, QueryError, StoreError
from imgsearch.records import Filters, Product
from imgsearch.store import MAX_TOP_K, MilvusStore, connection, entry_id, milvus
from tests.contract.store_cases import (
    FINGERPRINT,
    OTHER_FINGERPRINT,
    brute_force,
    catalog,
    entry,
    matches,
    unit_rows,
)

OpenStore = Callable[..., MilvusStore]
ENTRIES = catalog()
VECTORS = unit_rows(len(ENTRIES))
QUERIES = unit_rows(3, seed=1)
FILTERS = [
    Filters(),
    Filters(categories=("Home",)),
    Filters(categories=("Home > Mugs",)),
    Filters(categories=("Home > Mugs%", "家 > 台所")),
    Filters(categories=("Home > 100% \"cotton\" 'n' wool", "Home > back\\slash\\n")),
    Filters(categories=("nothing of that",)),
    Filters(min_price=0),
    Filters(max_price=20.99),
    Filters(min_price=10.5, max_price=40, currency="EUR"),
    Filters(min_price=1, currency="USD"),
    Filters(in_stock=True),
    Filters(categories=("Home",), min_price=5, max_price=50, in_stock=True),
]


def filled(store: MilvusStore, entries: Any = ENTRIES, vectors: Any = VECTORS) -> MilvusStore:
    store.begin()
    store.upsert(entries, vectors)
    store.publish(len(entries))
    return store


def pairs(hits: Any) -> list[tuple[str, float]]:
    return [(hit.entry.entry_id, hit.score) for hit in hits]


def assert_same_hits(found: list[tuple[str, float]], expected: list[tuple[str, float]]) -> None:
    assert [name for name, _ in found] == [name for name, _ in expected]
    np.testing.assert_allclose([s for _, s in found], [s for _, s in expected], atol=1e-5)


def test_a_search_equals_brute_force_whatever_the_filters(store: MilvusStore) -> None:
    filled(store)
    for filters in FILTERS:
        found = store.search(QUERIES, 10, filters)
        for query, hits in zip(QUERIES, found, strict=True):
            assert_same_hits(pairs(hits), brute_force(query, ENTRIES, VECTORS, 10, filters))


def test_what_was_stored_comes_back_complete(store: MilvusStore) -> None:
    filled(store)
    assert list(store.entries()) == sorted(ENTRIES, key=lambda e: e.entry_id)
    assert store.products() == [e.product for e in ENTRIES[::2]]
    assert store.get(["p3", "p11", "unknown"]) == {"p3": ENTRIES[6:8], "p11": ENTRIES[22:24]}
    best = store.search(VECTORS[9], 1)[0][0]
    assert best.entry == ENTRIES[9]
    assert 0.9999 < best.score <= 1.0


def test_entries_are_complete_over_several_pages(store: MilvusStore, monkeypatch: pytest.MonkeyPatch) -> None:
    filled(store)
    monkeypatch.setattr(milvus, "_PAGE", 7)
    assert list(store.entries()) == sorted(ENTRIES, key=lambda e: e.entry_id)
    monkeypatch.setattr(milvus, "_PAGE", len(ENTRIES))
    assert len(list(store.entries())) == len(ENTRIES)


def test_many_queries_are_one_request_and_equal_single_ones(
    store: MilvusStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(store)
    single = [pairs(store.search(query, 7)[0]) for query in QUERIES]
    calls: list[str] = []
    original = connection.Connection.call

    def counting(self: connection.Connection, method: str, *args: Any, **kwargs: Any) -> Any:
        calls.append(method)
        return original(self, method, *args, **kwargs)

    monkeypatch.setattr(connection.Connection, "call", counting)
    together = [pairs(hits) for hits in store.search(QUERIES, 7)]
    assert calls == ["search"]
    for one, other in zip(together, single, strict=True):
        assert_same_hits(one, other)


def test_excluded_products_and_groups_do_not_come_back(store: MilvusStore) -> None:
    filled(store)
    everything = store.search(QUERIES[0], 500)[0]
    found = store.search(QUERIES[0], 500, exclude=["p3", "p4"], exclude_groups=["g10"])[0]
    gone = {e.entry_id for e in ENTRIES if e.product.product_id in ("p3", "p4") or e.product.group == "g10"}
    assert len(gone) == 8
    assert pairs(found) == [pair for pair in pairs(everything) if pair[0] not in gone]


def test_top_k_is_bounded_and_short_lists_are_fine(store: MilvusStore) -> None:
    filled(store)
    assert len(store.search(QUERIES[0], 3)[0]) == 3
    assert len(store.search(QUERIES[0], MAX_TOP_K)[0]) == len(ENTRIES)
    for top_k in (0, -1, MAX_TOP_K + 1):
        with pytest.raises(QueryError, match=r"top_k must lie in 1\.\.16384"):
            store.search(QUERIES[0], top_k)


def test_upsert_replaces_and_delete_counts_what_was_there(store: MilvusStore) -> None:
    filled(store)
    renamed = dataclasses.replace(ENTRIES[0], product=dataclasses.replace(ENTRIES[0].product, title="New name"))
    assert store.upsert([renamed], VECTORS[5:6]) == 1
    assert store.count() == len(ENTRIES)
    assert store.get(["p0"])["p0"][0] == renamed
    assert store.search(VECTORS[5], 2)[0][0].score > 0.9999
    assert store.delete([ENTRIES[0].entry_id, ENTRIES[0].entry_id, "unknown"]) == 1
    assert store.delete_products(f"p{n}" for n in range(1000)) == len(ENTRIES) - 1
    assert store.count() == 0
    assert store.delete([]) == store.delete_products([]) == 0
    assert store.search(QUERIES, 3) == [[]] * len(QUERIES)


def test_a_collection_that_is_being_filled_is_not_searched(open_store: OpenStore) -> None:
    store = open_store()
    assert not store.exists()
    with pytest.raises(CollectionMissing, match="import"):
        store.check()
    store.begin()
    store.upsert(ENTRIES, VECTORS)
    assert store.count() == len(ENTRIES)
    assert len(list(store.entries())) == len(ENTRIES)
    for reader in (store, open_store()):
        assert not reader.exists()
        with pytest.raises(CollectionMissing, match="import"):
            reader.search(QUERIES, 3)
        with pytest.raises(CollectionMissing, match="import"):
            reader.vectors("p1")
    with pytest.raises(StoreError, match="7 rows were expected, but there are 120"):
        store.publish(7)
    assert not store.exists()
    store.publish(len(ENTRIES))
    assert store.exists()
    assert len(store.search(QUERIES, 3)) == len(QUERIES)


def test_an_empty_collection_is_not_published(store: MilvusStore) -> None:
    store.begin()
    with pytest.raises(StoreError, match="at least one row"):
        store.publish()
    assert not store.exists()


def test_another_models_collection_is_built_beside_and_takes_over(open_store: OpenStore) -> None:
    old, new = filled(open_store()), open_store(OTHER_FINGERPRINT)
    for reading in (new.check, lambda: new.search(QUERIES, 3), lambda: new.vectors("p1"), lambda: list(new.entries())):
        with pytest.raises(FingerprintMismatch, match="Import the catalog again"):
            reading()
    new.begin()
    new.upsert(ENTRIES[:10], VECTORS[:10])
    with pytest.raises(FingerprintMismatch):
        new.search(QUERIES, 3)
    assert len(old.search(QUERIES[0], 500)[0]) == len(ENTRIES), "the old one answers until the new one is published"
    new.publish(10)
    assert len(new.search(QUERIES[0], 500)[0]) == 10
    with pytest.raises(FingerprintMismatch):
        old.search(QUERIES, 3)


def test_only_the_collection_published_before_is_kept(open_store: OpenStore) -> None:
    first, second, third = (open_store(letter * 64) for letter in "abc")
    unfinished = open_store("d" * 64)
    unfinished.begin()
    for store in (first, second, third):
        filled(store, ENTRIES[:4], VECTORS[:4])
    names = [n for n in third._backend.call("list_collections") if n.startswith(third._collections.alias)]
    assert sorted(names) == [second._collections.own, third._collections.own]


def test_fingerprints_that_begin_alike_are_told_apart(open_store: OpenStore) -> None:
    filled(open_store(FINGERPRINT), ENTRIES[:4], VECTORS[:4])
    twin = open_store(FINGERPRINT[:12] + "f" * 52)
    with pytest.raises(FingerprintMismatch):
        twin.search(QUERIES, 3)
    with pytest.raises(FingerprintMismatch):
        twin.begin()


def test_a_reopened_store_answers_as_before(open_store: OpenStore) -> None:
    store = filled(open_store())
    before = [pairs(hits) for hits in store.search(QUERIES, 9)]
    store.close()
    again = open_store()
    assert [pairs(hits) for hits in again.search(QUERIES, 9)] == before
    assert again.count() == len(ENTRIES)
    again.upsert([ENTRIES[0]], VECTORS[:1])
    assert again.count() == len(ENTRIES)


def test_shops_are_listed_when_published_and_do_not_mix(open_store: OpenStore) -> None:
    names = ["1st", "a", "a_b", "a-b", "küche"]
    stores = [open_store(shop=name) for name in names]
    for number, store in enumerate(stores[:4]):
        filled(store, ENTRIES[number : number + 1], VECTORS[number : number + 1])
    stores[4].begin()
    mine = [shop for shop in stores[0].shops() if shop in {s.shop for s in stores}]
    assert mine == sorted(s.shop for s in stores[:4])
    stores[1].drop()
    assert [s.exists() for s in stores] == [True, False, True, True, False]
    assert [h.entry.entry_id for h in stores[3].search(VECTORS[0], 5)[0]] == [ENTRIES[3].entry_id]


def test_a_store_notices_that_its_shop_was_dropped_and_made_again(open_store: OpenStore) -> None:
    reader, writer = filled(open_store()), open_store()
    assert len(reader.search(QUERIES[0], 500)[0]) == len(ENTRIES)
    writer.drop()
    with pytest.raises(CollectionMissing):
        reader.search(QUERIES, 3)
    writer.begin()
    writer.upsert(ENTRIES[:2], VECTORS[:2])
    with pytest.raises(CollectionMissing):
        reader.search(QUERIES, 3)
    writer.publish(2)
    assert len(reader.search(QUERIES[0], 500)[0]) == 2


def test_a_collection_removed_by_another_program_is_noticed(open_store: OpenStore) -> None:
    store = filled(open_store())
    store._backend.call("drop_alias", store._collections.alias)
    store._backend.call("drop_collection", store._collections.own)
    with pytest.raises(CollectionMissing, match="import"):
        store.search(QUERIES, 3)


def test_a_collection_released_by_another_program_is_loaded_again(open_store: OpenStore) -> None:
    store = filled(open_store())
    store._backend.call("release_collection", store._collections.own)
    assert len(store.search(QUERIES[0], 4)[0]) == 4


def test_notes_are_kept_and_the_stores_own_are_not_overwritten(open_store: OpenStore) -> None:
    store = filled(open_store())
    store.set_meta({"thresholds": '{"a": [1, 2]}', "model": "Würfel 日本", "long": "x" * 100_000})
    store.set_meta({"model": "second"})
    store.close()
    notes = open_store().get_meta()
    assert notes["model"] == "second"
    assert notes["thresholds"] == '{"a": [1, 2]}'
    assert len(notes["long"]) == 100_000
    assert notes["fingerprint"] == FINGERPRINT
    with pytest.raises(StoreError, match="own"):
        open_store().set_meta({"fingerprint": "x"})


def test_vectors_of_a_product_come_in_the_order_of_its_pictures(store: MilvusStore) -> None:
    entries = [entry(ENTRIES[0].product, number) for number in range(12)]
    filled(store, entries[::-1], VECTORS[:12][::-1])
    np.testing.assert_allclose(store.vectors("p0"), VECTORS[:12], atol=1e-6)
    assert store.vectors("p0").dtype == np.float32
    assert [e.image_no for e in store.get(["p0"])["p0"]] == list(range(12))
    many = store.vectors_of(["p0", "unknown"])
    assert sorted(many) == sorted(e.entry_id for e in entries)
    np.testing.assert_allclose(many["p0#3"], VECTORS[3], atol=1e-6)
    with pytest.raises(QueryError, match="no product"):
        store.vectors("unknown")


def test_prices_in_two_currencies_are_never_compared(store: MilvusStore) -> None:
    entries = [
        entry(Product("usd", "Lamp", ("a.jpg",), price=15.0, currency="USD")),
        entry(Product("jpy", "Lamp", ("a.jpg",), price=1299.0, currency="JPY")),
        entry(Product("free", "Sample", ("a.jpg",), price=0.0, currency="USD")),
        entry(Product("unknown", "Lamp", ("a.jpg",), currency="GBP")),
    ]
    filled(store, entries, VECTORS[:4])
    with pytest.raises(QueryError, match="JPY, USD"):
        store.search(QUERIES[0], 9, Filters(max_price=20))
    dollars = store.search(QUERIES[0], 9, Filters(max_price=2000, currency="USD"))[0]
    assert {hit.entry.product.product_id for hit in dollars} == {"usd", "free"}
    yen = store.search(QUERIES[0], 9, Filters(min_price=16, currency="JPY"))[0]
    assert {hit.entry.product.product_id for hit in yen} == {"jpy"}


def test_hostile_texts_are_data(store: MilvusStore) -> None:
    texts = [
        '" or entry_id != "',
        "' or 1 == 1",
        "a\\",
        'a\\\\"b',
        "tab\there",
        "line\nbreak\r",
        "bell\x07\x1f",
        "%_*?",
    ]
    texts += ["</script>", "=cmd()", "é́", "👩‍👩‍👧", "  spaces  ", "null", "{a}", "x" * 400, "日" * 150]
    entries = [
        entry(Product(text, f"title {text}", ("a.jpg",), group_id=f"g{text}", category=text, price=1.0, row=number))
        for number, text in enumerate(texts)
    ]
    filled(store, entries, VECTORS[: len(entries)])
    assert list(store.products()) == [e.product for e in entries]
    for number, text in enumerate(texts):
        assert store.get([text])[text] == [entries[number]]
        np.testing.assert_allclose(store.vectors(text), VECTORS[number : number + 1], atol=1e-6)
        found = store.search(QUERIES[0], 99, Filters(categories=(text,)))[0]
        assert [hit.entry for hit in found] == [entries[number]]
        assert len(store.search(QUERIES[0], 99, exclude=[text])[0]) == len(texts) - 1
        assert len(store.search(QUERIES[0], 99, exclude_groups=[f"g{text}"])[0]) == len(texts) - 1
    assert store.delete(e.entry_id for e in entries) == len(texts)


def test_long_ids_are_shortened_and_stay_unique() -> None:
    long_ids = ["x" * 500 + str(n) for n in range(3)]
    ids = {entry_id(name, number) for name in long_ids for number in range(4)}
    assert len(ids) == 12
    assert all(len(i.encode()) <= 128 for i in ids)


def test_long_descriptions_are_cut_not_refused(store: MilvusStore) -> None:
    product = Product("p", "Chair", ("a.jpg",), description="wood " * 20_000)
    filled(store, [entry(product)], VECTORS[:1])
    assert store.products()[0].description == product.description[:5000]


def test_searches_and_writes_of_many_threads_do_not_disturb_each_other(store: MilvusStore) -> None:
    filled(store, ENTRIES[:60], VECTORS[:60])
    failures: list[BaseException] = []

    def run(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever a thread raises must reach the assertion
            failures.append(error)

    def search() -> None:
        for number in range(8):
            hits = store.search(VECTORS[number], 20)[0]
            assert hits[0].entry.entry_id == ENTRIES[number].entry_id
            assert len({hit.entry.entry_id for hit in hits}) == 20

    def write(first: int) -> None:
        for number in range(first, 120, 6):
            store.upsert(ENTRIES[number : number + 2], VECTORS[number : number + 2])

    jobs = [search, search, *(lambda first=f: write(first) for f in (60, 62, 64))]
    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert store.count() == 120


def test_a_store_opened_without_a_model_looks_but_neither_searches_nor_writes(open_store: OpenStore) -> None:
    viewer = open_store("")
    with pytest.raises(CollectionMissing):
        list(viewer.entries())
    assert viewer.health()["rows"] == 0
    filled(open_store())
    assert viewer.count() == len(list(viewer.entries())) == len(ENTRIES)
    assert viewer.get_meta()["fingerprint"] == FINGERPRINT
    facts = viewer.health()
    assert facts["rows"] == len(ENTRIES)
    assert facts["fingerprint"] == FINGERPRINT
    assert viewer.shop in facts["shops"]
    for forbidden in (lambda: viewer.search(QUERIES, 3), lambda: viewer.upsert(ENTRIES, VECTORS), viewer.begin):
        with pytest.raises(StoreError, match="without a model"):
            forbidden()


def test_lite_keeps_to_the_index_that_finds_everything(store: MilvusStore) -> None:
    filled(store)
    facts = store.health()
    assert facts["index"] == ("FLAT" if facts["lite"] else "HNSW")
    narrow = Filters(categories=("家",), in_stock=True)
    expected = sum(matches(e.product, narrow) for e in ENTRIES)
    assert 0 < expected == len(store.search(QUERIES[0], 1000, narrow)[0])
