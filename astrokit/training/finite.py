"""A loss that is no number any more: which batch, which rows, and whether the data or the weights are to
blame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from ..errors import AstrokitError

SHOWN = 5


class NotFinite(AstrokitError):
    """The loss became NaN or infinite; the fit stopped before it could spoil the weights.

    Attributes
    ----------
    epoch, batch : int
        From 0.
    rows : list of int
        Of the data, counted from 0, whose terms are not finite.
    """

    epoch: int
    batch: int
    rows: list[int]


def not_finite(
    terms: Mapping[str, Tensor],
    batch: Mapping[str, Tensor],
    rows: Sequence[int],
    model: nn.Module,
    *,
    epoch: int,
    number: int,
    where: str = "training",
) -> NotFinite:
    """The error for a batch with terms (n,) of its loss, of which some are not finite."""
    bad = torch.stack([~values.isfinite() for values in terms.values()]).any(0)
    bad_terms = [repr(name) for name, values in terms.items() if not values.isfinite().all()]
    bad_rows = [row for row, is_bad in zip(rows, bad.tolist(), strict=True) if is_bad]
    shown = ", ".join(map(str, bad_rows[:SHOWN])) + (", ..." if len(bad_rows) > SHOWN else "")
    reason, next_step = _reason(model, batch, bad)
    error = NotFinite(
        f"{where} loss of batch {number} in epoch {epoch}",
        expected="finite numbers",
        got=f"{', '.join(bad_terms)} not finite for {len(bad_rows)} of {len(rows)} samples"
        f" (rows {shown}), from {reason}",
        next_step=next_step,
    )
    error.epoch, error.batch, error.rows = epoch, number, bad_rows
    return error


def _reason(model: nn.Module, batch: Mapping[str, Tensor], bad: Tensor) -> tuple[str, str]:
    """What is to blame, and what to do about it."""
    weights = [name for name, weight in model.named_parameters() if not weight.isfinite().all()]
    inputs = [repr(name) for name, part in batch.items() if not part[bad].isfinite().all()]
    if weights:
        cure = "Lower the learning rate, or pass clip_norm=1.0."
        return f"weights {weights[0]!r} that the step before made so", cure
    if inputs:
        return f"data that are not: {', '.join(inputs)}", "Mask these entries, or leave these rows out."
    cure = "Look at these rows: errors of 0, values far from the others? Or lower the learning rate."
    return "finite data and finite weights", cure
