"""The tables of a study, each read once, held against the dictionary, with everything that is wrong with them."""

from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..ehr import (
    DEFAULT_MISSING,
    Variable,
    apply_dictionary,
    coerce_columns,
    common_clock,
    infer_types,
    read_dictionary,
    read_table,
)
from ..ehr.clocks import DAY, MISSING_TIME
from ..ehr.sql import read_sql
from ..ehr.table import finish_table, nearest_name
from ..exceptions import Problem, StudyError

__all__ = ["Tables", "ask_databases"]

_SHOWN = 5


class Tables:
    """Reads each table of a study once and collects what is wrong with it.

    Parameters
    ----------
    spec : StudySpec
        The study.
    folder : path-like
        What the study's paths are relative to.
    pseudonyms : Pseudonyms or None, default=None
        What replaces the ids of patients as soon as a table is read.
    answers : dict of str to RawTable or None, default=None
        What databases have answered already, as :func:`ask_databases` gives it; each is taken once.

    Attributes
    ----------
    problems : list of Problem
        Everything found so far, in the order found.
    dictionary : dict of str to Variable
        The data dictionary; empty where the study names none.
    """

    def __init__(self, spec, folder, pseudonyms=None, answers=None):
        self.spec = spec
        self._answers = {} if answers is None else answers
        self.pseudonyms = pseudonyms
        self.folder = Path(folder)
        self.problems = []
        self._tables = {}
        self._doubled_reported = set()
        self._described = {}
        self.dictionary = {}
        if spec.dictionary is not None:
            try:
                path = spec.dictionary_file(self.folder).absolute()
                self.dictionary = read_dictionary(path, name=spec.dictionary)
            except StudyError as error:
                self.problems += error.problems

    @property
    def fatal(self):
        """Whether something was found that concerns the study as a whole: a bool."""
        return any(p.severity == "error" and p.patient is None for p in self.problems)

    def read(self, source, id_column=None):
        """Return the table of that name, or None when it cannot be read.

        Parameters
        ----------
        source : str
            The table as the study names it.
        id_column : str or None, default=None
            The column that names the patient; the study's when None.

        Returns
        -------
        table : Table or None
        """
        if source not in self._tables:
            words = (*DEFAULT_MISSING, *self.spec.missing)
            options = {"id_column": id_column or self.spec.id_of(source), "missing": words, "name": _short_name(source)}
            try:
                answer = self._answers.pop(source, None)
                if answer is None:
                    table = read_table(source, folder=self.folder, **options)
                else:
                    table = finish_table(answer, **options)
                self.problems += table.problems
                if self.pseudonyms is not None and id_column is None:  # elsewhere the column names codes, not patients
                    table = self.pseudonyms.of_table(table)
            except StudyError as error:
                self.problems += error.problems
                table = None
            self._tables[source] = table
        return self._tables[source]

    def column(self, table, column, what):
        """Return the column if the table has it; otherwise None, and a problem with the nearest name is added.

        Parameters
        ----------
        table : Table
            Where it should stand.
        column : str
            Its name.
        what : str
            What it is wanted for, for the message.

        Returns
        -------
        column : Series of str or None
        """
        if column in table.frame.columns:
            return table.frame[column]
        way_out = nearest_name(column, table.frame.columns)
        self.problems.append(Problem(f"has no column {column!r} ({what})", way_out, file=table.name))
        return None

    def by_patient(self, table, frame, way_out="Keep one row per patient."):
        """Return a frame with the table's rows indexed by patient; patients of several rows are told and left out.

        Parameters
        ----------
        table : Table
            The table.
        frame : DataFrame
            Its rows, in its order.
        way_out : str, default='Keep one row per patient.'
            What a user can do about patients with several rows.

        Returns
        -------
        frame : DataFrame
        """
        ids = table.ids
        doubled = ids.notna() & ids.duplicated(keep=False)
        if table.name not in self._doubled_reported:
            self._doubled_reported.add(table.name)
            rows = pd.Series(table.rows, index=ids.index)
            for patient, lines in rows[doubled].groupby(ids):
                message = f"stands in {len(lines)} rows ({', '.join(map(str, lines[:_SHOWN]))}); which one counts?"
                place = {"file": table.name, "column": table.id_column}
                self.problems.append(Problem(message, way_out, patient=str(patient), **place))
        usable = ids.notna() & ~doubled
        return frame.loc[usable].set_axis(pd.Index(ids[usable].astype(object), name="patient"))

    def typed(self, table, types):
        """Return columns in their types, in the dictionary's unit, with every breach of it among the problems.

        Parameters
        ----------
        table : Table
            The table.
        types : dict of str to (str or list or None)
            Column -> its type in the study file; None takes the dictionary's, or the one that fits.

        Returns
        -------
        frame : DataFrame
            Without columns that the table does not have or whose types contradict each other.
        variables : dict of str to Variable
            What each column of the frame is.
        """
        inferred = infer_types(table, [c for c, kind in types.items() if kind is None and c not in self.dictionary])
        variables = {}
        for column, kind in types.items():
            variable = self._variable(table, column, kind or inferred.get(column))
            if variable is not None:
                variables[column] = variable
        self._described.setdefault(table.name, (table, set()))[1].update(variables)
        frame, problems = apply_dictionary(table, variables, list(variables), out_of_range=self.spec.out_of_range)
        self.problems += problems
        return frame, variables

    def _variable(self, table, column, kind):
        """What a column is, by the dictionary or else the study file; None where the two contradict each other."""
        described = self.dictionary.get(column)
        declared = Variable(column, "ordinal", levels=tuple(kind)) if isinstance(kind, list) else kind
        if described is None:
            return declared if isinstance(declared, Variable) else Variable(column, declared)
        own = declared.type if isinstance(declared, Variable) else declared
        same_levels = not isinstance(declared, Variable) or declared.levels in (described.levels, described.codes)
        if own is None or (own == described.type and same_levels):
            return described
        if own in {"text", "category"} and described.type in {"text", "category", "code"}:
            return replace(described, type=own)
        message = f"the study file says {own}, {self.spec.dictionary} says {described.type}"
        self.problems.append(Problem(message, "Correct one of them.", file=table.name, column=column))
        return None

    def dates(self, table, column):
        """Return a column of dates; their format is the dictionary's where it says one.

        Parameters
        ----------
        table : Table
            The table.
        column : str
            A column that it has.

        Returns
        -------
        dates : Series of datetime64
        """
        described = self.dictionary.get(column)
        kind = described.type if described is not None and described.type.startswith("date") else "date"
        frame, problems = coerce_columns(table, {column: kind})
        self.problems += problems
        return frame[column]

    def days(self, times, resolution="exact", name=None):
        """Return several series of times, of one length, as days on one clock; NaN where there is no time.

        Parameters
        ----------
        times : dict of str to Series
            What the times are -> datetimes.
        resolution : {"exact", "day"}, default='exact'
            ``"day"`` keeps the calendar day alone.
        name : str or None, default=None
            The file that messages name.

        Returns
        -------
        days : dict of str to Series, or None
            None where they cannot be compared, which is told.
        """
        try:
            clocks, problems = common_clock(times, resolution=resolution, timezone=self.spec.timezone)
        except ValueError as error:
            self.tell_clock(error, name)
            return None
        self.problems += [replace(problem, file=name) for problem in problems]
        return {
            what: pd.Series(clock / DAY, index=times[what].index).where(clock != MISSING_TIME)
            for what, clock in clocks.items()
        }

    def tell_clock(self, error, name):
        """Add the problem of times that do not stand on one clock."""
        message = f"times cannot be compared: {str(error).partition(';')[0]}"
        self.problems.append(Problem(message, "Give the zone in the study file, such as timezone: UTC.", file=name))

    def hold_against_dictionary(self, measured=()):
        """Add what is wrong between the dictionary and the tables as a whole.

        Names that no table has are one error. Columns that the study does not use are held against the dictionary too,
        with warnings; columns that it uses without their being described are one warning a table.

        Parameters
        ----------
        measured : iterable of str, default=()
            Names of events, which a dictionary may describe as well as columns.
        """
        if not self.dictionary:
            return
        tables = {table.name: table for table in self._tables.values() if table is not None}
        there = set(measured).union(*(table.frame.columns for table in tables.values()))
        absent = [name for name in self.dictionary if name not in there]
        if absent:
            shown = "; ".join(f"'{name}' ({nearest_name(name, sorted(there))})" for name in absent[:_SHOWN])
            more = f"; and {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
            message = f"names {len(absent)} column(s) that no table of the study has: {shown}{more}"
            self.problems.append(Problem(message, "Correct or delete these lines.", file=self.spec.dictionary))
        for table, used in self._described.values():
            self._hold_unused(table, used)

    def _hold_unused(self, table, used):
        undescribed = sorted(used - set(self.dictionary))
        if undescribed:
            shown = f"{', '.join(undescribed[:_SHOWN])}{', ...' if len(undescribed) > _SHOWN else ''}"
            message = f"{len(undescribed)} columns are used that the dictionary does not describe: {shown}"
            self.problems.append(
                Problem(message, f"Add them to {self.spec.dictionary}.", severity="warning", file=table.name)
            )
        rest = [c for c in self.dictionary if c in table.frame and c not in used and c != table.id_column]
        _, problems = apply_dictionary(table, self.dictionary, rest)
        self.problems += [replace(problem, severity="warning") for problem in problems]


def ask_databases(spec, folder):
    """Return what the databases of a study answer, so that the rows which are told apart are those which are used.

    Parameters
    ----------
    spec : StudySpec
        The study.
    folder : path-like
        What the study's paths are relative to.

    Returns
    -------
    answers : dict of str to RawTable
        Table as the study names it -> the rows of its query, or why there are none.
    """
    queries = [source for source in spec.tables if "://" in source]
    return {source: read_sql(source, folder=Path(folder), name=_short_name(source)) for source in queries}


def _short_name(source):
    """What messages call a table: a file as it is written, a query without the database's address."""
    address, separator, query = source.partition("::")
    if "://" not in address:
        return source
    query = " ".join(query.split())
    return f"query '{query[:40]}{'...' if len(query) > 40 else ''}'" if separator else "query"
