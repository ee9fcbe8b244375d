"""How fast is it? Stage by stage, from a photo's bytes to ranked products, beside the plain pipeline.

Works on a temporary copy of a catalog, never on a live collection. Invariants: ours and the reference alternate within
each round, so that a busy moment of the machine hits both; nothing is timed before it ran once; the cold start and
the peak memory are a separate process's, as this one holds the reference's libraries, too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from imgsearch import catalog, geometry, images, ingest, metrics
from imgsearch.config import ROOT
from imgsearch.detect import load_detector
from imgsearch.embed import load_embedder
from imgsearch.errors import ModelError
from imgsearch.images import Photo
from imgsearch.records import Box, Detection, SearchResult
from imgsearch.search import ImageSearch, most_prominent
from imgsearch.store import MilvusStore
from imgsearch.weights import ModelSet, resolve

STAGES = ("decode", "detect", "embed", "search", "photo_to_results")
NETWORKS = {"resnet50": "resnet50", "same_network": "same"}
PHOTO_SIDE_PX = 1600  # what a phone's browser sends after shrinking
TOP_K = 24
SHOP = "bench"
_REFERENCE = ROOT / "benchmarks" / "reference.py"
_PAUSE_S = 0.005  # torch's idle threads spin for some milliseconds and would disturb what comes next

Progress = Callable[[str, int, int], None]
Page = Callable[[ImageSearch, Path], Callable[[], object]]
"""Makes one visit of the page: called, it goes from a photo's file to its first results, with nothing kept before."""


@dataclass(slots=True)
class Times:
    """Milliseconds per stage, one figure a round."""

    ms: dict[str, list[float]] = field(default_factory=lambda: {stage: [] for stage in STAGES})

    def measure(self, stage: str, work: Callable[[], Any]) -> Any:
        """Run the work, keep how long it took, return what it returned."""
        started = time.perf_counter()
        answer = work()
        self.ms[stage].append((time.perf_counter() - started) * 1000.0)
        return answer

    def summary(self) -> dict[str, dict[str, float]]:
        """p50 and p95 of every stage."""
        return {stage: _percentiles(values) for stage, values in self.ms.items()}


class Pipeline(Protocol):
    """Ours and the reference have the same stages; a box is xyxy in pixels of the photo."""

    def decode(self, path: Path) -> Any: ...
    def detect(self, photo: Any) -> Any: ...
    def embed(self, photo: Any, box: tuple[float, float, float, float]) -> Any: ...
    def search(self, vector: Any, top_k: int) -> Any: ...
    def photo_to_results(self, path: Path, box: tuple[float, float, float, float], top_k: int) -> Any: ...
    def close(self) -> None: ...


class OurPipeline:
    """`ImageSearch`, stage by stage."""

    def __init__(self, search: ImageSearch) -> None:
        self._search = search

    def decode(self, path: Path) -> Photo:
        """The file as an upright photo."""
        return images.load(path)

    def detect(self, photo: Photo) -> list[Detection]:
        """The things in it."""
        return self._search.detect(photo)

    def embed(self, photo: Photo, box: tuple[float, float, float, float]) -> NDArray[np.float32]:
        """One crop as a vector."""
        return self._search.embed(photo, [Box(*box)])

    def search(self, vector: NDArray[np.float32], top_k: int) -> list[SearchResult]:
        """Ranked products for it."""
        return self._search.search_vectors(vector, top_k=top_k)

    def photo_to_results(self, path: Path, box: tuple[float, float, float, float], top_k: int) -> SearchResult:
        """All of it, as `search PHOTO` does; the box is the one that the detector finds."""
        return self._search.search(images.load(path), top_k=top_k)

    def close(self) -> None:
        """Release the store."""
        self._search.close()


