"""Two-dimensional histograms (|dm| against dt): a small convolutional encoder."""

from __future__ import annotations

from math import ceil

import torch
from torch import Tensor, nn
from torch.nn.functional import gelu

from ..random import RandomState
from .masking import mask_of, observed
from .model import Batch, Model, need
from .seeding import drawn_from


class HistogramEncoder(Model):
    """Two convolutions of 3 x 3, each halving both sides, and a dense layer; the mask is a second image.

    The histograms of magnitude and time differences are those of Mahabal et al. (2017, arXiv:1709.06257).

    Arrays of the batch: `values` (n, n_rows, n_columns), `mask` (n, n_columns), False for a column without
    data; what stands in such a column has no influence.

    Parameters
    ----------
    shape : (n_rows, n_columns)
    n_out : int
    n_channels : int
        Of the first convolution; the second has twice as many.
    random_state

    Examples
    --------
    >>> HistogramEncoder((20, 10), 32)({"values": torch.zeros(5, 20, 10)}).shape
    torch.Size([5, 32])
    """

    def __init__(
        self,
        shape: tuple[int, int],
        n_out: int = 64,
        *,
        n_channels: int = 8,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(shape=shape, n_out=n_out, n_channels=n_channels)
        self.n_out = n_out
        n_cells = ceil(shape[0] / 4) * ceil(shape[1] / 4)
        with drawn_from(random_state):
            self.first = nn.Conv2d(2, n_channels, 3, stride=2, padding=1)
            self.second = nn.Conv2d(n_channels, 2 * n_channels, 3, stride=2, padding=1)
            self.dense = nn.Linear(2 * n_channels * n_cells, n_out)

    def forward(self, batch: Batch) -> Tensor:
        """-> (n, n_out)"""
        values = need(batch, "values")
        mask = mask_of(batch, values[:, 0])[:, None]  # (n, n_columns) -> (n, 1, n_columns)
        there = mask.expand_as(values).to(values.dtype)
        # Shares of many rows are small: their roots are of order one.
        roots = observed(values, mask).clamp_min(0).sqrt()
        image = torch.stack(
            [roots, there], dim=1
        )  # two of (n, n_rows, n_columns) -> (n, 2, n_rows, n_columns)
        image = gelu(self.second(gelu(self.first(image))))  # -> (n, 2 n_channels, n_rows / 4, n_columns / 4)
        return gelu(self.dense(image.flatten(1)))  # -> (n, 2 n_channels * n_cells) -> (n, n_out)
