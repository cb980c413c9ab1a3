"""Would the clusters come back? Agreement over seeds and resamples, and under the measurement errors."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import ArrayLike

from ..random import RandomState, as_generator


def agreement(labels: ArrayLike, others: Iterable[ArrayLike], *, rows: ArrayLike | None = None) -> np.ndarray:
    """Adjusted Rand index of a labelling with each of several others (Hubert & Arabie 1985).

    Parameters
    ----------
    labels : (n_samples,)
    others : iterable of (n_samples,)
    rows : (n_rows,), optional
        Compare on these rows only, for instance as many of every source (`balanced_rows`).

    Returns
    -------
    (n_others,)

    Examples
    --------
    >>> agreement([0, 0, 1, 1], [[1, 1, 0, 0], [0, 1, 0, 1]]).round(1).tolist()
    [1.0, -0.5]
    """
    from sklearn.metrics import adjusted_rand_score

    labels = np.asarray(labels)
    rows = np.arange(len(labels)) if rows is None else np.asarray(rows)
    return np.array([adjusted_rand_score(labels[rows], np.asarray(other)[rows]) for other in others])


def balanced_rows(source: ArrayLike, n_per_source: int, *, random_state: RandomState = 0) -> np.ndarray:
    """Draw at most `n_per_source` rows of every source, without replacement: sorted row indices.

    Examples
    --------
    >>> len(balanced_rows(["a"] * 100 + ["b"] * 3, 5))
    8
    """
    rng = as_generator(random_state)
    source = np.asarray(source)
    drawn = [rng.permutation(np.flatnonzero(source == name))[:n_per_source] for name in np.unique(source)]
    return np.sort(np.concatenate(drawn))


def flip_rate(
    score: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    errors: np.ndarray,
    threshold: float,
    *,
    n_draws: int = 100,
    random_state: RandomState = 0,
) -> np.ndarray:
    """How often each point would change sides of a threshold if it were measured again.

    Parameters
    ----------
    score : callable
        Points (n_samples, n_features) to scores (n_samples,).
    points, errors : (n_samples, n_features)
        Measurements with 1-sigma errors; new ones are drawn from independent normals.
    threshold : float
    n_draws, random_state

    Returns
    -------
    (n_samples,)
        Share of draws on the other side than the measurement itself.

    Examples
    --------
    >>> points, errors = np.array([[0.0], [5.0]]), np.array([[1.0], [1.0]])
    >>> flips = flip_rate(lambda x: x[:, 0], points, errors, 0.1)
    >>> bool(flips[0] > 0.3), float(flips[1])
    (True, 0.0)
    """
    rng = as_generator(random_state)
    side = score(points) >= threshold
    flips = np.zeros(len(points))
    for _ in range(n_draws):
        flips += (score(points + errors * rng.standard_normal(points.shape)) >= threshold) != side
    return flips / n_draws
