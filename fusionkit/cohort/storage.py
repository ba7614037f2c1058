"""A cohort on disk: a folder of Parquet tables and one JSON file, which come back as they were."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd

from .._store import file_digest
from .._version import __version__
from ..exceptions import Problem, StudyError
from .audit import Audit, FlowStep

__all__ = ["load_cohort_parts", "save_cohort"]

FORMAT = 1
"""Raised when an older fusionkit could misread the folder."""

CONTENT, FEATURES, PATIENTS = "cohort.json", "features.parquet", "patients.parquet"


def save_cohort(cohort, folder, *, force=False):
    """Write a cohort as a folder: ``features.parquet``, ``patients.parquet`` and ``cohort.json``.

    The tables can be read by anything that reads Parquet; the JSON file has what they cannot hold (levels of
    categories and their order, outcome, kinds, units, audit) and the digests of the tables. Nothing is pickled and no
    path is written. The folder appears whole or not at all.

    Parameters
    ----------
    cohort : Cohort
        What is written.
    folder : path-like
        A folder that does not exist yet, or is empty.
    force : bool, default=False
        Whether another saved cohort in it may be replaced.

    Returns
    -------
    folder : Path

    Raises
    ------
    StudyError
        If the folder holds something else, or a saved cohort without ``force``.
    TypeError
        If a column holds objects that Parquet and JSON cannot give back exactly.
    """
    folder = Path(folder)
    _check_target(folder, force)
    patients = pd.DataFrame({"y": cohort.y, "group": cohort.groups})
    tables = {FEATURES: cohort.X, PATIENTS: patients}
    described = {name: _describe(table) for name, table in tables.items()}
    draft = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for name, table in tables.items():
        _plain(table).to_parquet(draft / name, index=False)
    audit = cohort.audit
    content = {
        "fusionkit cohort": FORMAT,
        "version": __version__,
        "tables": {name: {"sha256": file_digest(draft / name), **described[name]} for name in tables},
        "names": {"y": cohort.y.name, "groups": cohort.groups.name},
        "outcome": asdict(cohort.outcome),
        "kinds": cohort.kinds,
        "units": cohort.units,
        "flow": [asdict(step) for step in audit.flow],
        "problems": [asdict(problem) for problem in audit.problems],
        "coverage": list(audit.coverage),
        "index_scans": list(audit.index_scans),
    }
    (draft / CONTENT).write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
    if folder.exists():
        shutil.rmtree(folder)
    draft.rename(folder)
    return folder


def load_cohort_parts(folder):
    """Return what a saved cohort is made of.

    Parameters
    ----------
    folder : path-like
        As :func:`save_cohort` wrote it.

    Returns
    -------
    parts : dict
        X, y, groups, outcome (dict of its fields), kinds, units and audit.

    Raises
    ------
    StudyError
        If the folder is not a saved cohort, is of a newer format, or a file is missing, cut short or changed.
    """
    folder = Path(folder)
    content = _read_content(folder)
    tables = {name: _read_table(folder, name, described) for name, described in content["tables"].items()}
    patients, names = tables[PATIENTS], content["names"]
    return {
        "X": tables[FEATURES],
        "y": patients["y"].rename(names["y"]),
        "groups": patients["group"].rename(names["groups"]),
        "outcome": content["outcome"] | {"labels": tuple(content["outcome"]["labels"])},
        "kinds": content["kinds"],
        "units": content["units"],
        "audit": Audit(
            tuple(FlowStep(**step) for step in content["flow"]),
            tuple(Problem(**problem) for problem in content["problems"]),
            *(tuple(content.get(part, ())) for part in ("coverage", "index_scans")),
        ),
    }


def _check_target(folder, force):
    if folder.is_file():
        raise StudyError([Problem(f"{folder.name} is a file", "Choose another folder.")])
    here = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if not here or (force and here <= {CONTENT, FEATURES, PATIENTS}):
        return
    saved = CONTENT in here and here <= {CONTENT, FEATURES, PATIENTS}
    message = f"the folder {folder.name} holds {'a saved cohort' if saved else 'other files'}"
    raise StudyError([Problem(message, f"Choose another folder{', or replace it with force=True' if saved else ''}.")])


def _describe(table):
    """What Parquet does not keep for certain: the index, each column's dtype, and the levels of categories."""
    series = {"index": _index_values(table), **{f"column {i}": table.iloc[:, i] for i in range(table.shape[1])}}
    dtypes = []
    for place, values in series.items():
        if values.dtype == object and not all(isinstance(v, str) or v is None or v is np.nan for v in values):
            name = "the index" if place == "index" else f"column {values.name!r}"
            raise TypeError(f"{name} holds objects that are no text; give it a type before it is saved")
        dtypes.append(_dtype_as_json(values))
    return {
        "rows": len(table),
        "columns": [str(column) for column in table.columns],
        "columns_dtype": str(table.columns.dtype),
        "index_name": table.index.name,
        "index_dtype": dtypes[0],
        "dtypes": dtypes[1:],
    }


