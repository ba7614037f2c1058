"""L1 coefficients are those of scikit-learn's sparse models."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.feature_selection import SelectFromModel
from sklearn.linear_model import ElasticNet, LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.preprocessing import scale
from sklearn.svm import LinearSVC

from fusionkit.selection import L1Ranker
from fusionkit.selection.l1 import BY_RATIO


def logistic(l1_ratio, solver, **settings):
    penalty = {} if BY_RATIO else {"penalty": "l1" if solver == "liblinear" else "elasticnet"}
    return LogisticRegression(l1_ratio=l1_ratio, solver=solver, max_iter=5000, random_state=0, **penalty, **settings)


@pytest.fixture(scope="module")
def cancer():
    X, y = load_breast_cancer(return_X_y=True)
    return scale(X), y


MODELS = {
    "logistic": (logistic(1.0, "liblinear", C=0.2), {"C": 0.2}),
    "balanced logistic": (logistic(1.0, "liblinear", class_weight="balanced"), {"class_weight": "balanced"}),
    "svm": (LinearSVC(penalty="l1", dual=False, C=0.05, max_iter=5000, random_state=0), {"model": "svm", "C": 0.05}),
    "elastic net": (logistic(0.7, "saga", C=0.1), {"model": "elastic_net", "C": 0.1, "l1_ratio": 0.7}),
}


@pytest.mark.parametrize(("reference", "settings"), MODELS.values(), ids=list(MODELS))
def test_the_features_kept_are_those_with_the_largest_coefficients(cancer, reference, settings):
    ranker = L1Ranker(6, random_state=0, **settings).fit(*cancer)
    expected = np.abs(reference.fit(*cancer).coef_[0])
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-9)
    selected = SelectFromModel(reference, max_features=6, threshold=-np.inf).fit(*cancer)
    assert np.array_equal(ranker.get_support(), selected.get_support())


def test_three_classes_are_taken_one_against_the_rest():
    X, y = load_wine(return_X_y=True)
    models = OneVsRestClassifier(LinearSVC(penalty="l1", dual=False, random_state=0, max_iter=5000)).fit(scale(X), y)
    expected = sum(np.abs(model.coef_[0]) for model in models.estimators_)
    np.testing.assert_allclose(L1Ranker(5, "svm", random_state=0).fit(scale(X), y).scores_, expected, rtol=1e-9)


def test_regression_is_the_elastic_net():
    X, y = load_diabetes(return_X_y=True)
    X = scale(X)
    ranker = L1Ranker(5, "elastic_net", C=0.01, l1_ratio=1.0, task="regression").fit(X, y)
    expected = np.abs(ElasticNet(alpha=100 / 442, l1_ratio=1.0, max_iter=5000).fit(X, y).coef_)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-12)
    assert ranker.n_iter_ >= 1


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model": "ridge"}, "model is 'elastic_net' or 'logistic' or 'svm' for classification; got 'ridge'"),
        ({"task": "regression"}, "model is 'elastic_net' for regression; got 'logistic'"),
        ({"C": 0}, "C is a number above 0; got 0"),
        ({"l1_ratio": 0}, "l1_ratio is above 0 and at most 1; got 0"),
    ],
)
def test_wrong_arguments_are_refused(cancer, settings, message):
    with pytest.raises(ValueError, match=message):
        L1Ranker(3, **settings).fit(*cancer)
