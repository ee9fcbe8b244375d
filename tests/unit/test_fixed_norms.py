"""Norms taken into the kernels: what they answer and learn is what norms in evaluation mode do."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch

from imgsearch.train.fixed_norms import fix_norms
from imgsearch.yolo import build_network


@pytest.fixture
def network() -> Any:
    """The detector's network with statistics, gains and shifts as of one that has learned."""
    torch.manual_seed(0)
    network = build_network(3)
    for module in network.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
            torch.nn.init.uniform_(module.weight, 0.5, 2)
            torch.nn.init.normal_(module.bias, 0, 0.3)
    return network


def _gradients(network: Any, pictures: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    answer = network(pictures)["scores"]
    answer.square().mean().backward()
    return answer, {name: p.grad for name, p in network.named_parameters() if p.grad is not None}


def test_it_answers_and_learns_as_with_norms_in_evaluation_mode(network: Any) -> None:
    """In training mode, with its gains and shifts learning, too; and its statistics stay."""
    pictures = torch.rand(2, 3, 64, 96)
    plain = copy.deepcopy(network).train()
    for module in plain.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    expected, wanted = _gradients(plain, pictures)
    before = copy.deepcopy(network.state_dict())
    fix_norms(network)
    answer, gradients = _gradients(network.train(), pictures)
    assert torch.allclose(answer, expected, rtol=1e-3, atol=1e-4)
    assert gradients.keys() == wanted.keys()
    assert any(name.endswith("bn.weight") for name in gradients)
    for name, gradient in gradients.items():
        assert float((gradient - wanted[name]).norm()) <= 1e-3 * float(wanted[name].norm()) + 1e-7, name
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_a_copy_has_norms_of_its_own(network: Any) -> None:
    """The averaged network of a run is a copy: it must not answer with the weights of the first."""
    fix_norms(network)
    average = copy.deepcopy(network)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        assert float(average.train()(torch.rand(1, 3, 64, 64))["scores"].std()) > 0


def test_without_it_the_statistics_would_move(network: Any) -> None:
    """What it is for: a batch in training mode changes plain norms."""
    before = network.state_dict()["model.0.bn.running_mean"].clone()
    network.train()(torch.rand(2, 3, 64, 64))
    assert not torch.equal(before, network.state_dict()["model.0.bn.running_mean"])
