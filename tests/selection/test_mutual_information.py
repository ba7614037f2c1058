"""Mutual information equals scikit-learn's, given the same seed."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression

from fusionkit.selection import MutualInformationRanker


@pytest.mark.parametrize("n_neighbors", [1, 3, 10])
@pytest.mark.parametrize("load", [load_breast_cancer, load_wine], ids=["two classes", "three classes"])
def test_classes_equal_scikit_learn(load, n_neighbors):
    X, y = load(return_X_y=True)
    X[:, 4] = X[:, 4].round(1)
    expected = mutual_info_classif(X, y, n_neighbors=n_neighbors, random_state=7)
    ranker = MutualInformationRanker(5, n_neighbors=n_neighbors, random_state=7).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=0, atol=1e-12)
    assert np.array_equal(ranker.ranking_, np.argsort(np.argsort(-expected, kind="stable")) + 1)


def test_regression_equals_scikit_learn():
    X, y = load_diabetes(return_X_y=True)
    expected = mutual_info_regression(X, y, random_state=7)
    ranker = MutualInformationRanker(5, task="regression", random_state=7).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=0, atol=1e-12)
