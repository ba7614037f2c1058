"""Join the modalities and the outcome patient by patient, and account for everyone who is left out."""

import re

import pandas as pd

from ..exceptions import Problem, StudyError
from ..naming import join_name
from .audit import Audit, FlowStep
from .cohort import Cohort

__all__ = ["link_cohort"]


def link_cohort(modalities, y, outcome, *, kinds, groups=None, problems=(), sources=None):
    """Return the cohort of the patients who have an outcome and every modality.

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

    Returns
    -------
    cohort : Cohort

    Raises
    ------
    StudyError
        If nobody, or one class only, is left; every problem is listed.
    """
    sources = sources or {}
    problems = list(problems)
    wrong = {p.patient for p in problems if p.severity == "error" and p.patient is not None}
    tables = {name: set(frame.index) for name, frame in modalities.items()}
    everyone = list(dict.fromkeys([*y.index, *(patient for frame in modalities.values() for patient in frame.index)]))
    names = {"outcome": "the outcome table", **{name: name for name in tables}, **sources}
    sides = {"outcome": set(y.index), **tables}
    lookalikes = {side: _by_bare_id(members) for side, members in sides.items()}
    for patient in everyone:
        absent = [side for side, members in sides.items() if patient not in members]
        if absent and patient not in wrong:
            alike = [other for side in absent for other in lookalikes[side].get(_bare(patient), ()) if other != patient]
            problems.append(_one_sided(patient, [names[side] for side in absent], alike))
    kept = [p for p in y.index if p not in wrong and all(p in table for table in tables.values())]
    flow = list(dict.fromkeys(FlowStep(f"in {names[side]}", len(members)) for side, members in sides.items()))
    flow.append(FlowStep("in any source", len(set(everyone) | wrong)))
    flow.append(FlowStep("left out", len((set(everyone) | wrong) - set(kept))))
    flow.append(FlowStep("analysed", len(kept)))
    y = y.loc[kept].astype(int)
    if y.nunique() < 2:
        left = "nobody is" if not kept else f"only patients with {outcome.labels[int(y.iloc[0])]!r} are"
        way_out = "Mend the patients listed here, or correct the outcome and its positive value."
        message = f"{left} left to analyse; a comparison needs both outcomes"
        raise StudyError([Problem(message, way_out, column=outcome.name), *problems])
    X = pd.concat(
        [frame.loc[kept].rename(columns=lambda c, name=name: join_name(name, c)) for name, frame in modalities.items()],
        axis=1,
    )
    groups = pd.Series(kept, index=X.index) if groups is None else groups.loc[kept]
    return Cohort(X, y.set_axis(X.index), outcome, groups, dict(kinds), Audit(tuple(flow), tuple(problems)))


def _one_sided(patient, absent, alike):
    """The problem of a patient whom some source lacks, with the id there that looks alike, if there is one."""
    way_out = "Add the row, or accept that the patient is left out."
    if alike:
        way_out = f"Is it the one written {alike[0]!r} there? Ids must be equal to be joined."
    return Problem(f"not in {' and '.join(dict.fromkeys(absent))}", way_out, patient=patient)


def _by_bare_id(patients):
    found = {}
    for patient in sorted(patients, key=str):
        found.setdefault(_bare(patient), []).append(patient)
    return found


def _bare(patient):
    """An id without case, spaces, dashes and leading zeros, to find near misses."""
    text = re.sub(r"[\s_\-./]", "", str(patient)).casefold()
    return re.sub(r"(?<!\d)0+(?=\d)", "", text)
