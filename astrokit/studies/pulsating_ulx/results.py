"""The whole study in one call, and what it measured on the real Swift sources."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...data import Provenance, describe
from ...evaluation import Estimate, read_results, side_by_side, write_results
from ...random import RandomState
from . import checks
from . import clusters as model
from .sample import load, prepare

if TYPE_CHECKING:
    import pandas as pd

_SWIFT_RESULTS = resources.files("astrokit.data") / "ulx_swift_results.json"
_TABLES = ("sources", "rankings", "differences", "checks")
_ESTIMATES = {"recall_left_out", "ari_sources", "ari_truth"}


def reproduce(
    source: str = "embedded", *, path: str | None = None, n_resamples: int = 50, random_state: RandomState = 0
) -> dict[str, Any]:
    """Run the whole study: load, prepare, fit, and everything that tells how far to trust it.

    Returns
    -------
    dict
        `n_sources`, `n_observations`, `n_pulsars`, `n_pulsar_observations`, `n_candidates`,
        `n_candidate_observations`, `several_share`, `recall_left_out` (`Estimate`), `share_left_out`,
        `ari_seeds_lowest`, `ari_sources` (`Estimate`), `null_auc`, `null_p_value`, `sources`, `rankings`,
        `differences` (`against_mixture`) and `checks` (DataFrames), and for simulated data `ari_truth`
        (`Estimate`).

    Examples
    --------
    >>> results = reproduce("embedded", n_resamples=5)
    >>> results["n_pulsars"]
    8
    """
    data = load(source, path=path, random_state=random_state)
    sample = prepare(data.observations)
    clusters = model.fit(sample, random_state=random_state)
    left_out = model.leave_one_out(sample, random_state=random_state)
    listed = model.candidates(sample, clusters)
    repeated = model.stability(sample, clusters, n_resamples=n_resamples, random_state=random_state)
    null_auc, null_p_value = checks.null_test(sample, clusters, random_state=random_state)
    scored = sample.sources.assign(score=model.source_scores(sample, clusters))
    results = {
        "n_sources": len(sample.sources),
        "n_observations": len(sample.points),
        "n_pulsars": int(sample.sources["known_pulsar"].sum()),
        "n_pulsar_observations": int(sample.points["known_pulsar"].sum()),
        "n_candidates": len(listed),
        "n_candidate_observations": int(listed["n_inside"].sum()),
        "several_share": float(listed["several"].mean()) if len(listed) else float("nan"),
        "recall_left_out": model.mean_recall(left_out),
        "share_left_out": float(left_out["share"].mean()),
        "ari_seeds_lowest": float(repeated["seeds"].min()),
        "ari_sources": Estimate(*map(float, np.quantile(repeated["sources"], [0.5, 0.05, 0.95]))),
        "null_auc": null_auc,
        "null_p_value": null_p_value,
        "sources": scored,
        "rankings": checks.rankings(scored, random_state=random_state),
        "differences": checks.against_mixture(scored, random_state=random_state),
        "checks": checks.variability_checks(data.observations),
    }
    if data.truth is not None:
        results["ari_truth"] = checks.agreement_with_truth(
            sample, clusters, data.truth, random_state=random_state
        )
    return results


COMPARED = {
    "n_sources": ("sources", "{}"),
    "n_observations": ("observations: detections", "{:,}"),
    "n_pulsar_observations": ("of known pulsars", "{:,}"),
    "n_candidates": ("candidate sources", "{}"),
    "n_candidate_observations": ("candidate observations", "{:,}"),
    "several_share": ("candidates with several", "{:.0%}"),
    "recall_left_out": ("recall on pulsars left out", "{}"),
    "share_left_out": ("others selected meanwhile", "{:.0%}"),
    "ari_seeds_lowest": ("ARI over seeds, lowest", "{:.2f}"),
    "ari_sources": ("ARI over resampled sources", "{}"),
    "null_p_value": ("p-value of the null test", "{:.3f}"),
}


def compare(columns: Mapping[str, Mapping[str, Any]]) -> pd.DataFrame:
    """Put results side by side as texts: a row a quantity, a column for the paper and each run.

    Parameters
    ----------
    columns : mapping of heading -> results
        `PAPER`, or what `reproduce` and `load_swift_results` return; what is absent is "not given".

    Examples
    --------
    >>> compare({"paper": {"n_sources": 640}}).loc["sources", "paper"]
    '640'
    """
    return side_by_side(columns, COMPARED)


def load_swift_results() -> dict[str, Any]:
    """Return what `reproduce("real")` measured on the Swift sources, bundled so that it needs no download.

    A test holds it to a new measurement where the data are there; `freeze_swift_results` makes it anew.

    Returns
    -------
    dict
        As `reproduce`.

    Examples
    --------
    >>> results = load_swift_results()
    >>> results["n_pulsars"], int(results["sources"].known_pulsar.sum())
    (5, 5)
    """
    content = _SWIFT_RESULTS.read_bytes()
    results = read_results(content, _TABLES, _ESTIMATES)
    results["sources"] = results["sources"].set_index("source")
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
    write_results(path, results, _TABLES)
