"""How far two groups of patients lie apart in one variable, free of its unit and of the number of patients."""

import numpy as np
from scipy import stats

__all__ = ["group_p_value", "mean_difference", "share_difference"]

SMALL_CELL = 5
"""With a smaller expected count in a two by two table, Fisher's exact test is taken."""


def mean_difference(values, others):
    """Return the standardised difference of two groups in a number.

    The difference of the means over the root of the mean of both variances (Austin 2009, formula 1). A difference
    above 0.1 in size is often taken as a sign of imbalance.

    Parameters
    ----------
    values, others : array-like of shape (n,) and (m,)
        The two groups, without missing values.

    Returns
    -------
    difference : float
        ``values`` minus ``others``, in standard deviations. NaN where a group has fewer than two patients or nobody
        differs from anybody; infinite where the groups differ and nobody differs within them.

    References
    ----------
    Austin PC. Balance diagnostics for comparing the distribution of baseline covariates between treatment groups in
    propensity-score matched samples. Stat Med 2009;28(25):3083-3107.

    Examples
    --------
    >>> from fusionkit.cohort.balance import mean_difference
    >>> round(mean_difference([3.0, 4.0, 5.0], [1.0, 2.0, 3.0]), 3)
    2.0
    """
    values, others = np.asarray(values, dtype=float), np.asarray(others, dtype=float)
    if min(values.size, others.size) < 2:
        return np.nan
    return _ratio(values.mean() - others.mean(), np.sqrt((values.var(ddof=1) + others.var(ddof=1)) / 2))


def share_difference(counts, other_counts):
    """Return the standardised difference of two groups in a category.

    The Mahalanobis distance of the shares of all levels but one, with the mean of both multinomial covariances (Yang
    & Dalton 2012). Of two levels it is the size of Austin's difference of shares. Levels that neither group has are
    left out.

    Parameters
    ----------
    counts, other_counts : array-like of shape (n_levels,)
        Patients of each level in the two groups.

    Returns
    -------
    difference : float
        Zero or more. NaN where a group is empty or all patients of both have the same level; infinite where a
        combination of levels tells the groups apart without error.

    References
    ----------
    Yang D, Dalton JE. A unified approach to measuring the effect size between two groups using SAS. SAS Global Forum
    2012, paper 335.

    Examples
    --------
    >>> from fusionkit.cohort.balance import share_difference
    >>> round(share_difference([30, 50, 20], [20, 50, 30]), 3)
    0.286
    """
    both = np.array([counts, other_counts], dtype=float)
    both = both[:, both.sum(axis=0) > 0]
    if both.shape[1] < 2 or not both.sum(axis=1).all():
        return np.nan
    shares = both / both.sum(axis=1, keepdims=True)
    gap = (shares[0] - shares[1])[1:]
    covariance = sum(np.diag(p) - np.outer(p, p) for p in shares[:, 1:]) / 2
    if np.linalg.matrix_rank(covariance) == len(gap):
        return float(np.sqrt(gap @ np.linalg.solve(covariance, gap)))
    inverse = np.linalg.pinv(covariance, hermitian=True)
    told_apart = not np.allclose(covariance @ inverse @ gap, gap, atol=1e-12)
    return np.inf if told_apart else float(np.sqrt(gap @ inverse @ gap))


def group_p_value(values, event, statistic):
    """Return the p-value of a difference between two groups.

    Welch's t test for means, the Kruskal-Wallis test for medians, and for counts the chi-squared test (with Yates's
    correction in a two by two table) or, where a two by two table expects fewer than five patients in a cell, Fisher's
    exact test. A p-value in a table of patients says little: it mixes the difference with the number of patients.

    Parameters
    ----------
    values : Series of shape (n,)
        The variable, without missing values.
    event : Series of bool, shape (n,)
        The group.
    statistic : {"mean", "median", "count"}
        How the variable is shown.

    Returns
    -------
    p_value : float
        NaN where a group is empty or nobody differs from anybody.
    """
    groups = [values[event], values[~event]]
    if values.nunique() < 2 or min(map(len, groups)) < (2 if statistic == "mean" else 1):
        return np.nan
    if statistic == "mean":
        return float(stats.ttest_ind(*groups, equal_var=False).pvalue)
    if statistic == "median":
        return float(stats.kruskal(*groups).pvalue)
    levels = values.unique()
    table = np.array([[(group == level).sum() for level in levels] for group in groups])
    expected = stats.contingency.expected_freq(table)
    if table.shape == (2, 2) and expected.min() < SMALL_CELL:
        return float(stats.fisher_exact(table).pvalue)
    return float(stats.chi2_contingency(table).pvalue)


def _ratio(gap, spread):
    if spread > 0:
        return float(gap / spread)
    return np.nan if gap == 0 else float(np.copysign(np.inf, gap))
