"""Clinical utility: the net benefit of acting on a prediction, against treating everybody and nobody.

Vickers & Elkin (2006): at threshold probability t a false positive costs ``t / (1 - t)`` true positives, so that net
benefit is the share of patients treated rightly minus that share of those treated needlessly.
"""

from dataclasses import dataclass

import numpy as np
from scipy import stats

from ._checks import check_binary, check_confidence, check_lengths, check_numbers, check_probabilities
from .results import Estimate

__all__ = ["DecisionCurve", "decision_curve", "net_benefit", "net_benefit_difference", "standardised_net_benefit"]


@dataclass(frozen=True)
class DecisionCurve:
    """Net benefit over a range of threshold probabilities, arrays of one length.

    Parameters
    ----------
    thresholds : array of shape (n_thresholds,)
        Threshold probabilities, inside (0, 1).
    models : dict of str to array
        Net benefit of each model.
    treat_all : array
        Net benefit of treating everybody; that of treating nobody is zero.
    prevalence : float
        Share of events: the largest net benefit there can be.
    n, n_events : int
        Patients and events.
    """

    thresholds: np.ndarray
    models: dict
    treat_all: np.ndarray
    prevalence: float
    n: int
    n_events: int


def _check_thresholds(thresholds):
    thresholds = check_numbers(np.atleast_1d(thresholds), "thresholds")
    if ((thresholds <= 0) | (thresholds >= 1)).any():
        raise ValueError("thresholds must lie inside (0, 1): at 1 a false positive would cost infinitely much")
    return thresholds


def _contributions(event, y_prob, threshold):
    """What each patient adds to the net benefit."""
    return (y_prob >= threshold) * np.where(event, 1.0, -threshold / (1 - threshold))


def net_benefit(y_true, y_prob, thresholds):
    """Return the net benefit of treating patients whose predicted risk is at or above each threshold.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].
    thresholds : array-like of shape (n_thresholds,)
        Threshold probabilities, inside (0, 1).

    Returns
    -------
    net_benefit : array of shape (n_thresholds,)
        At most the prevalence; may be negative.

    Raises
    ------
    ValueError
        If a risk lies outside [0, 1], a threshold outside (0, 1), or the lengths differ.

    Examples
    --------
    >>> from fusionkit.metrics import net_benefit
    >>> net_benefit([1, 1, 0, 0], [0.9, 0.3, 0.6, 0.1], [0.2, 0.5]).tolist()
    [0.4375, 0.0]
    """
    event, y_prob = check_binary(y_true, both=False), check_probabilities(y_prob, "y_prob")
    check_lengths(y_true=event, y_prob=y_prob)
    return np.array([_contributions(event, y_prob, t).mean() for t in _check_thresholds(thresholds)])


def standardised_net_benefit(y_true, y_prob, thresholds):
    """Return net benefit as a share of the largest possible, the prevalence (Kerr et al. 2016).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event; at least one event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].
    thresholds : array-like of shape (n_thresholds,)
        Threshold probabilities, inside (0, 1).

    Returns
    -------
    standardised_net_benefit : array of shape (n_thresholds,)
        At most 1.

    Raises
    ------
    ValueError
        If there is one class only, a risk lies outside [0, 1], or a threshold outside (0, 1).
    """
    return net_benefit(y_true, y_prob, thresholds) / check_binary(y_true).mean()


def decision_curve(y_true, y_probs, thresholds):
    """Return the decision curves of several models on the same patients.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_probs : dict of str to array-like of shape (n,)
        Predicted risks by model's name, in [0, 1].
    thresholds : array-like of shape (n_thresholds,)
        Threshold probabilities, inside (0, 1).

    Returns
    -------
    curve : DecisionCurve

    Raises
    ------
    ValueError
        If a risk lies outside [0, 1], a threshold outside (0, 1), or the lengths differ.
    """
    event, thresholds = check_binary(y_true, both=False), _check_thresholds(thresholds)
    return DecisionCurve(
        thresholds,
        {name: net_benefit(event, y_prob, thresholds) for name, y_prob in y_probs.items()},
        net_benefit(event, np.ones(event.size), thresholds),
        float(event.mean()),
        event.size,
        int(event.sum()),
    )


def net_benefit_difference(y_true, y_prob, baseline_prob, threshold, *, confidence=0.95):
    """Return how much more net benefit one model has than another at one threshold, with its interval.

    Net benefit is a mean over patients, so that the difference has the standard error of a mean of paired
    differences. It takes the predictions as given: sound for independent test patients.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob, baseline_prob : array-like of shape (n,)
        Predicted risks of the two models, in [0, 1]; all ones for treating everybody, all zeros for nobody.
    threshold : float
        Threshold probability, inside (0, 1).
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    difference : Estimate
        Without limits, with the reason, where both lead to the same decisions.

    Raises
    ------
    ValueError
        If a risk lies outside [0, 1] or the threshold outside (0, 1).
    """
    event, confidence = check_binary(y_true, both=False), check_confidence(confidence)
    (threshold,) = _check_thresholds(threshold)
    y_prob, baseline_prob = check_probabilities(y_prob, "y_prob"), check_probabilities(baseline_prob, "baseline_prob")
    check_lengths(y_true=event, y_prob=y_prob, baseline_prob=baseline_prob)
    gain = _contributions(event, y_prob, threshold) - _contributions(event, baseline_prob, threshold)
    error = gain.std(ddof=1) / np.sqrt(gain.size) if gain.size > 1 else 0.0
    half = stats.norm.ppf((1 + confidence) / 2) * error if error > 0 else np.nan
    value = float(gain.mean())
    reason = "" if error > 0 else "both lead to the same decisions for all patients"
    return Estimate(value, value - half, value + half, event.size, int(event.sum()), "paired mean", confidence, reason)
