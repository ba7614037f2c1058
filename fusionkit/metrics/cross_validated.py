"""The two entry points for out-of-fold scores: one model's value, and the difference between two models.

What is estimated. Both intervals are about *the models fitted in this cross-validation*: the mean, over these fits,
of their performance on new patients of the same population. Each was trained on the share ``(K - 1) / K`` of the
cohort, so the model refitted to everybody is expected to do a little better; nothing here is about that one model.

Which interval, and why. Out-of-fold scores of different patients come from models that share training patients, so
DeLong's variance and the patient-level bootstrap, which both take the scores as given, are too narrow. In simulated
cohorts of 80 to 200 patients with a known true AUC (logistic models, with and without selection among 50 features)
they covered 80 to 93 %; the corrected resampled t interval of Nadeau & Bengio (2003), on the logit scale for one AUC
and plain for a difference, covered 92 to 96 % wherever the clinical model carried signal.
``benchmarks/metrics.py --coverage`` makes these figures. Where every model is at chance (AUC 0.5), the estimate
itself varies twice as much as any variance from out-of-fold scores shows, and coverage falls to about 90 %: claim
discrimination of a weak model with the label-permutation test, not with this interval.
"""

import warnings

import numpy as np

from ..exceptions import DataWarning
from ._checks import check_binary, check_numbers, check_out_of_fold
from .discrimination import auc, average_precision
from .intervals import corrected_resampled_interval, corrected_resampled_test

__all__ = ["cv_difference", "cv_estimate", "fold_values"]

_METRICS = {
    "auc": (auc, "logit"),
    "average_precision": (average_precision, "logit"),
}
"""Name -> the function of (y_true, y_score), and the scale of its interval."""


def _metric(metric):
    if callable(metric):
        return metric, "identity"
    if metric not in _METRICS:
        raise ValueError(
            f"metric must be one of {', '.join(_METRICS)}, or a function of (y_true, y_score); got {metric!r}"
        )
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
        ``"auc"``, ``"average_precision"``, or a function of (y_true, y_score) that returns a number.

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
    function, _ = _metric(metric)
    ranks = not callable(metric)
    y_true = check_binary(y_true) if ranks else check_numbers(y_true, "y_true")
    scores, folds = check_out_of_fold(scores, folds, y_true.size, "scores")
    parts = [fold == label for fold in folds for label in np.unique(fold)]
    rows = [score for score, fold in zip(scores, folds, strict=True) for _ in np.unique(fold)]
    usable = [not ranks or 0 < y_true[part].sum() < part.sum() for part in parts]
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
    return n - n_test, n_test


def _n_events(y_true, metric):
    return None if callable(metric) else int(np.asarray(y_true).sum())


def cv_estimate(y_true, scores, folds, *, metric="auc", confidence=0.95):
    """Return a cross-validated metric with its interval: the figure for the report.

    The metric is computed in every test fold and averaged; the interval is the corrected resampled t (see the
    module's text for what it is about and how well it covers). Patients who belong together must share a fold.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event (any numbers for a metric of your own).
    scores : array-like of shape (repeats, n)
        Out-of-fold scores; one repeat may be given with shape (n,).
    folds : array-like of shape (repeats, n)
        In which test fold the patient stood in that repeat; any labels.
    metric : str or callable, default='auc'
        ``"auc"``, ``"average_precision"``, or a function of (y_true, y_score) that returns a number.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, or fewer than two folds have a value.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import cv_estimate
    >>> rng = np.random.default_rng(0)
    >>> y_true = np.repeat([0, 1], 50)
    >>> folds = np.tile(np.arange(100) % 5, (3, 1))
    >>> print(cv_estimate(y_true, y_true + rng.normal(size=(3, 100)), folds))
    0.737 (95 % CI 0.584 to 0.849)
    """
    values = fold_values(y_true, scores, folds, metric=metric)
    n_train, n_test = _split_sizes(folds, np.size(y_true))
    return corrected_resampled_interval(
        values,
        n_train=n_train,
        n_test=n_test,
        confidence=confidence,
        scale=_metric(metric)[1],
        n=np.size(y_true),
        n_events=_n_events(y_true, metric),
    )


def cv_difference(y_true, scores, baseline_scores, folds, *, metric="auc", confidence=0.95):
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
        ``"auc"``, ``"average_precision"``, or a function of (y_true, y_score) that returns a number.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    comparison : Comparison
        The model minus the baseline.

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, or fewer than two folds have a value.
    """
    values = fold_values(y_true, scores, folds, metric=metric)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the same folds have just been complained about
        baseline = fold_values(y_true, baseline_scores, folds, metric=metric)
    n_train, n_test = _split_sizes(folds, np.size(y_true))
    return corrected_resampled_test(
        values,
        baseline,
        n_train=n_train,
        n_test=n_test,
        confidence=confidence,
        n=np.size(y_true),
        n_events=_n_events(y_true, metric),
    )
