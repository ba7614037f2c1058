"""What every bootstrap of patients shares: who is drawn how often, and the percentile interval of what came out."""

import numpy as np

from ._checks import check_count, check_groups
from .results import Estimate

__all__ = ["SINGLE", "bootstrap_method", "patient_counts", "percentile_estimate"]

SINGLE = "one class has a single patient: how much such patients differ cannot be known"
"""Why there are no limits then."""


def patient_counts(n, groups, n_resamples, rng):
    """Return how often each patient is drawn, (n_resamples, n), one by one or by whole groups.

    Parameters
    ----------
    n : int
        Number of patients.
    groups : array-like of shape (n,) or None
        Who is drawn together; None for each by themselves.
    n_resamples : int
        Two or more.
    rng : Generator
    """
    check_count(n_resamples, "n_resamples", 2)
    codes = check_groups(groups, n)
    size = codes.max() + 1
    return rng.multinomial(size, np.full(size, 1 / size), size=n_resamples)[:, codes].astype(float)


def bootstrap_method(groups, n_resamples):
    """Return what a methods section would say."""
    return f"bootstrap of {'patients' if groups is None else 'groups'}, percentile, {n_resamples} resamples"


def percentile_estimate(
    value, resampled, *, n, n_events, method, confidence, why_left_out="the metric is undefined there"
):
    """Return the estimate with the percentile interval of its resamples, without those where it is undefined.

    Parameters
    ----------
    value : float
        In the cohort; a number.
    resampled : array of shape (n_resamples,)
        NaN where it is undefined.
    n : int
    n_events : int or None
        With a single event, or all patients but one, there are no limits: the one patient cannot vary.
    method : str
        From :func:`bootstrap_method`; the number of resamples left out is added.
    confidence : float
        Nominal coverage.
    why_left_out : str, default='the metric is undefined there'
        Why a resample may be NaN, such as ``"they had one class"``.

    Returns
    -------
    estimate : Estimate
        Without limits, with the reason, where nothing varies, or more than half of the resamples are undefined.
    """
    left_out, tail, reason = int(np.isnan(resampled).sum()), (1 - confidence) / 2, ""
    if n_events in {1, n - 1}:
        reason = SINGLE
    elif 2 * left_out > resampled.size:
        reason = f"{left_out} of {resampled.size} resamples cannot be used as {why_left_out}"
    elif not np.nanmax(resampled) - np.nanmin(resampled) > 1e-12:  # below, it is rounding
        reason = f"it is {value:g} in every resample: no variation can show"
    low, high = (np.nan, np.nan) if reason else map(float, np.nanquantile(resampled, [tail, 1 - tail]))
    note = f", {left_out} of {resampled.size} resamples left out as {why_left_out}" if left_out else ""
    return Estimate(float(value), low, high, n, n_events, f"{method}{note}", confidence=confidence, reason=reason)
