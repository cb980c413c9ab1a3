"""A cluster tree that was grown on some of the sources, and the place of all others in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .clustering import NOISE, Clustering

CHUNK = 500_000


def extended(fitted: Clustering, nearest: np.ndarray, density: np.ndarray) -> Clustering:
    """Give all sources a place in the clusters that were cut from the tree of some.

    A source belongs where the fitted one nearest to it does, as long as it is dense enough itself: it lies in
    the branches of that one down to its own density, as if it had been added to the tree (the library
    `hdbscan` predicts so). In a thin place it is noise.

    Parameters
    ----------
    fitted : Clustering
        Of n_fitted sources, from `Hierarchy.cut`.
    nearest : (n_samples,), int
        The fitted source nearest to each, for a fitted one itself; -1 for rows with NaN.
    density : (n_samples,)
        Lambda: 1 over the distance to it or its core distance, whichever is larger; infinite for the fitted.

    Returns
    -------
    Clustering
        Of all n_samples. Fitted sources have what they had; the tree's sizes still count those.
    """
    assert fitted.tree is not None
    n_samples, tree = len(nearest), fitted.tree
    cluster_of, death = tree.clusters, _deaths(fitted)
    labels, nodes = (np.full(n_samples, NOISE, np.int32) for _ in range(2))
    probabilities = np.full(n_samples, np.nan, np.float32)
    for start in range(0, n_samples, CHUNK):
        part = slice(start, start + CHUNK)
        known = np.flatnonzero(nearest[part] >= 0)
        of, dense = nearest[part][known], density[part][known]
        exact = np.isinf(dense)
        node = _climbed(tree.point_node[of], dense, tree.birth, tree.parent)
        label = np.where(exact | (tree.label[0] >= 0), fitted.labels[of], cluster_of[node])
        with np.errstate(invalid="ignore"):  # what is infinite is exact
            share = np.minimum(dense / death[label], 1.0)  # of noise, the last of `death`: 0
        labels[start + known], nodes[start + known] = label, node
        probabilities[start + known] = np.where(exact, fitted.probabilities[of], share)
    return replace(fitted, labels=labels, probabilities=probabilities, tree=replace(tree, point_node=nodes))


def _deaths(fitted: Clustering) -> np.ndarray:
    """Lambda at which a member of each cluster is a full one; last, for noise, infinity."""
    assert fitted.tree is not None
    chosen = np.flatnonzero(fitted.tree.label >= 0)
    deaths = np.full(fitted.n_clusters + 1, np.inf)
    deaths[fitted.tree.label[chosen]] = fitted.tree.death[chosen]
    return deaths


def _climbed(node: np.ndarray, density: np.ndarray, birth: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """The branch of each point, or the nearest one above it that was there at the point's own density."""
    node = node.copy()
    rising = np.flatnonzero((birth[node] > density) & (node > 0))
    while len(rising):
        node[rising] = parent[node[rising]]
        rising = rising[(birth[node[rising]] > density[rising]) & (node[rising] > 0)]
    return node
