"""How well clusters hold apart, and how far they agree with known classes; both with intervals."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError
from ..evaluation import Estimate, bootstrap_groups
from ..random import RandomState, as_generator
from .stability import agreement

CHUNK = 200


class Silhouette(NamedTuple):
    """Of the `rows` (n_rows,) asked: `values` (n_rows,), their `mean` with its interval, and their means
    `by_cluster` (n_clusters,), NaN where none was asked.
    """

    mean: Estimate
    rows: np.ndarray
    values: np.ndarray
    by_cluster: np.ndarray


def silhouette(
    points: np.ndarray,
    labels: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    n_queries: int = 2000,
    n_resamples: int = 1000,
    random_state: RandomState = 0,
) -> Silhouette:
    """Silhouette of clusters (Rousseeuw 1987): 1 deep inside, 0 between two, negative nearer to another one.

    Noise is left out. With more than `n_queries` rows so many are drawn, and compared with all. The interval
    resamples whole groups.

    Parameters
    ----------
    points : (n_samples, n_features)
    labels : (n_samples,)
        -1 for noise.
    groups : (n_samples,), optional
        Rows that belong together, for instance observations of a source.
    n_queries, n_resamples, random_state

    Raises
    ------
    DataError
        When there are fewer than two clusters.

    Examples
    --------
    >>> found = silhouette(np.array([[0.0], [0.1], [5.0], [5.1]]), [0, 0, 1, 1])
    >>> round(found.mean.value, 2)
    0.98
    """
    from sklearn.metrics import pairwise_distances

    points, labels = np.asarray(points, float), np.asarray(labels).astype(int)
    inside = np.flatnonzero((labels >= 0) & np.isfinite(points).all(1))
    counts = np.bincount(labels[inside], minlength=1)
    if (counts > 0).sum() < 2:
        raise DataError(
            "silhouette",
            expected="at least 2 clusters",
            got=int((counts > 0).sum()),
            next_step="Lower the least size of a cluster.",
        )
    rng = as_generator(random_state)
    rows = inside
    if n_queries < len(inside):
        rows = np.sort(rng.choice(inside, n_queries, replace=False))
    # Sums over a cluster are differences of running sums over points in the order of clusters.
    ordered = inside[np.argsort(labels[inside], kind="stable")]
    present = np.flatnonzero(counts)
    starts = np.concatenate([[0], np.cumsum(counts[present])[:-1]])
    values = np.empty(len(rows))
    for start in range(0, len(rows), CHUNK):
        part = rows[start : start + CHUNK]
        sums = np.add.reduceat(pairwise_distances(points[part], points[ordered]), starts, axis=1)
        own = np.searchsorted(present, labels[part])
        values[start : start + CHUNK] = _silhouettes(sums, counts[present], own)
    of = np.asarray(rows if groups is None else np.asarray(groups)[rows])
    mean = bootstrap_groups(
        lambda drawn: float(values[drawn].mean()), of, n_resamples=n_resamples, random_state=rng
    )
    asked = np.bincount(labels[rows], minlength=len(counts))
    sums_by_cluster = np.bincount(labels[rows], weights=values, minlength=len(counts))
    means = np.divide(sums_by_cluster, asked, out=np.full(len(counts), np.nan), where=asked > 0)
    return Silhouette(mean, rows, values, means)


def label_agreement(
    labels: ArrayLike,
    classes: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    with_noise: bool = True,
    n_resamples: int = 200,
    random_state: RandomState = 0,
) -> Estimate:
    """Adjusted Rand index of clusters with known classes (Hubert & Arabie 1985), and its interval.

    Parameters
    ----------
    labels : (n_samples,)
        -1 for noise.
    classes : (n_samples,)
        Numbers or texts; rows with None, NaN or "" have no class and are left out.
    groups : (n_samples,), optional
        Rows that are drawn together for the interval.
    with_noise : bool
        Count noise as one more cluster; False leaves it out and flatters a clustering that calls much noise.
    n_resamples, random_state

    Raises
    ------
    DataError
        When no row has both.

    Examples
    --------
    >>> label_agreement([0, 0, 1, 1, -1], ["a", "a", "b", "b", None]).value
    1.0
    """
    import pandas as pd

    labels, column = np.asarray(labels), pd.Series(np.asarray(classes, object))
    known = (column.notna() & (column != "")).to_numpy() & (with_noise | (labels >= 0))
    if not known.any():
        raise DataError(
            "agreement with classes",
            expected="at least one row with a class",
            got=f"none of {len(labels):,}",
            next_step="Pass the classes of these sources.",
        )
    rows = np.flatnonzero(known)
    code, mine = pd.factorize(column[rows])[0], labels[rows]
    return bootstrap_groups(
        lambda drawn: float(agreement(mine, [code], rows=drawn)[0]),
        rows if groups is None else np.asarray(groups)[rows],
        n_resamples=n_resamples,
        random_state=random_state,
    )


def _silhouettes(sums: np.ndarray, counts: np.ndarray, own: np.ndarray) -> np.ndarray:
    """From sums of distances (n_rows, n_clusters) to the points of each cluster."""
    at = np.arange(len(own)), own
    n_others = counts[own] - 1
    within = sums[at] / np.maximum(n_others, 1)
    means = sums / counts
    means[at] = np.inf
    nearest = means.min(1)
    values = (nearest - within) / np.maximum(nearest, within)
    return np.where(n_others > 0, np.nan_to_num(values), 0.0)  # alone in a cluster: 0, as Rousseeuw has it
