"""Searches that rank once."""

from .search import FusionSearchCV

__all__ = ["FusionSearchCV"]
