"""Performance in a part of the patients, and whether it differs from that in all others; small parts are suppressed.

The models are those of the whole cohort; the patients of the part are compared with each other within the test folds
in which they stood, so that scores of different models are never mixed.
"""

import numpy as np
from scipy import stats

from ._checks import check_binary, check_confidence, check_groups, check_out_of_fold
from ._instability import TRAINING_SHARE, within_repeat_ranks
from ._pairs import auc_excess, pairs_variance, patient_influence, score_instability
from .intervals import make_limits
from .results import Comparison, Estimate

__all__ = ["FEWEST_EVENTS", "FEWEST_PATIENTS", "subgroup_auc", "subgroup_difference", "suppression"]

FEWEST_PATIENTS = 10
FEWEST_EVENTS = 5
"""Parts with fewer patients, or fewer with or without the event, are not evaluated."""

NOTHING = 1e-12
"""A standard error below this is rounding."""

NO_VARIATION = "no variation can show: the patients are ranked without error, or all scores are equal"


def suppression(y_true):
    """Return why a part of the patients is too small to be evaluated; empty when it is not.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1.

    Returns
    -------
    reason : str
    """
    n, events = np.size(y_true), int(np.sum(y_true))
    if n < FEWEST_PATIENTS:
        return f"suppressed: fewer than {FEWEST_PATIENTS} patients"
    if min(events, n - events) < FEWEST_EVENTS:
        return f"suppressed: fewer than {FEWEST_EVENTS} patients with, or without, the event"
    return ""


def subgroup_auc(y_true, scores, folds, member, *, groups=None, confidence=0.95):
    """Return the AUC among the patients of a part.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1.
    scores, folds : array-like of shape (repeats, n)
        Out-of-fold scores, and the test fold of each. One repeat and one fold: independent test patients.
    member : array-like of bool of shape (n,)
        Who belongs to the part.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together, as in :func:`cv_estimate`.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Undefined, with the reason, where the part is too small or no test fold has its patients of both classes.

    Raises
    ------
    ValueError
        If shapes disagree or a score is NaN.
    """
    y_true, scores, folds, member = _checked(y_true, scores, folds, member)
    value, error, df, reason = _auc(y_true, scores, folds, member, groups)
    quantile = stats.t.ppf((1 + check_confidence(confidence)) / 2, df)
    low, high = np.nan, np.nan
    if not reason:
        low, high, reason = make_limits(value, quantile * error, "logit")
    n, n_events = int(member.sum()), int(y_true[member].sum())
    return Estimate(value, low, high, n, n_events, _method(folds), confidence, reason)


def subgroup_difference(y_true, scores, folds, member, *, groups=None, confidence=0.95):
    """Return the AUC among the patients of a part minus that among all others, with interval and test.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1.
    scores, folds : array-like of shape (repeats, n)
        Out-of-fold scores, and the test fold of each.
    member : array-like of bool of shape (n,)
        Who belongs to the part.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    comparison : Comparison
        The two sides share no patient, so that their variances add, with the degrees of freedom of Welch (1947). NaN,
        with the reason, where a side is undefined.

    Raises
    ------
    ValueError
        If shapes disagree or a score is NaN.
    """
    y_true, scores, folds, member = _checked(y_true, scores, folds, member)
    sides = [_auc(y_true, scores, folds, part, groups) for part in (member, ~member)]
    gap = sides[0][0] - sides[1][0]
    error = float(np.hypot(sides[0][1], sides[1][1]))
    df = error**4 / sum(one**4 / own for _, one, own, _ in sides) if error > 0 else np.nan
    reason = next((f"{who}: {why}" for who, (*_, why) in zip(("this part", "others"), sides, strict=True) if why), "")
    half = stats.t.ppf((1 + check_confidence(confidence)) / 2, df) * error
    shell = {"n": len(y_true), "n_events": int(y_true.sum()), "method": _method(folds), "confidence": confidence}
    difference = Estimate(gap, gap - half, gap + half, **shell, reason=reason)
    t = gap / error if error > 0 else np.nan
    return Comparison(difference, sides[0][0], sides[1][0], t, df, float(2 * stats.t.sf(abs(t), df)))


def _checked(y_true, scores, folds, member):
    y_true = check_binary(y_true, both=False)
    scores, folds = check_out_of_fold(scores, folds, y_true.size, "scores")
    member = np.asarray(member)
    if member.shape != y_true.shape or member.dtype != bool:
        raise ValueError(
            f"member says True or False for each of {y_true.size} patients; got {member.dtype} of shape {member.shape}"
        )
    return y_true, scores, folds, member


def _is_independent(folds):
    return len(folds) == 1 and np.unique(folds).size == 1


def _method(folds):
    return "DeLong" if _is_independent(folds) else "instability-inflated influence variance"


def _auc(y_true, scores, folds, member, groups):
    """AUC, standard error, its degrees of freedom, and the reason why one of them is NaN, among the members."""
    event, scores, own = y_true[member], scores[:, member], folds[:, member]
    reason = suppression(event)
    if reason:
        return np.nan, np.nan, np.nan, reason
    if not any(len(np.unique(event[fold == label])) == 2 for fold in own for label in np.unique(fold)):
        return np.nan, np.nan, np.nan, "no test fold has patients of both classes"
    value, excess = auc_excess(event, scores, own)
    if len(folds) < 2 and not _is_independent(folds):
        why = "one repeat of the cross-validation does not show what training adds: use two or more"
        return value, np.nan, np.nan, why
    codes = check_groups(None if groups is None else np.asarray(groups)[member], event.size)
    if _is_independent(folds):
        variance, df = _delong_variance(event, excess, codes), np.inf
    else:
        variance, df = pairs_variance(event, excess, codes)
        variance *= 1 + TRAINING_SHARE * _instability(event, scores, own, folds)
    error = float(np.sqrt(variance))
    return (value, error, df, "") if error > NOTHING else (value, np.nan, np.nan, NO_VARIATION)


def _delong_variance(event, excess, codes):
    by_group = np.bincount(codes, patient_influence(event, excess))
    return np.sum(by_group**2) * (by_group.size / (by_group.size - 1) if by_group.size < event.size else 1)


def _instability(event, scores, own, folds):
    """What training adds; the number of folds is that of the cohort, some of which a small part does not reach."""
    reached, all_folds = (np.mean([np.unique(fold).size for fold in part]) for part in (own, folds))
    return score_instability(event, within_repeat_ranks(scores), own) * all_folds / reached
