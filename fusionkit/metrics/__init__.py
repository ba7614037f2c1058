"""Arrays in, numbers out: discrimination, calibration, utility, intervals, comparison, stability, sample size."""

from .agreement import icc, icc_values
from .cross_validated import cv_difference, cv_estimate, fold_values
from .discrimination import auc, auc_delong, average_precision, delong_test
from .intervals import corrected_resampled_interval, corrected_resampled_test, wilson_interval
from .multiplicity import benjamini_hochberg, holm
from .resampling import PairedBootstrap, paired_bootstrap
from .results import Comparison, Estimate
from .stability import consensus_set, rank_correlation, selection_frequency, selection_stability

__all__ = [
    "Comparison",
    "Estimate",
    "PairedBootstrap",
    "auc",
    "auc_delong",
    "average_precision",
    "benjamini_hochberg",
    "consensus_set",
    "corrected_resampled_interval",
    "corrected_resampled_test",
    "cv_difference",
    "cv_estimate",
    "delong_test",
    "fold_values",
    "holm",
    "icc",
    "icc_values",
    "paired_bootstrap",
    "rank_correlation",
    "selection_frequency",
    "selection_stability",
    "wilson_interval",
]
