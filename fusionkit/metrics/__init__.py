"""Arrays in, numbers out: discrimination, calibration, utility, intervals, comparison, stability, sample size.

Which interval, when:

- out-of-fold scores of repeated cross-validation: :func:`cv_estimate`, :func:`cv_difference` and
  :func:`cv_contrast`;
- scores of independent test patients: :func:`auc_delong`, :func:`delong_test`, :func:`paired_bootstrap`, and
  :func:`threshold_metrics`, :func:`calibration_intervals`, :func:`net_benefit_difference` ..., and
  :func:`bootstrap_interval` for any metric without an interval of its own;
- values that you have by fold only: :func:`corrected_resampled_interval` and :func:`corrected_resampled_test`;
- a pipeline that may be refitted many times: :func:`bootstrap_632plus` (many features), :func:`optimism_bootstrap`
  (few), :func:`nested_cv_interval` (means of losses);
- is there any signal at all: :func:`label_permutation_test`; several comparisons: :func:`holm`.

Numbers are NaN only where the definition leaves them undefined, and then the result says why.
"""

from .agreement import icc, icc_values
from .association import Association, cramers_v
from .calibration import (
    brier_score,
    calibration_curve,
    calibration_errors,
    calibration_intercept,
    calibration_slope,
    log_loss,
    observed_expected_ratio,
    scaled_brier_score,
)
from .calibration_bootstrap import calibration_intervals
from .cross_validated import cv_contrast, cv_difference, cv_estimate, fold_values
from .discrimination import auc, auc_delong, average_precision, delong_test
from .feasibility import StudyPlan, feasibility, plan_study
from .intervals import corrected_resampled_interval, corrected_resampled_test, wilson_interval
from .multiclass import auc_one_vs_one, auc_one_vs_rest
from .multiplicity import benjamini_hochberg, holm
from .reclassification import idi, nri
from .regression import calibration_line, regression_metrics
from .resampling import PairedBootstrap, bootstrap_interval, paired_bootstrap
from .results import Comparison, Estimate
from .sample_size import (
    SampleSize,
    cox_snell_r2_from_auc,
    expected_auc_width,
    largest_cox_snell_r2,
    max_parameters_binary,
    sample_size_binary,
    sample_size_continuous,
    sample_size_survival,
)
from .stability import consensus_set, rank_correlation, selection_frequency, selection_stability
from .subgroups import subgroup_auc, subgroup_difference, suppression
from .survival import concordance_index, dynamic_auc, integrated_brier_score, survival_brier_score
from .thresholded import choose_threshold, confusion_counts, predictive_values, threshold_metrics
from .utility import DecisionCurve, decision_curve, net_benefit, net_benefit_difference, standardised_net_benefit
from .whole_pipeline import (
    PermutationTest,
    ResampledPerformance,
    bootstrap_632plus,
    label_permutation_test,
    nested_cv_interval,
    optimism_bootstrap,
    permutation_p_value,
)

__all__ = [
    "Association",
    "Comparison",
    "DecisionCurve",
    "Estimate",
    "PairedBootstrap",
    "PermutationTest",
    "ResampledPerformance",
    "SampleSize",
    "StudyPlan",
    "auc",
    "auc_delong",
    "auc_one_vs_one",
    "auc_one_vs_rest",
    "average_precision",
    "benjamini_hochberg",
    "bootstrap_632plus",
    "bootstrap_interval",
    "brier_score",
    "calibration_curve",
    "calibration_errors",
    "calibration_intercept",
    "calibration_intervals",
    "calibration_line",
    "calibration_slope",
    "choose_threshold",
    "concordance_index",
    "confusion_counts",
    "consensus_set",
    "corrected_resampled_interval",
    "corrected_resampled_test",
    "cox_snell_r2_from_auc",
    "cramers_v",
    "cv_contrast",
    "cv_difference",
    "cv_estimate",
    "decision_curve",
    "delong_test",
    "dynamic_auc",
    "expected_auc_width",
    "feasibility",
    "fold_values",
    "holm",
    "icc",
    "icc_values",
    "idi",
    "integrated_brier_score",
    "label_permutation_test",
    "largest_cox_snell_r2",
    "log_loss",
    "max_parameters_binary",
    "nested_cv_interval",
    "net_benefit",
    "net_benefit_difference",
    "nri",
    "observed_expected_ratio",
    "optimism_bootstrap",
    "paired_bootstrap",
    "permutation_p_value",
    "plan_study",
    "predictive_values",
    "rank_correlation",
    "regression_metrics",
    "sample_size_binary",
    "sample_size_continuous",
    "sample_size_survival",
    "scaled_brier_score",
    "selection_frequency",
    "selection_stability",
    "standardised_net_benefit",
    "subgroup_auc",
    "subgroup_difference",
    "suppression",
    "survival_brier_score",
    "threshold_metrics",
    "wilson_interval",
]
