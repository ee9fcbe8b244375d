"""`--models pretrained`: the libraries' own loaders and caches, one sentence without a network, a shop's own whitening.

The weights are of the right shapes and random, saved by torchvision and ultralytics under the official names into
caches of the test; everything that loads, fits, imports, stores and searches is the real code.
"""

from __future__ import annotations

import dataclasses
import itertools
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from imgsearch import catalog, config, detect, embed, geometry, ingest, official, reliability, weights, whitening, yolo
from imgsearch.config import Settings
from imgsearch.errors import FingerprintMismatch, ModelError
from imgsearch.images import Photo, load
from imgsearch.records import Box
from imgsearch.search import open_search
from imgsearch.store import MilvusStore
from tests.drawn_shop import draw_product, draw_room, make_shop

RESNET50 = "resnet50-11ad3fa6.pth"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A torch home whose cache holds both files, random."""
    from torchvision.models import resnet50

    config.quiet_libraries()
    from ultralytics.nn import tasks

    home = tmp_path_factory.mktemp("torch-home")
    folder = home / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    torch.manual_seed(0)
    torch.save(resnet50(weights=None).state_dict(), folder / RESNET50)
    make: Any = tasks.DetectionModel  # untyped
    model = make(yolo.ARCHITECTURE, nc=80, verbose=False)  # with both heads, as it is published
    torch.save({"model": model.half(), "train_args": {}, "ema": None}, folder / official.YOLO)
    return home


@pytest.fixture
def cache(filled: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The filled cache, in use, from a directory that holds no weights."""
    monkeypatch.setenv("TORCH_HOME", str(filled))
    monkeypatch.chdir(tmp_path)
    return filled / "hub" / "checkpoints"


def test_every_class_of_coco_has_a_word_of_a_shop() -> None:
    names = official.class_names()
    assert len(names) == 80
    assert (names[0], names[41], names[56], names[57], names[74]) == ("clothing", "tableware", "chair", "sofa", "clock")
    bundled = weights.resolve("bundled").detector
    assert bundled is not None
    assert set(names) <= set(bundled.class_names), "no word that the page does not know"


