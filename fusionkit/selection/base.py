"""The protocol of every ranker: fitted once, it serves every number of features."""

import warnings
from abc import abstractmethod
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.multiclass import check_classification_targets, type_of_target
from sklearn.utils.validation import check_is_fitted, validate_data

from fusionkit.exceptions import DataWarning

__all__ = ["Ranker", "check_features", "columns_mask", "encode_target", "n_selected", "resolve_task"]

TASKS = ("classification", "regression")


def n_selected(n_features_to_select, n_features):
    """Return how many of the features there are will be kept.

    Parameters
    ----------
    n_features_to_select : int, float or "all"
        A count of at least 1 (at most all features are kept), or a share in (0, 1] of the features, rounded down
        but never to zero, or ``"all"``. The whole number 1 is one feature, 1.0 is all of them.
    n_features : int
        The number of features there are.

    Returns
    -------
    n : int

    Raises
    ------
    TypeError, ValueError
        If `n_features_to_select` is none of these.
    """
    asked = n_features_to_select
    if isinstance(asked, str) and asked == "all":
        return n_features
    if isinstance(asked, str | bool | np.bool_) or not isinstance(asked, Real):
        raise TypeError(
            f"n_features_to_select is a count (10), a share of the features (0.1) or 'all'; got {asked!r} "
            f"of type {type(asked).__name__}"
        )
    if isinstance(asked, Integral):
        if asked < 1:
            raise ValueError(f"n_features_to_select is at least 1 when it is a count; got {asked}")
        return min(int(asked), n_features)
    if not 0 < asked <= 1:
        raise ValueError(
            f"n_features_to_select is in (0, 1] when it is a share; got {asked}. For a count give a whole number"
        )
    return max(1, int(asked * n_features))


def resolve_task(y, task="auto"):
    """Return ``"classification"`` or ``"regression"``.

    Parameters
    ----------
    y : array-like of shape (n_samples,)
        The outcome.
    task : {"auto", "classification", "regression"}, default="auto"
        With ``"auto"``, an outcome with fractions is a regression target; labels and whole numbers are classes.
        Say ``"regression"`` for an outcome counted in whole numbers, such as days in hospital.

    Returns
    -------
    task : str
    """
    if task in TASKS:
        return task
    if task != "auto":
        raise ValueError(f"task is 'auto', 'classification' or 'regression'; got {task!r}")
    return "regression" if type_of_target(y, input_name="y").startswith("continuous") else "classification"


def encode_target(y, task):
    """Return the outcome as the numbers that formulas need.

    Parameters
    ----------
    y : ndarray of shape (n_samples,)
        The outcome.
    task : {"classification", "regression"}
        How to read it.

    Returns
    -------
    y : ndarray of shape (n_samples,)
        Class codes 0, 1, ... in the sorted order of the labels (int64), or the outcome itself (float64).

    Raises
    ------
    ValueError
        If all patients have the same outcome, or a regression target is not a number.
    """
    if task == "regression":
        try:
            outcome = np.asarray(y, dtype=np.float64)
        except ValueError as error:
            raise ValueError(
                f"task='regression' needs an outcome of numbers; got labels such as {str(y[0])!r}"
            ) from error
        if np.ptp(outcome) == 0:
            raise ValueError(f"y is the same for all patients, {outcome[0]}: there is nothing to explain")
        return outcome
    check_classification_targets(y)
    classes, codes = np.unique(y, return_inverse=True)
    if classes.size < 2:
        raise ValueError(f"y has one class only, {str(classes[0])!r}: there is nothing to tell apart")
    return codes.astype(np.int64)


def columns_mask(columns, n_features, argument):
    """Return a mask of columns.

    Parameters
    ----------
    columns : bool, None or array-like
        All (True), none (False or None), a mask, or indices.
    n_features : int
        How many columns there are.
    argument : str
        The argument's name, for the error.

    Returns
    -------
    mask : ndarray of bool, of shape (n_features,)

    Raises
    ------
    ValueError
        If `columns` names a column that does not exist.
    """
    if columns is None or isinstance(columns, bool | np.bool_):
        return np.full(n_features, bool(columns))
    named = np.asarray(columns)
    if named.dtype == bool and named.shape == (n_features,):
        return named.copy()
    mask = np.zeros(n_features, dtype=bool)
    if named.size and (named.ndim != 1 or named.dtype.kind not in "iu" or named.min() < 0 or named.max() >= n_features):
        raise ValueError(
            f"{argument} is a mask of {n_features} or column indices from 0 to {n_features - 1}; got {columns!r}"
        )
    mask[named.astype(np.int64)] = True
    return mask


