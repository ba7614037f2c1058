"""The variance of a cross-validated AUC, with what the training patients add to it."""

import numpy as np
from scipy import stats

from ._checks import check_groups
from ._pairs import auc_influence, score_instability

__all__ = ["auc_error", "difference_error"]

TRAINING_SHARE = {"estimate": 1.0, "difference": 0.75}
"""How much of the instability is added; checked by simulation (``benchmarks/metrics.py coverage``)."""

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


def _error(influence, groups, instability, share):
    by_group = np.bincount(check_groups(groups, influence.size), influence)
    given_models = np.sum(by_group**2)
    if by_group.size < influence.size:
        given_models *= by_group.size / (by_group.size - 1)
    if given_models < NOTHING_VARIES:
        return np.nan
    return float(np.sqrt(given_models * (1 + share * instability)))


def auc_error(event, scores, folds, groups):
    """Return the fold-averaged AUC and its standard error."""
    check_distinct_splits(folds)
    value, influence = auc_influence(event, scores, folds)
    instability = score_instability(event, within_repeat_ranks(scores), folds)
    return value, _error(influence, groups, instability, TRAINING_SHARE["estimate"])


def difference_error(event, scores, baseline_scores, folds, groups):
    """Return both fold-averaged AUCs and the standard error of their difference."""
    check_distinct_splits(folds)
    (value_a, influence_a), (value_b, influence_b) = (
        auc_influence(event, score, folds) for score in (scores, baseline_scores)
    )
    ranks = within_repeat_ranks(scores) - within_repeat_ranks(baseline_scores)
    instability = score_instability(event, ranks, folds)
    return value_a, value_b, _error(influence_a - influence_b, groups, instability, TRAINING_SHARE["difference"])
