"""Scores of a binary classifier turned into probabilities that keep their word: Platt's sigmoid, isotonic."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import minimize
from scipy.special import expit

from ..errors import DataError


class Sigmoid(NamedTuple):
    """p = 1 / (1 + exp(-(slope * score + offset)))."""

    slope: float
    offset: float

    def apply(self, scores: ArrayLike) -> np.ndarray:
        """Probabilities (n_samples,) of scores."""
        return expit(self.slope * np.asarray(scores, float) + self.offset)


class Staircase(NamedTuple):
    """p rises with the score in steps, between which it is interpolated: at `scores` (n,) it is `values`."""

    scores: np.ndarray
    values: np.ndarray

    def apply(self, scores: ArrayLike) -> np.ndarray:
        """Probabilities (n_samples,) of scores; beyond the ends those of the ends."""
        return np.interp(np.asarray(scores, float), self.scores, self.values)


def fit_platt(scores: ArrayLike, came_true: ArrayLike) -> Sigmoid:
    """Fit a sigmoid by maximum likelihood: two numbers, fit for hundreds of rows.

    Targets are not 0 and 1 but (N+ + 1) / (N+ + 2) and 1 / (N- + 2), which keeps the slope finite where the
    scores separate all (Platt 1999, Advances in Large Margin Classifiers, 61).

    Parameters
    ----------
    scores : (n_samples,)
        Of rows that the classifier has not learned from.
    came_true : (n_samples,), bool

    Raises
    ------
    DataError
        When one of the two outcomes is missing, or scores are not finite.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> score = rng.normal(size=5000)
    >>> sigmoid = fit_platt(score, rng.random(5000) < expit(2 * score - 1))
    >>> abs(sigmoid.slope - 2) < 0.2, abs(sigmoid.offset + 1) < 0.2
    (True, True)
    """
    scores, came_true = _checked(scores, came_true)
    n_true = int(came_true.sum())
    n_false = len(scores) - n_true
    target = np.where(came_true, (n_true + 1) / (n_true + 2), 1 / (n_false + 2))
    scale = float(scores.std()) or 1.0

    def cost(parameters: np.ndarray) -> tuple[float, np.ndarray]:
        logit = parameters[0] * scores / scale + parameters[1]
        wrong = expit(logit) - target
        loss = np.logaddexp(0, logit) - target * logit
        return loss.sum(), np.array([(wrong * scores / scale).sum(), wrong.sum()])

    start = np.array([0.0, np.log((n_true + 1) / (n_false + 1))])
    slope, offset = minimize(cost, start, jac=True, method="L-BFGS-B").x
    return Sigmoid(float(slope) / scale, float(offset))


def fit_isotonic(scores: ArrayLike, came_true: ArrayLike) -> Staircase:
    """Fit the best rising staircase: no shape assumed, fit for thousands of rows (Zadrozny & Elkan 2002, KDD,
    694).

    Parameters
    ----------
    scores, came_true
        As for `fit_platt`.

    Examples
    --------
    >>> staircase = fit_isotonic([0.0, 1.0, 2.0, 3.0], [False, True, False, True])
    >>> staircase.apply([-1.0, 1.5, 3.0]).tolist()
    [0.0, 0.5, 1.0]
    """
    from sklearn.isotonic import IsotonicRegression

    scores, came_true = _checked(scores, came_true)
    fitted = IsotonicRegression(out_of_bounds="clip").fit(scores, came_true.astype(float))
    return Staircase(np.asarray(fitted.X_thresholds_), np.asarray(fitted.y_thresholds_))


def _checked(scores: ArrayLike, came_true: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    scores, came_true = np.asarray(scores, float), np.asarray(came_true, bool)
    fits = scores.shape == came_true.shape and scores.ndim == 1 and bool(np.isfinite(scores).all())
    if not fits or came_true.all() or not came_true.any():
        raise DataError(
            "scores to calibrate",
            expected=f"{came_true.size} finite scores, and both outcomes",
            got=f"{int(np.isfinite(scores).sum())} finite of {scores.size},"
            f" {int(came_true.sum())} of {came_true.size} came true",
            next_step="Calibrate on rows of both classes that the classifier has not seen.",
        )
    return scores, came_true
