"""Honest validation: splits, the search, nested cross-validation and the comparison of fusions."""

from .compare import FusionComparison, compare_fusions
from .fusions import make_fusions
from .nested import NestedResult, nested_cross_validate
from .optuna_search import FusionOptunaSearchCV
from .partial_search import FusionHalvingSearchCV, FusionRandomizedSearchCV
from .search import FusionSearchCV
from .splits import Split, check_splits, make_splits, splits_fingerprint

__all__ = [
    "FusionComparison",
    "FusionHalvingSearchCV",
    "FusionOptunaSearchCV",
    "FusionRandomizedSearchCV",
    "FusionSearchCV",
    "NestedResult",
    "Split",
    "check_splits",
    "compare_fusions",
    "make_fusions",
    "make_splits",
    "nested_cross_validate",
    "splits_fingerprint",
]
