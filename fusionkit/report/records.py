"""Tables that a run may add to its results: shown where they are present, whatever columns they have.

Read from the results, each optional:

- ``missingness``: list of {pattern, n, n_events}, ``pattern`` being the list of modalities or columns that are missing
  (empty when nothing is); further entries, such as ``fusion``, ``auc``, ``low`` and ``high``, become columns;
- ``table_one``: list of records such as {variable, level, all, event, no_event, missing};
- ``importance``: list of {fusion, feature or modality, importance, low, high};
- ``contribution``: list of {modality, alone, shapley, low, high, share};
- ``missing_values``: list of {modality, column, n_missing, share}, one per column with gaps;
- ``audit``: list of {check, finding, severity, way_out};
- ``subgroups``: list of {variable, level, n, n_events, fusion, auc, low, high}, None where a small cell is suppressed.

A record's keys become the columns, in the order of their first appearance; ``low`` and ``high``, also as endings such
as ``auc_low`` and ``auc_high``, become one interval; None and NaN become a dash; a column of empty texts is left out.
In place of a list, a dict of lists gives a table for each, and a dict of plain values a table of two columns.
"""

import json

from ..plotting import MissingnessDisplay
from .figures import Drawing
from .numbers import count, fixed, interval, is_number, listed, percent, signed

__all__ = ["ENTRIES", "MAX_RECORDS", "entry_tables", "missingness", "record_table"]

MAX_RECORDS = 200
"""Longer tables are cut; ``results.json`` has them all."""

ENTRIES = {
    "table_one": ("patients", "Characteristics of the patients", ""),
    "missing_values": ("patients", "Columns with missing values", ""),
    "contribution": (
        "features",
        "What each modality contributes",
        "The Shapley value shares the AUC beyond chance (0.5) among the modalities, over all their combinations.",
    ),
    "importance": (
        "features",
        "Importance",
        "How much worse predictions become when a feature or modality is shuffled. It describes these models, and does "
        "not prove a cause.",
    ),
    "audit": ("robustness", "Audit of leaks and bias", "What was looked for in the data, and what was found."),
    "subgroups": (
        "robustness",
        "Performance by subgroup",
        "Subgroups are small and many: a difference between two of them may well be chance. Cells with too few "
        "patients are suppressed.",
    ),
}
"""Entry of the results -> (section of the report, title, what to know)."""

_HEADERS = {
    **{"n": "Patients", "n_events": "Events", "auc": "AUC", "ci": "CI", "way_out": "Way out", "fusion": "Model"},
    **{"n_missing": "Patients without", "share_of_present": "Share of those with the modality"},
    **{"alone": "AUC alone", "shapley": "Shapley value", "full": "AUC of all", "n_folds": "Test folds"},
    **{"importance": "Loss of AUC", "used": "Training sets that use it", "p_holm": "p (Holm)", "p_value": "p"},
    **{"observed_expected": "Observed / expected", "auc_ci": "CI", "oe_ci": "CI", "difference_ci": "CI"},
}
"""Key of a record -> what stands above its column; others are written as words."""

_SHARES = {"share", "share_of_present", "used"}


def missingness(results):
    """Return the patterns of missing data for the template.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.

    Returns
    -------
    view : dict
        figure (a Drawing or None), sentence, and table (None where the figure says it all).
    """
    patterns = results.get("missingness") or []
    if not _countable(patterns):
        tables = list(_tables("Patterns of missing data", patterns)) if patterns else [None]
        return {"figure": None, "sentence": "", "table": tables[0]}
    rows = [{**row, "pattern": _pattern(row["pattern"])} for row in patterns]
    sizes = {tuple(row["pattern"]): row for row in rows}  # one row per pattern, whatever else is told of it
    if list(sizes) == [()]:  # nothing is missing: a figure of one row would say nothing
        return {"figure": None, "sentence": "", "table": None}
    total = sum(row["n"] for row in sizes.values())
    display = MissingnessDisplay(list(sizes.values()), columns=list(results["cohort"].get("modalities") or {})).plot()
    complete = sizes.get((), {"n": 0})["n"]
    said = f"{complete:,} of {count(total, 'patient')} have complete data; {count(len(sizes), 'pattern')} in all."
    caption = "One row per pattern: filled where data are there, open where they are missing."
    extra = [key for row in rows for key in row if key not in {"pattern", "n", "n_events"}]
    named = [{**row, "pattern": listed(row["pattern"]) or "nothing missing"} for row in rows]
    table = record_table("Patterns of missing data", named) if extra else None
    return {
        "figure": Drawing("missingness", "Patterns of missing data", said, caption, display),
        "sentence": said,
        "table": table,
    }


