"""The repository as a Hugging Face Space has it: a user without a home, nothing writable but a temporary folder.

Where these tests run as root, the server runs as user 1000 and sees the repository mounted read-only; elsewhere its
write bits are taken away. Every outside connection attempt is recorded and refused.
"""

from __future__ import annotations

import csv
import functools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import MOVING, ROOT, START_S, Server, Visit, free_port

NOT_PUSHED = (
    ".git",
    ".venv",
    "data",
    "runs",
    ".hypothesis",
    "__pycache__",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
)
READ_ONLY = 'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && cd "$0" && exec "$@"'
AS_USER = ("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups")
DAMAGE = b"\x00damaged"


def _works(*command: str) -> bool:
    return bool(shutil.which(command[0])) and subprocess.run(command, capture_output=True, check=False).returncode == 0


@functools.cache
def _as_user() -> Sequence[str]:
    """What to put before a command to run it as user 1000; nothing where that can't be, or can't read this Python."""
    return AS_USER if os.geteuid() == 0 and _works(*AS_USER, sys.executable, "-c", "import gradio") else ()


@functools.cache
def _in_read_only(folder: Path) -> Sequence[str]:
    """What to put before a command to run it in a folder mounted read-only; nothing where that can't be."""
    prefix = ("unshare", "--mount", "sh", "-c", READ_ONLY, str(folder))
    return prefix if os.geteuid() == 0 and _works(*prefix, "true") else ()


class Space:
    """A copy of the repository, and the temporary folder that is all it may write to."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "app"
        self.scratch = folder / "tmp"
        self.traffic = self.scratch / "traffic.txt"
        self.data = self.scratch / "imgsearch"
        shutil.copytree(ROOT, self.repository, ignore=shutil.ignore_patterns(*NOT_PUSHED))
        self.scratch.mkdir()
        self.scratch.chmod(0o777)
        self._set_write_bits(False)
        self.servers: list[Server] = []

    def _set_write_bits(self, on: bool) -> None:
        for path in (self.repository, *self.repository.rglob("*")):
            path.chmod((path.stat().st_mode | 0o200) if on else (path.stat().st_mode & ~0o222))

    def remove_detector(self) -> None:
        """Take the detector's files out of the repository."""
        self._set_write_bits(True)
        for path in (self.repository / "assets" / "models").glob("detector.*"):
            path.unlink()
        self._set_write_bits(False)

    def start(self) -> Server:
        """Start app.py as the platform does: its address by Gradio's names, no HOME, no CI, no setting of ours."""
        port = free_port()
        environment = {
            "PATH": os.environ["PATH"],
            "TMPDIR": str(self.scratch),
            "SPACE_ID": "someone/shop-by-image",
            "GRADIO_SERVER_NAME": "0.0.0.0",
            "GRADIO_SERVER_PORT": str(port),
        }
        program = [sys.executable, "tests/traffic_guard.py", str(self.traffic), "app.py"]
        command = [*_in_read_only(self.repository), *_as_user(), *program]
        log = self.scratch.parent / f"log-{len(self.servers)}.txt"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=self.repository, env=environment, stdout=out, stderr=out)
        self.servers.append(Server(process, f"http://127.0.0.1:{port}/", log))
        return self.servers[-1]


@pytest.fixture(scope="module")
def space() -> Iterator[Space]:
    # Not in pytest's own folder, which other users may not enter.
    folder = Path(tempfile.mkdtemp(prefix="space-"))
    folder.chmod(0o755)
    made = Space(folder)
    yield made
    for server in made.servers:
        server.stop()
    made._set_write_bits(True)
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def killed(space: Space) -> None:
    """The Space after a first start that was killed half way, and whose leftovers were damaged on top."""
    first = space.start().wait("preparing")
    thumbs = space.data / "shops" / "demo" / "thumbs"
    limit = time.monotonic() + 120
    while len(list(thumbs.glob("*.webp"))) < 20:
        assert time.monotonic() < limit, first.log.read_text()
        time.sleep(0.05)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait(20)
    schemas = list((space.data / "milvus.db").rglob("schema.json"))
    assert schemas
    for path in schemas:
        path.write_bytes(DAMAGE)


@pytest.fixture(scope="module")
def early_visit(space: Space, killed: None, browser: Any) -> Iterator[Visit]:
    """Somebody who comes while the demo is made, sees how far it is, and stays."""
    visit = Visit(browser, space.start().wait("preparing").url, **MOVING)
    visit.page.goto(visit.url)
    visit.page.wait_for_selector("[data-testid=import-progress]")
    visit.page.wait_for_selector("body.shop-ready", timeout=START_S * 1000)
    yield visit
    visit.context.close()


@pytest.fixture(scope="module")
def survivor(space: Space, early_visit: Visit) -> Server:
    """The Space after all that."""
    return space.servers[-1].wait()


def test_it_comes_back_after_a_kill_and_damaged_leftovers(space: Space, survivor: Server) -> None:
    """The demo is made again; the damaged database lies aside for whoever wants to look."""
    health = survivor.health()
    assert (health["state"], health["shop"]) == ("ready", "demo")
    assert health["products"] > 70
    assert any(path.read_bytes() == DAMAGE for path in (space.data / "milvus.damaged").rglob("schema.json"))


