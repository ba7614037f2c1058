"""The AUC inside test folds as a sum over pairs of patients, its variance, and how stable the ranks are."""

import numpy as np

__all__ = ["auc_excess", "pair_table", "pairs_variance", "patient_influence", "score_instability"]

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


def auc_excess(event, scores, folds):
    """Return the fold-averaged AUC and how far every pair of patients stands above or below it.

    Parameters
    ----------
    event : bool array of shape (n,)
    scores, folds : arrays of shape (repeats, n)

    Returns
    -------
    value : float
    excess : array of shape (n_events, n_nonevents)
        Sums to zero; 0 for a pair that never shares a test fold.
    """
    wins, weights = pair_table(event, scores, folds)
    value = min(float(wins.sum()), 1.0)  # rounding may carry a perfect AUC beyond 1
    return value, wins - value * weights


def patient_influence(event, excess):
    """Return how much each patient, as a test patient, moves a sum over pairs of an event and a non-event.

    Parameters
    ----------
    event : bool array of shape (n,)
    excess : array of shape (n_events, n_nonevents)
        From :func:`auc_excess`.

    Returns
    -------
    influence : array of shape (n,)
        Sums to zero within each outcome class; its sum of squares is DeLong's variance when all patients stand in one
        fold.
    """
    influence = np.empty(event.size)
    for members, shares in ((event, excess.sum(axis=1)), (~event, excess.sum(axis=0))):
        influence[members] = shares * np.sqrt(shares.size / max(shares.size - 1, 1))
    return influence


def pairs_variance(event, excess, groups):
    """Return the variance, for given models, of a sum over pairs of an event and a non-event, with its precision.

    Two pairs are related if they share a patient, or a group. The squares of the patients' sums hold every product of
    related pairs once, and a pair's own square twice, which is taken off (two-way clustering, Cameron, Gelbach & Miller
    2011). The first part alone is DeLong's variance when all patients stand in one fold. In small folds it is far too
    large.

    Parameters
    ----------
    event : bool array of shape (n,)
    excess : array of shape (n_events, n_nonevents)
        From :func:`auc_excess`; or the difference of two such.
    groups : array of shape (n,)
        Codes 0 .. n_groups - 1.

    Returns
    -------
    variance : float
        Not below half of the first part, since events alone, or non-events alone, account for as much.
    df : float
        Degrees of freedom by Satterthwaite from the two classes' parts, as in the test of Brunner & Munzel (2000);
        both are NaN where one class has a single patient, or all of it is one group.
    """
    influence, parts, sizes = patient_influence(event, excess), np.empty(2), np.empty(2)
    for number, members in enumerate((event, ~event)):
        parts[number] = np.sum(np.bincount(groups[members], influence[members]) ** 2)
        sizes[number] = np.unique(groups[members]).size
    if sizes.min() < 2:
        return np.nan, np.nan
    by_group = np.bincount(groups, influence)
    shared = np.sum(by_group**2)
    if by_group.size < event.size:
        shared *= by_group.size / (by_group.size - 1)
        pair = groups[event][:, None] * by_group.size + groups[~event]
        excess = np.bincount(pair.ravel(), excess.ravel())
    df = parts.sum() ** 2 / np.sum(parts**2 / (sizes - 1)) if parts.any() else np.nan
    return float(max(shared - np.sum(excess**2), shared / 2)), float(df)


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
