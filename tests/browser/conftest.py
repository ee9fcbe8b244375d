"""A real server with a real small shop in a process of its own, and Chromium in front of it."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
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

from imgsearch.passwords import hash_password
from tests import drawn_shop

ROOT = Path(__file__).parents[2]
GUARD = ROOT / "tests" / "traffic_guard.py"
CHROMIUM = os.environ.get("IMGSEARCH_TEST_CHROMIUM") or "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)  # fmt: skip
START_S = 240  # a limit against hanging, not a measurement
WAIT_MS = 60_000
STREAM = "/queue/data"  # where Gradio streams the answers
STREAM_WAIT_S = 5.0
USER, PASSWORD = "ada", "open sesame"
STILL: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
MOVING = {"reduced_motion": "no-preference"}

RECORD_MODULES = """
import atexit, runpy, sys
atexit.register(lambda: open(sys.argv[1], "w").write("\\n".join(sys.modules)))
runpy.run_path("app.py", run_name="__main__")
"""

# An embedded database is one process's, and stays it until that process ends: so another one changes it.
STRICT = """
import json, sys
from imgsearch.config import Settings
from imgsearch.embed import load_embedder
from imgsearch.search import open_store
from imgsearch.weights import resolve

store = open_store(Settings.from_env({}, data_dir=sys.argv[1]), load_embedder(resolve("bundled").embedder, "cpu"))
thresholds = json.loads(store.get_meta()["thresholds"])
store.set_meta({"thresholds": json.dumps(thresholds | {"similar": 9.0, "likely": 9.0, "exact": 9.0})})
store.close()
"""


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
            assert self.process.poll() is None and now in ("preparing", None), self.log.read_text()
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


def run_cli(*args: str, data_dir: Path, guard: Path | None = None) -> subprocess.CompletedProcess[str]:
    """The command line, as a user calls it; with `guard`, its outside connection attempts are recorded there."""
    guarded = [str(GUARD), str(guard)] if guard else []
    command = [sys.executable, *guarded, "-m", "imgsearch", *args, "--data-dir", str(data_dir)]
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
def import_traffic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the import below records its outside connection attempts: no file as long as there are none."""
    return tmp_path_factory.mktemp("traffic") / "log.txt"


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory, feed: Path, import_traffic: Path) -> Path:
    """A data directory with the drawn shop, imported by the command line; only ever copied, never served."""
    folder = tmp_path_factory.mktemp("imported")
    done = run_cli("import", str(feed), data_dir=folder, guard=import_traffic)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def own_copy(imported: Path, tmp_path: Path) -> Path:
    """A data directory for a test's own server: an embedded database is one process's."""
    return Path(shutil.copytree(imported, tmp_path / "data"))


CopyShop = Callable[[str], Path]


@pytest.fixture(scope="session")
def copy_shop(imported: Path, tmp_path_factory: pytest.TempPathFactory) -> CopyShop:
    """Copies of the data directory for the servers that tests share: copy_shop(name)."""
    return lambda name: Path(shutil.copytree(imported, tmp_path_factory.mktemp(name) / "data"))


@pytest.fixture(scope="session")
def server(start_server: StartServer, copy_shop: CopyShop) -> Server:
    """The page of the drawn shop, shared by all tests that change nothing."""
    return start_server(copy_shop("served")).wait()


@pytest.fixture(scope="session")
def strict_server(start_server: StartServer, copy_shop: CopyShop) -> Server:
    """The page of a shop that finds nothing alike, since no evidence reaches its thresholds."""
    data = copy_shop("strict")
    subprocess.run([sys.executable, "-c", STRICT, str(data)], cwd=ROOT, check=True)
    return start_server(data).wait()


@pytest.fixture(scope="session")
def guarded_server(start_server: StartServer, copy_shop: CopyShop) -> Server:
    """A public page behind a login, of `USER` with `PASSWORD`."""
    login = f"{USER}:{hash_password(PASSWORD)}"
    return start_server(copy_shop("guarded"), IMGSEARCH_AUTH=login, IMGSEARCH_PUBLIC="1").wait()


