"""The two clusters, the threshold that the pulsars set, and how far to trust both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ...cluster import (
    MemberScore,
    Threshold,
    agreement,
    balanced_rows,
    fit_member_score,
    learning_rows,
    leave_one_source_out,
    member_stability,
    selected_share,
    threshold_for_recall,
)
from ...data.simulate.ulx import simulate_ulx
from ...evaluation import (
    Estimate,
    bootstrap_groups,
    compare_rankings,
    permutation_p_value,
    ranking_auc,
)
from ...random import RandomState
from .sample import FEATURES, Sample, arrays, prepare

if TYPE_CHECKING:
    import pandas as pd

TARGET_RECALL = 0.8
RANKINGS = {
    "score": "two-cluster mixture",
    "scatter_dex": "variability, limits used",
    "scatter_detections_dex": "variability, limits dropped",
    "hardness": "hardness",
    "log_peak": "peak luminosity",
}


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
    >>> clusters = fit(prepare(simulate_ulx(20).observations))
    >>> clusters.threshold.recall >= TARGET_RECALL
    True
    """
    fitted = fit_score(sample, random_state=random_state)
    scores = fitted.score(*arrays(sample.points))
    threshold = threshold_for_recall(
        scores, sample.points["source"], sample.points["known_pulsar"], target_recall=target_recall
    )
    # An upper limit's luminosity lies somewhere below, and its hardness is unknown.
    known = [FEATURES.index("log_peak"), FEATURES.index("log_scatter")]
    limit_scores = fitted.score_limits(arrays(sample.limits)[0], FEATURES.index("log_luminosity"), known)
    return Clusters(fitted, threshold, scores, limit_scores)


def fit_score(sample: Sample, **options: Any) -> MemberScore:
    """Fit the two clusters of a sample (`fit_member_score`, whose options these are)."""
    points = sample.points
    return fit_member_score(
        *arrays(points), points["source"].to_numpy(), points["known_pulsar"].to_numpy(bool), **options
    )


def leave_one_out(
    sample: Sample, *, target_recall: float = TARGET_RECALL, guarantee: bool = False
) -> pd.DataFrame:
    """Recall of each known pulsar when neither the mixture nor the threshold has seen it."""
    everything, learn = fit_score(sample), learning_rows(sample.points["source"])

    def score_without(keep: np.ndarray) -> np.ndarray:
        return fit_score(sample, rows=learn[keep[learn]], start=everything).score(*arrays(sample.points))

    return leave_one_source_out(
        score_without,
        sample.points["source"],
        sample.points["known_pulsar"],
        target_recall=target_recall,
        guarantee=guarantee,
    )


def mean_recall(left_out: pd.DataFrame, *, random_state: RandomState = 0) -> Estimate:
    """Mean recall of the pulsars left out, one at a time, with the interval from resampling pulsars."""
    recall = left_out["recall"].to_numpy()
    return bootstrap_groups(
        lambda rows: recall[rows].mean(), np.arange(len(recall)), random_state=random_state
    )


