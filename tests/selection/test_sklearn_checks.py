"""Every estimator of the package is found by itself and keeps scikit-learn's contract."""

import inspect

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.utils.estimator_checks import parametrize_with_checks

import fusionkit.selection as selection
from fusionkit.selection import Ranker

ESTIMATORS = [
    thing
    for thing in map(selection.__dict__.get, selection.__all__)
    if inspect.isclass(thing) and issubclass(thing, BaseEstimator) and not inspect.isabstract(thing)
]
SMALL = {"n_features_to_select": 1, "n_estimators": 3}
"""Settings that keep the checks quick; on their few columns ten features would warn."""


def small(estimator):
    settings = {name: value for name, value in SMALL.items() if name in estimator().get_params()}
    return estimator(**settings)


RANKERS = [small(estimator) for estimator in ESTIMATORS if issubclass(estimator, Ranker)]


@parametrize_with_checks([small(estimator) for estimator in ESTIMATORS])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 12))
    y = (X[:, 0] + X[:, 1] + 0.5 * rng.normal(size=60) > 0).astype(int)
    return np.abs(X), y


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: type(ranker).__name__)
def test_a_ranker_fitted_once_serves_every_number_of_features(ranker, cohort):
    X, y = cohort
    ranker = clone(ranker)
    if "random_state" in ranker.get_params():
        ranker.set_params(random_state=0)
    once = clone(ranker).set_params(n_features_to_select="all").fit(X, y)
    assert sorted(once.ranking_) == list(range(1, 13))
    assert np.array_equal(once.transform(X), X)
    for k in (1, 3, 0.5, 12):
        afresh = clone(ranker).set_params(n_features_to_select=k).fit(X, y)
        assert np.array_equal(afresh.ranking_, once.ranking_)
        assert np.array_equal(afresh.scores_, once.scores_, equal_nan=True)
        kept = np.flatnonzero(once.ranking_ <= (6 if k == 0.5 else k))
        assert np.array_equal(once.set_params(n_features_to_select=k).transform(X), X[:, kept])
        assert np.array_equal(afresh.get_support(indices=True), kept)


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: type(ranker).__name__)
def test_infinite_values_are_refused_by_column(ranker, cohort):
    X, y = cohort
    X = X.copy()
    X[4, 7] = np.inf
    with pytest.raises(ValueError, match=r"contains infinity in 1 of 12 columns \(7\): replace"):
        clone(ranker).fit(X, y)


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: type(ranker).__name__)
def test_one_class_is_refused(ranker, cohort):
    with pytest.raises(ValueError, match="y has one class only, '1'"):
        clone(ranker).fit(cohort[0], np.ones(60, dtype=int))
