"""Posteriors as draws of the prior, each with a weight: exact where the draws are many enough."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError


@dataclass(frozen=True)
class WeightedDraws:
    """Draws of parameters with weights that add up to 1.

    Attributes
    ----------
    values : (n_draws, n_parameters)
    weights : (n_draws,)
    names : tuple of str
        Of the parameters.

    Examples
    --------
    >>> posterior = weigh(np.array([[0.0], [1.0], [2.0]]), np.log([0.1, 0.8, 0.1]), ("x",))
    >>> posterior.quantile(0.5).tolist(), round(posterior.effective_size, 2)
    ([1.0], 1.52)
    """

    values: np.ndarray
    weights: np.ndarray
    names: tuple[str, ...]

    @property
    def effective_size(self) -> float:
        """How many equal draws would be as good (Kish 1965): few mean that the prior is too thinly drawn."""
        return float(1 / (self.weights**2).sum())

    @property
    def mean(self) -> np.ndarray:
        """(n_parameters,)"""
        return self.weights @ self.values

    def quantile(self, q: ArrayLike) -> np.ndarray:
        """Quantiles of each parameter, (n_parameters,) or (n_q, n_parameters)."""
        return np.stack([_quantile(column, self.weights, q) for column in self.values.T], axis=-1)

    def interval(self, level: float = 0.9) -> tuple[np.ndarray, np.ndarray]:
        """Ends (n_parameters,) of the central interval of each parameter."""
        low, high = self.quantile([(1 - level) / 2, (1 + level) / 2])
        return low, high

    def rank(self, truth: ArrayLike) -> np.ndarray:
        """Share of the posterior below the truth, (n_parameters,): uniform if posteriors are right."""
        below, equal = self.values < np.asarray(truth), self.values == np.asarray(truth)
        return self.weights @ (below + 0.5 * equal)


def weigh(draws: np.ndarray, log_likelihood: ArrayLike, names: tuple[str, ...]) -> WeightedDraws:
    """Weigh draws of the prior by their likelihood (importance sampling; MacKay 2003, section 29.2).

    Parameters
    ----------
    draws : (n_draws, n_parameters)
    log_likelihood : (n_draws,)
        Up to a constant; -inf for what cannot be.
    names : tuple of str

    Raises
    ------
    DataError
        When no draw is possible, or a likelihood is NaN.
    """
    log_likelihood = np.asarray(log_likelihood, float)
    best = log_likelihood.max(initial=-np.inf)
    if not np.isfinite(best):
        raise DataError(
            "posterior",
            expected="a finite likelihood of at least one draw, and no NaN",
            got=f"{int(np.isfinite(log_likelihood).sum())} finite of {log_likelihood.size}, the best {best}",
            next_step="Check the measurements against the range of the predictions, or draw more.",
        )
    weights = np.exp(log_likelihood - best)
    return WeightedDraws(draws, weights / weights.sum(), names)


def _quantile(values: np.ndarray, weights: np.ndarray, q: ArrayLike) -> np.ndarray:
    """Quantiles of weighted values: the inverse of their cumulative weight, centred on each draw."""
    order = np.argsort(values)
    centred = np.cumsum(weights[order]) - 0.5 * weights[order]
    return np.interp(np.asarray(q, float), centred, values[order])
