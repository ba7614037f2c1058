"""The health record: read with the place of every row, typed, in the right units, anchored at the scan, encoded."""

from .clocks import common_clock
from .coercion import coerce_columns, infer_types
from .encoding import RecordEncoder, make_record_encoder
from .mixed_units import detect_mixed_units
from .reading import read_table
from .table import Table
from .units import UnitError, conversion, convert, ucum_code
from .values import DEFAULT_MISSING, parse_flag, parse_number
from .windows import Window, parse_duration, window_events

__all__ = [
    "DEFAULT_MISSING",
    "RecordEncoder",
    "Table",
    "UnitError",
    "Window",
    "coerce_columns",
    "common_clock",
    "conversion",
    "convert",
    "detect_mixed_units",
    "infer_types",
    "make_record_encoder",
    "parse_duration",
    "parse_flag",
    "parse_number",
    "read_table",
    "ucum_code",
    "window_events",
]
