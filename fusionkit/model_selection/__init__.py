"""Honest validation: splits, the search, nested cross-validation and the comparison of fusions."""

from .audit import audit_cohort, duplicated_files, file_digests
from .calibration import calibration_table
from .compare import FusionComparison, compare_fusions
from .contribution import modality_ablation, modality_shapley, shapley_values, subset_fusions
from .drift import feature_drift, summarise_features
from .explanation import PatientExplanation, explain_patient, partial_dependence
from .external import ExternalValidation, external_validate, recalibrate
from .fusions import check_fusion_name, make_fusions
from .importance import PermutationExaminer, importance_table, permutation_importance
from .nested import NestedResult, nested_cross_validate
from .optuna_search import FusionOptunaSearchCV
from .partial_search import FusionHalvingSearchCV, FusionRandomizedSearchCV
from .search import FusionSearchCV
from .shap_values import ShapTable, shap_table
from .splits import Split, check_splits, make_splits, splits_fingerprint
from .subgroups import make_bands, outcome_associations, subgroup_performance

__all__ = [
    "ExternalValidation",
    "FusionComparison",
    "FusionHalvingSearchCV",
    "FusionOptunaSearchCV",
    "FusionRandomizedSearchCV",
    "FusionSearchCV",
    "NestedResult",
    "PatientExplanation",
    "PermutationExaminer",
    "ShapTable",
    "Split",
    "audit_cohort",
    "calibration_table",
    "check_fusion_name",
    "check_splits",
    "compare_fusions",
    "duplicated_files",
    "explain_patient",
    "external_validate",
    "feature_drift",
    "file_digests",
    "importance_table",
    "make_bands",
    "make_fusions",
    "make_splits",
    "modality_ablation",
    "modality_shapley",
    "nested_cross_validate",
    "outcome_associations",
    "partial_dependence",
    "permutation_importance",
    "recalibrate",
    "shap_table",
    "shapley_values",
    "splits_fingerprint",
    "subgroup_performance",
    "subset_fusions",
    "summarise_features",
]
