"""Which ultraluminous X-ray sources look like pulsars? After Pinciroli Vago et al. (2025), arXiv 2507.15032.

The paper splits XMM-Newton observations of ULXs into two clusters, lets the known pulsars set the threshold
between them and lists what falls on their side. Here the same idea runs on Swift-XRT observations (or
simulated ones), with what the paper lacks: recall on pulsars left out, upper limits that count, and simple
baselines.

    observations = load("embedded").observations     # or "real", or "file" with a path
    sample = prepare(observations)                   # features, a row an observation and a row a source
    clusters = fit(sample)                           # mixture, threshold, scores
    results = reproduce("embedded")                  # everything, with intervals
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ..cluster import (
    MemberScore,
    Threshold,
    agreement,
    balanced_rows,
    fit_member_score,
    learning_rows,
    leave_one_source_out,
    threshold_for_recall,
)
from ..data import Provenance, describe
from ..data import load as load_dataset
from ..data.simulate.ulx import CITATION, simulate_ulx
from ..data.ulx import ERG_PER_COUNT_DEX, log_luminosity, read_observations
from ..errors import DataError, ParameterError
from ..evaluation import (
    Estimate,
    bootstrap_groups,
    compare_rankings,
    fit_censored_normal,
    permutation_p_value,
    ranking_auc,
    resample_groups,
)
from ..random import RandomState, as_generator, as_seed

if TYPE_CHECKING:
    import pandas as pd

PAPER = {
    "title": "The hunt for new pulsating ultraluminous X-ray sources: a clustering approach",
    "authors": "N. O. Pinciroli Vago et al.",
    "year": 2025,
    "arxiv": "2507.15032",
    "instrument": "XMM-Newton",
    "n_sources": 640,
    "n_observations": 1800,
    "n_pulsar_observations": 95,
    "n_candidates": 85,
    "n_candidate_observations": 355,
    "several_share": 0.85,
}

FEATURES = ("log_luminosity", "hardness", "log_peak", "log_scatter")
FEATURE_LABELS = {
    "log_luminosity": "luminosity (log erg/s)",
    "hardness": "hardness (H-S)/(H+S)",
    "log_peak": "peak luminosity (log erg/s)",
    "log_scatter": "variability (log dex)",
}
RANKINGS = {
    "score": "two-cluster mixture",
    "scatter_dex": "variability, limits used",
    "scatter_detections_dex": "variability, limits dropped",
    "hardness": "hardness",
    "log_peak": "peak luminosity",
}
ULX_LOG_LUMINOSITY = 39.0  # erg/s: the conventional threshold (Kaaret, Feng & Roberts 2017, ARA&A 55, 303)
MIN_SIGNIFICANCE = 3.0  # of a detection; below it the 2-second exposures of slewing make spurious maxima
MIN_DETECTIONS = 5  # of a source; fewer cannot tell scatter from noise
SCATTER_FLOOR_DEX = 0.05  # added in quadrature: a smaller scatter says more of the noise than of the source
TARGET_RECALL = 0.8

_SWIFT_RESULTS = resources.files("astrokit.data") / "ulx_swift_results.json"
_TABLES = ("sources", "rankings")
_ESTIMATES = {"recall_left_out", "ari_sources", "ari_truth"}


class UlxData(NamedTuple):
    """Observations of ULXs, where they come from, and the truth where they are simulated (else None)."""

    observations: pd.DataFrame
    provenance: Provenance
    truth: pd.DataFrame | None


class Sample(NamedTuple):
    """Features for clustering.

    Attributes
    ----------
    points : DataFrame, a row a usable detection
        `source`, `mjd`, `known_pulsar`, the four `FEATURES` and their errors `FEATURE_error`.
    limits : DataFrame, a row an upper limit
        The same columns; `log_luminosity` is the limit, `hardness` is NaN.
    sources : DataFrame, a row a source, index its name
        `known_pulsar`, `n_detections`, `n_limits`, `log_peak`, `hardness` (median), `scatter_dex` (limits
        used) and `scatter_detections_dex` (limits dropped).
    left_out : DataFrame
        `source` and the `reason` why it is not in the sample.
    """

    points: pd.DataFrame
    limits: pd.DataFrame
    sources: pd.DataFrame
    left_out: pd.DataFrame


def load(
    source: str = "embedded", *, path: str | None = None, n_sources: int = 60, random_state: RandomState = 0
) -> UlxData:
    """Load observations: simulated ("embedded"), Swift's ("real"), or a user's table ("file").

    Parameters
    ----------
    source : {"embedded", "real", "file"}
    path : str, optional
        For "file": a table with the columns of `astrokit.data.ulx.OBSERVATION_COLUMNS`.
    n_sources, random_state
        Of the simulated population.

    Raises
    ------
    ParameterError, DataError

    Examples
    --------
    >>> data = load("embedded", n_sources=20)
    >>> data.provenance.simulated, len(data.truth)
    (True, 20)
    """
    if source == "embedded":
        population = simulate_ulx(n_sources, random_state=random_state)
        provenance = Provenance.of_simulation("ulx-population", citation=CITATION, random_state=random_state)
        return UlxData(population.observations, provenance, population.truth)
    if source == "real":
        loaded = load_dataset("swift-ulx")
        return UlxData(loaded.data, loaded.provenance, None)
    if source == "file" and path:
        return UlxData(read_observations(path), Provenance.of_file(path), None)
    raise ParameterError(
        "source of the ULX observations",
        expected='"embedded", "real", or "file" with a path',
        got=f"{source!r} with path {path!r}",
        next_step='Set `source` (and `path` for "file").',
    )


def load_swift_results() -> dict[str, Any]:
    """Return what `reproduce("real")` measured on the Swift sources, bundled so that it needs no download.

    A test holds it to a new measurement where the data are there; `freeze_swift_results` makes it anew.

    Returns
    -------
    dict
        As `reproduce`, with `sources` and `rankings` as tables.

    Examples
    --------
    >>> results = load_swift_results()
    >>> results["n_pulsars"], int(results["sources"].known_pulsar.sum())
    (5, 5)
    """
    import pandas as pd

    content = _SWIFT_RESULTS.read_bytes()
    results = json.loads(content)
    for table in _TABLES:
        results[table] = pd.DataFrame(results[table])
    results["sources"] = results["sources"].set_index("source")
    for name in _ESTIMATES & results.keys():
        results[name] = Estimate(*results[name])
    Provenance.of_bundled(
        "swift-ulx-results",
        content,
        role="truth_check",
        source="measured by astrokit on the data set swift-ulx",
        citation=describe("swift-ulx").citation,
    )
    return results


def freeze_swift_results(path: str | Path) -> None:
    """Measure the Swift sources and write the results as JSON, for `load_swift_results`."""
    results = reproduce("real")
    results["sources"] = results["sources"].reset_index()
    for table in _TABLES:
        results[table] = json.loads(results[table].round(4).to_json(orient="records"))
    beside = Path(f"{path}.partial")
    beside.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    beside.replace(path)


def prepare(observations: pd.DataFrame) -> Sample:
    """Turn observations into features: luminosity, hardness, the source's peak luminosity and its
    variability.

    Upper limits are neither dropped nor taken as detections: they enter the variability of their source (a
    normal distribution of log luminosity fitted to detections and limits) and are scored later by the
    probability of lying below them. Rows flagged `bad` (unreliable centroid) count as limits only; sources
    whose `role` is neither "ulx" nor "pulsar", that never reach 1e39 erg/s, or that have fewer than
    `MIN_DETECTIONS` detections are left out, by name.

    Raises
    ------
    DataError
        When fewer than two sources or no known pulsar remain.

    Examples
    --------
    >>> sample = prepare(load("embedded", n_sources=20).observations)
    >>> set(FEATURES) <= set(sample.points.columns)
    True
    """
    import pandas as pd

    table = observations.assign(
        log_luminosity=log_luminosity(observations["rate"], observations["distance_mpc"]),
        log_luminosity_error=observations["rate_error"] / observations["rate"] / np.log(10),
        bad=observations.get("bad", False),
    )
    significant = table["rate_error"] * MIN_SIGNIFICANCE <= table["rate"]
    table["detected"] = ~table["upper_limit"] & ~table["bad"] & significant
    rows, reasons = {}, {}
    for name, group in table.groupby("source"):
        reason = _why_left_out(group)
        if reason:
            reasons[name] = reason
        else:
            rows[name] = _summarise(group)
    left_out = pd.DataFrame({"source": list(reasons), "reason": list(reasons.values())})
    sources = pd.DataFrame.from_dict(rows, orient="index").rename_axis("source")
    if len(sources) < 2 or not sources["known_pulsar"].any():
        raise DataError(
            "ULX sample",
            expected="at least two usable sources, one of them a known pulsar",
            got=f"{len(sources)} usable of {table['source'].nunique()}",
            next_step="Look at the column `left_out.reason` of each source, or mark known pulsars.",
        )
    kept = table[table["source"].isin(sources.index)]
    detected = kept[kept["detected"] & kept["hardness"].notna()]
    limited = kept[kept["upper_limit"]]
    return Sample(_features(detected, sources), _features(limited, sources), sources, left_out)


def _why_left_out(group: pd.DataFrame) -> str | None:
    role = group["role"].iloc[0] if "role" in group else "ulx"
    if role not in ("ulx", "pulsar"):
        return {"blended": "blended with a neighbour", "imbh": "intermediate-mass black hole"}.get(
            role, "not a ULX"
        )
    n_detected = int(group["detected"].sum())
    if n_detected < MIN_DETECTIONS:
        return f"{n_detected} usable detections, {MIN_DETECTIONS} needed"
    peak = group.loc[group["detected"], "log_luminosity"].max()
    return None if peak >= ULX_LOG_LUMINOSITY else f"peak of 10^{peak:.1f} erg/s is no ULX"


def _summarise(group: pd.DataFrame) -> dict[str, Any]:
    detected, limited = group[group["detected"]], group[group["upper_limit"]]
    values, errors = detected["log_luminosity"], detected["log_luminosity_error"]
    limits = limited["log_luminosity"]
    return {
        "known_pulsar": bool(group["known_pulsar"].iloc[0]),
        "n_detections": len(detected),
        "n_limits": len(limited),
        "log_peak": float(values.max()),
        "hardness": float(detected["hardness"].median()),
        "scatter_dex": fit_censored_normal(values, errors, limits).scatter,
        "scatter_detections_dex": fit_censored_normal(values, errors).scatter,
    }


def _features(table: pd.DataFrame, sources: pd.DataFrame) -> pd.DataFrame:
    features = table[["source", "mjd", "known_pulsar", "log_luminosity", "log_luminosity_error"]].copy()
    features["hardness"], features["hardness_error"] = table["hardness"], table["hardness_error"]
    features["log_peak"] = table["source"].map(sources["log_peak"])
    features["log_scatter"] = np.log10(
        np.hypot(table["source"].map(sources["scatter_dex"]), SCATTER_FLOOR_DEX)
    )
    # The peak shares the systematic of the one rate-to-flux factor; a standard deviation of n values is good
    # to 1 / sqrt(2 n), in natural logarithm.
    features["log_peak_error"] = ERG_PER_COUNT_DEX
    features["log_scatter_error"] = 1 / np.sqrt(2 * table["source"].map(sources["n_detections"])) / np.log(10)
    return features.reset_index(drop=True)


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
    >>> clusters = fit(prepare(load("embedded", n_sources=20).observations))
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


def arrays(points: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The features and their errors as arrays (n_samples, 4)."""
    errors = [f"{name}_error" for name in FEATURES]
    return points[list(FEATURES)].to_numpy(float), points[errors].to_numpy(float)


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


