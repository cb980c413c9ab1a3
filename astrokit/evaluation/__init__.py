"""Metrics and their uncertainty: intervals over groups, rankings, classes, calibration, upper limits."""

from .blending import Blend, fit_blend
from .bootstrap import Estimate, bootstrap_groups, resample_groups, resampled_means
from .calibration import Reliability, log_loss, reliability, reliability_of_classes
from .classes import accuracy_gain, balanced_accuracy, decide, mean_over_classes, recalls, wilson
from .coalitions import share_out
from .folds import assign_folds, out_of_fold
from .frozen import read_results, side_by_side, write_results
from .limits import CensoredNormal, fit_censored_normal
from .pooling import Pool, fit_pool
from .probes import Probe, compare_probes, probe, probe_p_value
from .ranking import auc_interval, compare_rankings, paired_differences, permutation_p_value, ranking_auc
from .recalibration import Sigmoid, Staircase, fit_isotonic, fit_platt

__all__ = [
    "Blend",
    "CensoredNormal",
    "Estimate",
    "Pool",
    "Probe",
    "Reliability",
    "Sigmoid",
    "Staircase",
    "accuracy_gain",
    "assign_folds",
    "auc_interval",
    "balanced_accuracy",
    "bootstrap_groups",
    "compare_probes",
    "compare_rankings",
    "decide",
    "fit_blend",
    "fit_censored_normal",
    "fit_isotonic",
    "fit_platt",
    "fit_pool",
    "log_loss",
    "mean_over_classes",
    "out_of_fold",
    "paired_differences",
    "permutation_p_value",
    "probe",
    "probe_p_value",
    "ranking_auc",
    "read_results",
    "recalls",
    "reliability",
    "reliability_of_classes",
    "resample_groups",
    "resampled_means",
    "share_out",
    "side_by_side",
    "wilson",
    "write_results",
]
