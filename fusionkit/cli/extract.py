"""Radiomics from the command line: many images to one table, and the catalogue of features."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
from rich.table import Table as RichTable

from .._store import JsonStore
from .._tables import write_csv
from ..ehr import DEFAULT_MISSING, read_table
from ..exceptions import Problem, StudyError
from ..radiomics import RadiomicsSettings
from ..radiomics.catalogue import FEATURE_CLASSES, FEATURES
from ..study import extract_cases
from .output import console, show_problems

__all__ = ["extract_table", "show_catalogue"]

_ID_COLUMNS = {"id", "patient", "patient_id", "case", "caseid"}
"""What a column that names the patients may be called, in any capitals; without one, the image names the row."""

_WRITERS = {".csv": write_csv, ".parquet": lambda table, path: table.to_parquet(path, index=False)}


def extract_table(images, params, out, *, engine, n_jobs, force, progress):
    """Write the features of every row of a table, its own columns first; return how many rows failed.

    Parameters
    ----------
    images : Path
        A table that :func:`~fusionkit.ehr.read_table` reads, with the columns Image and Mask (paths relative to it),
        perhaps Label, and any others.
    params : str or None
        A pyradiomics parameter file or the name of a preset.
    out : Path
        A ``.csv`` or ``.parquet`` file. Failures go to ``<name>.errors.csv`` beside it; finished cases are kept in
        ``<name>.cases`` so that a stopped extraction goes on where it was.
    engine : {"native", "pyradiomics"}
        What computes the features.
    n_jobs : int
        Images worked on at once.
    force : bool
        Whether ``out`` may be replaced.
    progress : Narrator
        What shows the progress.

    Returns
    -------
    n_failed : int

    Raises
    ------
    StudyError
        If the table or the settings cannot be used, or ``out`` exists.
    """
    settings = _check(params, out, force)
    table, cases = _read_cases(images)
    frame = table.frame
    store = JsonStore(out.with_suffix(".cases"))
    outcomes = extract_cases(
        cases,
        images.parent,
        settings,
        engine=engine,
        n_jobs=n_jobs,
        store=store,
        progress=lambda done, total: progress("Extracting", done, total),
    )
    features = pd.DataFrame([outcome.features or {} for outcome in outcomes], index=frame.index)
    done = features.notna().any(axis=1) if len(features.columns) else pd.Series(False, index=frame.index)
    result = pd.concat([frame[done], features[done]], axis=1)
    _WRITERS[out.suffix.lower()](result, out)
    problems = [
        Problem(outcome.reason, outcome.way_out, patient=_known(patient), file=images.name, row=int(row))
        for patient, row, outcome in zip(table.ids, table.rows, outcomes, strict=True)
        if outcome.features is None
    ]
    _write_failures(problems, out)
    show_problems([*table.problems, *problems])
    console.print(f"{len(result)} of {len(frame)} cases, {len(features.columns)} features: {out}", highlight=False)
    return len(problems)


def _read_cases(images):
    """The table, which knows what names its rows, and its columns image, mask and perhaps label; capitals are free."""
    options = {"missing": DEFAULT_MISSING, "name": images.name}
    table = read_table(images, id_column=None, **options)
    columns = list(table.frame.columns)
    found = {name: _spelled(name, columns) for name in ("Image", "Mask", "Label")}
    lacking = [name for name in ("Image", "Mask") if found[name] is None]
    if lacking:
        way_out = f"It has: {', '.join(columns[:12])}."
        raise StudyError([Problem(f"has no column {' and no column '.join(lacking)}", way_out, file=images.name)])
    id_column = next((column for column in columns if column.casefold() in _ID_COLUMNS), None)
    if id_column is None:
        table = replace(table, id_column=found["Image"])
    else:
        table = read_table(images, id_column=id_column, **options)
    return table, pd.DataFrame({name.lower(): table.frame[column] for name, column in found.items() if column})


def _known(patient):
    """What the row is called, or None where the image that would name it is missing."""
    return None if pd.isna(patient) else str(patient)


def _spelled(name, columns):
    """How the table writes a column's name: as it stands if it does, else in other capitals, or None."""
    return next((column for column in (name, *columns) if column in columns and column.lower() == name.lower()), None)


def _check(params, out, force):
    if out.suffix.lower() not in _WRITERS:
        raise StudyError([Problem(f"cannot write {out.name}", "End its name in .csv or .parquet.")])
    if out.exists() and not force:
        raise StudyError([Problem(f"{out.name} exists already", "Choose another with --out, or add --force.")])
    try:
        return RadiomicsSettings(Path(params) if params and Path(params).suffix else params)
    except (ValueError, TypeError, OSError) as error:
        raise StudyError([Problem(f"settings: {error}", "Correct the parameter file.")]) from None


def _write_failures(problems, out):
    path = out.with_suffix(".errors.csv")
    if not problems:
        path.unlink(missing_ok=True)
        return
    rows = [{"patient": p.patient, "row": p.row, "reason": p.message, "way_out": p.way_out} for p in problems]
    write_csv(pd.DataFrame(rows), path)


def show_catalogue(feature_class=None):
    """Print the catalogue of features, or of one class.

    Parameters
    ----------
    feature_class : str or None, default=None
        Such as ``"glcm"``; all classes when None.

    Raises
    ------
    StudyError
        If there is no such class.
    """
    if feature_class is not None and feature_class not in FEATURE_CLASSES:
        way_out = f"There are: {', '.join(FEATURE_CLASSES)}."
        raise StudyError([Problem(f"there is no feature class {feature_class!r}", way_out)])
    table = RichTable()
    for column in ("feature", "full name", "IBSI", "unit", "departs from IBSI"):
        table.add_column(column, overflow="fold")
    for feature in FEATURES.values():
        if feature_class in {None, feature.feature_class}:
            code = feature.ibsi_code or "-"
            table.add_row(feature.key, feature.full_name, code, feature.unit, feature.departure)
    console.print(table)
