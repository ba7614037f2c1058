"""One door for every table of the record: CSV, Excel, Parquet or a database."""

from pathlib import Path

from ..exceptions import Problem, StudyError
from .delimited import read_delimited
from .sql import read_sql
from .table import RawTable, finish_table, nearest_name
from .values import DEFAULT_MISSING
from .workbook import cell_text, read_workbook

__all__ = ["read_table"]


def read_table(source, *, id_column, missing=None, name=None, folder=None):
    """Return a table of the health record as text, every row with its line in the file.

    Nothing is converted, so that an id keeps its leading zeros; :func:`coerce_columns` gives the columns their types.
    Whatever is wrong with the table as a whole is found in one go.

    Parameters
    ----------
    source : str or Path
        A file ending in ``.csv``, ``.tsv``, ``.txt`` (comma, semicolon, tab or bar, also where a first line ``sep=;``
        names it; decimal comma; UTF-8 with or without a byte-order mark, UTF-16 with one, or Latin-1 with a warning),
        ``.xlsx``, ``.xlsm`` (``book.xlsx::sheet`` if there are several sheets), ``.parquet``, or
        ``<SQLAlchemy URL>::<query>`` such as ``sqlite:///ehr.db::SELECT * FROM patients``.
    id_column : str or None
        The column that names the patient; None where it is still to be found.
    missing : sequence of str or None, default=None
        Words that mean "no value", compared without regard to case, in place of :data:`DEFAULT_MISSING`; the empty cell
        always does.
    name : str or None, default=None
        What messages call the file; by default the source as written, or the file's name if the path is absolute.
    folder : str, Path or None, default=None
        Where relative paths, also those of SQLite files, begin; by default the working directory.

    Returns
    -------
    table : Table
        Its ``problems`` are warnings only. Rows of Parquet files and queries are counted as if they stood in a text
        file: the first is row 2.

    Raises
    ------
    StudyError
        If the file is absent, cannot be read, is truncated or empty, has unnamed or repeated columns, two header
        rows, merged cells, or no usable id column; every problem found is listed.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from fusionkit.ehr import read_table
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> _ = (folder / "labs.csv").write_text("patient;crp\\n007;1,5\\n008;not available\\n")
    >>> table = read_table("labs.csv", id_column="patient", folder=folder)
    >>> table.frame["patient"].tolist(), table.rows.tolist(), table.decimal
    (['007', '008'], [2, 3], ',')
    """
    text = str(source)
    folder = Path.cwd() if folder is None else Path(folder)
    if "://" in text:
        name = name or "query"
        raw = read_sql(text, folder=folder, name=name)
    else:
        path, _, sheet = text.partition("::")
        name = name or _relative_name(Path(path), folder)
        raw = _read_file(folder / path, sheet or None, name)
    return finish_table(raw, id_column=id_column, missing=DEFAULT_MISSING if missing is None else missing, name=name)


def _relative_name(path, folder):
    """The path as messages give it: never absolute."""
    if path.is_absolute():
        return path.relative_to(folder.absolute()).as_posix() if path.is_relative_to(folder.absolute()) else path.name
    return path.as_posix()


def _read_file(path, sheet, name):
    """What the reader for the file's ending finds; refuses a file that is absent."""
    if not path.is_file():
        siblings = [other.name for other in path.parent.iterdir() if other.is_file()] if path.parent.is_dir() else []
        way_out = nearest_name(path.name, siblings) if siblings else "Check the folder."
        raise StudyError([Problem("there is no such file", way_out, file=name)])
    readers = {
        **dict.fromkeys((".csv", ".tsv", ".txt", ".tab"), lambda: read_delimited(path, name=name)),
        **dict.fromkeys((".xlsx", ".xlsm"), lambda: read_workbook(path, name=name, sheet=sheet)),
        **dict.fromkeys((".parquet", ".pq"), lambda: _read_parquet(path, name)),
    }
    if path.suffix.lower() not in readers:
        endings = ", ".join(readers)
        way_out = f"Save the table as one of {endings}."
        raise StudyError([Problem(f"tables that end in '{path.suffix}' are not read", way_out, file=name)])
    return readers[path.suffix.lower()]()


def _read_parquet(path, name):
    """Header and records of a Parquet file as text."""
    import pyarrow
    import pyarrow.parquet

    try:
        with path.open("rb") as file:
            content = pyarrow.parquet.ParquetFile(file).read()  # unlike read_table, also with a name twice
    except (pyarrow.ArrowException, OSError) as error:
        message = f"the Parquet file cannot be read: {str(error).splitlines()[0]}"
        return RawTable([], [], [], [Problem(message, "Write it again; it may be truncated.", file=name)])
    columns = [[cell_text(value) for value in column.to_pylist()] for column in content.columns]
    records = [list(record) for record in zip(*columns, strict=True)]
    decimals = {field.name for field in content.schema if pyarrow.types.is_floating(field.type)}
    return RawTable(content.column_names, records, list(range(2, len(records) + 2)), decimals=decimals)
