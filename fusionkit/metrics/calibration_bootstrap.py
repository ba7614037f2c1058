"""All calibration metrics of one model, each with its interval, from one bootstrap of patients.

The summaries of the smoothed curve (ICI, E50, E90, Emax) have no other interval, and the intercepts and slopes of
repeated cross-validation have none that speaks for all repeats. The predictions are taken as given: for the patients
of an independent test set this is the whole uncertainty. Of out-of-fold risks the models would differ with other
training patients: what depends on who has the higher risk, the slope and the smoothed curve, has its limits widened as
the AUC has (see :mod:`fusionkit.metrics.cross_validated`), by how much the ranks change between repeats; what depends
on the level, the intercept and O:E, has not.

The summaries are absolute distances, whose percentiles cannot reach the 0 of a perfect model. Their limits come from
the curves instead: the true curve is taken to lie as far from the cohort's as that lies from the resampled ones, and
the distance of either from the diagonal differs by no more than that (the triangle inequality, for the mean and for
the largest distance). For the quantiles E50 and E90 the same rule is exact for a perfect model, and elsewhere a rule.
"""

import numpy as np
from scipy.special import logit, xlog1py, xlogy

from ._bootstrap import bootstrap_method, distance_estimate, patient_counts, percentile_estimate
from ._checks import check_binary, check_confidence, check_numbers, check_out_of_fold, check_probabilities
from ._instability import training_factor, within_repeat_ranks
from ._logistic import resampled_logistic
from ._smoothing import resampled_lowess
from .calibration import limited, summarised
from .results import Estimate

__all__ = ["calibration_intervals"]


def _quotient(numerator, denominator):
    return np.divide(numerator, denominator, out=np.full(len(numerator), np.nan), where=denominator > 1e-12)


def _proper_scores(event, risk, inside, counts):
    """Brier score, its scaled form, log loss and O:E; NaN where a resample leaves them undefined."""
    n, n_events = counts.sum(axis=1), counts @ event
    brier = counts @ (risk - event) ** 2 / n
    return {
        "brier": brier,
        "scaled_brier": 1 - _quotient(brier, n_events / n * (1 - n_events / n)),
        "log_loss": -(counts @ (xlogy(event, inside) + xlog1py(~event, -inside))) / n,
        "observed_expected": _quotient(n_events, counts @ risk),
    }


def _recalibrations(event, inside, counts):
    """Calibration intercept and slope; NaN where there is one class, or risks separate the classes but for a hair."""
    odds, drawn = logit(inside), counts > 0
    lowest, highest = (
        [edge(np.where(drawn & members, odds, empty), axis=1) for members in (event, ~event)]
        for edge, empty in ((np.min, np.inf), (np.max, -np.inf))
    )
    both = np.isfinite(lowest).all(axis=0)
    mixed = both & (lowest[0] < highest[1]) & (highest[0] > lowest[1])
    ones, found = np.ones(event.size), {}
    for name, usable, design, offset in (
        ("intercept", both, ones[:, None], odds),
        ("slope", mixed, np.column_stack([ones, odds]), 0.0),
    ):
        found[name] = np.full(len(counts), np.nan)
        found[name][usable] = resampled_logistic(design, event, offset, counts[usable])[0][:, -1]
    return found


def _curve_errors(event, risk, frac, counts):
    """ICI, E50, E90 and Emax: of the first curve from the diagonal, of each other one from the first."""
    curves = np.clip(resampled_lowess(risk, event.astype(float), counts, frac=frac), 0, 1)
    return summarised(np.abs(curves - np.vstack([risk, np.broadcast_to(curves[0], curves[1:].shape)])))


_DISTANCES = ("ici", "e50", "e90", "emax")

_WHY_UNDEFINED = {
    "observed_expected": "no event is expected",
    "scaled_brier": "there is one class only",
    "intercept": "there is one class only",
    "slope": "there is one class only, all predicted risks are equal, or they (nearly) separate the classes",
    **dict.fromkeys(_DISTANCES, "no patient with a risk near to some patient's was drawn"),
}
"""Name -> why it may be undefined."""

_WIDENED = {"slope", *_DISTANCES}
"""What depends on who has the higher risk, so that other training patients would have moved it."""


