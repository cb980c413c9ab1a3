"""Statistics of measurements of which some are only upper limits."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import log_ndtr

from ..errors import DataError

_PRECISE = {"xatol": 1e-5, "fatol": 1e-7, "maxiter": 2000}


class CensoredNormal(NamedTuple):
    """Mean and intrinsic scatter of a normal distribution behind noisy values and upper limits."""

    mean: float
    scatter: float
    n_detected: int
    n_limits: int


def fit_censored_normal(values: ArrayLike, errors: ArrayLike, limits: ArrayLike = ()) -> CensoredNormal:
    """Fit a normal distribution to detections with errors and to upper limits, by maximum likelihood.

    A detection x +- e contributes the density N(x; mean, scatter^2 + e^2), an upper limit u the probability
    Phi((u - mean) / scatter) of lying below it (Tobin 1958, Econometrica 26, 24; Isobe, Feigelson & Nelson
    1986, ApJ 306, 490). Dropping the limits would make a source that switches off look steady.

    Parameters
    ----------
    values, errors : (n_detected,)
        At least two detections with their 1-sigma errors (>= 0).
    limits : (n_limits,)
        Upper limits in the same unit.

    Returns
    -------
    CensoredNormal

    Raises
    ------
    DataError
        For fewer than two detections, or anything not finite.

    Examples
    --------
    >>> steady = fit_censored_normal([1.0, 1.1, 0.9, 1.0], [0.1] * 4)
    >>> vanishing = fit_censored_normal([1.0, 1.1, 0.9, 1.0], [0.1] * 4, limits=[0.0, 0.1])
    >>> steady.scatter < 0.05 and vanishing.scatter > 0.3
    True
    """
    values, errors, limits = (np.atleast_1d(np.asarray(array, float)) for array in (values, errors, limits))
    _check(values, errors, limits)
    width = max(np.ptp(np.concatenate([values, limits])), 1e-6)

    def cost(parameters: np.ndarray) -> float:
        mean, scatter = parameters[0], np.exp(parameters[1])
        variance = scatter**2 + errors**2
        detected = -0.5 * (np.log(variance) + (values - mean) ** 2 / variance).sum()
        return -(detected + log_ndtr((limits - mean) / scatter).sum())

    # The scatter is bounded away from 0 (log -inf) and from far beyond the data.
    bounds = [
        (values.min() - 10 * width, values.max() + 10 * width),
        (np.log(1e-3 * width), np.log(20 * width)),
    ]
    # Two parameters: the simplex serves, and wakes no threads of the linear algebra.
    starts = [(values.mean(), np.log(fraction * width)) for fraction in (0.1, 1.0)]
    fits = [minimize(cost, start, method="Nelder-Mead", bounds=bounds, options=_PRECISE) for start in starts]
    best = min(fits, key=lambda fit: fit.fun)
    return CensoredNormal(float(best.x[0]), float(np.exp(best.x[1])), len(values), len(limits))


def _check(values: np.ndarray, errors: np.ndarray, limits: np.ndarray) -> None:
    finite = np.isfinite(values).all() and np.isfinite(errors).all() and np.isfinite(limits).all()
    if len(values) < 2 or len(values) != len(errors) or not finite or (errors < 0).any():
        raise DataError(
            "detections of a censored normal",
            expected="at least 2 finite values, as many errors >= 0, and finite limits",
            got=f"{len(values)} values, {len(errors)} errors, {len(limits)} limits, all finite: {finite}",
            next_step="Leave out the source, or repair its rows.",
        )
