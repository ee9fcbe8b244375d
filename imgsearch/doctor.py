"""Is this installation fit to serve? Versions, models, store, shops and the data directory, each with its remedy.

Looks and reports; repairs nothing and writes nothing that stays. Invariant: a check never ends the examination; what
can't be found out is a failed check with the reason.
"""

from __future__ import annotations

import importlib.metadata
import platform
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from imgsearch import __version__
from imgsearch.config import Settings, without_login
from imgsearch.errors import ImgSearchError

# Serving on a CPU needs the first ones; torch and ultralytics are for CUDA, checkpoints and training.
NEEDED = ("numpy", "pillow", "pillow-heif", "safetensors", "openvino", "pymilvus", "milvus-lite", "gradio")
OPTIONAL = ("torch", "torchvision", "ultralytics")
TOOLS = "mcp"  # an assistant's tools on the page


@dataclass(frozen=True, slots=True)
class Check:
    """One finding; `remedy` is '' when it is fine."""

    name: str
    ok: bool
    detail: str
    remedy: str = ""


def examine(settings: Settings) -> dict[str, Any]:
    """The document of `doctor`."""
    packages = {name: _version(name) for name in (*NEEDED, *OPTIONAL, TOOLS)}
    models: dict[str, Any] = {}
    store: dict[str, Any] = {"uri": without_login(settings.store_uri), "shops": []}
    checks = [
        _check_packages(packages),
        _check_data_dir(settings.data_dir),
        _checked("embedder", lambda: _examine_embedder(settings, models)),
        _checked("detector", lambda: _examine_detector(settings, models)),
    ]
    fingerprint = models.get("embedder", {}).get("fingerprint", "")
    checks += _examine_store(settings, fingerprint, store)
    return {
        "ok": all(check.ok for check in checks),
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": packages,
        "models": models,
        "store": store,
        "checks": [asdict(check) for check in checks],
    }


def _version(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def _checked(name: str, examine_part: Callable[[], str]) -> Check:
    """Run one part; what it raises becomes the finding, as our errors say what to do."""
    try:
        return Check(name, True, examine_part())
    except ImgSearchError as error:
        return Check(name, False, error.code, str(error))
    except ImportError as error:
        return Check(name, False, str(error), "Install the requirements: pip install -r requirements.txt.")


def _check_packages(packages: dict[str, str | None]) -> Check:
    missing = [name for name in NEEDED if packages[name] is None]
    if missing:
        return Check("packages", False, f"missing: {', '.join(missing)}", "pip install -r requirements.txt")
    absent = [name for name in OPTIONAL if packages[name] is None]
    note = f"; not installed, only for CUDA and training: {', '.join(absent)}" if absent else ""
    if packages[TOOLS] is None:
        note += "; no MCP tools on the page (pip install -r requirements-mcp.txt)"
    return Check("packages", True, f"all needed ones{note}")


def _check_data_dir(folder: Path) -> Check:
    nearest = next(p for p in (folder, *folder.parents) if p.exists())
    try:
        with tempfile.TemporaryFile(dir=nearest) as file:
            file.write(b"0" * 65536)
    except OSError as error:
        remedy = "Give another directory by --data-dir or IMGSEARCH_DATA_DIR, or make room in this one."
        return Check("data directory", False, f"{folder} can't be written ({error.strerror})", remedy)
    made = "" if folder.exists() else " (made at the first start)"
    return Check("data directory", True, f"{folder}{made}")


def _examine_embedder(settings: Settings, models: dict[str, Any]) -> str:
    from imgsearch.embed import load_embedder
    from imgsearch.weights import resolve_for

    weights = resolve_for(settings).embedder
    embedder = load_embedder(weights)
    models["embedder"] = {
        "path": str(weights.path),
        "fingerprint": embedder.fingerprint,
        "runtime": embedder.runtime,
    }
    return f"{weights.name}, {weights.input_size_px} px, {embedder.runtime}, fingerprint {embedder.fingerprint[:12]}"


def _examine_detector(settings: Settings, models: dict[str, Any]) -> str:
    from imgsearch.detect import load_detector
    from imgsearch.weights import resolve_for

    weights = resolve_for(settings).detector
    models["detector"] = None
    if weights is None:
        return "none; the whole photo and own boxes are searched"
    detector = load_detector(weights)
    models["detector"] = {"path": str(weights.path), "fingerprint": weights.fingerprint, "runtime": detector.runtime}
    return f"{weights.name}, {weights.input_size_px} px, {len(weights.class_names)} classes, {detector.runtime}"


def _examine_store(settings: Settings, fingerprint: str, found: dict[str, Any]) -> list[Check]:
    if "://" not in settings.store_uri and not Path(settings.store_uri).exists():
        # Opening an embedded store would make it.
        return [Check("store", True, f"{settings.store_uri} is not there yet; the first start or import makes it")]
    checks = [_checked("store", lambda: _list_shops(settings, fingerprint, found))]
    for shop in found["shops"]:
        checks.append(_check_shop(shop))
    return checks


def _list_shops(settings: Settings, fingerprint: str, found: dict[str, Any]) -> str:
    from imgsearch.store import MilvusStore

    with MilvusStore(settings.store_uri, settings.token) as store:
        facts = store.health()
        found["uri"] = store.uri
    for name in facts["shops"]:
        with MilvusStore(settings.store_uri, settings.token, shop=name) as store:
            shop = store.health()
        found["shops"].append(
            {
                "shop": name,
                "images": shop["rows"],
                "fingerprint": shop["fingerprint"],
                "matches_model": shop["fingerprint"] == fingerprint,
            }
        )
    return f"{found['uri']}, Milvus {facts['version']}, {len(facts['shops'])} shops"


def _check_shop(shop: dict[str, Any]) -> Check:
    name = f"shop {shop['shop']}"
    if shop["matches_model"]:
        return Check(name, True, f"{shop['images']} pictures, made by this embedder")
    return Check(
        name,
        False,
        f"{shop['images']} pictures, made by other weights ({shop['fingerprint'][:12]})",
        f"Import its catalog again (`import SOURCE --shop {shop['shop']}`), or give the --models it was made with.",
    )
