"""Rankers, fitted once for every number of features, and filters: scikit-learn selectors for small cohorts."""

from .base import Ranker
from .correlation import CorrelationFilter
from .elimination import RFERanker
from .forest import GiniRanker
from .mutual_information import MutualInformationRanker
from .relief import MultiSURFRanker, ReliefFRanker, SURFRanker, SURFStarRanker
from .univariate import AnovaRanker, PearsonRanker, SpearmanRanker

__all__ = [
    "AnovaRanker",
    "CorrelationFilter",
    "GiniRanker",
    "MultiSURFRanker",
    "MutualInformationRanker",
    "PearsonRanker",
    "RFERanker",
    "Ranker",
    "ReliefFRanker",
    "SURFRanker",
    "SURFStarRanker",
    "SpearmanRanker",
]
