"""How the Shapley value of a feature depends on the feature, and on the one that it interacts with most."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ...explain.shapley import Attribution
from .interaction import MOST_ROWS, interaction_strengths

N_DOTS = 1_500  # of each side
REACH = 0.005, 0.995  # quantiles of the feature's values between which dots are seen


class Dots(NamedTuple):
    """Some sources: their rows, values of the feature, and Shapley values of it."""

    rows: np.ndarray
    x: np.ndarray
    y: np.ndarray


class Dependence(NamedTuple):
    """A feature, the other one that colours it, and dots of both sides.

    `strengths` (n_features,) are those of `interaction_strengths`; `tones` the ranks of the other feature
    among the dots here, from 0 to 1.
    """

    feature: int
    other: int | None
    strengths: np.ndarray
    here: Dots
    there: Dots | None
    tones: np.ndarray


def dependence(
    attribution: Attribution,
    feature: int,
    here: np.ndarray,
    there: np.ndarray | None = None,
    *,
    other: int | None = None,
    random_state: int = 0,
) -> Dependence:
    """The dependence of one feature, from a sample of the rows.

    Parameters
    ----------
    attribution : Attribution
        Of one output.
    here, there : (n,)
        Rows of the two sides.
    other : int, optional
        The feature that colours the dots; the one with the strongest interaction by default.

    Examples
    --------
    >>> x = np.random.default_rng(0).normal(size=(2000, 3))
    >>> values = np.column_stack([x[:, 0] * x[:, 2], x[:, 1], x[:, 2]])
    >>> dependence(Attribution(values, 0.0, x, ("a", "b", "c")), 0, np.arange(2000)).other
    2
    """
    rng = np.random.default_rng(random_state)
    rows = _some(here, MOST_ROWS, rng)
    pairs = None if attribution.interactions is None else attribution.interactions[rows]
    strengths = interaction_strengths(attribution.values[rows], attribution.data[rows], feature, pairs)
    if other is None and np.isfinite(strengths).any():
        other = int(np.nanargmax(strengths))
    dots = _dots(attribution, feature, _some(rows, N_DOTS, rng))
    beside = None if there is None else _dots(attribution, feature, _some(there, N_DOTS, rng))
    colouring = np.full(len(dots.rows), np.nan) if other is None else attribution.data[dots.rows, other]
    return Dependence(feature, other, strengths, dots, beside, _ranks(colouring.astype(float)))


def _some(rows: np.ndarray, n: int, rng: np.random.Generator) -> np.ndarray:
    return rows if len(rows) <= n else np.sort(rng.choice(rows, n, replace=False))


def _dots(attribution: Attribution, feature: int, rows: np.ndarray) -> Dots:
    return Dots(
        rows, attribution.data[rows, feature].astype(float), attribution.values[rows, feature].astype(float)
    )


def _ranks(column: np.ndarray) -> np.ndarray:
    """Ranks from 0 to 1, equal ones in their middle; 0.5 for NaN."""
    known = np.sort(column[np.isfinite(column)])
    if not len(known):
        return np.full(len(column), 0.5)
    left, right = (np.searchsorted(known, column, side=side) for side in ("left", "right"))
    return np.where(np.isfinite(column), (left + right) / 2 / len(known), 0.5)