def run(
    models: str,
    feed: Path,
    photo: Path,
    *,
    page: Page,
    rounds: int = 60,
    with_reference: bool = True,
    progress: Progress = lambda what, done, total: None,
) -> dict[str, Any]:
    """Measure, and return the document of `bench`.

    Args:
        models: as `--models`.
        feed: the catalog that is imported and searched.
        photo: any picture; it is brought to 1600 px first.
        page: the page's handlers, for the stage `page`; they lie above this room, so the caller hands them in.
        rounds: how often every stage runs.
        with_reference: also run benchmarks/reference.py, where torch and ultralytics are installed.
        progress: called with what is done, how many are, and of how many.

    Raises:
        ImgSearchError: the models, the feed or the photo can't be used.
    """
    with tempfile.TemporaryDirectory(prefix="imgsearch-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        home = folder / "shops" / SHOP
        weights = ingest.fitted(resolve(models), catalog.read(feed), home)
        ingest.adopt(weights)
        weights = resolve(models, home)
        path = _prepare_photo(photo, folder)
        ingested = _ingest(weights, feed, folder, progress)
        cold_start_s, peak_mib = _cold_start(models, path, folder)
        search = _open(weights, folder)
        pipelines: dict[str, Pipeline] = {"ours": OurPipeline(search)}
        try:
            if with_reference:
                pipelines |= _references(search, weights, folder)
            times, visits = _measure(pipelines, path, _box(search, path), page(search, path), rounds, progress)
            setup = _setup(search, path, rounds)
        finally:
            for pipeline in pipelines.values():
                pipeline.close()
    ours = times.pop("ours")
    return {
        **ours.summary(),
        **visits.summary(),
        "ingest_images_per_s": round(ingested, 1),
        "cold_start_s": round(cold_start_s, 2),
        "peak_mib": peak_mib,
        "reference": {name: _compared(ours, theirs) for name, theirs in times.items()} or None,
        "setup": setup,
    }


def _prepare_photo(photo: Path, folder: Path) -> Path:
    """The photo as a JPEG of 1600 px, as phones and pages send it."""
    picture = images.load(photo, max_side_px=None).image
    factor = PHOTO_SIDE_PX / max(picture.size)
    size = (max(1, round(picture.width * factor)), max(1, round(picture.height * factor)))
    path = folder / "photo.jpg"
    picture.resize(size, Image.Resampling.LANCZOS).save(path, quality=90)
    return path


def _database(folder: Path) -> str:
    return str(folder / "bench.db")


def _open(weights: ModelSet, folder: Path) -> ImageSearch:
    embedder = load_embedder(weights.embedder)
    store = MilvusStore(_database(folder), shop=SHOP, fingerprint=embedder.fingerprint)
    return ImageSearch(embedder, store, load_detector(weights.detector) if weights.detector else None)


def _ingest(weights: ModelSet, feed: Path, folder: Path, progress: Progress) -> float:
    """Import the feed into the temporary database; pictures per second."""
    search = _open(weights, folder)
    try:
        report = ingest.run(
            catalog.read(feed),
            search.store,
            search.detector,
            search.embedder,
            thumbs_dir=folder / "thumbs",
            progress=lambda p: progress("Import", p.done, p.total),
        )
    finally:
        search.close()
    return float(report.images_per_s)


def _cold_start(models: str, photo: Path, folder: Path) -> tuple[float, float | None]:
    """Seconds and peak MiB of a new process that answers one search by the command line."""
    arguments = ["search", str(photo), "--json", "--models", models, "--uri", _database(folder), "--shop", SHOP]
    command = [sys.executable, "-m", "imgsearch", *arguments, "--data-dir", str(folder)]
    started = time.perf_counter()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # Errors are short, so reading one pipe after the other can't block.
        answer, complaint = process.stdout.read() if process.stdout else b"", b""
        complaint = process.stderr.read() if process.stderr else b""
        seconds = time.perf_counter() - started
        peak_mib = _wait(process)
    if process.returncode != 0 or not json.loads(answer)["matches"]:
        raise ModelError(f"The search in a new process failed: {complaint.decode(errors='replace').strip()[-300:]}")
    return seconds, peak_mib


def _wait(process: subprocess.Popen[bytes]) -> float | None:
    """Wait for the process to end; its largest resident size in MiB, None where the system does not tell."""
    if not hasattr(os, "wait4"):
        process.wait()
        return None
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    per_mib = 1024 * 1024 if sys.platform == "darwin" else 1024  # macOS counts bytes, Linux KiB
    return round(usage.ru_maxrss / per_mib, 1)


def _box(search: ImageSearch, path: Path) -> Box:
    """What the embedding stages cut out: the photo's most prominent thing."""
    photo = images.load(path)
    main = most_prominent(search.detect(photo))
    return main.box if main else geometry.whole(photo.width_px, photo.height_px)


def _measure(
    pipelines: Mapping[str, Pipeline],
    path: Path,
    box: Box,
    visit: Callable[[], object],
    rounds: int,
    progress: Progress,
) -> tuple[dict[str, Times], Times]:
    """Run all rounds, the pipelines in turns, each second round in the other order, and a visit of the page in each."""
    for pipeline in pipelines.values():
        _round(pipeline, path, box, Times())  # first calls allocate
    visit()
    times = {name: Times() for name in pipelines}
    visits = Times({"page": []})
    names = list(pipelines)
    for done in range(1, rounds + 1):
        for name in names if done % 2 else reversed(names):
            _round(pipelines[name], path, box, times[name])
            time.sleep(_PAUSE_S)
        visits.measure("page", visit)
        progress("Rounds", done, rounds)
    return times, visits


def _round(pipeline: Pipeline, path: Path, box: Box, times: Times) -> None:
    photo = times.measure("decode", lambda: pipeline.decode(path))
    times.measure("detect", lambda: pipeline.detect(photo))
    vector = times.measure("embed", lambda: pipeline.embed(photo, box.xyxy))
    times.measure("search", lambda: pipeline.search(vector, TOP_K))
    times.measure("photo_to_results", lambda: pipeline.photo_to_results(path, box.xyxy, TOP_K))


def _references(search: ImageSearch, weights: ModelSet, folder: Path) -> dict[str, Pipeline]:
    """The plain pipelines over the same vectors; {} where what they need is not installed."""
    needed = ("torch", "torchvision", "ultralytics")
    if not _REFERENCE.is_file() or any(importlib.util.find_spec(name) is None for name in needed):
        return {}
    vectors = np.concatenate([search.store.vectors(product.product_id) for product in search.store.products()])
    detector_px = weights.detector.input_size_px if weights.detector else 640
    make = _load_reference().PlainPipeline
    return {
        name: make(folder, vectors, detector_px, weights.embedder.input_size_px, network)
        for name, network in NETWORKS.items()
    }


def _load_reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("imgsearch_reference", _REFERENCE)
    if spec is None or spec.loader is None:
        raise ModelError(f"{_REFERENCE} can't be loaded; restore it from the repository.")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    p50_ms, p95_ms = np.percentile(values, [50, 95])
    return {"p50_ms": round(float(p50_ms), 2), "p95_ms": round(float(p95_ms), 2)}


def _compared(ours: Times, theirs: Times) -> dict[str, dict[str, Any]]:
    """The reference's stages, each with its median over ours and the ratio's 95 % interval."""
    stages: dict[str, dict[str, Any]] = {}
    for stage in STAGES:
        ratio, (low, high) = metrics.ratio_of_medians(theirs.ms[stage], ours.ms[stage])
        compared = {"ratio": round(ratio, 3), "ci95": [round(low, 3), round(high, 3)]}
        stages[stage] = _percentiles(theirs.ms[stage]) | compared
    return stages


def _setup(search: ImageSearch, path: Path, rounds: int) -> dict[str, Any]:
    photo = images.load(path)
    return {
        "photo_px": [photo.width_px, photo.height_px],
        "rounds": rounds,
        "gallery_images": search.store.count(),
        "detector": search.detector.runtime if search.detector else None,
        "embedder": search.embedder.runtime,
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} CPUs",
        "python": platform.python_version(),
    }