def check_features(X, names=None, allow_nan=False):
    """Raise an error that names the columns with infinite values and, unless allowed, missing ones.

    Parameters
    ----------
    X : ndarray of shape (n_samples, n_features)
        The features, as floats.
    names : array-like of str or None, default=None
        Column names; without them a column is named by its index.
    allow_nan : bool, default=False
        Whether missing values are welcome.

    Raises
    ------
    ValueError
        If a column holds infinity, or NaN that is not allowed.
    """
    if np.isfinite(X).all():
        return
    faults = [("infinity", np.isinf(X).any(axis=0), "replace the infinite values")]
    if not allow_nan:
        faults.append(("NaN", np.isnan(X).any(axis=0), "impute them first, or take a ranker that accepts them"))
    for what, bad, way_out in faults:
        if bad.any():
            columns = np.flatnonzero(bad)
            shown = ", ".join(repr(str(names[i])) if names is not None else str(i) for i in columns[:5])
            more = ", ..." if columns.size > 5 else ""
            raise ValueError(
                f"Input X contains {what} in {columns.size} of {X.shape[1]} columns ({shown}{more}): {way_out}"
            )


class Ranker(SelectorMixin, BaseEstimator):
    """Base of the selectors that order all features once and keep the first `n_features_to_select`.

    Neither `scores_` nor `ranking_` depends on `n_features_to_select`, so that a fitted ranker serves every number of
    features: ``ranker.set_params(n_features_to_select=5).transform(X)`` needs no second fit. Columns come out in
    their original order.

    A subclass writes ``_rank(X, y)``, which gets float64 features and a checked outcome, and returns the scores
    (higher is better, NaN is undefined and comes last) or ``(scores, order)`` with the columns from best to worst.
    Without an explicit order, ties go to the column that stands first.

    Parameters
    ----------
    n_features_to_select : int, float or "all", default=10
        How many features to keep: a count, a share in (0, 1], or all of them.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The score of each feature; higher is better.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature, each number once; 1 is the best.
    n_features_in_ : int
        Number of features seen at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, when X was a DataFrame.
    """

    _ranks_once = True

    def __init__(self, n_features_to_select=10):
        self.n_features_to_select = n_features_to_select

    def fit(self, X, y):
        """Score and order all features.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features: one row per patient.
        y : array-like of shape (n_samples,)
            The outcome.

        Returns
        -------
        self : object
            The fitted ranker.
        """
        n_selected(self.n_features_to_select, 1)
        X, y = validate_data(self, X, y, dtype=np.float64, ensure_all_finite=False, ensure_min_samples=2)
        check_features(X, getattr(self, "feature_names_in_", None), self.__sklearn_tags__().input_tags.allow_nan)
        self._warn_when_more_are_asked_than_exist()
        ranked = self._rank(X, y)
        scores, order = ranked if isinstance(ranked, tuple) else (ranked, None)
        self.scores_ = np.asarray(scores, dtype=np.float64)
        if order is None:
            order = np.argsort(-self.scores_, kind="stable")
        self.ranking_ = np.empty(self.n_features_in_, dtype=np.int64)
        self.ranking_[order] = np.arange(1, self.n_features_in_ + 1)
        return self

    @abstractmethod
    def _rank(self, X, y):
        """Return the scores, or the scores and the order of the columns from best to worst."""

    def _warn_when_more_are_asked_than_exist(self):
        asked = self.n_features_to_select
        if isinstance(asked, Integral) and asked > self.n_features_in_:
            warnings.warn(
                f"n_features_to_select={asked}, but there are only {self.n_features_in_} features: all are kept. "
                "Say 'all' if that is what you want",
                DataWarning,
                stacklevel=3,
            )

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.ranking_ <= n_selected(self.n_features_to_select, self.n_features_in_)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags
