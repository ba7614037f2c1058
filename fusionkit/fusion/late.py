"""Late fusion: one model per modality, and a rule that combines their probabilities patient by patient."""

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from sklearn.base import ClassifierMixin, MetaEstimatorMixin, clone
from sklearn.utils import Bunch, assert_all_finite, check_array, check_consistent_length, column_or_1d
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from .._validation import BaseComposition, check_fit_params, safe_indexing

__all__ = ["LateFusionClassifier"]


def _mean(probability, weights):
    return np.einsum("m,mnk->nk", weights, np.nan_to_num(probability)) / _present(probability, weights)


def _present(probability, weights):
    return (weights[:, None] * ~np.isnan(probability[:, :, 0])).sum(axis=0)[:, None]


def _product(probability, weights):
    with np.errstate(divide="ignore"):
        logs = np.nansum(np.log(probability), axis=0)
    return np.exp(logs - np.where(np.isneginf(logs), 0, logs).max(axis=1, keepdims=True)) * ~np.isneginf(logs)


def _majority(probability, weights):
    votes = np.where(
        np.isnan(probability), np.nan, np.arange(probability.shape[2]) == probability.argmax(axis=2)[..., None]
    )
    return _mean(votes, weights)


_RULES = {
    "mean": _mean,
    "majority": _majority,
    "product": _product,
    "median": lambda probability, weights: np.nanmedian(probability, axis=0),
    "max": lambda probability, weights: np.nanmax(probability, axis=0),
    "min": lambda probability, weights: np.nanmin(probability, axis=0),
}
"""Rule -> function of (members, patients, classes) probabilities, NaN for an absent member, and member weights."""

_WEIGHTED = ("mean", "majority")


