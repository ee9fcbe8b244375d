"""Nothing leaves this machine: no attempt, not even a refused one, in start, import, detection, search and export.

CI is unset in the processes (the fixtures see to it), since some libraries keep still only in continuous integration.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from imgsearch.config import Settings
from imgsearch.review.verdicts import Shown, ShownList, Verdicts, path_of
from tests.browser.conftest import GUARD, Life, run_cli


def test_the_guard_sees_an_attempt(tmp_path: Path) -> None:
    """A test that can't fail proves nothing: a program that calls out is recorded and refused."""
    log = tmp_path / "log.txt"
    script = tmp_path / "calls_out.py"
    script.write_text(
        "import urllib.request as u\ntry:\n    u.urlopen('http://192.0.2.1/', timeout=1)\nexcept OSError:\n    pass\n"
    )
    subprocess.run([sys.executable, str(GUARD), str(log), str(script)], check=True, timeout=60)
    assert "192.0.2.1" in log.read_text()


def test_import_search_and_export_stay_on_this_machine(
    own_copy: Path, import_traffic: Path, feed: Path, tmp_path: Path
) -> None:
    """The import is the one whose shop all tests here use."""
    log = tmp_path / "log.txt"
    photo = next(feed.parent.rglob("*.png"), None) or next(feed.parent.rglob("*.webp"))
    matches = (Shown(1, "p", "A product", 0.5, "0" * 64),)
    verdicts = Verdicts(path_of(Settings.from_env({}, data_dir=own_copy), "shop"))
    verdicts.save("judge", ShownList("query", "model", photo.name, (0, 0, 9, 9), matches), "p", "E")
    verdicts.close()
    for command in (["search", str(photo)], ["review", "export", str(tmp_path / "grades.csv")]):
        done = run_cli(*command, data_dir=own_copy, guard=log)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "grades.csv").exists()
    for attempts in (import_traffic, log):
        assert not attempts.exists(), attempts.read_text()


def test_the_page_stays_on_this_machine(life: Life) -> None:
    """From its start to its end, with photos searched by the page and by the API, and an address in a photo's place."""
    assert b"event: error" in life.answers["an address"]
    assert "detections" in life.answers["detect"]
    assert life.answers["search"]["matches"]
    assert not life.traffic.exists(), life.traffic.read_text()
