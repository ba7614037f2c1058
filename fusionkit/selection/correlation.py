"""One feature of each group that says the same."""

import numpy as np
from scipy.stats import rankdata
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import check_features
from .univariate import correlation_with, numeric_outcome

__all__ = ["CorrelationFilter"]

BLOCK = 256


class CorrelationFilter(SelectorMixin, BaseEstimator):
    """Keep one feature of each cluster of correlated ones; no two features kept correlate above the threshold.

    Features are visited in the order of `keep`. One that correlates above the threshold with a feature already kept
    joins the cluster of the first such; any other is kept and leads a cluster of its own.

    Parameters
    ----------
    threshold : float, default=0.9
        Highest absolute correlation of two features that may both stay, in [0, 1].
    method : {"pearson", "spearman"}, default="pearson"
        The correlation.
    keep : {"first", "variance", "outcome"}, default="first"
        Who leads: the feature that stands first, that with the larger variance, or that with the larger absolute
        correlation with the outcome (which must then be given).

    Attributes
    ----------
    clusters_ : ndarray of shape (n_features,)
        For each feature, the index of the feature kept in its place; its own when it was kept itself.
    n_features_in_ : int
        Number of features seen at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, when X was a DataFrame.

    Notes
    -----
    A constant feature correlates with nothing and is kept: drop it with scikit-learn's ``VarianceThreshold``. The
    correlations are computed in blocks; no matrix of all pairs is held.

    References
    ----------
    M. Kuhn, K. Johnson (2013). Applied Predictive Modeling, section 3.5. Springer.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from fusionkit.selection import CorrelationFilter
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> chosen = CorrelationFilter(threshold=0.35, keep="outcome").fit(X, y)
    >>> list(chosen.get_feature_names_out())
    ['mean texture', 'fractal dimension error', 'worst concave points']
    """

    def __init__(self, threshold=0.9, method="pearson", keep="first"):
        self.threshold = threshold
        self.method = method
        self.keep = keep

    def fit(self, X, y=None):
        """Find the clusters.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features: one row per patient.
        y : array-like of shape (n_samples,) or None, default=None
            The outcome; needed for ``keep="outcome"`` only.

        Returns
        -------
        self : CorrelationFilter
            The fitted filter.
        """
        self._check_arguments(y)
        target = {} if self.keep != "outcome" else {"y": y}
        checked = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=2, **target)
        X, y = checked if target else (checked, None)
        check_features(X, getattr(self, "feature_names_in_", None))
        values = rankdata(X, axis=0) if self.method == "spearman" else X
        self.clusters_ = lead_clusters(values, self._priority(values, X, y), self.threshold)
        return self

    def _check_arguments(self, y):
        for name, allowed in (("method", ("pearson", "spearman")), ("keep", ("first", "variance", "outcome"))):
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} is one of {', '.join(map(repr, allowed))}; got {getattr(self, name)!r}")
        if not 0 <= self.threshold <= 1:
            raise ValueError(f"threshold is a correlation in [0, 1]; got {self.threshold!r}")
        if self.keep == "outcome" and y is None:
            raise ValueError("keep='outcome' needs the outcome: fit(X, y)")

    def _priority(self, values, X, y):
        """Columns in the order in which they may lead."""
        if self.keep == "first":
            return np.arange(X.shape[1])
        if self.keep == "variance":
            return np.argsort(-X.var(axis=0), kind="stable")
        outcome = numeric_outcome(y, type(self).__name__)
        outcome = rankdata(outcome) if self.method == "spearman" else outcome
        return np.argsort(-np.abs(correlation_with(values, outcome)), kind="stable")

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.clusters_ == np.arange(self.n_features_in_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = self.keep == "outcome"
        return tags


def lead_clusters(values, order, threshold):
    """Return for each column the column that leads its cluster, visiting them in the order given."""
    centred = values - values.mean(axis=0)
    norms = np.sqrt((centred**2).sum(axis=0))
    norms[np.ptp(values, axis=0) == 0] = np.inf
    unit = (centred / norms).T
    leader_of = np.arange(unit.shape[0])
    leaders = np.empty(0, dtype=np.int64)
    for start in range(0, order.size, BLOCK):
        block = order[start : start + BLOCK]
        near = np.abs(unit[block] @ unit[leaders].T) > threshold
        within = np.abs(unit[block] @ unit[block].T) > threshold
        new = []
        for place, column in enumerate(block):
            if near[place].any():
                leader_of[column] = leaders[np.argmax(near[place])]
                continue
            led_by = [other for other in new if within[place, other]]
            if led_by:
                leader_of[column] = block[led_by[0]]
            else:
                new.append(place)
        leaders = np.concatenate([leaders, block[new]])
    return leader_of
