"""Optuna proposes, the plan scores: the same scores as scikit-learn's, and better candidates than by chance."""

import sys

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.model_selection import FusionOptunaSearchCV
from fusionkit.selection import AnovaRanker, PearsonRanker

K = "select__n_features_to_select"
PIPELINE = Pipeline([("scale", StandardScaler()), ("select", AnovaRanker()), ("model", LogisticRegression())])


def numbers():
    X, y = load_breast_cancer(return_X_y=True)
    return X[:90, :10], y[:90]


def searched(space, **settings):
    pytest.importorskip("optuna", reason="the extra 'optuna' is not installed")
    settings = {"n_trials": 12, "batch_size": 5, "random_state": 0, "cv": 3, "scoring": "roc_auc", **settings}
    return FusionOptunaSearchCV(PIPELINE, space, **settings).fit(*numbers())


def space():
    optuna = pytest.importorskip("optuna", reason="the extra 'optuna' is not installed")
    return {
        "select": [AnovaRanker(), PearsonRanker()],
        K: optuna.distributions.IntDistribution(1, 10),
        "model__C": optuna.distributions.FloatDistribution(1e-3, 1e3, log=True),
    }


def test_each_candidate_has_the_score_of_cross_validation_and_the_best_is_kept():
    search = searched(space())
    scores = search.cv_results_["mean_test_score"]
    for params, score in zip(search.cv_results_["params"], scores, strict=True):
        expected = cross_val_score(PIPELINE.set_params(**params), *numbers(), cv=3, scoring="roc_auc").mean()
        assert score == pytest.approx(expected, abs=1e-12)
    assert len(scores) == 12
    assert search.best_score_ == max(scores) == search.study_.best_value
    assert set(search.cv_results_["param_select"]) <= set(search.param_distributions["select"])


@pytest.mark.slow
def test_one_seed_one_result_whatever_the_engine():
    first, second, reference = (searched(space(), engine=engine) for engine in ("ranked", "ranked", "sklearn"))
    for search in (second, reference):
        assert str(search.cv_results_["params"]) == str(first.cv_results_["params"])
        np.testing.assert_allclose(
            search.cv_results_["mean_test_score"], first.cv_results_["mean_test_score"], rtol=0, atol=1e-12
        )


def test_what_was_found_guides_what_is_proposed():
    optuna = pytest.importorskip("optuna", reason="the extra 'optuna' is not installed")
    wide = {"model__C": optuna.distributions.FloatDistribution(1e-8, 1e8, log=True)}
    search = searched(wide, n_trials=40, scoring="neg_log_loss")
    scores = search.cv_results_["mean_test_score"]
    assert np.median(scores[20:]) > np.median(scores[:10])


@pytest.mark.filterwarnings("ignore:One or more of the test scores:UserWarning")
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
def test_a_candidate_that_fails_is_told_to_optuna_as_failed():
    search = searched({"model": [LogisticRegression(C=-1.0), GaussianNB()]}, n_trials=6, batch_size=6)
    states = [trial.state.name for trial in search.study_.trials]
    assert states == ["FAIL" if np.isnan(s) else "COMPLETE" for s in search.cv_results_["mean_test_score"]]
    assert set(states) == {"FAIL", "COMPLETE"}


def test_several_scores_are_led_by_the_one_that_refits():
    search = searched({K: [1, 2, 5]}, scoring=["roc_auc", "accuracy"], refit="accuracy", n_trials=4)
    assert search.study_.best_value == max(search.cv_results_["mean_test_accuracy"])


def test_without_optuna_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"FusionOptunaSearchCV needs .* pip install 'fusionkit\[optuna\]'"):
        FusionOptunaSearchCV(PIPELINE, {K: [1, 2]}).fit(*numbers())
