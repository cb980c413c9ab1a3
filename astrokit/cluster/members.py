"""A score of likeness to known members, from two clusters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from ..evaluation import resample_groups
from ..random import RandomState, as_generator, as_seed
from .mixture import Mixture, fit_mixture
from .stability import agreement, balanced_rows

MAX_ROWS_PER_SOURCE = 20  # to learn from: a source counts once in any case, and more rows only cost time


@dataclass(frozen=True)
class MemberScore:
    """Membership of the component of a mixture in which known members are most over-represented.

    Attributes
    ----------
    mixture : Mixture
        Of features scaled by `centre` and `width`.
    component : int
    centre, width : (n_features,)
    """

    mixture: Mixture
    component: int
    centre: np.ndarray
    width: np.ndarray

    def score(self, points: np.ndarray, errors: np.ndarray | None = None) -> np.ndarray:
        """Score measurements (n_samples, n_features) in natural units: (n_samples,) in [0, 1]."""
        scaled_errors = None if errors is None else errors / self.width
        return self.mixture.membership(self._scaled(points), scaled_errors)[:, self.component]

    def score_limits(
        self, points: np.ndarray, errors: np.ndarray, limited: int, features: list[int]
    ) -> np.ndarray:
        """Score points of which one feature is an upper limit (`Mixture.membership_below`): (n_samples,)."""
        scaled = self._scaled(points), limited, features, errors / self.width
        return self.mixture.membership_below(*scaled)[:, self.component]

    def _scaled(self, points: np.ndarray) -> np.ndarray:
        return (points - self.centre) / self.width


def fit_member_score(
    points: np.ndarray,
    errors: np.ndarray,
    source: ArrayLike,
    known: ArrayLike,
    *,
    rows: np.ndarray | None = None,
    n_starts: int = 40,
    random_state: RandomState = 0,
) -> MemberScore:
    """Fit a two-component mixture in which every source counts once, and pick the component of the known
    members.

    Parameters
    ----------
    points, errors : (n_samples, n_features)
        Measurements and their 1-sigma errors, in natural units.
    source : (n_samples,)
    known : (n_samples,), bool
        Only used to pick the component, and only on the rows learned from.
    rows : (n_rows,), int, optional
        Rows to learn from, repetitions counting again; `learning_rows(source)` by default.
    n_starts, random_state
        Of the mixture.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> points = np.concatenate([rng.normal(0, 1, (200, 2)), rng.normal(4, 1, (100, 2))])
    >>> source = np.arange(300) // 10
    >>> fitted = fit_member_score(points, 0.1 * np.ones_like(points), source, source >= 28)
    >>> bool(fitted.score(np.array([[4.0, 4.0]]))[0] > 0.9)
    True
    """
    source, known = np.asarray(source), np.asarray(known, bool)
    rows = learning_rows(source) if rows is None else rows
    _, code, count = np.unique(source, return_inverse=True, return_counts=True)
    weights = 1 / np.minimum(count[code], MAX_ROWS_PER_SOURCE)[rows]
    points, errors, known = points[rows], errors[rows], known[rows]
    centre = np.average(points, axis=0, weights=weights)
    width = np.sqrt(np.average((points - centre) ** 2, axis=0, weights=weights))
    mixture = fit_mixture(
        (points - centre) / width,
        errors=errors / width,
        weights=weights,
        n_starts=n_starts,
        tolerance=1e-5,
        random_state=random_state,
    )
    membership = mixture.membership((points - centre) / width, errors / width) * weights[:, None]
    known_share = membership[known].sum(0) / membership.sum(0)
    return MemberScore(mixture, int(np.argmax(known_share)), centre, width)


def learning_rows(source: ArrayLike) -> np.ndarray:
    """At most `MAX_ROWS_PER_SOURCE` rows of every source, always the same ones: sorted row indices."""
    return balanced_rows(source, MAX_ROWS_PER_SOURCE, random_state=0)


def member_stability(
    fitted: MemberScore,
    points: np.ndarray,
    errors: np.ndarray,
    source: np.ndarray,
    known: np.ndarray,
    *,
    n_resamples: int = 50,
    n_seeds: int = 3,
    n_starts: int = 40,
    random_state: RandomState = 0,
) -> dict[str, np.ndarray]:
    """Adjusted Rand index of a fit with those of other seeds and of resampled sources, fitted from nothing.

    Parameters
    ----------
    fitted : MemberScore
        The fit in question.
    points, errors, source, known
        As in `fit_member_score`.
    n_resamples, n_seeds, n_starts, random_state

    Returns
    -------
    dict
        `seeds` (n_seeds,) and `sources` (n_resamples,), compared on the rows that the fit learns from.
    """
    rng = as_generator(random_state)
    learn = learning_rows(source)
    drawn = resample_groups(source[learn], n_resamples=n_resamples, random_state=rng)
    options: dict[str, list[dict[str, Any]]] = {
        "seeds": [{"random_state": as_seed(rng)} for _ in range(n_seeds)],
        "sources": [{"rows": learn[rows], "random_state": as_seed(rng)} for rows in drawn],
    }

    def labels(score: MemberScore) -> np.ndarray:
        return score.score(points[learn], errors[learn]) > 0.5

    def others(name: str) -> Iterator[np.ndarray]:
        for each in options[name]:
            yield labels(fit_member_score(points, errors, source, known, n_starts=n_starts, **each))

    return {name: agreement(labels(fitted), others(name)) for name in options}
