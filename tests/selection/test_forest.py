"""Gini importance is the random forest's."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

from fusionkit.selection import GiniRanker


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
