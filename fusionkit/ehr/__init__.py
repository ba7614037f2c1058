"""The health record: read with the place of every row, typed, in the right units, anchored at the scan, encoded."""

from .checking import apply_dictionary, check_against
from .clocks import common_clock
from .codes import ICD10_CHAPTERS, class_flags, icd10_chapter, icd10_chapter_flags, normalise_code
from .coercion import coerce_columns, infer_types
from .comorbidity import COMORBIDITIES, COMORBIDITY_WEIGHTS, comorbidities
from .dictionary import DICTIONARY_COLUMNS, Variable, draft_dictionary, read_dictionary
from .encoding import RecordEncoder, make_record_encoder
from .index_scan import choose_index_scan
from .mixed_units import detect_mixed_units
from .notes import NEGATIONS, TEXT_SUFFIX, TextEncoder, find_terms
from .reading import read_table
from .table import Table
from .units import UnitError, conversion, convert, ucum_code
from .values import DEFAULT_MISSING, parse_flag, parse_number
from .windows import Window, parse_duration, window_events

__all__ = [
    "COMORBIDITIES",
    "COMORBIDITY_WEIGHTS",
    "DEFAULT_MISSING",
    "DICTIONARY_COLUMNS",
    "ICD10_CHAPTERS",
    "NEGATIONS",
    "TEXT_SUFFIX",
    "RecordEncoder",
    "Table",
    "TextEncoder",
    "UnitError",
    "Variable",
    "Window",
    "apply_dictionary",
    "check_against",
    "choose_index_scan",
    "class_flags",
    "coerce_columns",
    "common_clock",
    "comorbidities",
    "conversion",
    "convert",
    "detect_mixed_units",
    "draft_dictionary",
    "find_terms",
    "icd10_chapter",
    "icd10_chapter_flags",
    "infer_types",
    "make_record_encoder",
    "normalise_code",
    "parse_duration",
    "parse_flag",
    "parse_number",
    "read_dictionary",
    "read_table",
    "ucum_code",
    "window_events",
]
