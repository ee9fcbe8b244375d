"""Numbers of which width training computes in: bfloat16 where that is sooner, float32 elsewhere.

Knows processors, nothing of networks. Invariant: weights, their averages and all losses stay float32; serving is not
touched by this (`imgsearch.yolo` and `imgsearch.embed` decide on their own).
"""

from __future__ import annotations

from functools import cache

import torch

from imgsearch import config


@cache
def computes_bf16() -> bool:
    """Whether OpenVINO computes in bfloat16 on this processor; elsewhere it takes float32 when asked for it."""
    config.quiet_libraries()
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def trains_in_bf16(device: str) -> bool:
    """On "cpu" where it has AMX, on "cuda", "cuda:1" always.

    With AVX-512's bfloat16 alone a ResNet-18 took 1.55 s forth and back over 32 pictures of 128 px on one core, and
    1.25 s in float32; a processor with neither emulates it: 1.5 pictures a second instead of 27.
    """
    return device != "cpu" or bool(torch.cpu.get_capabilities().get("amx_bf16"))


def mixed(device: str) -> torch.autocast:
    """The context of a forward pass on this device; where it does not compute in bfloat16 this changes nothing."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=trains_in_bf16(device))
