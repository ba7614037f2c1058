"""From text to types: each column as the dictionary says, each value that does not fit by patient and row."""

import numpy as np
import pandas as pd

from ..exceptions import Problem
from .dates import date_formats, parse_dates
from .table import nearest_name
from .values import parse_flag, parse_number

__all__ = ["COLUMN_TYPES", "coerce_columns", "infer_types", "level_text", "list_misfits"]

COLUMN_TYPES = ("number", "integer", "category", "flag", "ordinal", "date", "text", "code")
"""What a column may be; ``ordinal`` comes with its levels in order."""

_MANY = 0.2
_DATES_LOOKED_AT = 1000
_SHOWN = 5
_MOST_LEVELS = 12


def coerce_columns(table, types):
    """Return the columns of a table in their types, and every value that does not fit.

    Parameters
    ----------
    table : Table
        As :func:`read_table` gives it.
    types : dict of str to str or list
        Column -> ``"number"`` or ``"integer"`` (float64), ``"flag"`` (1.0 yes, 0.0 no), ``"category"`` (pandas
        category), ``"date"`` (datetime64; ``"date:DD/MM/YYYY"`` names the format where the values leave it open),
        ``"text"`` or ``"code"`` (str), or the levels of an ordinal column, lowest first (their rank from 0.0).

    Returns
    -------
    frame : DataFrame, shape (n_rows, n_types)
        The columns of ``types`` in its order, missing where a value is missing or does not fit.
    problems : list of Problem
        One per value that does not fit, with patient and row; where more than a fifth of a column does not fit, one
        for the column.

    Raises
    ------
    ValueError
        If a type is none of these.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from fusionkit.ehr import coerce_columns, read_table
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "ehr.csv"
    >>> _ = path.write_text("id,age,stage\\n" + "\\n".join(f"P{i},{60 + i},II" for i in range(9)) + "\\nP9,7o,III")
    >>> types = {"age": "number", "stage": ["I", "II", "III"]}
    >>> frame, problems = coerce_columns(read_table(path, id_column="id"), types)
    >>> frame.tail(2).to_dict("list")
    {'age': [68.0, nan], 'stage': [1.0, 2.0]}
    >>> print(problems[0])
    ehr.csv, row 11, column age, patient P9: '7o' is not a number. Correct it or leave it empty.
    """
    columns, problems = {}, []
    for column, declared in types.items():
        kind, option = _read_type(column, declared)
        if column not in table.frame:
            message = "the table has no such column"
            problems.append(Problem(message, nearest_name(column, table.frame), file=table.name, column=column))
            continue
        texts = table.frame[column]
        columns[column], misfit, expected, found = _COERCE[kind](texts, table.decimal, option)
        problems += [Problem(file=table.name, column=column, **one) for one in found]
        problems += list_misfits(table, column, misfit, expected)
    return pd.DataFrame(columns, index=table.frame.index), problems


def _read_type(column, declared):
    """Kind and option (levels, date format) of a declared type."""
    if isinstance(declared, list | tuple):
        return "ordinal", [level_text(level) for level in declared]
    kind, _, option = str(declared).partition(":")
    if kind not in _COERCE or kind == "ordinal":
        allowed = ", ".join(sorted(set(_COERCE) - {"ordinal"}))
        raise ValueError(f"types[{column!r}] is one of {allowed}, or a list of levels; got {declared!r}")
    return kind, option or None


def level_text(level):
    """Return a level as the text that stands in a table; YAML reads a bare yes or no as True or False.

    Parameters
    ----------
    level : object
        Such as ``"II"``, 2, 2.0 or True.

    Returns
    -------
    text : str
    """
    if isinstance(level, bool):
        return "yes" if level else "no"
    return str(int(level)) if isinstance(level, float) and level.is_integer() else str(level).strip()


def list_misfits(table, column, misfit, expected):
    """Return one problem per value that does not fit, or one for the column if they are more than a fifth of it.

    Parameters
    ----------
    table : Table
        The table as text.
    column : str
        The column.
    misfit : ndarray of bool, shape (n_rows,)
        Which of its values do not fit.
    expected : str
        What they should be, after "is not".

    Returns
    -------
    problems : list of Problem
    """
    where = np.flatnonzero(misfit)
    texts = table.frame[column]
    if len(where) > max(1, _MANY * texts.notna().sum()):
        shown = ", ".join(repr(text) for text in texts.iloc[where].unique()[:_SHOWN])
        message = f"{len(where)} of {texts.notna().sum()} values are not {expected}, such as {shown}"
        way_out = "Correct the column's type in the dictionary, or name its missing codes."
        return [Problem(message, way_out, file=table.name, row=int(table.rows[where[0]]), column=column)]
    ids = table.ids
    return [
        Problem(
            f"{texts.iloc[i]!r} is not {expected}",
            "Correct it or leave it empty.",
            patient=ids.iloc[i],
            file=table.name,
            row=int(table.rows[i]),
            column=column,
        )
        for i in where
    ]


def _by_value(texts, convert):
    """The texts through a function of one text, each distinct text once; None becomes NaN and a misfit."""
    codes, uniques = pd.factorize(texts)
    converted = np.array([np.nan if (value := convert(text)) is None else value for text in uniques] + [np.nan])
    values = pd.Series(converted[codes].astype(float), index=texts.index)
    return values, (values.isna() & texts.notna()).to_numpy()


def _number(texts, decimal, option):
    values, misfit = _by_value(texts, lambda text: parse_number(text, decimal))
    return values, misfit, "a number", []


def _integer(texts, decimal, option):
    def whole(text):
        value = parse_number(text, decimal)
        return value if value is not None and value.is_integer() else None

    values, misfit = _by_value(texts, whole)
    return values, misfit, "a whole number", []


def _flag(texts, decimal, option):
    values, misfit = _by_value(texts, lambda text: parse_flag(text, decimal))
    return values, misfit, "yes or no", []


def _ordinal(texts, decimal, levels):
    ranks = {level.casefold(): float(rank) for rank, level in enumerate(levels)}

    def rank(text):
        value = parse_number(text, decimal)
        found = ranks.get(text.casefold())
        return found if found is not None or value is None else ranks.get(level_text(value).casefold())

    values, misfit = _by_value(texts, rank)
    return values, misfit, f"one of the levels {', '.join(levels)}", []


def _category(texts, decimal, option):
    """Text levels, and a warning where two of them look like one."""
    levels = sorted(texts.dropna().unique())
    alike = {}
    for level in levels:
        value = parse_number(level, decimal)
        alike.setdefault(level.casefold() if value is None else value, []).append(level)
    found = [
        {
            "message": f"the levels {', '.join(map(repr, group))} look like one",
            "way_out": "Write them alike.",
            "severity": "warning",
        }
        for group in alike.values()
        if len(group) > 1
    ]
    values = pd.Series(pd.Categorical(texts, categories=levels), index=texts.index)
    return values, np.zeros(len(texts), dtype=bool), "a level", found


def _date(texts, decimal, date_format):
    """Dates in the one format that the values leave open; else nothing, and a problem of the column."""
    known = texts.dropna()
    found = (date_format, []) if date_format else _find_date_format(known.iloc[:_DATES_LOOKED_AT])
    values = _read_dates(texts, *found)
    doubtful = bool(values[3]) or values[1].sum() > _MANY * len(known)
    if not date_format and doubtful and len(known) > _DATES_LOOKED_AT:
        values = _read_dates(texts, *_find_date_format(known))
    return values


def _read_dates(texts, date_format, said):
    """Values, misfits, what was expected and what is said of the column, for one format or none."""
    if date_format is None:
        empty = pd.Series(pd.NaT, index=texts.index, dtype="datetime64[us]")
        return empty, texts.notna().to_numpy() & (not said), "a date", said
    dates, mixed = parse_dates(texts, date_format)
    misfit = (dates.isna() & texts.notna()).to_numpy()
    if mixed:
        said = [{"message": "some dates state a time zone and others do not", "way_out": "State it everywhere."}]
        dates = dates.mask(dates.notna())
    return dates, misfit, f"a date ({date_format})", said


def _find_date_format(texts):
    """The format of a column of dates, or None and why: several are in use, or two fit as well."""
    fits = date_formats(texts)
    counts = fits.sum()
    dated = int(fits.any(axis=1).sum())
    if not dated:
        return None, []
    best = counts.index[counts == counts.max()]
    if len(best) == 1 and counts.max() >= (1 - _MANY) * dated:
        return best[0], []
    if counts.max() == dated:
        message = f"day and month cannot be told apart: the dates fit {' and '.join(best)}, such as {texts.iloc[0]}"
        return None, [
            {"message": message, "way_out": f"Write YYYY-MM-DD, or the type as 'date:{best[0]}' in the dictionary."}
        ]
    used = {}
    while fits.any(axis=None):
        most = fits.sum().idxmax()
        used[most] = int(fits[most].sum())
        fits = fits[~fits[most]]
    told = ", ".join(f"{name} ({count})" for name, count in used.items())
    message = f"the dates are written in several formats: {told}"
    return None, [{"message": message, "way_out": "Write all of them as YYYY-MM-DD."}]


def _text(texts, decimal, option):
    return texts, np.zeros(len(texts), dtype=bool), "a text", []


_COERCE = {
    "number": _number,
    "integer": _integer,
    "flag": _flag,
    "category": _category,
    "ordinal": _ordinal,
    "date": _date,
    "text": _text,
    "code": _text,
}
"""Type -> function of (texts, decimal, option) that gives values, misfits, what was expected and problems found."""


def infer_types(table, columns=None):
    """Return a first guess of the columns' types, for a person to correct.

    Parameters
    ----------
    table : Table
        As :func:`read_table` gives it.
    columns : sequence of str or None, default=None
        The columns of interest; by default all but the id column.

    Returns
    -------
    types : dict of str to str
        ``"flag"`` where all values are 0 and 1 or yes and no; ``"number"`` (``"integer"`` if whole) where four fifths
        of the values are numbers and more than two of them differ (the rest are misprints, or words for missing that
        are still to be named); ``"date"`` where all are dates of one format; ``"category"`` where there are few levels;
        else ``"text"``. A column without any value is ``"text"``.
    """
    chosen = [column for column in table.frame if column != table.id_column] if columns is None else columns
    return {column: _infer(table.frame[column].dropna(), table.decimal) for column in chosen}


def _infer(texts, decimal):
    uniques = texts.unique()
    if not len(uniques):
        return "text"
    flags = len({text.casefold() for text in uniques}) <= 2
    if flags and all(parse_flag(text, decimal) is not None for text in uniques):
        return "flag"
    numbers = {text: parse_number(text, decimal) for text in uniques}
    read = [number for number in numbers.values() if number is not None]
    if len(read) == len(uniques) <= 2:
        return "category"
    if len(read) > 2 and texts.map(numbers).notna().mean() >= 1 - _MANY:
        return "integer" if all(number.is_integer() for number in read) else "number"
    if date_formats(pd.Series(uniques)).all().any():
        return "date"
    few = len(uniques) <= _MOST_LEVELS and len(uniques) <= max(2, len(texts) / 2)
    return "category" if few else "text"
