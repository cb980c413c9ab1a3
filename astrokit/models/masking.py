"""What was not observed must not matter, whatever stands in its place, a NaN included."""

from __future__ import annotations

import torch
from torch import Tensor

from ..errors import ParameterError
from .model import Batch


def mask_of(batch: Batch, like: Tensor) -> Tensor:
    """The mask of a batch, True where something was observed, in the shape of `like`; all True without one.

    Examples
    --------
    >>> mask_of({}, torch.zeros(1, 2))
    tensor([[True, True]])
    """
    mask = batch.get("mask")
    if mask is None:
        return torch.ones_like(like, dtype=torch.bool)
    if mask.shape != like.shape:
        raise ParameterError(
            "mask",
            expected=f"the shape of what it masks, {tuple(like.shape)}",
            got=tuple(mask.shape),
            next_step="Give one truth value for each number.",
        )
    return mask.bool()


def observed(values: Tensor, mask: Tensor, otherwise: float = 0.0) -> Tensor:
    """`values` where the mask is True, and a harmless number elsewhere.

    Masking a result is not enough: the gradient of a NaN behind the mask is 0 * NaN = NaN.

    Examples
    --------
    >>> observed(torch.tensor([1.0, float("nan")]), torch.tensor([True, False]))
    tensor([1., 0.])
    """
    return torch.where(mask, values, otherwise)


def sum_per_sample(terms: Tensor, mask: Tensor) -> Tensor:
    """Sum (n, ...) terms over what was observed of each sample: (n,)."""
    return torch.where(mask, terms, 0.0).flatten(1).sum(1)  # (n, ...) -> (n, k) -> (n,)
