"""Radiomics: pyradiomics's features, names and parameter files, from fast kernels of our own."""

from .diagnostics import describe_case
from .extractor import RadiomicsExtractor, extract_features
from .maps import extract_maps
from .settings import RadiomicsSettings, read_settings

__all__ = [
    "RadiomicsExtractor",
    "RadiomicsSettings",
    "describe_case",
    "extract_features",
    "extract_maps",
    "read_settings",
]
