"""How often noise alone would make so high a peak in a periodogram of one harmonic or more."""

from __future__ import annotations

from math import factorial, pi, prod

import numpy as np


def false_alarm_bound(
    power: float, times_day: np.ndarray, errors: np.ndarray, n_terms: int, highest_per_day: float
) -> float:
    """Expected number of peaks of noise of so much power: a bound on the probability of one, below 1.

    W alpha z^(n - 1/2) exp(-z), with z = -(N - 2n - 1) / 2 ln(1 - power), W the highest frequency times the
    effective span, sqrt(4 pi var(t)), and alpha as in `_alpha` (Baluev 2009, MNRAS 395, 1541). For one term
    it is the bound of Baluev (2008, MNRAS 385, 1279) for many observations.

    Parameters
    ----------
    power : float
        Share of the weighted variance that the harmonics explain, from 0 to 1.
    times_day, errors : (n_observations,)
    n_terms : int
        Harmonics.
    highest_per_day : float
        Up to which frequency the peak was sought.

    Examples
    --------
    >>> times, errors = np.linspace(0, 100, 60), np.ones(60)
    >>> bounds = [false_alarm_bound(power, times, errors, 1, 2.0) for power in (0.2, 0.6)]
    >>> bounds[0] > 0.1, bounds[1] < 1e-6
    (True, True)
    """
    weights = errors**-2 / (errors**-2).sum()
    variance = (weights * (times_day - (weights * times_day).sum()) ** 2).sum()
    n_free = len(times_day) - 2 * n_terms - 1
    z = -0.5 * n_free * np.log1p(-min(power, 1 - 1e-12))
    width = highest_per_day * np.sqrt(4 * pi * variance)
    return float(width * _alpha(n_terms) * z ** (n_terms - 0.5) * np.exp(-z))


def _alpha(n: int) -> float:
    """The factor of n harmonics: 2^n / (2n-1)!! sum_k (-1)^(n-k) k^(2n+1) / ((n+k)! (n-k)!)."""
    terms = [
        (-1) ** (n - k) * k ** (2 * n + 1) / (factorial(n + k) * factorial(n - k)) for k in range(1, n + 1)
    ]
    return float(2**n / prod(range(1, 2 * n, 2)) * sum(terms))
