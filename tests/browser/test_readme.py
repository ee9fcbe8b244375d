"""What the README says is run, word for word."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import json
import re
import subprocess

import pytest

from imgsearch.cli import build_parser
from imgsearch.config import PREFIX, Settings
from tests.browser.conftest import ROOT, Server

README = (ROOT / "README.md").read_text()


def test_the_api_example_runs_as_printed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example
    monkeypatch.chdir(ROOT)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example[1].replace("http://127.0.0.1:7860", server.url), {})  # noqa: S102 - the README is ours
    assert re.search(r"\[\('.+', .+, .+\)", printed.getvalue())


def test_the_curl_example_runs_as_printed(server: Server) -> None:
    """Upload, call, event: the answer is the document of `search`."""
    example = re.search(r"```bash\n(.*?)```", README, re.DOTALL)
    assert example
    script = example[1].replace("http://127.0.0.1:7860", server.url.rstrip("/"))
    done = subprocess.run(["bash", "-euc", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    event, data = done.stdout.strip().splitlines()
    assert event == "event: complete"
    (answer,) = json.loads(data.removeprefix("data: "))
    assert answer["box_source"] == "detected"
    assert len(answer["matches"]) == 5


def test_every_setting_is_documented() -> None:
    for field in dataclasses.fields(Settings):
        assert f"`{PREFIX}{field.name.upper()}`" in README


def test_every_file_it_names_is_there() -> None:
    for target in re.findall(r"\]\(((?!http)[^)#]+)\)", README):
        assert (ROOT / target).exists(), target
    for name in re.findall(r"^  (\w+(?:\.py|/)) ", README, re.MULTILINE):
        assert (ROOT / "imgsearch" / name).exists(), name


def test_every_command_is_documented() -> None:
    commands = next(a.choices for a in build_parser()._actions if a.choices)
    for command in commands:
        assert f"python -m imgsearch {command}" in README, command
