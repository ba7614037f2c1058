"""Late fusion of classifiers: one per modality, and a rule that combines their probabilities patient by patient."""

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import LogisticRegression
from sklearn.utils import assert_all_finite, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from ._base import LateFusion, has_modality, rows_of
from .weights import SpokenClassifier, log_loss_weights, log_losses

__all__ = ["LateFusionClassifier"]

_CALIBRATIONS = ("sigmoid", "isotonic", "temperature")


class LateFusionClassifier(ClassifierMixin, LateFusion):
    """Combine one classifier per modality by their probabilities.

    A patient who lacks a modality (every one of its columns is missing) is left out when that member is fitted, and is
    predicted by the members that are there. A member may be any classifier: a pipeline, a search, an early fusion (then
    it is absent where all of its modalities are), or another late fusion, such as one of several image modalities that
    are combined first, and then with the record.

    Whatever is learned about the members beyond their own fit (weights, ranks, calibration, stacking) is learned from
    their out-of-fold probabilities; the members themselves are fitted on all patients who have the modality.

    Parameters
    ----------
    estimators : list of (str, classifier, columns) tuples
        The members, each with the columns it sees: names, positions, a slice, or a callable of X such as
        ``modality_columns("ct")``, as in ``ColumnTransformer``. Each needs ``predict_proba``.
    voting : {"mean", "median", "max", "min", "product", "majority", "rank", "stacking"}, default="mean"
        How the members' class probabilities (0 to 1) are combined; the result is scaled to sum to one. "majority"
        counts each member's most probable class as one vote and gives the share of votes. "rank" takes each
        probability's position (0 to 1) among the member's out-of-fold probabilities of the training patients, averages
        the positions, as Borda's count does with ranks, and weighs them by the class shares: patients are ordered by
        their mean position and, with two classes, as many are called as there are among the training patients.
        "stacking" fits
        `final_estimator` on the out-of-fold probabilities.
    weights : {"score", "optimised"}, array-like of shape (n_estimators,) or None, default=None
        Weight of each member, for "mean", "majority" and "rank" only. None weighs them equally. "score" weighs by how
        much better `scoring` is out of fold than for somebody who knows the class shares only. "optimised", for "mean",
        finds the weights, non-negative with sum one, of the least out-of-fold log loss. Where all members that are
        there have weight zero, they count alike.
    scoring : str, callable or None, default=None
        For the weights "score"; None is "neg_log_loss".
    calibration : {"sigmoid", "isotonic", "temperature"} or None, default=None
        Calibrates each member on its out-of-fold probabilities before anything else, as ``CalibratedClassifierCV``
        with ``ensemble=False`` does.
    final_estimator : classifier or None, default=None
        For "stacking"; None is ``LogisticRegression()``. It is given the probabilities of each member (two classes: of
        the second), for an absent member the training patients' mean, and for each member that a training patient
        lacks a column that is 1 where it is absent.
    cv : int, splitter, iterable or None, default=None
        Folds of the out-of-fold probabilities; None is five stratified folds. Give ``StratifiedGroupKFold`` where
        groups must stay together.
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
    weights_ : ndarray of shape (n_estimators,)
        The weights of the vote; their sum is one.
    out_of_fold_ : ndarray of shape (n_estimators, n_samples, n_classes) or None
        Each member's probabilities of the training patients by models not fitted on them, before calibration; NaN where
        it is absent. None where nothing is learned from them.
    calibrators_ : list of CalibratedClassifierCV
        One a member, with `calibration`.
    final_estimator_ : classifier
        With "stacking".
    classes_ : ndarray of shape (n_classes,)
        The labels.
    n_features_in_ : int
        Number of columns of X at fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Column names of X at fit, where they are strings.

    References
    ----------
    Kittler J, Hatef M, Duin RPW, Matas J. On combining classifiers. IEEE Trans Pattern Anal Mach Intell
    1998;20(3):226-239 (mean, median, max, min, product, majority). Ho TK, Hull JJ, Srihari SN. Decision combination in
    multiple classifier systems. IEEE Trans Pattern Anal Mach Intell 1994;16(1):66-75 (Borda count; here the ranks are
    those of patients among the training patients, not of classes, since two classes leave nothing to rank). Wolpert DH.
    Stacked generalization. Neural Netw 1992;5(2):241-259. van der Laan MJ, Polley EC, Hubbard AE. Super learner. Stat
    Appl Genet Mol Biol 2007;6:25 (weights on the simplex from out-of-fold predictions).

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

    _votings = ("mean", "median", "max", "min", "product", "majority", "rank", "stacking")

    def __init__(
        self,
        estimators,
        *,
        voting="mean",
        weights=None,
        scoring=None,
        calibration=None,
        final_estimator=None,
        cv=None,
        n_jobs=None,
    ):
        self.estimators = estimators
        self.voting = voting
        self.weights = weights
        self.scoring = scoring
        self.calibration = calibration
        self.final_estimator = final_estimator
        self.cv = cv
        self.n_jobs = n_jobs

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
        combined = self._combined(X)
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

    @property
    def _first_output(self):
        """With two classes the second probability says it all, for a final estimator as in scikit-learn's stacking."""
        return 1 if len(self.classes_) == 2 else 0

    def _needs_folds(self):
        return super()._needs_folds() or self.calibration is not None

    def _reader(self):
        return SpokenClassifier(getattr(self, "classes_", None))

    def _final_estimator(self):
        return LogisticRegression() if self.final_estimator is None else self.final_estimator

    def _final_says(self, table):
        said = np.zeros((len(table), len(self.classes_)))
        said[:, np.searchsorted(self.classes_, self.final_estimator_.classes_)] = self.final_estimator_.predict_proba(
            table
        )
        return said

    def _check_arguments(self):
        super()._check_arguments()
        members = [(f"member {name!r}", estimator) for name, estimator in self._members]
        for role, estimator in [*members, ("final_estimator", self._final_estimator())]:
            if not hasattr(estimator, "predict_proba"):
                raise ValueError(
                    f"{role} ({type(estimator).__name__}) has no predict_proba to combine: "
                    "wrap it in CalibratedClassifierCV"
                )
        if self.calibration not in (None, *_CALIBRATIONS):
            raise ValueError(
                f"calibration is None or one of {', '.join(map(repr, _CALIBRATIONS))}; got {self.calibration!r}"
            )

    def _check_y(self, y):
        y = column_or_1d(y, warn=True)
        assert_all_finite(y, input_name="y")
        check_classification_targets(y)
        self.classes_ = np.unique(y)
        if len(self.classes_) < 2:
            raise ValueError(
                f"y holds one class only ({self.classes_.tolist()[0]!r}); a classifier needs at least 2 classes"
            )
        return y

    def _what_is_lacking(self, y):
        n_classes = len(np.unique(y))
        return f"are of {('no', 'one')[n_classes]} class" if n_classes < 2 else ""

    def _ask(self, estimator, block):
        """Probabilities of one member in the order of ``classes_``; NaN for patients who lack its modality."""
        present = has_modality(block)
        said = np.full((len(present), len(self.classes_)), np.nan)
        if present.any():
            said[present] = 0.0
            columns = np.searchsorted(self.classes_, estimator.classes_)
            rows = np.flatnonzero(present)
            said[np.ix_(rows, columns)] = estimator.predict_proba(rows_of(block, present))
        return said

    def _losses(self, said, y):
        return log_losses(said[np.arange(len(y)), np.searchsorted(self.classes_, y)])[0]

    def _ignorant(self, y, sample_weight):
        """Each class's share of the training patients."""
        counted = np.bincount(np.searchsorted(self.classes_, y), sample_weight, len(self.classes_))
        return counted / counted.sum()

    def _least_loss_weights(self, said, y, sample_weight):
        return log_loss_weights(said, np.searchsorted(self.classes_, y), sample_weight)

    def _calibrator(self, said, y, sample_weight):
        rows = np.flatnonzero(~np.isnan(said[:, 0]))
        classes, everyone = np.unique(y[rows]), np.arange(len(rows))
        counted = None if sample_weight is None else sample_weight[rows]
        calibrated = CalibratedClassifierCV(
            SpokenClassifier(classes), method=self.calibration, cv=[(everyone, everyone)], ensemble=False
        )
        return calibrated.fit(said[np.ix_(rows, np.isin(self.classes_, classes))], y[rows], sample_weight=counted)

    def _calibrated(self, said):
        calibrated = np.full(said.shape, np.nan)
        for mine, result, calibrator in zip(said, calibrated, self.calibrators_, strict=True):
            rows = np.flatnonzero(~np.isnan(mine[:, 0]))
            known = np.isin(self.classes_, calibrator.classes_)
            if len(rows):
                result[rows] = 0.0
                result[np.ix_(rows, known)] = calibrator.predict_proba(mine[np.ix_(rows, known)])
        return calibrated
