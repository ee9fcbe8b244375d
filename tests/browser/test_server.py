"""The server around the page: first start, limits, headers, login, uploads, and what happens when it goes away."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import numpy as np
import pytest

from imgsearch.config import Settings
from imgsearch.records import Product
from imgsearch.store import Entry, MilvusStore
from tests import drawn_shop
from tests.browser.conftest import (
    PASSWORD,
    ROOT,
    USER,
    CopyShop,
    Life,
    Server,
    StartServer,
    Visit,
    free_port,
    uploaded,
)


def _get(server: Server, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(server.url + path, body, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def _first_picture(visit: Visit) -> str:
    return str(visit.get("card").first.locator("img").get_attribute("src"))


def test_health_names_the_shop_and_its_products(server: Server) -> None:
    """For whoever watches the server."""
    assert server.health() == {"ok": True, "state": "ready", "shop": "shop", "products": drawn_shop.PRODUCTS}


def test_answers_carry_the_headers_that_keep_browsers_honest(server: Server) -> None:
    """No guessing of types, no referrer elsewhere, no foreign frame, no address but the server's own."""
    _, headers, _ = _get(server, "")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "frame-ancestors 'self'" in headers["content-security-policy"]
    assert "default-src 'self'" in headers["content-security-policy"]


def test_without_a_login_it_answers_under_its_own_names_only(server: Server) -> None:
    """A site that points its own name to this machine can't use the page of whoever visits it."""
    for name in ("localhost", "LOCALHOST:7860", "127.0.0.1:1", "[::1]:7860"):
        assert _get(server, "healthz", Host=name)[0] == 200, name
    for name in ("shop.example", "evil.example:7860", "127.0.0.1.evil.example", "localhost.evil.example"):
        for path in ("", "healthz", "gradio_api/info"):
            status, _, body = _get(server, path, Host=name)
            assert status == 421, (name, path)
            assert "IMGSEARCH_AUTH" in json.loads(body)["detail"]


