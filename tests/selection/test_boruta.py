"""Boruta decides as BorutaPy does with the same seed."""

import importlib.util

import numpy as np
import pytest
from sklearn.datasets import load_diabetes, load_wine
from sklearn.ensemble import ExtraTreesRegressor, RandomForestClassifier

from fusionkit.selection import BorutaSelector
from fusionkit.selection.boruta import trees_for

needs_boruta = pytest.mark.skipif(importlib.util.find_spec("boruta") is None, reason="BorutaPy absent")


def with_noise(load, n_noise=8, n_columns=4):
    X, y = load(return_X_y=True)
    return np.hstack([X[::2, :n_columns], np.random.default_rng(0).normal(size=(len(X[::2]), n_noise))]), y[::2]


CASES = {
    "classes": (load_wine, RandomForestClassifier(20, max_depth=4), {}),
    "regression": (load_diabetes, ExtraTreesRegressor(20, max_depth=4), {"two_step": False}),
    "lower bar": (load_wine, RandomForestClassifier(20, max_depth=4), {"percentile": 80, "alpha": 0.01}),
}


@needs_boruta
@pytest.mark.slow
@pytest.mark.parametrize(("load", "forest", "settings"), CASES.values(), ids=list(CASES))
def test_decisions_equal_borutapy(load, forest, settings):
    from boruta import BorutaPy
    from sklearn.base import clone

    X, y = with_noise(load)
    task = "regression" if load is load_diabetes else "classification"
    ours = BorutaSelector(forest, n_estimators=10, max_iter=20, task=task, random_state=5, **settings).fit(X, y)
    theirs_settings = {{"percentile": "perc"}.get(name, name): value for name, value in settings.items()}
    theirs = BorutaPy(clone(forest), n_estimators=10, max_iter=21, random_state=5, **theirs_settings).fit(X, y)
    assert np.array_equal(ours.get_support(), theirs.support_)
    assert np.array_equal(ours.tentative_, theirs.support_weak_)
    assert ours.n_iter_ == len(theirs.importance_history_) - 1
    assert ours.get_support()[:4].any()
    assert not ours.get_support()[4:].any()


@needs_boruta
def test_the_number_of_trees_equals_borutapy():
    from boruta import BorutaPy

    for n_features, depth in ((3, 5), (1240, 5), (40, None)):
        expected = BorutaPy(RandomForestClassifier(max_depth=depth))._get_tree_num(n_features)
        assert trees_for(n_features, depth) == expected


def test_confirmed_come_before_tentative_before_rejected():
    X, y = with_noise(load_wine)
    fitted = BorutaSelector(n_estimators=10, max_iter=15, random_state=1).fit(X, y)
    by_rank = np.argsort(fitted.ranking_)
    assert (np.diff(fitted.decision_[by_rank]) <= 0).all()
    assert ((fitted.scores_ >= 0) & (fitted.scores_ <= 1)).all()


def test_nothing_is_confirmed_in_noise():
    rng = np.random.default_rng(0)
    fitted = BorutaSelector(n_estimators=10, max_iter=15, random_state=1).fit(
        rng.normal(size=(60, 15)), np.arange(60) % 2
    )
    assert (fitted.decision_ == 1).sum() == 0


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"percentile": 0}, r"percentile is in \(0, 100\]; got 0"),
        ({"alpha": 1}, r"alpha is in \(0, 1\); got 1"),
        ({"max_iter": 0}, "max_iter is at least 1; got 0"),
    ],
)
def test_wrong_arguments_are_refused(settings, message):
    with pytest.raises(ValueError, match=message):
        BorutaSelector(**settings).fit(np.eye(4), [0, 1, 0, 1])
