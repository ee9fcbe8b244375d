"""A killed writer: what was acknowledged is there, what was not finished is not shown."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from imgsearch.errors import CollectionMissing
from imgsearch.store import MilvusStore
from tests.contract.store_cases import FINGERPRINT, OTHER_FINGERPRINT, catalog, unit_rows

ROOT = Path(__file__).resolve().parents[2]
ENTRIES = catalog(products=400, pictures=1)
VECTORS = unit_rows(len(ENTRIES))
BATCH = 10

WRITER = f"""
import sys
from imgsearch.store import MilvusStore
from tests.contract.store_cases import catalog, unit_rows
entries = catalog(products={len(ENTRIES)}, pictures=1)
vectors = unit_rows(len(entries))
store = MilvusStore(sys.argv[1], fingerprint=sys.argv[2])
store.begin()
for start in range(0, len(entries), {BATCH}):
    store.upsert(entries[start : start + {BATCH}], vectors[start : start + {BATCH}])
    print(start + {BATCH}, flush=True)
"""

# Dies where a collection exists on disk and its index does not: making both are two requests.
HALF_MAKER = """
import os, signal, sys
from pymilvus import MilvusClient
from imgsearch.store import MilvusStore
MilvusClient.create_index = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
MilvusStore(sys.argv[1], fingerprint=sys.argv[2]).begin()
"""


def kill_after(code: str, uri: str, fingerprint: str, batches: int) -> int:
    """Run a writer, kill it with SIGKILL after so many acknowledged batches; returns how many rows it was told of."""
    process = subprocess.Popen(
        [sys.executable, "-c", code, uri, fingerprint], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    acknowledged = 0
    for _ in range(batches):
        acknowledged = int(process.stdout.readline())
    process.kill()
    rest = process.stdout.read().split()
    assert process.wait() == -signal.SIGKILL
    return int(rest[-1]) if rest else acknowledged


@pytest.mark.parametrize("batches", [1, 13])
def test_acknowledged_rows_survive_a_kill_and_are_not_published(tmp_path: Path, batches: int) -> None:
    uri = str(tmp_path / "milvus.db")
    acknowledged = kill_after(WRITER, uri, FINGERPRINT, batches)
    assert batches * BATCH <= acknowledged < len(ENTRIES)
    with MilvusStore(uri, fingerprint=FINGERPRINT) as store:
        assert not store.exists()
        with pytest.raises(CollectionMissing):
            store.search(VECTORS[:1], 3)
        kept = {entry.entry_id: entry for entry in store.entries()}
        for entry in ENTRIES[:acknowledged]:
            assert kept[entry.entry_id] == entry
        store.upsert(ENTRIES, VECTORS)
        store.publish(len(ENTRIES))
        assert [hits[0].entry for hits in store.search(VECTORS[:40], 1)] == ENTRIES[:40]


def test_a_collection_whose_maker_died_halfway_is_completed(tmp_path: Path) -> None:
    uri = str(tmp_path / "milvus.db")
    done = subprocess.run([sys.executable, "-c", HALF_MAKER, uri, FINGERPRINT], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    with MilvusStore(uri, fingerprint=FINGERPRINT) as store:
        assert not store.exists()
        assert store._backend.call("list_indexes", store._collections.own) == []
        store.begin()
        assert store._backend.call("list_indexes", store._collections.own) == ["vector"]
        store.upsert(ENTRIES[:20], VECTORS[:20])
        store.publish(20)
        assert store.search(VECTORS[3], 1)[0][0].entry == ENTRIES[3]


def test_a_killed_reindex_leaves_the_published_collection_answering(tmp_path: Path) -> None:
    uri = str(tmp_path / "milvus.db")
    with MilvusStore(uri, fingerprint=FINGERPRINT) as store:
        store.upsert(ENTRIES[:50], VECTORS[:50])
        store.publish(50)
    kill_after(WRITER, uri, OTHER_FINGERPRINT, 2)
    with MilvusStore(uri, fingerprint=FINGERPRINT) as store:
        assert store.count() == 50
        assert [hits[0].entry for hits in store.search(VECTORS[:50], 1)] == ENTRIES[:50]


def test_a_kill_while_a_published_shop_is_updated_loses_nothing(tmp_path: Path) -> None:
    uri = str(tmp_path / "milvus.db")
    with MilvusStore(uri, fingerprint=FINGERPRINT) as store:
        store.upsert(ENTRIES, VECTORS)
        store.publish(len(ENTRIES))
    kill_after(WRITER, uri, FINGERPRINT, 5)
    with MilvusStore(uri, fingerprint=FINGERPRINT) as store:
        assert store.count() == len(ENTRIES)
        assert sorted(e.entry_id for e in store.entries()) == sorted(e.entry_id for e in ENTRIES)
        assert [hits[0].entry for hits in store.search(VECTORS[:60], 1)] == ENTRIES[:60]
