"""Do the clusters know anything about pulsars, does one number know more, and is the recall what it says?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...cluster import agreement, balanced_rows, selected_share, threshold_for_recall
from ...data.simulate.ulx import simulate_ulx
from ...evaluation import (
    Estimate,
    bootstrap_groups,
    compare_rankings,
    paired_differences,
    permutation_p_value,
    ranking_auc,
)
from ...random import RandomState
from .clusters import TARGET_RECALL, Clusters, fit, leave_one_out, left_out_scores, source_scores
from .sample import Sample, prepare

if TYPE_CHECKING:
    import pandas as pd

MIXTURE = "two-cluster mixture"
RANKINGS = {
    "score": MIXTURE,
    "scatter_dex": "variability, limits used",
    "scatter_detections_dex": "variability, limits dropped",
    "hardness": "hardness",
    "log_peak": "peak luminosity",
    "n_limits": "number of upper limits",
    "n_visits": "number of visits",
}


def null_test(
    sample: Sample, clusters: Clusters, *, n_permutations: int = 999, random_state: RandomState = 0
) -> tuple[float, float]:
    """Would the clusters single out any handful of sources as well as they do the known pulsars?

    In each shuffle the features of whole sources are dealt to other sources. The mixture never sees who is a
    pulsar, so it finds the same clusters among the dealt features, and all that a new fit would do otherwise
    is to choose the component. So the scores are dealt, with the component chosen anew each time: the freedom
    to choose is part of the null.

    Returns
    -------
    auc, p_value
        Area under the ROC curve of the mean score of a source, and how often a shuffle does as well.
    """
    scores = source_scores(sample, clusters)
    known = sample.sources.loc[scores.index, "known_pulsar"].to_numpy(bool)
    return _auc_of_choice(scores.to_numpy(), known), _chance_of_choice(
        scores.to_numpy(), known, n_permutations, random_state
    )


def _auc_of_choice(score: np.ndarray, known: np.ndarray) -> float:
    """AUC of the membership of that component of two in which the known are over-represented."""
    enriched = score[known].mean() / score.mean() >= (1 - score[known]).mean() / (1 - score).mean()
    return ranking_auc(score if enriched else -score, known)


def _chance_of_choice(
    score: np.ndarray, known: np.ndarray, n_permutations: int, random_state: RandomState
) -> float:
    # Dealing scores to sources or labels to sources is the same shuffle.
    return permutation_p_value(
        lambda dealt: _auc_of_choice(score, dealt),
        known,
        n_permutations=n_permutations,
        random_state=random_state,
    )


def rankings(
    sources: pd.DataFrame, *, n_permutations: int = 999, random_state: RandomState = 0
) -> pd.DataFrame:
    """How well single numbers of a source rank the known pulsars first (`compare_rankings`).

    The p-value of the mixture is that of `null_test`: its component was chosen by the pulsars.

    Parameters
    ----------
    sources : DataFrame
        `Sample.sources`, with a column `score` (`source_scores`) if the mixture is to be compared too.
    n_permutations, random_state
    """
    table = compare_rankings(
        _numbers(sources), sources["known_pulsar"], n_resamples=n_permutations, random_state=random_state
    )
    if "score" in sources:
        scored = sources[sources["score"].notna()]
        table.loc[table["ranking"] == MIXTURE, "p_value"] = _chance_of_choice(
            scored["score"].to_numpy(), scored["known_pulsar"].to_numpy(bool), n_permutations, random_state
        )
    return table


def against_mixture(
    sources: pd.DataFrame, *, n_resamples: int = 2000, random_state: RandomState = 0
) -> pd.DataFrame:
    """Does a single number beat the mixture on the very same sources (`paired_differences`)?

    Parameters
    ----------
    sources : DataFrame
        `Sample.sources` with a column `score` (`source_scores`); sources that lack a number take no part.
    n_resamples, random_state
    """
    return paired_differences(
        _numbers(sources),
        sources["known_pulsar"],
        reference=MIXTURE,
        n_resamples=n_resamples,
        random_state=random_state,
    )


def verdict(differences: pd.DataFrame) -> str:
    """Say in a sentence which number does best against the mixture, and whether that could be luck.

    Parameters
    ----------
    differences : DataFrame
        Of `against_mixture`.

    Examples
    --------
    >>> import pandas as pd
    >>> row = {"ranking": "hardness", "n_samples": 27, "auc": 0.9, "auc_reference": 0.7}
    >>> table = pd.DataFrame([row | {"difference": 0.2, "low": -0.1, "high": 0.4}])
    >>> print(verdict(table))  # doctest: +ELLIPSIS
    hardness, the best of 1, ranks the same 27 sources with ... so the two are not told apart
    """
    best = differences.loc[differences["difference"].idxmax()]
    gain = Estimate(best["difference"], best["low"], best["high"])
    if gain.low > 0:
        outcome = f"excludes zero, so {best['ranking']} wins"
    elif gain.high < 0:
        outcome = "excludes zero, so the mixture beats them all"
    else:
        outcome = "includes zero, so the two are not told apart"
    return (
        f"{best['ranking']}, the best of {len(differences)}, ranks the same {best['n_samples']} sources with "
        f"AUC {best['auc']:.2f}, the {MIXTURE} with {best['auc_reference']:.2f}: a difference of {gain}, an "
        f"interval that {outcome}"
    )


def _numbers(sources: pd.DataFrame) -> dict[str, pd.Series]:
    sources = sources.assign(n_visits=sources["n_detections"] + sources["n_limits"])
    return {label: sources[name] for name, label in RANKINGS.items() if name in sources}


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
