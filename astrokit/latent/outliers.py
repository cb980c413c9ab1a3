"""Sources unlike the others, ranked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..progress import Progress
from ..random import RandomState, as_generator, as_seed
from .cancel import Cancel, stop_if
from .nearest import Nearest
from .scaling import as_latents, finite_rows, fit_scaling

METHODS = ("neighbours", "forest", "local")
CHUNK = 5_000


@dataclass(frozen=True)
class Outliers:
    """Outlier scores of all sources.

    Attributes
    ----------
    scores : (n_samples,)
        Higher is stranger; their unit is the method's. NaN for rows with NaN.
    method : str
    """

    scores: np.ndarray
    method: str

    @property
    def order(self) -> np.ndarray:
        """Rows from the strangest on; rows without a score are left out."""
        scored = np.flatnonzero(np.isfinite(self.scores))
        return scored[np.argsort(-self.scores[scored], kind="stable")]

    @property
    def ranks(self) -> np.ndarray:
        """(n_samples,): 1 for the strangest; 0 for rows without a score."""
        ranks = np.zeros(len(self.scores), np.int64)
        ranks[self.order] = np.arange(1, len(self.order) + 1)
        return ranks


def rank_outliers(
    latents: Any,
    method: str = "neighbours",
    *,
    k: int = 20,
    scale: str | None = "standard",
    n_reference: int = 50_000,
    random_state: RandomState = 0,
    progress: bool = True,
    cancelled: Cancel | None = None,
) -> Outliers:
    """Score every source by how far it is from the others.

    Parameters
    ----------
    latents : (n_samples, n_latent)
    method : "neighbours", "forest" or "local"
        Distance to the k-th nearest neighbour in scaled latents (Ramaswamy, Rastogi & Shim 2000): finds what
        is far from everything. Isolation forest (Liu, Ting & Zhou 2008): the fewer random cuts set a point
        apart, the stranger; quick, best at what is extreme in several latents, blind to points between
        clusters. Local outlier factor (Breunig et al. 2000): density beside that of the neighbours, 1 is
        ordinary; finds the stray beside a tight cluster.
    k : int
        Neighbours, for "neighbours" and "local". A group of up to `k` strangers is still strange.
    scale : "standard", "robust" or None
    n_reference : int
        With more rows than this, so many are drawn at random, and all are compared with those.
    random_state, progress
    cancelled : callable, optional
        Asked between blocks of rows; True raises `Cancelled`.

    Raises
    ------
    ParameterError
        Unknown method or scale, constant latents, too few finite rows.

    Examples
    --------
    >>> latents = np.random.default_rng(0).normal(size=(200, 3))
    >>> latents[7] = 9
    >>> [int(rank_outliers(latents, method).order[0]) for method in ("neighbours", "forest", "local")]
    [7, 7, 7]
    """
    latents = as_latents(latents)
    if method not in METHODS:
        raise ParameterError(
            "outliers",
            expected=f"one of {', '.join(METHODS)}",
            got=repr(method),
            next_step="Choose one of these.",
        )
    rows = finite_rows(latents, k + 2, f"outliers by {k} neighbours")
    points = fit_scaling(latents[rows], scale).apply(latents[rows])
    rng = as_generator(random_state)
    reference = np.arange(len(points))
    if n_reference < len(points):
        reference = np.sort(rng.choice(len(points), max(n_reference, k + 2), replace=False))
    score = _SCORERS[method](points, reference, k, rng)
    scores = np.full(len(latents), np.nan)
    with Progress(len(points), "scoring outliers", unit="rows", enabled=progress) as bar:
        for start in range(0, len(points), CHUNK):
            stop_if(cancelled, "outliers", start, len(points))
            part = np.arange(start, min(start + CHUNK, len(points)))
            scores[rows[part]] = score(part)
            bar.advance(len(part))
    return Outliers(scores, method)


def _by_neighbours(points, reference, k, rng):
    near = Nearest(points[reference])
    place = np.full(len(points), -1)
    place[reference] = np.arange(len(reference))

    def score(part: np.ndarray) -> np.ndarray:
        distances = near.to(points[part], k + 1)[0]
        # A row of the reference finds itself first, at distance zero.
        return np.where(place[part] >= 0, distances[:, k], distances[:, k - 1])

    return score


def _by_forest(points, reference, k, rng):
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=200, random_state=as_seed(rng)).fit(points[reference])
    return lambda part: -forest.score_samples(points[part])


def _by_local_density(points, reference, k, rng):
    from sklearn.neighbors import LocalOutlierFactor

    model = LocalOutlierFactor(k, novelty=True).fit(points[reference])
    scores = np.full(len(points), np.nan)
    # What the model learned from is not new to it: those have their score from the fit.
    scores[reference] = -model.negative_outlier_factor_

    def score(part: np.ndarray) -> np.ndarray:
        new = part[np.isnan(scores[part])]
        if len(new):
            scores[new] = -model.score_samples(points[new])
        return scores[part]

    return score


_SCORERS = {"neighbours": _by_neighbours, "forest": _by_forest, "local": _by_local_density}
