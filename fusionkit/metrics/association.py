"""Does where a patient was scanned, or who they are, go with the outcome: a test, and how strong it is."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from ._checks import check_confidence

__all__ = ["Association", "cramers_v"]

SMALL_EXPECTED = 5
"""Cochran's rule: below this expected count in a cell the chi-squared distribution is not to be trusted."""

N_TABLES = 9_999


@dataclass(frozen=True)
class Association:
    """The association of two categories.

    Parameters
    ----------
    value : float
        Cramer's V, corrected for bias (Bergsma 2013): 0 none, 1 complete; NaN where it is undefined.
    low, high : float
        Limits by inversion of the noncentral chi-squared distribution (Smithson 2003); NaN where there are none.
    p_value : float
        Against independence.
    test : str
        "chi-squared", "Fisher's exact" (2 x 2 with a small expected count) or "Fisher's, 9,999 tables" (larger ones).
    n : int
        Patients with both values.
    confidence : float, default=0.95
        Level of the interval.
    reason : str, default=''
        Why a number is NaN.
    """

    value: float
    low: float
    high: float
    p_value: float
    test: str
    n: int
    confidence: float = 0.95
    reason: str = ""


def cramers_v(first, second, *, confidence=0.95, random_state=0):
    """Return how strongly two categories go together, with interval and test.

    Parameters
    ----------
    first, second : array-like of shape (n,)
        Labels of any type; patients who lack one are left out.
    confidence : float, default=0.95
        Level of the interval.
    random_state : int, default=0
        Seed of the random tables of Fisher's test beyond 2 x 2.

    Returns
    -------
    association : Association

    Raises
    ------
    ValueError
        If the lengths differ.

    Examples
    --------
    >>> from fusionkit.metrics import cramers_v
    >>> site, outcome = ["A"] * 50 + ["B"] * 50, [1] * 35 + [0] * 15 + [1] * 20 + [0] * 30
    >>> found = cramers_v(site, outcome)
    >>> round(found.value, 2), round(found.low, 2), round(found.high, 2), found.test
    (0.29, 0.11, 0.5, 'chi-squared')
    """
    confidence = check_confidence(confidence)
    if len(first) != len(second):
        raise ValueError(f"one label per patient is needed in each; got lengths {len(first)} and {len(second)}")
    pairs = pd.DataFrame({"first": list(first), "second": list(second)}).dropna()
    table = pd.crosstab(pairs["first"], pairs["second"]).to_numpy()
    n = int(table.sum())
    if min(table.shape, default=0) < 2:
        reason = "all patients are alike in one of the two" if n else "no patient has both values"
        return Association(np.nan, np.nan, np.nan, np.nan, "", n, confidence, reason)
    found = stats.chi2_contingency(table, correction=False)
    p_value, test = found.pvalue, "chi-squared"
    if found.expected_freq.min() < SMALL_EXPECTED:
        p_value, test = _fisher(table, random_state)
    low, high = _limits(found.statistic, found.dof, n, min(table.shape) - 1, confidence)
    reason = "" if np.isfinite(low) else "the groups are more alike than chance lets them be"
    return Association(
        _unbiased(found.statistic, table.shape, n), low, high, float(p_value), test, n, confidence, reason
    )


def _fisher(table, random_state):
    if table.shape == (2, 2):
        return stats.fisher_exact(table).pvalue, "Fisher's exact"
    method = stats.MonteCarloMethod(n_resamples=N_TABLES, rng=np.random.default_rng(random_state))
    return stats.fisher_exact(table, method=method).pvalue, f"Fisher's, {N_TABLES:,} tables"


def _unbiased(statistic, shape, n):
    rows, columns = (size - (size - 1) ** 2 / (n - 1) for size in shape)
    smaller = min(rows, columns) - 1
    excess = max(statistic / n - (shape[0] - 1) * (shape[1] - 1) / (n - 1), 0.0)
    return float(min(np.sqrt(excess / smaller), 1.0)) if smaller > 0 else np.nan


def _limits(statistic, dof, n, k, confidence):
    """Cramer's V at the noncentralities that make the statistic just too large, and just too small."""
    limits = []
    for tail in ((1 + confidence) / 2, (1 - confidence) / 2):

        def excess(noncentrality, tail=tail):
            return stats.ncx2.cdf(statistic, dof, noncentrality) - tail

        inside = stats.chi2.cdf(statistic, dof) > tail
        largest = statistic + 10 * np.sqrt(statistic + 10) + 50
        limits.append(optimize.brentq(excess, 1e-12, largest) if inside else 0.0)
    if limits[1] == 0.0:
        return np.nan, np.nan
    return tuple(float(min(np.sqrt(limit / (n * k)), 1.0)) for limit in limits)
