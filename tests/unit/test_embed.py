"""Crops become unit vectors that depend on the crop alone, the same ones in OpenVINO and in torch."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter
from safetensors.numpy import load_file, save_file

from imgsearch import config, embed, images, weights
from imgsearch.errors import ModelError


def drawing(seed: int) -> Image.Image:
    """A coloured shape on a ground, of its own size and aspect."""
    rng = np.random.default_rng(seed)
    width, height = (int(side) for side in rng.integers(48, 320, 2))
    ground, paint, detail = (tuple(int(part) for part in rng.integers(0, 256, 3)) for _ in range(3))
    picture = Image.new("RGB", (width, height), ground)
    pencil = ImageDraw.Draw(picture)
    box = (width * 0.2, height * 0.15, width * 0.8, height * 0.85)
    (pencil.ellipse if seed % 2 else pencil.rectangle)(box, fill=paint)
    pencil.line((width * 0.3, height * 0.3, width * 0.7, height * 0.6), fill=detail, width=3 + seed % 7)
    return picture.filter(ImageFilter.GaussianBlur(1))


@pytest.fixture(scope="module")
def bundled() -> weights.EmbedderWeights:
    return weights.resolve("bundled").embedder


@pytest.fixture(scope="module")
def embedder(bundled: weights.EmbedderWeights) -> embed.ResNetEmbedder:
    return embed.load_openvino(bundled)


@pytest.fixture(scope="module")
def drawings() -> list[Image.Image]:
    return [drawing(seed) for seed in range(40)]


def cosines(left: embed.Vectors, right: embed.Vectors) -> np.ndarray:
    return (left * right).sum(axis=1)


def test_vectors_are_unit_length_float32(embedder: embed.ResNetEmbedder, drawings: list[Image.Image]) -> None:
    vectors = embedder.embed(drawings[:5])
    assert vectors.shape == (5, embedder.dim) == (5, 256)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_no_crops_are_no_vectors(embedder: embed.ResNetEmbedder) -> None:
    assert embedder.embed([]).shape == (0, 256)


def test_openvino_computes_what_torch_computes(
    bundled: weights.EmbedderWeights, embedder: embed.ResNetEmbedder, drawings: list[Image.Image]
) -> None:
    import torch

    torch.backends.cudnn.allow_tf32 = True  # as it comes
    reference = embed.load_torch(bundled, "cpu").embed(drawings)
    assert not torch.backends.cudnn.allow_tf32, "on CUDA, too"
    assert cosines(embedder.embed(drawings), reference).min() >= 0.9999


def of_the_last_stage_alone(bundled: weights.EmbedderWeights, folder: Path) -> weights.EmbedderWeights:
    """Weights as earlier versions trained them."""
    state = load_file(bundled.path)
    state["fc.weight"] = np.ascontiguousarray(state["fc.weight"][:, -512:])
    path = folder / "embedder.safetensors"
    save_file(state, path)
    return dataclasses.replace(bundled, path=path)


@pytest.mark.parametrize("stages", [["layer2", "layer3", "layer4"], ["layer4"]])
def test_the_torch_network_is_torchvisions_resnet18_with_the_head_spelled_out(
    bundled: weights.EmbedderWeights, drawings: list[Image.Image], tmp_path: Path, stages: list[str]
) -> None:
    """A reference that shares no code with `network.py`: functional layers over torchvision's own model."""
    if len(stages) == 1:
        bundled = of_the_last_stage_alone(bundled, tmp_path)
    import torch
    from torch.nn import functional
    from torchvision.models import resnet18

    state = {name: torch.from_numpy(array).float() for name, array in load_file(bundled.path).items()}
    children = ["conv1", "bn1", "relu", "maxpool", "layer1", "layer2", "layer3", "layer4"]
    body = {
        f"{children[int(name.split('.')[1])]}.{name.split('.', 2)[2]}": tensor
        for name, tensor in state.items()
        if name.startswith("body.")
    }
    model = resnet18().eval()
    model.load_state_dict(body, strict=False)
    x = torch.from_numpy(np.stack([images.preprocess(picture, bundled.input_size_px) for picture in drawings[:6]]))
    levels, p = [], state["pool.p"]
    with torch.no_grad():
        for child in children:
            x = getattr(model, child)(x)
            pooled = (x.clamp(min=1e-6) ** p).mean((2, 3)) ** (1 / p)
            deviation = (pooled.var(1, unbiased=False, keepdim=True) + 1e-5).sqrt()
            levels += [(pooled - pooled.mean(1, keepdim=True)) / deviation] if child in stages else []
        reference = functional.normalize(torch.cat(levels, 1) @ state["fc.weight"].T).numpy()
    assert cosines(embed.load_torch(bundled, "cpu").embed(drawings[:6]), reference).min() >= 0.9999
    assert cosines(embed.load_openvino(bundled).embed(drawings[:6]), reference).min() >= 0.9999


