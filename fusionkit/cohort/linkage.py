"""Join the modalities and the outcome patient by patient, and account for everyone who is left out."""

import pandas as pd

from ..exceptions import Problem, StudyError
from ..naming import join_name
from .audit import Audit, FlowStep
from .cohort import Cohort
from .near_misses import bare_id, by_bare_id
from .thresholds import drop_sparse_columns, sparse_patients

__all__ = ["link_cohort"]


def link_cohort(
    modalities,
    y,
    outcome,
    *,
    kinds,
    groups=None,
    problems=(),
    sources=None,
    missing_modality="require",
    max_missing=None,
    written_as=None,
):
    """Return the cohort of the patients who have an outcome and the modalities that are required.

    A patient named by an error among ``problems`` is left out; so is one who stands in one table only, which adds a
    problem of its own. Ids are never joined because they look alike: near misses are reported.

    Parameters
    ----------
    modalities : dict of str to DataFrame
        Modality name -> features, indexed by patient id (str), without prefix.
    y : Series
        Outcome as integer codes into ``outcome.labels``, indexed by patient id, no missing values.
    outcome : Outcome
        What the codes mean.
    kinds : dict of str to {"image", "record"}
        What each modality is.
    groups : Series or None, default=None
        Group of each patient; None makes each patient a group.
    problems : sequence of Problem, default=()
        What was found while reading and extracting.
    sources : dict of str to str or None, default=None
        What to call where the outcome (key ``"outcome"``) and each modality come from; their names when None.
    missing_modality : {"require", "impute", "available"} or dict of str to such, default='require'
        Whether a patient who does not stand in a modality's table is left out ("require") or kept, all its columns
        missing; one rule, or one for each modality (those not named are required).
    max_missing : dict of {"patient", "column"} to float or None, default=None
        Largest share (0 to 1) of missing values: of a column, among the analysed patients who have its modality, and
        then of a patient, among the columns left of each modality that the patient has.
    written_as : dict of str to str or None, default=None
        How the ids are written where they come from, if they have been replaced; used only to find near misses.

    Returns
    -------
    cohort : Cohort

    Raises
    ------
    StudyError
        If nobody, or one class only, is left, or nobody has a modality; every problem is listed.
    """
    sources = sources or {}
    problems = list(problems)
    limits = dict.fromkeys(("patient", "column")) | (max_missing or {})
    rules = missing_modality if isinstance(missing_modality, dict) else dict.fromkeys(modalities, missing_modality)
    sides = {"outcome": set(y.index), **{name: set(frame.index) for name, frame in modalities.items()}}
    names = {"outcome": "the outcome table", **{name: name for name in modalities}, **sources}
    needed = {"outcome", *(name for name in modalities if rules.get(name, "require") == "require")}
    everyone = list(dict.fromkeys([*y.index, *(patient for frame in modalities.values() for patient in frame.index)]))
    wrong = _wrong(problems)
    problems += _one_sided_patients([p for p in everyone if p not in wrong], sides, names, needed, written_as)
    wrong = _wrong(problems)
    kept = [p for p in y.index if p not in wrong and all(p in sides[side] for side in needed)]
    tables = {name: _rows_of(frame, kept) for name, frame in modalities.items()}
    tables, found = drop_sparse_columns(tables, limits["column"])
    problems += [*found, *_without_anything(tables), *sparse_patients(tables, limits["patient"], needed)]
    wrong = _wrong(problems)
    kept = [p for p in kept if p not in wrong]
    tables = {name: table.loc[kept] for name, table in tables.items()}
    problems += _hollow_rows({name: table for name, table in tables.items() if name in needed})
    y = y.loc[kept].astype(int)
    _refuse_hopeless(y, outcome, tables, found, problems)
    everybody = len(set(everyone) | wrong)
    flow = list(dict.fromkeys(FlowStep(f"in {names[side]}", len(members)) for side, members in sides.items()))
    flow += [FlowStep("in any source", everybody), FlowStep("left out", everybody - len(kept))]
    flow.append(FlowStep("analysed", len(kept)))
    X = pd.concat(
        [table.rename(columns=lambda c, name=name: join_name(name, c)) for name, table in tables.items()], axis=1
    ).copy()  # one block of memory, where filling in absent patients has made one of each column
    groups = pd.Series(kept, index=X.index) if groups is None else groups.loc[kept]
    return Cohort(X, y.set_axis(X.index), outcome, groups, dict(kinds), Audit(tuple(flow), tuple(problems)))


