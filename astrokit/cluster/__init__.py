"""Clustering that respects sources: mixtures, thresholds, stability, surrogate rules."""

from .density import density_clusters
from .members import MemberScore, fit_member_score, learning_rows, member_stability
from .mixture import Mixture, fit_mixture
from .stability import agreement, balanced_rows, flip_rate
from .surrogate import Surrogate, fit_surrogate
from .threshold import (
    Threshold,
    leave_one_source_out,
    log_odds,
    selected_share,
    source_weights,
    threshold_for_recall,
)

__all__ = [
    "MemberScore",
    "Mixture",
    "Surrogate",
    "Threshold",
    "agreement",
    "balanced_rows",
    "density_clusters",
    "fit_member_score",
    "fit_mixture",
    "fit_surrogate",
    "flip_rate",
    "learning_rows",
    "leave_one_source_out",
    "log_odds",
    "member_stability",
    "selected_share",
    "source_weights",
    "threshold_for_recall",
]
