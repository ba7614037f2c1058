"""Rankers that look at one feature at a time and have a closed formula."""

import numpy as np
from scipy.stats import rankdata
from sklearn.feature_selection import chi2

from .base import Ranker, encode_target, resolve_task

__all__ = ["AnovaRanker", "Chi2Ranker", "PearsonRanker", "SpearmanRanker"]


# Sums run down the rows, not through BLAS, whose last digit depends on where a column stands: copies must tie.


def anova_f(X, codes):
    """Return the F statistic of one-way analysis of variance for each column; NaN for a constant one."""
    n_samples, n_classes = X.shape[0], codes.max() + 1
    centred = X - X.mean(axis=0)
    means = np.array([centred[codes == code].mean(axis=0) for code in range(n_classes)])
    between = (np.bincount(codes)[:, None] * means**2).sum(axis=0)
    within = ((centred - means[codes]) ** 2).sum(axis=0)
    f = _ratio(between / (n_classes - 1), within / (n_samples - n_classes))
    f[np.ptp(X, axis=0) == 0] = np.nan
    return f


def correlation_with(X, y):
    """Return Pearson's correlation of each column with y; NaN where a side is constant."""
    centred, target = X - X.mean(axis=0), y - y.mean()
    r = _ratio((target[:, None] * centred).sum(axis=0), np.sqrt((centred**2).sum(axis=0)) * np.sqrt(target @ target))
    r[np.ptp(X, axis=0) == 0] = np.nan
    return np.clip(r, -1.0, 1.0)


def regression_f(X, y):
    """Return the F statistic of the linear regression of y on each column; NaN for a constant one."""
    r2 = correlation_with(X, y) ** 2
    return _ratio(r2 * (X.shape[0] - 2), 1.0 - r2)


def _ratio(numerator, denominator):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(numerator / denominator)


class AnovaRanker(Ranker):
    """Features ordered by the F statistic: how far the groups' means lie apart for the spread within the groups.

    For a regression outcome, F is that of the linear regression on the single feature. A constant feature has no F:
    its score is NaN and it comes last.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The F statistic.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    The numbers are those of scikit-learn's ``f_classif`` and ``f_regression``, from centred columns, so that a large
    mean costs no digits and a constant column is recognised as such. ``SelectKBest`` gives ties to the last column,
    a ranker to the first.

    References
    ----------
    R. A. Fisher (1925). Statistical Methods for Research Workers. Oliver and Boyd.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import AnovaRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> list(AnovaRanker(n_features_to_select=2).fit(X, y).get_feature_names_out())
    ['worst perimeter', 'worst concave points']
    """

    def __init__(self, n_features_to_select=10, task="auto"):
        super().__init__(n_features_to_select)
        self.task = task

    def _rank(self, X, y):
        task = resolve_task(y, self.task)
        target = encode_target(y, task)
        if task == "classification":
            return anova_f(X, target)
        return regression_f(X, target)


class Chi2Ranker(Ranker):
    """Features ordered by the chi-squared statistic of their sums in each class, for counts and indicators.

    Features must not be negative. One that is 0 for all patients scores NaN and comes last.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The chi-squared statistic.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    The numbers are those of scikit-learn's ``chi2``, which grow with the unit of a feature: millimetres score ten times
    what centimetres do. Use it where all features are counts or indicators.

    References
    ----------
    H. Liu, R. Setiono (1995). Chi2: feature selection and discretization of numeric attributes. IEEE ICTAI, 388-391.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.selection import Chi2Ranker
    >>> X = pd.DataFrame({"ehr__smoker": [1, 1, 1, 0, 0, 0], "ehr__male": [1, 0, 1, 0, 1, 0]})
    >>> list(Chi2Ranker(n_features_to_select=1).fit(X, ["ill"] * 3 + ["well"] * 3).get_feature_names_out())
    ['ehr__smoker']
    """

    def _rank(self, X, y):
        if (X < 0).any():
            columns = np.flatnonzero((X < 0).any(axis=0))
            raise ValueError(
                f"Negative values in data passed to {type(self).__name__}: {columns.size} columns, the first at index "
                f"{columns[0]}; chi-squared is for counts and indicators"
            )
        codes = encode_target(y, "classification")
        with np.errstate(invalid="ignore"):
            return chi2(X, codes)[0]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.positive_only = True
        return tags


class PearsonRanker(Ranker):
    """Features ordered by the absolute value of Pearson's correlation with the outcome.

    With two classes this is the point-biserial correlation. A constant feature scores NaN and comes last.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The absolute correlation, in [0, 1].
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    References
    ----------
    K. Pearson (1895). Notes on regression and inheritance in the case of two parents. Proc R Soc Lond 58:240-242.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from fusionkit.selection import PearsonRanker
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> list(PearsonRanker(n_features_to_select=3).fit(X, y).get_feature_names_out())
    ['bmi', 'bp', 's5']
    """

    def _rank(self, X, y):
        return np.abs(correlation_with(X, numeric_outcome(y, type(self).__name__)))


class SpearmanRanker(Ranker):
    """Features ordered by the absolute value of Spearman's rank correlation with the outcome.

    A constant feature scores NaN and comes last.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The absolute rank correlation, in [0, 1].
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    References
    ----------
    C. Spearman (1904). The proof and measurement of association between two things. Am J Psychol 15:72-101.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from fusionkit.selection import SpearmanRanker
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> list(SpearmanRanker(n_features_to_select=2).fit(X, y).get_feature_names_out())
    ['bmi', 's5']
    """

    def _rank(self, X, y):
        outcome = numeric_outcome(y, type(self).__name__)
        return np.abs(correlation_with(rankdata(X, axis=0), rankdata(outcome)))


def numeric_outcome(y, ranker):
    """Return the outcome as floats: numbers as they are, two labels as 0 and 1."""
    if y.dtype.kind in "biuf":
        outcome = y.astype(np.float64)
        if np.ptp(outcome) == 0:
            raise ValueError(f"y has one class only, {str(y[0])!r}: nothing correlates with a constant")
        return outcome
    codes = encode_target(y, "classification")
    if codes.max() > 1:
        raise ValueError(
            f"{ranker} needs an outcome of numbers or of two classes; got {codes.max() + 1} labels, which have no "
            "order. Give ordered grades as numbers, or take AnovaRanker"
        )
    return codes.astype(np.float64)
