"""The processes and threads of a training run: several processes in step, one a core, as torchrun starts them.

Knows nothing of what is trained. Invariant: without torchrun there is one process, and but for `threads` nothing here
changes anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
import torch.distributed as dist


def join() -> None:
    """Meet the other processes, if torchrun started this one."""
    if dist.is_torchelastic_launched():
        dist.init_process_group("gloo")


def wait() -> None:
    """Until all processes are here."""
    if dist.is_initialized():
        dist.barrier()


@contextmanager
def first_alone() -> Iterator[None]:
    """The first process goes through the block before the others enter it."""
    if rank() != 0:
        wait()
    yield
    if rank() == 0:
        wait()


@contextmanager
def threads(count: int) -> Iterator[None]:
    """torch computes with so many threads within the block, at least with one.

    oneDNN's threads wait for each other by spinning. Where others want their cores, too, they spin in vain: a training
    step of 95 pairs of 128 px took 2.8 s of processor time with one thread on two busy cores, 14.5 s with two.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(max(1, count))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def count() -> int:
    """How many train together; 1 without torchrun."""
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    """Which of them this one is; 0 writes the files."""
    return dist.get_rank() if dist.is_initialized() else 0


def average(tensors: Sequence[torch.Tensor]) -> None:
    """Put the mean over all processes in the place of each tensor; every process calls this with the same shapes."""
    if not dist.is_initialized():
        return
    flat = torch.cat([tensor.float().flatten() for tensor in tensors])
    dist.all_reduce(flat)
    parts = torch.split(flat / dist.get_world_size(), [tensor.numel() for tensor in tensors])
    with torch.no_grad():
        for tensor, part in zip(tensors, parts, strict=True):
            tensor.copy_(part.view(tensor.shape))


def mean(value: float) -> float:
    """The mean over all processes of a number: the same in each of them."""
    held = torch.tensor([value])
    average([held])
    return float(held)
