"""Every estimator of the package is found by itself and keeps scikit-learn's contract."""

import inspect

import numpy as np
import pytest
from sklearn.base import BaseEstimator, clone
from sklearn.tree import DecisionTreeClassifier

import fusionkit.selection as selection
from fusionkit.selection import (
    AnovaRanker,
    BorutaSelector,
    ICCFilter,
    Ranker,
    SequentialRanker,
    StabilitySelector,
)
from tests.contract import parametrize_with_checks

ESTIMATORS = [
    thing
    for thing in map(selection.__dict__.get, selection.__all__)
    if inspect.isclass(thing) and issubclass(thing, BaseEstimator) and not inspect.isabstract(thing)
]
SMALL = {"n_features_to_select": 1, "n_estimators": 3, "n_components": 1, "n_pairs": 2}
"""Settings that keep the checks quick; on their few columns ten features would warn."""


class RatedFilter(ICCFilter):
    """An ICCFilter that knows an ICC for whatever columns come, since the checks bring tables of many widths."""

    def __init__(self, icc=None, threshold=0.75):
        super().__init__(icc, threshold)

    def _by_column(self):
        return np.linspace(1.0, 0.5, self.n_features_in_)


class KeepingBoruta(BorutaSelector):
    """A BorutaSelector that confirms the first column at least: the checks' noise would leave none, which warns."""

    def _decide(self, decision, hits, n_rounds):
        return np.where(np.arange(decision.size) == 0, 1, super()._decide(decision, hits, n_rounds))


SPECIAL = {
    ICCFilter: lambda: RatedFilter(),
    BorutaSelector: lambda: KeepingBoruta(n_estimators=3, max_iter=3),
    SequentialRanker: lambda: SequentialRanker(DecisionTreeClassifier(max_depth=1, random_state=0), 1, cv=2),
    StabilitySelector: lambda: StabilitySelector(AnovaRanker("all"), n_pairs=2),
}
"""Estimators that need an argument, or would be slow or warn on the checks' tables."""


def small(estimator):
    if estimator in SPECIAL:
        return SPECIAL[estimator]()
    names = estimator().get_params()
    return estimator(**{name: value for name, value in SMALL.items() if name in names})


RANKERS = [small(estimator) for estimator in ESTIMATORS if issubclass(estimator, Ranker)]


@parametrize_with_checks([small(estimator) for estimator in ESTIMATORS])
def test_scikit_learn_contract(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(3)
    X = rng.normal(size=(60, 6))
    y = (X[:, 0] + X[:, 1] + 0.5 * rng.normal(size=60) > 0).astype(int)
    return np.abs(X), y


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: type(ranker).__name__)
def test_a_ranker_fitted_once_serves_every_number_of_features(ranker, cohort):
    X, y = cohort
    ranker = clone(ranker)
    if "random_state" in ranker.get_params():
        ranker.set_params(random_state=0)
    once = clone(ranker).set_params(n_features_to_select="all").fit(X, y)
    assert sorted(once.ranking_) == list(range(1, 7))
    assert np.array_equal(once.transform(X), X)
    for k in (1, 0.5, 6):
        afresh = clone(ranker).set_params(n_features_to_select=k).fit(X, y)
        assert np.array_equal(afresh.ranking_, once.ranking_)
        assert np.array_equal(afresh.scores_, once.scores_, equal_nan=True)
        kept = np.flatnonzero(once.ranking_ <= (3 if k == 0.5 else k))
        assert np.array_equal(once.set_params(n_features_to_select=k).transform(X), X[:, kept])
        assert np.array_equal(afresh.get_support(indices=True), kept)


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: type(ranker).__name__)
def test_infinite_values_are_refused_by_column(ranker, cohort):
    X, y = cohort
    X = X.copy()
    X[4, 2] = np.inf
    with pytest.raises(ValueError, match=r"contains infinity in 1 of 6 columns \(2\): replace"):
        clone(ranker).fit(X, y)


@pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: type(ranker).__name__)
def test_one_class_is_refused(ranker, cohort):
    with pytest.raises(ValueError, match="y has one class only, '1'"):
        clone(ranker).fit(cohort[0], np.ones(60, dtype=int))
