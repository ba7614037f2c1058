"""Draft a study file from the user's tables, for the user to correct."""

import os
from pathlib import Path

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
    # colour: luminance       # for colour pictures, such as tinted ultrasound frames
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
        The patient id; the first column with a different value in every row when None. The images' table may call it
        otherwise: there, the first column whose values are ids of the clinical table.
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
    table = _read_with_id(clinical, id_column)
    pictures = None if images is None else _read_with_id(Path(images), table.id_column, like=table.ids)
    columns = [column for column in table.frame.columns if column != table.id_column]
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
        id_column=_id_line(table, pictures, clinical, images, folder),
        outcome=_scalar(outcome),
        positive=_flow(positive),
        given_away_by=_flow(sorted(suspects)),
    )
    return head + "".join(lines) + ("" if images is None else _draft_images(pictures, images, folder)) + _TAIL


def _id_line(table, pictures, clinical, images, folder):
    """One column for every table, or the column of each."""
    if pictures is None or pictures.id_column == table.id_column:
        return _scalar(table.id_column)
    paths = {_relative(clinical, folder): table.id_column, _relative(images, folder): pictures.id_column}
    return _flow(paths)


def _draft_images(pictures, images, folder):
    columns = [column for column in pictures.frame.columns if column != pictures.id_column]
    found = {kind: next((c for c in columns if kind in c.lower()), kind) for kind in ("image", "mask")}
    path = _scalar(_relative(images, folder))
    return _IMAGES.format(images=path, **{kind: _scalar(column) for kind, column in found.items()})


def _read_with_id(path, id_column, like=None):
    """The table, its id column guessed when not named: all its values differ, and most are among ``like``."""
    table = read_table(path, id_column=None, name=path.name)
    columns = table.frame.columns
    guesses = [c for c in columns if table.frame[c].notna().all() and table.frame[c].is_unique]
    if like is not None:
        guesses = [c for c in columns if table.frame[c].isin(like).mean() > 0.5]
    guess = id_column if id_column in columns else next(iter(guesses), None)
    if guess is None:
        message = "no column can be seen to name the patient" + (
            " as the clinical table does" if like is not None else ""
        )
        raise StudyError([Problem(message, f"Name it with --id; there are {', '.join(columns[:12])}.", file=path.name)])
    return read_table(path, id_column=guess, name=path.name)


def _choose_outcome(table, outcome, positive, types):
    columns = list(table.frame.columns)
    if outcome not in columns:
        filled = [column for column in types if table.frame[column].notna().mean() > 0.5]
        few = [column for column in filled if 2 <= table.frame[column].nunique() <= 3]
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


def _flow(content):
    return yaml.safe_dump(content, default_flow_style=True, width=10**6, allow_unicode=True).strip()
