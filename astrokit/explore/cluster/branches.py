"""What can be asked of the branches of a tree: who is below, which cluster it is, what of it is selected."""

from __future__ import annotations

import numpy as np

from ...cluster import Clustering


class Branches:
    """The branches of a clustering with a tree, and the share of each that is selected.

    Attributes
    ----------
    n : (n_branches,)
        Sources below each.
    cluster : (n_branches,)
        The cluster that holds all of it, -1 for none.
    shares : (n_branches,) or None
        Selected part of its sources; None where nothing is selected.

    Examples
    --------
    >>> from astrokit.cluster import Hierarchy
    >>> points = np.random.default_rng(0).normal(size=(200, 2)) + np.repeat([[0, 0], [9, 9]], 100, axis=0)
    >>> branches = Branches(Hierarchy(points, 5).cut(50))
    >>> branches.look(np.arange(100))
    >>> len(branches), branches.most_like(1), branches.shares.tolist()
    (3, [2], [0.5, 0.0, 1.0])
    """

    def __init__(self, clustering: Clustering) -> None:
        assert clustering.tree is not None
        self.clustering, self.tree = clustering, clustering.tree
        self.n, self.cluster = self.tree.counts(), self.tree.clusters
        self.shares: np.ndarray | None = None
        self._inside, self._n_selected = np.zeros(len(self.n), int), 0

    def __len__(self) -> int:
        return len(self.n)

    @property
    def is_cluster(self) -> np.ndarray:
        """(n_branches,), bool: the branches that are a cluster themselves."""
        return self.tree.label >= 0

    def look(self, selected: np.ndarray) -> None:
        """Count the selected sources (n_selected,) below each branch."""
        self._inside, self._n_selected = self.tree.counts(selected), len(selected)
        self.shares = self._inside / np.maximum(self.n, 1) if len(selected) else None

    def children(self, branch: int) -> list[int]:
        """The two branches that it splits into, the larger first; none for a leaf."""
        return sorted(self.tree.children(branch).tolist(), key=lambda child: -self.n[child])

    def parent(self, branch: int) -> int:
        """The branch that it split off from; the root's is the root."""
        return max(int(self.tree.parent[branch]), 0)

    def most_like(self, most: int) -> list[int]:
        """The branches that the selection is best described by: those that share most with it (Jaccard)."""
        likeness = self._inside / np.maximum(self._n_selected + self.n - self._inside, 1)
        order = np.argsort(-likeness, kind="stable")[:most]
        return [int(branch) for branch in order if self._inside[branch]]

    def columns(self, branches: list[int]) -> dict[str, list[str]]:
        """Some branches as a table of texts, with what is selected of them."""
        shares = [self._inside[k] / max(self.n[k], 1) for k in branches]
        return {
            "branch": [f"{k:,}" for k in branches],
            "cluster": [self.cluster_name(k) or "-" for k in branches],
            "sources": [f"{self.n[k]:,}" for k in branches],
            "of it selected": [f"{share:.0%}" for share in shares],
            "of the selection": [f"{self._inside[k] / max(self._n_selected, 1):.0%}" for k in branches],
        }

    def cluster_name(self, branch: int) -> str:
        """The name of the cluster that holds it; "" for none."""
        label = int(self.cluster[branch])
        return self.clustering.name(label) if label >= 0 else ""

    def describe(self, hand: int) -> str:
        """The tree, and the branch in hand, in a few sentences."""
        n, n_chosen = len(self), int(self.is_cluster.sum())
        return f"The condensed tree has {n:,} branches, {n_chosen:,} of them clusters. {self.in_words(hand)}"

    def in_words(self, branch: int) -> str:
        """A branch in one or two sentences."""
        name, children = self.cluster_name(branch), self.children(branch)
        where = f"{'' if self.is_cluster[branch] else ' inside'} {name}" if name else ""
        ends = "it splits no more"
        if children:
            ends = f"it splits into {self.n[children[0]]:,} and {self.n[children[1]]:,}"
        share = "" if self.shares is None else f" {self.shares[branch]:.0%} of it is selected."
        return f"Branch {branch:,}{',' * bool(where)}{where}: {self.n[branch]:,} sources; {ends}.{share}"
