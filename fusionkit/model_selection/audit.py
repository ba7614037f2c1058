"""What could make a result too good to be true: duplicates, giveaways, time travel, and sites that know the answer.

Each check returns findings: error, a leak that should stop the study; warning, a second look; note, harmless as the
folds stand. Nothing is dropped: who or what leaves the study is for people to decide.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from .._store import file_digest
from ..cohort import screen_columns
from ..naming import split_name
from .subgroups import outcome_associations

__all__ = ["audit_cohort", "duplicated_files", "file_digests"]

_COLUMNS = ["severity", "check", "what", "who", "way_out"]

IDENTIFYING = 2
"""Patients who agree in so many columns of mostly distinct values do not do so by coincidence."""

_IMAGE = ("error", "Correct the paths in the table of images, keep one of the patients, or give them one group.")
_MASK = ("warning", "Correct the paths in the table of images, unless one region is meant to serve all patients.")
"""Severity and way out where a file stands under several patients."""

SHOWN = 5

SIGNIFICANT = 0.05


def audit_cohort(
    cohort,
    *,
    digests=None,
    defining=(),
    measured=None,
    outcome_at=None,
    attributes=None,
    trust=(),
    threshold=0.95,
):
    """Return everything in a cohort that could leak the outcome or carry a patient across folds.

    Parameters
    ----------
    cohort : Cohort
        The analysed patients.
    digests : DataFrame or None, default=None
        Digests of the content of files, indexed by patient, one column per kind of file, such as "ct image" and "ct
        mask"; see :func:`duplicated_files`.
    defining : sequence of str, default=()
        Names of columns that define or reveal the outcome, with or without the modality.
    measured : DataFrame or None, default=None
        When each feature was measured: dates, indexed by patient, columns named as in the cohort or by modality.
    outcome_at : Series or None, default=None
        When each patient's outcome was known; needed with ``measured``.
    attributes : DataFrame or None, default=None
        Site, scanner and the like, indexed by patient.
    trust : sequence of str, default=()
        Columns that may predict the outcome almost perfectly, because you know why.
    threshold : float, default=0.95
        AUC above which a single column is reported.

    Returns
    -------
    findings : DataFrame
        severity ("error", "warning" or "note"), check, what, who (patients or a column), way_out; errors first. Empty
        when nothing was found.

    Raises
    ------
    ValueError
        If ``measured`` comes without ``outcome_at``, or holds something else than dates.

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from fusionkit.cohort import Cohort, Outcome
    >>> from fusionkit.model_selection import audit_cohort
    >>> X = pd.DataFrame(np.random.default_rng(0).normal(size=(20, 3)), columns=["ct__a", "ct__b", "ct__c"])
    >>> X.index = [f"P{i}" for i in X.index]
    >>> X.loc["P19"] = X.loc["P3"]
    >>> y, patients = pd.Series([0, 1] * 10, X.index), pd.Series(X.index, X.index)
    >>> found = audit_cohort(Cohort(X, y, Outcome("relapse", ("no", "yes")), patients, {"ct": "image"}))
    >>> found[["severity", "check", "who"]].to_dict("records")
    [{'severity': 'error', 'check': 'duplicated patients', 'who': 'P3, P19'}]
    """
    findings = [*_duplicated_rows(cohort), *_defining(cohort, defining)]
    findings += [] if digests is None else duplicated_files(cohort, digests)
    findings += _giveaways(cohort, trust, threshold)
    findings += _after_the_outcome(cohort, measured, outcome_at)
    findings += _associated(cohort, attributes)
    order = {"error": 0, "warning": 1, "note": 2}
    table = pd.DataFrame(findings, columns=_COLUMNS)
    return table.sort_values("severity", key=lambda s: s.map(order), kind="stable", ignore_index=True)


def file_digests(paths, folder="."):
    """Return the digests of the files of every patient.

    Parameters
    ----------
    paths : DataFrame
        Paths, indexed by patient, one column per kind of file; an empty cell is a patient without that file.
    folder : path-like, default='.'
        What the paths are relative to.

    Returns
    -------
    digests : DataFrame of str
        As ``paths``; None where there is no file.

    Raises
    ------
    FileNotFoundError
        If a file does not exist.
    """
    folder = Path(folder)
    return paths.map(lambda path: None if pd.isna(path) else file_digest(folder / path))


def duplicated_files(cohort, digests):
    """Return the images and masks that patients of different groups share, whom a split may part.

    Parameters
    ----------
    cohort : Cohort
        The analysed patients.
    digests : DataFrame of str
        Digests, indexed by patient, one column per kind of file (None where a patient has no such file); of the whole
        files by :func:`file_digests`, or of what is in them. A column whose name ends in "mask" holds masks, of which
        one may serve all patients, such as a region of an atlas.

    Returns
    -------
    findings : list of dict
        severity ("error", of masks "warning"), check, what, who (patients), way_out.
    """
    found = []
    for kind in digests.columns:
        keys = digests[kind].reindex(cohort.X.index).dropna()
        for patients in _alike(keys):
            if len(set(cohort.groups[list(patients)])) > 1:
                severity, way_out = _MASK if kind.endswith("mask") else _IMAGE
                what = f"{len(patients)} patients have the same {kind}"
                found.append(_finding(severity, f"duplicated {kind}", what, _shown(patients), way_out))
    return found


def _finding(severity, check, what, who, way_out):
    return dict(zip(_COLUMNS, (severity, check, what, who, way_out), strict=True))


def _shown(patients):
    patients = list(map(str, patients))
    return ", ".join(patients[:SHOWN]) + (f" and {len(patients) - SHOWN} more" if len(patients) > SHOWN else "")


def _duplicated_rows(cohort):
    """Patients with the same features: in all of them, or in all of one modality."""
    seen = set()
    blocks = {"all features": list(cohort.X.columns), **{name: cohort.columns(name) for name in cohort.modalities}}
    for what, columns in blocks.items():
        block = cohort.X[columns]
        known = block.notna().any(axis=1)
        identifying = int((block.nunique() > len(block) / 2).sum())
        if identifying < IDENTIFYING and what != "all features":
            continue  # age and sex, or a few findings in the ECG, may well agree
        for patients in _alike(pd.util.hash_pandas_object(_plain(block[known]), index=False)):
            if patients not in seen:
                seen.add(patients)
                yield _duplicate(cohort, patients, what, identifying >= IDENTIFYING)


def _plain(block):
    """Categories as their words, so that equal values have equal hashes whatever their column's levels are."""
    return block.astype({c: object for c in block if not pd.api.types.is_numeric_dtype(block[c])})


