"""The two clusters, the threshold that the pulsars set, and how far to trust both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import beta

from ...cluster import (
    MemberScore,
    Threshold,
    balanced_rows,
    fit_member_score,
    flip_rate,
    learning_rows,
    leave_one_source_out,
    member_stability,
    threshold_for_recall,
)
from ...evaluation import Estimate
from ...random import RandomState
from .sample import FEATURES, Sample, arrays

if TYPE_CHECKING:
    import pandas as pd

TARGET_RECALL = 0.8


class Clusters(NamedTuple):
    """A fitted clustering: scores of points and limits, and the threshold that the pulsars set."""

    member_score: MemberScore
    threshold: Threshold
    scores: np.ndarray
    limit_scores: np.ndarray


def fit(sample: Sample, *, target_recall: float = TARGET_RECALL, random_state: RandomState = 0) -> Clusters:
    """Split the observations in two and let the known pulsars set the threshold, as the paper does.

    Every source counts once, whatever its number of observations.

    Examples
    --------
    >>> from astrokit.studies.pulsating_ulx import load, prepare
    >>> clusters = fit(prepare(load("embedded", n_sources=20).observations))
    >>> bool(clusters.threshold.recall > TARGET_RECALL - 1e-9)
    True
    """
    fitted = fit_score(sample, random_state=random_state)
    scores = fitted.score(*arrays(sample.points))
    threshold = threshold_for_recall(
        scores, sample.points["source"], sample.points["known_pulsar"], target_recall=target_recall
    )
    # An upper limit's luminosity lies somewhere below, and its hardness is unknown.
    known = [FEATURES.index("log_peak"), FEATURES.index("log_scatter")]
    limit_scores = fitted.score_limits(*arrays(sample.limits), FEATURES.index("log_luminosity"), known)
    return Clusters(fitted, threshold, scores, limit_scores)


def fit_score(sample: Sample, **options: Any) -> MemberScore:
    """Fit the two clusters of a sample (`fit_member_score`, whose options these are)."""
    points = sample.points
    return fit_member_score(
        *arrays(points), points["source"].to_numpy(), points["known_pulsar"].to_numpy(bool), **options
    )


def left_out_scores(
    sample: Sample, *, n_starts: int = 40, random_state: RandomState = 0
) -> dict[str, np.ndarray]:
    """Scores (n_samples,) of all points by clusters that never saw one known pulsar, for each of them.

    Scaling, mixture and the choice of the component are made anew without it.
    """
    source = sample.points["source"].to_numpy()
    learn = learning_rows(source)
    scores = {}
    for name in np.unique(source[sample.points["known_pulsar"].to_numpy(bool)]):
        fitted = fit_score(
            sample, rows=learn[source[learn] != name], n_starts=n_starts, random_state=random_state
        )
        scores[name] = fitted.score(*arrays(sample.points))
    return scores


def leave_one_out(
    sample: Sample,
    scores: dict[str, np.ndarray] | None = None,
    *,
    target_recall: float = TARGET_RECALL,
    guarantee: bool = False,
    random_state: RandomState = 0,
) -> pd.DataFrame:
    """Recall of each known pulsar when neither the mixture nor the threshold has seen it.

    Parameters
    ----------
    sample : Sample
    scores : dict, optional
        `left_out_scores(sample)`, if they are at hand.
    target_recall, guarantee, random_state

    Returns
    -------
    DataFrame
        As `astrokit.cluster.leave_one_source_out`.
    """
    scores = left_out_scores(sample, random_state=random_state) if scores is None else scores
    source = sample.points["source"].to_numpy()

    def score_without(keep: np.ndarray) -> np.ndarray:
        return scores[source[~keep][0]]

    return leave_one_source_out(
        score_without, source, sample.points["known_pulsar"], target_recall=target_recall, guarantee=guarantee
    )


def mean_recall(left_out: pd.DataFrame) -> Estimate:
    """Mean recall of the pulsars left out, with a 90% interval that counts each pulsar as one trial.

    Clopper-Pearson with the sum of the recalls as the number of successes: recalls between 0 and 1 scatter
    less than trials that are 0 or 1, so it is wide; resampling five pulsars would be far too narrow.

    Examples
    --------
    >>> import pandas as pd
    >>> print(mean_recall(pd.DataFrame({"recall": [1.0, 1.0, 1.0, 0.0]})))
    0.75 [0.25, 0.99]
    """
    n, caught = len(left_out), float(left_out["recall"].sum())
    low = 0.0 if caught == 0 else float(beta.ppf(0.05, caught, n - caught + 1))
    high = 1.0 if caught == n else float(beta.ppf(0.95, caught + 1, n - caught))
    return Estimate(caught / n, low, high)


def stability(
    sample: Sample,
    clusters: Clusters,
    *,
    n_resamples: int = 50,
    n_starts: int = 40,
    random_state: RandomState = 0,
) -> dict[str, np.ndarray]:
    """Adjusted Rand index of the two clusters with those of other seeds and sources (`member_stability`)."""
    points = sample.points
    source, known = points["source"].to_numpy(), points["known_pulsar"].to_numpy(bool)
    return member_stability(
        clusters.member_score,
        *arrays(points),
        source,
        known,
        n_resamples=n_resamples,
        n_starts=n_starts,
        random_state=random_state,
    )


def flips(
    sample: Sample, clusters: Clusters, *, n_draws: int = 50, random_state: RandomState = 0
) -> np.ndarray:
    """How often an observation would change sides if it were measured again (`flip_rate`), 20 a source.

    Only luminosity and hardness are drawn anew: the peak and the variability belong to the source.
    """
    rows = balanced_rows(sample.points["source"], 20, random_state=random_state)
    points, errors = (array[rows] for array in arrays(sample.points))
    own = np.isin(FEATURES, ["log_luminosity", "hardness"])
    return flip_rate(
        lambda drawn: clusters.member_score.score(drawn, errors),
        points,
        errors * own,
        clusters.threshold.value,
        n_draws=n_draws,
        random_state=random_state,
    )


def candidates(sample: Sample, clusters: Clusters) -> pd.DataFrame:
    """Sources that are no known pulsars with observations on the pulsars' side of the threshold.

    Returns
    -------
    DataFrame
        `source`, `n_inside`, `n_detections`, `share_inside`, `n_limits_inside`, `several` (two or more
        observations inside), `scatter_dex`; ordered by the share inside.
    """
    inside = sample.points.assign(inside=clusters.scores >= clusters.threshold.value)
    limited = sample.limits.assign(inside=clusters.limit_scores >= clusters.threshold.value)
    table = (
        inside[~inside["known_pulsar"]].groupby("source")["inside"].agg(n_inside="sum", n_detections="size")
    )
    table["share_inside"] = table["n_inside"] / table["n_detections"]
    table["n_limits_inside"] = limited.groupby("source")["inside"].sum().reindex(table.index, fill_value=0)
    table["several"] = table["n_inside"] >= 2
    table["scatter_dex"] = sample.sources["scatter_dex"]
    listed = table[table["n_inside"] > 0].sort_values(["share_inside", "n_inside"], ascending=False)
    return listed.reset_index().astype({"n_inside": int, "n_limits_inside": int})


def source_scores(sample: Sample, clusters: Clusters) -> pd.Series:
    """Mean score of each source over its detections: a series indexed by source."""
    return sample.points.assign(score=clusters.scores).groupby("source")["score"].mean()