def test_the_first_start_showed_its_progress_and_went_on_by_itself(space: Space, early_visit: Visit) -> None:
    """Its bar is gone, and the samples can be tried, without loading the page again."""
    assert not early_visit.get("import-progress").is_visible()
    assert early_visit.get("sample").count() > 0
    early_visit.get("sample").first.click()
    early_visit.settled(0)
    assert early_visit.get("card").count() > 0
    _nothing_wrong(space, early_visit)


def test_a_visitor_gets_boxes_and_cards(space: Space, survivor: Server, browser: Any) -> None:
    """Through the real page; no console error, no outside request, and the server asked nobody for anything."""
    visit = Visit(browser, survivor.url, **MOVING).open()
    visit.get("sample").first.click()
    visit.settled(0)
    assert visit.get("box").count() >= 2
    assert visit.get("card").count() == 24
    rev = visit.rev()
    # The smallest ones are painted last, on top of the others.
    visit.page.locator("[data-testid=box][aria-pressed=false]").last.click()
    visit.settled(rev)
    assert visit.get("card").count() == 24
    _nothing_wrong(space, visit)


def test_a_photo_of_the_visitors_own_is_searched(space: Space, survivor: Server, browser: Any) -> None:
    """Sent, not chosen from the samples."""
    visit = Visit(browser, survivor.url).open()
    visit.send(next((ROOT / "assets" / "demo" / "photos").glob("living-*.webp")))
    assert visit.get("box").count() >= 2
    assert visit.get("card").count() == 24
    _nothing_wrong(space, visit)


def test_shop_the_room_puts_the_five_products_of_a_photo_into_its_first_slots(
    space: Space, survivor: Server, browser: Any
) -> None:
    """With the models that are bundled, on the demo's own photo of a window sill.

    One place more than products: of the two fruits that lie there, which nobody sells, one may look as sure as they do.
    """
    with (ROOT / "assets" / "demo" / "truth.csv").open(encoding="utf-8", newline="") as file:
        sold = {row["relevant"] for row in csv.DictReader(file) if row["image"] == "photos/sill-1.webp"}
    visit = Visit(browser, survivor.url).open()
    rev = visit.send(ROOT / "assets" / "demo" / "photos" / "sill-1.webp")
    visit.get("shop-room").click()
    visit.settled(rev)
    slots = [slot.get_attribute("data-product-id") for slot in visit.get("slot").all()]
    assert len(sold) == 5
    assert sold <= set(slots[:6]), slots
    _nothing_wrong(space, visit)


def test_it_offers_no_import_and_keeps_no_grade(space: Space, survivor: Server, browser: Any) -> None:
    """Public: grades live in the visit, and nothing of them is written."""
    before = {path for path in space.data.rglob("*") if "uploads" not in path.parts}
    visit = Visit(browser, survivor.url).open()
    assert visit.page.get_by_role("tab").count() == 2
    assert visit.get("feed-input").count() == visit.get("import-start").count() == 0
    visit.page.get_by_role("tab", name="Review").click()
    visit.get("grade-E").first.click()
    visit.page.wait_for_selector("[data-testid=grade-E][aria-pressed=true], [data-testid=review-undo]:not([disabled])")
    after = {path for path in space.data.rglob("*") if "uploads" not in path.parts}
    assert {path for path in after - before if "milvus.db" not in path.parts} == set()
    _nothing_wrong(space, visit)


def test_it_writes_into_the_temporary_folder_alone(space: Space, survivor: Server) -> None:
    """The repository is as it was, and its owner is not the one who runs it."""
    assert not [path for path in space.repository.rglob("*") if path.name == "__pycache__" or path.suffix == ".pyc"]
    if _as_user():
        assert {path.stat().st_uid for path in space.data.iterdir()} == {1000}


def test_without_the_detectors_files_it_still_searches_and_says_so(
    space: Space, survivor: Server, browser: Any
) -> None:
    """The whole photo at once, an own box by the mouse."""
    health = survivor.health()
    survivor.stop()
    space.remove_detector()
    running = space.start().wait()
    assert running.health() == health
    visit = Visit(browser, running.url).open()
    rev = visit.send(next((ROOT / "assets" / "demo" / "photos").glob("living-*.webp")))
    assert visit.get("message").get_attribute("data-code") == "no_detector"
    assert visit.get("box").count() == 0
    assert visit.get("card").count() == 24
    area = visit.page.locator(".frame").bounding_box()
    visit.page.mouse.move(area["x"] + 0.3 * area["width"], area["y"] + 0.3 * area["height"])
    visit.page.mouse.down()
    visit.page.mouse.move(area["x"] + 0.6 * area["width"], area["y"] + 0.7 * area["height"], steps=5)
    visit.page.mouse.up()
    visit.settled(rev)
    assert visit.get("own-box").count() == 1
    assert visit.get("card").count() == 24
    _nothing_wrong(space, visit)


def _nothing_wrong(space: Space, visit: Visit) -> None:
    visit.context.close()
    assert (visit.console, visit.outside) == ([], [])
    assert not space.traffic.exists(), space.traffic.read_text()
