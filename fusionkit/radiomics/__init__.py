"""Radiomics: pyradiomics's features, names and parameter files, from fast kernels of our own."""

from .extractor import RadiomicsExtractor, extract_features
from .settings import RadiomicsSettings, read_settings

__all__ = ["RadiomicsExtractor", "RadiomicsSettings", "extract_features", "read_settings"]
