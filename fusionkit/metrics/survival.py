"""Time-to-event outcomes: concordance, time-dependent AUC and Brier score, censored patients weighted in.

Weights are inverse probabilities of staying uncensored, from a Kaplan-Meier curve of the censoring times; at tied
times events come before censorings. The weights are taken as known in the intervals of the concordance; the other
metrics get theirs from :func:`bootstrap_interval`.
"""

import numpy as np
from scipy import stats

from ._checks import check_binary, check_confidence, check_lengths, check_numbers
from .intervals import make_limits
from .results import Estimate

__all__ = ["concordance_index", "dynamic_auc", "integrated_brier_score", "survival_brier_score"]


def _check_survival(event, time, **others):
    event, time = check_binary(event, "event", both=False), check_numbers(time, "time")
    check_lengths(event=event, time=time, **others)
    if (time < 0).any():
        raise ValueError(f"time has negative values, such as {time[time < 0][0]:g}")
    if not event.any():
        raise ValueError(f"event is 0 for all {event.size} patients: without an event nothing can be ranked")
    return event, time


def _uncensored_probability(event, time, at, *, before):
    """Kaplan-Meier probability of being uncensored at (or just before) the times asked for."""
    times, position = np.unique(time, return_inverse=True)
    censored = np.bincount(position, ~event)
    at_risk = event.size - np.cumsum(np.bincount(position)) + censored
    curve = np.cumprod(np.where(at_risk > 0, 1 - censored / np.maximum(at_risk, 1), 1.0))
    position = np.searchsorted(times, at, side="left" if before else "right")
    return np.r_[1.0, curve][position]


