"""The health record: read with the place of every row, typed, in the right units, anchored at the scan, encoded."""

from .checking import apply_dictionary, check_against
from .clocks import common_clock
from .coercion import coerce_columns, infer_types
from .dictionary import DICTIONARY_COLUMNS, Variable, draft_dictionary, read_dictionary
from .encoding import RecordEncoder, make_record_encoder
from .mixed_units import detect_mixed_units
from .reading import read_table
from .table import Table
from .units import UnitError, conversion, convert, ucum_code
from .values import DEFAULT_MISSING, parse_flag, parse_number
from .windows import Window, parse_duration, window_events

__all__ = [
    "DEFAULT_MISSING",
    "DICTIONARY_COLUMNS",
    "RecordEncoder",
    "Table",
    "UnitError",
    "Variable",
    "Window",
    "apply_dictionary",
    "check_against",
    "coerce_columns",
    "common_clock",
    "conversion",
    "convert",
    "detect_mixed_units",
    "draft_dictionary",
    "infer_types",
    "make_record_encoder",
    "parse_duration",
    "parse_flag",
    "parse_number",
    "read_dictionary",
    "read_table",
    "ucum_code",
    "window_events",
]
