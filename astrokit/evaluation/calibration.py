"""Do probabilities keep their word? Reliability, its error, and what chance alone would make of it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..random import RandomState, as_generator
from .bootstrap import LEVEL
from .classes import wilson

N_BINS = 15


class Reliability(NamedTuple):
    """Stated probability beside what came true, in bins of equal numbers of rows.

    `stated`, `observed` (n_bins,) with the interval `low`, `high` of the latter, and `n` (n_bins,). `error`
    is the expected calibration error, the mean over rows of |stated - observed| of their bins (Naeini, Cooper
    & Hauskrecht 2015, AAAI, 2901). It is never 0: `error_by_chance` is what as many rows of a perfectly
    calibrated classifier would show, on average, and `error_by_chance_high` what they would exceed in one
    case of twenty.
    """

    stated: np.ndarray
    observed: np.ndarray
    low: np.ndarray
    high: np.ndarray
    n: np.ndarray
    error: float
    error_by_chance: float
    error_by_chance_high: float


def reliability(
    stated: ArrayLike,
    came_true: ArrayLike,
    *,
    n_bins: int = N_BINS,
    n_simulations: int = 200,
    level: float = LEVEL,
    random_state: RandomState = 0,
) -> Reliability:
    """Compare stated probabilities with what came true.

    Parameters
    ----------
    stated : (n_samples,)
        In [0, 1]; for instance of the most probable class of each source.
    came_true : (n_samples,), bool
    n_bins : int
        Of equal numbers of rows: fewer where many rows state the same.
    n_simulations, random_state
        Of a perfectly calibrated classifier that states the same.
    level : float
        Of the intervals of the observed shares.

    Raises
    ------
    DataError
        Nothing stated, or no probabilities.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> stated = rng.uniform(0.5, 1.0, 5000)
    >>> honest = reliability(stated, rng.random(5000) < stated)
    >>> boastful = reliability(stated, rng.random(5000) < stated**2)
    >>> honest.error < honest.error_by_chance_high < boastful.error
    True
    """
    stated, came_true = np.asarray(stated, float), np.asarray(came_true, bool)
    if len(stated) == 0 or stated.shape != came_true.shape or not ((stated >= 0) & (stated <= 1)).all():
        raise DataError(
            "stated probabilities",
            expected=f"{came_true.size} numbers from 0 to 1, at least one",
            got=f"{stated.size}, from {stated.min(initial=np.inf)} to {stated.max(initial=-np.inf)}",
            next_step="Pass probabilities, a row a source.",
        )
    edges = np.unique(np.quantile(stated, np.linspace(0, 1, n_bins + 1)))
    code = np.clip(np.searchsorted(edges, stated, side="right") - 1, 0, max(len(edges) - 2, 0))
    code = np.unique(code, return_inverse=True)[1]
    n = np.bincount(code)
    mean = np.bincount(code, weights=stated) / n
    hits = np.bincount(code, weights=came_true)
    rng = as_generator(random_state)
    chance = [
        _error(mean, np.bincount(code, weights=rng.random(len(stated)) < stated) / n, n)
        for _ in range(n_simulations)
    ]
    low, high = wilson(hits, n, level)
    return Reliability(
        mean,
        hits / n,
        low,
        high,
        n,
        _error(mean, hits / n, n),
        float(np.mean(chance)),
        float(np.quantile(chance, 0.95)),
    )


def reliability_of_classes(
    probabilities: ArrayLike, code: ArrayLike, *, n_bins: int = N_BINS, random_state: RandomState = 0
) -> Reliability:
    """Reliability of the most probable class of each row.

    Parameters
    ----------
    probabilities : (n_samples, n_classes)
    code : (n_samples,)
        Number of the true class.
    n_bins, random_state
    """
    probabilities = np.asarray(probabilities, float)
    return reliability(
        np.clip(probabilities.max(1), 0, 1),
        probabilities.argmax(1) == np.asarray(code),
        n_bins=n_bins,
        random_state=random_state,
    )


def log_loss(probabilities: ArrayLike, code: ArrayLike) -> float:
    """Mean negative logarithm of the probability of what is true, in nats: the lower the better.

    Examples
    --------
    >>> round(log_loss([[0.5, 0.5], [0.1, 0.9]], [0, 1]), 3)
    0.399
    """
    probabilities, code = np.asarray(probabilities, float), np.asarray(code)
    of_truth = probabilities[np.arange(len(code)), code]
    return float(-np.log(np.maximum(of_truth, np.finfo(float).tiny)).mean())


def _error(stated: np.ndarray, observed: np.ndarray, n: np.ndarray) -> float:
    return float(np.average(np.abs(stated - observed), weights=n))