def _alike(keys):
    """Patients who share a key, as tuples."""
    keys = keys[keys.duplicated(keep=False)]
    return [tuple(index) for index in keys.groupby(keys, sort=False).groups.values()]


def _duplicate(cohort, patients, what, identifying):
    outcomes = "" if len(set(cohort.y[list(patients)])) == 1 else ", with different outcomes"
    text = f"{len(patients)} patients are identical in {what}{outcomes}"
    if len(set(cohort.groups[list(patients)])) == 1:
        return _finding(
            "note",
            "duplicated patients",
            f"{text}; they share a group, so no fold parts them",
            _shown(patients),
            "Nothing, if they are lesions or visits of one person.",
        )
    severity = "error" if identifying else "warning"
    way_out = "Is it one person under several ids, or one image exported twice? Keep one, or give them one group."
    return _finding(severity, "duplicated patients", text, _shown(patients), way_out)


def _defining(cohort, defining):
    for name in defining:
        for column in cohort.X.columns:
            feature = split_name(column)[1]
            if name.casefold() in {text.casefold() for text in (column, feature, feature.partition("__")[0])}:
                what = f"{column} defines or reveals {cohort.outcome.name}, as you said, and is a feature"
                yield _finding("error", "defines the outcome", what, column, "Leave the column out.")


def _giveaways(cohort, trust, threshold):
    for problem in screen_columns(cohort.X, cohort.y, threshold=threshold):
        if problem.column not in set(trust):
            yield _finding("warning", "single column", problem.message, problem.column, problem.way_out)


def _after_the_outcome(cohort, measured, outcome_at):
    """Features measured when the outcome was known already."""
    if measured is None:
        return
    if outcome_at is None:
        raise ValueError("measured says when features were measured; outcome_at is needed to know what came first")
    outcome_at = _dates(outcome_at.reindex(cohort.X.index), "outcome_at")
    for column in measured:
        when = _dates(measured[column].reindex(cohort.X.index), f"measured[{column!r}]")
        late = when.index[(when > outcome_at).to_numpy()]
        if column in {*cohort.X.columns, *cohort.modalities} and len(late):
            days = (when - outcome_at)[late].dt.total_seconds().median() / 86400
            what = f"{column} was measured after the outcome in {len(late)} patients, by {days:.3g} days in the median"
            way_out = "Take the last value before the outcome, or leave the column out."
            yield _finding("error", "after the outcome", what, _shown(late), way_out)


def _dates(values, name):
    if not pd.api.types.is_datetime64_any_dtype(values):
        raise ValueError(f"{name} holds {values.dtype}, not dates: convert it with pandas.to_datetime")
    return values.dt.tz_convert("UTC").dt.tz_localize(None) if values.dt.tz is not None else values


def _associated(cohort, attributes):
    """Where a patient comes from predicts the outcome: a model may learn the place instead of the disease."""
    for row in () if attributes is None else outcome_associations(cohort.y, attributes).itertuples():
        if row.p_holm < SIGNIFICANT and np.isfinite(row.cramers_v):
            what = (
                f"{row.attribute} goes with the outcome: Cramer's V {row.cramers_v:.2f} (95 % CI {row.low:.2f} to "
                f"{row.high:.2f}), p = {row.p_holm:.2g} ({row.test}, Holm)"
            )
            way_out = "Look at the performance within each level; validate with whole sites left out (groups)."
            yield _finding("warning", "site or scanner", what, row.attribute, way_out)
