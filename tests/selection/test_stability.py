"""Stability selection finds what is there, again and again, and bounds what is not."""

import numpy as np
import pytest
from joblib import parallel_config
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.feature_selection import SelectKBest

from fusionkit.selection import AnovaRanker, GiniRanker, PearsonRanker, StabilitySelector


@pytest.fixture(scope="module")
def planted():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(90, 40)), np.repeat([0, 1, 1], 30)
    X[:, [7, 21]] += 1.5 * y[:, None]
    return X, y


def test_planted_features_are_kept_and_noise_is_not(planted):
    fitted = StabilitySelector(AnovaRanker(4), threshold=0.8, random_state=0).fit(*planted)
    assert list(fitted.get_support(indices=True)) == [7, 21]
    assert set(np.flatnonzero(fitted.ranking_ <= 2)) == {7, 21}
    assert fitted.scores_.sum() == pytest.approx(4)
    assert fitted.expected_false_picks_ == pytest.approx(16 / (0.6 * 40))


def test_the_bound_on_false_picks_holds_in_noise():
    rng = np.random.default_rng(1)
    kept = [
        StabilitySelector(AnovaRanker(3), threshold=0.6, n_pairs=15, random_state=seed)
        .fit(rng.normal(size=(40, 30)), np.arange(40) % 2)
        .get_support()
        .sum()
        for seed in range(20)
    ]
    assert np.mean(kept) <= 9 / (0.2 * 30)


def test_halves_are_complementary_and_keep_the_classes(planted):
    y = np.repeat([0, 1, 2], [31, 12, 3])
    first, second = StabilitySelector()._pair(y, np.random.RandomState(0))
    assert sorted([*first, *second]) == list(range(46))
    assert np.abs(np.bincount(y[first]) - np.bincount(y[second])).max() <= 1


@pytest.mark.parametrize("selector", [SelectKBest(k=4), AnovaRanker(4)], ids=["SelectKBest", "AnovaRanker"])
def test_any_selector_serves(planted, selector):
    fitted = StabilitySelector(selector, n_pairs=10, random_state=0).fit(*planted)
    assert {7, 21} <= set(fitted.get_support(indices=True))


def test_one_seed_gives_one_result_whatever_the_number_of_jobs():
    X, y = load_breast_cancer(return_X_y=True)
    forest = GiniRanker(3, n_estimators=5)
    one = StabilitySelector(forest, n_pairs=3, random_state=4).fit(X, y)
    with parallel_config("threading"):
        two = StabilitySelector(forest, n_pairs=3, random_state=4, n_jobs=2).fit(X, y)
    assert np.array_equal(one.scores_, two.scores_)


def test_a_regression_outcome_is_halved_without_classes():
    X, y = load_diabetes(return_X_y=True)
    fitted = StabilitySelector(PearsonRanker(2), n_pairs=10, random_state=0).fit(X, y + 0.5)
    assert list(fitted.get_support(indices=True)) == [2, 8]


def test_wrong_arguments_are_refused(planted):
    for settings, message in (
        ({"threshold": 0.5}, r"threshold is a share in \(0.5, 1\]; got 0.5"),
        ({"n_pairs": 0}, "n_pairs is a whole number of at least 1; got 0"),
    ):
        with pytest.raises(ValueError, match=message):
            StabilitySelector(**settings).fit(*planted)
    with pytest.raises(ValueError, match="a class has one patient only"):
        StabilitySelector().fit(np.eye(4), [0, 1, 1, 1])
