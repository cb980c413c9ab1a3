"""Every source in one of n clusters: Gaussian mixtures and k-means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..progress import Cancel, Progress, stop_if
from ..random import RandomState, as_generator, as_seed
from .clustering import CHUNK, NOISE, Clustering, finite_points, numbers_by_size


def fit_gaussian_mixture(
    points: np.ndarray,
    n_clusters: int,
    *,
    n_starts: int = 3,
    rows: np.ndarray | None = None,
    random_state: RandomState = 0,
    progress: bool = True,
    cancelled: Cancel | None = None,
) -> Clustering:
    """Gaussian mixture with full covariances, by scikit-learn; there is no noise.

    Parameters
    ----------
    points : (n_samples, n_features)
        Scaled to comparable widths; rows with NaN are left out.
    n_clusters : int
    n_starts : int
        The best of so many fits is taken.
    rows : (n_rows,), optional
        Those to fit on, where there are too many; all are assigned.
    random_state, progress
    cancelled : callable, optional
        Asked between starts and between parts; True stops.

    Returns
    -------
    Clustering
        The largest share first; probabilities are the responsibilities.

    Raises
    ------
    ParameterError
        When there are fewer finite rows than clusters, or no clusters.
    Cancelled

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = np.concatenate([rng.normal(-4, 1, (300, 2)), rng.normal(4, 1, (100, 2))])
    >>> fit_gaussian_mixture(points, 2).sizes.tolist()
    [300, 100]
    """
    from sklearn.mixture import GaussianMixture

    def fit(learn: np.ndarray, seed: int) -> Any:
        return GaussianMixture(n_clusters, random_state=seed).fit(learn)

    def assign(model: Any, part: np.ndarray) -> np.ndarray:
        return model.predict_proba(part)

    starts = _Starts(fit, lambda model: model.lower_bound_, assign)
    parameters = {"n_clusters": n_clusters, "n_starts": n_starts}
    return _fit("gaussian mixture", points, parameters, starts, rows, random_state, progress, cancelled)


def fit_k_means(
    points: np.ndarray,
    n_clusters: int,
    *,
    n_starts: int = 3,
    rows: np.ndarray | None = None,
    random_state: RandomState = 0,
    progress: bool = True,
    cancelled: Cancel | None = None,
) -> Clustering:
    """K-means, by scikit-learn; there is no noise.

    Probabilities are those of the mixture of which k-means is the limit: round Gaussians of equal share,
    whose variance is the mean squared distance to the centre per feature (Hastie, Tibshirani & Friedman
    2009, 14.3.7).

    Parameters
    ----------
    points : (n_samples, n_features)
        Scaled to comparable widths; rows with NaN are left out.
    n_clusters : int
    n_starts : int
        The best of so many fits is taken.
    rows : (n_rows,), optional
        Those to fit on, where there are too many; all are assigned.
    random_state, progress
    cancelled : callable, optional
        Asked between starts and between parts; True stops.

    Returns
    -------
    Clustering
        The largest cluster first.

    Raises
    ------
    ParameterError
        When there are fewer finite rows than clusters, or no clusters.
    Cancelled

    Examples
    --------
    >>> fit_k_means(np.array([[0.0], [0.1], [5.0]]), 2).labels.tolist()
    [0, 0, 1]
    """
    from scipy.special import softmax
    from sklearn.cluster import KMeans

    def fit(learn: np.ndarray, seed: int) -> Any:
        return KMeans(n_clusters, n_init=1, random_state=seed).fit(learn)

    def assign(model: Any, part: np.ndarray) -> np.ndarray:
        variance = model.inertia_ / (len(model.labels_) * part.shape[1])
        squares = model.transform(part) ** 2
        return softmax(-squares / (2 * max(variance, np.finfo(float).tiny)), axis=1)

    starts = _Starts(fit, lambda model: -model.inertia_, assign)
    parameters = {"n_clusters": n_clusters, "n_starts": n_starts}
    return _fit("k-means", points, parameters, starts, rows, random_state, progress, cancelled)


@dataclass(frozen=True)
class _Starts:
    """How a method is fitted from a seed, how good that is, and to what the model assigns points."""

    fit: Callable[[np.ndarray, int], Any]
    quality: Callable[[Any], float]
    assign: Callable[[Any, np.ndarray], np.ndarray]


def _fit(
    method: str,
    points: np.ndarray,
    parameters: dict[str, Any],
    starts: _Starts,
    rows: np.ndarray | None,
    random_state: RandomState,
    progress: bool,
    cancelled: Cancel | None,
) -> Clustering:
    """Fit from several starts, and assign all rows by the best."""
    n_clusters, n_starts, n_samples = parameters["n_clusters"], parameters["n_starts"], len(points)
    learn = points[rows] if rows is not None else points
    learn = learn[finite_points(learn, n_clusters, "clusters")]
    rng, models = as_generator(random_state), []
    with Progress(n_starts, f"fitting {method}", unit="starts", enabled=progress) as bar:
        for _ in range(n_starts):
            stop_if(cancelled, method, 0, n_samples)
            models.append(starts.fit(learn, as_seed(rng)))
            bar.advance(1)
    best = max(models, key=starts.quality)
    labels, probabilities = np.full(n_samples, NOISE, np.int32), np.full(n_samples, np.nan, np.float32)
    with Progress(n_samples, f"assigning by {method}", unit="rows", enabled=progress) as bar:
        for start in range(0, n_samples, CHUNK):
            stop_if(cancelled, method, start, n_samples)
            part = points[start : start + CHUNK]
            seen = np.flatnonzero(np.isfinite(part).all(1))
            if len(seen):
                memberships = starts.assign(best, part[seen])
                labels[start + seen], probabilities[start + seen] = memberships.argmax(1), memberships.max(1)
            bar.advance(len(part))
    found = Clustering(labels, probabilities, method, parameters, np.full(n_clusters, np.nan))
    return found.renumbered(numbers_by_size(found.sizes))