def density_labels(sample: Sample, *, n_per_source: int = 40, random_state: RandomState = 0) -> np.ndarray:
    """HDBSCAN beside the mixture, on as many points of every source: labels (n_samples,), -1 noise."""
    from sklearn.cluster import HDBSCAN
    from sklearn.neighbors import KNeighborsClassifier

    points, _ = arrays(sample.points)
    scaled = (points - points.mean(0)) / points.std(0)
    rows = balanced_rows(sample.points["source"], n_per_source, random_state=random_state)
    labels = HDBSCAN(min_cluster_size=max(len(rows) // 20, 10), copy=True).fit_predict(scaled[rows])
    return KNeighborsClassifier(1).fit(scaled[rows], labels).predict(scaled)


def stability(
    sample: Sample, *, n_resamples: int = 50, random_state: RandomState = 0
) -> dict[str, np.ndarray]:
    """Adjusted Rand index of the two clusters with those of other seeds, and of resampled sources."""
    rng = as_generator(random_state)
    learn, reference = learning_rows(sample.points["source"]), fit_score(sample)
    points, errors = (array[learn] for array in arrays(sample.points))
    source = sample.points["source"].to_numpy()[learn]
    seeds = (fit_score(sample, random_state=as_seed(rng)) for _ in range(3))
    drawn = resample_groups(source, n_resamples=n_resamples, random_state=rng)
    resampled = (fit_score(sample, rows=learn[rows], start=reference) for rows in drawn)
    labels = reference.score(points, errors) > 0.5
    return {
        name: agreement(labels, (fitted.score(points, errors) > 0.5 for fitted in fits))
        for name, fits in (("seeds", seeds), ("sources", resampled))
    }


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


def reproduce(
    source: str = "embedded", *, path: str | None = None, n_resamples: int = 50, random_state: RandomState = 0
) -> dict[str, Any]:
    """Run the whole study: load, prepare, fit, and everything that tells how far to trust it.

    Returns
    -------
    dict
        `n_sources`, `n_observations`, `n_pulsars`, `n_pulsar_observations`, `n_candidates`,
        `n_candidate_observations`, `several_share`, `recall_left_out` (`Estimate`), `share_left_out`,
        `ari_sources` (`Estimate`), `null_auc`, `null_p_value`, `sources` and `rankings` (DataFrames), and for
        simulated data `ari_truth` (`Estimate`).

    Examples
    --------
    >>> results = reproduce("embedded", n_resamples=5)
    >>> results["n_pulsars"]
    8
    """
    data = load(source, path=path, random_state=random_state)
    sample = prepare(data.observations)
    clusters = fit(sample, random_state=random_state)
    left_out = leave_one_out(sample)
    listed = candidates(sample, clusters)
    resampled = stability(sample, n_resamples=n_resamples, random_state=random_state)["sources"]
    null_auc, null_p_value = null_test(sample, clusters, random_state=random_state)
    scored = sample.sources.assign(score=source_scores(sample, clusters))
    results = {
        "n_sources": len(sample.sources),
        "n_observations": len(sample.points),
        "n_pulsars": int(sample.sources["known_pulsar"].sum()),
        "n_pulsar_observations": int(sample.points["known_pulsar"].sum()),
        "n_candidates": len(listed),
        "n_candidate_observations": int(listed["n_inside"].sum()),
        "several_share": float(listed["several"].mean()) if len(listed) else float("nan"),
        "recall_left_out": mean_recall(left_out, random_state=random_state),
        "share_left_out": float(left_out["share"].mean()),
        "ari_sources": Estimate(float(np.median(resampled)), *np.quantile(resampled, [0.05, 0.95])),
        "null_auc": null_auc,
        "null_p_value": null_p_value,
        "sources": scored,
        "rankings": rankings(scored, random_state=random_state),
    }
    if data.truth is not None:
        results["ari_truth"] = agreement_with_truth(sample, clusters, data.truth, random_state=random_state)
    return results


def mean_recall(left_out: pd.DataFrame, *, random_state: RandomState = 0) -> Estimate:
    """Mean recall of the pulsars left out, one at a time, with the interval from resampling pulsars."""
    recall = left_out["recall"].to_numpy()
    return bootstrap_groups(
        lambda rows: recall[rows].mean(), np.arange(len(recall)), random_state=random_state
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
