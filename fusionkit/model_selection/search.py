"""Searches over any pipeline that fit each step once and score as scikit-learn's own searches do."""

import os
import time
from collections import defaultdict
from inspect import signature
from typing import ClassVar

import numpy as np
from sklearn.base import clone, is_classifier
from sklearn.model_selection import GridSearchCV, check_cv
from sklearn.utils import indexable
from sklearn.utils._param_validation import HasMethods, StrOptions

from ._evaluate import Task, evaluate
from ._progress import TimeLeft
from ._resume import open_store
from ._sklearn import (
    BaseSearchCV,
    _check_method_params,
    _fit_context,
    _insert_error_scores,
    _warn_or_raise_about_fit_failures,
)

__all__ = ["FusionSearchCV"]


class _Gathering:
    """Evaluates candidates whenever the search asks for some, and gathers all results so far."""

    def __init__(self, search, task, split_params):
        self.search = search
        self.task = task
        self.split_params = split_params
        self.params = []
        self.out = []
        self.more_results = defaultdict(list)
        self.results = {}

    def __call__(self, candidate_params, cv=None, more_results=None, callback_ctx=None):
        search, task = self.search, self.task
        candidate_params = list(candidate_params)
        cv = cv or search._checked_cv_orig
        splits = list(cv.split(task.X, task.y, **self.split_params))
        if len(splits) != search.n_splits_:
            raise ValueError(
                f"cv.split and cv.get_n_splits return inconsistent results: expected {search.n_splits_} splits, "
                f"got {len(splits)}"
            )
        if search.verbose > 0:
            n_fits = len(splits) * len(candidate_params)
            print(
                f"Fitting {len(splits)} folds for each of {len(candidate_params)} candidates, totalling {n_fits} fits"
            )
        progress = TimeLeft(search.progress) if search.verbose > 0 else search.progress
        out = evaluate(task, candidate_params, splits, search.n_jobs, progress, open_store(search.store))
        if not out:
            raise ValueError("No fits were performed. Was the CV iterator empty? Were there no candidates?")
        _warn_or_raise_about_fit_failures(out, search.error_score)
        if callable(search.scoring):
            _insert_error_scores(out, search.error_score)
        self.params.extend(candidate_params)
        self.out.extend(out)
        for key, value in (more_results or {}).items():
            self.more_results[key].extend(value)
        self.results = search._format_results(self.params, search.n_splits_, self.out, self.more_results)
        return self.results


class PlannedSearchCV(BaseSearchCV):
    """What the searches share: ``fit`` on a plan, or scikit-learn's own ``fit``."""

    pre_dispatch = "2*n_jobs"

    def fit(self, X, y=None, **params):
        """Score every candidate by cross-validation, and refit the best.

        Parameters
        ----------
        X : array-like or DataFrame of shape (n_samples, n_features)
            The table.
        y : array-like of shape (n_samples,), default=None
            The outcome.
        **params : dict
            ``groups`` for the splitter, and metadata as in scikit-learn's search.

        Returns
        -------
        self : object
        """
        if self.engine == "sklearn" or getattr(self, "_skl_callbacks", None):
            if self.store is not None:
                raise ValueError("store=... keeps pieces of the plan, which engine='sklearn' and callbacks go without")
            return super().fit(X, y, **params)
        return self._fit_planned(X, y, params)

    @_fit_context(prefer_skip_nested_validation=False)
    def _fit_planned(self, X, y, params):
        scorers, refit_metric = self._get_scorers()
        X, y = indexable(X, y)
        params = _check_method_params(X, params=params)
        routed = self._get_routed_params_for_fit(params)
        split_params = routed.splitter.split
        self._checked_cv_orig = check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        self._check_input_parameters(X=X, y=y, split_params=split_params)
        self.n_splits_ = self._checked_cv_orig.get_n_splits(X, y, **split_params)
        base = clone(self.estimator)
        metadata = routed.estimator.fit, routed.scorer.score
        task = Task(base, X, y, scorers, *metadata, self.error_score, self.return_train_score, os.getpid())
        gathering = _Gathering(self, task, split_params)
        self._run_planned(gathering)
        self._choose(gathering, refit_metric)
        if self.refit:
            self._refit(base, X, y, routed.estimator.fit)
        self.scorer_ = getattr(scorers, "_scorers", scorers)
        self.cv_results_ = gathering.results
        return self

    def _run_planned(self, gathering):
        if "callback_ctx" in signature(self._run_search).parameters:
            self._run_search(gathering, callback_ctx=self._init_callback_context(max_subtasks=1))
        else:
            self._run_search(gathering)

    def _choose(self, gathering, refit_metric):
        results, first = gathering.results, gathering.out[0]["test_scores"]
        self.multimetric_ = isinstance(first, dict)
        if callable(self.scoring) and self.multimetric_:
            self._check_refit_for_multimetric(first)
            refit_metric = self.refit
        if self.refit or not self.multimetric_:
            self.best_index_ = self._select_best_index(self.refit, refit_metric, results)
            if not callable(self.refit):
                self.best_score_ = results[f"mean_test_{refit_metric}"][self.best_index_]
            self.best_params_ = results["params"][self.best_index_]

    def _refit(self, base, X, y, fit_params):
        self.best_estimator_ = clone(base).set_params(**clone(self.best_params_, safe=False))
        start = time.time()
        self.best_estimator_.fit(X, **fit_params) if y is None else self.best_estimator_.fit(X, y, **fit_params)
        self.refit_time_ = time.time() - start
        if hasattr(self.best_estimator_, "feature_names_in_"):
            self.feature_names_in_ = self.best_estimator_.feature_names_in_


