"""Searches that rank once."""

from .partial_search import FusionHalvingSearchCV, FusionRandomizedSearchCV
from .search import FusionSearchCV

__all__ = ["FusionHalvingSearchCV", "FusionRandomizedSearchCV", "FusionSearchCV"]
