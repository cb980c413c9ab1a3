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
    scaling = fit_scaling(latents if len(rows) == len(latents) else latents[rows], scale)
    rng = as_generator(random_state)
    reference = rows
    if n_reference < len(rows):
        reference = np.sort(rng.choice(rows, max(n_reference, k + 2), replace=False))
    score = _SCORERS[method](scaling.apply(latents[reference]), k, rng)
    scores = np.full(len(latents), np.nan)
    with Progress(len(rows), "scoring outliers", unit="rows", enabled=progress) as bar:
        for start in range(0, len(rows), CHUNK):
            stop_if(cancelled, "outliers", start, len(rows))
            part = rows[start : start + CHUNK]
            place = np.searchsorted(reference, part)
            place[(place == len(reference)) | (reference[place % len(reference)] != part)] = -1
            scores[part] = score(scaling.apply(latents[part]), place)
            bar.advance(len(part))
    return Outliers(scores, method)


# Each learns from reference points, and scores blocks of points; `place` (n,) is that of a point among the
# reference, -1 if it is new.


def _by_neighbours(reference, k, rng):
    near = Nearest(reference)

    def score(points: np.ndarray, place: np.ndarray) -> np.ndarray:
        distances = near.to(points, k + 1)[0]
        # A row of the reference finds itself first, at distance zero.
        return np.where(place >= 0, distances[:, k], distances[:, k - 1])

    return score


def _by_forest(reference, k, rng):
    from sklearn.ensemble import IsolationForest

    forest = IsolationForest(n_estimators=200, random_state=as_seed(rng)).fit(reference)
    return lambda points, place: -forest.score_samples(points)


def _by_local_density(reference, k, rng):
    from sklearn.neighbors import LocalOutlierFactor

    model = LocalOutlierFactor(k, novelty=True).fit(reference)

    def score(points: np.ndarray, place: np.ndarray) -> np.ndarray:
        # What the model learned from is not new to it: those have their score from the fit.
        scores = -model.negative_outlier_factor_[place]
        new = place < 0
        if new.any():
            scores[new] = -model.score_samples(points[new])
        return scores

    return score


_SCORERS = {"neighbours": _by_neighbours, "forest": _by_forest, "local": _by_local_density}
