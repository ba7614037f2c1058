"""A modality that a patient lacks: marked for a model of several modalities, answered for by a model of one."""

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, MetaEstimatorMixin, TransformerMixin, clone
from sklearn.utils import assert_all_finite, check_array, check_consistent_length, column_or_1d
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .._validation import check_fit_params, safe_indexing
from ..naming import absence_name

__all__ = ["AbsenceIndicator", "AvailableModalityClassifier"]


class AbsenceIndicator(TransformerMixin, BaseEstimator):
    """One column that is 1 where all columns of a modality are missing, and 0 elsewhere.

    It stands beside the imputed features in an early fusion, so that a model can tell a median that was measured from
    one that was filled in.

    Parameters
    ----------
    modality : str, default="modality"
        The modality; the column is called ``<modality>__absent``.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns of X at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names of X at fit, where they are strings.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.fusion.absence import AbsenceIndicator
    >>> X = pd.DataFrame({"ct__mean": [1.0, None, None], "ct__sd": [2.0, None, 3.0]})
    >>> AbsenceIndicator("ct").fit_transform(X).ravel().tolist()
    [0.0, 1.0, 0.0]
    """

    def __init__(self, modality="modality"):
        self.modality = modality

    def fit(self, X, y=None):
        """Note the columns.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_patients, n_columns)
            The modality's columns.
        y : object, default=None
            Ignored.

        Returns
        -------
        self : AbsenceIndicator
        """
        self._check(X, reset=True)
        return self

    def transform(self, X):
        """Return the column.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_patients, n_columns)
            The columns seen in ``fit``.

        Returns
        -------
        absent : ndarray of shape (n_patients, 1)
        """
        check_is_fitted(self, "n_features_in_")
        return (~_has_any(self._check(X, reset=False))).astype(float).reshape(-1, 1)

    def get_feature_names_out(self, input_features=None):
        """Return the name of the column.

        Parameters
        ----------
        input_features : object, default=None
            Ignored.

        Returns
        -------
        names : ndarray of str
        """
        check_is_fitted(self, "n_features_in_")
        return np.array([absence_name(self.modality)], dtype=object)

    def _check(self, X, reset):
        if isinstance(X, pd.DataFrame):
            validate_data(self, X, reset=reset, skip_check_array=True)
            return X
        return validate_data(self, X, reset=reset, dtype="numeric", ensure_all_finite="allow-nan")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags


def _of_the_fitted(name):
    return available_if(lambda self: hasattr(getattr(self, "estimator_", self.estimator), name))


class AvailableModalityClassifier(ClassifierMixin, MetaEstimatorMixin, BaseEstimator):
    """A classifier of one modality that is fitted on the patients who have it.

    A patient who lacks the modality gets the class shares of all training patients: what is known before anything is
    measured. So every patient has a prediction, all models are compared on the same patients, and the model of a
    modality that many patients lack is credited with no more than it can do for them.

    Parameters
    ----------
    estimator : classifier
        Any classifier with ``predict_proba``, a search included.
    columns : list, slice or callable
        The modality's columns, as in ``ColumnTransformer``, such as ``modality_columns("ct")``.

    Attributes
    ----------
    estimator_ : classifier
        Fitted on the patients who have the modality.
    shares_ : ndarray of shape (n_classes,)
        Share of each class among all training patients.
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Number of columns of X at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names of X at fit, where they are strings.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from fusionkit import modality_columns
    >>> from fusionkit.fusion.absence import AvailableModalityClassifier
    >>> X = pd.DataFrame({"ct__mean": [1.0, 2, 3, 4, None]})
    >>> model = AvailableModalityClassifier(LogisticRegression(), modality_columns("ct"))
    >>> model.fit(X, [0, 0, 1, 1, 0]).predict_proba(X)[3:, 1].round(2).tolist()
    [0.81, 0.4]
    """

    def __init__(self, estimator, columns):
        self.estimator = estimator
        self.columns = columns

    @property
    def cv(self):
        """The folds of the search inside, which may need groups; an AttributeError where there is no search."""
        return self.estimator.cv

    @property
    def best_params_(self):
        """What the search inside chose."""
        return self.estimator_.best_params_

    @property
    def best_estimator_(self):
        """The pipeline that the search inside chose."""
        return self.estimator_.best_estimator_

    def fit(self, X, y, **fit_params):
        """Fit on the patients who have the modality.

        Parameters
        ----------
        X : DataFrame of shape (n_patients, n_columns)
            All columns; NaN in all of the modality's means that the patient lacks it.
        y : array-like of shape (n_patients,)
            The labels.
        **fit_params : dict
            Passed to the classifier; values with one entry per patient (``groups``) are cut to those it sees.

        Returns
        -------
        self : AvailableModalityClassifier

        Raises
        ------
        ValueError
            If the patients who have the modality are of one class.
        """
        if not hasattr(X, "iloc"):
            X = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)
        X = validate_data(self, X, y, skip_check_array=True)[0]
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        check_consistent_length(X, y)
        self.classes_, counts = np.unique(y, return_counts=True)
        self.shares_ = counts / counts.sum()
        rows = self._rows(X)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only ({self.classes_[0]!r}); a classifier needs at least 2 classes")
        if len(np.unique(y[rows])) < len(self.classes_):
            raise ValueError(
                f"the {len(rows)} training patients who have the modality are not of all {len(self.classes_)} classes: "
                f"leave the modality out, or bring more patients who have it"
            )
        cut = check_fit_params(X, fit_params, indices=rows)
        self.estimator_ = clone(self.estimator).fit(safe_indexing(X, rows), y[rows], **cut)
        return self

    @_of_the_fitted("predict_proba")
    def predict_proba(self, X):
        """Return the probability of each class; the class shares where the modality is absent.

        Parameters
        ----------
        X : DataFrame of shape (n_patients, n_columns)
            As at fit, or the modality's columns alone.

        Returns
        -------
        probability : ndarray of shape (n_patients, n_classes)
        """
        check_is_fitted(self, "estimator_")
        if not hasattr(X, "iloc"):
            X = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)
        rows = self._rows(X)
        probability = np.tile(self.shares_, (len(X), 1))
        if len(rows):
            probability[rows] = self.estimator_.predict_proba(safe_indexing(X, rows))
        return probability

    def predict(self, X):
        """Return the most probable label of each patient.

        Parameters
        ----------
        X : DataFrame of shape (n_patients, n_columns)
            As at fit, or the modality's columns alone.

        Returns
        -------
        y_pred : ndarray of shape (n_patients,)
        """
        most_probable = self.predict_proba(X).argmax(axis=1)
        return self.classes_[most_probable]

    def _rows(self, X):
        columns = self.columns(X) if callable(self.columns) else self.columns
        return np.flatnonzero(_has_any(safe_indexing(X, columns, axis=1)))


def _has_any(X):
    return ~pd.isna(pd.DataFrame(X)).to_numpy().all(axis=1)
