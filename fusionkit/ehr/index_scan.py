"""Several scans per patient: which one is the index, and why."""

import numpy as np

from ..exceptions import Problem

__all__ = ["choose_index_scan"]

_REASONS = {
    "first": "the earliest of {n} scans",
    "last": "the latest of {n} scans",
    "nearest": "the closest to the reference of {n} scans",
    "before": "the latest of {n} scans that is not after the reference",
}


def choose_index_scan(scans, take="first", *, reference=None, name=None):
    """Return one scan per patient, and the reason for it.

    Parameters
    ----------
    scans : DataFrame
        Columns ``patient`` and ``time`` (datetime64 or days), and whatever else describes a scan; one row per scan.
    take : {"first", "last", "nearest", "before"}, default="first"
        Which of a patient's scans is the index; ``"before"`` is the last one that is not after the reference, also of
        a patient with one scan. Of two equally near ones the earlier; of two at one time the first listed, with a
        warning.
    reference : Series or None, default=None
        The time that ``"nearest"`` and ``"before"`` refer to, such as the diagnosis, indexed by patient.
    name : str or None, default=None
        The file that messages name.

    Returns
    -------
    index_scans : DataFrame
        The chosen rows, indexed by patient, with the columns ``n_scans`` and ``reason`` added.
    problems : list of Problem
        Patients none of whose scans can be chosen, because no time is known; scans at one time.

    Raises
    ------
    ValueError
        If ``take`` is none of these, or ``"nearest"`` or ``"before"`` has no reference.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.ehr import choose_index_scan
    >>> scans = pd.DataFrame({"patient": ["A", "A", "B"], "time": [30.0, 2.0, 9.0], "image": ["a1", "a2", "b1"]})
    >>> chosen, problems = choose_index_scan(scans)
    >>> chosen.loc["A", ["image", "reason"]].tolist()
    ['a2', 'the earliest of 2 scans']
    """
    if take not in _REASONS:
        raise ValueError(f"take is one of {', '.join(_REASONS)}; got {take!r}")
    if (take in {"nearest", "before"}) != (reference is not None):
        raise ValueError("take='nearest' or 'before' and reference go together: name the time that is referred to")
    counts = scans["patient"].value_counts()
    usable = scans.reset_index(drop=True)
    order = usable["time"]
    if reference is not None:
        after = order - reference.reindex(usable["patient"]).set_axis(usable.index)
        order = after.abs() if take == "nearest" else order.where(after <= after * 0)
    alone = (usable["patient"].map(counts).to_numpy() == 1) & (take != "before")
    usable = usable.assign(_order=order)[order.notna().to_numpy() | alone]
    keys = ["_order", "time"] if take == "nearest" else ["_order"]
    ranked = usable.sort_values(keys, ascending=take not in {"last", "before"}, kind="stable")
    chosen = ranked.drop_duplicates("patient").sort_index()
    problems = list(_say_unsure(usable, chosen, counts, take, name))
    n_scans = counts.reindex(chosen["patient"]).to_numpy()
    reasons = np.where(n_scans == 1, "the only scan", [_REASONS[take].format(n=n) for n in n_scans])
    chosen = chosen.drop(columns="_order").assign(n_scans=n_scans, reason=reasons)
    return chosen.set_index("patient"), problems


def _say_unsure(usable, chosen, counts, take, name):
    """Patients without a choice, and warnings where the choice was between scans at one time."""
    for patient in counts.index.difference(chosen["patient"]):
        where = "before the reference" if take == "before" else "in time"
        who = (
            "the patient's only scan cannot"
            if counts[patient] == 1
            else f"none of the patient's {counts[patient]} scans can"
        )
        message = f"{who} be placed {where}"
        yield Problem(message, "Add the times that are missing, or keep one scan.", patient=str(patient), file=name)
    twins = usable[usable.duplicated(["patient", "time"], keep=False) & usable["time"].notna()]
    tied = twins.merge(chosen[["patient", "time"]], on=["patient", "time"])["patient"].unique()
    for patient in tied:
        message = "several scans stand at the chosen time; the first listed is taken"
        yield Problem(message, "Keep one of them.", severity="warning", patient=str(patient), file=name)
