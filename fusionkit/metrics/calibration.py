"""Do predicted risks come true: Brier score, log loss, calibration intercept and slope, O:E ratio, ICI.

For the levels of calibration see Van Calster et al. (2016, 2019): in the large (O:E, intercept), weak (slope), and
moderate (the smoothed curve and its summaries ICI, E50, E90, Emax). Numbers without an interval of their own get one
from :func:`calibration_intervals`, or :func:`cv_estimate` for the scores of cross-validation.
"""

import numpy as np
from scipy import stats
from scipy.special import logit, xlog1py, xlogy

from ._checks import check_binary, check_confidence, check_lengths, check_numbers, check_probabilities
from ._logistic import resampled_logistic
from ._smoothing import lowess
from .results import Estimate

__all__ = [
    "brier_score",
    "calibration_curve",
    "calibration_errors",
    "calibration_intercept",
    "calibration_slope",
    "log_loss",
    "observed_expected_ratio",
    "scaled_brier_score",
]


def _binary_risks(y_true, y_prob, both=False):
    event, y_prob = check_binary(y_true, both=both), check_probabilities(y_prob, "y_prob")
    check_lengths(y_true=event, y_prob=y_prob)
    return event, y_prob


def brier_score(y_true, y_prob):
    """Return the mean squared distance between predicted risk and outcome (Brier 1950): 0 is perfect.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].

    Returns
    -------
    brier : float
        In [0, 1].

    Raises
    ------
    ValueError
        If a risk is NaN or outside [0, 1].
    """
    event, y_prob = _binary_risks(y_true, y_prob)
    return float(np.mean((y_prob - event) ** 2))


def scaled_brier_score(y_true, y_prob):
    """Return the share that the model removes of the Brier score of predicting the prevalence (Steyerberg et al. 2010).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].

    Returns
    -------
    scaled_brier : float
        1 is perfect, 0 no better than the prevalence, negative worse.

    Raises
    ------
    ValueError
        If there is one class only, or a risk is NaN or outside [0, 1].
    """
    event, y_prob = _binary_risks(y_true, y_prob, both=True)
    return float(1 - np.mean((y_prob - event) ** 2) / event.var())


def log_loss(y_true, y_prob):
    """Return the mean negative log likelihood (Good 1952): infinite if something called impossible happened.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].

    Returns
    -------
    log_loss : float
        Not negative; in nats.

    Raises
    ------
    ValueError
        If a risk is NaN or outside [0, 1].
    """
    event, y_prob = _binary_risks(y_true, y_prob)
    return float(-np.mean(xlogy(event, y_prob) + xlog1py(~event, -y_prob)))


def limited(y_prob, clip):
    """Return risks inside (0, 1): limited to ``clip`` and ``1 - clip``, or as they are if none is 0 or 1."""
    if clip is not None:
        if not 0 < clip < 0.5:
            raise ValueError(f"clip must lie inside (0, 0.5); got {clip!r}")
        return np.clip(y_prob, clip, 1 - clip)
    certain = int(((y_prob == 0) | (y_prob == 1)).sum())
    if certain:
        raise ValueError(
            f"y_prob is exactly 0 or 1 for {certain} of {y_prob.size} patients, whose log odds are infinite: "
            f"pass clip=0.001 to take these risks as 0.001 and 0.999, and say so in the methods"
        )
    return y_prob


def _recalibration(design, event, offset):
    """Coefficients and covariance of a logistic regression of the outcome."""
    coefficients, information = resampled_logistic(design, event, offset, np.ones((1, event.size)))
    if np.isnan(coefficients).any():
        raise ArithmeticError("the calibration model did not converge: the risks nearly separate the classes")
    return coefficients[0], np.linalg.inv(information[0])


def _wald(value, error, event, method, confidence):
    half = stats.norm.ppf((1 + check_confidence(confidence)) / 2) * error
    limits = float(value - half), float(value + half)
    return Estimate(float(value), *limits, event.size, int(event.sum()), method, confidence)


def calibration_intercept(y_true, y_prob, *, clip=None, confidence=0.95):
    """Return calibration in the large: the log odds that predictions are too low on average (0 is perfect).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in (0, 1).
    clip : float or None, default=None
        Take risks below ``clip`` as ``clip``, and above ``1 - clip`` as that; None refuses risks of 0 and 1.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Wald interval; negative when risks are overestimated.

    Raises
    ------
    ValueError
        If there is one class only, or a risk is NaN, outside [0, 1], or 0 or 1 without ``clip``.
    """
    event, y_prob = _binary_risks(y_true, y_prob, both=True)
    coefficients, covariance = _recalibration(np.ones((event.size, 1)), event, logit(limited(y_prob, clip)))
    return _wald(coefficients[0], np.sqrt(covariance[0, 0]), event, "logistic recalibration, Wald", confidence)


