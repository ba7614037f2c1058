"""Rankers, fitted once for every number of features, filters and a projection: selectors for small cohorts."""

from .base import Ranker
from .boruta import BorutaSelector
from .by_name import RANKERS, make_ranker
from .correlation import CorrelationFilter
from .elimination import RFERanker
from .gini import GiniCoefficientRanker, GiniRanker
from .l1 import L1Ranker
from .mrmr import MRMRRanker
from .mutual_information import MutualInformationRanker
from .projection import PLSProjection
from .relief import MultiSURFRanker, ReliefFRanker, SURFRanker, SURFStarRanker
from .robustness import ICCFilter, intraclass_correlation
from .sequential import SequentialRanker
from .stability import StabilitySelector
from .univariate import AnovaRanker, Chi2Ranker, PearsonRanker, SpearmanRanker

__all__ = [
    "RANKERS",
    "AnovaRanker",
    "BorutaSelector",
    "Chi2Ranker",
    "CorrelationFilter",
    "GiniCoefficientRanker",
    "GiniRanker",
    "ICCFilter",
    "L1Ranker",
    "MRMRRanker",
    "MultiSURFRanker",
    "MutualInformationRanker",
    "PLSProjection",
    "PearsonRanker",
    "RFERanker",
    "Ranker",
    "ReliefFRanker",
    "SURFRanker",
    "SURFStarRanker",
    "SequentialRanker",
    "SpearmanRanker",
    "StabilitySelector",
    "intraclass_correlation",
    "make_ranker",
]
