"""Downloads of feed pictures, against a real HTTP server on this machine."""

from __future__ import annotations

import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from imgsearch import fetch
from imgsearch.fetch import FetchError, Limits, download

PICTURE = b"\xff\xd8\xff" + bytes(range(256)) * 40
HERE = Limits(allow_private=True, connect_s=2, total_s=2)


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path.startswith("/hop/"):
            left = int(path.rsplit("/", 1)[1])
            self._answer(302, b"", Location=f"/hop/{left - 1}" if left else "/picture.jpg")
        elif path == "/away":
            self._answer(302, b"", Location="http://169.254.169.254/latest/meta-data")
        elif path == "/file":
            self._answer(302, b"", Location="file:///etc/hostname")
        elif path == "/nowhere":
            self._answer(302, b"")
        elif path == "/endless":
            self._stream(lambda: True, pause_s=0)
        elif path == "/slow":
            stop = time.monotonic() + 10
            self._stream(lambda: time.monotonic() < stop, pause_s=0.2)
        elif path.startswith("/drip/"):
            self._drip(path.rsplit("/", 1)[1])
        elif path == "/short":
            self._answer(200, PICTURE[:100], length=len(PICTURE))
        elif path == "/claims":
            self._answer(200, b"x", length=10**9)
        elif path.startswith("/status/"):
            self._answer(int(path.rsplit("/", 1)[1]), b"no")
        elif path in ("/picture.jpg", "/a%20b.jpg"):
            self._answer(200, PICTURE)
        else:
            self._answer(404, b"")

    def _answer(self, status: int, body: bytes, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, more: object, pause_s: float) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while more():  # type: ignore[operator]
                self.wfile.write(b"x" * (1 if pause_s else 65536))
                self.wfile.flush()
                time.sleep(pause_s)
        except OSError:
            pass  # the client hung up, as it should

    def _drip(self, what: str) -> None:
        """A whole answer of three seconds, in which no pause is longer than a tenth of one."""
        status, chunked = b"HTTP/1.1 200 OK\r\n", b"Transfer-Encoding: chunked\r\n\r\n"
        head = {
            "status": b"HTTP/1.1 200 ",
            "header": status + b"X-Slow: ",
            "trailer": status + chunked + b"0\r\nX-Slow: ",
        }[what]
        self.close_connection = True
        try:
            self.wfile.write(head)
            for _ in range(30):
                self.wfile.write(b"a")
                time.sleep(0.1)
            self.wfile.write(b"\r\n\r\n")
        except OSError:
            pass  # the client hung up, as it should

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.daemon_threads = True
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()


@pytest.fixture(scope="module")
def secure_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """The same over TLS, and the file of the certificate that it has given itself."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl makes the certificate, and is not there")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=shop"
    made += f" -addext subjectAltName=IP:127.0.0.1 -keyout {key} -out {certificate}"
    subprocess.run([openssl, *made.split()], check=True, capture_output=True)
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    httpd.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    httpd.socket = context.wrap_socket(httpd.socket, server_side=True)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{httpd.server_port}", certificate
    httpd.shutdown()
    httpd.server_close()


def refused(url: str, limits: Limits = HERE) -> FetchError:
    with pytest.raises(FetchError) as caught:
        download(url, limits)
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_picture_comes_whole(server: str) -> None:
    assert download(f"{server}/picture.jpg?w=4&h=ü", HERE) == PICTURE
    assert download(f"{server}/a b.jpg", HERE) == PICTURE


def test_redirects_are_followed_up_to_five(server: str) -> None:
    assert download(f"{server}/hop/4", HERE) == PICTURE
    assert "redirects more than 5 times" in str(refused(f"{server}/hop/9"))
    assert "nowhere" in str(refused(f"{server}/nowhere"))


def test_private_addresses_are_refused_unless_allowed(server: str) -> None:
    error = refused(f"{server}/picture.jpg", Limits())
    assert "IMGSEARCH_ALLOW_PRIVATE_URLS" in str(error)
    assert not error.temporary
    localhost = server.replace("127.0.0.1", "localhost")
    assert "private network" in str(refused(f"{localhost}/picture.jpg", Limits()))


def test_a_redirect_is_checked_like_the_link_itself(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first host passes as public, the host it redirects to does not."""
    public = fetch.is_public
    monkeypatch.setattr(fetch, "is_public", lambda address: address == "127.0.0.1" or public(address))
    assert download(f"{server}/picture.jpg") == PICTURE
    assert "private network" in str(refused(f"{server}/away", Limits()))
    assert "not an http(s) address" in str(refused(f"{server}/file"))


