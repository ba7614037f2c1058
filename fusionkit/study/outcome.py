"""The outcome of each patient, the groups that never straddle a fold, and when the outcome became known."""

import pandas as pd

from ..cohort import Outcome
from ..exceptions import Problem

__all__ = ["read_groups", "read_outcome", "read_outcome_dates"]


def read_outcome(tables):
    """Return what is predicted, for every patient who has it.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.

    Returns
    -------
    outcome : Outcome
    y : Series of int
        1 for the event, by patient; empty where the outcome cannot be told.
    """
    spec = tables.spec.outcome
    nothing = Outcome(spec.column, ("no", "yes")), pd.Series(dtype=int)
    table = tables.read(spec.table)
    if table is None or tables.column(table, spec.column, "the outcome") is None:
        return nothing
    values = _labels(tables, table, spec.column)
    frame = tables.by_patient(table, pd.DataFrame({"y": values, "row": table.rows}))
    told = {p.patient for p in tables.problems if p.column == spec.column and p.file == table.name}
    for patient, row in frame.loc[frame["y"].isna(), "row"].items():
        if patient not in told:
            where = {"file": table.name, "row": int(row), "column": spec.column}
            way_out = "Fill it in; the patient is left out."
            tables.problems.append(Problem("the outcome is missing", way_out, patient=patient, **where))
    known = frame["y"].dropna().astype(str)
    positive = known.isin(spec.positive)
    levels = known.value_counts()
    if not positive.any() or positive.all():
        shown = ", ".join(f"{level!r} ({n})" for level, n in levels[:10].items())
        which = "no patient is" if not positive.any() else "every patient is"
        message = f"{which} positive ({' or '.join(spec.positive)}); the values are {shown}"
        way_out = "Correct 'outcome: positive' in the study file, or bring patients of both classes."
        tables.problems.append(Problem(message, way_out, file=table.name, column=spec.column))
        return nothing
    others = [str(level) for level in levels.index if level not in spec.positive]
    outcome = Outcome(spec.column, (" or ".join(others), " or ".join(spec.positive)), spec.kind)
    return outcome, positive.astype(int)


def _labels(tables, table, column):
    """The outcome's values as text: as they stand, or as the dictionary labels them where it lists levels."""
    described = tables.dictionary.get(column)
    if described is None or described.type != "category" or not described.levels:
        return table.frame[column]
    typed, _ = tables.typed(table, {column: None})
    return typed[column].astype("str")


def read_groups(tables):
    """Return the group of each patient, or None where each patient is one.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.

    Returns
    -------
    groups : Series of str or None
    """
    table, column = tables.read(tables.spec.outcome.table), tables.spec.groups
    if column is None or table is None:
        return None
    values = tables.column(table, column, "the groups that never straddle a fold")
    if values is None:
        return None
    groups = tables.by_patient(table, values.to_frame())[column]
    return groups.where(groups.notna(), "patient " + groups.index.astype(str))


def read_outcome_dates(tables):
    """Return when each patient's outcome became known, or None where the study does not say.

    Parameters
    ----------
    tables : Tables
        The study's tables; problems are added to it.

    Returns
    -------
    dates : Series of datetime64 or None
    """
    table, column = tables.read(tables.spec.outcome.table), tables.spec.outcome.date
    if column is None or table is None or tables.column(table, column, "the date of the outcome") is None:
        return None
    return tables.by_patient(table, tables.dates(table, column).to_frame())[column]
