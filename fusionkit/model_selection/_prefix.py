"""Estimators that are fitted once and serve every value of one parameter, exactly."""

import copy
import functools
from dataclasses import dataclass
from numbers import Integral

import numpy as np
from sklearn.feature_selection import chi2, f_classif, f_regression, r_regression

from ..selection._forest import forest_slice, lean_forest
from ._fingerprint import qualified_name

__all__ = ["Family", "family_of", "is_whole"]


def is_whole(value):
    """Tell whether the value is a positive whole number (True is not)."""
    return isinstance(value, Integral) and not isinstance(value, bool) and value >= 1


@dataclass(frozen=True)
class Family:
    """How one fit serves every value of a parameter.

    Parameters
    ----------
    parameter : str
        The parameter that is sliced.
    exact : callable
        ``exact(estimator)``: with these other parameters, a slice equals a fit of its own.
    fitted_with : callable
        ``fitted_with(values)``: the value to fit with, so that all the others are slices of it.
    view : callable
        ``view(fitted, value)``: a fitted estimator as a fit with this value would have given it.
    serves : callable, default=is_whole
        ``serves(value)``: whether a slice can have this value.
    limit : callable, default=None
        ``limit(shape)``: the largest whole number that can be a slice; above it an estimator is fitted by itself,
        and says in its own words what is wrong. None: no limit.
    lean : callable, default=None
        ``lean(estimator, values)``: an estimator that learns the same in less time, to be fitted in its place.
    slices_output : bool, default=False
        ``fit_transform`` differs from ``fit`` and ``transform`` in its last digits, so that its output is sliced too.
    """

    parameter: str
    exact: callable
    fitted_with: callable
    view: callable
    serves: callable = is_whole
    limit: callable = None
    lean: callable = None
    slices_output: bool = False


def _with(fitted, **attributes):
    view = copy.copy(fitted)
    for name, value in attributes.items():
        setattr(view, name, value)
    return view


_DETERMINISTIC_SCORES = {f_classif, f_regression, chi2, r_regression}


def _scores_are_deterministic(selector):
    function = selector.score_func
    if isinstance(function, functools.partial):
        return isinstance(function.keywords.get("random_state"), Integral)
    return function in _DETERMINISTIC_SCORES


def _rfe_view(fitted, value):
    more = value - fitted.n_features_
    support = fitted.ranking_ <= 1 + more
    ranking = np.where(support, 1, fitted.ranking_ - more)
    return _with(fitted, n_features_to_select=value, n_features_=value, support_=support, ranking_=ranking)


def _pca_view(fitted, value):
    variance = fitted.explained_variance_
    return _with(
        fitted,
        n_components=value,
        n_components_=value,
        components_=np.asarray(fitted.components_[:value], copy=True),
        explained_variance_=variance[:value],
        explained_variance_ratio_=fitted.explained_variance_ratio_[:value],
        singular_values_=fitted.singular_values_[:value],
        noise_variance_=variance[value:].mean() if value < len(variance) else 0.0,
    )


def _boosting_view(fitted, value):
    return _with(
        fitted,
        n_estimators=value,
        n_estimators_=value,
        estimators_=fitted.estimators_[:value],
        train_score_=fitted.train_score_[:value],
    )


def _histogram_view(fitted, value):
    return _with(fitted, max_iter=value, _predictors=fitted._predictors[:value])


def _xgboost_view(fitted, value):
    return _with(fitted, n_estimators=value, _Booster=fitted.get_booster()[:value])


def _grown_in_order(forest):
    return not forest.warm_start and not forest.oob_score and isinstance(forest.random_state, Integral)


def _boosted_in_order(boosting):
    return not boosting.warm_start and boosting.n_iter_no_change is None and isinstance(boosting.random_state, Integral)


def _histograms_in_order(boosting):
    return not boosting.warm_start and boosting.early_stopping is False and isinstance(boosting.random_state, Integral)


def _rounds_in_order(boosting):
    return (
        boosting.booster in (None, "gbtree")
        and boosting.early_stopping_rounds is None
        and boosting.callbacks is None
        and (boosting.random_state is None or isinstance(boosting.random_state, Integral))
    )


def _columns(shape):
    return shape[1]


def _below_half_of_the_rows(shape):
    return shape[0] // 2 - 1  # where KNN's choice of algorithm does not depend on the number of neighbours


def _is_whole_or_all(value):
    return is_whole(value) or (isinstance(value, str) and value == "all")


def _is_count_or_share(value):
    return _is_whole_or_all(value) or (isinstance(value, float) and 0 < value <= 1)


def _any_of(values):
    return values[0]


_RANKER = Family(
    "n_features_to_select",
    exact=lambda ranker: True,
    fitted_with=_any_of,
    view=lambda fitted, value: _with(fitted, n_features_to_select=value),
    serves=_is_count_or_share,
    limit=_columns,
)
_FOREST = Family("n_estimators", _grown_in_order, max, forest_slice, lean=lean_forest)
_NEIGHBOURS = Family(
    "n_neighbors",
    exact=lambda neighbours: True,
    fitted_with=max,
    view=lambda fitted, value: _with(fitted, n_neighbors=value),
    limit=_below_half_of_the_rows,
)
_BOOSTING = Family("n_estimators", _boosted_in_order, max, _boosting_view)
_HISTOGRAMS = Family("max_iter", _histograms_in_order, max, _histogram_view)
_XGBOOST = Family("n_estimators", _rounds_in_order, max, _xgboost_view)

_FAMILIES = {
    "sklearn.SelectKBest": Family(
        "k",
        _scores_are_deterministic,
        _any_of,
        lambda fitted, value: _with(fitted, k=value),
        serves=_is_whole_or_all,
        limit=_columns,
    ),
    "sklearn.RFE": Family("n_features_to_select", lambda rfe: rfe.step == 1, min, _rfe_view, limit=_columns),
    "sklearn.PCA": Family(
        "n_components",
        lambda pca: pca.svd_solver == "full",
        lambda values: None,
        _pca_view,
        limit=min,
        slices_output=True,
    ),
    **dict.fromkeys(
        [f"sklearn.{name}{task}" for name in ("RandomForest", "ExtraTrees") for task in ("Classifier", "Regressor")],
        _FOREST,
    ),
    **dict.fromkeys([f"sklearn.KNeighbors{task}" for task in ("Classifier", "Regressor")], _NEIGHBOURS),
    **dict.fromkeys([f"sklearn.GradientBoosting{task}" for task in ("Classifier", "Regressor")], _BOOSTING),
    **dict.fromkeys([f"sklearn.HistGradientBoosting{task}" for task in ("Classifier", "Regressor")], _HISTOGRAMS),
    **dict.fromkeys([f"xgboost.XGB{task}" for task in ("Classifier", "Regressor")], _XGBOOST),
}
"""The class -> its family; a class that derives from one of these may differ from it and is left alone."""


def family_of(estimator):
    """Return the estimator's family, or None if each value of each parameter needs a fit of its own.

    Parameters
    ----------
    estimator : estimator
        With its parameters set.

    Returns
    -------
    family : Family or None
    """
    ranks_once = getattr(type(estimator), "_ranks_once", False)
    family = _RANKER if ranks_once else _FAMILIES.get(qualified_name(estimator))
    if family is None or not family.serves(getattr(estimator, family.parameter)) or not family.exact(estimator):
        return None
    return family
