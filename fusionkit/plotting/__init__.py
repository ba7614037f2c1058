"""Displays: each draws the table it was given, hands it back with ``frame()``, and accepts an existing axis."""

from .calibration import CalibrationDisplay
from .flow import FlowDisplay
from .forest import ForestDisplay
from .roc import RocDisplay
from .selection import SelectionDisplay

__all__ = ["CalibrationDisplay", "FlowDisplay", "ForestDisplay", "RocDisplay", "SelectionDisplay"]
