"""What an emulator's errors look like together, and how likely observed ratios are in view of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss

from ...inference.likelihood import MEASURED
from .cube import unit_cube

N_NODES = 5  # at which the size of a cloud's errors is averaged over
OF_NORMAL = 0.6745  # median of |x|, of a standard normal x


class Law(NamedTuple):
    """Errors of all ratios of a cloud: normal, correlated, and large or small together.

    Where an emulator errs by more than it did on the neighbours, it does so in all ratios at once: the whole
    cloud lies apart. Errors taken one by one would be heavy-tailed and independent, and a cloud that is off
    in five ratios would count as five coincidences.

    Attributes
    ----------
    scales : (n_outputs,)
        Standard deviation of each error in units of the typical error about its place.
    correlation : (n_outputs, n_outputs)
    spread : float
        Standard deviation of the natural logarithm of the size that the errors of one cloud share.
    wall : float
        By how much that logarithm grows from the middle of the space of inputs to its corners
        (`wall_nearness`), where models have neighbours on one side only.
    """

    scales: np.ndarray
    correlation: np.ndarray
    spread: float
    wall: float

    def sizes(self, inputs: np.ndarray, typical: np.ndarray) -> np.ndarray:
        """Standard deviations of middling errors, (n, n_outputs), from typical errors at inputs (n, 7)."""
        return typical * self.scales * np.exp(self.wall * wall_nearness(inputs))[:, None]


def wall_nearness(inputs: np.ndarray) -> np.ndarray:
    """From 0 in the middle of the space of inputs (n, 7) to 1 in its corners, (n,): mean fourth powers.

    Examples
    --------
    >>> wall_nearness(np.array([[80.0, 5.0, 0.75, 0.75, 0.5, -0.65, -0.65]])).round(6).tolist()
    [0.0]
    """
    return ((2 * unit_cube(inputs) - 1) ** 4).mean(1)


def fit_law(errors: np.ndarray, typical: np.ndarray, nearness: np.ndarray) -> Law:
    """The law that errors on models unseen follow, by maximum likelihood where it is not by ranks.

    Parameters
    ----------
    errors : (n_rows, n_outputs)
        Signed, of predictions by fits that had not seen the row.
    typical : (n_rows, n_outputs)
        Mean size of the errors of the neighbours.
    nearness : (n_rows,)
        Of `wall_nearness`.
    """
    from scipy.optimize import minimize

    ratios = errors / typical
    scales = np.median(np.abs(ratios), axis=0) / OF_NORMAL
    correlation = rank_correlation(ratios)
    squares = np.einsum("ij,jk,ik->i", ratios / scales, np.linalg.inv(correlation), ratios / scales)
    nodes, log_weights = _nodes()
    middle = nearness - nearness.mean()

    def cost(theta: np.ndarray) -> float:
        level, spread, wall = theta
        logs = level + wall * middle[:, None] + spread * nodes
        terms = log_weights - 0.5 * squares[:, None] * np.exp(-2 * logs) - errors.shape[1] * logs
        return -float(_log_sum(terms).mean())

    level, spread, wall = minimize(cost, [0.0, 0.4, 0.0], method="Nelder-Mead").x
    return Law(scales * np.exp(level - wall * nearness.mean()), correlation, abs(float(spread)), float(wall))


def rank_correlation(values: np.ndarray) -> np.ndarray:
    """Correlation (n, n) of the normal scores of columns (n_rows, n): no single outlier decides it."""
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.corrcoef(ndtri((rankdata(values, axis=0) - 0.5) / len(values)), rowvar=False)


def log_likelihood(
    law: Law,
    predicted: np.ndarray,
    sizes: np.ndarray,
    values: np.ndarray,
    kinds: np.ndarray,
    *,
    noise: float,
) -> np.ndarray:
    """Log-likelihood (n_draws,) of each draw: averaged over the size that the errors of a cloud share.

    Measured ratios contribute their joint density, and limits, one by one, the probability of lying beyond
    them, given what is measured.

    Parameters
    ----------
    law : Law
    predicted, sizes : (n_draws, n_outputs)
        Ratios, and `Law.sizes`, in dex.
    values, kinds : (n_outputs,)
        As for `astrokit.inference.log_likelihood`.
    noise : float
        1 sigma of a measured ratio, in dex.
    """
    terms = [
        log_weight + _of_size(law, predicted, sizes * np.exp(law.spread * node), values, kinds, noise)
        for node, log_weight in zip(*_nodes(), strict=True)
    ]
    return _log_sum(np.stack(terms, axis=1))


def _of_size(
    law: Law, predicted: np.ndarray, sizes: np.ndarray, values: np.ndarray, kinds: np.ndarray, noise: float
) -> np.ndarray:
    from scipy.special import log_ndtr

    known = ~np.isnan(values)
    seen, limits = np.flatnonzero(known & (kinds == MEASURED)), np.flatnonzero(known & (kinds != MEASURED))
    joint = sizes[:, seen, None] * sizes[:, None, seen] * law.correlation[np.ix_(seen, seen)]
    root = np.linalg.cholesky(joint + noise**2 * np.eye(len(seen)))
    off = np.linalg.solve(root, (values - predicted)[:, seen, None])  # -> (n_draws, n_seen, 1)
    along = np.diagonal(root, axis1=1, axis2=2)
    total = -0.5 * (off**2).sum((1, 2)) - np.log(along).sum(1)
    for k in limits:
        shared = sizes[:, [k]] * sizes[:, seen] * law.correlation[k, seen]
        weights = np.linalg.solve(root, shared[..., None])
        middle = predicted[:, k] + (weights * off).sum((1, 2))
        variance = sizes[:, k] ** 2 + noise**2 - (weights**2).sum((1, 2))
        total += log_ndtr(-kinds[k] * (values[k] - middle) / np.sqrt(variance))
    return total


def _nodes() -> tuple[np.ndarray, np.ndarray]:
    """Places and logarithms of weights of a Gauss-Hermite rule for a standard normal."""
    nodes, weights = hermegauss(N_NODES)
    return nodes, np.log(weights / weights.sum())


def _log_sum(terms: np.ndarray) -> np.ndarray:
    from scipy.special import logsumexp

    return logsumexp(terms, axis=1)
