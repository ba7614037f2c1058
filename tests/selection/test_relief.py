"""The Relief family against scikit-rebate: numeric, categorical, mixed and missing values, classes and regression."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer

from fusionkit.selection import MultiSURFRanker, ReliefFRanker, SURFRanker, SURFStarRanker
from fusionkit.selection.relief import distinct_values

RANKERS = [ReliefFRanker, SURFRanker, SURFStarRanker, MultiSURFRanker]
needs_skrebate = pytest.mark.skipif(importlib.util.find_spec("skrebate") is None, reason="scikit-rebate absent")
each = pytest.mark.parametrize("ranker", RANKERS, ids=lambda ranker: ranker.__name__)


def oracle(ranker, X, y, **settings):
    from tests.reference import relief_oracle

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
@pytest.mark.slow
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


@needs_skrebate
@each
def test_scikit_rebate_as_it_is_agrees_on_complete_numeric_data(ranker):
    X, y = load_breast_cancer(return_X_y=True)
    X, y = X[::4], y[::4]
    expected = oracle(ranker, X, y, mended=False, **settings_of(ranker))
    np.testing.assert_allclose(ranker(5, **settings_of(ranker)).fit(X, y).scores_, expected, rtol=0, atol=1e-12)


@needs_skrebate
@pytest.mark.slow
@pytest.mark.parametrize("ranker", [ReliefFRanker, MultiSURFRanker], ids=lambda ranker: ranker.__name__)
def test_heart_equals_scikit_rebate(real_data, ranker):
    """13 columns, mixed, six missing values; many equal distances for ReliefF, taken in the order of rows."""
    heart = pd.read_csv(real_data / "heart" / "heart.csv", index_col="patient_id")
    heart = pd.concat([heart[heart.isna().any(axis=1)], heart.iloc[::4]])
    y = (heart.pop("coronary_disease") == "yes").to_numpy().astype(int)
    expected = oracle(ranker, heart, y, mended=ranker is ReliefFRanker, **settings_of(ranker))
    fitted = ranker(5, **settings_of(ranker)).fit(heart, y)
    np.testing.assert_allclose(fitted.scores_, expected, rtol=0, atol=1e-12)
    assert "thallium_scan" in fitted.get_feature_names_out()


@pytest.mark.parametrize("sizes", [(20, 3), (20, 1), (12, 9, 2)], ids=str)
def test_a_patient_is_never_its_own_hit(sizes):
    """With fewer members than neighbours, all others of the class count, and no one is at distance zero from itself."""
    y = np.repeat(np.arange(len(sizes)), sizes)
    X = np.random.default_rng(0).normal(size=(y.size, 4))
    span = np.ptp(X, axis=0)
    expected = np.zeros(4)
    for i in range(y.size):
        difference = np.abs(X - X[i]) / span
        hits = (y == y[i]) & (np.arange(y.size) != i)
        misses = [difference[y == other] for other in np.unique(y) if other != y[i]]
        counts = np.array([len(miss) for miss in misses])
        expected += sum(m.sum(axis=0) * len(m) for m in misses) * len(misses) / counts.sum() ** 2
        expected -= difference[hits].mean(axis=0) if hits.any() else 0
    fitted = ReliefFRanker(2, n_neighbors=50).fit(X, y)
    np.testing.assert_allclose(fitted.scores_, expected / y.size, atol=1e-12)


@each
def test_blocks_and_tiles_do_not_show(ranker):
    """601 patients fill several blocks and tiles; turning the rows round changes no score."""
    X, y = cohort("mixed", n=601, p=5, missing=0.05)
    once, turned = ranker(2).fit(X, y), ranker(2).fit(X[::-1], y[::-1])
    np.testing.assert_allclose(once.scores_, turned.scores_, atol=1e-3 if ranker is ReliefFRanker else 1e-12)
    assert once.ranking_[1] == 1


@each
def test_scores_do_not_depend_on_units(ranker):
    X, y = cohort("numeric")
    np.testing.assert_allclose(ranker(2).fit(1000 * X + 7, y).scores_, ranker(2).fit(X, y).scores_, atol=1e-9)


def test_an_interaction_without_main_effects_is_found():
    rng = np.random.default_rng(0)
    X = rng.integers(0, 2, size=(150, 12)).astype(float)
    y = np.logical_xor(X[:, 4], X[:, 9]).astype(int)
    for ranker in (ReliefFRanker(2), MultiSURFRanker(2), SURFStarRanker(2)):
        assert list(ranker.fit(X, y).get_support(indices=True)) == [4, 9]


def test_categories_can_be_named():
    X, y = cohort("numeric")
    X = X.round(0)
    mask = np.arange(9) < 3
    named = ReliefFRanker(2, categorical_features=[0, 1, 2]).fit(X, y)
    assert np.array_equal(named.scores_, ReliefFRanker(2, categorical_features=mask).fit(X, y).scores_)
    assert not np.allclose(named.scores_, ReliefFRanker(2, categorical_features=None).fit(X, y).scores_)
    with pytest.raises(ValueError, match="categorical_features is a mask of 9 or column indices from 0 to 8"):
        ReliefFRanker(2, categorical_features=[9]).fit(X, y)


@pytest.mark.parametrize("n_neighbors", [0, 2.5, "all"])
def test_a_wrong_number_of_neighbours_is_refused(n_neighbors):
    with pytest.raises(ValueError, match="n_neighbors is a whole number of at least 1; got"):
        ReliefFRanker(2, n_neighbors=n_neighbors).fit(*cohort("numeric"))
