"""fusionkit: does imaging add to the health record, by how much, and can I trust it?

The public names below are resolved on first use, so that ``import fusionkit`` stays quick.
"""

import importlib

from ._version import __version__

_HOME = {
    "CaseError": "exceptions",
    "Cohort": "cohort",
    "DataWarning": "exceptions",
    "FusionSearchCV": "model_selection",
    "LateFusionClassifier": "fusion",
    "LateFusionRegressor": "fusion",
    "Problem": "exceptions",
    "RadiomicsExtractor": "radiomics",
    "RadiomicsSettings": "radiomics",
    "Study": "study",
    "StudyError": "exceptions",
    "compare_fusions": "model_selection",
    "extract_features": "radiomics",
    "extract_maps": "radiomics",
    "external_validate": "model_selection",
    "link_cohort": "cohort",
    "load_sample": "datasets",
    "make_early_fusion": "fusion",
    "make_model": "models",
    "make_ranker": "selection",
    "make_record_encoder": "ehr",
    "make_splits": "model_selection",
    "make_synthetic_cohort": "datasets",
    "modality_columns": "naming",
    "nested_cross_validate": "model_selection",
    "read_cohort": "study",
    "write_report": "report",
}
"""Public name -> the module that defines it."""

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"fusionkit.{_HOME[name]}"), name)
    raise AttributeError(f"module 'fusionkit' has no attribute {name!r}")


def __dir__():
    return __all__
