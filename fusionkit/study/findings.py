"""What a run tells beside its comparison: feasibility, importance, contributions, leaks and subgroups."""

import numpy as np

from ..exceptions import Problem
from ..metrics import feasibility
from ..model_selection import (
    audit_cohort,
    calibration_table,
    duplicated_files,
    importance_table,
    modality_shapley,
    subgroup_performance,
    subset_fusions,
)
from ..model_selection.contribution import MOST_MODALITIES

__all__ = ["audit_entry", "cohort_feasibility", "duplicate_warnings", "findings", "plain_records"]

LEADING = 20
"""So many single features are listed; their intervals say how little the order below means."""


SITE = 10
"""Patients of a group, on average, from which the groups are looked at for an association with the outcome."""


def plain_records(table):
    """Return the rows of a table as JSON holds them: an undefined number is None.

    Parameters
    ----------
    table : DataFrame

    Returns
    -------
    records : list of dict
    """
    return table.astype(object).where(table.notna(), None).to_dict("records")


def cohort_feasibility(cohort):
    """Return what a cohort of this size supports, see :func:`fusionkit.metrics.feasibility`.

    Parameters
    ----------
    cohort : Cohort

    Returns
    -------
    facts : dict
    """
    return feasibility(len(cohort.y), cohort.n_events, cohort.X.shape[1])


def duplicate_warnings(cohort, digests):
    """Return a warning for each image or mask that patients of different groups share.

    Parameters
    ----------
    cohort : Cohort
        The analysed patients.
    digests : DataFrame of str
        Digests of their images and masks, indexed by patient.

    Returns
    -------
    problems : list of Problem
    """
    return [
        Problem(f"{found['who']}: {found['what']}", found["way_out"], severity="warning")
        for found in duplicated_files(cohort, digests)
    ]


def findings(cohort, comparison, spec, facts, digests):
    """Return the entries of the results that go beyond the comparison.

    Parameters
    ----------
    cohort : Cohort
        The analysed patients.
    comparison : FusionComparison
        With a :class:`~fusionkit.model_selection.PermutationExaminer` as ``examine``.
    spec : StudySpec
        The study.
    facts : dict
        From :func:`cohort_feasibility`.
    digests : DataFrame of str
        Digests of the images and masks, indexed by patient.

    Returns
    -------
    entries : dict
        ``feasibility`` (dict); lists of records, empty where there is nothing to tell: ``coverage`` of the time windows
        (one per measurement and width), ``calibration`` (one per model and metric), ``importance``, ``contribution``
        (of the modalities, where all their combinations were compared), ``audit`` and ``subgroups``.
    """
    confidence, fusion = spec.validation.confidence, told_fusion(comparison)
    return {
        "feasibility": facts,
        "coverage": _coverage(cohort.audit.coverage),
        "calibration": plain_records(calibration_table(comparison, confidence=confidence)),
        "importance": _importance(comparison, fusion, confidence),
        "contribution": _contribution(cohort, comparison, confidence),
        "audit": audit_entry(cohort, spec, digests),
        "subgroups": _subgroups(cohort, comparison, spec.subgroups, fusion, confidence),
    }


def told_fusion(comparison):
    """Return the model that details are told of: early fusion, late fusion, or else the last that is no baseline.

    Parameters
    ----------
    comparison : FusionComparison

    Returns
    -------
    fusion : str
    """
    others = [name for name in comparison.fusions if name != comparison.baseline]
    judged = [name for name in ("early", "late") if name in others]
    return (judged or others[-1:] or [comparison.baseline])[0]


def _coverage(rows):
    """One record per measurement and width: patients with a value in the window, or in a wider one."""
    kept = ("widened_by_days", "n_patients", "n_total")
    return [
        {
            "measurement": f"{row['modality']}__{row['variable']}",
            "window": "{:+g} to {:+g} days".format(*row["window"]),
            **{key: row[key] for key in kept},
        }
        for row in rows
    ]


def _importance(comparison, fusion, confidence):
    if comparison.nested.examined is None:
        return []
    table = importance_table(comparison.nested, confidence=confidence)
    table = table[table["fusion"] == fusion].drop(columns=["method", "n_folds"])
    leading = table[(table["kind"] == "modality") | (table.groupby("kind").cumcount() < LEADING)]
    return plain_records(leading)


def _contribution(cohort, comparison, confidence):
    modalities = cohort.modalities
    if not 2 <= len(modalities) <= MOST_MODALITIES:
        return []
    compared = {frozenset(fusion.split("+")) for fusion in comparison.fusions}
    if not {frozenset(fusion.split("+")) for fusion in subset_fusions(modalities)} <= compared:
        return []
    return plain_records(modality_shapley(comparison, confidence=confidence).drop(columns="method"))


def audit_entry(cohort, spec, digests):
    """Return what the audit found, see :func:`fusionkit.model_selection.audit_cohort`.

    Parameters
    ----------
    cohort : Cohort
        The analysed patients; groups as large as sites are looked at for an association with the outcome.
    spec : StudySpec
        The study.
    digests : DataFrame of str
        Digests of the images and masks, indexed by patient.

    Returns
    -------
    records : list of dict
    """
    sites = cohort.groups.rename(spec.groups).to_frame() if _are_sites(cohort) else None
    named = {"defining": spec.outcome.given_away_by, "trust": spec.outcome.trust}
    return plain_records(audit_cohort(cohort, digests=digests, attributes=sites, **named))


def _are_sites(cohort):
    """Whether the groups are large, as sites and scanners are and families are not."""
    return cohort.groups.nunique() * SITE <= len(cohort.groups)


def _subgroups(cohort, comparison, columns, fusion, confidence):
    if not columns:
        return []
    predictions = comparison.predictions[comparison.predictions["fusion"] == fusion]
    attributes = cohort.X[list(columns)]
    groups = cohort.groups if cohort.groups.nunique() < len(cohort.groups) else None
    table = subgroup_performance(predictions, attributes, groups=groups, confidence=confidence)
    table.insert(0, "fusion", fusion)
    return plain_records(table.replace({np.inf: np.nan}))
