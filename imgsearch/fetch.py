"""Download one picture of a feed over http(s): bounded in bytes and time, and never from a private network.

Knows nothing about catalogs or pictures. Invariants: the address that was checked is the address that is connected to
(a name can't be re-pointed in between); every redirect is checked again; no proxy, cookie or credential is sent; no
more than `max_bytes` are read and no more than `total_s` are spent, however slowly the bytes come (beside what the
system takes to look up a name).
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import math
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from imgsearch.errors import ImageError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_BYTES = 20 * 2**20
CONNECT_S = 5.0
TOTAL_S = 30.0
MAX_REDIRECTS = 5
_CHUNK_BYTES = 64 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_TRY_LATER = (408, 425, 429)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class FetchError(ImageError):
    """The picture could not be downloaded. `temporary`: it may work later (the network, not the link, is at fault)."""

    def __init__(self, message: str, temporary: bool = False) -> None:
        self.temporary = temporary
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Limits:
    """What a download may take. `allow_private` is for shops whose pictures lie on their own network."""

    allow_private: bool = False
    max_bytes: int = MAX_BYTES
    connect_s: float = CONNECT_S
    total_s: float = TOTAL_S


def is_public(address: str) -> bool:
    """True for an address of the public internet, also looking inside IPv6 forms that carry an IPv4 address.

    >>> is_public("93.184.216.34"), is_public("10.0.0.1"), is_public("::ffff:127.0.0.1")
    (True, False, False)
    """
    ip: Address = ipaddress.ip_address(address.partition("%")[0])
    return all(part.is_global and not part.is_multicast and not part.is_reserved for part in _carried(ip))


def _carried(ip: Address) -> Iterator[Address]:
    if isinstance(ip, ipaddress.IPv4Address):
        yield ip
        return
    if ip.ipv4_mapped is not None:
        yield ip.ipv4_mapped
        return
    yield ip
    if ip.sixtofour is not None:
        yield ip.sixtofour
    if ip.teredo is not None:
        yield from ip.teredo
    if ip in _NAT64:
        yield ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)


def download(url: str, limits: Limits | None = None) -> bytes:
    """The bytes behind an http(s) link.

    Raises:
        FetchError: a link that can't be used, a private address, too many redirects, too many bytes, too slow, or
            an answer other than 200.
    """
    allowed = limits or Limits()
    deadline = time.monotonic() + allowed.total_s
    for _ in range(MAX_REDIRECTS + 1):
        parts = _checked(url)
        found = _get(parts, allowed, deadline)
        if isinstance(found, bytes):
            return found
        url = urljoin(url, found)
    raise FetchError(f"The link {_short(parts)} redirects more than {MAX_REDIRECTS} times.")


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise FetchError(f"The link {url[:80]!r} is not a valid address.") from error
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname:
        raise FetchError(f"The link {url[:80]!r} is not an http(s) address.")
    if parts.username is not None or parts.password is not None:
        raise FetchError(f"The link to {parts.hostname} carries a user name; links with credentials are not followed.")
    if port == 0:
        raise FetchError(f"The link to {parts.hostname} names port 0.")
    return parts


def _get(parts: SplitResult, limits: Limits, deadline: float) -> bytes | str:
    """The body, or where the answer redirects to."""
    connection = _connect(parts, limits, deadline)
    try:
        target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{_query(parts)}" if parts.query else "")
        connection.request("GET", target, headers={"User-Agent": "imgsearch", "Accept": "image/*,*/*;q=0.5"})
        with _response(connection.sock, parts, limits, deadline) as response:
            response.begin()
            if response.status in _REDIRECTS:
                return _location(response, parts)
            _check_status(response, parts)
            return _body(response, parts, limits)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise FetchError(f"The download from {_short(parts)} failed ({_first(error)}).", temporary=True) from error
    finally:
        connection.close()


def _response(sock: socket.socket, parts: SplitResult, limits: Limits, deadline: float) -> http.client.HTTPResponse:
    """An answer whose header and body are both read against the deadline."""
    response = http.client.HTTPResponse(sock, method="GET")
    response.fp = io.BufferedReader(_Timed(response.fp.detach(), sock, parts, limits.connect_s * 2, deadline))
    return response


class _Timed(io.RawIOBase):
    """What comes through a socket. A socket's own timeout is no limit: it starts anew with every byte.

    Args:
        raw: reads from `sock`.
        first_s: how long a server may think before its first byte.
        deadline: `time.monotonic` after which nothing is read.
    """

    def __init__(
        self, raw: io.RawIOBase, sock: socket.socket, parts: SplitResult, first_s: float, deadline: float
    ) -> None:
        self._raw, self._sock, self._parts = raw, sock, parts
        self._patience_s, self._deadline = first_s, deadline

    def readable(self) -> bool:
        """True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int | None:
        """As the socket's, within the time that is left.

        Raises:
            FetchError: the time is over.
            OSError: the socket's own, a timeout among them.
        """
        self._sock.settimeout(min(self._patience_s, _left(self._deadline, self._parts)))
        count = self._raw.readinto(buffer)
        self._patience_s = math.inf
        return count

    def close(self) -> None:
        """Close the socket's side, too."""
        self._raw.close()
        super().close()