def test_bf16_points_the_same_way(bundled: weights.EmbedderWeights, embedder: embed.ResNetEmbedder) -> None:
    crops = [drawing(seed) for seed in range(12)]
    rounded = embed.load_openvino(bundled, "bf16")
    assert rounded.runtime.endswith("bf16")
    assert cosines(rounded.embed(crops), embedder.embed(crops)).min() >= 0.995


def test_a_vector_does_not_depend_on_its_batch(embedder: embed.ResNetEmbedder, drawings: list[Image.Image]) -> None:
    assert len(drawings) > embed.MAX_BATCH
    together = embedder.embed(drawings)
    alone = np.concatenate([embedder.embed([picture]) for picture in drawings])
    assert np.abs(together - alone).max() < 1e-5


def test_the_same_thing_in_another_resolution_stays_nearer_than_another_thing(
    embedder: embed.ResNetEmbedder, drawings: list[Image.Image]
) -> None:
    sharp = [picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.BICUBIC) for picture in drawings]
    scores = embedder.embed(sharp) @ embedder.embed(drawings).T
    assert (scores.argmax(axis=1) == np.arange(len(drawings))).all()


def test_many_threads_get_their_own_answers(embedder: embed.ResNetEmbedder, drawings: list[Image.Image]) -> None:
    expected = embedder.embed(drawings)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda picture: embedder.embed([picture])[0], drawings))
    assert np.abs(np.stack(answers) - expected).max() < 1e-5


def test_serving_on_a_cpu_keeps_torch_and_telemetry_out_of_the_process() -> None:
    code = (
        "import sys; from PIL import Image; from imgsearch import embed, weights\n"
        "one = embed.load_embedder(weights.resolve('bundled').embedder, 'cpu')\n"
        "assert one.embed([Image.new('RGB', (30, 50))]).shape == (1, 256)\n"
        "assert sys.modules['openvino_telemetry'] is None\n"
        "print(one.runtime, *sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=config.ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.startswith("OpenVINO CPU f32")
    assert "torch" not in run.stdout.split()


def test_another_input_size_is_served_by_the_same_weights(bundled: weights.EmbedderWeights) -> None:
    smaller = embed.load_openvino(dataclasses.replace(bundled, input_size_px=96))
    assert smaller.embed([drawing(1)]).shape == (1, 256)


def spoiled(bundled: weights.EmbedderWeights, path: Path) -> weights.EmbedderWeights:
    return dataclasses.replace(bundled, path=path)


def test_a_truncated_weight_file_is_refused(bundled: weights.EmbedderWeights, tmp_path: Path) -> None:
    path = tmp_path / "embedder.safetensors"
    path.write_bytes(bundled.path.read_bytes()[:100_000])
    with pytest.raises(ModelError, match="can't be read"):
        embed.load_embedder(spoiled(bundled, path), "cpu")


@pytest.mark.parametrize("name", ["fc.weight", "body.5.0.downsample.0.weight", "pool.p"])
def test_a_missing_array_is_named(bundled: weights.EmbedderWeights, tmp_path: Path, name: str) -> None:
    state = load_file(bundled.path)
    del state[name]
    path = tmp_path / "embedder.safetensors"
    save_file(state, path)
    with pytest.raises(ModelError, match=name):
        embed.load_embedder(spoiled(bundled, path), "cpu")


def test_an_array_of_another_shape_is_named(bundled: weights.EmbedderWeights, tmp_path: Path) -> None:
    state = load_file(bundled.path)
    state["fc.weight"] = np.ascontiguousarray(state["fc.weight"][:128])
    path = tmp_path / "embedder.safetensors"
    save_file(state, path)
    with pytest.raises(ModelError, match=r"fc\.weight should have shape \(256, 896\), has \(128, 896\)"):
        embed.load_embedder(spoiled(bundled, path), "cpu")


def test_weights_that_answer_with_nan_are_refused(bundled: weights.EmbedderWeights, tmp_path: Path) -> None:
    state = load_file(bundled.path)
    state["fc.weight"] = np.full_like(state["fc.weight"], np.nan)
    path = tmp_path / "embedder.safetensors"
    save_file(state, path)
    with pytest.raises(ModelError, match="NaN"):
        embed.load_embedder(spoiled(bundled, path), "cpu").embed([drawing(0)])