def calibration_intervals(
    y_true,
    y_prob,
    *,
    folds=None,
    groups=None,
    clip=None,
    frac=2 / 3,
    n_resamples=2000,
    confidence=0.95,
    random_state=None,
):
    """Return every calibration metric of one model with its interval from one bootstrap of patients.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,) or (repeats, n)
        Predicted risk of the event, in [0, 1]; with repeats each metric is computed in every repeat, and averaged.
    folds : array-like of shape (repeats, n) or None, default=None
        Of out-of-fold risks in two repeats or more, in which test fold the patient stood: the limits of the slope, ICI,
        E50, E90 and Emax are then widened by what the choice of training patients adds. None takes the risks as given.
    groups : array-like of shape (n,) or None, default=None
        Who belongs together (lesions of a patient, patients of a site) and is drawn together.
    clip : float or None, default=None
        Take risks below ``clip`` as ``clip``, and above ``1 - clip`` as that, in the log loss, the intercept and the
        slope; None refuses risks of 0 and 1.
    frac : float, default=0.6666666666666666
        Share of patients that each local fit of the smooth curve uses, in (0, 1].
    n_resamples : int, default=2000
        Number of bootstrap resamples.
    confidence : float, default=0.95
        Nominal coverage.
    random_state : int, Generator or None, default=None
        Seed of the resampling.

    Returns
    -------
    estimates : dict of str to Estimate
        ``brier``, ``scaled_brier``, ``log_loss``, ``observed_expected``, ``intercept``, ``slope``, ``ici``, ``e50``,
        ``e90``, ``emax``. Undefined with the reason, as the functions of these names say; resamples where a metric
        is undefined are left out, and the method says how many; if they are more than half, there are no limits.

    Raises
    ------
    ValueError
        If there is one class only, a risk is NaN, outside [0, 1], or 0 or 1 without ``clip``, or shapes disagree.

    Notes
    -----
    The smooth curve of a resample has the windows of the whole cohort. ICI, E50, E90 and Emax are about the distance of
    the true curve from the diagonal at the risks of these patients; their limits are made from the distance between
    curves and reach 0 where the model may be perfect; the others' are percentiles. How often they hold the truth
    stands in ``docs/honesty.md``.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import calibration_intervals
    >>> rng = np.random.default_rng(0)
    >>> risk = rng.uniform(0.05, 0.95, 500)
    >>> print(calibration_intervals(rng.random(500) < risk, risk, random_state=0)["slope"])
    1.047 (95 % CI 0.866 to 1.272)
    """
    event, confidence = check_binary(y_true), check_confidence(confidence)
    repeats = check_numbers(np.atleast_2d(np.asarray(y_prob)), "y_prob", ndim=2)
    check_probabilities(repeats.ravel(), "y_prob")
    if repeats.shape[1] != event.size:
        raise ValueError(f"y_prob must have one risk per patient, {event.size}; got shape {np.shape(y_prob)}")
    drawn = patient_counts(event.size, groups, n_resamples, np.random.default_rng(random_state))
    counts = np.vstack([np.ones(event.size), drawn])
    found = [
        {
            **_proper_scores(event, risk, limited(risk, clip), counts),
            **_recalibrations(event, limited(risk, clip), counts),
            **_curve_errors(event, risk, frac, counts),
        }
        for risk in repeats
    ]
    shell = {"n": event.size, "n_events": int(event.sum()), "confidence": confidence}
    factor = _training_factor(event, repeats, folds)
    estimates = {}
    for name in found[0]:
        value, *resampled = np.mean([values[name] for values in found], axis=0)
        why = _WHY_UNDEFINED.get(name, "")
        estimate, limits = (
            (distance_estimate, "distance of the curves") if name in _DISTANCES else (percentile_estimate, "percentile")
        )
        widened = factor if name in _WIDENED else 1.0
        limits += ", widened for the choice of training patients" if widened > 1 else ""
        told = {**shell, "method": bootstrap_method(groups, n_resamples, limits)}
        if np.isnan(value):
            estimates[name] = Estimate(np.nan, np.nan, np.nan, **told, reason=why)
        else:
            centre = 0.0 if name in _DISTANCES else value
            resampled = centre + widened * (np.array(resampled) - centre)
            estimates[name] = estimate(value, resampled, **told, why_left_out=why)
    return estimates


def _training_factor(event, repeats, folds):
    """How much wider limits are than for given risks; 1 without folds, or where one repeat cannot tell."""
    if folds is None:
        return 1.0
    repeats, folds = check_out_of_fold(repeats, folds, event.size, "y_prob")
    if len(repeats) < 2:
        return 1.0
    return np.nan_to_num(training_factor(event, within_repeat_ranks(repeats), folds), nan=1.0)