class LateFusionClassifier(ClassifierMixin, MetaEstimatorMixin, BaseComposition):
    """Combine one classifier per modality by voting on their probabilities.

    A patient who lacks a modality (every one of its columns is missing) is left out when that member is fitted, and is
    predicted by the members that are there.

    Parameters
    ----------
    estimators : list of (str, classifier, columns) tuples
        The members, each with the columns it sees: names, positions, a slice, or a callable of X such as
        ``modality_columns("ct")``, as in ``ColumnTransformer``. Each needs ``predict_proba``.
    voting : {"mean", "median", "max", "min", "product", "majority"}, default="mean"
        How the members' class probabilities (0 to 1) are combined; the result is scaled to sum to one. "majority"
        counts each member's most probable class as one vote and gives the share of votes.
    weights : array-like of shape (n_estimators,) or None, default=None
        Non-negative weight of each member, for "mean" and "majority" only. None weighs them equally.
    n_jobs : int or None, default=None
        Members fitted at once, as in joblib.

    Attributes
    ----------
    estimators_ : list of classifiers
        The fitted members.
    named_estimators_ : Bunch
        The same by name.
    columns_ : list
        What each member's column selector gave for the training table.
    n_present_ : ndarray of shape (n_estimators,)
        Training patients who had the modality.
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Number of columns of X at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names of X at fit, where they are strings.

    References
    ----------
    Kittler J, Hatef M, Duin RPW, Matas J. On combining classifiers. IEEE Trans Pattern Anal Mach Intell
    1998;20(3):226-239.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.linear_model import LogisticRegression
    >>> from fusionkit import LateFusionClassifier, modality_columns
    >>> X = pd.DataFrame({"ct__mean": [1.0, 2, 3, 4], "ehr__age": [50.0, 60, 55, 70]})
    >>> late = LateFusionClassifier(
    ...     [(name, LogisticRegression(), modality_columns(name)) for name in ("ct", "ehr")]
    ... ).fit(X, ["no", "no", "yes", "yes"])
    >>> X.loc[4] = [None, 52.0]  # no scan: the record alone speaks
    >>> late.predict_proba(X)[-1].round(2).tolist()
    [0.74, 0.26]
    """

    def __init__(self, estimators, *, voting="mean", weights=None, n_jobs=None):
        self.estimators = estimators
        self.voting = voting
        self.weights = weights
        self.n_jobs = n_jobs

    @property
    def _members(self):
        try:
            return [(name, estimator) for name, estimator, _ in self.estimators]
        except (TypeError, ValueError):  # set_params may hold anything; fit says what is wrong with it
            return self.estimators

    @_members.setter
    def _members(self, pairs):
        self.estimators = [
            (name, estimator, old[2]) for (name, estimator), old in zip(pairs, self.estimators, strict=True)
        ]

    def get_params(self, deep=True):
        """Return the parameters, those of the members as ``<name>__<parameter>``.

        Parameters
        ----------
        deep : bool, default=True
            Whether the members' own parameters are included.

        Returns
        -------
        params : dict
        """
        return self._get_params("_members", deep=deep)

    def set_params(self, **params):
        """Set parameters, those of the members as ``<name>__<parameter>``, and return self."""
        return self._set_params("_members", **params)

    def fit(self, X, y, **fit_params):
        """Fit each member on its columns, on the patients who have them.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            All modalities' columns; NaN in all columns of a member means that the patient lacks that modality.
        y : array-like of shape (n_samples,)
            The observed labels.
        **fit_params : dict
            Passed to every member's ``fit``; values with one entry per patient (``groups``, ``sample_weight``) are cut
            to the patients that the member sees.

        Returns
        -------
        self : LateFusionClassifier

        Raises
        ------
        ValueError
            If a name is doubled, a member has no ``predict_proba``, weights do not fit, or nobody has a modality.
        """
        weights = self._check_arguments()
        X = self._check_X(X, y, reset=True)
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        check_consistent_length(X, y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(f"y holds one class only ({self.classes_[0]!r}); a classifier needs at least 2 classes")
        self.columns_ = [columns(X) if callable(columns) else columns for _, _, columns in self.estimators]
        blocks = [safe_indexing(X, columns, axis=1) for columns in self.columns_]
        present = [_has_modality(block) for block in blocks]
        self.n_present_ = np.array([mask.sum() for mask in present])
        for (name, _, _), mask in zip(self.estimators, present, strict=True):
            if len(np.unique(y[mask])) < 2:
                raise ValueError(
                    f"member {name!r}: the {mask.sum()} patients who have this modality are of "
                    f"{len(np.unique(y[mask]))} class; drop the member or bring more patients"
                )
        self.estimators_ = Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_member)(clone(estimator), block, y, mask, fit_params)
            for (_, estimator, _), block, mask in zip(self.estimators, blocks, present, strict=True)
        )
        names = [name for name, _, _ in self.estimators]
        self.named_estimators_ = Bunch(**dict(zip(names, self.estimators_, strict=True)))
        self._weights = weights
        return self

    def predict_proba(self, X):
        """Return the combined probability of each class.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            As at fit.

        Returns
        -------
        probability : ndarray of shape (n_samples, n_classes)
            Rows sum to one; columns follow ``classes_``.

        Raises
        ------
        ValueError
            If a patient has none of the modalities.
        """
        check_is_fitted(self)
        X = self._check_X(X, reset=False)
        members = np.stack([self._member_proba(i, X) for i in range(len(self.estimators_))])
        alone = np.isnan(members[:, :, 0]).all(axis=0)
        if alone.any():
            who = X.index[alone] if hasattr(X, "index") else np.flatnonzero(alone)
            raise ValueError(
                f"{alone.sum()} patient(s) have none of the modalities, first {list(who[:5])}: leave them out"
            )
        combined = _RULES[self.voting](members, self._weights)
        total = combined.sum(axis=1, keepdims=True)
        return np.where(total > 0, combined / np.where(total > 0, total, 1), 1 / len(self.classes_))

    def predict(self, X):
        """Return the most probable label of each patient.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            As at fit.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,)
        """
        most_probable = self.predict_proba(X).argmax(axis=1)
        return self.classes_[most_probable]

    def _member_proba(self, member, X):
        """Probabilities of one member in the order of ``classes_``; NaN for patients who lack its modality."""
        block = safe_indexing(X, self.columns_[member], axis=1)
        present = _has_modality(block)
        estimator = self.estimators_[member]
        probability = np.full((len(present), len(self.classes_)), np.nan)
        if present.any():
            probability[present] = 0.0
            columns = np.searchsorted(self.classes_, estimator.classes_)
            rows = np.flatnonzero(present)
            probability[np.ix_(rows, columns)] = estimator.predict_proba(_rows(block, present))
        return probability

    def _check_arguments(self):
        if (
            not isinstance(self.estimators, list)
            or not self.estimators
            or any(len(member) != 3 for member in self.estimators)
        ):
            raise ValueError("estimators is a list of (name, classifier, columns) tuples with at least one member")
        self._validate_names([name for name, _, _ in self.estimators])
        if self.voting not in _RULES:
            raise ValueError(f"voting is one of {', '.join(map(repr, _RULES))}; got {self.voting!r}")
        for name, estimator, _ in self.estimators:
            if not hasattr(estimator, "predict_proba"):
                raise ValueError(f"member {name!r} ({type(estimator).__name__}) has no predict_proba to combine")
        if self.weights is None:
            return np.ones(len(self.estimators))
        if self.voting not in _WEIGHTED:
            raise ValueError(f"weights apply to voting {' and '.join(map(repr, _WEIGHTED))}, not to {self.voting!r}")
        weights = np.asarray(self.weights, dtype=float)
        if weights.shape != (len(self.estimators),) or not np.all(weights >= 0) or not weights.any():
            raise ValueError(f"weights needs {len(self.estimators)} non-negative numbers, not all zero; got {weights}")
        return weights

    def _check_X(self, X, y="no_validation", *, reset):
        if not hasattr(X, "iloc"):
            X = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)
        if reset:
            return validate_data(self, X, y, skip_check_array=True)[0]
        return validate_data(self, X, reset=False, skip_check_array=True)


def _has_modality(block):
    return ~pd.isna(pd.DataFrame(block)).to_numpy().all(axis=1)


def _rows(block, mask):
    return block if mask.all() else safe_indexing(block, np.flatnonzero(mask))


def _fit_member(estimator, block, y, mask, fit_params):
    rows = np.flatnonzero(mask)
    return estimator.fit(_rows(block, mask), y[rows], **check_fit_params(block, fit_params, indices=rows))
