"""Kernels as numbers of bfloat16: what is rounded, what stays, and that the errors cancel."""

from __future__ import annotations

import copy
from itertools import pairwise

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from torch import nn

from imgsearch import config, yolo
from imgsearch.network import EmbedderNet, load_network
from imgsearch.train.rounding import folded_gain, round_folded, round_kernels


def network() -> nn.Sequential:
    """A plain, a grouped and a strided convolution, with biases."""
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(3, 16, 3, padding=1),
        nn.SiLU(),
        nn.Conv2d(16, 16, 3, padding=1, groups=4),
        nn.SiLU(),
        nn.Conv2d(16, 8, 1, stride=2),
    ).eval()


def pictures(seed: int) -> list[torch.Tensor]:
    """Two batches of smooth pictures, whose neighbouring pixels are alike, as those of photos are."""
    noise = torch.rand(2, 4, 3, 8, 8, generator=torch.Generator().manual_seed(seed))
    return [nn.functional.interpolate(batch, (40, 48), mode="bilinear") for batch in noise]


def nearest(net: nn.Sequential) -> nn.Sequential:
    """Each weight rounded by itself."""
    for module in net:
        if isinstance(module, nn.Conv2d):
            module.weight.data = module.weight.data.bfloat16().float()
    return net


def is_held(values: torch.Tensor) -> bool:
    """True if bfloat16 holds all of them."""
    return bool((values.bfloat16().float() == values).all())


def test_every_kernel_is_of_bfloat16_and_shapes_stay() -> None:
    """Names, shapes and dtypes are as before; the kernels were not numbers of bfloat16, and are."""
    before, after = network(), network()
    round_kernels(after, pictures(0))
    for (name, old), (same, new) in zip(before.state_dict().items(), after.state_dict().items(), strict=True):
        assert (name, old.shape, old.dtype) == (same, new.shape, new.dtype)
        if name.endswith("weight"):
            assert not is_held(old)
            assert is_held(new)
            assert (old - new).abs().max() < 0.02 * old.abs().max()


def test_errors_cancel_on_pictures_that_were_not_looked_at() -> None:
    """What it answers is off by less than half as much as with each weight rounded to the nearest."""
    true, other = network(), pictures(1)
    rounded = copy.deepcopy(true)
    round_kernels(rounded, pictures(0))
    plain = nearest(copy.deepcopy(true))
    with torch.no_grad():
        off = [sum(float((net(batch) - true(batch)).square().mean()) for batch in other) for net in (rounded, plain)]
    assert 0 < off[0] < 0.5 * off[1]


def test_large_values_that_hardly_vary_are_rounded_by_how_they_vary() -> None:
    """As in a network that has learned little: squares of what it sees hold none of the differences in float32."""
    true, rounded = (nn.Sequential(nn.Conv2d(3, 8, 3)).eval() for _ in range(2))
    rounded.load_state_dict(true.state_dict())
    batches = [1000 + 0.1 * batch for batch in pictures(0)]
    round_kernels(rounded, batches)
    with torch.no_grad():
        off = (rounded(batches[0]) - true(batches[0])).double()
    assert off.abs().mean() < 1e-3, "the mean is taken up by the bias, what varies by the other weights"


def test_no_picture_at_all_is_refused() -> None:
    """Nothing to go by: an error, not a network of NaN."""
    with pytest.raises(ValueError, match="picture"):
        round_kernels(network(), [])


def test_the_bundled_detector_is_one_that_bfloat16_holds() -> None:
    """Each of its 102 kernels; so float32, in which it serves, computes the network that bfloat16 would."""
    constants = yolo.named_constants(config.ASSETS / "models" / "detector.xml")
    kernels = {name: value for name, value in constants.items() if name.endswith(".weight")}
    assert len(kernels) == 102
    assert all(is_held(torch.from_numpy(value)) for value in kernels.values())
    assert not all(is_held(torch.from_numpy(np.array(constants[name.replace("weight", "bias")]))) for name in kernels)


def _folded(network: nn.Module) -> list[torch.Tensor]:
    """Each kernel with its norm folded in, as a runtime computes with it."""
    modules = list(network.modules())
    return [
        (convolution.weight * folded_gain(norm)).detach()
        for convolution, norm in pairwise(modules)
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
    ]


def _off(kernels: list[torch.Tensor]) -> float:
    """The largest share by which rounding to bfloat16 changes a kernel (root mean square)."""
    return max(float((kernel - kernel.bfloat16().float()).norm() / kernel.norm()) for kernel in kernels)


def test_kernels_beside_norms_fold_to_bfloat16_and_give_the_same_vectors() -> None:
    torch.manual_seed(0)
    before = EmbedderNet().eval()
    for module in before.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.weight, -1.0, 2.0)
            nn.init.uniform_(module.running_var, 0.5, 2.0)
    after = copy.deepcopy(before)
    round_folded(after)
    assert len(_folded(after)) == 20, "every convolution of a ResNet-18"
    assert _off(_folded(before)) > 1e-3
    assert _off(_folded(after)) < 1e-6
    with torch.no_grad():
        assert float((before(pictures(1)[0]) * after(pictures(1)[0])).sum(dim=1).min()) > 0.999


def test_an_output_that_a_norm_switched_off_keeps_its_kernel() -> None:
    layer, norm = nn.Conv2d(2, 2, 1, bias=False), nn.BatchNorm2d(2)
    norm.weight.data = torch.tensor([0.0, 1.0])
    kernel = layer.weight.detach().clone()
    round_folded(nn.Sequential(layer, norm).eval())
    assert torch.equal(layer.weight[0], kernel[0])
    assert torch.isfinite(layer.weight).all()


def test_the_bundled_embedder_is_rounded_like_that() -> None:
    """Stored in float16, so a little beside the numbers of bfloat16, and back on them as soon as they are asked for."""
    state = load_file(config.ASSETS / "models" / "embedder.safetensors")
    assert _off(_folded(load_network(state))) < 5e-4
