"""Draws where they matter: importance sampling that learns from round to round where the posterior is."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from ..random import RandomState, as_generator

N_ROUNDS = 3
N_NEW = 400
N_CENTRES = 200
LEAST_SIZE = (
    60.0  # effective draws that kernels are laid about; with fewer, the likelihood is flattened first
)
N_TRIED = 8_000  # cheap draws that tell which part of the kernels lies inside the cube


class Kernels(NamedTuple):
    """A mixture of equal normal kernels, cut off at the walls of the unit cube.

    Attributes
    ----------
    rows : (n_centres,)
        Which of the points so far are centres.
    centres : (n_centres, n_parameters)
    root : (n_parameters, n_parameters)
        Cholesky factor of the covariance of each kernel.
    inside : float
        Share of the mixture inside the cube.
    """

    rows: np.ndarray
    centres: np.ndarray
    root: np.ndarray
    inside: float

    def density(self, points: np.ndarray) -> np.ndarray:
        """(n_points, n_parameters) -> (n_points,)"""
        return self._each(points).mean(1)

    def density_of_others(self, points: np.ndarray) -> np.ndarray:
        """The same at the points that the centres were chosen from, (n_points,), none by its own kernels."""
        others = self.rows != np.arange(len(points))[:, None]
        return (self._each(points) * others).sum(1) / np.maximum(others.sum(1), 1)

    def _each(self, points: np.ndarray) -> np.ndarray:
        from scipy.linalg import solve_triangular
        from scipy.spatial.distance import cdist

        left, right = (solve_triangular(self.root, rows.T, lower=True).T for rows in (points, self.centres))
        norm = np.sqrt(2 * np.pi) ** points.shape[1] * np.prod(np.diag(self.root))
        return np.exp(-0.5 * cdist(left, right, "sqeuclidean")) / (norm * self.inside)


def refine(
    log_likelihood: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    values: np.ndarray,
    *,
    n_rounds: int = N_ROUNDS,
    n_new: int = N_NEW,
    random_state: RandomState = 0,
) -> tuple[np.ndarray, np.ndarray]:
    """Add draws where the posterior is to draws that lie evenly in the unit cube.

    In each round kernels are laid about draws of the posterior so far, and new points are drawn from them.
    Every point is weighed by its likelihood over the density of all proposals together (adaptive multiple
    importance sampling: Cornuet et al. 2012, Scand. J. Stat. 39, 798), so that no round is thrown away and
    the even draws keep the weights bounded. A point is not counted by the kernels that lie about itself: it
    would weigh too little just where few points stand for much of the posterior, and the tails were lost.

    Parameters
    ----------
    log_likelihood : callable
        (n, n_parameters) -> (n,), up to a constant.
    points : (n_even, n_parameters)
        Even draws of the unit cube, which is the prior.
    values : (n_even,)
        Their log-likelihood.
    n_rounds, n_new : int
        Points are added so many times, and so many each time.
    random_state

    Returns
    -------
    points : (n_even + n_rounds * n_new, n_parameters)
    log_weights : as many
        Up to a constant, for `weigh`.

    Examples
    --------
    >>> from astrokit.inference import weigh
    >>> def narrow(points):
    ...     return -0.5 * ((points - 0.4) ** 2).sum(1) / 0.02**2
    >>> even = np.random.default_rng(0).uniform(size=(2000, 3))
    >>> points, log_weights = refine(narrow, even, narrow(even))
    >>> found = weigh(points, log_weights, ("x", "y", "z"))
    >>> found.mean.round(2).tolist(), found.effective_size > 300
    ([0.4, 0.4, 0.4], True)
    """
    rng, rounds = as_generator(random_state), list[Kernels]()
    n_even = len(points)
    drawn = np.full(n_even, float(n_even))  # draws per unit volume, of all rounds
    for _ in range(n_rounds):
        kernels, fresh = _propose(points, values - np.log(drawn), n_new, rng)
        rounds.append(kernels)
        drawn += n_new * kernels.density_of_others(points)
        of_fresh = n_even + n_new * sum(each.density(fresh) for each in rounds)
        points = np.concatenate([points, fresh])
        values = np.concatenate([values, log_likelihood(fresh)])
        drawn = np.concatenate([drawn, of_fresh])
    return points, values - np.log(drawn)


def _propose(
    points: np.ndarray, log_weights: np.ndarray, n_new: int, rng: np.random.Generator
) -> tuple[Kernels, np.ndarray]:
    """Kernels about the weighted points, and so many draws of them inside the cube."""
    weights = _flattened(log_weights)
    n_parameters, size = points.shape[1], 1 / (weights**2).sum()
    # Silverman 1986, eq. 4.14, in units of the spread of the whole.
    width = (4 / (size * (n_parameters + 2))) ** (1 / (n_parameters + 4))
    covariance = np.atleast_2d(np.cov(points.T, aweights=weights)) * width**2
    root = np.linalg.cholesky(covariance + 1e-10 * np.eye(n_parameters))
    rows = rng.choice(len(points), N_CENTRES, p=weights)
    centres = points[rows]
    tried = centres[rng.integers(N_CENTRES, size=N_TRIED)]
    tried = tried + rng.standard_normal(tried.shape) @ root.T
    held = ((tried >= 0) & (tried <= 1)).all(1)
    return Kernels(rows, centres, root, float(held.mean())), tried[held][:n_new]


def _flattened(log_weights: np.ndarray) -> np.ndarray:
    """Weights that add up to 1, to a power at which at least `LEAST_SIZE` draws count, or half of all."""
    least, low, high = min(LEAST_SIZE, len(log_weights) / 2), 0.0, 1.0
    weights = _normalised(log_weights)
    if 1 / (weights**2).sum() >= least:
        return weights
    for _ in range(30):
        middle = (low + high) / 2
        weights = _normalised(middle * log_weights)
        low, high = (middle, high) if 1 / (weights**2).sum() >= least else (low, middle)
    return _normalised(low * log_weights)


def _normalised(log_weights: np.ndarray) -> np.ndarray:
    weights = np.exp(log_weights - log_weights.max())
    return weights / weights.sum()
