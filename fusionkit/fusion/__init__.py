"""Early fusion (concatenate features, one model) and late fusion (one model a modality, combine what they say)."""

from .early import make_early_fusion
from .late import LateFusionClassifier
from .late_regression import LateFusionRegressor

__all__ = ["LateFusionClassifier", "LateFusionRegressor", "make_early_fusion"]
