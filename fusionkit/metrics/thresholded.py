"""Decisions at a threshold: the two-by-two table, its proportions with intervals, and how to choose the threshold."""

import numpy as np
from scipy import stats
from scipy.special import expit, logit

from ._bootstrap import bootstrap_method
from ._checks import check_binary, check_confidence, check_count, check_lengths, check_numbers, check_share
from .intervals import wilson_interval
from .results import Estimate

__all__ = ["choose_threshold", "confusion_counts", "predictive_values", "threshold_metrics"]

_PROPORTIONS = {
    "accuracy": (lambda tp, fp, fn, tn: tp + tn, lambda tp, fp, fn, tn: tp + fp + fn + tn, "patients"),
    "sensitivity": (lambda tp, fp, fn, tn: tp, lambda tp, fp, fn, tn: tp + fn, "patients with the event"),
    "specificity": (lambda tp, fp, fn, tn: tn, lambda tp, fp, fn, tn: tn + fp, "patients without the event"),
    "ppv": (lambda tp, fp, fn, tn: tp, lambda tp, fp, fn, tn: tp + fp, "positive predictions"),
    "npv": (lambda tp, fp, fn, tn: tn, lambda tp, fp, fn, tn: tn + fn, "negative predictions"),
}
"""Name -> successes, trials, and who the trials are. PPV is precision, sensitivity is recall."""


def _ratio(numerator, denominator):
    """Quotient; NaN where the denominator is zero."""
    numerator, denominator = np.broadcast_arrays(np.asarray(numerator, float), np.asarray(denominator, float))
    return np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=denominator > 0)


