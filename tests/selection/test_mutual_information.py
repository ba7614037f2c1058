"""Mutual information equals scikit-learn's, given the same seed."""

import functools

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.feature_selection import mutual_info_classif, mutual_info_regression
from sklearn.neighbors import NearestNeighbors

from fusionkit.selection import MutualInformationRanker
from fusionkit.selection import mutual_information as module


def assert_equal(ranker, expected):
    np.testing.assert_allclose(ranker.scores_, expected, rtol=0, atol=1e-12)
    assert np.array_equal(ranker.ranking_, np.argsort(np.argsort(-expected.round(12), kind="stable")) + 1)


def with_ties(X):
    """Rounded values, a column of few values, a constant one and a copy."""
    X = X.copy()
    X[:, 0] = X[:, 0].round(0)
    X[:, 1] = X[:, 1] > np.median(X[:, 1])
    X[:, 2] = 7.1
    X[:, 4] = X[:, 3]
    return X


@pytest.fixture
def exact_distances(monkeypatch):
    """scikit-learn with a tree in small groups too, where it would expand squares and round."""
    exact = functools.partial(NearestNeighbors, algorithm="kd_tree")
    monkeypatch.setattr("sklearn.feature_selection._mutual_info.NearestNeighbors", exact)


@pytest.mark.parametrize("n_neighbors", [1, 3, 10])
@pytest.mark.parametrize("prepare", [np.copy, with_ties], ids=["as measured", "ties"])
@pytest.mark.parametrize("load", [load_breast_cancer, load_wine], ids=["two classes", "three classes"])
def test_classes_equal_scikit_learn(load, prepare, n_neighbors):
    X, y = load(return_X_y=True)
    X = prepare(X)
    expected = mutual_info_classif(X, y, n_neighbors=n_neighbors, random_state=7)
    assert_equal(MutualInformationRanker(5, n_neighbors=n_neighbors, random_state=7).fit(X, y), expected)


@pytest.mark.parametrize("n_neighbors", [1, 3, 20])
@pytest.mark.parametrize("prepare", [np.copy, with_ties], ids=["as measured", "ties"])
def test_regression_equals_scikit_learn(prepare, n_neighbors):
    X, y = load_diabetes(return_X_y=True)
    X = prepare(X)
    expected = mutual_info_regression(X, y, n_neighbors=n_neighbors, random_state=7)
    ranker = MutualInformationRanker(5, n_neighbors=n_neighbors, task="regression", random_state=7)
    assert_equal(ranker.fit(X, y), expected)


@pytest.mark.parametrize("discrete", [[0, 3], [True] * 3 + [False] * 10, True])
@pytest.mark.parametrize(
    ("task", "reference"), [("classification", mutual_info_classif), ("regression", mutual_info_regression)]
)
def test_discrete_features_equal_scikit_learn_with_exact_distances(exact_distances, task, reference, discrete):
    X, y = load_wine(return_X_y=True)
    X = X.round(0)
    expected = reference(X, y, discrete_features=discrete, random_state=1)
    assert_equal(MutualInformationRanker(5, discrete_features=discrete, task=task, random_state=1).fit(X, y), expected)


@pytest.mark.parametrize("sizes", [(40, 2), (30, 1), (30, 7, 5, 1, 3)], ids=str)
def test_tiny_classes_equal_scikit_learn_with_exact_distances(exact_distances, sizes):
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(len(sizes)), sizes)
    X = rng.normal(size=(y.size, 25)) + 0.3 * y[:, None]
    expected = mutual_info_classif(X, y, random_state=3)
    assert_equal(MutualInformationRanker(5, random_state=3).fit(X, y), expected)


def test_a_wide_table_is_worked_on_in_parts(monkeypatch):
    X, y = load_breast_cancer(return_X_y=True)
    for task in ("classification", "regression"):
        ranker = MutualInformationRanker(5, task=task, random_state=0)
        whole = ranker.fit(X, y).scores_
        with monkeypatch.context() as patch:
            patch.setattr(module, "CHUNK", 4000)
            assert np.array_equal(ranker.fit(X, y).scores_, whole)


def test_a_relation_without_correlation_is_found():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(200, 5))
    y = (np.abs(X[:, 3]) > 0.7).astype(int)
    assert MutualInformationRanker(1, random_state=0).fit(X, y).ranking_[3] == 1


def test_wrong_arguments_are_refused():
    X, y = np.random.default_rng(0).normal(size=(10, 3)), np.arange(10) % 2
    with pytest.raises(ValueError, match="n_neighbors is a whole number of at least 1; got 0"):
        MutualInformationRanker(1, n_neighbors=0).fit(X, y)
    with pytest.raises(ValueError, match=r"discrete_features is a mask of 3 or column indices from 0 to 2; got \[5\]"):
        MutualInformationRanker(1, discrete_features=[5]).fit(X, y)
    with pytest.raises(ValueError, match="n_neighbors=30 needs more than 30 patients; got 10"):
        MutualInformationRanker(1, n_neighbors=30, task="regression").fit(X, y)
    with pytest.raises(ValueError, match="each patient is alone in its class"):
        MutualInformationRanker(1).fit(X, np.arange(10))
