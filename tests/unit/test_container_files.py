"""The container's files, checked as far as can be without an engine: rules, references, and the commands in them."""

from __future__ import annotations

import ast
import fnmatch
import json
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from imgsearch import config
from imgsearch.config import Settings

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text()
# A continued line is one instruction.
STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", DOCKERFILE, flags=re.MULTILINE)).splitlines()
    if line.strip()
]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
PINNED = re.compile(r"[\w./-]+:(?!latest)[\w.-]*\d[\w.-]*")


def _values(instruction: str) -> list[str]:
    return [value for name, value in STEPS if name == instruction]


def _environment() -> dict[str, str]:
    return dict(re.findall(r"(\w+)=(\S+)", " ".join(_values("ENV"))))


def test_the_base_is_pinned_and_slim() -> None:
    """A release by its full version, never `latest`."""
    (base,) = _values("FROM")
    assert re.fullmatch(r"python:3\.1[1-9]\.\d+-slim-\w+", base)


def test_it_does_not_end_as_root_and_has_no_add() -> None:
    """The last USER is 1000, set after everything that needs more."""
    names = [name for name, _ in STEPS]
    assert _values("USER")[-1] == "1000:1000"
    assert max(i for i, name in enumerate(names) if name in ("RUN", "COPY")) < names.index("USER")
    assert "ADD" not in names


def test_it_installs_what_serving_needs_and_leaves_no_lists_behind() -> None:
    """requirements.txt alone, without a cache; were there apt lists, they would have to go in the same step."""
    runs = " ".join(_values("RUN"))
    assert re.findall(r"--requirement (\S+)", runs) == ["requirements.txt"]
    assert "--no-cache-dir" in runs
    assert "apt-get" not in runs or "rm -rf /var/lib/apt/lists" in runs
    assert "sudo" not in runs


def test_what_it_starts_is_the_page_on_an_address_that_can_be_reached() -> None:
    """The settings are ones that exist, in exec form, with the data where the volume is."""
    assert json.loads(_values("CMD")[-1]) == ["python", "app.py"]
    own = {name: value for name, value in _environment().items() if name.startswith("IMGSEARCH_")}
    settings = Settings.from_env(own)
    assert (settings.host, settings.port) == ("0.0.0.0", int(_values("EXPOSE")[0]))
    assert str(settings.data_dir) == "/data"
    assert json.loads(_values("VOLUME")[0]) == ["/data"]


@pytest.fixture
def health() -> Iterator[tuple[int, dict[str, Any]]]:
    """A server whose /healthz answers what the test puts into it."""
    says: dict[str, Any] = {"ok": True}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            assert self.path == "/healthz"
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(says).encode())

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, says
    server.shutdown()
    server.server_close()


def test_the_health_check_tells_well_from_ill(health: tuple[int, dict[str, Any]]) -> None:
    """Its command, run as it stands: 0 for ok, else not; also when nobody answers."""
    port, says = health
    (check,) = _values("HEALTHCHECK")
    command = json.loads(check[check.index("CMD") + 3 :])
    assert command[0] == "python"

    def ends(at: int) -> int:
        done = subprocess.run(
            [sys.executable, *command[1:]], env={"IMGSEARCH_PORT": str(at)}, capture_output=True, check=False
        )
        return done.returncode

    assert ends(port) == 0
    says["ok"] = False
    assert ends(port) == 1
    assert ends(1) == 1


def _sent(path: str) -> bool:
    """Whether .dockerignore lets a file into the build: the last rule that fits it or a folder above it decides."""
    sent = True
    parents = [path, *(str(p) for p in Path(path).parents if str(p) != ".")]
    for rule in (ROOT / ".dockerignore").read_text().splitlines():
        rule = rule.strip()
        if not rule or rule.startswith("#"):
            continue
        pattern = rule.removeprefix("!").removeprefix("**/")
        if any(fnmatch.fnmatch(one, pattern) or fnmatch.fnmatch(Path(one).name, pattern) for one in parents):
            sent = rule.startswith("!")
    return sent


