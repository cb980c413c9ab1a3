"""The condensed tree of HDBSCAN: which clusters split into which, and the sources of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .clustering import count


@dataclass(frozen=True)
class CondensedTree:
    """Clusters as a tree; node 0 holds all points and is no cluster itself.

    Density is lambda = 1 / distance, as in Campello, Moulavi & Sander (2013).

    Attributes
    ----------
    parent : (n_nodes,)
        Node that each node split off from; -1 for the root. A parent has a lower number than its children.
    birth, death : (n_nodes,)
        Lambda at which a node appears, and at which its last point leaves it or it splits.
    size : (n_nodes,)
        Points in it at its birth.
    persistence : (n_nodes,)
        Share of its points' lambda that lies above its birth, in [0, 1]: near 0 for a ripple, near 1 for an
        island.
    label : (n_nodes,)
        The cluster that a node was chosen as; -1 for nodes that were not chosen.
    point_node : (n_samples,)
        The node that each point leaves last; -1 for rows with NaN.
    """

    parent: np.ndarray
    birth: np.ndarray
    death: np.ndarray
    size: np.ndarray
    persistence: np.ndarray
    label: np.ndarray
    point_node: np.ndarray

    def rows(self, node: int) -> np.ndarray:
        """The sources below a node: ascending row indices."""
        below = np.zeros(len(self.parent) + 1, bool)  # one more, that -1 stands for: no node
        below[node] = True
        for child in range(node + 1, len(self.parent)):
            below[child] = below[self.parent[child]]
        return np.flatnonzero(below[self.point_node])

    def children(self, node: int) -> np.ndarray:
        """The two nodes that a node splits into; none for a leaf."""
        return np.flatnonzero(self.parent == node)

    def counts(self, rows: np.ndarray | None = None) -> np.ndarray:
        """How many of some sources (of all, by default) lie below each node: (n_nodes,)."""
        last = self.point_node if rows is None else self.point_node[rows]
        counts = count(last, len(self.parent))
        for child in range(len(counts) - 1, 0, -1):
            counts[self.parent[child]] += counts[child]
        return counts

    @property
    def clusters(self) -> np.ndarray:
        """(n_nodes,): the cluster that holds all of a node; -1 where a node holds several, or none."""
        found = self.label.copy()
        for child in range(1, len(found)):
            if found[child] < 0:
                found[child] = found[self.parent[child]]
        return found


def condensed_tree(raw, chosen: np.ndarray, finite: np.ndarray, n_samples: int) -> CondensedTree:
    """Bring the library's tree of points and clusters into arrays over clusters.

    Parameters
    ----------
    raw : fast_hdbscan's CondensedTree
        `parent`, `child`, `lambda_val`, `child_size` over points and clusters; clusters count from the
        number of points on.
    chosen : (n_clusters,)
        Its numbers of the chosen clusters, in the order of their labels.
    finite : (n_points,)
        Rows of the points among the caller's.
    n_samples : int
    """
    n_points = len(finite)
    is_node = raw.child >= n_points
    n_nodes = int(is_node.sum()) + 1
    child, owner = raw.child[is_node] - n_points, raw.parent - n_points
    parent, birth = np.full(n_nodes, -1), np.zeros(n_nodes)
    size = np.full(n_nodes, n_points)
    parent[child], birth[child] = owner[is_node], raw.lambda_val[is_node]
    size[child] = raw.child_size[is_node]
    # Duplicates leave at infinite density: the highest finite one stands for it.
    finite_lambda = raw.lambda_val[np.isfinite(raw.lambda_val)]
    ends = np.minimum(raw.lambda_val.astype(float), finite_lambda.max(initial=0.0) or 1.0)
    death = np.zeros(n_nodes)
    np.maximum.at(death, owner, ends)
    total = np.bincount(owner, weights=ends * raw.child_size, minlength=n_nodes)
    weight = np.bincount(owner, weights=raw.child_size, minlength=n_nodes)
    persistence = np.divide(total - birth * weight, total, out=np.zeros(n_nodes), where=total > 0)
    label = np.full(n_nodes, -1)
    label[chosen - n_points] = np.arange(len(chosen))
    point_node = np.full(n_samples, -1)
    point_node[finite[raw.child[~is_node]]] = owner[~is_node]
    return CondensedTree(parent, birth, death, size, np.clip(persistence, 0, 1), label, point_node)
