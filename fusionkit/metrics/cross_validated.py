"""The entry points for out-of-fold scores: one model's value, the difference between two, and weighted sums of several.

What is estimated. The intervals are about the models fitted in this cross-validation: the mean, over these fits, of
their performance on new patients of the same population. Each was trained on the share ``(K - 1) / K`` of the
cohort, so that the model refitted to everybody is expected to do a little better. The performance that the procedure
has on average over other cohorts of this size is another quantity: the intervals of an AUC hold it almost as often,
those of a difference more often than they say.

Which interval, and why. Every patient is a tester and a teacher.

The tester: the AUC within test folds is a sum over pairs of an event and a non-event, and its variance for given
models is that of a sum clustered two ways. DeLong's variance is the same but for the square of each pair, which it
counts twice; in a test fold with five events that is too much. A t with the degrees of freedom of Brunner & Munzel
(2000) allows for few events.

The teacher: what the choice of training patients adds shows in repeated cross-validation. Between two repeats a share
``1 / K`` of each training set is exchanged, and the ranks of the same patients move. With r their correlation between
repeats (within an outcome class), ``q = K (1 - r)`` says how much of the scores' variance training makes: near 0 for a
strong clinical score, above 1 for pure noise. Where patient i moves the score of j as j moves that of i, as linear
and kernel models do, the variance grows by ``1 + q``; since a patient's pull on the model and on the AUC are not
proportional, by less: with normal scores at chance by ``1 + 0.87 q`` (half the root of 3). That is what the interval
uses everywhere, for one model on the logit scale, for a difference with the ranks of the two models subtracted first (a
weighted sum: with the ranks summed so);
with signal, and where features are selected, it is a little more than needed.

This is a method of this project, held to its promise by simulation and not by a publication. The published choice,
the corrected resampled t of Nadeau & Bengio (2003), is there as ``method="corrected_t"``; it is also what other
metrics and a single repeat get, and it is too narrow near chance. ``docs/honesty.md`` shows how often either holds the
truth, and ``benchmarks/honesty.py`` makes those figures.
"""

import warnings
from dataclasses import replace

import numpy as np
from scipy import stats

from ..exceptions import DataWarning
from ._bootstrap import SINGLE
from ._checks import check_binary, check_confidence, check_groups, check_numbers, check_out_of_fold, check_probabilities
from ._instability import auc_error, contrast_error
from .calibration import brier_score, log_loss, scaled_brier_score
from .discrimination import auc, average_precision
from .intervals import corrected_resampled_interval, corrected_resampled_test, make_limits
from .results import Comparison, Estimate

__all__ = ["cv_contrast", "cv_difference", "cv_estimate", "fold_values"]

_METRICS = {
    "auc": (auc, "logit", True),
    "average_precision": (average_precision, "logit", True),
    "brier": (brier_score, "identity", False),
    "scaled_brier": (scaled_brier_score, "identity", True),
    "log_loss": (log_loss, "identity", False),
}
"""Name -> the function of (y_true, y_score), the scale of its interval, and whether a fold needs both classes."""

_OF_PROBABILITIES = {"brier", "scaled_brier", "log_loss"}

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
    return _values(metric, *_check_parts(y_true, scores, folds, metric, "scores"))


def _check_parts(y_true, scores, folds, metric, name):
    """y_true, scores and folds, and the test folds that have a value: a list of (repeat, members)."""
    y_true = check_numbers(y_true, "y_true") if callable(metric) else check_binary(y_true)
    needs_both = _metric(metric)[2]
    scores, folds = check_out_of_fold(scores, folds, y_true.size, name)
    if metric in _OF_PROBABILITIES:
        check_probabilities(scores.ravel(), name)
    parts = [(repeat, fold == label) for repeat, fold in enumerate(folds) for label in np.unique(fold)]
    usable = [part for part in parts if not needs_both or 0 < y_true[part[1]].sum() < part[1].sum()]
    if len(usable) < 2:
        raise ValueError(
            f"{len(usable)} of {len(parts)} test folds have patients of both classes, and two are needed: "
            f"use fewer, stratified folds"
        )
    if len(usable) < len(parts):
        warnings.warn(
            f"{len(parts) - len(usable)} of {len(parts)} test folds have one class only and no {metric}; "
            f"they are left out: stratify the folds by outcome",
            DataWarning,
            stacklevel=3,
        )
    return y_true, scores, folds, usable


