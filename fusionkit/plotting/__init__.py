"""Displays: each draws the table it was given, hands it back with ``frame()``, and accepts an existing axis."""

from .calibration import CalibrationDisplay
from .coverage import CoverageDisplay
from .decision_curve import DecisionCurveDisplay
from .drift import DriftDisplay
from .explanation import ExplanationDisplay, PartialDependenceDisplay
from .flow import FlowDisplay
from .forest import ForestDisplay
from .importance import ImportanceDisplay
from .ladder import PredictionLadderDisplay
from .missingness import MissingnessDisplay
from .precision_recall import PrecisionRecallDisplay
from .roc import RocDisplay
from .selection import SelectionDisplay
from .stability import StabilityDisplay

__all__ = [
    "CalibrationDisplay",
    "CoverageDisplay",
    "DecisionCurveDisplay",
    "DriftDisplay",
    "ExplanationDisplay",
    "FlowDisplay",
    "ForestDisplay",
    "ImportanceDisplay",
    "MissingnessDisplay",
    "PartialDependenceDisplay",
    "PrecisionRecallDisplay",
    "PredictionLadderDisplay",
    "RocDisplay",
    "SelectionDisplay",
    "StabilityDisplay",
]
