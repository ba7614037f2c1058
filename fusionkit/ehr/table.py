"""Tables as they stand in the user's file: every cell a text, every row with its line."""

import difflib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..exceptions import Problem, StudyError
from .values import is_missing, parse_number

__all__ = ["RawTable", "Table", "finish_table", "nearest_name"]

_SHOWN = 5


@dataclass(frozen=True, eq=False)
class Table:
    """A table of the health record as text, with the place of every row.

    Parameters
    ----------
    frame : DataFrame of str, shape (n_rows, n_columns)
        One row per record with a RangeIndex; missing cells are NA. Nothing is converted: ``007`` stays ``007``.
    rows : ndarray of int, shape (n_rows,)
        The line in the file that each row began on; the header is line 1.
    name : str
        The file's name as messages give it, never an absolute path.
    id_column : str or None
        The column that names the patient; None where it is still to be found.
    problems : tuple of Problem, default=()
        Warnings that reading gave rise to, such as a guessed encoding.
    decimal : {".", ","}, default="."
        The decimal sign of the file.
    """

    frame: pd.DataFrame
    rows: np.ndarray
    name: str
    id_column: str | None
    problems: tuple = ()
    decimal: str = "."

    @property
    def ids(self):
        """The patient of each row, as text."""
        return self.frame[self.id_column]


@dataclass
class RawTable:
    """What a reader found in a file, before the table as a whole is judged.

    Parameters
    ----------
    header : list of str
        The column names as they stand.
    records : list of list of str
        The cells, each record as long as the header.
    rows : list of int
        The line that each record began on.
    problems : list of Problem, default=()
        Everything found so far; errors among them refuse the table.
    delimiter : str, default=""
        What parted the cells, for text files.
    decimals : collection of str, default=()
        The columns that are stored as decimal numbers, where the source knows types.
    """

    header: list
    records: list
    rows: list
    problems: list | tuple = ()
    delimiter: str = ""
    decimals: tuple | set = ()


def nearest_name(name, names):
    """Return ``"Did you mean 'x'?"`` for the closest of the names, or the first few names if none is close."""
    names = [str(other) for other in names]
    lower = {other.casefold(): other for other in names}
    close = difflib.get_close_matches(str(name).casefold(), lower, n=1, cutoff=0.5)
    if close:
        return f"Did you mean '{lower[close[0]]}'?"
    return f"There are: {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}."


def finish_table(raw, *, id_column, missing, name):
    """Return the :class:`Table` of a reader's find, or raise StudyError with everything that is wrong with it.

    Parameters
    ----------
    raw : RawTable
        Header, records and problems from a reader.
    id_column : str or None
        The column that names the patient; None where it is still to be found.
    missing : sequence of str
        Words that mean "no value".
    name : str
        The file's name for messages.

    Returns
    -------
    table : Table

    Raises
    ------
    StudyError
        If columns are unnamed or named twice, a second header stands among the rows, the id column is absent or has
        empty or decimal cells, or nothing is left to read.
    """
    if not raw.header:
        raise StudyError(raw.problems)
    header = [str(column).strip() for column in raw.header]
    frame = pd.DataFrame(raw.records, columns=range(len(header)), dtype=object)
    texts = {i: frame[i].astype("str").str.strip() for i in frame}
    texts = {i: column.mask(is_missing(column, missing)) for i, column in texts.items()}
    texts = {i: column for i, column in texts.items() if header[i] or column.notna().any()}
    problems = list(raw.problems)
    problems += _header_problems([header[i] for i in texts], name)
    rows = np.asarray(raw.rows, dtype=np.int64)
    if not len(rows):
        problems.append(Problem("the table has no rows below its header", "Check the export.", file=name))
    problems += _second_header_problems(header, raw.records, texts, rows, name)
    if id_column in header:
        stored = id_column in raw.decimals
        problems += _id_problems(texts.get(header.index(id_column)), rows, name, id_column, stored)
    elif id_column is not None:
        message = f"there is no column '{id_column}' to tell the patients by"
        problems.append(Problem(message, nearest_name(id_column, filter(None, header)), file=name))
    decimal, found = _decimal_sign(texts, raw.delimiter, name)
    if any(problem.severity == "error" for problem in problems):
        raise StudyError(problems)
    frame = pd.DataFrame({header[i]: column for i, column in texts.items()}, dtype="str")
    return Table(frame, rows, name, id_column, tuple(problems + found), decimal)


