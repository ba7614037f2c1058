"""Forward and backward search keep, at every number of features, what scikit-learn's search keeps."""

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine
from sklearn.feature_selection import SequentialFeatureSelector
from sklearn.linear_model import Ridge
from sklearn.naive_bayes import GaussianNB

from fusionkit.selection import SequentialRanker

X_WINE, Y_WINE = load_wine(return_X_y=True)
X_WINE = X_WINE[:, :6]


def reference(model, k, direction, X, y, **settings):
    return SequentialFeatureSelector(model, n_features_to_select=k, direction=direction, cv=3, **settings).fit(X, y)


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_classes_as_in_scikit_learn(direction):
    ranker = SequentialRanker(GaussianNB(), "all", direction, scoring="balanced_accuracy", cv=3).fit(X_WINE, Y_WINE)
    for k in (1, 2, 4):
        expected = reference(GaussianNB(), k, direction, X_WINE, Y_WINE, scoring="balanced_accuracy")
        assert np.array_equal(ranker.set_params(n_features_to_select=k).get_support(), expected.get_support())


@pytest.mark.parametrize("direction", ["forward", "backward"])
def test_regression_as_in_scikit_learn(direction):
    X, y = load_diabetes(return_X_y=True)
    ranker = SequentialRanker(Ridge(), "all", direction, cv=3).fit(X[:, :6], y)
    for k in (1, 3, 5):
        expected = reference(Ridge(), k, direction, X[:, :6], y)
        assert np.array_equal(ranker.ranking_ <= k, expected.get_support())


def test_fewer_steps_give_the_same_features_as_far_as_they_go():
    for direction, ks in (("forward", (1, 3)), ("backward", (3, 5))):
        whole = SequentialRanker(GaussianNB(), 3, direction, cv=3).fit(X_WINE, Y_WINE)
        part = SequentialRanker(GaussianNB(), 3, direction, n_features_ranked=3, cv=3).fit(X_WINE, Y_WINE)
        assert sorted(part.ranking_) == list(range(1, 7))
        for k in ks:
            assert np.array_equal(part.ranking_ <= k, whole.ranking_ <= k)


def test_a_wrong_direction_is_refused():
    with pytest.raises(ValueError, match="direction is 'forward' or 'backward'; got 'both'"):
        SequentialRanker(GaussianNB(), 2, "both").fit(X_WINE, Y_WINE)
