"""Numbers of which width training computes in: bfloat16 where the hardware does, float32 elsewhere.

Knows processors, nothing of networks. Invariant: weights, their averages and all losses stay float32; serving is not
touched by this (`imgsearch.yolo` and `imgsearch.embed` decide on their own).
"""

from __future__ import annotations

from functools import cache

import torch

from imgsearch import config


@cache
def computes_bf16() -> bool:
    """Whether this processor computes in bfloat16; where it does not, torch emulates it: 1.5 instead of 27 pictures a
    second, and OpenVINO takes float32 when asked for it."""
    config.quiet_libraries()
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def trains_in_bf16(device: str) -> bool:
    """On "cpu" as the processor can, on "cuda", "cuda:1" always."""
    return device != "cpu" or computes_bf16()


def mixed(device: str) -> torch.autocast:
    """The context of a forward pass on this device; where it does not compute in bfloat16 this changes nothing."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=trains_in_bf16(device))
