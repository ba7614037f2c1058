"""How well the risks of each compared model are calibrated, with intervals from one bootstrap of the patients."""

import numpy as np
import pandas as pd

from ..metrics import calibration_intervals

__all__ = ["calibration_table"]

CLIP = 0.001
"""Risks of 0 and 1 have infinite log odds: closer than this to either, they are taken as this close."""

FEWEST = 10
"""Patients with, and without, the event below which nothing is told."""

METRICS = ("slope", "intercept", "observed_expected", "ici")


def calibration_table(comparison, *, n_resamples=500, confidence=0.95, random_state=0):
    """Return calibration slope, intercept, O:E ratio and ICI of every model, averaged over the repeats.

    Parameters
    ----------
    comparison : FusionComparison
        Out-of-fold risks; patients of one group are drawn together.
    n_resamples : int, default=500
        Resamples of the patients.
    confidence : float, default=0.95
        Level of the intervals, see :func:`fusionkit.metrics.calibration_intervals`; those of intercept and O:E take the
        risks as given.
    random_state : int, default=0
        Seed of the resampling.

    Returns
    -------
    table : DataFrame
        fusion, metric ("slope", "intercept", "observed_expected", "ici"), value, low, high, method, reason (why a
        number is NaN, as with fewer than ten patients with or without the event, or where most resamples are
        undefined).
    """
    y, folds, scores = comparison._arrays()
    settings = {"folds": folds, "n_resamples": n_resamples, "confidence": confidence, "random_state": random_state}
    rows = []
    for fusion, risks in scores.items():
        found = _intervals(y, risks, comparison._groups, settings)
        rows += [{"fusion": fusion, "metric": metric, **found[metric]} for metric in METRICS]
    return pd.DataFrame(rows)


def _intervals(y, risks, groups, settings):
    """The numbers by metric, all NaN with the reason where the patients or groups are too few."""
    nothing = {"value": np.nan, "low": np.nan, "high": np.nan, "method": ""}
    if min(y.sum(), len(y) - y.sum()) < FEWEST:
        reason = f"calibration needs {FEWEST} patients with the event and as many without"
        return {metric: {**nothing, "reason": reason} for metric in METRICS}
    try:
        found = calibration_intervals(y, risks, groups=groups, clip=CLIP, **settings)
    except ValueError as error:  # the risks are known to be sound: most resamples of few groups are undefined
        return {metric: {**nothing, "reason": str(error)} for metric in METRICS}
    keys = ("value", "low", "high", "method", "reason")
    return {metric: {key: getattr(found[metric], key) for key in keys} for metric in METRICS}