def _values(metric, y_true, scores, folds, parts):
    function = _metric(metric)[0]
    return np.array([function(y_true[members], scores[repeat, members]) for repeat, members in parts])


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
    0.704 (95 % CI 0.587 to 0.800)
    """
    checked = event, scores, folds, _ = _check_parts(y_true, scores, folds, metric, "scores")
    _check_whole_groups(groups, folds, event.size)
    if not _uses_instability(method, metric, scores):
        values, scale = _values(metric, *checked), _metric(metric)[1]
        sizes = {**_split_sizes(folds, event.size), **_counts(event, metric)}
        return corrected_resampled_interval(values, confidence=confidence, scale=scale, **sizes)
    value, *precision = auc_error(event, scores, folds, groups)
    return _instability_estimate(value, *precision, event, "logit", confidence)


def _instability_estimate(value, error, df, event, scale, confidence):
    """The estimate with t limits on a scale, or the reason why there are none."""
    half = stats.t.ppf((1 + check_confidence(confidence)) / 2, df) * error
    low, high, reason = make_limits(value, half, scale)
    if min(event.sum(), (~event).sum()) < 2:
        reason = SINGLE
    return Estimate(
        value, low, high, event.size, int(event.sum()), method=INSTABILITY, confidence=confidence, reason=reason
    )


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
        The model minus the baseline; interval and test are NaN, with the reason, where the two rank alike. The limits
        of a difference between two shares (AUC, average precision) end at -1 and 1: none can be larger.

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, fewer than two folds have a value, a group
        is torn between folds, or two repeats are the same split.
    """
    checked = event, scores, folds, _ = _check_parts(y_true, scores, folds, metric, "scores")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataWarning)  # the same folds have just been complained about
        checked_baseline = _check_parts(y_true, baseline_scores, folds, metric, "baseline_scores")
    _check_whole_groups(groups, folds, event.size)
    if not _uses_instability(method, metric, scores):
        values, baseline = _values(metric, *checked), _values(metric, *checked_baseline)
        sizes = {**_split_sizes(folds, event.size), **_counts(event, metric)}
        return _within_reach(corrected_resampled_test(values, baseline, confidence=confidence, **sizes), metric)
    values, error, df = contrast_error(event, [scores, checked_baseline[1]], [1, -1], folds, groups)
    value, baseline_value = values.tolist()
    difference = _instability_estimate(value - baseline_value, error, df, event, "identity", confidence)
    t = (value - baseline_value) / error
    found = Comparison(difference, value, baseline_value, t, df, float(2 * stats.t.sf(abs(t), df)))
    return _within_reach(found, metric)


def cv_contrast(
    y_true, scores, weights, folds, *, constant=0.0, metric="auc", scale="identity", groups=None, confidence=0.95
):
    """Return a weighted sum of several models' cross-validated metrics on the same splits, with its interval.

    A difference is the sum with the weights 1 and -1, and has the interval of :func:`cv_difference`; another such sum
    is the Shapley value of a modality.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event (any numbers for a metric of your own).
    scores : dict of str to array-like of shape (repeats, n)
        Out-of-fold scores of each model, made on the same splits.
    weights : dict of str to float
        Weight of each model.
    folds : array-like of shape (repeats, n)
        In which test fold the patient stood in that repeat, for all models.
    constant : float, default=0.0
        Added to the sum.
    metric : str or callable, default='auc'
        As in :func:`cv_estimate`.
    scale : {"identity", "logit"}, default="identity"
        ``"logit"`` is for a sum that is itself an AUC, or chance and what lies beyond it: limits as one AUC has them,
        where the sum lies between 0 and 1.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together, as in :func:`cv_estimate`.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        The instability-inflated interval of AUCs in two repeats or more, otherwise the corrected resampled t.

    Raises
    ------
    ValueError
        If models and weights differ, or as :func:`cv_difference` does.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import cv_contrast
    >>> rng = np.random.default_rng(0)
    >>> y_true = np.repeat([0, 1], 50)
    >>> folds = np.array([rng.permutation(100) % 5 for repeat in range(3)])
    >>> ehr, ct = (y_true + rng.normal(size=(3, 100)) for model in range(2))
    >>> mean_beyond_chance = cv_contrast(y_true, {"ehr": ehr, "ct": ct}, {"ehr": 0.5, "ct": 0.5}, folds, constant=-0.5)
    >>> print(round(mean_beyond_chance.value, 2))
    0.24
    """
    if scale not in {"identity", "logit"}:
        raise ValueError(f"scale must be 'identity' or 'logit'; got {scale!r}")
    if not scores or set(scores) != set(weights):
        raise ValueError(f"scores and weights must name the same models; got {list(scores)} and {list(weights)}")
    checked = [_check_parts(y_true, score, folds, metric, f"scores[{name!r}]") for name, score in scores.items()]
    event, _, folds, _ = checked[0]
    _check_whole_groups(groups, folds, event.size)
    factors = np.array([weights[name] for name in scores], dtype=float)
    if not _uses_instability("auto", metric, checked[0][1]):
        values = constant + factors @ [_values(metric, *parts) for parts in checked]
        shell = {**_split_sizes(folds, event.size), **_counts(event, metric), "scale": _usable(scale, values.mean())}
        return corrected_resampled_interval(values, confidence=confidence, **shell)
    values, *precision = contrast_error(event, [score for _, score, *_ in checked], factors, folds, groups)
    value = float(constant + factors @ values)
    return _instability_estimate(value, *precision, event, _usable(scale, value), confidence)


def _usable(scale, value):
    """The scale, or the plain one where the sum has no log odds."""
    return scale if 0 < value < 1 else "identity"


def _within_reach(comparison, metric):
    """The comparison, its limits no further out than the difference of two numbers between 0 and 1 can be."""
    if _metric(metric)[1] != "logit":
        return comparison
    low, high = np.clip([comparison.difference.low, comparison.difference.high], -1, 1).tolist()
    return replace(comparison, difference=replace(comparison.difference, low=low, high=high))
