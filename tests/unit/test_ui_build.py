"""The page is built from its parts, publishes two functions, and refuses to be opened by mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsearch.config import Settings
from imgsearch.errors import ConfigError
from imgsearch.ui import app, components
from imgsearch.ui.readiness import Readiness
from imgsearch.ui.server import check_exposure
from imgsearch.ui.uploads import Uploads


def _page(tmp_path: Path, **flags: object) -> tuple[object, dict[str, object]]:
    settings = Settings.from_env({}, data_dir=str(tmp_path), **flags)
    readiness = Readiness(lambda report: pytest.fail("nothing is opened by building"))
    blocks = app.build(readiness, Uploads(tmp_path / "uploads", 2**20), settings)
    return blocks, blocks.get_config_file()


def test_only_detect_and_search_are_published(tmp_path: Path) -> None:
    """Every event of the page is private."""
    _, config = _page(tmp_path)
    public = {d["api_name"] for d in config["dependencies"] if d["api_visibility"] == "public"}
    assert public == {"detect", "search"}


def test_the_page_has_its_parts(tmp_path: Path) -> None:
    """Shell, picker, filters and results, each by its id."""
    _, config = _page(tmp_path)
    ids = {c["props"].get("elem_id") for c in config["components"]}
    assert {"shell", "picker", "filters", "results"} <= ids


def test_templates_hold_no_value(tmp_path: Path) -> None:
    """Gradio would run `{{value}}` and `${value}` as code, so the templates have no placeholder at all."""
    _, config = _page(tmp_path)
    templates = [c["props"]["html_template"] for c in config["components"] if "html_template" in c["props"]]
    assert templates
    assert not [t for t in templates if "{{" in t or "${" in t or "value" in t]


def test_a_further_tab_is_built_from_outside(tmp_path: Path) -> None:
    """The review board, for one."""
    settings = Settings.from_env({}, data_dir=str(tmp_path))
    seen: list[str] = []
    tab = app.Tab("review", "Review", lambda: seen.append("built"))
    app.build(Readiness(lambda report: pytest.fail("")), Uploads(tmp_path / "u", 1), settings, tabs=[tab])
    assert seen == ["built"]


def test_a_component_declares_its_event_in_its_script() -> None:
    """Gradio finds a custom event by its quoted name in the script."""
    assert "'photo'" in components.script("intake", "overlay", "picker")


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.20", "::"])
def test_a_page_for_the_network_needs_a_login_or_public_mode(host: str) -> None:
    """One sentence says what to set; with either, it is fine."""
    with pytest.raises(ConfigError, match=r"IMGSEARCH_AUTH=.*IMGSEARCH_PUBLIC=1"):
        check_exposure(Settings.from_env({}, host=host))
    check_exposure(Settings.from_env({}, host=host, public="1"))
    check_exposure(Settings.from_env({}, host=host, auth="me:scrypt.1.1.1.a.b"))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_this_machine_alone_needs_no_login(host: str) -> None:
    """Nobody else can reach it."""
    check_exposure(Settings.from_env({}, host=host))
