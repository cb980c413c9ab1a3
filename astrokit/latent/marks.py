"""Outliers re-ranked by what a person found interesting or boring."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from ..errors import ParameterError
from ..random import RandomState, as_seed
from .nearest import Nearest
from .outliers import Outliers
from .scaling import as_latents, finite_rows, fit_scaling

MARKS = {"boring": 0.0, "interesting": 1.0}
LEAST, GAIN = 0.1, 0.85  # the weight of a source is 0.1 beside a boring mark, 0.95 beside an interesting one
N_TREES = 100


def rerank(
    outliers: Outliers,
    latents: Any,
    marks: Mapping[int, str | float],
    *,
    trust: float = 1.0,
    scale: str | None = "standard",
    random_state: RandomState = 0,
) -> Outliers:
    """Re-rank outliers by marks, as Astronomaly does (Lochner & Bassett 2021, Astron. Comput. 36, 100481).

    A random forest learns the marks and predicts an interest U in [0, 1] for every source; with S the score
    brought to [0, 1], d the distance to the nearest marked source and <d> its mean, the new score is

        S tanh(exp(trust d / <d>) - 1 + arctanh(0.1 + 0.85 U)).

    Far from all marks it is S. Beside a boring mark it is a tenth of S, beside an interesting one 0.95 S:
    nothing ordinary becomes an outlier, but what is like the interesting ones rises past what is like the
    boring ones.

    Parameters
    ----------
    outliers : Outliers
        The first ranking.
    latents : (n_samples, n_latent)
    marks : {row: "interesting", "boring" or a number from 0 to 1}
        At least one; mark both kinds.
    trust : float
        The smaller, the farther a mark reaches.
    scale : "standard", "robust" or None
    random_state
        Of the forest.

    Returns
    -------
    Outliers
        With scores in [0, 1].

    Raises
    ------
    ParameterError
        When there is no mark, an unknown one, or one of a row that has no score.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> places, widths = np.repeat([0, 9, -6], [300, 9, 9]), np.repeat([1, 0.2], [300, 18])
    >>> latents = rng.normal(places, widths, (2, 318)).T
    >>> first = Outliers(np.abs(latents).sum(1), "mine")
    >>> marks = {300: "boring", 301: "boring", 309: "interesting", 310: "interesting"}
    >>> second = rerank(first, latents, marks)
    >>> first.order[:9].min() < 309, second.order[:9].min() >= 309
    (np.True_, np.True_)
    """
    from sklearn.ensemble import RandomForestRegressor

    latents = as_latents(latents)
    rows = np.flatnonzero(np.isfinite(outliers.scores))
    values = _values(marks, outliers.scores, len(latents))
    finite = finite_rows(latents, 2, "re-ranking")
    points = fit_scaling(latents[finite], scale).apply(latents[rows])
    marked = points[np.searchsorted(rows, list(marks))]
    forest = RandomForestRegressor(N_TREES, random_state=as_seed(random_state)).fit(marked, values)
    weight = LEAST + GAIN * forest.predict(points)
    distance = Nearest(marked).to(points, 1)[0][:, 0]
    reach = np.exp(np.minimum(trust * distance / distance.mean(), 50.0))  # beyond, the tangent is 1 anyway
    first = outliers.scores[rows]
    spread = np.ptp(first) or 1.0
    scores = np.full(len(latents), np.nan)
    scores[rows] = (first - first.min()) / spread * np.tanh(reach - 1 + np.arctanh(weight))
    return Outliers(scores, f"{outliers.method}, re-ranked by {len(values)} marks")


def _values(marks: Mapping[int, str | float], scores: np.ndarray, n_samples: int) -> np.ndarray:
    def wrong(what: str, expected: str, got: Any) -> ParameterError:
        step = "Mark sources as 'interesting' or 'boring', or by a number between 0 and 1."
        return ParameterError(what, expected=expected, got=got, next_step=step)

    if len(scores) != n_samples:
        raise wrong("scores", f"one for each of {n_samples:,} sources", f"{len(scores):,}")
    if not marks:
        raise wrong("marks", "at least one", "none")
    values = []
    for row, mark in marks.items():
        if not 0 <= row < n_samples or not np.isfinite(scores[row]):
            raise wrong("marks", "rows that have a score", row)
        value = MARKS.get(mark) if isinstance(mark, str) else float(mark)
        if value is None or not 0 <= value <= 1:
            raise wrong(f"mark of row {row}", "'interesting', 'boring' or 0 to 1", repr(mark))
        values.append(value)
    return np.array(values)
