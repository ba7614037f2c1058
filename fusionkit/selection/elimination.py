"""Recursive feature elimination: fit a model, drop its least important features, and again."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.utils import get_tags

from ._logistic import lean_logistic
from .base import Ranker, encode_target, resolve_task

__all__ = ["RFERanker"]


def importances_of(estimator):
    """Return the squared importance of each feature of a fitted model, summed over classes.

    Parameters
    ----------
    estimator : estimator
        A fitted model with ``coef_`` or ``feature_importances_``; of a Pipeline, its last step.

    Returns
    -------
    importances : ndarray of shape (n_features,)

    Raises
    ------
    ValueError
        If the model has neither.
    """
    model = estimator.steps[-1][1] if hasattr(estimator, "steps") else estimator
    for name in ("coef_", "feature_importances_"):
        if hasattr(model, name):
            values = np.asarray(getattr(model, name), dtype=np.float64)
            return values**2 if values.ndim == 1 else (values**2).sum(axis=0)
    raise ValueError(
        f"{type(model).__name__} has neither coef_ nor feature_importances_ after fit, so that elimination cannot "
        "tell which features matter; take a linear model or one of trees"
    )


class RFERanker(Ranker):
    """Features in the reverse order in which recursive elimination with a model drops them.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.
    estimator : estimator or None, default=None
        A model with ``coef_`` or ``feature_importances_`` after fit, or a Pipeline that ends in one. None is a
        logistic regression for classes and is refused for regression.
    step : int or float, default=1
        Features dropped at a time: a count, or a share in (0, 1) of all features.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        How many features went before this one: 0 for the first to go.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature; 1 is the best.

    Notes
    -----
    The features kept are, for every number of them, those of scikit-learn's ``RFE`` with the same estimator and step,
    whose last step is cut short at the number asked for: the features dropped together are ordered by their
    importance in that step (stable: equal importances drop the first column first). One elimination serves all
    numbers. An estimator with a `random_state` needs a fixed number there.

    References
    ----------
    I. Guyon et al. (2002). Gene selection for cancer classification using support vector machines. Machine Learning
    46:389-422.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from fusionkit.selection import RFERanker
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> ranker = RFERanker(2, LogisticRegression(max_iter=1000)).fit(X / X.std(), y)
    >>> list(ranker.get_feature_names_out())
    ['worst area', 'worst concave points']
    """

    def __init__(self, n_features_to_select=10, estimator=None, step=1):
        super().__init__(n_features_to_select)
        self.estimator = estimator
        self.step = step

    def _rank(self, X, y):
        step = self._check_step(X.shape[1])
        estimator = self._check_estimator(y)
        remaining, dropped, table = np.arange(X.shape[1]), [], np.ascontiguousarray(X)
        lean = None
        while remaining.size > 1:
            weights = None if lean is None else lean(table)
            if weights is None:  # the first fit checks the estimator and the table
                importances = importances_of(clone(estimator).fit(table, y))
                lean = lean_logistic(estimator, table, y)
            else:
                importances = weights**2
            worst_first = np.argsort(importances, kind="stable")
            n_drop = min(step, remaining.size - 1)
            dropped.extend(remaining[worst_first[:n_drop]])
            remaining = np.delete(remaining, worst_first[:n_drop])
            table = np.ascontiguousarray(np.delete(table, worst_first[:n_drop], axis=1))
        order = np.array([*dropped, *remaining])[::-1]
        scores = np.empty(X.shape[1])
        scores[order] = np.arange(X.shape[1])[::-1]
        return scores, order

    def _check_step(self, n_features):
        valid = isinstance(self.step, Real) and not isinstance(self.step, bool) and self.step > 0
        if not valid or (self.step >= 1 and not isinstance(self.step, Integral)):
            raise ValueError(f"step is a count of at least 1 or a share in (0, 1); got {self.step!r}")
        return int(self.step) if self.step >= 1 else max(1, int(self.step * n_features))

    def _check_estimator(self, y):
        if self.estimator is not None:
            return self.estimator
        if resolve_task(y) == "regression":
            raise ValueError("estimator=None is a logistic regression, which needs classes; give a regressor")
        encode_target(y, "classification")
        return LogisticRegression(max_iter=1000)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        if self.estimator is not None:
            tags.input_tags.allow_nan = get_tags(self.estimator).input_tags.allow_nan
        return tags