@pytest.fixture(scope="session")
def reviewed_shop(copy_shop: CopyShop) -> Path:
    """The shop's folder of the server below."""
    folder = copy_shop("reviewed") / "shops" / "shop"
    drawn_shop.add_queries(folder)
    return folder


@pytest.fixture(scope="session")
def reviewed_server(start_server: StartServer, reviewed_shop: Path) -> Server:
    """The page of a drawn shop with queries to grade; who uses it asks for `no_grades`, too."""
    return start_server(reviewed_shop.parents[1]).wait()


@pytest.fixture
def no_grades(reviewed_shop: Path) -> None:
    """The test begins without grades."""
    path = reviewed_shop / "review.db"
    if path.exists():
        with closing(sqlite3.connect(path)) as db, db:
            for table in ("lists", "grades", "notes", "steps"):
                db.execute(f"DELETE FROM {table}")


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


@dataclass(frozen=True)
class Life:
    """What was seen of a server from its start to its end; its page and its API searched a photo in between."""

    answers: dict[str, Any]  # of the API, by name
    uploads: list[Path]  # files kept while it ran
    left: list[Path]  # files left when it had ended
    modules: set[str]  # all that it had loaded when it ended
    traffic: Path  # its outside connection attempts: no file if there were none


@pytest.fixture(scope="session")
def life(
    start_server: StartServer, copy_shop: CopyShop, browser: Any, room: Path, tmp_path_factory: pytest.TempPathFactory
) -> Life:
    """One server with the usual settings, watched from its start to its end."""
    gradio_client = pytest.importorskip("gradio_client")
    folder, data = tmp_path_factory.mktemp("life"), copy_shop("watched")
    traffic, modules, script = (folder / name for name in ("traffic.txt", "modules.txt", "record.py"))
    script.write_text(RECORD_MODULES)
    running = start_server(data, entry=(str(GUARD), str(traffic), str(script), str(modules))).wait()
    visit = Visit(browser, running.url, **MOVING).open()
    visit.send(room)
    kept = uploaded(data)
    visit.context.close()
    client = gradio_client.Client(running.url, verbose=False)
    photo = gradio_client.handle_file(room)
    answers = {name: client.predict(photo=photo, api_name=f"/{name}") for name in ("detect", "search")}
    client.close()
    forged = {"path": "http://192.0.2.1/x.jpg", "meta": {"_type": "gradio.FileData"}}
    body = json.dumps({"data": [forged]}).encode()
    call = running.url + "gradio_api/call/detect"
    with urllib.request.urlopen(urllib.request.Request(call, body, {"Content-Type": "application/json"})) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{call}/{event}") as answer:
        answers["an address"] = answer.read()
    running.stop()
    return Life(answers, kept, uploaded(data), set(modules.read_text().split()), traffic)


def uploaded(data_dir: Path) -> list[Path]:
    """The photos that lie in a data directory."""
    return [path for path in (data_dir / "uploads").rglob("*") if path.is_file()]


class Visit:
    """A visitor's page, with everything that must not happen recorded.

    Who asked for less motion, if `context` does not say otherwise: drawn without a graphics card, what moves while an
    answer is waited for takes two fifths of the processor time of a photo.
    """

    def __init__(self, browser: Any, url: str, **context: Any) -> None:
        self.context = browser.new_context(**{**STILL, **context})
        self.page = self.context.new_page()
        self.page.set_default_timeout(WAIT_MS)
        self.url = url
        self.console: list[str] = []
        self.outside: list[str] = []
        self._streams: set[Any] = set()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.console.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("requestfinished", lambda request: self._streams.discard(request))
        self.page.on("requestfailed", lambda request: self._streams.discard(request))

    def _note(self, message: Any) -> None:
        if message.type == "error":
            self.console.append(message.text)

    def _request(self, request: Any) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.outside.append(request.url)
        if STREAM in request.url:
            self._streams.add(request)

    def quiet(self) -> None:
        """Wait until no answer is streamed to the page any more."""
        deadline = time.monotonic() + STREAM_WAIT_S
        while self._streams and time.monotonic() < deadline:
            self.page.wait_for_timeout(50)

    def reload(self) -> None:
        """Load the page anew, quietly: Gradio logs a stream that a reload cuts off."""
        self.quiet()
        self.page.reload()

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
