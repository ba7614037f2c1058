"""A lean forest is scikit-learn's forest, tree for tree and vote for vote, and so are its beginnings."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import make_classification
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)

from fusionkit.selection._forest import forest_slice, lean_forest

FORESTS = [
    RandomForestClassifier(),
    RandomForestClassifier(criterion="entropy", class_weight="balanced_subsample", max_samples=0.7, max_depth=3),
    RandomForestClassifier(max_leaf_nodes=6, class_weight={0: 1.0, 1: 3.0, 2: 1.0}, max_features=None),
    ExtraTreesClassifier(class_weight="balanced", min_weight_fraction_leaf=0.02, max_features=0.3),
    ExtraTreesClassifier(bootstrap=True, min_samples_split=0.1, min_impurity_decrease=0.01),
    RandomForestRegressor(max_leaf_nodes=9, min_samples_leaf=3),
    RandomForestRegressor(criterion="absolute_error", max_depth=4),
    ExtraTreesRegressor(ccp_alpha=0.01, min_samples_leaf=0.05),
]


@pytest.mark.parametrize("missing", [False, True], ids=["whole", "missing values"])
@pytest.mark.parametrize("forest", FORESTS, ids=lambda forest: repr(forest)[:60])
def test_a_lean_forest_and_its_beginnings_predict_exactly_as_scikit_learn_s(forest, missing):
    if missing and forest.criterion == "absolute_error":
        pytest.skip("scikit-learn refuses missing values with this criterion")
    X, y = make_classification(150, 12, n_informative=6, n_classes=3, random_state=0)
    outcome = y if hasattr(forest, "predict_proba") else X[:, 0] + X[:, 1] ** 2
    if missing:
        X = np.where(X > 2.0, np.nan, X)
    lean = lean_forest(clone(forest).set_params(n_estimators=12, random_state=3), [1, 5, 12]).fit(
        X[:100], outcome[:100]
    )
    for n_trees in (5, 12, 1):
        expected = clone(forest).set_params(n_estimators=n_trees, random_state=3).fit(X[:100], outcome[:100])
        part = forest_slice(lean, n_trees)
        for method in ("predict", "predict_proba", "score"):
            if hasattr(expected, method):
                arguments = (X[100:], outcome[100:])[: 2 if method == "score" else 1]
                np.testing.assert_array_equal(getattr(part, method)(*arguments), getattr(expected, method)(*arguments))
        np.testing.assert_array_equal(part.feature_importances_, expected.feature_importances_)


def test_a_forest_of_several_outcomes_is_left_to_scikit_learn():
    X, y = make_classification(80, 6, random_state=0)
    several = np.column_stack([y, 1 - y])
    forest = RandomForestClassifier(n_estimators=4, random_state=0)
    part = forest_slice(lean_forest(forest, [2, 4]).fit(X, several), 2)
    expected = clone(forest).set_params(n_estimators=2).fit(X, several)
    np.testing.assert_array_equal(part.predict(X), expected.predict(X))
