"""Which numbers training computes in: what the processor says, and a trial where it says too little."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from imgsearch.train import precision


@pytest.fixture(autouse=True)
def asked_anew() -> Iterator[None]:
    precision.trains_in_bf16.cache_clear()
    yield
    precision.trains_in_bf16.cache_clear()


def _processor(monkeypatch: pytest.MonkeyPatch, *features: str) -> None:
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: dict.fromkeys(features, True))


def test_cuda_and_amx_train_in_bfloat16_without_a_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_trial_s", lambda dtype: pytest.fail("nothing to try"))
    _processor(monkeypatch, "avx512_bf16", "amx_bf16")
    assert precision.trains_in_bf16("cpu")
    _processor(monkeypatch)
    assert precision.trains_in_bf16("cuda:1")


def test_a_processor_that_only_emulates_bfloat16_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(precision, "_trial_s", lambda dtype: pytest.fail("seconds lost"))
    _processor(monkeypatch, "avx512_f")
    assert not precision.trains_in_bf16("cpu")


@pytest.mark.parametrize(("bf16_s", "f32_s", "chosen"), [(1.0, 2.0, True), (2.0, 1.0, False)])
def test_avx512_takes_what_the_trial_finds_sooner(
    monkeypatch: pytest.MonkeyPatch, bf16_s: float, f32_s: float, chosen: bool
) -> None:
    _processor(monkeypatch, "avx512_bf16")
    monkeypatch.setattr(precision, "_trial_s", {torch.bfloat16: bf16_s, torch.float32: f32_s}.__getitem__)
    assert precision.trains_in_bf16("cpu") is chosen


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float32])
def test_the_trial_runs_on_any_processor_whoever_asks(dtype: torch.dtype) -> None:
    with torch.no_grad():  # as the last layer's pairs are looked at
        assert precision._trial_s(dtype) > 0


def test_the_trial_leaves_a_runs_random_numbers_alone() -> None:
    before = torch.get_rng_state()
    precision._trial_s(torch.float32)
    assert torch.equal(torch.get_rng_state(), before)


def test_weights_and_gradients_stay_float32() -> None:
    layer = nn.Conv2d(3, 4, 3)
    with precision.mixed("cpu"):
        answer = layer(torch.rand(1, 3, 8, 8))
    torch.autograd.backward(answer.float().sum())
    assert layer.weight.grad is not None and layer.weight.grad.dtype == layer.weight.dtype == torch.float32