def _header_problems(header, name):
    """Unnamed columns that hold values, and names that stand twice."""
    for position, column in enumerate(header, start=1):
        if not column:
            yield Problem(f"column {position} holds values and has no name", "Name it or delete it.", file=name, row=1)
        elif header.index(column) != position - 1:
            first = header.index(column) + 1
            message = f"the name stands twice in the header, at positions {first} and {position}"
            yield Problem(message, "Rename or delete one of them.", file=name, row=1, column=column)


def _second_header_problems(header, records, texts, rows, name):
    """The header repeated among the rows (files pasted together), or a row of units or labels below it."""
    for record, row in zip(records, rows, strict=True):
        if record[0].strip() == header[0] and [cell.strip() for cell in record] == header:
            yield Problem("the header stands here again", "Delete this line.", file=name, row=int(row))
    if len(rows) < 3:
        return
    odd = []
    for i, column in texts.items():
        below = column.iloc[1:].dropna()
        if len(below) > 1 and all(_numeric(text) for text in below.unique()):
            first = column.iloc[0]
            odd.append((header[i], None if pd.isna(first) else not _numeric(first), first))
    judged = [told for _, told, _ in odd if told is not None]
    if len(judged) > 1 and all(judged):
        cells = ", ".join(f"{column}: {first}" for column, told, first in odd[:_SHOWN] if told)
        message = f"this row looks like a second header: words stand above columns of numbers ({cells})"
        yield Problem(message, "Keep one header row; units belong in the dictionary.", file=name, row=int(rows[0]))


def _numeric(text):
    return parse_number(text) is not None or parse_number(text, decimal=",") is not None


def _id_problems(ids, rows, name, id_column, stored_as_decimals):
    """Rows that name no patient, and ids that a program has turned into decimals."""
    if ids is None:
        ids = pd.Series([None] * len(rows), dtype="str")
    for row in rows[ids.isna().to_numpy()]:
        way_out = "Fill it in, or delete the row if it is a total or a note."
        yield Problem("the row names no patient", way_out, file=name, row=int(row), column=id_column)
    decimals = ids.str.fullmatch(r"\d+[.,]0+|\d+([.,]\d+)?[eE]\+?\d+", na=False).to_numpy()
    decimals = ids.notna().to_numpy() if stored_as_decimals else decimals
    if decimals.any():
        shown = ", ".join(ids[decimals].head(_SHOWN))
        message = f"{decimals.sum()} patient ids are decimals ({shown}): a program took them for numbers on the way"
        way_out = "Export the column as text; leading zeros may be lost, so compare with the images' ids."
        yield Problem(message, way_out, file=name, row=int(rows[decimals][0]), column=id_column)


def _decimal_sign(texts, delimiter, name):
    """The decimal sign of the file, and a warning if both are in use; ``1,234`` alone decides nothing."""
    uniques = pd.concat(
        [pd.Series(column.unique(), dtype="str") for column in texts.values()] or [pd.Series(dtype="str")]
    )
    comma = uniques[uniques.str.fullmatch(r"[-+]?\d+,\d+", na=False).to_numpy(bool)]
    point = uniques[uniques.str.fullmatch(r"[-+]?\d*\.\d+", na=False).to_numpy(bool)]
    sure = comma[~comma.str.fullmatch(r"[-+]?[1-9]\d{0,2},\d{3}").to_numpy(bool)]
    if len(sure) and len(point):
        message = f"both decimal signs are in use, such as {sure.iloc[0]} and {point.iloc[0]}; the point is taken"
        return ".", [Problem(message, "Write all numbers with one sign.", severity="warning", file=name)]
    if len(sure) or (len(comma) and not len(point) and delimiter in {";", "\t"}):
        return ",", []
    return ".", []