_COMPOSITES = {
    "balanced_accuracy": (
        lambda tp, fp, fn, tn: (_ratio(tp, tp + fn) + _ratio(tn, tn + fp)) / 2,
        "one class is absent",
    ),
    "youden": (lambda tp, fp, fn, tn: _ratio(tp, tp + fn) + _ratio(tn, tn + fp) - 1, "one class is absent"),
    "f1": (lambda tp, fp, fn, tn: _ratio(2 * tp, 2 * tp + fp + fn), "there is no event, true or predicted"),
    "mcc": (
        lambda tp, fp, fn, tn: _ratio(tp * tn - fp * fn, np.sqrt(1.0 * (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
        "all patients have one class or one prediction",
    ),
}
"""Name -> the formula, and why it may be undefined."""


def confusion_counts(y_true, y_pred):
    """Return true positives, false positives, false negatives and true negatives.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        0 or 1, 1 for the event, observed and predicted.

    Returns
    -------
    tp, fp, fn, tn : int

    Raises
    ------
    ValueError
        If a value is not 0 or 1, or the lengths differ.
    """
    observed, predicted = check_binary(y_true, both=False), check_binary(y_pred, "y_pred", both=False)
    check_lengths(y_true=observed, y_pred=predicted)
    cells = observed & predicted, ~observed & predicted, observed & ~predicted, ~observed & ~predicted
    return tuple(int(cell.sum()) for cell in cells)


def threshold_metrics(y_true, y_pred, *, confidence=0.95, n_resamples=2000, random_state=None):
    """Return the metrics of the two-by-two table, each with its interval.

    Proportions have Wilson's interval. Balanced accuracy (Brodersen et al. 2010), Youden's index (1950), F1 (van
    Rijsbergen 1979) and Matthews' correlation (1975) have the percentile interval of a bootstrap of patients, drawn
    directly as tables of four cells.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        0 or 1, 1 for the event, observed and predicted.
    confidence : float, default=0.95
        Nominal coverage.
    n_resamples : int, default=2000
        Number of bootstrap resamples.
    random_state : int, Generator or None, default=None
        Seed of the resampling.

    Returns
    -------
    metrics : dict of str to Estimate
        accuracy, sensitivity, specificity, ppv, npv, balanced_accuracy, youden, f1, mcc. Undefined, with the reason,
        where there is nobody to count, such as PPV without a positive prediction. ``n`` is always the number of
        patients. PPV and NPV hold at this cohort's prevalence; for another see :func:`predictive_values`.

    Raises
    ------
    ValueError
        If a value is not 0 or 1, or the lengths differ.

    Examples
    --------
    >>> from fusionkit.metrics import threshold_metrics
    >>> metrics = threshold_metrics([1] * 40 + [0] * 60, [1] * 30 + [0] * 10 + [1] * 6 + [0] * 54, random_state=0)
    >>> print(metrics["sensitivity"])
    0.750 (95 % CI 0.598 to 0.858)
    """
    cells = confusion_counts(y_true, y_pred)
    check_confidence(confidence)
    check_count(n_resamples, "n_resamples", 2)
    n, n_events = sum(cells), cells[0] + cells[2]
    metrics = {}
    for name, (successes, trials, who) in _PROPORTIONS.items():
        k, total = successes(*cells), trials(*cells)
        low, high = wilson_interval(k, total, confidence=confidence)
        reason = "" if total else f"there are no {who}"
        metrics[name] = Estimate(float(_ratio(k, total)), low, high, n, n_events, "Wilson", confidence, reason)
    drawn = np.random.default_rng(random_state).multinomial(n, np.array(cells) / n, size=n_resamples).T
    tail = (1 - confidence) / 2
    for name, (formula, why) in _COMPOSITES.items():
        value, resampled = float(formula(*cells)), formula(*drawn)
        defined = not np.isnan(value)
        low, high = np.nanquantile(resampled, [tail, 1 - tail]) if defined else (np.nan, np.nan)
        method = bootstrap_method(None, n_resamples)
        metrics[name] = Estimate(
            value, float(low), float(high), n, n_events, method, confidence, "" if defined else why
        )
    return metrics


def predictive_values(y_true, y_pred, *, prevalence, confidence=0.95):
    """Return PPV and NPV for a population with a given prevalence, such as the clinic where the model will be used.

    Bayes' rule on sensitivity and specificity; the limits are those of Mercaldo, Lau & Zhou (2007) on the logit scale.

    Parameters
    ----------
    y_true, y_pred : array-like of shape (n,)
        0 or 1, 1 for the event, observed and predicted.
    prevalence : float
        Share of events in that population, in (0, 1).
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    values : dict of str to Estimate
        ``ppv`` and ``npv``. Without limits, with the reason, where sensitivity or specificity is 0 or 1.

    Raises
    ------
    ValueError
        If the prevalence lies outside (0, 1) or a class is absent.
    """
    prevalence, confidence = check_share(prevalence, "prevalence"), check_confidence(confidence)
    check_binary(y_true)
    tp, fp, fn, tn = confusion_counts(y_true, y_pred)
    z = stats.norm.ppf((1 + confidence) / 2)
    odds = prevalence / (1 - prevalence)
    values = {}
    for name, right, missed, wrong, cleared, prior in (
        ("ppv", tp, fn, fp, tn, odds),
        ("npv", tn, fp, fn, tp, 1 / odds),
    ):
        hit, false = right / (right + missed), wrong / (wrong + cleared)
        value = float(_ratio(hit * prior, hit * prior + false))
        low = high = np.nan
        reason = "sensitivity or specificity is 0 or 1, where the logit limits do not exist"
        if np.isnan(value):
            reason = "no patient is predicted so"
        elif min(right, missed, wrong, cleared) > 0:
            error = np.sqrt(missed / (right * (right + missed)) + cleared / (wrong * (wrong + cleared)))
            low, high = expit(logit(value) - z * error), expit(logit(value) + z * error)
            reason = ""
        method = f"Mercaldo, logit, at prevalence {prevalence:g}"
        values[name] = Estimate(value, float(low), float(high), tp + fp + fn + tn, tp + fn, method, confidence, reason)
    return values


def choose_threshold(y_true, y_score, *, rule="youden", target=0.9, cost_ratio=1.0):
    """Return the threshold that a rule chooses; a score at or above it is a positive prediction.

    Call it on training patients (or their out-of-fold scores) only: a threshold chosen on the patients it is then
    judged by flatters the model.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_score : array-like of shape (n,)
        Higher means more likely to have the event.
    rule : {"youden", "sensitivity", "specificity", "cost"}, default='youden'
        Largest sensitivity + specificity; the highest threshold that reaches a sensitivity, or the lowest that
        reaches a specificity, of ``target``; least cost.
    target : float, default=0.9
        For the rules sensitivity and specificity, in (0, 1).
    cost_ratio : float, default=1.0
        For the rule cost: how many false positives one false negative is worth.

    Returns
    -------
    threshold : float
        One of the scores, or infinity when nobody should be called positive.

    Raises
    ------
    ValueError
        If there is one class only, a score is NaN, or an argument is out of range.
    """
    event, score = check_binary(y_true), check_numbers(y_score, "y_score")
    check_lengths(y_true=event, y_score=score)
    candidates = np.r_[np.unique(score), np.inf]
    missed = np.searchsorted(np.sort(score[event]), candidates, side="left")
    cleared = np.searchsorted(np.sort(score[~event]), candidates, side="left")
    sensitivity, specificity = (event.sum() - missed) / event.sum(), cleared / (~event).sum()
    if rule == "youden":
        return float(candidates[np.argmax(sensitivity + specificity)])
    if rule in {"sensitivity", "specificity"}:
        check_share(target, "target")
    if rule == "sensitivity":
        return float(candidates[np.flatnonzero(sensitivity >= target)[-1]])
    if rule == "specificity":
        return float(candidates[np.flatnonzero(specificity >= target)[0]])
    if rule == "cost":
        if not cost_ratio > 0:
            raise ValueError(f"cost_ratio must be positive; got {cost_ratio!r}")
        return float(candidates[np.argmin(cost_ratio * missed + (~event).sum() - cleared)])
    raise ValueError(f"rule must be 'youden', 'sensitivity', 'specificity' or 'cost'; got {rule!r}")
