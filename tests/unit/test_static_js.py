"""The page's scripts are well formed, and every text they ask for exists."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from imgsearch.ui import components, strings

SCRIPTS = {
    "shell": (["shell"], strings.SHELL),
    "picker": (components.PICKER_SCRIPTS, strings.PICKER),
    "filters": (["filters"], strings.FILTERS),
    "results": (components.RESULTS_SCRIPTS, strings.RESULTS),
    "board": (["review"], strings.REVIEW),
    "catalog": (["catalog"], strings.CATALOG),
}

FAMILY = re.compile(r"\b(?:say\(|sentence\(props\.section, )`(\w+)\$")
"""Texts whose keys begin alike: say(`verdict_${...}`), or sentence(props.section, ...) where there may be none."""


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_parses_in_the_function_that_gradio_wraps_around_it(name: str, tmp_path: Path) -> None:
    """`node --check` on what the browser will compile."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    wrapped = tmp_path / f"{name}.js"
    text = components.script(*SCRIPTS[name][0])
    wrapped.write_text(f"(async (element, trigger, props, server, upload, watch) => {{\n{text}\n}})", encoding="utf-8")
    done = subprocess.run([node, "--check", str(wrapped)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_text_that_a_script_asks_for_exists(name: str) -> None:
    """`say('key')` has its key in strings.py; families by prefix (`verdict_...`) have members."""
    names, texts = SCRIPTS[name]
    source = components.script(*names)
    for key in re.findall(r"\bsay\('(\w+)'", source):
        assert key in texts, key
    for prefix in FAMILY.findall(source):
        assert any(key.startswith(prefix) for key in texts), prefix


@pytest.mark.parametrize("name", SCRIPTS)
def test_every_text_is_asked_for(name: str) -> None:
    """A text that no script shows is a leftover."""
    names, texts = SCRIPTS[name]
    source = components.script(*names)
    words = set(re.findall(r"[`'](\w+)", source))
    prefixes = tuple(FAMILY.findall(source))
    unused = [key for key in texts if key.removesuffix("_one") not in words and not key.startswith(prefixes or ("\0",))]
    assert unused == []


def test_no_script_parses_html() -> None:
    """Catalog text would become markup by any of these."""
    for path in components.STATIC.glob("*.js"):
        text = path.read_text(encoding="utf-8")
        for word in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in text, f"{word} in {path.name}"


def test_nothing_in_the_static_files_leads_to_another_server() -> None:
    """The only addresses are XML namespaces."""
    for path in [*components.STATIC.glob("*.js"), *components.STATIC.glob("*.css")]:
        for address in re.findall(r"https?://[^\s'\")]+", path.read_text(encoding="utf-8")):
            assert address.startswith("http://www.w3.org/"), f"{address} in {path.name}"
