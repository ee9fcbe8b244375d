"""Numbers of which width training computes in: bfloat16 where that is sooner, float32 elsewhere.

Knows processors, nothing of networks. Invariant: weights, their averages and all losses stay float32; serving is not
touched by this (`imgsearch.yolo` and `imgsearch.embed` decide on their own).
"""

from __future__ import annotations

import time
from functools import cache

import torch
from torch.nn import functional

from imgsearch import config


@cache
def computes_bf16() -> bool:
    """Whether OpenVINO computes in bfloat16 on this processor; elsewhere it takes float32 when asked for it."""
    config.quiet_libraries()
    import openvino

    return "BF16" in openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")


def has_amx() -> bool:
    """Whether this processor multiplies matrices of bfloat16 in tiles."""
    return bool(torch.cpu.get_capabilities().get("amx_bf16"))


@cache
def trains_in_bf16(device: str) -> bool:
    """On "cuda", "cuda:1" always; on "cpu" with AMX, or where a short trial (half a second, once) finds it sooner.

    AVX-512's bfloat16 alone doesn't tell: a ResNet-18 took 1.55 s forth and back over 32 pictures of 128 px on one core
    of one processor, and 1.25 s in float32; on another 2.9 and 6.0 s over 212. One with neither emulates it: 1.5
    pictures a second instead of 27.
    """
    if device != "cpu" or has_amx():
        return True
    return bool(torch.cpu.get_capabilities().get("avx512_bf16")) and _trial_s(torch.bfloat16) < _trial_s(torch.float32)


@torch.enable_grad()
def _trial_s(dtype: torch.dtype) -> float:
    """Processor time of a middle stage's convolution forth and back, the best of three."""
    shapes = ((32, 128, 16, 16), (128, 128, 3, 3))  # of ones: a trial must draw nothing from a run's random numbers
    maps, kernel = (torch.ones(one).contiguous(memory_format=torch.channels_last).requires_grad_() for one in shapes)
    times = []
    for _ in range(3):
        start = time.process_time()
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            answer = functional.conv2d(maps, kernel, padding=1)
        torch.autograd.backward(answer.float().sum())
        times.append(time.process_time() - start)
    return min(times)


def mixed(device: str) -> torch.autocast:
    """The context of a forward pass on this device; where it does not compute in bfloat16 this changes nothing."""
    return torch.autocast(torch.device(device).type, dtype=torch.bfloat16, enabled=trains_in_bf16(device))
