"""What a batch costs: the loss that is minimised, and its terms."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn


class Cost(NamedTuple):
    """`terms` of each sample (n,) by name, their `means`, and the `loss`, which is the sum of those."""

    loss: Tensor
    means: dict[str, Tensor]
    terms: dict[str, Tensor]

    def numbers(self) -> dict[str, float]:
        """The mean of each term."""
        return {name: mean.item() for name, mean in self.means.items()}


def cost_of(model: nn.Module, batch: dict[str, Tensor], generator: torch.Generator) -> Cost:
    """The mean loss of a batch.

    Examples
    --------
    >>> class Squares(nn.Module):
    ...     def loss_terms(self, batch, *, generator):
    ...         return {"a": batch["x"] ** 2, "b": torch.ones_like(batch["x"])}
    >>> cost = cost_of(Squares(), {"x": torch.tensor([1.0, 2.0])}, torch.Generator())
    >>> cost.loss, cost.numbers()
    (tensor(3.5000), {'a': 2.5, 'b': 1.0})
    """
    terms: dict[str, Tensor] = model.loss_terms(batch, generator=generator)  # type: ignore[operator]
    means = {name: term.mean() for name, term in terms.items()}
    first, *others = means.values()
    return Cost(sum(others, first), means, terms)
