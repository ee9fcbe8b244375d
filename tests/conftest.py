"""For all tests: a clean environment, and no quiet skips in continuous integration."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from imgsearch.config import let_threads_sleep, quiet_libraries

let_threads_sleep()  # two test processes share two cores
quiet_libraries()

STRICT = ("browser", "fault", "contract")
BROWSER = "tests/browser/"
ALONE = "tests/browser/test_space.py"  # shares nothing with the others but the browser: free for whoever is idle
ALLOWED_SKIPS = ("no real Milvus server", "no CUDA", "no WebKit")


@pytest.fixture(autouse=True)
def clean_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """No setting of the developer's own shell reaches a test, and nothing is written into the user's data folder."""
    for name in list(os.environ):
        if name.startswith("IMGSEARCH_") and not name.startswith("IMGSEARCH_TEST_"):
            monkeypatch.delenv(name)
    for name in ("GRADIO_SERVER_NAME", "GRADIO_SERVER_PORT", "SPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMGSEARCH_DATA_DIR", str(tmp_path / "imgsearch-data"))
    yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `--dist loadfile`: all browser tests in one process, as one file's: one Chromium, one shop, its servers."""
    from xdist.scheduler import LoadFileScheduling

    class Scheduling(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return str(Path(file).parent) if file.startswith(BROWSER) and file != ALONE else file

    return Scheduling(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """With CI=true a skipped browser, fault or contract test fails the run, but for the named reasons."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") != "true" or reporter is None:
        return
    for report in reporter.stats.get("skipped", []):
        reason = str(report.longrepr)
        strict = any(f"tests/{folder}/" in report.nodeid for folder in STRICT)
        if strict and not any(allowed in reason for allowed in ALLOWED_SKIPS):
            reporter.write_line(f"not allowed to skip in CI: {report.nodeid}: {reason}", red=True)
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
