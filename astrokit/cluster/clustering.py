"""One shape for every way to cluster: labels, probabilities, names; and mixtures and k-means in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError
from ..progress import Cancel, Progress, stop_if
from ..random import RandomState, as_generator, as_seed

if TYPE_CHECKING:
    from .condensed import CondensedTree

NOISE = -1
CHUNK = 200_000  # rows that are assigned between two looks at progress and cancel


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
        return count(self.labels, self.n_clusters)

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

    def renumbered(self, numbers: np.ndarray) -> Clustering:
        """The same clusters with other numbers: cluster k becomes ``numbers[k]``, and its name goes with it.

        Parameters
        ----------
        numbers : (n_clusters,)
            0, 1, ... in any order.

        Examples
        --------
        >>> fit_k_means(np.array([[0.0], [0.1], [5.0]]), 2).renumbered(np.array([1, 0])).labels.tolist()
        [1, 1, 0]
        """
        if sorted(numbers) != list(range(self.n_clusters)):
            raise ParameterError(
                "numbers of clusters",
                expected=f"0 to {self.n_clusters - 1}, each once",
                got=np.asarray(numbers).tolist(),
                next_step="Give each cluster one number.",
            )
        of = np.append(numbers, NOISE).astype(self.labels.dtype)
        persistence = np.empty(self.n_clusters)
        persistence[of[:-1]] = self.persistence
        tree = None if self.tree is None else replace(self.tree, label=of[self.tree.label])
        names = {int(of[label]): name for label, name in self.names.items()}
        return replace(self, labels=of[self.labels], persistence=persistence, tree=tree, names=names)


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


def count(labels: np.ndarray, n: int) -> np.ndarray:
    """How often each of 0, ..., n - 1 is there, (n,); -1 is not counted. In parts: numpy wants long integers.

    Examples
    --------
    >>> count(np.array([0, 2, -1, 2]), 3).tolist()
    [1, 0, 2]
    """
    counts = np.zeros(n + 1, int)
    for start in range(0, len(labels), CHUNK):
        counts += np.bincount(labels[start : start + CHUNK] + 1, minlength=n + 1)
    return counts[1:]


def on_all_rows(values: np.ndarray, finite: np.ndarray, n_samples: int, fill: float) -> np.ndarray:
    """Values of the finite rows at their places among all, `fill` elsewhere."""
    out = np.full(n_samples, fill, np.asarray(values).dtype)
    out[finite] = values
    return out


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


def numbers_by_size(sizes: np.ndarray) -> np.ndarray:
    """A number for each cluster, the largest first.

    Examples
    --------
    >>> numbers_by_size(np.array([5, 9, 7])).tolist()
    [2, 0, 1]
    """
    return np.argsort(np.argsort(-np.asarray(sizes), kind="stable"), kind="stable")
