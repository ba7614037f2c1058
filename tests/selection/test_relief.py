"""The Relief family against scikit-rebate: numeric, categorical, mixed and missing values, classes and regression."""

import importlib.util

import numpy as np
import pytest

from fusionkit.selection import MultiSURFRanker, ReliefFRanker, SURFRanker, SURFStarRanker
from fusionkit.selection.relief import distinct_values

RANKERS = [ReliefFRanker, SURFRanker, SURFStarRanker, MultiSURFRanker]
needs_skrebate = pytest.mark.skipif(importlib.util.find_spec("skrebate") is None, reason="scikit-rebate absent")
each = pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: ranker.__name__)


def oracle(ranker, X, y, **settings):
    from tests.selection import relief_oracle

    return relief_oracle.scores(ranker.__name__, X, y, **settings)


def cohort(kind, n=70, p=9, n_classes=2, missing=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)).cumsum(axis=1)
    if kind != "numeric":
        columns = range(p) if kind == "categorical" else range(0, p, 2)
        for column in columns:
            X[:, column] = np.digitize(X[:, column], [-1, 0, 1][: 1 + column % 3])
    y = rng.permutation(np.arange(n) % n_classes) if n_classes else rng.normal(size=n)
    X[:, 1] += y
    X[rng.random(X.shape) < missing] = np.nan
    return X, y


def settings_of(ranker, k=10):
    return {"n_neighbors": k} if ranker is ReliefFRanker else {}


@needs_skrebate
@each
@pytest.mark.parametrize("n_classes", [2, 3, 0], ids=["two classes", "three classes", "regression"])
@pytest.mark.parametrize("missing", [0.0, 0.15], ids=["complete", "missing"])
@pytest.mark.parametrize("kind", ["numeric", "categorical", "mixed"])
def test_scores_and_order_equal_scikit_rebate(ranker, kind, missing, n_classes):
    X, y = cohort(kind, missing=missing, n_classes=n_classes)
    expected = oracle(ranker, X, y, **settings_of(ranker))
    fitted = ranker(5, **settings_of(ranker)).fit(X, y)
    np.testing.assert_allclose(fitted.scores_, expected, atol=1e-12)
    assert np.array_equal(fitted.ranking_, np.argsort(np.argsort(-expected.round(12), kind="stable")) + 1)


def test_few_distinct_values_make_a_categorical_column():
    X = np.array([[0, 1.0, np.nan, 3], [0, 2, np.nan, 3], [np.nan, 3, np.nan, 4], [1, 4, np.nan, 4]])
    assert list(distinct_values(X)) == [2, 4, 0, 2]
