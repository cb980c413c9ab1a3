"""Metrics and their uncertainty: intervals over groups, rankings, statistics with upper limits."""

from .bootstrap import Estimate, bootstrap_groups, resample_groups
from .limits import CensoredNormal, fit_censored_normal
from .ranking import auc_interval, compare_rankings, paired_differences, permutation_p_value, ranking_auc

__all__ = [
    "CensoredNormal",
    "Estimate",
    "auc_interval",
    "bootstrap_groups",
    "compare_rankings",
    "fit_censored_normal",
    "paired_differences",
    "permutation_p_value",
    "ranking_auc",
    "resample_groups",
]