def _dtype_as_json(values):
    dtype = values.dtype
    if not isinstance(dtype, pd.CategoricalDtype):
        return {"dtype": str(dtype)}
    levels = dtype.categories
    if not (pd.api.types.is_numeric_dtype(levels) or all(isinstance(level, str) for level in levels)):
        raise TypeError(f"column {values.name!r} has categories that are neither texts nor numbers")
    return {
        "dtype": "category",
        "levels": levels.tolist(),
        "levels_dtype": str(levels.dtype),
        "ordered": bool(dtype.ordered),
    }


def _plain(table):
    """The table as Parquet keeps it: the index as a column, categories as their values."""
    columns = {f"column {i}": _uncoded(table.iloc[:, i]) for i in range(table.shape[1])}
    plain = pd.DataFrame({"index": _uncoded(_index_values(table)).to_numpy(), **_values_of(columns)})
    return plain.set_axis([_index_column(table), *map(str, table.columns)], axis=1)


def _values_of(columns):
    return {name: values.array for name, values in columns.items()}


def _uncoded(values):
    if isinstance(values.dtype, pd.CategoricalDtype):
        return values.astype(values.dtype.categories.dtype if values.notna().all() else object)
    return values


def _index_values(table):
    return pd.Series(table.index, dtype=table.index.dtype)


def _index_column(table):
    """A name for the index that no column has."""
    name = "patient"
    while name in set(map(str, table.columns)):
        name += "_"
    return name


def _read_content(folder):
    path = folder / CONTENT
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        message = f"{folder.name} is not a saved cohort: it has no {CONTENT}"
        raise StudyError([Problem(message, "Name a folder that cohort.save() wrote.")]) from None
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise _damaged(folder, f"{CONTENT} was cut short or changed") from None
    form = content.get("fusionkit cohort") if isinstance(content, dict) else None
    if form is None:
        raise _damaged(folder, f"{CONTENT} does not describe a cohort")
    if form != FORMAT:
        message = f"the cohort in {folder.name} has format {form!r}; this fusionkit ({__version__}) reads {FORMAT}"
        made_by = (
            f"It was written by fusionkit {content.get('version', 'of unknown version')}: use that or a newer one."
        )
        raise StudyError([Problem(message, made_by)])
    needed = {"tables", "names", "outcome", "kinds", "units", "flow", "problems"}
    if not needed <= set(content) or set(content["tables"]) != {FEATURES, PATIENTS}:
        raise _damaged(folder, f"{CONTENT} lacks a part")
    return content


def _read_table(folder, name, described):
    path = folder / name
    if not path.is_file():
        raise _damaged(folder, f"{name} is missing")
    if file_digest(path) != described["sha256"]:
        raise _damaged(folder, f"{name} was changed or cut short after it was saved")
    raw = pd.read_parquet(path)
    values = [_restored(raw.iloc[:, i + 1], dtype) for i, dtype in enumerate(described["dtypes"])]
    patients = _restored(raw.iloc[:, 0], described["index_dtype"])
    index = pd.Index(patients, dtype=patients.dtype).rename(described["index_name"])
    columns = pd.Index(described["columns"], dtype=described["columns_dtype"])
    return pd.DataFrame(dict(enumerate(values)), index=range(len(raw))).set_axis(columns, axis=1).set_axis(index)


def _restored(values, described):
    if described["dtype"] != "category":
        return values.astype(described["dtype"])
    levels = pd.Index(described["levels"], dtype=described["levels_dtype"])
    return values.astype(pd.CategoricalDtype(levels, described["ordered"]))


def _damaged(folder, what):
    message = f"the cohort in {folder.name} is damaged: {what}"
    return StudyError([Problem(message, "Save the cohort again, or take an undamaged copy of the folder.")])
