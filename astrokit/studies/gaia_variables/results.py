"""The whole study in one call, and what it measured on the published latents of Gaia variables."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...cluster.quality import label_agreement
from ...data import Provenance, describe
from ...evaluation import (
    Estimate,
    Reliability,
    log_loss,
    read_results,
    reliability_of_classes,
    side_by_side,
    write_results,
)
from ...latent import MapQuality, Neighbourhoods
from ...random import RandomState
from . import islands, strangers
from .classifier import BLEND, LOGISTIC, PLAIN, Scores, cross_validate
from .sample import GaiaVariables, load
from .scores import compare_classes, compare_methods, share_out_groups

if TYPE_CHECKING:
    import pandas as pd

    from ...cluster.clustering import Clustering

_GAIA_RESULTS = resources.files("astrokit.data") / "gaia_variables_results.json"
_TABLES = ("methods", "classes", "groups", "shares", "islands", "sequences", "rare", "doubtful")
_ESTIMATES = ("balanced_accuracy", "gain", "trustworthiness", "continuity", "adjusted_rand_index")
N_QUERIES = 4000  # sources whose neighbourhoods are compared


def judge_map(data: GaiaVariables, xy: np.ndarray, *, random_state: RandomState = 0) -> MapQuality:
    """Trustworthiness and continuity of a map against the 17 inputs that it was made from."""
    both = Neighbourhoods(data.features, xy)
    return both.quality(n_queries=N_QUERIES, random_state=random_state, progress=False)


def agree_with_classes(data: GaiaVariables, clusters: Clustering) -> Estimate:
    """Adjusted Rand index of the islands with the classes; noise counts as one more island."""
    classes = data.table["variable_class"].to_numpy(object)
    return label_agreement(clusters.labels, np.where(classes == "", None, classes), n_resamples=100)


def calibration(scores: Scores) -> Reliability:
    """Reliability of the blend's most probable class."""
    return reliability_of_classes(scores.probabilities, scores.code)


def reproduce(
    source: str = "embedded",
    *,
    path: str | None = None,
    n_sources: int = 4000,
    n_networks: int = 1,
    n_judged: int = 5,
    random_state: RandomState = 0,
) -> dict[str, Any]:
    """Run the whole study: the map, its islands and sequences, strangers, and the score in nested folds.

    Parameters
    ----------
    source, path, n_sources, random_state
        As for `load`.
    n_networks : int
        In the blend.
    n_judged : int
        Folds that judge the shares of the groups.

    Returns
    -------
    dict
        `n_sources`, `n_scored`; `balanced_accuracy` and `gain` over class-weighted trees (`Estimate`);
        `accuracy_plain`, `accuracy_logistic`; `log_loss`, `calibration_error` with what chance would show and
        exceed once in twenty; `trustworthiness`, `continuity`, `adjusted_rand_index` (`Estimate`);
        `n_clusters`, `noise_share`; and the tables `methods`, `classes`, `groups`, `shares`, `islands`,
        `sequences`, `rare`, `doubtful`.
    """
    data = load(source, path=path, n_sources=n_sources, random_state=random_state)
    xy = islands.make_map(data, random_state=random_state)
    quality, clusters = judge_map(data, xy, random_state=random_state), islands.find_islands(data, xy)
    scores = cross_validate(data, n_networks=n_networks, random_state=random_state)
    methods, found = compare_methods(scores), calibration(scores)
    groups, shares = share_out_groups(data, scores, n_judged=n_judged)
    accuracy = methods.set_index("method")
    return {
        "n_sources": len(data.table),
        "n_scored": len(scores.rows),
        "balanced_accuracy": Estimate(*accuracy.loc[BLEND, ["accuracy", "low", "high"]]),
        "accuracy_plain": float(accuracy.loc[PLAIN, "accuracy"]),
        "accuracy_logistic": float(accuracy.loc[LOGISTIC, "accuracy"]),
        "gain": Estimate(*accuracy.loc[PLAIN, ["gain", "gain_low", "gain_high"]]),
        "log_loss": log_loss(scores.probabilities, scores.code),
        "calibration_error": found.error,
        "calibration_error_by_chance": found.error_by_chance,
        "calibration_error_by_chance_high": found.error_by_chance_high,
        "trustworthiness": quality.trustworthiness,
        "continuity": quality.continuity,
        "n_clusters": clusters.n_clusters,
        "noise_share": float((clusters.labels < 0).mean()),
        "adjusted_rand_index": agree_with_classes(data, clusters),
        "methods": methods,
        "classes": compare_classes(scores),
        "groups": groups,
        "shares": shares.rename_axis("class").reset_index(),
        "islands": islands.describe_islands(data, clusters),
        "sequences": islands.read_sequences(data, xy, clusters, random_state=random_state),
        "rare": strangers.recall_of_rare(data, strangers.rank_strangers(data, random_state=random_state)),
        "doubtful": strangers.doubtful_labels(data, scores).drop(columns="source_id"),
        "reliability": {
            name: getattr(found, name).tolist() for name in ("stated", "observed", "low", "high", "n")
        },
    }


COMPARED = {
    "n_sources": ("sources", "{:,}"),
    "n_scored": ("with one of the classes", "{:,}"),
    "balanced_accuracy": ("balanced accuracy", "{:.3f}"),
    "accuracy_logistic": ("of a logistic regression", "{:.3f}"),
    "accuracy_plain": ("of class-weighted boosted trees", "{:.3f}"),
    "gain": ("gain over these trees, paired", "{:.3f}"),
    "calibration_error": ("calibration error", "{:.4f}"),
    "calibration_error_by_chance_high": ("which chance exceeds once in 20", "{:.4f}"),
    "trustworthiness": ("trustworthiness of the map", "{:.3f}"),
    "continuity": ("continuity of the map", "{:.3f}"),
    "n_clusters": ("islands", "{}"),
    "adjusted_rand_index": ("ARI of islands with classes", "{:.3f}"),
}


def compare(columns: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Put results side by side as texts: a row a quantity, a column for the paper and each run.

    Parameters
    ----------
    columns : mapping of heading -> results
        `PAPER`, or what `reproduce` and `load_gaia_results` return; what is absent is "not given".

    Examples
    --------
    >>> compare({"poster": {"balanced_accuracy": 0.778}}).loc["balanced accuracy", "poster"]
    '0.778'
    """
    return side_by_side(columns, COMPARED)


def load_gaia_results() -> dict[str, Any]:
    """Return what `reproduce("real")` measured on Gaia's variables, bundled so that it needs no download.

    A test holds it to a new measurement where the data are there; `freeze_gaia_results` makes it anew.

    Returns
    -------
    dict
        As `reproduce`.

    Examples
    --------
    >>> results = load_gaia_results()
    >>> results["n_scored"], results["gain"].low > 0
    (29381, True)
    """
    content = _GAIA_RESULTS.read_bytes()
    results = read_results(content, _TABLES, _ESTIMATES)
    Provenance.of_bundled(
        "gaia-variables-results",
        content,
        role="truth_check",
        source="measured by astrokit on the data set gaia-variables",
        citation=describe("gaia-variables").citation,
    )
    return results


def freeze_gaia_results(path: str | Path, results: Mapping[str, Any] | None = None) -> None:
    """Measure the published latents and write the results as JSON, for `load_gaia_results`."""
    write_results(path, results or reproduce("real"), _TABLES)
