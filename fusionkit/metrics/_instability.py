"""The variance of a cross-validated AUC, with what the training patients add to it."""

import numpy as np
from scipy import stats

from ._checks import check_groups
from ._pairs import auc_excess, pairs_variance, score_instability

__all__ = ["auc_error", "difference_error"]

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


def _error(event, excess, groups, instability):
    given_models, df = pairs_variance(event, excess, check_groups(groups, event.size))
    if not given_models >= NOTHING_VARIES:
        return np.nan, np.nan
    return float(np.sqrt(given_models * (1 + TRAINING_SHARE * instability))), df


def auc_error(event, scores, folds, groups):
    """Return the fold-averaged AUC, its standard error and degrees of freedom."""
    check_distinct_splits(folds)
    value, excess = auc_excess(event, scores, folds)
    instability = score_instability(event, within_repeat_ranks(scores), folds)
    return value, *_error(event, excess, groups, instability)


def difference_error(event, scores, baseline_scores, folds, groups):
    """Return both fold-averaged AUCs, the standard error of their difference and its degrees of freedom."""
    check_distinct_splits(folds)
    (value_a, excess_a), (value_b, excess_b) = (auc_excess(event, score, folds) for score in (scores, baseline_scores))
    ranks = within_repeat_ranks(scores) - within_repeat_ranks(baseline_scores)
    instability = score_instability(event, ranks, folds)
    return value_a, value_b, *_error(event, excess_a - excess_b, groups, instability)
