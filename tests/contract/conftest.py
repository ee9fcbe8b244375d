"""The places a store can lie in; every contract test runs in each of them.

`embedded` is a `.db` in this process; `lite-server` is Milvus Lite in a process of its own, reached over http, which
tests the way but not a cluster; `server` is a real Milvus named by IMGSEARCH_TEST_MILVUS_URI (and _TOKEN).
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from imgsearch.errors import StoreError
from imgsearch.store import MilvusStore
from tests.contract.store_cases import FINGERPRINT

OpenStore = Callable[..., MilvusStore]
SERVER_URI = os.environ.get("IMGSEARCH_TEST_MILVUS_URI", "")
SERVER_TOKEN = os.environ.get("IMGSEARCH_TEST_MILVUS_TOKEN", "")


@dataclass(frozen=True)
class Place:
    """Where a store lies."""

    uri: str
    token: str = ""


class LiteServer:
    """Milvus Lite as a server process on 127.0.0.1 (its own default would listen on every interface)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.uri = f"http://127.0.0.1:{self.port}"
        self.start()

    def start(self) -> None:
        options = ["--data-dir", str(self.folder), "--host", "127.0.0.1", "--port", str(self.port)]
        command = [sys.executable, "-m", "milvus_lite", "server", *options]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(600):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.1)
        raise RuntimeError("the Milvus Lite server did not start within a minute")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="session")
def lite_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiteServer]:
    server = LiteServer(tmp_path_factory.mktemp("lite-server") / "data")
    yield server
    server.kill()


@pytest.fixture(params=["embedded", "lite-server", *(["server"] if SERVER_URI else [])])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "embedded":
        return Place(str(tmp_path / "milvus.db"))
    if request.param == "lite-server":
        return Place(request.getfixturevalue("lite_server").uri)
    return Place(SERVER_URI, SERVER_TOKEN)


@pytest.fixture
def real_server() -> Place:
    if not SERVER_URI:
        pytest.skip("no real Milvus server: IMGSEARCH_TEST_MILVUS_URI is not set")
    return Place(SERVER_URI, SERVER_TOKEN)


@pytest.fixture
def open_store(place: Place) -> Iterator[OpenStore]:
    """Opens stores of a shop that only this test has; they are dropped and closed afterwards."""
    opened: list[MilvusStore] = []
    mark = uuid.uuid4().hex[:8]

    def opener(fingerprint: str = FINGERPRINT, shop: str = "test") -> MilvusStore:
        store = MilvusStore(place.uri, place.token, shop=f"{shop}-{mark}", fingerprint=fingerprint)
        opened.append(store)
        return store

    yield opener
    for store in opened:
        with suppress(StoreError):
            store.drop()
        store.close()


@pytest.fixture
def store(open_store: OpenStore) -> MilvusStore:
    return open_store()
