"""A multilayer perceptron."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from torch import Tensor, nn

from ..random import RandomState
from .model import Model
from .seeding import drawn_from


class MLP(Model):
    """h = gelu(W h + b) for each hidden layer, then W h + b. Without hidden layers, a linear map.

    The activation is the Gaussian error linear unit (Hendrycks & Gimpel 2016, arXiv:1606.08415).

    Parameters
    ----------
    n_in, n_out : int
    hidden : sequence of int
        Width of each hidden layer.
    random_state : int, Generator or None
        Of the first weights.

    Examples
    --------
    >>> import torch
    >>> MLP(3, 2, hidden=(8,))(torch.zeros(5, 3)).shape
    torch.Size([5, 2])
    """

    def __init__(
        self, n_in: int, n_out: int, *, hidden: Sequence[int] = (128,), random_state: RandomState = 0
    ) -> None:
        super().__init__(n_in=n_in, n_out=n_out, hidden=hidden)
        widths = [n_in, *hidden]
        layers: list[nn.Module] = []
        with drawn_from(random_state):
            for before, after in pairwise(widths):
                layers += [nn.Linear(before, after), nn.GELU()]
            self.layers = nn.Sequential(*layers, nn.Linear(widths[-1], n_out))

    def forward(self, x: Tensor) -> Tensor:
        """(n, n_in) -> (n, n_out)"""
        return self.layers(x)
