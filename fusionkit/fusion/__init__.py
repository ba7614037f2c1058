"""Early fusion (concatenate features, one model) and late fusion (one model a modality, combine the scores)."""

from .early import make_early_fusion
from .late import LateFusionClassifier

__all__ = ["LateFusionClassifier", "make_early_fusion"]
