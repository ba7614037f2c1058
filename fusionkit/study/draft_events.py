"""Guess how a long table of measurements is laid out, and draft its part of a study file and its dictionary."""

import re
from dataclasses import dataclass

import pandas as pd

from ..ehr import DICTIONARY_COLUMNS, infer_types
from ..exceptions import Problem, StudyError
from .draft_options import commented_options

__all__ = ["EventsDraft", "draft_events"]

_GUESSES = {
    "time": (r"time|date|datum|fecha|when|taken|drawn", {"date"}),
    "value": (r"value|result|wert|valor|measure", {"number", "integer"}),
    "name": (r"name|test|analyte|param|item|what|code|variable|lab", {"category", "text"}),
    "unit": (r"unit|einheit|unidad", {"category", "flag", "text"}),
}
"""Part -> how its column may be called, and the types it may have; looked for in this order."""

_SCANS = r"scan|image|imaging|ct|mr|pet|exam|acqui|study"
_COMMON = 0.2
"""Share of the patients who must have a measurement for it to be drafted in full."""

_TEXT = """\
    events:   # one column per measurement, from the values around the scan
      table: {table}
      anchor: {anchor}   # the time of the scan
{columns}{options}      variables:   # take: nearest, last, first, min, max, mean, slope, count; units: see dictionary
{variables}        # {example}   # one measurement may give several columns
"""


@dataclass(frozen=True)
class EventsDraft:
    """The part of a study file that reads a table of events.

    Parameters
    ----------
    text : str
        YAML, indented to stand in a modality.
    lines : DataFrame of str
        A line of the data dictionary for each variable.
    anchor : str
        The column of the clinical table that was taken for the time of the scan.
    """

    text: str
    lines: pd.DataFrame
    anchor: str


def draft_events(events, clinical, types, path, quote):
    """Return the draft for a long table of measurements.

    Parameters
    ----------
    events : Table
        The measurements, with its id column.
    clinical : Table
        The clinical table.
    types : dict of str to str
        The inferred types of its columns.
    path : str
        The table of events as the study file names it.
    quote : callable
        Gives a text as YAML.

    Returns
    -------
    draft : EventsDraft

    Raises
    ------
    StudyError
        If its columns, or the time of the scan, cannot be told.
    """
    columns = _guess_columns(events)
    anchor = _guess_anchor(clinical, types)
    frame = events.frame
    patients = frame.groupby(frame[columns["name"]])[events.id_column].nunique().sort_values(ascending=False)
    variables, lines, keys = [], [], set(clinical.frame.columns)
    for event, n in patients.items():
        key = _key(event, keys)
        entry = "" if key == event else f"name: {quote(event)}, "
        rare = n < _COMMON * len(clinical.frame)
        mark, remark = ("# ", f"   # {n} patients only") if rare else ("", "")
        variables.append(f"        {mark}{quote(key)}: {{{entry}window: [-30d, +1d], take: nearest}}{remark}\n")
        if not rare:
            unit = frame.loc[frame[columns["name"]] == event, columns["unit"]].mode() if "unit" in columns else []
            line = {"name": key, "label": event, "type": "number", "unit": unit.iloc[0] if len(unit) else ""}
            lines.append(dict.fromkeys(DICTIONARY_COLUMNS, "") | line)
    named = "".join(f"      {part}: {quote(column)}\n" for part, column in columns.items() if column != part)
    first = patients.index[0]
    example = f"{quote(_key(f'{first} change', keys))}: {{name: {quote(first)}, window: [-30d, 0d], take: slope}}"
    text = _TEXT.format(
        table=path,
        anchor=quote(anchor),
        options=commented_options("events", 6),
        columns=named,
        variables="".join(variables),
        example=example,
    )
    return EventsDraft(text, pd.DataFrame(lines, columns=list(DICTIONARY_COLUMNS), dtype="str"), anchor)


def _guess_columns(events):
    """Part -> the column that holds it; the unit's may be absent."""
    types = infer_types(events)
    found = {}
    for part, (pattern, kinds) in _GUESSES.items():
        free = [column for column in types if column not in found.values()]
        fitting = [column for column in free if types[column] in kinds]
        called = [column for column in free if re.search(pattern, column, re.IGNORECASE)]
        both = [column for column in called if column in fitting]
        guess = both or called or (fitting[:1] if part != "unit" else [])
        if guess:
            found[part] = guess[0]
    absent = [part for part in ("time", "name", "value") if part not in found]
    if absent:
        message = f"no column can be seen to hold the {' and the '.join(absent)} of the measurements"
        way_out = f"It has {', '.join(types)}; rename one, such as {absent[0]}."
        raise StudyError([Problem(message, way_out, file=events.name)])
    return found


def _guess_anchor(clinical, types):
    dates = [column for column, kind in types.items() if kind == "date"]
    called = [column for column in dates if re.search(_SCANS, column, re.IGNORECASE)]
    if not dates:
        message = "has no column of dates: there is no scan to place measurements around"
        raise StudyError([Problem(message, "Add the date of the scan, or leave --events out.", file=clinical.name)])
    return (called or dates)[0]


def _key(event, taken):
    """A short name for a measurement that no column has yet."""
    plain = re.sub(r"\W+", "_", str(event).strip().casefold()).strip("_") or "event"
    key = plain
    while key in taken:
        key = f"{key}_lab"
    taken.add(key)
    return key
