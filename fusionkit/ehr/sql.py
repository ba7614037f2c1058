"""Tables from a database: ``<SQLAlchemy URL>::<query>``."""

from .._optional import import_optional
from ..exceptions import Problem
from .table import RawTable
from .workbook import cell_text

__all__ = ["read_sql"]


def read_sql(source, *, folder, name):
    """Return the rows of a query as text; the transaction is rolled back, so that a query cannot change the database.

    Parameters
    ----------
    source : str
        ``<SQLAlchemy URL>::<query>``, such as ``sqlite:///ehr.db::SELECT * FROM patients``. Passwords are better kept
        out of it: drivers read them from their own files (``~/.pgpass``) or variables (``PGPASSWORD``).
    folder : Path
        Where the relative path of a SQLite file begins.
    name : str
        What messages call the table.

    Returns
    -------
    raw : RawTable
        Its problems name a source without a query, a SQLite file that is absent and what the database answered;
        never the password.
    """
    sqlalchemy = import_optional("sqlalchemy", "reading a table from a database")
    address, separator, query = str(source).partition("::")
    if not separator or not query.strip():
        way_out = "Write sqlite:///ehr.db::SELECT ..., the query after two colons."
        return RawTable([], [], [], [Problem("a database address without a query", way_out, file=name)])
    engine = None
    try:
        url = sqlalchemy.make_url(address)
        if url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}:
            path = folder / url.database
            if not path.is_file():
                message = f"there is no SQLite file '{url.database}'"
                return RawTable([], [], [], [Problem(message, f"Check the address {url!r}.", file=name)])
            url = url.set(database=str(path))
        engine = sqlalchemy.create_engine(url)
        with engine.connect() as connection:
            result = connection.execute(sqlalchemy.text(query))
            if not result.returns_rows:
                message = "the query gives no table; what it changed was taken back"
                return RawTable([], [], [], [Problem(message, "Write a SELECT.", file=name)])
            header = list(result.keys())
            values = [tuple(row) for row in result]
            connection.rollback()
    except (sqlalchemy.exc.SQLAlchemyError, ImportError) as error:
        message = f"the database answered: {_answer(getattr(error, 'orig', None) or error)}"
        return RawTable([], [], [], [Problem(message, "Try the query in the database's own program.", file=name)])
    finally:
        if engine is not None:
            engine.dispose()
    decimals = {
        name for name, *column in zip(header, *values, strict=True) if any(isinstance(v, float) for v in column)
    }
    records = [[cell_text(value) for value in row] for row in values]
    return RawTable(header, records, list(range(2, len(records) + 2)), decimals=decimals)


def _answer(error):
    """The first line of what the driver says; some drivers pack it in a dict under M, as the server's protocol does."""
    told = error.args[0] if error.args else error
    return str(told.get("M", told) if isinstance(told, dict) else error).splitlines()[0]
