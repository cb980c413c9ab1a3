"""Clusterings of any number of sources: of many some are fitted and the others assigned; trees are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...cluster import Clustering, Hierarchy, extended, fit_gaussian_mixture, fit_k_means
from ...errors import ParameterError
from ...latent.nearest import Nearest
from ...latent.scaling import Scaling, as_latents, fit_scaling
from ...progress import Cancel, Progress, listening, stop_if
from ...random import RandomState, as_generator, as_seed
from .recipe import Recipe

CHUNK = 200_000
LEAST = 20  # sources


class Fits:
    """Clusterings of some sources by recipes.

    Up to `n_fitted` sources are clustered as they are. Of more, so many are drawn at random and fitted, and
    the others assigned: by a mixture or k-means as these do with any point; by HDBSCAN as if added to its
    tree (`astrokit.cluster.extended`). Of the caller's points only those are copied that are fitted.

    Parameters
    ----------
    points : (n_samples, n_features)
        NaN marks sources that are in no cluster.
    scale : "standard", "robust" or None
    n_fitted : int
    random_state

    Attributes
    ----------
    rows : (n_rows,)
        The fitted sources, ascending.
    fitted : (n_rows, n_features)
        Their points, scaled.
    """

    def __init__(
        self,
        points: Any,
        *,
        scale: str | None = "standard",
        n_fitted: int = 50_000,
        random_state: RandomState = 0,
    ) -> None:
        self.points = _as_points(points)
        finite = np.concatenate([np.isfinite(part).all(1) for _, part in _parts(self.points)])
        self.n_finite = int(finite.sum())
        if self.n_finite < LEAST or n_fitted < LEAST:
            raise ParameterError(
                "points",
                expected=f"{LEAST} or more rows without NaN to be fitted",
                got=f"{self.n_finite:,} of {len(finite):,}, n_fitted {n_fitted:,}",
                next_step="Give more sources.",
            )
        rows, rng = np.flatnonzero(finite), as_generator(random_state)
        if len(rows) > n_fitted:
            rows = np.sort(rng.choice(rows, n_fitted, replace=False))
        self.rows, self._seed = rows, as_seed(rng)
        self.scaling = fit_scaling(self.points[rows], scale)
        self.fitted = self.scaling.apply(self.points[rows])
        self._scaled = _Scaled(self.points, self.scaling)
        self._tree: Hierarchy | None = None  # the one grown last; it knows the others
        self._model: tuple[tuple[str, int], Clustering] | None = None  # the mixture or k-means fitted last
        self._nearest: tuple[np.ndarray, np.ndarray] | None = None
        self._density: tuple[int, np.ndarray] = (0, np.empty(0))  # of the tree for this min_samples

    @property
    def n_samples(self) -> int:
        return len(self.points)

    @property
    def is_sampled(self) -> bool:
        """Whether there are sources that are assigned and not fitted."""
        return len(self.rows) < self.n_finite

    def is_ready(self, recipe: Recipe) -> bool:
        """Whether `find` answers at once: the tree is grown, or the model fitted."""
        if recipe.method != "hdbscan":
            return self._model is not None and self._model[0] == recipe.costly
        is_grown = self._tree is not None and self._tree.has(recipe.min_samples)
        return is_grown and (self._nearest is not None or len(self.rows) == self.n_samples)

    @property
    def longest_edge(self) -> float:
        """The distance at which all but the loneliest 1 in 1,000 are joined; 0 where no tree is grown."""
        return 0.0 if self._tree is None else float(np.quantile(self._tree.spanning_tree[:, 2], 0.999))

    def find(self, recipe: Recipe, cancelled: Cancel | None = None) -> Clustering:
        """The clusters of all sources, those below the threshold in none.

        Raises
        ------
        Cancelled
        """
        found = self._cut(recipe, cancelled) if recipe.method == "hdbscan" else self._fit(recipe, cancelled)
        if not recipe.threshold:
            return found
        return replace(found, labels=np.where(found.probabilities < recipe.threshold, -1, found.labels))

    def tree(self, min_samples: int, cancelled: Cancel | None = None) -> Hierarchy:
        """The tree of the fitted sources."""
        if self._tree is None:
            self._tree = Hierarchy(self.fitted, min_samples, cancelled=cancelled)
        self._tree = self._tree.with_min_samples(min_samples, cancelled=cancelled)
        return self._tree

    def labels_of_fitted(self, recipe: Recipe, rows: np.ndarray) -> np.ndarray:
        """Labels of some of the fitted sources when these alone are clustered: for bootstraps.

        The least size of a cluster follows their share, as the sizes of all clusters do.
        """
        points = self.fitted[rows]
        with listening(lambda *_: None):  # the bar is that of the bootstraps
            if recipe.method == "hdbscan":
                size = max(round(recipe.min_cluster_size * len(rows) / len(self.fitted)), 2)
                tree = Hierarchy(points, recipe.min_samples)
                found = tree.cut(size, method=recipe.cut, epsilon=recipe.epsilon)
            else:
                found = _fit_method(recipe)(points, recipe.n_clusters, random_state=self._seed)
        return np.where(found.probabilities < recipe.threshold, -1, found.labels)

    def _cut(self, recipe: Recipe, cancelled: Cancel | None) -> Clustering:
        tree = self.tree(recipe.min_samples, cancelled)
        if self._nearest is None and len(self.rows) < self.n_samples:
            self._nearest = self._find_nearest(cancelled)
        fitted = tree.cut(recipe.min_cluster_size, method=recipe.cut, epsilon=recipe.epsilon)
        if self._nearest is None:
            return fitted
        return extended(fitted, self._nearest[0], self._density_in(tree, self._nearest))

    def _fit(self, recipe: Recipe, cancelled: Cancel | None) -> Clustering:
        if self._model is None or self._model[0] != recipe.costly:
            found = _fit_method(recipe)(
                self._scaled,
                recipe.n_clusters,
                rows=self.rows,
                random_state=self._seed,
                cancelled=cancelled,
            )
            self._model = recipe.costly, found
        return self._model[1]

    def _density_in(self, tree: Hierarchy, nearest: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
        """Lambda of each source in a tree; infinite for those that are fitted themselves."""
        if self._density[0] != tree.min_samples:
            of, distance = nearest
            core = np.append(tree.core_distances, np.nan).astype(np.float32)  # the last: of none
            with np.errstate(divide="ignore"):
                density = 1 / np.maximum(distance, core[of])
            density[self.rows] = np.inf
            self._density = tree.min_samples, density
        return self._density[1]

    def _find_nearest(self, cancelled: Cancel | None) -> tuple[np.ndarray, np.ndarray]:
        """The fitted source nearest to each, -1 for none, and its distance, (n_samples,) each."""
        nearest = np.full(self.n_samples, -1, np.int32)
        distance = np.full(self.n_samples, np.nan, np.float32)
        nearest[self.rows], distance[self.rows] = np.arange(len(self.rows)), 0
        if not self.is_sampled:
            return nearest, distance
        fitted = Nearest(self.fitted)
        with Progress(self.n_samples, f"assigning {self.n_finite - len(self.rows):,} sources") as bar:
            for start, part in _parts(self.points):
                stop_if(cancelled, "assignment", start, self.n_samples)
                new = np.flatnonzero(np.isfinite(part).all(1) & (nearest[start : start + CHUNK] < 0))
                if len(new):
                    apart, found = fitted.to(self._scaled[start + new], 1)
                    nearest[start + new], distance[start + new] = found[:, 0], apart[:, 0]
                bar.advance(len(part))
        return nearest, distance


class _Scaled:
    """Points that are scaled when a part of them is taken: a scaled copy of ten million takes too much."""

    def __init__(self, points: np.ndarray, scaling: Scaling) -> None:
        self._points, self._scaling = points, scaling

    def __len__(self) -> int:
        return len(self._points)

    def __getitem__(self, part: Any) -> np.ndarray:
        return self._scaling.apply(self._points[part])


def _fit_method(recipe: Recipe) -> Callable[..., Clustering]:
    return fit_k_means if recipe.method == "k-means" else fit_gaussian_mixture


def _as_points(points: Any) -> np.ndarray:
    try:
        return as_latents(points)
    except ParameterError as error:
        raise ParameterError(
            "points",
            expected="numbers of shape (n_samples, n_features)",
            got=error.got,
            next_step="Pass one row a source and one column a feature.",
        ) from error


def _parts(points: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
    for start in range(0, len(points), CHUNK):
        yield start, points[start : start + CHUNK]
