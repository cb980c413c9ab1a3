"""The loss of a batch as lightning wants it, and its terms as a history wants them."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Cost(nn.Module):
    """The mean loss of a batch as a forward pass; the terms of the last batch stay beside, without graph.

    Examples
    --------
    >>> class Squares(nn.Module):
    ...     def loss_terms(self, batch, *, generator):
    ...         return {"a": batch["x"] ** 2, "b": torch.ones_like(batch["x"])}
    >>> cost = Cost(Squares())
    >>> cost({"x": torch.tensor([1.0, 2.0])}, torch.Generator()), cost.means()
    (tensor(3.5000), {'a': 2.5, 'b': 1.0})
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        self.terms: dict[str, Tensor] = {}  # (n,) each

    def forward(self, batch: dict[str, Tensor], generator: torch.Generator) -> Tensor:
        terms: dict[str, Tensor] = self.model.loss_terms(batch, generator=generator)  # type: ignore[operator]
        self.terms = {name: term.detach() for name, term in terms.items()}
        first, *others = terms.values()
        return sum(others, first).mean()

    def means(self) -> dict[str, float]:
        """The mean of each term."""
        means = torch.stack(tuple(self.terms.values())).mean(
            1
        )  # n_terms of (n,) -> (n_terms, n) -> (n_terms,)
        return dict(zip(self.terms, means.tolist(), strict=True))
