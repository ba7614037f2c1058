"""Early fusion gives each modality its due: at most so many features, or the same total variance."""

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.feature_selection import SelectorMixin, f_classif
from sklearn.utils.validation import check_is_fitted, validate_data

__all__ = ["BlockScaler", "ModalityBudget"]


class ModalityBudget(SelectorMixin, BaseEstimator):
    """Keep at most so many features of a modality, those that differ most with the outcome one by one.

    Constant columns come last. Where there are fewer columns than the budget allows, all are kept.

    Parameters
    ----------
    n_features : int, default=10
        The most that is kept.
    score_func : callable, default=f_classif
        ``score_func(X, y)`` returns scores (higher is better) and p-values, such as ``f_regression`` for numbers.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features_in_,)
        The score of each column; -inf for a constant one.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of str
        Their names, if the table had some.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.fusion.blocks import ModalityBudget
    >>> X = np.array([[1.0, 5, 1], [1, 6, 2], [1, 8, 1], [1, 9, 2]])  # only the second column tells the classes apart
    >>> ModalityBudget(1).fit_transform(X, [0, 0, 1, 1]).ravel().tolist()
    [5.0, 6.0, 8.0, 9.0]
    """

    def __init__(self, n_features=10, score_func=f_classif):
        self.n_features = n_features
        self.score_func = score_func

    def fit(self, X, y):
        """Score each column against the outcome.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns)
            Numbers without missing values.
        y : array-like of shape (n_samples,)
            The outcome.

        Returns
        -------
        self : object
        """
        if self.n_features < 1:
            raise ValueError(f"n_features is at least 1; got {self.n_features!r}")
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_min_samples=2)
        varies = np.ptp(X, axis=0) > 0
        self.scores_ = np.full(X.shape[1], -np.inf)
        if varies.any():
            with np.errstate(divide="ignore", invalid="ignore"):
                self.scores_[varies] = np.nan_to_num(self.score_func(X[:, varies], y)[0], nan=-np.inf, posinf=np.inf)
        return self

    def _get_support_mask(self):
        check_is_fitted(self)
        kept = np.zeros(len(self.scores_), dtype=bool)
        kept[np.argsort(-self.scores_, kind="stable")[: self.n_features]] = True
        return kept

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class BlockScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Divide a modality's columns by one number, so that their variances sum to one.

    After it, a thousand columns weigh together as much as ten, in models that heed scale: penalised regression, support
    vector machines, neighbours. Trees do not.

    Attributes
    ----------
    scale_ : float
        The square root of the total variance of the training patients; 1 where nothing varies.
    n_features_in_ : int
        Number of columns.
    feature_names_in_ : ndarray of str
        Their names, if the table had some.

    References
    ----------
    Westerhuis JA, Kourti T, MacGregor JF. Analysis of multiblock and hierarchical PCA and PLS models. J Chemom
    1998;12:301-321.

    Examples
    --------
    >>> import numpy as np
    >>> from fusionkit.fusion.blocks import BlockScaler
    >>> scaled = BlockScaler().fit_transform(np.random.default_rng(0).normal(size=(50, 1000)))
    >>> round(float(scaled.var(axis=0).sum()), 12)
    1.0
    """

    def fit(self, X, y=None):
        """Learn the total variance.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns)
            Numbers; missing values are left out.
        y : None, default=None
            Not used.

        Returns
        -------
        self : object
        """
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan")
        varies = ~np.isnan(X).all(axis=0)
        total = float(np.nanvar(X[:, varies], axis=0).sum())
        self.scale_ = total**0.5 if total > 0 else 1.0
        return self

    def transform(self, X):
        """Return the columns divided by ``scale_``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_columns)
            As at fit.

        Returns
        -------
        X_scaled : ndarray of shape (n_samples, n_columns)
        """
        check_is_fitted(self)
        return validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False) / self.scale_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
