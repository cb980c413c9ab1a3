"""A function of batches, such as `model.latents`, over all samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from .rows import Rows


def apply(
    function: Callable[[dict[str, Tensor]], Any],
    data: Mapping[str, Any],
    *,
    batch_size: int = 1024,
    dtype: torch.dtype = torch.float32,
) -> Any:
    """Answer of a function for every sample, computed in batches and without gradients.

    Parameters
    ----------
    function : callable
        Takes a batch, answers with a tensor (n, ...) or a tuple of tensors.
    data : mapping of name -> (n_samples, ...)
        As for `fit`.
    batch_size : int
        Bounds the memory; changes the answer by rounding at most.
    dtype : torch.dtype
        Of the model.

    Returns
    -------
    (n_samples, ...) array, or a tuple of arrays

    Examples
    --------
    >>> apply(lambda batch: 2 * batch["values"], {"values": np.arange(3.0)}, batch_size=2)
    array([0., 2., 4.], dtype=float32)
    """
    rows = Rows(data, dtype)
    answers = []
    with torch.no_grad():
        for part in torch.arange(rows.n_samples).split(batch_size):
            answers.append(function(rows.batch(part)))
    if isinstance(answers[0], tuple):
        return tuple(_joined(parts) for parts in zip(*answers, strict=True))
    return _joined(answers)


def _joined(parts: Any) -> np.ndarray:
    return torch.cat(list(parts)).cpu().numpy()
