"""Random and halving searches draw, drop and score as scikit-learn's own do."""

import numpy as np
import pytest
from scipy.stats import loguniform
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import HalvingGridSearchCV, RandomizedSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from fusionkit.model_selection import FusionHalvingSearchCV, FusionRandomizedSearchCV
from fusionkit.selection import AnovaRanker


def assert_same(reference, search):
    assert list(search.cv_results_) == list(reference.cv_results_)
    assert str(search.cv_results_["params"]) == str(reference.cv_results_["params"])
    for key in reference.cv_results_:
        if "test_" in key:
            np.testing.assert_allclose(search.cv_results_[key], reference.cv_results_[key], rtol=0, atol=1e-12)
    assert str(search.best_params_) == str(reference.best_params_)
    assert search.best_score_ == reference.best_score_


def data():
    X, y = load_breast_cancer(return_X_y=True)
    return X[:200, :12], y[:200]


@pytest.mark.parametrize("engine", ["ranked", "sklearn"])
def test_random_search_draws_the_same_candidates(engine):
    X, y = data()
    pipeline = make_pipeline(StandardScaler(), AnovaRanker(), SVC())
    space = {"anovaranker__n_features_to_select": range(1, 12), "svc__C": loguniform(0.01, 100.0)}
    settings = {"n_iter": 6, "random_state": 0, "cv": 3}
    expected = RandomizedSearchCV(pipeline, space, **settings).fit(X, y)
    assert_same(expected, FusionRandomizedSearchCV(pipeline, space, engine=engine, **settings).fit(X, y))


@pytest.mark.parametrize("engine", ["ranked", "sklearn"])
@pytest.mark.parametrize("resource", ["n_samples", "randomforestclassifier__n_estimators"])
def test_halving_drops_the_same_candidates(engine, resource):
    X, y = data()
    pipeline = make_pipeline(AnovaRanker(), RandomForestClassifier(n_estimators=4, random_state=0))
    grid = {"anovaranker__n_features_to_select": [1, 3, 6], "randomforestclassifier__max_depth": [1, 4, None]}
    settings = {"resource": resource, "random_state": 0, "cv": 3}
    if resource != "n_samples":
        settings["max_resources"] = 9
    expected = HalvingGridSearchCV(pipeline, grid, **settings, return_train_score=False).fit(X, y)
    search = FusionHalvingSearchCV(pipeline, grid, engine=engine, **settings).fit(X, y)
    assert_same(expected, search)
    assert search.n_candidates_ == expected.n_candidates_
    assert search.n_resources_ == expected.n_resources_
