"""Intervals of anything that can be computed anew without a part of the data, however costly it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from ..errors import DataError
from .bootstrap import LEVEL


def jackknife(
    value: ArrayLike, without: Sequence[ArrayLike], *, level: float = LEVEL
) -> tuple[np.ndarray, np.ndarray]:
    """Interval of numbers that were computed from everything, and without each of K equal parts.

    The variance is (K - 1) / K times the sum of squares about the mean (Efron & Tibshirani 1993, chapter 11;
    parts in place of single rows: Shao & Wu 1989, Ann. Stat. 17, 1176), and has K - 1 degrees of freedom.

    Parameters
    ----------
    value : array_like of any shape
    without : sequence of array_like of that shape
        Without the first part of the data, without the second, ...; at least two.
    level : float

    Returns
    -------
    low, high : ndarray of that shape

    Raises
    ------
    DataError
        When there are fewer than two parts, or shapes differ.

    Examples
    --------
    >>> values = np.arange(10.0)
    >>> low, high = jackknife(values.mean(), [np.delete(values, k).mean() for k in range(10)])
    >>> half = 1.8331 * values.std(ddof=1) / np.sqrt(10)  # of Student's t with 9 degrees of freedom
    >>> bool(abs(high - values.mean() - half) < 1e-3)
    True
    """
    value, parts = np.asarray(value, float), [np.asarray(part, float) for part in without]
    n_parts = len(parts)
    if n_parts < 2 or any(part.shape != value.shape for part in parts):
        raise DataError(
            "jackknife",
            expected=f"at least 2 results of shape {value.shape}",
            got=f"{n_parts} of shapes {sorted({part.shape for part in parts})}",
            next_step="Compute the same numbers without each part of the data.",
        )
    drawn = np.stack(parts)
    error = np.sqrt((n_parts - 1) / n_parts * ((drawn - drawn.mean(0)) ** 2).sum(0))
    half = stdtrit(n_parts - 1, (1 + level) / 2) * error
    return value - half, value + half
