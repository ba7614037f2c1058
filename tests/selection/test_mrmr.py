"""mRMR picks in the order of mrmr_selection."""

import importlib.util

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from fusionkit.selection import MRMRRanker
from fusionkit.selection import mrmr as module

needs_mrmr = pytest.mark.skipif(importlib.util.find_spec("mrmr") is None, reason="mrmr_selection absent")


def picked(X, y, task="classification"):
    import mrmr

    select = mrmr.mrmr_classif if task == "classification" else mrmr.mrmr_regression
    frame, outcome = pd.DataFrame(X), pd.Series(y)
    return select(frame, outcome, K=frame.shape[1], n_jobs=1, show_progress=False, return_scores=True)


def order_of(ranker):
    return list(np.argsort(ranker.ranking_))


def with_gaps(X, seed=0):
    X = X.copy()
    X[np.random.default_rng(seed).random(X.shape) < 0.1] = np.nan
    return X


@needs_mrmr
@pytest.mark.parametrize("prepare", [np.copy, with_gaps], ids=["complete", "missing"])
@pytest.mark.parametrize(
    ("load", "task"),
    [(load_breast_cancer, "classification"), (load_wine, "classification"), (load_diabetes, "regression")],
)
def test_order_and_relevance_equal_mrmr_selection(load, task, prepare):
    X, y = load(return_X_y=True)
    X = prepare(X)
    order, relevance, _ = picked(X, y, task)
    ranker = MRMRRanker(3, task=task).fit(X, y)
    assert order_of(ranker) == order
    np.testing.assert_allclose(ranker.relevance_, relevance.to_numpy(), rtol=1e-9)


@needs_mrmr
def test_quotients_follow_from_the_redundancy_of_mrmr_selection():
    X, y = load_wine(return_X_y=True)
    order, relevance, redundancy = picked(X, y)
    ranker = MRMRRanker(3).fit(X, y)
    for place, feature in enumerate(order[1:], start=1):
        expected = relevance[feature] / redundancy.loc[feature, order[:place]].mean()
        assert ranker.scores_[feature] == pytest.approx(expected, rel=1e-9)


def test_one_feature_at_a_time_gives_the_order_of_the_table(monkeypatch):
    for prepare in (np.copy, with_gaps):
        X, y = load_breast_cancer(return_X_y=True)
        table = MRMRRanker(3).fit(prepare(X), y)
        with monkeypatch.context() as patch:
            patch.setattr(module, "TABLE", 0)
            single = MRMRRanker(3).fit(prepare(X), y)
        assert np.array_equal(single.ranking_, table.ranking_)
        np.testing.assert_allclose(single.scores_, table.scores_, rtol=1e-12)


def test_fewer_rounds_begin_with_the_same_features():
    X, y = load_breast_cancer(return_X_y=True)
    whole, part = MRMRRanker(3).fit(X, y), MRMRRanker(3, n_features_ranked=7).fit(X, y)
    assert order_of(part)[:7] == order_of(whole)[:7]
    assert sorted(order_of(part)) == list(range(30))
    with pytest.raises(ValueError, match="keeps 8 features, but n_features_ranked=7 orders only 7: raise the latter"):
        MRMRRanker(8, n_features_ranked=7).fit(X, y)
    with pytest.raises(ValueError, match="orders only 7"):
        part.set_params(n_features_to_select="all").get_support()


def test_a_copy_of_the_best_feature_waits_and_features_without_relevance_come_last():
    rng = np.random.default_rng(0)
    y = np.arange(80) % 2
    X = rng.normal(size=(80, 6))
    X[:, 4] += 3 * y
    X[:, 1] = 2 * X[:, 4] + 1
    X[:, 2] += y
    X[:, 0] = 5.0
    X[:, 3] = np.nan
    ranker = MRMRRanker(2).fit(X, y)
    assert list(ranker.get_support(indices=True)) == [1, 2]
    assert ranker.ranking_[0] == 5
    assert ranker.ranking_[3] == 6
