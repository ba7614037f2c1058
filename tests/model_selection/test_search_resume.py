"""A search that was stopped goes on where it was, and ends as if it had not been stopped."""

import shutil
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import FitFailedWarning
from sklearn.feature_selection import SelectKBest
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from fusionkit.model_selection import FusionHalvingSearchCV, FusionRandomizedSearchCV, FusionSearchCV
from fusionkit.model_selection._progress import TimeLeft, as_clock
from fusionkit.selection import AnovaRanker, GiniRanker, ReliefFRanker

K = "select__n_features_to_select"
GRID = [
    {"select": [AnovaRanker(), ReliefFRanker()], K: [2, 5], "model__var_smoothing": [1e-9, 1e-2]},
    {"select": [GiniRanker(n_estimators=5, random_state=0)], K: [2, 99], "model__priors": [None, [0.5, 0.6]]},
]


def pipeline(model=None):
    return Pipeline(
        [("scale", StandardScaler()), ("select", AnovaRanker()), ("model", GaussianNB() if model is None else model)]
    )


def numbers(n=80):
    X, y = load_breast_cancer(return_X_y=True)
    return pd.DataFrame(X[:n, :9]).add_prefix("f"), y[:n]


def fitted(**settings):
    X, y = settings.pop("table", None) or numbers()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)  # two candidates' priors do not sum to one
        warnings.filterwarnings("ignore", "n_features_to_select=99|One or more of the (test|train) scores")
        return FusionSearchCV(settings.pop("pipeline", pipeline()), settings.pop("grid", GRID), cv=3, **settings).fit(
            X, y
        )


def assert_same_results(expected, actual):
    for key, column in expected.cv_results_.items():
        if "test_" in key or "train_" in key:
            np.testing.assert_array_equal(actual.cv_results_[key], column, err_msg=key)
    assert actual.best_index_ == expected.best_index_


class Stop:
    """Interrupts the search after some calls, as the user's Ctrl-C does."""

    def __init__(self, after):
        self.after = after
        self.counts = []

    def __call__(self, done, total):
        self.counts.append(done)
        if len(self.counts) > self.after:
            raise KeyboardInterrupt


@pytest.mark.parametrize("scoring", ["roc_auc", ["roc_auc", "accuracy"]], ids=["one score", "several"])
@pytest.mark.parametrize("n_jobs", [None, pytest.param(2, marks=pytest.mark.slow)])
def test_an_interrupted_search_goes_on_and_ends_the_same(tmp_path, n_jobs, scoring):
    settings = {"scoring": scoring, "refit": "roc_auc", "return_train_score": True}
    uninterrupted = fitted(**settings)
    with pytest.raises(KeyboardInterrupt):
        fitted(**settings, store=tmp_path, progress=Stop(after=4))
    seen = []
    resumed = fitted(**settings, store=tmp_path, n_jobs=n_jobs, progress=lambda done, total: seen.append((done, total)))
    assert_same_results(uninterrupted, resumed)
    assert seen[0] == (16, 36)  # four of nine pieces
    assert seen[-1] == (36, 36)
    again = []
    assert_same_results(
        uninterrupted, fitted(**settings, store=tmp_path, progress=lambda *counts: again.append(counts))
    )
    assert again == [(36, 36)]


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The store of a finished search; not to be changed."""
    folder = tmp_path_factory.mktemp("kept")
    fitted(store=folder, refit=False)
    return folder


@pytest.mark.parametrize(
    "change",
    [
        {"table": (numbers()[0] * 1.001, numbers()[1])},
        {"table": (numbers()[0].rename(columns={"f0": "g0"}), numbers()[1])},
        {"table": (numbers()[0], 1 - numbers()[1])},
        {"pipeline": pipeline(GaussianNB(var_smoothing=1e-3))},
        {"grid": [GRID[1], {**GRID[0], K: [2, 6]}]},
        {"scoring": "accuracy"},
        {"error_score": 0.0},
    ],
    ids=["numbers", "names", "outcome", "estimator", "grid", "score", "error score"],
)
def test_what_has_changed_is_computed_anew(kept, tmp_path, change):
    store, seen = shutil.copytree(kept, tmp_path / "store"), []
    search = fitted(**{"store": store, "refit": False, **change}, progress=lambda done, total: seen.append(done))
    assert seen[0] == (12 if "grid" in change else 0)  # of the grid, one selector is as it was
    np.testing.assert_array_equal(
        search.cv_results_["mean_test_score"], fitted(**{"refit": False, **change}).cv_results_["mean_test_score"]
    )


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        (FusionRandomizedSearchCV, {"n_iter": 5, "random_state": 0}),
        (FusionHalvingSearchCV, {"random_state": 0, "min_resources": 30}),
    ],
)
def test_random_and_halving_searches_are_resumed_too(tmp_path, kind, settings):
    X, y = numbers()
    grid = {K: [1, 2, 3, 5], "model__var_smoothing": [1e-9, 1e-2]}
    expected = kind(pipeline(), grid, cv=3, **settings).fit(X, y)
    kind(pipeline(), grid, cv=3, store=str(tmp_path), **settings).fit(X, y)
    first = []
    again = kind(pipeline(), grid, cv=3, store=str(tmp_path), progress=lambda *c: first.append(c), **settings).fit(X, y)
    assert all(done == total for done, total in first)
    np.testing.assert_array_equal(again.cv_results_["mean_test_score"], expected.cv_results_["mean_test_score"])


def test_nothing_but_json_is_written(tmp_path):
    fitted(store=tmp_path)
    files = list(tmp_path.iterdir())
    assert len(files) == 9
    assert all(file.suffix == ".json" and file.read_text().startswith('{"value": [{') for file in files)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"pipeline": pipeline(RandomForestClassifier()), "grid": {K: [2]}}, "the estimator .* random_state=None"),
        ({"grid": {"select": [SelectKBest(lambda X, y: X.sum(axis=0))]}}, "the grid .*the function .*<lambda>"),
        ({"scoring": lambda model, X, y: 1.0}, "scoring .*the function .*<lambda>"),
    ],
    ids=["random state", "grid", "score"],
)
def test_what_cannot_be_recognised_is_refused_before_the_search(tmp_path, settings, reason):
    with pytest.raises(ValueError, match=f"store=... cannot recognise {reason}"):
        fitted(**settings, store=tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_reference_engine_keeps_nothing(tmp_path):
    with pytest.raises(ValueError, match="which engine='sklearn' and callbacks go without"):
        fitted(store=tmp_path, engine="sklearn")


def test_the_time_left_counts_what_was_done_since_the_start_only(capsys):
    times, told = iter([0.0, 1.0, 10.0, 20.0]), []
    progress = TimeLeft(lambda *counts: told.append(counts), clock=lambda: next(times))
    for done in (50, 51, 60, 100):
        progress(done, 100)
    assert capsys.readouterr().out.splitlines() == ["60 of 100 fits, about 0:40 left", "100 of 100 fits, 0:20 in all"]
    assert told == [(50, 100), (51, 100), (60, 100), (100, 100)]
    assert as_clock(3725.4) == "1:02:05"


def test_a_verbose_search_says_what_is_left(capsys):
    fitted(verbose=1)
    assert capsys.readouterr().out.splitlines()[-1].startswith("36 of 36 fits, 0:0")
