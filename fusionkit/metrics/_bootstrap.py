"""What every bootstrap of patients shares: who is drawn how often, and the interval of what came out."""

from dataclasses import replace

import numpy as np

from ._checks import check_count, check_groups
from .results import Estimate

__all__ = ["SINGLE", "bootstrap_method", "distance_estimate", "patient_counts", "percentile_estimate"]

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


def bootstrap_method(groups, n_resamples, limits="percentile"):
    """Return what a methods section would say.

    Parameters
    ----------
    groups : array-like or None
        None where patients are drawn.
    n_resamples : int
    limits : str, default='percentile'
        How the limits are made.
    """
    return f"bootstrap of {'patients' if groups is None else 'groups'}, {limits}, {n_resamples} resamples"


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


def distance_estimate(value, distances, *, confidence, **shell):
    """Return how far a curve lies from a line, with limits from how far resampled curves lie from the curve.

    A distance is never negative: where the truth is 0, the distance of every resampled curve from the line is too
    large, and its percentiles miss the truth always. How far the resampled curves lie from the cohort's own shows how
    far that may lie from the true one, and by the triangle inequality the two distances from the line differ by no
    more.

    Parameters
    ----------
    value : float
        Of the cohort's curve from the line, in [0, 1].
    distances : array of shape (n_resamples,)
        Of each resampled curve from the cohort's; NaN where it is undefined.
    confidence : float
        Nominal coverage.
    **shell
        As :func:`percentile_estimate` takes them.

    Returns
    -------
    estimate : Estimate
        ``value`` less and plus the quantile of the distances, kept in [0, 1].
    """
    found = percentile_estimate(value, distances, confidence=confidence, **shell)
    if found.reason:
        return found
    reach = float(np.nanquantile(distances, confidence))
    return replace(found, low=max(found.value - reach, 0.0), high=min(found.value + reach, 1.0))