def _wrong(problems):
    """The patients who cannot be analysed."""
    return {p.patient for p in problems if p.severity == "error" and p.patient is not None}


def _one_sided_patients(patients, sides, names, needed, written_as):
    """A problem for everyone whom a needed side lacks, and a warning where an id that looks alike stands there."""
    lookalikes = {side: by_bare_id(members, written_as) for side, members in sides.items()}
    spelled = (written_as or {}).get
    for patient in patients:
        absent = [side for side, members in sides.items() if patient not in members]
        bare = bare_id(spelled(patient, patient))
        alike = [other for side in absent for other in lookalikes[side].get(bare, ()) if other != patient]
        lacking = [names[side] for side in absent if side in needed]
        if lacking:
            yield _one_sided(patient, lacking, alike)
        elif len(absent) == len(sides) - 1:
            message = "has an outcome and no modality"
            yield Problem(message, "Add the rows, or accept that the patient is left out.", patient=patient)
        elif alike:
            message = f"not in {' and '.join(names[side] for side in absent)}, and kept without it"
            way_out = f"Is it the one written {alike[0]!r} there? Ids must be equal to be joined."
            yield Problem(message, way_out, severity="warning", patient=patient)


def _one_sided(patient, absent, alike):
    """The problem of a patient whom some source lacks, with the id there that looks alike, if there is one."""
    way_out = "Add the row, or accept that the patient is left out."
    if alike:
        way_out = f"Is it the one written {alike[0]!r} there? Ids must be equal to be joined."
    return Problem(f"not in {' and '.join(dict.fromkeys(absent))}", way_out, patient=patient)


def _rows_of(frame, patients):
    """The rows of these patients, all missing for those who are not there; a flag stays a number."""
    if set(patients) <= set(frame.index):
        return frame.loc[patients]
    return frame.astype(dict.fromkeys(frame.select_dtypes("bool").columns, float)).reindex(patients)


def _without_anything(tables):
    """A problem for everyone who has no value in any modality."""
    nothing = pd.concat([table.isna().all(axis=1) for table in tables.values()], axis=1).all(axis=1)
    for patient in nothing.index[nothing]:
        message = "has no value in any modality"
        yield Problem(message, "Fill some in, or accept that the patient is left out.", patient=patient)


def _hollow_rows(tables):
    """A warning for each required modality in whose table patients stand without any value."""
    for name, table in tables.items():
        hollow = [str(patient) for patient in table.index[table.isna().all(axis=1)]]
        if hollow:
            shown = f"{', '.join(hollow[:5])}{', ...' if len(hollow) > 5 else ''}"
            message = f"{len(hollow)} patients ({shown}) have a row for {name} and no value in it"
            way_out = "They count as lacking it. Fill some in, or leave them out with 'max_missing: patient'."
            yield Problem(message, way_out, severity="warning", column=name)


def _refuse_hopeless(y, outcome, tables, found, problems):
    """Raise if a class, or a modality, or all its columns are gone."""
    fatal = [p for p in found if p.severity == "error"]
    if y.nunique() < 2:
        left = f"only patients with {outcome.labels[int(y.iloc[0])]!r} are" if len(y) else "nobody is"
        way_out = "Mend the patients listed here, or correct the outcome and its positive value."
        message = f"{left} left to analyse; a comparison needs both outcomes"
        fatal.insert(0, Problem(message, way_out, column=outcome.name))
    elif not fatal:
        for name, table in tables.items():
            if table.isna().all(axis=None):
                message = f"nobody who is analysed has {name}"
                fatal.append(Problem(message, "Compare the ids of its table, or leave the modality out.", column=name))
    if fatal:
        raise StudyError([*fatal, *(p for p in problems if p not in fatal)])
