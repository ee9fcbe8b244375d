"""What a store refuses, and that each refusal says what to do."""

from __future__ import annotations

import dataclasses
import http.server
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from imgsearch.errors import ConfigError, QueryError, StoreError, StoreLocked, StoreUnavailable
from imgsearch.records import Filters, Product
from imgsearch.store import Entry, MilvusStore
from tests.contract.conftest import LiteServer, Place
from tests.contract.store_cases import FINGERPRINT, catalog, entry, unit_rows

ENTRIES = catalog(products=4)
VECTORS = unit_rows(len(ENTRIES))


def spoiled(value: float) -> Any:
    vectors = VECTORS.copy()
    vectors[3, 7] = value
    return vectors


BAD_VECTORS = {
    "NaN": spoiled(np.nan),
    "infinity": spoiled(np.inf),
    "too short": VECTORS[:, :128],
    "not unit": VECTORS * 2,
    "zero": VECTORS * 0,
}


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[MilvusStore]:
    with MilvusStore(str(tmp_path / "milvus.db"), fingerprint=FINGERPRINT) as store:
        store.begin()
        yield store


@pytest.mark.parametrize("kind", BAD_VECTORS)
def test_bad_vectors_are_refused_before_anything_is_stored_or_asked(store: MilvusStore, kind: str) -> None:
    store.begin()
    with pytest.raises(StoreError, match="Nothing was stored"):
        store.upsert(ENTRIES, BAD_VECTORS[kind])
    assert store.count() == 0
    store.upsert(ENTRIES, VECTORS)
    store.publish()
    with pytest.raises(QueryError, match="can't be searched for"):
        store.search(BAD_VECTORS[kind], 3)


def test_rows_that_do_not_fit_are_refused(embedded: MilvusStore) -> None:
    good = ENTRIES[0]
    refused: list[tuple[list[Entry], int, str]] = [
        ([good, good], 2, "came twice"),
        ([good], 2, "1 entries came with 2 vectors"),
        ([dataclasses.replace(good, entry_id="")], 1, "has no id"),
        ([dataclasses.replace(good, entry_id="x" * 129)], 1, "129 bytes"),
    ]
    odd: list[tuple[dict[str, Any], str]] = [
        ({"price": float("nan")}, "price nan"),
        ({"price": -1.0}, "price -1.0"),
        ({"title": "日" * 30_000}, "record has"),
        ({"category": "c" * 4097}, "category has 4097 bytes"),
        ({"title": "half \ud800"}, "not valid Unicode"),
    ]
    refused += [([entry(dataclasses.replace(good.product, **changes))], 1, text) for changes, text in odd]
    for entries, vectors, text in refused:
        with pytest.raises(StoreError, match=text):
            embedded.upsert(entries, VECTORS[:vectors])
    assert embedded.count() == 0


@pytest.mark.parametrize(
    "filters",
    [
        Filters(min_price=float("nan")),
        Filters(max_price=float("inf")),
        Filters(min_price=-1),
        Filters(min_price=9, max_price=8),
        Filters(categories=("half \ud800",)),
    ],
)
def test_filters_without_a_meaning_are_refused(embedded: MilvusStore, filters: Filters) -> None:
    embedded.upsert(ENTRIES, VECTORS)
    embedded.publish()
    with pytest.raises(QueryError):
        embedded.search(VECTORS, 3, filters)


def test_no_query_at_all_is_refused(embedded: MilvusStore) -> None:
    with pytest.raises(QueryError, match=r"1\.\.16384 queries"):
        embedded.search(np.zeros((0, 256), dtype=np.float32), 3)


def test_a_dead_port_is_reported_with_every_way_out() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        MilvusStore("http://user:secret@127.0.0.1:9", "hidden-token", timeout_s=2)
    text = str(caught.value)
    for hint in ("http://127.0.0.1:9", "token is wrong", "IMGSEARCH_URI", "start the server", ".db"):
        assert hint in text
    assert "secret" not in text
    assert "hidden" not in text


def test_a_server_that_is_no_milvus_is_reported() -> None:
    class Silent(http.server.BaseHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(StoreUnavailable, match="No Milvus answers"):
            MilvusStore(f"http://127.0.0.1:{server.server_port}", timeout_s=2)
        server.shutdown()


@pytest.mark.parametrize("uri", ["milvus.sqlite", "tcp://127.0.0.1:19530", "", "http://", "http://x/y.db.bak"])
def test_an_address_of_another_kind_is_a_setting_to_correct(uri: str) -> None:
    if uri == "http://x/y.db.bak":
        with pytest.raises(StoreUnavailable):
            MilvusStore(uri, timeout_s=1)
    else:
        with pytest.raises(ConfigError, match=r"\.db"):
            MilvusStore(uri)


def run_python(code: str, *arguments: str) -> dict[str, str]:
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=root, capture_output=True, text=True, check=True, timeout=300
    )
    answer: dict[str, str] = json.loads(done.stdout)
    return answer | {"stderr": done.stderr}


