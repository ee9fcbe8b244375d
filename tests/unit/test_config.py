"""Settings: flags over environment over defaults; a misspelt name is an error; secrets stay out of reprs."""

from __future__ import annotations

from pathlib import Path

import pytest

from imgsearch.config import Settings, check_uri
from imgsearch.errors import ConfigError


def test_defaults_bind_this_machine_only(tmp_path: Path) -> None:
    settings = Settings.from_env({"HOME": str(tmp_path)})
    assert (settings.host, settings.port, settings.public, settings.models) == ("127.0.0.1", 7860, False, "bundled")
    assert settings.is_loopback and settings.data_dir.is_relative_to(tmp_path)


def test_flags_win_over_the_environment() -> None:
    settings = Settings.from_env({"IMGSEARCH_SHOP": "a", "IMGSEARCH_DATA_DIR": "/tmp/x"}, shop="b", data_dir=None)
    assert settings.shop == "b" and settings.data_dir == Path("/tmp/x")


def test_an_unknown_name_is_an_error_that_lists_the_known_ones() -> None:
    with pytest.raises(ConfigError, match=r"IMGSEARCH_URL.*IMGSEARCH_URI"):
        Settings.from_env({"IMGSEARCH_URL": "x"})


def test_gradios_own_names_win_for_the_address() -> None:
    env = {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "9000", "IMGSEARCH_PORT": "8000"}
    settings = Settings.from_env(env)
    assert (settings.host, settings.port, settings.is_loopback) == ("0.0.0.0", 9000, False)


def test_a_space_is_public_by_default_and_can_be_told_otherwise() -> None:
    assert Settings.from_env({"SPACE_ID": "a/b"}).public
    assert not Settings.from_env({"SPACE_ID": "a/b", "IMGSEARCH_PUBLIC": "0"}).public


def test_a_space_is_served_where_its_visitors_can_reach_it() -> None:
    """Also if the platform does not say which address; a setting still wins."""
    assert Settings.from_env({"SPACE_ID": "a/b"}).host == "0.0.0.0"
    assert Settings.from_env({"SPACE_ID": "a/b", "IMGSEARCH_HOST": "127.0.0.1"}).host == "127.0.0.1"


def test_without_a_writable_home_a_temporary_folder_is_used() -> None:
    assert "imgsearch" in str(Settings.from_env({"HOME": "/proc/nothing"}).data_dir)
    assert "imgsearch" in str(Settings.from_env({}).data_dir)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "many"), ("PORT", "70000"), ("PUBLIC", "maybe"), ("URI", "ftp://x"), ("URI", "milvus"),
        ("MAX_UPLOAD_MIB", "0"), ("AUTH", "nocolon"), ("SHOP", "a/../b"),
    ],
)  # fmt: skip
def test_a_bad_value_is_one_sentence(name: str, value: str) -> None:
    with pytest.raises(ConfigError) as caught:
        Settings.from_env({f"IMGSEARCH_{name}": value})
    assert "\n" not in str(caught.value)


def test_secrets_do_not_show() -> None:
    settings = Settings.from_env({"IMGSEARCH_TOKEN": "hunter2", "IMGSEARCH_AUTH": "me:hunter3"})
    assert "hunter" not in repr(settings)


@pytest.mark.parametrize("uri", ["tcp://root:Secret@milvus:1", "http://[::1", "http://milvus:port", "milvus:19530"])
def test_an_address_that_can_not_be_one_is_told_without_its_password(uri: str) -> None:
    with pytest.raises(ConfigError, match="http") as refused:
        check_uri(uri)
    assert "Secret" not in str(refused.value)
