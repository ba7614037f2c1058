"""How close predictions of a continuous outcome come: errors, R2, and the calibration line."""

import numpy as np
from scipy import stats

from ._bootstrap import bootstrap_method, patient_counts, percentile_estimate
from ._checks import check_confidence, check_lengths, check_numbers
from .results import Estimate

__all__ = ["calibration_line", "regression_metrics"]


def _two_numbers(y_true, y_pred):
    y_true, y_pred = check_numbers(y_true, "y_true"), check_numbers(y_pred, "y_pred")
    check_lengths(y_true=y_true, y_pred=y_pred)
    if y_true.size < 3:
        raise ValueError(f"three patients or more are needed; got {y_true.size}")
    return y_true, y_pred


def _metrics_of(counts, y_true, y_pred):
    """RMSE, MAE and R2 of cohorts in which each patient counts so often; counts (..., n)."""
    n = counts.sum(axis=-1)
    squared = counts @ (y_true - y_pred) ** 2
    centred = y_true - y_true.mean()
    total = counts @ centred**2 - (counts @ centred) ** 2 / n
    r2 = 1 - np.divide(squared, total, out=np.full(np.shape(total), np.nan), where=total > 1e-12 * n)
    return {"rmse": np.sqrt(squared / n), "mae": counts @ np.abs(y_true - y_pred) / n, "r2": r2}


def regression_metrics(y_true, y_pred, *, confidence=0.95, n_resamples=2000, random_state=None):
    """Return RMSE, MAE and R2 with percentile intervals of a bootstrap of patients.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        Observed and predicted outcome, in one unit.
    confidence : float, default=0.95
        Nominal coverage.
    n_resamples : int, default=2000
        Number of bootstrap resamples.
    random_state : int, Generator or None, default=None
        Seed of the resampling.

    Returns
    -------
    metrics : dict of str to Estimate
        ``rmse`` and ``mae`` in the outcome's unit; ``r2`` at most 1, negative if worse than the mean, undefined
        when the outcome does not vary.

    Raises
    ------
    ValueError
        If a number is NaN, lengths differ, or there are fewer than three patients.
    """
    y_true, y_pred = _two_numbers(y_true, y_pred)
    confidence, n = check_confidence(confidence), y_true.size
    values = _metrics_of(np.ones(n), y_true, y_pred)
    counts = patient_counts(n, None, n_resamples, np.random.default_rng(random_state))
    resampled = _metrics_of(counts, y_true, y_pred)
    shell = {"n": n, "n_events": None, "method": bootstrap_method(None, n_resamples), "confidence": confidence}
    metrics = {}
    for name, value in values.items():
        if np.isnan(value):
            metrics[name] = Estimate(np.nan, np.nan, np.nan, **shell, reason="the outcome does not vary")
        else:
            metrics[name] = percentile_estimate(
                value, resampled[name], **shell, why_left_out="their outcome does not vary"
            )
    return metrics


def calibration_line(y_true, y_pred, *, confidence=0.95):
    """Return intercept and slope of the observed on the predicted outcome: 0 and 1 when predictions come true.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        Observed and predicted outcome, in one unit.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    line : dict of str to Estimate
        ``intercept`` (in the large: mean observed minus mean predicted) and ``slope`` (least squares); undefined,
        with the reason, when all predictions are equal.

    Raises
    ------
    ValueError
        If a number is NaN, lengths differ, or there are fewer than three patients.
    """
    y_true, y_pred = _two_numbers(y_true, y_pred)
    level, n = (1 + check_confidence(confidence)) / 2, y_true.size
    gap = y_true - y_pred
    half = stats.t.ppf(level, n - 1) * gap.std(ddof=1) / np.sqrt(n)
    shell = {"n": n, "n_events": None, "method": "least squares, t", "confidence": confidence}
    intercept = Estimate(float(gap.mean()), float(gap.mean() - half), float(gap.mean() + half), **shell)
    if np.ptp(y_pred) == 0:
        slope = Estimate(np.nan, np.nan, np.nan, **shell, reason="all predictions are equal")
    else:
        fit = stats.linregress(y_pred, y_true)
        half = stats.t.ppf(level, n - 2) * fit.stderr
        slope = Estimate(float(fit.slope), float(fit.slope - half), float(fit.slope + half), **shell)
    return {"intercept": intercept, "slope": slope}
