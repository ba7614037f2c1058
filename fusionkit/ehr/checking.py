"""A table held against its dictionary: types, units, ranges and levels, each breach by patient and row."""

from dataclasses import replace

import numpy as np
import pandas as pd

from ..exceptions import Problem
from .coercion import coerce_columns, list_misfits
from .mixed_units import detect_mixed_units
from .ranges import find_outside, range_text, settle_outside
from .table import nearest_name
from .units import UnitError, convert
from .values import is_missing, parse_number

__all__ = ["apply_dictionary", "check_against"]

_SENTINELS = (-9, -99, -999, -9999, 99, 999, 9999, 99999)
_EARLIEST = pd.Timestamp("1900-01-01")


def apply_dictionary(table, dictionary, columns=None, *, out_of_range="exclude"):
    """Return a table's columns as the dictionary has them, and every breach of it.

    Parameters
    ----------
    table : Table
        As :func:`read_table` gives it.
    dictionary : dict of str to Variable
        As :func:`read_dictionary` gives it.
    columns : sequence of str or None, default=None
        The variables wanted; by default all of the dictionary, and columns that it does not have are told.
    out_of_range : {"stop", "exclude", "missing", "keep"}, default="exclude"
        What becomes of a number outside its range: an error that names its patient ("exclude"), with one more that
        names none ("stop"); or a warning, the value being missing or used as it is.

    Returns
    -------
    frame : DataFrame, shape (n_rows, n_variables)
        Typed as :func:`coerce_columns` says, converted to the dictionary's unit, codes replaced by their labels. An
        unknown level is missing.
    problems : list of Problem
        Values that do not fit their type, lie outside their range, are impossible (a date in the future) or no known
        level, by patient; variables that the table does not have; a warning for columns that the dictionary does not
        have, for values that look like a code for "missing", and for a column that looks like two units.
    """
    wanted = {name: dictionary[name] for name in (dictionary if columns is None else columns)}
    problems = []
    for name in [name for name in wanted if name not in table.frame]:
        problems.append(
            Problem(
                f"the dictionary names '{name}', which the table does not have",
                nearest_name(name, table.frame),
                file=table.name,
                column=name,
            )
        )
    extra = [column for column in table.frame if column not in dictionary and column != table.id_column]
    if extra and columns is None:
        shown = f"{', '.join(extra[:5])}{', ...' if len(extra) > 5 else ''}"
        message = f"{len(extra)} columns are not in the dictionary and are not used: {shown}"
        problems.append(Problem(message, "Add them if they matter.", severity="warning", file=table.name))
    wanted = {name: variable for name, variable in wanted.items() if name in table.frame}
    texts = {name: _decode(table.frame[name], variable) for name, variable in wanted.items()}
    table = replace(table, frame=table.frame.assign(**texts))
    frame, found = coerce_columns(table, {name: _column_type(variable) for name, variable in wanted.items()})
    problems += found
    for name, variable in wanted.items():
        check = _CHECKS.get(variable.type.partition(":")[0], _no_check)
        frame[name], found = check(table, frame[name], variable, out_of_range)
        problems += found
    return frame, problems


def check_against(table, dictionary):
    """Return every breach of the dictionary in a table, as :func:`apply_dictionary` finds them.

    Parameters
    ----------
    table : Table
        As :func:`read_table` gives it.
    dictionary : dict of str to Variable
        As :func:`read_dictionary` gives it.

    Returns
    -------
    problems : list of Problem
    """
    return apply_dictionary(table, dictionary)[1]


def _column_type(variable):
    return list(variable.levels) if variable.type == "ordinal" else variable.type


def _decode(texts, variable):
    """The texts without the variable's codes for missing, and with labels in place of codes."""
    numbers = {parse_number(code) for code in variable.missing} - {None}
    codes, uniques = pd.factorize(texts)
    absent = np.array([parse_number(text) in numbers for text in uniques] + [True])[codes]
    texts = texts.mask(is_missing(texts, variable.missing) | absent)
    if not variable.codes:
        return texts
    labels = dict(zip(variable.codes, variable.levels, strict=True))
    return texts.map(lambda text: labels.get(text, labels.get(text.removesuffix(".0"), text)), na_action="ignore")


