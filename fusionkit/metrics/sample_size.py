"""How many patients a prediction model needs, and how many features a cohort can afford (Riley et al. 2019, 2020).

Each criterion is a separate demand on n; the required sample is the largest. ``r2_cs`` is the Cox-Snell R2 that the
model is expected to have, from an earlier study, or from an expected AUC with :func:`cox_snell_r2_from_auc`.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import integrate, stats

from ._checks import check_confidence, check_share

__all__ = [
    "SampleSize",
    "cox_snell_r2_from_auc",
    "expected_auc_width",
    "largest_cox_snell_r2",
    "max_parameters_binary",
    "sample_size_binary",
    "sample_size_continuous",
    "sample_size_survival",
]


@dataclass(frozen=True)
class SampleSize:
    """The patients that each criterion asks for, and the largest of them.

    Parameters
    ----------
    n : int
        Patients needed.
    criteria : dict of str to int
        Patients needed by criterion.
    n_events : float or None, default=None
        Events expected among them; None for a continuous outcome.
    events_per_parameter : float or None, default=None
        Events per candidate parameter at this n; None for a continuous outcome.
    """

    n: int
    criteria: dict
    n_events: float | None = None
    events_per_parameter: float | None = None


def _check_parameters(n_parameters):
    if n_parameters < 1 or n_parameters != int(n_parameters):
        raise ValueError(f"n_parameters counts candidate parameters, 1 or more; got {n_parameters!r}")
    return int(n_parameters)


def _check_positive(**values):
    for name, value in values.items():
        if not value > 0 or math.isinf(value):
            raise ValueError(f"{name} must be a positive number; got {value!r}")


def _n_for_shrinkage(n_parameters, r2_cs, shrinkage):
    """Patients for which the expected uniform shrinkage factor is at least ``shrinkage``."""
    return math.ceil(n_parameters / ((shrinkage - 1) * math.log(1 - r2_cs / shrinkage)))


def _check_r2(r2_cs, largest, shrinkage):
    check_share(r2_cs, "r2_cs")
    check_share(shrinkage, "shrinkage")
    if r2_cs >= min(largest, shrinkage):
        raise ValueError(
            f"r2_cs={r2_cs:g} cannot be: with these events a perfect model has {largest:.3f} "
            f"(and r2_cs must lie below the shrinkage, {shrinkage:g})"
        )


def _shrinkage_for_optimism(r2_cs, largest, optimism):
    """Shrinkage at which apparent and adjusted Nagelkerke R2 differ by ``optimism``."""
    return r2_cs / (r2_cs + optimism * largest)


def largest_cox_snell_r2(prevalence=None, *, events_per_patient=None):
    """Return the Cox-Snell R2 of a perfect model (Riley et al. 2019): it lies far below 1 when events are rare.

    Parameters
    ----------
    prevalence : float or None, default=None
        Share of events of a binary outcome, in (0, 1).
    events_per_patient : float or None, default=None
        Of a time to event instead: events per unit of time, times mean follow-up.

    Returns
    -------
    largest : float
        In (0, 1).
    """
    if prevalence is None:
        return 1 - math.exp(2 * (events_per_patient * math.log(events_per_patient) - events_per_patient))
    return 1 - math.exp(2 * (prevalence * math.log(prevalence) + (1 - prevalence) * math.log(1 - prevalence)))


def sample_size_binary(n_parameters, *, prevalence, r2_cs, shrinkage=0.9, optimism=0.05, margin=0.05):
    """Return the patients needed to develop a model of a binary outcome (Riley et al. 2019, part II; BMJ 2020).

    Parameters
    ----------
    n_parameters : int
        Candidate parameters before any selection: every radiomic feature that may enter counts.
    prevalence : float
        Share of events, in (0, 1).
    r2_cs : float
        Expected Cox-Snell R2, adjusted for optimism.
    shrinkage : float, default=0.9
        Least expected shrinkage factor.
    optimism : float, default=0.05
        Largest expected difference of apparent and adjusted Nagelkerke R2.
    margin : float, default=0.05
        Half width of the 95 % interval of the overall risk.

    Returns
    -------
    size : SampleSize
        With the criteria ``shrinkage``, ``optimism`` and ``overall risk``.

    Raises
    ------
    ValueError
        If an argument is out of range, or ``r2_cs`` exceeds what a perfect model would have.

    Examples
    --------
    >>> from fusionkit.metrics import sample_size_binary
    >>> sample_size_binary(24, prevalence=0.174, r2_cs=0.288).n
    662
    """
    n_parameters = _check_parameters(n_parameters)
    check_share(prevalence, "prevalence")
    largest = largest_cox_snell_r2(prevalence)
    _check_r2(r2_cs, largest, shrinkage)
    _check_positive(optimism=optimism, margin=margin)
    criteria = {
        "shrinkage": _n_for_shrinkage(n_parameters, r2_cs, shrinkage),
        "optimism": _n_for_shrinkage(n_parameters, r2_cs, _shrinkage_for_optimism(r2_cs, largest, optimism)),
        "overall risk": math.ceil((1.96 / margin) ** 2 * prevalence * (1 - prevalence)),
    }
    n = max(criteria.values())
    return SampleSize(n, criteria, n * prevalence, n * prevalence / n_parameters)


def max_parameters_binary(n, *, prevalence, r2_cs, shrinkage=0.9, optimism=0.05):
    """Return how many candidate parameters a cohort supports, the inverse of :func:`sample_size_binary`.

    Parameters
    ----------
    n : int
        Patients in the cohort.
    prevalence : float
        Share of events, in (0, 1).
    r2_cs : float
        Expected Cox-Snell R2, adjusted for optimism.
    shrinkage : float, default=0.9
        Least expected shrinkage factor.
    optimism : float, default=0.05
        Largest expected difference of apparent and adjusted Nagelkerke R2.

    Returns
    -------
    n_parameters : int
        May be 0: the cohort supports no model of this strength.

    Raises
    ------
    ValueError
        If an argument is out of range, or ``r2_cs`` exceeds what a perfect model would have.
    """
    check_share(prevalence, "prevalence")
    largest = largest_cox_snell_r2(prevalence)
    _check_r2(r2_cs, largest, shrinkage)
    _check_positive(n=n, optimism=optimism)
    strictest = max(shrinkage, _shrinkage_for_optimism(r2_cs, largest, optimism))
    return math.floor(n * (strictest - 1) * math.log(1 - r2_cs / strictest))


def _first_n(fulfilled, start):
    """Smallest n from ``start`` on that fulfils a demand which more patients only help."""
    high = start
    while not fulfilled(high):
        high *= 2
    low = start - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fulfilled(middle) else (middle, high)
    return high


def sample_size_continuous(
    n_parameters, *, r2, mean, sd, shrinkage=0.9, optimism=0.05, residual_margin=1.1, mean_margin=1.1
):
    """Return the patients needed to develop a model of a continuous outcome (Riley et al. 2019, part I).

    Parameters
    ----------
    n_parameters : int
        Candidate parameters before any selection.
    r2 : float
        Expected R2, adjusted for optimism.
    mean, sd : float
        Mean and standard deviation of the outcome.
    shrinkage : float, default=0.9
        Least expected shrinkage factor.
    optimism : float, default=0.05
        Largest expected difference of apparent and adjusted R2.
    residual_margin : float, default=1.1
        Largest factor by which the interval's limits may miss the residual standard deviation.
    mean_margin : float, default=1.1
        Largest ratio of the upper limit of the mean outcome to the mean.

    Returns
    -------
    size : SampleSize
        With the criteria ``shrinkage``, ``optimism``, ``residual SD`` and ``mean``.

    Raises
    ------
    ValueError
        If an argument is out of range.

    Examples
    --------
    >>> from fusionkit.metrics import sample_size_continuous
    >>> sample_size_continuous(25, r2=0.2, mean=26.7, sd=8.7).n
    918
    """
    p = _check_parameters(n_parameters)
    check_share(r2, "r2")
    check_share(shrinkage, "shrinkage")
    _check_positive(sd=sd, optimism=optimism, residual_margin=residual_margin - 1, mean_margin=mean_margin - 1)
    if mean == 0:
        raise ValueError("mean is 0, to which no relative margin exists: shift the outcome's origin")

    def shrunken_enough(n):
        apparent = (r2 * (n - p - 1) + p) / (n - 1)
        return 1 + (p - 2) / (n * math.log(1 - apparent)) >= shrinkage

    def residual_known(n):
        df = n - p - 1
        ratio = max(stats.chi2.ppf(0.975, df) / df, df / stats.chi2.ppf(0.025, df))
        return math.sqrt(ratio) <= residual_margin

    def mean_known(n):
        error = math.sqrt(sd**2 * (1 - r2) / n)
        return 1 + stats.t.ppf(0.975, n - p - 1) * error / abs(mean) <= mean_margin

    start = p + 2
    criteria = {
        "shrinkage": _first_n(shrunken_enough, start),
        "optimism": math.ceil(1 + p * (1 - r2) / optimism),
        "residual SD": _first_n(residual_known, start),
        "mean": _first_n(mean_known, start),
    }
    return SampleSize(max(criteria.values()), criteria)


def sample_size_survival(
    n_parameters, *, r2_cs, rate, horizon, mean_follow_up, shrinkage=0.9, optimism=0.05, margin=0.05
):
    """Return the patients needed to develop a model of a time to event (Riley et al. 2019, part II).

    Parameters
    ----------
    n_parameters : int
        Candidate parameters before any selection.
    r2_cs : float
        Expected Cox-Snell R2, adjusted for optimism.
    rate : float
        Events per unit of follow-up time.
    horizon : float
        Time at which the risk is predicted, in the same unit.
    mean_follow_up : float
        Mean follow-up of a patient, in the same unit.
    shrinkage : float, default=0.9
        Least expected shrinkage factor.
    optimism : float, default=0.05
        Largest expected difference of apparent and adjusted Nagelkerke R2.
    margin : float, default=0.05
        Largest distance of a 95 % limit from the overall risk at the horizon.

    Returns
    -------
    size : SampleSize
        With the criteria ``shrinkage``, ``optimism`` and ``overall risk``.

    Raises
    ------
    ValueError
        If an argument is out of range, or ``r2_cs`` exceeds what a perfect model would have.

    Examples
    --------
    >>> from fusionkit.metrics import sample_size_survival
    >>> sample_size_survival(30, r2_cs=0.051, rate=0.065, horizon=2, mean_follow_up=2.07).n
    5143
    """
    n_parameters = _check_parameters(n_parameters)
    _check_positive(rate=rate, horizon=horizon, mean_follow_up=mean_follow_up, optimism=optimism, margin=margin)
    events = rate * mean_follow_up
    largest = largest_cox_snell_r2(events_per_patient=events)
    _check_r2(r2_cs, largest, shrinkage)

    def risk_known(n):
        error = 1.96 * math.sqrt(rate / (n * mean_follow_up))
        risks = [1 - math.exp(-max(r, 0) * horizon) for r in (rate - error, rate, rate + error)]
        return max(risks[1] - risks[0], risks[2] - risks[1]) <= margin

    criteria = {
        "shrinkage": _n_for_shrinkage(n_parameters, r2_cs, shrinkage),
        "optimism": _n_for_shrinkage(n_parameters, r2_cs, _shrinkage_for_optimism(r2_cs, largest, optimism)),
        "overall risk": _first_n(risk_known, 1),
    }
    n = max(criteria.values())
    return SampleSize(n, criteria, n * events, n * events / n_parameters)


def cox_snell_r2_from_auc(auc, prevalence):
    """Return the Cox-Snell R2 of a model with a given AUC whose linear predictor is normal in both classes.

    Riley et al. (2021) simulate it; here the same expectation is integrated.

    Parameters
    ----------
    auc : float
        Expected AUC, in (0.5, 1).
    prevalence : float
        Share of events, in (0, 1).

    Returns
    -------
    r2_cs : float

    Raises
    ------
    ValueError
        If the AUC lies outside (0.5, 1) or the prevalence outside (0, 1).

    Examples
    --------
    >>> from fusionkit.metrics import cox_snell_r2_from_auc
    >>> round(cox_snell_r2_from_auc(0.89, 0.174), 3)
    0.291
    """
    if not 0.5 < auc < 1:
        raise ValueError(f"auc must lie inside (0.5, 1); got {auc!r}")
    check_share(prevalence, "prevalence")
    distance = math.sqrt(2) * stats.norm.ppf(auc)
    offset = math.log(prevalence / (1 - prevalence)) - distance**2 / 2

    def expected_loss(shift, sign):
        def density(x):  # called thousands of times a plan, where scipy's own normal density takes a hundredfold
            return math.exp(-0.5 * (x - shift) ** 2) * np.logaddexp(0, -sign * (offset + distance * x))

        return integrate.quad(density, shift - 12, shift + 12)[0] / math.sqrt(2 * math.pi)

    loss = prevalence * expected_loss(distance, 1) + (1 - prevalence) * expected_loss(0, -1)
    null = -(prevalence * math.log(prevalence) + (1 - prevalence) * math.log(1 - prevalence))
    return 1 - math.exp(2 * (loss - null))


def expected_auc_width(auc, n_events, n_nonevents, *, confidence=0.95):
    """Return the expected width of the AUC's interval in an external validation (Hanley & McNeil 1982).

    Parameters
    ----------
    auc : float
        Expected AUC, in (0, 1).
    n_events, n_nonevents : int
        Patients with and without the event.
    confidence : float, default=0.95
        Nominal coverage.

    Returns
    -------
    width : float
        Upper minus lower limit.

    Raises
    ------
    ValueError
        If the AUC lies outside (0, 1) or a count is not positive.
    """
    check_share(auc, "auc")
    _check_positive(n_events=n_events, n_nonevents=n_nonevents)
    two_events, two_nonevents = auc / (2 - auc), 2 * auc**2 / (1 + auc)
    variance = auc * (1 - auc) + (n_events - 1) * (two_events - auc**2) + (n_nonevents - 1) * (two_nonevents - auc**2)
    return float(
        2 * stats.norm.ppf((1 + check_confidence(confidence)) / 2) * math.sqrt(variance / (n_events * n_nonevents))
    )
