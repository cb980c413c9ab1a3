"""How far a number that attributions give may stray: by the clouds, the imitation, and the emulator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from ...evaluation import resampled_means
from ...evaluation.bootstrap import LEVEL
from ...evaluation.jackknife import jackknife
from ...random import RandomState

SOURCES = ("clouds", "imitation", "emulator")
N_RESAMPLES = 500


class Interval(NamedTuple):
    """Numbers with 90% intervals.

    Attributes
    ----------
    value, low, high : ndarray of one shape
    halves : (3, ...)
        Half the width that each of `SOURCES` alone would give: `low` and `high` add them in quadrature, for
        they are independent of each other.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    halves: np.ndarray


def interval(
    statistic: Callable[[np.ndarray], np.ndarray],
    of_clouds: np.ndarray,
    without: Sequence[np.ndarray],
    *,
    random_state: RandomState = 0,
) -> Interval:
    """Interval of a statistic of importances, that is, of means over clouds.

    Parameters
    ----------
    statistic : callable
        Takes importances (...), and returns numbers.
    of_clouds : (n_imitations, n_clouds, ...)
        Absolute Shapley values of each cloud by each imitation of one emulator, with different seeds: clouds
        are resampled, and imitations left out one by one.
    without : sequence of (...)
        Importances by emulators that were each fitted without one part of the models
        (`astrokit.evaluation.jackknife`).
    random_state

    Examples
    --------
    >>> of_clouds = np.random.default_rng(0).normal(5, 1, (3, 400, 1)) + np.zeros((3, 1, 1))
    >>> found = interval(lambda mean: mean, of_clouds, [np.array([5.0])] * 4)
    >>> bool(found.low[0] < 5 < found.high[0]), found.halves[2].tolist()
    (True, [0.0])
    """
    mean, n_imitations = of_clouds.mean(1), len(of_clouds)
    value = statistic(mean.mean(0))
    one_less = [statistic(np.delete(mean, k, axis=0).mean(0)) for k in range(n_imitations)]
    halves = np.array(
        [
            _by_clouds(statistic, of_clouds.mean(0), random_state),
            jackknife(value, one_less)[1] - value,
            jackknife(value, [statistic(each) for each in without])[1] - value,
        ]
    )
    half = np.sqrt((halves**2).sum(0))
    return Interval(value, value - half, value + half, halves)


def _by_clouds(
    statistic: Callable[[np.ndarray], np.ndarray], of_clouds: np.ndarray, random_state: RandomState
) -> np.ndarray:
    """Half the width of the bootstrap's interval over clouds (n_clouds, ...)."""
    means = resampled_means(
        of_clouds.reshape(len(of_clouds), -1), n_resamples=N_RESAMPLES, random_state=random_state
    )
    drawn = np.array([statistic(mean.reshape(of_clouds.shape[1:])) for mean in means])
    low, high = np.quantile(drawn, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return (high - low) / 2
