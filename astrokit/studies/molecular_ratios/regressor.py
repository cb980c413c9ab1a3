"""A network from numbers to numbers, as `astrokit.training.fit` takes it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import smooth_l1_loss

from ...models import MLP, Batch, Model
from ...random import RandomState


class Regressor(Model):
    """A multilayer perceptron under a loss that is quadratic up to `bend` and linear beyond (Huber 1964).

    Arrays of the batch: `values` (n, n_in), `target` (n, n_out).

    Parameters
    ----------
    n_in, n_out : int
    hidden : sequence of int
    bend : float
    random_state

    Examples
    --------
    >>> model = Regressor(3, 2, hidden=(8,), bend=0.5)
    >>> [matrix.shape for matrix in model.arrays()[0]]
    [(3, 8), (8, 2)]
    """

    def __init__(
        self, n_in: int, n_out: int, *, hidden: Sequence[int], bend: float, random_state: RandomState = 0
    ) -> None:
        super().__init__(n_in=n_in, n_out=n_out, hidden=hidden, bend=bend)
        self.bend = bend
        self.layers = MLP(n_in, n_out, hidden=hidden, random_state=random_state)

    def loss_terms(self, batch: Batch, *, generator: torch.Generator) -> dict[str, Tensor]:
        """`distance`, (n,)."""
        found = self.layers(batch["values"])
        return {"distance": smooth_l1_loss(found, batch["target"], beta=self.bend, reduction="none").sum(1)}

    def arrays(self) -> tuple[list[np.ndarray], list[np.ndarray]]:
        """Matrices (n_before, n_after) and offsets (1, n_after) of the layers."""
        linear = [layer for layer in self.layers.layers if isinstance(layer, nn.Linear)]
        return (
            [layer.weight.detach().numpy().T.copy() for layer in linear],
            [layer.bias.detach().numpy()[None].copy() for layer in linear],
        )
