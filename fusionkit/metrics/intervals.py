"""Intervals for the values of cross-validation folds, which are not independent, and for plain proportions."""

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from ._checks import check_confidence, check_numbers
from .results import Comparison, Estimate

__all__ = ["corrected_resampled_interval", "corrected_resampled_test", "make_limits", "wilson_interval"]


def _corrected_error(values_by_fold, n_train, n_test):
    """Mean over folds, its corrected standard error and degrees of freedom."""
    values = check_numbers(np.ravel(values_by_fold), "values_by_fold")
    if values.size < 2:
        raise ValueError("values_by_fold has one value: a spread between folds needs at least two")
    if n_train <= 0 or n_test <= 0:
        raise ValueError(f"n_train and n_test count the patients of one split; got {n_train!r} and {n_test!r}")
    varies = np.ptp(values) > 1e-12 * max(1.0, np.abs(values).max())  # below, it is rounding
    error = np.sqrt(values.var(ddof=1) * (1 / values.size + n_test / n_train)) if varies else 0.0
    return values.mean(), error, values.size - 1


def make_limits(value, half, scale):
    """Return the limits ``value -+ half`` made on a scale, and the reason where there are none.

    Parameters
    ----------
    value, half : float
        Estimate and half width; a half width of zero or NaN means that nothing varies.
    scale : {"identity", "logit"}
        With ``"logit"`` the half width is carried to the log-odds scale and the limits back.

    Returns
    -------
    low, high : float
    reason : str
        Empty where the limits are numbers.
    """
    if scale not in {"identity", "logit"}:
        raise ValueError(f"scale must be 'identity' or 'logit'; got {scale!r}")
    if scale == "logit" and not 0 <= value <= 1:
        raise ValueError(f"scale='logit' is for metrics in [0, 1]; the mean is {value:g}")
    if not half > 0:
        return np.nan, np.nan, f"it is {value:g} whichever fold or patient one looks at: no variation can show"
    if scale == "identity":
        return float(value - half), float(value + half), ""
    half = half / (value * (1 - value))
    return float(expit(logit(value) - half)), float(expit(logit(value) + half)), ""


def corrected_resampled_interval(
    values_by_fold, *, n_train, n_test, confidence=0.95, scale="identity", n=None, n_events=None
):
    """Return the mean of a metric over (repeated) cross-validation folds with the corrected resampled t interval.

    Training sets of different folds share patients, so that the naive standard error is too small; Nadeau & Bengio
    (2003) replace 1 / n_folds by 1 / n_folds + n_test / n_train.

    Parameters
    ----------
    values_by_fold : array-like
        One value per fold and repeat, of any shape: of a metric, or of the paired difference of two models.
    n_train, n_test : float
        Patients in the training and in the test part of one split (the mean where they vary).
    confidence : float, default=0.95
        Nominal coverage.
    scale : {"identity", "logit"}, default="identity"
        With ``"logit"`` the limits are made on the log-odds scale and carried back: for metrics in [0, 1], whose
        limits then cannot leave it.
    n, n_events : int or None, default=None
        Patients and events to report; n is ``n_train + n_test`` when it is not given.

    Returns
    -------
    estimate : Estimate

    Raises
    ------
    ValueError
        If a value is NaN, or there are fewer than two.

    Examples
    --------
    >>> from fusionkit.metrics import corrected_resampled_interval
    >>> print(corrected_resampled_interval([0.70, 0.75, 0.80, 0.72, 0.78], n_train=80, n_test=20))
    0.750 (95 % CI 0.673 to 0.827)
    """
    mean, error, df = _corrected_error(values_by_fold, n_train, n_test)
    half = stats.t.ppf((1 + check_confidence(confidence)) / 2, df) * error
    low, high, reason = make_limits(mean, half, scale)
    return Estimate(
        value=float(mean),
        low=low,
        high=high,
        n=round(n_train + n_test) if n is None else int(n),
        n_events=n_events,
        method="corrected resampled t" + (" on the logit scale" if scale == "logit" else ""),
        confidence=float(confidence),
        reason=reason,
    )


def corrected_resampled_test(values_a, values_b, *, n_train, n_test, confidence=0.95, n=None, n_events=None):
    """Return the paired difference of two models over the same folds, with the corrected resampled t test.

    Parameters
    ----------
    values_a, values_b : array-like of one shape
        Each model's value per fold and repeat, on the same splits.
    n_train, n_test : float
        Patients in the training and in the test part of one split (the mean where they vary).
    confidence : float, default=0.95
        Nominal coverage.
    n, n_events : int or None, default=None
        Patients and events to report; n is ``n_train + n_test`` when it is not given.

    Returns
    -------
    comparison : Comparison
        a minus b. Statistic and p value are NaN, with the reason, when the difference is the same in every fold.

    Raises
    ------
    ValueError
        If the shapes differ, or a value is NaN.
    """
    values_a, values_b = np.asarray(values_a, dtype=float), np.asarray(values_b, dtype=float)
    if values_a.shape != values_b.shape:
        raise ValueError(
            f"models are compared on the same splits only; got fold values of shape {values_a.shape} "
            f"and {values_b.shape}"
        )
    differences = values_a - values_b
    mean, error, df = _corrected_error(differences, n_train, n_test)
    estimate = corrected_resampled_interval(
        differences, n_train=n_train, n_test=n_test, confidence=confidence, n=n, n_events=n_events
    )
    t = mean / error if error > 0 else np.nan
    p_value = 2 * stats.t.sf(abs(t), df)
    return Comparison(estimate, float(values_a.mean()), float(values_b.mean()), float(t), float(df), float(p_value))


def wilson_interval(n_successes, n_trials, *, confidence=0.95):
    """Return Wilson's score interval of a proportion (1927): sound for small counts, and at 0 and 1.

    Parameters
    ----------
    n_successes, n_trials : int
        Counts, 0 <= n_successes <= n_trials.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    low, high : float
        NaN when n_trials is 0: a proportion of nobody is undefined.

    Raises
    ------
    ValueError
        If the counts are negative or n_successes exceeds n_trials.

    Examples
    --------
    >>> from fusionkit.metrics import wilson_interval
    >>> low, high = wilson_interval(9, 10)
    >>> round(low, 4), round(high, 4)
    (0.5958, 0.9821)
    """
    if not 0 <= n_successes <= n_trials:
        raise ValueError(f"counts must satisfy 0 <= n_successes <= n_trials; got {n_successes} of {n_trials}")
    z = stats.norm.ppf((1 + check_confidence(confidence)) / 2)
    if n_trials == 0:
        return np.nan, np.nan
    share = n_successes / n_trials
    centre = (share + z**2 / (2 * n_trials)) / (1 + z**2 / n_trials)
    half = z / (1 + z**2 / n_trials) * np.sqrt(share * (1 - share) / n_trials + z**2 / (4 * n_trials**2))
    return float(max(centre - half, 0.0)), float(min(centre + half, 1.0))
