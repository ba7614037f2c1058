"""How far repeated measurements of the same patients agree: the intraclass correlations of Shrout & Fleiss (1979)."""

import numpy as np
from scipy import stats

from ._checks import check_confidence, check_numbers
from .results import Estimate

__all__ = ["icc", "icc_values"]

FORMS = ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k")


def _check_form(form):
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}; got {form!r}")


def _mean_squares(ratings):
    """Between targets, between judges, residual, and within targets; ratings (targets, judges, ...)."""
    n, k = ratings.shape[:2]
    if min(n, k) < 2:
        raise ValueError(f"ratings must have two targets and two judges or more; got shape {ratings.shape}")
    grand = ratings.mean(axis=(0, 1), keepdims=True)
    targets = ratings.mean(axis=1, keepdims=True) - grand
    judges = ratings.mean(axis=0, keepdims=True) - grand
    rest = ratings - grand - targets - judges
    ss_judges, ss_rest = n * (judges**2).sum(axis=(0, 1)), (rest**2).sum(axis=(0, 1))
    between = k * (targets**2).sum(axis=(0, 1)) / (n - 1)
    within = (ss_judges + ss_rest) / (n * (k - 1))
    return between, ss_judges / (k - 1), ss_rest / ((n - 1) * (k - 1)), within


def _values(squares, n, k, form):
    between, judges, rest, within = squares
    error = {"1": within, "2": rest, "3": rest}[form[3]]
    bias = k / n * (judges - rest) if form[3] == "2" else 0.0
    if form.endswith("k"):
        numerator, denominator = between - error, between + bias / k
    else:
        numerator, denominator = between - error, between + (k - 1) * error + bias
    undefined = np.full(np.shape(numerator), np.nan)
    return np.divide(numerator, denominator, out=undefined, where=np.asarray(denominator) > 0)


def icc_values(ratings, *, form="ICC3"):
    """Return one intraclass correlation per feature, for many features at once.

    Parameters
    ----------
    ratings : array-like of shape (n_targets, n_judges, n_features)
        Each feature as measured on every target (patient) by every judge (reader, segmentation, scan).
    form : {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"}, default='ICC3'
        As in :func:`icc`.

    Returns
    -------
    values : array of shape (n_features,)
        At most 1; NaN for a feature that is the same for all targets and judges.

    Raises
    ------
    ValueError
        If a rating is NaN or there are fewer than two targets or judges.
    """
    _check_form(form)
    ratings = check_numbers(ratings, "ratings", ndim=3)
    values = _values(_mean_squares(ratings), *ratings.shape[:2], form)
    constant = np.ptp(ratings, axis=(0, 1)) == 0  # rounding of the mean would give it a variance
    return np.where(constant, np.nan, values)


def _ratio_limits(form, squares, n, k, level):
    """Limits of the single-measurement forms 1 and 3 from the F distribution."""
    between, _, rest, within = squares
    error, df = (within, n * (k - 1)) if form[3] == "1" else (rest, (n - 1) * (k - 1))
    ratio = between / error
    low, high = ratio / stats.f.ppf(level, n - 1, df), ratio * stats.f.ppf(level, df, n - 1)
    return (low - 1) / (low + k - 1), (high - 1) / (high + k - 1)


def _agreement_limits(squares, value, n, k, level):
    """Limits of ICC2 by Satterthwaite's approximation (Shrout & Fleiss 1979, p. 424)."""
    between, judges, rest, _ = squares
    ratio = judges / rest
    top = (n - 1) * (k - 1) * (k * value * ratio + n * (1 + (k - 1) * value) - k * value) ** 2
    bottom = (n - 1) * (k * value * ratio) ** 2 + (n * (1 + (k - 1) * value) - k * value) ** 2
    df = top / bottom
    upper, lower = stats.f.ppf(level, n - 1, df), stats.f.ppf(level, df, n - 1)
    spread = k * judges + (k * n - k - n) * rest
    return (
        n * (between - upper * rest) / (upper * spread + n * between),
        n * (lower * between - rest) / (spread + n * lower * between),
    )


def icc(ratings, *, form="ICC3", confidence=0.95):
    """Return an intraclass correlation with its interval (Shrout & Fleiss 1979).

    Parameters
    ----------
    ratings : array-like of shape (n_targets, n_judges)
        One measurement per target (patient) and judge (reader, segmentation, scan).
    form : {"ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"}, default='ICC3'
        1: each target by other judges. 2: random judges, absolute agreement. 3: these judges, consistency.
        A trailing k: reliability of the mean of the judges.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        ``n`` is the number of targets. Undefined, with the reason, when all ratings are equal; without limits when
        the judges agree without error.

    Raises
    ------
    ValueError
        If a rating is NaN or there are fewer than two targets or judges.

    Examples
    --------
    >>> from fusionkit.metrics import icc
    >>> judges = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]
    >>> print(icc(judges, form="ICC2"))
    0.290 (95 % CI 0.019 to 0.761)
    """
    _check_form(form)
    ratings = check_numbers(ratings, "ratings", ndim=2)
    level = (1 + check_confidence(confidence)) / 2
    n, k = ratings.shape
    squares = _mean_squares(ratings)
    value = float(_values(squares, n, k, form))
    shell = {"n": n, "n_events": None, "method": form, "confidence": confidence}
    if np.isnan(value):
        return Estimate(value, np.nan, np.nan, **shell, reason="all ratings are equal")
    if (squares[3] if form[3] == "1" else squares[2]) <= 0:
        return Estimate(value, np.nan, np.nan, **shell, reason="the judges agree without error")
    if form[3] == "2":
        single = float(_values(squares, n, k, "ICC2"))
        limits = _agreement_limits(squares, single, n, k, level)
    else:
        limits = _ratio_limits(form, squares, n, k, level)
    if form.endswith("k"):
        limits = [k * limit / (1 + (k - 1) * limit) for limit in limits]
    return Estimate(value, *map(float, limits), **shell)
