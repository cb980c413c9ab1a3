"""What an explainer hands over to be checked, and how far its values may be from adding up."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...errors import ParameterError

TOLERANCE = 1e-4  # of the range of the answers, between what the values add up to and the answer
ROUNDING = 1e-12  # of the largest answer, for sums of float64 numbers
ROUNDING_32 = 1e-6  # the same for a model that answers in float32


class Raw(NamedTuple):
    """What an explainer gives, before it is checked."""

    values: np.ndarray  # (n_samples, n_features, n_outputs)
    base_value: np.ndarray  # (n_outputs,)
    answers: np.ndarray  # (n_samples, n_outputs), of the model itself
    unit: str
    how: str
    interactions: np.ndarray | None = None  # (n_samples, n_features, n_features, n_outputs)
    rounding: float = ROUNDING


def allowed_error(answers: np.ndarray, base_value: np.ndarray, rounding: float = ROUNDING) -> np.ndarray:
    """The largest error (n_outputs,): a small share of what there is to explain, and the model's rounding.

    Answers are (n_samples, n_outputs). The base value counts among them, for a single row has no range.
    """
    all_of_them = np.vstack([answers, base_value])
    ranges = np.ptp(all_of_them, axis=0)
    return TOLERANCE * ranges + ROUNDING_32 * ranges.max() + rounding * np.abs(all_of_them).max()


def bad(what: str, expected: str, got: str, next_step: str) -> ParameterError:
    """A `ParameterError` in one line."""
    return ParameterError(what, expected=expected, got=got, next_step=next_step)


def with_main_effects(pairs: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Interactions whose diagonal is what is left of each value, so that rows add up to the values.

    Shapes are those of `Raw.interactions` and `Raw.values`.
    """
    own = np.arange(pairs.shape[1])
    pairs[:, own, own] = 0
    pairs[:, own, own] = values - pairs.sum(2)
    return pairs
