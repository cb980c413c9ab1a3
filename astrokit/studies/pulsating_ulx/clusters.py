"""The two clusters, the threshold that the pulsars set, and how far to trust both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.stats import beta

from ...cluster import (
    MemberScore,
    Threshold,
    agreement,
    balanced_rows,
    fit_member_score,
    flip_rate,
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
    "n_limits": "number of upper limits",
    "n_visits": "number of visits",
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


def variability_checks(observations: pd.DataFrame) -> pd.DataFrame:
    """Does the variability still rank pulsars first if the data are treated otherwise?

    Returns
    -------
    DataFrame
        A row a treatment: `auc` with its interval and `p_value` for the variability with limits used.
    """
    import pandas as pd

    bad, limit = observations.get("bad", False), observations["upper_limit"]
    weekly = observations.assign(week=(observations["mjd"] // 7).astype(int))
    treated = {
        "as in the study": observations,
        "flagged limits dropped": observations[~(bad & limit)],
        "flagged detections kept": observations.assign(bad=False),
        "one visit a week": observations[~weekly.duplicated(["source", "week"])],
    }
    rows = []
    for name, table in treated.items():
        row = rankings(prepare(table).sources).set_index("ranking").loc[RANKINGS["scatter_dex"]]
        rows.append((name, *row))
    return pd.DataFrame(rows, columns=["treatment", "n_samples", "auc", "low", "high", "p_value"])


def rankings(
    sources: pd.DataFrame, *, n_resamples: int = 1000, random_state: RandomState = 0
) -> pd.DataFrame:
    """How well single numbers of a source rank the known pulsars first (`compare_rankings`).

    Parameters
    ----------
    sources : DataFrame
        `Sample.sources`, with a column `score` (`source_scores`) if the mixture is to be compared too.
    """
    sources = sources.assign(n_visits=sources["n_detections"] + sources["n_limits"])
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
        without = left_out_scores(sample)
        for guarantee, ending in ((False, ""), (True, "_guaranteed")):
            row[f"left_out{ending}"] = float(
                leave_one_out(sample, without, guarantee=guarantee)["recall"].mean()
            )
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