def _check_number(table, values, variable, out_of_range):
    """In the wanted unit; what lies outside the range, and what looks like a code for missing."""
    problems = []
    if variable.unit_in_file and variable.unit:
        values, problems = _to_unit(table, values, variable)
    outside = find_outside(values, variable.low, variable.high)
    expected = range_text(variable.low, variable.high, variable.unit)
    found, missing = settle_outside(list_misfits(table, variable.name, outside, expected), out_of_range)
    problems += [*found, *_sentinels(table, values, variable)]
    mixed = detect_mixed_units(values, table.ids, analyte=variable.name)
    if mixed is not None:
        problems.append(replace(mixed, file=table.name, column=variable.name))
    return values.mask(outside) if missing else values, problems


def _to_unit(table, values, variable):
    """The values in the wanted unit; without those whose unit is absent or cannot be converted, which are told."""
    analyte = variable.analyte or variable.name
    if not variable.unit_column:
        try:
            return convert(values, variable.unit_in_file, variable.unit, analyte=analyte), []
        except UnitError as error:
            return values * np.nan, [Problem(str(error), file=table.name, column=variable.name)]
    if variable.unit_column not in table.frame:
        message = f"there is no column '{variable.unit_column}' with its unit"
        way_out = nearest_name(variable.unit_column, table.frame)
        return values * np.nan, [Problem(message, way_out, file=table.name, column=variable.name)]
    units, converted, reasons = table.frame[variable.unit_column], values * np.nan, {}
    for unit in units[values.notna()].dropna().unique():
        mask = units == unit
        try:
            converted[mask] = convert(values[mask], unit, variable.unit, analyte=analyte)
        except UnitError as error:
            reasons[unit] = str(error)
    lost = np.flatnonzero(values.notna() & converted.isna())
    problems = [
        Problem(
            reasons.get(units.iloc[i], f"a value without its unit in the column '{variable.unit_column}'"),
            "Correct the unit or leave the value empty.",
            patient=table.ids.iloc[i],
            file=table.name,
            row=int(table.rows[i]),
            column=variable.name,
        )
        for i in lost
    ]
    return converted, problems


def _sentinels(table, values, variable):
    """A warning for a value such as -9 or 999 that lies far from all others."""
    for code in _SENTINELS:
        others = values[(values != code) & values.notna()]
        count = int((values == code).sum())
        apart = (others >= 0).all() if code < 0 else (others < code / 4).all()
        if count and len(others) and apart and variable.low is None and variable.high is None:
            message = f"{count} values are {code}, far from all others: it looks like a code for 'missing'"
            way_out = f"If so, write {code} in the dictionary's column 'missing'."
            yield Problem(message, way_out, severity="warning", file=table.name, column=variable.name)


def _check_levels(table, values, variable, out_of_range):
    """Categories in the declared order; levels that were not declared."""
    if not variable.levels:
        return values, []
    unknown = (values.notna() & ~values.isin(variable.levels)).to_numpy()
    declared = pd.Categorical(values.astype("str").mask(unknown), categories=list(variable.levels))
    expected = f"one of the levels {', '.join(variable.levels)}"
    return pd.Series(declared, index=values.index), list_misfits(table, variable.name, unknown, expected)


def _check_date(table, values, variable, out_of_range):
    """Dates that cannot be: after today, or before 1900."""
    plain = values.dt.tz_localize(None) if values.dt.tz is not None else values
    impossible = ((plain > pd.Timestamp.now() + pd.Timedelta(1, "D")) | (plain < _EARLIEST)).to_numpy()
    return values, list_misfits(table, variable.name, impossible, "a possible date (from 1900 to today)")


def _no_check(table, values, variable, out_of_range):
    return values, []


_CHECKS = {"number": _check_number, "integer": _check_number, "category": _check_levels, "date": _check_date}
