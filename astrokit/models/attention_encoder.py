"""Observations at any places, in any number and order: an encoder of attention among the points."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn.functional import pad

from ..random import RandomState
from .attention import Block
from .masking import mask_of, observed
from .model import Batch, Model, need
from .positions import FourierPositions
from .seeding import drawn_from


class AttentionEncoder(Model):
    """Each observed point becomes a token; tokens look at one another; one more token sums up.

    The transformer encoder of Vaswani et al. (2017, arXiv:1706.03762) on a *set* of points: where a point is
    enters through `FourierPositions` alone, so the order in which points are given changes nothing. A point
    behind the mask is not looked at. The summary is always there, so a sample without any point has an
    answer, too.

    Arrays of the batch: `values` (n, n_points); `positions`, the same or (1, n_points); `mask`; with
    `with_errors`, `errors`, of which the network sees the logarithm.

    Parameters
    ----------
    span : (low, high)
        Of the positions.
    width : int
        Of a token, and of the answer.
    n_heads, n_layers : int
    n_frequencies : int
    periodic : bool
        For phases.
    with_errors : bool
    random_state

    Examples
    --------
    >>> encoder = AttentionEncoder((0.0, 10.0), width=16)
    >>> batch = {"values": torch.zeros(2, 5), "positions": torch.arange(5.0).expand(2, 5)}
    >>> encoder(batch).shape, [tuple(weights.shape) for weights in encoder.attention(batch)]
    (torch.Size([2, 16]), [(2, 4, 6, 6), (2, 4, 6, 6)])
    """

    def __init__(
        self,
        span: tuple[float, float],
        *,
        width: int = 64,
        n_heads: int = 4,
        n_layers: int = 2,
        n_frequencies: int = 16,
        periodic: bool = False,
        with_errors: bool = False,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(
            span=span,
            width=width,
            n_heads=n_heads,
            n_layers=n_layers,
            n_frequencies=n_frequencies,
            periodic=periodic,
            with_errors=with_errors,
        )
        self.n_out, self.with_errors = width, with_errors
        self.place = FourierPositions(span, n_frequencies, periodic=periodic)
        with drawn_from(random_state):
            self.token = nn.Linear(1 + with_errors + self.place.n_out, width)
            self.summary = nn.Parameter(nn.init.normal_(torch.empty(1, 1, width), std=width**-0.5))
            self.blocks = nn.ModuleList(Block(width, n_heads) for _ in range(n_layers))
            self.norm = nn.LayerNorm(width)

    def forward(self, batch: Batch, seen: list[Tensor] | None = None) -> Tensor:
        """-> (n, width)"""
        tokens, mask = self._tokens(batch)
        for block in self.blocks:
            tokens = block(tokens, mask=mask, seen=seen)
        return self.norm(tokens[:, 0])

    @torch.no_grad()
    def attention(self, batch: Batch) -> list[Tensor]:
        """Who looks at whom: (n, n_heads, 1 + n_points, 1 + n_points) a layer; token 0 is the summary."""
        seen: list[Tensor] = []
        self(batch, seen)
        return seen

    def _tokens(self, batch: Batch) -> tuple[Tensor, Tensor]:
        values = need(batch, "values")
        mask = mask_of(batch, values)
        features = [observed(values, mask)[..., None]]  # (n, n_points) -> (n, n_points, 1)
        if self.with_errors:
            features.append(observed(need(batch, "errors"), mask, 1.0).log()[..., None])
        places = self.place(observed(need(batch, "positions").expand_as(values), mask))
        points = self.token(
            torch.cat([*features, places], dim=-1)
        )  # (n, n_points, features) -> (n, n_points, width)
        tokens = torch.cat(
            [self.summary.expand(len(points), 1, -1), points], dim=1
        )  # -> (n, 1 + n_points, width)
        return tokens, pad(mask, (1, 0), value=True)  # (n, n_points) -> (n, 1 + n_points)