def _countable(patterns):
    """Whether these are records of patterns with their counts, none of them suppressed."""
    return bool(patterns) and all(
        isinstance(row, dict) and "pattern" in row and is_number(row.get("n")) and is_number(row.get("n_events"))
        for row in patterns
    )


def _pattern(pattern):
    if pattern is None or pattern == "":
        return []
    return [pattern] if isinstance(pattern, str) else [str(name) for name in pattern]


def entry_tables(results, section):
    """Return the optional tables of one section.

    Parameters
    ----------
    results : dict
        The content of ``results.json``.
    section : {"patients", "features", "robustness"}
        Where in the report the tables stand.

    Returns
    -------
    tables : list of dict
        title, note, columns (names), numeric (whether each column holds numbers), rows (lists of text), more (rows
        beyond those shown).
    """
    found = []
    for key, (place, title, note) in ENTRIES.items():
        value = results.get(key) or results["cohort"].get(key)
        if place == section and value:
            tables = list(_tables(title, value))
            found += [{**table, "note": note if i == 0 else ""} for i, table in enumerate(tables)]
    return found


def _tables(title, value):
    """A list of records is one table; a dict, a table per entry, or one of its plain values."""
    if isinstance(value, dict):
        plain = {key: inner for key, inner in value.items() if not isinstance(inner, (dict, list))}
        if plain:
            yield record_table(title, [{"entry": key, "value": inner} for key, inner in plain.items()])
        for key, inner in value.items():
            if key not in plain and inner:
                yield from _tables(f"{title}: {key}", inner)
    else:
        yield record_table(title, [row if isinstance(row, dict) else {"value": row} for row in value])


def record_table(title, records):
    """Return records as a table for the template.

    Parameters
    ----------
    title : str
        What stands above it.
    records : list of dict
        One per row, see above.

    Returns
    -------
    table : dict
        As in :func:`entry_tables`.
    """
    columns = _columns([key for key in dict.fromkeys(key for row in records for key in row) if _told(records, key)])
    shown = records[:MAX_RECORDS]
    rows = [[_cell(row, key) for key in columns] for row in shown]
    return {
        "title": title,
        "note": "",
        "columns": [_HEADERS.get(key, str(key).replace("_", " ").capitalize()) for key in columns],
        "numeric": [_is_interval(key) or all(_numeric(row.get(key)) for row in shown) for key in columns],
        "rows": rows,
        "more": len(records) - len(shown),
    }


def _told(records, key):
    """Whether a column says anything, as the reasons of undefined numbers do not where all are defined."""
    return any(row.get(key) != "" for row in records)


def _columns(keys):
    """The keys, each pair of limits as one interval in the place of its lower one."""
    lower = {key: f"{key.removesuffix('low')}high" for key in keys if key == "low" or key.endswith("_low")}
    pairs = {low: high for low, high in lower.items() if high in keys}
    return [f"{key.removesuffix('low')}ci" if key in pairs else key for key in keys if key not in pairs.values()]


def _is_interval(key):
    return key == "ci" or str(key).endswith("_ci")


def _numeric(value):
    return value is None or (isinstance(value, (int, float)) and not isinstance(value, bool))


def _cell(row, key):
    if _is_interval(key):
        low, high = (row.get(f"{key.removesuffix('ci')}{end}") for end in ("low", "high"))
        return interval(low, high) if is_number(low) and is_number(high) else "—"
    value = row.get(key)
    if key in _SHARES and is_number(value):
        return percent(round(value, 3))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, float):
        return signed(value) if "difference" in str(key) else fixed(value)
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return listed(item if isinstance(item, str) else json.dumps(item, ensure_ascii=False) for item in value)
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False, default=str)
    indent = len(value) - len(value.lstrip(" "))
    return "\N{EM SPACE}" * min(indent, 1) + value[indent:]
