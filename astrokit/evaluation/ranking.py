"""How well a score ranks the known members above the rest, and how often chance would do as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, rankdata, t

from ..errors import DataError, ParameterError
from ..random import RandomState, as_generator
from .bootstrap import LEVEL, Estimate, bootstrap_groups

if TYPE_CHECKING:
    import pandas as pd


def ranking_auc(score: ArrayLike, member: ArrayLike) -> float:
    """Probability that a random member scores above a random non-member, ties counting one half.

    The area under the ROC curve, by its identity with the Mann-Whitney statistic.

    Parameters
    ----------
    score : (n_samples,)
    member : (n_samples,), bool

    Returns
    -------
    float
        In [0, 1]; NaN where one of the two classes is empty.

    Examples
    --------
    >>> ranking_auc([0.1, 0.4, 0.35, 0.8], [False, False, True, True])
    0.75
    """
    score, member = np.asarray(score, float), np.asarray(member, bool)
    if score.shape != member.shape or not np.isfinite(score).all():
        raise DataError(
            "score of a ranking",
            expected=f"{member.size} finite numbers",
            got=f"{np.isfinite(score).sum()} finite of {score.size}",
            next_step="Leave out what has no score, and say so.",
        )
    n_member = int(member.sum())
    n_other = len(member) - n_member
    if n_member == 0 or n_other == 0:
        return float("nan")
    ranks = rankdata(score)[member].sum()
    return float((ranks - n_member * (n_member + 1) / 2) / (n_member * n_other))


def permutation_p_value(
    statistic: Callable[[np.ndarray], float],
    labels: ArrayLike,
    *,
    n_permutations: int = 999,
    random_state: RandomState = 0,
) -> float:
    """One-sided p-value of a statistic of labels against labels dealt out at random.

    `(1 + #{permuted >= observed}) / (1 + n_permutations)`, never 0 (Phipson & Smyth 2010, SAGMB 9, 39).

    Examples
    --------
    >>> labels = np.array([True] * 5 + [False] * 15)
    >>> permutation_p_value(lambda permuted: float(permuted[:5].sum()), labels, n_permutations=199)
    0.005
    """
    rng = as_generator(random_state)
    labels = np.asarray(labels)
    observed = statistic(labels)
    exceeding = sum(statistic(rng.permutation(labels)) >= observed for _ in range(n_permutations))
    return (1 + exceeding) / (1 + n_permutations)


def compare_rankings(
    scores: Mapping[str, ArrayLike],
    member: ArrayLike,
    *,
    n_resamples: int = 1000,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Compare several scores by how well they rank the known members first.

    Parameters
    ----------
    scores : mapping of name -> (n_samples,)
        A sample without a score (NaN) is left out of that score's ranking; `n_samples` says how many stay.
    member : (n_samples,), bool
    n_resamples, random_state
        Of the permutations.

    Returns
    -------
    pandas.DataFrame
        A row a score: `ranking`, `n_samples`, `auc` with its 90% interval `low`, `high` (`auc_interval`),
        and `p_value` (labels dealt out at random). Comparing m scores, multiply the p-values by m. Which of
        two scores is better, `paired_differences` tells: rows with different `n_samples` rank other samples.

    Examples
    --------
    >>> member = np.arange(20) < 5
    >>> scores = {"good": -np.arange(20.0), "poor": np.arange(20.0) % 7}
    >>> table = compare_rankings(scores, member, n_resamples=99)
    >>> table.auc.round(2).tolist()
    [1.0, 0.33]
    """
    import pandas as pd

    rows = []
    for name, values in scores.items():
        score = np.asarray(values, float)
        usable = ~np.isnan(score)
        estimate, p_value = _interval_and_chance(
            score[usable], np.asarray(member, bool)[usable], n_resamples, random_state
        )
        rows.append((name, int(usable.sum()), *estimate, p_value))
    return pd.DataFrame(rows, columns=["ranking", "n_samples", "auc", "low", "high", "p_value"])


