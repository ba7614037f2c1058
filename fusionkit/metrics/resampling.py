"""Bootstrap by patient: all models on the same resampled patients, so that their differences are paired.

The scores are taken as given. For the patients of an independent test set this is the whole uncertainty; for
out-of-fold scores it leaves out that the models would differ with other training patients, and the interval is
too narrow (see :mod:`fusionkit.metrics.cross_validated`, which is the one to report then).
"""

from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from ._bootstrap import bootstrap_method, patient_counts, percentile_estimate
from ._checks import check_binary, check_confidence, check_count, check_out_of_fold
from ._pairs import pair_table

__all__ = ["PairedBootstrap", "bootstrap_interval", "paired_bootstrap"]


@dataclass(frozen=True)
class PairedBootstrap:
    """Percentile intervals of several models and of their differences to one baseline.

    Parameters
    ----------
    estimates : dict of str to Estimate
        One per model.
    differences : dict of str to Estimate
        Model minus baseline, one per model except the baseline; empty without a baseline.
    baseline : str or None
        Name of the baseline.
    """

    estimates: dict
    differences: dict
    baseline: str | None


def _resampled_counts(event, groups, n_resamples, rng):
    """How often each patient is drawn, (n_resamples, n): within outcome classes, or by whole groups."""
    if groups is not None:
        return patient_counts(event.size, groups, n_resamples, rng)
    counts = np.empty((check_count(n_resamples, "n_resamples", 2), event.size))
    for members in (event, ~event):
        counts[:, members] = patient_counts(int(members.sum()), None, n_resamples, rng)
    return counts


def _auc_of_resamples(event, scores, folds, counts):
    wins, weights = pair_table(event, scores, folds)
    drawn, opponents = counts[:, event], counts[:, ~event]
    total = np.einsum("ij,ij->i", drawn @ weights, opponents)
    won = np.einsum("ij,ij->i", drawn @ wins, opponents)
    return float(wins.sum()), np.divide(won, total, out=np.full(total.size, np.nan), where=total > 0)


def _metric_of_resamples(metric, event, scores, counts):
    y_true = event.astype(int)
    value = float(np.mean([metric(y_true, score) for score in scores]))
    resampled = np.full(len(counts), np.nan)
    for number, count in enumerate(counts.astype(int)):
        drawn = np.repeat(np.arange(event.size), count)
        if 0 < y_true[drawn].sum() < drawn.size:
            resampled[number] = np.mean([metric(y_true[drawn], score[drawn]) for score in scores])
    return value, resampled


