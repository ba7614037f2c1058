"""Projections whose first components do not depend on how many are asked for."""

from numbers import Integral

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.cross_decomposition import PLSRegression
from sklearn.utils.validation import check_is_fitted, validate_data

from .base import check_features, encode_target, resolve_task

__all__ = ["PLSProjection"]


class PLSProjection(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Partial least squares as a pipeline step: the directions of the features that covary most with the outcome.

    scikit-learn's ``PLSRegression`` returns features and outcome from ``fit_transform`` and so cannot stand inside a
    Pipeline. For projections without the outcome use scikit-learn's ``PCA(svd_solver="full")`` and ``KernelPCA``.

    Parameters
    ----------
    n_components : int, default=2
        Directions to keep; at most the number of features and of patients.
    scale : bool, default=True
        Divide each feature, and the outcome, by its standard deviation.
    task : {"auto", "classification", "regression"}, default="auto"
        How to read the outcome; ``"auto"`` takes fractions for regression, and labels and whole numbers for classes,
        which enter as indicators (PLS-DA).

    Attributes
    ----------
    pls_ : PLSRegression
        The fitted model.
    n_features_in_ : int
        Number of features seen at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, when X was a DataFrame.

    Notes
    -----
    The first components are the same for every `n_components`, so a model fitted with many serves fewer by its first
    columns. With more than two classes this holds to the tolerance of the inner iteration (1e-6 in scikit-learn).

    References
    ----------
    S. Wold, M. Sjoestrom, L. Eriksson (2001). PLS-regression: a basic tool of chemometrics. Chemometr Intell Lab Syst
    58:109-130.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from fusionkit.selection import PLSProjection
    >>> X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    >>> round(make_pipeline(PLSProjection(n_components=2), LogisticRegression()).fit(X, y).score(X, y), 2)
    0.98
    """

    def __init__(self, n_components=2, scale=True, task="auto"):
        self.n_components = n_components
        self.scale = scale
        self.task = task

    def fit(self, X, y):
        """Find the directions.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features: one row per patient.
        y : array-like of shape (n_samples,)
            The outcome.

        Returns
        -------
        self : PLSProjection
            The fitted projection.
        """
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=2)
        check_features(X, getattr(self, "feature_names_in_", None))
        if not isinstance(self.n_components, Integral) or not 1 <= self.n_components <= min(X.shape):
            raise ValueError(
                f"n_components is a whole number from 1 to {min(X.shape)}, the lesser of patients and features; "
                f"got {self.n_components!r}"
            )
        task = resolve_task(y, self.task)
        target = encode_target(y, task)
        if task == "classification" and target.max() > 1:
            target = np.eye(target.max() + 1)[target]
        self.pls_ = PLSRegression(n_components=self.n_components, scale=self.scale).fit(X, target)
        return self

    def transform(self, X):
        """Return the coordinates along the directions.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_components)
        """
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, ensure_all_finite=False, reset=False)
        check_features(X, getattr(self, "feature_names_in_", None))
        return self.pls_.transform(X)

    @property
    def _n_features_out(self):
        return self.pls_.x_rotations_.shape[1]

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
