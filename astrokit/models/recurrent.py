"""Light curves in the order of time: a recurrent encoder."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..random import RandomState
from .masking import mask_of, observed
from .model import Batch, Model, need
from .seeding import drawn_from


class RecurrentEncoder(Model):
    """A gated recurrent unit (Cho et al. 2014, arXiv:1406.1078) that reads (waiting time, value, log error).

    The answer is its state after the last observed point. Points behind the mask are taken out first, so they
    neither change the state nor the waiting times. A sample without a point answers with zeros.

    Arrays of the batch: `values` (n, n_points), `positions` (n, n_points) rising along the points that are
    there, `mask`; with `with_errors`, `errors`.

    Parameters
    ----------
    n_out : int
    time_scale : float
        Waiting times enter as log(1 + wait / time_scale).
    n_layers : int
    with_errors : bool
    random_state

    Examples
    --------
    >>> batch = {"values": torch.zeros(2, 5), "positions": torch.arange(5.0).expand(2, 5)}
    >>> RecurrentEncoder(8)(batch).shape
    torch.Size([2, 8])
    """

    def __init__(
        self,
        n_out: int = 64,
        *,
        time_scale: float = 1.0,
        n_layers: int = 1,
        with_errors: bool = False,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(n_out=n_out, time_scale=time_scale, n_layers=n_layers, with_errors=with_errors)
        self.n_out, self.time_scale, self.with_errors = n_out, time_scale, with_errors
        with drawn_from(random_state):
            self.unit = nn.GRU(2 + with_errors, n_out, n_layers, batch_first=True)

    def forward(self, batch: Batch) -> Tensor:
        """-> (n, n_out)"""
        values = need(batch, "values")
        mask = mask_of(batch, values)
        first = torch.argsort(
            ~mask, dim=1, stable=True
        )  # the points that are there come first, in their order
        there = mask.gather(1, first)

        def compact(name: str, otherwise: float = 0.0) -> Tensor:
            return observed(need(batch, name).expand_as(values).gather(1, first), there, otherwise)

        features = [self._waits(compact("positions")), compact("values")]
        if self.with_errors:
            features.append(compact("errors", 1.0).log())
        states, _ = self.unit(torch.stack(features, dim=2))  # (n, n_points, features) -> (n, n_points, n_out)
        n_there = mask.sum(1)
        last = states[torch.arange(len(states)), (n_there - 1).clamp_min(0)]  # -> (n, n_out)
        return torch.where(n_there[:, None] > 0, last, 0.0)

    def _waits(self, times: Tensor) -> Tensor:
        waits = torch.diff(times, dim=1, prepend=times[:, :1])
        return torch.log1p(waits.clamp_min(0.0) / self.time_scale)
