"""Bootstrap by patient: all models on the same resampled patients, so that their differences are paired.

The scores are taken as given. For the patients of an independent test set this is the whole uncertainty; for
out-of-fold scores it leaves out that the models would differ with other training patients, and the interval is
too narrow (see :mod:`fusionkit.metrics.cross_validated`, which is the one to report then).
"""

from dataclasses import dataclass

import numpy as np

from ._checks import check_binary, check_confidence, check_count, check_groups, check_out_of_fold
from ._pairs import pair_table
from .results import Estimate

__all__ = ["PairedBootstrap", "paired_bootstrap"]


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
    if groups is None:
        counts = np.empty((n_resamples, event.size))
        for members in (event, ~event):
            size = int(members.sum())
            counts[:, members] = rng.multinomial(size, np.full(size, 1 / size), size=n_resamples)
        return counts
    codes = check_groups(groups, event.size)
    size = codes.max() + 1
    return rng.multinomial(size, np.full(size, 1 / size), size=n_resamples)[:, codes].astype(float)


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


def _percentile(value, resampled, event, confidence, what):
    left_out = int(np.isnan(resampled).sum())
    tail = (1 - confidence) / 2
    low, high = np.nanquantile(resampled, [tail, 1 - tail])
    varies = np.nanmax(resampled) - np.nanmin(resampled) > 1e-12  # below, it is rounding
    reason = "" if varies else f"it is {value:g} in every resample: no variation can show"
    low, high = (float(low), float(high)) if varies else (np.nan, np.nan)
    note = f", {left_out} of {resampled.size} resamples left out as they had one class" if left_out else ""
    return Estimate(
        value, low, high, event.size, int(event.sum()), f"{what}{note}", confidence=confidence, reason=reason
    )


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
        If shapes disagree, a score is NaN, there is one class only, the baseline is unknown, or more than half of
        the resamples have one class only.

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
    check_count(n_resamples, "n_resamples", 2)
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
        if np.isnan(resampled[name]).mean() > 0.5:
            raise ValueError("more than half of the resamples have one class only: the groups are too few")
    what = f"bootstrap of {'patients' if groups is None else 'groups'}, percentile, {n_resamples} resamples"
    return PairedBootstrap(
        {name: _percentile(values[name], resampled[name], event, confidence, what) for name in scores},
        {
            name: _percentile(
                values[name] - values[baseline], resampled[name] - resampled[baseline], event, confidence, what
            )
            for name in scores
            if baseline is not None and name != baseline
        },
        baseline,
    )
