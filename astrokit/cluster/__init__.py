"""Clustering that respects sources: trees and their cuts, mixtures, thresholds, stability, quality, rules."""

from .clustering import Clustering
from .co_assignment import CoAssignment, co_assignment
from .condensed import CondensedTree
from .continuity import kept_numbers, overlaps
from .density import density_clusters
from .extending import extended
from .hierarchy import Hierarchy
from .members import MemberScore, fit_member_score, learning_rows, member_stability
from .mixture import Mixture, fit_mixture
from .partition import fit_gaussian_mixture, fit_k_means
from .quality import Silhouette, label_agreement, silhouette
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
    "Clustering",
    "CoAssignment",
    "CondensedTree",
    "Hierarchy",
    "MemberScore",
    "Mixture",
    "Silhouette",
    "Surrogate",
    "Threshold",
    "agreement",
    "balanced_rows",
    "co_assignment",
    "density_clusters",
    "extended",
    "fit_gaussian_mixture",
    "fit_k_means",
    "fit_member_score",
    "fit_mixture",
    "fit_surrogate",
    "flip_rate",
    "kept_numbers",
    "label_agreement",
    "learning_rows",
    "leave_one_source_out",
    "log_odds",
    "member_stability",
    "overlaps",
    "selected_share",
    "silhouette",
    "source_weights",
    "threshold_for_recall",
]