OWN_CONSTRAINTS = {
    "engine": [StrOptions({"ranked", "sklearn"})],
    "progress": [callable, None],
    "store": [str, os.PathLike, HasMethods(["get", "put"]), None],
}


class FusionSearchCV(GridSearchCV, PlannedSearchCV):
    """Grid search that ranks once: the same scores as scikit-learn's GridSearchCV, at a fraction of the cost.

    The candidates are read as paths through a tree (table, steps, model) and each node is fitted once per fold. A
    ranker serves every number of features with one fit; a forest or a boosting serves every number of trees. Where
    sharing could change a score (a random state that is not an int, an estimator that writes into its input,
    metadata for ``fit`` or for the scorer, a scorer that is a plain function), each candidate is fitted by itself.

    Parameters
    ----------
    estimator : estimator
        Any scikit-learn estimator; what is shared are the steps of its Pipelines and ColumnTransformers.
    param_grid : dict or list of dict
        Parameter names and the values to try, as in GridSearchCV; whole steps may be swapped.
    scoring : str, callable, list, tuple or dict, default=None
        The score or scores; None is the estimator's own.
    n_jobs : int, default=None
        Number of joblib workers; the scores do not depend on it.
    refit : bool, str or callable, default=True
        Whether, or by which score, the best candidate is fitted again on all rows.
    cv : int, splitter or iterable, default=None
        The folds; None is five.
    verbose : int, default=0
        1 prints the number of fits, and how long the rest will take.
    error_score : "raise" or float, default=nan
        The score of a candidate that fails in a fold.
    return_train_score : bool, default=False
        Whether ``cv_results_`` has the scores on the training rows too.
    engine : {"ranked", "sklearn"}, default="ranked"
        ``"sklearn"`` runs scikit-learn's own search, fit by fit: the reference.
    progress : callable, default=None
        Called as ``progress(done, total)`` with numbers of fits, from the calling process.
    store : path-like, JsonStore or None, default=None
        A folder for the scores of each finished (fold, selector) as JSON: a search that was stopped goes on where it
        was, if the data, the candidates and the folds are the same.

    Attributes
    ----------
    cv_results_, best_estimator_, best_score_, best_params_, best_index_, scorer_, n_splits_, refit_time_, \
multimetric_, classes_, n_features_in_, feature_names_in_ : as in GridSearchCV
        ``fit_time`` counts a shared fit for the candidate that came first.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.feature_selection import SelectKBest
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from fusionkit.model_selection import FusionSearchCV
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> pipeline = make_pipeline(StandardScaler(), SelectKBest(), LogisticRegression())
    >>> grid = {"selectkbest__k": [2, 8, 20], "logisticregression__C": [0.1, 1.0]}
    >>> search = FusionSearchCV(pipeline, grid, scoring="roc_auc").fit(X, y)
    >>> search.best_params_, round(float(search.best_score_), 3)
    ({'logisticregression__C': 1.0, 'selectkbest__k': 20}, 0.995)
    """

    _parameter_constraints: ClassVar = {**GridSearchCV._parameter_constraints, **OWN_CONSTRAINTS}

    def __init__(
        self,
        estimator,
        param_grid,
        *,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        error_score=np.nan,
        return_train_score=False,
        engine="ranked",
        progress=None,
        store=None,
    ):
        self.estimator = estimator
        self.param_grid = param_grid
        self.scoring = scoring
        self.n_jobs = n_jobs
        self.refit = refit
        self.cv = cv
        self.verbose = verbose
        self.error_score = error_score
        self.return_train_score = return_train_score
        self.engine = engine
        self.progress = progress
        self.store = store
