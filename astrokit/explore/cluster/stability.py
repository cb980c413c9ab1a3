"""Would the clusters come back? Bootstraps of the fitted sources, by the recipe of what is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...cluster import Clustering, CoAssignment, co_assignment
from ...cluster.co_assignment import STABLE
from ...errors import ParameterError
from ...progress import Cancel
from .fits import Fits
from .recipe import Recipe

MOST_CLUSTERS = 200  # beyond, nobody reads the picture, and most are too small to come back
DOUBTFUL = 0.6  # mean Jaccard index below which Hennig (2007, section 3) would not trust a cluster


def bootstrapped(
    fits: Fits,
    recipe: Recipe,
    clustering: Clustering,
    n_resamples: int,
    *,
    groups: np.ndarray | None = None,
    cancelled: Cancel | None = None,
) -> CoAssignment:
    """Cluster bootstraps of the fitted sources by the same recipe.

    Parameters
    ----------
    fits, recipe, clustering
    n_resamples : int
    groups : (n_samples,), optional
        Sources that are drawn together.
    cancelled : callable, optional
        Ends with the bootstraps that were done.

    Returns
    -------
    CoAssignment
        Of the clusters that have fitted sources; `support` (n_samples,) is NaN for sources that were not.

    Raises
    ------
    ParameterError
        When there are no clusters, or too many to show.
    """
    if not 1 <= clustering.n_clusters <= MOST_CLUSTERS:
        raise ParameterError(
            "stability",
            expected=f"1 to {MOST_CLUSTERS} clusters",
            got=f"{clustering.n_clusters:,}",
            next_step="Change the least size of a cluster.",
        )
    found = co_assignment(
        lambda rows: fits.labels_of_fitted(recipe, rows),
        clustering.labels[fits.rows],
        groups=None if groups is None else groups[fits.rows],
        n_resamples=n_resamples,
        cancelled=cancelled,
    )
    support = np.full(fits.n_samples, np.nan, np.float32)
    support[fits.rows] = found.support
    return replace(found, support=support)


def in_words(found: CoAssignment) -> str:
    """Which clusters come back, and how much of the noise is noise again."""
    n, n_stable = len(found.recovery), int(found.is_stable.sum())
    n_doubtful, noise = int((found.recovery < DOUBTFUL).sum()), found.noise[-1]
    doubts = f" {n_doubtful:,} should not be believed (below {DOUBTFUL})." if n_doubtful else ""
    again = f" {noise:.0%} of the noise is noise again." if np.isfinite(noise) else ""
    return (
        f"{n_stable:,} of {n:,} clusters come back in {found.n_resamples} bootstraps, with a mean Jaccard "
        f"index of {STABLE} or more (Hennig 2007).{doubts}{again}"
    )