def paired_differences(
    scores: Mapping[str, ArrayLike],
    member: ArrayLike,
    *,
    reference: str,
    level: float = LEVEL,
    n_resamples: int = 2000,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """How much better than a reference do scores rank the members, on the samples that all of them can rank?

    Each resample draws members and others apart and gives both rankings the same ones, so what makes a sample
    hard for both cancels. With n members the quantiles are taken further out, where a normal interval would
    become one of Student's t with n - 1 degrees of freedom (the expanded percentile interval of Hesterberg
    2015, Am. Stat. 69, 371): the plain percentiles of five members are too narrow.

    Parameters
    ----------
    scores : mapping of name -> (n_samples,)
        A sample that lacks any one of them (NaN) takes no part.
    member : (n_samples,), bool
    reference : str
        A key of `scores`.
    level, n_resamples, random_state

    Returns
    -------
    pandas.DataFrame
        A row for each score but the reference: `ranking`, `n_samples` (common to all), `auc`,
        `auc_reference`, `difference` of the two with its interval `low`, `high`.

    Raises
    ------
    ParameterError
        When the reference is not among the scores.

    Examples
    --------
    >>> member = np.arange(20) < 5
    >>> scores = {"good": -np.arange(20.0), "poor": np.arange(20.0) % 7}
    >>> table = paired_differences(scores, member, reference="poor", n_resamples=200)
    >>> table.difference.round(2).tolist()
    [0.67]
    """
    import pandas as pd

    if reference not in scores:
        raise ParameterError(
            "reference of paired_differences",
            expected=f"one of {', '.join(scores)}",
            got=repr(reference),
            next_step="Name the score that the others are compared with.",
        )
    table = pd.DataFrame({name: np.asarray(values, float) for name, values in scores.items()})
    common = table.notna().all(axis=1).to_numpy()
    table, labels = table[common], np.asarray(member, bool)[common]
    options: dict[str, Any] = {
        "n_resamples": n_resamples,
        "level": _expanded(level, int(min(labels.sum(), (~labels).sum()))),
        "random_state": random_state,
    }
    rows = []
    for name in table.columns.drop(reference):
        pair = table[name].to_numpy(), table[reference].to_numpy()
        difference = _difference_of_aucs(*pair, labels, **options)
        rows.append((name, len(labels), *(ranking_auc(score, labels) for score in pair), *difference))
    columns = ["ranking", "n_samples", "auc", "auc_reference", "difference", "low", "high"]
    return pd.DataFrame(rows, columns=columns)


def _difference_of_aucs(score: np.ndarray, rival: np.ndarray, member: np.ndarray, **options: Any) -> Estimate:
    def gain(drawn: np.ndarray) -> float:
        return ranking_auc(score[drawn], member[drawn]) - ranking_auc(rival[drawn], member[drawn])

    return bootstrap_groups(gain, np.arange(len(member)), strata=member, **options)


def _expanded(level: float, n: int) -> float:
    """Level at which a percentile interval of n samples is as wide as one of Student's t."""
    if n < 2:
        return 1.0
    reach = np.sqrt(n / (n - 1)) * t.ppf((1 + level) / 2, n - 1)
    return float(2 * norm.cdf(reach) - 1)


def _interval_and_chance(
    score: np.ndarray, member: np.ndarray, n_resamples: int, random_state: RandomState
) -> tuple[Estimate, float]:
    def of_labels(labels: np.ndarray) -> float:
        return ranking_auc(score, labels)

    estimate = auc_interval(ranking_auc(score, member), int(member.sum()), int((~member).sum()))
    return estimate, permutation_p_value(
        of_labels, member, n_permutations=n_resamples, random_state=random_state
    )


def auc_interval(auc: float, n_member: int, n_other: int, *, level: float = LEVEL) -> Estimate:
    """Interval of an area under the ROC curve, in closed form, fit for a handful of members.

    All values from which the observed area lies less than `z` standard errors away, the standard error being
    that of Hanley & McNeil (1982, Radiology 143, 29) at the value (Newcombe 2006, Stat. Med. 25, 559).
    Resampling five members is much too narrow.

    Examples
    --------
    >>> print(auc_interval(0.9, 5, 23))
    0.90 [0.68, 0.97]
    """
    if not np.isfinite(auc):
        return Estimate(auc, float("nan"), float("nan"))
    grid = np.linspace(1e-4, 1 - 1e-4, 9999)
    mean_size = (n_member + n_other) / 2 - 1
    spread = 1 + mean_size * ((1 - grid) / (2 - grid) + grid / (1 + grid))
    error = np.sqrt(grid * (1 - grid) * spread / (n_member * n_other))
    inside = grid[np.abs(grid - auc) <= norm.ppf((1 + level) / 2) * error]
    return Estimate(auc, float(min(inside[0], auc)), float(max(inside[-1], auc)))
