"""How well predictions explain measurements, of which some are only limits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from ..errors import DataError

MEASURED, UPPER, LOWER = 0, -1, 1  # what is known of a quantity: its value, or a bound from above or below


def log_likelihood(
    predicted: np.ndarray,
    errors: np.ndarray,
    measured: ArrayLike,
    kinds: ArrayLike,
    *,
    freedom: float = np.inf,
) -> np.ndarray:
    """Log-likelihood of each prediction: densities for values, probabilities for limits.

    A value contributes the density at its distance from the prediction, an upper limit the probability of
    lying below it, a lower limit that of lying above. Errors are normal, or Student's t where an emulator
    errs wildly now and then; those of different quantities are taken to be independent.

    Parameters
    ----------
    predicted, errors : (n_draws, n_quantities)
        Predictions with the scale of their error: measurement and emulator, in quadrature.
    measured : (n_quantities,)
        Values or limits; NaN where nothing is known.
    kinds : (n_quantities,)
        `MEASURED`, `UPPER` or `LOWER`.
    freedom : float
        Degrees of freedom of Student's t; infinite for the normal distribution.

    Returns
    -------
    (n_draws,)

    Raises
    ------
    DataError
        For another kind, an infinite measurement, or errors that are not positive.

    Examples
    --------
    >>> predicted, errors = np.array([[0.0], [3.0]]), np.ones((2, 1))
    >>> value, limit = (log_likelihood(predicted, errors, [0.0], [kind]) for kind in (MEASURED, UPPER))
    >>> value.round(2).tolist(), limit.round(2).tolist()
    ([-0.92, -5.42], [-0.69, -6.61])
    """
    measured, kinds = np.asarray(measured, float), np.asarray(kinds)
    _check(errors, measured, kinds)
    total = np.zeros(len(predicted))
    for k in np.flatnonzero(~np.isnan(measured)):
        total += _of_one(measured[k] - predicted[:, k], errors[:, k], int(kinds[k]), freedom)
    return total


def _of_one(distance: np.ndarray, error: np.ndarray, kind: int, freedom: float) -> np.ndarray:
    family: Any = stats.norm if np.isinf(freedom) else stats.t(freedom)
    scaled = distance / error
    if kind == MEASURED:
        return family.logpdf(scaled) - np.log(error)
    return family.logcdf(-kind * scaled)


def _check(errors: np.ndarray, measured: np.ndarray, kinds: np.ndarray) -> None:
    known = np.isin(kinds, (MEASURED, UPPER, LOWER))
    if not known.all() or np.isinf(measured).any() or not (np.asarray(errors) > 0).all():
        raise DataError(
            "measurements",
            expected=f"kinds {UPPER}, {MEASURED} or {LOWER}, no infinity, and errors > 0",
            got=f"{int((~known).sum())} other kinds, {int(np.isinf(measured).sum())} infinite values, "
            f"{int((~(np.asarray(errors) > 0)).sum())} errors that are not positive",
            next_step="Give NaN where nothing was measured, and each value an error.",
        )
