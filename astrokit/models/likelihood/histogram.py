"""Histograms of which each column adds up to one, some columns without data."""

from __future__ import annotations

from torch import Tensor
from torch.nn.functional import log_softmax

from ...errors import ParameterError
from ..masking import mask_of, observed
from ..model import Batch, Model, need


class HistogramLikelihood(Model):
    """-log p = - n_effective * sum over columns with data of sum over rows of h log p.

    p is the softmax of the decoder's output over the rows of each column, h the observed share of each row:
    the multinomial likelihood of n_effective independent entries a column, up to a constant of the data.
    Entries of real histograms are seldom independent (each magnitude takes part in many pairs), so
    n_effective is chosen, not counted.

    Arrays of the batch: `values` (n, n_rows, n_columns), each column adds up to one; `mask` (n, n_columns),
    False for a column without data.

    Parameters
    ----------
    n_effective : float

    Examples
    --------
    >>> import torch
    >>> flat = torch.full((1, 4, 2), 0.25)
    >>> HistogramLikelihood(1.0)(torch.zeros(1, 4, 2), {"values": flat})  # 2 log 4
    tensor([2.7726])
    """

    def __init__(self, n_effective: float = 50.0) -> None:
        super().__init__(n_effective=n_effective)
        if not n_effective > 0:
            raise ParameterError(
                "n_effective", expected="above 0", got=n_effective, next_step="Start from some tens."
            )
        self.n_effective = n_effective

    def expected(self, output: Tensor, batch: Batch) -> Tensor:
        """The expected share of each row in its column: (n, n_rows, n_columns)."""
        return output.softmax(1)

    def forward(self, output: Tensor, batch: Batch) -> Tensor:
        """Output (n, n_rows, n_columns), `values` of the same shape -> (n,)"""
        values = need(batch, "values")
        mask = mask_of(batch, values[:, 0])  # (n, n_columns)
        shares = observed(values, mask[:, None])
        return -self.n_effective * (shares * log_softmax(output, 1)).sum((1, 2))
