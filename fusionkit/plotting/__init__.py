"""Displays: each draws the table it was given, hands it back with ``frame()``, and accepts an existing axis."""

from .calibration import CalibrationDisplay
from .drift import DriftDisplay
from .explanation import ExplanationDisplay, PartialDependenceDisplay
from .flow import FlowDisplay
from .forest import ForestDisplay
from .importance import ImportanceDisplay
from .roc import RocDisplay
from .selection import SelectionDisplay

__all__ = [
    "CalibrationDisplay",
    "DriftDisplay",
    "ExplanationDisplay",
    "FlowDisplay",
    "ForestDisplay",
    "ImportanceDisplay",
    "PartialDependenceDisplay",
    "RocDisplay",
    "SelectionDisplay",
]
