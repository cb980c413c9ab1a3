"""One shape for every way to cluster: labels, probabilities, names; and mixtures and k-means in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError
from ..random import RandomState, as_seed

if TYPE_CHECKING:
    from .condensed import CondensedTree

NOISE = -1


@dataclass(frozen=True)
class Clustering:
    """Clusters of sources.

    Attributes
    ----------
    labels : (n_samples,), int
        0, 1, ... for clusters, -1 for noise and for rows with NaN.
    probabilities : (n_samples,)
        How firmly a source belongs to its own cluster, in [0, 1]; 0 for noise, NaN for rows with NaN.
    method : str
    parameters : dict
        What the clusters were made with, ready for JSON.
    names : {label: str}
        Those that a user gave; `name` has a default for the others.
    persistence : (n_clusters,)
        Of each cluster, in [0, 1], where the method knows one; else NaN.
    tree : CondensedTree or None
        Of HDBSCAN.
    """

    labels: np.ndarray
    probabilities: np.ndarray
    method: str
    parameters: dict[str, Any]
    persistence: np.ndarray
    tree: CondensedTree | None = None
    names: dict[int, str] = field(default_factory=dict)

    @property
    def n_clusters(self) -> int:
        """Noise is none."""
        return len(self.persistence)

    @property
    def sizes(self) -> np.ndarray:
        """Sources of each cluster (n_clusters,)."""
        return np.bincount(self.labels[self.labels >= 0], minlength=self.n_clusters)

    def name(self, label: int) -> str:
        """What to call a cluster: its given name, "cluster 3", or "noise"."""
        return self.names.get(int(label), "noise" if label == NOISE else f"cluster {label}")

    def named(self, names: Mapping[int, str]) -> Clustering:
        """The same clusters with some of them named; an empty name takes one away.

        Examples
        --------
        >>> fit_k_means(np.array([[0.0], [0.1], [5.0]]), 2).named({0: "dwarfs"}).name(0)
        'dwarfs'
        """
        unknown = sorted(set(names) - set(range(self.n_clusters)))
        if unknown:
            raise ParameterError(
                "names of clusters",
                expected=f"labels from 0 to {self.n_clusters - 1}",
                got=unknown,
                next_step="Name clusters that there are.",
            )
        kept = {**self.names, **{int(label): name for label, name in names.items()}}
        return replace(self, names={label: name for label, name in kept.items() if name})


def fit_gaussian_mixture(
    points: np.ndarray, n_clusters: int, *, n_starts: int = 3, random_state: RandomState = 0
) -> Clustering:
    """Gaussian mixture with full covariances, by scikit-learn; there is no noise.

    Parameters
    ----------
    points : (n_samples, n_features)
        Scaled to comparable widths; rows with NaN are left out.
    n_clusters, n_starts, random_state

    Returns
    -------
    Clustering
        The largest share first; probabilities are the responsibilities.

    Raises
    ------
    ParameterError
        When there are fewer finite rows than clusters, or no clusters.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = np.concatenate([rng.normal(-4, 1, (300, 2)), rng.normal(4, 1, (100, 2))])
    >>> fit_gaussian_mixture(points, 2).sizes.tolist()
    [300, 100]
    """
    from sklearn.mixture import GaussianMixture

    finite = finite_points(points, n_clusters, "clusters")
    model = GaussianMixture(n_clusters, n_init=n_starts, random_state=as_seed(random_state))
    memberships = model.fit(points[finite]).predict_proba(points[finite])
    order = np.argsort(-model.weights_, kind="stable")
    parameters = {"n_clusters": n_clusters, "n_starts": n_starts}
    return _by_membership(memberships[:, order], finite, len(points), "gaussian mixture", parameters)


def fit_k_means(
    points: np.ndarray, n_clusters: int, *, n_starts: int = 3, random_state: RandomState = 0
) -> Clustering:
    """K-means, by scikit-learn; there is no noise.

    Probabilities are those of the mixture of which k-means is the limit: round Gaussians of equal share,
    whose variance is the mean squared distance to the centre per feature (Hastie, Tibshirani & Friedman
    2009, 14.3.7).

    Parameters
    ----------
    points : (n_samples, n_features)
        Scaled to comparable widths; rows with NaN are left out.
    n_clusters, n_starts, random_state

    Returns
    -------
    Clustering
        The largest cluster first.

    Raises
    ------
    ParameterError
        When there are fewer finite rows than clusters, or no clusters.

    Examples
    --------
    >>> fit_k_means(np.array([[0.0], [0.1], [5.0]]), 2).labels.tolist()
    [0, 0, 1]
    """
    from scipy.special import softmax
    from sklearn.cluster import KMeans

    finite = finite_points(points, n_clusters, "clusters")
    model = KMeans(n_clusters, n_init=n_starts, random_state=as_seed(random_state)).fit(points[finite])
    order = np.argsort(-np.bincount(model.labels_, minlength=n_clusters), kind="stable")
    squares = model.transform(points[finite])[:, order] ** 2
    variance = max(model.inertia_ / (len(finite) * points.shape[1]), np.finfo(float).tiny)
    parameters = {"n_clusters": n_clusters, "n_starts": n_starts}
    return _by_membership(
        softmax(-squares / (2 * variance), axis=1), finite, len(points), "k-means", parameters
    )


def finite_points(points: np.ndarray, at_least: int, what: str) -> np.ndarray:
    """Rows (n_finite,) of a table of points without NaN; a ParameterError when they are too few."""
    points = np.asarray(points)
    finite = np.flatnonzero(np.isfinite(points).all(1)) if points.ndim == 2 else np.empty(0, int)
    if at_least < 1 or len(finite) < at_least:
        raise ParameterError(
            what,
            expected=f"{max(at_least, 1):,} or more rows without NaN, of shape (n_samples, n_features)",
            got=f"{len(finite):,} in shape {points.shape}, for {at_least}",
            next_step="Ask for fewer clusters, at least one, or give more rows.",
        )
    return finite


def on_all_rows(values: np.ndarray, finite: np.ndarray, n_samples: int, fill: float) -> np.ndarray:
    """Values of the finite rows at their places among all, `fill` elsewhere."""
    out = np.full(n_samples, fill, np.asarray(values).dtype)
    out[finite] = values
    return out


def _by_membership(
    memberships: np.ndarray, finite: np.ndarray, n_samples: int, method: str, parameters: dict[str, Any]
) -> Clustering:
    return Clustering(
        labels=on_all_rows(memberships.argmax(1), finite, n_samples, NOISE),
        probabilities=on_all_rows(memberships.max(1), finite, n_samples, np.nan),
        method=method,
        parameters=parameters,
        persistence=np.full(memberships.shape[1], np.nan),
    )