@pytest.mark.parametrize("path", ["gradio_api/component_server", "gradio_api/queue/join", "gradio_api/upload", "login"])
def test_another_sites_page_can_change_nothing(server: Server, guarded_server: Server, path: str) -> None:
    """Not by a form, to which a browser adds the login's cookie; programs and this server's own pages can."""
    own = urlsplit(server.url).netloc
    for foreign in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
    ):
        for running in (server, guarded_server):
            assert _get(running, path, b"{}", **foreign)[0] == 403, foreign
    for ours in ({}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": f"http://{own}"}):
        assert _get(server, path, b"{}", **ours)[0] != 403, ours


def test_another_sites_page_can_not_read_behind_a_login(guarded_server: Server) -> None:
    """Gradio's own answers would name any site as allowed to, with the login's cookie."""
    _, headers, _ = _get(guarded_server, "gradio_api/info", Host="shop.example", Origin="https://evil.example")
    assert not [name for name in headers if name.startswith("access-control-")]


def test_product_pictures_may_be_kept_for_ever(visit: Visit, server: Server, room: Path) -> None:
    """They are named by their content."""
    visit.send(room)
    status, headers, body = _get(server, _first_picture(visit))
    assert status == 200
    assert "immutable" in headers["cache-control"]
    assert body[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "path",
    [
        "thumbs/card/..%2F..%2Fmilvus.db", "thumbs/card/nothing", "thumbs/other/" + "a" * 64, "samples/..%2Ffeed.tsv",
        "gradio_api/file=/etc/passwd", f"gradio_api/file={ROOT}/app.py", "static/..%2f..%2f..%2fetc/passwd",
    ],
)  # fmt: skip
def test_no_address_leads_to_another_file(server: Server, path: str) -> None:
    """Not by dots, not by absolute paths."""
    assert _get(server, path)[0] in (403, 404, 422)


def test_a_body_over_the_limit_is_refused_before_it_is_read(server: Server) -> None:
    """The declared length is enough; not a byte of the body is sent here."""
    host = urlsplit(server.url)
    connection = http.client.HTTPConnection(str(host.hostname), host.port, timeout=30)
    connection.putrequest("POST", "/gradio_api/upload")
    connection.putheader("Content-Length", str(500 * 2**20))
    connection.putheader("Content-Type", "multipart/form-data; boundary=x")
    connection.endheaders()
    answer = connection.getresponse()
    assert answer.status == 413
    assert "MiB" in json.load(answer)["detail"]


def test_a_body_without_a_length_is_refused_while_it_comes(server: Server) -> None:
    """Chunked sending is no way around the limit."""
    host = urlsplit(server.url)
    with socket.create_connection((str(host.hostname), int(host.port or 80)), timeout=30) as line:
        line.sendall(
            b"POST /gradio_api/upload HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            b"Content-Type: multipart/form-data; boundary=x\r\n\r\n"
        )
        head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.jpg"\r\n\r\n'
        line.sendall(f"{len(head):x}\r\n".encode() + head + b"\r\n")
        chunk = b"100000\r\n" + bytes(2**20) + b"\r\n"
        received = b""
        try:
            for _ in range(40):
                line.sendall(chunk)
            received = line.recv(200)
        except (ConnectionError, TimeoutError):
            received = received or b"HTTP/1.1 413 closed while sending"
    assert b" 413 " in received.splitlines()[0] or b" 400 " in received.splitlines()[0]


def test_the_page_needs_neither_torch_nor_ultralytics(life: Life) -> None:
    """After a photo was searched, the process that served it holds neither (it tells its modules when it ends)."""
    assert "openvino" in life.modules
    assert not life.modules & {"torch", "ultralytics", "torchvision"}


def test_uploads_do_not_outlive_the_server(life: Life) -> None:
    """While it runs they are kept, so that another box of the same photo can be searched."""
    assert life.uploads
    assert not life.left


@pytest.fixture(scope="module")
def bare_data(copy_shop: CopyShop) -> Path:
    """The data directory of the server below."""
    return copy_shop("bare")


@pytest.fixture(scope="module")
def bare_server(start_server: StartServer, bare_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A page that has no detector and keeps no photo."""
    models = tmp_path_factory.mktemp("models")
    for name in ("embedder.safetensors", "embedder.json"):
        shutil.copy(ROOT / "assets" / "models" / name, models)
    return start_server(bare_data, IMGSEARCH_MODELS=str(models), IMGSEARCH_KEEP_NOTHING="1").wait()


def test_with_keep_nothing_uploads_do_not_outlive_their_answer(
    bare_server: Server, bare_data: Path, browser: Any, room: Path
) -> None:
    """And the photo can still be searched."""
    visit = Visit(browser, bare_server.url).open()
    rev = visit.send(room)
    assert not uploaded(bare_data)
    visit.get("whole-photo").click()
    visit.settled(rev)
    assert visit.get("card").count() == 24
    assert not uploaded(bare_data)
    visit.context.close()


def test_without_a_detector_the_page_says_so_and_still_searches(bare_server: Server, browser: Any, room: Path) -> None:
    """The whole photo and an own box remain."""
    visit = Visit(browser, bare_server.url).open()
    rev = visit.send(room)
    assert visit.get("message").get_attribute("data-code") == "no_detector"
    assert visit.get("box").count() == 0
    area = visit.page.locator(".frame").bounding_box()
    visit.page.mouse.move(area["x"] + 0.63 * area["width"], area["y"] + 0.51 * area["height"])
    visit.page.mouse.down()
    visit.page.mouse.move(area["x"] + 0.77 * area["width"], area["y"] + 0.71 * area["height"], steps=5)
    visit.page.mouse.up()
    visit.settled(rev)
    assert visit.ids()[0] == "SKU-000"
    visit.context.close()


def test_a_restart_costs_the_visitor_nothing_and_a_server_that_stays_away_is_named_and_awaited(
    start_server: StartServer, own_copy: Path, browser: Any, room: Path
) -> None:
    """The new process does not know the photo; the page sends it again by itself.

    No dead spinner: the page says that the server is gone, and goes on with the same photo when it is back. So it is
    for one that was killed and for one that was stopped; Gradio's own toast about it stays away.
    """
    port = free_port()
    first = start_server(own_copy, port).wait()
    visit = Visit(browser, first.url).open()
    rev = visit.send(room)
    first.stop()
    second = start_server(own_copy, port).wait()
    visit.get("whole-photo").click()
    visit.settled(rev)
    assert visit.get("whole-photo").get_attribute("aria-pressed") == "true"
    assert visit.get("card").count() == 24
    assert visit.get("message").count() == 0

    second.process.send_signal(signal.SIGKILL)
    second.process.wait(20)
    visit.get("box").first.click()
    _is_told_that_the_server_is_gone(visit)
    # The message may stand already when the click asks: the stream broke before.
    visit.page.wait_for_selector("[data-testid=results][aria-busy=false]")
    third = start_server(own_copy, port).wait()
    visit.page.wait_for_selector("[data-testid=box][aria-pressed=true]")
    visit.settled(0)
    assert visit.get("card").count() > 0

    third.stop()
    visit.get("whole-photo").click()
    _is_told_that_the_server_is_gone(visit)
    visit.context.close()


def _is_told_that_the_server_is_gone(visit: Visit) -> None:
    visit.page.wait_for_selector("[data-testid=message][data-code=server_gone]")
    toasts = visit.page.get_by_test_id("toast-body").all()
    assert not [toast.inner_text() for toast in toasts if toast.is_visible()]


def test_a_login_guards_the_page_and_its_pictures(guarded_server: Server, imported: Path) -> None:
    """Without it, no configuration and no picture; with the right password, both; with a wrong one, neither."""
    running = guarded_server
    picture = "thumbs/card/" + next((imported / "shops" / "shop" / "thumbs").glob("*.webp")).stem.removesuffix("-large")
    assert _get(running, picture)[0] == 401
    assert _get(running, "config")[0] == 401

    def log_in(password: str) -> tuple[int, str]:
        data = urlencode({"username": USER, "password": password}).encode()
        try:
            with urllib.request.urlopen(running.url + "login", data, timeout=30) as answer:
                cookies = answer.headers.get_all("Set-Cookie")
                return answer.status, "; ".join(cookie.split(";")[0] for cookie in cookies)
        except urllib.error.HTTPError as error:
            return error.code, ""

    assert log_in("open says me")[0] == 400
    status, cookie = log_in(PASSWORD)
    assert status == 200
    assert _get(running, picture, Cookie=cookie)[0] == 200
    assert _get(running, "config", Cookie=cookie)[0] == 200
    assert _get(running, "config", Cookie=cookie, Host="shop.example")[0] == 200  # as a reverse proxy passes it on


def test_a_page_whose_login_ran_out_asks_for_it_and_goes_on_with_the_photo(
    guarded_server: Server, browser: Any, room: Path
) -> None:
    """As after a restart: no dead end, and no word of a server that is gone or busy."""
    visit = Visit(browser, guarded_server.url)
    visit.page.goto(visit.url)
    _log_in(visit)
    visit.context.clear_cookies()
    visit.get("photo-input").set_input_files(room)
    _log_in(visit)
    visit.settled(0)
    assert visit.get("card").count() == 24
    assert visit.get("message").count() == 0

    visit.context.clear_cookies()
    visit.page.get_by_role("tab", name="Review").click()
    _log_in(visit)
    visit.context.close()


def _log_in(visit: Visit) -> None:
    password = visit.page.locator("input[type=password]")
    password.wait_for()
    visit.page.locator("input").first.fill(USER)
    password.fill(PASSWORD)
    visit.page.get_by_role("button", name="Login").click()
    visit.page.wait_for_selector("body.shop-ready")


def test_a_page_open_to_everybody_does_not_start_by_mistake(own_copy: Path) -> None:
    """One sentence on stderr, exit 2, no traceback."""
    done = _start_and_fail(own_copy, IMGSEARCH_HOST="0.0.0.0")
    assert done.returncode == 2
    assert "IMGSEARCH_AUTH" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_password_in_place_of_its_hash_does_not_start(own_copy: Path) -> None:
    """Nobody could log in; the sentence says how the hash is made, and not what the password is."""
    done = _start_and_fail(own_copy, IMGSEARCH_AUTH="ada:open-sesame")
    assert done.returncode == 2
    assert "--hash-password" in done.stderr
    assert "open-sesame" not in done.stderr


def test_a_port_in_use_is_named(own_copy: Path, server: Server) -> None:
    """With what to do."""
    port = str(urlsplit(server.url).port)
    done = _start_and_fail(own_copy, IMGSEARCH_PORT=port)
    assert done.returncode == 2
    assert port in done.stderr
    assert "IMGSEARCH_PORT" in done.stderr


def _start_and_fail(data_dir: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": "/usr/bin:/bin", "IMGSEARCH_DATA_DIR": str(data_dir), **settings}
    return subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )


# The Space's tests make the first start on every run, progress and all; these take minutes.
@pytest.mark.soak
@pytest.mark.parametrize("before", ["nothing", "a demo of other weights"])
def test_the_first_start_shows_its_progress_and_goes_on_by_itself(
    start_server: StartServer, browser: Any, tmp_path: Path, before: str
) -> None:
    """The server answers at once; the demo is prepared behind a progress bar; then its samples can be tried.

    So it is after an update that brought other weights, too.
    """
    if before != "nothing":
        _publish_old_demo(tmp_path / "new")
    running = start_server(tmp_path / "new").wait("preparing")
    visit = Visit(browser, running.url)
    visit.page.goto(running.url)
    visit.page.wait_for_selector("[data-testid=import-progress]")
    visit.page.wait_for_selector("body.shop-ready", timeout=240_000)
    assert not visit.get("import-progress").is_visible()
    assert visit.get("sample").count() > 0
    visit.get("sample").first.click()
    visit.settled(0)
    assert visit.get("card").count() > 0
    assert (visit.console, visit.outside) == ([], [])
    visit.context.close()
    running.stop()
    assert start_server(tmp_path / "new").wait().health()["shop"] == "demo"


def _publish_old_demo(data_dir: Path) -> None:
    """A demo of one product, made by weights that are no longer there."""
    data_dir.mkdir()
    settings = Settings.from_env({}, data_dir=str(data_dir))
    product = Product(product_id="old", title="Old", images=())
    with MilvusStore(settings.store_uri, shop="demo", fingerprint="0" * 64) as store:
        store.begin()
        store.upsert([Entry("old#0", product, "0" * 64)], np.eye(1, 256, dtype=np.float32))
        store.publish()
