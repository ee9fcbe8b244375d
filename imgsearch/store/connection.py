"""Open, share and close a Milvus backend, and translate its errors; the one place that knows how pymilvus fails.

Knows nothing of rows or collections. Invariants: no exception of pymilvus or grpc leaves `Connection.call`; one
process opens an embedded database once, however many stores use it, and its lock is free after the last one closed.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgsearch.config import check_uri, without_login
from imgsearch.errors import CollectionMissing, StoreError, StoreLocked, StoreUnavailable

if TYPE_CHECKING:
    from pymilvus import MilvusClient

SLOW_S = 300.0
"""Time limit of what may take long: loading after a crash (25 s for 100,000 rows), flushing, building an index."""

_NOT_FOUND = (4, 100)  # old and new code of "no such collection"
_NOT_LOADED = (101,)
_HUNG_UP = "Too many pings"  # Milvus Lite's server says so now and then to a line that pymilvus kept; the next is new
_CONNECT_FAILED = 2

_guard = threading.Lock()
_shared: dict[tuple[str, str], Connection] = {}


class NotLoaded(StoreError):
    """The collection must be loaded before it can be read (after a reopen or a server's restart)."""


class Connection:
    """One backend, opened. `write_lock` serialises writers: Milvus Lite has no lock of its own around them."""

    def __init__(self, uri: str, token: str, timeout_s: float) -> None:
        self.uri = uri
        self.embedded = is_embedded(uri)
        self.timeout_s = timeout_s
        self.write_lock = threading.RLock()
        self.users = 0
        self._closed = False
        self.changes = 0  # counts publishings and removals, so that stores know what they learned is stale
        self._client = _open(uri, token, timeout_s)
        self.version = str(self.call("get_server_version"))
        # Behind http, too, Milvus Lite needs care (FLAT only). A real server from PyPI calls itself "v2.3.5-lite".
        self.lite = self.version.startswith("milvus_lite")

    @property
    def shown_uri(self) -> str:
        """The address without credentials, for messages."""
        return without_login(self.uri)

    def call(self, method: str, *args: Any, limit_s: float | None = None, **kwargs: Any) -> Any:
        """Call a method of the pymilvus client.

        Args:
            limit_s: time limit; None is the store's own.

        Raises:
            StoreUnavailable: nobody answers, or the token is wrong.
            CollectionMissing: the collection named does not exist.
            StoreError: Milvus refused.
        """
        import grpc
        from pymilvus.exceptions import MilvusException

        if self._closed:
            raise StoreError(f"The store at {self.shown_uri} was closed; open it again.")
        limit_s = self.timeout_s if limit_s is None else limit_s
        try:
            return getattr(self._client, method)(*args, timeout=limit_s, **kwargs)
        except (MilvusException, grpc.RpcError) as error:
            raise _translated(error, method, self.uri) from error

    def close(self) -> None:
        """Close the client; for an embedded database also the in-process server, which holds the lock."""
        self._closed = True
        self._client.close()
        if self.embedded:
            from milvus_lite.server_manager import server_manager_instance

            server_manager_instance.release_server(self.uri)


def is_embedded(uri: str) -> bool:
    """True for a `.db` path, False for a server's address."""
    return "://" not in uri


def acquire(uri: str, token: str, timeout_s: float) -> Connection:
    """The process's connection to a backend, opened if this is its first user; give it back with `release`.

    Raises:
        ConfigError: neither a `.db` path nor an http(s) address.
        StoreUnavailable: no Milvus answers there, or the token is wrong.
        StoreLocked: another process has the `.db` open.
        StoreError: the `.db` can't be opened for another reason.
    """
    check_uri(uri)
    uri = str(Path(uri).expanduser().resolve()) if is_embedded(uri) else uri
    with _guard:
        connection = _shared.get((uri, token))
        if connection is None:
            connection = _shared[uri, token] = Connection(uri, token, timeout_s)
        connection.users += 1
        return connection


def release(connection: Connection) -> None:
    """Give a connection back; the last user closes it."""
    with _guard:
        connection.users -= 1
        if connection.users > 0:
            return
        for key in [key for key, value in _shared.items() if value is connection]:
            del _shared[key]
        connection.close()


def _open(uri: str, token: str, timeout_s: float, again: bool = True) -> MilvusClient:
    import grpc
    from pymilvus import MilvusClient
    from pymilvus.exceptions import MilvusException

    # Both print a traceback for every refusal, which is our message then; pymilvus sets its level when imported.
    for library in ("pymilvus", "milvus_lite"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    if is_embedded(uri):
        _prepare_folder(Path(uri))
    try:
        return MilvusClient(uri, token=token, timeout=timeout_s)
    except (MilvusException, grpc.RpcError) as error:
        if is_embedded(uri):
            raise _why_not_opened(uri) from error
        if again and _HUNG_UP in f"{error} {error.__cause__}":
            return _open(uri, token, timeout_s, again=False)
        raise _unavailable(uri) from error


def _prepare_folder(path: Path) -> None:
    if path.is_file():
        raise StoreError(
            f"{path} is a file, but a Milvus Lite database is a folder; it was made by Milvus Lite 2.x or by something "
            "else. Move it away or choose another .db path, then import the catalog again."
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"The folder {path.parent} can't be made ({error.strerror}); choose another path.") from error


def _why_not_opened(uri: str) -> StoreError:
    """Open the database without pymilvus, which swallows the reason, and report what stands in the way."""
    from milvus_lite import DataDirLockedError, MilvusLite, MilvusLiteError

    try:
        MilvusLite(uri).close()
    except DataDirLockedError:
        return StoreLocked(
            f"Another process has {uri} open, and an embedded database can be open in one process only. Stop the other "
            "one (the page, or an import), or give this one another data folder, or run a Milvus server and use its "
            "http:// address in both."
        )
    except (MilvusLiteError, OSError, ValueError) as error:
        return StoreError(
            f"{uri} can't be opened ({_first_line(error)}). Check that the folder can be written, or choose another "
            ".db path and import the catalog again."
        )
    return StoreError(f"{uri} could not be opened; it may have been in use for a moment. Try again.")


def _translated(error: Exception, method: str, uri: str) -> StoreError:
    code = getattr(error, "code", None)
    code = code() if callable(code) else code
    text = _first_line(error)
    if code in _NOT_FOUND or "collection not found" in text:
        return CollectionMissing(f"Milvus has no such collection ({text}). Import a catalog first.")
    if code in _NOT_LOADED or "not loaded" in text:
        return NotLoaded(f"The collection is not loaded ({text}). Try again.")
    if _is_connection_failure(code, text):
        return _unavailable(uri)
    return StoreError(f"Milvus at {without_login(uri)} refused {method} ({text}). See `python -m imgsearch doctor`.")


def _is_connection_failure(code: object, text: str) -> bool:
    import grpc

    status = grpc.StatusCode
    down = (status.UNAVAILABLE, status.DEADLINE_EXCEEDED, status.UNAUTHENTICATED, status.PERMISSION_DENIED)
    phrases = ("Fail connecting", "Retry timeout", "Retry run out", "auth check failure")
    return code in down or code == _CONNECT_FAILED or any(phrase in text for phrase in phrases)


def _unavailable(uri: str) -> StoreUnavailable:
    if is_embedded(uri):
        return StoreUnavailable(f"The embedded database {uri} did not answer in time. Try again, or restart.")
    return StoreUnavailable(
        f"No Milvus answers at {without_login(uri)}, or the token is wrong (Milvus does not say which). Check "
        "IMGSEARCH_URI and IMGSEARCH_TOKEN, start the server, or use a .db path for the embedded database."
    )


def _first_line(error: Exception) -> str:
    message = getattr(error, "message", None) or str(error)
    return (str(message).strip().splitlines() or [type(error).__name__])[0][:200]
