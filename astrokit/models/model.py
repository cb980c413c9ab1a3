"""What a model is here: a torch module that knows what it was made with, and what a batch costs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn

from ..errors import ParameterError

Batch = Mapping[str, Tensor]


class Model(nn.Module):
    """Base of encoders, decoders, likelihoods and of what `astrokit.training.fit` fits.

    A subclass hands the arguments of its constructor to `super().__init__`: numbers, texts, sequences of
    these, other models. They are its `config`, from which `build` makes it again, so that weights travel with
    plain text beside them and never with a pickle. `random_state` is left out, since the weights replace it.

    Examples
    --------
    >>> class Line(Model):
    ...     def __init__(self, n_features, *, random_state=0):
    ...         super().__init__(n_features=n_features)
    >>> Line(3).config
    {'kind': 'Line', 'n_features': 3}
    >>> build({'kind': 'Line', 'n_features': 3}, {'Line': Line}).config == Line(3).config
    True
    """

    def __init__(self, **arguments: Any) -> None:
        super().__init__()
        self._arguments = arguments

    @property
    def config(self) -> dict[str, Any]:
        """The name of the class and the arguments, in plain types, models as configs of their own."""
        return {"kind": type(self).__name__} | {name: _plain(of) for name, of in self._arguments.items()}

    def loss_terms(self, batch: Batch, *, generator: torch.Generator) -> dict[str, Tensor]:
        """Named terms, (n,) each, whose sum is the loss of each sample of a batch.

        Chance comes from `generator` alone, on the device of the batch.
        """
        raise NotImplementedError(f"{type(self).__name__} has no loss: it is a part of a model")


def build(config: Mapping[str, Any], kinds: Mapping[str, type[Model]]) -> Model:
    """Make a model again from its config; only classes among `kinds`, by name, are ever made.

    Raises
    ------
    ParameterError
        When a kind has no class here, or its class takes other arguments.
    """
    arguments = dict(config)
    kind = str(arguments.pop("kind", "none"))
    if kind not in kinds:
        raise ParameterError(
            "kind of a model",
            expected=f"one of {', '.join(sorted(kinds))}",
            got=repr(kind),
            next_step="Pass its class in `kinds`.",
        )
    parts = {name: build(of, kinds) if isinstance(of, Mapping) else of for name, of in arguments.items()}
    try:
        return kinds[kind](**parts)
    except TypeError as error:
        raise ParameterError(
            f"arguments of {kind}",
            expected="those of its constructor",
            got=f"{', '.join(parts)} ({error})",
            next_step="Use the version of the class that the config comes from.",
        ) from error


def need(batch: Batch, name: str) -> Tensor:
    """An array of a batch; ParameterError where it has none of that name.

    Examples
    --------
    >>> need({"values": torch.zeros(4, 3)}, "values").shape
    torch.Size([4, 3])
    """
    if name not in batch:
        raise ParameterError(
            "batch",
            expected=f"an array {name!r}",
            got=", ".join(batch) or "no arrays",
            next_step="Add it to the data, under this name.",
        )
    return batch[name]


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.config
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value.item() if hasattr(value, "item") else value
