"""Arrays in, numbers out: discrimination, calibration, utility, intervals, comparison, stability, sample size."""

from .cross_validated import cv_difference, cv_estimate, fold_values
from .discrimination import auc, auc_delong, average_precision, delong_test
from .intervals import corrected_resampled_interval, corrected_resampled_test, wilson_interval
from .results import Comparison, Estimate

__all__ = [
    "Comparison",
    "Estimate",
    "auc",
    "auc_delong",
    "average_precision",
    "corrected_resampled_interval",
    "corrected_resampled_test",
    "cv_difference",
    "cv_estimate",
    "delong_test",
    "fold_values",
    "wilson_interval",
]