def test_only_what_serving_needs_is_sent_to_the_build() -> None:
    """The page, the package, weights and demo; no history, no tests, no environment, no secrets."""
    for needed in ("app.py", "requirements.txt", "imgsearch/ui/static/app.css", "assets/models/embedder.safetensors"):
        assert _sent(needed), needed
    for unneeded in (
        ".git/config",
        ".env",
        ".venv/bin/python",
        "tests/conftest.py",
        "assets/render/studio.py",
        "data/x",
    ):
        assert not _sent(unneeded), unneeded


def test_what_is_sent_can_start(tmp_path: Path) -> None:
    """A copy of just that: every module of the page can be imported, every asset it names is there."""
    skipped = (".git", ".venv", "__pycache__", ".hypothesis")
    for path in (p for p in ROOT.rglob("*.py") if not set(skipped) & set(p.relative_to(ROOT).parts)):
        name = str(path.relative_to(ROOT))
        if _sent(name):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, tmp_path / name)
    for folder in (config.ASSETS / "models", config.ASSETS / "demo" / "photos"):
        assert all(_sent(str(p.relative_to(ROOT))) for p in folder.iterdir()), folder
    shutil.copytree(ROOT / "imgsearch" / "ui", tmp_path / "imgsearch" / "ui", dirs_exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-c", "import app, imgsearch.ui.server; print(imgsearch.ui.server.__file__)"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(str(tmp_path))


def test_every_service_is_pinned_checked_and_restarted() -> None:
    """Images by version; every server that others wait for has a health check."""
    services = COMPOSE["services"]
    assert set(services) == {"etcd", "minio", "milvus", "imgsearch"}
    for name, service in services.items():
        assert service["restart"] == "unless-stopped", name
        assert PINNED.fullmatch(service["image"]) if "image" in service else service["build"] == ".", name
        for other, how in service.get("depends_on", {}).items():
            assert how == {"condition": "service_healthy"}
            assert services[other]["healthcheck"]["test"][0] == "CMD"


def test_only_the_page_can_be_reached_and_no_password_stands_in_the_file() -> None:
    """Passwords and the login come from the environment, and without them nothing starts."""
    services = COMPOSE["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["imgsearch"]
    assert COMPOSE["networks"]["store"]["internal"] is True
    secrets = {
        key: str(value)
        for service in services.values()
        for key, value in service.get("environment", {}).items()
        if re.search("PASSWORD|SECRET|TOKEN|AUTH$", key)
    }
    assert len(secrets) == 5
    for key, value in secrets.items():
        assert re.search(r"\$\{\w+:\?.*\}", value), key


def test_the_page_is_told_of_milvus_by_settings_that_exist() -> None:
    """The URI names the other service; Settings takes them all."""
    environment = {key: str(value) for key, value in COMPOSE["services"]["imgsearch"]["environment"].items()}
    settings = Settings.from_env(environment)
    assert settings.uri == "http://milvus:19530"
    assert settings.token.startswith("root:")


def test_every_volume_is_declared() -> None:
    """Data outlives a container."""
    mounts = [m.split(":") for s in COMPOSE["services"].values() for m in s.get("volumes", [])]
    assert {name for name, *_ in mounts} == set(COMPOSE["volumes"])
    assert ["data", "/data"] in mounts


def test_the_python_that_is_pinned_is_one_that_the_package_takes() -> None:
    """At least what pyproject.toml asks for."""
    tree = ast.literal_eval(re.search(r'requires-python = (".*")', (ROOT / "pyproject.toml").read_text())[1])  # type: ignore[index]
    minor = int(re.search(r"python:3\.(\d+)", DOCKERFILE)[1])  # type: ignore[index]
    assert minor >= int(tree.rpartition(".")[2])
