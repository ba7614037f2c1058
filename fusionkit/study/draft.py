"""Draft a study file from the user's tables, for the user to correct."""

import os
from pathlib import Path

import pandas as pd
import yaml

from ..cohort import screen_columns
from ..ehr import coerce_columns, infer_types, read_table
from ..exceptions import Problem, StudyError

__all__ = ["draft_study"]

_HEAD = """\
# A draft made from {clinical}: read it, correct it, then run
#   fusionkit check {name}     every problem at once
#   fusionkit run {name}       the comparison and the report
title: {title}
id: {id_column}
outcome:
  table: {clinical}
  column: {outcome}
  positive: {positive}
  given_away_by: {given_away_by}   # columns that define or reveal the outcome; they are refused as features
modalities:
  ehr:
    table: {clinical}
    columns:   # number, integer, category, flag, date, or the levels of an ordinal column in their order
"""

_IMAGES = """\
  imaging:
    images: {images}   # one row per patient
    image: {image}
    mask: {mask}
    # settings: params.yaml   # a pyradiomics parameter file
"""

_TAIL = """\
# fusions: [ehr, imaging, early, late]   # all of them when not given
# n_features: [5, 10, 20]                # how many image features the search may keep
validation:
  folds: 5
  repeats: 5
  inner_folds: 4
  seed: 0
"""


def draft_study(clinical, *, outcome=None, positive=None, images=None, id_column=None, out="study.yaml"):
    """Return the text of a study file with the columns' types inferred.

    Columns that alone predict the outcome almost perfectly are listed under ``given_away_by`` instead of as features;
    free text and dates are left out, with a comment.

    Parameters
    ----------
    clinical : path-like
        The clinical table, one row per patient.
    outcome : str or None, default=None
        The column to predict; needed, candidates are listed when None.
    positive : sequence of str or None, default=None
        The value or values of the event; the rarer of two when None.
    images : path-like or None, default=None
        A table of images with patient id, image and mask.
    id_column : str or None, default=None
        The patient id; the first column with a different value in every row when None.
    out : path-like, default='study.yaml'
        Where the file will stand; the tables' paths are written relative to its folder.

    Returns
    -------
    text : str
        YAML.

    Raises
    ------
    StudyError
        If a table cannot be read or the outcome cannot be told.
    """
    clinical, folder = Path(clinical), Path(out).parent
    id_column = id_column or _guess_id(clinical)
    table = read_table(clinical, id_column=id_column, name=clinical.name)
    columns = [column for column in table.frame.columns if column != id_column]
    types = infer_types(table, columns)
    outcome, positive = _choose_outcome(table, outcome, positive, types)
    y = table.frame[outcome].isin(positive).to_numpy()
    known = table.frame[outcome].notna().to_numpy()
    usable = {c: kind for c, kind in types.items() if c != outcome and kind not in {"text", "date"}}
    frame, _ = coerce_columns(table, usable)
    suspects = {problem.column for problem in screen_columns(frame.loc[known], y[known].astype(int))}
    lines = [
        f"      {_scalar(column)}: {kind}\n"
        if column in usable
        else f"      # {_scalar(column)}: {kind}   # not used as it stands\n"
        for column, kind in types.items()
        if column != outcome and column not in suspects
    ]
    head = _HEAD.format(
        clinical=_scalar(_relative(clinical, folder)),
        name=Path(out).name,
        title=_scalar(f"Does imaging add to the record in predicting {outcome}?"),
        id_column=_scalar(id_column),
        outcome=_scalar(outcome),
        positive=_flow(positive),
        given_away_by=_flow(sorted(suspects)),
    )
    return head + "".join(lines) + _draft_images(images, id_column, folder) + _TAIL


def _draft_images(images, id_column, folder):
    if images is None:
        return ""
    images = Path(images)
    columns = read_table(images, id_column=id_column, name=images.name).frame.columns
    found = {
        kind: next((c for c in columns if kind in c.lower() and c != id_column), kind) for kind in ("image", "mask")
    }
    return _IMAGES.format(
        images=_scalar(_relative(images, folder)), **{kind: _scalar(column) for kind, column in found.items()}
    )


def _guess_id(path):
    """The first column whose values all differ."""
    first = pd.read_csv(path, nrows=0, sep=None, engine="python").columns if path.suffix in {".csv", ".tsv"} else None
    probe = read_table(path, id_column=None if first is None else str(first[0]), name=path.name)
    for column in probe.frame.columns:
        values = probe.frame[column]
        if values.notna().all() and values.is_unique:
            return column
    way_out = f"Name it with --id; the columns are {', '.join(probe.frame.columns[:12])}."
    raise StudyError(
        [Problem("no column has a different value in every row to name the patient", way_out, file=path.name)]
    )


def _choose_outcome(table, outcome, positive, types):
    columns = list(table.frame.columns)
    if outcome not in columns:
        few = [column for column in types if 2 <= table.frame[column].nunique() <= 3]
        what = "say which column is predicted" if outcome is None else f"there is no column {outcome!r}"
        way_out = f"Use --outcome with one of {', '.join(few[:12] or columns[:12])}."
        raise StudyError([Problem(f"{what}", way_out, file=table.name)])
    counts = table.frame[outcome].value_counts()
    if positive is None and len(counts) == 2:
        return outcome, [str(counts.index[-1])]
    absent = [value for value in positive or [] if value not in counts.index]
    if absent or not positive:
        shown = ", ".join(f"{value!r} ({n})" for value, n in counts[:8].items())
        what = f"the outcome has no value {absent[0]!r}" if absent else "say which value is the event"
        raise StudyError([Problem(f"{what}", f"Use --positive with one of {shown}.", file=table.name, column=outcome)])
    return outcome, list(positive)


def _relative(path, folder):
    """A path as it is written in a file of that folder."""
    return Path(os.path.relpath(path, folder)).as_posix()


def _scalar(text):
    return yaml.safe_dump(str(text), width=10**6, allow_unicode=True).removesuffix("\n").removesuffix("\n...")


def _flow(texts):
    return yaml.safe_dump(list(map(str, texts)), default_flow_style=True, width=10**6, allow_unicode=True).strip()
