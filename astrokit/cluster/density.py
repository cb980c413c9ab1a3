"""Clusters of any number and shape, by density: HDBSCAN on as many points of every source."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..random import RandomState
from .stability import balanced_rows


def density_clusters(
    points: np.ndarray, source: ArrayLike, *, n_per_source: int = 40, random_state: RandomState = 0
) -> np.ndarray:
    """Cluster with HDBSCAN (Campello, Moulavi & Sander 2013), every source carrying the same density.

    Features are scaled to unit standard deviation. At most `n_per_source` points of each source are
    clustered; the others take the label of the nearest of those.

    Parameters
    ----------
    points : (n_samples, n_features)
    source : (n_samples,)
    n_per_source, random_state

    Returns
    -------
    (n_samples,)
        0, 1, ... for clusters, -1 for noise.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = np.concatenate([rng.normal(0, 0.2, (100, 2)), rng.normal(4, 0.2, (100, 2))])
    >>> sorted(int(label) for label in set(density_clusters(points, np.arange(200))) - {-1})
    [0, 1]
    """
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KNeighborsClassifier

    scaled = (points - points.mean(0)) / points.std(0)
    rows = balanced_rows(source, n_per_source, random_state=random_state)
    labels = HDBSCAN(min_cluster_size=max(len(rows) // 20, 10), copy=True).fit_predict(scaled[rows])
    return KNeighborsClassifier(1).fit(scaled[rows], labels).predict(scaled)
