"""The two entry points for out-of-fold scores: one model's value, and the difference between two models.

What is estimated. Both intervals are about the models fitted in this cross-validation: the mean, over these fits, of
their performance on new patients of the same population. Each was trained on the share ``(K - 1) / K`` of the
cohort, so that the model refitted to everybody is expected to do a little better.

Which interval, and why. Every patient is a tester and a teacher. DeLong's variance and the patient bootstrap see the
tester only, take the models as given, and are too narrow. What the teachers add shows in repeated cross-validation:
between two repeats a share ``1 / K`` of each training set is exchanged, and the ranks of the same patients move. With
r their correlation between repeats (within an outcome class), ``q = K (1 - r)`` is the part of the scores' variance
that the choice of training patients makes: near 0 for a strong clinical score, near 1 for pure noise. For a linear
score without signal training doubles the variance, and simulation shows that ``1 + q`` is the right factor between
these ends. So the interval of an AUC is DeLong's variance, computed within folds, times ``1 + q``, on the logit
scale; for a difference the two models' ranks are subtracted first, and the factor is ``1 + 0.75 q``.

This is a method of this project, held to its promise by simulation and not by a publication. The published choice,
the corrected resampled t of Nadeau & Bengio (2003), is there as ``method="corrected_t"``; it is also what other
metrics and a single repeat get. Seven kinds of cohorts of 100 or 200 patients, 500 of each, 5 x 5 folds, logistic
regression, as ``benchmarks/metrics.py coverage`` makes them:

============================  =====================  =====================  ==========================
95 % interval                 AUC holds the truth    difference holds it    false gain, at most
============================  =====================  =====================  ==========================
this module's                 95.8 to 98.0 %         93.8 to 97.6 %         3.2 %
corrected resampled t         91.0 to 97.2 %         91.8 to 97.0 %         5.6 %
DeLong on averaged scores     82.4 to 94.6 %         80.8 to 90.2 %         9.0 %
============================  =====================  =====================  ==========================
"""

import warnings

import numpy as np
from scipy import stats

from ..exceptions import DataWarning
from ._checks import check_binary, check_confidence, check_groups, check_numbers, check_out_of_fold
from ._instability import auc_error, difference_error
from .calibration import brier_score, log_loss, scaled_brier_score
from .discrimination import auc, average_precision
from .intervals import corrected_resampled_interval, corrected_resampled_test, make_limits
from .results import Comparison, Estimate

__all__ = ["cv_difference", "cv_estimate", "fold_values"]

_METRICS = {
    "auc": (auc, "logit", True),
    "average_precision": (average_precision, "logit", True),
    "brier": (brier_score, "identity", False),
    "scaled_brier": (scaled_brier_score, "identity", True),
    "log_loss": (log_loss, "identity", False),
}
"""Name -> the function of (y_true, y_score), the scale of its interval, and whether a fold needs both classes."""

INSTABILITY = "instability-inflated influence variance"


def _metric(metric):
    if callable(metric):
        return metric, "identity", False
    if metric not in _METRICS:
        names = ", ".join(_METRICS)
        raise ValueError(f"metric must be one of {names}, or a function of (y_true, y_score); got {metric!r}")
    return _METRICS[metric]


def fold_values(y_true, scores, folds, *, metric="auc"):
    """Return the metric of every test fold of every repeat.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event (any numbers for a metric of your own).
    scores : array-like of shape (repeats, n)
        Out-of-fold scores; one repeat may be given with shape (n,).
    folds : array-like of shape (repeats, n)
        In which test fold the patient stood in that repeat; any labels.
    metric : str or callable, default='auc'
        ``"auc"``, ``"average_precision"``, ``"brier"``, ``"scaled_brier"``, ``"log_loss"``, or a function of
        (y_true, y_score) that returns a number.

    Returns
    -------
    values : array of shape (n_values,)
        Repeat by repeat, folds in sorted order. A fold whose patients all have one outcome has no AUC and is left
        out, with a DataWarning.

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, or fewer than two folds have a value.
    """
    function, _, needs_both = _metric(metric)
    y_true = check_numbers(y_true, "y_true") if callable(metric) else check_binary(y_true)
    scores, folds = check_out_of_fold(scores, folds, y_true.size, "scores")
    parts = [fold == label for fold in folds for label in np.unique(fold)]
    rows = [score for score, fold in zip(scores, folds, strict=True) for _ in np.unique(fold)]
    usable = [not needs_both or 0 < y_true[part].sum() < part.sum() for part in parts]
    if sum(usable) < 2:
        raise ValueError(
            f"{sum(usable)} of {len(parts)} test folds have patients of both classes, and two are needed: "
            f"use fewer, stratified folds"
        )
    if not all(usable):
        warnings.warn(
            f"{len(parts) - sum(usable)} of {len(parts)} test folds have one class only and no {metric}; "
            f"they are left out: stratify the folds by outcome",
            DataWarning,
            stacklevel=3,
        )
    return np.array(
        [function(y_true[part], row[part]) for part, row, keep in zip(parts, rows, usable, strict=True) if keep]
    )


def _split_sizes(folds, n):
    """Mean number of patients in training and test part of a split."""
    n_test = n / np.mean([np.unique(fold).size for fold in np.atleast_2d(folds)])
    return {"n_train": n - n_test, "n_test": n_test}


def _uses_instability(method, metric, scores):
    """Whether the interval is the instability-inflated one; the other choice is the corrected resampled t."""
    if method not in {"auto", "instability", "corrected_t"}:
        raise ValueError(f"method must be 'auto', 'instability' or 'corrected_t'; got {method!r}")
    possible = metric == "auc" and len(np.atleast_2d(scores)) > 1
    if method == "instability" and not possible:
        raise ValueError("method='instability' is for metric='auc' and at least two repeats of the cross-validation")
    return possible and method != "corrected_t"