def paired_bootstrap(
    y_true,
    scores,
    folds=None,
    *,
    metric="auc",
    baseline=None,
    groups=None,
    n_resamples=2000,
    confidence=0.95,
    random_state=None,
):
    """Return percentile intervals of each model and of each difference to a baseline, from resampled patients.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    scores : dict of str to array-like of shape (repeats, n)
        Scores by model's name; a model with one score per patient may have shape (n,).
    folds : array-like of shape (repeats, n) or None, default=None
        In which test fold the patient stood in that repeat: the AUC is then computed within folds and averaged.
        None for independent test patients.
    metric : str or callable, default='auc'
        ``"auc"``, or a function of (y_true, y_score); a function is called once per resample and repeat on all its
        patients, folds pooled, which is slow.
    baseline : str or None, default=None
        Name of the model to subtract from each other one.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together (lesions of a patient, patients of a site) and is drawn together. Without groups,
        patients are drawn within their outcome class, so that every resample has the cohort's number of events.
    n_resamples : int, default=2000
        Number of bootstrap resamples.
    confidence : float, default=0.95
        Nominal coverage.
    random_state : int, Generator or None, default=None
        Seed of the resampling.

    Returns
    -------
    result : PairedBootstrap

    Raises
    ------
    ValueError
        If shapes disagree, a score is NaN, there is one class only, or the baseline is unknown.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import paired_bootstrap
    >>> rng = np.random.default_rng(0)
    >>> y_true = np.repeat([0, 1], 100)
    >>> ehr = y_true + rng.normal(size=200)
    >>> fused = ehr + y_true + rng.normal(size=200)
    >>> result = paired_bootstrap(y_true, {"ehr": ehr, "fused": fused}, baseline="ehr", random_state=0)
    >>> print(result.differences["fused"])
    0.116 (95 % CI 0.060 to 0.175)
    """
    event, confidence = check_binary(y_true), check_confidence(confidence)
    if not (metric == "auc" or callable(metric)):
        raise ValueError(f"metric must be 'auc' or a function of (y_true, y_score); got {metric!r}")
    if baseline is not None and baseline not in scores:
        raise ValueError(f"baseline must be one of the models {', '.join(map(repr, scores))}; got {baseline!r}")
    counts = _resampled_counts(event, groups, n_resamples, np.random.default_rng(random_state))
    values, resampled = {}, {}
    for name, score in scores.items():
        no_folds = np.zeros(np.shape(np.atleast_2d(score)), dtype=int)
        score, fold = check_out_of_fold(score, no_folds if folds is None else folds, event.size, f"scores[{name!r}]")
        values[name], resampled[name] = (
            _auc_of_resamples(event, score, fold, counts)
            if metric == "auc"
            else _metric_of_resamples(metric, event, score, counts)
        )
    shell = {
        "n": event.size,
        "n_events": int(event.sum()),
        "method": bootstrap_method(groups, n_resamples),
        "confidence": confidence,
        "why_left_out": "they had one class",
    }
    return PairedBootstrap(
        {name: percentile_estimate(values[name], resampled[name], **shell) for name in scores},
        {
            name: percentile_estimate(values[name] - values[baseline], resampled[name] - resampled[baseline], **shell)
            for name in scores
            if baseline is not None and name != baseline
        },
        baseline,
    )


def bootstrap_interval(metric, *arrays, groups=None, n_resamples=2000, confidence=0.95, random_state=None):
    """Return any metric of independent test patients with the percentile interval of a bootstrap of patients.

    For what has no interval of its own, such as average precision, the AUC of several classes, the time-dependent AUC
    or the integrated Brier score. The metric is called once per resample.

    Parameters
    ----------
    metric : callable
        Takes the arrays, returns a number.
    *arrays : array-like, one row per patient
        Outcomes, predictions and whatever else the metric takes.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together and is drawn together; None for each patient by themselves.
    n_resamples : int, default=2000
        Number of bootstrap resamples.
    confidence : float, default=0.95
        Nominal coverage.
    random_state : int, Generator or None, default=None
        Seed of the resampling.

    Returns
    -------
    estimate : Estimate
        Resamples on which the metric is NaN or raises a ValueError, such as those without a patient of a class, are
        left out, and the method says how many; if they are more than half, there are no limits, with the reason.
        ``n_events`` is None.

    Raises
    ------
    ValueError
        If the lengths differ, or the metric is NaN in the cohort.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import average_precision, bootstrap_interval
    >>> y_true = np.repeat([0, 1], 50)
    >>> y_score = y_true + np.random.default_rng(0).normal(size=100)
    >>> print(bootstrap_interval(average_precision, y_true, y_score, n_resamples=200, random_state=0))
    0.762 (95 % CI 0.637 to 0.857)
    """
    arrays, confidence = [np.asarray(array) for array in arrays], check_confidence(confidence)
    sizes = {len(array) for array in arrays}
    if len(sizes) != 1:
        raise ValueError(f"one row per patient is needed in each array; got {[len(array) for array in arrays]} rows")
    (n,) = sizes
    value = float(metric(*arrays))
    if np.isnan(value):
        raise ValueError("the metric is NaN in this cohort: without an estimate there is no interval")
    resampled = np.full(n_resamples, np.nan)
    for number, count in enumerate(patient_counts(n, groups, n_resamples, np.random.default_rng(random_state))):
        rows = np.repeat(np.arange(n), count.astype(int))
        with suppress(ValueError):
            resampled[number] = metric(*(array[rows] for array in arrays))
    return percentile_estimate(
        value,
        resampled,
        n=n,
        n_events=None,
        method=bootstrap_method(groups, n_resamples),
        confidence=confidence,
    )
