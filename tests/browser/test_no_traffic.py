"""Nothing leaves this machine: no attempt, not even a refused one, in start, import, detection, search and export.

CI is unset in the processes (the fixtures see to it), since some libraries keep still only in continuous integration.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from gradio_client import Client, handle_file

from imgsearch.config import Settings
from imgsearch.review.verdicts import Shown, ShownList, Verdicts, path_of
from tests.browser.conftest import ROOT, StartServer, _environment

GUARD = ROOT / "tests" / "traffic_guard.py"


def test_the_guard_sees_an_attempt(tmp_path: Path) -> None:
    """A test that can't fail proves nothing: a program that calls out is recorded and refused."""
    log = tmp_path / "log.txt"
    script = tmp_path / "calls_out.py"
    script.write_text(
        "import urllib.request as u\ntry:\n    u.urlopen('http://192.0.2.1/', timeout=1)\nexcept OSError:\n    pass\n"
    )
    subprocess.run([sys.executable, str(GUARD), str(log), str(script)], check=True, timeout=60)
    assert "192.0.2.1" in log.read_text()


def test_import_search_and_export_stay_on_this_machine(feed: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    photo = next(feed.parent.rglob("*.png"), None) or next(feed.parent.rglob("*.webp"))
    matches = (Shown(1, "p", "A product", 0.5, "0" * 64),)
    verdicts = Verdicts(path_of(Settings.from_env({}, data_dir=tmp_path / "data"), "shop"))
    verdicts.save("judge", ShownList("query", "model", photo.name, (0, 0, 9, 9), matches), "p", "E")
    verdicts.close()
    for command in (["import", str(feed)], ["search", str(photo)], ["review", "export", str(tmp_path / "grades.csv")]):
        done = subprocess.run(
            [sys.executable, str(GUARD), str(log), "-m", "imgsearch", *command, "--data-dir", str(tmp_path / "data")],
            cwd=ROOT,
            env=_environment(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
    assert (tmp_path / "grades.csv").exists()
    assert not log.exists(), log.read_text()


def test_the_page_stays_on_this_machine(start_server: StartServer, own_copy: Path, feed: Path, tmp_path: Path) -> None:
    log = tmp_path / "log.txt"
    server = start_server(own_copy, entry=(str(GUARD), str(log), "app.py")).wait()
    photo = next(feed.parent.rglob("*.png"), None) or next(feed.parent.rglob("*.webp"))
    client = Client(server.url, verbose=False)
    assert "detections" in client.predict(handle_file(str(photo)), api_name="/detect")
    assert client.predict(photo=handle_file(str(photo)), api_name="/search")["matches"]
    server.stop()
    assert not log.exists(), log.read_text()
