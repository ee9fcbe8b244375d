"""The architecture, enforced: imports point down, and each heavy library has its one room."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "imgsearch"
HEAVY = ("torch", "torchvision", "gradio", "ultralytics", "pymilvus", "milvus_lite", "openvino")

LAYERS = [
    {"errors"},
    {"records"},
    {"geometry", "images", "config", "whitening", "official", "verdict", "snapshots", "passwords", "metrics"},
    {"weights", "distractors", "network", "fetch", "thumbs", "queries"},
    {"yolo"},
    {"detect", "embed", "store", "catalog"},
    {"ranking"},
    {"search", "ingest", "migrate", "jsonout"},
    {"evaluate", "calibrate", "health", "bench", "doctor", "review", "train", "baselines", "shops", "reliability"},
    {"ui", "cli", "commands", "__main__"},
]
RANK = {room: rank for rank, rooms in enumerate(LAYERS) for room in rooms}
SIBLINGS_ALLOWED = {2, 7, 8, 9}  # detect, embed, store and catalog never import each other


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


FILES = [p for p in sorted(PACKAGE.rglob("*.py")) if p != PACKAGE / "__init__.py"]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_point_down(path: Path) -> None:
    own = room(path)
    assert own in RANK, f"{own} is in no layer: give it one"
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "imgsearch" or len(parts) == 1 or parts[1] not in RANK or parts[1] == own:
            continue
        allowed = RANK[parts[1]] < RANK[own] or (RANK[parts[1]] == RANK[own] and RANK[own] in SIBLINGS_ALLOWED)
        assert allowed, f"{own} imports {parts[1]}, which is not below it"


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("gradio", {"ui"}),
        ("pymilvus", {"store"}),
        ("milvus_lite", {"store"}),
        ("ultralytics", {"yolo", "train", "official"}),
        ("openvino", {"embed", "yolo", "train"}),
    ],
)
def test_each_library_has_its_room(library: str, rooms: set[str]) -> None:
    users = {room(p) for p in FILES if any(n.split(".")[0] == library for n in imports(p))}
    assert users <= rooms


def test_the_environment_is_read_in_one_place() -> None:
    readers = {room(p) for p in FILES if "os.environ" in p.read_text() or "os.getenv" in p.read_text()}
    assert readers == {"config"}


def test_importing_the_package_loads_no_heavy_library() -> None:
    code = (
        "import sys, imgsearch, imgsearch.config, imgsearch.images, imgsearch.records, imgsearch.weights\n"
        f"print([m for m in {HEAVY!r} if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
