"""HDBSCAN with sliders: the costly tree once, every cut of it at once."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import ParameterError
from ..progress import Cancel
from .clustering import NOISE, Clustering, finite_points, on_all_rows
from .condensed import CondensedTree, condensed_tree
from .growing import spanning_tree

METHODS = ("eom", "leaf")
MAX_TREES = 8  # of different `min_samples` that are kept


class Hierarchy:
    """The cluster tree of a set of points (Campello, Moulavi & Sander 2013), ready to be cut.

    Core distances, the minimum spanning tree of mutual reachability and the single-linkage tree depend on the
    points and `min_samples`; they are computed here, by the steps of `fast_hdbscan`. `cut` needs only the
    last of them, and its labels are those of a fresh `fast_hdbscan.HDBSCAN(...)`. Mutual reachability has
    many ties, and how the library breaks them may hang on the number of threads: then a few points at the
    edge of small clusters differ between any two fits. Beyond 30 features the library goes by approximate
    neighbours. In few dimensions the tree takes seconds; 42,735 points in 15 dimensions took 45 s with two
    threads.

    Parameters
    ----------
    points : (n_samples, n_features)
        Scaled to comparable widths; rows with NaN are left out.
    min_samples : int
        Neighbours that make a point dense: larger calls more points noise.
    progress : bool
    cancelled : callable, optional
        Asked between the parts of the work; True stops it.

    Attributes
    ----------
    core_distances : (n_samples,)
        To the neighbour number `min_samples`; NaN for rows with NaN.
    spanning_tree : (n_points - 1, 3)
        Edges between rows of the caller, and their mutual-reachability distance, ascending.

    Raises
    ------
    ParameterError
        When `min_samples` is not positive or there are not more finite rows than that.
    Cancelled

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = np.concatenate([rng.normal(0, 0.2, (100, 2)), rng.normal(4, 0.2, (100, 2))])
    >>> hierarchy = Hierarchy(points, min_samples=5)
    >>> hierarchy.cut(20).n_clusters, hierarchy.cut(150).n_clusters
    (2, 0)
    """

    def __init__(
        self,
        points: np.ndarray,
        min_samples: int = 10,
        *,
        progress: bool = True,
        cancelled: Cancel | None = None,
    ) -> None:
        points = np.asarray(points)
        self._points = points
        self.min_samples = _whole("min_samples", min_samples, 1)
        self.n_samples = len(points)
        self._finite = finite_points(points, self.min_samples + 2, "rows of a hierarchy")
        self._grown: dict[int, Hierarchy] = {self.min_samples: self}
        edges, core = spanning_tree(
            points[self._finite], self.min_samples, progress=progress, cancelled=cancelled
        )
        self._linkage = _linkage(edges)
        self.core_distances = on_all_rows(core, self._finite, self.n_samples, np.nan)
        self.spanning_tree = np.column_stack([self._finite[edges[:, :2].astype(int)], edges[:, 2]])

    def has(self, min_samples: int) -> bool:
        """Whether `with_min_samples` answers at once."""
        return min_samples in self._grown

    def with_min_samples(
        self, min_samples: int, *, progress: bool = True, cancelled: Cancel | None = None
    ) -> Hierarchy:
        """The tree of the same points for another `min_samples`: grown anew, or the one grown before."""
        min_samples = _whole("min_samples", min_samples, 1)
        if min_samples not in self._grown:
            grown = Hierarchy(self._points, min_samples, progress=progress, cancelled=cancelled)
            grown._grown = self._grown
            if len(self._grown) >= MAX_TREES:
                del self._grown[next(iter(self._grown))]
            self._grown[min_samples] = grown
        return self._grown[min_samples]

    def cut(self, min_cluster_size: int, *, method: str = "eom", epsilon: float = 0.0) -> Clustering:
        """Choose clusters from the tree.

        Parameters
        ----------
        min_cluster_size : int
            Smaller groups are no clusters; 2 or more.
        method : "eom" or "leaf"
            Excess of mass, the clusters that persist longest; or the leaves of the tree, many and even.
        epsilon : float
            Clusters that split below this distance stay together (Malzer & Baum 2020); the more coarse the
            larger.

        Returns
        -------
        Clustering
            With `tree` and `persistence`.

        Raises
        ------
        ParameterError
            For an unknown method, or a number out of range.
        """
        min_cluster_size = _whole("min_cluster_size", min_cluster_size, 2)
        _check_cut(method, epsilon)
        raw, chosen, labels, strengths = _cut(self._linkage, min_cluster_size, method, float(epsilon))
        parameters = {
            "min_samples": self.min_samples,
            "min_cluster_size": min_cluster_size,
            "method": method,
            "epsilon": float(epsilon),
        }
        tree = self._tree(raw, chosen)
        return Clustering(
            labels=on_all_rows(labels, self._finite, self.n_samples, NOISE),
            probabilities=on_all_rows(strengths, self._finite, self.n_samples, np.nan),
            method="hdbscan",
            parameters=parameters,
            persistence=tree.persistence[chosen - len(self._finite)],
            tree=tree,
        )

    def _tree(self, raw: Any, chosen: np.ndarray) -> CondensedTree:
        return condensed_tree(raw, chosen, self._finite, self.n_samples)


def _linkage(edges: np.ndarray) -> np.ndarray:
    from fast_hdbscan.cluster_trees import mst_to_linkage_tree

    return mst_to_linkage_tree(edges)


def _cut(
    linkage: np.ndarray, min_cluster_size: int, method: str, epsilon: float
) -> tuple[Any, np.ndarray, np.ndarray, np.ndarray]:
    """The steps of the library after the linkage: condensed tree, chosen nodes, labels, strengths."""
    from fast_hdbscan import cluster_trees as steps

    n_points = len(linkage) + 1
    raw = steps.condense_tree(linkage, min_cluster_size=min_cluster_size)
    nodes = steps.cluster_tree_from_condensed_tree(raw)
    if not len(nodes.parent):
        chosen = np.empty(0, np.int64)
    elif method == "eom":
        chosen = steps.extract_eom_clusters(raw, nodes)
    else:
        chosen = steps.cluster_tree_leaves(nodes, n_points)
    if len(chosen) > 1 and epsilon > 0:
        chosen = steps.cluster_epsilon_search(chosen, nodes, min_epsilon=epsilon)
    labels = steps.get_cluster_label_vector(raw, chosen, epsilon, n_samples=n_points)
    strengths = steps.get_point_membership_strength_vector(raw, chosen, labels)
    return raw, np.sort(chosen), labels, strengths


def _whole(name: str, value: Any, least: int) -> int:
    if not isinstance(value, int | np.integer) or value < least:
        raise ParameterError(
            name, expected=f"a whole number, {least} or more", got=repr(value), next_step="Move the slider."
        )
    return int(value)


def _check_cut(method: str, epsilon: float) -> None:
    if method not in METHODS:
        raise ParameterError(
            "method", expected=f"one of {METHODS}", got=repr(method), next_step="'eom' is the usual one."
        )
    if not epsilon >= 0 or not np.isfinite(epsilon):
        raise ParameterError(
            "epsilon",
            expected="a distance, 0 or more",
            got=epsilon,
            next_step="0 keeps all splits.",
        )
