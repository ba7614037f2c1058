"""One-feature-at-a-time scores against scikit-learn and scipy."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.feature_selection import chi2, f_classif, f_regression, r_regression

from fusionkit.selection import AnovaRanker, Chi2Ranker, PearsonRanker, SpearmanRanker

TABLES = {"two classes": load_breast_cancer, "three classes": load_wine}


def order_of(scores):
    return np.argsort(np.argsort(-scores, kind="stable")) + 1


@pytest.mark.parametrize("load", TABLES.values(), ids=list(TABLES))
def test_anova_equals_scikit_learn(load):
    X, y = load(return_X_y=True)
    expected = f_classif(X, y)[0]
    ranker = AnovaRanker().fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-9)
    assert np.array_equal(ranker.ranking_, order_of(expected))


def test_anova_of_a_regression_equals_scikit_learn():
    X, y = load_diabetes(return_X_y=True)
    expected = f_regression(X, y)[0]
    for ranker in (AnovaRanker(5, task="regression").fit(X, y), AnovaRanker(5).fit(X, y + 0.5)):
        np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-9)
        assert np.array_equal(ranker.ranking_, order_of(expected))


def test_anova_of_text_labels_is_that_of_their_codes():
    X, y = load_wine(return_X_y=True)
    text = np.array(["grade " + "abc"[i] for i in y])
    assert np.array_equal(AnovaRanker().fit(X, text).scores_, AnovaRanker().fit(X, y).scores_)


def test_a_constant_column_has_no_score_even_where_its_mean_rounds():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(30, 3)), np.repeat([0, 1], 15)
    X[:, 1] = 0.1
    for ranker in (AnovaRanker(2), PearsonRanker(2), SpearmanRanker(2)):
        ranker.fit(X, y)
        assert np.isnan(ranker.scores_[1])
        assert ranker.ranking_[1] == 3


def test_a_large_mean_costs_no_digits():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(50, 4)), np.repeat([0, 1], 25)
    np.testing.assert_allclose(AnovaRanker(2).fit(X + 2.0**20, y).scores_, AnovaRanker(2).fit(X, y).scores_, rtol=1e-7)


def test_a_perfect_separation_is_first():
    X, y = np.random.default_rng(2).normal(size=(20, 3)), np.repeat([0, 1], 10)
    X[:, 2] = y
    ranker = AnovaRanker(1).fit(X, y)
    assert ranker.scores_[2] == np.inf
    assert ranker.ranking_[2] == 1


@pytest.mark.parametrize("load", [load_breast_cancer, load_diabetes], ids=["two classes", "regression"])
def test_pearson_equals_scikit_learn(load):
    X, y = load(return_X_y=True)
    expected = np.abs(r_regression(X, y))
    ranker = PearsonRanker(5).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-10)
    assert np.array_equal(ranker.ranking_, order_of(expected))


@pytest.mark.parametrize("load", [load_breast_cancer, load_diabetes, load_wine])
def test_spearman_equals_scipy(load):
    X, y = load(return_X_y=True)
    expected = np.array([abs(spearmanr(column, y).statistic) for column in X.T])
    ranker = SpearmanRanker(5).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-10)
    assert np.array_equal(ranker.ranking_, order_of(expected))


def test_two_labels_correlate_as_zero_and_one():
    X, y = load_breast_cancer(return_X_y=True)
    text = np.where(y == 1, "yes", "no")
    assert np.array_equal(PearsonRanker().fit(X, text).scores_, PearsonRanker().fit(X, y).scores_)


def test_three_labels_without_order_do_not_correlate():
    X, y = load_wine(return_X_y=True)
    with pytest.raises(ValueError, match="SpearmanRanker needs an outcome of numbers or of two classes; got 3 labels"):
        SpearmanRanker().fit(X, np.array(list("abc"))[y])


@pytest.mark.parametrize("load", TABLES.values(), ids=list(TABLES))
def test_chi_squared_equals_scikit_learn(load):
    X, y = load(return_X_y=True)
    expected = chi2(X, y)[0]
    ranker = Chi2Ranker(5).fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-12)
    assert np.array_equal(ranker.ranking_, order_of(expected))


def test_chi_squared_of_a_column_of_zeros_is_undefined_and_of_negative_values_refused():
    X, y = load_wine(return_X_y=True)
    X[:, 3] = 0
    ranker = Chi2Ranker(5).fit(X, y)
    assert np.isnan(ranker.scores_[3])
    assert ranker.ranking_[3] == 13
    with pytest.raises(
        ValueError, match="Negative values in data passed to Chi2Ranker: 12 columns, the first at index 0"
    ):
        Chi2Ranker(5).fit(-X, y)