def _concordance_influence(event, time, risk, weight):
    """Share of comparable pairs won, and how much each patient moves it; a block of rows at a time."""
    totals = np.zeros((2, event.size))
    for rows in np.array_split(np.flatnonzero(weight), 1 + event.size**2 // 4_000_000):
        own = time[rows, None]
        pairs = weight[rows, None] * ((time > own) | ((time == own) & ~event))
        wins = pairs * (0.5 + 0.5 * np.sign(risk[rows, None] - risk))
        for total, table in zip(totals, (wins, pairs), strict=True):
            total[rows] += table.sum(axis=1)
            total += table.sum(axis=0)
    wins, pairs = totals
    if not pairs.any():
        raise ValueError("no pair of patients is comparable: nobody was followed beyond an event")
    value = wins.sum() / pairs.sum()
    return value, 2 * (wins - value * pairs) / pairs.sum()


def concordance_index(event, time, risk, *, weighting="harrell", tau=None, confidence=0.95):
    """Return the share of comparable pairs in which the patient with the earlier event had the higher risk score.

    Parameters
    ----------
    event : array-like of shape (n,)
        1 where the event was seen, 0 where the patient was censored.
    time : array-like of shape (n,)
        Time of the event or of censoring, not negative.
    risk : array-like of shape (n,)
        Higher means an earlier event; equal scores count one half.
    weighting : {"harrell", "uno"}, default='harrell'
        Harrell et al. (1996), whose value depends on the censoring, or Uno et al. (2011), which corrects for it.
    tau : float or None, default=None
        Leave out events at or after this time; advisable for ``"uno"``, whose late weights are unstable.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Interval from each patient's influence on the ratio, on the logit scale; without limits at 0 and 1.

    Raises
    ------
    ValueError
        If no pair is comparable, a number is NaN, or lengths differ.

    Examples
    --------
    >>> from fusionkit.metrics import concordance_index
    >>> concordance_index([1, 1, 0, 1], [1, 2, 3, 4], [0.9, 0.4, 0.5, 0.1]).value
    0.8
    """
    risk = check_numbers(risk, "risk")
    event, time = _check_survival(event, time, risk=risk)
    weight = np.ones(event.size)
    if weighting == "uno":
        weight = _uncensored_probability(event, time, time, before=True) ** -2.0
    elif weighting != "harrell":
        raise ValueError(f"weighting must be 'harrell' or 'uno'; got {weighting!r}")
    usable = event if tau is None else event & (time < tau)
    value, influence = _concordance_influence(event, time, risk, usable * weight)
    error = np.sqrt(np.sum(influence**2) * event.size / (event.size - 1))
    half = stats.norm.ppf((1 + check_confidence(confidence)) / 2) * error
    low, high, reason = make_limits(value, half if 0 < value < 1 else np.nan, "logit")
    method = f"{weighting.capitalize()}'s C"
    return Estimate(float(value), low, high, event.size, int(event.sum()), method, confidence, reason)


def _check_times(times, time):
    times = check_numbers(np.atleast_1d(times), "times")
    outside = times[(times < time.min()) | (times >= time.max())]
    if outside.size:
        raise ValueError(
            f"times must lie within the follow-up, from {time.min():g} to below {time.max():g}; got {outside[0]:g}"
        )
    return times


def dynamic_auc(event, time, risk, times):
    """Return the AUC at given times: patients with an event until then against those still free (Uno et al. 2007).

    Parameters
    ----------
    event : array-like of shape (n,)
        1 where the event was seen, 0 where the patient was censored.
    time : array-like of shape (n,)
        Time of the event or of censoring, not negative.
    risk : array-like of shape (n,)
        Higher means an earlier event.
    times : array-like of shape (n_times,)
        Within the follow-up.

    Returns
    -------
    auc : array of shape (n_times,)
        NaN where nobody has had an event yet.

    Raises
    ------
    ValueError
        If a time lies outside the follow-up, a number is NaN, or lengths differ.
    """
    risk = check_numbers(risk, "risk")
    event, time = _check_survival(event, time, risk=risk)
    weight = event / _uncensored_probability(event, time, time, before=True)
    values = []
    for at in _check_times(times, time):
        cases, controls = weight * (time <= at), time > at
        rival = np.sort(risk[controls])
        beaten = (np.searchsorted(rival, risk, "left") + np.searchsorted(rival, risk, "right")) / 2
        total = cases.sum() * rival.size
        values.append(cases @ beaten / total if total > 0 else np.nan)
    return np.array(values)


def survival_brier_score(event, time, survival, times):
    """Return the Brier score of predicted survival at given times, weighted for censoring (Graf et al. 1999).

    Parameters
    ----------
    event : array-like of shape (n,)
        1 where the event was seen, 0 where the patient was censored.
    time : array-like of shape (n,)
        Time of the event or of censoring, not negative.
    survival : array-like of shape (n, n_times)
        Predicted probability of being free of the event at each of the times, in [0, 1].
    times : array-like of shape (n_times,)
        Within the follow-up.

    Returns
    -------
    brier : array of shape (n_times,)

    Raises
    ------
    ValueError
        If a probability lies outside [0, 1], a time outside the follow-up, or shapes disagree.
    """
    event, time = _check_survival(event, time)
    times = _check_times(times, time)
    survival = check_numbers(survival, "survival", ndim=2)
    if survival.shape != (event.size, times.size):
        raise ValueError(f"survival must have shape {(event.size, times.size)}; got {survival.shape}")
    if ((survival < 0) | (survival > 1)).any():
        raise ValueError("survival has values outside [0, 1]: pass probabilities of being free of the event")
    past = event / _uncensored_probability(event, time, time, before=True)
    free = 1 / _uncensored_probability(event, time, times, before=False)
    ended = time[:, None] <= times
    losses = np.where(ended, survival**2 * past[:, None], (1 - survival) ** 2 * free)
    return losses.mean(axis=0)


def integrated_brier_score(event, time, survival, times):
    """Return the mean of the survival Brier score over a span of time, by the trapezoidal rule.

    Parameters
    ----------
    event : array-like of shape (n,)
        1 where the event was seen, 0 where the patient was censored.
    time : array-like of shape (n,)
        Time of the event or of censoring, not negative.
    survival : array-like of shape (n, n_times)
        Predicted probability of being free of the event at each of the times, in [0, 1].
    times : array-like of shape (n_times,)
        Two or more, increasing, within the follow-up.

    Returns
    -------
    integrated_brier : float

    Raises
    ------
    ValueError
        If the times do not increase, or as in :func:`survival_brier_score`.
    """
    times = check_numbers(times, "times")
    if times.size < 2 or (np.diff(times) <= 0).any():
        raise ValueError("times must be two or more and increase")
    return float(np.trapezoid(survival_brier_score(event, time, survival, times), times) / (times[-1] - times[0]))
