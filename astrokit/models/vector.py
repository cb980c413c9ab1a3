"""Observations of a fixed length (a spectrum on one grid, colours): dense layers as encoder and decoder."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import torch
from torch import Tensor
from torch.nn.functional import gelu

from ..random import RandomState
from .masking import mask_of, observed
from .mlp import MLP
from .model import Batch, Model, need


class VectorEncoder(Model):
    """Dense layers over `values` (n, n_features) and `mask`: missing features enter as zero, and say so.

    Parameters
    ----------
    n_features : int
    n_out : int
        Length of the answer.
    hidden : sequence of int
        Without hidden layers the answer is linear in the values.
    masked : bool
        Whether the network also sees the mask; without it a missing value looks like a zero.
    random_state

    Examples
    --------
    >>> VectorEncoder(3, 8)({"values": torch.zeros(5, 3)}).shape
    torch.Size([5, 8])
    """

    def __init__(
        self,
        n_features: int,
        n_out: int = 64,
        *,
        hidden: Sequence[int] = (128,),
        masked: bool = False,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(n_features=n_features, n_out=n_out, hidden=hidden, masked=masked)
        self.n_out, self.linear, self.masked = n_out, not hidden, masked
        self.layers = MLP(n_features * (1 + masked), n_out, hidden=hidden, random_state=random_state)

    def forward(self, batch: Batch) -> Tensor:
        """`values` (n, n_features), `mask` (n, n_features) -> (n, n_out)"""
        values = need(batch, "values")
        mask = mask_of(batch, values)
        seen = observed(values, mask)
        if self.masked:
            seen = torch.cat(
                [seen, mask.to(seen.dtype)], dim=1
            )  # two of (n, n_features) -> (n, 2 n_features)
        answer = self.layers(seen)
        return answer if self.linear else gelu(answer)


class VectorDecoder(Model):
    """Dense layers from latents to an array of a fixed shape.

    Parameters
    ----------
    n_latent : int
    shape : sequence of int
        Of one decoded sample.
    hidden : sequence of int
        Without hidden layers the decoder is linear.
    random_state

    Examples
    --------
    >>> VectorDecoder(2, (20, 10))(torch.zeros(5, 2)).shape
    torch.Size([5, 20, 10])
    """

    def __init__(
        self,
        n_latent: int,
        shape: Sequence[int],
        *,
        hidden: Sequence[int] = (128,),
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(n_latent=n_latent, shape=shape, hidden=hidden)
        self.shape = tuple(shape)
        self.layers = MLP(n_latent, prod(shape), hidden=hidden, random_state=random_state)

    def forward(self, latents: Tensor, batch: Batch | None = None) -> Tensor:
        """(n, n_latent) -> (n, *shape); nothing of the batch is needed"""
        return self.layers(latents).reshape(-1, *self.shape)  # (n, product of shape) -> (n, *shape)
