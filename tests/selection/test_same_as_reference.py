"""Scores and order of the packages that a ranker replaces: the sample, real patients, and the same made awkward."""

import functools
import importlib.util

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import RFE, chi2, f_classif, mutual_info_classif, r_regression
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import NearestNeighbors

from fusionkit import selection
from fusionkit.datasets import load_sample


def sample(real_data):
    """Age, performance status and four blood tests of 80 patients, some of them missing."""
    found = load_sample()
    X = found.clinical.set_index("patient_id")[["age", "performance_status"]]
    X = X.join(found.labs.pivot_table(index="patient_id", columns="name", values="value", aggfunc="first"))
    return X, (found.clinical["malignant"] == "yes").to_numpy().astype(int)


def heart(real_data):
    """13 columns, mostly codes, of all patients with a missing value and every fourth of the others."""
    table = pd.read_csv(real_data().joinpath("heart", "heart.csv"), index_col="patient_id")
    table = pd.concat([table[table.isna().any(axis=1)], table.iloc[::4]])
    return table, (table.pop("coronary_disease") == "yes").to_numpy().astype(int)


def cancer(real_data):
    X, y = load_breast_cancer(return_X_y=True, as_frame=True)
    return X[::5].set_axis(X.columns.str.replace(" ", "_"), axis=1), y[::5].to_numpy()


TABLES = {"sample": sample, "heart": heart, "cancer": cancer}


def awkward(X, y):
    """A constant column, a copy, rounded values that tie, and only three patients of the rarer class."""
    rare = np.flatnonzero(y == np.bincount(y).argmin())[3:]
    X, y = X.drop(X.index[rare]).reset_index(drop=True), np.delete(y, rare)
    X = X.assign(**{X.columns[0]: X.iloc[:, 0].round(-1), X.columns[1]: 7.0})
    return X.assign(copy=X.iloc[:, 2]), y


@pytest.fixture(params=["as it is", "awkward"])
def table(request):
    X, y = TABLES[request.node.callspec.params["name"]](lambda: request.getfixturevalue("real_data"))
    return awkward(X, y) if request.param == "awkward" else (X, y)


@pytest.fixture
def exact_distances(monkeypatch):
    """scikit-learn with a tree in small classes too, where it would expand squares and round."""
    exact = functools.partial(NearestNeighbors, algorithm="kd_tree")
    monkeypatch.setattr("sklearn.feature_selection._mutual_info.NearestNeighbors", exact)


def relief(name):
    def scores(X, y):
        from tests.reference import relief_oracle

        return relief_oracle.scores(name, X, y, **({"n_neighbors": 10} if name == "ReliefFRanker" else {}))

    return scores


def forest(X, y):
    return RandomForestClassifier(25, random_state=0).fit(X, y).feature_importances_


def elimination(X, y):
    return -RFE(LogisticRegression(max_iter=1000), n_features_to_select=1).fit(X, y).ranking_.astype(float)


def positive(X):
    return X - X.min()


def undefined_where_constant(scores):
    """Zero divided by zero: scikit-learn gives what the rounding of the mean leaves of it, infinity for instance."""
    return lambda X, y: np.where(np.ptp(X.to_numpy(), axis=0) == 0, np.nan, scores(X, y))


FILLED = {
    "anova": (selection.AnovaRanker(3), undefined_where_constant(lambda X, y: f_classif(X, y)[0])),
    "pearson": (selection.PearsonRanker(3), undefined_where_constant(lambda X, y: np.abs(r_regression(X, y)))),
    "spearman": (selection.SpearmanRanker(3), lambda X, y: np.abs([spearmanr(X[c], y).statistic for c in X])),
    "mutual information": (
        selection.MutualInformationRanker(3, random_state=0),
        lambda X, y: mutual_info_classif(X, y, random_state=0),
    ),
}
WITH_GAPS = {
    "gini": (selection.GiniRanker(3, n_estimators=25, random_state=0), forest),
    **{
        name: (getattr(selection, name)(3), relief(name))
        for name in ("ReliefFRanker", "SURFRanker", "SURFStarRanker", "MultiSURFRanker")
    },
}
RELIEF = [name for name in WITH_GAPS if name != "gini"]
needs_skrebate = pytest.mark.skipif(importlib.util.find_spec("skrebate") is None, reason="scikit-rebate absent")
quiet = pytest.mark.filterwarnings("ignore::RuntimeWarning", "ignore:An input array is constant", "ignore:Features")
every_table = pytest.mark.parametrize("name", TABLES)


def filled(X):
    return X.fillna(X.median())


def order_of(scores):
    return np.argsort(np.argsort(-scores.round(11), kind="stable")) + 1


def assert_same(ranker, scores, X, y):
    expected = scores(X, y)
    ranker.fit(X, y)
    np.testing.assert_allclose(ranker.scores_, expected, rtol=1e-9, atol=1e-11)
    assert np.array_equal(ranker.ranking_, order_of(expected))


@quiet
@every_table
@pytest.mark.parametrize("ranker", FILLED)
def test_a_ranker_of_complete_tables(ranker, name, table, exact_distances):
    X, y = table
    assert_same(*FILLED[ranker], filled(X), y)


@quiet
@every_table
@pytest.mark.parametrize(
    "ranker",
    ["gini", *(pytest.param(name, marks=[pytest.mark.slow, needs_skrebate]) for name in RELIEF)],
)
def test_a_ranker_that_welcomes_missing_values(ranker, name, table):
    assert_same(*WITH_GAPS[ranker], *table)


@quiet
@every_table
def test_chi_squared(name, table):
    X, y = table
    assert_same(selection.Chi2Ranker(3), lambda X, y: chi2(X, y)[0], positive(filled(X)), y)


@every_table
def test_recursive_elimination(name, table):
    X, y = table
    X = filled(X)
    X = (X - X.mean()) / X.std().replace(0.0, 1.0)
    ranker = selection.RFERanker("all").fit(X, y)
    assert np.array_equal(ranker.ranking_, order_of(elimination(X, y)))


@quiet
@every_table
def test_mrmr(name, table):
    mrmr = pytest.importorskip("mrmr")
    X, y = table
    picked, relevance, _ = mrmr.mrmr_classif(
        X, pd.Series(y, index=X.index), K=X.shape[1], n_jobs=1, show_progress=False, return_scores=True
    )
    ranker = selection.MRMRRanker(3).fit(X, y)
    assert list(X.columns[np.argsort(ranker.ranking_)])[: len(picked)] == picked
    expected = relevance.reindex(X.columns).to_numpy()
    known = np.isfinite(expected) & (expected > 0)
    np.testing.assert_allclose(ranker.relevance_[known], expected[known], rtol=1e-9)
