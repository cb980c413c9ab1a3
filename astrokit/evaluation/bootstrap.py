"""Intervals by resampling whole groups: a source with 700 observations is one draw, not 700."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..random import RandomState, as_generator

LEVEL = 0.9


class Estimate(NamedTuple):
    """A value with its interval; `interval` is (low, high) at the level of the call."""

    value: float
    low: float
    high: float

    @property
    def interval(self) -> tuple[float, float]:
        return self.low, self.high

    def __str__(self) -> str:
        return f"{self:.2f}"

    def __format__(self, spec: str) -> str:
        spec = spec or ".2f"
        return f"{self.value:{spec}} [{self.low:{spec}}, {self.high:{spec}}]"


def bootstrap_groups(
    statistic: Callable[[np.ndarray], float],
    groups: ArrayLike,
    *,
    strata: ArrayLike | None = None,
    n_resamples: int = 1000,
    level: float = LEVEL,
    random_state: RandomState = 0,
) -> Estimate:
    """Percentile interval of a statistic under resampling of groups (Efron & Tibshirani 1993, chapter 13).

    Parameters
    ----------
    statistic : callable
        Takes row indices (n_rows,), with repetitions, and returns a number; NaN draws are left out.
    groups : (n_samples,)
        The group of each row, for instance the source.
    strata : (n_samples,), optional
        A label that is constant within a group; each resample keeps the number of groups of each label.
    n_resamples, level, random_state

    Returns
    -------
    Estimate
        The statistic of all rows, and its interval.

    Examples
    --------
    >>> values = np.array([1.0, 1.0, 1.0, 5.0])
    >>> estimate = bootstrap_groups(lambda rows: values[rows].mean(), [0, 1, 2, 3], random_state=0)
    >>> estimate.value, estimate.low >= 1.0
    (2.0, True)
    """
    groups = np.asarray(groups)
    value = float(statistic(np.arange(len(groups))))
    values = [
        statistic(rows)
        for rows in resample_groups(groups, strata=strata, n_resamples=n_resamples, random_state=random_state)
    ]
    draws = np.asarray(values, float)
    draws = draws[np.isfinite(draws)]
    if len(draws) == 0:
        raise DataError(
            "bootstrap",
            expected="a statistic that is finite in some resamples",
            got=f"none finite in {n_resamples}",
            next_step="Check the statistic on all rows first.",
        )
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return Estimate(value, float(low), float(high))


def resample_groups(
    groups: ArrayLike, *, strata: ArrayLike | None = None, n_resamples: int, random_state: RandomState
) -> Iterator[np.ndarray]:
    """Yield row indices of resamples in which whole groups are drawn with replacement."""
    rng = as_generator(random_state)
    _, first, code = np.unique(np.asarray(groups), return_index=True, return_inverse=True)
    rows_of = np.split(np.argsort(code, kind="stable"), np.cumsum(np.bincount(code))[:-1])
    labels = np.zeros(len(first)) if strata is None else np.asarray(strata)[first]
    members = [np.flatnonzero(labels == label) for label in np.unique(labels)]
    for _ in range(n_resamples):
        drawn = np.concatenate([rng.choice(group, len(group)) for group in members])
        yield np.concatenate([rows_of[group] for group in drawn])


def resampled_means(
    values: ArrayLike, groups: ArrayLike | None = None, *, n_resamples: int = 1000, random_state: RandomState
) -> np.ndarray:
    """Means of columns over rows, in resamples of whole groups.

    Parameters
    ----------
    values : (n_samples, n_columns)
    groups : (n_samples,), optional
        The group of each row; every row is its own without.
    n_resamples, random_state
        An integer draws the same resamples for any columns, so that their differences are paired.

    Returns
    -------
    (n_resamples, n_columns)

    Examples
    --------
    >>> resampled_means([[1.0], [1.0], [4.0]], ["a", "a", "b"], n_resamples=2, random_state=1).shape
    (2, 1)
    """
    rng = as_generator(random_state)
    sums = np.column_stack([np.ones(len(np.asarray(values))), values])  # the first counts rows
    if groups is not None:
        _, code = np.unique(np.asarray(groups), return_inverse=True)
        sums = np.column_stack([np.bincount(code, weights=column) for column in sums.T])
    n_groups = len(sums)
    drawn = [
        np.bincount(rng.integers(n_groups, size=n_groups), minlength=n_groups) @ sums
        for _ in range(n_resamples)
    ]
    totals = np.array(drawn)
    return totals[:, 1:] / totals[:, :1]
