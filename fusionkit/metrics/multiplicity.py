"""Adjusted p values for several comparisons in one study."""

import numpy as np

from ._checks import check_probabilities

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values):
    """Return Holm's (1979) adjusted p values: below 0.05 holds the chance of any false claim under 5 %.

    Parameters
    ----------
    p_values : array-like of shape (n_tests,)
        In [0, 1]; tests may depend on each other in any way.

    Returns
    -------
    adjusted : array of shape (n_tests,)
        In the order given.

    Raises
    ------
    ValueError
        If a p value is NaN or outside [0, 1].

    Examples
    --------
    >>> from fusionkit.metrics import holm
    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    p_values = check_probabilities(p_values, "p_values")
    order = np.argsort(p_values)
    stepped = np.maximum.accumulate(p_values[order] * np.arange(p_values.size, 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = np.minimum(stepped, 1)
    return adjusted


def benjamini_hochberg(p_values):
    """Return Benjamini & Hochberg's (1995) adjusted p values: below 0.05 holds the expected share of false claims.

    Parameters
    ----------
    p_values : array-like of shape (n_tests,)
        In [0, 1], from independent or positively dependent tests.

    Returns
    -------
    adjusted : array of shape (n_tests,)
        In the order given.

    Raises
    ------
    ValueError
        If a p value is NaN or outside [0, 1].
    """
    p_values = check_probabilities(p_values, "p_values")
    order = np.argsort(p_values)[::-1]
    stepped = np.minimum.accumulate(p_values[order] * p_values.size / np.arange(p_values.size, 0, -1))
    adjusted = np.empty_like(p_values)
    adjusted[order] = stepped
    return adjusted
