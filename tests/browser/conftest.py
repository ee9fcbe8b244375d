"""A real server with a real small shop in a process of its own, and Chromium in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import drawn_shop

ROOT = Path(__file__).parents[2]
CHROMIUM = os.environ.get("IMGSEARCH_TEST_CHROMIUM") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)  # fmt: skip
START_S = 240  # a limit against hanging, not a measurement
WAIT_MS = 60_000


@dataclass
class Server:
    """A running page.

    `process` is the server's own; `log` is what it printed.
    """

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def health(self) -> dict[str, Any]:
        """What /healthz says; {} while nothing answers."""
        try:
            with urllib.request.urlopen(self.url + "healthz", timeout=5) as answer:
                return dict(json.load(answer))
        except OSError:
            return {}

    def wait(self, state: str = "ready") -> Server:
        """Wait until the shop is in a state."""
        limit = time.monotonic() + START_S
        while (now := self.health().get("state")) != state:
            assert self.process.poll() is None and now != "failed", self.log.read_text()
            assert time.monotonic() < limit, self.log.read_text()
            time.sleep(0.2)
        return self

    def stop(self) -> None:
        """Ask it to stop, and see that it does."""
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(20)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def run_cli(*args: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """The command line, as a user calls it."""
    command = [sys.executable, "-m", "imgsearch", *args, "--data-dir", str(data_dir)]
    return subprocess.run(command, cwd=ROOT, env=_environment(), capture_output=True, text=True, check=False)


def _environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("IMGSEARCH_")}
    # No CI: a library that hides its traffic from continuous integration must not be excused here.
    kept.pop("CI", None)
    return {**kept, "PYTHONPATH": str(ROOT), "DISPLAY": "", "WAYLAND_DISPLAY": "", **more}


StartServer = Callable[..., Server]


@pytest.fixture(scope="session")
def start_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServer]:
    """Starts servers: start_server(data_dir, IMGSEARCH_PUBLIC="1"); all are stopped at the end."""
    servers: list[Server] = []

    def start(data_dir: Path, port: int = 0, entry: Sequence[str] = ("app.py",), **environment: str) -> Server:
        port = port or free_port()
        log = tmp_path_factory.mktemp("server") / "log.txt"
        settings = {"IMGSEARCH_DATA_DIR": str(data_dir), "IMGSEARCH_PORT": str(port), **environment}
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, *entry], cwd=ROOT, env=_environment(**settings), stdout=out, stderr=out
            )
        servers.append(Server(process, f"http://127.0.0.1:{port}/", log))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The drawn shop's feed."""
    return drawn_shop.make_shop(tmp_path_factory.mktemp("feed"))


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, feed: Path) -> Path:
    """A data directory with the drawn shop, imported by the command line; only ever copied, never served."""
    folder = tmp_path_factory.mktemp("imported")
    done = run_cli("import", str(feed), data_dir=folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def own_copy(imported: Path, tmp_path: Path) -> Path:
    """A data directory for a test's own server: an embedded database is one process's."""
    return Path(shutil.copytree(imported, tmp_path / "data"))


@pytest.fixture(scope="session")
def server(start_server: StartServer, imported: Path, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """The page of the drawn shop, shared by all tests that change nothing."""
    return start_server(shutil.copytree(imported, tmp_path_factory.mktemp("served") / "data")).wait()


@pytest.fixture(scope="session")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A photo with goods of the shop in it."""
    return drawn_shop.draw_room(tmp_path_factory.mktemp("photos") / "room.jpg")


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Chromium, headless."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not shutil.which(CHROMIUM):
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield chromium
        chromium.close()


class Visit:
    """A visitor's page, with everything that must not happen recorded."""

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.url = url
        self.console: list[str] = []
        self.outside: list[str] = []
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", self._request)

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.console.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.outside.append(request.url)

    def open(self) -> Visit:
        """Load the page and wait until its shop is open."""
        self.page.goto(self.url)
        self.page.wait_for_selector("body.shop-ready")
        return self

    def get(self, hook: str) -> Any:
        """The elements with a data-testid."""
        return self.page.get_by_test_id(hook)

    def settled(self, after: int = 0) -> int:
        """Wait until the newest request is answered; returns its rev, which is larger than `after`."""
        self.page.wait_for_function(
            "after => { const r = document.querySelector('[data-testid=results]');"
            " return r.getAttribute('aria-busy') === 'false' && Number(r.dataset.rev) > after }",
            arg=after,
        )
        return self.rev()

    def rev(self) -> int:
        """The rev of the answer on screen."""
        return int(self.get("results").get_attribute("data-rev"))

    def send(self, photo: Path | dict[str, Any]) -> int:
        """Choose a photo and wait for its first results."""
        before = self.rev()
        self.get("photo-input").set_input_files(photo)
        return self.settled(before)

    def ids(self) -> list[str]:
        """Product ids of the cards, in order."""
        return [card.get_attribute("data-product-id") for card in self.get("card").all()]


@pytest.fixture
def visit(browser: Any, server: Server) -> Iterator[Visit]:
    """A fresh visitor of the drawn shop; at the end, nothing may have gone wrong quietly."""
    visitor = Visit(browser, server.url).open()
    yield visitor
    visitor.context.close()
    assert visitor.console == []
    assert visitor.outside == []
