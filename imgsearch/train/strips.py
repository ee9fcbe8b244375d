"""Convolutions of small maps, several pictures side by side in one strip: the same numbers, sooner.

Knows torch's convolution and how slow it is on maps of a few pixels in bfloat16; knows nothing of the network around
it. Invariant: names, shapes and values of the weights stay, and the result equals `torch.nn.Conv2d`'s but for the
rounding of another order of additions.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

STRIP = 8
"""Pictures in a strip. oneDNN's AMX kernels work along a row. For 224 pictures, forth and back on one core, 512
channels of 4 x 4 px take 262 ms alone, 151 in strips of four, 88 of eight, 78 of thirty-two; 256 to 512 channels of
7 x 7 px take 143, 54, 40 and 40."""


class StripConv2d(nn.Conv2d):
    """A `Conv2d` with padding for its odd square kernel, whose input's pictures are laid in strips.

    Between two pictures of a strip lie columns of zeros, as many as the padding has: one picture does not see the next.
    """

    def forward(self, input: Tensor) -> Tensor:
        """(N, C, H, W) -> (N, O, H', W') as `Conv2d` has it, channels last."""
        count, channels, height, width = input.shape
        padding, stride = int(self.padding[0]), self.stride[0]
        apart = padding + -(width + padding) % stride  # every picture begins at a whole step
        missing = -count % STRIP
        rows = F.pad(input.permute(0, 2, 3, 1), (0, 0, 0, apart, 0, 0, 0, missing))
        rows = rows.view(-1, STRIP, height, width + apart, channels).transpose(1, 2)
        strips = rows.reshape(rows.shape[0], height, -1, channels).permute(0, 3, 1, 2)
        maps = F.conv2d(strips, self.weight, self.bias, self.stride, self.padding).permute(0, 2, 3, 1)
        cut = maps.reshape(*maps.shape[:2], STRIP, -1, self.out_channels)[:, :, :, : (width - 1) // stride + 1]
        return cut.transpose(1, 2).flatten(0, 1)[:count].contiguous().permute(0, 3, 1, 2)


def lay_in_strips(module: nn.Module) -> None:
    """Makes the 3 x 3 convolutions below this module `StripConv2d`s, with the very same parameters."""
    for parent in list(module.modules()):
        for name, child in parent.named_children():
            if type(child) is nn.Conv2d and child.kernel_size == (3, 3) and child.padding == (1, 1):
                setattr(parent, name, _laid(child))


def _laid(convolution: nn.Conv2d) -> StripConv2d:
    with torch.device("meta"):  # its parameters are replaced: nothing to allocate or draw
        laid = StripConv2d(
            convolution.in_channels,
            convolution.out_channels,
            (3, 3),
            (convolution.stride[0], convolution.stride[1]),
            (1, 1),
            bias=convolution.bias is not None,
        )
    laid.weight, laid.bias = convolution.weight, convolution.bias
    return laid