def test_the_cached_files_are_found_and_not_fetched(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_network(*_: object, **__: object) -> None:
        raise AssertionError("nothing may be looked up")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    found = weights.resolve("pretrained")
    assert found.embedder.path == cache / RESNET50
    assert found.detector is not None
    assert found.detector.path == cache / official.YOLO
    assert found.embedder.needs_whitening
    assert found.embedder.fingerprint != weights.resolve("bundled").embedder.fingerprint


def test_ultralytics_own_places_are_looked_at_first(cache: Path, tmp_path: Path) -> None:
    (tmp_path / official.YOLO).write_bytes((cache / official.YOLO).read_bytes())
    found = weights.resolve("pretrained").detector
    assert found is not None
    assert found.path == tmp_path / official.YOLO


def test_without_a_network_one_sentence_says_what_is_missing_where_it_goes_and_that_bundled_works(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise socket.gaierror("name resolution failed")

    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    with pytest.raises(ModelError) as caught:
        weights.resolve("pretrained")
    sentence = str(caught.value)
    folder = tmp_path / "hub" / "checkpoints"
    for part in (str(folder / RESNET50), str(folder / official.YOLO), "--models bundled", "by hand"):
        assert part in sentence
    assert "\n" not in sentence
    assert sentence.count(". ") == 0
    assert not list(folder.glob("*")), "nothing half is left behind"


def test_a_file_that_holds_something_else_is_refused(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    folder = tmp_path / "hub" / "checkpoints"
    folder.mkdir(parents=True)
    (folder / RESNET50).write_bytes(b"not a network")
    (folder / official.YOLO).write_bytes(b"nor this")
    found = weights.resolve("pretrained")
    with pytest.raises(ModelError, match="no ResNet-50"):
        embed.official_features(found.embedder)
    assert found.detector is not None
    with pytest.raises(ModelError, match="no checkpoint of ultralytics"):
        detect.load_detector(found.detector, "cpu")


def test_a_checkpoint_with_one_head_answers_as_ultralytics_decodes_it(cache: Path, tmp_path: Path) -> None:
    """YOLO11 and older: centres and sizes become corners, classes add up, doubles go; nothing else differs."""
    from ultralytics.nn import tasks

    torch.manual_seed(1)
    make: Any = tasks.DetectionModel  # untyped
    model = make("yolo11n.yaml", nc=80, verbose=False)
    for branch in model.model[-1].cv3:  # random weights are sure of nothing
        torch.nn.init.normal_(branch[-1].bias, -5.0, 1.0)
    path = tmp_path / "yolo11n.pt"
    torch.save({"model": model, "train_args": {}, "ema": None}, path)
    found = weights.resolve("pretrained").detector
    assert found is not None
    network, _ = yolo.torch_network(dataclasses.replace(found, path=path))
    pixels = np.random.default_rng(0).integers(0, 255, (320, 320, 3), np.uint8)
    rows = network(pixels)
    with torch.inference_mode():
        answer = model.eval()(torch.from_numpy(pixels).permute(2, 0, 1)[None].float() / 255)[0][0].numpy()
    surest = np.argsort(-(1 - np.prod(1 - answer[4:], axis=0)), kind="stable")[: len(rows)]
    x, y, width, height = answer[:4, surest]
    corners = np.stack([x - width / 2, y - height / 2, x + width / 2, y + height / 2], axis=1)
    assert len(rows) == 300
    np.testing.assert_allclose(rows[:, :4], corners, atol=0.01)
    np.testing.assert_array_equal(rows[:, 5], answer[4:, surest].argmax(axis=0))
    photo = Photo(Image.fromarray(pixels), 320, 320)
    boxes = detect.load_detector(dataclasses.replace(found, path=path), "cpu").detect(photo)
    assert 0 < len(boxes) <= found.max_boxes
    assert all(geometry.iou(a.box, b.box) < 0.9 for a, b in itertools.combinations(boxes, 2))


def test_the_whole_way_on_a_shop(cache: Path, tmp_path: Path) -> None:
    """Import with both models side by side, search, grow, and come back."""
    settings = Settings(data_dir=tmp_path / "data", shop="shop", models="pretrained", uri=str(tmp_path / "shop.db"))
    home = settings.shop_dir("shop")
    feed = catalog.read(make_shop(tmp_path))
    feed.products[12:] = []
    with pytest.raises(ModelError, match="import the catalog with it"):
        embed.load_embedder(weights.resolve_for(settings).embedder, "cpu")

    models = import_with(settings, feed)
    assert (home / whitening.FILE).is_file()
    assert not (home / whitening.NEXT_FILE).exists()
    assert weights.resolve_for(settings) == weights.resolve("pretrained", home)
    search = open_search(settings)
    mug = load(make_png(tmp_path))
    result = search.search(mug, Box(0, 0, 400, 400))
    search.close()
    assert result.matches[0].score == pytest.approx(1.0, abs=1e-3), "the query is a picture of the catalog"
    assert result.model == models.embedder.fingerprint[:12]

    again = ingest.fitted(weights.resolve_for(settings), feed, home)
    assert again.embedder.fingerprint == models.embedder.fingerprint, "the same feed keeps its vectors"
    bundled = weights.resolve("bundled").embedder.fingerprint
    store = MilvusStore(settings.store_uri, shop="shop", fingerprint=bundled)
    with store, pytest.raises(FingerprintMismatch):
        store.check()


def import_with(settings: Settings, feed: catalog.Feed) -> weights.ModelSet:
    models = ingest.fitted(weights.resolve_for(settings), feed, settings.shop_dir("shop"))
    assert models.detector is not None
    with MilvusStore(settings.store_uri, shop="shop", fingerprint=models.embedder.fingerprint) as store:
        detector, embedder = detect.load_detector(models.detector, "cpu"), embed.load_embedder(models.embedder, "cpu")
        report = ingest.run(feed, store, detector, embedder)
    assert report.embedded == 12
    ingest.adopt(models)
    return models


@pytest.mark.soak  # half a minute of processor time
def test_verdicts_of_the_official_weights_can_be_measured(cache: Path, tmp_path: Path) -> None:
    feed = make_shop(tmp_path)
    lines = feed.read_text(encoding="utf-8").splitlines(keepends=True)
    feed.write_text("".join(lines[:9]), encoding="utf-8")
    draw_room(tmp_path / "room.jpg")
    truth = tmp_path / "truth.csv"
    truth.write_text(f"image,relevant,x1,y1,x2,y2\nroom.jpg,{lines[1].split()[0]},96,108,336,630\n", encoding="utf-8")
    found = reliability.measure(feed, truth, "pretrained")
    assert found["measured"]["sold"]["n"] == 1
    assert len(found["model"]) == 12


def make_png(folder: Path) -> Path:
    path = folder / "mug.png"
    draw_product("mug", "Rust").save(path)
    return path


def test_a_catalog_that_doubles_is_fitted_anew_and_an_addition_is_not(cache: Path, tmp_path: Path) -> None:
    feed = catalog.read(make_shop(tmp_path))
    rows = np.maximum(np.random.default_rng(0).standard_normal((15, 2048)), 0).astype(np.float32)
    whitening.fit(rows).save(tmp_path / "home" / whitening.FILE)
    models = weights.resolve("pretrained", tmp_path / "home")
    assert ingest.fitted(models, feed, tmp_path / "home", add=True) == models
    feed.products[30:] = []
    assert ingest.fitted(models, feed, tmp_path / "home") == models
    feed.products += catalog.read(tmp_path / "feed.tsv").products[30:]
    grown = ingest.fitted(models, feed, tmp_path / "home")
    assert grown.embedder.fingerprint != models.embedder.fingerprint
    assert weights.resolve("pretrained", tmp_path / "home") == models, "what is published stays until it is replaced"
    assert ingest.fitted(models, feed, tmp_path / "home") == grown, "an interrupted import goes on with the same"


def test_serving_with_other_models_loads_neither_torch_nor_ultralytics() -> None:
    code = (
        "import sys; from imgsearch import weights, embed, detect, ingest, shops, search\n"
        "from imgsearch.config import Settings\n"
        "m = weights.resolve_for(Settings())\n"
        "embed.load_embedder(m.embedder, 'cpu'); detect.load_detector(m.detector, 'cpu'); print(*sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True, check=True, env=os.environ
    )
    assert not {"torch", "torchvision", "ultralytics"} & set(run.stdout.split())
