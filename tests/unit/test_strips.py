"""Convolutions in strips: torch's own, number for number."""

from __future__ import annotations

import copy

import pytest
import torch
from torch import nn

from imgsearch.network import EmbedderNet
from imgsearch.train.strips import STRIP, StripConv2d, lay_in_strips


@pytest.mark.parametrize("count", [1, STRIP, STRIP + 3])
@pytest.mark.parametrize("side", [4, 7, 8])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_strip_gives_what_each_picture_gives_alone(count: int, side: int, stride: int) -> None:
    torch.manual_seed(0)
    stage = nn.Sequential(nn.Conv2d(5, 6, 3, stride, 1, bias=False))
    laid = copy.deepcopy(stage)
    lay_in_strips(laid)
    assert isinstance(laid[0], StripConv2d)
    maps = torch.randn(count, 5, side, side)
    found, gradients = [], []
    for network in (stage, laid):
        given = maps.clone().requires_grad_()
        out = network(given)
        (out * torch.linspace(-1, 1, out.numel()).view_as(out)).sum().backward()
        found.append(out)
        gradients.append((given.grad, network[0].weight.grad))
    assert found[0].shape == found[1].shape
    torch.testing.assert_close(found[1], found[0], atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(gradients[1], gradients[0], atol=1e-4, rtol=1e-4)


def test_the_parameters_stay_the_same_ones() -> None:
    network = EmbedderNet()
    before = dict(network.named_parameters())
    lay_in_strips(network.body[-1])
    after = dict(network.named_parameters())
    assert list(after) == list(before)
    assert all(after[name] is parameter for name, parameter in before.items())
    assert sum(isinstance(module, StripConv2d) for module in network.modules()) == 4
    assert not any(isinstance(module, StripConv2d) for module in network.body[:-1].modules())


def test_a_whole_network_in_strips_embeds_as_before() -> None:
    torch.manual_seed(0)
    network = EmbedderNet().eval()
    pictures = torch.randn(3, 3, 112, 112)
    with torch.no_grad():
        expected = network(pictures)
        lay_in_strips(network)
        torch.testing.assert_close(network(pictures), expected, atol=1e-5, rtol=1e-4)
