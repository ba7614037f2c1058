"""The variance of a cross-validated AUC, with what the training patients add to it."""

import numpy as np
from scipy import stats

from ._checks import check_groups
from ._pairs import auc_excess, pairs_variance, score_instability

__all__ = ["auc_error", "contrast_error", "training_factor"]

TRAINING_SHARE = np.sqrt(3) / 2
"""How much of the instability is added. At chance all patients pull the model alike, and the AUC with the normal
density at their score: this is the density's squared mean over its mean square."""

NOTHING_VARIES = 1e-24
"""A variance below this is rounding: one patient among a million moves an AUC by more."""


def check_distinct_splits(folds):
    """Raise if two repeats split the patients alike: their agreement would pass for stability."""
    splits = set()
    for fold in folds:
        _, first, label = np.unique(fold, return_index=True, return_inverse=True)
        splits.add(first[label].tobytes())
    if len(splits) < len(folds):
        raise ValueError(
            f"the {len(folds)} repeats split the patients in only {len(splits)} different ways: give every repeat "
            f"its own random split, or pass method='corrected_t'"
        )


def within_repeat_ranks(scores):
    """Return each patient's rank in each repeat, which does not depend on the scale of the scores."""
    return stats.rankdata(scores, axis=1)


def training_factor(event, ranks, folds):
    """Return what training makes of a standard error for given models: the root of the variance's growth.

    Parameters
    ----------
    event : bool array of shape (n,)
    ranks, folds : arrays of shape (repeats, n)
        From :func:`within_repeat_ranks`, or a weighted sum of such; two repeats or more, each another split.
    """
    check_distinct_splits(folds)
    return np.sqrt(1 + TRAINING_SHARE * score_instability(event, ranks, folds))


def _error(event, excess, groups, ranks, folds):
    factor = training_factor(event, ranks, folds)
    given_models, df = pairs_variance(event, excess, check_groups(groups, event.size))
    if not given_models >= NOTHING_VARIES:
        return np.nan, np.nan
    return float(np.sqrt(given_models) * factor), df


def auc_error(event, scores, folds, groups):
    """Return the fold-averaged AUC, its standard error and degrees of freedom."""
    value, excess = auc_excess(event, scores, folds)
    return value, *_error(event, excess, groups, within_repeat_ranks(scores), folds)


def contrast_error(event, scores, weights, folds, groups):
    """Return the fold-averaged AUC of every model, the standard error of their weighted sum and its degrees of freedom.

    Parameters
    ----------
    event : bool array of shape (n,)
    scores : sequence of arrays of shape (repeats, n)
        One per model.
    weights : sequence of float
        One per model; 1 and -1 for a difference.
    folds : array of shape (repeats, n)
    groups : array of shape (n,) or None
    """
    values, excesses = zip(*(auc_excess(event, score, folds) for score in scores), strict=True)
    excess, ranks = (
        sum(weight * part for weight, part in zip(weights, parts, strict=True))
        for parts in (excesses, map(within_repeat_ranks, scores))
    )
    return np.array(values), *_error(event, excess, groups, ranks, folds)
