"""Which other periods the nights would make of one: aliases of a day, half and twice the period."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

MOST_DAYS = 2  # whole cycles a day by which an alias is off
ALIASES = (*(f"{k:+d} a day" for k in range(-MOST_DAYS, MOST_DAYS + 1) if k), "half", "double")
# Seasons and sidereal time move an alias by one or two cycles a year: 2 / 365.25 = 0.0055 per day.
WIDTH_PER_DAY = 0.0055
SAME = 0.01  # relative difference of two periods that are the same
RELATIONS = ("same", "half", "double", "daily alias", "other")


def alias_frequencies(frequency_per_day: float) -> np.ndarray:
    """The frequencies (6,) named by `ALIASES`: off by whole cycles a day, then of half and twice the period.

    Examples
    --------
    >>> dict(zip(ALIASES, alias_frequencies(1.25).round(2).tolist(), strict=True))
    {'-2 a day': 0.75, '-1 a day': 0.25, '+1 a day': 2.25, '+2 a day': 3.25, 'half': 2.5, 'double': 0.62}
    """
    days = np.array([k for k in range(-MOST_DAYS, MOST_DAYS + 1) if k])
    return np.abs([*(frequency_per_day + days), 2 * frequency_per_day, frequency_per_day / 2])


def near_whole_days(frequency_per_day: ArrayLike) -> np.ndarray:
    """Whether so many cycles a day are a whole number, but for a cycle or two a year; slow changes are not.

    Examples
    --------
    >>> near_whole_days([1.0027, 0.003, 1.25]).tolist()
    [True, False, False]
    """
    frequency = np.asarray(frequency_per_day, float)
    whole = np.round(frequency)
    return (whole >= 1) & (np.abs(frequency - whole) <= WIDTH_PER_DAY)


def relate(found_day: ArrayLike, true_day: ArrayLike) -> np.ndarray:
    """How periods that were found (n,) relate to the true ones (n,): words of `RELATIONS`.

    "same", "half" and "double" within 1%; "daily alias" of the true period, or of its half or double, within
    two cycles a year.

    Examples
    --------
    >>> relate([0.5, 0.25, 1.0, 1 / 3.01, 0.77], [0.5] * 4 + [0.3]).tolist()
    ['same', 'half', 'double', 'other', 'other']
    >>> str(relate([1 / 3.0], [1 / 2.003])[0])
    'daily alias'
    """
    found, true = np.broadcast_arrays(np.asarray(found_day, float), np.asarray(true_day, float))
    ratio = found / true
    tests = [np.abs(ratio / factor - 1) <= SAME for factor in (1, 0.5, 2)]
    off = [
        np.abs(1 / found - np.abs(factor / true + sign * k)) <= WIDTH_PER_DAY
        for factor in (0.5, 1, 2)
        for sign in (-1, 1)
        for k in range(1, MOST_DAYS + 1)
    ]
    return np.select([*tests, np.any(off, axis=0)], RELATIONS[:4], RELATIONS[4])
