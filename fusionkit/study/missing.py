"""What a study does about modalities that patients lack, and what its results say of it."""

import math
import warnings
from dataclasses import replace

import pandas as pd

from ..cohort import modality_presence
from ..exceptions import DataWarning
from ..metrics import cv_estimate
from .findings import plain_records

__all__ = ["comparison_rules", "kept_without", "link_study", "missingness_entries"]

MIN_PER_CLASS = 10
"""With fewer patients of either class in a pattern, its AUC is not told: it could be anything."""


def link_study(spec, gathered, **options):
    """Return the cohort of a study under its rules for what is missing.

    Parameters
    ----------
    spec : StudySpec
        The study.
    gathered : Gathered
        What its files hold.
    **options : dict
        Further arguments of :func:`link_cohort`.

    Returns
    -------
    cohort : Cohort
    """
    limits = spec.max_missing.model_dump()
    return gathered.link(missing_modality=spec.rules, max_missing=limits, **options)


def comparison_rules(spec):
    """Return the rule of each modality for :func:`compare_fusions`.

    Parameters
    ----------
    spec : StudySpec
        The study.

    Returns
    -------
    rules : dict of str to {"available", "impute"}
        A required modality is "available": a patient who has a row in its table and no value in it lacks it.
    """
    return {name: "impute" if rule == "impute" else "available" for name, rule in spec.rules.items()}


def kept_without(problem):
    """Return the problem of an absent image as the warning of a patient who is analysed without it.

    Parameters
    ----------
    problem : Problem
        An error that names the patient.

    Returns
    -------
    warning : Problem
    """
    message = f"{problem.message}; the patient is analysed without {problem.column}"
    return replace(problem, message=message, severity="warning")


def missingness_entries(cohort, comparison, confidence):
    """Return the entries of the results about who lacks what.

    Parameters
    ----------
    cohort : Cohort
        The analysed patients.
    comparison : FusionComparison
        Their out-of-fold predictions.
    confidence : float
        Level of the intervals.

    Returns
    -------
    entries : dict
        ``missingness``: a record per pattern (pattern: the modalities missing, n, n_events) where all patients have the
        same, else one per pattern and model, with fusion, auc, low and high (None where a class has fewer than ten
        patients); ``missing_values``: a record per column with gaps; ``table_one``: records of texts, where there is a
        record modality.
    """
    presence = modality_presence(cohort.X)
    lacking = [tuple(presence.columns[~row]) for row in presence.to_numpy()]
    patterns = pd.Series(lacking, index=presence.index)
    entries = {"missingness": list(_patterns(patterns, cohort.y, comparison, confidence))}
    records = plain_records(cohort.missing_values().query("n_missing > 0").reset_index())
    entries["missing_values"] = [row for row in records if cohort.kinds[row["modality"]] == "record"]
    if "record" in cohort.kinds.values():
        table = cohort.summary().table().reset_index()
        entries["table_one"] = table.to_dict("records")
    return entries


def _patterns(patterns, y, comparison, confidence):
    counts = patterns.value_counts()
    for pattern in sorted(counts.index, key=lambda pattern: (-counts[pattern], pattern)):
        patients = patterns.index[patterns == pattern]
        size = {"pattern": list(pattern), "n": len(patients), "n_events": int(y[patients].sum())}
        if len(counts) == 1:
            yield size
            continue
        for fusion in comparison.fusions:
            yield {**size, "fusion": fusion, **_performance(comparison, fusion, patients, size, confidence)}


def _performance(comparison, fusion, patients, size, confidence):
    """The AUC among the patients of one pattern, each compared with those of the same pattern and fold."""
    nothing = dict.fromkeys(("auc", "low", "high"))
    if min(size["n_events"], size["n"] - size["n_events"]) < MIN_PER_CLASS:
        return nothing
    predictions = comparison.predictions
    mine = predictions[(predictions["fusion"] == fusion) & predictions["patient"].isin(patients)]

    def wide(values):
        return mine.pivot_table(index="repeat", columns="patient", values=values)[list(patients)].to_numpy()

    groups = comparison.groups.loc[patients]
    y, folds = wide("y_true")[0], wide("fold")
    both = [0 < y[fold == label].sum() < (fold == label).sum() for fold in folds for label in set(fold)]
    if sum(both) < 2:
        return nothing
    grouped = groups.to_numpy() if groups.nunique() < len(groups) else None
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore", DataWarning
        )  # a small pattern may have test folds of one class, which say nothing
        found = cv_estimate(y, wide("y_score"), folds, groups=grouped, confidence=confidence)
    numbers = (found.value, found.low, found.high)
    return {key: None if math.isnan(v) else float(v) for key, v in zip(nothing, numbers, strict=True)}
