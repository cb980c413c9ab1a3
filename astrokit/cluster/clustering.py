"""One shape for every way to cluster: labels, probabilities, names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ParameterError

if TYPE_CHECKING:
    from .condensed import CondensedTree

NOISE = -1
CHUNK = 200_000  # rows at a time, where there are very many


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
        >>> found = Clustering(np.array([0, 0, 1]), np.ones(3), "by hand", {}, np.ones(2))
        >>> found.named({0: "dwarfs"}).name(0)
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
        >>> found = Clustering(np.array([0, 0, 1]), np.ones(3), "by hand", {}, np.ones(2))
        >>> found.renumbered(np.array([1, 0])).labels.tolist()
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


def numbers_by_size(sizes: np.ndarray) -> np.ndarray:
    """A number for each cluster, the largest first.

    Examples
    --------
    >>> numbers_by_size(np.array([5, 9, 7])).tolist()
    [2, 0, 1]
    """
    return np.argsort(np.argsort(-np.asarray(sizes), kind="stable"), kind="stable")
