"""Net reclassification and integrated discrimination improvement: reported because reviewers ask, with a warning.

Both reward a model that is merely badly calibrated, can be significant for a useless marker, and their standard
errors are too small when the models were fitted on the same patients (Hilden & Gerds 2014; Pepe et al. 2014; Kerr et
al. 2014). Report the difference in AUC and in net benefit first.
"""

import numpy as np
from scipy import stats

from ._bootstrap import SINGLE
from ._checks import check_binary, check_confidence, check_lengths, check_numbers, check_probabilities
from .results import Estimate

__all__ = ["idi", "nri"]

WARNING = "; also a badly calibrated or useless model may gain by it, so that AUC and net benefit come first"


def _two_risks(y_true, y_prob, baseline_prob):
    event = check_binary(y_true)
    y_prob, baseline_prob = check_probabilities(y_prob, "y_prob"), check_probabilities(baseline_prob, "baseline_prob")
    check_lengths(y_true=event, y_prob=y_prob, baseline_prob=baseline_prob)
    return event, y_prob, baseline_prob


def _estimate(value, variance, event, method, confidence):
    half = stats.norm.ppf((1 + confidence) / 2) * np.sqrt(variance) if variance > 0 else np.nan
    reason = (
        SINGLE if np.isnan(variance) else "" if variance > 0 else "no patient's prediction differs in a way that varies"
    )
    shell = {"n": event.size, "n_events": int(event.sum()), "method": method, "confidence": confidence}
    return Estimate(float(value), float(value - half), float(value + half), **shell, reason=reason)


def nri(y_true, y_prob, baseline_prob, *, cutoffs=None, confidence=0.95):
    """Return the net reclassification improvement of one model over another, in three parts.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob, baseline_prob : array-like of shape (n,)
        Predicted risks of the new and of the baseline model, in [0, 1].
    cutoffs : array-like or None, default=None
        Limits between risk categories, increasing, inside (0, 1); a risk at a limit belongs to the higher category.
        None for the category-free NRI, where any change of risk counts.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    parts : dict of str to Estimate
        ``events``: share of events moved up minus moved down; ``nonevents``: share of non-events moved down minus
        moved up; ``nri``: their sum, from -2 to 2, which is not a share of anything. Standard errors of Pencina et
        al. (2011). Each estimate's ``method`` carries the warning.

    Raises
    ------
    ValueError
        If there is one class only, a risk lies outside [0, 1], or the cutoffs do not increase inside (0, 1).
    """
    event, y_prob, baseline_prob = _two_risks(y_true, y_prob, baseline_prob)
    confidence = check_confidence(confidence)
    if cutoffs is not None:
        cutoffs = check_numbers(cutoffs, "cutoffs")
        if (np.diff(cutoffs) <= 0).any() or cutoffs[0] <= 0 or cutoffs[-1] >= 1:
            raise ValueError(f"cutoffs must increase inside (0, 1); got {cutoffs.tolist()}")
        y_prob, baseline_prob = (np.searchsorted(cutoffs, risk, side="right") for risk in (y_prob, baseline_prob))
    moved = np.sign(y_prob.astype(float) - baseline_prob)
    parts = {"events": moved[event], "nonevents": -moved[~event]}
    values = {name: part.mean() for name, part in parts.items()}
    variances = {
        name: (np.mean(part**2) - values[name] ** 2) / part.size if part.size > 1 else np.nan
        for name, part in parts.items()
    }
    values["nri"], variances["nri"] = sum(values.values()), sum(variances.values())
    method = ("category-free NRI" if cutoffs is None else "categorical NRI") + WARNING
    return {name: _estimate(values[name], variances[name], event, method, confidence) for name in values}


def idi(y_true, y_prob, baseline_prob, *, confidence=0.95):
    """Return the integrated discrimination improvement: the gain in mean risk difference (Pencina et al. 2008).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob, baseline_prob : array-like of shape (n,)
        Predicted risks of the new and of the baseline model, in [0, 1].
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Mean change of risk in events minus that in non-events; its ``method`` carries the warning.

    Raises
    ------
    ValueError
        If there is one class only, or a risk lies outside [0, 1].
    """
    event, y_prob, baseline_prob = _two_risks(y_true, y_prob, baseline_prob)
    confidence = check_confidence(confidence)
    change = y_prob - baseline_prob
    value = change[event].mean() - change[~event].mean()
    variance = sum(
        part.var(ddof=1) / part.size if part.size > 1 else np.nan for part in (change[event], change[~event])
    )
    return _estimate(value, variance, event, "IDI" + WARNING, confidence)
