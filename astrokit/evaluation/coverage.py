"""Do intervals and posteriors hold the truth as often as they say? Counts of hits, and ranks of the truth."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import kstest

from ..errors import DataError
from .bootstrap import LEVEL, Estimate
from .classes import wilson


def share_inside(low: ArrayLike, high: ArrayLike, truth: ArrayLike, *, level: float = LEVEL) -> Estimate:
    """Share of intervals that hold the truth, itself with an interval (`wilson`).

    Parameters
    ----------
    low, high, truth : (n_samples,)
        Independent rows that the intervals were not made with.
    level : float
        Of the interval of the share, not of those that are counted.

    Raises
    ------
    DataError
        When there is no row, or a NaN.

    Examples
    --------
    >>> print(share_inside([0.0] * 10, [1.0] * 10, [0.5] * 9 + [2.0]))
    0.90 [0.65, 0.98]
    """
    low, high, truth = (np.asarray(array, float) for array in (low, high, truth))
    unknown = np.isnan(low) | np.isnan(high) | np.isnan(truth)
    if not truth.size or unknown.any():
        raise DataError(
            "coverage",
            expected="at least 1 row, and no NaN",
            got=f"{truth.size} rows, {int(unknown.sum())} with NaN",
            next_step="Leave out what has no interval or no truth, and say so.",
        )
    n_inside = int(((low <= truth) & (truth <= high)).sum())
    ends = wilson(n_inside, truth.size, level)
    return Estimate(n_inside / truth.size, float(ends[0]), float(ends[1]))


def central_coverage(ranks: ArrayLike, levels: ArrayLike) -> np.ndarray:
    """Share of truths inside the central interval of each level, (n_levels,).

    Parameters
    ----------
    ranks : (n_samples,)
        Share of a posterior below the truth, in [0, 1] (its probability integral transform).
    levels : (n_levels,)

    Examples
    --------
    >>> central_coverage(np.linspace(0.05, 0.95, 10), [0.5, 0.8]).tolist()
    [0.6, 0.8]
    """
    distance = np.abs(np.asarray(ranks, float) - 0.5)
    return np.array([float((distance <= level / 2).mean()) for level in np.atleast_1d(levels)])


def rank_p_value(ranks: ArrayLike) -> float:
    """Chance of ranks as uneven as these if the posteriors were exact (Kolmogorov-Smirnov).

    Ranks of the truth among draws of exact posteriors are uniform (Talts et al. 2018, arXiv 1804.06788).

    Examples
    --------
    >>> rank_p_value(np.linspace(0.0, 1.0, 100)) > 0.9
    True
    """
    return float(kstest(np.asarray(ranks, float), "uniform").pvalue)
