"""The lean logistic regression has scikit-learn's coefficients to the last bit, or steps aside."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_wine
from sklearn.linear_model import LogisticRegression, LogisticRegressionCV
from sklearn.preprocessing import scale

from fusionkit.selection._logistic import lean_logistic


@pytest.mark.parametrize("settings", [{}, {"C": 0.01}, {"C": 100.0, "max_iter": 5000, "tol": 1e-8}], ids=str)
@pytest.mark.parametrize("n_features", [30, 7, 1])
def test_the_weights_are_those_of_scikit_learn_bit_for_bit(settings, n_features):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = scale(X[::3]), np.array(["benign", "malignant"])[y[::3]]
    model = LogisticRegression(**settings)
    weights = lean_logistic(model, X, y)(np.ascontiguousarray(X[:, :n_features]))
    np.testing.assert_array_equal(weights, model.fit(X[:, :n_features].copy(), y).coef_[0])


def test_a_fit_that_does_not_converge_is_left_to_scikit_learn():
    X, y = load_breast_cancer(return_X_y=True)
    assert lean_logistic(LogisticRegression(max_iter=3), X, y)(X) is None


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(class_weight="balanced"),
        LogisticRegression(fit_intercept=False),
        LogisticRegression(solver="newton-cg"),
        LogisticRegression(C=np.inf),
        LogisticRegressionCV(),
    ],
    ids=lambda model: repr(model)[:50],
)
def test_any_other_regression_is_left_to_scikit_learn(model):
    X, y = load_breast_cancer(return_X_y=True)
    assert lean_logistic(model, X, y) is None


def test_three_classes_are_left_to_scikit_learn():
    assert lean_logistic(LogisticRegression(), *load_wine(return_X_y=True)) is None
