"""Features that come out the same when another reader, another scan or another contour is used."""

from collections.abc import Mapping
from numbers import Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..metrics import icc_values

__all__ = ["ICCFilter", "intraclass_correlation"]

KINDS = {f"ICC({form},{of})": f"ICC{form}{'k' if of == 'k' else ''}" for of in "1k" for form in "123"}
"""Shrout and Fleiss's name of each form -> what the metrics call it."""


def intraclass_correlation(ratings, kind="ICC(2,1)"):
    """Return how far repeated measurements of a feature agree, for each feature.

    Parameters
    ----------
    ratings : array-like of shape (n_raters, n_patients) or (n_raters, n_patients, n_features)
        The same patients measured by each rater (reader, scan, contour): a sequence of tables with the same rows and
        columns. No value is missing.
    kind : {"ICC(1,1)", "ICC(2,1)", "ICC(3,1)", "ICC(1,k)", "ICC(2,k)", "ICC(3,k)"}, default="ICC(2,1)"
        The form of Shrout and Fleiss: 1 other raters for each patient, 2 raters at random, 3 these raters; of one
        rating, or of the mean of all k. ICC(2,1) is absolute agreement, the usual choice for radiomics.

    Returns
    -------
    icc : float or ndarray of shape (n_features,)
        At most 1; NaN for a feature in which no patient differs from another and no rater errs.

    Raises
    ------
    ValueError
        If there are fewer than two raters or patients, or a value is missing.

    References
    ----------
    P. E. Shrout, J. L. Fleiss (1979). Intraclass correlations: uses in assessing rater reliability. Psychol Bull
    86:420-428.

    Examples
    --------
    >>> from fusionkit.selection import intraclass_correlation
    >>> judges = [[9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], [5, 3, 6, 2, 6, 4], [8, 2, 8, 6, 9, 7]]
    >>> round(float(intraclass_correlation(judges)), 2)
    0.29
    """
    if kind not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}; got {kind!r}")
    values = np.asarray([np.asarray(table, dtype=np.float64) for table in ratings])
    if values.ndim not in (2, 3) or min(values.shape[:2]) < 2:
        raise ValueError(
            "ratings are tables of at least two raters and two patients, of shape (n_raters, n_patients[, n_features]);"
            f" got the shape {values.shape}"
        )
    if not np.isfinite(values).all():
        raise ValueError("ratings contain NaN or infinity: leave out patients without all ratings")
    stacked = np.moveaxis(values, 0, 1).reshape(values.shape[1], values.shape[0], -1)
    icc = icc_values(stacked, form=KINDS[kind])
    return icc if values.ndim == 3 else icc[0]


class ICCFilter(SelectorMixin, BaseEstimator):
    """Keep the features whose intraclass correlation over repeated measurements reaches a threshold.

    The ICCs come from a repeat study (test and retest, several readers, perturbed contours), which has no outcome in
    it; see :func:`intraclass_correlation`.

    Parameters
    ----------
    icc : mapping of str to float, or array-like of shape (n_features,)
        The ICC of each column: by name (a dict or a Series; names that X does not have are ignored), or in the order
        of columns.
    threshold : float, default=0.75
        Least ICC of a feature that is kept; Koo and Li call 0.75 good and 0.9 excellent.

    Attributes
    ----------
    scores_ : ndarray of shape (n_features,)
        The ICC of each column; a feature with NaN is not kept.
    ranking_ : ndarray of shape (n_features,)
        The place of each feature by its ICC; 1 is the best.
    n_features_in_ : int
        Number of features seen at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Their names, when X was a DataFrame.

    References
    ----------
    T. K. Koo, M. Y. Li (2016). A guideline of selecting and reporting intraclass correlation coefficients for
    reliability research. J Chiropr Med 15:155-163.

    A. Zwanenburg et al. (2019). Assessing robustness of radiomic features by image perturbation. Sci Rep 9:614.

    Examples
    --------
    >>> import pandas as pd
    >>> from fusionkit.selection import ICCFilter
    >>> X = pd.DataFrame({"ct__volume": [1.0, 2.0], "ct__busyness": [3.0, 1.0]})
    >>> list(ICCFilter({"ct__volume": 0.98, "ct__busyness": 0.41}).fit(X).get_feature_names_out())
    ['ct__volume']
    """

    def __init__(self, icc, threshold=0.75):
        self.icc = icc
        self.threshold = threshold

    def fit(self, X, y=None):
        """Look up the ICC of each column.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            The features: one row per patient.
        y : array-like of shape (n_samples,) or None, default=None
            Ignored.

        Returns
        -------
        self : ICCFilter
            The fitted filter.
        """
        if not isinstance(self.threshold, Real) or not self.threshold <= 1:
            raise ValueError(f"threshold is an ICC of at most 1; got {self.threshold!r}")
        validate_data(self, X, ensure_all_finite=False)
        self.scores_ = self._by_column()
        self.ranking_ = np.empty(self.n_features_in_, dtype=np.int64)
        self.ranking_[np.argsort(-self.scores_, kind="stable")] = np.arange(1, self.n_features_in_ + 1)
        return self

    def _by_column(self):
        named = self.icc.to_dict() if hasattr(self.icc, "to_dict") else self.icc
        if not isinstance(named, Mapping):
            values = np.asarray(named, dtype=np.float64)
            if values.shape != (self.n_features_in_,):
                raise ValueError(f"icc holds {values.size} values, but X has {self.n_features_in_} columns")
            return values
        if not hasattr(self, "feature_names_in_"):
            raise ValueError("icc is given by name, but X has no column names: give a DataFrame, or ICCs in order")
        absent = [name for name in self.feature_names_in_ if name not in named]
        if absent:
            raise ValueError(
                f"{len(absent)} of {self.n_features_in_} columns have no ICC: {', '.join(map(repr, absent[:5]))}"
                f"{', ...' if len(absent) > 5 else ''}; rate them, or filter only the columns that were rated"
            )
        return np.array([named[name] for name in self.feature_names_in_], dtype=np.float64)

    def _get_support_mask(self):
        check_is_fitted(self)
        return self.scores_ >= self.threshold

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags
