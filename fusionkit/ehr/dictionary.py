"""The data dictionary: what each column means, in which unit, within which range."""

from dataclasses import dataclass

import pandas as pd

from .._tables import restore
from ..exceptions import Problem, StudyError
from .coercion import COLUMN_TYPES, coerce_columns, infer_types
from .reading import read_table
from .redcap import is_redcap, redcap_entries
from .table import nearest_name
from .units import UnitError, ucum_code
from .values import parse_flag, parse_number

__all__ = ["DICTIONARY_COLUMNS", "Variable", "draft_dictionary", "read_dictionary"]

DICTIONARY_COLUMNS = (
    *("name", "label", "type", "unit", "unit_in_file", "analyte", "low", "high", "levels", "missing", "loinc"),
    "defines_outcome",
)
"""The columns of ``dictionary.csv``; only ``name`` and ``type`` are required."""


@dataclass(frozen=True)
class Variable:
    """One line of the data dictionary.

    Parameters
    ----------
    name : str
        The column in the table.
    type : str
        One of :data:`COLUMN_TYPES`, or ``date:`` and a format.
    label : str, default=""
        What a reader of the report sees.
    unit : str or None, default=None
        The unit that values are wanted in.
    unit_in_file : str or None, default=None
        The unit that they stand in, where it is another one; ``column:`` and a name where each row has its own.
    analyte : str, default=""
        What is measured, for mass to amount, where the name does not tell.
    low, high : float or None, default=None
        The range of plausible values, both ends included, in ``unit``.
    levels : tuple of str, default=()
        What a category or ordinal column may hold; of an ordinal one the lowest first.
    codes : tuple of str, default=()
        What stands in the file for each level, if it is something else.
    missing : tuple of str, default=()
        Codes that mean "no value" in this column, such as ``-9``.
    loinc : str, default=""
        The LOINC code.
    defines_outcome : bool, default=False
        Whether the column gives the outcome away and must not be used to predict it.
    """

    name: str
    type: str
    label: str = ""
    unit: str | None = None
    unit_in_file: str | None = None
    analyte: str = ""
    low: float | None = None
    high: float | None = None
    levels: tuple = ()
    codes: tuple = ()
    missing: tuple = ()
    loinc: str = ""
    defines_outcome: bool = False

    @property
    def unit_column(self):
        """The column that holds the unit of each row: a str or None."""
        prefix, _, column = (self.unit_in_file or "").partition(":")
        return column.strip() if prefix == "column" else None


def read_dictionary(path, *, name=None, folder=None):
    """Return the variables of a data dictionary by name.

    Parameters
    ----------
    path : str or Path
        A table with the columns of :data:`DICTIONARY_COLUMNS`, levels and missing codes separated by ``|`` and levels
        written ``code=label`` where the file holds codes; or the data dictionary that REDCap exports.
    name : str or None, default=None
        What messages call the file.
    folder : str, Path or None, default=None
        Where a relative path begins; by default the working directory.

    Returns
    -------
    dictionary : dict of str to Variable

    Raises
    ------
    StudyError
        If a name stands twice, a type or unit is not known, a range or level cannot be; every problem is listed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from fusionkit.ehr import read_dictionary
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "dictionary.csv"
    >>> _ = path.write_text("name,type,high,levels\\nage,number,110,\\nsex,category,,1=female|2=male\\n")
    >>> dictionary = read_dictionary(path)
    >>> dictionary["age"].high, dictionary["sex"].levels
    (110.0, ('female', 'male'))
    """
    table, entries = _read_entries(path, name, folder)
    variables, problems = {}, []
    for row, entry in entries:
        variable, found = _read_variable(entry)
        if entry["name"] in variables:
            found.append(("name", f"the variable '{entry['name']}' stands twice", "Delete one of the lines."))
        problems += [
            Problem(message, way_out, file=table.name, row=row, column=column) for column, message, way_out in found
        ]
        variables[entry["name"]] = variable
    if problems:
        raise StudyError(problems)
    return variables


def _read_entries(path, name, folder):
    """The table, and its lines as (row, cells by column of :data:`DICTIONARY_COLUMNS`)."""
    options = {"missing": (), "name": name, "folder": folder}
    try:
        table = read_table(path, id_column="name", **options)
    except StudyError as error:
        redcap = is_redcap(path, folder)
        if redcap is None:
            raise error
        table = read_table(path, id_column=redcap, **options)
        return table, redcap_entries(table)
    unknown = [column for column in table.frame if column not in DICTIONARY_COLUMNS]
    problems = [
        Problem(
            "no such column in a dictionary", nearest_name(column, DICTIONARY_COLUMNS), file=table.name, column=column
        )
        for column in unknown
    ]
    if "type" not in table.frame:
        problems.append(Problem("the dictionary has no column 'type'", "Add it.", file=table.name, row=1))
    if problems:
        raise StudyError(problems)
    frame = table.frame.reindex(columns=list(DICTIONARY_COLUMNS)).astype("str").fillna("").map(restore)
    return table, list(zip(map(int, table.rows), frame.to_dict("records"), strict=True))


def _read_variable(entry):
    """The Variable of one line, and what is wrong with it as (column, message, way out)."""
    found = []
    kind = entry["type"].partition(":")[0]
    if kind not in COLUMN_TYPES:
        allowed = f"Types: {', '.join(COLUMN_TYPES)}."
        found.append(("type", f"'{entry['type']}' is not a type", allowed))
    pairs = [level.partition("=")[::2] for level in _split(entry["levels"])]
    codes, levels = tuple(code.strip() for code, _ in pairs), tuple((label or code).strip() for code, label in pairs)
    if kind == "ordinal" and len(levels) < 2:
        found.append(("levels", "an ordinal variable needs its levels", "Write them lowest first: I | II | III."))
    for texts in (codes, levels):
        if len(set(texts)) < len(texts):
            found.append(("levels", f"a level stands twice in '{entry['levels']}'", "Delete one."))
            break
    limits = {side: _read_limit(entry[side], side, found) for side in ("low", "high")}
    if None not in limits.values() and limits["low"] > limits["high"]:
        found.append(("low", f"low ({entry['low']}) is above high ({entry['high']})", "Exchange them."))
    for column in ("unit", "unit_in_file"):
        try:
            ucum_code("1" if entry[column].startswith("column:") and column == "unit_in_file" else entry[column] or "1")
        except UnitError as error:
            found.append((column, str(error), ""))
    outcome = parse_flag(entry["defines_outcome"]) if entry["defines_outcome"] else 0.0
    if outcome is None:
        found.append(("defines_outcome", f"'{entry['defines_outcome']}' is not yes or no", "Write yes or no."))
    variable = Variable(
        entry["name"],
        entry["type"],
        entry["label"],
        entry["unit"] or None,
        entry["unit_in_file"] or None,
        entry["analyte"],
        **limits,
        levels=levels,
        codes=codes if codes != levels else (),
        missing=tuple(_split(entry["missing"])),
        loinc=entry["loinc"],
        defines_outcome=bool(outcome),
    )
    return variable, found


def _split(text):
    return [part.strip() for part in text.split("|") if part.strip()]


def _read_limit(text, side, found):
    """A bound of the range; a text that is not a number is added to what was found."""
    value = parse_number(text.replace(",", ".")) if text else None
    if text and value is None:
        found.append((side, f"'{text}' is not a number", "Write a number or leave it empty."))
    return value


def draft_dictionary(table):
    """Return a data dictionary drafted from the values, for a person to correct and save as ``dictionary.csv``.

    Parameters
    ----------
    table : Table
        As :func:`read_table` gives it.

    Returns
    -------
    draft : DataFrame of str
        The columns of :data:`DICTIONARY_COLUMNS`, a row per column of the table but the id: the type that fits, the
        lowest and highest number, the levels (none where one holds ``|`` or ``=``, which part them). Units, codes that
        mean missing and what defines the outcome are for the person who knows.
    """
    types = infer_types(table)
    frame, _ = coerce_columns(table, types)
    lines = []
    for column, kind in types.items():
        line = dict.fromkeys(DICTIONARY_COLUMNS, "") | {"name": column, "label": column.replace("_", " "), "type": kind}
        if kind in {"number", "integer"}:
            line |= {"low": f"{frame[column].min():g}", "high": f"{frame[column].max():g}"}
        elif kind == "category" and not any(sign in level for level in frame[column].cat.categories for sign in "|="):
            line["levels"] = " | ".join(frame[column].cat.categories)
        lines.append(line)
    return pd.DataFrame(lines, columns=list(DICTIONARY_COLUMNS), dtype="str")