def test_the_connection_goes_to_the_address_that_was_checked(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that resolves to a public address first and to loopback later gains nothing: it is resolved once."""
    answers = iter(["127.0.0.1", "10.0.0.1"])
    calls: list[str] = []
    real = socket.getaddrinfo

    def resolve(host: str, port: int, *args: object, **kwargs: object) -> object:
        if host == "rebinding.example":
            calls.append(host)
            host = next(answers)
        return real(host, port, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    port = server.rsplit(":", 1)[1]
    assert download(f"http://rebinding.example:{port}/picture.jpg", HERE) == PICTURE
    assert calls == ["rebinding.example"]


PRIVATE = (
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255"
    " ::1 :: fe80::1%eth0 fc00::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"
    " 2001:0:4136:e378:8000:63bf:80ff:fffe"
)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_that_are_not_public(address: str) -> None:
    assert not fetch.is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_addresses_that_are_public(address: str) -> None:
    assert fetch.is_public(address)


@pytest.mark.parametrize("host", ["2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_other_spellings_of_loopback_are_refused(server: str, host: str) -> None:
    refused(f"http://{host}:{server.rsplit(':', 1)[1]}/picture.jpg", Limits())


def test_size_is_limited_before_and_while_reading(server: str) -> None:
    small = Limits(allow_private=True, max_bytes=2**20, total_s=5)
    assert "larger than 1 MiB" in str(refused(f"{server}/endless", small))
    assert "larger than 1 MiB" in str(refused(f"{server}/claims", small))


def test_a_slow_answer_ends_at_the_deadline(server: str) -> None:
    error = refused(f"{server}/slow", Limits(allow_private=True, connect_s=2, total_s=0.7))
    assert error.temporary


@pytest.mark.parametrize("what", ["status", "header", "trailer"])
def test_a_byte_now_and_then_moves_no_deadline(server: str, what: str) -> None:
    error = refused(f"{server}/drip/{what}", Limits(allow_private=True, connect_s=2, total_s=0.5))
    assert error.temporary
    assert "timed out" in str(error) or "took too long" in str(error)


def test_over_tls_the_certificate_and_the_deadline_hold(
    secure_server: tuple[str, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    url, certificate = secure_server
    assert "no valid TLS connection" in str(refused(f"{url}/picture.jpg"))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert download(f"{url}/picture.jpg", HERE) == PICTURE
    error = refused(f"{url}/drip/header", Limits(allow_private=True, connect_s=2, total_s=0.5))
    assert "timed out" in str(error) or "took too long" in str(error)


def test_a_broken_off_download_is_no_picture(server: str) -> None:
    assert refused(f"{server}/short").temporary


@pytest.mark.parametrize(("status", "temporary"), [(404, False), (403, False), (500, True), (429, True)])
def test_other_answers_than_200_are_named(server: str, status: int, temporary: bool) -> None:
    error = refused(f"{server}/status/{status}")
    assert str(status) in str(error)
    assert error.temporary is temporary


def test_nobody_there_and_unknown_hosts_are_temporary() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert refused(f"http://127.0.0.1:{port}/x").temporary
    assert "not known" in str(refused("http://no-such-host.invalid/x"))


@pytest.mark.parametrize(
    "url",
    ["ftp://host/x", "http://", "/x.jpg", "http://[::1", "http://host:99999/", "http://user:pw@host/", "http://h:0/"],
)
def test_links_that_can_not_be_used(url: str) -> None:
    error = refused(url)
    assert not error.temporary
    assert "pw" not in str(error)
