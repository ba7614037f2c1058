"""What late fusion is made of: members on their own columns, absent for some patients, fitted in and out of fold."""

from functools import partial

import numpy as np
import pandas as pd
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.metrics import check_scoring
from sklearn.model_selection import check_cv
from sklearn.utils import Bunch, check_array, check_consistent_length, column_or_1d, get_tags
from sklearn.utils.parallel import Parallel, delayed
from sklearn.utils.validation import check_is_fitted, validate_data

from .._validation import BaseComposition, check_fit_params, safe_indexing
from .ranking import RankVote
from .routing import route, router_of
from .rules import WEIGHTED, combine
from .stacking import MemberTable
from .weights import scored_weights

__all__ = ["LateFusion"]


class LateFusion(MetaEstimatorMixin, BaseComposition):
    """What the classifier and the regressor share.

    A subclass says how it reads the outcome (`_check_y`), which patients can teach a member (`_what_is_lacking`), what
    a fitted member says (`_ask`), and how members are scored and weighed by their out-of-fold predictions.
    """

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

    def get_metadata_routing(self):
        """Return who may ask for metadata: the members, the splitter, the scorer and the final estimator.

        Returns
        -------
        routing : MetadataRouter
        """
        return router_of(self, self._members, self._helpers())

    def _helpers(self):
        """Who takes part in `fit` beside the members: role -> (object, its method)."""
        helpers = {}
        if self._needs_folds():
            helpers["cv"] = check_cv(self.cv), "split"
        if self._weighs_by_score() and self.scoring is not None:
            helpers["scoring"] = self._scorer(), "score"
        if self.voting == "stacking":
            helpers["final_estimator"] = self._final_estimator(), "fit"
        return helpers

    def fit(self, X, y, sample_weight=None, **fit_params):
        """Fit each member on its columns, on the patients who have them, and learn how to combine them.

        Parameters
        ----------
        X : DataFrame or array-like of shape (n_samples, n_features)
            All modalities' columns; NaN in all columns of a member means that the patient lacks that modality.
        y : array-like of shape (n_samples,)
            The outcome.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            How much each patient counts, for the members, for optimised weights, for calibration and for the final
            estimator.
        **fit_params : dict
            ``groups`` for the splitter and for the members that search over grouped folds; with metadata routing
            enabled, whatever the members ask for. Values with one entry per patient are cut to the patients that the
            member sees.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If a name is doubled, an argument does not fit, or too few patients have a modality, also in one fold.
        """
        self._check_arguments()
        X = self._check_X(X, y, reset=True)
        y = self._check_y(y)
        sample_weight = None if sample_weight is None else column_or_1d(sample_weight, dtype=np.float64)
        check_consistent_length(X, y, sample_weight)
        routed = route(self, self._members, self._helpers(), sample_weight, fit_params)
        self.columns_ = [columns(X) if callable(columns) else columns for _, _, columns in self.estimators]
        blocks = [safe_indexing(X, columns, axis=1) for columns in self.columns_]
        present = [has_modality(block) for block in blocks]
        self.n_present_ = np.array([mask.sum() for mask in present])
        everyone = np.arange(len(y))
        self._check_learnable(y, present, everyone, "")
        splits = self._splits(X, y, present, routed) if self._needs_folds() else []
        self.estimators_ = self._fit_members(blocks, y, present, routed)
        names = [name for name, _ in self._members]
        self.named_estimators_ = Bunch(**dict(zip(names, self.estimators_, strict=True)))
        self.out_of_fold_ = self._predict_out_of_fold(blocks, y, present, routed, splits) if splits else None
        self._learn(y, sample_weight, routed)
        return self

    def _learn(self, y, sample_weight, routed):
        """Learn from the out-of-fold predictions whatever the vote needs."""
        said = self.out_of_fold_
        if said is not None and self.calibration is not None:
            self.calibrators_ = [self._calibrator(mine, y, sample_weight) for mine in said]
            said = self._calibrated(said)
        if self._weighs_by_score():
            score_params = {} if self.scoring is None else routed["scoring"]["score"]
            score = partial(self._score, y, sample_weight, score_params)
            self.weights_ = scored_weights(score, said, self._ignorant(y, sample_weight))
        elif isinstance(self.weights, str):
            self.weights_ = self._least_loss_weights(said, y, sample_weight)
        else:
            weights = np.ones(len(self.estimators)) if self.weights is None else np.asarray(self.weights, dtype=float)
            self.weights_ = weights / weights.sum()
        if self.voting == "rank":
            self._ranking = RankVote.learn(said, self.weights_, self._ignorant(y, sample_weight))
        if self.voting == "stacking":
            self._fit_final_estimator(said[:, :, self._first_output :], y, routed["final_estimator"]["fit"])

    def _score(self, y, sample_weight, score_params, said, there):
        rows = np.flatnonzero(there)
        if self.scoring is None:
            counted = None if sample_weight is None else sample_weight[rows]
            return -np.average(self._losses(said, y[rows]), weights=counted)
        return self._scorer()(self._reader(), said, y[rows], **check_fit_params(y, score_params, indices=rows))

    def _fit_final_estimator(self, said, y, fit_params):
        there = np.flatnonzero(~np.isnan(said[:, :, 0]).all(axis=0))
        self._table = MemberTable.learn(said)
        fit_params = check_fit_params(y, fit_params, indices=there)
        self.final_estimator_ = clone(self._final_estimator()).fit(
            self._table.fill(said[:, there]), y[there], **fit_params
        )

    def _combined(self, X):
        """What the members say together, (n_patients, n_outputs)."""
        check_is_fitted(self)
        X = self._check_X(X, reset=False)
        blocks = [safe_indexing(X, columns, axis=1) for columns in self.columns_]
        said = np.stack([self._ask(*pair) for pair in zip(self.estimators_, blocks, strict=True)])
        alone = np.isnan(said[:, :, 0]).all(axis=0)
        if alone.any():
            who = X.index[alone] if hasattr(X, "index") else np.flatnonzero(alone)
            raise ValueError(
                f"{alone.sum()} patient(s) have none of the modalities, first {list(who[:5])}: leave them out"
            )
        if self.calibration is not None:
            said = self._calibrated(said)
        if self.voting == "stacking":
            return self._final_says(self._table.fill(said[:, :, self._first_output :]))
        if self.voting == "rank":
            return self._ranking.vote(said)
        return combine(self.voting, said, self.weights_)

    def _needs_folds(self):
        return self.voting in ("rank", "stacking") or isinstance(self.weights, str)

    def _scorer(self):
        return check_scoring(self._reader(), scoring=self.scoring)

    def _weighs_by_score(self):
        return isinstance(self.weights, str) and self.weights == "score"

    def _check_arguments(self):
        if (
            not isinstance(self.estimators, list)
            or not self.estimators
            or any(not isinstance(member, tuple) or len(member) != 3 for member in self.estimators)
        ):
            raise ValueError("estimators is a list of (name, estimator, columns) tuples with at least one member")
        self._validate_names([name for name, _ in self._members])
        if self._weighs_by_score() and self.scoring is not None:
            self._scorer()
        if self.voting not in self._votings:
            raise ValueError(f"voting is one of {', '.join(map(repr, self._votings))}; got {self.voting!r}")
        if self.weights is not None:
            self._check_weights()

    def _check_weights(self):
        weighted = [voting for voting in self._votings if voting in WEIGHTED]
        if self.voting not in weighted:
            raise ValueError(f"weights apply to voting {' and '.join(map(repr, weighted))}, not to {self.voting!r}")
        if isinstance(self.weights, str):
            if self.weights not in WEIGHTED[self.voting]:
                learned = ", ".join(map(repr, WEIGHTED[self.voting]))
                raise ValueError(
                    f"weights is None, numbers, or for voting {self.voting!r} {learned}; got {self.weights!r}"
                )
            return
        weights = np.asarray(self.weights, dtype=float)
        if weights.shape != (len(self.estimators),) or not np.all(weights >= 0) or not weights.any():
            raise ValueError(f"weights needs {len(self.estimators)} non-negative numbers, not all zero; got {weights}")

    def _check_X(self, X, y="no_validation", *, reset):
        if not hasattr(X, "iloc"):
            X = check_array(X, dtype=None, ensure_all_finite="allow-nan", estimator=self)
        if reset:
            return validate_data(self, X, y, skip_check_array=True)[0]
        return validate_data(self, X, reset=False, skip_check_array=True)

    def _check_learnable(self, y, present, rows, where):
        for (name, _), mask in zip(self._members, present, strict=True):
            taught = y[rows[mask[rows]]]
            lacking = self._what_is_lacking(taught)
            if lacking:
                raise ValueError(
                    f"member {name!r}{where}: the {len(taught)} patients who have this modality {lacking}; drop the "
                    f"member{', use fewer folds,' if where else ''} or bring more patients"
                )

    def _splits(self, X, y, present, routed):
        """Folds of the out-of-fold predictions, in which every patient is predicted once and every member can learn."""
        cv = check_cv(self.cv, y, classifier=get_tags(self).estimator_type == "classifier")
        splits = list(cv.split(X, y, **routed["cv"]["split"]))
        tested = np.concatenate([test for _, test in splits])
        if len(tested) != len(y) or len(np.unique(tested)) != len(y):
            raise ValueError(f"cv={self.cv!r} does not predict every patient exactly once; use k folds without repeats")
        for number, (train, _) in enumerate(splits, start=1):
            self._check_learnable(y, present, train, f", in fold {number} of {len(splits)}")
        return splits

    def _fit_members(self, blocks, y, present, routed):
        everyone = np.arange(len(y))
        return Parallel(n_jobs=self.n_jobs)(
            delayed(_fit_member)(self._whole(name, estimator, mask), block, y, everyone[mask], routed[name]["fit"])
            for (name, estimator), block, mask in zip(self._members, blocks, present, strict=True)
        )

    def _whole(self, name, estimator, present):
        """What is fitted on all patients who have the member's modality; out of fold it is always the estimator."""
        return estimator

    def _predict_out_of_fold(self, blocks, y, present, routed, splits):
        """What each member says of the patients whom it was not fitted on, (n_members, n_patients, n_outputs)."""
        said = Parallel(n_jobs=self.n_jobs)(
            delayed(self._say_of_fold)(estimator, block, y, train[mask[train]], test, routed[name]["fit"])
            for (name, estimator), block, mask in zip(self._members, blocks, present, strict=True)
            for train, test in splits
        )
        answers = iter(said)
        out_of_fold = np.full((len(blocks), len(y), said[0].shape[1]), np.nan)
        for member in range(len(blocks)):
            for _, test in splits:
                out_of_fold[member, test] = next(answers)
        return out_of_fold

    def _say_of_fold(self, estimator, block, y, train, test, fit_params):
        return self._ask(_fit_member(estimator, block, y, train, fit_params), safe_indexing(block, test))


def has_modality(block):
    """Return which patients have a value in any of the columns: a mask of shape (n_patients,)."""
    return ~pd.isna(pd.DataFrame(block)).to_numpy().all(axis=1)


def rows_of(block, mask):
    """Return the rows of a mask; the block itself where that is all of them."""
    return block if mask.all() else safe_indexing(block, np.flatnonzero(mask))


def _fit_member(estimator, block, y, rows, fit_params):
    part = block if len(rows) == len(y) else safe_indexing(block, rows)
    return clone(estimator).fit(part, y[rows], **check_fit_params(block, fit_params, indices=rows))
