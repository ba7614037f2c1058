"""Validation by refitting: worked mixtures, honesty on noise, and the promised coverage."""

import numpy as np
import pandas as pd
import pytest

from fusionkit.metrics import (
    bootstrap_632plus,
    brier_score,
    label_permutation_test,
    nested_cv_interval,
    optimism_bootstrap,
    permutation_p_value,
)
from fusionkit.metrics.whole_pipeline import combine_632plus


def fit(X, y):
    design = np.column_stack([np.ones(len(X)), X])
    return np.linalg.solve(design.T @ design + 1e-8 * np.eye(design.shape[1]), design.T @ y)


def predict(model, X):
    return np.column_stack([np.ones(len(X)), X]) @ model


def squared_error(y_true, scores):
    return (y_true - scores) ** 2


@pytest.mark.parametrize(
    ("apparent", "left_out", "chance", "expected"),
    [
        (0.0, 0.4, 0.5, 0.4 * 0.632 / (1 - 0.368 * 0.8)),  # error: overfitting rate 0.8
        (0.0, 0.6, 0.5, 0.5),  # worse than no information: all the weight on it
        (0.2, 0.2, 0.5, 0.2),  # no overfitting
        (1.0, 0.6, 0.5, 1 - 0.4 * 0.632 / (1 - 0.368 * 0.8)),  # the same as a gain
        (0.5, 0.7, 0.5, 0.5),
    ],
)
def test_the_632plus_mixture_is_worked_by_hand(apparent, left_out, chance, expected):
    assert combine_632plus(apparent, left_out, chance) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("method", "low", "high"), [(bootstrap_632plus, 0.45, 0.55), (optimism_bootstrap, 0.5, 0.62)])
def test_noise_looks_good_apparently_and_near_chance_once_corrected(method, low, high):
    rng = np.random.default_rng(0)
    results = [
        method(rng.normal(size=(80, 10)), np.arange(80) % 2, fit, predict, n_resamples=30, random_state=i)
        for i in range(25)
    ]
    assert np.mean([r.apparent for r in results]) > 0.68
    assert low < np.mean([r.corrected.value for r in results]) < high
    assert results[0].apparent - results[0].optimism == pytest.approx(results[0].corrected.value)


def test_optimism_is_the_mean_gap_of_the_resamples_and_shifts_the_interval():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(60, 3)), np.arange(60) % 2
    X[:, 0] += y
    frame = optimism_bootstrap(pd.DataFrame(X), y, fit, predict, n_resamples=40, random_state=5)
    array = optimism_bootstrap(X, y, fit, predict, n_resamples=40, random_state=5)
    assert frame == array
    assert array.corrected.low < array.corrected.value < array.corrected.high
    assert array.corrected.n_events == 30


def test_groups_are_resampled_whole():
    X, y = np.repeat(np.random.default_rng(2).normal(size=(20, 2)), 3, axis=0), np.repeat(np.arange(20) % 2, 3)
    seen = []

    def watch(X, y):
        seen.append(np.unique(X[:, 0], return_counts=True)[1])
        return fit(X, y)

    optimism_bootstrap(X, y, watch, predict, groups=np.repeat(np.arange(20), 3), n_resamples=5, random_state=0)
    assert all((counts % 3 == 0).all() for counts in seen)


def test_any_metric_may_be_corrected():
    rng = np.random.default_rng(3)
    X, y = rng.normal(size=(80, 10)), np.arange(80) % 2

    def brier(y_true, scores):
        return brier_score(y_true, np.clip(scores, 0, 1))

    got = bootstrap_632plus(X, y, fit, predict, metric=brier, chance=0.25, n_resamples=30, random_state=0)
    assert got.apparent < 0.25
    assert got.apparent < got.corrected.value <= 0.25 + 1e-12


def test_nested_cross_validation_covers_the_error_of_the_model_at_hand():
    rng = np.random.default_rng(4)
    covered, naive_covered = [], []
    for seed in range(60):
        X = rng.normal(size=(45, 12))
        y = X[:, 0] + rng.normal(size=45)
        truth = np.r_[0, 1, np.zeros(11)]
        error = 1 + np.sum((fit(X, y) - truth) ** 2)
        got = nested_cv_interval(X, y, fit, predict, squared_error, n_folds=5, n_repeats=6, random_state=seed)
        covered.append(got.low <= error <= got.high)
        fold = rng.permutation(45) % 5
        losses = np.concatenate(
            [squared_error(y[fold == k], predict(fit(X[fold != k], y[fold != k]), X[fold == k])) for k in range(5)]
        )
        naive_covered.append(abs(losses.mean() - error) <= 1.96 * losses.std(ddof=1) / np.sqrt(45))
    assert np.mean(covered) >= 0.90
    assert np.mean(covered) > np.mean(naive_covered)


def test_a_permutation_p_value_counts_itself():
    assert permutation_p_value(0.9, [0.1, 0.2, 0.95]) == 0.5
    assert permutation_p_value(0.9, np.zeros(199)) == 1 / 200
    assert permutation_p_value(0.5, [0.5]) == 1


def test_shuffled_labels_find_signal_and_respect_groups():
    rng = np.random.default_rng(5)
    y = np.repeat(np.arange(30) % 2, 2)
    X = rng.normal(size=60) + 2 * y
    groups = np.repeat(np.arange(30), 2)
    got = label_permutation_test(
        y, lambda labels: np.corrcoef(X, labels)[0, 1], groups=groups, n_permutations=99, random_state=0
    )
    assert got.p_value == 0.01
    assert got.permuted.shape == (99,)
    seen = []
    label_permutation_test(y, lambda labels: seen.append(labels) or 0.0, groups=groups, n_permutations=5)
    assert all((labels[::2] == labels[1::2]).all() and labels.sum() == 30 for labels in seen)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: optimism_bootstrap(np.zeros((3, 1)), [0, 1], fit, predict), "one row per patient"),
        (
            lambda: bootstrap_632plus(
                np.random.default_rng(0).normal(size=(20, 1)), np.eye(1, 20)[0], fit, predict, n_resamples=5
            ),
            "too few events",
        ),
        (
            lambda: nested_cv_interval(np.zeros((9, 1)), np.zeros(9), fit, predict, squared_error, n_folds=2),
            "3 or more",
        ),
        (lambda: permutation_p_value(np.nan, [1.0]), "NaN has no rank"),
        (lambda: label_permutation_test([0, 1], lambda y: 0.0, groups=[1, 1]), "varies within a group"),
    ],
)
def test_impossible_designs_are_refused(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_pipeline_that_predicts_one_number_has_no_interval_and_says_why():
    y = np.arange(40) % 2
    got = optimism_bootstrap(np.ones((40, 1)), y, lambda X, y: None, lambda model, X: X[:, 0], n_resamples=10).corrected
    assert got.value == 0.5
    assert np.isnan([got.low, got.high]).all()
    assert "no variation can show" in got.reason
