"""How a fit is done, checked before anything is computed."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import ParameterError
from .schedule import SCHEDULES


@dataclass(frozen=True)
class Settings:
    """The numbers of a fit; see `fit` for what each one means."""

    epochs: int
    batch_size: int
    patience: int | None
    learning_rate: float
    schedule: str
    weight_decay: float
    clip_norm: float | None
    seed: int

    def __post_init__(self) -> None:
        _require("epochs", "1 or more", self.epochs, self.epochs >= 1)
        _require("batch_size", "1 or more", self.batch_size, self.batch_size >= 1)
        _require("patience", "1 or more, or None", self.patience, self.patience is None or self.patience >= 1)
        _require("learning_rate", "above 0", self.learning_rate, self.learning_rate > 0)
        _require("schedule", " or ".join(SCHEDULES), self.schedule, self.schedule in SCHEDULES)
        _require("weight_decay", "0 or more", self.weight_decay, self.weight_decay >= 0)
        _require(
            "clip_norm", "above 0, or None", self.clip_norm, self.clip_norm is None or self.clip_norm > 0
        )


def _require(what: str, expected: str, got: object, holds: bool) -> None:
    if not holds:
        raise ParameterError(
            what, expected=expected, got=repr(got), next_step="Correct this argument of fit."
        )