def _check_whole_groups(groups, folds, n):
    """Raise if rows of one group stand in different folds of a repeat."""
    if groups is None:
        return
    codes = check_groups(groups, n)
    first = np.unique(codes, return_index=True)[1]
    for fold in np.atleast_2d(folds):
        torn = np.unique(np.asarray(groups)[fold[first][codes] != fold])
        if torn.size:
            raise ValueError(
                f"{torn.size} groups stand in training and test part at once, such as {torn[:3].tolist()}: "
                f"split by group (GroupKFold, StratifiedGroupKFold)"
            )


def _counts(y_true, metric):
    return {"n": np.size(y_true), "n_events": None if callable(metric) else int(np.sum(y_true))}


def cv_estimate(y_true, scores, folds, *, metric="auc", groups=None, method="auto", confidence=0.95):
    """Return a cross-validated metric with its interval: the figure for the report.

    The metric is computed in every test fold and averaged. What the interval is about and how well it covers stands
    in the text of this module.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event (any numbers for a metric of your own).
    scores : array-like of shape (repeats, n)
        Out-of-fold scores; one repeat may be given with shape (n,).
    folds : array-like of shape (repeats, n)
        In which test fold the patient stood in that repeat; any labels.
    metric : str or callable, default='auc'
        ``"auc"``, ``"average_precision"``, ``"brier"``, ``"scaled_brier"``, ``"log_loss"``, or a function of
        (y_true, y_score) that returns a number.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together (lesions of one patient): rows of a group must share their folds, and count as one
        observation in the instability-inflated interval.
    method : {"auto", "instability", "corrected_t"}, default='auto'
        ``"instability"``: needs the AUC and two repeats or more. ``"corrected_t"``: the corrected resampled t of
        Nadeau & Bengio (2003). ``"auto"``: the first where it is possible.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Its ``method`` says which interval it is. Limits are NaN, with the reason, where all patients are ranked
        without error or the scores do not vary.

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, fewer than two folds have a value, a group
        is torn between folds, or two repeats are the same split.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import cv_estimate
    >>> rng = np.random.default_rng(0)
    >>> y_true = np.repeat([0, 1], 50)
    >>> folds = np.array([rng.permutation(100) % 5 for repeat in range(3)])
    >>> ranking = y_true + rng.normal(size=100)
    >>> print(cv_estimate(y_true, ranking + 0.1 * rng.normal(size=(3, 100)), folds))
    0.704 (95 % CI 0.584 to 0.802)
    """
    values = fold_values(y_true, scores, folds, metric=metric)
    _check_whole_groups(groups, folds, np.size(y_true))
    counts = _counts(y_true, metric)
    if not _uses_instability(method, metric, scores):
        sizes, scale = _split_sizes(folds, counts["n"]), _metric(metric)[1]
        return corrected_resampled_interval(values, confidence=confidence, scale=scale, **sizes, **counts)
    event = check_binary(y_true)
    value, error = auc_error(event, *check_out_of_fold(scores, folds, event.size, "scores"), groups)
    low, high, reason = make_limits(value, stats.norm.ppf((1 + check_confidence(confidence)) / 2) * error, "logit")
    return Estimate(value, low, high, **counts, method=INSTABILITY, confidence=confidence, reason=reason)


def cv_difference(y_true, scores, baseline_scores, folds, *, metric="auc", groups=None, method="auto", confidence=0.95):
    """Return how much better one model is than another on the same splits, with interval and test.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event (any numbers for a metric of your own).
    scores, baseline_scores : array-like of shape (repeats, n)
        Out-of-fold scores of the two models, such as fusion and EHR only, made on the same splits.
    folds : array-like of shape (repeats, n)
        In which test fold the patient stood in that repeat, for both models.
    metric : str or callable, default='auc'
        ``"auc"``, ``"average_precision"``, ``"brier"``, ``"scaled_brier"``, ``"log_loss"``, or a function of
        (y_true, y_score) that returns a number.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together, as in :func:`cv_estimate`.
    method : {"auto", "instability", "corrected_t"}, default='auto'
        As in :func:`cv_estimate`.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    comparison : Comparison
        The model minus the baseline; interval and test are NaN, with the reason, where the two rank alike.

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, fewer than two folds have a value, a group
        is torn between folds, or two repeats are the same split.
    """
    values = fold_values(y_true, scores, folds, metric=metric)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the same folds have just been complained about
        baseline = fold_values(y_true, baseline_scores, folds, metric=metric)
    _check_whole_groups(groups, folds, np.size(y_true))
    counts = _counts(y_true, metric)
    if not _uses_instability(method, metric, scores):
        sizes = _split_sizes(folds, counts["n"])
        return corrected_resampled_test(values, baseline, confidence=confidence, **sizes, **counts)
    event = check_binary(y_true)
    scores, splits = check_out_of_fold(scores, folds, event.size, "scores")
    baseline_scores, _ = check_out_of_fold(baseline_scores, folds, event.size, "baseline_scores")
    value, baseline_value, error = difference_error(event, scores, baseline_scores, splits, groups)
    low, high, reason = make_limits(
        value - baseline_value, stats.norm.ppf((1 + check_confidence(confidence)) / 2) * error, "identity"
    )
    difference = Estimate(
        value - baseline_value, low, high, **counts, method=INSTABILITY, confidence=confidence, reason=reason
    )
    z = (value - baseline_value) / error
    return Comparison(difference, value, baseline_value, z, np.inf, float(2 * stats.norm.sf(abs(z))))
