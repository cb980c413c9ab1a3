"""Would these clusters come back? Every pair of sources, over bootstraps, without a matrix of sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..errors import AstrokitError, ParameterError
from ..evaluation import resample_groups
from ..progress import Progress
from ..random import RandomState

STABLE = 0.75  # mean Jaccard index from which Hennig (2007, section 3) calls a cluster valid and stable


@dataclass(frozen=True)
class CoAssignment:
    """How often sources are clustered together when the sample is drawn again.

    Attributes
    ----------
    matrix : (n_clusters, n_clusters)
        Chance that a source of one cluster and another source of the other one share a cluster again. A good
        clustering has a diagonal near 1 and nothing beside it.
    noise : (n_clusters + 1,)
        Share of the sources of each cluster, and last of the noise, that are noise again.
    recovery : (n_clusters,)
        Mean Jaccard index of a cluster with the one most like it (Hennig 2007, CSDA 52, 258).
    support : (n_samples,)
        Of each source: chance to be with another of its own cluster again; for noise, to be noise again. NaN
        if it was never drawn.
    n_resamples : int
        Those that were done.
    """

    matrix: np.ndarray
    noise: np.ndarray
    recovery: np.ndarray
    support: np.ndarray
    n_resamples: int

    @property
    def is_stable(self) -> np.ndarray:
        """(n_clusters,), bool: a recovery of at least 0.75; below 0.6 a cluster should not be believed."""
        return self.recovery >= STABLE


def co_assignment(
    cluster: Callable[[np.ndarray], np.ndarray],
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_resamples: int = 50,
    random_state: RandomState = 0,
    progress: bool = True,
    cancelled: Callable[[], bool] | None = None,
) -> CoAssignment:
    """Cluster bootstraps of the sample and count which sources stay together.

    Memory is that of a few arrays of n_samples: pairs are counted by the table of old against new clusters,
    which gives the same numbers as all pairs one by one. Rows are drawn with replacement, each kept once,
    about 63% of them: duplicates would look like dense clusters.

    Parameters
    ----------
    cluster : callable
        Takes ascending row indices (n_rows,) and returns their labels (n_rows,), -1 for noise.
    labels : (n_samples,)
        The clustering in question: 0, 1, ... and -1 for noise.
    groups : (n_samples,), optional
        Rows that are drawn together, for instance observations of a source.
    n_resamples, random_state, progress
    cancelled : callable, optional
        Asked between bootstraps; True ends with those that were done, an error if there are none.

    Raises
    ------
    ParameterError
        When `cluster` does not return one label for each row, or there is no bootstrap to do.

    Examples
    --------
    >>> points = np.concatenate([np.linspace(0, 1, 50), np.linspace(5, 6, 50)])
    >>> found = co_assignment(lambda rows: (points[rows] > 3).astype(int), points > 3, n_resamples=5)
    >>> found.matrix.tolist(), found.is_stable.tolist()
    ([[1.0, 0.0], [0.0, 1.0]], [True, True])
    """
    labels = np.asarray(labels).astype(int)
    n_samples, n_clusters = len(labels), int(labels.max(initial=-1)) + 1
    groups = np.arange(n_samples) if groups is None else groups
    old = np.where(labels < 0, n_clusters, labels)  # noise last
    tally = _Tally(n_samples, n_clusters)
    with Progress(n_resamples, "bootstrapping clusters", unit="fits", enabled=progress) as bar:
        for drawn in resample_groups(groups, n_resamples=n_resamples, random_state=random_state):
            if cancelled is not None and cancelled():
                break
            rows = np.unique(drawn)
            tally.add(rows, old[rows], _new_labels(cluster, rows))
            bar.advance(1)
    if tally.n_resamples == 0:
        raise AstrokitError(
            "co-assignment",
            expected="at least one bootstrap",
            got=f"0 of {n_resamples} done",
            next_step="Let one finish before you cancel.",
        )
    return tally.result()


class _Tally:
    """Sums over the bootstraps, from the table of old clusters (noise last) against new ones."""

    def __init__(self, n_samples: int, n_clusters: int) -> None:
        self.n_resamples = 0
        self._n_clusters = n_clusters
        self._matrix, self._pairs = np.zeros((2, n_clusters, n_clusters))
        self._noise, self._drawn = np.zeros((2, n_clusters + 1))
        self._recovery, self._seen = np.zeros((2, n_clusters))
        self._support, self._times = np.zeros((2, n_samples))

    def add(self, rows: np.ndarray, old: np.ndarray, new: np.ndarray) -> None:
        n, n_new = self._n_clusters, int(new.max(initial=-1)) + 1
        is_noise = new < 0
        cell = old * (n_new + 1) + np.where(is_noise, n_new, new)
        table = np.bincount(cell, minlength=(n + 1) * (n_new + 1)).reshape(n + 1, n_new + 1)
        sizes, again = table.sum(1), table[:, :n_new]
        self._noise += table[:, n_new]
        self._drawn += sizes
        # Pairs of different sources: one of the row, one of the column, none with itself.
        self._matrix += again[:n] @ again[:n].T - np.diag(again[:n].sum(1))
        self._pairs += np.outer(sizes[:n], sizes[:n]) - np.diag(sizes[:n])
        union = sizes[:n, None] + table[:, :n_new].sum(0) - again[:n]
        jaccard = np.divide(again[:n], union, out=np.zeros(union.shape), where=union > 0)
        self._recovery += jaccard.max(1, initial=0.0)
        self._seen += sizes[:n] > 0
        others = np.maximum(sizes[old] - 1, 1)
        together = np.where(is_noise, 0, table.ravel()[cell] - 1) / others
        self._support[rows] += np.where(old == n, is_noise, together)
        self._times[rows] += 1
        self.n_resamples += 1

    def result(self) -> CoAssignment:
        ratios = [
            np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
            for part, whole in (
                (self._matrix, self._pairs),
                (self._noise, self._drawn),
                (self._recovery, self._seen),
                (self._support, self._times),
            )
        ]
        return CoAssignment(ratios[0], ratios[1], ratios[2], ratios[3], self.n_resamples)


def _new_labels(cluster: Callable[[np.ndarray], np.ndarray], rows: np.ndarray) -> np.ndarray:
    new = np.asarray(cluster(rows))
    if new.shape != rows.shape:
        raise ParameterError(
            "labels of a bootstrap",
            expected=f"shape {rows.shape}",
            got=new.shape,
            next_step="Return one label for each row that came in.",
        )
    return np.where(new < 0, -1, new).astype(int)
