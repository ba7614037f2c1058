"""Radiomics: pyradiomics's features, names and parameter files, from fast kernels of our own.

The public names are resolved on first use, so that one case needs neither pandas nor scikit-learn.
"""

import importlib

_HOME = {
    "RadiomicsExtractor": "extractor",
    "RadiomicsSettings": "settings",
    "describe_case": "diagnostics",
    "extract_features": "extract",
    "extract_maps": "maps",
    "read_settings": "settings",
}
"""Public name -> the module that defines it."""

__all__ = list(_HOME)


def __getattr__(name):
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return __all__
