"""Minimum redundancy, maximum relevance: a greedy order in which copies of what is chosen come late."""

import numpy as np

from .base import Ranker, encode_target, n_selected, resolve_task
from .univariate import anova_f, regression_f

__all__ = ["MRMRRanker"]

FLOOR = 0.001
"""Least redundancy, so that an uncorrelated feature is not divided by zero."""
COPY = 1.0 - 1e-12
"""Mean redundancy from which a feature is a copy of everything chosen."""
TABLE = 2**28
"""Most bytes of correlations that are computed at once; beyond that, one feature at a time."""
PAYS = 8
"""How many times faster a row of the table comes than a row by itself."""


class MRMRRanker(Ranker):
    """Features in the order in which mRMR picks them: relevant to the outcome, and unlike those picked before.

    Each round picks the feature with the highest quotient of relevance (the F statistic) over redundancy (the mean
    absolute correlation with the features picked so far). Missing values are welcome: each statistic is taken over
    the patients who have the values it needs.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    n_features_ranked : int, float or "all", default="all"
        How many rounds to play; the features left over follow by their quotient in the last round. Fewer rounds are
        quicker for tens of thousands of columns.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The quotient in the round that picked the feature; quotients of different rounds do not compare.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.
    relevance_ : ndarray of shape (n_features,)
        The F statistic; 0 where it is undefined.

    Notes
    -----
    The order is that of the package mrmr_selection. It, too, floors a redundancy at 0.001, and gives a feature a
    quotient of 0 when its mean redundancy is exactly 1, which depends on rounding: here within 1e-12. It leaves
    features without relevance out; here they come last.

    References
    ----------
    C. Ding, H. Peng (2005). Minimum redundancy feature selection from microarray gene expression data. J Bioinform
    Comput Biol 3:185-205.

    Z. Zhao, R. Anand, M. Wang (2019). Maximum relevance and minimum redundancy feature selection methods for a
    marketing machine learning platform. IEEE DSAA, 442-452.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import MRMRRanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> list(MRMRRanker(n_features_to_select=3).fit(X, y).get_feature_names_out())
    ['mean concave points', 'worst perimeter', 'worst concave points']
    """

    def __init__(self, n_features_to_select=10, n_features_ranked="all", task="auto"):
        super().__init__(n_features_to_select)
        self.n_features_ranked = n_features_ranked
        self.task = task

    def _rank(self, X, y):
        rounds = self._checked_rounds()
        task = resolve_task(y, self.task)
        target = encode_target(y, task)
        f = relevance(X, target, anova_f if task == "classification" else regression_f)
        self.relevance_ = np.where(np.isnan(f), 0.0, f)
        return greedy_order(self.relevance_, Correlations(X), rounds)

    def _checked_rounds(self):
        """Return how many rounds to play, or refuse to keep features that no round picks."""
        rounds = n_selected(self.n_features_ranked, self.n_features_in_)
        kept = n_selected(self.n_features_to_select, self.n_features_in_)
        if kept > rounds:
            raise ValueError(
                f"n_features_to_select={self.n_features_to_select!r} keeps {kept} features, but n_features_ranked="
                f"{self.n_features_ranked!r} orders only {rounds}: raise the latter"
            )
        return rounds

    def _get_support_mask(self):
        mask = super()._get_support_mask()
        self._checked_rounds()
        return mask

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def relevance(X, target, statistic):
    """Return the statistic of each column, over the patients who have a value."""
    missing = np.isnan(X)
    if not missing.any():
        return statistic(X, target)
    complete = ~missing.any(axis=0)
    scores = np.full(X.shape[1], np.nan)
    scores[complete] = statistic(X[:, complete], target)
    for column in np.flatnonzero(~complete):
        known = ~missing[:, column]
        groups = np.unique(target[known], return_inverse=True)[1] if target.dtype.kind == "i" else target[known]
        if known.sum() > 2 and np.ptp(groups) > 0:
            scores[column] = statistic(X[known, column][:, None], groups)[0]
    return scores


class Correlations:
    """Absolute correlations of chosen columns with all columns, over the patients who have both values."""

    def __init__(self, X):
        known = ~np.isnan(X)
        self.complete = bool(known.all())
        if self.complete:
            values = X - X.mean(axis=0)
        else:
            means = np.where(known, X, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
            values = np.where(known, X - means, 0.0)
        spread = np.sqrt((values**2).sum(axis=0))
        constant = np.fmax.reduce(X, axis=0) == np.fmin.reduce(X, axis=0)
        values = np.divide(values, spread, out=np.zeros_like(values), where=(spread > 0) & ~constant)
        self.values = np.ascontiguousarray(values.T)
        if not self.complete:
            self.squares, self.known = self.values**2, np.ascontiguousarray(known.T.astype(np.float64))

    def __len__(self):
        return self.values.shape[0]

    def rows(self, columns):
        """Return absolute correlations of these columns (an index, a slice) with all, 0 where undefined."""
        if self.complete:
            return np.abs(self.values[columns] @ self.values.T)
        v, s, m = (part[columns] for part in (self.values, self.squares, self.known))
        n = m @ self.known.T
        n[n == 0] = 1.0
        sum_a, sum_b = v @ self.known.T, m @ self.values.T
        covariance = v @ self.values.T - sum_a * sum_b / n
        variance_a, variance_b = s @ self.known.T - sum_a**2 / n, m @ self.squares.T - sum_b**2 / n
        product = np.sqrt(np.clip(variance_a, 0, None) * np.clip(variance_b, 0, None))
        return np.abs(np.divide(covariance, product, out=np.zeros_like(product), where=product > 1e-14))


def greedy_order(relevance, correlations, rounds):
    """Return the quotient at which each feature was picked, and the order of picking."""
    n_features = relevance.size
    pays = rounds * PAYS >= n_features and n_features**2 * 8 <= TABLE
    table = correlations.rows(slice(None)) if pays else None
    scores, order = np.zeros(n_features), []
    quotient, redundancy = np.where(relevance > 0, relevance, -np.inf), np.zeros(n_features)
    while len(order) < rounds:
        best = int(np.argmax(quotient))
        if quotient[best] == -np.inf:
            break
        order.append(best)
        scores[best] = quotient[best]
        redundancy += np.maximum(correlations.rows(best) if table is None else table[best], FLOOR)
        mean = redundancy / len(order)
        candidates = quotient > -np.inf
        candidates[best] = False
        quotient = np.where(candidates, np.where(mean >= COPY, 0.0, relevance / mean), -np.inf)
    left = np.setdiff1d(np.arange(n_features), order)
    left = left[np.argsort(-quotient[left], kind="stable")]
    scores[left] = np.maximum(quotient[left], 0.0)
    return scores, np.array([*order, *left], dtype=np.int64)
