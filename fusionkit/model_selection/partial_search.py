"""Searches that look at part of the grid: at random, or by dropping the worse candidates early."""

from typing import ClassVar

import numpy as np
from sklearn.model_selection import RandomizedSearchCV

from ._sklearn import HalvingGridSearchCV
from .search import OWN_CONSTRAINTS, PlannedSearchCV

__all__ = ["FusionHalvingSearchCV", "FusionRandomizedSearchCV"]


class FusionRandomizedSearchCV(RandomizedSearchCV, PlannedSearchCV):
    """Random search that ranks once: scikit-learn's RandomizedSearchCV, its scores and draws included.

    Parameters
    ----------
    estimator : estimator
        As in :class:`FusionSearchCV`.
    param_distributions : dict or list of dict
        Parameter names and lists of values, or distributions with ``rvs``.
    n_iter : int, default=10
        Number of candidates drawn.
    scoring : str, callable, list, tuple or dict, default=None
        The score or scores; None is the estimator's own.
    n_jobs : int, default=None
        Number of joblib workers; the scores do not depend on it.
    refit : bool, str or callable, default=True
        Whether, or by which score, the best candidate is fitted again on all rows.
    cv : int, splitter or iterable, default=None
        The folds; None is five.
    verbose : int, default=0
        1 prints the number of fits.
    random_state : int, RandomState or None, default=None
        Seed of the draw of candidates.
    error_score : "raise" or float, default=nan
        The score of a candidate that fails in a fold.
    return_train_score : bool, default=False
        Whether ``cv_results_`` has the scores on the training rows too.
    engine : {"ranked", "sklearn"}, default="ranked"
        ``"sklearn"`` runs scikit-learn's own search, fit by fit: the reference.
    progress : callable, default=None
        Called as ``progress(done, total)`` with numbers of fits.
    store : path-like, JsonStore or None, default=None
        A folder for finished parts, as in :class:`FusionSearchCV`.

    Attributes
    ----------
    cv_results_, best_estimator_, best_score_, best_params_, best_index_ : as in RandomizedSearchCV
        And its other learned attributes.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.pipeline import make_pipeline
    >>> from fusionkit.model_selection import FusionRandomizedSearchCV
    >>> from fusionkit.models import make_model
    >>> from fusionkit.selection import AnovaRanker
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> pipeline = make_pipeline(AnovaRanker(), make_model("naive_bayes"))
    >>> ks = {"anovaranker__n_features_to_select": range(1, 30)}
    >>> search = FusionRandomizedSearchCV(pipeline, ks, n_iter=5, random_state=0).fit(X, y)
    >>> search.best_params_
    {'anovaranker__n_features_to_select': 3}
    """

    _parameter_constraints: ClassVar = {**RandomizedSearchCV._parameter_constraints, **OWN_CONSTRAINTS}

    def __init__(
        self,
        estimator,
        param_distributions,
        *,
        n_iter=10,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=None,
        verbose=0,
        random_state=None,
        error_score=np.nan,
        return_train_score=False,
        engine="ranked",
        progress=None,
        store=None,
    ):
        super().__init__(
            estimator,
            param_distributions,
            n_iter=n_iter,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            random_state=random_state,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.engine = engine
        self.progress = progress
        self.store = store


class FusionHalvingSearchCV(HalvingGridSearchCV, PlannedSearchCV):
    """Successive halving that ranks once: scikit-learn's HalvingGridSearchCV, its scores and choices included.

    Parameters
    ----------
    estimator : estimator
        As in :class:`FusionSearchCV`.
    param_grid : dict or list of dict
        Parameter names and the values to try.
    factor : int or float, default=3
        The share of candidates kept in each round is 1 / factor.
    resource : str, default="n_samples"
        What grows from round to round: the patients, or a parameter such as ``"model__n_estimators"``.
    max_resources : int or "auto", default="auto"
        The most that a candidate gets.
    min_resources : int, "exhaust" or "smallest", default="exhaust"
        What each candidate gets in the first round.
    aggressive_elimination : bool, default=False
        Whether the first round is repeated until few enough candidates are left.
    scoring : str, callable or None, default=None
        The score; None is the estimator's own.
    n_jobs : int, default=None
        Number of joblib workers; the scores do not depend on it.
    refit : bool, default=True
        Whether the best candidate is fitted again on all rows.
    cv : int, splitter or iterable, default=5
        The folds.
    verbose : int, default=0
        1 prints the rounds.
    random_state : int, RandomState or None, default=None
        Seed of the draw of patients.
    error_score : "raise" or float, default=nan
        The score of a candidate that fails in a fold.
    return_train_score : bool, default=False
        Whether ``cv_results_`` has the scores on the training rows too.
    engine : {"ranked", "sklearn"}, default="ranked"
        ``"sklearn"`` runs scikit-learn's own search, fit by fit: the reference.
    progress : callable, default=None
        Called as ``progress(done, total)`` with numbers of fits of the present round.
    store : path-like, JsonStore or None, default=None
        A folder for finished parts, as in :class:`FusionSearchCV`.

    Attributes
    ----------
    cv_results_, best_estimator_, best_score_, best_params_, best_index_, n_resources_, n_candidates_ : \
as in HalvingGridSearchCV
        And its other learned attributes.
    """

    _parameter_constraints: ClassVar = {**HalvingGridSearchCV._parameter_constraints, **OWN_CONSTRAINTS}

    def __init__(
        self,
        estimator,
        param_grid,
        *,
        factor=3,
        resource="n_samples",
        max_resources="auto",
        min_resources="exhaust",
        aggressive_elimination=False,
        scoring=None,
        n_jobs=None,
        refit=True,
        cv=5,
        verbose=0,
        random_state=None,
        error_score=np.nan,
        return_train_score=False,
        engine="ranked",
        progress=None,
        store=None,
    ):
        super().__init__(
            estimator,
            param_grid,
            factor=factor,
            resource=resource,
            max_resources=max_resources,
            min_resources=min_resources,
            aggressive_elimination=aggressive_elimination,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            random_state=random_state,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.engine = engine
        self.progress = progress
        self.store = store
