"""fusionkit: does imaging add to the health record, by how much, and can I trust it?

The public names below are resolved on first use, so that ``import fusionkit`` stays quick.
"""

import importlib

from ._version import __version__

_HOME = {
    "CaseError": "exceptions",
    "DataWarning": "exceptions",
    "LateFusionClassifier": "fusion",
    "LeakageWarning": "exceptions",
    "StudyError": "exceptions",
    "make_early_fusion": "fusion",
    "modality_columns": "naming",
}
"""Public name -> the module that defines it."""

__all__ = ["__version__", *sorted(_HOME)]


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"fusionkit.{_HOME[name]}"), name)
    raise AttributeError(f"module 'fusionkit' has no attribute {name!r}")


def __dir__():
    return __all__