OPEN_ELSEWHERE = """
import json, sys
from imgsearch.errors import StoreError
from imgsearch.store import MilvusStore
try:
    with MilvusStore(sys.argv[1], fingerprint=sys.argv[2]) as store:
        print(json.dumps({"rows": str(store.count())}))
except StoreError as error:
    print(json.dumps({"kind": type(error).__name__, "text": str(error)}))
"""


def test_a_second_process_is_refused_until_the_first_one_closes(tmp_path: Path) -> None:
    uri = str(tmp_path / "milvus.db")
    with MilvusStore(uri, fingerprint=FINGERPRINT) as first, MilvusStore(uri, fingerprint=FINGERPRINT) as second:
        first.begin()
        first.upsert(ENTRIES, VECTORS)
        first.close()
        assert second.count() == len(ENTRIES), "stores of one process share the database"
        refused = run_python(OPEN_ELSEWHERE, uri, FINGERPRINT)
        assert refused["kind"] == "StoreLocked"
        assert uri in refused["text"]
        assert "http://" in refused["text"]
        assert refused["stderr"] == ""
    assert run_python(OPEN_ELSEWHERE, uri, FINGERPRINT)["rows"] == str(len(ENTRIES))


def test_a_database_of_milvus_lite_2_is_named_as_such(tmp_path: Path) -> None:
    old = tmp_path / "milvus.db"
    old.write_bytes(b"SQLite format 3\0" + b"\0" * 100)
    with pytest.raises(StoreError, match=r"Milvus Lite 2\.x") as caught:
        MilvusStore(str(old))
    assert not isinstance(caught.value, StoreLocked | StoreUnavailable)
    assert old.read_bytes().startswith(b"SQLite")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="can't be made"):
        MilvusStore(str(tmp_path / "file" / "milvus.db"))


def test_missing_folders_are_made(tmp_path: Path) -> None:
    with MilvusStore(str(tmp_path / "a" / "b c" / "ü.db"), fingerprint=FINGERPRINT) as store:
        store.begin()
        assert store.count() == 0


def test_a_database_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    folder = tmp_path / "milvus.db"
    folder.mkdir()
    (folder / "collections").write_text("in the way")
    with pytest.raises(StoreError, match="can't be opened") as caught:
        MilvusStore(str(folder))
    assert not isinstance(caught.value, StoreLocked)


def answer_within(seconds: float, reading: Callable[[], Any]) -> Any:
    """The answer as soon as there is one: grpc waits a second or more before it tries a lost address again."""
    end = time.monotonic() + seconds
    while True:
        try:
            return reading()
        except StoreUnavailable:
            if time.monotonic() > end:
                raise
        time.sleep(0.2)


def test_a_server_that_goes_away_is_reported_and_found_again(tmp_path: Path) -> None:
    server = LiteServer(tmp_path / "data")
    try:
        with MilvusStore(server.uri, fingerprint=FINGERPRINT, timeout_s=3) as store:
            store.begin()
            store.upsert(ENTRIES, VECTORS)
            store.publish()
            server.kill()
            for reading in (lambda: store.search(VECTORS, 2), store.exists, store.count):
                with pytest.raises(StoreUnavailable, match="No Milvus answers"):
                    reading()
            server.start()
            assert answer_within(60, lambda: store.search(VECTORS[:1], 1))[0][0].entry == ENTRIES[0]
    finally:
        server.kill()


def test_a_closed_store_is_closed_once(tmp_path: Path) -> None:
    store = MilvusStore(str(tmp_path / "milvus.db"), fingerprint=FINGERPRINT)
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.exists()


def test_a_wrong_token_is_reported_like_a_dead_address(real_server: Place) -> None:
    if not real_server.token:
        pytest.skip("no real Milvus server with a token: IMGSEARCH_TEST_MILVUS_TOKEN is not set")
    for token in ("root:wrong", ""):
        with pytest.raises(StoreUnavailable, match="the token is wrong"):
            MilvusStore(real_server.uri, token, timeout_s=3)


def test_a_large_import_stays_below_a_servers_message_limit(real_server: Place, tmp_path: Path) -> None:
    entries = [entry(Product(f"p{n}", "t", ("a.jpg",), description="日" * 5000)) for n in range(3000)]
    vectors = unit_rows(len(entries))
    with MilvusStore(real_server.uri, real_server.token, shop="large", fingerprint=FINGERPRINT) as store:
        store.begin()
        assert store.upsert(entries, vectors) == len(entries)
        store.publish(len(entries))
        assert [h.entry.entry_id for h in store.search(vectors[7], 1)[0]] == ["p7#0"]
        assert sum(1 for _ in store.entries()) == len(entries)
        store.drop()