def calibration_slope(y_true, y_prob, *, clip=None, confidence=0.95):
    """Return the calibration slope: below 1, the risks are too extreme, as after overfitting (Cox 1958).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in (0, 1).
    clip : float or None, default=None
        Take risks below ``clip`` as ``clip``, and above ``1 - clip`` as that; None refuses risks of 0 and 1.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Wald interval. Undefined, with the reason, when all risks are equal or they separate the classes.

    Raises
    ------
    ValueError
        If there is one class only, or a risk is NaN, outside [0, 1], or 0 or 1 without ``clip``.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.metrics import calibration_slope
    >>> rng = np.random.default_rng(0)
    >>> risk = rng.uniform(0.05, 0.95, 500)
    >>> print(calibration_slope(rng.random(500) < risk, risk))
    1.047 (95 % CI 0.848 to 1.247)
    """
    event, y_prob = _binary_risks(y_true, y_prob, both=True)
    odds = logit(limited(y_prob, clip))
    method = "logistic recalibration, Wald"
    shell = {"n": event.size, "n_events": int(event.sum()), "method": method, "confidence": confidence}
    if np.ptp(odds) == 0:
        return Estimate(np.nan, np.nan, np.nan, **shell, reason="all predicted risks are equal")
    if odds[event].min() >= odds[~event].max() or odds[event].max() <= odds[~event].min():
        return Estimate(np.nan, np.nan, np.nan, **shell, reason="the risks separate the classes: the slope is infinite")
    coefficients, covariance = _recalibration(np.column_stack([np.ones(event.size), odds]), event, 0.0)
    return _wald(coefficients[1], np.sqrt(covariance[1, 1]), event, method, confidence)


def observed_expected_ratio(y_true, y_prob, *, confidence=0.95):
    """Return observed over expected events: above 1, risks are underestimated on average.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    estimate : Estimate
        Limits on the log scale with variance ``(1 - prevalence) / events`` (Debray et al. 2017). Undefined, with
        the reason, when no event is expected; without limits when none is observed.

    Raises
    ------
    ValueError
        If a risk is NaN or outside [0, 1].
    """
    event, y_prob = _binary_risks(y_true, y_prob)
    confidence, expected, observed = check_confidence(confidence), y_prob.sum(), int(event.sum())
    shell = {"n": event.size, "n_events": observed, "method": "log O:E", "confidence": confidence}
    if expected == 0:
        return Estimate(np.nan, np.nan, np.nan, **shell, reason="no event is expected")
    value = observed / expected
    if observed == 0:
        return Estimate(0.0, np.nan, np.nan, **shell, reason="no event is observed")
    factor = np.exp(stats.norm.ppf((1 + confidence) / 2) * np.sqrt((1 - observed / event.size) / observed))
    return Estimate(float(value), float(value / factor), float(value * factor), **shell)


def calibration_curve(y_true, y_prob, *, frac=2 / 3):
    """Return the observed share of events as a smooth function of predicted risk, at each patient's risk.

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].
    frac : float, default=0.6666666666666666
        Share of patients that each local fit uses, in (0, 1].

    Returns
    -------
    observed : array of shape (n,)
        Local linear fit (Cleveland's lowess without robustness steps, as in Harrell's val.prob), kept in [0, 1].

    Raises
    ------
    ValueError
        If a risk is NaN or outside [0, 1], or there are fewer than three patients.
    """
    event, y_prob = _binary_risks(y_true, y_prob)
    return np.clip(lowess(y_prob, event.astype(float), frac=frac), 0, 1)


def calibration_errors(y_true, y_prob, *, frac=2 / 3):
    """Return how far the smooth calibration curve lies from the diagonal (Austin & Steyerberg 2019).

    Parameters
    ----------
    y_true : array-like of shape (n,)
        0 or 1, 1 for the event.
    y_prob : array-like of shape (n,)
        Predicted risk of the event, in [0, 1].
    frac : float, default=0.6666666666666666
        Share of patients that each local fit uses, in (0, 1].

    Returns
    -------
    errors : dict of str to float
        ``ici`` (mean), ``e50`` (median), ``e90`` (90th percentile) and ``emax`` of the absolute distance, over
        patients. They are never negative and shrink with n: a perfect model in a small cohort does not have 0.

    Raises
    ------
    ValueError
        If a risk is NaN or outside [0, 1], or there are fewer than three patients.
    """
    distance = np.abs(calibration_curve(y_true, y_prob, frac=frac) - check_numbers(y_prob, "y_prob"))
    return {name: float(value) for name, value in summarised(distance).items()}


def summarised(distance):
    """Return ICI, E50, E90 and Emax of distances, (..., n), over the patients."""
    return {
        "ici": distance.mean(axis=-1),
        "e50": np.median(distance, axis=-1),
        "e90": np.quantile(distance, 0.9, axis=-1),
        "emax": distance.max(axis=-1),
    }
