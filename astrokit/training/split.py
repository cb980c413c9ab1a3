"""Which samples are learned from, and which are held out to judge the fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from ..errors import ParameterError
from .rows import Rows


class Part(NamedTuple):
    """Some samples of the data: `chosen` (n_samples,) are their rows."""

    rows: Rows
    chosen: Tensor


def split(
    data: Mapping[str, Any], validation: float | Mapping[str, Any] | None, seed: int, dtype: torch.dtype
) -> tuple[Part, Part | None]:
    """Divide the data by a share drawn at random, or take the samples given for validation."""
    rows = Rows(data, dtype)
    everything = torch.arange(rows.n_samples)
    if isinstance(validation, Mapping):
        held_out = Rows(validation, dtype)
        return Part(rows, everything), Part(held_out, torch.arange(held_out.n_samples))
    share = 0.0 if validation is None else float(validation)
    n_held_out = round(share * rows.n_samples)
    if not 0 <= share < 1 or (share > 0 and not 0 < n_held_out < rows.n_samples):
        raise ParameterError(
            "validation",
            expected=f"a share in [0, 1) that leaves samples on both sides of {rows.n_samples:,}, or arrays",
            got=validation,
            next_step="Pass None to hold nothing out.",
        )
    if n_held_out == 0:
        return Part(rows, everything), None
    drawn = torch.from_numpy(np.random.default_rng([seed, 0]).permutation(rows.n_samples))
    return Part(rows, drawn[n_held_out:].sort().values), Part(rows, drawn[:n_held_out].sort().values)


def order_of_epoch(part: Part, seed: int, epoch: int) -> Tensor:
    """The rows of a part, shuffled for one epoch; the same whenever it is asked for."""
    shuffled = np.random.default_rng([seed, 1 + epoch]).permutation(len(part.chosen))
    return part.chosen[torch.from_numpy(shuffled)]
