"""Late fusion of regressors: one per modality, and a rule that combines their predictions patient by patient."""

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.linear_model import RidgeCV
from sklearn.utils import check_array, column_or_1d

from ._base import LateFusion, has_modality, rows_of
from .weights import SpokenRegressor, squared_error_weights

__all__ = ["LateFusionRegressor"]


class LateFusionRegressor(RegressorMixin, LateFusion):
    """Combine one regressor per modality by their predictions.

    A patient who lacks a modality (every one of its columns is missing) is left out when that member is fitted, and is
    predicted by the members that are there; a member may be a pipeline, a search, an early fusion or another late one.
    What is learned about the members beyond their own fit is learned from their out-of-fold predictions.

    Parameters
    ----------
    estimators : list of (str, regressor, columns) tuples
        The members, each with the columns it sees, as for :class:`LateFusionClassifier`.
    voting : {"mean", "median", "max", "min", "stacking"}, default="mean"
        How the predictions are combined; "stacking" fits `final_estimator` on the out-of-fold predictions.
    weights : {"score", "optimised"}, array-like of shape (n_estimators,) or None, default=None
        Weight of each member, for "mean" only. None weighs them equally. "score" weighs by how much better `scoring`
        is out of fold than for the mean of the training patients. "optimised" finds the weights, non-negative with sum
        one, of the least out-of-fold squared error. Where all members that are there have weight zero, they count
        alike.
    scoring : str, callable or None, default=None
        For the weights "score"; None is the negative mean squared error.
    final_estimator : regressor or None, default=None
        For "stacking"; None is ``RidgeCV()``. It is given each member's prediction, for an absent member the training
        patients' mean, and for each member that a training patient lacks a column that is 1 where it is absent.
    cv : int, splitter, iterable or None, default=None
        Folds of the out-of-fold predictions; None is five folds.
    n_jobs : int or None, default=None
        Members fitted at once, as in joblib.

    Attributes
    ----------
    estimators_, named_estimators_, columns_, n_present_, weights_, n_features_in_, feature_names_in_ : various
        As in :class:`LateFusionClassifier`.
    out_of_fold_ : ndarray of shape (n_estimators, n_samples, 1) or None
        Each member's predictions of the training patients by models not fitted on them; NaN where it is absent.
    final_estimator_ : regressor
        With "stacking".

    References
    ----------
    Breiman L. Stacked regressions. Mach Learn 1996;24:49-64.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LinearRegression
    >>> from fusionkit.fusion import LateFusionRegressor
    >>> from fusionkit import modality_columns
    >>> X = pd.DataFrame({"ct__mean": [1.0, 2, 3, 4], "ehr__age": [50.0, 60, 55, 70]})
    >>> late = LateFusionRegressor(
    ...     [(name, LinearRegression(), modality_columns(name)) for name in ("ct", "ehr")]
    ... ).fit(X, [10.0, 20, 30, 40])
    >>> X.loc[4] = [5.0, None]  # no record: the scan alone speaks
    >>> round(float(late.predict(X)[-1]), 2)
    50.0
    """

    _votings = ("mean", "median", "max", "min", "stacking")
    _first_output = 0
    calibration = None

    def __init__(
        self,
        estimators,
        *,
        voting="mean",
        weights=None,
        scoring=None,
        final_estimator=None,
        cv=None,
        n_jobs=None,
    ):
        self.estimators = estimators
        self.voting = voting
        self.weights = weights
        self.scoring = scoring
        self.final_estimator = final_estimator
        self.cv = cv
        self.n_jobs = n_jobs

    def predict(self, X):
        """Return the combined prediction of each patient.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            As at fit.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)

        Raises
        ------
        ValueError
            If a patient has none of the modalities.
        """
        return self._combined(X)[:, 0]

    def _reader(self):
        return SpokenRegressor()

    def _final_estimator(self):
        return RidgeCV() if self.final_estimator is None else self.final_estimator

    def _final_says(self, table):
        return self.final_estimator_.predict(table).reshape(-1, 1)

    def _check_y(self, y):
        y = column_or_1d(y, warn=True)
        return check_array(y, ensure_2d=False, dtype="numeric", input_name="y")

    def _what_is_lacking(self, y):
        return "" if len(y) else "are nobody"

    def _ask(self, estimator, block):
        """Predictions of one member; NaN for patients who lack its modality."""
        present = has_modality(block)
        said = np.full((len(present), 1), np.nan)
        if present.any():
            said[present, 0] = estimator.predict(rows_of(block, present))
        return said

    def _losses(self, said, y):
        return (said[:, 0] - y) ** 2

    def _ignorant(self, y, sample_weight):
        return np.array([np.average(y, weights=sample_weight)])

    def _least_loss_weights(self, said, y, sample_weight):
        return squared_error_weights(said, y, sample_weight)
