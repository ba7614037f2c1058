"""The patient bootstrap: the plain definition, DeLong as its limit, and who is drawn together."""

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score

from fusionkit.metrics import (
    auc,
    auc_delong,
    auc_one_vs_rest,
    bootstrap_interval,
    delong_test,
    dynamic_auc,
    fold_values,
    integrated_brier_score,
    paired_bootstrap,
)
from fusionkit.metrics.resampling import _auc_of_resamples, _resampled_counts


@pytest.fixture(scope="module")
def cohort():
    rng = np.random.default_rng(0)
    y = (rng.random(300) < 0.4).astype(int)
    ehr = y + rng.normal(size=300)
    return y, ehr, ehr + y + rng.normal(size=300)


def test_on_independent_patients_it_agrees_with_delong(cohort):
    y, ehr, fused = cohort
    got = paired_bootstrap(y, {"ehr": ehr, "fused": fused}, baseline="ehr", n_resamples=8000, random_state=0)
    one, two = auc_delong(y, fused), delong_test(y, fused, ehr).difference
    for bootstrap, delong in ((got.estimates["fused"], one), (got.differences["fused"], two)):
        assert bootstrap.value == pytest.approx(delong.value, abs=1e-12)
        np.testing.assert_allclose([bootstrap.low, bootstrap.high], [delong.low, delong.high], atol=0.006)
    assert set(got.differences) == {"fused"}


def test_every_resample_is_the_auc_of_the_patients_drawn(cohort):
    y, ehr, _ = cohort
    event = y == 1
    score = np.round(ehr, 1)
    counts = _resampled_counts(event, None, 20, np.random.default_rng(1))
    _, got = _auc_of_resamples(event, score[None], np.zeros((1, 300)), counts)
    drawn = [np.repeat(np.arange(300), count.astype(int)) for count in counts]
    np.testing.assert_allclose(got, [roc_auc_score(y[rows], score[rows]) for rows in drawn], atol=1e-12)
    assert (counts[:, event].sum(axis=1) == event.sum()).all()


def test_out_of_fold_scores_are_compared_within_folds_only(cohort):
    y, ehr, _ = cohort
    folds = np.array([np.random.default_rng(seed).permutation(300) % 5 for seed in range(2)])
    shifted = ehr + 100 * folds
    got = paired_bootstrap(y, {"m": shifted}, folds, n_resamples=100, random_state=0).estimates["m"]
    assert got.value == pytest.approx(fold_values(y, np.tile(ehr, (2, 1)), folds).mean(), abs=1e-12)
    assert got.low < got.value < got.high


def test_a_metric_of_ones_own_gives_what_the_fast_path_gives(cohort):
    y, ehr, fused = cohort
    models = {"ehr": ehr, "fused": fused}
    fast, slow = (
        paired_bootstrap(y, models, metric=metric, baseline="ehr", n_resamples=60, random_state=3)
        for metric in ("auc", auc)
    )
    for name in models:
        assert str(slow.estimates[name]) == str(fast.estimates[name])
    assert str(slow.differences["fused"]) == str(fast.differences["fused"])


def test_groups_are_drawn_whole_and_widen_the_interval(cohort):
    y, ehr, _ = cohort
    counts = _resampled_counts(np.repeat(y == 1, 4), np.repeat(np.arange(300), 4), 50, np.random.default_rng(0))
    assert (counts.reshape(50, 300, 4) == counts.reshape(50, 300, 4)[:, :, :1]).all()
    single = paired_bootstrap(np.repeat(y, 4), {"m": np.repeat(ehr, 4)}, random_state=0).estimates["m"]
    grouped = paired_bootstrap(
        np.repeat(y, 4), {"m": np.repeat(ehr, 4)}, groups=np.repeat(np.arange(300), 4), random_state=0
    ).estimates["m"]
    assert (grouped.high - grouped.low) / (single.high - single.low) == pytest.approx(2, rel=0.1)


def test_resamples_of_one_class_are_left_out_aloud():
    y, groups = np.repeat([0, 1, 0, 1], 5), np.repeat([0, 1, 2, 3], 5)
    got = paired_bootstrap(y, {"m": np.arange(20.0)}, groups=groups, random_state=0).estimates["m"]
    assert "resamples left out as they had one class" in got.method


@pytest.mark.parametrize("constant", [0.0, 1.0])
def test_scores_that_cannot_vary_have_no_interval_and_say_why(cohort, constant):
    y, ehr, _ = cohort
    got = paired_bootstrap(y, {"m": constant * y, "ehr": ehr}, baseline="m", n_resamples=50, random_state=0)
    assert np.isnan([got.estimates["m"].low, got.estimates["m"].high]).all()
    assert "in every resample: no variation can show" in str(got.estimates["m"])
    assert got.differences["ehr"].low < got.differences["ehr"].high


def test_a_seed_gives_the_same_interval(cohort):
    y, ehr, _ = cohort
    first, second = (paired_bootstrap(y, {"m": ehr}, n_resamples=50, random_state=9) for _ in range(2))
    assert first == second


def test_a_cohort_too_large_for_the_table_of_pairs_is_sent_to_delong():
    y = np.arange(20_000) % 2
    with pytest.raises(ValueError, match="use auc_delong and delong_test"):
        paired_bootstrap(y, {"m": y}, n_resamples=2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"baseline": "ct"}, "baseline must be one of the models 'ehr'"),
        ({"metric": "accuracy"}, "metric must be 'auc' or a function"),
        ({"n_resamples": 1}, "n_resamples must be a whole number of at least 2"),
        ({"scores": {"ehr": [0.1, np.nan] * 150}}, r"scores\['ehr'\] has 150 of 300 values that are NaN"),
        ({"scores": {"ehr": [0.1] * 299}}, r"scores\['ehr'\] must have shape \(repeats, 300\)"),
        ({"folds": np.arange(300)}, "no test fold has patients of both classes"),
        ({"groups": [1, 2]}, "groups must have one entry per patient, 300"),
    ],
)
def test_what_cannot_be_resampled_is_refused(cohort, change, says):
    y, ehr, _ = cohort
    with pytest.raises(ValueError, match=says):
        paired_bootstrap(**{"y_true": y, "scores": {"ehr": ehr}, **change})


def test_the_interval_of_a_mean_is_that_of_the_bootstrap_of_scipy():
    values = np.random.default_rng(0).exponential(size=80)
    got = bootstrap_interval(np.mean, values, n_resamples=9999, random_state=0)
    expected = stats.bootstrap((values,), np.mean, n_resamples=9999, method="percentile", rng=1).confidence_interval
    assert got.value == pytest.approx(values.mean(), abs=1e-14)
    assert got.n == 80
    np.testing.assert_allclose([got.low, got.high], expected, atol=0.02 * values.std())


def test_metrics_of_several_classes_and_of_survival_get_an_interval():
    rng = np.random.default_rng(0)
    y = rng.integers(3, size=90)
    scores = rng.normal(size=(90, 3)) + np.eye(3)[y]
    got = bootstrap_interval(
        lambda y_true, y_score: auc_one_vs_rest(y_true, y_score, [0, 1, 2])[0],
        y,
        scores,
        n_resamples=100,
        random_state=0,
    )
    assert got.value == auc_one_vs_rest(y, scores, [0, 1, 2])[0]
    assert 0.5 < got.low < got.value < got.high < 1
    risk = rng.normal(size=90)
    event, time = rng.random(90) < 0.7, rng.exponential(np.exp(-risk))
    at = np.quantile(time, [0.3, 0.5])
    survival = np.exp(-np.outer(np.exp(risk), at))
    for metric, arrays in (
        (lambda event, time, risk: dynamic_auc(event, time, risk, at[:1])[0], (event, time, risk)),
        (lambda event, time, survival: integrated_brier_score(event, time, survival, at), (event, time, survival)),
    ):
        got = bootstrap_interval(metric, *arrays, n_resamples=100, random_state=0)
        assert got.low < got.value == metric(*arrays) < got.high


def test_resamples_on_which_the_metric_is_undefined_are_left_out_aloud():
    y, score = np.array([1, 1, 1] + [0] * 37), np.arange(40.0)
    got = bootstrap_interval(auc, y, score, n_resamples=200, random_state=0)
    assert "resamples left out as the metric is undefined there" in got.method
    few = bootstrap_interval(auc, [1, 0], [0.2, 0.1], groups=[0, 1], n_resamples=301, random_state=0)
    assert "of 301 resamples cannot be used as the metric is undefined there" in few.reason
    assert np.isnan([few.low, few.high]).all()


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        (([0, 1], [0.1, 0.2, 0.3]), r"got \[2, 3\] rows"),
        (([0, 0], [0.1, 0.2]), "one class only"),
    ],
)
def test_a_metric_that_the_cohort_itself_does_not_have_is_refused(arrays, says):
    with pytest.raises(ValueError, match=says):
        bootstrap_interval(auc, *arrays, n_resamples=10)
    with pytest.raises(ValueError, match="NaN in this cohort"):
        bootstrap_interval(lambda values: np.nan, [1.0, 2.0], n_resamples=10)
