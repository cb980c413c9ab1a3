"""What clusters are made with: one small value that sliders change and JSON keeps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from ...errors import ParameterError

METHODS = ("hdbscan", "gaussian mixture", "k-means")
TITLES = {"hdbscan": "HDBSCAN", "gaussian mixture": "Gaussian mixture", "k-means": "k-means"}
CUTS = ("eom", "leaf")
MOST_CLUSTERS = 31  # of a mixture or k-means: as many as the map has colours for, and one for the rest


@dataclass(frozen=True)
class Recipe:
    """A method and all parameters, also those of the other methods: they wait for their turn.

    Attributes
    ----------
    method : "hdbscan", "gaussian mixture" or "k-means"
    min_samples : int
        Of HDBSCAN: neighbours that make a source dense; another number grows another tree.
    min_cluster_size : int
        Of HDBSCAN: smaller groups are no clusters.
    cut : "eom" or "leaf"
        Of HDBSCAN: the clusters that persist longest, or the leaves of the tree.
    epsilon : float
        Of HDBSCAN: clusters closer than this stay together.
    n_clusters : int
        Of the mixture and of k-means.
    threshold : float
        Sources with a smaller membership probability are in no cluster.
    """

    method: str = "hdbscan"
    min_samples: int = 10
    min_cluster_size: int = 30
    cut: str = "eom"
    epsilon: float = 0.0
    n_clusters: int = 6
    threshold: float = 0.0

    def __post_init__(self) -> None:
        _check("method", self.method in METHODS, f"one of {', '.join(METHODS)}", self.method)
        _check("cut", self.cut in CUTS, f"one of {', '.join(CUTS)}", self.cut)
        for name, least in (("min_samples", 1), ("min_cluster_size", 2), ("n_clusters", 1)):
            value = getattr(self, name)
            is_whole = isinstance(value, int) and not isinstance(value, bool) and value >= least
            _check(name, is_whole, f"a whole number, {least} or more", value)
        _check("n_clusters", self.n_clusters <= MOST_CLUSTERS, f"at most {MOST_CLUSTERS}", self.n_clusters)
        _check("epsilon", _is_number(self.epsilon, math.inf), "a distance, 0 or more", self.epsilon)
        _check("threshold", _is_number(self.threshold, 1.0), "a probability", self.threshold)

    def but(self, **parts: Any) -> Recipe:
        """The same with some parts changed.

        Examples
        --------
        >>> Recipe().but(method="k-means", n_clusters=3).in_words()
        'k-means, 3 clusters'
        """
        unknown = sorted(set(parts) - set(asdict(self)))
        _check("parameters", not unknown, f"some of {', '.join(asdict(self))}", ", ".join(unknown))
        return replace(self, **parts)

    @property
    def costly(self) -> tuple[str, int]:
        """The part that takes long to compute; a change of the rest answers at once."""
        return self.method, self.min_samples if self.method == "hdbscan" else self.n_clusters

    @property
    def state(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @staticmethod
    def of(state: Mapping[str, Any]) -> Recipe:
        """A recipe from its `state`; a ParameterError if it is none."""
        return Recipe().but(**state)

    def in_words(self) -> str:
        """The method and what it depends on."""
        if self.method == "hdbscan":
            sizes = f"min_samples {self.min_samples}", f"min_cluster_size {self.min_cluster_size:,}"
            parts = [*sizes, self.cut]
            if self.epsilon:
                parts.append(f"epsilon {self.epsilon:.3g}")
        else:
            parts = [f"{self.n_clusters} clusters"]
        if self.threshold:
            parts.append(f"probability from {self.threshold:.2f}")
        return ", ".join([TITLES[self.method], *parts])


def _is_number(value: Any, most: float) -> bool:
    return isinstance(value, int | float) and math.isfinite(value) and 0 <= value <= most


def _check(name: str, holds: bool, expected: str, got: Any) -> None:
    if not holds:
        raise ParameterError(
            name, expected=expected, got=repr(got), next_step="Nothing was changed; give another value."
        )
