"""What a Hugging Face Space reads at its start: the README's front matter, requirements, packages, large files."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# From the Hub's configuration reference and its licence list.
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
HUB_LIMIT_BYTES = 10 * 2**20


@pytest.fixture(scope="module")
def card() -> dict[str, Any]:
    """The front matter, parsed as YAML."""
    found = re.match(r"\A---\n(.*?)\n---\n", README, re.DOTALL)
    assert found, "the README must begin with --- and nothing before it"
    return dict(yaml.safe_load(found[1]))


def _requirements(name: str) -> dict[str, Requirement]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / name).read_text().splitlines())
    return {(r := Requirement(line)).name: r for line in lines if line and not line.startswith("-r")}


def test_the_hub_library_reads_it(card: dict[str, Any]) -> None:
    """huggingface_hub's own reader (offline) finds the same."""
    from huggingface_hub import SpaceCard

    read = SpaceCard(README).data.to_dict()
    assert read == card
    assert SpaceCard(README).data.license == "agpl-3.0"


def test_the_front_matter_has_the_values_the_hub_takes(card: dict[str, Any]) -> None:
    """A wrong one is a Space with a configuration error."""
    assert (card["sdk"], card["license"]) == ("gradio", "agpl-3.0")
    assert {card["colorFrom"], card["colorTo"]} <= COLOURS
    assert 0 < len(card["short_description"]) <= 60
    assert 0 < len(card["title"]) <= 60
    assert all(isinstance(tag, str) and re.fullmatch(r"[a-z0-9-]+", tag) for tag in card["tags"])
    assert not re.search(r"[\w\s]", card["emoji"])
    assert (ROOT / card["app_file"]).is_file()


def test_its_versions_are_texts_and_allowed_by_our_ranges(card: dict[str, Any]) -> None:
    """An sdk_version of two parts is a configuration error; 3.10 unquoted would be read as 3.1."""
    assert re.fullmatch(r"\d+\.\d+\.\d+", card["sdk_version"])
    assert Version(card["sdk_version"]) in _requirements("requirements.txt")["gradio"].specifier
    assert isinstance(card["python_version"], str)
    python = re.search(r'requires-python = ">=([\d.]+)"', (ROOT / "pyproject.toml").read_text())
    assert python
    assert Version(card["python_version"]) >= Version(python[1])


def test_the_installed_gradio_is_the_one_it_names(card: dict[str, Any]) -> None:
    """What runs these tests runs the Space: the same minor version."""
    import gradio

    assert Version(gradio.__version__).release[:2] == Version(card["sdk_version"]).release[:2]


def test_a_space_installs_neither_torch_nor_opencv() -> None:
    """requirements.txt is what a Space installs; no system package is needed for it, so there is no packages.txt."""
    names = set(_requirements("requirements.txt"))
    assert not names & {"torch", "torchvision", "ultralytics", "opencv-python", "opencv-python-headless", "mcp"}
    assert not (ROOT / "packages.txt").exists()


def test_every_file_over_ten_mib_is_told_in_the_readme() -> None:
    """The Hub refuses them in a plain git push; `hf upload` stores them as it must."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    files = [ROOT / name for name in listed.split("\0") if name]
    if not files:
        pytest.skip("not a git checkout")
    large = sorted(str(f.relative_to(ROOT)) for f in files if f.is_file() and f.stat().st_size > HUB_LIMIT_BYTES)
    assert large == re.findall(r"^- `([^`]+)` \(\d+ MB\)$", README, re.MULTILINE)


def test_app_py_only_serves() -> None:
    """Imports of heavy libraries come after the environment was set; nothing runs when it is imported."""
    tree = ast.parse((ROOT / "app.py").read_text())
    top = {node.module for node in tree.body if isinstance(node, ast.ImportFrom)}
    assert top == {"__future__", "imgsearch.config", "imgsearch.errors"}
    assert len((ROOT / "app.py").read_text().splitlines()) <= 30
