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

from .checks import (
    against_mixture,
    agreement_with_truth,
    calibrate,
    null_test,
    rankings,
    variability_checks,
    verdict,
)
from .clusters import (
    TARGET_RECALL,
    Clusters,
    candidates,
    fit,
    fit_score,
    flips,
    leave_one_out,
    left_out_scores,
    mean_recall,
    source_scores,
    stability,
)
from .results import compare, freeze_swift_results, load_swift_results, reproduce
from .sample import FEATURE_LABELS, FEATURES, Sample, UlxData, arrays, load, prepare

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

__all__ = [
    "FEATURES",
    "FEATURE_LABELS",
    "PAPER",
    "TARGET_RECALL",
    "Clusters",
    "Sample",
    "UlxData",
    "against_mixture",
    "agreement_with_truth",
    "arrays",
    "calibrate",
    "candidates",
    "compare",
    "fit",
    "fit_score",
    "flips",
    "freeze_swift_results",
    "leave_one_out",
    "left_out_scores",
    "load",
    "load_swift_results",
    "mean_recall",
    "null_test",
    "prepare",
    "rankings",
    "reproduce",
    "source_scores",
    "stability",
    "variability_checks",
    "verdict",
]
