"""What every metric hands back: an estimate with its interval, its patients and its method, never a bare number."""

import math
from dataclasses import dataclass

__all__ = ["Comparison", "Estimate"]


@dataclass(frozen=True)
class Estimate:
    """A number, its confidence interval, and how many patients and events it rests on.

    Parameters
    ----------
    value : float
        The estimate; NaN only where it is undefined by definition, and then ``reason`` says why.
    low, high : float
        The limits of the confidence interval; NaN where there is none, and then ``reason`` says why.
    n : int
        Number of patients (targets, folds ... where the function says so).
    n_events : int or None
        Number of patients with the outcome; None where the outcome is no event.
    method : str
        How the interval was made, as a methods section would say it.
    confidence : float, default=0.95
        The interval's nominal coverage, in (0, 1).
    reason : str, default=''
        Why a number is NaN; empty otherwise.

    Examples
    --------
    >>> from fusionkit.metrics import Estimate
    >>> print(Estimate(0.731, 0.630, 0.833, n=113, n_events=41, method="DeLong"))
    0.731 (95 % CI 0.630 to 0.833)
    """

    value: float
    low: float
    high: float
    n: int
    n_events: int | None
    method: str
    confidence: float = 0.95
    reason: str = ""

    def __str__(self):
        if math.isnan(self.value):
            return f"undefined, because {self.reason}"
        if math.isnan(self.low):
            return f"{self.value:.3f} (no interval, because {self.reason})"
        return f"{self.value:.3f} ({100 * self.confidence:g} % CI {self.low:.3f} to {self.high:.3f})"


@dataclass(frozen=True)
class Comparison:
    """A difference between two models (a minus b), its interval, and the test of no difference.

    Parameters
    ----------
    difference : Estimate
        The first model's value minus the second's.
    value_a, value_b : float
        The two values themselves.
    statistic : float
        The test statistic (z, or t where ``df`` is finite); NaN where it is undefined.
    df : float
        Degrees of freedom; infinite for a normal statistic.
    p_value : float
        Two-sided, against no difference; NaN where it is undefined.
    """

    difference: Estimate
    value_a: float
    value_b: float
    statistic: float
    df: float
    p_value: float

    def __str__(self):
        test = "" if math.isnan(self.p_value) else f", p = {self.p_value:.3g}"
        return f"{self.difference}{test}"
