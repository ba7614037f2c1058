"""How well a score ranks patients: area under the ROC curve with DeLong's variance, and average precision.

DeLong's interval and test hold for patients who took no part in the fitting. For out-of-fold scores of a
cross-validation use :mod:`fusionkit.metrics.cross_validated`.
"""

import numpy as np
from scipy import stats

from ._checks import check_binary, check_confidence, check_lengths, check_numbers
from .results import Comparison, Estimate

__all__ = ["auc", "auc_delong", "average_precision", "delong_test"]

PERFECT = "one class has a single patient, or the score separates the classes without error: DeLong's variance is zero"


def _binary_scores(y_true, **scores):
    y_true = check_binary(y_true)
    checked = [check_numbers(score, name) for name, score in scores.items()]
    check_lengths(y_true=y_true, **dict(zip(scores, checked, strict=True)))
    return y_true, *checked


def placements(event, score):
    """Return the share of opponents that each patient is placed right of, for events and for non-events.

    Parameters
    ----------
    event : bool array of shape (n,)
    score : float array of shape (n,)

    Returns
    -------
    events : array of shape (n_events,)
        For each event, the share of non-events with a lower score; a tie counts one half.
    nonevents : array of shape (n_nonevents,)
        For each non-event, the share of events with a higher score; a tie counts one half.
    """
    positive, negative = score[event], score[~event]
    ranks = stats.rankdata(score)
    in_events = (ranks[event] - stats.rankdata(positive)) / negative.size
    in_nonevents = 1 - (ranks[~event] - stats.rankdata(negative)) / positive.size
    return in_events, in_nonevents


def auc(y_true, y_score):
    """Return the probability that a patient with the event scores higher than one without; a tie counts one half.

    See Hanley & McNeil (1982). Its interval: :func:`cv_estimate`, or :func:`auc_delong` of independent patients.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_score : array-like of shape (n,)
        Higher means more likely to have the event.

    Returns
    -------
    auc : float
        In [0, 1]; 0.5 is chance.

    Raises
    ------
    ValueError
        If there is one class only, or a score is NaN.

    Examples
    --------
    >>> from fusionkit.metrics import auc
    >>> auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    """
    y_true, y_score = _binary_scores(y_true, y_score=y_score)
    n_events = int(y_true.sum())
    above = stats.rankdata(y_score)[y_true].sum() - n_events * (n_events + 1) / 2
    return float(above / (n_events * (y_true.size - n_events)))


def _delong_variance(in_events, in_nonevents):
    """Variance of the mean placement; NaN where a class has one patient, 0 where only rounding differs."""
    if min(in_events.size, in_nonevents.size) < 2:
        return np.nan
    if max(np.ptp(in_events), np.ptp(in_nonevents)) < 1e-12:
        return 0.0
    return in_events.var(ddof=1) / in_events.size + in_nonevents.var(ddof=1) / in_nonevents.size


def auc_delong(y_true, y_score, *, confidence=0.95):
    """Return the AUC on independent test patients with DeLong's interval (DeLong et al. 1988; Sun & Xu 2014).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_score : array-like of shape (n,)
        Higher means more likely to have the event.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        The limits are kept inside [0, 1]. They are NaN, with the reason, where the variance is undefined or zero.

    Raises
    ------
    ValueError
        If there is one class only, or a score is NaN.

    Examples
    --------
    >>> from fusionkit.metrics import auc_delong
    >>> print(auc_delong([0, 0, 0, 1, 1, 1], [0.1, 0.2, 0.6, 0.4, 0.7, 0.9]))
    0.889 (95 % CI 0.581 to 1.000)
    """
    y_true, y_score = _binary_scores(y_true, y_score=y_score)
    confidence = check_confidence(confidence)
    in_events, in_nonevents = placements(y_true, y_score)
    value = in_events.mean()
    half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(_delong_variance(in_events, in_nonevents))
    low, high = (max(value - half, 0.0), min(value + half, 1.0)) if half > 0 else (np.nan, np.nan)
    return Estimate(
        value=float(value),
        low=float(low),
        high=float(high),
        n=y_true.size,
        n_events=int(y_true.sum()),
        method="DeLong",
        confidence=confidence,
        reason="" if half > 0 else PERFECT,
    )


def delong_test(y_true, score_a, score_b, *, confidence=0.95):
    """Return the difference of two AUCs on the same independent test patients, with DeLong's interval and test.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    score_a, score_b : array-like of shape (n,)
        The two models' scores for the same patients.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    comparison : Comparison
        AUC of a minus AUC of b; interval and test are NaN, with the reason, where the variance of the difference
        is undefined or zero (as when both scores order the patients alike).

    Raises
    ------
    ValueError
        If there is one class only, or a score is NaN.
    """
    y_true, score_a, score_b = _binary_scores(y_true, score_a=score_a, score_b=score_b)
    confidence = check_confidence(confidence)
    a, b = placements(y_true, score_a), placements(y_true, score_b)
    difference = a[0].mean() - b[0].mean()
    error = np.sqrt(_delong_variance(a[0] - b[0], a[1] - b[1]))
    defined = error > 0
    z = difference / error if defined else np.nan
    half = stats.norm.ppf((1 + confidence) / 2) * error if defined else np.nan
    estimate = Estimate(
        value=float(difference),
        low=float(difference - half),
        high=float(difference + half),
        n=y_true.size,
        n_events=int(y_true.sum()),
        method="DeLong, paired",
        confidence=confidence,
        reason="" if defined else "the variance of the difference is zero, or one class has a single patient",
    )
    p_value = float(2 * stats.norm.sf(abs(z)))
    return Comparison(estimate, float(a[0].mean()), float(b[0].mean()), float(z), np.inf, p_value)


def average_precision(y_true, y_score):
    """Return the area under the precision-recall curve as a step function: its chance level is the prevalence.

    See Boyd, Eng & Page (2013). Its interval: :func:`cv_estimate`, or :func:`bootstrap_interval`.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_score : array-like of shape (n,)
        Higher means more likely to have the event; patients with equal scores enter together.

    Returns
    -------
    average_precision : float
        In (0, 1].

    Raises
    ------
    ValueError
        If there is one class only, or a score is NaN.
    """
    y_true, y_score = _binary_scores(y_true, y_score=y_score)
    order = np.argsort(-y_score, kind="stable")
    last_of_tie = np.r_[np.flatnonzero(np.diff(y_score[order])), y_true.size - 1]
    found = np.cumsum(y_true[order])[last_of_tie]
    precision = found / (last_of_tie + 1)
    return float(np.sum(np.diff(found, prepend=0) * precision) / y_true.sum())
