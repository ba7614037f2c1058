"""Gini importance is the random forest's, the Gini coefficient that of a tree with one cut."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.tree import DecisionTreeClassifier

from fusionkit.selection import GiniCoefficientRanker, GiniRanker
from fusionkit.selection import gini as module


def test_scores_are_the_forests_importances():
    X, y = load_breast_cancer(return_X_y=True)
    ranker = GiniRanker(5, n_estimators=20, min_samples_leaf=2, class_weight="balanced", random_state=4).fit(X, y)
    forest = RandomForestClassifier(20, min_samples_leaf=2, class_weight="balanced", random_state=4).fit(X, y)
    assert np.array_equal(ranker.scores_, forest.feature_importances_)
    assert ranker.scores_.sum() == pytest.approx(1.0)


def test_regression_takes_a_forest_of_regressors():
    X, y = load_diabetes(return_X_y=True)
    ranker = GiniRanker(5, n_estimators=10, max_features=None, task="regression", random_state=1).fit(X, y)
    forest = RandomForestRegressor(10, max_features=None, random_state=1).fit(X, y)
    assert np.array_equal(ranker.scores_, forest.feature_importances_)


def test_missing_values_are_welcome():
    X, y = load_breast_cancer(return_X_y=True)
    X[::7, 3] = np.nan
    ranker = GiniRanker(5, n_estimators=20, random_state=0).fit(X, y)
    assert ranker.transform(X).shape == (569, 5)


def one_cut(column, y):
    """The decrease of impurity by scikit-learn's best tree of one cut."""
    tree = DecisionTreeClassifier(max_depth=1, random_state=0).fit(column[:, None], y).tree_
    if tree.node_count == 1:
        return 0.0
    share = tree.n_node_samples / tree.n_node_samples[0]
    return tree.impurity[0] - share[1] * tree.impurity[1] - share[2] * tree.impurity[2]


@pytest.mark.parametrize("load", [load_breast_cancer, load_wine], ids=["two classes", "three classes"])
def test_the_gini_coefficient_is_the_decrease_by_a_tree_of_one_cut(load):
    X, y = load(return_X_y=True)
    X = X.astype(np.float32).astype(float)
    X[:, 1] = X[:, 1].round(0)
    X[:, 2] = 4.2
    expected = np.array([one_cut(column, y) for column in X.T])
    ranker = GiniCoefficientRanker(5).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=0, atol=1e-12)
    assert np.array_equal(ranker.ranking_, np.argsort(np.argsort(-expected.round(12), kind="stable")) + 1)
    assert ranker.scores_[2] == 0


def test_a_wide_table_is_cut_in_parts(monkeypatch):
    X, y = load_wine(return_X_y=True)
    whole = GiniCoefficientRanker(5).fit(X, y).scores_
    monkeypatch.setattr(module, "CHUNK", 1000)
    assert np.array_equal(GiniCoefficientRanker(5).fit(X, y).scores_, whole)


def test_the_gini_coefficient_needs_classes():
    X, y = load_diabetes(return_X_y=True)
    with pytest.raises(ValueError, match="continuous"):
        GiniCoefficientRanker(5).fit(X, y + 0.5)
