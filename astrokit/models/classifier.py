"""A classifier on top of any encoder."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy

from ..errors import ParameterError
from ..random import RandomState
from .model import Batch, Model, need
from .seeding import drawn_from


class Classifier(Model):
    """log p(class | x) = log softmax(W encoder(x) + b); the loss is -log p of the label, weighted by class.

    Arrays of the batch: those of the encoder; for the loss, `label` (n,), whole numbers from 0.

    Parameters
    ----------
    encoder : Model
    n_classes : int
    class_weights : sequence of float, optional
        Weight of each class in the loss.
    random_state

    Examples
    --------
    >>> from .vector import VectorEncoder
    >>> model = Classifier(VectorEncoder(9), 3)
    >>> model.log_probabilities({"values": torch.zeros(2, 9)}).exp().sum(1).round(decimals=5)
    tensor([1., 1.], grad_fn=<RoundBackward1>)
    """

    weights: Tensor

    def __init__(
        self,
        encoder: Model,
        n_classes: int,
        *,
        class_weights: Sequence[float] | None = None,
        random_state: RandomState = 0,
    ) -> None:
        super().__init__(encoder=encoder, n_classes=n_classes, class_weights=class_weights)
        weights = torch.ones(n_classes) if class_weights is None else torch.tensor(class_weights)
        if weights.shape != (n_classes,):
            raise ParameterError(
                "class_weights",
                expected=f"{n_classes} numbers",
                got=len(weights),
                next_step="Give one for each class.",
            )
        self.encoder = encoder
        self.register_buffer("weights", weights)
        with drawn_from(random_state):
            self.head = nn.Linear(encoder.n_out, n_classes)  # type: ignore[arg-type]

    def log_probabilities(self, batch: Batch) -> Tensor:
        """(n, n_classes)"""
        return self.head(self.encoder(batch)).log_softmax(1)

    def loss_terms(self, batch: Batch, *, generator: torch.Generator) -> dict[str, Tensor]:
        """`cross_entropy`, (n,)."""
        scores = self.head(self.encoder(batch))
        return {"cross_entropy": cross_entropy(scores, need(batch, "label"), self.weights, reduction="none")}