def _query(parts: SplitResult) -> str:
    return quote(parts.query, safe="/?%:@!$&'()*+,;=~-._[]")


def _location(response: http.client.HTTPResponse, parts: SplitResult) -> str:
    target = response.getheader("Location")
    if not target:
        raise FetchError(f"{_short(parts)} redirects to nowhere.")
    return target


def _check_status(response: http.client.HTTPResponse, parts: SplitResult) -> None:
    if response.status != 200:
        temporary = response.status >= 500 or response.status in _TRY_LATER
        raise FetchError(f"{_short(parts)} answers {response.status} {response.reason}".rstrip() + ".", temporary)


def _body(response: http.client.HTTPResponse, parts: SplitResult, limits: Limits) -> bytes:
    too_large = FetchError(f"The picture at {_short(parts)} is larger than {limits.max_bytes // 2**20} MiB.")
    if (response.length or 0) > limits.max_bytes:
        raise too_large
    chunks, size = [], 0
    while chunk := response.read1(_CHUNK_BYTES):
        size += len(chunk)
        if size > limits.max_bytes:
            raise too_large
        chunks.append(chunk)
    if response.length:
        raise FetchError(f"The download from {_short(parts)} broke off after {size} bytes.", temporary=True)
    return b"".join(chunks)


def _left(deadline: float, parts: SplitResult) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise FetchError(f"The download from {_short(parts)} took too long.", temporary=True)
    return left


def _connect(parts: SplitResult, limits: Limits, deadline: float) -> http.client.HTTPConnection:
    host, secure = str(parts.hostname), parts.scheme.lower() == "https"
    port = parts.port or (443 if secure else 80)
    address = _resolve(host, port, limits, parts)
    try:
        sock = socket.create_connection((address, port), timeout=min(limits.connect_s, _left(deadline, parts)))
    except OSError as error:
        raise FetchError(f"{_short(parts)} can't be reached ({_first(error)}).", temporary=True) from error
    try:
        if secure:
            sock.settimeout(min(limits.connect_s, _left(deadline, parts)))  # for the whole handshake
            # The certificate is checked for the name, although the connection goes to the pinned address.
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=host)
    except OSError as error:
        sock.close()
        raise FetchError(f"{_short(parts)} offers no valid TLS connection ({_first(error)}).", True) from error
    except FetchError:
        sock.close()
        raise
    connection = http.client.HTTPConnection(host, port)
    connection.default_port = 443 if secure else 80  # so that the Host header names no default port
    connection.sock = sock
    return connection


def _resolve(host: str, port: int, limits: Limits, parts: SplitResult) -> str:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchError(f"The host {host[:80]!r} is not known ({_first(error)}).", temporary=True) from error
    addresses = [str(entry[4][0]) for entry in found]
    if not limits.allow_private and not all(is_public(address) for address in addresses):
        raise FetchError(
            f"{_short(parts)} lies on a private network; set IMGSEARCH_ALLOW_PRIVATE_URLS=1 to allow such links."
        )
    return addresses[0]


def _short(parts: SplitResult) -> str:
    return f"{parts.scheme}://{parts.hostname}{parts.path}"[:100]


def _first(error: BaseException) -> str:
    reason = getattr(error, "strerror", None) or (str(error).splitlines() or [""])[0]
    return str(reason)[:100] or type(error).__name__
