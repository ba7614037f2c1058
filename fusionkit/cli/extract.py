"""Radiomics from the command line: many images to one table, and the catalogue of features."""

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

_WRITERS = {".csv": write_csv, ".parquet": lambda table, path: table.to_parquet(path, index=False)}


def extract_table(images, params, out, *, engine, n_jobs, force, progress):
    """Write the features of every row of a table, its own columns first; return how many rows failed.

    Parameters
    ----------
    images : Path
        A table with the columns Image and Mask (paths relative to it), perhaps Label, and any others.
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
    first = pd.read_csv(images, nrows=0, sep=None, engine="python").columns if images.is_file() else ["Image"]
    id_column = next((c for c in first if c.casefold() in {"id", "patient", "patient_id", "case", "caseid"}), "Image")
    table = read_table(images, id_column=id_column, missing=DEFAULT_MISSING, name=images.name)
    frame = table.frame
    lacking = [column for column in ("Image", "Mask") if column not in frame]
    if lacking:
        way_out = f"It has: {', '.join(frame.columns[:12])}."
        raise StudyError([Problem(f"has no column {' and no column '.join(lacking)}", way_out, file=images.name)])
    cases = frame.rename(columns={"Image": "image", "Mask": "mask", "Label": "label"})
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
        Problem(outcome.reason, outcome.way_out, patient=str(patient), file=images.name, row=int(row))
        for patient, row, outcome in zip(table.ids, table.rows, outcomes, strict=True)
        if outcome.features is None
    ]
    _write_failures(problems, out)
    show_problems(problems)
    console.print(f"{len(result)} of {len(frame)} cases, {len(features.columns)} features: {out}", highlight=False)
    return len(problems)


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
