"""Excel workbooks: what a person sees in each cell, as text."""

import datetime
import re
import zipfile

from ..exceptions import Problem
from .table import RawTable

__all__ = ["cell_text", "read_workbook"]


def read_workbook(path, *, name, sheet=None):
    """Return header, records and rows of one sheet of an Excel workbook.

    Parameters
    ----------
    path : Path
        The ``.xlsx`` or ``.xlsm`` file.
    name : str
        Its name for messages.
    sheet : str or None, default=None
        The sheet; by default the only one that holds anything.

    Returns
    -------
    raw : RawTable
        Its problems name merged cells, formula errors and formulas without a stored value, each by row and column.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, OSError, ValueError) as error:
        way_out = "Open it in the program that wrote it and save it again as .xlsx or .csv; it may be truncated."
        return RawTable([], [], [], [Problem(f"the workbook cannot be read: {error}", way_out, file=name)])
    page, problems = _choose_sheet(book, sheet, name)
    if page is None:
        return RawTable([], [], [], problems)
    for merged in sorted(page.merged_cells.ranges, key=lambda merged: merged.bounds):
        message = f"the cells {merged.coord} are merged: only the first of them holds the value"
        problems.append(Problem(message, "Unmerge them and fill in every cell.", file=name, row=merged.min_row))
    values = {}
    if any(cell.data_type == "f" for row in page.iter_rows() for cell in row):
        stored = load_workbook(path, data_only=True)[page.title]
        values = {cell.coordinate: cell.value for row in stored.iter_rows() for cell in row}
    header, records, rows = [], [], []
    for cells in page.iter_rows():
        texts = [_read_cell(cell, values, header, name, problems) for cell in cells]
        if not any(texts):
            continue
        if header:
            records.append(texts)
            rows.append(cells[0].row)
        else:
            header = texts
    return RawTable(header, records, rows, problems)


def _choose_sheet(book, sheet, name):
    """The sheet asked for, or the only one in use; else None and the problem."""
    used = [page for page in book.worksheets if page.max_row > 1 or any(cell.value for cell in page[1])]
    titles = ", ".join(page.title for page in used)
    if sheet is not None:
        chosen = [page for page in used if page.title == sheet]
        problem = Problem(f"there is no sheet '{sheet}' with anything in it", f"Sheets: {titles}.", file=name)
    else:
        chosen = used
        message = f"{len(used)} sheets hold something: {titles}" if used else "the workbook is empty"
        way_out = f"Say which: {name}::{used[0].title}" if used else "Check the export."
        problem = Problem(message, way_out, file=name)
    return (chosen[0], []) if len(chosen) == 1 else (None, [problem])


def _read_cell(cell, values, header, name, problems):
    """The text of a cell; formula errors and formulas without a value are added to the problems."""
    value = cell.value
    place = {"file": name, "row": cell.row, "column": header[cell.column - 1] if header else None}
    if cell.data_type == "f":
        value = values.get(cell.coordinate)
        if value is None:
            message = f"cell {cell.coordinate} is a formula without a stored value"
            problems.append(Problem(message, "Open the file in Excel, let it calculate, and save.", **place))
    if isinstance(value, str) and re.fullmatch(r"#(REF|VALUE|DIV/0|NAME\?|NUM|NULL|N/A|SPILL|CALC)!?", value):
        if value != "#N/A":
            problems.append(Problem(f"cell {cell.coordinate} shows the formula error {value}", "Mend it.", **place))
        return "#N/A"
    text = cell_text(value)
    if isinstance(value, int | float) and re.fullmatch(r"0+", cell.number_format or "") and text.isdigit():
        return text.zfill(len(cell.number_format))
    return text


def cell_text(value):
    """Return a value from a typed table (Excel, Parquet, SQL) as the text that a CSV would hold.

    Parameters
    ----------
    value : object
        Such as 7, 7.0, True, a date or None.

    Returns
    -------
    text : str
        Whole floats lose their ``.0``; dates become ISO 8601; None and NaN become the empty text.

    Examples
    --------
    >>> from fusionkit.ehr.workbook import cell_text
    >>> cell_text(7.0), cell_text("007"), cell_text(True), cell_text(None)
    ('7', '007', 'true', '')
    """
    if value is None or value != value:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() and not value.tzinfo else value.isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value)