def stability(
    sample: Sample, *, n_resamples: int = 50, random_state: RandomState = 0
) -> dict[str, np.ndarray]:
    """Adjusted Rand index of the two clusters with those of other seeds and sources (`member_stability`)."""
    points = sample.points
    source, known = points["source"].to_numpy(), points["known_pulsar"].to_numpy(bool)
    return member_stability(
        *arrays(points), source, known, n_resamples=n_resamples, random_state=random_state
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


def null_test(
    sample: Sample, clusters: Clusters, *, n_permutations: int = 999, random_state: RandomState = 0
) -> tuple[float, float]:
    """Would the clusters single out any handful of sources? Features are dealt to other sources, whole
    sources at a time.

    The statistic is the area under the ROC curve of the mean score, with the component chosen anew in each
    shuffle: the freedom to choose is part of the null.

    Returns
    -------
    auc, p_value
    """
    scores = source_scores(sample, clusters)
    known = sample.sources.loc[scores.index, "known_pulsar"].to_numpy(bool)

    def best_component(labels: np.ndarray) -> float:
        inside = scores.to_numpy()
        enriched = inside[labels].mean() / inside.mean() >= (1 - inside[labels]).mean() / (1 - inside).mean()
        return ranking_auc(inside if enriched else -inside, labels)

    p_value = permutation_p_value(
        best_component, known, n_permutations=n_permutations, random_state=random_state
    )
    return best_component(known), p_value


def rankings(
    sources: pd.DataFrame, *, n_resamples: int = 1000, random_state: RandomState = 0
) -> pd.DataFrame:
    """How well single numbers of a source rank the known pulsars first (`compare_rankings`).

    Parameters
    ----------
    sources : DataFrame
        `Sample.sources`, with a column `score` (`source_scores`) if the mixture is to be compared too.
    """
    columns = {RANKINGS[name]: sources[name] for name in RANKINGS if name in sources}
    return compare_rankings(
        columns, sources["known_pulsar"], n_resamples=n_resamples, random_state=random_state
    )


def agreement_with_truth(
    sample: Sample, clusters: Clusters, truth: pd.DataFrame, *, random_state: RandomState = 0
) -> Estimate:
    """Adjusted Rand index of the two clusters with the true groups, on 20 observations a source."""
    groups = truth.set_index("source")["group"]
    rows = balanced_rows(sample.points["source"], 20, random_state=random_state)
    source = sample.points["source"].to_numpy()[rows]
    true, found = groups.loc[source].to_numpy(), clusters.scores[rows] > 0.5
    return bootstrap_groups(
        lambda drawn: agreement(true[drawn], [found[drawn]])[0],
        source,
        n_resamples=200,
        random_state=random_state,
    )


def calibrate(
    n_populations: int = 24, *, known_bias: float = 0.0, n_sources: int = 60, random_state: int = 100
) -> pd.DataFrame:
    """Compare the recall on known pulsars left out with that on pulsars that nobody knows (simulated).

    Parameters
    ----------
    n_populations : int
    known_bias : float
        0: known pulsars are a random draw, and the two should agree; 1: they are the bright ones.
    n_sources, random_state
        Population i is simulated with the seed `random_state + i`.

    Returns
    -------
    DataFrame
        A row a population: `left_out` and `hidden` (recall), `left_out_guaranteed` and `hidden_guaranteed`,
        and `ari` (with the true groups).

    Examples
    --------
    >>> sorted(calibrate(1, n_sources=30).columns)
    ['ari', 'hidden', 'hidden_guaranteed', 'left_out', 'left_out_guaranteed']
    """
    import pandas as pd

    rows = []
    for seed in range(random_state, random_state + n_populations):
        population = simulate_ulx(n_sources, known_bias=known_bias, random_state=seed)
        sample = prepare(population.observations)
        clusters = fit(sample)
        row = {"ari": agreement_with_truth(sample, clusters, population.truth).value}
        for guarantee, ending in ((False, ""), (True, "_guaranteed")):
            row[f"left_out{ending}"] = float(leave_one_out(sample, guarantee=guarantee)["recall"].mean())
            row[f"hidden{ending}"] = _hidden_recall(sample, clusters, population.truth, guarantee)
        rows.append(row)
    return pd.DataFrame(rows)


def _hidden_recall(sample: Sample, clusters: Clusters, truth: pd.DataFrame, guarantee: bool) -> float:
    source, known = sample.points["source"].to_numpy(), sample.points["known_pulsar"].to_numpy(bool)
    hidden = np.isin(source, truth[(truth["group"] == "pulsar-like") & ~truth["known_pulsar"]]["source"])
    threshold = threshold_for_recall(
        clusters.scores, source, known, target_recall=TARGET_RECALL, guarantee=guarantee
    )
    return selected_share(clusters.scores, source, hidden, threshold.value)
