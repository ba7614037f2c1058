"""Recursive elimination keeps, at every number of features, what scikit-learn's RFE keeps."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler, scale
from sklearn.svm import SVC, LinearSVR
from sklearn.tree import DecisionTreeClassifier

from fusionkit.selection import RFERanker

MODELS = {
    "logistic": LogisticRegression(max_iter=500),
    "svm": SVC(kernel="linear"),
    "tree, many equal importances": DecisionTreeClassifier(max_depth=3, random_state=0),
    "forest": pytest.param(RandomForestClassifier(4, max_depth=3, random_state=0), marks=pytest.mark.slow),
}


@pytest.mark.parametrize("step", [1, 4, 0.3])
@pytest.mark.parametrize("load", [load_breast_cancer, load_wine], ids=["two classes", "three classes"])
@pytest.mark.parametrize("model", MODELS.values(), ids=list(MODELS))
def test_the_features_kept_are_those_of_scikit_learn_at_every_number(model, load, step):
    X, y = load(return_X_y=True)
    X, y = scale(X[::4, :12]), y[::4]
    ranker = RFERanker("all", model, step).fit(X, y)
    for k in range(1, 13, 2 if step == 1 else 1):
        reference = RFE(model, n_features_to_select=k, step=step).fit(X, y)
        assert np.array_equal(ranker.set_params(n_features_to_select=k).get_support(), reference.support_)


@pytest.mark.parametrize("model", [Ridge(), LinearSVR(random_state=0, max_iter=5000)], ids=["ridge", "svr"])
def test_regression_models_eliminate_as_in_scikit_learn(model):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 8))
    y = X @ rng.normal(size=8) + rng.normal(size=60)
    ranker = RFERanker("all", model).fit(X, y)
    for k in range(1, 9):
        assert np.array_equal(ranker.ranking_ <= k, RFE(model, n_features_to_select=k).fit(X, y).support_)


def test_scores_count_the_features_that_went_before():
    X, y = load_wine(return_X_y=True)
    ranker = RFERanker(3, step=5).fit(scale(X), y)
    assert sorted(ranker.scores_) == list(range(13))
    assert np.array_equal(ranker.scores_, 13 - ranker.ranking_)


def test_a_pipeline_may_eliminate():
    X, y = load_wine(return_X_y=True)
    piped = RFERanker(3, make_pipeline(StandardScaler(), LogisticRegression())).fit(X, y)
    assert np.array_equal(piped.ranking_, RFERanker(3, LogisticRegression()).fit(scale(X), y).ranking_)


@pytest.mark.parametrize("step", [0, -1, 1.5, "one", True])
def test_a_step_that_is_neither_count_nor_share_is_refused(step):
    with pytest.raises(ValueError, match=r"step is a count of at least 1 or a share in \(0, 1\); got"):
        RFERanker(1, step=step).fit(np.eye(4), [0, 1, 0, 1])


def test_a_model_without_importances_is_refused():
    X, y = load_wine(return_X_y=True)
    with pytest.raises(ValueError, match="KNeighborsClassifier has neither coef_ nor feature_importances_"):
        RFERanker(3, KNeighborsClassifier()).fit(X, y)


def test_regression_needs_an_estimator():
    with pytest.raises(ValueError, match="estimator=None is a logistic regression, which needs classes"):
        RFERanker(1).fit(np.eye(4), [0.5, 1.5, 2.5, 1.0])
