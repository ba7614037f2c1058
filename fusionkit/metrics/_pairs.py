"""The AUC inside test folds as a sum over pairs of patients, and the share of it that rests on each patient."""

import numpy as np

__all__ = ["auc_influence", "pair_table", "score_instability"]

LARGEST_TABLE = 50_000_000
"""Pairs, at 16 bytes each: 0.8 GB."""


def pair_table(event, scores, folds):
    """Return how every event fares against every non-event of its test folds, averaged within folds, then over folds.

    Parameters
    ----------
    event : bool array of shape (n,)
    scores, folds : arrays of shape (repeats, n)

    Returns
    -------
    wins, weights : arrays of shape (n_events, n_nonevents)
        ``wins.sum()`` is the mean AUC over folds that hold both classes, ``weights.sum()`` is 1.
    """
    n_events, n_others = int(event.sum()), int((~event).sum())
    if n_events * n_others > LARGEST_TABLE:
        raise ValueError(
            f"{n_events} x {n_others} pairs of patients are too many to list: for independent test patients in such "
            f"numbers use auc_delong and delong_test"
        )
    wins, weights = np.zeros((2, n_events, n_others))
    for score, fold in zip(scores, folds, strict=True):
        for label in np.unique(fold):
            rows, columns = np.flatnonzero(fold[event] == label), np.flatnonzero(fold[~event] == label)
            if rows.size and columns.size:
                lead = score[event][rows, None] - score[~event][columns]
                block = np.ix_(rows, columns)
                wins[block] += (0.5 + 0.5 * np.sign(lead)) / lead.size
                weights[block] += 1 / lead.size
    n_defined = weights.sum()
    if n_defined < 0.5:
        raise ValueError("no test fold has patients of both classes: use fewer, stratified folds")
    return wins / n_defined, weights / n_defined


def auc_influence(event, scores, folds):
    """Return the fold-averaged AUC and how much each patient, as a test patient, moves it.

    Parameters
    ----------
    event : bool array of shape (n,)
    scores, folds : arrays of shape (repeats, n)

    Returns
    -------
    value : float
    influence : array of shape (n,)
        Sums to zero within each outcome class; its sum of squares is the variance of the AUC for given models, and
        that is DeLong's variance when all patients stand in one fold.
    """
    wins, weights = pair_table(event, scores, folds)
    value = min(float(wins.sum()), 1.0)  # rounding may carry a perfect AUC beyond 1
    excess = wins - value * weights
    influence = np.empty(event.size)
    for members, shares in ((event, excess.sum(axis=1)), (~event, excess.sum(axis=0))):
        influence[members] = shares * np.sqrt(shares.size / max(shares.size - 1, 1))
    return value, influence


def score_instability(event, scores, folds):
    """Return the share of the scores' ranking that training patients decide: 0 stable, about 1 pure noise.

    Two repeats train on sets that differ by about one fold, a share ``1 / K`` of the patients. If a patient's rank
    among those of the same outcome correlates by r between repeats, the part of its variance that is due to the
    choice of training patients is ``K (1 - r)``, as in a grouped jackknife.

    Parameters
    ----------
    event : bool array of shape (n,)
    scores, folds : arrays of shape (repeats, n)
        At least two repeats; the scores may be differences of ranks.

    Returns
    -------
    instability : float
        Not negative; NaN where no score varies within an outcome class.
    """
    centred = scores.astype(float)
    for members in (event, ~event):
        centred[:, members] -= centred[:, members].mean(axis=1, keepdims=True)
    products = centred @ centred.T
    own = np.trace(products)
    if own <= 0:
        return np.nan
    correlation = (products.sum() - own) / ((len(scores) - 1) * own)
    n_folds = np.mean([np.unique(fold).size for fold in folds])
    return float(n_folds * max(1 - correlation, 0.0))
