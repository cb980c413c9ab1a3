"""Which clusters are still the same after a parameter has changed: by the sources that they hold."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .clustering import numbers_by_size

SAME = 0.5  # Jaccard index above which no second cluster can be as like


class Overlaps(NamedTuple):
    """Pairs of clusters of two labellings that share sources, and the Jaccard index of each."""

    cluster: np.ndarray
    other: np.ndarray
    jaccard: np.ndarray


def overlaps(labels: ArrayLike, others: ArrayLike) -> Overlaps:
    """Which clusters of one labelling share sources with which of another, and how many.

    Parameters
    ----------
    labels, others : (n_samples,)
        0, 1, ... and -1 for noise.

    Examples
    --------
    >>> found = overlaps([0, 0, 1, -1], [1, 1, 1, 0])
    >>> found.cluster.tolist(), found.other.tolist(), found.jaccard.round(2).tolist()
    ([0, 1], [1, 1], [0.67, 0.33])
    """
    labels, others = (np.asarray(each).astype(np.int64) for each in (labels, others))
    sizes, other_sizes = (np.bincount(each[each >= 0]) for each in (labels, others))
    both, width = (labels >= 0) & (others >= 0), max(len(other_sizes), 1)
    pair, shared = np.unique(labels[both] * width + others[both], return_counts=True)
    cluster, other = np.divmod(pair, width)
    return Overlaps(cluster, other, shared / (sizes[cluster] + other_sizes[other] - shared))


def kept_numbers(labels: ArrayLike, before: ArrayLike, *, n_clusters: int | None = None) -> np.ndarray:
    """A number for each cluster, that of before where it is the same one: so that it keeps its colour.

    Clusters are the same when they share more than half of the sources of both together; no cluster is then
    the same as two. The others take the numbers that are left, the largest first.

    Parameters
    ----------
    labels, before : (n_samples,)
        0, 1, ... and -1 for noise.
    n_clusters : int, optional
        Where the last clusters may have no source here.

    Returns
    -------
    (n_clusters,)

    Examples
    --------
    >>> kept_numbers([0, 0, 0, 1, 1], [1, 1, -1, 0, 0]).tolist()
    [1, 0]
    """
    labels = np.asarray(labels)
    n = int(labels.max(initial=-1)) + 1 if n_clusters is None else n_clusters
    pairs = overlaps(labels, before)
    numbers, same = np.full(n, -1), (pairs.jaccard > SAME) & (pairs.other < n)
    numbers[pairs.cluster[same]] = pairs.other[same]
    new, free = np.flatnonzero(numbers < 0), np.setdiff1d(np.arange(n), numbers)
    sizes = np.bincount(labels[labels >= 0], minlength=n)[new]
    numbers[new] = free[numbers_by_size(sizes)]
    return numbers
