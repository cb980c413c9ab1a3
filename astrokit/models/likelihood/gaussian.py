"""Measurements with known errors."""

from __future__ import annotations

from math import log, pi

import torch
from torch import Tensor, nn

from ...errors import ParameterError
from ..masking import mask_of, observed, sum_per_sample
from ..model import Batch, Model, need

START = -2.0  # log variance of the scatter before training, for values of order one


class GaussianLikelihood(Model):
    """-log p = 1/2 sum over what was observed of [ (x - m)^2 / v + log(2 pi v) ], v = error^2 + scatter^2.

    The decoder's output is m. The errors are the measured ones; the scatter, if any, is learned, and stands
    for what neither the errors nor the decoder explain (as the jitter of Hogg, Bovy & Lang 2010,
    arXiv:1008.4686, section 8).

    Parameters
    ----------
    n_scatters : int
        0: the errors are all there is. 1: one scatter for all. n_features: one for each feature.

    Examples
    --------
    >>> batch = {"values": torch.zeros(2, 3), "errors": torch.ones(2, 3)}
    >>> GaussianLikelihood()(torch.zeros(2, 3), batch)  # 3/2 log(2 pi)
    tensor([2.7568, 2.7568])
    """

    def __init__(self, *, n_scatters: int = 0) -> None:
        super().__init__(n_scatters=n_scatters)
        self.log_variance = nn.Parameter(torch.full((n_scatters,), START)) if n_scatters else None

    @property
    def scatter(self) -> Tensor:
        """The learned scatter, (n_scatters,), in the unit of the values; 0 where none is learned."""
        if self.log_variance is None:
            return torch.zeros(1)
        return torch.exp(0.5 * self.log_variance.detach())

    def expected(self, output: Tensor, batch: Batch) -> Tensor:
        """What one would observe without noise: the output."""
        return output

    def forward(self, output: Tensor, batch: Batch) -> Tensor:
        """Output (n, ...), `values`, `errors` and `mask` of the same shape -> (n,)"""
        values = need(batch, "values")
        mask = mask_of(batch, values)
        variance = self._variance(batch, mask)
        squares = (observed(values, mask) - output).square() / variance
        return 0.5 * sum_per_sample(squares + torch.log(variance) + log(2 * pi), mask)

    def _variance(self, batch: Batch, mask: Tensor) -> Tensor:
        measured = observed(batch["errors"], mask, 1.0).square() if "errors" in batch else None
        learned = None if self.log_variance is None else self.log_variance.exp()
        if measured is None and learned is None:
            raise ParameterError(
                "batch",
                expected="an array 'errors', since no scatter is learned",
                got=", ".join(batch),
                next_step="Add the measured errors, or learn a scatter with n_scatters=1.",
            )
        if measured is None:
            return learned  # type: ignore[return-value]
        return measured if learned is None else measured + learned
