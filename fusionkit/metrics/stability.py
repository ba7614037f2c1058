"""How far the features selected in different folds agree: an index, frequencies, ranks and a consensus set."""

import numpy as np
from scipy import stats

from ._checks import check_confidence, check_numbers
from .results import Estimate

__all__ = ["consensus_set", "rank_correlation", "selection_frequency", "selection_stability"]


def _check_selections(selections):
    selections = np.asarray(selections)
    if selections.ndim != 2 or selections.dtype.kind not in "buif" or not np.isin(selections, (0, 1)).all():
        raise ValueError(
            f"selections must be a table of 0 and 1, folds x features (1 = selected); got shape {selections.shape} "
            f"and type {selections.dtype}"
        )
    if 0 in selections.shape:
        raise ValueError(f"selections is empty; got shape {selections.shape}")
    return selections.astype(float)


def selection_stability(selections, *, confidence=0.95):
    """Return how stable a feature selection is (Nogueira, Sechidis & Brown 2018): 1 always the same, 0 as by chance.

    Parameters
    ----------
    selections : array-like of shape (n_folds, n_features)
        1 where the feature was selected in that fold (or resample), else 0; numbers of features may differ.
    confidence : float, default=0.95
        Nominal coverage. The interval takes the selections as independent; those of cross-validation folds share
        training patients, so that it is a little narrow for them.

    Returns
    -------
    estimate : Estimate
        ``n`` is the number of folds. Undefined, with the reason, when no feature or every feature is selected in
        all folds; negative values mean less agreement than chance.

    Raises
    ------
    ValueError
        If the table holds other values than 0 and 1, or has one fold.

    Examples
    --------
    >>> from fusionkit.metrics import selection_stability
    >>> selection_stability([[1, 1, 0], [0, 1, 1], [1, 0, 1]]).value
    -0.5
    """
    selections = _check_selections(selections)
    confidence = check_confidence(confidence)
    n_folds, n_features = selections.shape
    if n_folds < 2:
        raise ValueError("selections has one fold: agreement needs at least two")
    frequency = selections.mean(axis=0)
    share = frequency.mean()
    shell = {"n": n_folds, "n_events": None, "method": "Nogueira", "confidence": confidence}
    if share in {0.0, 1.0}:
        which = "no feature" if share == 0 else "every feature"
        return Estimate(np.nan, np.nan, np.nan, **shell, reason=f"{which} is selected in all folds")
    by_chance = share * (1 - share)
    value = 1 - n_folds / (n_folds - 1) * np.mean(frequency * (1 - frequency)) / by_chance
    size = selections.mean(axis=1)
    contribution = selections @ frequency / n_features - size * share
    contribution = (contribution + value / 2 * (2 * share * size - size - share + 1)) / by_chance
    variance = 4 / n_folds**2 * np.sum((contribution - contribution.mean()) ** 2)
    half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance)
    return Estimate(float(value), float(value - half), float(value + half), **shell)


def selection_frequency(selections):
    """Return the share of folds in which each feature was selected.

    Parameters
    ----------
    selections : array-like of shape (n_folds, n_features)
        1 where the feature was selected, else 0. The columns of one modality give the frequencies of that modality.

    Returns
    -------
    frequency : array of shape (n_features,)
        In [0, 1].

    Raises
    ------
    ValueError
        If the table holds other values than 0 and 1.
    """
    return _check_selections(selections).mean(axis=0)


def consensus_set(selections, *, min_frequency=0.5):
    """Return the positions of the features selected in at least a share of the folds, most frequent first.

    Parameters
    ----------
    selections : array-like of shape (n_folds, n_features)
        1 where the feature was selected, else 0.
    min_frequency : float, default=0.5
        The share of folds, in (0, 1].

    Returns
    -------
    positions : int array
        Ties stay in the order of the columns.

    Raises
    ------
    ValueError
        If the table holds other values than 0 and 1, or the share is outside (0, 1].
    """
    if not 0 < min_frequency <= 1:
        raise ValueError(f"min_frequency is a share of the folds in (0, 1]; got {min_frequency!r}")
    frequency = selection_frequency(selections)
    chosen = np.flatnonzero(frequency >= min_frequency)
    return chosen[np.argsort(-frequency[chosen], kind="stable")]


def rank_correlation(importances):
    """Return the mean Spearman correlation of feature importances between all pairs of folds.

    Parameters
    ----------
    importances : array-like of shape (n_folds, n_features)
        Scores, ranks or coefficients, one row per fold.

    Returns
    -------
    estimate : Estimate
        Without an interval; ``n`` is the number of folds. Undefined, with the reason, when the importances of a
        fold are all equal.

    Raises
    ------
    ValueError
        If a value is NaN, or there are fewer than two folds or features.
    """
    importances = check_numbers(importances, "importances", ndim=2)
    n_folds, n_features = importances.shape
    if min(n_folds, n_features) < 2:
        raise ValueError(f"importances must have two folds and two features or more; got shape {importances.shape}")
    shell = {"low": np.nan, "high": np.nan, "n": n_folds, "n_events": None, "method": "mean Spearman correlation"}
    ranks = stats.rankdata(importances, axis=1)
    if (np.ptp(ranks, axis=1) == 0).any():
        return Estimate(np.nan, **shell, reason="the importances of a fold are all equal")
    correlations = np.corrcoef(ranks)[np.triu_indices(n_folds, 1)]
    return Estimate(float(correlations.mean()), **shell, reason="folds share patients")
