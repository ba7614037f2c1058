"""Draft a study file and a data dictionary from the user's tables, for the user to correct."""

import os
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import yaml

from ..cohort import screen_columns
from ..ehr import coerce_columns, draft_dictionary, infer_types, read_table
from ..exceptions import Problem, StudyError
from .draft_events import draft_events
from .draft_options import commented_options

__all__ = ["StudyDraft", "draft_study"]

_HEAD = """\
# A draft made from {clinical}: read it and its dictionary, correct both, then run
#   fusionkit check {name}     every problem at once
#   fusionkit run {name}       the comparison and the report
title: {title}
id: {id_column}
dictionary: {dictionary}   # type, unit, range and levels of every column; correct it first
outcome:
  table: {clinical}
  column: {outcome}
  positive: {positive}
{options}modalities:
  ehr:
    table: {clinical}
    columns:   # the features; their types stand in the dictionary
"""

_LABS = """\
  labs:
    table: {clinical}
"""

_IMAGES = """\
  imaging:
    images: {images}   # one row per patient
    image: {image}
    mask: {mask}
"""

_TAIL = """\
validation:
  folds: 5
  repeats: 5
  inner_folds: 4
  seed: 0
"""


class StudyDraft(NamedTuple):
    """A study to be corrected.

    Parameters
    ----------
    study : str
        The study file (YAML).
    dictionary : DataFrame of str
        The data dictionary, one line per column.
    """

    study: str
    dictionary: pd.DataFrame


def draft_study(
    clinical,
    *,
    outcome=None,
    positive=None,
    images=None,
    events=None,
    id_column=None,
    out="study.yaml",
    dictionary="dictionary.csv",
):
    """Return a study file and a data dictionary with the columns' types inferred.

    Columns that alone predict the outcome almost perfectly are marked ``defines_outcome`` in the dictionary instead of
    being features; free text and dates are left out, with a comment. Measurements belong to the record where there are
    images, and are a modality of their own where there are none.

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
    events : path-like or None, default=None
        A long table with one row per measurement, such as laboratory values.
    id_column : str or None, default=None
        The patient id; the first column with a different value in every row when None. The other tables may call it
        otherwise: there, the first column whose values are ids of the clinical table.
    out : path-like, default='study.yaml'
        Where the study file will stand; the tables' paths are written relative to its folder.
    dictionary : path-like, default='dictionary.csv'
        Where the dictionary will stand.

    Returns
    -------
    draft : StudyDraft

    Raises
    ------
    StudyError
        If a table cannot be read or the outcome cannot be told.
    """
    clinical, folder = Path(clinical), Path(out).parent
    table = _read_with_id(clinical, id_column)
    others = {what: Path(path) for what, path in (("images", images), ("events", events)) if path is not None}
    read = {what: _read_with_id(path, table.id_column, like=table.ids) for what, path in others.items()}
    types = infer_types(table)
    outcome, positive = _choose_outcome(table, outcome, positive, types)
    suspects = _find_suspects(table, types, outcome, positive)
    paths = {what: _scalar(_relative(path, folder)) for what, path in others.items()}
    measured = draft_events(read["events"], table, types, paths["events"], _scalar) if "events" in read else None
    place = _scalar(_relative(clinical, folder))
    parts = [
        _HEAD.format(
            clinical=place,
            name=Path(out).name,
            title=_scalar(_title(outcome, others)),
            id_column=_id_line({clinical: table} | {others[what]: one for what, one in read.items()}, folder),
            dictionary=_scalar(_relative(dictionary, folder)),
            outcome=_scalar(outcome),
            positive=_flow(positive),
            options=commented_options("outcome", 2),
        ),
        *_column_lines(types, outcome, suspects, measured and measured.anchor),
        commented_options("record", 4),
    ]
    if measured is None or images is None:
        parts.append(commented_options("record without events", 4))
    if measured is not None:
        parts += [*([] if images is not None else [_LABS.format(clinical=place)]), measured.text]
    if images is not None:
        parts.append(_draft_images(read["images"], paths["images"]))
    second = ["imaging"] if images is not None else ["labs"] if events is not None else []
    names = ["ehr", *second, *(["early", "late"] if second else [])]
    parts.append(commented_options("study", fusions=", ".join(names), subgroup=_subgroup(types, outcome, suspects)))
    lines = draft_dictionary(table)
    lines.loc[lines["name"].isin(suspects), "defines_outcome"] = "yes"
    lines = lines if measured is None else pd.concat([lines, measured.lines], ignore_index=True)
    return StudyDraft("".join(parts) + _TAIL, lines)


def _title(outcome, others):
    what = "Does imaging add" if "images" in others else "Do measurements add" if "events" in others else "What can be"
    return f"{what} {f'to the record in predicting {outcome}' if others else f'learnt of {outcome}'}?"


def _subgroup(types, outcome, suspects):
    """A feature that divides patients into few groups, for an example."""
    few = [c for c, kind in types.items() if kind in {"category", "flag"} and c != outcome and c not in suspects]
    return _scalar(f"ehr__{(few or ['COLUMN'])[0]}")


def _find_suspects(table, types, outcome, positive):
    """The columns that alone predict the outcome almost perfectly."""
    y = table.frame[outcome].isin(positive).to_numpy()
    known = table.frame[outcome].notna().to_numpy()
    usable = {c: kind for c, kind in types.items() if c != outcome and kind not in {"text", "date"}}
    frame, _ = coerce_columns(table, usable)
    return {problem.column for problem in screen_columns(frame.loc[known], y[known].astype(int))}


def _column_lines(types, outcome, suspects, anchor):
    """The features, one a line; what is not one stands as a comment that says why."""
    usable = 0
    for column, kind in types.items():
        if column == outcome:
            continue
        why = "separates the outcomes almost perfectly: is it known before?" if column in suspects else ""
        why = why or {
            "text": "free text: topics are made of it",
            "date": "a date: it becomes days from the anchor",
        }.get(kind, "")
        why = "the time of the scan" if column == anchor else why
        usable += not why
        yield f"      {'# ' if why else ''}- {_scalar(column)}{f'   # {why}' if why else ''}\n"
    if not usable:
        yield "      []\n"


def _id_line(tables, folder):
    """One column for every table, or the column of each."""
    columns = {_relative(path, folder): table.id_column for path, table in tables.items()}
    return _scalar(next(iter(columns.values()))) if len(set(columns.values())) == 1 else _flow(columns)


def _draft_images(pictures, path):
    columns = [column for column in pictures.frame.columns if column != pictures.id_column]
    found = {kind: next((c for c in columns if kind in c.lower()), kind) for kind in ("image", "mask")}
    named = {kind: _scalar(column) for kind, column in found.items()}
    return _IMAGES.format(images=path, **named) + commented_options("images", 4)


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
