"""A threshold on a score that is set by known members, and its honest recall.

Known members come in groups (all observations of a pulsar), so the recall counts every source once, and is
tested on sources that had no part in setting the threshold.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from ..errors import DataError, ParameterError

if TYPE_CHECKING:
    import pandas as pd


class Threshold(NamedTuple):
    """A threshold, and what it keeps of the sample that set it, every source counting once."""

    value: float
    target_recall: float
    recall: float
    share: float
    n_known: int


def source_weights(source: ArrayLike) -> np.ndarray:
    """Weights (n_samples,) that sum to 1 for every source.

    Examples
    --------
    >>> source_weights(["a", "a", "b"]).tolist()
    [0.5, 0.5, 1.0]
    """
    _, code, count = np.unique(np.asarray(source), return_inverse=True, return_counts=True)
    return 1.0 / count[code]


def log_odds(probability: ArrayLike) -> np.ndarray:
    """Log10 of the odds p / (1 - p): 0 is even, 2 a hundred to one.

    Odds spread out what a probability crowds at 0 and 1. They are clipped at 16 either way: double precision
    has no probability nearer to 1.

    Examples
    --------
    >>> log_odds([0.5, 10 / 11, 1.0]).round(3).tolist()
    [0.0, 1.0, 16.0]
    """
    probability = np.asarray(probability, float)
    with np.errstate(divide="ignore"):
        return np.clip(np.log10(probability) - np.log10(1 - probability), -16.0, 16.0)


def threshold_for_recall(
    score: ArrayLike,
    source: ArrayLike,
    known: ArrayLike,
    *,
    target_recall: float = 0.9,
    guarantee: bool = False,
) -> Threshold:
    """Return the highest threshold at which the known members keep a target recall.

    Parameters
    ----------
    score : (n_samples,)
        Higher is more like a member.
    source : (n_samples,)
        The source of each observation.
    known : (n_samples,), bool
        Observations of known members.
    target_recall : float
        In (0, 1].
    guarantee : bool
        Reserve the mass of one unseen source below the threshold: then the expected recall of a *new* source
        from the same population is at least the target, whatever its distribution (conformal prediction over
        groups: Dunn, Wasserman & Ramdas 2023, JASA 118, 2491). With n known sources no more than n / (n + 1)
        can be promised; beyond that the threshold is minus infinity.

    Raises
    ------
    ParameterError
        When the target is no share.
    DataError
        When no member is known.

    Examples
    --------
    >>> source, known = ["p", "p", "q", "r"], [True, True, False, False]
    >>> threshold = threshold_for_recall([0.9, 0.8, 0.1, 0.2], source, known)
    >>> threshold.value, threshold.share
    (0.8, 0.0)
    """
    score, source, known = np.asarray(score, float), np.asarray(source), np.asarray(known, bool)
    if not 0 < target_recall <= 1:
        raise ParameterError(
            "target_recall",
            expected="a share above 0 and up to 1",
            got=target_recall,
            next_step="0.8 keeps four in five observations of the known members.",
        )
    n_known = len(np.unique(source[known]))
    if n_known == 0:
        raise DataError(
            "threshold",
            expected="at least one known member",
            got="none",
            next_step="Mark known members in `known`.",
        )
    needed = target_recall * (n_known + guarantee)
    order = np.argsort(-score[known], kind="stable")
    mass = np.cumsum(source_weights(source[known])[order])
    reached = np.searchsorted(mass, needed - 1e-9)
    value = float(score[known][order][reached]) if reached < len(mass) else -np.inf
    return Threshold(
        value,
        target_recall,
        selected_share(score, source, known, value),
        selected_share(score, source, ~known, value),
        n_known,
    )


def selected_share(score: np.ndarray, source: np.ndarray, of: np.ndarray, threshold: float) -> float:
    """Share of the observations `of` at or above a threshold, every source counting once."""
    if not of.any():
        return float("nan")
    return float(np.average(score[of] >= threshold, weights=source_weights(source[of])))


def leave_one_source_out(
    score_without: Callable[[np.ndarray], np.ndarray],
    source: ArrayLike,
    known: ArrayLike,
    *,
    target_recall: float = 0.9,
    guarantee: bool = False,
) -> pd.DataFrame:
    """Recall of each known source when its observations inform neither the model nor the threshold.

    Parameters
    ----------
    score_without : callable
        Takes a boolean mask (n_samples,) of the rows to learn from; returns the scores (n_samples,) of all
        rows.
    source, known, target_recall, guarantee
        As in `threshold_for_recall`.

    Returns
    -------
    pandas.DataFrame
        A row a known source: `source`, `n_observations`, `threshold`, `recall` (share of its observations at
        or above the threshold that the others set), `share` (of all that is not known, at that threshold).
    """
    import pandas as pd

    source, known = np.asarray(source), np.asarray(known, bool)
    rows = []
    for name in np.unique(source[known]):
        out = source == name
        score = score_without(~out)
        threshold = threshold_for_recall(
            score[~out], source[~out], known[~out], target_recall=target_recall, guarantee=guarantee
        )
        rows.append(
            (
                name,
                int(out.sum()),
                threshold.value,
                float((score[out] >= threshold.value).mean()),
                threshold.share,
            )
        )
    return pd.DataFrame(rows, columns=["source", "n_observations", "threshold", "recall", "share"])
